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
