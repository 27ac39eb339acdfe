from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.outcome import FiscalData


class FiscalDecision(models.TransientModel):
    """A person's decision about documents whose outcome only a person can find out."""

    _name = "fiscal.decision"
    _description = "Decision about fiscal documents"

    document_ids = fields.Many2many("fiscal.document", required=True)
    decision = fields.Selection(
        [
            ("registered", "It was registered: the paper or the service shows it"),
            ("not_registered", "It was not registered: send it again"),
            ("postpone", "Set it aside: let those behind it go on"),
            ("cancel", "Give it up: it will not be registered"),
        ],
        compute="_compute_decision",
        store=True,
        readonly=False,
    )
    about_errors = fields.Boolean(compute="_compute_about_errors")
    problems = fields.Text(string="What is known", compute="_compute_problems")
    reason = fields.Char(required=True)
    fiscal_number = fields.Char(string="Fiscal number")
    fiscal_sign = fields.Char(string="Fiscal sign")
    fiscal_storage = fields.Char(
        string="Fiscal storage",
        help="Its number, where the receipt is of another fiscal storage than the last receipts of the register.",
    )
    shift_number = fields.Integer(string="Shift")

    @api.depends("document_ids")
    def _compute_about_errors(self):
        for wizard in self:
            wizard.about_errors = set(wizard.document_ids.mapped("state")) == {"rejected"}

    @api.depends("document_ids")
    def _compute_problems(self):
        """What is known about each document; both sides, if the register reports its own."""
        for wizard in self:
            documents = wizard.document_ids.filtered("error_message")
            wizard.problems = "\n\n".join(
                f"{document.display_name}: {document.error_message}" for document in documents
            )

    @api.depends("about_errors")
    def _compute_decision(self):
        for wizard in self:
            wizard.decision = "cancel" if wizard.about_errors else False

    @api.model
    def _words(self, decision):
        return dict(self._fields["decision"]._description_selection(self.env))[decision]

    def action_confirm(self):
        self.ensure_one()
        self.document_ids._check_may_decide()
        self.document_ids.check_access("read")
        if not self.decision:
            raise UserError(self.env._("Please choose what you have found out."))
        if not self.reason.strip():
            raise UserError(self.env._("Please say how you know: the reason is kept with the document."))
        if set(self.document_ids.mapped("state")) != ({"rejected"} if self.decision == "cancel" else {"unknown"}):
            raise UserError(
                self.env._("This decision is for documents with an error.")
                if self.decision == "cancel"
                else self.env._("This decision is for documents whose outcome is unknown.")
            )
        data = None
        if self.decision == "registered":
            if len(self.document_ids) != 1 or not (self.fiscal_number or "").strip():
                raise UserError(
                    self.env._("Enter the fiscal number that stands on the receipt, for one document at a time.")
                )
            data = FiscalData(
                number=self.fiscal_number.strip(),
                sign=(self.fiscal_sign or "").strip(),
                storage=(self.fiscal_storage or "").strip(),
                shift_number=self.shift_number or None,
            )
        self.document_ids.sudo()._decide(self.decision, self.reason, data)
        return {"type": "ir.actions.act_window_close"}
