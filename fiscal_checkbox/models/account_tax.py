from odoo import api, models


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _checkbox_rate(self):
        """Percent of the price without tax; for a group, the sum of its taxes."""
        self.ensure_one()
        if self.amount_type == "group":
            return sum(tax._checkbox_rate() for tax in self.children_tax_ids)
        if self.amount_type == "division":
            return 100 * self.amount / (100 - self.amount) if self.amount < 100 else 0.0
        return self.amount if self.amount_type == "percent" else 0.0

    @api.constrains("amount", "amount_type", "children_tax_ids")
    def _check_checkbox_rate(self):
        self.env["fiscal.tax.mapping"].sudo().search([("tax_id", "in", self.ids)])._check_checkbox_rate()
