from odoo import models
from odoo.fields import Command


class FiscalSource(models.AbstractModel):
    _inherit = "fiscal.source"

    def _fiscal_more_vals(self, sources):
        """The orders behind what is paid, so that they show the receipt too."""
        orders = self.env["sale.order"].sudo().union(*(source._fiscal_orders() for source in sources))
        vals = super()._fiscal_more_vals(sources)
        return {**vals, "sale_order_ids": [Command.set(orders.ids)]} if orders else vals
