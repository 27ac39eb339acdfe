"""The vendor's examples: the addon builds what they say and reads what they answer, the emulator does as they do."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Line, Payment, Person
from addons.fiscal_base.tools.transport import Answer
from addons.fiscal_vchasno import protocol
from addons.fiscal_vchasno.protocol.requests import encode
from tests.emulators.vchasno_register import Register

from .samples import EXAMPLES, example, example_of, operation, sale

POSTMAN = Person(name="Постман")
ROWS = (
    Line(
        "Продукт 1",
        Decimal(2),
        Decimal("55.00"),
        Decimal("100.00"),
        tax_code="4",
        product_code="00001",
        barcode="73463253",
        goods_code="54321",
        excise_stamps=("XX11111111111", "XX11111111112"),
        extra={"comment": "Зразок! Коментар"},
    ),
    Line(
        "Продукт 2",
        Decimal(1),
        Decimal("89.99"),
        Decimal("99.99"),
        tax_code="3",
        product_code="00002",
        barcode="73463254",
        goods_code="45667",
        excise_stamps=("XX11111111113",),
        extra={"comment": 'Зразок! "Have a good day"'},
    ),
)
CARD = {
    "card_mask": "cardmask****test",
    "card_system": "paysys_test",
    "rrn": "rrn_test",
    "auth_code": "auth_code",
    "terminal_id": "term_id",
    "acquirer": "bank_id",
}
SALE = sale(
    Payment("cash", Decimal("200.00")),
    Payment("electronic", Decimal("50.00"), extra=CARD),
    lines=ROWS,
    change=Decimal("50.00"),
    rounding=Decimal("0.01"),
    cashier=POSTMAN,
    reference="Зразок! Коментар шапки чеку",
    comment="Зразок! ДЯКУЄМО за покупку",
)
RECEIPTS = {
    0: operation("shift_open"),
    1: SALE,
    2: replace(SALE, operation="sale_return", comment="Зразок! ДЯКУЄМО за повернення"),
    3: operation("cash_in", "500.50", comment="Зразок! Тестове внесення готівка"),
    4: operation("cash_out", "500.50", comment="Зразок! Тестова видача готівка"),
    14: operation("cash_withdrawal", "100.00", payments=(Payment("electronic", Decimal("100.00"), extra=CARD),)),
    10: operation("x_report"),
    11: operation("shift_close"),
}
#: what the examples have and Odoo has not: comments on payments, the commission, the lower comment on cash
ABSENT = {"commission", "show_additional_info"}


def meaning(value: object, name: str = "") -> object:
    """What a request means: numbers as numbers, a group of taxes as one, without what Odoo does not know."""
    if isinstance(value, dict):
        skip = ABSENT | ({"comment"} if "sum" in value else set())
        return {key: meaning(part, key) for key, part in value.items() if key not in skip}
    if isinstance(value, list):
        return [meaning(part) for part in value]
    if name == "taxgrp":
        return int(value)
    return Decimal(value) if isinstance(value, int | Decimal) else value


def built(task: int) -> dict:
    request = protocol.build(replace(RECEIPTS[task], cashier=POSTMAN))
    return json.loads(encode(request), parse_float=Decimal)


@pytest.mark.parametrize("task", RECEIPTS)
def test_the_same_content_means_the_same(task):
    ours, theirs = built(task)["fiscal"], example(task)["request"]["fiscal"]
    if task == 2:
        theirs = json.loads(encode(theirs), parse_float=Decimal)
        for pay in theirs["receipt"]["pays"]:
            if "oper_type" in pay:
                pay["oper_type"] = "Повернення"  # §2.3: what clients write for a return
    if task in (3, 4):
        theirs = {**theirs, "cash": {n: v for n, v in theirs["cash"].items() if n != "comment_down"}}
    if task == 14:
        theirs = {**theirs, "cash": {n: v for n, v in theirs["cash"].items() if not n.startswith("comment")}}
        theirs["cash"]["term_id"] = "term_id"
    assert meaning(ours) == meaning(theirs)


def test_status_question():
    assert protocol.question()["fiscal"] == example(18)["request"]["fiscal"]


def test_delivery_request():
    theirs = example_of("/api/v3/notifications")
    access = protocol.Access("cloud", "", "t")
    request = protocol.notification("TEST_oTzS71QVfYGwTw", "email", "test@vchasno.ua", access)
    assert json.loads(request.body) == theirs["request"]
    taken, __, __ = protocol.parse_delivery(Answer(200, json.dumps(theirs["answer"])), "TEST_oTzS71QVfYGwTw")
    assert taken


@pytest.mark.parametrize("task", RECEIPTS)
def test_the_answers_are_read(task):
    theirs = example(task)["answer"]
    request = protocol.freeze(protocol.build(replace(RECEIPTS[task], key=theirs["tag"])))
    outcome = protocol.parse(request, Answer(200, encode(theirs)), "https://kasa.vchasno.ua")
    assert outcome.kind.value == "done", outcome
    data, info = outcome.data, theirs["info"]
    assert data.number == info["doccode"]
    assert data.register_number == "99997655555555"
    assert data.test
    assert data.registered_at == datetime.strptime(info["dt"], "%Y%m%d%H%M%S")
    assert data.shift_number == (46 if info["shift_link"] else None)
    assert data.qr == info.get("qr", "")
    if task != 10:
        assert data.url == f"https://kasa.vchasno.ua/c/{info['doccode']}"


def test_counters_of_the_z_report():
    theirs = example(11)["answer"]
    request = protocol.freeze(protocol.build(replace(operation("shift_close"), key=theirs["tag"])))
    counters = protocol.parse(request, Answer(200, encode(theirs))).data.counters
    assert counters == {
        "sale.count": Decimal(1),
        "sale.total": Decimal("200.00"),
        "sale.cash": Decimal("150.00"),
        "sale.tax.3": Decimal("99.99"),
        "sale.tax.4": Decimal("100.00"),
        "sale_return.count": Decimal(1),
        "sale_return.total": Decimal("200.00"),
        "sale_return.cash": Decimal("150.00"),
        "sale_return.tax.3": Decimal("99.99"),
        "sale_return.tax.4": Decimal("100.00"),
        "cash_in": Decimal("1001.00"),
        "cash_out": Decimal("500.50"),
        "cash_withdrawal": Decimal("100.00"),
        "cash": Decimal("400.50"),
    }


def test_status_is_read():
    status = protocol.parse_status(Answer(200, encode(example(18)["answer"])))
    assert status.ready and status.test
    assert status.register_number == "99997655555555"
    assert status.shift_open is False, "an old date beside a closed shift says nothing"
    assert status.cash == Decimal("400.50")
    assert status.offline is False


# === The emulator ===

#: what differs from run to run
CHANGING = {"doccode", "cancelid", "dt", "qr", "tag", "mac"}


def emulated() -> Register:
    moment = iter(range(10**6))

    def clock():
        return datetime(2024, 1, 31, 10, 5, next(moment) % 60)

    register = Register(fisid="99997655555555", clock=clock, first_shift=46, dataid=194)
    return register


def test_the_emulator_answers_as_the_vendor():
    """The vendor's requests in their order, with the second cash-in that its X report counts."""
    register = emulated()
    for number, task in enumerate((0, 1, 2, 3, 4, 3, 14, 10, 11, 18)):
        theirs = example(task)
        info = register.execute({**theirs["request"], "tag": f"tag-{number}"})
        if (number, task) == (5, 3):
            continue  # the vendor does not show its answer
        ours = json.loads(encode(info), parse_float=Decimal)
        expected = {name: value for name, value in theirs["answer"]["info"].items() if name not in CHANGING}
        assert meaning({name: ours[name] for name in expected if name != "shift_dt"}) == meaning(
            {name: value for name, value in expected.items() if name != "shift_dt"}
        ), task
        assert ours.keys() == theirs["answer"]["info"].keys()
    assert register.oddities == []


def test_the_emulator_shows_the_receipt_as_the_vendor():
    register = emulated()
    info = register.execute({**example(1)["request"], "tag": "t"})
    ours, theirs = register.view(info["doccode"]), example_of("/c/")["answer"]
    assert ours.keys() <= theirs.keys()
    for name in ("items", "close", "top_comment", "last_comment", "rounding"):
        assert meaning(ours["data"][name]) == meaning(theirs["data"][name]), name


def test_every_example_is_used():
    tasks = {each["request"]["fiscal"]["task"] for each in EXAMPLES if each["request"] and "fiscal" in each["request"]}
    assert tasks == {*RECEIPTS, 18}
