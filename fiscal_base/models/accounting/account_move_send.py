from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """Odoo's own e-mail of an invoice carries its registered receipts. They are made when it is sent, not before."""

    _inherit = "account.move.send"

    @api.model
    def _fiscal_receipts(self, move):
        if not self.env["fiscal.register"]._serve(move.company_id):
            return self.env["fiscal.document"]
        return move.sudo()._fiscal_shown().filtered("can_send")

    @api.model
    def _get_placeholder_mail_attachments_data(self, move, invoice_edi_format=None, extra_edis=None, pdf_report=None):
        placeholders = super()._get_placeholder_mail_attachments_data(
            move, invoice_edi_format=invoice_edi_format, extra_edis=extra_edis, pdf_report=pdf_report
        )
        for document in self._fiscal_receipts(move):
            name, mimetype = document._receipt_file_name()
            placeholders.append({"id": f"placeholder_{name}", "name": name, "mimetype": mimetype, "placeholder": True})
        return placeholders

    @api.model
    def _get_mail_params(self, move, move_data):
        params = super()._get_mail_params(move, move_data)
        receipts = self._fiscal_receipts(move)
        if receipts:
            files = [(file.name, file.raw) for file in receipts._receipt_attachments()]
            params["attachments"] = [*params["attachments"], *files]
        return params
