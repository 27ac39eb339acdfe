"""What happened, told by what it means: goods change hands, money is taken in advance, a credit is paid.

An event is a list of meanings. Each meaning is told once and has one amount, positive, a `Decimal` in currency units
with two decimals, taxes included; quantities have at most three decimals. The class of a meaning gives its direction.
`line` of a meaning names the line of the source (an order line, an invoice line) for the problems that concern it.

The amounts balance: what the seller gives and what the seller gets are equal (`compose.compose` checks it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..tools.money import ZERO

ONE = Decimal(1)


@dataclass(frozen=True)
class Vat:
    """A rate as the register prints it (FFD tag 1199, a Ukrainian tax letter).

    :param code: in the register's own table (`fiscal.tax.code`)
    :param rate: percent; None: the sale is without VAT, which somebody has stated. A rate that is not known is no
        `Vat` but None
    :param calculated: the rate of a prepayment: 22/122 has the rate 22
    :param legacy: no longer in force: for what was first settled while it was
    """

    code: str
    rate: Decimal | None
    calculated: bool = False
    legacy: bool = False

    def inside(self, amount: Decimal) -> Decimal | None:
        """The tax that is contained in `amount`, not rounded; None without VAT. 22 % and 22/122 contain the same."""
        return None if self.rate is None else amount * self.rate / (100 + self.rate)


@dataclass(frozen=True)
class Goods:
    """Goods, work or a service: one line that is sold.

    :param name: the full name; "" is a problem
    :param amount: what the customer owes for it, after the discount of its own line, before discounts on the whole
    :param vat: None: not known, a problem
    :param price: of one unit, before every discount; None: amount ÷ quantity
    :param subject: what it is (FFD tag 1212); None: not known, a problem where the law asks for it
    :param tax_system: a key of `const.TAX_SYSTEMS`; "": that of the seller
    :param measure: FFD tag 2108; 0: pieces
    :param marked: each piece carries a marking code
    :param code: the marking code as scanned (FFD tag 2000)
    :param returnable: False for what the law forbids to take back (tobacco: RU decree 224 of 28.02.2019)
    :param about: whatever else the receipt says of it (barcode, УКТЗЕД, supplier, agent). Carried, never read
    """

    name: str
    amount: Decimal
    vat: Vat | None
    quantity: Decimal = ONE
    price: Decimal | None = None
    subject: int | None = 1
    tax_system: str = ""
    measure: int = 0
    marked: bool = False
    code: str = ""
    returnable: bool = True
    line: str = ""
    about: Mapping = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Registered:
    """A receipt that was registered, as far as it has not been returned: what a return is composed from.

    :param ref: whatever finds it again; hashable, and the same for the same receipt
    :param rows: `receipt.Row` of its lines, each with the quantity and amount that are left
    :param paid: what is left of its payments, by kind; shows whether money goes back another way than it came
    :param sign: its fiscal sign (FFD tag 1192 of a correction), its number in Ukraine
    :param day: of the settlement
    :param chain: it belongs to a sale that is paid in parts, kept together by the service (`Capabilities.chains`)
    """

    ref: object
    rows: tuple = ()
    paid: Mapping[str, Decimal] = field(default_factory=dict)
    sign: str = ""
    day: date | None = None
    chain: bool = False


# === What the seller gives, or takes back ===


@dataclass(frozen=True)
class HandedOver:
    """Goods leave, or a service is rendered; whether paid or not."""

    goods: Goods


@dataclass(frozen=True)
class TakenBack:
    """Goods come back.

    :param receipt: the receipt that sold them; None: sold by nobody knows which (RU consumer law art. 25)
    :param row: which of its rows, by `Row.line`
    :param quantity: how much of it; None: all that is left, or as much as `amount` is of it
    :param amount: what it is worth now; None: its part of the row
    :param goods: what they are, where there is no receipt; its rate is that of the sale, never today's by default
    """

    receipt: Registered | None = None
    row: str = ""
    quantity: Decimal | None = None
    goods: Goods | None = None
    line: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True)
class Discount:
    """A coupon, points, a reward: off the goods that bear the same rate, as far as they carry it, then off the others.

    A gift card is no discount, it is money (`PrepaymentUsed`).
    """

    amount: Decimal
    vat: Vat | None = None
    line: str = ""


@dataclass(frozen=True)
class Tip:
    """A tip to the house. One that goes to the waiter's own card or hand is no settlement: `Unrelated`."""

    amount: Decimal
    name: str = ""
    line: str = ""


@dataclass(frozen=True)
class Deposit:
    """Money taken as a pledge, for a bottle for example."""

    goods: Goods


@dataclass(frozen=True)
class DepositReturned:
    """The pledge comes back, its money goes."""

    goods: Goods


# === Money and goods at different times ===


@dataclass(frozen=True)
class Prepayment:
    """Money taken before the goods leave: for goods that are known, or an advance, a gift card, a top-up.

    :param goods: what is paid for, each with the amount that was still to be prepaid; () where nobody knows yet
    :param whole: of the order; the sign tells a part from the whole (FFD tag 1214: 2, 1)
    :param name: of an advance: “Подарочная карта 500”
    :param receipt: the first receipt of the same order, where this is a further part
    :param about: as of `Goods`, of an advance
    """

    amount: Decimal
    goods: tuple[Goods, ...] = ()
    whole: Decimal = ZERO
    name: str = ""
    receipt: Registered | None = None
    line: str = ""
    about: Mapping = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class PrepaymentUsed:
    """A prepayment, a gift card or a wallet pays for goods that leave now.

    :param means: `prepayment`, or `certificate` for gift cards and wallets
    :param receipt: the first receipt of the prepayment, where one is known
    :param sold: that receipt has sold these very goods (`Ukraine`: paid in full beforehand)
    """

    amount: Decimal
    means: str = "prepayment"
    receipt: Registered | None = None
    sold: bool = False
    line: str = ""


@dataclass(frozen=True)
class PrepaymentReturned:
    """A prepayment, or what is left on a card, goes back to the customer.

    :param receipt: of the prepayment; its rows have what is left of it
    :param amount: None: all that is left
    """

    receipt: Registered
    amount: Decimal | None = None
    line: str = ""


@dataclass(frozen=True)
class PrepaymentRestored:
    """For goods that come back, value goes to the card or wallet instead of money."""

    amount: Decimal
    line: str = ""


@dataclass(frozen=True)
class CreditGiven:
    """Of the goods that leave, this is to be paid later."""

    amount: Decimal
    line: str = ""


@dataclass(frozen=True)
class CreditPaid:
    """Money for goods that have left before.

    :param receipt: the one that gave the credit; its rows have what is still to be paid of each
    """

    amount: Decimal
    receipt: Registered
    line: str = ""


@dataclass(frozen=True)
class CreditCancelled:
    """Of the goods that come back, this was never paid and need not be."""

    amount: Decimal
    line: str = ""


# === Money ===


@dataclass(frozen=True)
class Money:
    """Money or the promise of a bank, as the customer hands it over.

    :param kind: `cash`; `electronic` (card, online, a bank that pays for the buyer); `transfer` (to the bank account);
        `carrier` (cash on delivery, which the carrier takes and gives a receipt for); "" is a problem
    :param about: label, code, data of the card. Carried, never read
    """

    kind: str
    amount: Decimal
    about: Mapping = field(default_factory=dict, compare=False)
    line: str = ""


@dataclass(frozen=True)
class Change:
    """Given back at once of the cash that was handed over."""

    amount: Decimal


@dataclass(frozen=True)
class PaidOut:
    """Money that goes back to the customer; fields as of `Money`."""

    kind: str
    amount: Decimal
    about: Mapping = field(default_factory=dict, compare=False)
    line: str = ""


@dataclass(frozen=True)
class Rounding:
    """Cash rounding.

    :param amount: by which the money that moves differs from what the goods cost; negative: less
    :param step: to which is rounded, 0.10 or 1.00 for example; the amount is below it
    """

    amount: Decimal
    step: Decimal


@dataclass(frozen=True)
class Unrelated:
    """Money that is none of these (a loan, a moved advance, a tip to the waiter): no settlement, no receipt."""

    amount: Decimal
    line: str = ""


GIVES = (HandedOver, Tip, Deposit, Prepayment, CreditPaid)
TAKES = (TakenBack, DepositReturned, PrepaymentReturned)


@dataclass(frozen=True)
class Event:
    """One business event.

    :param what: the meanings, in the order of the source's lines
    :param currency: of all amounts
    :param organisation: the buyer is an organisation or a sole trader, not a consumer
    :param remote: sold over the Internet, nobody stands before a till
    :param contact: the buyer's telephone number or e-mail
    """

    what: tuple
    currency: str = ""
    organisation: bool = False
    remote: bool = False
    contact: str = ""

    def all(self, *kinds: type) -> list:
        """The meanings of these classes, in their order."""
        return [meaning for meaning in self.what if isinstance(meaning, kinds)]

    def sum(self, *kinds: type) -> Decimal:
        """What the meanings of these classes come to."""
        return sum((meaning.amount for meaning in self.all(*kinds)), ZERO)

    @property
    def sells(self) -> bool:
        return bool(self.all(*GIVES))

    @property
    def takes_back(self) -> bool:
        return bool(self.all(*TAKES))
