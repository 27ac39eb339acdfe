"""The answers (§6), as values. A field that a short answer lacks is None; more bytes than known are ignored."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple


class Answer(NamedTuple):
    """What a register says to a command.

    :param error: 0 where it did it
    :param data: what follows the error code
    """

    error: int
    data: bytes = b""

    @classmethod
    def of(cls, raw: bytes) -> Answer:
        """:param raw: code, error, rest; the code has been compared already"""
        size = 2 if raw[0] == 0xFF else 1
        return cls(raw[size], raw[size + 1 :])


class Strange(ValueError):
    """An answer is too short for what it should say."""


def _cut(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise Strange(f"{len(data)} bytes in place of {size}")
    return data


def _int(data: bytes) -> int:
    return int.from_bytes(data, "little")


def text(data: bytes) -> str:
    return data.split(b"\0")[0].decode("cp1251", "replace").strip()


def _moment(data: bytes) -> datetime | None:
    """`YY MM DD hh mm`; None for what is no moment: a storage without documents says zeros."""
    try:
        return datetime(2000 + data[0], *data[1:5])
    except (ValueError, IndexError, TypeError):
        return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(2000 + year, month, day)
    except ValueError:
        return None


class Short(NamedTuple):
    """10h."""

    flags: int
    mode: int
    submode: int
    high: int
    operations: int


def short(data: bytes) -> Short:
    _cut(data, 5)
    operations = data[5] + (data[10] << 8 if len(data) > 10 else 0) if len(data) > 5 else 0
    return Short(_int(data[1:3]), data[3] & 0x0F, data[4], data[3] >> 4, operations)


class Full(NamedTuple):
    """11h. `document`: continuous number of what was printed."""

    version: str
    build: int
    document: int
    flags: int
    mode: int
    submode: int
    clock: datetime | None
    serial: int
    shift: int
    tax_number: str


def full(data: bytes) -> Full:
    _cut(data, 46)
    day, month, year = data[23:26]
    try:
        clock = datetime(2000 + year, month, day, *data[26:29])
    except ValueError:
        clock = None
    number = _int(data[40:46])
    return Full(
        version=".".join(data[1:3].decode("cp1251", "replace")),
        build=_int(data[3:5]),
        document=_int(data[9:11]),
        flags=_int(data[11:13]),
        mode=data[13] & 0x0F,
        submode=data[14],
        clock=clock,
        serial=_int(data[30:34]) + (_int(data[46:48]) << 32),
        shift=_int(data[34:36]),
        tax_number=str(number) if 0 < number < 10**12 else "",
    )


class Device(NamedTuple):
    """FCh."""

    model: int
    name: str


def device(data: bytes) -> Device:
    _cut(data, 6)
    return Device(data[4], text(data[6:]))


class Parameters(NamedTuple):
    """F7h. Tables are None where the register does not name them."""

    bits: int
    tax_mode_field: int | None
    longest: int
    storage_table: int | None
    format_table: int | None
    format_field: int | None

    def has(self, bit: int) -> bool:
        return bool(self.bits >> bit & 1)


def parameters(data: bytes) -> Parameters:
    _cut(data, 8)

    def at(offset):
        return data[offset] or None if len(data) > offset else None

    return Parameters(
        bits=_int(data[:8]),
        tax_mode_field=at(24),
        longest=_int(data[25:27]) if len(data) > 26 else 0,
        storage_table=at(31),
        format_table=at(34),
        format_field=at(35),
    )


class Storage(NamedTuple):
    """FF01h. `life` 3: at work; `document`: the one that is open; `last`: number of the last one that is not."""

    life: int
    document: int
    shift_open: bool
    warnings: int
    moment: datetime | None
    number: str
    last: int


def storage(data: bytes) -> Storage:
    _cut(data, 30)
    return Storage(
        life=data[0],
        document=data[1],
        shift_open=bool(data[3]),
        warnings=data[4],
        moment=_moment(data[5:10]),
        number=text(data[10:26]),
        last=_int(data[26:30]),
    )


class Found(NamedTuple):
    """FF0Ah. `operation` and `total` (kopecks) of receipts and corrections alone, `shift` of reports."""

    type: int
    moment: datetime | None
    number: int
    sign: int
    operation: int | None = None
    total: int | None = None
    shift: int | None = None


def found(data: bytes) -> Found:
    _cut(data, 15)
    base = Found(data[0], _moment(data[2:7]), _int(data[7:11]), _int(data[11:15]))
    if base.type in (3, 4, 31, 41) and len(data) >= 21:
        return base._replace(operation=data[15], total=_int(data[16:21]))
    if base.type in (2, 5) and len(data) >= 17:
        return base._replace(shift=_int(data[15:17]))
    return base


class Shift(NamedTuple):
    """FF40h."""

    open: bool
    number: int
    receipt: int


def shift(data: bytes) -> Shift:
    _cut(data, 5)
    return Shift(data[0] == 1, _int(data[1:3]), _int(data[3:5]))


class Exchange(NamedTuple):
    """FF39h: documents that the operator of fiscal data has not taken."""

    messages: int
    first: int
    since: datetime | None


def exchange(data: bytes) -> Exchange:
    _cut(data, 13)
    messages = _int(data[2:4])
    return Exchange(messages, _int(data[4:8]), _moment(data[8:13]) if messages else None)


class Closed(NamedTuple):
    """FF45h, and FF4Ah with `receipt` in the place of `change`."""

    change: int
    number: int
    sign: int
    moment: datetime | None


def closed(data: bytes, head: int = 5) -> Closed:
    """:param head: bytes of the change (5), or of the number of the receipt in the shift (2)"""
    _cut(data, head + 8)
    at = head + 8
    return Closed(_int(data[:head]), _int(data[head : head + 4]), _int(data[head + 4 : at]), _moment(data[at : at + 5]))


def expiry(data: bytes) -> date | None:
    return _date(*_cut(data, 3)[:3])


def subtotal(data: bytes) -> int:
    return _int(_cut(data, 6)[1:6])


def money(data: bytes) -> int:
    """1Ah."""
    return _int(_cut(data, 7)[1:7])


def rows(data: bytes) -> int:
    """2Dh."""
    return _int(_cut(data, 43)[40:42])


class Code(NamedTuple):
    """FF61h. `online`: FFD tag 2106, None where the state's system was not asked or did not answer."""

    local: int
    reason: int
    online: int | None


def code(data: bytes) -> Code:
    _cut(data, 4)
    rest = data[4 : 4 + data[3]]
    return Code(data[0], data[1], rest[1] if len(rest) >= 2 and rest[0] == 0 else None)
