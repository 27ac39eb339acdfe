"""The rules of docs/architecture.md: each has a test that fails when the rule is broken."""

import contextlib
import json
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.sql_db import connection_info_for
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..models.document.document import ENGINE, MOVES, STATE_OF
from ..models.register import lane
from ..tools import transport
from ..tools.money import money
from ..tools.outcome import FiscalData, Kind, Outcome, RegisterStatus
from ..tools.receipt import Line, Payment, Receipt
from .common import FiscalCase

LANE_LOGGER = "odoo.addons.fiscal_base.models.register.lane"


class RulesCase(FiscalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.registers.shift_policy = "manual"

    def sale(self, config=None, **vals):
        """A queued document of bread for 62.00."""
        config = config or self.config
        session = config.current_session_id or self.open_session(config)
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)], session=session, **vals)
        return order.fiscal_document_ids

    def unknown(self):
        document = self.sale()
        self.service.plan = [Outcome.unknown("the answer was lost", 600)]
        self.drain()
        self.assertEqual(document.state, "unknown")
        return document

    def ask(self, document, outcome):
        """Look `document` up; the service says `outcome`."""
        self.service.plan = [outcome]
        self.due()
        self.drain()
        return document.state


@tagged("post_install", "-at_install")
class TestNetwork(RulesCase):
    def test_no_network_in_the_transaction_of_a_sale(self):
        """Rule 1: the order is synced, invoiced, returned, cash moved and the session closed without one call."""
        self.register.shift_policy = "session"
        Register = self.env.registry["fiscal.register"]
        with contextlib.ExitStack() as forbidden:
            for name in ("_demo_submit", "_demo_lookup", "_demo_status"):
                forbidden.enter_context(patch.object(Register, name, side_effect=AssertionError("called " + name)))
            forbidden.enter_context(patch.object(transport, "send", side_effect=AssertionError("sent")))
            session = self.open_session()
            order = self.sell(
                [(self.shop.products["coffee"], 1)],
                [(self.shop.cash, 500)],
                partner_id=self.shop.customer.id,
                to_invoice=True,
            )
            self.sell(self.refund_lines(order), [(self.shop.cash, -489.90)], is_refund=True)
            session.try_cash_in_out("in", 100, "change", False, {"translatedType": "in"})
            session.action_pos_session_closing_control()
        operations = self.env["fiscal.document"].search([("register_id", "=", self.register.id)], order="id")
        self.assertEqual(
            operations.mapped("operation"), ["shift_open", "sale", "sale_return", "cash_in", "shift_close"]
        )
        self.assertEqual(set(operations.mapped("state")), {"queued"})

    def test_sale_that_is_rolled_back_leaves_nothing(self):
        """Rule 1: a request that Odoo repeats has nothing to take back at the service."""
        data = self.order_data([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        for __ in range(2):
            savepoint = self.env.cr.savepoint(flush=True)
            self.env["pos.order"].sync_from_ui([json.loads(json.dumps(data))])
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        self.env["pos.order"].sync_from_ui([data])
        self.drain()
        self.assertEqual(len(self.service.sent), 1)

    def test_written_ahead(self):
        """Rule 2: what is committed when the service is called survives the death of the worker at that moment."""
        document = self.sale()
        seen = []

        def submit(register, sent, request):
            register.env.cr.rollback()  # all that a second connection would see
            row = register.env["fiscal.document"].browse(sent.id)
            attempt = row.attempt_ids
            seen.append((row.state, row.key, row.request, attempt.kind, attempt.key, json.loads(attempt.request)))
            self.assertEqual(row.request, request)
            return Outcome.unknown("killed", 600)

        with patch.object(self.env.registry["fiscal.register"], "_demo_submit", submit):
            self.drain()
        request = document.request
        self.assertEqual(seen, [("sending", document.key, request, "submit", document.key, request)])
        self.assertEqual(request["total"], "62.00")

    def test_three_commits_in_their_order(self):
        """Rule 2: committed before the call, called, committed after it, and nothing in between is open."""
        self.sale()
        steps = []
        Register = self.env.registry["fiscal.register"]
        commit = Register._commit

        def committing(register):
            states = register.env["fiscal.document"].search([("register_id", "=", register.id)]).mapped("state")
            steps.append(("commit", *states))
            commit(register)

        def submit(register, document, request):
            steps.append("call")
            return self.service.submit(document.key, request)

        with patch.object(Register, "_commit", committing), patch.object(Register, "_demo_submit", submit):
            self.drain()
        start = steps.index(("commit", "sending"))
        self.assertEqual(steps[start : start + 3], [("commit", "sending"), "call", ("commit", "done")])

    def test_repeat_sends_the_same_bytes(self):
        """Rule 2: even when what the request was made from has changed meanwhile."""
        document = self.sale()
        self.service.plan = [Outcome.not_sent("refused", 600)]
        with patch.object(
            self.env.registry["fiscal.register"],
            "_demo_prepare",
            lambda register, document, receipt: {"seller": register.company_id.name, "key": receipt.key},
        ):
            self.drain()
            self.company.name = "ООО «Роза»"
            self.due()
            self.drain()
        self.assertEqual(document.state, "done")
        first, second = self.service.sent
        self.assertEqual(first, second)
        self.assertEqual(first[1]["seller"], "ООО «Ромашка»")

    def test_document_that_cannot_be_written_as_a_request_is_rejected(self):
        """Rule 2: nothing leaves without a frozen request; the document says why, and those behind it go on."""
        first, second = self.sale(), self.sale()
        prepare = self.env.registry["fiscal.register"]._demo_prepare

        def failing(register, document, receipt):
            if document == first:
                raise KeyError("no such field")
            return prepare(register, document, receipt)

        with (
            patch.object(self.env.registry["fiscal.register"], "_demo_prepare", failing),
            self.assertLogs(LANE_LOGGER, "ERROR"),
        ):
            self.drain()
        self.assertEqual((first.state, second.state), ("rejected", "done"))
        self.assertIn("no such field", first.error_message)
        self.assertTrue(first.activity_ids)


@tagged("post_install", "-at_install")
class TestUnknown(RulesCase):
    """Rule 3: an open outcome is a state of its own, and only a look-up by the document's key ends it."""

    def test_what_a_look_up_may_say(self):
        for outcome, state in (
            (Outcome.done(FiscalData(number="5")), "done"),
            (Outcome.waiting(600), "waiting"),
            (Outcome.rejected("7", "no"), "rejected"),
            (Outcome.unknown("still", 600), "unknown"),
            (Outcome.blocked("wrong key", 600), "unknown"),
            (ValueError("bug"), "unknown"),
            (Outcome.not_sent("never seen", 600), "queued"),
        ):
            with self.subTest(outcome=outcome):
                document, sent = self.unknown(), len(self.service.sent)
                with contextlib.ExitStack() as announced:
                    if isinstance(outcome, ValueError):
                        announced.enter_context(self.assertLogs(LANE_LOGGER, "ERROR"))
                    self.assertEqual(self.ask(document, outcome), state)
                self.assertEqual(self.service.asked[-1], document.key)
                self.assertEqual(len(self.service.sent), sent, "a look-up sends nothing")
                self.assertEqual(document.attempt_ids[0].kind, "lookup")
                self.service.plan = []
                self.due()
                self.drain()
                self.due()
                self.drain()
                self.service.registered.clear()

    def test_never_seen_goes_again_under_the_same_key(self):
        document = self.unknown()
        key = document.key
        self.ask(document, Outcome.not_sent("never seen", 0))
        self.assertEqual(document.state, "done")
        self.assertEqual([sent for sent, __ in self.service.sent], [key, key])

    def test_new_key_when_the_service_asks_for_one(self):
        document = self.unknown()
        key = document.key
        self.ask(document, Outcome.not_sent("the key is spent", 0, new_key=True))
        self.assertEqual(document.state, "done")
        (first, __), (second, request) = self.service.sent
        self.assertEqual((first, second), (key, document.key))
        self.assertNotEqual(first, second)
        self.assertEqual(request["key"], second, "the request is made anew with it")
        self.assertEqual(document.attempt_ids.mapped("key"), [second, key, key])

    def test_never_seen_is_not_believed_while_the_request_may_be_under_way(self):
        """The worker was killed while it sent: what it sent may arrive after the question about it."""
        never_seen = Outcome.not_sent("never seen", 0, new_key=True)
        with self.on_service(under_way=15):
            document = self.sale()
            key = document.key
            self.service.plan = [Outcome.unknown("lost", 0), never_seen]
            self.drain()
            self.assertEqual((document.state, document.key, len(self.service.asked)), ("unknown", key, 1))
            self.assertAlmostEqual((document.retry_at - fields.Datetime.now()).total_seconds(), 15, delta=2)
            self.assertEqual(self.ask(document, never_seen), "done")
        self.assertEqual([sent for sent, __ in self.service.sent], [key, document.key])

    def test_clock_that_jumps_does_not_make_never_seen_believed(self):
        """A worker is killed, and the clock is set by hours before the service is asked: no time has passed."""
        never_seen = Outcome.not_sent("never seen", 0, new_key=True)
        now = fields.Datetime.now()
        for hours in (2, -2):
            with self.subTest(hours=hours), self.on_service(under_way=15):
                document = self.sale()
                self.service.plan = [Outcome.unknown("lost", 600)]
                self.drain()
                self.env.cr.execute(
                    "UPDATE fiscal_attempt SET started_at = %s WHERE id = %s",
                    [now - timedelta(hours=hours), document.attempt_ids[-1:].id],
                )
                document._engine().retry_at = False
                self.register.retry_at = False
                self.env.invalidate_all()
                self.service.plan = [never_seen]
                self.drain()
                self.assertEqual((document.state, document.attempt_ids[:1].outcome), ("unknown", "unknown"))
                self.assertEqual(self.ask(document, never_seen), "done")

    def test_request_without_an_id_is_not_repeated_while_it_may_be_under_way(self):
        """Nothing would tell the service that it is a repeat, so “never seen” is to be believed later only."""
        never_seen = replace(Outcome.not_sent("never seen", 0), under_way=60)
        document = self.sale()
        key = document.key
        self.service.plan = [Outcome.unknown("lost", 0), never_seen]
        self.drain()
        self.assertEqual((document.state, len(self.service.sent)), ("unknown", 1))
        self.assertAlmostEqual((document.retry_at - fields.Datetime.now()).total_seconds(), 60, delta=2)
        self.assertEqual(self.ask(document, never_seen), "done")
        self.assertEqual([sent for sent, __ in self.service.sent], [key, key])

    def test_blocked_look_up_of_an_accepted_document(self):
        document = self.sale()
        self.service.plan = [Outcome.waiting(0)]
        self.service.plan.append(Outcome.blocked("wrong key", 600))
        self.drain()
        self.assertEqual(document.state, "waiting")
        self.assertEqual((self.register.health, self.register.health_message), ("problem", "wrong key"))
        self.assertTrue(document.retry_at)

    def test_service_that_cannot_be_asked_but_knows_repeats(self):
        with self.on_service(lookup=False, deduplicates=True):
            document = self.unknown()
            self.assertEqual(self.ask(document, Outcome.done(FiscalData(number="5"))), "done")
        self.assertEqual(self.service.asked, [])
        self.assertEqual(self.service.sent[0], self.service.sent[1], "the same bytes under the same key")

    def test_repeat_that_did_not_get_through_leaves_it_unknown(self):
        """The first sending may have been executed, whatever became of the second."""
        with self.on_service(lookup=False, deduplicates=True):
            document = self.unknown()
            for outcome in (Outcome.not_sent("refused", 600, new_key=True), Outcome.blocked("no paper", 600)):
                key = document.key
                self.assertEqual(self.ask(document, outcome), "unknown")
                self.assertEqual(document.key, key)

    def test_service_that_can_do_neither_waits_for_a_person(self):
        with self.on_service(lookup=False, deduplicates=False):
            document = self.unknown()
            attempts = document.attempt_ids
            self.due()
            self.drain()
            self.assertEqual(document.state, "unknown")
            self.assertEqual((len(self.service.sent), self.service.asked), (1, []))
            self.assertEqual(document.attempt_ids, attempts)
            self.assertGreater(document.retry_at, fields.Datetime.now())

    def test_absurd_part_of_an_answer_does_not_undo_a_registration(self):
        """A number that no column holds and a time with an offset are left out; the receipt is registered."""
        for number, absurd in (
            ("1", {"shift_number": 2**40}),
            ("2", {"registered_at": datetime(2026, 1, 1, tzinfo=timezone.utc)}),
        ):
            with self.subTest(absurd=absurd):
                document = self.sale()
                self.service.plan = [Outcome.done(FiscalData(number=number, **absurd))]
                self.drain()
                self.assertEqual((document.state, document.fiscal_number), ("done", number))
                self.assertLess(document.shift_number, 2**31)

    def test_outcome_that_cannot_be_stored_is_unknown(self):
        """What a database does not keep, or no answer at all, neither stops the lane nor sends anything twice."""
        for answer in (Outcome.done("no fiscal data"), None):
            with self.subTest(answer=answer):
                document = self.sale()
                self.service.plan = [lambda service, key, answer=answer: answer]
                self.service.plan.append(Outcome.unknown("still", 600))
                with self.assertLogs(LANE_LOGGER, "ERROR"), mute_logger("odoo.sql_db"):
                    self.drain()
                self.assertEqual(document.state, "unknown")
                sent = len(self.service.sent)
                self.ask(document, Outcome.done(FiscalData(number="9")))
                self.assertEqual((document.state, document.fiscal_number), ("done", "9"))
                self.assertEqual(len(self.service.sent), sent)

    def test_text_that_a_database_does_not_keep(self):
        document = self.sale()
        self.service.plan = [
            Outcome.done(
                FiscalData(number="1\0", qr="\ud800", extra={"a\0": ["\0"]}), response="\0\ud800", message="бумага\0"
            )
        ]
        self.drain()
        self.assertEqual((document.state, document.fiscal_number, document.qr_data), ("done", "1\ufffd", "?"))


@tagged("post_install", "-at_install")
class TestLanes(RulesCase):
    """Rule 4: one register, one request at a time, in order; registers in parallel."""

    tills = 2

    def test_one_register_does_not_hold_up_the_other(self):
        held, free = self.unknown(), self.sale(self.shop.configs[1])
        behind = self.sale()
        self.drain()
        self.drain(self.shop.registers[1])
        self.assertEqual((held.state, behind.state, free.state), ("unknown", "queued", "done"))

    @contextlib.contextmanager
    def connection(self):
        """A connection to the database that is really closed afterwards, as that of a worker that is killed."""
        with contextlib.closing(psycopg2.connect(**connection_info_for(self.env.cr.dbname)[1])) as connection:
            process = connection.get_backend_pid()
            yield connection
        # PostgreSQL lets the locks go when it notices, a moment after the client is gone
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            self.env.cr.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = %s", [process])
            if not self.env.cr.fetchone():
                break
            time.sleep(0.01)

    def take(self, connection, register):
        """Whether `connection` gets the lane of `register`."""
        with connection.cursor() as cr:
            cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [lane.LANE, register.id])
            return cr.fetchone()[0]

    def test_registers_are_locked_apart(self):
        """The locks are those of real connections: whoever has one lane may take the other, never the same again."""
        first, second = self.shop.registers
        with contextlib.ExitStack() as open_cursors:
            one, two = (open_cursors.enter_context(self.connection()) for __ in "12")
            order = ((one, first), (two, first), (two, second), (one, second))
            self.assertEqual([self.take(*pair) for pair in order], [True, False, True, False])

    def test_carrier_waits_the_moment_that_another_looks(self):
        self.service.capabilities = {"relay": 60.0}
        self.patch(self.env.registry["fiscal.register"], "_relay_next", lambda register: {"token": "next"})
        with self.connection() as other:
            self.assertTrue(self.take(other, self.register))
            release = threading.Timer(0.5, other.cursor().execute, ["SELECT pg_advisory_unlock_all()"])
            release.start()
            with self.enter_registry_test_mode():
                self.assertEqual(self.register._relay_take(), {"token": "next"})
            release.join()

    def test_second_worker_does_nothing(self):
        document = self.sale()
        with self.connection() as other:
            self.assertTrue(self.take(other, self.register))
            self.drain()
            self.assertEqual((document.state, self.service.sent), ("queued", []))
        self.drain()
        self.assertEqual(document.state, "done", "the lock falls with its connection")

    def test_lane_is_free_afterwards(self):
        self.sale()
        self.service.plan = [psycopg2.OperationalError("gone")]
        with self.assertLogs(LANE_LOGGER, "ERROR"):
            self.drain()
        with self.connection() as other:
            self.assertTrue(self.take(other, self.register))

    def test_found_busy_is_woken_up(self):
        """A sale that is committed too late for the holder of the lane finds it busy; nobody else would come."""
        triggers = []
        Register = self.env.registry["fiscal.register"]
        self.patch(self.env.registry["ir.cron"], "_trigger", lambda cron, at=None: triggers.append(cron.id))
        unlock = Register._unlock_lane

        def unlocking(register):
            late.append(self.sale())
            unlock(register)

        late = []
        self.sale()
        with patch.object(Register, "_unlock_lane", unlocking):
            self.drain()
        self.assertEqual(late[0].state, "queued")
        self.assertEqual(triggers, [self.register.cron_id.id])
        triggers.clear()
        self.drain()
        self.assertEqual((late[0].state, triggers), ("done", []), "nothing waits, nobody is woken")

    def test_accepted_document_blocks_only_without_a_queue_of_the_service(self):
        for own_queue, behind in ((False, "queued"), (True, "done")):
            with self.subTest(own_queue=own_queue), self.on_service(own_queue=own_queue):
                first, second = self.sale(), self.sale()
                self.service.plan = [Outcome.waiting(600)]
                self.drain()
                self.assertEqual((first.state, second.state), ("waiting", behind))
                self.service.registered[first.key] = {}
                self.due()
                self.drain()
                self.assertEqual((first.state, second.state), ("done", "done"))
                self.assertEqual(self.service.asked[-1], first.key)

    def test_unknown_blocks_even_with_a_queue_of_the_service(self):
        with self.on_service(own_queue=True):
            self.unknown()
            behind = self.sale()
            self.drain()
            self.assertEqual(behind.state, "queued")


@tagged("post_install", "-at_install")
class TestOneEvent(RulesCase):
    """Rule 5: an index says so, not a search."""

    def test_the_database_refuses_a_second_document(self):
        document = self.sale()
        vals = {
            "operation": "sale",
            "event": document.event,
            "register_id": self.register.id,
            "company_id": self.company.id,
        }
        self.env.flush_all()
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["fiscal.document"]._engine().create(vals).flush_recordset()
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(
                "INSERT INTO fiscal_document (operation, event, register_id, company_id, date, state)"
                "SELECT operation, event, register_id, company_id, date, state FROM fiscal_document WHERE id = %s",
                [document.id],
            )
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["fiscal.document"]._engine().create({**vals, "event": "x", "key": document.key}).flush_recordset()

    def test_cancelled_makes_room(self):
        document = self.sale()
        document._move("rejected")
        document._move("cancelled")
        other = document.pos_order_id._fiscal_enqueue()
        self.assertNotEqual(other, document)
        self.assertEqual((other.event, other.state), (document.event, "queued"))

    def test_same_event_in_two_companies(self):
        other = self.env["res.company"].sudo().create({"name": "ООО «Роза»"})
        register = self.env["fiscal.register"].sudo().create({"name": "Роза", "company_id": other.id})
        for of in (self.register, register):
            document = self.env["fiscal.document"]._engine()
            document.create(
                {"operation": "x_report", "event": "e", "register_id": of.id, "company_id": of.company_id.id}
            ).flush_recordset()


@tagged("post_install", "-at_install")
class TestPaidSale(RulesCase):
    """Rule 6: a paid sale is never lost and never turned back because a register is down."""

    def test_register_is_off(self):
        self.register.state = "disabled"
        document = self.sale()
        self.assertEqual((document.pos_order_id.state, document.state), ("paid", "queued"))
        self.drain()
        self.assertEqual(self.service.sent, [])
        self.register.state = "enabled"
        self.drain()
        self.assertEqual(document.state, "done")

    def test_till_says_pending_and_then_the_number(self):
        document = self.sale()
        self.service.plan = [Outcome.not_sent("refused", 600)]
        self.drain()
        (receipt,) = document.pos_order_id.fiscal_receipts
        self.assertEqual((receipt["state"], receipt["number"]), ("queued", ""))
        self.due()
        self.drain()
        (receipt,) = document.pos_order_id.fiscal_receipts
        self.assertEqual((receipt["state"], receipt["number"]), ("done", "1"))

    def test_session_closes_though_nothing_was_sent(self):
        document = self.sale()
        document.pos_session_id.action_pos_session_closing_control()
        self.assertEqual(document.pos_session_id.state, "closed")
        self.drain()
        self.assertEqual(document.state, "done")


@tagged("post_install", "-at_install")
class TestMoney(RulesCase):
    """Rule 7: Σ lines = total = Σ payments − change, before anything is queued."""

    def receipt(self, line="62.00", total="62.00", paid="100.00", change="38.00", **vals):
        return Receipt(
            operation="sale",
            key="k",
            lines=(Line(name="Хлеб", quantity=money(1), price=money(line), amount=money(line), **vals),),
            payments=(Payment(kind="cash", amount=money(paid)),),
            total=money(total),
            change=money(change),
        )

    def test_sums_that_disagree_are_refused(self):
        self.assertEqual(self.register._problems(self.receipt()), [])
        for wrong in (
            {"line": "61.99"},
            {"total": "62.01"},
            {"paid": "99.99"},
            {"change": "38.01"},
            {"line": "62.01", "total": "62.01"},
            {"total": "62.01", "paid": "100.01"},
        ):
            with self.subTest(wrong):
                self.assertIn("do not agree", self.register._problems(self.receipt(**wrong))[0])

    def test_such_a_document_is_not_sent(self):
        document = self.register._enqueue({"operation": "sale", "event": "e", "total": 62.01})
        self.assertEqual(document.state, "rejected")
        self.assertIn("do not agree", document.error_message)
        self.drain()
        self.assertEqual(self.service.sent, [])

    def test_what_a_register_would_refuse(self):
        problems = self.register._problems(
            Receipt(
                operation="sale",
                key="k",
                lines=(Line(name=" ", quantity=money(0), price=money(5), amount=money(-5)),),
                payments=(Payment(kind="cash", amount=money(0)),),
                total=money(-5),
                change=money(5),
            )
        )
        self.assertEqual(len(problems), 4, problems)
        nothing = Receipt(operation="sale", key="k")
        self.assertEqual(len(self.register._problems(nothing)), 1)
        with self.on_service(payment_kinds=frozenset({"electronic"}), operations=frozenset({"sale"})):
            self.assertEqual(len(self.register._problems(self.receipt())), 1)
            self.assertEqual(len(self.register._problems(Receipt(operation="cash_in", key="k"))), 1)

    def test_sums_of_any_cash(self):
        for amounts in ((0.1, 0.2), (62.0, 489.9), (1e6, 0.01)):
            receipt = Receipt(
                operation="sale",
                key="k",
                lines=tuple(Line(name="x", quantity=money(1), price=money(a), amount=money(a)) for a in amounts),
                payments=(Payment(kind="cash", amount=money(sum(amounts))),),
                total=money(sum(amounts)),
            )
            self.assertFalse(self.env["fiscal.document"]._sum_problem(receipt))


@tagged("post_install", "-at_install")
class TestFrozen(RulesCase):
    """Rule 8: what was fiscalized is frozen, for the superuser too."""

    def changes(self, document):
        for one in (document.sudo(), document.sudo().with_context(install_mode=True, fiscal_engine=True)):
            line, payment = one.line_ids, one.payment_ids
            yield "total", lambda one=one: one.write({"total": 1})
            yield "state", lambda one=one: one.write({"state": "draft"})
            yield "request", lambda one=one: one.write({"request": {}})
            yield "key", lambda one=one: one.write({"key": "x"})
            yield "number", lambda one=one: one.write({"fiscal_number": "x"})
            yield "lines", lambda one=one: one.write({"line_ids": [Command.clear()]})
            yield "unlink", one.unlink
            yield "line", lambda line=line: line.write({"amount": 1})
            yield "line away", line.unlink
            yield "line added", lambda line=line: line.create({"document_id": line.document_id.id, "name": "x"})
            yield "payment", lambda payment=payment: payment.write({"amount": 1})
            yield "payment away", payment.unlink
            yield (
                "payment added",
                lambda payment=payment: payment.create(
                    {"document_id": payment.document_id.id, "kind": "cash", "amount": 1}
                ),
            )
            yield "attempt", lambda one=one: one.attempt_ids.write({"outcome": "done"})
            yield "attempt away", lambda one=one: one.attempt_ids.unlink()

    def test_nobody_changes_what_left_draft(self):
        for document in (self.unknown(), self.sale()):
            self.env["fiscal.attempt"].sudo().create({"document_id": document.id, "kind": "submit"})
            for name, change in self.changes(document):
                with self.subTest(name, state=document.state), self.assertRaises(UserError), self.env.cr.savepoint():
                    change()

    def test_line_is_not_moved_onto_a_frozen_document(self):
        document = self.sale()
        draft = self.env["fiscal.document"].create(
            {
                "register_id": self.register.id,
                "operation": "sale",
                "line_ids": [Command.create({"name": "x", "amount": 1})],
                "payment_ids": [Command.create({"kind": "cash", "amount": 1})],
            }
        )
        for row in (draft.line_ids, draft.payment_ids):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                row.document_id = document

    def test_pass_of_the_engine_cannot_be_sent_by_a_client(self):
        """A context that a client sends has been through JSON."""
        document = self.sale()
        for forged in (True, 1, "ENGINE", repr(ENGINE), {"__type__": "object"}, []):
            context = json.loads(json.dumps({"fiscal_engine": forged}))
            with self.assertRaises(UserError):
                document.with_context(**context).sudo().write({"total": 1})
        with self.assertRaises(TypeError):
            json.dumps(ENGINE)

    def put(self, document, state):
        self.env.flush_all()
        self.env.cr.execute("UPDATE fiscal_document SET state = %s WHERE id = %s", [state, document.id])
        self.env.invalidate_all()

    def test_every_cell_of_the_table_of_moves(self):
        """States: the moves in the table work, all others raise, and nothing else writes the state."""
        document = self.sale()
        states = [state for state, __ in document._fields["state"].selection]
        self.assertEqual(set(MOVES), set(states))
        for old in states:
            for new in states:
                self.put(document, old)
                with self.subTest(f"{old} → {new}"):
                    if new in MOVES[old]:
                        document._move(new)
                        self.assertEqual(document.state, new)
                    else:
                        with self.assertRaises(UserError):
                            document._move(new)
                        self.assertEqual(document.state, old)

    def test_every_outcome_in_every_state(self):
        """An outcome moves a document as the table allows, or is kept with its attempt and changes nothing."""
        document = self.sale()
        attempt = self.env["fiscal.attempt"].sudo().create({"document_id": document.id, "kind": "callback"})
        self.assertEqual(set(STATE_OF), set(Kind))
        for old in MOVES:
            for kind in Kind:
                self.put(document, old)
                with self.subTest(f"{old} {kind}"):
                    applied = document._apply(Outcome(kind, data=FiscalData(number="1")), attempt)
                    self.assertEqual(attempt.outcome, kind.value)
                    if not applied:
                        self.assertEqual(document.state, old)
                    elif document.state != old:
                        self.assertIn(document.state, MOVES[old])
                    late = kind is Kind.DONE and old in ("queued", "rejected")  # of an earlier sending
                    if old not in ("sending", "waiting", "unknown"):
                        self.assertEqual(applied, late, "nothing is out")


@tagged("post_install", "-at_install")
class TestSecrets(RulesCase):
    """Rule 9: secrets reach no till, no log, no text."""

    def test_till_is_given_no_setting_of_a_register(self):
        """Not one field of `fiscal.register` that has `groups`, whatever a provider adds."""
        secret = "s3cr3t-of-the-register"
        Register = self.env["fiscal.register"]
        names = [
            name
            for name, field in Register._fields.items()
            if field.groups and field.store and field.type in ("char", "text")
        ]
        self.env.flush_all()
        for name in names:  # not by `write`: a provider may check what an address looks like
            column = SQL.identifier(name)
            self.env.cr.execute(
                SQL("UPDATE fiscal_register SET %s = %s WHERE id = %s", column, secret, self.register.id)
            )
        self.env.invalidate_all()
        self.register.sudo().status_data = {"token": secret}
        self.cashier.sudo().write({"fiscal_tax_number": "500100732259"})
        cashier = new_test_user(
            self.env,
            "till",
            "base.group_user,point_of_sale.group_pos_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        session = self.open_session()
        data = session.with_user(cashier).load_data([])
        self.assertIn("pos.config", data)
        text = json.dumps(data, default=str, ensure_ascii=False)
        self.assertNotIn("fiscal.register", data)
        for hidden in (secret, "500100732259", "status_data", "cron_id"):
            self.assertNotIn(hidden, text)
        with self.assertRaises(AccessError):
            self.register.with_user(cashier).write({"name": "x"})

    def test_attempt_and_message_hold_no_secret(self):
        """Neither the request, nor the answer, nor what people are shown."""
        document = self.sale()
        secret = "hunter2-of-the-register"
        Register = self.env.registry["fiscal.register"]
        said = f"the password {secret} is wrong"
        self.service.plan = [Outcome.rejected(secret, said, response=json.dumps({"echo": said, "token": "abc"}))]
        with (
            patch.object(Register, "_demo_secrets", lambda register: [secret], create=True),
            patch.object(Register, "_demo_prepare", lambda *args: {"body": {"who": secret, "pin": "1111"}}),
            self.assertNoLogs("odoo.addons.fiscal_base", "WARNING"),
        ):
            self.drain()
            self.service.plan = [Outcome.blocked(said, 600)]
            other = self.sale()
            self.drain()
        self.assertEqual((document.state, other.state), ("rejected", "queued"))
        kept = [
            document.error_message,
            document.error_code,
            self.register.health_message,
            document.activity_ids.note,
            *document.message_ids.mapped("body"),
            *(
                part
                for attempt in (document + other).attempt_ids
                for part in (attempt.request, attempt.response, attempt.message, attempt.code)
            ),
            json.dumps(self.register._till_status(), default=str),
            json.dumps(document.pos_order_id.fiscal_receipts, default=str),
        ]
        for text in kept:
            self.assertNotIn(secret, text or "")
        self.assertEqual(json.loads(document.attempt_ids.response)["token"], transport.HIDDEN)
        self.assertEqual(json.loads(document.attempt_ids.request)["body"], {"who": transport.HIDDEN, "pin": "•••"})


@tagged("post_install", "-at_install")
class TestTimes(RulesCase):
    """Rules 11 and 12: the register's own clock, UTC in the database."""

    def test_time_of_a_receipt_is_the_register_s(self):
        for zone, local in (("Europe/Moscow", 15), ("Europe/Kyiv", 14), ("Asia/Vladivostok", 22), ("UTC", 12)):
            self.register.tz = zone
            document = self.env["fiscal.document"].new(
                {
                    "register_id": self.register.id,
                    "company_id": self.company.id,
                    "date": datetime(2026, 1, 15, 12, 0),
                    "operation": "sale",
                }
            )
            self.assertEqual(document._as_receipt().issued_at, datetime(2026, 1, 15, local, 0))
            vals = document._fiscal_vals(FiscalData(registered_at=datetime(2026, 1, 15, local, 0)))
            self.assertEqual(vals["registered_at"], datetime(2026, 1, 15, 12, 0))

    def test_summer_and_the_hour_that_comes_twice(self):
        """Kyiv leaves summer time on 25 October 2026 at 04:00; the night hour that is meant twice raises nothing."""
        self.register.tz = "Europe/Kyiv"
        document = self.env["fiscal.document"].new({"register_id": self.register.id})
        for local, utc in (
            (datetime(2026, 7, 1, 12, 0), datetime(2026, 7, 1, 9, 0)),
            (datetime(2026, 10, 25, 3, 30), datetime(2026, 10, 25, 1, 30)),
            (datetime(2026, 3, 29, 3, 30), datetime(2026, 3, 29, 1, 30)),
        ):
            self.assertEqual(document._fiscal_vals(FiscalData(registered_at=local))["registered_at"], utc)

    def test_till_shows_the_register_s_time(self):
        document = self.sale()
        self.register.tz = "Asia/Vladivostok"
        self.service.plan = [Outcome.done(FiscalData(number="1", registered_at=datetime(2026, 1, 15, 23, 30)))]
        self.drain()
        self.assertEqual(document.registered_at, datetime(2026, 1, 15, 13, 30))
        self.assertEqual(document.pos_order_id.fiscal_receipts[0]["date"], "15.01.2026 23:30")

    def test_status_of_a_register_can_be_kept(self):
        status = RegisterStatus(
            ready=True, clock=datetime(2026, 1, 15, 12), cash=money("1.50"), tax_systems=("ru_general",)
        )
        self.register._note_status(status)
        self.env.flush_all()
        self.env.invalidate_all()
        expected = {"ready": True, "clock": "2026-01-15T12:00:00", "cash": "1.50", "tax_systems": ["ru_general"]}
        self.assertEqual({name: self.register.status_data[name] for name in expected}, expected)
