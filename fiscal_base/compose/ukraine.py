"""Ukraine: law 265/95 and form ФКЧ-1, ФКЧ-2 (order 13 of 21.01.2016). U-numbers are rows of the table of cases.

A settlement is the taking of cash, cards and vouchers at the place of sale, and paying out for what comes back
(art. 2). There are no method signs and no calculated rates: an advance bears the tax letter of its goods.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from ..tools.money import CENT, ZERO
from .event import (
    CreditGiven,
    CreditPaid,
    Event,
    Goods,
    HandedOver,
    Money,
    PaidOut,
    Prepayment,
    PrepaymentUsed,
    Tip,
)
from .problem import Problem, Refused
from .receipt import Chain, Paid, Receipt, Row
from .rules import Part, Rules, names_of

#: a return above this needs an act with the customer's name (Order 547 sect. III p. 8: U16), in UAH
ACT_ABOVE = Decimal(100)
#: the name of a gift card among the means of payment (order 601 of 22.11.2024: U10)
CERTIFICATE = "Подарунковий сертифікат"


@dataclass(frozen=True, kw_only=True)
class Ukraine(Rules):
    """:param receipt_for_transfer: the owner wants a receipt for a transfer to IBAN, though the law asks for none (U2)
    :param free: a line that costs nothing (U27): `refuse`, or `kopeck`: 0.01, taken off the other lines
    :param single_tax: the seller is on the single tax, who loses it by taking gift cards (U11)
    """

    receipt_for_transfer: bool = False
    free: str = "refuse"
    single_tax: bool = False

    currency = "UAH"
    names_rounding = True

    def is_settlement(self, event: Event) -> bool:
        """None by IBAN (U2), none where the carrier takes the money (U8); goods that a receipt has sold before (U4)."""
        money = event.all(Money, PaidOut)
        elsewhere = {"carrier"} if self.receipt_for_transfer else {"carrier", "transfer"}
        if money and all(part.kind in elsewhere for part in money):
            return False
        used = event.all(PrepaymentUsed)
        if used and not money and all(part.sold for part in used):
            return False
        return event.sells or event.takes_back

    def problems(self, event: Event) -> list[Problem]:
        """Wholly unpaid goods are no settlement: the method is not to be offered (U7)."""
        if event.all(HandedOver) and event.all(CreditGiven) and not event.all(Money, PrepaymentUsed):
            return [Problem("credit_whole")]
        return []

    def prepayment(self, meaning: Prepayment) -> list[Row]:
        """“аванс за <goods>”, the money that is taken (U3). Paid in full at once: the goods are sold now, for no
        service has a chain for it (U4). Goods that nobody knows: a certificate (U9), an advance.
        """
        if not meaning.goods:
            name = meaning.name or "Передоплата"
            vat = self.advance_vat(name, meaning.line)
            return [Row(name, meaning.amount, vat, sign=0, line=meaning.line, about=meaning.about)]
        rows = [self.sold(goods) for goods in meaning.goods]
        if self.prepaid_whole(meaning):
            return [replace(row, sign=0) for row in rows]
        shares = self.shares(rows, meaning.amount, meaning.line)
        by_vat = {}
        for row in shares:
            by_vat.setdefault(row.vat, []).append(row)
        return [
            Row(
                f"аванс за {names_of(tuple(alike))}",
                sum((row.amount for row in alike), ZERO),
                vat,
                subject=alike[0].subject,
                sign=0,
                tax_system=alike[0].tax_system,
                line=meaning.line,
            )
            for vat, alike in by_vat.items()
        ]

    @staticmethod
    def prepaid_whole(meaning: Prepayment) -> bool:
        """Known goods, paid at once and in full before they leave."""
        return bool(meaning.goods) and not meaning.receipt and meaning.amount == meaning.whole

    def credit_paid(self, meaning: CreditPaid) -> list[Row]:
        """First the receipt of all goods, with what is not paid; then one for each payment (U7)."""
        rows = self.shares(list(meaning.receipt.rows), meaning.amount, meaning.line)
        return [replace(row, name=f"оплата за {row.name}", sign=0) for row in rows]

    def goods_sign(self, credit: Decimal, goods: Decimal) -> int:
        return 0

    def apart(self, part: Part) -> object:
        """A part of an order, and each receipt that is returned, has a receipt of its own (U3, U16)."""
        chained = isinstance(part.meaning, Prepayment) and part.meaning.goods and not self.prepaid_whole(part.meaning)
        chained = chained or isinstance(part.meaning, CreditPaid)
        return (id(part.meaning) if chained else 0, part.receipt.ref if part.receipt else None)

    def counter(self) -> bool:
        """Full amounts by the same means (U15)."""
        return False

    def tip(self, meaning: Tip, name: str = "Чайові") -> Row:
        return replace(super().tip(meaning, name), sign=0)

    def offset(self, meaning: PrepaymentUsed) -> Paid:
        label = {"label": CERTIFICATE} if meaning.means == "certificate" else {}
        return Paid("prepayment", meaning.amount, label)

    def cost(self, goods: list[Goods], amounts: list[Decimal]) -> list[Decimal]:
        """No line costs nothing: it is refused, or costs 0.01, taken off the dearest of the others (U27)."""
        free = [part for part, amount in zip(goods, amounts, strict=True) if not amount]
        if not free:
            return amounts
        raised = [max(amount, CENT) for amount in amounts]
        dearest = raised.index(max(raised))
        raised[dearest] -= CENT * len(free)
        if self.free == "refuse" or raised[dearest] < CENT:
            raise Refused("free_line", free[0].line, name=free[0].name)
        return raised

    def finish(self, receipt: Receipt, parts: list[Part], event: Event) -> Receipt:
        warnings = list(receipt.warnings)
        if event.all(PrepaymentUsed) and self.single_tax and receipt.paid_by("prepayment"):
            if any(used.means == "certificate" for used in event.all(PrepaymentUsed)):
                warnings.append(Problem("certificate_single_tax"))
        if any(isinstance(part.meaning, Prepayment) and self.prepaid_whole(part.meaning) for part in parts):
            warnings.append(Problem("prepaid_sold"))
        back = receipt.operation == "sale_return"
        return replace(
            receipt,
            act=back and receipt.total > ACT_ABOVE,
            chain=None if back else self._chain(receipt, parts, event),
            warnings=tuple(warnings),
        )

    def _chain(self, receipt: Receipt, parts: list[Part], event: Event) -> Chain | None:
        """Передплата, Чергова сплата, Остаточний розрахунок (U5)."""
        meaning = parts[0].meaning if parts else None
        if isinstance(meaning, Prepayment) and meaning.goods and not self.prepaid_whole(meaning):
            left = sum((goods.amount for goods in meaning.goods), ZERO) - meaning.amount
            if meaning.receipt:
                return Chain("next", left=left, receipt=meaning.receipt)
            return Chain("first", tuple(self.sold(goods, sign=0) for goods in meaning.goods), left)
        if isinstance(meaning, CreditPaid):
            left = sum((row.amount for row in meaning.receipt.rows), ZERO) - meaning.amount
            return Chain("next" if left else "last", left=left, receipt=meaning.receipt)
        used = [part for part in event.all(PrepaymentUsed) if part.receipt and part.receipt.chain]
        if used and any(part.is_goods for part in parts):
            return Chain("last", receipt=used[0].receipt)
        if credit := receipt.paid_by("credit"):
            return Chain("first", receipt.rows, credit)
        return None
