"""Money of a payment on its way to the lines of a receipt."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.fiscal_base.tools.money import ZERO, settle
from addons.fiscal_base.tools.payment_sign import PREPAID, SETTLEMENTS, advance_sign, allocate, method_sign

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


@pytest.mark.parametrize(
    ("settlement", "total", "owed", "settled", "on_credit", "sign"),
    [
        ("payment", 100, 100, 100, False, "4"),
        ("payment", 100, 100, 30, False, "2"),
        ("payment", 100, 70, 30, False, "2"),
        ("payment", 100, 70, 70, False, "4"),
        ("before", 100, 100, 100, False, "1"),
        ("before", 100, 70, 70, False, "2"),
        ("after", 100, 100, 100, False, "7"),
        ("after", 100, 100, 1, False, "7"),
        ("payment", 100, 100, 100, True, "7"),
        ("before", 100, 100, 100, True, "7"),
    ],
)
def test_method_sign(settlement, total, owed, settled, on_credit, sign):
    assert method_sign(settlement, Decimal(total), Decimal(owed), Decimal(settled), on_credit) == sign


def test_signs_of_a_payment_without_an_invoice():
    assert [advance_sign(settlement) for settlement in SETTLEMENTS] == ["4", "3", "7"]
    assert advance_sign("before") in PREPAID
