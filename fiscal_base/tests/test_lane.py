"""The lane at work: shifts, cash, pauses, the ways into it, and what it costs a sale."""

import logging
import statistics
import time
from unittest.mock import patch
from uuid import uuid4

import psycopg2.errors
from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..const import NEEDS_SHIFT
from ..models.register import lane
from ..models.register.lane import CONFLICTS, PAUSES
from ..tools.outcome import FiscalData, Outcome
from .common import FiscalCase

_logger = logging.getLogger(__name__)


class LaneCase(FiscalCase):
    def sale(self, config=None, **vals):
        config = config or self.config
        session = config.current_session_id or self.open_session(config)
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)], session=session, **vals)
        return order.fiscal_document_ids

    def documents(self, register=None):
        return self.env["fiscal.document"].search([("register_id", "=", (register or self.register).id)], order="id")

    def operations(self, *states):
        return self.documents().filtered(lambda document: not states or document.state in states).mapped("operation")

    def close(self, session):
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")


@tagged("post_install", "-at_install")
class TestShiftPolicy(LaneCase):
    """When a shift opens and closes. The service opens none by itself here."""

    tills = 2

    def setUp(self):
        super().setUp()
        self.service.capabilities = {"opens_shift": frozenset()}

    def day(self, policy):
        self.register.shift_policy = policy
        session = self.open_session()
        self.drain()
        self.sale()
        self.sale()
        self.drain()
        self.close(session)
        self.drain()
        self.assertEqual(set(self.documents().mapped("state")), {"done"})
        return [request["operation"] for __, request in self.service.sent]

    def test_by_hand(self):
        self.assertEqual(self.day("manual"), ["sale", "sale"])

    def test_with_the_session(self):
        self.assertEqual(self.day("session"), ["shift_open", "sale", "sale", "shift_close"])
        self.assertFalse(self.register.shift_id)

    def test_with_the_first_receipt(self):
        self.assertEqual(self.day("first"), ["shift_open", "sale", "sale", "shift_close"])
        opening = self.documents().filtered(lambda document: document.operation == "shift_open")
        self.assertGreater(opening.id, self.documents()[0].id, "made by the lane, after the sale, and sent before it")

    def test_service_that_opens_shifts_itself(self):
        self.service.capabilities = {"opens_shift": frozenset(NEEDS_SHIFT)}
        self.assertEqual(self.day("first"), ["sale", "sale", "shift_close"])

    def test_session_without_a_sale(self):
        self.register.shift_policy = "first"
        self.close(self.open_session())
        self.assertFalse(self.documents(), "nothing was opened, nothing is closed")

    def two_tills(self):
        second = self.shop.configs[1]
        second.fiscal_register_id = self.register
        return self.open_session(), self.open_session(second)

    def test_two_tills_on_one_register(self):
        first, second = self.two_tills()
        self.assertEqual(self.operations(), ["shift_open"], "one shift, though the lane has not run yet")
        self.drain()
        self.close(first)
        self.sale(self.shop.configs[1])
        self.drain()
        self.assertTrue(self.register.shift_id, "the other till still works on it")
        self.close(second)
        self.drain()
        self.assertEqual(self.operations("done"), ["shift_open", "sale", "shift_close"])

    def test_closing_waits_for_what_is_before_it(self):
        session = self.open_session()
        document = self.sale()
        self.service.plan = [Outcome.not_sent("refused", 600)]
        self.close(session)
        self.drain()
        self.assertEqual(self.operations("queued"), ["shift_open", "sale", "shift_close"])
        self.due()
        self.drain()
        self.assertEqual(document.shift_id.state, "closed")
        sent = [request["operation"] for __, request in self.service.sent]
        self.assertEqual(sent, ["shift_open", "shift_open", "sale", "shift_close"], "the first try was refused")

    def test_next_session_opens_while_the_closing_still_waits(self):
        self.close(self.open_session())
        session = self.open_session()
        self.close(session)
        self.drain()
        self.assertEqual(self.operations("done"), ["shift_open", "shift_close"] * 2)

    def test_session_that_only_opens_closes_no_shift_twice(self):
        first, second = self.two_tills()
        self.close(first)
        self.close(second)
        self.register.shift_policy = "first"
        self.close(self.open_session())
        self.assertEqual(self.operations(), ["shift_open", "shift_close"])


@tagged("post_install", "-at_install")
class TestCash(LaneCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def move(self, session, kind, amount, key=None):
        extras = {"translatedType": kind, **({"fiscal_key": key} if key else {})}
        session.try_cash_in_out(kind, amount, "размен", self.shop.customer.id, extras)

    def test_repeated_call_counts_once(self):
        session, key = self.open_session(), str(uuid4())
        for __ in range(3):
            self.move(session, "in", 500, key)
        self.move(session, "out", 200, str(uuid4()))
        self.assertEqual(
            [(document.operation, document.total) for document in self.documents()],
            [("cash_in", 500), ("cash_out", 200)],
        )
        self.assertEqual(session.statement_line_ids.mapped("amount"), [500, -200])

    def test_calls_without_a_key_are_moves_of_their_own(self):
        session = self.open_session()
        self.move(session, "in", 500)
        self.move(session, "in", 500)
        self.assertEqual(len(self.documents()), 2)

    def test_deleted_move_gets_the_opposite_one(self):
        self.env.user.group_ids += self.env.ref("account.group_account_basic")
        session = self.open_session()
        self.move(session, "in", 500)
        self.move(session, "out", 200)
        for line in session.statement_line_ids:
            session.delete_cash_in_out(line.id, self.shop.customer.id)
        self.assertEqual(
            [(document.operation, document.total) for document in self.documents()],
            [("cash_in", 500), ("cash_out", 200), ("cash_out", 500), ("cash_in", 200)],
        )
        self.drain()
        self.assertEqual(set(self.documents().mapped("state")), {"done"})

    def test_cash_of_an_employee_of_the_till(self):
        self.shop.configs[0].module_pos_hr = True
        session, other = self.open_session(), self.shop.employees[1]
        session.try_cash_in_out("in", 5, "", False, {"translatedType": "in", "employee_id": other.id})
        self.assertEqual(self.documents().employee_id, other)

    def test_cash_at_a_till_where_nobody_logs_in(self):
        """The user is at it, whomever the call names."""
        self.shop.configs[0].module_pos_hr = False
        session, other = self.open_session(), self.shop.employees[1]
        session.try_cash_in_out("in", 5, "", False, {"translatedType": "in", "employee_id": other.id})
        self.assertNotEqual(self.documents().employee_id, other)


@tagged("post_install", "-at_install")
class TestTurn(LaneCase):
    """Ways into the lane, and the end of a turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def setUp(self):
        super().setUp()
        self.triggers = []
        self.patch(self.env.registry["ir.cron"], "_trigger", lambda cron, at=None: self.triggers.append(cron))

    def test_scheduled_action_drains_its_own_lane(self):
        document = self.sale()
        cron = self.register.cron_id
        self.assertTrue(cron.active)
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "minutes"))
        with self.enter_registry_test_mode():
            cron.ir_actions_server_id.run()
        self.env.invalidate_all()
        self.assertEqual(document.state, "done")

    def test_scheduled_action_of_a_register_that_is_gone(self):
        self.env["fiscal.register"].browse(10**9)._cron_lane()

    def test_register_that_is_off_has_a_sleeping_lane(self):
        self.register.state = "disabled"
        self.assertFalse(self.register.cron_id.active)
        self.sale()
        self.drain()
        self.assertEqual((self.service.sent, self.triggers), ([], []))
        self.register.state = "enabled"
        self.assertTrue(self.register.cron_id.active)
        self.assertEqual(self.triggers, [self.register.cron_id])

    def test_till_does_not_wake_what_it_drives_itself(self):
        self.sale()
        self.assertEqual(self.triggers, [])
        order = self.sale().pos_order_id
        order.fiscal_document_ids._move("rejected")
        order.fiscal_document_ids._move("cancelled")
        order._fiscal_enqueue()
        self.assertEqual(self.triggers, [self.register.cron_id], "whoever else makes a document wakes the lane")

    def test_drive_gives_the_receipt(self):
        document = self.sale()
        order = document.pos_order_id
        with self.enter_registry_test_mode():
            answer = self.config.fiscal_drive([order.uuid])
        self.assertEqual(set(answer), {"register", "receipts", "call"})
        self.assertIsNone(answer["call"], "the server reaches this register itself")
        self.assertEqual(answer["register"]["health"], "ready")
        self.assertEqual(answer["register"]["unsent"], 0)
        (receipt,) = answer["receipts"][order.uuid]
        self.assertEqual((receipt["state"], receipt["number"]), ("done", "1"))

    def test_drive_gives_no_receipt_of_another_till(self):
        document = self.sale()
        other = self.config.copy({"name": "Другая касса", "fiscal_register_id": self.register.id})
        with self.enter_registry_test_mode():
            answer = other.fiscal_drive([document.pos_order_id.uuid])
        self.assertEqual(answer["receipts"], {})

    def test_drive_ends_with_the_order_it_is_for(self):
        first, second = self.sale(), self.sale()
        self.drain(order_uuids=[first.pos_order_id.uuid])
        self.assertEqual((first.state, second.state), ("done", "queued"))
        self.assertEqual(self.triggers, [self.register.cron_id], "the rest is for the scheduled action")

    def test_turn_ends_in_time_and_the_rest_is_woken(self):
        documents = [self.sale() for __ in range(3)]
        clock = [0.0]

        def slow(service, key):
            clock[0] += 4
            return Outcome.done(FiscalData(number="1"))

        self.service.plan = [slow] * 3
        with patch.object(lane.time, "monotonic", lambda: clock[0]):
            self.drain(seconds=5)
            self.assertEqual([document.state for document in documents], ["done", "done", "queued"])
            self.assertEqual(self.triggers, [self.register.cron_id])
            self.drain(seconds=5)
        self.assertEqual(documents[2].state, "done")

    def test_no_time_at_all(self):
        document = self.sale()
        self.drain(seconds=0)
        self.assertEqual((document.state, self.triggers), ("queued", [self.register.cron_id]))

    def test_register_switched_off_in_the_middle(self):
        first, second = self.sale(), self.sale()

        def off(service, key):
            self.register.state = "disabled"
            return Outcome.done(FiscalData(number="1"))

        self.service.plan = [off]
        self.register.flush_recordset()
        commit = self.env.registry["fiscal.register"]._finish

        def finish(register, *args):
            register.state = "disabled"
            commit(register, *args)

        with patch.object(self.env.registry["fiscal.register"], "_finish", finish):
            self.drain()
        self.assertEqual((first.state, second.state), ("done", "queued"))

    def test_blocked_register(self):
        document = self.sale()
        self.service.plan = [Outcome.blocked("Нет бумаги", 600, code="2")]
        self.drain()
        self.assertEqual((document.state, document.error_message), ("queued", "Нет бумаги"))
        register = self.register
        self.assertEqual((register.health, register.health_message), ("problem", "Нет бумаги"))
        self.assertEqual(register._till_status()["message"], "Нет бумаги")
        self.assertEqual((register.open_count, register.error_count, register.failures), (1, 0, 1))
        self.drain()
        self.assertEqual(len(self.service.sent), 1, "not before the pause is over")
        self.due()
        self.drain()
        self.assertEqual((document.state, register.health, register.failures), ("done", "ready", 0))

    def test_pauses(self):
        """They grow to five minutes and stay there."""
        self.sale()
        seen = []
        with self.on_service(status=False), freeze_time("2026-11-20 08:00:00"):
            for __ in range(len(PAUSES) + 2):
                self.due()
                self.service.plan = [Outcome.not_sent("refused")]
                self.drain()
                seen.append((self.register.retry_at - fields.Datetime.now()).total_seconds())
        self.assertEqual(seen, [*PAUSES, PAUSES[-1], PAUSES[-1]])

    def test_pause_that_the_service_asks_for(self):
        self.sale()
        self.service.plan = [Outcome.not_sent("429 Too Many Requests", 77)]
        with freeze_time("2026-11-20 08:00:00"):
            self.drain()
            self.assertEqual((self.register.retry_at - fields.Datetime.now()).total_seconds(), 77)

    def test_conflict_with_another_transaction(self):
        """A short transaction of the lane is repeated; nothing is sent twice."""
        document = self.sale()
        conflicts = [psycopg2.errors.SerializationFailure("conflict") for __ in range(CONFLICTS - 1)]
        Document = self.env.registry["fiscal.document"]
        apply = Document._apply

        def applying(one, *args):
            if conflicts:
                raise conflicts.pop()
            return apply(one, *args)

        with patch.object(Document, "_apply", applying):
            self.drain()
        self.assertEqual((document.state, len(self.service.sent)), ("done", 1))

    def test_conflict_that_does_not_end(self):
        """The lane gives up its turn; the document is found `sending` and asked about."""
        document = self.sale()
        conflict = psycopg2.errors.SerializationFailure("conflict")
        with patch.object(self.env.registry["fiscal.document"], "_apply", side_effect=conflict):
            try:
                self.drain()
            except psycopg2.errors.SerializationFailure as error:
                self.assertIs(error, conflict)
        self.env.invalidate_all()
        self.assertEqual(document.state, "sending")
        self.drain()
        self.assertEqual((document.state, len(self.service.sent)), ("done", 1))
        self.assertEqual(self.service.asked, [document.key])


@tagged("post_install", "-at_install")
class TestCost(LaneCase):
    """What a register adds to the sync of an order: a few queries, whatever the number of lines."""

    QUERIES = 8
    ROUNDS = 30

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def sync(self, count):
        """Queries and seconds of one sync with `count` lines."""
        data = self.order_data([(self.shop.products["bread"], 1)] * count, [(self.shop.card, 62 * count)])
        self.env.flush_all()
        self.env.invalidate_all()
        queries, start = self.env.cr.sql_log_count, time.perf_counter()
        with patch("random.random", lambda: 1):
            self.env["pos.order"].sync_from_ui([data])
            self.env.flush_all()
        return self.env.cr.sql_log_count - queries, time.perf_counter() - start

    def measure(self, count, rounds):
        """Added queries and median of the added seconds, with a register and without, in turns."""
        runs = {True: [], False: []}
        for number in range(2 * (rounds + 2)):
            registered = number % 2 == 0
            self.env.cr.execute(
                "UPDATE pos_config SET fiscal_register_id = %s WHERE id = %s",
                [self.register.id if registered else None, self.config.id],
            )
            self.env.invalidate_all()
            runs[registered].append(self.sync(count))
        queries = {key: min(run[0] for run in found[2:]) for key, found in runs.items()}
        pairs = [(more[1], less[1]) for more, less in zip(runs[True][2:], runs[False][2:], strict=True)]
        added = statistics.median(more - less for more, less in pairs)
        return queries[True] - queries[False], added, statistics.median(less for __, less in pairs)

    def test_cost_of_a_sale(self):
        self.open_session()
        one, added, base = self.measure(1, self.ROUNDS)
        twenty, more, __ = self.measure(20, 3)
        _logger.info(
            "a register adds %d queries and %.1f ms to a sync of %.1f ms with one line; with twenty %d and %.1f ms",
            *(one, added * 1000, base * 1000, twenty, more * 1000),
        )
        self.assertLessEqual(max(one, twenty), self.QUERIES)
        self.assertLessEqual(twenty - one, 1, "the same for any number of lines but one")


@tagged("post_install", "-at_install")
class TestManyLines(LaneCase):
    def test_twenty_taxes_cost_no_more(self):
        """Lines with different taxes and products: the codes are looked up together."""
        self.register.shift_policy = "manual"
        products = self.env["product.product"].create(
            [
                {
                    "name": f"Товар {number}",
                    "lst_price": 62,
                    "taxes_id": [Command.set(tax.ids)],
                    "company_id": self.company.id,
                }
                for tax in self.shop.taxes.values()
                for number in range(5)
            ]
        )
        self.open_session()
        counts = []
        for lines in ([(products[0], 1)], [(product, 1) for product in products]):
            order = self.order_data(lines, [(self.shop.card, sum(product.lst_price for product, __ in lines))])
            self.env["pos.order"].sync_from_ui([order])
            order = self.env["pos.order"].search([("uuid", "=", order["uuid"])])
            document = order.fiscal_document_ids
            document._move("rejected")
            document._move("cancelled")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order._fiscal_enqueue()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 4, counts)


@tagged("post_install", "-at_install")
class TestPace(LaneCase):
    """The rate limit of a service is kept by the lane, across its runs too."""

    def test_distance_between_requests(self):
        self.service.capabilities = {"min_interval": 0.3}
        self.open_session()
        self.drain()
        moments = []

        def now(service, key):
            moments.append(time.monotonic())
            service.registered[key] = None
            return Outcome.done(service.data(key))

        self.service.plan = [now] * 3
        for __ in range(2):
            self.sale()
        self.drain()
        self.sale()
        self.drain()
        first, second, third = moments
        self.assertGreaterEqual(min(second - first, third - second), 0.3)
