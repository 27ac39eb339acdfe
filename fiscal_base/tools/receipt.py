"""A fiscal document as plain data, which a provider's `protocol.py` maps to a request.

Amounts are `Decimal` in currency units with exactly two decimals, quantities have at most three; nothing here is
a float. Every amount is positive: only the operation distinguishes a sale from a return.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Person:
    """A cashier or a customer."""

    name: str = ""
    tax_number: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a receipt.

    :param price: price of one unit before discount, taxes included
    :param amount: what the customer pays for the line; discount = round(price × quantity) − amount (negative: a
        surcharge)
    :param tax_code: code in the register's own tax table (`fiscal.tax.code`), e.g. `vat22`
    :param tax_rate: its rate in percent, None for “without VAT”
    :param subject: payment subject (FFD tag 1212)
    :param method_sign: payment method sign (FFD tag 1214)
    :param measure: measure of quantity (FFD tag 2108)
    :param goods_code: УКТЗЕД
    :param marking_code: as scanned, group separators kept (FFD tag 2000)
    :param agent: the role in which somebody else's goods are sold (FFD tag 1222), None for own goods
    :param supplier: the owner of such goods (FFD tags 1224 to 1226)
    :param extra: what only some providers use; `agent`: an agent who moves money (FFD tag 1223, see `tools.agent`)
    """

    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    tax_code: str = ""
    tax_rate: Decimal | None = None
    subject: int = 1
    method_sign: int = 4
    measure: int = 0
    goods_code: str = ""
    barcode: str = ""
    product_code: str = ""
    marking_code: str = ""
    excise_stamps: tuple[str, ...] = ()
    agent: int | None = None
    supplier: Person | None = None
    extra: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Payment:
    """One means of payment; `amount` is what was handed over, before change.

    :param kind: a key of `const.PAYMENT_KINDS`
    :param label: name of the means as the customer knows it
    :param extra: of a card, what the terminal reported, as texts: `card_mask`, `card_system`, `rrn`, `auth_code`,
        `transaction_id`, `terminal_id`, `acquirer`
    """

    kind: str
    amount: Decimal
    label: str = ""
    code: str = ""
    extra: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Correction:
    """Why a receipt is corrected.

    :param kind: 0 by own initiative, 1 by order of the tax service (FFD tag 1173)
    :param date: of the settlement that is corrected (FFD tag 1178)
    :param number: of the order of the tax service (FFD tag 1179)
    :param reason: in words, for the record
    """

    kind: int = 0
    date: date | None = None
    number: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Original:
    """The registered document that a return or a correction refers to."""

    key: str = ""
    number: str = ""
    sign: str = ""
    storage: str = ""
    shift_number: int | None = None
    registered_at: datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """Everything about one document that a provider may need.

    :param operation: a key of `const.OPERATIONS`
    :param key: the idempotency key of this attempt's chain, at most 36 characters
    :param total: Σ lines + rounding = Σ payments − change; the sum of cash for `cash_in` and `cash_out`
    :param rounding: cash rounding, negative if the customer pays less; 0 if the base has spread it over the lines
    :param deliver: channels by which this receipt may be sent to the customer: `email`, `sms`, `viber`
    :param change: given back in cash
    :param issued_at: when the business event happened, naive, in the register's time zone
    """

    operation: str
    key: str
    total: Decimal = Decimal("0.00")
    change: Decimal = Decimal("0.00")
    rounding: Decimal = Decimal("0.00")
    lines: tuple[Line, ...] = ()
    payments: tuple[Payment, ...] = ()
    cashier: Person = Person()
    customer: Person = Person()
    deliver: frozenset[str] = frozenset()
    tax_system: str = ""
    settlement_address: str = ""
    settlement_place: str = ""
    sender_email: str = ""
    comment: str = ""
    reference: str = ""
    issued_at: datetime | None = None
    original: Original | None = None
    correction: Correction | None = None
    extra: dict = field(default_factory=dict)

    def paid(self, kind: str) -> Decimal:
        """Sum paid by `kind`, change already taken off cash."""
        amount = sum((payment.amount for payment in self.payments if payment.kind == kind), Decimal("0.00"))
        return amount - self.change if kind == "cash" else amount
