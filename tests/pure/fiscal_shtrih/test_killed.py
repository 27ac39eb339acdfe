"""The process that talks to a register is killed in the middle of a receipt; the next one goes on at the same port."""

import json
import subprocess
import sys
import threading

import pytest

from addons.fiscal_base.tools.outcome import Kind
from addons.fiscal_shtrih.protocol import Link1, Link2, lookup, prepare, submit
from addons.fiscal_shtrih.transport import Session, open_line
from tests.dev.paths import ROOT
from tests.emulators.shtrih import ShtrihEmulator
from tests.pure.fiscal_shtrih.samples import receipt, simple

#: processes that are killed for each framing
KILLS = 5


class Killing(ShtrihEmulator):
    """Kills the process at the other end when `kill_after` more bytes have gone over the line."""

    def __init__(self):
        super().__init__(pty=True)
        self.passed, self.kill_after = 0, None
        self.process, self.started = None, threading.Event()

    def _passes(self, data):
        self.passed += len(data)
        if self.kill_after is not None and self.passed >= self.kill_after:
            self.kill_after = None
            self.started.wait(30)
            self.process.kill()
            self.process.wait(30)
        return super()._passes(data)

    def run(self, conversation, framing):
        with open_line(self.address, 115200) as port:
            port.connect()
            return Session(port, Link2() if framing == 2 else Link1()).run(conversation)

    def killed(self, framing, path, after):
        """Start a worker that sends a receipt; it is dead, or done, when this returns."""
        self.passed, self.kill_after = 0, after
        self.started.clear()
        command = [sys.executable, "-m", "tests.pure.fiscal_shtrih.worker", self.address, str(framing), str(path)]
        self.process = subprocess.Popen(command, cwd=ROOT)
        self.started.set()
        return self.process.wait(60)


@pytest.mark.parametrize("framing", [1, 2])
def test_killed_at_any_byte(framing, tmp_path):
    emulator, request, path = Killing(), prepare(receipt()), tmp_path / "before.json"
    emulator.start()
    try:
        assert emulator.run(submit(prepare(simple("shift_open")), 30), framing).outcome.kind is Kind.DONE
        assert emulator.killed(framing, path, after=None) == 0
        length, taken, found = emulator.passed, {}, 0
        for document in emulator.register.documents[1:]:
            taken[document.number] = str(document.sign)
        for kill in range(KILLS):
            # the last of them when the receipt is in the storage and its answer on the line
            path.unlink(missing_ok=True)
            assert emulator.killed(framing, path, after=length - 40 - (length - 80) * kill // KILLS) == -9, kill
            before = json.loads(path.read_text()) if path.exists() else None
            outcome = emulator.run(lookup(request, before, 30, None, taken), framing)
            if outcome.kind is Kind.DONE:
                found += 1
            else:
                assert outcome.code in ("never_sent", "not_found"), outcome
                outcome = emulator.run(submit(request, 30), framing).outcome
            assert outcome.kind is Kind.DONE, (kill, outcome)
            assert len(emulator.register.documents) == kill + 3
            number = int(outcome.data.number)
            assert number == kill + 3
            taken[number] = outcome.data.sign
        assert 0 < found < KILLS
    finally:
        emulator.stop()
