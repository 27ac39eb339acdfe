"""What a service says it registered: another sum, a number twice, an absurd time, a shift that is over."""

from datetime import datetime, timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.outcome import FiscalData, Outcome
from .test_faults import FaultCase


class RegisteredCase(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def registered(self, document=None, message="", code="", **data):
        """A sale that the service answers with `data`."""
        document = document or self.sale()
        outcome = Outcome.done(FiscalData(**{"number": "7", "shift_number": 1, "storage": "F1", **data}))
        self.service.plan = [Outcome(**{**vars(outcome), "message": message, "code": code})]
        self.drain()
        self.assertEqual(document.state, "done")
        return document


@tagged("post_install", "-at_install")
class TestDifferences(RegisteredCase):
    """A sale of 62 roubles by card, one line."""

    def assertTold(self, document, *words):
        for word in words:
            self.assertIn(word, document.warning)
        self.assertEqual(document._till_receipt()["warning"], document.warning, "the till's receipt says it")
        self.assertEqual(document.activity_ids.user_id, self.register.user_id, "the responsible person is called")
        self.assertEqual(self.register.warning_count, 1, "the register's card says it")
        document.activity_ids.action_feedback()
        self.env.invalidate_all()
        self.assertEqual(self.register.warning_count, 0, "until the person has dealt with it")

    def test_another_total(self):
        self.assertTold(self.registered(total=Decimal("61.99")), "62.00", "61.99")

    def test_another_operation(self):
        self.assertTold(self.registered(operation="sale_return"), "registered")

    def test_another_number_of_lines(self):
        self.assertTold(self.registered(lines=2), "1 lines", "2")

    def test_other_payments(self):
        document = self.registered(payments={"cash": Decimal("62.00")})
        self.assertTold(document, "62.00", "0.00")

    def test_what_the_provider_has_found(self):
        self.assertTold(self.registered(code="differs", message="another receipt", total=Decimal(1)), "another receipt")

    def test_the_same_is_no_warning(self):
        document = self.registered(
            total=Decimal("62.00"), operation="sale", lines=1, payments={"electronic": Decimal("62.00")}
        )
        self.assertFalse(document.warning)
        self.assertFalse(document.activity_ids)
        self.assertFalse(self.registered(number="8").warning, "nothing said is no difference")

    def test_cash_with_the_change_or_without_it(self):
        for number, paid in (("8", "100.00"), ("9", "62.00")):
            order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 100)])
            document = self.registered(order.fiscal_document_ids, number=number, payments={"cash": Decimal(paid)})
            self.assertFalse(document.warning, paid)

    def test_the_card_counts_what_one_call_speaks_of(self):
        """Three documents, one activity: three differ."""
        first, *__ = (self.registered(number=str(number), total=Decimal("61.99")) for number in range(7, 10))
        self.assertEqual(self.register.warning_count, 3)
        first.activity_ids.action_feedback()
        self.env.invalidate_all()
        self.assertEqual(self.register.warning_count, 0)
        self.registered(number="10", total=Decimal("61.99"))
        self.assertEqual(self.register.warning_count, 1, "what was dealt with does not come back")

    def test_cash_move(self):
        document = self.register._enqueue_simple("cash_in", "test:cash", self.cashier, total=500)
        self.assertTold(self.registered(document, total=Decimal("50.00")), "500.00", "50.00")


@tagged("post_install", "-at_install")
class TestNumberTwice(RegisteredCase):
    def test_one_number_twice_of_one_storage_is_told(self):
        first, second = self.registered(), self.registered()
        self.assertFalse(first.warning)
        self.assertIn("7", second.warning)
        self.assertIn(first.name, second.warning)
        self.assertTrue(second.activity_ids)

    def test_another_storage_begins_again(self):
        self.registered()
        self.assertFalse(self.registered(storage="F2").warning)

    def test_without_a_storage_the_register_counts(self):
        self.registered(storage="")
        self.assertTrue(self.registered(storage="").warning)

    def test_decision_with_the_number_of_another_receipt_is_refused(self):
        other = self.registered()
        document = self.unknown()
        with self.assertRaisesRegex(UserError, other.name):
            self.decide(document, "registered", fiscal_number="7")
        self.assertEqual(document.state, "unknown")
        self.decide(document, "registered", fiscal_number="7", fiscal_storage="F2")
        self.assertEqual((document.state, document.fiscal_storage, document.warning), ("done", "F2", False))

    def test_a_decision_shows_what_is_known(self):
        document = self.unknown()
        document._engine().error_message = "Sent: 62.00\nThe register holds: № 8, 62.00"
        wizard = self.env["fiscal.decision"].create({"document_ids": document.ids, "reason": "as seen"})
        self.assertEqual(wizard.problems, f"{document.display_name}: {document.error_message}")

    def test_decision_where_no_storage_is_known(self):
        self.registered(storage="")
        document = self.unknown()
        with self.assertRaises(UserError):
            self.decide(document, "registered", fiscal_number=" 7 ")
        self.decide(document, "registered", fiscal_number="8")
        self.assertEqual(document.state, "done")


@tagged("post_install", "-at_install")
class TestAbsurd(RegisteredCase):
    def test_absurd_time_does_not_undo_a_registration(self):
        for number, moment in enumerate((datetime(1, 1, 1), datetime.max, datetime(1970, 1, 1)), 100):
            document = self.registered(number=str(number), registered_at=moment)
            self.assertLess(abs(document.registered_at - fields.Datetime.now()), timedelta(minutes=1), moment)

    def test_absurd_numbers_do_not_undo_a_registration(self):
        document = self.registered(
            shift_number=10**12, receipt_number=-(10**12), extra={"x": float("nan"), "y": datetime(1, 1, 1)}
        )
        self.assertEqual((document.shift_number, document.receipt_number), (0, 0))

    def test_clock_with_an_offset(self):
        moment = fields.Datetime.now().replace(microsecond=0)
        aware = moment.astimezone()
        self.assertTrue(self.registered(registered_at=aware).registered_at)


@tagged("post_install", "-at_install")
class TestEarlierShift(RegisteredCase):
    def shift(self, number, begin, end=None):
        now = fields.Datetime.now().replace(microsecond=0)
        shift = self.env["fiscal.shift"].create(
            {
                "register_id": self.register.id,
                "number": number,
                "opened_at": now - timedelta(hours=begin),
                "closed_at": end and now - timedelta(hours=end),
                "state": "closed" if end else "open",
            }
        )
        if not end:
            self.register.shift_id = shift
        return shift

    def test_found_in_the_storage_after_the_next_shift_has_opened(self):
        first, second = self.shift(1, 10, 5), self.shift(2, 4)
        at = self.register._local(fields.Datetime.now() - timedelta(hours=6))
        for number, shift_number in (("7", None), ("8", 1)):
            document = self.registered(number=number, shift_number=shift_number, registered_at=at)
            self.assertEqual((document.shift_id, document.shift_number), (first, 1))
            self.assertEqual(self.register.shift_id, second, "the present shift stays open")
            self.assertEqual(second.state, "open")

    def test_found_in_the_present_shift(self):
        self.shift(1, 10, 5)
        second = self.shift(2, 4)
        at = self.register._local(fields.Datetime.now() - timedelta(hours=3))
        self.assertEqual(self.registered(shift_number=None, registered_at=at).shift_id, second)

    def test_a_number_that_begins_again_is_a_new_shift(self):
        first = self.shift(1, 10, 5)
        document = self.registered(shift_number=1)
        self.assertNotEqual(document.shift_id, first)
        self.assertEqual(self.register.shift_id, document.shift_id)


@tagged("post_install", "-at_install")
class TestServiceId(RegisteredCase):
    def test_kept_with_the_outcome_and_given_up_with_the_key(self):
        document = self.sale()
        self.service.plan = [Outcome(**{**vars(Outcome.waiting(0)), "service_id": "4711", "retry_after": 600})]
        self.drain()
        self.assertEqual((document.state, document.service_id), ("waiting", "4711"))
        self.assertEqual(document.attempt_ids.mapped("service_id"), ["4711"])
        self.due()
        self.service.plan = [Outcome.waiting(600)]
        self.drain()
        self.assertEqual(document.service_id, "4711", "an outcome that does not say it leaves it")
        self.due()
        self.service.plan = [Outcome.not_sent("never seen", 600, new_key=True)]
        self.drain()
        self.assertEqual((document.state, document.service_id), ("queued", False))

    def test_a_secret_inside_it_does_not_destroy_it(self):
        document = self.sale()
        type(self.register)._demo_secrets = lambda register: ["471"]
        self.addCleanup(delattr, type(self.register), "_demo_secrets")
        outcome = Outcome.waiting(600, response='{"id": "xx47112"}')
        self.service.plan = [Outcome(**{**vars(outcome), "service_id": "47112"})]
        self.drain()
        self.assertEqual(document.service_id, "47112")
