from odoo import models

from odoo.addons.fiscal_base.tools.money import ZERO, money


class AccountMove(models.Model):
    _inherit = "account.move"

    def _fiscal_orders(self):
        """The sales orders that the invoice is of."""
        return self.sudo().line_ids.sale_line_ids.order_id

    def _fiscal_receipts_of_its_own(self):
        """A receipt of the order itself speaks of its invoices too."""
        orders = self._fiscal_orders()
        return super()._fiscal_receipts_of_its_own() | orders._fiscal_receipts_of_its_own()

    def _fiscal_chained(self):
        """A prepayment of the order counts for its invoices too."""
        return super()._fiscal_chained() | self._fiscal_orders()._fiscal_chained()

    def _fiscal_sold_lines(self):
        """What a final invoice takes off for its down payments is no goods."""
        lines = super()._fiscal_sold_lines()
        return lines if self._fiscal_downpaid_order() else lines.filtered(lambda line: not line.is_downpayment)

    def _fiscal_deducted(self):
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        lines -= self._fiscal_sold_lines()
        rate = abs(self.amount_total_signed / self.amount_total) if self.amount_total else 1
        return super()._fiscal_deducted() - sum((money(line.price_total * rate) for line in lines), ZERO)

    def _fiscal_downpaid_order(self):
        """The order that the invoice is a down payment of and of nothing else, or none."""
        lines = self.sudo().invoice_line_ids.filtered(lambda line: line.display_type == "product")
        orders = self._fiscal_orders()
        downpayments = lines and all(line.is_downpayment for line in lines)
        return orders if downpayments and len(orders) == 1 else orders.browse()
