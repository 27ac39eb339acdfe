from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.fiscal_base.models.accounting.source import MADE, SALE, Sold
from odoo.addons.fiscal_base.tools.money import ZERO, money


class SaleOrder(models.Model):
    """A sales order: what the receipts of its payments say, and a receipt of its own where nobody paid it in Odoo."""

    _name = "sale.order"
    _inherit = ["sale.order", "fiscal.source", "fiscal.shown"]

    fiscal_document_ids = fields.Many2many(
        "fiscal.document",
        "fiscal_document_sale_order_rel",
        "order_id",
        "document_id",
        string="Fiscal documents",
        copy=False,
    )
    # === Sold at a till (the addon pos_sale, which need not be here) ===

    def _fiscal_till_lines(self):
        """Lines of sales at a till that are of these orders."""
        orders = self.sudo()
        lines = orders["pos_order_line_ids"] if "pos_order_line_ids" in self._fields else self.env["pos.order.line"]
        return lines.filtered(lambda line: line.order_id.state not in ("draft", "cancel"))

    def _fiscal_shown(self):
        return super()._fiscal_shown() | self._fiscal_till_lines().order_id.fiscal_document_ids

    # === As the source of lines ===

    def _fiscal_moves(self):
        return self.env["account.move"]

    def _fiscal_orders(self):
        return self

    def _fiscal_rate(self):
        """By what an amount of the order is divided to give one in the company's currency."""
        return self.currency_rate or 1

    def _fiscal_total(self):
        return abs(money(self.amount_total / self._fiscal_rate()))

    def _fiscal_owed(self, besides=None):
        """What is still to be paid, in the company's currency.

        :param besides: a payment or bank statement line that does not count
        """
        order = self.sudo()
        payments, entries = (
            sources - besides if besides and besides._name == sources._name else sources
            for sources in order._fiscal_payments()
        )
        paid = sum((abs(money(payment.amount_company_currency_signed)) for payment in payments), ZERO)
        paid += sum((abs(money(entry.amount_total_signed)) for entry in entries), ZERO)
        invoices = order.invoice_ids._fiscal_own_document().filtered(lambda document: document.state in MADE)
        written = order._fiscal_operations()
        noted = written.union(*(invoice._fiscal_noted_by() for invoice in order.invoice_ids))
        noted = noted.filtered(lambda document: document.operation == SALE) - written
        told = invoices | written | noted
        paid += sum((money(document.total) - document._offset() for document in told), ZERO)
        paid += sum((line._fiscal_amount() for line in order._fiscal_till_lines()), ZERO)
        return max(order._fiscal_total() - paid, ZERO)

    def _fiscal_rows(self, register):
        """Lines of the order as `Sold`, in the company's currency."""
        rate = self._fiscal_rate()
        lines = self.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        return [
            Sold(
                money(line.price_total / rate),
                line.tax_ids,
                register._sold_line(line, line.product_uom_qty, money(abs(line.price_total) / rate)),
                line.product_uom_qty < 0 < line.price_unit,
                str(line.id),
            )
            for line in lines
        ]

    def _fiscal_receipts_of_its_own(self):
        own = self._fiscal_own_document().filtered(lambda document: document.state in MADE)
        return own | self._fiscal_operations()

    def _fiscal_chained(self):
        """The receipts of payments of the order itself: online, by down payments, or at the book."""
        return self.sudo().fiscal_document_ids.filtered(
            lambda document: all(move._fiscal_downpaid_order() for move in document.move_ids)
        )

    def _fiscal_operations(self):
        """Sales of the operations book that name the order itself, not its invoices."""
        return self.sudo().fiscal_document_ids.filtered(
            lambda document: (
                document.operation == SALE
                and document.state in MADE
                and document.event.startswith("manual:")
                and not document.move_ids
            )
        )

    def _fiscal_returned_receipts(self):
        return self.env["fiscal.document"].sudo()

    # === As a source of its own ===

    def _fiscal_refusal(self):
        if "active" in self._fields and not self.active:
            return self.env._("The order is archived, so there is nothing to fiscalize.")
        if self.state == "cancel":
            return self.env._("The order is cancelled, so there is nothing to fiscalize.")
        if self.state != "sale":
            return self.env._("The quotation is not an order yet. Confirm it first.")
        return False

    def _fiscal_payments(self):
        """The sources behind what has been paid: online payments, and those of the invoices."""
        payments = self.sudo().transaction_ids.payment_id.filtered(lambda payment: not payment._fiscal_refusal())
        entries = self.env["account.bank.statement.line"].sudo()
        for invoice in self.sudo().invoice_ids.filtered(lambda move: move.state == "posted"):
            of_invoice = invoice._fiscal_payments()
            payments |= of_invoice[0]
            entries |= of_invoice[1]
        return payments, entries

    def _fiscal_vals(self, choice):
        """The receipt of what is still to be paid of the order, and of goods that leave after they were prepaid."""
        order = self.sudo()
        return order._fiscal_handed_over(choice, SALE, order._fiscal_owed())

    # === Frozen ===

    def _action_cancel(self):
        for order in self:
            own = order._fiscal_receipts_of_its_own()
            if own:
                raise UserError(
                    self.env._(
                        "The receipt “%(document)s” of order %(order)s has gone to the register. Return it first.",
                        document=own[0].display_name,
                        order=order.name,
                    )
                )
        return super()._action_cancel()
