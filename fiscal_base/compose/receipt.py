"""A composed receipt: what the law wants on paper. The outbox adds key, cashier, customer and cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..tools.money import CENT, ZERO, money
from .event import ONE, Registered, Vat
from .problem import Problem


@dataclass(frozen=True)
class Row:
    """One line of a receipt.

    :param price: of one unit before discounts; price × quantity − amount is the discount, rounded to the kopeck
    :param amount: what is settled of it now; never negative
    :param subject: FFD tag 1212
    :param sign: FFD tag 1214, 1 to 7; 0 in countries without it
    :param line: of the source
    """

    name: str
    amount: Decimal
    vat: Vat
    quantity: Decimal = ONE
    price: Decimal | None = None
    subject: int = 1
    sign: int = 4
    tax_system: str = ""
    measure: int = 0
    code: str = ""
    returnable: bool = True
    line: str = ""
    about: Mapping = field(default_factory=dict, compare=False)

    @property
    def unit_price(self) -> Decimal:
        """Price of one unit before discount, to the kopeck."""
        if self.price is not None:
            return self.price
        return (self.amount / self.quantity).quantize(CENT)

    @property
    def tax(self) -> Decimal | None:
        """The VAT inside the line to the kopeck (FFD tag 1200), None without VAT."""
        inside = self.vat.inside(self.amount)
        return None if inside is None else money(inside)


@dataclass(frozen=True)
class Paid:
    """How a receipt is paid.

    :param kind: a key of `const.PAYMENT_KINDS`: FFD tags 1031, 1081, 1215, 1216, 1217
    """

    kind: str
    amount: Decimal
    about: Mapping = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Chain:
    """Ukraine: the place of a receipt among those of one order that is paid in parts.

    :param step: `first`, `next`, `last` (Передплата, Чергова сплата, Остаточний розрахунок)
    :param order: rows of all that is ordered; of the first receipt only
    :param left: what is to be paid after this receipt
    :param receipt: the first one, of the others
    """

    step: str
    order: tuple[Row, ...] = ()
    left: Decimal = ZERO
    receipt: Registered | None = None


@dataclass(frozen=True)
class Receipt:
    """Σ rows + rounding = total = Σ paid − change.

    :param operation: a key of `const.OPERATIONS` (FFD tag 1054)
    :param original: the receipt that a return or a correction refers to
    :param day: of the settlement that a correction corrects (FFD tag 1178)
    :param internet: FFD tag 1125
    :param act: Ukraine: the return needs an act beside it (Order 547 sect. III p. 8)
    :param warnings: what the cashier is told, and may do nevertheless
    """

    operation: str
    rows: tuple[Row, ...]
    paid: tuple[Paid, ...]
    total: Decimal
    change: Decimal = ZERO
    rounding: Decimal = ZERO
    tax_system: str = ""
    original: Registered | None = None
    chain: Chain | None = None
    day: date | None = None
    internet: bool = False
    act: bool = False
    warnings: tuple[Problem, ...] = ()

    def paid_by(self, kind: str) -> Decimal:
        """What is paid by `kind`, change taken off cash."""
        amount = sum((paid.amount for paid in self.paid if paid.kind == kind), ZERO)
        return amount - self.change if kind == "cash" else amount
