from odoo import api, models
from odoo.exceptions import AccessError

from ...const import CORRECTIONS, RETURN_OF
from ...tools.money import ZERO, money
from .document import DECIDES, OPEN, engine_at_work


class FiscalDocument(models.Model):
    """Who may write what by hand.

    A cashier enters sales, returns of a receipt, and cash in and out, in their own name and within the cash in the
    drawer. An accountant also enters corrections and returns without a receipt, settles invoices, enters payments,
    names another cashier, and takes out more cash than seems to be there. A draft is changed by its author and by
    accountants.
    """

    _inherit = "fiscal.document"

    def write(self, vals):
        if not engine_at_work(self.env) and not self._FREE.issuperset(vals):
            self._check_own_draft()
        return super().write(vals)

    def unlink(self):
        self._check_own_draft()
        return super().unlink()

    def action_post(self):
        """For all who may enter the document; see the model."""
        self.check_access("write")
        self._check_own_draft()
        for document in self:
            document._check_may_post()
        return super().action_post()

    def action_correct(self):
        self._check_may_decide()
        return super().action_correct()

    def _check_own_draft(self):
        """Keep cashiers from the drafts of others."""
        if self.env.su or self.env.user.has_group(DECIDES):
            return
        if any(document.state == "draft" and document.create_uid != self.env.user for document in self.sudo()):
            raise AccessError(self.env._("Somebody else has begun this document. Ask them, or a fiscal accountant."))

    def _check_may_post(self):
        """Refuse a document that this user may not post."""
        self._check_cashier(self.register_id, self.employee_id)
        self.original_id.check_access("read")
        if self.env.user.has_group(DECIDES):
            return
        if self.operation in CORRECTIONS:
            raise AccessError(self.env._("Only a fiscal accountant makes corrections."))
        if self.operation in RETURN_OF.values() and not self.original_id:
            raise AccessError(
                self.env._("Choose the receipt that is returned. Without one only a fiscal accountant makes a return.")
            )
        if self.sudo()._linked() or self.enter_payment:
            raise AccessError(
                self.env._("Only a fiscal accountant settles invoices and enters payments from the operations book.")
            )
        if self.operation == "cash_out" and money(self.total) > (cash := self._cash_in_drawer()):
            raise AccessError(
                self.env._(
                    "There are %(cash)s in the drawer of “%(register)s”. Only a fiscal accountant takes out more.",
                    cash=cash,
                    register=self.register_id.name,
                )
            )

    def _cash_in_drawer(self):
        """Cash that the register should have now, in currency units: what this shift added and what is queued.

        If the register has reported more, it had some before the shift.
        """
        register = self.register_id.sudo()
        shift = register.shift_id
        cash = shift._counters()["cash"] if shift else ZERO
        queued = self.sudo().search([("register_id", "=", register.id), ("state", "in", OPEN)])
        for document in queued:
            if document.operation in ("cash_in", "cash_out"):
                cash += money(document.total) * (1 if document.operation == "cash_in" else -1)
        return max(cash, money((register.status_data or {}).get("cash") or 0))

    @api.model
    def _check_cashier(self, register, employee):
        """Refuse `employee` as the cashier of a receipt of `register` if the user may not name them.

        Everybody may name themselves or the register's default cashier; an accountant may name any employee of the
        register's company.
        """
        mine = register.sudo().employee_id | self.env.user._fiscal_employee(register.sudo().company_id)
        if not employee or employee in mine:
            return
        if not self.env.user.has_group(DECIDES) or employee.sudo().company_id != register.sudo().company_id:
            raise AccessError(
                self.env._(
                    "You cannot name %s as the cashier of this receipt. Take yourself, or ask a fiscal accountant.",
                    employee.sudo().name,
                )
            )
