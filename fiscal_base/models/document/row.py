from odoo import api, fields, models
from odoo.exceptions import UserError

from .document import engine_at_work


class FiscalRow(models.AbstractModel):
    """A row of a fiscal document. Frozen with it."""

    _name = "fiscal.row"
    _description = "Row of a fiscal document"

    document_id = fields.Many2one("fiscal.document", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="document_id.company_id")
    currency_id = fields.Many2one(related="document_id.currency_id")

    @api.model_create_multi
    def create(self, vals_list):
        # the document first: it gives the currency of the amounts after it, without a query
        rows = super().create([{"document_id": vals.get("document_id"), **vals} for vals in vals_list])
        rows._check_frozen()
        return rows

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
        if engine_at_work(self.env):
            return
        self.document_id._check_own_draft()
        if any(row.document_id.state != "draft" for row in self):
            raise UserError(self.env._("What was fiscalized is frozen. Make a return or a correction instead."))
