"""Tags of the format of fiscal documents (§14): `tag, length, value`, all little-endian; text in CP866."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timezone

from ...fiscal_base.tools.text import shorten

#: letters that the register's code pages lack, and what is written in their place
_PLAIN = str.maketrans(
    {"«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "..."}
    | {"₽": "руб.", "₴": "грн", "€": "EUR", "\N{NO-BREAK SPACE}": " ", "×": "x"}
)
_NOT_IN_1251 = str.maketrans({"₽": "руб.", "₴": "грн", "−": "-", "×": "x"})


def text_866(text: str, limit: int) -> bytes:
    """Text of a tag, at most `limit` letters."""
    return shorten(shorten(text, limit).translate(_PLAIN), limit).encode("cp866", "replace")


def text_1251(text: str, limit: int) -> bytes:
    """Text of a command: names of lines, lines of the tape."""
    return shorten(shorten(text, limit).translate(_NOT_IN_1251), limit).encode("cp1251", "replace")


def tag(number: int, value: bytes) -> bytes:
    """:raises ValueError: where the value is longer than a length can say"""
    if len(value) > 0xFFFF:
        raise ValueError(f"tag {number} has {len(value)} bytes")
    return number.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


def text(number: int, value: str, limit: int) -> bytes:
    return tag(number, text_866(value, limit))


def fixed(number: int, value: str, size: int) -> bytes:
    """Text of one size, blanks on its right: an ИНН (12)."""
    return tag(number, value.encode("cp866").ljust(size))


def byte(number: int, value: int) -> bytes:
    return tag(number, bytes([value]))


def whole(number: int, value: int) -> bytes:
    """VLN: little-endian without zeros in front, at least one byte."""
    return tag(number, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "little"))


def day(number: int, value: date) -> bytes:
    """Midnight of the day, as seconds since 1970 of a clock without time zones."""
    moment = datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    return tag(number, int(moment.timestamp()).to_bytes(4, "little"))


def nested(number: int, tags: Iterable[bytes]) -> bytes:
    return tag(number, b"".join(tags))


def parse(data: bytes) -> list[tuple[int, bytes]]:
    """Tags and values in their order. :raises ValueError: where the data end within a tag"""
    found, at = [], 0
    while at < len(data):
        head = data[at : at + 4]
        size = int.from_bytes(head[2:], "little")
        value = data[at + 4 : at + 4 + size]
        if len(head) < 4 or len(value) < size:
            raise ValueError("a tag is cut")
        found.append((int.from_bytes(head[:2], "little"), value))
        at += 4 + size
    return found
