from odoo import fields, models
from odoo.exceptions import UserError


class FiscalDocument(models.Model):
    _inherit = "fiscal.document"

    kkm_server_can_copy = fields.Boolean(string="Can be printed again", compute="_compute_kkm_server_can_copy")

    def _compute_kkm_server_can_copy(self):
        for document in self:
            document.kkm_server_can_copy = (
                document.state == "done"
                and document.register_id.provider == "kkm_server"
                and (document.fiscal_number or "").isdecimal()
            )

    def action_kkm_server_copy(self):
        """Print the document again from the fiscal storage; the copy is no fiscal document."""
        self.ensure_one()
        if not self.kkm_server_can_copy:
            raise UserError(self.env._("Only what a register behind KKM Server has registered can be printed again."))
        return self.register_id._kkm_server_by_hand("copy", number=int(self.fiscal_number))
