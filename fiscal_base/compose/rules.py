"""What a country's rules decide, and what both countries have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from decimal import Decimal

from ..tools.capabilities import Capabilities
from ..tools.money import ZERO, spread
from .event import CreditPaid, Event, Goods, HandedOver, Money, Prepayment, PrepaymentUsed, TakenBack, Tip, Vat
from .problem import Problem, Refused
from .receipt import Paid, Receipt, Row


@dataclass(frozen=True)
class Part:
    """A row on its way to a receipt, and the meaning that it comes from."""

    row: Row
    meaning: object
    receipt: object = None

    @property
    def is_goods(self) -> bool:
        """Goods that change hands, which alone can be paid by a prepayment or on credit."""
        return isinstance(self.meaning, HandedOver | TakenBack)


@dataclass(frozen=True, kw_only=True)
class Rules(ABC):
    """The law of a country together with what one register can do and how its owner wants it.

    :param capabilities: of the register's provider: operations, payment kinds, rounding, chains
    :param rates: every rate that the register prints; () where it takes any
    :param main_vat: the seller's main rate; for advances whose goods nobody knows. None: not set, a problem there
    :param tip_vat: the rate of tips; None: not set
    :param tip_subject: FFD tag 1212 of tips: 13 or 4
    :param tax_system: of the seller, for goods that name none
    """

    capabilities: Capabilities
    rates: tuple[Vat, ...] = ()
    main_vat: Vat | None = None
    tip_vat: Vat | None = None
    tip_subject: int = 13
    tax_system: str = ""

    currency = ""
    #: cash rounding is a sum of its own on the receipt; else it goes off the lines, and only downwards
    names_rounding = False

    # === What the law asks ===

    @abstractmethod
    def is_settlement(self, event: Event) -> bool:
        """Whether the event needs a receipt at all."""

    @abstractmethod
    def problems(self, event: Event) -> list[Problem]:
        """What this country refuses besides what `checks.problems` does."""

    @abstractmethod
    def prepayment(self, meaning: Prepayment) -> list[Row]:
        """The rows of money that is taken before the goods leave."""

    @abstractmethod
    def credit_paid(self, meaning: CreditPaid) -> list[Row]:
        """The rows of money for goods that have left before."""

    @abstractmethod
    def goods_sign(self, credit: Decimal, goods: Decimal) -> int:
        """The payment method sign of goods that change hands (FFD tag 1214)."""

    @abstractmethod
    def apart(self, part: Part) -> object:
        """Rows with the same answer share a receipt."""

    @abstractmethod
    def counter(self) -> bool:
        """Whether goods may be exchanged against goods with no money named (FFD tag 1217)."""

    def finish(self, receipt: Receipt, parts: list[Part], event: Event) -> Receipt:
        """What this country says on the receipt besides."""
        return receipt

    # === What both have in common ===

    def pays(self, money: Money) -> str:
        """The kind of payment on the receipt: a transfer to the account is cashless."""
        return "electronic" if money.kind == "transfer" else money.kind

    def can_pay(self, kind: str) -> bool:
        return kind in self.capabilities.payment_kinds

    def sold(self, goods: Goods, **changes) -> Row:
        """The row of goods that leave, or of what is paid for them."""
        names = ("name", "amount", "vat", "quantity", "price", "measure", "code", "returnable", "line", "about")
        facts = {name: getattr(goods, name) for name in names}
        row = Row(**facts, subject=goods.subject or 0, tax_system=goods.tax_system or self.tax_system)
        return replace(row, **changes)

    def shares(self, rows: list[Row], amount: Decimal, line: str) -> list[Row]:
        """`rows` with amounts that come to `amount`, in proportion; one that gets nothing is left out."""
        left = sum((row.amount for row in rows), ZERO)
        if amount > left:
            raise Refused("part_exceeds", line, amount=amount, left=left)
        shares = spread([row.amount for row in rows], amount - left)
        whole = amount == left
        part = {} if whole else {"quantity": Decimal(1), "price": None, "measure": 0}
        return [replace(row, amount=share, code="", **part) for row, share in zip(rows, shares, strict=True) if share]

    def calculated(self, vat: Vat, name: str, line: str) -> Vat:
        """The rate of a prepayment for goods of this rate: 22/122 for 22 %. Where there is no tax, there is none."""
        if vat.calculated or not vat.rate:
            return vat
        for twin in self.rates:
            if twin.calculated and twin.rate == vat.rate and twin.legacy == vat.legacy:
                return twin
        raise Refused("vat_no_calculated", line, name=name, rate=vat.rate)

    def advance_vat(self, name: str, line: str) -> Vat:
        """The seller's main rate, for money whose goods nobody knows yet."""
        if self.main_vat is None:
            raise Refused("advance_vat_missing", line)
        if self.main_vat.legacy:
            raise Refused("vat_legacy", line, name=name, rate=self.main_vat.rate)
        return self.main_vat

    def tip(self, meaning: Tip, name: str) -> Row:
        """A tip to the house is a line of its own (FNS 11.06.2025 ЗГ-2-20/9776@); its rate is never a default."""
        if self.tip_vat is None:
            raise Refused("tip_vat_missing", meaning.line)
        return Row(
            meaning.name or name,
            meaning.amount,
            self.tip_vat,
            subject=self.tip_subject,
            tax_system=self.tax_system,
            line=meaning.line,
        )

    def offset(self, meaning: PrepaymentUsed) -> Paid:
        """How a prepayment pays for the goods."""
        return Paid("prepayment", meaning.amount)

    def own_rounding(self, rounding: Decimal) -> Decimal:
        """The part of cash rounding that the receipt names; the rest goes off the lines."""
        if rounding and self.names_rounding:
            if not self.capabilities.rounding:
                raise Refused("rounding_unsupported", rounding=rounding)
            return rounding
        if rounding > 0:
            raise Refused("rounding_up", rounding=rounding)
        return ZERO

    def cost(self, goods: list[Goods], amounts: list[Decimal]) -> list[Decimal]:
        """What the lines cost after discounts; a line may cost nothing (R29)."""
        return amounts

    def nothing_paid(self) -> tuple[Paid, ...]:
        """The payments of a receipt of 0.00."""
        return ()


def names_of(goods: tuple[Goods, ...]) -> str:
    """The goods in a word or two, for a line that speaks of all of them."""
    return ", ".join(part.name for part in goods)
