from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...const import PAYMENT_KINDS
from ...tools.money import ZERO, CannotSettle, money, quantity, settle
from ...tools.text import one_line
from ..other.frozen import changed

#: what a receipt was made from; changing any of it would make the receipt a lie. `uuid` names its business event
FROZEN = frozenset(
    {
        *("lines", "payment_ids", "amount_total", "amount_paid", "amount_return", "amount_tax"),
        *("uuid", "date_order", "employee_id", "user_id", "session_id", "company_id"),
    }
)
FROZEN_LINE = frozenset(
    {
        *("order_id", "product_id", "full_product_name", "qty", "price_unit", "discount", "tax_ids"),
        *("price_subtotal", "price_subtotal_incl", "refunded_orderline_id", "fiscal_marking_code", "uuid"),
        *("pack_lot_ids", "combo_parent_id", "combo_line_ids"),
    }
)
FROZEN_PAYMENT = frozenset({"pos_order_id", "amount", "payment_method_id", "is_change", "uuid"})


class PosOrder(models.Model):
    _inherit = "pos.order"

    fiscal_document_ids = fields.One2many("fiscal.document", "pos_order_id", string="Fiscal documents")
    fiscal_receipts = fields.Json(compute="_compute_fiscal_receipts", compute_sudo=True)
    fiscal_state = fields.Selection(related="fiscal_document_ids.state", string="Fiscal")

    @api.depends("fiscal_document_ids.state")
    def _compute_fiscal_receipts(self):
        for order in self:
            order.fiscal_receipts = order._fiscal_receipts()

    def _fiscal_receipts(self):
        """The receipts of the order as the till shows them."""
        documents = self.fiscal_document_ids.filtered(lambda document: document.state != "cancelled")
        return [document._till_receipt() for document in documents]

    # === Into the outbox ===

    @api.model
    def sync_from_ui(self, orders):
        return super(PosOrder, self.with_context(fiscal_till=True)).sync_from_ui(orders)

    def action_pos_order_paid(self):
        result = super().action_pos_order_paid()
        if not self.sudo().fiscal_document_ids:  # a receipt that was given up is not made anew by a second call
            self._fiscal_enqueue()
        return result

    def _fiscal_enqueue(self):
        """Leave the fiscal document of the paid order in the outbox, in the same transaction. Never refuses.

        :returns: the document, none where there is nothing to fiscalize
        """
        self.ensure_one()
        register = self.config_id.sudo().fiscal_register_id
        # The register of the point of sale, not of the session: an order of a closed session moves to another one.
        if not register or (not self.amount_paid and not self.payment_ids):
            return self.env["fiscal.document"]
        return register._enqueue(self._fiscal_vals(register))

    def _fiscal_vals(self, register):
        """Values of the fiscal document: everything the receipt says, frozen now."""
        order = self.sudo()
        sign = -1 if order.amount_paid < 0 or (order.is_refund and order.amount_total <= 0) else 1
        operation = "sale" if sign > 0 else "sale_return"
        employee = order._fiscal_employee()
        problems = [problem] if (problem := employee._fiscal_problem(register)) else []
        total = money(sign * order.amount_paid)
        rounding = ZERO
        if order.config_id.cash_rounding and register._capabilities().rounding:
            rounding = money(sign * (order.amount_paid - order.amount_total))
        payments, change = order._fiscal_payments(sign)
        originals = order.lines.refunded_orderline_id.order_id.fiscal_document_ids
        original = originals.filtered(lambda document: document.operation == "sale")._to_return()
        if operation == "sale_return":
            if original and original._chain():  # what was not paid yet is not given back
                total -= sum((money(row["amount"]) for row in payments if row["kind"] == "credit"), ZERO)
                payments = [row for row in payments if row["kind"] != "credit"]
            means = self.env["fiscal.document"]._summed(payments, change)
            if problem := self.env["fiscal.document"]._return_problem(original, total, means):
                problems.append(problem)
        lines, line_problems = order._fiscal_lines(register, operation, sign, total - rounding)
        for line in lines:
            line["method_sign"] = self._fiscal_method_sign(payments, total)
        return {
            "operation": operation,
            "event": f"pos.order:{order.uuid}",
            "name": order.pos_reference or order.name,
            "date": order.date_order,
            "pos_order_id": order.id,
            "pos_session_id": order.session_id.id,
            "original_id": original.id,
            **self.env["fiscal.document"]._cashier_vals(employee or register.employee_id),
            **self.env["fiscal.document"]._customer_vals(order.partner_id, order.email, order.mobile),
            "tax_system": order.company_id.fiscal_tax_system,
            "line_ids": [Command.create(line) for line in lines],
            "payment_ids": [Command.create(payment) for payment in payments],
            "total": float(total),
            "change": float(change),
            "rounding": float(rounding),
            "problems": problems + line_problems,
        }

    def _fiscal_employee(self):
        """The cashier: who was logged in at the till, else the employee of its user."""
        self.ensure_one()
        if self.employee_id:
            return self.employee_id
        if self.source and self.source != "pos":
            return self.config_id.sudo().fiscal_register_id.employee_id
        return self.user_id._fiscal_employee(self.company_id)

    def _fiscal_lines(self, register, operation, sign, total):
        """Lines of the receipt, each to the kopeck, together `total`.

        :returns: `(values of fiscal.document.line, problems)`
        """
        problems, rows = [], []
        for line in self.lines:
            amount = sign * line._fiscal_amount()
            taxes = line.tax_ids_after_fiscal_position
            if amount < 0 and sign * line.qty < 0:
                problems.append(
                    self.env._(
                        "The order both sells and takes back goods (“%s”). These are two receipts: "
                        "make the return an order of its own.",
                        line.full_product_name or line.product_id.name,
                    )
                )
            rows.append((line, amount, taxes))
        try:
            amounts = settle([amount for __, amount, __ in rows], [taxes for __, __, taxes in rows], total)
        except CannotSettle:
            problems.append(self.env._("The discounts of the order exceed its lines."))
            amounts = [max(amount, ZERO) for __, amount, __ in rows]
        lines = []
        for (line, before, taxes), amount in zip(rows, amounts, strict=True):
            if before < 0 or not (before or line.price_unit):
                continue
            code = register._tax_code(taxes)
            if problem := register._tax_problem(taxes, code, operation):
                problems.append(problem)
                code = ("", ", ".join(taxes.mapped("name")), 0, False, False)
            if operation == "sale" and line.product_id.fiscal_marking_required and not line.fiscal_marking_code:
                problems.append(
                    self.env._(
                        "“%s” needs the marking code of the piece that is sold. Scan it.", line.full_product_name
                    )
                )
            lines.append({**line._fiscal_line_vals(), "amount": float(amount), **self._fiscal_tax_vals(code)})
        return lines, list(dict.fromkeys(problems))

    @api.model
    def _fiscal_method_sign(self, payments, total):
        """Payment method sign of a sale at the till (FFD tag 1214): paid in full, in part, or handed over on credit."""
        credit = sum((money(payment["amount"]) for payment in payments if payment["kind"] == "credit"), ZERO)
        if not credit:
            return "4"
        return "6" if credit == total else "5"

    @api.model
    def _fiscal_tax_vals(self, code):
        return {"tax_code": code[0], "tax_name": code[1], "tax_rate": code[2], "without_tax": code[3]}

    def _fiscal_payments(self, sign):
        """`(values of fiscal.document.payment, change)`: what was handed over by method, and what was given back."""
        sums, change = {}, ZERO
        for payment in self.payment_ids:
            amount = money(sign * payment.amount)
            if payment.is_change or amount < 0:
                change -= amount
            else:
                card = payment._fiscal_card_data()
                means = payment.payment_method_id, tuple(card.items())  # each card is a payment of its own
                sums[means] = sums.get(means, ZERO) + amount
        kinds = dict(PAYMENT_KINDS)
        return [
            {
                "kind": method.fiscal_payment_kind if method.fiscal_payment_kind in kinds else "electronic",
                "name": method.name,
                "code": method._fiscal_payment_code(),
                "amount": float(amount),
                "card_data": dict(card) or False,
            }
            for (method, card), amount in sums.items()
            if amount
        ], change

    # === Frozen ===

    def write(self, vals):
        if FROZEN & vals.keys():
            self.filtered(lambda order: changed(order, vals, FROZEN))._fiscal_check_frozen()
        return super().write(vals)

    def _fiscal_check_frozen(self):
        """Refuse a change of what a receipt was made from."""
        for order in self:
            if order.sudo().fiscal_document_ids.filtered(lambda document: document.state != "cancelled"):
                raise UserError(
                    self.env._(
                        "The receipt of order %s has gone to the register, so its lines and payments stay as they are. "
                        "Refund the order instead.",
                        order.pos_reference or order.name,
                    )
                )

    def action_fiscal_documents(self):
        self.ensure_one()
        return self.env["fiscal.document"]._list_action("pos_order_id", self)


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    fiscal_marking_code = fields.Char(
        string="Marking code", help="As scanned at the till, with its group separators (FFD tag 2000)."
    )

    def _fiscal_amount(self):
        """What the line adds to the order, taxes included; negative for goods taken back and for discounts.

        Odoo's till sends the subtotals of a refund as positive numbers, its server makes negative ones: the sign is
        that of quantity × price.
        """
        amount = abs(money(self.price_subtotal_incl))
        return -amount if self.qty * self.price_unit < 0 else amount

    def _fiscal_line_vals(self):
        """What the receipt says of the line besides its amount and tax."""
        self.ensure_one()
        product = self.product_id
        count = abs(quantity(self.qty))
        price = money(self.price_unit)
        full = money(abs(self.price_subtotal_incl))
        if self.discount and self.discount < 100:
            full = money(abs(self.price_subtotal_incl) / (1 - self.discount / 100))
        if count and money(price * count) != full:
            # taxes come on top of the price, or a discount does: the unit price that belongs to the full amount
            taxed = self.tax_ids_after_fiscal_position.filtered(lambda tax: not tax.price_include)
            if taxed or not self.discount:
                price = money(full / count)
        return {
            **product._fiscal_line_vals(),
            "name": one_line(self.full_product_name or product.display_name),
            "quantity": float(count),
            "price": float(abs(price)),
            "marking_code": self.fiscal_marking_code or self.refunded_orderline_id.fiscal_marking_code,
        }

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "fiscal_marking_code"]

    @api.model_create_multi
    def create(self, vals_list):
        self.env["pos.order"].browse({vals.get("order_id") for vals in vals_list} - {None})._fiscal_check_frozen()
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN_LINE & vals.keys():
            changing = self.filtered(lambda line: changed(line, vals, FROZEN_LINE))
            orders = changing.order_id
            if changing and vals.get("order_id"):
                orders |= orders.browse(vals["order_id"])
            orders._fiscal_check_frozen()
        return super().write(vals)

    def unlink(self):
        self.order_id._fiscal_check_frozen()
        return super().unlink()


class PosPayment(models.Model):
    _inherit = "pos.payment"

    def _fiscal_card_data(self):
        """What the terminal told of the card, by the names of `tools.receipt.Payment`; empty for other payments."""
        card = {
            "card_mask": self.card_no,
            "card_system": self.card_brand,
            "rrn": self.payment_ref_no,
            "auth_code": self.payment_method_authcode,
            "transaction_id": self.transaction_id,
            "acquirer": self.payment_method_issuer_bank,
        }
        return {name: value for name, value in card.items() if value}

    @api.model_create_multi
    def create(self, vals_list):
        self.env["pos.order"].browse({vals.get("pos_order_id") for vals in vals_list} - {None})._fiscal_check_frozen()
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN_PAYMENT & vals.keys():
            changing = self.filtered(lambda payment: changed(payment, vals, FROZEN_PAYMENT))
            orders = changing.pos_order_id
            if changing and vals.get("pos_order_id"):
                orders |= orders.browse(vals["pos_order_id"])
            orders._fiscal_check_frozen()
        return super().write(vals)

    def unlink(self):
        self.pos_order_id._fiscal_check_frozen()
        return super().unlink()


class PosPackOperationLot(models.Model):
    _inherit = "pos.pack.operation.lot"

    @api.model_create_multi
    def create(self, vals_list):
        lots = super().create(vals_list)
        lots.pos_order_line_id.order_id._fiscal_check_frozen()
        return lots

    def write(self, vals):
        names = {"pos_order_line_id", "lot_name", "product_id", "order_id"}
        changing = self.filtered(lambda lot: changed(lot, vals, names))
        changing.pos_order_line_id.order_id._fiscal_check_frozen()
        result = super().write(vals)
        changing.pos_order_line_id.order_id._fiscal_check_frozen()
        return result

    def unlink(self):
        self.pos_order_line_id.order_id._fiscal_check_frozen()
        return super().unlink()
