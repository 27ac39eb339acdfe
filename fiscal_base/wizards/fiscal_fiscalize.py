from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.accounting.source import MADE, Choice
from ..tools.money import ZERO, money
from ..tools.payment_sign import PREPAID

#: means of payment that a person may choose for what is not paid in Odoo
KINDS = [
    ("cash", "Paid in cash"),
    ("electronic", "Paid by card or transfer"),
    ("credit", "On credit: it will be paid later"),
]


class FiscalFiscalize(models.TransientModel):
    """“Fiscalize”: shows what would be printed for the chosen payments, invoices or orders, and does it."""

    _name = "fiscal.fiscalize"
    _inherit = "fiscal.dialog"
    _description = "Fiscalize"
    _ASKED = frozenset({"register_id", "employee_id", "kind", "fiscal_email", "fiscal_phone"})

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    register_id = fields.Many2one(
        "fiscal.register",
        required=True,
        domain="[('id', 'in', register_ids)]",
        help="Where a payment names no register of its own.",
    )
    register_ids = fields.Many2many(
        "fiscal.register", string="Registers to choose from", compute="_compute_register_ids"
    )
    employee_id = fields.Many2one(
        "hr.employee",
        string="Cashier",
        compute="_compute_employee_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', employee_ids)]",
    )
    employee_ids = fields.Many2many(
        "hr.employee", string="Cashiers to choose from", compute="_compute_employee_ids", compute_sudo=True
    )
    kind = fields.Selection(
        KINDS,
        string="What is not paid in Odoo",
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="How the receipt names it.",
    )
    fiscal_email = fields.Char(string="E-mail for the receipt")
    fiscal_phone = fields.Char(string="Phone for the receipt")
    line_ids = fields.One2many(
        "fiscal.fiscalize.line", "wizard_id", compute="_compute_line_ids", store=True, string="What will be printed"
    )
    partner_id = fields.Many2one("res.partner", string="Customer", compute="_compute_partner_id")
    unpaid = fields.Boolean(compute="_compute_totals")
    single = fields.Boolean(compute="_compute_totals")
    ready_count = fields.Integer(compute="_compute_totals")
    problem_count = fields.Integer(compute="_compute_totals")
    total = fields.Monetary(compute="_compute_totals")

    @api.model
    def _open(self, records):
        """The dialog for `records` of one model."""
        if not records:
            raise UserError(self.env._("Choose at least one record."))
        records.check_access("read")
        company = records[0]._fiscal_company()
        if any(record._fiscal_company() != company for record in records):
            raise UserError(self.env._("Choose records of one company at a time."))
        registers = self._registers(company)
        if not registers:
            raise UserError(
                self.env._("%s has no fiscal register. Add one under Fiscal → Registers.", company.display_name)
            )
        own = records[:1]._fiscal_own_register()
        partner = records.partner_id if len(records) == 1 else self.env["res.partner"]
        wizard = self._opened(
            {
                "company_id": company.id,
                "res_model": records._name,
                "res_ids": records.ids,
                "register_id": (own & registers or registers[:1]).id,
                "fiscal_email": partner.email,
                "fiscal_phone": partner.phone,
            }
        )
        return wizard._dialog(self.env._("Fiscalize"))

    @api.model
    def _registers(self, company):
        return self.env["fiscal.register"].search([("company_id", "in", company.sudo().parent_ids.ids)])

    @api.depends("company_id")
    def _compute_register_ids(self):
        for wizard in self:
            wizard.register_ids = wizard._registers(wizard.company_id)

    @api.depends("register_id")
    def _compute_kind(self):
        """On credit, if the register supports it."""
        for wizard in self:
            kinds = wizard.register_id._capabilities().payment_kinds if wizard.register_id else ()
            if wizard.kind not in kinds:
                wizard.kind = "credit" if "credit" in kinds or not wizard.register_id else "electronic"

    @api.depends("register_id")
    def _compute_employee_id(self):
        for wizard in self:
            register = wizard.register_id
            employee = self.env["fiscal.source"]._fiscal_default_employee(register) if register else False
            wizard.employee_id = employee

    @api.depends("register_id")
    def _compute_employee_ids(self):
        for wizard in self:
            wizard.employee_ids = wizard.register_id._cashiers()

    # === What will be printed ===

    def _records(self):
        records = self.env[self.res_model].browse(self.res_ids).exists()
        records.check_access("read")
        return records

    def _sources(self, record):
        """The sources of receipts for `record`, each as `(source, problem)`; at least one."""
        if problem := record._fiscal_refusal():
            return [(record, problem)]
        if not hasattr(record, "_fiscal_payments"):
            return [(record, False)]
        payments, entries = record._fiscal_payments()
        sources = [(source, False) for source in (*payments.sudo(), *entries.sudo())]
        if not sources or record._fiscal_owed() or record._fiscal_prepaid():
            sources.append((record, False))
        return sources

    def _choice(self, source):
        """How the receipt of `source` is made; with several, each on the register of its journal, if that has one."""
        own = source._fiscal_own_register() if len(self.res_ids) > 1 else self.register_id
        register = own & self.register_ids or self.register_id
        return Choice(register.sudo(), self.employee_id, self.fiscal_email or "", self.fiscal_phone or "", self.kind)

    @api.depends("register_id", "employee_id", "kind", "res_ids")
    def _compute_line_ids(self):
        for wizard in self:
            lines = [fields.Command.clear()]
            for record in wizard._records():
                coming = ZERO
                for source, problem in wizard._sources(record):
                    vals, prepaid = wizard._line_vals(record, source, problem, coming)
                    coming += prepaid
                    lines.append(fields.Command.create(vals))
            wizard.line_ids = lines

    def _line_vals(self, record, source, problem, coming=ZERO):
        """What is made of one source, and how much of it is prepaid; after sources of which `coming` is."""
        vals = {
            "name": record.display_name if record == source else f"{record.display_name} · {source.display_name}",
            "res_model": source._name,
            "res_id": source.id,
            "partner_id": (source.partner_id or record.partner_id).id,
        }
        if problem:
            return {**vals, "status": "refused", "problem": problem}, ZERO
        own = source._fiscal_own_document()[:1]
        if own.state in MADE:
            made = self.env._("It has its receipt already: %s", own.display_name)
            return {**vals, "status": "made", "amount": own.total, "problem": made}, ZERO
        choice = replace(self._choice(source), coming=coming)
        receipts = source._fiscal_vals(choice)
        if not receipts:
            nothing = self.env._("There is nothing to fiscalize: all of it is paid, or on a receipt.")
            return {**vals, "status": "made", "problem": nothing}, ZERO
        problems = [problem for receipt in receipts for problem in choice.register._problems_of(receipt)]
        vals = {
            **vals,
            "status": "problem" if problems else "ready",
            "amount": sum(receipt["total"] for receipt in receipts),
            "unpaid": source._name not in ("account.payment", "account.bank.statement.line"),
            "preview": "\n".join(self._preview(receipt) for receipt in receipts),
            "problem": "\n".join(dict.fromkeys(problems)),
        }
        return vals, ZERO if problems else self._prepaid(receipts)

    @api.model
    def _prepaid(self, receipts):
        """What these receipts say is paid in advance."""
        lines = (command[2] for receipt in receipts for command in receipt["line_ids"])
        return sum((money(line["amount"]) for line in lines if line.get("method_sign") in PREPAID), ZERO)

    def _preview(self, receipt):
        """The receipt in a few lines of text."""
        Line, Payment = self.env["fiscal.document.line"], self.env["fiscal.document.payment"]
        signs = dict(Line._fields["method_sign"]._description_selection(self.env))
        kinds = dict(Payment._fields["kind"]._description_selection(self.env))
        operations = dict(self.env["fiscal.document"]._fields["operation"]._description_selection(self.env))
        rows = [operations[receipt["operation"]]]
        for __, __, line in receipt["line_ids"]:
            tax = f", {line['tax_name']}" if line.get("tax_name") else ""
            rows.append(
                f"{line['name']}: {line['quantity']:g} × {money(line['price'])} = {money(line['amount'])}"
                f" ({signs[line.get('method_sign', '4')]}{tax})"
            )
        rows += [f"{kinds[payment['kind']]}: {money(payment['amount'])}" for __, __, payment in receipt["payment_ids"]]
        return "\n".join(rows)

    @api.depends("line_ids.partner_id")
    def _compute_partner_id(self):
        """The customer of the only receipt."""
        for wizard in self:
            wizard.partner_id = wizard.line_ids.partner_id if len(wizard.line_ids) == 1 else False

    @api.depends("line_ids.status", "line_ids.unpaid", "line_ids.amount")
    def _compute_totals(self):
        for wizard in self:
            ready = wizard.line_ids.filtered(lambda line: line.status == "ready")
            wizard.ready_count = len(ready)
            wizard.problem_count = len(wizard.line_ids.filtered(lambda line: line.status in ("problem", "refused")))
            wizard.total = sum(ready.mapped("amount"))
            wizard.unpaid = any(wizard.line_ids.mapped("unpaid"))
            wizard.single = len(wizard.line_ids) == 1

    # === Doing it ===

    def _check_choice(self):
        """Refuse what the dialog does not offer: records, registers and cashiers that this user may not choose."""
        self._records()
        register = self.register_id
        register.check_access("read")
        if register not in self._registers(self.company_id):
            raise UserError(self.env._("“%s” is no register of this company. Choose another one.", register.name))
        self.env["fiscal.document"]._check_cashier(register, self.employee_id)

    def action_confirm(self):
        """Queue the receipts. One with a problem is stored with it and listed as an error; the others go on."""
        self.ensure_one()
        self._check_choice()
        self.sudo()._compute_line_ids()  # as things are now
        if self.env.context.get("fiscal_ask") and self.single and self.line_ids.status == "ready":
            dialog = self.env["fiscal.contact"]._ask(
                self, "action_confirm", self.register_id, self.partner_id, self.fiscal_email, self.fiscal_phone
            )
            if dialog:
                return dialog
        documents = self.env["fiscal.document"].sudo()
        for line in self.line_ids.filtered(lambda line: line.status in ("ready", "problem")):
            documents |= line._fiscalize(self)
        if not documents:
            problems = [problem for problem in self.line_ids.mapped("problem") if problem]
            raise UserError("\n".join(dict.fromkeys(problems)) or self.env._("There is nothing to fiscalize."))
        return documents._follow()


class FiscalFiscalizeLine(models.TransientModel):
    """One receipt of the preview."""

    _name = "fiscal.fiscalize.line"
    _description = "Receipt to be made"

    wizard_id = fields.Many2one("fiscal.fiscalize", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    name = fields.Char(string="Source", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    amount = fields.Monetary(readonly=True)
    status = fields.Selection(
        [("ready", "Ready"), ("problem", "Problem"), ("refused", "Not possible"), ("made", "Nothing to do")],
        readonly=True,
    )
    unpaid = fields.Boolean(readonly=True)
    preview = fields.Text(string="Receipt", readonly=True)
    problem = fields.Text(readonly=True)

    def _fiscalize(self, wizard):
        """Queue the receipt of this line, replacing one that has an error."""
        source = self.env[self.res_model].sudo().browse(self.res_id)
        choice = wizard._choice(source)
        if not wizard.single:
            partner = source.partner_id
            choice = Choice(choice.register, choice.employee, partner.email or "", partner.phone or "", choice.kind)
        rejected = source._fiscal_own_document().filtered(lambda document: document.state == "rejected")
        return rejected._corrected_copy(choice) if rejected else source._fiscal_enqueue(choice)
