from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...compose import Problems, compose
from ...tools.money import money, quantity
from ...tools.text import one_line
from ..other.frozen import changed
from ..reading.pos_order import OrderReader
from ..reading.told import MADE

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
        """Leave the fiscal documents of the paid order in the outbox, in the same transaction. Never refuses.

        :returns: the documents, the return before the sale; none where there is nothing to fiscalize
        """
        self.ensure_one()
        documents = self.env["fiscal.document"]
        register = self.config_id.sudo().fiscal_register_id
        # The register of the point of sale, not of the session: an order of a closed session moves to another one.
        for vals in self._fiscal_vals(register) if register else ():
            documents |= register._enqueue(vals)
        return documents

    def _fiscal_vals(self, register):
        """Values of the fiscal documents: everything the receipts say, frozen now.

        What stands against them is told by their `problems`; an order of which no receipt can be composed leaves a
        document of what it says itself, and one that the program fails to read a document of its sum.
        """
        found = []
        failures = register._checked(lambda: found.extend(self._fiscal_read(register)) or [])
        if failures:
            bare = {**self._fiscal_common_vals(register), **self._fiscal_bare_vals()}
            return [{**bare, "problems": failures, "composed": False}]
        return found

    def _fiscal_read(self, register):
        """As `_fiscal_vals`, and raises what the program raises."""
        reader, receipts, problems = self._fiscal_composed(register)
        common = self._fiscal_common_vals(register)
        if problems:
            return [{**common, **self._fiscal_raw_vals(reader), "problems": problems, "composed": False}]
        cashier = self._fiscal_cashier_problems(register)
        events = self._fiscal_events(receipts)
        return [
            {
                **common,
                **self.env["fiscal.document"]._composed_vals(receipt, register, reader.sources),
                "event": event,
                "problems": cashier + self._fiscal_receipt_problems(receipt, register),
            }
            for receipt, event in zip(receipts, events, strict=True)
        ]

    def _fiscal_composed(self, register, unpaid=False):
        """What the order is on receipts of `register`: `(reader, receipts, sentences)`, the last why there are none."""
        reader = OrderReader(self, register, unpaid)
        if register._addon_is_missing():  # and nobody knows what it can do
            return reader, (), [register._missing_words]
        original = reader.original
        if problem := original and original._not_made():
            return reader, (), [*self._fiscal_cashier_problems(register), problem]
        event = reader.event()
        result = compose(event, reader.rules(event))
        if not isinstance(result, Problems):
            return reader, result, []
        sentences = self._fiscal_cashier_problems(register) + self.env["fiscal.document"]._sentences(result)
        return reader, (), sentences

    def _fiscal_cashier_problems(self, register):
        problem = self.sudo()._fiscal_employee()._fiscal_problem(register)
        return [problem] if problem else []

    def _fiscal_receipt_problems(self, receipt, register):
        """What stands against one of the composed receipts besides: of a return, what has been returned before."""
        if receipt.operation != "sale_return" or not receipt.original:
            return []
        if any(one.operation == receipt.operation and one.state in MADE for one in self.sudo().fiscal_document_ids):
            return []  # it is made already, and counts as returned
        Document = self.env["fiscal.document"]
        vals = Document._composed_vals(receipt, register)
        payments = [command[2] for command in vals["payment_ids"]]
        means = Document._summed(payments, receipt.change)
        original = Document.sudo().browse(receipt.original.ref)
        problem = Document._return_problem(original, money(vals["total"]) - receipt.rounding, means)
        return [problem] if problem else []

    def _fiscal_events(self, receipts):
        """The names of the receipts: `pos.order:<uuid>`, that of the return beside a sale ends in `:return`; a second
        one of its kind in `:2`.
        """
        both = len({receipt.operation for receipt in receipts}) > 1
        events, counts = [], {}
        for receipt in receipts:
            event = f"pos.order:{self.uuid}"
            if both and receipt.operation == "sale_return":
                event += ":return"
            counts[event] = counts.get(event, 0) + 1
            events.append(event if counts[event] == 1 else f"{event}:{counts[event]}")
        return events

    def _fiscal_common_vals(self, register):
        """What every receipt of the order says."""
        order = self.sudo()
        Document = self.env["fiscal.document"]
        return {
            "event": f"pos.order:{order.uuid}",
            "name": order.pos_reference or order.name,
            "date": order.date_order,
            "pos_order_id": order.id,
            "pos_session_id": order.session_id.id,
            **Document._cashier_vals(order._fiscal_employee() or register.employee_id),
            **Document._customer_vals(order.partner_id, order.email, order.mobile),
            "tax_system": order.company_id.fiscal_tax_system,
        }

    def _fiscal_raw_vals(self, reader):
        """What the order says itself, of which no receipt can be made: for people to see what is to be put right."""
        order = self.sudo()
        bare = self._fiscal_bare_vals()
        back = bare["operation"] == "sale_return"
        sign = -1 if back else 1
        lines = []
        for line in order.lines.filtered(lambda line: line.qty and line.product_id.type != "combo"):
            if (amount := sign * line._fiscal_amount()) < 0:
                continue
            goods = reader.goods(line, amount)
            vals = {**goods.about, "name": goods.name, "quantity": float(goods.quantity), "price": float(goods.price)}
            vals.update(reader.register._vat_vals(goods.vat, vals["tax_name"]) if goods.vat else {})
            lines.append(
                {
                    **vals,
                    "amount": float(goods.amount),
                    "subject": str(goods.subject),
                    "measure": str(goods.measure),
                    "marking_code": goods.code,
                }
            )
        kinds = {payment: reader.kind(payment.payment_method_id) for payment in order.payment_ids}
        return {
            **bare,
            "original_id": reader.original.id if back else False,
            "line_ids": [Command.create(line) for line in lines],
            "payment_ids": [
                Command.create(
                    {"kind": kind, "name": payment.payment_method_id.name, "amount": float(sign * payment.amount)}
                )
                for payment, kind in kinds.items()
                if payment.amount
            ],
        }

    def _fiscal_bare_vals(self):
        """Whether the order sells or takes back, and the sum."""
        order = self.sudo()
        back = order.amount_paid < 0 or (order.is_refund and order.amount_total <= 0)
        return {
            "operation": "sale_return" if back else "sale",
            "total": float(money(-order.amount_paid if back else order.amount_paid)),
        }

    def _fiscal_employee(self):
        """The cashier: who was logged in at the till, else the employee of its user."""
        self.ensure_one()
        if self.employee_id:
            return self.employee_id
        if self.source and self.source != "pos":
            return self.config_id.sudo().fiscal_register_id.employee_id
        return self.user_id._fiscal_employee(self.company_id)

    @api.model
    def _fiscal_tax_vals(self, code):
        return {"tax_code": code[0], "tax_name": code[1], "tax_rate": code[2], "without_tax": code[3]}

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
