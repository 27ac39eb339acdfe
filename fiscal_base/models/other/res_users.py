from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _fiscal_employee(self, company):
        """The employee of the user in `company`, as the cashier of a receipt."""
        return (
            self.env["hr.employee"]
            .sudo()
            .search_fetch(
                [("user_id", "in", self.ids), ("company_id", "=", company.id)],
                ["name", "company_id", "fiscal_cashier", "fiscal_tax_number"],
                limit=1,
            )
        )

    @api.model
    def _server_date_to_domain(self, domain):
        """Load the user every time: whether they may be a cashier depends on the employee, not the user record."""
        return domain

    @api.model
    def _load_pos_data_read(self, records, config):
        rows = super()._load_pos_data_read(records, config)
        if config.fiscal_register_id:
            for row in rows:
                user = self.browse(row["id"])
                employee = user._fiscal_employee(config.company_id)
                row["_fiscal_problem"] = employee._fiscal_problem(config.sudo().fiscal_register_id)
        return rows
