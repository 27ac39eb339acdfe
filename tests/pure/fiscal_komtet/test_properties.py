"""What holds for every receipt and for every answer."""

import json
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from addons.fiscal_base.tools.money import money
from addons.fiscal_base.tools.positions import positions
from addons.fiscal_base.tools.receipt import Correction, Line, Payment, Person
from addons.fiscal_base.tools.text import one_line
from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_komtet import const, protocol
from tests.emulators.komtet import Refused, Service

from .samples import CASHIER, KEY, REQUEST, sale

kopecks = st.integers(0, 4 * 10**6).map(lambda value: money(Decimal(value) / 100))
thousandths = st.integers(1, 10**6).map(lambda value: Decimal(value) / 1000)
names = st.text(st.characters(codec="utf-8"), max_size=140).filter(one_line)
LINES = st.builds(
    Line,
    name=names,
    quantity=thousandths | st.integers(1, 1000).map(Decimal),
    price=kopecks,
    amount=kopecks,
    tax_code=st.sampled_from(sorted(const.VAT)),
    subject=st.sampled_from(sorted(const.SUBJECTS)),
    method_sign=st.sampled_from(sorted(const.METHOD_SIGNS)),
    measure=st.sampled_from(sorted(const.MEASURES)),
)
SETTINGS = st.builds(
    protocol.Settings,
    ffd=st.sampled_from(["1.2", "1.05"]),
    paper=st.booleans(),
    internet=st.booleans(),
    place=st.text(max_size=300),
    inn=st.sampled_from(["", "7707083893"]),
    names_cashier=st.booleans(),
    attribute=st.text(max_size=100),
    credit=st.just(True),
    zone=st.none() | st.integers(1, 11),
    callback_url=st.sampled_from(["", "https://shop.example/fiscal_komtet/7/task"]),
)


@st.composite
def receipts(draw):
    """A receipt whose payments are any parts of its total, with any change in cash."""
    lines = tuple(draw(st.lists(LINES, min_size=1, max_size=6)))
    left, payments = sum(line.amount for line in lines), []
    for kind in draw(st.lists(st.sampled_from(sorted(const.PAYMENTS)), max_size=4)):
        part = min(draw(kopecks), left)
        payments.append(Payment(kind, part))
        left -= part
    change = draw(kopecks | st.just(money(0)))
    payments.append(Payment("cash", left + change))
    operation = draw(st.sampled_from(sorted(const.INTENTS)))
    return sale(
        *payments,
        lines=lines,
        change=change,
        operation=operation,
        correction=Correction(date=draw(st.dates()), number=draw(st.text())) if "correction" in operation else None,
        cashier=draw(st.just(CASHIER) | st.builds(Person, name=names)),
        customer=draw(
            st.builds(
                Person,
                name=st.text(),
                tax_number=st.sampled_from(["", "DE1", "7707083893"]),
                email=st.sampled_from(["olga@example.com", "nobody", ""]) | st.text(),
                phone=st.sampled_from(["+7 912 345-67-89", "1", ""]) | st.text(),
            )
        ),
        deliver=draw(st.frozensets(st.sampled_from(["email", "sms", "viber"]))),
        reference=draw(st.text()),
    )


def values(part):
    """Every value in `part`, at whatever depth."""
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [part, *(value for item in inner for value in values(item))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(receipts(), SETTINGS)
def test_every_receipt_is_registered_to_the_kopeck(receipt, shop):
    service = Service({})
    service.till.ffd = shop.ffd
    found = {problem.code for problem in protocol.problems(receipt, shop)}
    assert found <= {"contact", "correction_format"}, "what else could be wrong with these?"
    request = protocol.freeze(protocol.build(receipt, shop))
    assert json.loads(json.dumps(request)) == request
    if found:
        return
    task = service.create(service.queues[3], request["body"].encode())
    service.print_all()

    assert (task.state, task.error) == ("done", None)
    (printed,) = service.printed
    assert printed.splits == 0, "the receipt shows what was sent"
    assert printed.total == sum(line.amount for line in receipt.lines)
    for kind, name in const.PAYMENTS.items():
        assert printed.payments.get(name, 0) == receipt.paid(kind)
    assert sum(Decimal(line["quantity"]) for line in printed.lines) == sum(line.quantity for line in receipt.lines)
    assert None not in values(task.content)
    outcome = protocol.parse_task(request, Answer(200, json.dumps(service.shown(task))))
    assert (outcome.kind.value, outcome.code) == ("done", "")
    assert outcome.data.total == printed.total


@settings(max_examples=1000, deadline=None)
@given(thousandths, kopecks, kopecks)
def test_split_gives_positions_that_hold(quantity, price, amount):
    parts = positions(quantity, price, amount)
    assert 1 <= len(parts) <= 2
    assert sum(part[0] for part in parts) == quantity
    assert sum(part[2] for part in parts) == amount
    for count, unit, total in parts:
        assert count > 0 and unit >= 0 and total >= 0
        assert money(unit * count) == total
        assert unit == money(unit)


FIELDS = ["id", "external_id", "state", "error_description", "fiscal_data", "receipt_url", "code", "title", "task"]
FIELDS += ["description", "name", "i", "fn", "t", "n", "fp", "s", "rn", "sh", "shn", "uuid"]
WORDS = ["", KEY, "done", "error", "new", "active", "passive", "VLD11", "VLD00", "AUT00", "SRV00", "SYS00", "1"]
WORDS += ["1220.00", "20260105T1203", "https://ofd.example/1"]
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([*WORDS, 1, 2])
)
objects = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8),
    max_leaves=30,
)
REPLIES = st.one_of(
    st.builds(
        Answer,
        st.sampled_from([200, 200, 200, 400, 401, 403, 404, 422, 429, 500, 502]),
        st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")) | objects.map(json.dumps),
    ),
    st.builds(NotSent, st.just("refused")),
    st.builds(Lost, st.just("reset")),
)


def said(reply):
    value = json.loads(reply.text) if isinstance(reply, Answer) and reply.status == 200 else None
    return value if isinstance(value, dict) else {}


@settings(max_examples=800, deadline=None)
@given(REPLIES)
def test_no_answer_breaks_the_parser_and_only_a_task_that_is_done_is_done(reply):
    created, asked = protocol.parse_submit(REQUEST, reply), protocol.parse_task(REQUEST, reply)
    assert created.kind.value != "done", "created is not registered"
    if created.kind.value == "waiting":
        assert not isinstance(reply, NotSent | Lost) and reply.status in (200, 422)
    if asked.kind.value == "done":
        assert said(reply)["external_id"] == KEY and said(reply)["state"].strip() == "done"
    assert asked.kind.value != "not_sent", "a task that the service has is never sent again by itself"
    assert not created.new_key and not asked.new_key
    for outcome in (created, asked):
        (outcome.message + outcome.code).encode("utf-8", "replace")
    protocol.parse_queue(reply)
    protocol.task_id(KEY, [getattr(reply, "text", "")])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000) | objects.map(lambda value: json.dumps(value).encode()))
def test_no_callback_breaks_its_reader(body):
    callback = protocol.parse_callback(body)
    if callback:
        assert callback.external_id.isascii() and "\0" not in callback.external_id


@settings(max_examples=200, deadline=None)
@given(objects)
def test_the_emulator_refuses_and_never_breaks(value):
    try:
        Service({}).read(json.dumps(value).encode())
    except Refused as refusal:
        assert refusal.status == 422
    else:
        raise AssertionError("that was no task")
