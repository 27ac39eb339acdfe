"""Odd prices and weights, as a customer can follow them on the receipt."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addons.fiscal_base.tools.money import money
from addons.fiscal_base.tools.positions import positions

KOPECK = Decimal("0.01")
quantities = st.one_of(
    st.integers(1, 100_000).map(Decimal), st.integers(1, 100_000).map(lambda grams: Decimal(grams) / 1000)
)
amounts = st.integers(0, 100_000_00).map(lambda kopecks: Decimal(kopecks) / 100)


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "shown"),
    [
        ("1000", "0.33", "333.30", "670 × 0.33 = 221.10, 330 × 0.34 = 112.20"),
        ("3", "33.33", "100.00", "2 × 33.33 = 66.66, 1 × 33.34 = 33.34"),
        ("3", "50.00", "100.00", "2 × 33.33 = 66.66, 1 × 33.34 = 33.34"),
        ("2", "50.00", "90.00", "2 × 45.00 = 90.00"),
        ("7", "10.00", "70.00", "7 × 10.00 = 70.00"),
        ("0.333", "333.00", "110.89", "0.333 × 333.00 = 110.89"),
        ("0.333", "333.00", "100.00", "0.333 × 300.30 = 100.00"),
        ("2.345", "50.00", "100.00", "1.345 × 42.64 = 57.35, 1 × 42.65 = 42.65"),
        ("3", "1.00", "0.00", "3 × 0.00 = 0.00"),
        ("3", "1.00", "0.02", "1 × 0.00 = 0.00, 2 × 0.01 = 0.02"),
    ],
)
def test_what_the_customer_reads(quantity, price, amount, shown):
    found = positions(Decimal(quantity), Decimal(price), Decimal(amount))
    assert ", ".join(f"{part.quantity} × {part.price} = {part.amount}" for part in found) == shown


@given(quantities, amounts, amounts)
@example(Decimal("1.5"), Decimal("66.67"), Decimal("100.02"))
@example(Decimal("99.999"), Decimal("0.00"), Decimal("1.49"))
def test_every_amount_can_be_shown(quantity, price, amount):
    found = positions(quantity, price, amount)
    assert 1 <= len(found) <= 2
    assert sum(part.quantity for part in found) == quantity
    assert sum(part.amount for part in found) == amount
    for part in found:
        assert part.quantity > 0 and part.price >= 0
        assert part.price == part.price.quantize(KOPECK) and part.amount == part.amount.quantize(KOPECK)
        assert part.amount == money(part.quantity * part.price)
    if len(found) == 2:
        assert found[1].price - found[0].price == KOPECK
        assert found[1].quantity == int(found[1].quantity), "the dearer ones are whole"


@given(quantities, amounts)
def test_a_price_that_fits_is_kept(quantity, price):
    assert positions(quantity, price, money(quantity * price)) == [(quantity, price, money(quantity * price))]
