"""One sale, at most one receipt, when KKM Server calls: whatever is lost on the way, whenever it starts anew.

`Shop` stands for the engine and its relay: one request out at a time, a lease on it, conversations that are replayed.
"""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.fiscal_base.tools.outcome import Kind
from addons.fiscal_base.tools.transport import Answer
from addons.fiscal_kkm_server import protocol
from addons.fiscal_kkm_server.protocol import callback
from tests.emulators.kkm_callback import TRAPS, Caller
from tests.emulators.kkm_server import KkmServerEmulator

from .samples import DEVICE, sale

#: calls without a result after which nobody waits for it any more
LEASE = 3
STEPS = ["ok", "busy", "answer lost", "request lost", "restart", "restart after work"]


class Shop(Caller):
    """A KKM Server that calls an Odoo with one sale to be registered."""

    def __init__(self, emulator, after=None, traps=TRAPS):
        super().__init__(emulator, "http://127.0.0.1/", "token", traps=traps)
        self.after = after
        self.state, self.outcome = "queued", None
        self.request, self.key = None, ""
        self.kind, self.replies, self.out, self.waited = "", [], "", 0
        self.step_ = "ok"

    def _send(self, body):
        if self.step_ == "request lost":
            raise OSError
        text = self.odoo(body)
        if self.step_ == "answer lost":
            raise OSError
        return 200, text.encode()

    def odoo(self, body):
        commands = []
        for result in callback.read(body).results:
            name, key = callback.identify(result)
            expected = {"lookup": "GetRezult"}.get(self.kind, "RegisterCheck")
            if self.out and (key == self.out if self.out != self.key else key == self.key and name == expected):
                self.out = ""
                self.replies.append(Answer(200, json.dumps(result, default=str)))
                commands += self.go_on()
        if self.out and not commands:
            self.waited += 1
            if self.waited >= LEASE:
                self.out, self.state = "", "unknown"
        if not self.out and self.state not in ("done", "rejected"):
            self.begin()
            commands += self.go_on()
        return callback.answer(commands)

    def begin(self):
        self.replies = []
        self.kind = "submit" if self.state == "queued" else "lookup"
        if self.request is None:
            self.key = str(uuid4())
            self.request = protocol.prepare(replace(sale(), key=self.key), DEVICE, after=self.after)

    def go_on(self):
        """The next command, as a list; none where the conversation is at its end."""
        conversation = getattr(protocol, self.kind)(self.request)
        try:
            question = next(conversation)
            for reply in self.replies:
                question = conversation.send(reply)
        except StopIteration as end:
            self.note(end.value)
            return []
        self.state, self.waited = "sending", 0
        token = uuid4().hex
        text = callback.command({"body": question["body"], "token": token})
        self.out = json.loads(text)["IdCommand"]
        return [text]

    def note(self, outcome):
        self.outcome, self.replies = outcome, []
        looked_up = self.kind == "lookup"
        self.state = {Kind.NOT_SENT: "queued", Kind.BLOCKED: "queued", Kind.UNKNOWN: "unknown"}.get(
            outcome.kind, outcome.kind.value
        )
        if outcome.kind is Kind.BLOCKED and looked_up:
            self.state = "unknown"
        if outcome.new_key or (looked_up and outcome.kind is Kind.NOT_SENT):
            self.request = None

    def play(self, steps):
        for step in steps:
            self.step_ = step
            self.poll()
            if step == "restart":
                self.restart()
            if step != "busy":
                self.work()
            if step == "restart after work":
                self.restart()


def sales(emulator):
    return [printed for printed in emulator.documents if printed.type == "sale"]


@pytest.fixture
def emulator():
    emulator = KkmServerEmulator()
    emulator.kkm.run(protocol.prepare(replace(sale(), key="earlier"), DEVICE)["body"].encode())
    return emulator


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_after_any_one_loss_there_is_one_receipt(emulator, step, at):
    shop = Shop(emulator, after=2)
    shop.play(["ok"] * at + [step] + ["ok"] * 20)
    assert shop.state == "done", shop.outcome
    assert len(sales(emulator)) == 2
    assert shop.outcome.data.number == str(sales(emulator)[-1].number)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=12), st.sets(st.sampled_from(sorted(TRAPS))))
def test_after_any_losses_there_is_at_most_one_receipt(steps, traps):
    emulator = KkmServerEmulator()
    emulator.kkm.run(protocol.prepare(replace(sale(), key="earlier"), DEVICE)["body"].encode())
    shop = Shop(emulator, after=2, traps=frozenset(traps))
    shop.play([*steps, *["ok"] * 25])
    count = len(sales(emulator)) - 1
    assert count <= 1
    assert count == 1 or shop.state != "done"
    if shop.state == "done":
        assert shop.outcome.data.number == str(sales(emulator)[-1].number)
