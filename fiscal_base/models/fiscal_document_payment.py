from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import PAYMENT_KINDS
from ..tools.money import money
from ..tools.receipt import Payment
from .fiscal_document import engine_at_work


class FiscalDocumentPayment(models.Model):
    """A means of payment as it stands on the receipt: what was handed over, change not yet taken off."""

    _name = "fiscal.document.payment"
    _description = "Payment of a fiscal document"
    _order = "document_id, id"

    document_id = fields.Many2one("fiscal.document", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="document_id.company_id")
    currency_id = fields.Many2one(related="document_id.currency_id")
    kind = fields.Selection(PAYMENT_KINDS, required=True)
    name = fields.Char()
    code = fields.Char(help="Code of the means of payment in the service.")
    amount = fields.Monetary(required=True)
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

    @api.model_create_multi
    def create(self, vals_list):
        # the document first: it tells the currency in which the amounts after it are kept, without a query
        payments = super().create([{"document_id": vals.get("document_id"), **vals} for vals in vals_list])
        payments._check_frozen()
        return payments

    def write(self, vals):
        self._check_frozen()
        result = super().write(vals)
        if "document_id" in vals:
            self._check_frozen()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_frozen()

    def _check_frozen(self):
        if not engine_at_work(self.env) and any(payment.document_id.state != "draft" for payment in self):
            raise UserError(self.env._("What was fiscalized is frozen. Make a return or a correction instead."))
