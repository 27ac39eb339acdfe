import contextlib
import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from ..document.document import ALERT, OPEN
from .lane import PROBE_AFTER

_logger = logging.getLogger(__name__)

#: seconds of silence after which the health of an idle register is checked
HEALTH_EVERY = 600
#: first half of the advisory lock of those who make alerts; the second half is the register's id
ALERTS = 0x0F15CA2
#: minutes after which a scheduled action that is due and has not run counts as stuck
STANDING = 10


class FiscalRegister(models.Model):
    """What happens by the clock, and who is alerted when something is stuck.

    Alerts do not depend on the lane that they are about: a scheduled action checks all registers. A till or a form that
    uses a register checks it too, since all scheduled actions may be stuck.
    """

    _inherit = "fiscal.register"

    stuck_message = fields.Text(string="Why documents wait", compute="_compute_stuck_message")

    def _responsible(self):
        """Who is alerted when the register or one of its documents needs a person."""
        return self.user_id or self.env.ref("base.user_admin")

    def _watch(self):
        """What the lane itself does by the clock: close the shift in time."""
        self._close_shift_in_time()
        self._close_shift_after_sessions()

    def _check_health(self):
        """Check the health of an idle register now and then, so that its card and the tills are up to date."""
        silent = fields.Datetime.now() - timedelta(seconds=HEALTH_EVERY)
        capabilities = self._capabilities()
        if self.state != "enabled" or not capabilities.status or capabilities.relay:
            return
        if self.last_seen and self.last_seen > silent:
            return
        if self._pauses(self.retry_at, fields.Datetime.now()):
            return
        status = self._probe()
        self._once(lambda: self._note_status(status))

    # === Alerts ===

    @api.model
    def _cron_watch(self):
        """The scheduled action of all registers, including those switched off or archived."""
        for register in self.with_context(active_test=False).search([("provider", "!=", False)]):
            register._look_after()
        self.env["mail.activity"].sudo()._fiscal_mail()

    def _look_after(self):
        """Alert the responsible person if the register needs one, in a separate transaction; never raises."""
        try:
            with self.pool.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                register = env["fiscal.register"].browse(self.id).exists()
                if not register:
                    return  # a register that is not committed yet has nothing to report
                register.with_context(lang=register._responsible().lang)._alert_alone()
        except Exception:
            _logger.exception("fiscal register %s: the alert could not be made", self.id)

    def _alert_alone(self):
        cr = self.env.cr
        cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", ALERTS, self.id))
        if not cr.fetchone()[0]:
            return
        try:
            self._commit()  # so that what was committed before the lock was obtained is seen
            self._alert_or_calm()
            self._commit()
        finally:
            with contextlib.suppress(Exception):
                cr.rollback()
                cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", ALERTS, self.id))
                self._commit()

    def _alert_or_calm(self):
        """Keep one activity for the responsible person while the register needs one, and withdraw it afterwards."""
        words = self._stuck_words()
        if self.health == "problem" and self.failures >= PROBE_AFTER and self.health_message not in words:
            words.append(self.health_message or "")
        activities = self.activity_search([ALERT])
        if words and not activities:
            self.env["mail.activity"]._fiscal_call(
                self,
                self._responsible(),
                ALERT,
                self.env._("The fiscal register needs you"),
                plaintext2html("\n".join(words)),
            )
        elif activities and not words:
            self.activity_feedback([ALERT], feedback=self.env._("Solved: nothing waits any more."))

    @api.depends("open_count", "state", "active", "alert_after")
    def _compute_stuck_message(self):
        for register in self:
            stored = register._origin.sudo()
            register.stuck_message = "\n".join(stored._stuck_words() if stored else []) or False

    def _stuck_words(self):
        """Sentences that say what has waited for longer than `alert_after` minutes, and why; none if nothing has."""
        self.ensure_one()
        late = fields.Datetime.now() - timedelta(minutes=self.alert_after)
        oldest = self.env["fiscal.document"].search(
            [("register_id", "=", self.id), ("state", "in", OPEN), ("create_date", "<=", late)], order="id", limit=1
        )
        if not oldest:
            return []
        words = self.env._(
            "“%(document)s” has waited since %(time)s.",
            document=oldest.display_name,
            time=self._local(oldest.create_date).strftime("%d.%m.%Y %H:%M"),
        )
        return [words, *filter(None, [self._why_stuck()])]

    def _why_stuck(self):
        """What keeps the lane from its work, as a sentence; else what the register says, if anything."""
        if not self.active or self.state != "enabled":
            return self.env._("The register is off. Switch it on, and what waits goes out in its order.")
        standing = self.env["ir.module.module"].sudo().search([("state", "=like", "to %")])
        if standing:
            return self.env._(
                "Odoo runs none of its scheduled actions, because these apps wait for an installation or upgrade: "
                "%s. Ask an administrator to finish that under Apps.",
                ", ".join(standing.mapped("shortdesc")),
            )
        cron = self.sudo().cron_id
        if not cron.active:
            return self.env._("The scheduled action of the register is off. Switch the register off and on again.")
        if cron.nextcall < fields.Datetime.now() - timedelta(minutes=STANDING):
            return self.env._("Odoo's scheduled actions do not run. Ask an administrator to look at the server.")
        return self.health_message

    def _till_status(self):
        """The light is never green while documents are stuck."""
        status = super()._till_status()
        if not status["unsent"] or not (words := self._stuck_words()):
            return status
        health = "problem" if status["health"] in ("ready", "new") else status["health"]
        return {**status, "health": health, "message": "\n".join(words)}

    def _driven(self, config_id, order_uuids, call):
        """Check from the till as well: it works even if scheduled actions do not."""
        answer = super()._driven(config_id, order_uuids, call)
        if answer["register"]["message"]:
            self._look_after()
        return answer

    def action_test_connection(self):
        result = super().action_test_connection()
        self._look_after()
        return result

    def _called_to(self, activity_type, besides=None):
        """The open activity of this type on a document of this register, or none.

        :param besides: a document whose own activity comes first
        """
        of_register = self.env["fiscal.document"].sudo()._search([("register_id", "=", self.id)])
        found = self.env["mail.activity"].sudo()
        found = found.search(
            [
                ("res_model", "=", "fiscal.document"),
                ("activity_type_id", "=", self.env.ref(activity_type).id),
                ("res_id", "in", of_register),
            ],
            order="id",
        )
        own = found.filtered(lambda activity: besides and activity.res_id == besides.id)
        return (own or found)[:1]

    # === Switched off, archived ===

    def write(self, vals):
        if vals.get("active") is False:
            self._check_may_be_archived()
        return super().write(vals)

    def _check_may_be_archived(self):
        for register in self.sudo().filtered("active"):
            queue = [("register_id", "=", register.id), ("state", "in", OPEN)]
            if self.env["fiscal.document"].sudo().search_count(queue, limit=1):
                raise UserError(
                    self.env._(
                        "Documents wait in the queue of “%s”: archived, it would never send them. Let it work them off "
                        "first, or send them to its backup register.",
                        register.name,
                    )
                )
            if tills := register.pos_config_ids:
                raise UserError(
                    self.env._(
                        "“%(register)s” is the register of %(tills)s. Choose another one there first.",
                        register=register.name,
                        tills=", ".join(tills.mapped("name")),
                    )
                )
