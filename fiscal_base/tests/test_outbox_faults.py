"""What may go wrong around the outbox itself: a provider's checks, the order of openings, services in a hurry."""

import time
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.document.document import ALERT, MOVES
from ..models.register import lane
from ..tools import transport
from ..tools.outcome import FiscalData, Outcome
from .test_faults import FaultCase


@tagged("post_install", "-at_install")
class TestFailingChecks(FaultCase):
    @mute_logger("odoo.addons.fiscal_base.models.register.register")
    def test_sale_is_kept_when_a_check_fails(self):
        self.register.shift_policy = "manual"
        Register = self.env.registry["fiscal.register"]

        def fail(register, *args):
            raise KeyError("article")

        for name in ("_demo_validate", "_demo_cashier_problem"):
            with self.subTest(name), patch.object(Register, name, fail, create=True):
                document = self.sale()
                self.assertEqual(document.state, "rejected")
                self.assertIn("Send again", document.error_message)
                self.assertTrue(self.register._called_to(ALERT))


@tagged("post_install", "-at_install")
class TestOpening(FaultCase):
    def setUp(self):
        super().setUp()
        self.register.shift_policy = "manual"
        self.service.capabilities = {"opens_shift": frozenset()}

    def test_opening_goes_before_the_sale_that_waits_for_it(self):
        document = self.sale()
        self.service.plan = [Outcome.blocked("Смена не открыта", 600, code="shift_closed")]
        self.drain()
        self.register.action_open_shift()
        self.due()
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertEqual([request["operation"] for __, request in self.service.sent], ["sale", "shift_open", "sale"])

    def test_opening_stays_behind_a_closing(self):
        self.register.action_open_shift()
        self.drain()
        self.register.action_close_shift()
        self.register.action_open_shift()
        self.drain()
        self.assertEqual(
            [request["operation"] for __, request in self.service.sent], ["shift_open", "shift_close", "shift_open"]
        )

    def test_opening_stays_behind_what_is_unknown(self):
        self.unknown()
        self.register.action_open_shift()
        self.service.plan = [Outcome.unknown("?", 600)]
        self.due()
        self.drain()
        self.assertNotIn("shift_open", [request["operation"] for __, request in self.service.sent])


@tagged("post_install", "-at_install")
class TestHaste(FaultCase):
    def test_nothing_is_asked_again_at_once_for_ever(self):
        self.register.shift_policy = "manual"
        for outcome in (Outcome.waiting(0), Outcome.unknown("?", 0), Outcome.waiting(0.01)):
            with self.subTest(outcome.kind):
                self.service.registered.clear()
                document = self.sale()
                self.service.plan, self.service.asked = [outcome] * 100, []
                with freeze_time("2026-11-20 08:00:00"):
                    self.drain()
                self.assertLessEqual(len(self.service.asked), 2)
                self.service.plan = []
                self.service.registered[document.key] = {}
                self.due()
                self.register.failures = 0
                self.drain()


@tagged("post_install", "-at_install")
class TestWords(FaultCase):
    def test_button_that_does_not_fit_says_what_can_be_done(self):
        self.register.shift_policy = "manual"
        document = self.sale()
        said = set()
        for state in MOVES:
            self.env.cr.execute("UPDATE fiscal_document SET state = %s WHERE id = %s", [state, document.id])
            self.env.invalidate_all()
            with self.subTest(state):
                if state not in ("rejected",):
                    with self.assertRaises(UserError) as caught:
                        document.action_retry()
                    said.add(str(caught.exception))
        self.assertEqual(len(said), len(MOVES) - 1, "each state has a sentence of its own")
        self.assertTrue(all(document.display_name in words for words in said))


@tagged("post_install", "-at_install")
class TestTime(FaultCase):
    """The till waits for as long as it was promised, and not for one look-up of twenty questions more."""

    def setUp(self):
        super().setUp()
        self.register.shift_policy = "manual"
        self.document = self.unknown()
        self.due()
        self.cut = []

        def ask(*args):
            started = time.monotonic()
            while time.monotonic() < started + 3:
                try:
                    transport.send(transport.Request("GET", "http://127.0.0.1:1/", connect_timeout=0.1))
                except transport.OutOfTime:
                    self.cut.append(args)
                    raise
            return Outcome.unknown("asked for a long time", 600)

        self.patch(self.env.registry["fiscal.register"], "_demo_lookup", ask)
        self.failures = self.register.failures

    def test_look_up_ends_with_the_time_of_the_till(self):
        self.drain(seconds=0.3, order_uuids=[self.document.pos_order_id.uuid])
        self.assertEqual(len(self.cut), 1)
        self.assertEqual((self.document.state, self.document.retry_at), ("unknown", False), "the next turn goes on")
        self.assertEqual(self.register.failures, self.failures, "that says nothing about the register")
        self.assertTrue(self.document.attempt_ids[0].finished_at)

    def test_look_up_of_the_scheduled_action_has_the_time_that_it_needs(self):
        self.patch(lane, "TURN", 0.3)
        self.watch()
        self.assertEqual(len(self.cut), 0)
        self.assertEqual(self.document.error_message, "asked for a long time")

    def test_sending_is_never_cut_short(self):
        self.service.plan = []
        self.decide(self.document, "registered", fiscal_number="1")
        document = self.sale()
        self.patch(
            self.env.registry["fiscal.register"],
            "_demo_submit",
            lambda register, document, request: (
                Outcome.done(FiscalData(number="1")) if transport.until_now() is None else Outcome.unknown("cut")
            ),
        )
        self.drain(order_uuids=[document.pos_order_id.uuid])
        self.assertEqual(document.state, "done")

    def test_lanes_of_one_worker_share_their_time(self):
        """One worker takes all lanes that are due one after the other, and Odoo ends it after 120 seconds."""
        given = []
        with patch.object(lane.time, "monotonic", lambda: sum(given)):
            lane.turns.clear()
            for __ in range(20):
                with lane.turn() as seconds:
                    given.append(seconds)
        lane.turns.clear()
        self.assertEqual(given[0], lane.TURN)
        self.assertLess(sum(given), 110)
        self.assertGreater(min(given), 0)
