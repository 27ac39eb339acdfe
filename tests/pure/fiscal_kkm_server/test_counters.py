"""Counters of the register before a shift is closed (`kkm_server.md` §3.6)."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.transport import Answer, Lost
from addons.fiscal_kkm_server import protocol
from tests.emulators.kkm_register import Register
from tests.emulators.kkm_server import Kkm, UnknownCommand, _encode

from .samples import DEVICE, SERIAL, card, cash, operation, sale


class Service:
    """The emulated service, and what it was asked."""

    def __init__(self, cyrillic=False, **fields):
        self.register = Register(1, SERIAL, **fields)
        self.kkm = Kkm([self.register], cyrillic=cyrillic)
        self.asked = []

    def __call__(self, question):
        self.asked.append(json.loads(question["body"])["Command"])
        try:
            return Answer(200, "  " + _encode(self.kkm.run(question["body"].encode())))
        except UnknownCommand as error:
            return Answer(501, json.dumps({"Status": 2, "Error": str(error)}))


def run(request, service):
    conversation = protocol.submit(request)
    try:
        question = next(conversation)
        while True:
            question = conversation.send(service(question))
    except StopIteration as end:
        return end.value


def a_day(service):
    run(protocol.prepare(sale(cash("100.00"), card("111.00")), DEVICE), service)
    run(protocol.prepare(sale(cash("500.00"), change=Decimal("289.00"), key="2"), DEVICE), service)
    run(protocol.prepare(replace(sale(card("211.00"), key="3"), operation="sale_return"), DEVICE), service)


CLOSE = protocol.prepare(replace(operation("shift_close"), key="close"), DEVICE)
EXPECTED = {
    "sale.count": 2,
    "sale.total": Decimal("422.00"),
    "sale.cash": Decimal("311.00"),
    "sale.electronic": Decimal("111.00"),
    "sale_return.count": 1,
    "sale_return.total": Decimal("211.00"),
    "sale_return.electronic": Decimal("211.00"),
}


@pytest.mark.parametrize("cyrillic", [False, True])
def test_in_both_spellings(cyrillic):
    service = Service(cyrillic)
    a_day(service)
    service.asked.clear()
    outcome = run(CLOSE, service)
    assert outcome.kind.value == "done"
    assert {name: value for name, value in outcome.data.counters.items() if value} == EXPECTED
    names = ["GetCounters", "GetСounters", "CloseShift"] if cyrillic else ["GetCounters", "CloseShift"]
    assert service.asked == names


def test_of_the_open_shift_alone():
    service = Service()
    a_day(service)
    run(CLOSE, service)
    run(protocol.prepare(sale(key="4"), DEVICE), service)
    again = replace(operation("shift_close"), key="another")
    assert run(protocol.prepare(again, DEVICE), service).data.counters["sale.count"] == 1


def test_a_register_without_counters_closes_all_the_same():
    service = Service(ffd="1.05")
    a_day(service)
    outcome = run(CLOSE, service)
    assert outcome.kind.value == "done" and outcome.data.counters == {}


def test_trouble_with_asking_closes_all_the_same():
    service = Service()
    a_day(service)
    outcome = run(CLOSE, lambda question: Lost("x") if "ounters" in question["body"] else service(question))
    assert outcome.kind.value == "done" and outcome.data.counters == {}


@pytest.mark.parametrize("rows", [None, 1, "x", [1], [{}], [{"CountersType": "Shift"}], [{"ReceiptType": "Shell"}]])
def test_counters_that_are_none(rows):
    def service(question):
        command = json.loads(question["body"])["Command"]
        return Answer(200, json.dumps({"Command": command, "Status": 0, "Counters": rows}))

    assert run(CLOSE, service).data.counters == {}
