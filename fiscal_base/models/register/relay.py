import json
import logging
import secrets
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import uptime
from ...tools.outcome import Kind, Outcome, RegisterStatus, storable
from ...tools.text import one_line
from ...tools.transport import MAX_ANSWER, Answer, Lost, Request
from ..document.document import LONGEST, SENT

_logger = logging.getLogger(__name__)

#: documents that one call of a carrier takes up at most before it gets a request
STEPS = 50
#: seconds that a lease outlasts the timeout of its request
MARGIN = 15


class FiscalRegister(models.Model):
    """Registers that the server cannot reach: a carrier beside them takes requests there and brings replies back.

    A *carrier* is a browser on the register's computer, or a service that calls Odoo. It takes one request at a time
    from the lane (`_relay_take`) and brings the reply (`_relay_bring`). Everything else is as in a lane that the server
    drains: the same order, the same three commits, the same conversation of the provider.

    The lane's lock cannot be held meanwhile, since a carrier may never come back. Instead, a request that is out has a
    token and a lease (`Capabilities.relay` seconds). Until the lease expires, nobody else gets a request; then the
    document is unknown and is looked up through the next carrier. The replies so far are stored with the attempt, and
    the conversation is replayed with them, so it must depend on nothing but the document and the replies.

    A reply that comes after its lease, when the document has been settled otherwise, ends its conversation: nothing
    more is sent because of it, and it counts only if it reports a registration. A carrier that was asleep does not
    carry out a request after its lease (`carry.js`).

    A provider implements ``_<p>_conversation(document, request, kind)``: a generator that yields
    `tools.transport.Request`, is sent `Answer` or `Lost`, and returns an `Outcome` (kinds `submit`, `lookup`) or a
    `RegisterStatus` (`status`, with no document). What it yields goes to a browser: it contains no secret, and `auth`
    is not passed on.
    """

    _inherit = "fiscal.register"

    relay_until = fields.Datetime(readonly=True, copy=False)
    # the attempt whose request is out, or was out last
    relay_attempt_id = fields.Many2one("fiscal.attempt", readonly=True, copy=False, groups="base.group_system")
    relays = fields.Boolean(compute="_compute_relays")
    # set when nobody would carry the queued documents
    relay_warning = fields.Char(compute="_compute_relay_warning", compute_sudo=True)

    def _compute_relays(self):
        for register in self:
            register.relays = bool(register._capabilities().relay)

    def _compute_relay_warning(self):
        for register in self:
            tills = register.pos_config_ids
            kiosks = tills.filtered(lambda config: config._fiscal_self_ordering() == "kiosk")
            warning = False
            if register.relays and not tills - kiosks:
                warning = self.env._(
                    "Only the browser of an open till carries documents to this register, and no till with a cashier "
                    "uses it: they wait until somebody presses “Send from this computer” here. Choose the register for "
                    "a point of sale, and keep its page open."
                )
            register.relay_warning = warning

    def _self_ordering_warning(self, mode):
        """A sentence for the settings of a point of sale on this register, False where somebody carries its receipts.

        :param mode: where its customers order: "kiosk", "mobile", or a value without meaning here
        """
        if not self.relays:
            return False
        if mode == "kiosk":
            return self.env._(
                "Only the browser of an open till carries receipts to the register “%s”; a kiosk carries none. Keep "
                "the page of a till with this register open, or choose a register that Odoo itself reaches.",
                self.name,
            )
        if mode == "mobile":
            return self.env._(
                "Only the browser of an open till carries receipts to the register “%s”: those of orders from phones "
                "wait while no page of a till with it is open. Keep one open, or choose a register that Odoo itself "
                "reaches.",
                self.name,
            )
        return False

    # === Ways in ===

    def _relay_take(self):
        """The next request of the lane for a carrier, as JSON values, or None if there is nothing to carry now.

        :returns: `{"token", "provider", "method", "url", "headers", "body", "timeout", "lease"}`; in seconds, how long
            to wait for the reply, and for how long from now the request may be carried out
        """
        if not self._capabilities().relay:
            return None
        with self._lane(wait=True) as register:
            if not register or not register._relay_is_free():
                return None
            register._recover()
            return register._relay_next()

    def _relay_bring(self, token, reply):
        """Take the reply to the request with `token`: `{"status": int, "text": str}`, or `{"error": str}`.

        A reply that comes twice changes nothing; one that comes too late counts only if it reports a registration. A
        reply for another register, or from somebody who did not take the request, is ignored.

        :returns: the next request, as `_relay_take`
        """
        with self._lane(wait=True) as register:
            if not register or not isinstance(token, str) or not token.startswith(f"{register.id}-"):
                return None
            attempt = register.env["fiscal.attempt"].search(
                [("relay_token", "=", token), ("user_id", "=", register.env.uid)], limit=1
            )
            if not attempt:
                return None
            if register._relay_awaits(attempt):
                register._once(lambda: register._relay_keep(attempt, reply))
                if call := register._relay_step(attempt):
                    return call
            else:
                register._relay_late(attempt, reply)
            return register._relay_next() if register._relay_is_free() else None

    def relay(self, token=None, reply=None):
        """For a browser of the back office: bring a reply, if there is one, and take the next request.

        For fiscal accountants, on registers of their companies.

        :returns: `{"call": as `_relay_take` or None, "left": documents still in the queue}`
        """
        register = self._relay_for_accountant()
        call = register._relay_bring(token, reply) if token else register._relay_take()
        register.invalidate_recordset()
        return {"call": call, "left": register.open_count}

    def relay_status(self, replies):
        """For a browser: ask the register how it is, given the replies so far.

        For fiscal accountants, on registers of their companies: what they bring is what the register's card says.

        :returns: `{"call": …}` for the next question, `{"action": …}` with the notification at the end
        """
        register = self._relay_for_accountant()
        if not self.relays:
            raise UserError(self.env._("This register is not asked from a browser. Reload the page and try again."))
        said = register._relay_said(register.env["fiscal.document"], {}, "status", list(replies)[:STEPS])
        if isinstance(said, Request):
            return {"call": register._relay_call(said, "")}
        if not isinstance(said, RegisterStatus):
            problem = self.env._("The register does not say how it is (%s).", type(said).__name__)
            said = RegisterStatus(ready=False, reachable=False, problem=problem)
        register._note_status(said)
        return {"action": self._status_notification(said)}

    def _relay_ask(self):
        """Ask the register from the browser of an accountant; others read what it said last: a browser of theirs is not
        believed.
        """
        if self.env.user.has_group("fiscal_base.group_fiscal_accountant"):
            return {"type": "ir.actions.client", "tag": "fiscal_relay_status", "params": {"register_id": self.id}}
        raise UserError(
            self.env._(
                "This register is asked from the computer that it is connected to, by an accountant. "
                "An open till asks it with every receipt."
            )
        )

    def action_relay(self):
        """Process the queue from the browser that shows the register. For all who may see it; `relay` requires more."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.client", "tag": "fiscal_relay", "params": {"register_id": self.id}}

    def _relay_for_accountant(self):
        """The register as the superuser, for an accountant who may see it."""
        self.ensure_one()
        if not self.env.user.has_group("fiscal_base.group_fiscal_accountant"):
            raise AccessError(self.env._("Only accountants can send documents from this computer."))
        self.check_access("read")
        return self.sudo()

    # === One step ===

    def _relayed(self):
        """Whether a request is out with a carrier."""
        return self._pauses(self.relay_until, fields.Datetime.now())

    def _relay_is_free(self):
        """Whether a carrier may have the next request."""
        return bool(self.state == "enabled" and self._capabilities().relay and not self._relayed())

    def _relay_awaits(self, attempt):
        """Whether the conversation of `attempt` goes on: its document has not been settled otherwise."""
        return bool(
            attempt == self.relay_attempt_id
            and not attempt.finished_at
            and attempt.document_id.state in SENT
            and attempt.key == attempt.document_id.key
            and self._capabilities().relay
        )

    def _relay_next(self):
        """Begin with the document that is due, until there is a request to carry."""
        if not self._after_a_gap():
            return None
        for __ in range(STEPS):
            document = self._next_document()
            if not document:
                return None
            method = "submit"
            if document.state != "queued":
                method = self._lookup_method(document)
                if not method:
                    continue
            elif self._opening_for(document):
                continue
            attempt = self._relay_begin(document)
            if attempt and (call := self._relay_step(attempt)):
                return call
        return None

    def _relay_begin(self, document):
        return self._once(lambda: self._begin(document, "submit" if document.state == "queued" else "lookup"))

    def _relay_keep(self, attempt, reply):
        """Store a reply with its attempt. That uses up its token and ends its lease."""
        reply = storable(reply) if isinstance(reply, dict) else {}
        attempt._engine().write({"relay_token": False, "replies": [*(attempt.replies or []), reply]})
        if attempt == self.relay_attempt_id:
            self.relay_until = False

    def _relay_step(self, attempt):
        """Go on with the conversation of `attempt`.

        :returns: its next request as the carrier gets it, or None at the end, when the outcome is stored
        """
        document = attempt.document_id
        kind = self._relay_kind(attempt)
        said = self._relay_said(document, document.request or {}, kind, attempt.replies or [])
        self.env.cr.rollback()
        if isinstance(said, Request):
            token = f"{self.id}-{secrets.token_urlsafe(21)}"  # it names the register it was handed out for
            lease = max(self._capabilities().relay, said.read_timeout + MARGIN)
            self._once(lambda: self._relay_lend(attempt, token, lease))
            return {**self._relay_call(said, token), "lease": lease}
        if not isinstance(said, Outcome):
            said = Outcome.unknown(self.env._("The program failed while it was sent (%s).", type(said).__name__))
        if attempt.kind == "lookup":
            said = self._looked_up(document, kind, said)
        self._once(lambda: attempt._engine().write({"replies": False}))
        self._finish(document, attempt, said)
        return None

    def _relay_late(self, attempt, reply):
        """A reply that nobody waits for any more. Its conversation sends nothing further."""
        self._once(lambda: self._relay_keep(attempt, reply))
        document = attempt.document_id
        # the frozen request, or what is left of it under a key that was given up; a secret in that is hidden
        frozen = document.request if attempt.key == document.key else None
        request = frozen or json.loads(attempt.request or "{}")
        said = self._relay_said(document, request, self._relay_kind(attempt), attempt.replies)
        self.env.cr.rollback()
        self._once(lambda: attempt._engine().write({"replies": False}))
        if isinstance(said, Outcome) and said.kind is Kind.DONE:
            self._once(lambda: self.env["fiscal.document"]._told(attempt.key, said, self))

    def _relay_kind(self, attempt):
        return "submit" if attempt.kind == "submit" else self._lookup_method(attempt.document_id) or "lookup"

    def _relay_lend(self, attempt, token, lease):
        now = fields.Datetime.now()
        # the last request of a conversation is the one that may still be on its way (`_since_sent`)
        attempt._engine().write({"relay_token": token, "started_at": now, "uptime": uptime.stamp()})
        self.write(
            {
                "relay_until": now + min(timedelta(seconds=lease), LONGEST),
                "relay_attempt_id": attempt.id,
            }
        )

    def _relay_said(self, document, request, kind, replies):
        """What the provider's conversation says after `replies`: a `Request`, or what it returns in the end."""
        try:
            conversation = self._call_provider("conversation", document, request, kind)
            said = next(conversation)
            for reply in replies:
                said = conversation.send(_reply(reply))
        except StopIteration as end:
            return end.value
        except Exception as error:
            _logger.exception("fiscal document %s: the conversation failed", document.key)
            return error
        return said

    def _relay_call(self, request, token):
        return {
            "token": token,
            "provider": self.provider,
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": request.body,
            "timeout": request.read_timeout,
        }


def _reply(raw):
    """A carrier's reply as the transport knows it; anything that is not an answer is a lost one."""
    status, text = raw.get("status"), raw.get("text")
    if isinstance(status, int) and isinstance(text, str) and len(text) <= MAX_ANSWER:
        return Answer(status, text)
    return Lost(one_line(str(raw.get("error") or "no answer"))[:200])
