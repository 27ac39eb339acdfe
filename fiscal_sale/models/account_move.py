from odoo import models


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

    def _fiscal_downpaid_order(self):
        """The order that the invoice is a down payment of and of nothing else, or none."""
        lines = self.sudo().invoice_line_ids.filtered(lambda line: line.display_type == "product")
        orders = self._fiscal_orders()
        downpayments = lines and all(line.is_downpayment for line in lines)
        return orders if downpayments and len(orders) == 1 else orders.browse()
