from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _fiscal_documents(self):
        """Fiscal documents that were made of these entries."""
        documents = self.sudo().pos_order_ids.fiscal_document_ids
        return documents.filtered(lambda document: document.state not in ("draft", "cancelled"))

    def _fiscal_check_frozen(self):
        documents = self._fiscal_documents()
        if documents:
            raise UserError(
                self.env._(
                    "The receipt “%s” has gone to the register, so what it was made of stays. "
                    "Make a return or a correction instead.",
                    documents[0].display_name,
                )
            )

    def button_draft(self):
        self._fiscal_check_frozen()
        return super().button_draft()

    def button_cancel(self):
        self._fiscal_check_frozen()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fiscalized(self):
        self._fiscal_check_frozen()
