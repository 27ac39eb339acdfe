from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """Odoo's own e-mail of an invoice carries its registered receipts."""

    _inherit = "account.move.send"

    @api.model
    def _get_invoice_extra_attachments(self, move):
        attachments = super()._get_invoice_extra_attachments(move)
        if not self.env["fiscal.register"]._serve(move.company_id):
            return attachments
        receipts = move.sudo()._fiscal_shown()._receipt_attachments()
        return attachments | receipts if receipts else attachments
