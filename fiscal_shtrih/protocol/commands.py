"""The commands (§6), byte by byte. Money is in kopecks, quantities in millionths; integers go little-endian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import NamedTuple

from .. import const
from . import tlv

#: money or tax that the register computes
BY_REGISTER = b"\xff" * 5


class Command(NamedTuple):
    """What is sent, and how long the register may take.

    :param data: code and parameters
    :param timeout: seconds (§11)
    :param reads: it changes nothing and prints nothing, so it may be executed twice
    """

    data: bytes
    timeout: float = 30.0
    reads: bool = False

    @property
    def code(self) -> int:
        return int.from_bytes(self.data[:2], "big") if self.data[0] == 0xFF else self.data[0]


def _number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")


def _code(code: int) -> bytes:
    return code.to_bytes(2 if code > 0xFF else 1, "big")


class Commands:
    """Commands of one operator: `password` stands in nearly all of them (§5)."""

    def __init__(self, password: int):
        self._password = _number(password, 4)

    def _do(self, code: int, *parts: bytes, timeout: float = 30.0) -> Command:
        return Command(_code(code) + self._password + b"".join(parts), timeout)

    def _ask(self, code: int, *parts: bytes, timeout: float = 3.0) -> Command:
        return Command(_code(code) + self._password + b"".join(parts), timeout, reads=True)

    # === State and settings ===

    def short_status(self):
        return self._ask(0x10)

    def status(self):
        return self._ask(0x11)

    def device_type(self):
        return Command(b"\xfc", 3.0, reads=True)

    def parameters(self):
        return Command(b"\xf7\x01", 3.0, reads=True)

    def words_of_error(self, error: int):
        return Command(bytes([0x6B, error]), 3.0, reads=True)

    def money_register(self, number: int):
        return self._ask(0x1A, bytes([number]))

    def table_field(self, table: int, row: int, field: int):
        return self._ask(0x1F, bytes([table]), _number(row, 2), bytes([field]))

    def table(self, table: int):
        return self._ask(0x2D, bytes([table]))

    def set_table_field(self, table: int, row: int, field: int, value: bytes):
        return self._do(0x1E, bytes([table]), _number(row, 2), bytes([field]), value)

    def set_time(self, value: time):
        return self._do(0x21, bytes([value.hour, value.minute, value.second]))

    def set_date(self, value: date):
        return self._do(0x22, _day(value))

    def confirm_date(self, value: date):
        return self._do(0x23, _day(value))

    # === Fiscal storage ===

    def storage_status(self):
        return self._ask(0xFF01)

    def storage_expiry(self):
        return self._ask(0xFF03)

    def cancel_in_storage(self):
        return self._do(0xFF08)

    def find_document(self, number: int):
        return self._ask(0xFF0A, _number(number, 4))

    def exchange_status(self):
        return self._ask(0xFF39)

    def shift_status(self):
        return self._ask(0xFF40)

    def next_of_dump(self):
        return self._do(0xFF3B)

    def begin_settlements(self):
        return self._do(0xFF37)

    def settlements(self):
        return self._do(0xFF38)

    # === Shift, reports, cash ===

    def begin_opening(self):
        return self._do(0xFF41)

    def open_shift(self):
        return self._do(0xE0, timeout=120.0)

    def begin_closing(self):
        return self._do(0xFF42)

    def close_shift(self):
        return self._do(0x41, timeout=120.0)

    def x_report(self):
        return self._do(0x40)

    def cash_in(self, amount: int):
        return self._do(0x50, _number(amount, 5))

    def cash_out(self, amount: int):
        return self._do(0x51, _number(amount, 5))

    # === Receipt ===

    def open_receipt(self, kind: int):
        """:param kind: `const.RECEIPTS`"""
        return self._do(0x8D, bytes([kind]))

    def line(self, operation, quantity, price, amount, vat, department, method, subject, name):
        """FF46h. :param amount: None lets the register compute it"""
        return self._do(
            0xFF46,
            bytes([operation]),
            _number(quantity, 6),
            _number(price, 5),
            BY_REGISTER if amount is None else _number(amount, 5),
            BY_REGISTER,
            bytes([vat, department, method, subject]),
            tlv.text_1251(name, const.NAME_LENGTH),
        )

    def line_tag(self, value: bytes):
        return self._do(0xFF4D, value)

    def document_tag(self, value: bytes):
        return self._do(0xFF0C, value)

    def subtotal(self):
        return self._ask(0x89, timeout=30.0)

    def close_receipt(self, payments: Mapping[int, int] | Sequence[int], tax_system: int):
        """FF45h. :param payments: place from 0 → kopecks"""
        given = dict(payments)
        sums = b"".join(_number(given.get(place, 0), 5) for place in range(16))
        return self._do(0xFF45, sums, b"\0", bytes(30), bytes([tax_system]))

    def cancel_receipt(self):
        return self._do(0x88)

    def begin_correction(self):
        return self._do(0xFF35)

    def correction(self, kind: int, sign: int, total: int, payments: Sequence[int], rates: Sequence[int], system: int):
        """FF4Ah (FFD 1.05). :param payments: cash, electronic, prepaid, credit, other :param rates: the six sums"""
        sums = b"".join(_number(value, 5) for value in (total, *payments, *rates))
        return self._do(0xFF4A, bytes([kind, sign]), sums, bytes([system]))

    # === Marking ===

    def check_code(self, planned: int, code: bytes, tags: bytes = b""):
        return self._do(0xFF61, bytes([planned, 0, len(code), len(tags)]), code, tags, timeout=40.0)

    def accept_code(self, accepted: bool = True):
        return self._do(0xFF69, bytes([accepted]))

    def bind_code(self, code: bytes):
        return self._do(0xFF67, bytes([len(code)]), code, timeout=40.0)

    # === Paper and drawer ===

    def print_line(self, text: str):
        return self._do(0x17, b"\x42", tlv.text_1251(text, 200).ljust(40, b"\0"))

    def load(self, block: int, data: bytes):
        return self._do(0xDD, b"\0", bytes([block]), data.ljust(64, b"\0"))

    def print_qr(self, length: int):
        """A QR code of what was loaded: dots of 5, correction L, in the middle."""
        return self._do(0xDE, b"\x03", _number(length, 2), bytes([0, 0, 0, 5, 0, 0, 1]))

    def feed(self, lines: int):
        return self._do(0x29, b"\x02", bytes([lines]))

    def cut(self):
        return self._do(0x25, b"\x01")

    def open_drawer(self):
        return self._do(0x28, b"\0")

    def copy_of_last(self):
        return self._do(0x8C)

    def continue_printing(self):
        return self._do(0xB0)


def _day(value: date) -> bytes:
    return bytes([value.day, value.month, value.year % 100])


def qr(commands: Commands, text: str) -> list[Command]:
    """The commands that print `text` as a QR code (§6.4)."""
    data = text.encode()
    blocks = [data[at : at + 64] for at in range(0, len(data), 64)]
    return [*(commands.load(number, block) for number, block in enumerate(blocks)), commands.print_qr(len(data))]
