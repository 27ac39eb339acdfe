from odoo import models

from odoo.addons.fiscal_base.models.accounting.source import Settled
from odoo.addons.fiscal_base.tools.money import ZERO
from odoo.addons.fiscal_base.tools.receipt_text import Contract


class AccountPayment(models.Model):
    """Online payments: they know their orders, their card and what they give back."""

    _inherit = "account.payment"

    def _fiscal_preset(self):
        if self.payment_type == "inbound" and self._fiscal_online_orders():
            return self.fiscal_register_id.sudo().print_order
        return super()._fiscal_preset()

    def _fiscal_online_orders(self):
        return self.sudo().payment_transaction_id.sale_order_ids

    def _fiscal_settled(self, paid):
        """An order that was paid before it has an invoice is settled itself."""
        settled = super()._fiscal_settled(paid)
        left = paid - sum((part.claim for part in settled), ZERO)
        invoiced = self.env["sale.order"].union(*(part.source._fiscal_orders() for part in settled))
        orders = self._fiscal_online_orders() - invoiced
        if self.payment_type != "inbound":
            return settled
        for order in orders.filtered(lambda order: order.state != "cancel"):
            total = order._fiscal_total()
            owed = min(total, order._fiscal_owed(besides=self))
            claim = min(owed, left)
            if claim > 0:
                settled.append(Settled(order, claim, owed, total))
                left -= claim
        return settled

    def _fiscal_means(self, register):
        """With what the payment provider tells of the card."""
        means = super()._fiscal_means(register)
        transaction = self.sudo().payment_transaction_id
        card = {
            "card_mask": transaction.token_id.payment_details,
            "card_system": transaction.payment_method_id.name,
            "transaction_id": transaction.provider_reference,
            "acquirer": transaction.provider_id.name,
        }
        card = {name: value for name, value in card.items() if value}
        return {**means, "card_data": card} if card else means

    def _fiscal_source_payment(self):
        return self.sudo().source_payment_id or super()._fiscal_source_payment()

    def _fiscal_paid_orders(self):
        """The orders that are paid, online or by their invoices."""
        return self._fiscal_online_orders() | self._details_invoices()._fiscal_orders()

    def _details_orders(self):
        return [*super()._details_orders(), *self._fiscal_paid_orders().mapped("name")]

    def _details_contract(self):
        """Where no contract stands behind the payment, its orders do."""
        contract = super()._details_contract()
        orders = self._fiscal_paid_orders()
        if contract or not orders:
            return contract
        lines = orders.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        ends = [order.commitment_date for order in orders]
        return Contract(
            name=", ".join(orders.mapped("name")),
            subjects=tuple(dict.fromkeys(line.product_id.name or line.name for line in lines)),
            begin=min(order.date_order for order in orders).date(),
            end=max(ends).date() if all(ends) else None,
        )
