from odoo import SUPERUSER_ID, models

from ..document.document import OPEN, SENT


class FiscalRegister(models.Model):
    """The outbox: how documents are queued for their lane, and what wakes it."""

    _inherit = "fiscal.register"

    def _enqueue(self, vals):
        """Write a document into the outbox, in the transaction of the caller. No network, no lock.

        A till announces itself by `fiscal_till` in the context: it drives the lane in a separate request. If it fails
        to, the scheduled action does, which runs every minute.

        A document that the register would refuse is stored as `rejected`, with the reasons: a paid sale is not turned
        back because of its receipt.

        :param dict vals: values of the `fiscal.document`; `event` names the business event, `problems` are sentences
            known before the receipt is checked
        :returns: the document of this event, new or existing
        """
        self.ensure_one()
        Document = self.env["fiscal.document"].sudo()
        known = Document.search(
            [("company_id", "=", self.company_id.id), ("event", "=", vals["event"]), ("state", "!=", "cancelled")],
            limit=1,
        )
        if known:
            return known
        problems, composed = vals.pop("problems", []), vals.pop("composed", True)
        if composed:
            problems = problems + self._checked(lambda: self._problems(self._receipt_of(vals)))
        document = (
            Document._engine()
            .with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
            .create(
                {
                    "company_id": self.company_id.id,  # first: it tells the currency of the sums after it
                    **vals,
                    "register_id": self.id,
                    "state": "rejected" if problems else "queued",
                    "error_message": "\n".join(problems) or False,
                }
            )
        )
        document._claim()
        if problems:
            document._alert()
        elif not self.env.context.get("fiscal_till"):
            self._wake()
        return document

    def _receipt_of(self, vals):
        """`vals` of a document that is not created yet, as `tools.receipt.Receipt`."""
        draft = {name: value for name, value in vals.items() if name not in ("problems", "composed")}
        Document = self.env["fiscal.document"].sudo()
        return Document.new({**draft, "register_id": self.id, "company_id": self.company_id.id})._as_receipt()

    def _wake(self):
        """Let the scheduled action of each lane run as soon as this transaction is committed."""
        for register in self.sudo().filtered(lambda register: register.state == "enabled"):
            register.cron_id._trigger()
            if register.relays:
                # no scheduled action reaches it: an open till carries what a kiosk or the back office has queued
                register.invalidate_recordset(["open_count", "error_count"])
                register._tell_tills()

    def _try_again(self):
        """End the pause of the lane and of the document that holds it up, because a person at a till asks for it."""
        for register in self.sudo().filtered("retry_at"):
            register.retry_at = False
        for register in self:
            head = self.env["fiscal.document"].search(
                [("register_id", "=", register.id), ("state", "in", OPEN)], order="priority desc, id", limit=1
            )
            head.sudo()._try_again()

    def _ensure_lane(self):
        """Give every register its own scheduled action, so that no till waits for another one's service."""
        model = self.env["ir.model"]._get_id("fiscal.register")
        for register in self.sudo():
            vals = {
                "name": self.env._("Fiscal register: %s", register.name),
                "active": register.active and register.state == "enabled",
            }
            if register.cron_id:
                if any(register.cron_id[name] != value for name, value in vals.items()):
                    register.cron_id.write(vals)
                continue
            register.cron_id = (
                self.env["ir.cron"]
                .sudo()
                .create(
                    {
                        **vals,
                        "model_id": model,
                        "state": "code",
                        "code": f"model.browse({register.id})._cron_lane()",
                        "interval_number": 1,
                        "interval_type": "minutes",
                        "user_id": SUPERUSER_ID,
                    }
                )
            )

    def _enqueue_simple(self, operation, event, employee, total=0.0, **vals):
        """Queue an operation that has at most a sum: shifts, cash in and out, reports.

        :param employee: the cashier; by default the register's own
        :param total: sum of cash in currency units
        """
        self.ensure_one()
        cashier = employee or self.employee_id
        if operation == "shift_open" and self._opening_goes_first():
            vals.setdefault("priority", 1)
        problem = cashier._fiscal_problem(self)
        return self._enqueue(
            {
                "operation": operation,
                "event": event,
                "total": total,
                "problems": [problem] if problem else [],
                **self.env["fiscal.document"]._cashier_vals(cashier),
                **vals,
            }
        )

    def _opening_goes_first(self):
        """Whether an opening may go before the waiting documents: they wait for it, unless a shift is still to be
        closed or the outcome of a document is unknown.
        """
        return not self.env["fiscal.document"].search_count(
            [
                ("register_id", "=", self.id),
                "|",
                ("state", "in", SENT),
                "&",
                ("state", "=", "queued"),
                ("operation", "=", "shift_close"),
            ],
            limit=1,
        )

    def action_open_shift(self):
        return self._action_simple("shift_open")

    def action_close_shift(self):
        return self._action_simple("shift_close")

    def action_x_report(self):
        return self._action_simple("x_report")

    def _action_simple(self, operation):
        """Queue an operation by hand. For the cashiers of the register."""
        self.ensure_one()
        self.check_access("read")
        self.env["fiscal.document"].check_access("create")
        document = self._enqueue_simple(
            operation,
            f"{operation}:{self.env['fiscal.document']._new_key()}",
            self.env.user._fiscal_employee(self.company_id),
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "fiscal.document",
            "res_id": document.id,
            "view_mode": "form",
        }
