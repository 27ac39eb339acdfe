from odoo import models


class AccountPayment(models.Model):
    """Who and what stands behind a payment, for the text of its receipt line (`tools/receipt_text.py`)."""

    _inherit = "account.payment"

    def _details_contract(self):
        """Hook: the contract, subscription or order behind the payment, as `tools.receipt_text.Contract`, or None.

        A payment is either linked to a separate account of the customer, so to one contract, or it is not; then the
        contract is that of the paid invoices, or the only one that runs on the day of the payment.
        """
        self.ensure_one()
        return None

    def _details_orders(self):
        """Hook: names of the orders that are paid."""
        self.ensure_one()
        return []

    def _details_invoices(self):
        """The customer invoices and credit notes that are paid, also before the payment is matched with them."""
        self.ensure_one()
        return (self.reconciled_invoice_ids | self.invoice_ids).filtered(lambda move: move.is_sale_document())

    def _details_payers(self):
        """Who pays: the commercial entity of the invoices, else that of the payment."""
        return self._details_invoices().commercial_partner_id or self.partner_id.commercial_partner_id

    def _details_customers(self):
        """The persons served: the contact named in an invoice or, where that is the payer, the one it is shipped to."""
        customers = self.env["res.partner"]
        for invoice in self._details_invoices():
            customer, shipped_to = invoice.partner_id, invoice.partner_shipping_id
            if (
                customer == invoice.commercial_partner_id
                and shipped_to.name
                and shipped_to.type in ("contact", "other")
            ):
                customer = shipped_to
            customers |= customer
        if customers <= self._details_payers() and self.partner_id:
            return self.partner_id
        return customers
