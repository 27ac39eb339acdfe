from odoo import models

from odoo.addons.fiscal_base.models.accounting.source import MADE, SALE
from odoo.addons.fiscal_base.tools.money import ZERO


class PosOrder(models.Model):
    """A sale at the till that settles sales orders (the addon pos_sale, which need not be here)."""

    _inherit = "pos.order"

    def _fiscal_receipt_problems(self, receipt, register):
        problems = super()._fiscal_receipt_problems(receipt, register)
        return problems + self._fiscal_settled_elsewhere() if receipt.operation == SALE else problems

    def _fiscal_settled_elsewhere(self):
        """A sentence for each sales order whose goods or money are on other receipts already."""
        lines = self.sudo().lines
        if "sale_order_origin_id" not in lines._fields:
            return []
        problems = []
        for order in lines["sale_order_origin_id"]:
            receipts = order.fiscal_document_ids | order._fiscal_receipts_of_its_own()
            receipts = receipts.filtered(lambda one: one.operation == SALE and one.state in MADE)
            told = sum((one._left_to_return() for one in receipts), ZERO)
            mine = lines.filtered(lambda line, order=order: line["sale_order_origin_id"] == order)
            if told and told + sum((line._fiscal_amount() for line in mine), ZERO) > order._fiscal_total():
                problems.append(
                    self.env._(
                        "%(told)s of order %(order)s is on the receipt “%(document)s” already. Refund this sale at the "
                        "till and pay the order or its invoice in accounting; or return that receipt, and send this "
                        "one again.",
                        told=told,
                        order=order.name,
                        document=receipts[0].display_name,
                    )
                )
        return problems
