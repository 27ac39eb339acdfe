"""Money without floats, and the one function that spreads differences over the lines of a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MILLI = Decimal("0.001")
ZERO = Decimal("0.00")


class CannotSettle(ValueError):
    """The amounts cannot be brought to the wanted total without a line below zero."""


def money(value: object) -> Decimal:
    """`value` (a number as Odoo keeps it, text or Decimal) in currency units, rounded half up to two decimals.

    A binary float is read through its shortest text, so 0.1 + 0.2 is 0.30 and 1.005 rounds up as it is written.
    """
    return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)


def quantity(value: object) -> Decimal:
    """`value` as a quantity with three decimals (FFD tag 1023), without trailing zeros."""
    exact = Decimal(str(value)).quantize(MILLI, ROUND_HALF_UP)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()


def minor(amount: Decimal) -> int:
    """Kopecks of an amount.

    :raises ValueError: if it has more than two decimals: `money` rounds, this does not
    """
    kopecks = int(amount * 100)
    if kopecks != amount * 100:
        raise ValueError(f"{amount} is not an amount to the kopeck")
    return kopecks


def spread(amounts: Sequence[Decimal], difference: Decimal) -> list[Decimal]:
    """`amounts` changed by `difference` in all, in proportion to their size, to the kopeck, none below zero.

    Largest remainders come first and the earlier line wins a tie, so the result is always the same.

    :param amounts: what the lines cost now, none negative
    :param difference: what the sum must change by; negative for a discount
    :raises CannotSettle: if a discount exceeds the lines, or there is no line to take the difference
    """
    if not difference:
        return list(amounts)
    weights = [minor(amount) for amount in amounts]
    change = minor(difference)
    whole = sum(weights)
    if change < -whole or not amounts:
        raise CannotSettle(f"a difference of {difference} does not fit on lines of {sum(amounts, ZERO)}")
    if not whole:
        weights, whole = [1] * len(amounts), len(amounts)
        base = [0] * len(amounts)
    else:
        base = weights
    sign = -1 if change < 0 else 1
    shares = [divmod(abs(change) * weight, whole) for weight in weights]
    rest = abs(change) - sum(share for share, __ in shares)
    by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
    extra = set(by_remainder[:rest])
    changed = [
        part + sign * (share + (index in extra))
        for index, (part, (share, __)) in enumerate(zip(base, shares, strict=True))
    ]
    return [(Decimal(value) / 100).quantize(CENT) for value in changed]


def settle(amounts: Sequence[Decimal], groups: Sequence[object], total: Decimal) -> list[Decimal]:
    """Amounts for the lines of a receipt: none negative, their sum exactly `total`.

    Odoo writes rewards and whole-order discounts as negative lines; a receipt has none. Each is taken off the lines of
    its own group (the same taxes) as far as they cover it, the rest off all lines. What then remains between the lines
    and `total` (tax rounding, cash rounding) is spread over all lines.

    :param amounts: the lines as Odoo has them, positive, zero or negative
    :param groups: a hashable for each line; negative lines are matched by it
    :param total: what the customer owes in the end
    :returns: as many amounts as came in; negative lines become zero
    :raises CannotSettle: if the discounts exceed the lines
    """
    result = [max(amount, ZERO) for amount in amounts]
    for group in dict.fromkeys(groups):
        members = [index for index, other in enumerate(groups) if other == group]
        discount = -sum((amounts[index] for index in members if amounts[index] < 0), ZERO)
        carried = min(discount, sum((result[index] for index in members), ZERO))
        for index, amount in zip(members, spread([result[index] for index in members], -carried), strict=True):
            result[index] = amount
    carrying = [index for index, amount in enumerate(amounts) if amount > 0]
    if not carrying:
        carrying = [index for index, amount in enumerate(amounts) if amount == 0]
    difference = total - sum(result, ZERO)
    if difference and not carrying:
        raise CannotSettle(f"there is no line to carry {difference}")
    for index, amount in zip(carrying, spread([result[index] for index in carrying], difference), strict=True):
        result[index] = amount
    return result
