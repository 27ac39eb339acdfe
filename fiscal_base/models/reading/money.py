"""Money of customers in accounting, read into what it means (docs/composer.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from ...compose.event import (
    CreditCancelled,
    CreditGiven,
    CreditPaid,
    Event,
    Goods,
    HandedOver,
    Money,
    PaidOut,
    Prepayment,
    PrepaymentRestored,
    PrepaymentReturned,
    PrepaymentUsed,
    Registered,
    TakenBack,
)
from ...compose.receipt import Row
from ...tools.money import ZERO, money, quantity, settle, spread

#: signs of rows that are no goods but money for them, which a return repeats (FFD tag 1214)
MONEY_SIGNS = frozenset({1, 2, 3, 7})
#: the last day of rates that are no longer in force (RU law 425-FZ): what was invoiced until then has left at them
OLD_RATES_UNTIL = date(2025, 12, 31)
#: values of a line that `Goods` names itself
OF_GOODS = frozenset({"name", "quantity", "price", "subject", "method_sign", "measure", "marking_code"})


class MoneyReader:
    """Reads what money pays for: invoices and orders, in part or in full; and what it gives back.

    :param register: the register that is to make the receipts
    """

    def __init__(self, register):
        self.register = register.sudo()
        self.chains = self.register._capabilities().chains
        self._rates: dict = {}

    @cached_property
    def rules(self):
        """The rules without what only few events need."""
        return self.register._compose_rules()

    @property
    def takes_free_lines(self) -> bool:
        """In Ukraine no line costs nothing, and what has been paid cannot be refused for it any more (U27)."""
        return self.register._law_country() != "UA"

    # === Goods ===

    def vat(self, taxes):
        """The rate of one line, looked up once for all lines with the same taxes."""
        key = tuple(taxes.ids)
        if key not in self._rates:
            self._rates[key] = self.register._vat(taxes)
        return self._rates[key]

    def goods(self, sold, amount: Decimal, whole: bool = True, scale: Decimal = Decimal(1)) -> Goods:
        """One line of an invoice or order; of a part of it nobody knows the quantity.

        :param sold: `accounting.source.Sold`
        :param amount: what is paid for it
        :param scale: by which its price is multiplied: the rate of the payment
        """
        vals = sold.vals
        about = {name: value for name, value in vals.items() if name not in OF_GOODS}
        about["tax_name"] = ", ".join(sold.taxes.mapped("name"))
        facts = {"quantity": Decimal(1), "price": amount, "measure": 0}
        if whole:
            price = money(money(vals["price"]) * scale)
            facts = {"quantity": quantity(vals["quantity"]), "price": price, "measure": int(vals["measure"])}
        return Goods(
            vals["name"],
            amount,
            self.vat(sold.taxes),
            subject=int(vals["subject"]),
            line=sold.line,
            about=about,
            **facts,
        )

    def shared(self, of, total: Decimal, whole: bool) -> tuple[tuple[Goods, ...], tuple[Goods, ...]]:
        """The lines of an invoice or order as they come to `total`: what is sold, and what comes back with it.

        Negative lines are discounts; goods of a negative quantity come back, where the whole is settled.

        :raises CannotSettle: if the discounts exceed the lines
        """
        rows = of._fiscal_rows(self.register)
        back = [row for row in rows if whole and row.comes_back]
        rows = [row for row in rows if row not in back]
        given_back = tuple(self.goods(row, -row.amount) for row in back)
        total += sum((goods.amount for goods in given_back), ZERO)
        worth = sum((row.amount for row in rows), ZERO)
        scale = total / worth if whole and of._fiscal_foreign() and worth else Decimal(1)
        amounts = settle([money(row.amount * scale) for row in rows], [row.taxes for row in rows], total)
        goods = []
        for row, amount in zip(rows, amounts, strict=True):
            if row.amount >= 0 and (amount or (whole and self.takes_free_lines)):
                goods.append(self.goods(row, amount, whole, scale))
        return tuple(goods), given_back

    # === What money pays for ===

    def pays(self, part, share: Decimal, on_credit: bool, first=None) -> Iterator:
        """What `share` means for an invoice or order.

        :param part: `accounting.source.Settled`
        :param on_credit: a receipt has handed it over on credit
        :param first: the first receipt of the chain that goes on (`Capabilities.chains`)
        """
        claim = part.claim
        owed = max(min(part.owed + part.to_come, part.total), claim)
        settlement = "before" if part.downpaid else self.register.settlement
        if on_credit or (settlement == "after" and (first or not self.chains)) or self.left_before(part.source):
            yield CreditPaid(share, self.credit(part, share, owed, on_credit, first))
        elif settlement == "after":
            goods, back = self.shared(part.source, owed - claim + share, owed >= part.total)
            yield from self.leave(goods, back)
            if owed > claim:
                yield CreditGiven(owed - claim)
        elif settlement == "before" or claim < owed:
            yield self.prepays(part, share, owed, first)
        else:
            yield from self.handed_over(part, claim, claim - share, first)

    def left_before(self, source) -> bool:
        """Whether it was invoiced while its rate was in force, which is no more, and nothing of it was prepaid: so it
        has left then, and what comes now pays for it.
        """
        if self.chains or not source._fiscal_day() or source._fiscal_day() > OLD_RATES_UNTIL:
            return False
        rates = [self.vat(row.taxes) for row in source._fiscal_rows(self.register)]
        return any(vat and vat.legacy for vat in rates) and not source._fiscal_prepaid()

    def leave(self, goods, back) -> Iterator:
        for one in goods:
            yield HandedOver(one)
        for one in back:
            yield TakenBack(goods=one, line=one.line)

    def prepays(self, part, share: Decimal, owed: Decimal, first) -> Prepayment:
        """Money before the goods leave; they are shown with what is still to be paid for them."""
        receipt = first._registered() if first else None
        if part.claim >= part.total:
            goods, __ = self.shared(part.source, share, True)
            return Prepayment(share, goods, share, receipt=receipt)
        left = first._chain_left() if first else owed
        goods, __ = self.shared(part.source, max(left, share), not first and left >= part.total)
        return Prepayment(share, goods, part.total, receipt=receipt)

    def handed_over(self, part, claim: Decimal, off: Decimal, first=None) -> Iterator:
        """The goods leave at their full price; what receipts say was prepaid pays for them as well as `claim` does.

        What was paid without a receipt is on none.

        :param off: of the claim, what is not paid: an early payment discount, a write-off
        """
        source, worth = part.source, part.total + part.source._fiscal_deducted()
        prepaid = money(first.total) - first._chain_left() if first else source._fiscal_prepaid() + part.coming
        used = prepaid if first or source._fiscal_foreign() else max(min(prepaid, worth - claim), ZERO)
        whole = used + claim >= worth or (source._fiscal_foreign() and bool(used))
        goods, back = self.shared(source, used + claim - off, whole)
        yield from self.leave(goods, back)
        if used:
            yield PrepaymentUsed(used, receipt=first._registered() if first else None)

    def credit(self, part, share: Decimal, owed: Decimal, on_credit: bool, first) -> Registered:
        """The receipt that gave the credit, its rows with what is still to be paid of each."""
        if first:
            receipt, left = first._registered(), first._chain_left()
        elif on_credit:
            given = part.source._fiscal_receipts_of_its_own().filtered(lambda one: one._credit()).sorted("id")
            receipt, left = given[:1]._registered(), max(owed, share)
        else:
            left = share if part.claim >= part.total else max(owed, share)
            goods, __ = self.shared(part.source, left, left == share or owed >= part.total)
            return Registered(None, tuple(self.rules.sold(one) for one in goods))
        return replace(receipt, rows=self.reduced(receipt.rows, left))

    def credit_of(self, receipt, amount: Decimal, left: Decimal) -> CreditPaid:
        """Money for what `receipt` handed over on credit, `left` of which is still to be paid."""
        given = receipt._registered()
        return CreditPaid(amount, replace(given, rows=self.reduced(given.rows, left)))

    @staticmethod
    def reduced(rows, left: Decimal) -> tuple[Row, ...]:
        """`rows` with the amounts that are left of them; of a part there is neither quantity nor price."""
        whole = sum((row.amount for row in rows), ZERO)
        if whole == left:
            return tuple(rows)
        amounts = spread([row.amount for row in rows], left - whole)
        return tuple(
            replace(row, amount=amount, quantity=Decimal(1), price=None, measure=0)
            for row, amount in zip(rows, amounts, strict=True)
            if amount
        )

    def advance(self, amount: Decimal, vals: dict) -> Iterator:
        """Money that nothing stands behind: an advance, or paid for what left before and nobody has written down.

        :param vals: `name`, `full_name` of the line
        """
        about = {name: value for name, value in vals.items() if name != "name" and value}
        if self.register.settlement != "after" or self.chains:
            yield Prepayment(amount, name=vals["name"], about=about)
            return
        vat = self.register._compose_rules(advances=True).main_vat
        subject = int(self.register.payment_subject)
        row = Row(vals["name"], amount, vat, subject=subject, tax_system=self.rules.tax_system, about=about)
        yield CreditPaid(amount, Registered(None, (row,)))

    # === What goes back ===

    def returns(self, wanted, receipts) -> Iterator:
        """What comes back of `receipts`, each line from the row that sold it, at its rate and by its name.

        :param wanted: `(Goods or None, amount)`: a line of a credit note; or money of which nobody says what for
        :param receipts: `Registered`, those that are named first come first
        """
        places = [(receipt, row) for receipt in receipts for row in receipt.rows]
        left = {(receipt.ref, row.line): row.amount for receipt, row in places}
        for goods, amount in wanted:
            for receipt, row, share in self.shares_of(places, left, goods, amount):
                left[receipt.ref, row.line] -= share
                amount -= share
                yield self.taken(receipt, row, goods, share)
            if amount and not receipts:
                unknown = Goods(self.register.env._("Return"), amount, None)
                yield TakenBack(goods=replace(goods, amount=amount) if goods else unknown)

    def shares_of(self, places, left, goods, amount: Decimal) -> Iterator:
        """`(receipt, row, share)` of what comes back: of the rows that fit best; money alone is of all."""
        if goods:
            for receipt, row in sorted(places, key=lambda place: -self.fit(place[1], goods)):
                share = min(amount, left[receipt.ref, row.line])
                amount -= share
                if share > 0:
                    yield receipt, row, share
            return
        for receipt in dict.fromkeys(receipt.ref for receipt, __ in places):
            mine = [(one, row) for one, row in places if one.ref == receipt]
            whole = sum((left[receipt, row.line] for __, row in mine), ZERO)
            taken = min(amount, whole)
            amount -= taken
            shares = spread([left[receipt, row.line] for __, row in mine], taken - whole)
            yield from ((one, row, share) for (one, row), share in zip(mine, shares, strict=True) if share > 0)

    @staticmethod
    def fit(row: Row, goods: Goods) -> int:
        """How well the row of a receipt fits what comes back: by product, then by rate, then by name."""
        product = goods.about.get("product_id")
        same = bool(product and product == row.about.get("product_id"))
        return 4 * same + 2 * bool(goods.vat and goods.vat.code == row.vat.code) + (goods.name == row.name)

    @staticmethod
    def taken(receipt: Registered, row: Row, goods: Goods | None, amount: Decimal):
        if row.sign in MONEY_SIGNS:
            return PrepaymentReturned(replace(receipt, rows=(row,)), amount)
        if amount == row.amount:
            return TakenBack(receipt, row.line)
        if goods and goods.quantity <= row.quantity and money(row.amount * goods.quantity / row.quantity) == amount:
            return TakenBack(receipt, row.line, goods.quantity)
        return TakenBack(receipt, row.line, amount=amount)

    # === The event ===

    def event(self, what, means: dict, amount: Decimal, back: bool, **facts) -> Event:
        """:param means: values of `fiscal.document.payment` that say how `amount` is paid, or paid out"""
        about = {name: value for name, value in means.items() if name != "kind"}
        kind, what = means["kind"], list(what)
        if amount and kind == "credit":
            what.append(CreditCancelled(amount) if back else CreditGiven(amount))
        elif amount and kind == "prepayment":
            what.append(PrepaymentRestored(amount) if back else PrepaymentUsed(amount))
        elif amount:
            what.append(PaidOut(kind, amount, about) if back else Money(kind, amount, about))
        return Event(tuple(what), self.register.company_id.currency_id.name, **facts)
