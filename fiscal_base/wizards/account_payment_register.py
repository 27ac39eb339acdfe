from odoo import api, fields, models


class AccountPaymentRegister(models.TransientModel):
    """“Pay” on invoices: whether a receipt is printed, on which register, by whom, and where it is sent."""

    _inherit = "account.payment.register"

    fiscal_register_id = fields.Many2one(
        "fiscal.register",
        string="Register",
        compute="_compute_fiscal_register_id",
        store=True,
        readonly=False,
        check_company=True,
    )
    fiscal_print = fields.Boolean(
        string="Print fiscal receipt", compute="_compute_fiscal_print", store=True, readonly=False
    )
    fiscal_employee_id = fields.Many2one(
        "hr.employee",
        string="Cashier",
        compute="_compute_fiscal_employee_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', fiscal_employee_ids)]",
    )
    fiscal_employee_ids = fields.Many2many(
        "hr.employee", string="Cashiers to choose from", compute="_compute_fiscal_employee_ids", compute_sudo=True
    )
    fiscal_email = fields.Char(
        string="E-mail for the receipt", compute="_compute_fiscal_contact", store=True, readonly=False
    )
    fiscal_phone = fields.Char(
        string="Phone for the receipt", compute="_compute_fiscal_contact", store=True, readonly=False
    )
    fiscal_several = fields.Boolean(compute="_compute_fiscal_contact", store=True)

    @api.depends("journal_id", "partner_type")
    def _compute_fiscal_register_id(self):
        for wizard in self:
            register = wizard.journal_id.sudo().fiscal_register_id
            wizard.fiscal_register_id = register if wizard.partner_type != "supplier" else False

    @api.depends("fiscal_register_id", "payment_type")
    def _compute_fiscal_print(self):
        for wizard in self:
            register = wizard.fiscal_register_id.sudo()
            wizard.fiscal_print = register.print_refund if wizard.payment_type == "outbound" else register.print_invoice

    @api.depends("fiscal_register_id")
    def _compute_fiscal_employee_id(self):
        for wizard in self:
            register = wizard.fiscal_register_id
            employee = self.env["fiscal.source"]._fiscal_default_employee(register) if register else False
            wizard.fiscal_employee_id = employee

    @api.depends("fiscal_register_id")
    def _compute_fiscal_employee_ids(self):
        for wizard in self:
            wizard.fiscal_employee_ids = wizard.fiscal_register_id._cashiers()

    @api.depends("fiscal_register_id", "partner_id", "line_ids", "group_payment")
    def _compute_fiscal_contact(self):
        for wizard in self:
            wizard.fiscal_several = not wizard.can_edit_wizard or (
                wizard.can_group_payments and not wizard.group_payment
            )
            known = wizard.fiscal_register_id and not wizard.fiscal_several
            partner = wizard.partner_id if known else self.env["res.partner"]
            wizard.fiscal_email = partner.email
            wizard.fiscal_phone = partner.phone

    def _fiscal_payment_vals(self, contact):
        """The values of a payment that concern its receipt."""
        if not self.fiscal_register_id:
            return {}
        vals = {
            "fiscal_register_id": self.fiscal_register_id.id,
            "fiscal_print": self.fiscal_print,
            "fiscal_employee_id": self.fiscal_employee_id.id,
        }
        if contact:
            vals.update(fiscal_email=self.fiscal_email, fiscal_phone=self.fiscal_phone)
        return vals

    def _create_payment_vals_from_wizard(self, batch_result):
        vals = super()._create_payment_vals_from_wizard(batch_result)
        return {**vals, **self._fiscal_payment_vals(contact=True)}

    def _create_payment_vals_from_batch(self, batch_result):
        vals = super()._create_payment_vals_from_batch(batch_result)
        return {**vals, **self._fiscal_payment_vals(contact=False)}

    def _post_payments(self, to_process, edit_mode=False):
        # The invoices are not matched yet; the receipts come after that, in `_create_payments`.
        later = self.with_context(fiscal_later=True, fiscal_ask=False)
        return super(AccountPaymentRegister, later)._post_payments(to_process, edit_mode)

    def _create_payments(self):
        payments = super()._create_payments()
        if self.fiscal_register_id:
            documents = payments._fiscal_posted()
            self.env.context.get("fiscal_made", []).extend(documents.ids)
        return payments

    def action_create_payments(self):
        if self.env.context.get("fiscal_ask") and (dialog := self._fiscal_ask()):
            return dialog
        made = []
        action = super(AccountPaymentRegister, self.with_context(fiscal_made=made)).action_create_payments()
        documents = self.env["fiscal.document"].browse(made)
        return documents._follow(action if isinstance(action, dict) else None) if documents else action

    def _fiscal_ask(self):
        if not self.fiscal_print or self.fiscal_several:
            return False
        return self.env["fiscal.contact"]._ask(
            self,
            "action_create_payments",
            self.fiscal_register_id,
            self.partner_id,
            self.fiscal_email,
            self.fiscal_phone,
        )
