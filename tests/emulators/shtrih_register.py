"""An emulated Shtrih-M register: tables, modes, the fiscal storage, and what each command does to them.

It knows nothing of the addon: it is written from docs/protocols/shtrih.md and as strict. `command`
takes the bytes of one command and gives those of the answer; `shtrih_line.py` carries them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zlib import crc32

SALE_KINDS = {0: 1, 1: 3, 2: 2, 3: 4}
VAT_ROWS = [
    (2000, "НДС 20%"),
    (1000, "НДС 10%"),
    (0, "НДС 0%"),
    (0, "БЕЗ НДС"),
    (2000, "НДС 20/120"),
    (1000, "НДС 10/110"),
    (500, "НДС 5%"),
    (700, "НДС 7%"),
    (500, "НДС 5/105"),
    (700, "НДС 7/107"),
    (2200, "НДС 22%"),
    (2200, "НДС 22/122"),
]
VAT_CODES = (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x81, 0x82, 0x84, 0x88, 0xCB, 0xCC)


def le(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")


def num(data: bytes) -> int:
    return int.from_bytes(data, "little")


@dataclass
class Line:
    operation: int
    quantity: int
    price: int
    amount: int
    vat: int
    department: int
    method: int
    subject: int
    name: str
    tags: dict = field(default_factory=dict)
    code: bytes = b""


@dataclass
class Document:
    """In the fiscal storage."""

    number: int
    type: int
    moment: datetime
    sign: int
    operation: int = 0
    total: int = 0
    shift: int = 0
    change: int = 0
    payments: tuple = ()
    lines: list = field(default_factory=list)
    tags: dict = field(default_factory=dict)
    tax_system: int = 0


@dataclass
class Open:
    kind: int
    lines: list = field(default_factory=list)
    tags: dict = field(default_factory=dict)


class Error(Exception):
    def __init__(self, code: int):
        super().__init__(hex(code))
        self.code = code


class Register:
    """:param version: field of the format's version, 2 for FFD 1.05 and 4 for 1.2 :param rows: rows of table 6"""

    def __init__(self, version: int = 4, rows: int = 12, swaps: int | None = 2, clock=datetime.now):
        self.version, self.swaps, self.clock = version, swaps, clock
        self.rows = VAT_ROWS[:rows]
        self.storage = "9999078902001234"
        self.documents: list[Document] = []
        self.shift = 0
        self.shift_open = False
        self.shift_started: datetime | None = None
        self.receipts = 0
        self.open: Open | None = None
        self.in_storage = 0  # document that the storage has open (FF01h)
        self.storage_tags: dict[int, bytes] = {}
        self.cash = 0
        self.printed = 0  # number of 11h
        self.submode = 0
        self.paper = True
        self.paper_runs_out = False  # while the next document is printed
        self.plan: list[int] = []  # errors for the next commands that would succeed
        self.errors: dict[int, int] = {}  # command → error, once
        self.date_waits = False
        self.warnings = 0
        self.messages = 0
        self.bad_codes: set[bytes] = set()
        self.checked: list[bytes] = []
        self.pending_code: bytes | None = None
        self.tape: list[str] = []
        self.drawer = 0
        self.executed: list[bytes] = []
        self.password = 30

    # === Modes (§7) ===

    @property
    def mode(self) -> int:
        if self.date_waits:
            return 6
        if self.open:
            return 8
        if not self.shift_open:
            return 4
        return 3 if self.expired() else 2

    def expired(self) -> bool:
        return bool(self.shift_started and (self.clock() - self.shift_started).total_seconds() > 86400)

    def needs(self, *modes: int):
        if self.mode not in modes:
            raise Error(0x4E if self.mode == 3 else 0x3D if self.mode == 4 and 2 in modes else 0x73)

    def prints(self):
        """What every printing command asks first."""
        if self.submode == 3:
            raise Error(0x58)
        if self.submode in (1, 2):
            raise Error(0x6B)

    def printed_one(self):
        self.printed = (self.printed + 1) % 0x10000
        if self.paper_runs_out:
            self.paper_runs_out, self.paper, self.submode = False, False, 2

    def paper_in(self):
        self.paper = True
        self.submode = 3 if self.submode == 2 else 0

    def take_paper(self):
        self.paper, self.submode = False, 1

    # === Commands ===

    def command(self, data: bytes) -> bytes:
        size = 2 if data[0] == 0xFF else 1
        code = int.from_bytes(data[:size], "big")
        self.executed.append(data)
        try:
            body = data[size:]
            if code not in (0xFC, 0xF7, 0x6B):
                if len(body) < 4:
                    raise Error(0x7E)
                if num(body[:4]) != self.password:
                    raise Error(0x4F)
                body = body[4:]
            if code in self.errors:
                raise Error(self.errors.pop(code))
            handler = getattr(self, f"_{code:02x}" if code < 0x100 else f"_{code:04x}", None)
            if handler is None:
                raise Error(0x37)
            return data[:size] + b"\0" + handler(body)
        except Error as error:
            return data[:size] + bytes([error.code])

    def _10(self, body):
        flags = 0x0282 | (0 if self.paper else 0x8000)
        operations = len(self.open.lines) if self.open else 0
        high = self.open.kind & 3 if self.open else 0
        return (
            bytes([30])
            + le(flags, 2)
            + bytes([self.mode | high << 4, self.submode, operations, 0x9F, 0xF8, 0, 0, 0, 0, 0, 0])
        )

    def _11(self, body):
        now = self.clock()
        day = bytes([now.day, now.month, now.year % 100])
        return (
            bytes([30]) + b"C3" + le(664, 2) + day + b"\1" + le(self.printed, 2) + le(0x282, 2)
            + bytes([self.mode, self.submode, 128]) + b"NA\0\0\1\1\x10" + day
            + bytes([now.hour, now.minute, now.second]) + b"\0"
            + le(4239, 4) + le(self.shift - self.shift_open, 2) + bytes(2) + b"\1\x10" + le(7707083893, 6) + bytes(2)
        )  # fmt: skip

    def _fc(self, body):
        return bytes([0, 0, 1, 14, 250, 0]) + "ШТРИХ-М-01Ф".encode("cp1251")

    def _f7(self, body):
        if body != b"\1":
            raise Error(0x33)
        bits = 1 << 28 | 1 << 36 | 1 << 43 | 1 << 48
        return (
            le(bits, 8)
            + bytes([12, 12, 1, 12, 16, 0, 0])
            + bytes(4)
            + le(30, 4)
            + bytes([0, 14])
            + le(255, 2)
            + bytes([32, 0, 0, 0, 18, 19, 21, 17, 17])
        )

    def _6b(self, body):
        return f"Ошибка {body[0]:02X}h".encode("cp1251")

    def _1a(self, body):
        return bytes([30]) + le(self.cash if body[0] == 241 else 0, 6)

    def _1f(self, body):
        table, row, column = body[0], num(body[1:3]), body[3]
        if table == 6 and 1 <= row <= len(self.rows):
            rate, name = self.rows[row - 1]
            return le(rate, 2) if column == 1 else name.encode("cp1251").ljust(57, b"\0")
        if table == 17 and column == 17:
            return bytes([self.version])
        if table == 17 and column == 71 and self.swaps is not None:
            return bytes([self.swaps])
        if table == 1 and column == 14:
            return b"\0"
        if table == 18 and column == 3:
            return b"0000000001012345".ljust(20, b" ")
        raise Error(0x5D)

    def _2d(self, body):
        if body[0] != 6:
            raise Error(0x5D)
        return "Налоговые ставки".encode("cp1251").ljust(40, b"\0") + le(len(self.rows), 2) + b"\2"

    def _21(self, body):
        self.needs(2, 3, 4)
        return b""

    # Fiscal storage

    def _ff01(self, body):
        last = self.documents[-1] if self.documents else None
        moment = _bytes(last.moment) if last else bytes(5)
        return (
            bytes([3, self.in_storage, 0, self.shift_open, self.warnings])
            + moment
            + self.storage.encode()
            + le(last.number if last else 0, 4)
        )

    def _ff03(self, body):
        return bytes([28, 6, 1, 10, 2])

    def _ff08(self, body):
        self.in_storage, self.storage_tags = 0, {}
        return b""

    def _ff0a(self, body):
        found = next((document for document in self.documents if document.number == num(body)), None)
        if not found:
            raise Error(0x08)
        data = bytes([found.type, 0]) + _bytes(found.moment) + le(found.number, 4) + le(found.sign, 4)
        if found.type in (3, 31):
            return data + bytes([found.operation]) + le(found.total, 5)
        return data + le(found.shift, 2)

    def _ff39(self, body):
        since = _bytes(self.documents[-1].moment) if self.messages and self.documents else bytes(5)
        return bytes([0, 0]) + le(self.messages, 2) + le(1 if self.messages else 0, 4) + since

    def _ff40(self, body):
        return bytes([self.shift_open]) + le(self.shift, 2) + le(self.receipts, 2)

    def register_document(self, type_: int, **values) -> Document:
        number = len(self.documents) + 1
        sign = crc32(f"{self.storage}{number}".encode())
        document = Document(
            number, type_, self.clock().replace(second=0, microsecond=0), sign, shift=self.shift, **values
        )
        self.documents.append(document)
        self.in_storage, self.storage_tags = 0, {}
        self.printed_one()
        return document

    # Shift

    def _ff41(self, body):
        self.needs(4)
        self.in_storage = 2
        return b""

    def _e0(self, body):
        self.prints()
        self.needs(4)
        self.shift += 1
        self.shift_open, self.shift_started, self.receipts = True, self.clock(), 0
        self.register_document(2, tags=self.storage_tags)
        return bytes([30])

    def _ff42(self, body):
        self.needs(2, 3)
        self.in_storage = 8
        return b""

    def _41(self, body):
        self.prints()
        self.needs(2, 3)
        self.shift_open, self.shift_started = False, None
        self.register_document(5, tags=self.storage_tags)
        self.cash = 0
        return bytes([30])

    def _40(self, body):
        self.prints()
        self.needs(2, 3, 4)
        self.printed_one()
        return bytes([30])

    def _50(self, body):
        return self._move(num(body))

    def _51(self, body):
        return self._move(-num(body))

    def _move(self, amount):
        self.prints()
        self.needs(2)
        if self.cash + amount < 0:
            raise Error(0x46)
        self.cash += amount
        self.printed_one()
        return bytes([30]) + le(self.printed, 2)

    # Receipt

    def _8d(self, body):
        self.prints()
        self.needs(2)
        if len(body) != 1 or body[0] & 0x7F not in SALE_KINDS or (body[0] & 0x80 and self.version != 4):
            raise Error(0x33)
        self.open = Open(body[0])
        self.in_storage = 4
        return bytes([30])

    def in_receipt(self) -> Open:
        if self.open is None:
            raise Error(0x55)
        self.prints()
        return self.open

    def _ff46(self, body):
        opened = self.in_receipt()
        if len(body) < 25:
            raise Error(0x7E)
        operation, quantity, price = body[0], num(body[1:7]), num(body[7:12])
        given, tax = body[12:17], body[17:22]
        vat, department, method, subject = body[22:26]
        if operation != SALE_KINDS[opened.kind & 0x7F]:
            raise Error(0x49)
        if not quantity or department > 16 or not 1 <= method <= 7 or tax != b"\xff" * 5 or len(body) > 26 + 128:
            raise Error(0x33)
        if vat not in VAT_CODES[: len(self.rows)] or (self.version == 2 and not 1 <= subject <= 19):
            raise Error(0x33)
        exact = price * quantity
        amount = (exact + 500_000) // 1_000_000 if given == b"\xff" * 5 else num(given)
        if abs(exact - amount * 1_000_000) > 1_000_000:
            raise Error(0x33)
        name = body[26:].decode("cp1251")
        opened.lines.append(Line(operation, quantity, price, amount, vat, department, method, subject, name))
        return b""

    def _ff4d(self, body):
        opened = self.in_receipt()
        if not opened.lines:
            raise Error(0x33)
        tag, value = _tag(body)
        tags = opened.lines[-1].tags
        allowed = {1222, 1223, 1224, 1226, 1191, 1229, 1230, 1231} | ({2108} if self.version == 4 else {1197, 1162})
        if tag not in allowed or tag in tags:
            raise Error(0x33)
        tags[tag] = value
        return b""

    def _ff0c(self, body):
        tag, value = _tag(body)
        if not self.in_storage:
            raise Error(0x5E)
        tags = self.open.tags if self.open else self.storage_tags
        if tag in tags or (tag == 1203 and len(value) != 12) or (tag == 1178 and len(value) != 4):
            raise Error(0xB9 if tag not in tags else 0x33)
        if (tag in (1227, 1228) and self.version == 4) or (tag == 1256 and self.version == 2):
            raise Error(0x33)
        tags[tag] = value
        return b""

    def _89(self, body):
        return bytes([30]) + le(sum(line.amount for line in self.in_receipt().lines), 5)

    def _ff45(self, body):
        opened = self.in_receipt()
        if not 16 * 5 + 32 <= len(body) <= 16 * 5 + 32 + 64:
            raise Error(0x7E)
        payments = [num(body[at : at + 5]) for at in range(0, 80, 5)]
        system = body[111]
        total = sum(line.amount for line in opened.lines)
        if not opened.lines or system not in (1, 2, 4, 16, 32):
            raise Error(0x33)
        if sum(payments) < total:
            raise Error(0x45)
        if sum(payments[1:]) > total:
            raise Error(0x4D)
        change = sum(payments) - total
        out = opened.kind & 0x7F in (1, 2)
        moved = (payments[0] - change) * (-1 if out else 1)
        if self.cash + moved < 0:
            raise Error(0x46)
        if opened.kind & 0x80 and not {1173, 1178} <= opened.tags.keys():
            raise Error(0x0C)
        if any(line.code and line.code not in self.checked for line in opened.lines):
            raise Error(0xA0)
        self.cash += moved
        self.receipts += 1
        self.open, self.checked = None, []
        document = self.register_document(
            31 if opened.kind & 0x80 else 3,
            operation=SALE_KINDS[opened.kind & 0x7F],
            total=total,
            change=change,
            payments=tuple(payments),
            lines=opened.lines,
            tags=opened.tags,
            tax_system=system,
        )
        return le(change, 5) + le(document.number, 4) + le(document.sign, 4)

    def _88(self, body):
        self.in_receipt()
        self.open, self.in_storage, self.checked, self.pending_code = None, 0, [], None
        return bytes([30])

    def _ff35(self, body):
        self.needs(2)
        if self.version == 4:
            raise Error(0x33)
        self.in_storage = 0x14
        return b""

    def _ff4a(self, body):
        if self.in_storage != 0x14:
            raise Error(0x5E)
        if len(body) != 2 + 12 * 5 + 1 or body[1] not in (1, 3):
            raise Error(0x33)
        sums = [num(body[at : at + 5]) for at in range(2, 62, 5)]
        if sums[0] != sum(sums[1:6]) or not {1177, 1178} <= self.storage_tags.keys():
            raise Error(0x33)
        self.receipts += 1
        document = self.register_document(
            31, operation=body[1], total=sums[0], payments=tuple(sums[1:6]), tags=self.storage_tags, tax_system=body[62]
        )
        return le(self.receipts, 2) + le(document.number, 4) + le(document.sign, 4)

    # Marking

    def _ff61(self, body):
        self.in_receipt()
        if self.version != 4 or self.pending_code is not None:
            raise Error(0x33)
        code = body[4 : 4 + body[2]]
        if len(body) != 4 + body[2] + body[3] or body[0] not in (1, 2, 3, 4, 255) or body[1]:
            raise Error(0x33)
        self.pending_code = code
        result = 0b0101 if code in self.bad_codes else 0b1111
        return bytes([0b11, 0, 5, 2, 0, result])

    def _ff69(self, body):
        if self.pending_code is None:
            raise Error(0x33)
        code, self.pending_code = self.pending_code, None
        if body == b"\1":
            self.checked.append(code)
        return bytes([0b0101 if code in self.bad_codes else 0b1111])

    def _ff67(self, body):
        opened = self.in_receipt()
        code = body[1:]
        if body[0] != len(code) or not opened.lines or opened.lines[-1].code or code not in self.checked:
            raise Error(0x33)
        opened.lines[-1].code = code
        return bytes([5, 0])

    # Paper

    def _17(self, body):
        self.prints()
        self.tape.append(body[1:].rstrip(b"\0").decode("cp1251"))
        return bytes([30])

    def _25(self, body):
        return bytes([30])

    def _29(self, body):
        return bytes([30])

    def _28(self, body):
        self.drawer += 1
        return bytes([30])

    def _dd(self, body):
        if len(body) != 66:
            raise Error(0x33)
        return bytes([30])

    def _de(self, body):
        self.prints()
        self.tape.append("QR")
        return bytes([30])

    def _8c(self, body):
        self.prints()
        if not self.documents or self.documents[-1].type != 3:
            raise Error(0x56)
        self.printed_one()
        return bytes([30])

    def _b0(self, body):
        if self.submode != 3:
            raise Error(0x72)
        self.submode = 0
        return bytes([30])


def _bytes(moment: datetime) -> bytes:
    return bytes([moment.year % 100, moment.month, moment.day, moment.hour, moment.minute])


def _tag(body: bytes) -> tuple[int, bytes]:
    if len(body) < 5 or num(body[2:4]) != len(body) - 4 or len(body) > 250:
        raise Error(0xB9)
    return num(body[:2]), body[4:]
