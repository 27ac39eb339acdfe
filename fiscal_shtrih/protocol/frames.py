"""The two framings (§2, §3): bytes in, frames out. No I/O."""

from __future__ import annotations

from binascii import crc_hqx
from functools import reduce
from operator import xor
from typing import NamedTuple

STX, ENQ, ACK, NAK = 0x02, 0x05, 0x06, 0x15
#: longest command of the first framing
LONGEST_1 = 255
#: begin of a frame of the second framing, and the mark of a stuffed byte
MARK, STUFFED = 0x8F, 0x9F
#: longest content of a frame of the second framing that is waited for: more than any command or answer
LONGEST_2 = 4096


def lrc(data: bytes) -> int:
    """XOR of all bytes."""
    return reduce(xor, data, 0)


def frame_1(command: bytes) -> bytes:
    """`STX, length, command, LRC` (§2). :raises ValueError: where the command is empty or too long"""
    if not 0 < len(command) <= LONGEST_1:
        raise ValueError(f"a command of {len(command)} bytes has no place in a frame")
    body = bytes([len(command)]) + command
    return bytes([STX]) + body + bytes([lrc(body)])


def crc(data: bytes) -> int:
    """CRC-16/CCITT-FALSE (§3)."""
    return crc_hqx(data, 0xFFFF)


def frame_2(number: int | None, command: bytes = b"") -> bytes:
    """A frame of the second framing (§3).

    :param number: 0 to 65535; None asks for the number at which the register is
    """
    content = b"" if number is None else number.to_bytes(2, "little") + command
    if len(content) > LONGEST_2:
        raise ValueError(f"a command of {len(command)} bytes has no place in a frame")
    body = len(content).to_bytes(2, "little") + content
    body += crc(body).to_bytes(2, "little")
    stuffed = body.replace(b"\x9f", b"\x9f\x83").replace(b"\x8f", b"\x9f\x81")
    return bytes([MARK]) + stuffed


PING = frame_2(None)


class Numbered(NamedTuple):
    """A whole frame: its number and what it carries; b"" in the answer to a ping."""

    number: int
    data: bytes


class Reader:
    """Finds the frames of the second framing in a stream of bytes; what is damaged is dropped without a word."""

    def __init__(self):
        self._begin()

    def _begin(self, inside=False):
        self._inside, self._stuffed, self._body = inside, False, bytearray()

    @property
    def wanted(self) -> int:
        """How many bytes are still to come at least before the next frame can be whole."""
        if not self._inside:
            return 7  # mark, length, number, CRC
        length = int.from_bytes(self._body[:2], "little") if len(self._body) >= 2 else 2
        return max(1, 2 + length + 2 - len(self._body))

    def feed(self, data: bytes) -> list[Numbered]:
        """The frames that `data` completes, in their order."""
        found = []
        for byte in data:
            if byte == MARK:  # a bare mark is a new frame, whatever came before
                self._begin(inside=True)
            elif self._inside:
                frame = self._take(byte)
                if frame:
                    found.append(frame)
        return found

    def _take(self, byte: int) -> Numbered | None:
        if self._stuffed:
            if byte not in (0x81, 0x83):
                self._begin()
                return None
            byte, self._stuffed = (MARK if byte == 0x81 else STUFFED), False
        elif byte == STUFFED:
            self._stuffed = True
            return None
        body = self._body
        body.append(byte)
        if len(body) < 4:
            return None
        length = int.from_bytes(body[:2], "little")
        if length > LONGEST_2:
            self._begin()
        elif len(body) == 2 + length + 2:
            whole, check = bytes(body[:-2]), int.from_bytes(body[-2:], "little")
            self._begin()
            if length >= 2 and crc(whole) == check:
                return Numbered(int.from_bytes(whole[2:4], "little"), whole[4:])
        return None
