"""One sale, at most one receipt, whatever goes wrong in whatever order: the protocol and the emulator over a real line.

The loop below stands for the engine: it sends what is not sent, asks about what is unknown, and takes a new key where
the outcome asks for one.
"""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.fiscal_base.tools.outcome import Kind
from addons.fiscal_base.tools.transport import send
from addons.fiscal_kkm_server import protocol
from tests.emulators.kkm_server import KkmServerEmulator

from .samples import DEVICE, sale

FAULTS = [
    ("reset_before", {}),
    ("reset_after", {}),
    ("reset_after", {"restart": True}),
    ("drop", {"seconds": 0.02}),
    ("drop", {"seconds": 0.02, "restart": True}),
    ("cut", {}),
    ("cut", {"restart": True}),
    ("garbage", {}),
    ("garbage", {"restart": True}),
    ("http_error", {"status": 502}),
    ("http_error", {"status": 504, "execute": True}),
    ("internal_error", {}),
    ("internal_error", {"execute": True}),
    ("unauthorized", {}),
    ("pending", {"status": 4, "polls": 2}),
    ("pending", {"status": 1, "polls": 1}),
    ("pending", {"text": "Истек допустимый период постановки команды"}),
    ("device_error", {}),
    ("device_error", {"registered": True}),
    ("device_error", {"text": "Непонятная ошибка"}),
    ("device_error", {"text": "Непонятная ошибка", "registered": True}),
    ("no_paper", {}),
    ("no_paper", {"registered": True}),
    ("no_licence", {}),
    ("queue_timeout", {}),
]


class Engine:
    """The least that an engine does."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.key = ""
        self.request = None
        self.after = None

    def send(self, request):
        return send(replace(protocol.http(request, self.emulator.url), read_timeout=5))

    def register(self, receipt, steps=30):
        """The last outcome: done, or rejected, or whatever it is after `steps`."""
        outcome = None
        for __ in range(steps):
            if outcome is None or outcome.kind in (Kind.NOT_SENT, Kind.BLOCKED):
                if outcome is None or outcome.new_key:
                    command = protocol.build(replace(receipt, key=str(uuid4())), DEVICE)
                    self.request = protocol.freeze(command, self.after)
                outcome = self.converse(protocol.submit(self.request))
            elif outcome.kind in (Kind.UNKNOWN, Kind.WAITING):
                outcome = self.converse(protocol.lookup(self.request))
            else:
                break
        if outcome.kind is Kind.DONE and outcome.data.number:
            self.after = int(outcome.data.number)
        return outcome

    def converse(self, conversation):
        try:
            question = next(conversation)
            while True:
                question = conversation.send(self.send(question))
        except StopIteration as end:
            return end.value


def sales(emulator):
    return [printed for printed in emulator.documents if printed.type == "sale"]


@pytest.fixture
def emulator():
    with KkmServerEmulator() as emulator:
        yield emulator


@pytest.mark.parametrize(("kind", "options"), FAULTS)
def test_after_any_one_fault_there_is_one_receipt(emulator, kind, options):
    engine = Engine(emulator)
    engine.register(sale())
    emulator.fault(kind, "RegisterCheck", **options)
    outcome = engine.register(sale())
    if outcome.kind is Kind.REJECTED:
        assert options.get("text") and len(sales(emulator)) == 1
        return
    assert outcome.kind is Kind.DONE
    assert len(sales(emulator)) == 2
    assert outcome.data.number == str(sales(emulator)[-1].number)


def test_the_very_first_receipt_of_a_register_too(emulator):
    emulator.fault("reset_after", "RegisterCheck", restart=True)
    outcome = Engine(emulator).register(sale())
    assert outcome.kind is Kind.DONE and len(sales(emulator)) == 1


def test_another_program_prints_on_the_same_register(emulator):
    engine, other = Engine(emulator), Engine(emulator)
    engine.register(sale())
    for __ in range(3):
        other.register(sale(lines=(replace(sale().lines[0], amount=sale().lines[0].amount + 1),)))
    emulator.fault("reset_before", "RegisterCheck")
    assert engine.register(sale()).kind is Kind.DONE
    emulator.fault("reset_after", "RegisterCheck", restart=True)
    assert engine.register(sale()).kind is Kind.DONE
    assert len(sales(emulator)) == 6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(FAULTS), st.sampled_from(["", "RegisterCheck", "GetRezult", "GetDataKKT"])),
        max_size=4,
    )
)
def test_after_any_faults_there_is_at_most_one_receipt(faults):
    with KkmServerEmulator() as emulator:
        engine = Engine(emulator)
        engine.register(sale())
        for (kind, options), command in faults:
            emulator.fault(kind, command, **options)
        outcome = engine.register(sale())
        count = len(sales(emulator)) - 1
        assert count <= 1
        assert count == 1 or outcome.kind is not Kind.DONE
        assert count == 0 or outcome.kind in (Kind.DONE, Kind.UNKNOWN, Kind.WAITING)
