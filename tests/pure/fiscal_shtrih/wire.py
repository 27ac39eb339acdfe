"""The emulated register at the end of a line in memory: no time passes, and the line can be cut at any byte."""

from __future__ import annotations

from addons.fiscal_shtrih.protocol import Link1, Link2
from addons.fiscal_shtrih.transport.lines import LineError
from addons.fiscal_shtrih.transport.session import Session
from tests.emulators.shtrih_line import Device
from tests.emulators.shtrih_register import Register

#: cut by power off: the register forgets what its line knew
POWER = "power"


class Wire:
    """A port of `Session`. `cut_after`: bytes that still pass, in both directions together."""

    def __init__(self, register: Register, cut_after: int | None = None, how: str = "cable"):
        self.register, self.device = register, Device(register)
        self.cut_after, self.how = cut_after, how
        self.passed, self.dead, self.come = 0, False, bytearray()

    # what Session uses of a port
    def connect(self):
        self.dead = False
        return self

    def close(self):
        self.come.clear()

    # what Session uses of a line
    def send(self, data: bytes):
        if self.dead:
            raise LineError("cut")
        come = self._passes(data)
        back = self.device.feed(come)
        self.come += self._passes(back) if not self.dead else b""
        if self.dead and self.how == POWER:
            self.device.power_off()

    def receive(self, count: int, timeout: float) -> bytes:
        if not self.come and self.dead:
            raise LineError("cut")
        if not self.come and timeout:
            self.device.idle()
        data = bytes(self.come[:count])
        del self.come[:count]
        return data

    def drop(self):
        self.come.clear()

    def _passes(self, data: bytes) -> bytes:
        if self.cut_after is not None:
            if len(data) > self.cut_after:
                data = data[: self.cut_after]
                self.dead, self.cut_after = True, None
            else:
                self.cut_after -= len(data)
        self.passed += len(data)
        return data


def run(wire, conversation, framing: int = 1, keep=lambda before: None):
    link = Link2() if framing == 2 else Link1()
    wire.come.clear()
    return Session(wire, link, keep, sleep=lambda seconds: None).run(conversation)
