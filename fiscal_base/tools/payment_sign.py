"""What a payment means on a receipt: how it is shared among invoices, and the payment method sign of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .money import ZERO, spread

#: when goods and services are handed over: with, after, or before the payment
SETTLEMENTS = ("payment", "before", "after")
#: signs of a payment before the hand-over: the line names a payment, at a calculated VAT rate
PREPAID = frozenset({"1", "2", "3"})
#: signs whose lines name a payment (payment subject 10)
PAYMENT_ONLY = PREPAID | {"7"}


def allocate(paid: Decimal, claims: Sequence[Decimal]) -> tuple[list[Decimal], Decimal]:
    """Share `paid` among `claims`, to the kopeck.

    If the claims exceed the money (early payment discount, write-off), each gets its proportional part; if not, each is
    paid in full.

    :param claims: what the payment settled of each invoice, none negative
    :returns: the share of each, and what is left over: an advance
    """
    whole = sum(claims, ZERO)
    if whole <= paid:
        return list(claims), paid - whole
    return spread(claims, paid - whole), ZERO


def method_sign(settlement: str, total: Decimal, owed: Decimal, settled: Decimal, on_credit: bool = False) -> str:
    """Payment method sign (FFD tag 1214) of a payment for an invoice or order.

    :param settlement: one of `SETTLEMENTS`
    :param total: of the invoice
    :param owed: what was still to be paid before this payment
    :param settled: the part of it that this payment settles
    :param on_credit: an earlier receipt recorded the hand-over on credit
    """
    if on_credit or settlement == "after":
        return "7"
    whole = settled >= total
    if settlement == "before":
        return "1" if whole else "2"
    return "4" if whole or settled >= owed else "2"


def advance_sign(settlement: str) -> str:
    """Payment method sign of a payment without an invoice or order."""
    return {"payment": "4", "before": "3", "after": "7"}[settlement]
