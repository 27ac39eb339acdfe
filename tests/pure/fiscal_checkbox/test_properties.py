"""Properties: 10,000 random receipts satisfy the service's sum rules; no answer of the service breaks anything."""

import json
import random
from dataclasses import replace
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from addons.fiscal_base.tools.money import CENT, ZERO, money, spread
from addons.fiscal_base.tools.receipt import Line, Payment
from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_checkbox import protocol
from addons.fiscal_checkbox.protocol import Settings
from tests.emulators import checkbox_schemas as schemas
from tests.emulators.checkbox import default_organisation

from .samples import KEY, frozen, operation, sale

RECEIPTS = 10_000
STEPS = {"": CENT, "ROUND_10": Decimal("0.10"), "ROUND_50": Decimal("0.50")}


def random_line(chance: random.Random) -> Line:
    """A line as Odoo makes it: a price, a quantity, a discount, and what the spreading of differences adds."""
    quantity = Decimal(chance.choice([1000, 2000, 3000, 7000, 500, 345, 1, chance.randint(1, 20_000)])) / 1000
    price = Decimal(chance.choice([1, 5, 99, 100, 3333, chance.randint(1, 500_000)])) / 100
    full = money(price * quantity)
    amount = chance.choice([full, money(full * chance.randint(0, 100) / 100), full + chance.choice([CENT, -CENT])])
    tax = chance.choice(["1", "2", "3", "8", "none", ""])
    return Line("Товар", quantity.normalize(), price.quantize(CENT), max(amount, ZERO), tax_code=tax)


def random_receipt(chance: random.Random):
    """A receipt whose sums agree, and the register's rounding of cash."""
    lines = [random_line(chance) for __ in range(chance.randint(1, 8))]
    whole = sum((line.amount for line in lines), ZERO)
    if chance.random() < 0.4 and whole > 1:
        amounts = spread([line.amount for line in lines], -money(whole * chance.randint(1, 99) / 100))
        lines = [replace(line, amount=amount) for line, amount in zip(lines, amounts, strict=True)]
    before = sum((line.amount for line in lines), ZERO)
    if before < Decimal("0.50"):
        lines.append(replace(lines[0], quantity=Decimal(1), price=Decimal("10.00"), amount=Decimal("10.00")))
        before += 10
    mode = chance.choice(list(STEPS))
    card = chance.choice([ZERO, ZERO, before, money(before * chance.randint(0, 100) / 100)])
    total = before
    if mode and card < before:
        step = STEPS[mode]
        total = ((before - card) / step).quantize(Decimal(1), ROUND_HALF_UP) * step + card
    if not total:
        total, mode = before, ""
    cash = total - card
    change = Decimal(chance.choice([0, 0, 35, 5000])) / 100 if cash else ZERO
    payments = [Payment("electronic", card, "Картка")] if card else []
    if cash + change:
        payments.append(Payment("cash", cash + change, "Готівка"))
    kind = chance.choice(["sale", "sale", "sale_return"])
    receipt = sale(*payments, lines=tuple(lines), total=total, change=change, rounding=total - before, operation=kind)
    return receipt, Settings(rounding_mode=mode)


def test_ten_thousand_receipts_satisfy_the_sum_rules():
    """However the service rounds half a kopeck: it comes to the very total that Odoo has, and gives the same change."""
    services = [default_organisation(half=half) for half in (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN)]
    for service in services:
        service.open_shift(service.cashiers[0], service.registers[0], {}, "Test")
        service.settle()
    chance = random.Random(20261122)
    unknown, kinds = set(), set()
    for number in range(RECEIPTS):
        receipt, options = random_receipt(chance)
        receipt = replace(receipt, key=f"{number:08x}-0000-4000-8000-000000000000")
        assert protocol.problems(receipt, options) == []
        body = json.loads(frozen(receipt, options)["body"])
        assert schemas.check(schemas.SELL, body, unknown=unknown) == []
        for service in services:
            sold = service.sell(service.cashiers[0], body)
            assert (sold.total, sold.rest) == (int(receipt.total * 100), int(receipt.change * 100)), receipt
            assert [item["total_sum"] for item in sold.goods] == [int(line.amount * 100) for line in receipt.lines]
        kinds.add((sold.type, bool(sold.round_sum), bool(body.get("discounts")), bool(sold.cash), bool(sold.card)))
    assert unknown == set()
    assert {len(service.receipts) for service in services} == {RECEIPTS}
    assert len(kinds) == 12, "sales and returns; rounded by the service, by a charge, not at all; cash, card and both"


# === Whatever the service says ===

REQUESTS = [
    frozen(sale()),
    *(frozen(operation(name, "5.00")) for name in ("shift_open", "shift_close", "cash_in", "x_report")),
    frozen(operation("shift_close"), shift={"id": KEY, "serial": 1}),
]
WORDS = st.sampled_from(
    [
        *("id", "status", "code", "message", "detail", "serial", "z_report", "shift", "shift_id", "cashier", "balance"),
        *("opened_at", "closed_at", "fiscal_code", "fiscal_date", "total_sum", "tax_url", "results", "transaction"),
        *("closing_transaction", "initial_transaction", "is_created_offline", "access_token", "loc", "msg"),
    ]
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(
            [KEY, "DONE", "CREATED", "ERROR", "OPENED", "OPENING", "CLOSING", "CLOSED", "2026-11-21T10:30:00+00:00"]
        ),
        st.sampled_from(["receipt.already_exists", "shift.not_opened", "base.credentials", "https://[bad"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=6)),
    max_leaves=20,
)
REPLIES = st.one_of(
    st.builds(NotSent, st.text(max_size=20)),
    st.builds(Lost, st.text(max_size=20)),
    st.builds(
        Answer,
        st.sampled_from([200, 201, 202, 204, 301, 400, 401, 403, 404, 408, 422, 429, 500, 502]),
        st.one_of(VALUES.map(json.dumps), st.text(max_size=40), st.just("null"), st.just("[" * 100_000)),
        st.dictionaries(st.sampled_from(["Retry-After", "X"]), st.text(max_size=6), max_size=1),
    ),
)


def converse(conversation, replies):
    reply = None
    for following in [*replies, *[NotSent("over")] * 20]:
        try:
            conversation.send(reply)
        except StopIteration as end:
            return end.value
        reply = following
    raise AssertionError("the conversation has no end")


def says_done(reply, request):
    """Whether an answer could mean that the document of `request` came to its good end."""
    if not isinstance(reply, Answer) or not 200 <= reply.status < 300:
        return False
    text = reply.text
    if request["operation"] == "x_report":
        return '"id"' in text
    if request["operation"] == "shift_close":
        return "CLOSED" in text
    if request["operation"] == "shift_open":
        return any(word in text for word in ("OPENED", "CLOSING", "CLOSED"))
    return "DONE" in text and KEY in text


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(REQUESTS), st.lists(REPLIES, min_size=1, max_size=6), st.booleans())
def test_no_answer_breaks_a_conversation_and_only_success_is_success(request, replies, asks):
    conversation = protocol.lookup(request) if asks else protocol.submit(request)
    outcome = converse(protocol.authorized(conversation, protocol.Ticket(pin="1", token="t")), replies)
    if outcome.kind.value == "done":
        assert any(says_done(reply, request) for reply in replies)
    (outcome.message + outcome.code).encode("utf-8", "replace")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(REQUESTS[:4]), REPLIES.filter(lambda reply: not isinstance(reply, Answer) or reply.status != 200)
)
def test_a_look_up_that_fails_says_nothing(request, reply):
    outcome = converse(protocol.lookup(request), [reply, reply, reply])
    told = isinstance(reply, Answer) and reply.status == 404 and protocol.error(reply)
    if not (told or (isinstance(reply, Answer) and 200 <= reply.status < 300)):
        assert outcome.kind.value == "unknown"


@settings(max_examples=300, deadline=None)
@given(st.lists(REPLIES, min_size=1, max_size=8))
def test_no_answer_breaks_the_question_how_it_is(replies):
    from datetime import datetime

    found = converse(protocol.condition(datetime(2026, 11, 21)), replies)
    assert isinstance(found.problem, str)


@settings(max_examples=2000, deadline=None)
@given(
    st.decimals("0.001", "99999", places=3),
    st.decimals("0.01", "999999", places=2),
    st.decimals("0", "999999", places=2),
)
def test_price_and_discount_come_to_the_amount(quantity, price, amount):
    line = Line("x", quantity, price, amount)
    kopecks, discount = protocol.documents.priced(line)
    exact = Decimal(kopecks) * int(quantity * 1000) / 1000
    assert kopecks >= 1 and discount >= 0
    assert exact % 1 != Decimal("0.5"), "never half a kopeck"
    assert exact.quantize(Decimal(1), ROUND_HALF_UP) - discount == amount * 100
    assert Decimal(kopecks) >= price * 100
