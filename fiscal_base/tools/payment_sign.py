"""How a payment is shared among invoices, and which payment method signs (FFD tag 1214) name a payment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .money import ZERO, spread

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
