"""Russia: law 54-FZ and the format of fiscal documents (FFD). R-numbers are rows of the table of cases.

A settlement is the taking and returning of money, and as well the offset of an advance, the giving and paying of a
credit and counter-provision (54-FZ art. 1.1). So an order of which nothing is left to pay needs its receipt too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from ..tools.money import ZERO
from .event import CreditPaid, Event, HandedOver, Money, PaidOut, Prepayment, Vat
from .problem import Problem
from .receipt import Paid, Row
from .rules import Part, Rules

#: payment method signs (FFD tag 1214)
FULL_PREPAYMENT, PART_PREPAYMENT, ADVANCE, FULL, PART_CREDIT, CREDIT, CREDIT_PAYMENT = range(1, 8)
#: payment subject of money that pays for something else (FFD tag 1212)
PAYMENT = 10


@dataclass(frozen=True, kw_only=True)
class Russia(Rules):
    """:param prepaid_subject: of prepaid goods: 10 “payment”, as all vendors have it, or 0 for that of the goods (both
        pass the tax service, FNS tables)
    :param credit_paid_vat: the rate of money for a credit: `receipt` (that of the receipt that gave it: FNS 15.12.2025
        АБ-4-20/11248@), or `without` (1C, after Tax Code art. 167) and then `without_vat` is printed
    """

    prepaid_subject: int = PAYMENT
    credit_paid_vat: str = "receipt"
    without_vat: Vat | None = None

    currency = "RUB"

    def is_settlement(self, event: Event) -> bool:
        """Not between organisations by bank transfer, with no card shown (art. 2 p. 9: R3)."""
        money = event.all(Money, PaidOut)
        if event.organisation and money and all(part.kind == "transfer" for part in money):
            return False
        if money and all(part.kind == "carrier" for part in money):
            return False
        return event.sells or event.takes_back

    def problems(self, event: Event) -> list[Problem]:
        """An Internet sale needs the buyer's telephone number or e-mail (1008, since 1.09.2025: R71)."""
        problems = []
        if event.remote and not event.contact:
            problems.append(Problem("contact_missing"))
        goods = [meaning.goods for meaning in event.all(HandedOver)]
        goods += [part for meaning in event.all(Prepayment) for part in meaning.goods]
        for part in goods:
            if part.subject is None:
                problems.append(Problem("subject_missing", part.line, {"name": part.name}))
        return problems

    def prepayment(self, meaning: Prepayment) -> list[Row]:
        """Advance, card or top-up (R4, R20); known goods by name, in full (R5) or a part of each (R6). The rate is the
        calculated one, line by line.
        """
        if not meaning.goods:
            return [self._advance(meaning)]
        sign = FULL_PREPAYMENT if meaning.amount == meaning.whole else PART_PREPAYMENT
        rows = self.shares([self.sold(goods) for goods in meaning.goods], meaning.amount, meaning.line)
        return [
            replace(
                row,
                sign=sign,
                subject=self.prepaid_subject or row.subject,
                vat=self.calculated(row.vat, row.name, row.line),
            )
            for row in rows
        ]

    def _advance(self, meaning: Prepayment) -> Row:
        name = meaning.name or "Аванс"
        vat = self.calculated(self.advance_vat(name, meaning.line), name, meaning.line)
        facts = {"subject": PAYMENT, "sign": ADVANCE, "tax_system": self.tax_system}
        return Row(name, meaning.amount, vat, line=meaning.line, about=meaning.about, **facts)

    def credit_paid(self, meaning: CreditPaid) -> list[Row]:
        """One receipt for each part; the rate of the receipt that gave the credit, not a calculated one (R12)."""
        rows = self.shares(list(meaning.receipt.rows), meaning.amount, meaning.line)
        rows = [replace(row, sign=CREDIT_PAYMENT, subject=PAYMENT) for row in rows]
        if self.credit_paid_vat == "without":
            rows = [replace(row, vat=self.without_vat) for row in rows]
        return rows

    def goods_sign(self, credit: Decimal, goods: Decimal) -> int:
        """Settled in full, however (R1, R7); on credit, in part (R8, R11) or wholly (R10). Returns alike (R52, R53)."""
        if not credit:
            return FULL
        return CREDIT if credit == goods else PART_CREDIT

    def apart(self, part: Part) -> object:
        """One tax system to a receipt (1055: R62). Signs may differ: they stand on the line."""
        return part.row.tax_system

    def counter(self) -> bool:
        """An exchange is two receipts with counter-provision (FNS 17.12.2020 АБ-4-20/20854: R32 to R34)."""
        return self.can_pay("other")

    def tip(self, meaning, name="Чаевые"):
        return super().tip(meaning, name)

    def nothing_paid(self) -> tuple[Paid, ...]:
        """Points pay for everything: 1217 = 0 (FNS 30.04.2021 АБ-4-20/6093: R28)."""
        return (Paid("other", ZERO),)

    def finish(self, receipt, parts, event):
        return replace(receipt, internet=event.remote)
