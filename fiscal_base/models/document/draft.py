from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...const import CORRECTION_OF, CORRECTIONS, RECEIPTS, RETURN_OF
from ...tools.money import ZERO, money, spread
from .document import engine_at_work

#: what a person may fill in while a document is a draft
EDITABLE = frozenset(
    {
        "operation",
        "register_id",
        "company_id",
        "name",
        "date",
        "employee_id",
        "partner_id",
        "customer_name",
        "customer_tax_number",
        "customer_email",
        "customer_phone",
        "tax_system",
        "line_ids",
        "payment_ids",
        "total",
        "change",
        "original_id",
        "correction_kind",
        "correction_date",
        "correction_number",
        "correction_reason",
        "cash_amount",
        "card_amount",
        "move_ids",
        "operation_payment_ids",
        "enter_payment",
    }
)


class FiscalDocument(models.Model):
    """Documents that a person enters: returns and corrections made from a receipt, and independent operations.

    They begin as a draft, which can be changed and deleted like any other record, and are frozen when posted.
    """

    _inherit = "fiscal.document"

    @api.model_create_multi
    def create(self, vals_list):
        if not engine_at_work(self.env):
            for vals in vals_list:
                self._check_editable(vals)
                register = self.env["fiscal.register"].browse(vals.get("register_id"))
                vals.update(company_id=register.company_id.id, state="draft")
                vals.setdefault("tax_system", register.company_id.fiscal_tax_system)
        return super().create(vals_list)

    def write(self, vals):
        if not engine_at_work(self.env):
            self._check_editable(vals)
        return super().write(vals)

    @api.model
    def _editable(self):
        """Names of the fields that a person may fill in while a document is a draft."""
        return EDITABLE

    def _check_editable(self, vals):
        foreign = vals.keys() - self._editable() - self._FREE - {"state"}
        if foreign:
            raise UserError(self.env._("Only the register fills in: %s.", ", ".join(sorted(foreign))))

    # === Sums of a draft ===

    @api.onchange("line_ids", "payment_ids", "operation")
    def _onchange_sums(self):
        if self.operation in RECEIPTS:
            self.update(self._sums())

    @api.onchange("register_id")
    def _onchange_register_id(self):
        self.company_id = self.register_id.company_id
        self.tax_system = self.company_id.fiscal_tax_system
        self.employee_id = self.env.user._fiscal_employee(self.company_id) or self.register_id.employee_id

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        self.update(self._customer_vals(self.partner_id))

    def _sums(self):
        """Total of the lines, and the change if more cash was handed over."""
        total = sum((money(line.amount) for line in self.line_ids), ZERO)
        paid = sum((money(payment.amount) for payment in self.payment_ids), ZERO)
        return {"total": float(total), "change": float(max(paid - total, ZERO))}

    # === Posting ===

    def action_post(self):
        """Hand drafts to their registers. All problems of a draft are reported at once, and nothing is lost."""
        for document in self:
            if document.state != "draft":
                raise UserError(document._what_it_is())
            draft = document._engine()
            if document.operation in RECEIPTS:
                draft.write(document._sums())
            employee = document.employee_id or document.register_id.employee_id
            draft.write(self._cashier_vals(employee))
            problems = document._draft_problems(employee)
            if problems:
                raise UserError("\n".join(problems))
            document._move("queued")
            document.sudo()._claim()
            document.register_id._wake()
        return True

    def _draft_problems(self, employee):
        register = self.register_id
        problems = [employee._fiscal_problem(register), *register._problems(self._as_receipt())]
        if self.operation in RETURN_OF.values():
            problems.append(self._return_problem(self.original_id, money(self.total)))
        if self.operation in CORRECTIONS:
            if not self.correction_date:
                problems.append(self.env._("A correction needs the date of the settlement that it corrects."))
            if self.correction_kind == "1" and not self.correction_number:
                problems.append(self.env._("A correction by order of the tax service needs the number of the order."))
            if not self.correction_reason:
                problems.append(self.env._("A correction needs a reason, for the record."))
        if self.operation in ("cash_in", "cash_out") and self.total <= 0:
            problems.append(self.env._("Enter the sum of cash."))
        return [problem for problem in problems if problem]

    # === From another receipt ===

    def action_return(self):
        """A draft of the return of what is left of this receipt, to be reduced to what comes back."""
        return self._draft_from(RETURN_OF, self._left_to_return)

    def action_correct(self):
        """A draft of the correction of this receipt."""
        return self._draft_from(
            CORRECTION_OF,
            lambda: money(self.total),
            correction_date=self.date.date(),
            correction_reason=self.display_name,
        )

    def _draft_from(self, operations, amount, **vals):
        self.ensure_one()
        if self.state != "done" or self.operation not in operations:
            raise UserError(self.env._("This can be made from a registered receipt only."))
        total = amount()
        if total <= 0:
            raise UserError(self.env._("All of “%s” has been returned already.", self.display_name))
        payments = self._payments_of(total)
        draft = self.create(
            {
                "operation": operations[self.operation],
                "register_id": self.register_id.id,
                "name": self.name,
                "original_id": self.id,
                "employee_id": self.env.user._fiscal_employee(self.company_id).id,
                "partner_id": self.partner_id.id,
                "customer_name": self.customer_name,
                "customer_tax_number": self.customer_tax_number,
                "customer_email": self.customer_email,
                "customer_phone": self.customer_phone,
                "tax_system": self.tax_system,
                "line_ids": self._line_commands(total),
                "payment_ids": [Command.create(payment) for payment in payments],
                "total": float(total),
                **vals,
            }
        )
        return draft._get_records_action()

    def _line_commands(self, total):
        """The lines of this receipt, scaled to `total`."""
        lines = [line.copy_data({"document_id": False, "original_line_id": line.id})[0] for line in self.line_ids]
        shares = spread([money(line["amount"]) for line in lines], total - money(self.total))
        return [Command.create({**line, "amount": float(share)}) for line, share in zip(lines, shares, strict=True)]

    def _payments_of(self, total):
        """The payments of this receipt, change taken off, scaled to `total`."""
        kept = []
        change = money(self.change)
        for payment in self.payment_ids:
            amount = money(payment.amount)
            if payment.kind == "cash":
                given = min(amount, change)
                amount, change = amount - given, change - given
            kept.append((payment, amount))
        sums = spread([amount for __, amount in kept], total - sum((amount for __, amount in kept), ZERO))
        return [
            {"kind": payment.kind, "name": payment.name, "code": payment.code, "amount": float(amount)}
            for (payment, __), amount in zip(kept, sums, strict=True)
            if amount
        ]
