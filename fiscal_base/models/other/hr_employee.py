from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.tax_number import PERSON, person_number


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    fiscal_cashier = fields.Boolean(
        string="May work with the cash register",
        groups="hr.group_hr_user",
        tracking=True,
        help="Only such an employee is named as the cashier of a fiscal receipt.",
    )
    fiscal_tax_number = fields.Char(
        string="Cashier's tax number",
        groups="hr.group_hr_user",
        help="ИНН of 12 digits (FFD tag 1203) or РНОКПП of 10 digits.",
    )

    fiscal_document_count = fields.Integer(
        string="Receipts", compute="_compute_fiscal_document_count", groups="hr.group_hr_user"
    )

    def _compute_fiscal_document_count(self):
        groups = (
            self.env["fiscal.document"]
            .sudo()
            ._read_group([("employee_id", "in", self.ids)], ["employee_id"], ["__count"])
        )
        counts = {employee.id: count for employee, count in groups}
        for employee in self:
            employee.fiscal_document_count = counts.get(employee.id, 0)

    def action_fiscal_documents(self):
        """Open the documents on which the employee is the cashier."""
        self.ensure_one()
        return self.env["fiscal.document"]._list_action("employee_id", self)

    @api.constrains("fiscal_tax_number", "company_id")
    def _check_fiscal_tax_number(self):
        for employee in self:
            country = employee.company_id.account_fiscal_country_id.code
            if employee.fiscal_tax_number and not person_number(employee.fiscal_tax_number, country):
                raise ValidationError(
                    self.env._(
                        "“%(number)s” is not a tax number of a person: %(employee)s needs %(digits)s digits, "
                        "the last ones of which are check digits. Please compare it with the document.",
                        number=employee.fiscal_tax_number,
                        employee=employee.name,
                        digits=PERSON[country][1],
                    )
                )

    def _fiscal_problem(self, register):
        """A sentence that says why the employee cannot be the cashier of a receipt of `register`, or False."""
        employee = self.sudo()
        if not employee:
            return self.env._(
                "The current user is not linked to an employee, so the receipt would have no cashier. "
                "Open Employees, choose the person, and set the user on the page “Settings”."
            )
        if not employee.fiscal_cashier:
            return self.env._(
                "%s may not work with the cash register. Open Employees, choose the person, and on the page "
                "“Cash register” tick “May work with the cash register”.",
                employee.name,
            )
        country = register.company_id.account_fiscal_country_id.code
        if country in PERSON and not person_number(employee.fiscal_tax_number or "", country):
            return self.env._(
                "%s has no tax number, which the law wants on the receipt. Open Employees, choose the person, and "
                "enter it on the page “Cash register”.",
                employee.name,
            )
        return register._cashier_problem(employee)

    @api.model
    def _load_pos_data_read(self, records, config):
        """Tell the till who may be the cashier of a receipt, but not the tax number."""
        rows = super()._load_pos_data_read(records, config)
        register = config.sudo().fiscal_register_id
        if register:
            for row in rows:
                row["_fiscal_problem"] = self.browse(row["id"])._fiscal_problem(register)
        return rows
