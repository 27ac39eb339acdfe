from odoo import models


class PosSession(models.Model):
    _inherit = "pos.session"

    def _set_opening_control_data(self, cashbox_value, notes):
        result = super()._set_opening_control_data(cashbox_value, notes)
        self._fiscal_open_shift()
        return result

    def _validate_session(self, *args, **kwargs):
        result = super()._validate_session(*args, **kwargs)
        self.filtered(lambda session: session.state == "closed")._fiscal_close_shift()
        return result

    def _fiscal_employee(self):
        """The cashier of operations that the session itself makes on the register."""
        self.ensure_one()
        employee = self.employee_id if self.config_id.module_pos_hr else self.env["hr.employee"]
        return employee or self.env.user._fiscal_employee(self.company_id)

    def _fiscal_open_shift(self):
        for session in self:
            register = session.config_id.sudo().fiscal_register_id
            if not register or register.shift_policy != "session" or register._shift_expected():
                continue
            if "shift_open" not in register._capabilities().operations:
                continue
            register._enqueue_simple(
                "shift_open",
                f"pos.session:{session.id}:open",
                session._fiscal_employee(),
                name=session.config_id.name,
                pos_session_id=session.id,
            )

    def _fiscal_close_shift(self):
        """Close the shift with the last session that uses the register, after the waiting documents."""
        for session in self:
            register = session.config_id.sudo().fiscal_register_id
            if not register or register.shift_policy == "manual":
                continue
            if "shift_close" not in register._capabilities().operations:
                continue
            others = self.sudo().search_count(
                [
                    ("config_id.fiscal_register_id", "=", register.id),
                    ("state", "not in", ("closed", "opening_control")),
                    ("id", "!=", session.id),
                ],
                limit=1,
            )
            if others or not register._shift_expected():
                continue
            register._enqueue_simple(
                "shift_close",
                f"pos.session:{session.id}:close",
                session._fiscal_employee(),
                name=session.name,
                pos_session_id=session.id,
            )

    def try_cash_in_out(self, _type, amount, reason, partner_id, extras):
        """Register the move of cash. `extras["fiscal_key"]`, made by the till, lets a repeated call count once."""
        key = extras.get("fiscal_key") or self.env["fiscal.document"]._new_key()
        Document = self.env["fiscal.document"].sudo()
        if Document.search_count([("event", "=", f"pos.cash:{key}"), ("pos_session_id", "in", self.ids)], limit=1):
            return None
        result = super().try_cash_in_out(_type, amount, reason, partner_id, extras)
        for session in self.filtered("cash_journal_id"):
            employee = self.env["hr.employee"].sudo().browse(extras.get("employee_id") or []).exists()
            if not session.config_id.module_pos_hr or employee.company_id != session.company_id:
                employee = employee.browse()  # only a till with employee login knows who is at it
            session._fiscal_cash(
                "cash_in" if _type == "in" else "cash_out", amount, f"pos.cash:{key}", employee, reason
            )
        return result

    def delete_cash_in_out(self, absl_id, partner_id):
        """Register the opposite of a deleted cash move that was registered."""
        amount = self.env["account.bank.statement.line"].browse(absl_id).amount
        result = super().delete_cash_in_out(absl_id, partner_id)
        self._fiscal_cash(
            "cash_out" if amount > 0 else "cash_in",
            abs(amount),
            f"pos.cash.deleted:{absl_id}",
            self.env["hr.employee"],
            self.env._("Deleted cash move"),
        )
        return result

    def _fiscal_cash(self, operation, amount, event, employee, reason):
        register = self.config_id.sudo().fiscal_register_id
        if register and amount and operation in register._capabilities().operations:
            register._enqueue_simple(
                operation,
                event,
                employee or self._fiscal_employee(),
                total=amount,
                name=f"{self.name} {reason}".strip(),
                pos_session_id=self.id,
            )
