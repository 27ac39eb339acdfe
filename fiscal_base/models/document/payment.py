from odoo import fields, models

from ...const import PAYMENT_KINDS
from ...fields import Kopecks
from ...tools.money import money
from ...tools.receipt import Payment


class FiscalDocumentPayment(models.Model):
    """A means of payment as it appears on the receipt: what was handed over, before change."""

    _name = "fiscal.document.payment"
    _inherit = "fiscal.row"
    _description = "Payment of a fiscal document"
    _order = "document_id, id"

    kind = fields.Selection(PAYMENT_KINDS, required=True)
    name = fields.Char()
    code = fields.Char(help="Code of the means of payment in the service.")
    amount = Kopecks(required=True)
    card_data = fields.Json(help="What the terminal told of the card; the keys are those of `tools.receipt.Payment`.")

    def _as_payment(self):
        """The payment as plain data."""
        self.ensure_one()
        return Payment(
            kind=self.kind,
            amount=money(self.amount),
            label=self.name or "",
            code=self.code or "",
            extra=self.card_data or {},
        )
