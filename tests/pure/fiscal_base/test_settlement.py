"""Money of a payment on its way to the lines of a receipt."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from addons.fiscal_base.tools.money import ZERO, settle
from addons.fiscal_base.tools.payment_sign import allocate

amounts = st.integers(1, 10_000_00).map(lambda kopecks: Decimal(kopecks) / 100)


@given(amounts, st.lists(amounts, max_size=6))
def test_nothing_of_a_payment_is_lost(paid, claims):
    shares, rest = allocate(paid, claims)
    assert sum(shares, rest) == paid
    assert rest >= 0
    assert all(0 <= share <= claim for share, claim in zip(shares, claims, strict=True))
    if rest:
        assert shares == claims, "nothing is left over while an invoice waits for money"


@given(amounts, st.lists(amounts, min_size=1, max_size=8), st.integers(1, 100))
def test_a_part_is_spread_over_the_lines(paid, lines, percent):
    part = (sum(lines, ZERO) * percent / 100).quantize(Decimal("0.01"))
    parts = settle(lines, ["tax"] * len(lines), part)
    assert sum(parts, ZERO) == part
    assert all(0 <= amount <= line for amount, line in zip(parts, lines, strict=True))


@given(st.lists(amounts, min_size=1, max_size=8), amounts, st.integers(0, 7))
def test_a_discount_line_never_makes_a_line_negative(lines, discount, place):
    whole = sum(lines, ZERO)
    if discount >= whole:
        return
    rows = [*lines[:place], -discount, *lines[place:]]
    parts = settle(rows, ["tax"] * len(rows), whole - discount)
    assert sum(parts, ZERO) == whole - discount
    assert min(parts) >= 0
