"""What a service tells by itself: early, late, twice, under an old key, or about nothing of ours."""

from odoo.tests import tagged

from ..tools.outcome import FiscalData, Outcome
from .common import FiscalCase


@tagged("post_install", "-at_install")
class TestCallback(FiscalCase):
    def setUp(self):
        super().setUp()
        self.open_session()
        self.drain()
        self.service.sent.clear()

    def sale(self):
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 62)])
        return order.fiscal_document_ids

    def news(self, number="77"):
        return Outcome.done(FiscalData(number=number, sign="1", shift_number=1))

    def told(self, key, outcome):
        return self.env["fiscal.document"]._told(key, outcome, self.register)

    def test_ends_what_waits(self):
        document = self.sale()
        self.service.plan = [Outcome.waiting(600)]
        self.drain()
        self.assertEqual(document.state, "waiting")
        self.assertEqual(self.told(document.key, self.news()), document)
        self.assertEqual((document.state, document.fiscal_number), ("done", "77"))
        self.assertEqual(document.attempt_ids[0].kind, "callback")
        self.assertEqual(document.shift_id, self.register.shift_id)

    def test_before_the_answer_is_stored(self):
        document = self.sale()

        finish = type(self.register)._finish

        def told_first(register, sent, attempt, outcome):
            register.env["fiscal.document"]._told(sent.key, self.news(), register)
            register._commit()
            return finish(register, sent, attempt, outcome)

        self.service.plan = [Outcome.waiting(600)]
        self.patch(type(self.register), "_finish", told_first)
        self.drain()
        self.assertEqual((document.state, document.fiscal_number), ("done", "77"))
        self.assertEqual(document.attempt_ids.mapped("kind"), ["callback", "submit"])
        self.assertEqual(len(self.service.sent), 1)

    def test_twice_and_another_later(self):
        document = self.sale()
        self.drain()
        number = document.fiscal_number
        for outcome in (self.news(), Outcome.rejected("1", "no"), Outcome.waiting(1), Outcome.not_sent("never seen")):
            self.told(document.key, outcome)
            self.assertEqual((document.state, document.fiscal_number), ("done", number), outcome)

    def test_of_no_document(self):
        before = self.env["fiscal.attempt"].search_count([])
        self.assertFalse(self.told("nobody's key", self.news()))
        self.assertEqual(self.env["fiscal.attempt"].search_count([]), before)

    def test_registered_after_all(self):
        """The service refused it or said that it never had it, and registers it later on under the same key."""
        for outcome in (Outcome.rejected("5", "no such tax"), Outcome.not_sent("never seen", 600)):
            document = self.sale()
            self.service.plan = [outcome]
            self.drain()
            self.assertIn(document.state, ("rejected", "queued"))
            self.told(document.key, self.news())
            self.assertEqual(document.state, "done", outcome)
            self.due()
            self.service.sent.clear()
            self.drain()
            self.assertFalse(self.service.sent)

    def test_registered_under_the_key_before(self):
        document = self.sale()
        old = document.key
        self.service.plan = [Outcome.not_sent("never seen", 600, new_key=True)]
        self.drain()
        self.assertNotEqual(document.key, old)
        self.told(old, self.news())
        self.assertEqual((document.state, document.key), ("done", old))
        self.due()
        self.drain()
        self.assertEqual(len(self.service.sent), 1)

    def test_registered_twice_calls_a_person(self):
        document = self.sale()
        old = document.key
        self.service.plan = [Outcome.not_sent("never seen", 0, new_key=True)]
        self.drain()
        self.due()
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertFalse(document.activity_ids)
        number = document.fiscal_number
        self.told(old, self.news())
        self.assertEqual(document.fiscal_number, number)
        self.assertIn(old, document.activity_ids.note)
        self.told(old, self.news())
        self.assertEqual(len(document.activity_ids), 1, "it is said once")
        self.told(old, Outcome.rejected("1", "no"))
        self.assertEqual(document.state, "done")
        document.activity_ids.action_feedback()
        self.told(old, self.news())
        self.assertFalse(document.activity_ids, "somebody has seen to it")

    def test_warning_outlives_the_registration_of_the_document(self):
        document = self.sale()
        old = document.key
        self.service.plan = [Outcome.not_sent("never seen", 0, new_key=True), Outcome.unknown("lost", 600)]
        self.drain()
        self.assertEqual(document.state, "unknown")
        self.assertNotEqual(document.key, old)
        self.told(old, self.news())
        self.assertIn(old, document.activity_ids.note)
        self.told(document.key, self.news())
        self.assertEqual(document.state, "done")
        self.assertIn(old, document.activity_ids.note)

    def test_refusal_of_an_old_key_is_nothing(self):
        document = self.sale()
        old = document.key
        self.service.plan = [Outcome.not_sent("never seen", 600, new_key=True)]
        self.drain()
        self.told(old, Outcome.rejected("1", "no"))
        self.assertEqual(document.state, "queued")
        self.assertFalse(document.activity_ids)

    def test_hint(self):
        document = self.sale()
        self.service.plan = [Outcome.waiting(600)]
        self.drain()
        self.service.registered[document.key] = None
        self.drain()
        self.assertEqual(document.state, "waiting")
        document._ask_now()
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertEqual(self.service.asked, [document.key])
