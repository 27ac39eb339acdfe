from odoo import api, fields, models
from odoo.exceptions import UserError

from .document import ENGINE, engine_at_work


class FiscalAttempt(models.Model):
    """One call of the service for one document, or one decision: when, by whom, what was said; secrets are masked."""

    _name = "fiscal.attempt"
    _description = "Fiscal attempt"
    _order = "id desc"

    document_id = fields.Many2one("fiscal.document", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("submit", "Sent"),
            ("lookup", "Looked up"),
            ("callback", "Told by the service"),
            ("person", "Decided by a person"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(readonly=True, index="btree_not_null")
    started_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    #: `tools.uptime.stamp` of `started_at`
    uptime = fields.Char(readonly=True, copy=False, groups="base.group_system")
    finished_at = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", string="Run by", readonly=True, default=lambda self: self.env.user)
    outcome = fields.Selection(
        [
            ("done", "Registered"),
            ("waiting", "Accepted"),
            ("not_sent", "Not executed"),
            ("unknown", "Unknown"),
            ("rejected", "Refused"),
            ("blocked", "Register blocked"),
            ("postpone", "Set aside"),
            ("cancel", "Given up"),
        ],
        readonly=True,
    )
    code = fields.Char(readonly=True)
    message = fields.Text(readonly=True)
    request = fields.Text(readonly=True)
    response = fields.Text(readonly=True)
    service_id = fields.Char(
        string="Id at the service", readonly=True, help="By which the service knows what was sent under this key."
    )
    relay_token = fields.Char(readonly=True, copy=False, groups="base.group_system", index="btree_not_null")
    replies = fields.Json(readonly=True, copy=False, groups="base.group_system")

    def write(self, vals):
        if not engine_at_work(self.env):
            raise UserError(self.env._("Attempts are a record of what happened; they cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        if not engine_at_work(self.env) and any(attempt.document_id.state != "draft" for attempt in self):
            raise UserError(self.env._("Attempts are a record of what happened; they cannot be deleted."))

    def _engine(self):
        return self.sudo().with_context(fiscal_engine=ENGINE)
