from odoo import api, fields, models

from ...const import RETURN_OF
from ...fields import Kopecks
from ...tools.money import ZERO, money

#: the states of an operation, as the cashier's book shows them
STAGES = [
    ("draft", "Draft"),
    ("processing", "Processing"),
    ("done", "Registered"),
    ("rejected", "Error"),
    ("cancelled", "Cancelled"),
]
#: the fields of the book by kind of payment
MEANS = {"cash": "cash_amount", "electronic": "card_amount"}


class FiscalDocument(models.Model):
    """The cashier's book: operations without a document in Odoo, entered in a short form.

    Payment is entered as two sums, cash and card; change is computed. Otherwise it is a draft like any other
    (`models/document/draft.py`).
    """

    _inherit = "fiscal.document"

    country_code = fields.Char(
        related="company_id.account_fiscal_country_id.code", help="Country whose law the receipt obeys."
    )
    stage = fields.Selection(STAGES, string="Status", compute="_compute_stage")
    cash_amount = Kopecks(string="Cash", compute="_compute_paid", inverse="_inverse_cash_amount")
    card_amount = Kopecks(string="Card", compute="_compute_paid", inverse="_inverse_card_amount")
    left_to_pay = Kopecks(compute="_compute_left_to_pay")
    change_due = Kopecks(string="Change to give", compute="_compute_left_to_pay")

    @api.model
    def default_get(self, fields):
        """A new operation belongs to the first register that is on, and to the current user as its cashier."""
        values = super().default_get(fields)
        if "register_id" in fields and not values.get("register_id"):
            register = self.env["fiscal.register"].search(
                [("company_id", "=", self.env.company.id), ("state", "=", "enabled")], limit=1
            )
            values["register_id"] = register.id
        return values

    @api.depends("state")
    def _compute_stage(self):
        known = dict(STAGES)
        for document in self:
            document.stage = document.state if document.state in known else "processing"

    # === Sums ===

    @api.depends("payment_ids.kind", "payment_ids.amount")
    def _compute_paid(self):
        for document in self:
            for kind, name in MEANS.items():
                document[name] = float(document._paid(kind))

    def _paid(self, *kinds):
        """Sum handed over by these kinds of payment."""
        return sum((money(payment.amount) for payment in self.payment_ids if payment.kind in kinds), ZERO)

    def _inverse_cash_amount(self):
        self._set_paid("cash")

    def _inverse_card_amount(self):
        self._set_paid("electronic")

    def _set_paid(self, kind):
        """Put the entered sum into one payment of `kind`."""
        for document in self:
            amount = money(document[MEANS[kind]])
            own = document.payment_ids.filtered(lambda payment: payment.kind == kind)
            if amount == document._paid(kind):
                continue
            own[1:].unlink()
            if not amount:
                own[:1].unlink()
            elif own:
                own[:1].amount = float(amount)
            else:
                self.env["fiscal.document.payment"].create(
                    {"document_id": document.id, "kind": kind, "amount": float(amount)}
                )

    @api.depends("total", "cash_amount", "card_amount", "payment_ids.kind", "payment_ids.amount")
    def _compute_left_to_pay(self):
        for document in self:
            paid = money(document.cash_amount) + money(document.card_amount)
            paid += sum((money(payment.amount) for payment in document.payment_ids if payment.kind not in MEANS), ZERO)
            left = money(document.total) - paid
            document.left_to_pay = float(max(left, ZERO))
            document.change_due = float(max(-left, ZERO))

    # === Lines ===

    @api.onchange("original_id")
    def _onchange_original_id(self):
        """Fill in what is left of the original receipt, to be reduced to what comes back."""
        original = self.original_id
        if self.operation not in RETURN_OF.values() or not original or self.line_ids:
            return
        left = original._left_to_return(besides=self._origin)
        self.line_ids = original._line_commands(left)
        self.partner_id = self.partner_id or original.partner_id
        self.name = self.name or original.name

    def _fill_tax_codes(self):
        """Give each line without a tax code the one of its product, or the company's own for lines without a tax.

        :returns: sentences about taxes that the register does not know
        """
        problems = []
        for line in self.line_ids.filtered(lambda line: not line.tax_code):
            taxes = line.sudo().product_id.taxes_id.filtered(lambda tax: tax.company_id == self.company_id)
            code = self.register_id._tax_code(taxes)
            if problem := self.register_id._tax_problem(taxes, code, self.operation):
                problems.append(problem)
            else:
                line.write(self.env["pos.order"]._fiscal_tax_vals(code))
        return problems

    # === Posting ===

    def action_post_operation(self):
        """“Post” in the book: the browser then waits for the outcome and shows it."""
        self.action_post()
        return self._follow()

    def _draft_problems(self, employee):
        return [*self._fill_tax_codes(), *super()._draft_problems(employee)]
