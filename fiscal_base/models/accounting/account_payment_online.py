from odoo import api, models


class AccountPayment(models.Model):
    """Online payments of orders of a till, of addons that need not be here, and the money that goes back of them."""

    _inherit = "account.payment"

    def _fiscal_till_order(self):
        """The order of the till that this online payment pays, or gives money back of."""
        Order = self.env["pos.order"].sudo()
        transaction = self.sudo()["payment_transaction_id"] if "payment_transaction_id" in self._fields else None
        if not transaction or "pos_order_id" not in transaction._fields:
            return Order
        return transaction["pos_order_id"] or transaction["source_transaction_id"]["pos_order_id"]

    def _fiscal_of_till(self):
        """What comes in is on the receipt of the order; what goes back is registered as a return of that."""
        return super()._fiscal_of_till() or (self.payment_type == "inbound" and bool(self._fiscal_till_order()))

    @api.depends("journal_id", "partner_type")
    def _compute_fiscal_register_id(self):
        result = super()._compute_fiscal_register_id()
        for payment in self.filtered(lambda one: one.payment_type == "outbound" and not one.fiscal_register_id):
            if payment._fiscal_of_customer() and (order := payment._fiscal_till_order()):
                payment.fiscal_register_id = order.config_id.fiscal_register_id
        return result

    def _fiscal_returned_receipts(self):
        """The receipts of what this payment gives back."""
        return self._fiscal_source_payment()._fiscal_shown() | self._fiscal_till_order().fiscal_document_ids
