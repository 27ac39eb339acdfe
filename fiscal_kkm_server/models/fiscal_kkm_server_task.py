from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

from .. import protocol
from ..protocol import callback

#: days for which a task is kept
KEPT = 7


class FiscalKkmServerTask(models.Model):
    """A job that a user has started for a KKM Server that calls. It is fetched with the next call; its result is posted
    to the register's chatter.
    """

    _name = "fiscal.kkm.server.task"
    _description = "Question to a KKM Server that calls"
    _order = "id"

    server_id = fields.Many2one("fiscal.kkm.server", required=True, ondelete="cascade", index=True)
    register_id = fields.Many2one("fiscal.register", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, default=lambda self: self.env.user)
    name = fields.Char(required=True)
    details = fields.Json()
    key = fields.Char(required=True, index=True)
    state = fields.Selection(
        [("queued", "In queue"), ("sent", "Sent"), ("done", "Done")], default="queued", required=True
    )

    def _begin(self):
        """The text of its command, sent with the answer to this call."""
        self.state = "sent"
        register = self.register_id.with_user(self.user_id).sudo()
        body = protocol.freeze(register._kkm_server_job(self.name, self.key, **(self.details or {})))["body"]
        return callback.command({"body": body, "token": self.key})

    def _finish(self, reply):
        """Post the result to the register's chatter and notify the user."""
        if self.state == "done":
            return
        # the end of a job that is still running never comes by itself (§2.5); a slip is not worth asking for it
        register = self.register_id.with_context(lang=self.user_id.lang)
        words, __ = register._kkm_server_job_said(self.name, reply)
        self.state = "done"
        register.message_post(body=plaintext2html(words), author_id=self.user_id.partner_id.id)
        self.user_id._bus_send("simple_notification", {"type": "info", "message": words})

    @api.autovacuum
    def _gc_tasks(self):
        self.search([("create_date", "<", fields.Datetime.now() - timedelta(days=KEPT))]).unlink()
