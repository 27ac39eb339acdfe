"""Thousands of random events: whatever happens at a till, the receipts are its money, or there is a reason."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.fiscal_base.compose import Problems, Russia, Ukraine, compose
from addons.fiscal_base.compose import event as happened
from addons.fiscal_base.compose.event import Event, Goods, Registered, TakenBack
from addons.fiscal_base.compose.receipt import Row
from addons.fiscal_base.tools.money import ZERO, money
from tests.pure.fiscal_base.cases import russia, ukraine
from tests.pure.fiscal_base.test_compose_cases import rules

COUNTRIES = (Russia, Ukraine)
#: random events for each country; each comes from its own seed, so that one can be made again
SEEDS = range(2000)
kopecks = st.integers(1, 500_000).map(lambda value: Decimal(value) / 100)


def rates(country):
    return [vat for vat in (russia if country is Russia else ukraine).RATES if not vat.legacy and not vat.calculated]


class Till:
    """Makes random events whose sums agree, with everything that may come together at a till."""

    def __init__(self, country, seed):
        self.country, self.random = country, Random(seed)

    def amount(self):
        return Decimal(self.random.randint(1, self.random.choice([99, 500_000]))) / 100

    def share(self, amount):
        """A part of `amount`, often nothing or all of it."""
        return self.random.choice([ZERO, amount, money(amount * self.random.randint(0, 1000) / 1000)])

    def maybe(self):
        return self.random.random() < 0.5

    def goods(self, number):
        systems = ["", "", "ru_patent"] if self.country is Russia else [""]
        quantity = Decimal(self.random.choice(["1", "3", "0.333", "1.5"]))
        vat = self.random.choice(rates(self.country))
        system = self.random.choice(systems)
        return Goods(f"Goods {number}", self.amount(), vat, quantity, tax_system=system, line=f"g{number}")

    def registered(self, number):
        rows = []
        for index in range(self.random.randint(1, 3)):
            item = self.goods(index)
            rows.append(Row(f"Sold {item.name}", item.amount, item.vat, item.quantity, line=f"r{number}{index}"))
        return Registered(number, tuple(rows), {"cash": sum(row.amount for row in rows)})

    def returned(self):
        """Rows of registered receipts, whole or in part; and what they came to."""
        meanings, value = [], ZERO
        for number in range(self.random.choice([0, 0, 1, 2])):
            receipt = self.registered(number)
            for row in receipt.rows:
                if self.maybe():
                    part = row.quantity if self.maybe() else (row.quantity / 2).quantize(Decimal("0.001"))
                    first = (part / 3).quantize(Decimal("0.001")) if self.maybe() else ZERO
                    counts = [count for count in (first, part - first) if count]
                    meanings += [TakenBack(receipt, row.line, count, line=row.line) for count in counts]
                    value += money(row.amount * part / row.quantity)
        return meanings, value

    def paid(self, moved):
        if moved < 0:
            return [happened.PaidOut("cash", -moved)]
        card = self.share(moved)
        change = self.amount() if self.maybe() and moved > card else ZERO
        means = [
            happened.Money("electronic", card),
            happened.Money("cash", moved - card + change),
            happened.Change(change),
        ]
        return [part for part in means if part.amount]

    def sold(self):
        """What is sold and how it is paid but for money; and what is left to be paid."""
        items = [self.goods(number) for number in range(self.random.randint(0, 4))]
        what = [happened.HandedOver(item) for item in items]
        owed = sum((item.amount for item in items), ZERO)
        if off := self.maybe() * money(owed * self.random.randint(0, 80) / 100):
            what.append(happened.Discount(off, self.random.choice([None, *rates(self.country)])))
        used = self.share(owed - off)
        credit = self.share(owed - off - used) if self.maybe() else ZERO
        what += [happened.PrepaymentUsed(used)] * bool(used) + [happened.CreditGiven(credit)] * bool(credit)
        more = [kind for kind in (happened.Tip, happened.Prepayment) if self.maybe()]
        what += [kind(self.amount(), name="More") for kind in more]
        return what, owed - off - used - credit + sum((part.amount for part in what[len(what) - len(more) :]), ZERO)

    def event(self):
        what, owed = self.sold()
        back, value = self.returned()
        return Event((*what, *back, *self.paid(owed - value)))


def composed(country):
    """`(event, receipts)` for every seed whose event makes receipts; what is refused is refused by the law."""
    able, made = register(country), 0
    for seed in SEEDS:
        event = Till(country, seed).event()
        receipts = compose(event, able)
        if isinstance(receipts, Problems):
            assert {problem.code for problem in receipts} <= LAWFUL, (seed, event, receipts)
            continue
        made += 1
        yield seed, event, receipts
    assert made > len(SEEDS) * 0.7


def register(country):
    return rules(country, tip_vat=rates(country)[0], **({"free": "kopeck"} if country is Ukraine else {}))


@contextmanager
def blame(seed):
    """Name the seed of the event that fails."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"the event of seed {seed}: {error}") from error


def moved(receipts, kinds=("cash", "electronic")):
    """Money that comes in, less what goes out."""
    sums = ZERO
    for receipt in receipts:
        sign = -1 if receipt.operation == "sale_return" else 1
        sums += sign * sum((receipt.paid_by(kind) for kind in kinds), ZERO)
    return sums


#: what may be refused although the sums agree: the law, not the arithmetic
LAWFUL = {"exchange_means", "credit_whole", "free_line", "meaning_missing", "returned_sum"}


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_receipts_are_the_money(country):
    for seed, event, receipts in composed(country):
        with blame(seed):
            assert_money(event, receipts)


def assert_money(event, receipts):
    for receipt in receipts:
        lines = sum((row.amount for row in receipt.rows), ZERO)
        assert (
            lines + receipt.rounding
            == receipt.total
            == sum((part.amount for part in receipt.paid), ZERO) - receipt.change
        )
        assert receipt.rows and min(row.amount for row in receipt.rows) >= 0
        assert all(part.amount >= 0 for part in receipt.paid) and receipt.total >= 0 and receipt.change >= 0
        assert (
            len({row.tax_system for row in receipt.rows}) == 1 == len({receipt.tax_system, receipt.rows[0].tax_system})
        )
        assert receipt.change <= receipt.paid_by("cash") + receipt.change
    for receipt in receipts:
        goods = sum((row.amount for row in receipt.rows if row.line), ZERO)
        assert receipt.paid_by("prepayment") + receipt.paid_by("credit") <= goods, "money alone pays tips and advances"
    cash_and_cards = event.sum(happened.Money) - event.sum(happened.Change) - event.sum(happened.PaidOut)
    assert moved(receipts) == cash_and_cards
    for meaning, kind in ((happened.PrepaymentUsed, "prepayment"), (happened.CreditGiven, "credit")):
        assert sum((receipt.paid_by(kind) for receipt in receipts), ZERO) == event.sum(meaning)
    assert moved(receipts, ("other",)) == 0


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_meaning_is_on_a_receipt_once(country):
    for seed, event, receipts in composed(country):
        with blame(seed):
            assert_once(event, receipts)


def assert_once(event, receipts):
    sold = Counter(row.line for receipt in receipts if receipt.operation == "sale" for row in receipt.rows)
    back = Counter(row.line for receipt in receipts if receipt.operation == "sale_return" for row in receipt.rows)
    wanted = Counter(meaning.goods.line for meaning in event.all(happened.HandedOver))
    wanted[""] = len(event.all(happened.Tip, happened.Prepayment))
    assert sold == +wanted
    assert back == Counter(meaning.row for meaning in event.all(TakenBack))


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_return_never_takes_what_was_not_sold(country):
    """Not in amount, not in quantity, and at the name and rate that were registered."""
    for seed, event, receipts in composed(country):
        with blame(seed):
            assert_sold(event, receipts)


def assert_sold(event, receipts):
    sold = {row.line: row for meaning in event.all(TakenBack) for row in meaning.receipt.rows}
    back = [row for receipt in receipts if receipt.operation == "sale_return" for row in receipt.rows]
    for line, row in sold.items():
        mine = [other for other in back if other.line == line]
        assert sum((other.quantity for other in mine), ZERO) <= row.quantity
        assert sum((other.amount for other in mine), ZERO) <= row.amount
    for row in back:
        assert (row.name, row.vat, row.unit_price) == (
            sold[row.line].name,
            sold[row.line].vat,
            replace(sold[row.line], amount=row.amount, quantity=row.quantity).unit_price,
        )


@pytest.mark.parametrize("seed", range(0, 1000, 10))
def test_more_than_was_sold_is_refused(seed):
    till = Till(Russia, seed)
    receipt = till.registered(0)
    row = till.random.choice(receipt.rows)
    more = row.quantity + Decimal(till.random.randint(1, 1000)) / 1000
    half = (row.quantity / 2).quantize(Decimal("0.001"))
    for taken in ([more], [half, row.quantity - half + Decimal("0.001")]):
        what = [TakenBack(receipt, row.line, quantity) for quantity in taken]
        problems = compose(Event((*what, happened.PaidOut("cash", row.amount))), register(Russia))
        assert isinstance(problems, Problems) and problems[0].code == "returned_more"


@given(amount=kopecks, pieces=st.integers(2, 9))
def test_a_receipt_taken_back_piece_by_piece_comes_to_what_was_paid(amount, pieces):
    """Each return from what the ones before have left; the last piece takes the kopecks that are over."""
    row, given_back = Row("Sold", amount, russia.V22, Decimal(pieces), line="r"), ZERO
    while row.quantity:
        source = Registered("first", (row,), {"cash": row.amount})
        part = money(row.amount / row.quantity)
        what = [TakenBack(source, "r", Decimal(1)), *([happened.PaidOut("cash", part)] if part else [])]
        (receipt,) = compose(Event(tuple(what)), register(Russia))
        given_back += receipt.total
        row = replace(row, quantity=row.quantity - 1, amount=row.amount - receipt.total)
    assert (row.amount, given_back) == (ZERO, amount)


@pytest.mark.parametrize("country", COUNTRIES)
def test_money_that_is_off_by_more_than_rounding_is_refused(country):
    for seed, event, receipts in composed(country):
        rows = sum(len(receipt.rows) for receipt in receipts)
        off = Decimal(rows + Random(seed).randint(1, 1000)) / 100
        with blame(seed):
            more = Event((*event.what, happened.Money("electronic", off)))
            assert not receipts or isinstance(compose(more, register(country)), Problems)


@given(amount=kopecks, rate=st.sampled_from([5, 7, 10, 20, 22]), calculated=st.booleans())
def test_vat_is_what_the_rate_makes_of_the_amount(amount, rate, calculated):
    """Computed the other way round: net × (1 + rate) is the amount, to half a kopeck."""
    tax = Row("Goods", amount, happened.Vat("any", Decimal(rate), calculated)).tax
    net = Fraction(amount) * 100 / (100 + rate)
    assert abs(Fraction(amount) - net - Fraction(tax)) <= Fraction(1, 200)


@given(
    amounts=st.lists(kopecks, min_size=1, max_size=5),
    percents=st.lists(st.integers(1, 99), min_size=1, max_size=4),
)
def test_a_credit_paid_in_parts_pays_every_line_exactly(amounts, percents):
    left = [Row(f"Goods {index}", amount, russia.V22, line=str(index)) for index, amount in enumerate(amounts)]
    for percent in [*percents, 100]:
        owed = sum((row.amount for row in left), ZERO)
        part = money(owed * percent / 100)
        if not part:
            continue
        what = (happened.CreditPaid(part, Registered("first", tuple(left))), happened.Money("cash", part))
        (receipt,) = compose(Event(what), register(Russia))
        assert receipt.total == part
        paid_off = {row.line: row.amount for row in receipt.rows}
        left = [replace(row, amount=row.amount - paid_off.get(row.line, ZERO)) for row in left]
        assert min(row.amount for row in left) >= 0
    assert not any(row.amount for row in left)
