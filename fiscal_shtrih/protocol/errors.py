"""Errors of the register and of its storage (§13): what each means for the document, and the key of its sentence.

`blocked`: the register cannot work, whatever is sent. `rejected`: it refuses this document for what it says. A command
that was answered with an error was not executed.
"""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    kind: str
    key: str


def _of(kind: str, key: str, *numbers: int) -> dict[int, Meaning]:
    return dict.fromkeys(numbers, Meaning(kind, key))


ERRORS: dict[int, Meaning] = {
    **_of("rejected", "data", 0x01, 0x09, *range(0x0A, 0x11), *range(0x18, 0x1B), 0x33, 0x7E, 0xB9, *range(0x60, 0x64)),
    **_of("rejected", "no_data", 0x08, 0x34),
    **_of("rejected", "settings", 0x35, 0x36, 0x7A, 0xC7),
    **_of("rejected", "not_supported", 0x37, 0x5D),
    **_of("rejected", "shift_open", 0x3C, 0xB8),
    **_of("rejected", "sums", *range(0x40, 0x46), 0x48, 0x4D, *range(0x84, 0x89)),
    **_of("rejected", "not_enough_cash", 0x46),
    **_of("rejected", "operation", 0x49, 0x5E),
    **_of("rejected", "too_many_lines", 0x4B, 0x94),
    **_of("rejected", "nothing_to_repeat", 0x56),
    **_of("rejected", "zero_total", 0x5F, 0x8E),
    **_of("rejected", "marking", *range(0xA0, 0xB0), 0xD3, 0xD4, 0xD5),
    **_of("blocked", "storage_state", 0x02),
    **_of("blocked", "storage", 0x03, 0x04, 0x2F, 0x30, 0x31, 0x32),
    **_of("blocked", "storage_life", 0x05),
    **_of("blocked", "storage_full", 0x06, 0x12),
    **_of("blocked", "clock", 0x07, 0x17, 0x7C, 0x7D),
    **_of("blocked", "operator", 0x11, 0x14, 0x15, 0x20),
    **_of("blocked", "shift_expired", 0x16, 0x4E),
    **_of("blocked", "service", 0x38, 0x39, 0x74, 0x78, 0x79, 0xC4),
    **_of("blocked", "shift_closed", 0x3D),
    **_of("blocked", "receipt_open", 0x4A, 0x55),
    **_of("blocked", "password", 0x4F),
    **_of("blocked", "printing", 0x50, 0x72),
    **_of("blocked", "continue", 0x58),
    **_of("blocked", "other_cashier", 0x59),
    **_of("blocked", "power", 0x5C, 0x75, 0x93, 0xC2),
    **_of("blocked", "paper", 0x6B),
    **_of("blocked", "printer", 0x71, 0x77, 0xC8, 0xC9),
    **_of("blocked", "mode", 0x73),
    **_of("blocked", "restart", 0x7B),
    **_of("blocked", "close_shift_first", 0x96),
    **_of("blocked", "date", 0xC0),
}
#: what an error means that no list names
UNKNOWN = Meaning("rejected", "error")


def meaning(error: int) -> Meaning:
    return ERRORS.get(error, UNKNOWN)
