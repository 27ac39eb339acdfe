import logging
from datetime import timedelta
from uuid import uuid4

import pytz
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, plaintext2html

from ...const import CORRECTION_KINDS, CORRECTIONS, OPERATIONS, PAYMENT_KINDS, RECEIPTS, STATES, TAX_SYSTEMS
from ...fields import Kopecks
from ...tools.money import ZERO, money
from ...tools.outcome import Kind, Outcome
from ...tools.receipt import Correction, Original, Person, Receipt

_logger = logging.getLogger(__name__)

#: The engine's pass. Only code that holds this very object may change a document that left draft: a context that
#: comes from a client is JSON and cannot carry it.
ENGINE = object()

#: The moves of a document, one row for each state. Nothing else decides whether a move exists.
MOVES = {
    "draft": {"queued", "rejected", "cancelled"},
    # done: the service told it later, of an earlier sending; unknown: the database is older than what was sent
    "queued": {"sending", "rejected", "cancelled", "done", "unknown"},
    "sending": {"done", "waiting", "unknown", "queued", "rejected"},
    "waiting": {"done", "rejected", "unknown", "queued"},
    "unknown": {"done", "queued", "waiting", "rejected"},
    "rejected": {"queued", "cancelled", "done"},
    "done": set(),
    "cancelled": set(),
}
#: states in which the service may have the document or may still get it
OPEN = ("queued", "sending", "waiting", "unknown")
#: states in which the service may say something about the document
SENT = ("sending", "waiting", "unknown")
#: the activity that calls a person
ALERT = "fiscal_base.activity_alert"
#: the activity that alerts a person to something that no move of a document settles
WARNING = "fiscal_base.activity_warning"
#: maximum number of paragraphs in such an alert, however many documents it is about
WARNED = 40
#: outcome → state
STATE_OF = {
    Kind.DONE: "done",
    Kind.WAITING: "waiting",
    Kind.NOT_SENT: "queued",
    Kind.BLOCKED: "queued",
    Kind.UNKNOWN: "unknown",
    Kind.REJECTED: "rejected",
}
#: the longest pause, even if a service asks for more
LONGEST = timedelta(hours=1)
#: who decides about documents whose outcome is open
DECIDES = "fiscal_base.group_fiscal_accountant"
#: seconds before the service is asked again about a document, by number of tries so far
PAUSES = (2, 5, 15, 30, 60, 120, 300, 600)


class StillRefused(Exception):
    """Undoes the renewal of a refused document that would be refused again; its text says why."""


def engine_at_work(env):
    """Whether the caller holds the engine's pass."""
    return env.context.get("fiscal_engine") is ENGINE


class FiscalDocument(models.Model):
    """What the law requires to be registered for one business event, and how far that has come.

    A document is written once, in the transaction of the sale, and is frozen from then on. Only its state, its fiscal
    data and its attempts change, and only through the engine (`models/register/lane.py`).

        draft ─► queued ─► sending ─► done
                    ▲         ├─► waiting ─► done | rejected | unknown | queued
                    │         ├─► unknown ─► (look-up) done | queued | waiting | rejected
                    ├─────────┤ not sent, register blocked: back to queued, with a pause
                    └─ retry ─┴─► rejected ─► cancelled with a reason

    From `queued` and `rejected` a document also becomes `done` if its service reports later that it did register it.
    From `queued` it becomes `unknown` when the database was restored from a backup (`models/register/restored.py`).

    `event` names the business event (`pos.order:<uuid>`). A unique index allows an event one document that is not
    cancelled, however often and from wherever it is announced.

    `key` identifies the document at the service. It is chosen when the document is created, committed before the first
    byte leaves, and changed only when the service has certainly never executed it.
    """

    _name = "fiscal.document"
    _description = "Fiscal document"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    # What it is
    name = fields.Char(string="Reference", readonly=True)
    operation = fields.Selection(OPERATIONS, required=True, readonly=True, index=True)
    event = fields.Char(required=True, readonly=True, copy=False, default=lambda self: f"manual:{self._new_key()}")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    register_id = fields.Many2one(
        "fiscal.register", required=True, readonly=True, ondelete="restrict", check_company=True
    )
    provider = fields.Char(
        readonly=True, copy=False, help="The service that registered it, kept when the register changes to another one."
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    priority = fields.Integer(
        readonly=True, default=0, help="A document the engine puts before others, such as an opening."
    )

    # Where it comes from
    pos_order_id = fields.Many2one("pos.order", readonly=True, ondelete="restrict", index="btree_not_null")
    pos_session_id = fields.Many2one("pos.session", readonly=True, ondelete="set null", index="btree_not_null")
    original_id = fields.Many2one("fiscal.document", string="Original receipt", readonly=True, ondelete="restrict")

    # What it says
    employee_id = fields.Many2one("hr.employee", string="Cashier", readonly=True, ondelete="restrict")
    cashier_name = fields.Char(readonly=True)
    cashier_tax_number = fields.Char(readonly=True, groups="account.group_account_invoice,hr.group_hr_user")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, ondelete="restrict")
    customer_name = fields.Char(readonly=True, help="Company that buys (FFD tag 1227).")
    customer_tax_number = fields.Char(readonly=True, help="Its tax number (FFD tag 1228).")
    customer_email = fields.Char(readonly=True)
    customer_phone = fields.Char(readonly=True)
    tax_system = fields.Selection(TAX_SYSTEMS, readonly=True)
    line_ids = fields.One2many("fiscal.document.line", "document_id", readonly=True)
    payment_ids = fields.One2many("fiscal.document.payment", "document_id", readonly=True)
    total = Kopecks(readonly=True)
    change = Kopecks(readonly=True)
    rounding = Kopecks(
        string="Cash rounding", readonly=True, help="Only where the register has a place of its own for it."
    )
    correction_kind = fields.Selection(
        CORRECTION_KINDS, string="Type of correction", default="0", readonly=True, help="FFD tag 1173."
    )
    correction_date = fields.Date(string="Date of the settlement", readonly=True, help="FFD tag 1178.")
    correction_number = fields.Char(string="Number of the tax service's order", readonly=True, help="FFD tag 1179.")
    correction_reason = fields.Char(string="Reason", readonly=True)
    payment_kinds = fields.Char(compute="_compute_payment_kinds", string="Paid by")

    # How far it has come
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, index=True, tracking=True
    )
    key = fields.Char(readonly=True, copy=False, default=lambda self: self._new_key())
    request = fields.Json(readonly=True, copy=False, groups="base.group_system")
    retry_at = fields.Datetime(readonly=True, copy=False)
    postponed = fields.Boolean(
        readonly=True, copy=False, help="Set aside by a person: it is still asked about, those behind it go on."
    )
    resend = fields.Boolean(
        string="To be sent again",
        readonly=True,
        copy=False,
        help="A person says that it was not registered. The service is asked once more first, and what it knows wins.",
    )
    handed_from_id = fields.Many2one(
        "fiscal.register", string="Handed over from", readonly=True, copy=False, ondelete="set null"
    )
    replaces_id = fields.Many2one("fiscal.document", string="Corrected copy of", readonly=True, copy=False)
    tries = fields.Integer(readonly=True, copy=False)
    error_code = fields.Char(readonly=True, copy=False)
    error_message = fields.Text(string="Problem", readonly=True, copy=False)
    attempt_ids = fields.One2many("fiscal.attempt", "document_id", readonly=True, copy=False)

    # What the register printed
    shift_id = fields.Many2one("fiscal.shift", readonly=True, copy=False, ondelete="restrict", index="btree_not_null")
    fiscal_number = fields.Char(readonly=True, copy=False, index="btree_not_null")
    fiscal_sign = fields.Char(readonly=True, copy=False)
    fiscal_storage = fields.Char(readonly=True, copy=False)
    register_number = fields.Char(readonly=True, copy=False)
    shift_number = fields.Integer(readonly=True, copy=False)
    receipt_number = fields.Integer(string="Receipt in shift", readonly=True, copy=False)
    registered_at = fields.Datetime(readonly=True, copy=False)
    qr_data = fields.Char(string="QR code text", readonly=True, copy=False)
    receipt_url = fields.Char(string="Receipt page", readonly=True, copy=False)
    is_test = fields.Boolean(string="Test, not fiscal", readonly=True, copy=False)
    service_data = fields.Json(readonly=True, copy=False)
    service_id = fields.Char(
        string="Id at the service", readonly=True, copy=False, help="By which the service knows the document."
    )

    _one_event = models.UniqueIndex(
        "(company_id, event) WHERE state <> 'cancelled'", "This event has its fiscal document already."
    )
    _unique_key = models.UniqueIndex("(key)", "A fiscal document with this key exists already.")
    _lane = models.Index("(register_id, priority DESC, id) WHERE state IN ('queued', 'sending', 'waiting', 'unknown')")

    @api.depends("operation", "name", "fiscal_number")
    def _compute_display_name(self):
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for document in self:
            number = document.fiscal_number and f"№ {document.fiscal_number}"
            document.display_name = " ".join(filter(None, (operations.get(document.operation), number, document.name)))

    @api.depends("payment_ids.kind")
    def _compute_payment_kinds(self):
        labels = dict(self.env["fiscal.document.payment"]._fields["kind"]._description_selection(self.env))
        for document in self:
            kinds = set(document.payment_ids.mapped("kind"))
            document.payment_kinds = ", ".join(labels[kind] for kind, __ in PAYMENT_KINDS if kind in kinds)

    # === Frozen ===

    def _engine(self):
        """The same documents with the engine's pass."""
        return self.sudo().with_context(fiscal_engine=ENGINE, mail_notrack=True, tracking_disable=True)

    #: fields of the mail and activity mixins, which people may write at any time
    _FREE = frozenset({"message_follower_ids", "message_ids", "activity_ids", "message_main_attachment_id"})

    def write(self, vals):
        if not engine_at_work(self.env) and not self._FREE.issuperset(vals) and any(d.state != "draft" for d in self):
            raise UserError(
                self.env._(
                    "“%s” has been handed to the register and cannot be changed any more. "
                    "Make a return or a correction instead.",
                    self[:1].display_name,
                )
            )
        if "state" in vals and not engine_at_work(self.env):
            raise UserError(
                self.env._("Only the register moves a fiscal document on. Use the buttons of the document.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(document.state != "draft" for document in self):
            raise UserError(
                self.env._("A fiscal document that left draft is kept for ever. Make a return or a correction instead.")
            )

    def copy(self, default=None):
        if self:
            raise UserError(self.env._("A fiscal document cannot be duplicated: one event has one document."))
        return super().copy(default)

    def _move(self, state, **vals):
        """Move each document to `state` and write `vals` with it. The only writer of `state`.

        :raises UserError: when `MOVES` has no such move
        """
        for document in self:
            if state not in MOVES[document.state]:
                raise UserError(document._what_it_is())
        if state != "unknown":
            vals = {"postponed": False, "resend": False, **vals}
        self._engine().write({"state": state, **vals})
        if state in ("done", "cancelled", "queued"):
            self._settled()

    def _what_it_is(self):
        """What the document is now and what can be done with it: the error message of a button that does not apply."""
        self.ensure_one()
        words = {
            "draft": self.env._("“%s” is a draft. Post it, or delete it."),
            "queued": self.env._(
                "“%s” is in the queue of its register and goes out by itself: there is nothing to do."
            ),
            "sending": self.env._("“%s” is just being sent. Wait a moment, then open it again."),
            "waiting": self.env._("The service has accepted “%s” and will say how it went. “Update status” asks now."),
            "unknown": self.env._(
                "It is not known whether “%s” was registered; the service is being asked. When you have looked at the "
                "register yourself, choose “Decide”."
            ),
            "rejected": self.env._(
                "“%s” has an error. Choose “Send again” when it is mended, or “Decide” to give it up."
            ),
            "done": self.env._("“%s” is registered and stays as it is. Make a return or a correction instead."),
            "cancelled": self.env._(
                "“%s” was given up and stays as it is. Make a new receipt from the order, payment or invoice behind it."
            ),
        }
        return words[self.state] % self.display_name

    # === As plain data ===

    def _as_receipt(self):
        """The document as `tools.receipt.Receipt`, for a provider."""
        self.ensure_one()
        document = self.sudo()
        company = document.company_id
        return Receipt(
            operation=document.operation,
            key=document.key,
            total=money(document.total),
            change=money(document.change),
            rounding=money(document.rounding),
            lines=tuple(line._as_line() for line in document.line_ids),
            payments=tuple(payment._as_payment() for payment in document.payment_ids),
            cashier=Person(name=document.cashier_name or "", tax_number=document.cashier_tax_number or ""),
            customer=document._as_customer(),
            tax_system=document.tax_system or "",
            settlement_address=company._fiscal_address() or "",
            settlement_place=company.fiscal_settlement_place or "",
            sender_email=company.fiscal_sender_email or "",
            reference=document.name or "",
            issued_at=document._local(document.date),
            original=document.original_id._as_original() if document.original_id else None,
            correction=document._as_correction(),
        )

    def _as_customer(self):
        return Person(
            name=self.customer_name or "",
            tax_number=self.customer_tax_number or "",
            email=self.customer_email or "",
            phone=self.customer_phone or "",
        )

    def _as_correction(self):
        if self.operation not in CORRECTIONS:
            return None
        return Correction(
            kind=int(self.correction_kind or 0),
            date=self.correction_date or None,
            number=self.correction_number or "",
            reason=self.correction_reason or "",
        )

    def _as_original(self):
        return Original(
            key=self.key,
            number=self.fiscal_number or "",
            sign=self.fiscal_sign or "",
            storage=self.fiscal_storage or "",
            shift_number=self.shift_number or None,
            registered_at=self._local(self.registered_at),
        )

    def _local(self, moment):
        return self.register_id._local(moment)

    # === Outcomes ===

    def _apply(self, outcome, attempt):
        """Write what the service said. Called by the lane and by callbacks, on a locked row.

        A document in a final state stays as it is; an outcome that comes late or twice is stored with its attempt.
        """
        self.ensure_one()
        register = self.register_id
        outcome = register._clean(outcome, self)
        state = STATE_OF[outcome.kind]
        if outcome.kind is Kind.BLOCKED and self.state in ("waiting", "unknown"):
            # The service could not be asked. A document is sent again only if it was never seen.
            state = self.state
        attempt._engine().write(
            {
                "finished_at": fields.Datetime.now(),
                "outcome": outcome.kind.value,
                "code": outcome.code,
                "message": outcome.message,
                "response": outcome.response,
                **({"service_id": outcome.service_id} if outcome.service_id else {}),
            }
        )
        heard = self.state in SENT or (state == "done" and self.state in ("queued", "rejected"))
        if not heard or (state != self.state and state not in MOVES[self.state]):
            _logger.info("fiscal document %s is %s, %s is not applied", self.key, self.state, outcome.kind.value)
            return False
        vals = {
            "tries": self.tries + 1,
            "error_code": outcome.code,
            "error_message": outcome.message or False,
            "retry_at": False,
        }
        if outcome.kind is Kind.DONE:
            vals.update(self._fiscal_vals(outcome.data), tries=self.tries, warning=self._warning(outcome))
        elif state in ("waiting", "unknown"):
            pause = outcome.retry_after
            if pause is None:
                pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
            vals["retry_at"] = fields.Datetime.now() + min(timedelta(seconds=pause), LONGEST)
        if outcome.service_id:
            vals["service_id"] = outcome.service_id
        if outcome.new_key:
            vals.update(key=self._new_key(), request=False, service_id=False)
        if state == self.state:
            self._engine().write(vals)
        else:
            self._move(state, **vals)
        if state == "done":
            register._registered(self)
            if self.warning:
                self._warn(self.warning)
        return True

    @api.model
    def _told(self, key, outcome, register):
        """Apply what a service says about the document with `key` in a verified callback.

        The same news may come twice, late, or before the answer to the request; final states never change. A
        registration under an abandoned key counts too; if the document has been sent again since, a person is alerted.

        :param register: the register for which the callback was verified; other registers' documents are ignored
        :returns: the document, or none if no document of `register` ever had this key
        """
        document = self.sudo()._known_by(key, register)
        if not document:
            return document
        self.env.cr.execute(SQL("SELECT FROM fiscal_document WHERE id = %s FOR UPDATE", document.id))
        document.invalidate_recordset()
        attempt = self.env["fiscal.attempt"].sudo().create({"document_id": document.id, "kind": "callback", "key": key})
        register = document.register_id
        if key == document.key or (outcome.kind is Kind.DONE and document.state in ("queued", "rejected")):
            if document._apply(outcome, attempt):
                if key != document.key:
                    document._engine().write({"key": key, "request": False})
                register._note_outcome(outcome)
                register._remedy(document, outcome)
                document._announce()
                register._wake()
        else:
            attempt._engine().write(
                {
                    "finished_at": fields.Datetime.now(),
                    "outcome": outcome.kind.value,
                    "message": register._clean(outcome, document).message,
                    "service_id": outcome.service_id or False,
                }
            )
        if outcome.kind is Kind.DONE and (key != document.key or document.state == "cancelled"):
            words = register.with_context(lang=register._responsible().lang).env._(
                "The service says that it registered this under the key %s, which had been given up. "
                "Compare with the register; a receipt too many is taken back by a return.",
                key,
            )
            document._warn(words)
        return document

    @api.model
    def _known_by(self, key, register):
        """The document of `register` that has or once had this key, if any."""
        document = self.search([("key", "=", key), ("register_id", "=", register.id)], limit=1)
        if document:
            return document
        attempts = [("key", "=", key), ("document_id.register_id", "=", register.id)]
        return self.env["fiscal.attempt"].search(attempts, limit=1).document_id

    def _claim(self):
        """Make two transactions collide that make a receipt of the same thing at the same moment.

        Neither would see the other's receipt, and both would be committed. Because both update the same row, PostgreSQL
        refuses the later one; Odoo repeats its call, which then sees the receipt.
        """
        for records in self._claimed():
            if records:
                table = SQL.identifier(records._table)
                self.env.cr.execute(
                    SQL("UPDATE %s SET write_date = write_date WHERE id = ANY(%s)", table, sorted(records.ids))
                )

    def _claimed(self):
        """What a document may take from another one: recordsets of stored models."""
        original = self.original_id
        return [original | original._told_together()]

    def _ask_now(self):
        """Ask the service in the background at once, because it has hinted at news."""
        documents = self.sudo().filtered(lambda document: document.state in ("waiting", "unknown"))
        documents.filtered("retry_at")._engine().write({"retry_at": False})
        documents.register_id._wake()

    def _fiscal_vals(self, data):
        registered_at = data.registered_at
        if registered_at:
            zone = self.register_id._timezone()
            registered_at = zone.localize(registered_at).astimezone(pytz.utc).replace(tzinfo=None)
        return {
            "provider": self.register_id.provider,
            "fiscal_number": data.number,
            "fiscal_sign": data.sign,
            "fiscal_storage": data.storage,
            "register_number": data.register_number,
            "shift_number": data.shift_number or 0,
            "receipt_number": data.receipt_number or 0,
            "registered_at": registered_at or fields.Datetime.now(),
            "qr_data": data.qr,
            "receipt_url": data.url,
            "is_test": data.test,
            "service_data": self._service_data(data) or False,
        }

    def _service_data(self, data):
        counters = {name: str(value) for name, value in data.counters.items()}
        return {**data.extra, **({"counters": counters} if counters else {})}

    # === For the till and for people ===

    def _till_receipt(self):
        """What the till's receipt shows, as JSON values."""
        self.ensure_one()
        document = self.sudo()
        return {
            "id": document.id,
            "operation": document.operation,
            "state": document.state,
            "register": document.register_id.name,
            "number": document.fiscal_number or "",
            "sign": document.fiscal_sign or "",
            "storage": document.fiscal_storage or "",
            "register_number": document.register_number or "",
            "shift": document.shift_number or 0,
            "receipt": document.receipt_number or 0,
            "date": document.registered_at and document._local(document.registered_at).strftime("%d.%m.%Y %H:%M"),
            "qr": document.qr_data or "",
            "url": document.receipt_url or "",
            "test": document.is_test or document.register_id._capabilities().test,
            "problem": document.error_message or "" if document.state == "rejected" else "",
            "warning": document.warning or "",
        }

    def _announce(self):
        """Tell the tills the register's state and which receipts have changed; they read the receipts themselves."""
        self.ensure_one()
        message = {"register": self.register_id._till_status(), "order": self.pos_order_id.uuid or False}
        for config in self.register_id.pos_config_ids | self.pos_order_id.config_id:
            if config.current_session_id:
                config._notify("FISCAL", message)

    def _alert(self, words=None):
        """Alert the responsible person: the document waits for a decision. The activity is closed when one is made.

        Among a register's documents with an error, the first one alerts for all of them.

        :param words: what is to be decided, if it is not the document's own problem
        """
        for document in self.sudo():
            register = document.register_id
            if not words and register._called_to(ALERT):
                continue
            self.env["mail.activity"].sudo()._fiscal_call(
                document,
                register._responsible(),
                ALERT,
                self.env._("Fiscal receipt with an error"),
                plaintext2html(words or document.error_message or ""),
            )

    def _settled(self):
        """Withdraw the alert; the register's next document that waits for a decision alerts instead."""
        documents = self._engine()
        alerts = documents.activity_search([ALERT])
        if not alerts:
            return
        alerts.unlink()
        for register in documents.register_id:
            documents.search(
                [("register_id", "=", register.id), ("state", "=", "rejected")], order="id", limit=1
            )._alert()

    def _warn(self, words):
        """Alert the responsible person to something that no move of the document settles. The same is said only once,
        and what concerns other documents of the register is added to the existing alert.
        """
        document = self.sudo()
        note = plaintext2html(words)
        if any(note == message.body for message in document.message_ids):
            return
        document._engine().message_post(body=note)
        if call := document.register_id._called_to(WARNING, document):
            document._engine().shared_call_ids += call
            if call.res_id == document.id or call.note.count("<p>") < WARNED:
                call.note += Markup("<p>%s</p>") % document.display_name + note
            return
        self.env["mail.activity"].sudo()._fiscal_call(
            document,
            document.register_id._responsible(),
            WARNING,
            self.env._("Look at this fiscal receipt"),
            note,
        )

    @api.model
    def _list_action(self, field, record):
        """Open the documents whose `field` is `record`, for all who may see that."""
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fiscal documents"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [(field, "=", record.id)],
        }

    @api.model
    def _new_key(self):
        return str(uuid4())

    @api.model
    def _cashier_vals(self, employee):
        """Values that name `employee` as the cashier, as of now."""
        employee = employee.sudo()
        return {
            "employee_id": employee.id,
            "cashier_name": employee.name,
            "cashier_tax_number": employee.fiscal_tax_number,
        }

    def action_retry(self):
        """Send rejected documents again: made anew from their source if there is one, always under a new key.

        For fiscal accountants, on documents that they see. A till uses `pos.config.fiscal_retry`.
        """
        self._check_may_decide()
        self.check_access("read")
        copies = self.browse()
        for document in self:
            if document.state != "rejected":
                raise UserError(document._what_it_is())
            copy = document._corrected_copy()
            if copy and copy.state == "rejected":
                raise UserError(copy.error_message)
            if not copy:
                document._requeue()
            copies |= copy or document
        if len(self) == 1 and copies != self:
            return copies._get_records_action()
        return None

    def _requeue(self):
        """Queue a rejected document again as it is, with a new key."""
        if problems := self.register_id._problems(self._as_receipt()):
            raise UserError("\n".join(problems))
        self._move("queued", key=self._new_key(), request=False, service_id=False, retry_at=False, error_message=False)
        self.register_id._wake()

    def _try_again(self):
        """Retry open documents for a till: pauses end, and refused documents are made anew if possible.

        A document that would be refused again stays as it is and says why.
        """
        for document in self:
            if document.state in OPEN and document.retry_at:
                document._engine().write({"retry_at": False})
            if document.state != "rejected":
                continue
            try:
                with self.env.cr.savepoint():
                    copy = document._corrected_copy()
                    if copy.state == "rejected":
                        raise StillRefused(copy.error_message)
            except (StillRefused, UserError) as refusal:
                document._engine().write({"error_message": str(refusal)})

    @api.model
    def _customer_vals(self, partner, email=None, phone=None):
        """Values that name the customer, as of now; name and tax number only if a company buys."""
        company = partner.commercial_partner_id if partner.commercial_partner_id.is_company else partner.browse()
        return {
            "partner_id": partner.id,
            "customer_name": company.name,
            "customer_tax_number": company.vat,
            "customer_email": email or partner.email,
            "customer_phone": phone or partner.phone,
        }

    def action_decide(self):
        """Open the dialog for a person's decision. For fiscal accountants, on documents that they see."""
        self._check_may_decide()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "fiscal.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_document_ids": self.ids},
        }

    def action_use_backup(self):
        """Move documents that were never sent to the backup register, by decision of a person.

        For fiscal accountants, on documents that they see.
        """
        self._check_may_decide()
        self.check_access("read")
        for register in self.register_id:
            documents = self.filtered(lambda document, of=register: document.register_id == of)
            if not register.backup_id:
                raise UserError(
                    self.env._("“%s” has no backup register. Name one on its page “How it works”.", register.name)
                )
            if not all(document._may_use_backup() for document in documents):
                raise UserError(
                    self.env._("Only receipts that were surely not sent (“In queue”) can go to the backup register.")
                )
            if not register._use_backup_now(documents):
                raise UserError(self.env._("The register is just being asked. Please try again in a moment."))

    @api.model
    def _check_may_decide(self):
        """Refuse users who may not decide about documents whose outcome is open."""
        if not self.env.user.has_group(DECIDES):
            raise AccessError(self.env._("Only a fiscal accountant decides about documents whose outcome is open."))

    def _may_use_backup(self):
        """Whether the backup register, if there is one, may take this over: only a document that was never sent.

        A look-up that found nothing is enough to send a document again to a register that knows its key, but not to
        send it to another one: what was lost on the way may still arrive.
        """
        return self.state == "queued" and self.operation in RECEIPTS and not self._may_have_left()

    def _may_have_left(self):
        """Whether, by its attempts, a request for the document may have reached its register."""
        for attempt in self.sudo().attempt_ids:
            if attempt.kind == "person" and attempt.outcome == "not_sent":
                return False  # because they have looked at the register
            if attempt.kind == "submit" and attempt.outcome not in ("not_sent", "blocked", "rejected"):
                return True
        return False

    def _decide(self, decision, reason, data=None):
        """A person's decision about documents whose outcome the service does not tell, stored with reason and name.

        :param decision: `registered` (with `data`), `not_registered`, `postpone`, or `cancel` for one with an error
        :param reason: why; kept in the history
        :param data: `tools.outcome.FiscalData` of the paper receipt, for `registered`
        """
        state = "rejected" if decision == "cancel" else "unknown"
        for document in self:
            register = document.register_id
            self.env.cr.execute(SQL("SELECT state FROM fiscal_document WHERE id = %s FOR UPDATE", document.id))
            if self.env.cr.fetchone()[0] != state:
                document.invalidate_recordset()
                raise UserError(document._what_it_is())
            if decision == "registered":
                document._check_number_is_free(data)
            attempt = (
                self.env["fiscal.attempt"]
                .sudo()
                .create({"document_id": document.id, "kind": "person", "key": document.key})
            )
            if decision == "registered":
                document._apply(Outcome.done(data, message=reason), attempt)
            elif decision == "not_registered":
                document._was_not_registered(reason, attempt)
            else:
                attempt._engine().write({"outcome": decision, "message": reason, "finished_at": fields.Datetime.now()})
                if decision == "postpone":
                    document._engine().write({"postponed": True, "resend": False})
                else:
                    document._move("cancelled")
            document._engine().message_post(
                body=self.env._(
                    "%(person)s decided: %(decision)s. Reason: %(reason)s",
                    person=self.env.user.name,
                    decision=self.env["fiscal.decision"]._words(decision),
                    reason=reason,
                ),
                author_id=self.env.user.partner_id.id,
            )
            register.sudo().retry_at = False
            register._wake()

    def _was_not_registered(self, reason, attempt):
        """A person says so. If the service can be asked, it is asked once more before anything is sent again."""
        capabilities = self.register_id._capabilities()
        outcome = Outcome.not_sent(reason, 0, new_key=not capabilities.deduplicates)
        if not capabilities.lookup:
            self._apply(outcome, attempt)
            return
        attempt._engine().write(
            {"outcome": outcome.kind.value, "message": reason, "finished_at": fields.Datetime.now()}
        )
        self._engine().write({"resend": True, "postponed": False, "retry_at": False})

    def _corrected_copy(self):
        """Make the document again from its source, with the present settings; the old one is kept, cancelled.

        :returns: the new document, or none if there is nothing to make it from
        """
        self.ensure_one()
        if not self.pos_order_id:
            return self.browse()
        self._move("cancelled")
        copies = self.pos_order_id._fiscal_enqueue()
        if not copies:
            raise UserError(
                self.env._(
                    "Nothing of what “%s” says is left to be registered. Choose “Decide” to give this document up.",
                    self.display_name,
                )
            )
        copy = copies.filtered(lambda document: document.event == self.event) or copies[:1]
        copy._engine().write({"replaces_id": self.id})
        return copy

    def action_update(self):
        """Ask the service now about documents whose outcome is open. For all who may see them."""
        self.check_access("read")
        for register in self.filtered(lambda document: document.state in OPEN).register_id:
            documents = self.filtered(lambda document, of=register: document.register_id == of)
            documents.filtered("retry_at")._engine().write({"retry_at": False})
            register._wake()

    def action_open_receipt(self):
        self.ensure_one()
        if not self.receipt_url:
            raise UserError(self.env._("The register has given no page for this receipt."))
        return {"type": "ir.actions.act_url", "url": self.receipt_url, "target": "new"}

    def _return_problem(self, original, total, means=None):
        """A sentence when returning `total` of `original` would return more than was sold, else False.

        :param means: `{kind: sum}` of what is paid back, if no document says it yet
        """
        if not original:
            return False
        original = original.sudo()
        if problem := original._not_made():
            return problem
        left = original._left_to_return(besides=self)
        if total <= left:
            return False
        return self.env._(
            "Of “%(document)s” %(left)s can still be returned, not %(total)s.",
            document=original.display_name,
            left=left,
            total=total,
        )

    @api.model
    def _sum_problem(self, receipt):
        """A sentence when the sums of a receipt do not agree to the kopeck, else False (rule 7)."""
        if receipt.operation not in RECEIPTS:
            return False
        lines = sum((line.amount for line in receipt.lines), receipt.rounding)
        paid = sum((payment.amount for payment in receipt.payments), ZERO) - receipt.change
        if lines == receipt.total == paid:
            return False
        return self.env._(
            "The sums do not agree: lines %(lines)s, total %(total)s, paid %(paid)s.",
            lines=lines,
            total=receipt.total,
            paid=paid,
        )
