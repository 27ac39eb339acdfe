import base64
import binascii
import hmac
import json
import logging
import secrets
from datetime import timedelta
from uuid import uuid4

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.fiscal_base.models.register.secret import Secret
from odoo.addons.fiscal_base.tools.outcome import Kind
from odoo.addons.fiscal_base.tools.transport import Answer

from .. import const, protocol
from ..protocol import callback

_logger = logging.getLogger(__name__)

#: seconds between two health checks of a register that sends no results
STATUS_EVERY = 600
#: the same for a register with a problem, until it is ready
STATUS_SOON = 30
#: seconds between two updates of `last_seen`: the row is not written at every call
NOTE_EVERY = 5
#: most commands in one answer; each register gets one that prints, since printing takes the longest
COMMANDS = 20


class FiscalKkmServer(models.Model):
    """A KKM Server that calls Odoo (§2), and the registers behind it.

    Every few seconds it delivers the results of earlier commands and fetches new ones. Documents go through the relay
    of their register (`models/register/relay.py` of the base), one command at a time. Besides them this model sends:

    * health checks (`GetDataKKT`) of registers that have sent nothing for long;
    * jobs that users start by a button (`fiscal_kkm_server_task.py`).

    A result names its command by `IdCommand`: the key of a document, the token of the pending request, or the key of a
    question. A result that names none of them is ignored.
    """

    _name = "fiscal.kkm.server"
    _description = "KKM Server that calls"
    _inherit = ["fiscal.secret.mixin"]
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    path = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: secrets.token_urlsafe(18), index=True
    )
    url = fields.Char(string="URL of the call", compute="_compute_url")
    token = Secret(
        required=True,
        default=lambda self: str(uuid4()).upper(),
        help="As it stands in KKM Server. Odoo has made one; type another one of at least 16 characters if you like.",
    )
    login = fields.Char(copy=False, groups="base.group_system", help="Only if KKM Server is given one for this call.")
    password = Secret()
    interval = fields.Integer(
        string="Interval (seconds)",
        default=30,
        help="«Интервал вызова» of KKM Server. A result comes one or two of them later: with 3 a cashier hardly waits.",
    )
    last_seen = fields.Datetime(string="Last call", readonly=True, copy=False)
    register_ids = fields.One2many("fiscal.register", "kkm_server_id", string="Registers")

    _unique_path = models.Constraint("UNIQUE(path)", "Another KKM Server has this address.")

    @api.depends("path")
    def _compute_url(self):
        for server in self:
            server.url = f"{server.get_base_url()}/fiscal/kkm/{server.path}"

    @api.constrains("token")
    def _check_token(self):
        if any(len((server.sudo().token or "").strip()) < 16 for server in self):
            raise ValidationError(self.env._("A token of fewer than 16 characters can be guessed. Take a longer one."))

    @api.constrains("login", "password")
    def _check_login(self):
        if any(":" in (server.sudo().login or "") for server in self):
            raise ValidationError(self.env._("KKM Server takes no colon in a login. Choose another one."))

    @api.constrains("interval")
    def _check_interval(self):
        if any(not 1 <= server.interval <= 600 for server in self):
            raise ValidationError(self.env._("KKM Server calls every 1 to 600 seconds."))

    def _lease(self):
        """Seconds in which the result of a command should have come: two intervals and the time for printing."""
        return float(2 * (self.interval or 30) + 15)

    # === A call ===

    @api.model
    def _known(self, path, token, authorization):
        """The KKM Server that a call comes from; none if its credentials are wrong.

        All comparisons take constant time.

        :param authorization: the header, always sent, also without login and password (§2.2)
        """
        if not (path.isascii() and path.isprintable()):
            return self.browse()
        server = self.sudo().search_fetch([("path", "=", path)], ["login", "last_seen"], limit=1)
        known = (server.token or secrets.token_hex(16)).strip()
        pair = f"{server.login or ''}:{server.password or ''}"
        proved = _same(token.strip(), known) & (
            _same(_basic(authorization), pair) | (not server.login and not server.password)
        )
        return server if server and proved else server.browse()

    def _call(self, results):
        """Store `results`, then return the commands that are due, as JSON texts. Everything is committed."""
        self.ensure_one()
        self._note_call()
        following = []
        for result in results[: 5 * const.CALLBACK_QUEUE]:
            try:
                following += self._take_result(result)
            except psycopg2.OperationalError:
                raise  # a conflict: Odoo repeats the whole call
            except Exception:
                # a result that cannot be processed must not hold up the others or the commands
                _logger.exception("KKM Server %s: a result could not be taken", self.id)
        return [*following, *self._commands(COMMANDS - len(following))]

    def _note_call(self):
        """Update `last_seen`. Called first, so that a conflict with a simultaneous call repeats nothing else."""
        now = fields.Datetime.now()
        if not self.last_seen or abs(now - self.last_seen) >= timedelta(seconds=NOTE_EVERY):
            self.env.cr.execute(SQL("UPDATE fiscal_kkm_server SET last_seen = %s WHERE id = %s", now, self.id))
            self.invalidate_recordset(["last_seen"])

    def _take_result(self, result):
        """Process one result.

        :returns: the next command of the same register, as a list of at most one
        """
        name, key = callback.identify(result)
        if not key:
            return []
        reply = {"status": 200, "text": json.dumps(result, ensure_ascii=False)}
        if name == "GetDataKKT" and (register := self._asked_about(key)):
            register._kkm_server_told_how_it_is(Answer(**reply))
            return []
        if task := self.env["fiscal.kkm.server.task"].search([("server_id", "=", self.id), ("key", "=", key)], limit=1):
            task._finish(Answer(**reply))
            return []
        attempt = self._attempt(name, key)
        if attempt:
            call = attempt.document_id.register_id._relay_bring(attempt.relay_token, reply)
            return [callback.command(call)] if call else []
        self._late_result(name, key, result, reply)
        return []

    def _attempt(self, name, key):
        """The attempt whose pending request this result answers.

        The key of a document names both its command and the question about it; the answer to the latter is `GetRezult`.
        """
        Attempt = self.env["fiscal.attempt"]
        mine = [("document_id.register_id.kkm_server_id", "=", self.id), ("relay_token", "!=", False)]
        if attempt := Attempt.search([*mine, ("relay_token", "=", key)], limit=1):
            return attempt
        kind = "lookup" if name == "GetRezult" else "submit"
        return Attempt.search([*mine, ("key", "=", key), ("kind", "=", kind)], order="id desc", limit=1)

    def _late_result(self, name, key, result, reply):
        """Take the result of a command whose lease has expired: it counts only if it reports a registration."""
        if name == "GetRezult":
            return
        document = self.env["fiscal.document"].search(
            [("key", "=", key), ("register_id.kkm_server_id", "=", self.id), ("state", "!=", "done")], limit=1
        )
        if document.request:
            outcome = protocol.parse(document.request, Answer(**reply))
            if outcome.kind is Kind.DONE:
                with document.register_id._lane(wait=True) as register:
                    if register:
                        told = register._kkm_server_in_words(outcome)
                        register._once(lambda: register.env["fiscal.document"]._told(key, told, register))

    def _asked_about(self, key):
        """The register whose health check has the key `key`."""
        number = key.removeprefix("status-").partition("-")[0]
        return self.register_ids.filtered(lambda register: key.startswith("status-") and str(register.id) == number)

    # === Commands ===

    def _commands(self, room):
        """New commands: documents first, then health checks, then jobs that users have started.

        A command that this build does not know takes the rest of the list with it (§2.4).
        """
        commands = []
        due, quiet, tasks = self._due()
        for register in self.env["fiscal.register"].browse(due)[: max(0, room)]:
            if call := register._kkm_server_take_request():
                commands.append(callback.command(call))
        for register in self.env["fiscal.register"].browse(quiet)[: max(0, room - len(commands))]:
            if key := register._kkm_server_ask_how_it_is():
                commands.append(callback.with_key(register._kkm_server_question()["body"], key))
        task = self.env["fiscal.kkm.server.task"].browse(tasks)[:1]
        return [*commands, *([task._begin()] if task and len(commands) < room else [])]

    def _due(self):
        """What is due, in one query: ids of registers with a due document, of registers with a due health check, and of
        tasks.
        """
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                SELECT r.id,
                       (r.relay_until IS NULL OR r.relay_until <= %(now)s)
                       AND EXISTS (
                           SELECT FROM fiscal_document d
                            WHERE d.register_id = r.id AND d.state IN ('queued', 'sending', 'waiting', 'unknown')
                       ),
                       (r.kkm_server_asked_at IS NULL
                        OR r.kkm_server_asked_at <= CASE WHEN r.health = 'ready' THEN %(long)s ELSE %(soon)s END)
                       AND (r.health <> 'ready' OR r.last_seen IS NULL OR r.last_seen <= %(long)s),
                       NULL
                  FROM fiscal_register r
                 WHERE r.kkm_server_id = %(server)s AND r.state = 'enabled' AND r.active
                   AND r.provider = 'kkm_server' AND r.kkm_server_connection = 'callback'
                UNION ALL
                (SELECT NULL, FALSE, FALSE, t.id
                   FROM fiscal_kkm_server_task t
                  WHERE t.server_id = %(server)s AND t.state = 'queued'
                  ORDER BY t.id LIMIT 1)
                """,
                now=now,
                long=now - timedelta(seconds=STATUS_EVERY),
                soon=now - timedelta(seconds=STATUS_SOON),
                server=self.id,
            )
        )
        rows = self.env.cr.fetchall()
        return (
            [register for register, due, __, __ in rows if due],
            [register for register, __, quiet, __ in rows if quiet],
            [task for __, __, __, task in rows if task],
        )

    @api.autovacuum
    def _gc_servers(self):
        """Delete KKM Servers without registers, 30 days after they were created."""
        self.search(
            [("register_ids", "=", False), ("create_date", "<", fields.Datetime.now() - timedelta(days=30))]
        ).unlink()


def _same(given, expected):
    """Whether two texts are the same, compared in constant time."""
    return hmac.compare_digest(str(given).encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


def _basic(header):
    """`login:password` of an `Authorization` header."""
    scheme, __, encoded = (header or "").partition(" ")
    try:
        return base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        return ""
