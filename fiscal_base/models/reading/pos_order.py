"""An order of the point of sale, read into what it means: “Which Odoo thing is which meaning” in docs/composer.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cached_property

from ...compose.event import (
    Change,
    CreditCancelled,
    CreditGiven,
    Deposit,
    DepositReturned,
    Discount,
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
    Rounding,
    TakenBack,
    Tip,
)
from ...const import PAYMENT_KINDS
from ...tools.money import ZERO, money, quantity, settle

#: subject of a pledge, for a bottle for example (FFD tag 1212)
PLEDGE = "19"
#: loyalty programs whose points are money
MONEY_PROGRAMS = ("gift_card", "ewallet")
#: values of a line that `Goods` names itself
OF_GOODS = frozenset({"name", "quantity", "price", "subject", "method_sign", "measure", "marking_code"})


class OrderReader:
    """Reads one order, stored or not.

    :param order: a `pos.order`
    :param register: the register that is to make its receipts
    :param unpaid: what is still to be paid is taken as paid somehow: the order is asked about before its payment
    """

    def __init__(self, order, register, unpaid=False):
        self.order = order.sudo()
        self.register = register.sudo()
        self.unpaid = unpaid
        self._rates: dict = {}
        self._receipts: dict = {}

    def event(self) -> Event:
        what = [*self.given(), *self.paid()]
        if not any(getattr(meaning, "amount", ZERO) or self._costs(meaning) for meaning in what):
            what = []  # a gift without a sale is no settlement
        return Event(tuple(what), self.order.currency_id.name, contact=self.order.email or self.order.mobile or "")

    def rules(self, event: Event):
        """The rules for `event`; what only few events need is looked up for those."""
        advances = any(not meaning.goods for meaning in event.all(Prepayment))
        tips = [line for line in self.order.lines if self._is_tip(line)]
        vat = self.register._stated_vat(tips[0].tax_ids_after_fiscal_position) if tips else None
        return self.register._compose_rules(advances=advances, tip_vat=vat)

    @staticmethod
    def _costs(meaning) -> bool:
        return bool(
            isinstance(meaning, TakenBack | PrepaymentReturned)
            or (isinstance(meaning, HandedOver | Deposit | DepositReturned) and meaning.goods.amount)
        )

    # === The lines ===

    def given(self) -> Iterator:
        """What is sold and what comes back, in the order of the lines."""
        back = []
        for line in self.order.lines:
            if line.product_id.type == "combo" or not line.qty:
                continue  # the parts of a set are sold, not the set
            amount = line._fiscal_amount()
            if self._is_money(line):
                yield from self.pays(line, amount)
            elif self._is_advance(line):
                yield from self.advance(line, amount)
            elif line.qty < 0:
                back.append((line, -amount))
            elif amount < 0:
                yield Discount(-amount, self.vat(line.tax_ids_after_fiscal_position), self._ref(line))
            elif self._is_tip(line):
                yield Tip(amount, line.full_product_name or "", self._ref(line))
            else:
                goods = self.goods(line, amount)
                yield Deposit(goods) if line.product_id.fiscal_subject == PLEDGE else HandedOver(goods)
        yield from self.taken_back(back)

    def vat(self, taxes):
        """The rate of one line, looked up once for all lines with the same taxes."""
        key = tuple(taxes.ids)
        if key not in self._rates:
            self._rates[key] = self.register._vat(taxes)
        return self._rates[key]

    def goods(self, line, amount: Decimal, **changes) -> Goods:
        vals = line._fiscal_line_vals()
        taxes = line.tax_ids_after_fiscal_position
        facts = {
            "vat": self.vat(taxes),
            "quantity": quantity(vals["quantity"]),
            "price": money(vals["price"]),
            "subject": int(vals["subject"]),
            "measure": int(vals["measure"]),
            "marked": line.qty > 0 and line.product_id.fiscal_marking_required,
            "code": vals["marking_code"] or "",
            "line": self._ref(line),
            **changes,
        }
        about = {name: value for name, value in vals.items() if name not in OF_GOODS}
        about["tax_name"] = ", ".join(taxes.mapped("name"))
        return Goods(vals["name"], amount, about=about, **facts)

    def taken_back(self, lines) -> Iterator:
        """Goods of the order's original receipt; what was off them stands on it already, so its line says nothing.

        Goods that nobody can find a receipt of bear the rate of the order that sold them; where there is no such order,
        it is not known.
        """
        free = []
        for line, amount in lines:
            sold = line.refunded_orderline_id
            receipt, row = self.sold(sold) if sold else (None, None)
            if receipt and amount >= 0:
                yield TakenBack(receipt, row.line if row else "", abs(quantity(line.qty)), line=self._ref(line))
            elif not receipt:
                free.append((line, amount, self.vat(line.tax_ids_after_fiscal_position)))
        if not free:
            return
        total = sum((amount for __, amount, __ in free), ZERO)
        amounts = [amount for __, amount, __ in free]
        if total >= 0 and any(amount > 0 for amount in amounts):
            amounts = settle(amounts, [vat for __, __, vat in free], total)
        for (line, before, vat), amount in zip(free, amounts, strict=True):
            if before < 0:
                continue
            pledge = line.product_id.fiscal_subject == PLEDGE
            goods = self.goods(line, amount, vat=vat if line.refunded_orderline_id or pledge else None)
            yield DepositReturned(goods) if pledge else TakenBack(goods=goods, line=self._ref(line))

    # === Money at another time than its goods ===

    def advance(self, line, amount: Decimal) -> Iterator:
        """A gift card, a top-up, a down payment; or one that pays for the goods, or goes back."""
        refunded = line.refunded_orderline_id
        if refunded and amount >= 0:
            yield PrepaymentRestored(amount, self._ref(line))
        elif refunded:
            receipt, row = self.sold(refunded)
            if row:
                yield PrepaymentReturned(replace(receipt, rows=(row,)), -amount, self._ref(line))
            else:
                yield TakenBack(receipt or Registered(None), "", line=self._ref(line))
        elif amount < 0:
            receipt = self.prepaid(line)
            sold = bool(receipt and not receipt.chain and self._all_of(line, receipt))
            yield PrepaymentUsed(-amount, receipt=receipt, sold=sold, line=self._ref(line))
        else:
            goods = self.ordered(line)
            whole = sum((part.amount for part in goods), ZERO)
            first = self.prepaid(line)
            name = "" if goods else line.full_product_name or line.product_id.display_name
            yield Prepayment(amount, goods, whole, name, first if first and first.chain else None, self._ref(line))

    def pays(self, line, amount: Decimal) -> Iterator:
        """A gift card or a wallet pays, or gets its value back."""
        if amount < 0:
            yield PrepaymentUsed(-amount, "certificate", line=self._ref(line))
        elif amount:
            yield PrepaymentRestored(amount, self._ref(line))

    def ordered(self, line) -> tuple[Goods, ...]:
        """The goods of the sales order for which `line` takes a down payment."""
        if "sale_order_origin_id" not in line._fields or not line["sale_order_origin_id"]:
            return ()
        rows = line["sale_order_origin_id"].order_line.filtered(
            lambda row: not row.display_type and not row.is_downpayment and row.price_total > 0
        )
        goods = []
        for row in rows:
            vals = row.product_id._fiscal_line_vals()
            about = {name: value for name, value in vals.items() if name not in OF_GOODS}
            about["tax_name"] = ", ".join(row.tax_ids.mapped("name"))
            facts = {"subject": int(vals["subject"]), "measure": int(vals["measure"]), "line": self._ref(line)}
            count = quantity(row.product_uom_qty)
            amount = money(row.price_total)
            vat = self.vat(row.tax_ids)
            goods.append(Goods(vals["name"], amount, vat, count, money(amount / count), about=about, **facts))
        return tuple(goods)

    def prepaid(self, line) -> Registered | None:
        """The first receipt of a down payment for the same sales order, where the till has made one."""
        if "sale_order_origin_id" not in line._fields or not line["sale_order_origin_id"]:
            return None
        product = self.order.config_id.down_payment_product_id
        paid = line["sale_order_origin_id"].pos_order_line_ids.filtered(
            lambda other: other.product_id == product and other.qty > 0 and other.order_id != self.order
        )
        documents = paid.order_id.fiscal_document_ids.filtered(lambda one: one.operation == "sale").sorted("id")
        receipt = documents._to_return()
        return receipt._registered() if receipt else None

    def _all_of(self, line, receipt: Registered) -> bool:
        """Whether the receipt has sold everything that was ordered (`PrepaymentUsed.sold`)."""
        ordered = sum((goods.amount for goods in self.ordered(line)), ZERO)
        return sum((row.amount for row in receipt.rows), ZERO) >= ordered > 0

    # === The original ===

    @cached_property
    def originals(self):
        """The receipts of the order that is refunded."""
        refunded = self.order.lines.refunded_orderline_id.order_id
        return refunded.fiscal_document_ids.filtered(lambda document: document.operation == "sale").sorted("id")

    @cached_property
    def original(self):
        """The one among them that a return goes back to, as long as no line of it is known."""
        return self.originals._to_return()

    def sold(self, line) -> tuple[Registered | None, object]:
        """The receipt that has sold a line of an order, and its row there: `(None, None)` where there is no receipt."""
        if not self.original:
            return None, None
        alive = self.originals.filtered(lambda one: one.state == self.original.state or one.state != "cancelled")
        rows = alive.line_ids
        found = rows.filtered(lambda row: row.pos_line_id == line)[:1] or self._older(rows, line)
        document = found.document_id or self.original
        if document not in self._receipts:
            self._receipts[document] = document._registered(besides=self.order.fiscal_document_ids)
        receipt = self._receipts[document]
        return receipt, next((row for row in receipt.rows if row.line == str(found.id)), None)

    @staticmethod
    def _older(rows, line):
        """The row of a receipt that does not name the lines of its order: it has those above zero, in their order."""
        rows = rows.filtered(lambda row: not row.pos_line_id and row.product_id == line.product_id)
        same = line.order_id.lines.filtered(lambda other: other.product_id == line.product_id and other.qty > 0)
        same = same.filtered(lambda other: other._fiscal_amount() >= 0 and (other.price_unit or other._fiscal_amount()))
        place = list(same.ids).index(line.id) if line in same else 0
        return rows[place : place + 1] or rows[:1]

    # === Money ===

    def paid(self) -> Iterator:
        payments = [(payment, money(payment.amount)) for payment in self.order.payment_ids if payment.amount]
        moved = sum((amount for __, amount in payments), ZERO)
        total = money(self.order.amount_total)
        outward = moved < 0 or (not moved and total < 0)
        sums: dict = {}
        for payment, amount in payments:
            card = payment._fiscal_card_data()
            means = payment.payment_method_id, tuple(card.items())  # each card is a payment of its own
            if payment.is_change and not outward:
                means = "change"
            sums[means] = sums.get(means, ZERO) + amount
        change = -sums.pop("change", ZERO)
        for (method, card), amount in sums.items():
            if amount < 0 and not outward and method.fiscal_payment_kind != "credit":
                change -= amount
            elif amount:
                yield self.means(method, card, amount, outward)
        if change:
            yield Change(change)
        yield from self.difference(moved, total, outward)

    def means(self, method, card, amount: Decimal, outward: bool):
        kind = self.kind(method)
        about = {"name": method.name, "code": method._fiscal_payment_code(), "card_data": dict(card) or False}
        back = amount < 0
        if kind == "credit":
            return CreditCancelled(-amount) if back else CreditGiven(amount)
        if kind == "prepayment":
            return PrepaymentRestored(-amount) if back else PrepaymentUsed(amount)
        return PaidOut(kind, -amount, about) if back else Money(kind, amount, about)

    @staticmethod
    def kind(method) -> str:
        return method.fiscal_payment_kind if method.fiscal_payment_kind in dict(PAYMENT_KINDS) else "electronic"

    def difference(self, moved: Decimal, total: Decimal, outward: bool) -> Iterator:
        """What is paid more or less than the order costs: rounding; before the payment, what is still to be paid."""
        config = self.order.config_id
        rounds = config.cash_rounding
        step = money(config.rounding_method.rounding) if rounds else ZERO
        left = total - moved
        if not left:
            return
        if self.unpaid and abs(left) >= max(step, Decimal("0.01")) and (left < 0) == (total < 0):
            kind = "electronic" if "electronic" in self.register._capabilities().payment_kinds else "cash"
            yield PaidOut(kind, -left) if left < 0 else Money(kind, left)
        elif step:
            yield Rounding(left if outward else -left, step)

    # === What a line is ===

    @staticmethod
    def _ref(line) -> str:
        return line.uuid or f"line {line.id}"

    @property
    def sources(self) -> dict[str, int]:
        """The ids of the order's lines, by the names under which rows of receipts know them."""
        return {self._ref(line): line.id for line in self.order.lines}

    def _is_tip(self, line) -> bool:
        config = self.order.config_id
        return bool(line.product_id == config.tip_product_id and config.iface_tipproduct and line.qty > 0)

    def _is_money(self, line) -> bool:
        """A line by which a gift card or a wallet pays, or gets it back (pos_loyalty)."""
        if "is_reward_line" not in line._fields:
            return False
        rewards = (line | line.refunded_orderline_id).filtered("is_reward_line")["reward_id"]
        return any(program.program_type in MONEY_PROGRAMS for program in rewards.program_id)

    def _is_advance(self, line) -> bool:
        product = line.product_id
        if product.id in self._cards:
            return True
        config = self.order.config_id
        return bool("down_payment_product_id" in config._fields and product == config["down_payment_product_id"])

    @cached_property
    def _cards(self) -> frozenset[int]:
        """Products of the order that are gift cards or top-ups (pos_loyalty), which Odoo makes services."""
        env = self.order.env
        products = self.order.lines.product_id.filtered(lambda product: product.type == "service").ids
        if not products or "loyalty.rule" not in env:
            return frozenset()
        programs = [("program_id.program_type", "in", MONEY_PROGRAMS), ("product_ids", "in", products)]
        return frozenset(env["loyalty.rule"].sudo().search(programs).product_ids.ids) & frozenset(products)
