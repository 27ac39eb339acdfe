"""The register's side of the two framings: bytes in, bytes out (`shtrih.md` §2, §3)."""

from __future__ import annotations

from .shtrih_register import Register

STX, ENQ, ACK, NAK = 0x02, 0x05, 0x06, 0x15


def checksum(data: bytes) -> int:
    """CRC of the second framing, bit by bit as the maker writes it."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _bit in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


class Device:
    """`feed` takes what comes over the line and gives what goes back. It keeps to the framing of its first byte."""

    def __init__(self, register: Register):
        self.register = register
        self.power_off()

    def power_off(self):
        """The line's memory is gone; the register's is not."""
        self.framing = 0
        self.frame = bytearray()
        self.answer = b""  # the one that waits to be confirmed (first framing), or is kept (second)
        self.last = 0
        self.escaped = False

    def idle(self):
        """No byte has come for longer than the byte timeout: a frame that has begun is dropped."""
        self.frame, self.escaped = bytearray(), False

    def feed(self, data: bytes) -> bytes:
        return b"".join(self.byte(byte) for byte in data)

    def byte(self, byte: int) -> bytes:
        if not self.framing:
            self.framing = {ENQ: 1, STX: 1, 0x8F: 2}.get(byte, 0)
        return self._byte_1(byte) if self.framing == 1 else self._byte_2(byte) if self.framing == 2 else b""

    def _byte_1(self, byte: int) -> bytes:
        if self.frame:
            self.frame.append(byte)
            if len(self.frame) < 2 or len(self.frame) < self.frame[1] + 3:
                return b""
            frame, self.frame = bytes(self.frame), bytearray()
            value = 0
            for part in frame[1:-1]:
                value ^= part
            if value != frame[-1] or not frame[1]:
                return bytes([NAK])
            said = self.register.command(frame[2:-1])
            body = bytes([len(said)]) + said
            value = 0
            for part in body:
                value ^= part
            self.answer = bytes([STX]) + body + bytes([value])
            return bytes([ACK]) + self.answer
        if byte == STX:
            self.frame = bytearray([STX])
        elif byte == ENQ:
            return bytes([ACK]) + self.answer if self.answer else bytes([NAK])
        elif byte == ACK:
            self.answer = b""
        return b""

    def _byte_2(self, byte: int) -> bytes:
        if byte == 0x8F:
            self.frame, self.escaped = bytearray([0x8F]), False
            return b""
        if not self.frame:
            return b""
        if self.escaped:
            byte, self.escaped = {0x81: 0x8F, 0x83: 0x9F}.get(byte, -1), False
            if byte < 0:
                self.frame = bytearray()
                return b""
        elif byte == 0x9F:
            self.escaped = True
            return b""
        self.frame.append(byte)
        body = self.frame[1:]
        if len(body) < 4 or len(body) < int.from_bytes(body[:2], "little") + 4:
            return b""
        self.frame = bytearray()
        if checksum(bytes(body[:-2])) != int.from_bytes(body[-2:], "little"):
            return b""
        content = bytes(body[2:-2])
        if not content:
            return self._frame_2(self.last, b"")
        if len(content) < 3:
            return b""
        number = int.from_bytes(content[:2], "little")
        if number == (self.last + 1) % 0x10000:
            self.last, self.answer = number, self.register.command(content[2:])
        return self._frame_2(self.last, self.answer)

    @staticmethod
    def _frame_2(number: int, data: bytes) -> bytes:
        content = number.to_bytes(2, "little") + data
        body = len(content).to_bytes(2, "little") + content
        body += checksum(body).to_bytes(2, "little")
        out = bytearray([0x8F])
        for byte in body:
            out += {0x8F: b"\x9f\x81", 0x9F: b"\x9f\x83"}.get(byte, bytes([byte]))
        return bytes(out)
