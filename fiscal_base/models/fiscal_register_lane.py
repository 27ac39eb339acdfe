import contextlib
import json
import logging
import time
from dataclasses import replace
from datetime import timedelta

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import pytz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html

from ..const import NEEDS_SHIFT, RECEIPTS
from ..tools.outcome import Kind, Outcome, RegisterStatus, storable
from ..tools.transport import redact
from .fiscal_document import ALERT, LONGEST, OPEN

_logger = logging.getLogger(__name__)

#: first half of the advisory lock; the second half is the register's id
LANE = 0x0F15CA1
#: refusals of a shift document that mean that there was nothing left to do: operation, code of the outcome
NOTHING_LEFT = {("shift_open", "shift_open"), ("shift_close", "shift_closed")}
#: seconds for which one run of the scheduled action drains a lane before it lets others have their turn: a worker runs
#: all actions that are due one after the other, and Odoo ends it when they take longer than 120 seconds together
TURN = 15
#: conflicts of one short transaction with another before the lane gives up this turn
CONFLICTS = 5
#: failures in a row after which a register is asked how it is before anything is sent to it
PROBE_AFTER = 3
#: seconds of silence after which an idle register is asked how it is
HEALTH_EVERY = 600
#: minutes before the 24 hours of a shift are over, at which it is closed at the latest
SHIFT_MARGIN = 20
#: seconds before a register that could not be reached is tried again, by number of failures in a row
PAUSES = (1, 2, 5, 10, 30, 60, 120, 300)


class FiscalRegister(models.Model):
    """The lane: takes the documents of one register in order and brings each to its end.

    Three commits stand around every call to a service:

    1. the business transaction commits the document as `queued`, with the sale;
    2. the lane commits `sending`, the key, the exact request and an attempt, and only then calls;
    3. the lane commits the outcome.

    A lane has a database connection of its own and holds a PostgreSQL advisory lock of that connection from the first
    document to the last. Whoever holds it is the only one at work on the register, on any worker of any node; when a
    worker is killed, the lock falls with its connection. So a document that is found `sending` by a new holder has lost
    its worker between commits 2 and 3: it becomes `unknown` and is looked up, never sent blindly.
    """

    _inherit = "fiscal.register"

    # === Into the outbox ===

    def _enqueue(self, vals):
        """Write a document into the outbox, in the transaction of the caller. No network, no lock.

        A till announces itself by `fiscal_till` in the context: it drives the lane in a request of its own, and the
        scheduled action, which comes by every minute, is there for the case that it does not.

        What the register would refuse is kept all the same, as `rejected` with the reasons: a paid sale is not turned
        back for the sake of its receipt.

        :param dict vals: values of the `fiscal.document`; `event` names the business event, `problems` are sentences
            that are known before the receipt is checked
        :returns: the document of this event, new or the one that is there already
        """
        self.ensure_one()
        Document = self.env["fiscal.document"].sudo()
        known = Document.search(
            [("company_id", "=", self.company_id.id), ("event", "=", vals["event"]), ("state", "!=", "cancelled")],
            limit=1,
        )
        if known:
            return known
        problems = vals.pop("problems", []) + self._problems(self._receipt_of(vals))
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
        draft = {name: value for name, value in vals.items() if name != "problems"}
        Document = self.env["fiscal.document"].sudo()
        return Document.new({**draft, "register_id": self.id, "company_id": self.company_id.id})._as_receipt()

    def _responsible(self):
        """Who is called when the register or one of its documents needs a person."""
        return self.user_id or self.env.ref("base.user_admin")

    def _wake(self):
        """Let the scheduled action of each lane run as soon as this transaction is committed."""
        for register in self.sudo().filtered(lambda register: register.state == "enabled"):
            register.cron_id._trigger()

    def _try_again(self):
        """End the pause of the lane, and of the document that holds it up, because a person at a till says so."""
        for register in self.sudo().filtered("retry_at"):
            register.retry_at = False
        for register in self:
            head = self.env["fiscal.document"].search(
                [("register_id", "=", register.id), ("state", "in", OPEN)], order="priority desc, id", limit=1
            )
            head.sudo()._try_again()

    def _ensure_lane(self):
        """Every register has a scheduled action of its own: two tills never wait for one another's service."""
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

    # === Ways into the lane ===

    def _cron_lane(self):
        """In the background: the scheduled action of the register."""
        register = self.exists()
        if register:
            register._run_lane(TURN, watch=True)

    def _drive(self, config_id, order_uuids):
        """From the till, in the interest of `order_uuids`: for at most the time a till waits.

        :returns: what `pos.config.fiscal_drive` promises, read after the lane has committed
        """
        self._run_lane(self._wait(), order_uuids)
        return self._driven(config_id, order_uuids, self._relay_take())

    def _driven(self, config_id, order_uuids, call):
        """What a till learns after the lane has done something for it."""
        with self.pool.cursor() as cr:
            env = api.Environment(cr, self.env.uid, dict(self.env.context))
            register = env["fiscal.register"].sudo().browse(self.id)
            orders = env["pos.order"].search([("uuid", "in", order_uuids), ("config_id", "=", config_id)])
            return {
                "register": register._till_status(),
                "receipts": {order.uuid: order.sudo()._fiscal_receipts() for order in orders},
                "call": call,
            }

    def _run_lane(self, seconds, order_uuids=None, watch=False):
        """Drain the lane for at most `seconds`, or until the documents of `order_uuids` are at their end.

        With `watch`, see to everything that goes by the clock too: the shift's end, the backup, alerts, health.

        Does nothing when another worker has the lane; that one sees what has been committed meanwhile.
        """
        self.ensure_one()
        if self.state != "enabled":
            return
        deadline = time.monotonic() + seconds
        with self._lane() as register:
            if not register:
                return
            register._recover()
            if watch:
                register._once(register._watch)
            if register._capabilities().relay:
                return
            register._drain(deadline, order_uuids)
            if watch:
                register._check_health()

    @contextlib.contextmanager
    def _lane(self, wait=False):
        """The register in a connection of its own that holds the lane, or None when another worker has it.

        :param wait: give the other one some seconds first: it has only a look at a lane whose requests are carried
        """
        with self.pool.cursor() as cr:
            env = api.Environment(cr, self.env.uid, {"lang": self.user_id.lang}, su=True)
            register = env["fiscal.register"].browse(self.id)
            if not (register._wait_for_lane() if wait else register._lock_lane()):
                yield None
                return
            try:
                yield register
            finally:
                with contextlib.suppress(psycopg2.InterfaceError, psycopg2.OperationalError):
                    cr.rollback()
                    register._unlock_lane()
                    cr.rollback()  # or what was committed just before the lock fell would not be seen
                    # A document that was committed while the lane was held found it busy; nobody else would come.
                    if not register._capabilities().relay and register._next_document():
                        register._wake()
                    register._commit()

    def _lock_lane(self):
        self.env.cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", LANE, self.id))
        return self.env.cr.fetchone()[0]

    def _wait_for_lane(self):
        try:
            self.env.cr.execute("SET LOCAL lock_timeout = '5s'")
            self.env.cr.execute(SQL("SELECT pg_advisory_lock(%s, %s)", LANE, self.id), log_exceptions=False)
        except psycopg2.errors.LockNotAvailable:
            self.env.cr.rollback()
            return False
        self.env.cr.execute("SET LOCAL lock_timeout = DEFAULT")
        self._commit()  # what was committed before the lock was had is to be seen
        return True

    def _unlock_lane(self):
        self.env.cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LANE, self.id))

    def _commit(self):
        """One of the three commits. The lane's cursor is its own: no business transaction is on it."""
        self.env.cr.commit()  # rule-ok: the lane commits  # pylint: disable=invalid-commit

    def _once(self, step):
        """Run `step()` in a short transaction and commit it, again when PostgreSQL reports a conflict.

        `step` does no I/O but the database, so it may run several times.
        """
        for left in range(CONFLICTS - 1, -1, -1):
            try:
                result = step()
                self._commit()
                return result
            except psycopg2.extensions.TransactionRollbackError:
                self.env.cr.rollback()
                if not left:
                    raise
        return None

    # === Through the lane ===

    def _recover(self):
        """Documents left `sending` by a worker or a carrier that is gone: their outcome is unknown."""
        if self._relayed():
            return

        def step():
            orphans = self.env["fiscal.document"].search([("register_id", "=", self.id), ("state", "=", "sending")])
            for document in orphans:
                attempt = document.attempt_ids[:1]
                document._apply(
                    Outcome.unknown(self.env._("The worker ended before the answer was stored."), retry_after=0),
                    attempt,
                )
            return orphans

        self._once(step)

    def _drain(self, deadline, order_uuids=None):
        """Take documents until nothing is due, the time is over, or those asked for are at their end."""
        while time.monotonic() < deadline:
            document = self._next_document()
            if not document or not self._answers():
                break
            self._keep_pace()
            self._advance(document)
            if order_uuids and not self.env["fiscal.document"].search_count(
                [("pos_order_id.uuid", "in", order_uuids), ("state", "in", OPEN)], limit=1
            ):
                break

    def _keep_pace(self):
        """Keep the distance between two requests that the rate limit of the service asks for."""
        interval = min(self._capabilities().min_interval, 1.0)
        if not interval:
            return
        last = self.env["fiscal.attempt"].search([("document_id.register_id", "=", self.id)], limit=1)
        passed = (fields.Datetime.now() - last.started_at).total_seconds() if last else interval
        if abs(passed) < interval + 1:
            # Times are kept to the second. A fraction of one, in a lane that holds no row and no lock but its own.
            time.sleep(interval)  # rule-ok: shorter than any call, and the only way not to be refused

    def _next_document(self):
        """The document that is due now, or none. An earlier one that is not at its end holds up those behind it."""
        now = fields.Datetime.now()
        Document = self.env["fiscal.document"]
        lane = Domain("register_id", "=", self.id)
        if self.state != "enabled":
            return Document
        if self.failures >= PROBE_AFTER and self._pauses(self.retry_at, now):
            return Document  # it does not answer: nothing is asked of it until the pause is over
        aside = Domain("state", "=", "unknown") & Domain("postponed", "=", True)
        if self._capabilities().own_queue:
            aside |= Domain("state", "=", "waiting")
        due = Domain("retry_at", "=", False) | Domain("retry_at", "<=", now) | Domain("retry_at", ">", now + LONGEST)
        if document := Document.search(lane & aside & due, order="id", limit=1):
            return document
        open_states = Domain("state", "in", ("queued", "unknown", "waiting"))
        head = Document.search(lane & open_states & ~aside, order="priority desc, id", limit=1)
        if head.operation == "shift_close" and Document.search_count(
            lane & aside & Domain("id", "<", head.id), limit=1
        ):
            return Document  # a shift is not closed between the sending of a document and its outcome
        moments = [head.retry_at, self.retry_at if head.state == "queued" else None]
        return Document if any(self._pauses(moment, now) for moment in moments) else head

    @api.model
    def _pauses(self, moment, now):
        """Whether a pause until `moment` lasts. One that is longer than any comes from a clock that was wrong."""
        return bool(moment) and now < moment <= now + LONGEST

    def _answers(self):
        """Whether the register is worth a try. One that keeps failing is probed before a document is risked on it."""
        if self.failures < PROBE_AFTER or not self._capabilities().status:
            return True
        status = self._probe()
        if status.ready:
            return True
        self._once(
            lambda: self._note_outcome(
                Outcome.blocked(status.problem) if status.reachable else Outcome.not_sent(status.problem)
            )
        )
        return False

    def _probe(self):
        """Ask the register how it is. An exception is an answer too."""
        try:
            return self._call_provider("status")
        except Exception as error:
            _logger.info("fiscal register %s does not say how it is: %s", self.id, type(error).__name__)
            return RegisterStatus(
                ready=False, reachable=False, problem=self.env._("The register does not say how it is (%s).", error)
            )
        finally:
            self.env.cr.rollback()

    def _advance(self, document):
        """One step for `document`: open the shift for it, send it, or ask about it."""
        if document.state == "queued":
            if self._opening_for(document):
                return
            self._submit(document)
        else:
            self._look_up(document)

    def _opening_for(self, document):
        """Put the opening of a shift before `document` where the register's policy asks for it.

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

    def _submit(self, document):
        """Send `document`: commit that it is being sent, call, commit what came of it."""
        attempt = self._once(lambda: self._begin(document, "submit"))
        if attempt:
            outcome = self._call(document, "submit")
            self._finish(document, attempt, outcome)

    def _look_up(self, document):
        """Ask the service about `document`; where it cannot be asked but knows repeats by key, send the same again."""
        method = self._lookup_method(document)
        if not method:
            return
        attempt = self._once(lambda: self._begin(document, "lookup"))
        outcome = self._call(document, method)
        self._finish(document, attempt, self._looked_up(document, method, outcome))

    def _lookup_method(self, document):
        """How to ask: `lookup`, `submit` once more, or None where only a person can know (the document is put off)."""
        capabilities = self._capabilities()
        if capabilities.lookup:
            return "lookup"
        if capabilities.deduplicates:
            return "submit"
        self._once(lambda: document._engine().write({"retry_at": fields.Datetime.now() + LONGEST}))
        return None

    def _looked_up(self, document, method, outcome):
        """What the outcome of asking by `method` says about the document."""
        if method == "submit" and outcome.kind in (Kind.NOT_SENT, Kind.BLOCKED):
            # That holds of this repeat alone; what became of the first sending is as open as before.
            return replace(outcome, kind=Kind.UNKNOWN, new_key=False)
        believed = max(outcome.under_way, self._capabilities().under_way if outcome.new_key else 0)
        if believed and (seconds := believed - self._since_sent(document)) > 0:
            return replace(outcome, kind=Kind.UNKNOWN, new_key=False, retry_after=seconds)
        return outcome

    def _since_sent(self, document):
        """Seconds since the last sending of `document` began, which may still be on its way to the service."""
        sent = document.attempt_ids.filtered(lambda attempt: attempt.kind == "submit")[:1]
        return abs((fields.Datetime.now() - sent.started_at).total_seconds()) if sent else float("inf")

    def _begin(self, document, kind):
        """Write ahead: the attempt, and for a first sending the frozen request and the state `sending`.

        :returns: the attempt, or None where the document could not be put into a request
        """
        document.invalidate_recordset()
        if kind == "submit":
            if document.state != "queued":
                return None
            if not document.request:
                try:
                    request = self._call_provider("prepare", document, document._as_receipt())
                except psycopg2.Error:
                    raise
                except Exception as error:
                    _logger.exception("fiscal document %s cannot be prepared", document.key)
                    document._move(
                        "rejected",
                        error_code="prepare",
                        error_message=self.env._("It cannot be put into a request: %s", error),
                    )
                    document._alert()
                    return None
                document._engine().write({"request": request})
            document._move("sending")
        return self.env["fiscal.attempt"].create(
            {
                "document_id": document.id,
                "kind": kind,
                "key": document.key,
                "request": json.dumps(redact(document.request or {}, self._secrets()), ensure_ascii=False),
            }
        )

    def _call(self, document, method):
        """The network call. Whatever goes wrong in it, the document is not lost: an exception is an unknown outcome."""
        try:
            outcome = self._call_provider(method, document, document.request or {})
            if not isinstance(outcome, Outcome):
                raise TypeError(f"_{self.provider}_{method} gives {type(outcome).__name__}, not an outcome")
            return outcome
        except Exception as error:
            _logger.exception("fiscal document %s: %s failed", document.key, method)
            return Outcome.unknown(self.env._("The program failed while it was sent (%s).", type(error).__name__))
        finally:
            self.env.cr.rollback()

    def _finish(self, document, attempt, outcome):
        """Commit the outcome and what it says about the register, and tell tills and people."""

        def step():
            # Waits for whoever holds the row, a callback with the same news for example, and then sees what it wrote.
            self.env.cr.execute(SQL("SELECT FROM fiscal_document WHERE id = %s FOR UPDATE", document.id))
            document.invalidate_recordset()
            if document._apply(outcome, attempt):
                self._note_outcome(outcome)
                self._remedy(document, outcome)
                document._announce()

        try:
            self._once(step)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise
        except Exception:
            self.env.cr.rollback()
            _logger.exception("fiscal document %s: the outcome cannot be stored", document.key)
            outcome = Outcome.unknown(self.env._("What the service said could not be stored."), code="store")
            self._once(step)

    def _clean(self, outcome):
        """The outcome as it may be kept and shown: without secrets, and without what a database cannot hold."""
        secrets = self._secrets()
        texts = {name: redact(getattr(outcome, name), secrets) for name in ("code", "message", "response")}
        return storable(replace(outcome, **texts))

    def _note_outcome(self, outcome):
        """Health and pause of the lane after an outcome."""
        outcome = self._clean(outcome)
        now = fields.Datetime.now()
        vals = {}
        if outcome.kind in (Kind.DONE, Kind.WAITING, Kind.REJECTED):
            vals = {"failures": 0, "retry_at": False, "health": "ready", "health_message": False, "last_seen": now}
            if outcome.data and outcome.data.number:
                vals["last_number"] = outcome.data.number
        else:
            # what is said about when to ask again about one document is no pause for those behind it
            pause = None if outcome.kind is Kind.UNKNOWN else outcome.retry_after
            if pause is None:
                pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
            vals = {"failures": self.failures + 1, "retry_at": now + min(timedelta(seconds=pause), LONGEST)}
            vals["health"] = "problem" if outcome.kind is Kind.BLOCKED else "offline"
            vals["health_message"] = outcome.message
        self.write({name: value for name, value in vals.items() if self[name] != value})

    def _remedy(self, document, outcome):
        """What the base itself can do about an outcome: renew a shift that is too old, open one that is closed."""
        if outcome.kind is Kind.REJECTED and (document.operation, outcome.code) in NOTHING_LEFT:
            document._move("cancelled")
            if outcome.code == "shift_closed":
                self._forget_shift()
            return
        if outcome.kind is Kind.REJECTED:
            document._alert()
        if outcome.kind is not Kind.BLOCKED or document.state != "queued" or document.operation not in NEEDS_SHIFT:
            return
        operations = self._capabilities().operations
        if outcome.code == "shift_closed" and self.shift_id:
            self._forget_shift()
        elif outcome.code == "shift_expired" and "shift_close" in operations:
            self._renew_shift(document)
        else:
            return
        if self.failures < PROBE_AFTER:
            self.retry_at = False

    def _renew_shift(self, document):
        """Close the shift that is over 24 hours old before `document`, and open the next one."""
        event = f"shift.renew:{document.id}:{document.tries}"
        steps = [("shift_close", 2)]
        capabilities = self._capabilities()
        if "shift_open" in capabilities.operations and document.operation not in capabilities.opens_shift:
            steps.append(("shift_open", 1))
        for operation, priority in steps:
            self._enqueue_simple(operation, f"{event}:{operation}", document.employee_id, priority=priority)

    def _forget_shift(self):
        """The register says that no shift is open: Odoo's record of it ends too."""
        self.shift_id.write({"state": "closed", "closed_at": fields.Datetime.now()})
        self.shift_id = False

    # === By the clock ===

    def _watch(self):
        """What goes by the clock: hand over to the backup, close the shift in time, alert and calm down."""
        self._hand_over()
        self._close_shift_in_time()
        self._close_shift_after_sessions()
        self._alert_or_calm()

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
        """Close a shift that the last sessions have left open: of two that close at once each sees the other."""
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

    def _hand_over(self):
        """Give receipts that were surely not sent, and have waited long enough, to the backup register."""
        if not self.backup_id or self.backup_after <= 0:
            return
        long_ago = fields.Datetime.now() - timedelta(minutes=self.backup_after)
        self._use_backup(
            self.env["fiscal.document"].search(
                [
                    ("register_id", "=", self.id),
                    ("state", "=", "queued"),
                    ("operation", "in", RECEIPTS),
                    ("create_date", "<=", long_ago),
                ],
                order="id",
            )
        )

    def _use_backup_now(self, documents):
        """By decision of a person: move `documents` to the backup register, unless the lane is just at work.

        :returns: whether they were moved
        """
        with self._lane() as register:
            if not register:
                return False
            mine = register.env["fiscal.document"].search(
                [("id", "in", documents.ids), ("register_id", "=", self.id), ("state", "=", "queued")]
            )
            register._once(lambda: register._use_backup(mine))
        return True

    def _use_backup(self, documents):
        """Move `documents` to the backup register. Only for the holder of the lane; what may have left, in any attempt,
        is never given to another register.
        """
        backup = self.backup_id
        documents = documents.filtered(lambda document: document._may_use_backup())
        for document in documents:
            document._engine().write(
                {
                    "register_id": backup.id,
                    "key": document._new_key(),
                    "request": False,
                    "retry_at": False,
                    "tries": 0,
                }
            )
            document.message_post(
                body=self.env._(
                    "Handed over from “%(register)s” to “%(backup)s”.", register=self.name, backup=backup.name
                )
            )
        if documents:
            backup._wake()

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

    # === After registration ===

    def _registered(self, document):
        """Keep the record of shifts in step with what was registered."""
        number = document.shift_number
        if document.operation == "shift_close":
            self._close_shift(document)
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
        """Whether a shift will be open once the queue is worked off."""
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

    # === Documents without lines ===

    def _enqueue_simple(self, operation, event, employee, total=0.0, **vals):
        """Queue an operation that has at most a sum: shifts, cash in and out, reports.

        :param employee: the cashier; the register's own where there is none
        :param total: sum of cash in currency units
        """
        self.ensure_one()
        cashier = employee or self.employee_id
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

    def action_open_shift(self):
        return self._action_simple("shift_open")

    def action_close_shift(self):
        return self._action_simple("shift_close")

    def action_x_report(self):
        return self._action_simple("x_report")

    def _action_simple(self, operation):
        self.ensure_one()
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
