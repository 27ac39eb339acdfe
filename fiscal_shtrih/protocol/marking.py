"""Marking codes (§8.4)."""

from __future__ import annotations

import re

from .. import const

GS = "\x1d"
#: kinds of code in tag 1162, two bytes of which the first stands first
_DATA_MATRIX, _EAN_13, _EAN_8, _ITF_14 = b"\x44\x4d", b"\x45\x0d", b"\x45\x08", b"\x49\x0e"
#: application identifiers of one size: everything after them follows at once
_FIXED = {"8005": 6}


def wire(code: str) -> bytes:
    """The code as a scanner gives it. :raises ValueError: where it is empty, too long or no code"""
    raw = code.removeprefix("]d2").removeprefix("]C1").removeprefix(GS).encode("ascii")
    if not 0 < len(raw) <= 0xFF:
        raise ValueError("a marking code has 1 to 255 characters")
    return raw


def nomenclature(code: str) -> bytes | None:
    """Tag 1162 of FFD 1.05; None for a code that is not one of GS1.

    Kind, six bytes of GTIN of which the first stands first, serial number (AI 21), price (AI 8005).
    """
    plain = code.removeprefix("]d2").removeprefix("]C1").removeprefix(GS)
    if plain.isdecimal() and len(plain) in (8, 13, 14):
        kind = {8: _EAN_8, 13: _EAN_13, 14: _ITF_14}[len(plain)]
        return kind + int(plain).to_bytes(6, "big")
    head = re.match(r"01(\d{14})21", plain)
    if not head:
        return None
    serial, __, rest = plain[head.end() :].partition(GS)
    price = re.search(r"(?:^|\x1d)8005(\d{6})", rest)
    if not 0 < len(serial) <= 20:
        return None
    return _DATA_MATRIX + int(head[1]).to_bytes(6, "big") + (serial + (price[1] if price else "")).encode("ascii")


def planned(operation: str, measure: int) -> int:
    """Planned status (tag 2003): a piece or a measured quantity, sold or returned."""
    back = operation.endswith("return")
    return (4 if measure else 3) if back else (2 if measure else 1)


def refused(result: int | None) -> bool:
    """Whether a result (tags 2004, 2106) says that the piece must not be sold; what was not checked refuses nothing."""
    if result is None:
        return False
    code = result & const.CODE_CHECKED and not result & const.CODE_RIGHT
    status = result & const.STATUS_CHECKED and not result & const.STATUS_RIGHT
    return bool(code or status)
