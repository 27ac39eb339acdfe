"""Each case of `fiscal_kkm_server/tests/payloads`: the receipt, the request byte for byte, the answer, the outcome."""

import json
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from addons.fiscal_base.tools.receipt import Correction, Line, Payment, Person, Receipt
from addons.fiscal_base.tools.transport import Answer
from addons.fiscal_kkm_server import protocol
from addons.fiscal_kkm_server.protocol.commands import thaw
from tests.emulators.kkm_register import Register
from tests.emulators.kkm_server import Kkm

CASES = sorted((Path(__file__).parents[3] / "fiscal_kkm_server" / "tests" / "payloads").glob("*.json"))


def line_of(values: dict) -> Line:
    values = dict(values)
    supplier = Person(**values.pop("supplier")) if "supplier" in values else None
    exact = {name: Decimal(values.pop(name)) for name in ("quantity", "price", "amount")}
    return Line(**values, **exact, supplier=supplier)


def receipt_of(case: dict) -> Receipt:
    values = dict(case["receipt"])
    values["deliver"] = frozenset(values.get("deliver", []))
    lines = tuple(map(line_of, values.pop("lines", [])))
    payments = tuple(Payment(kind, Decimal(amount)) for kind, amount in values.pop("payments", []))
    people = {name: Person(**values.pop(name)) for name in ("cashier", "customer") if name in values}
    money = {name: Decimal(values.pop(name)) for name in ("total", "change") if name in values}
    if "correction" in values:
        correction = values.pop("correction")
        values["correction"] = Correction(**{**correction, "date": date.fromisoformat(correction["date"])})
    return Receipt(lines=lines, payments=payments, **people, **money, **values)


def digits(text: str) -> object:
    """JSON in which a number is the text of its digits, so that 95.00 and 95.0 differ."""
    return json.loads(text, parse_float=str, parse_int=str)


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def case(request):
    return {"text": request.param.read_text(), **json.loads(request.param.read_text())}


def test_request(case):
    receipt, device = receipt_of(case), protocol.Device(**case["device"])
    assert protocol.problems(receipt, device) == []
    request = protocol.freeze(protocol.build(receipt, device))
    assert digits(request["body"]) == digits(case["text"])["request"]


def test_outcome(case):
    request = protocol.freeze(protocol.build(receipt_of(case), protocol.Device(**case["device"])))
    outcome = protocol.parse(request, Answer(200, "  " + json.dumps(case["answer"])))
    assert outcome.kind.value == "done"
    assert outcome.code == ""
    expected = {
        name: datetime.fromisoformat(value) if name == "registered_at" else Decimal(value) if name == "total" else value
        for name, value in case["fiscal_data"].items()
    }
    told = {field.name: getattr(outcome.data, field.name) for field in fields(outcome.data)}
    assert {name: value for name, value in told.items() if value not in (None, "", {}, False)} == expected


def test_the_service_takes_it(case):
    register = Register(1, "0149060006000651", tax_variants=("0", "1"))
    register.cash = Decimal("10000.00")
    kkm = Kkm([register])
    if case["receipt"]["operation"] in ("shift_close", "cash_in", "cash_out"):
        register.open_shift({"CashierName": "Петров"})
    request = protocol.freeze(protocol.build(receipt_of(case), protocol.Device(**case["device"])))
    answer = kkm.run(request["body"].encode())
    assert (answer["Status"], answer["Error"]) == (0, "")
    assert kkm.unknown_fields == set()
    assert register.printed[-1].type == case["receipt"]["operation"]
    assert thaw(request)["IdCommand"] == register.printed[-1].key


def test_there_are_cases():
    assert len(CASES) >= 12
