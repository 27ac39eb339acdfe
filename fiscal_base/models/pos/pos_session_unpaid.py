from odoo import models
from odoo.tools import plaintext2html

from ..document.document import ALERT


class PosSession(models.Model):
    """Orders that have payments and are not paid: money was taken, and there is no receipt."""

    _inherit = "pos.session"

    def _fiscal_paid_but_open(self):
        """Draft and cancelled orders of the session with money on them."""
        orders = self.sudo().order_ids.filtered(lambda order: order.state in ("draft", "cancel"))
        return orders.filtered(
            lambda order: order.config_id.fiscal_register_id and any(order.payment_ids.mapped("amount"))
        )

    def _cannot_close_session(self, bank_payment_method_diffs=None):
        """Name such orders before the session is closed. A cancelled order is named only once: it may be intended."""
        refusal = super()._cannot_close_session(bank_payment_method_diffs)
        orders = self._fiscal_paid_but_open()
        told = self.sudo().activity_search([ALERT])
        if self.state == "closed" or not orders or (told and "draft" not in orders.mapped("state")):
            return refusal
        words = self.env._(
            "These orders carry payments but are not paid in Odoo, so no receipt is made of them: %s. Open each at the "
            "till and finish its payment, or give the money back and delete its payments. Then close again.",
            ", ".join(order._fiscal_named_with_money() for order in orders),
        )
        if not told:
            self.sudo().activity_schedule(
                ALERT,
                user_id=self.config_id.sudo().fiscal_register_id._responsible().id,
                summary=self.env._("Paid order without a receipt"),
                note=plaintext2html(words),
            )
        return {"successful": False, "message": words, "redirect": False}


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _fiscal_named_with_money(self):
        paid = self.currency_id.format(sum(self.payment_ids.mapped("amount")))
        return f"{self.pos_reference or self.name} ({paid})"
