"""One line as positions whose amount is price × quantity, for registers without discounts."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from .money import CENT, money


class Position(NamedTuple):
    """`money(quantity * price) == amount`, the price to the kopeck."""

    quantity: Decimal
    price: Decimal
    amount: Decimal


def positions(quantity: Decimal, price: Decimal, amount: Decimal) -> list[Position]:
    """`quantity` for `amount` as one position, or as two whose prices differ by one kopeck.

    1000 pieces for 333.30 are 670 × 0.33 and 330 × 0.34, so that no single piece costs 3.63. A whole number of pieces
    (or of kilograms, metres) gets the higher price. That is always possible: a kopeck more on n of them is n kopecks,
    and the lower price falls short by less than `quantity` kopecks.

    :param quantity: above zero, at most three decimals
    :param price: the unit price asked; kept if it gives the amount
    :param amount: what is paid, not negative
    """
    if money(quantity * price) == amount:
        return [Position(quantity, price, amount)]
    low = (amount / quantity).quantize(CENT, ROUND_FLOOR)
    high = low + CENT
    for fitting in (money(amount / quantity), low, high):  # the nearest first
        if money(quantity * fitting) == amount:
            return [Position(quantity, fitting, amount)]
    dearer = (amount - money(quantity * low)) / CENT
    most = Position(quantity - dearer, low, money((quantity - dearer) * low))
    return [most, Position(Decimal(int(dearer)), high, money(dearer * high))]
