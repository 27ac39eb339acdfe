"""Money to the kopeck: whatever a till makes of discounts and rounding, the lines of the receipt are its total."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from addons.fiscal_base.tools.money import ZERO, CannotSettle, minor, money, quantity, settle, spread

KOPECK = Decimal("0.01")
positive = st.decimals(0, 99999, places=2)
signed = st.decimals(-9999, 99999, places=2)
amounts = st.lists(positive, max_size=12)


def rub(*values):
    return [Decimal(value) for value in values]


# === spread ===


@given(amounts, signed)
def test_spread_is_exact_and_never_below_zero(lines, difference):
    possible = not difference or (lines and sum(lines) + difference >= 0)
    if not possible:
        with pytest.raises(CannotSettle):
            spread(lines, difference)
        return
    result = spread(lines, difference)
    assert len(result) == len(lines)
    assert sum(result, ZERO) == sum(lines, ZERO) + difference
    assert all(amount >= 0 and amount.as_tuple().exponent == -2 for amount in result)


@given(amounts)
def test_spread_of_nothing_changes_nothing(lines):
    assert spread(lines, ZERO) == lines


@given(st.lists(positive, min_size=1, max_size=12), signed)
def test_spread_is_within_one_kopeck_of_the_exact_share(lines, difference):
    whole = sum(lines)
    assume(whole and whole + difference >= 0)
    for before, after in zip(lines, spread(lines, difference), strict=True):
        exact = Fraction(before) * (1 + Fraction(difference) / Fraction(whole))
        assert abs(Fraction(after) - exact) < Fraction(KOPECK)
        assert before or not after, "a free line stays free"


@given(st.lists(positive, min_size=1, max_size=8), signed, st.randoms(use_true_random=False))
def test_spread_in_another_order_differs_by_a_kopeck_at_most(lines, difference, random):
    assume(sum(lines) + difference >= 0)
    result = spread(lines, difference)
    assert result == spread(lines, difference)
    order = list(range(len(lines)))
    random.shuffle(order)
    shuffled = spread([lines[index] for index in order], difference)
    assert all(abs(after - result[index]) <= KOPECK for index, after in zip(order, shuffled, strict=True))


@given(st.decimals("0.01", 9999, places=2), st.integers(1, 9), signed)
def test_spread_over_equal_lines_favours_the_first(amount, count, difference):
    assume(amount * count + difference >= 0)
    result = spread([amount] * count, difference)
    assert max(result) - min(result) <= KOPECK
    assert result == sorted(result, reverse=difference > 0)


def test_spread_as_on_a_receipt():
    assert spread(rub("10.00", "10.00", "10.00"), Decimal("-1.00")) == rub("9.66", "9.67", "9.67")
    assert spread(rub("62.00", "489.90"), Decimal("-51.90")) == rub("56.17", "443.83")
    assert spread(rub("0.00", "0.00"), Decimal("0.03")) == rub("0.02", "0.01")


# === settle ===

lines_in_groups = st.lists(st.tuples(signed, st.sampled_from("AB")), max_size=10)


@given(lines_in_groups, signed)
@example([(Decimal("-1.00"), "A")], ZERO)
def test_settle_is_exact_and_never_below_zero(lines, total):
    values, groups = [value for value, __ in lines], [group for __, group in lines]
    if total < 0 or (total and not any(value >= 0 for value in values)):
        with pytest.raises(CannotSettle):
            settle(values, groups, total)
        return
    result = settle(values, groups, total)
    assert len(result) == len(values)
    assert sum(result, ZERO) == total
    assert all(amount >= 0 for amount in result)
    assert all(not amount for amount, before in zip(result, values, strict=True) if before < 0)
    assert settle(values, groups, total) == result


@given(amounts, st.sampled_from(["A", "AB"]))
def test_settle_leaves_alone_what_is_right(lines, names):
    groups = [names[index % len(names)] for index in range(len(lines))]
    assert settle(lines, groups, sum(lines, ZERO)) == lines


@given(st.lists(positive, min_size=1, max_size=6), st.lists(positive, min_size=1, max_size=6), positive)
def test_settle_takes_a_discount_off_its_own_group(reduced, standard, discount):
    discount = min(discount, sum(standard))
    values = [*reduced, *standard, -discount]
    groups = ["10%"] * len(reduced) + ["22%"] * (len(standard) + 1)
    result = settle(values, groups, sum(values, ZERO))
    assert result[: len(reduced)] == reduced
    assert sum(result[len(reduced) :], ZERO) == sum(standard) - discount


def test_settle_takes_the_rest_of_a_discount_off_the_others():
    values = rub("62.00", "300.00", "-100.00")
    assert settle(values, ["10%", None, "10%"], Decimal("262.00")) == rub("0.00", "262.00", "0.00")


@given(
    st.lists(st.decimals("0.01", 9999, places=2), min_size=1, max_size=8),
    st.sampled_from(rub("0.05", "0.10", "0.50", "1", "5")),
    st.sampled_from(["ROUND_HALF_UP", "ROUND_UP", "ROUND_DOWN"]),
)
def test_settle_takes_cash_rounding(lines, step, way):
    whole = sum(lines)
    total = (whole / step).quantize(Decimal(1), way) * step
    result = settle(lines, [None] * len(lines), total)
    assert sum(result, ZERO) == total
    assert all(
        abs(after - before) <= abs(total - whole) * before / whole + KOPECK
        for after, before in zip(result, lines, strict=True)
    )


# === numbers ===


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.30"),
        (1.005, "1.01"),
        (2.675, "2.68"),
        (-1.005, "-1.01"),
        ("489.9", "489.90"),
        (Decimal("0.005"), "0.01"),
        (7, "7.00"),
        (1e-9, "0.00"),
        (123456789.99, "123456789.99"),
    ],
)
def test_money(value, text):
    assert str(money(value)) == text


@given(st.integers(-(10**11), 10**11))
def test_money_of_a_float_is_what_was_written(kopecks):
    assert minor(money(kopecks / 100)) == kopecks


def test_minor_does_not_round():
    assert minor(Decimal("0.29")) == 29
    with pytest.raises(ValueError, match="kopeck"):
        minor(Decimal("0.295"))


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.350, "0.35"), (1.2345, "1.235"), (10.0, "10"), (100, "100"), (0.0004, "0")]
)
def test_quantity(value, text):
    assert str(quantity(value)) == text


@given(st.integers(0, 10**9))
def test_quantity_is_kept_to_the_gram(grams):
    kept = quantity(grams / 1000)
    assert kept * 1000 == grams
    assert -3 <= kept.as_tuple().exponent <= 0
    assert "E" not in str(kept)
