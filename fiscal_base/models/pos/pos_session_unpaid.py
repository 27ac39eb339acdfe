from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..document.document import ALERT


class PosSession(models.Model):
    """Orders that have payments and are not paid: money was taken, and there is no receipt.

    An order that a till has paid while the server was away becomes a draft again when another device sends it.
    """

    _inherit = "pos.session"

    def _fiscal_paid_but_open(self):
        """Draft and cancelled orders of the session with money on them."""
        orders = self.sudo().order_ids.filtered(lambda order: order.state in ("draft", "cancel"))
        return orders.filtered(
            lambda order: order.config_id.fiscal_register_id and any(order.payment_ids.mapped("amount"))
        )

    def _fiscal_unpaid_words(self, orders):
        return self.env._(
            "These orders carry payments but are not paid in Odoo, so no receipt is made of them: %s. Open each at the "
            "till and finish its payment, or give the money back and delete its payments. Then close again.",
            ", ".join(order._fiscal_named_with_money() for order in orders),
        )

    def _fiscal_call_to_unpaid(self, orders):
        """Keep one call for the orders with money on them, and take it back when there are none."""
        called = self.sudo().activity_search([ALERT])
        if not orders:
            called.action_feedback(feedback=self.env._("Solved: every order with payments is paid."))
        elif called:
            called[0].note = plaintext2html(self._fiscal_unpaid_words(orders))
        else:
            responsible = self.config_id.sudo().fiscal_register_id._responsible()
            session = self.with_context(lang=responsible.lang)
            self.env["mail.activity"].sudo()._fiscal_call(
                self.sudo(),
                responsible,
                ALERT,
                session.env._("Paid order without a receipt"),
                plaintext2html(session._fiscal_unpaid_words(orders)),
            )

    def _cannot_close_session(self, bank_payment_method_diffs=None):
        """Name such orders before the session is closed. A cancelled order is named only once: it may be intended."""
        refusal = super()._cannot_close_session(bank_payment_method_diffs)
        orders = self._fiscal_paid_but_open()
        told = self.sudo().activity_search([ALERT])
        if self.state == "closed" or not orders or (told and "draft" not in orders.mapped("state")):
            return refusal
        self._fiscal_call_to_unpaid(orders)
        return {"successful": False, "message": self._fiscal_unpaid_words(orders), "redirect": False}

    def action_pos_session_closing_control(self, *args, **kwargs):
        """In the back office too, where Odoo tells no money on drafts and asks nobody about cancelled orders."""
        self.check_access("read")
        for session in self:
            orders = session._fiscal_paid_but_open()
            if "draft" in orders.mapped("state"):
                raise UserError(session._fiscal_unpaid_words(orders))
            if orders or session.sudo().activity_search([ALERT]):
                session._fiscal_call_to_unpaid(orders)
        return super().action_pos_session_closing_control(*args, **kwargs)


class PosOrder(models.Model):
    _inherit = "pos.order"

    @api.model
    def sync_from_ui(self, orders):
        """Call a person to a draft that is paid in full, and take the call back when it comes paid."""
        drafts = [data["uuid"] for data in orders if data.get("state") == "draft" and data.get("payment_ids")]
        again = [data["uuid"] for data in orders if data.get("state") != "draft" and isinstance(data.get("id"), int)]
        result = super().sync_from_ui(orders)
        if drafts or again:
            synced = self.sudo().search([("uuid", "in", drafts + again)])
            for session in synced.session_id:
                mine = synced.filtered(lambda order, session=session: order.session_id == session)
                mine._fiscal_look_for_unpaid(session)
        return result

    def _fiscal_look_for_unpaid(self, session):
        paid = self.filtered(lambda order: order.state == "draft")._fiscal_paid_in_full()
        if paid or session.activity_search([ALERT]):
            session._fiscal_call_to_unpaid(session._fiscal_paid_but_open())

    def _fiscal_paid_in_full(self):
        """Those whose payments come to their total, and that have a register."""
        return self.filtered(
            lambda order: (
                order.config_id.fiscal_register_id
                and order.payment_ids
                and order.currency_id.compare_amounts(sum(order.payment_ids.mapped("amount")), order.amount_total) >= 0
            )
        )

    def _fiscal_named_with_money(self):
        paid = self.currency_id.format(sum(self.payment_ids.mapped("amount")))
        return f"{self.pos_reference or self.name} ({paid})"
