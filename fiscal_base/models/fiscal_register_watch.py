from datetime import timedelta

from odoo import fields, models
from odoo.tools import plaintext2html

from .fiscal_document import ALERT, OPEN
from .fiscal_register_lane import PROBE_AFTER

#: seconds of silence after which an idle register is asked how it is
HEALTH_EVERY = 600


class FiscalRegister(models.Model):
    """What goes by the clock: the shift's end, the backup, alerts, health."""

    _inherit = "fiscal.register"

    def _responsible(self):
        """Who is called when the register or one of its documents needs a person."""
        return self.user_id or self.env.ref("base.user_admin")

    def _watch(self):
        """What goes by the clock: hand over to the backup, close the shift in time, alert and calm down."""
        self._hand_over()
        self._close_shift_in_time()
        self._close_shift_after_sessions()
        self._alert_or_calm()

    def _alert_or_calm(self):
        """Keep one activity for the responsible person while the register needs one, and take it back afterwards."""
        late = fields.Datetime.now() - timedelta(minutes=self.alert_after)
        oldest = self.env["fiscal.document"].search(
            [("register_id", "=", self.id), ("state", "in", OPEN), ("create_date", "<=", late)], order="id", limit=1
        )
        blocked = self.health == "problem" and self.failures >= PROBE_AFTER
        words = []
        if oldest:
            words.append(
                self.env._(
                    "“%(document)s” has waited since %(time)s.",
                    document=oldest.display_name,
                    time=self._local(oldest.create_date).strftime("%d.%m.%Y %H:%M"),
                )
            )
        if blocked or (oldest and self.health_message):
            words.append(self.health_message or "")
        activities = self.activity_search([ALERT])
        if words and not activities:
            self.activity_schedule(
                ALERT,
                user_id=self._responsible().id,
                summary=self.env._("The fiscal register needs you"),
                note=plaintext2html("\n".join(words)),
            )
        elif activities and not words:
            self.activity_feedback([ALERT], feedback=self.env._("Solved: nothing waits any more."))

    def _check_health(self):
        """Ask an idle register now and then how it is, so that its card and the tills tell the truth."""
        silent = fields.Datetime.now() - timedelta(seconds=HEALTH_EVERY)
        if self.state != "enabled" or not self._capabilities().status or (self.last_seen and self.last_seen > silent):
            return
        if self._pauses(self.retry_at, fields.Datetime.now()):
            return
        status = self._probe()
        self._once(lambda: self._note_status(status))
