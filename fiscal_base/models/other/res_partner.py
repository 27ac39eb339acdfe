from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    fiscal_agree_email = fields.Boolean(
        string="Agrees to receive e-mail", help="Fiscal receipts may be sent to this address."
    )
    fiscal_agree_sms = fields.Boolean(
        string="Agrees to receive SMS", help="Fiscal receipts may be sent to this phone by SMS, Viber and the like."
    )
    fiscal_count = fields.Integer(string="Receipts", compute="_compute_fiscal_count", compute_sudo=True)

    def _compute_fiscal_count(self):
        groups = self.env["fiscal.document"]._read_group(
            [("partner_id", "in", self.ids), ("company_id", "in", self.env.companies.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.fiscal_count = counts.get(partner.id, 0)

    def action_fiscal_documents(self):
        """Open the receipts of the customer."""
        self.ensure_one()
        return self.env["fiscal.document"]._list_action("partner_id", self)
