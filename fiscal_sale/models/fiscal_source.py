from dataclasses import replace

from odoo import models
from odoo.fields import Command


class FiscalSource(models.AbstractModel):
    _inherit = "fiscal.source"

    def _fiscal_more_vals(self, sources):
        """The orders behind what is paid, so that they show the receipt too."""
        orders = self.env["sale.order"].sudo().union(*(source._fiscal_orders() for source in sources))
        vals = super()._fiscal_more_vals(sources)
        return {**vals, "sale_order_ids": [Command.set(orders.ids)]} if orders else vals

    def _fiscal_whole(self, part):
        """A down payment is a part payment of its order."""
        order = part.source._name == "account.move" and part.source._fiscal_downpaid_order()
        if not order:
            return super()._fiscal_whole(part)
        total = order._fiscal_total()
        owed = min(total, max(order._fiscal_owed(besides=self), part.claim))
        return replace(part, source=order, owed=owed, total=total, downpaid=True)
