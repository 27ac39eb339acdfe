from datetime import timedelta

import pytz

from odoo import fields, models

from ...const import NEEDS_SHIFT
from ..document.document import OPEN

#: a shift is closed at the latest so many minutes before its 24 hours are over
SHIFT_MARGIN = 20


class FiscalRegister(models.Model):
    """Shifts: opened before a document that needs one, renewed and closed in time, kept in step with what was
    registered.
    """

    _inherit = "fiscal.register"

    def _opening_for(self, document):
        """Put the opening of a shift before `document` if the register's policy requires it.

        :returns: whether one was put there
        """
        if (
            self.shift_policy == "manual"
            or self.shift_id
            or document.operation not in NEEDS_SHIFT
            or document.operation in self._capabilities().opens_shift
        ):
            return False
        event = f"shift.open.for:{document.id}:{document.tries}"
        if self.env["fiscal.document"].search_count([("event", "=", event)], limit=1):
            return False
        self._once(
            lambda: self._enqueue_simple(
                "shift_open", event, document.employee_id, priority=1, pos_session_id=document.pos_session_id.id
            )
        )
        return True

    def _renew_shift(self, document):
        """Close the shift that is over 24 hours old before `document`, and open the next one."""
        event = f"shift.renew:{document.id}:{document.tries}"
        steps = [("shift_close", 2)]
        capabilities = self._capabilities()
        if "shift_open" in capabilities.operations and document.operation not in capabilities.opens_shift:
            steps.append(("shift_open", 1))
        for operation, priority in steps:
            self._enqueue_simple(operation, f"{event}:{operation}", document.employee_id, priority=priority)

    def _open_shift_before(self, document):
        """Open the shift for a document that should have opened it itself, since the service refuses to.

        :returns: whether an opening was put before the document
        """
        capabilities = self._capabilities()
        if "shift_open" not in capabilities.operations or document.operation not in capabilities.opens_shift:
            return False
        event = f"shift.open.for:{document.id}:{document.tries}"
        self._enqueue_simple("shift_open", event, document.employee_id, priority=1)
        return True

    def _forget_shift(self):
        """End Odoo's record of the shift, since the register says that none is open."""
        self.shift_id.write({"state": "closed", "closed_at": fields.Datetime.now()})
        self.shift_id = False

    def _close_shift_in_time(self):
        """Close the open shift at the set local time, and always before its 24 hours are over."""
        shift = self.shift_id
        if not shift or not shift.opened_at or "shift_close" not in self._capabilities().operations:
            return
        now = fields.Datetime.now()
        due = shift.opened_at + timedelta(hours=24, minutes=-SHIFT_MARGIN)
        if self.close_daily:
            local = self._local(shift.opened_at)
            hour = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=self.close_at)
            if hour <= local:
                hour += timedelta(days=1)
            zone = self._timezone()
            due = min(due, zone.localize(hour).astimezone(pytz.utc).replace(tzinfo=None))
        if now >= due:
            self._enqueue_simple("shift_close", f"shift:{shift.id}:close", self.employee_id or shift.opened_by_id)

    def _close_shift_after_sessions(self):
        """Close a shift that the last sessions left open: when two close at once, each sees the other one open."""
        if not self.shift_id:
            return
        last = self.env["pos.session"].search(
            [
                ("config_id.fiscal_register_id", "=", self.id),
                ("state", "=", "closed"),
                ("stop_at", ">=", self.shift_id.opened_at),
            ],
            order="stop_at desc, id desc",
            limit=1,
        )
        last._fiscal_close_shift()

    def _registered(self, document):
        """Keep the record of shifts in step with what was registered."""
        number = document.shift_number
        if number and self.shift_id and not self.shift_id.number and document.operation != "shift_open":
            # the opening did not report its number, for example because its answer was lost
            self.shift_id.number = number
        if document.operation == "shift_close":
            self._close_shift(document)
            return
        if document.operation != "shift_open" and (earlier := self._earlier_shift(document)):
            document._engine().write({"shift_id": earlier.id, "shift_number": earlier.number})
            return
        if document.operation == "shift_open" or not self.shift_id or (number and number != self.shift_id.number):
            if self.shift_id and self.shift_id.number != number:
                self.shift_id.write({"state": "closed", "closed_at": document.registered_at})
            self.shift_id = self.env["fiscal.shift"].create(
                {
                    "register_id": self.id,
                    "number": number,
                    "opened_at": document.registered_at,
                    "opened_by_id": document.employee_id.id,
                }
            )
        document._engine().shift_id = self.shift_id

    def _close_shift(self, document):
        if self.shift_id:
            document._engine().shift_id = self.shift_id
            self.shift_id._close(document)
        self.shift_id = False

    def _shift_expected(self):
        """Whether a shift will be open once the queue is processed."""
        last = self.env["fiscal.document"].search(
            [
                ("register_id", "=", self.id),
                ("state", "in", OPEN),
                ("operation", "in", (*NEEDS_SHIFT, "shift_open", "shift_close")),
            ],
            order="priority, id desc",
            limit=1,
        )
        return last.operation != "shift_close" if last else bool(self.shift_id)
