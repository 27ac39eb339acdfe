import contextlib
import json
import logging
import time
from collections import deque
from dataclasses import replace
from datetime import timedelta

import psycopg2
import psycopg2.errors
import psycopg2.extensions

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import NEEDS_SHIFT
from ...tools import uptime
from ...tools.outcome import NO_TRACE, Kind, Outcome, RegisterStatus, storable
from ...tools.transport import OutOfTime, redact, until, until_now
from ..document.document import LONGEST, OPEN

_logger = logging.getLogger(__name__)

#: first half of the advisory lock; the second half is the register's id
LANE = 0x0F15CA1
#: refusals of a shift document that mean that there was nothing left to do: operation, code of the outcome
NOTHING_LEFT = {("shift_open", "shift_open"), ("shift_close", "shift_closed")}
#: seconds for which one run of the scheduled action drains a lane before it lets others have their turn: a worker runs
#: all actions that are due one after the other, and Odoo ends it when they take longer than 120 seconds together
TURN = 15
#: seconds for which the lanes of one process are drained within `WINDOW` seconds, all together
BUDGET = 75
WINDOW = 120
#: conflicts of one short transaction with another before the lane gives up this turn
CONFLICTS = 5
#: failures in a row after which a register is asked how it is before anything is sent to it
PROBE_AFTER = 3
#: seconds between two calls about the same thing at least, whatever a service says; the first comes at once
FLOOR = 1
#: seconds before a register that could not be reached is tried again, by number of failures in a row
PAUSES = (1, 2, 5, 10, 30, 60, 120, 300)


#: (end, seconds) of the turns that scheduled actions of this process had lately
turns = deque()


@contextlib.contextmanager
def turn():
    """Seconds for one turn of a scheduled action: less, the more the lanes before it have used, and never none."""
    started = time.monotonic()
    while turns and turns[0][0] < started - WINDOW:
        turns.popleft()
    used = sum(seconds for __, seconds in turns)
    try:
        yield max(1, min(TURN, BUDGET - used))
    finally:
        ended = time.monotonic()
        turns.append((ended, ended - started))


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

    # === Ways into the lane ===

    def _cron_lane(self):
        """In the background: the scheduled action of the register."""
        register = self.exists()
        if register:
            with turn() as seconds:
                register._run_lane(seconds, watch=True)
            register._look_after()

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
            if not register._capabilities().relay:
                with until(None if watch else deadline):
                    if register._after_a_gap():
                        register._drain(deadline, order_uuids)
            if watch:
                register._hand_over()
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
        try:
            status = self._probe()
        except OutOfTime:
            return False
        if status.ready:
            return True
        self._once(
            lambda: self._note_outcome(
                Outcome.blocked(status.problem) if status.reachable else Outcome.not_sent(status.problem)
            )
        )
        return False

    def _probe(self):
        """Ask the register how it is. An exception is an answer too.

        :raises OutOfTime: where the time of a till is over
        """
        try:
            return self._call_provider("status")
        except OutOfTime:
            raise
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
        if outcome is None:
            self._once(lambda: attempt._engine().write({"finished_at": fields.Datetime.now()}))
            return
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
        if document.resend and outcome.kind is Kind.UNKNOWN and self._cannot_tell(outcome):
            said = self.env._("The service does not tell; a person says that it was not registered.")
            outcome = replace(
                outcome, kind=Kind.NOT_SENT, message=said, retry_after=0, new_key=not self._capabilities().deduplicates
            )
        believed = max(outcome.under_way, self._capabilities().under_way if outcome.new_key else 0)
        if believed and (seconds := believed - self._since_sent(document)) > 0:
            return replace(outcome, kind=Kind.UNKNOWN, new_key=False, retry_after=seconds)
        return outcome

    def _cannot_tell(self, outcome):
        """Whether a look-up that says `unknown` reached a service that works, and that does not know this document."""
        if outcome.code == NO_TRACE:
            return True
        capabilities = self._capabilities()
        # one that keeps failing has just said that it is well (`_answers`)
        return self.failures >= PROBE_AFTER and capabilities.status and not capabilities.relay

    def _since_sent(self, document):
        """Seconds since the last sending of `document` began, which may still be on its way to the service."""
        sent = document.attempt_ids.filtered(lambda attempt: attempt.kind == "submit")[:1]
        if not sent:
            return float("inf")
        passed = uptime.seconds_since(sent.uptime)  # on another machine there are only the clocks to go by
        return abs((fields.Datetime.now() - sent.started_at).total_seconds()) if passed is None else passed

    def _begin(self, document, kind):
        """Write ahead: the attempt, and for a first sending the frozen request and the state `sending`.

        :returns: the attempt, or None where the document could not be put into a request
        """
        document.invalidate_recordset()
        if kind == "submit":
            if document.state != "queued":
                return None
            if problem := document._unreturnable():
                document._move("rejected", error_code="original", error_message=problem)
                document._alert()
                return None
        if not document.request and not self._prepare(document, kind):
            return None
        if kind == "submit":
            document._move("sending")
        return self.env["fiscal.attempt"].create(
            {
                "document_id": document.id,
                "kind": kind,
                "key": document.key,
                "uptime": uptime.stamp(),
                "request": json.dumps(redact(document.request or {}, self._hidden(document)), ensure_ascii=False),
            }
        )

    def _prepare(self, document, kind):
        """Freeze the request of `document`. One that cannot be put into a request is rejected, unless it may have left
        already: then it is asked about without one.

        :returns: whether to go on
        """
        try:
            request = self._call_provider("prepare", document, document._as_receipt())
        except psycopg2.Error:
            raise
        except Exception as error:
            _logger.exception("fiscal document %s cannot be prepared", document.key)
            if kind != "submit":
                return True
            document._move(
                "rejected",
                error_code="prepare",
                error_message=self.env._("It cannot be put into a request: %s", error),
            )
            document._alert()
            return False
        document._engine().write({"request": request})
        return True

    def _call(self, document, method):
        """The network call. Whatever goes wrong in it, the document is not lost: an exception is an unknown outcome.

        :returns: the outcome; None where a look-up was cut short because the time of a till is over
        """
        try:
            with until(None if method == "submit" else until_now()):
                outcome = self._call_provider(method, document, document.request or {})
            if not isinstance(outcome, Outcome):
                raise TypeError(f"_{self.provider}_{method} gives {type(outcome).__name__}, not an outcome")
            return outcome
        except OutOfTime:
            return None
        except Exception as error:
            _logger.exception("fiscal document %s: %s failed", document.key, method)
            return Outcome.unknown(self.env._("The program failed while it was sent (%s).", type(error).__name__))
        finally:
            self.env.cr.rollback()

    def _finish(self, document, attempt, outcome):
        """Commit the outcome and what it says about the register, and tell tills and people."""

        if attempt.kind == "submit" or outcome.kind is not Kind.NOT_SENT:  # else the next step is another one
            outcome = self._not_too_soon(document, outcome)

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

    def _not_too_soon(self, document, outcome):
        """`outcome` with a pause of at least `FLOOR`, once the document or the register was tried before."""
        pause = outcome.retry_after
        if pause is None or pause >= FLOOR or not (document.tries or self.failures):
            return outcome
        return replace(outcome, retry_after=FLOOR)

    def _hidden(self, document):
        """What of `document` must not be read in its attempts: secrets, and the cashier's own tax number."""
        return [*self._secrets(), document.sudo().cashier_tax_number]

    def _kept(self, response):
        """`response` where it is the service's, else a note in its place."""
        if not response or self._readable(response):
            return response
        return self.env._("%s characters that are no answer of the service; they are not kept.", len(response))

    def _readable(self, response):
        if hasattr(self, f"_{self.provider}_readable"):
            return self._call_provider("readable", response)
        try:
            return isinstance(json.loads(response), dict | list)
        except (ValueError, RecursionError):
            return False

    def _clean(self, outcome, document=None):
        """The outcome as it may be kept and shown: without secrets, and without what a database cannot hold."""
        hidden = self._hidden(document) if document else self._secrets()
        texts = {name: redact(getattr(outcome, name), hidden) for name in ("code", "message", "response")}
        return storable(replace(outcome, **{**texts, "response": self._kept(texts["response"])}))

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
        if outcome.code == "shift_closed":
            opened = self._open_shift_before(document)
            if not self.shift_id and not opened:
                return  # a person opens it; until then the document waits
            self._forget_shift()
        elif outcome.code == "shift_expired" and "shift_close" in operations:
            self._renew_shift(document)
        else:
            return
        if self.failures < PROBE_AFTER:
            self.retry_at = False
