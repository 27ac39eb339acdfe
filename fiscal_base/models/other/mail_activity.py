from odoo import api, fields, models


class MailActivity(models.Model):
    """Alerts are created where a problem is found, often while a sale is stored, and mailed later by a scheduled
    action: no sale waits for an e-mail.
    """

    _inherit = "mail.activity"

    fiscal_mail_due = fields.Boolean(readonly=True, copy=False)
    _fiscal_mail_due = models.Index("(id) WHERE fiscal_mail_due")

    @api.model
    def _fiscal_call(self, record, user, activity_type, summary, note):
        """Alert `user` to `record`, without sending an e-mail in this transaction.

        :param str activity_type: external id
        :returns: the activity
        """
        activity = record.with_context(mail_activity_quick_update=True).activity_schedule(
            activity_type, user_id=user.id, summary=summary, note=note, fiscal_mail_due=user != self.env.user
        )
        if activity.fiscal_mail_due:
            self.env.ref("fiscal_base.cron_watch").sudo()._trigger()
        return activity

    @api.model
    def _fiscal_mail(self):
        """Mail the alerts that are still open and were not mailed yet."""
        due = self.search([("fiscal_mail_due", "=", True)], limit=100)
        due.fiscal_mail_due = False
        due.action_notify()
