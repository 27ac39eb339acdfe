"""What holds for every receipt and for every answer."""

import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from addons.fiscal_base.tools.money import money
from addons.fiscal_base.tools.receipt import Correction, Line, Payment, Person
from addons.fiscal_base.tools.text import one_line
from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_kkm_server import const, protocol
from tests.emulators.kkm_register import Register
from tests.emulators.kkm_server import Kkm

from .samples import CASHIER, DEVICE, KEY, SERIAL, TEA, operation, sale

PAYMENTS = {"cash": "Cash", "electronic": "ElectronicPayment", "prepayment": "AdvancePayment"} | {
    "credit": "Credit",
    "other": "CashProvision",
}

MONEY_IN = {"sale", "correction_sale", "purchase_return", "correction_purchase_return"}

kopecks = st.integers(0, 10**9).map(lambda value: Decimal(value) / 100).map(money)
names = st.text(st.characters(codec="utf-8"), max_size=200).filter(lambda text: one_line(text))
lines = st.builds(
    Line,
    name=names,
    quantity=st.integers(1, 10**7).map(lambda value: Decimal(value) / 1000),
    price=kopecks,
    amount=kopecks,
    tax_code=st.sampled_from(sorted(const.TAXES.keys() - const.OLD_TAXES)),
    subject=st.sampled_from(sorted(const.SUBJECTS)),
    method_sign=st.sampled_from(sorted(const.METHOD_SIGNS)),
    measure=st.sampled_from(sorted(const.MEASURES)),
)


@st.composite
def receipts(draw):
    """A receipt whose payments are any parts of its total, with any change in cash."""
    of = tuple(draw(st.lists(lines, min_size=1, max_size=6)))
    total = sum(line.amount for line in of)
    kinds = draw(st.lists(st.sampled_from(sorted(PAYMENTS)), min_size=0, max_size=4))
    left, payments = total, []
    for kind in kinds:
        part = min(draw(kopecks), left)
        payments.append(Payment(kind, part))
        left -= part
    change = draw(kopecks | st.just(Decimal("0.00")))
    payments.append(Payment("cash", left + change))
    kind = draw(st.sampled_from(sorted(const.CHECK_TYPES)))
    return sale(
        *payments,
        lines=of,
        change=change,
        operation=kind,
        correction=Correction(date=draw(st.dates()), number=draw(st.text())) if "correction" in kind else None,
        cashier=draw(st.just(CASHIER) | st.builds(Person, name=names)),
        customer=draw(
            st.builds(Person, name=st.text(), tax_number=st.sampled_from(["", "DE1", "7701237650"]), email=st.text())
        ),
        tax_system=draw(st.sampled_from(["ru_general", "ru_simplified_income"])),
        comment=draw(st.text()),
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(receipts())
def test_every_receipt_is_registered_to_the_kopeck(receipt):
    register = Register(1, SERIAL)
    register.cash = Decimal(10) ** 12
    kkm = Kkm([register])
    assert protocol.problems(receipt, DEVICE) == []
    request = protocol.freeze(protocol.build(receipt, DEVICE))
    assert json.loads(json.dumps(request)) == request
    answer = kkm.run(request["body"].encode())

    assert (answer["Status"], answer["Error"]) == (0, "")
    assert kkm.unknown_fields == set()
    printed = register.printed[-1]
    assert printed.type == receipt.operation
    assert printed.total == sum(line.amount for line in receipt.lines)
    assert printed.change == receipt.change
    for kind, field in PAYMENTS.items():
        handed = sum((payment.amount for payment in receipt.payments if payment.kind == kind), Decimal("0.00"))
        assert printed.payments[field] == handed
    for line, there in zip(receipt.lines, printed.lines, strict=True):
        assert (there["Price"], there["Amount"], there["Quantity"]) == (line.price, line.amount, line.quantity)
        assert there["Tax"] == const.TAXES[line.tax_code]
        assert len(there["Name"]) <= 128 and not there["Name"].endswith("..")
    direction = 1 if receipt.operation in MONEY_IN else -1
    assert register.cash == Decimal(10) ** 12 + direction * receipt.paid("cash")


FIELDS = sorted(
    {
        *("Command", "Status", "Error", "Warning", "Message", "IdCommand", "CheckNumber", "SessionNumber", "QRCode"),
        *("SessionCheckNumber", "URL", "UnitName", "Rezult", "Info", "RegisterCheck", "ListUnit", "NumDevice"),
        *("SessionState", "TaxVariant", "OFD_NumErrorDoc", "BalanceCash", "FN_DateEnd", "AllSumm", "FiscalNumber"),
        *("MarkingCodeValidation", "ValidationKKT", "ValidationResult", "BarCode", "Counters", "CountersType"),
        *("ReceiptType", "Sum", "Count", "RezultProcessing", "UniversalID", "Slip"),
    }
)
WORDS = [
    "",
    "RegisterCheck",
    "GetRezult",
    "GetDataKKT",
    "GetDataCheck",
    "List",
    KEY,
    "Shell",
    "0",
    "1",
    "2",
    "3",
    "5",
    "Приход",
]
WORDS += ["ValidationMarkingCode", "GetCounters", "Shift", "PayByPaymentCard", "CloseShift"]
WORDS += ["t=20261121T1230&s=211.00&fn=9&i=17&fp=2&n=1", "Нет бумаги", "Не указан кассир", "2026-11-21T12:30:00"]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(WORDS)
    | st.integers(0, 6)
)
objects = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8),
    max_leaves=30,
)
REPLIES = st.one_of(
    st.builds(
        Answer,
        st.sampled_from([200, 200, 200, 400, 401, 500, 502]),
        st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")),
    ),
    st.builds(Answer, st.just(200), objects.map(json.dumps)),
    st.builds(NotSent, st.just("refused")),
    st.builds(Lost, st.just("reset")),
)
MARKED = protocol.prepare(
    sale(lines=(replace(TEA, marking_code="01\x1d91"),)), DEVICE, paper=protocol.Paper(check_marking=True)
)
CLOSING = replace(operation("shift_close"), key=KEY)
REQUESTS = [protocol.freeze(protocol.build(sale(), DEVICE), 16), MARKED, protocol.prepare(CLOSING, DEVICE)] + [
    protocol.freeze(protocol.build(operation(name, "10.00"), DEVICE), 16)
    for name in ("shift_open", "shift_close", "cash_in", "cash_out", "x_report")
]


def says_done(reply):
    """Whether an answer names our command and says that it succeeded."""
    if not isinstance(reply, Answer) or reply.status != 200:
        return False
    value = json.loads(reply.text)
    named = isinstance(value.get("Command"), str) or value.get("IdCommand")
    return bool(named) and (str(value.get("Status")).strip() in ("0", "0.0", "-0.0") or "Status" not in value)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(REQUESTS), REPLIES)
def test_no_answer_breaks_the_parser_and_only_success_is_success(request, reply):
    outcome = protocol.parse(request, reply)
    if outcome.kind.value == "done":
        assert says_done(reply)
    (outcome.message + outcome.code).encode()
    assert "\x00" not in outcome.message + outcome.response


@settings(max_examples=300, deadline=None)
@given(st.binary())
def test_noise_is_never_success(raw):
    reply = Answer(200, raw.decode("utf-8", "replace"))
    assert all(protocol.parse(request, reply).kind.value != "done" for request in REQUESTS)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(REQUESTS), st.lists(REPLIES, min_size=1, max_size=25))
def test_no_conversation_breaks(request, replies):
    for start in (protocol.lookup, protocol.submit):
        conversation = start(request)
        next(conversation)
        try:
            for reply in replies * 25:
                conversation.send(reply)
        except StopIteration as end:
            assert end.value.kind
        else:
            raise AssertionError("the conversation has no end")


@settings(max_examples=300, deadline=None)
@given(REPLIES)
def test_no_answer_breaks_a_question(reply):
    protocol.parse_status(reply)
    protocol.parse_devices(reply)
    protocol.parse_marking(reply)
    card = protocol.parse_card(KEY, reply)
    assert card.state in ("done", "running", "failed", "unknown")
    if card.state == "done":
        assert reply.status in (200, 400, 501) and json.loads(reply.text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(REQUESTS), REPLIES.filter(lambda reply: not isinstance(reply, Answer) or reply.status != 200))
def test_a_look_up_that_fails_says_nothing(request, reply):
    conversation = protocol.lookup(request)
    next(conversation)
    try:
        conversation.send(reply)
    except StopIteration as end:
        assert end.value.kind.value == "unknown"
    else:
        raise AssertionError("it went on without an answer")
