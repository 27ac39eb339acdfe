"""What goes wrong with a register, and what the engine and people do about it."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.document.document import ALERT
from ..tools.outcome import FiscalData, Outcome, RegisterStatus
from .common import FiscalCase, executed_but_lost


class FaultCase(FiscalCase):
    def sale(self):
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        return order.fiscal_document_ids

    def unknown(self):
        document = self.sale()
        self.service.plan = [executed_but_lost, Outcome.unknown("nobody knows", 3600)]
        self.drain()
        self.assertEqual(document.state, "unknown")
        return document

    def decide(self, document, decision, user=None, **vals):
        wizard = (
            self.env["fiscal.decision"]
            .with_user(user or self.env.user)
            .create({"document_ids": [fields.Command.set(document.ids)], "decision": decision, "reason": "as seen"})
        )
        wizard.update(vals)
        return wizard.action_confirm()

    def watch(self, register=None):
        with self.enter_registry_test_mode():
            (register or self.register)._cron_lane()
        self.env.invalidate_all()

    def age(self, document, minutes):
        self.env.cr.execute(
            "UPDATE fiscal_document SET create_date = create_date - make_interval(mins => %s) WHERE id IN %s",
            [minutes, tuple(document.ids)],
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestDecisions(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def test_person_marks_as_registered(self):
        document, behind = self.unknown(), self.sale()
        self.service.plan = []
        self.decide(document, "registered", fiscal_number="118", fiscal_sign="42")
        self.assertEqual((document.state, document.fiscal_number, document.fiscal_sign), ("done", "118", "42"))
        attempt = document.attempt_ids[0]
        self.assertEqual((attempt.kind, attempt.user_id), ("person", self.env.user))
        self.assertIn("as seen", document.message_ids[0].body)
        self.drain()
        self.assertEqual(behind.state, "done")
        self.assertEqual(len(self.service.sent), 2, "the decided one was not sent again")

    def test_postponed_lets_the_next_go_on_and_is_still_asked_about(self):
        document, behind = self.unknown(), self.sale()
        self.decide(document, "postpone")
        self.service.plan = []
        self.drain()
        self.assertEqual((document.state, behind.state), ("unknown", "done"))
        self.due()
        self.drain()
        self.assertEqual(document.state, "done")

    def test_decision_needs_a_number_the_right_and_an_open_outcome(self):
        document = self.unknown()
        with self.assertRaises(UserError):
            self.decide(document, "registered")
        cashier = new_test_user(self.env, "only_cashier", "point_of_sale.group_pos_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.decide(document, "postpone", cashier)
        with self.assertRaises(UserError):
            self.decide(document, "cancel")
        self.decide(document, "registered", fiscal_number="1")
        with self.assertRaises(UserError):
            self.decide(document, "postpone")

    def test_rejected_is_corrected_and_sent_under_a_new_key(self):
        document = self.sale()
        self.service.plan = [Outcome.rejected("tax", "Не правильно указана ставка НДС!")]
        self.drain()
        self.assertEqual(document.state, "rejected")
        self.assertIn("ставка", document.error_message)
        self.assertEqual(document.activity_ids.user_id, self.register.user_id)
        self.env["fiscal.tax.mapping"].create(
            {
                "register_id": self.register.id,
                "tax_id": self.shop.taxes["reduced"].id,
                "tax_code_id": self.env.ref("fiscal_base.tax_ru_vat7").id,
            }
        )
        document.action_retry()
        copy = document.search([("replaces_id", "=", document.id)])
        self.assertEqual((document.state, copy.state), ("cancelled", "queued"))
        self.assertNotEqual(copy.key, document.key)
        self.assertEqual((copy.line_ids.tax_code, document.line_ids.tax_code), ("vat7", "vat10"))
        self.assertFalse(document.activity_ids, "the activity closes itself")
        self.due()
        self.drain()
        self.assertEqual(copy.state, "done")

    def test_rejected_is_given_up_with_a_reason(self):
        document = self.sale()
        self.service.plan = [Outcome.rejected("x", "no")]
        self.drain()
        self.decide(document, "cancel")
        self.assertEqual(document.state, "cancelled")
        self.assertEqual(document.attempt_ids[0].message, "as seen")


@tagged("post_install", "-at_install")
class TestBlockedRegister(FaultCase):
    tills = 2

    def test_expired_shift_is_renewed_and_the_waiting_document_goes(self):
        self.register.shift_policy = "session"
        self.open_session()
        self.drain()
        document = self.sale()
        self.service.plan = [Outcome.blocked("Смена превысила 24 часа", code="shift_expired")]
        with self.on_service(opens_shift=frozenset()):
            self.drain()
        self.assertEqual(document.state, "done")
        operations = document.search([("register_id", "=", self.register.id)], order="id").mapped("operation")
        self.assertEqual(operations, ["shift_open", "sale", "shift_close", "shift_open"])
        sent = [request["operation"] for __, request in self.service.sent]
        self.assertEqual(sent, ["shift_open", "sale", "shift_close", "shift_open", "sale"])

    def test_shift_found_closed_is_opened(self):
        self.open_session()
        self.drain()
        document = self.sale()
        self.service.plan = [Outcome.blocked("Смена не открыта", code="shift_closed")]
        with self.on_service(opens_shift=frozenset()):
            self.drain()
        self.assertEqual(document.state, "done")
        self.assertEqual([r["operation"] for __, r in self.service.sent], ["shift_open", "sale", "shift_open", "sale"])

    def test_opening_of_an_open_shift_is_no_error(self):
        self.service.plan = [Outcome.rejected("shift_open", "Смена открыта – операция невозможна")]
        session = self.open_session()
        self.drain()
        opening = self.env["fiscal.document"].search([("pos_session_id", "=", session.id)])
        self.assertEqual(opening.state, "cancelled")
        self.assertFalse(opening.activity_ids)
        document = self.sale()
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertTrue(self.register.shift_id)

    def test_shift_closes_before_24_hours(self):
        with freeze_time("2026-11-20 08:00:00"):
            self.open_session()
            self.drain()
            shift = self.register.shift_id
        with freeze_time("2026-11-21 07:30:00"):
            self.watch()
            self.assertEqual(shift.state, "open")
        with freeze_time("2026-11-21 07:41:00"):
            self.watch()
        self.assertEqual(shift.state, "closed")

    def test_shift_closes_at_the_set_local_time(self):
        self.register.write({"close_daily": True, "close_at": 22.5})
        with freeze_time("2026-11-20 08:00:00"):
            self.open_session()
            self.drain()
            shift = self.register.shift_id
        with freeze_time("2026-11-20 19:29:00"):
            self.watch()
            self.assertEqual(shift.state, "open", "22:29 in Moscow")
        with freeze_time("2026-11-20 19:31:00"):
            self.watch()
        self.assertEqual(shift.state, "closed")

    def test_shift_is_not_closed_while_an_accepted_document_waits(self):
        with self.on_service(own_queue=True):
            self.open_session()
            self.drain()
            document = self.sale()
            self.service.plan = [Outcome.waiting(600)]
            self.drain()
            self.register.action_close_shift()
            self.drain()
            self.assertEqual(document.state, "waiting")
            self.assertTrue(self.register.shift_id)
            self.due()
            self.service.registered[document.key] = {}
            self.drain()
        self.assertEqual(document.state, "done")
        self.assertFalse(self.register.shift_id)

    def test_failing_register_is_probed_and_comes_back_by_itself(self):
        self.register.shift_policy = "manual"
        document = self.sale()
        for __ in range(3):
            self.service.plan = [Outcome.not_sent("refused", 600)]
            self.due()
            self.drain()
        self.assertEqual((self.register.health, self.register.failures), ("offline", 3))
        self.assertTrue(self.register.retry_at)
        sent = len(self.service.sent)
        Register = self.env.registry["fiscal.register"]
        self.patch(Register, "_demo_status", lambda register: RegisterStatus(False, "no answer", reachable=False))
        self.due()
        self.drain()
        self.assertEqual(len(self.service.sent), sent, "nothing is risked on a register that does not answer")
        self.assertEqual(self.register.failures, 4)
        self.patch(Register, "_demo_status", lambda register: RegisterStatus(True))
        self.due()
        self.drain()
        self.assertEqual((document.state, self.register.health, self.register.failures), ("done", "ready", 0))

    def test_unreachable_register_is_not_asked_again_and_again_about_an_unknown_document(self):
        """Nor is it asked before its pause is over by each till that comes by: each would wait for it."""
        self.register.shift_policy = "manual"
        document = self.sale()
        self.service.plan = [executed_but_lost, Outcome.unknown("no answer", 600), Outcome.unknown("no answer", 600)]
        self.drain()
        self.due()
        self.drain()
        self.assertEqual((document.state, self.register.failures), ("unknown", 3))
        asked = []

        def status(register):
            asked.append(register)
            return RegisterStatus(False, "no answer", reachable=False)

        self.patch(self.env.registry["fiscal.register"], "_demo_status", status)
        self.due()
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.register.cron_id.id)])
        for __ in range(3):
            self.drain()
        self.assertEqual(len(asked), 1)
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.register.cron_id.id)]),
            triggers,
            "the scheduled action does not wake itself up for it",
        )

    def test_pause_of_a_wrong_clock_does_not_last(self):
        self.register.shift_policy = "manual"
        document = self.sale()
        self.service.plan = [Outcome.not_sent("refused")]
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            self.drain()
        self.assertEqual(document.state, "queued")
        self.drain()
        self.assertEqual(document.state, "done")

    def test_no_pause_is_longer_than_an_hour(self):
        self.register.shift_policy = "manual"
        document = self.sale()
        self.service.plan = [Outcome.unknown("?", 100_000)]
        self.drain()
        self.drain()
        self.assertEqual((document.state, len(self.service.asked)), ("unknown", 0))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=61)):
            self.service.registered[document.key] = {}
            self.drain()
        self.assertEqual(document.state, "done")

    def test_pauses_grow(self):
        self.register.shift_policy = "manual"
        self.sale()
        pauses = []
        for __ in range(3):
            self.due()
            self.service.plan = [Outcome.not_sent("refused")]
            with freeze_time("2026-11-20 08:00:00"):
                self.drain()
                pauses.append((self.register.retry_at - fields.Datetime.now()).total_seconds())
        self.assertEqual(pauses, sorted(pauses))
        self.assertGreater(pauses[2], pauses[0])

    def test_backup_takes_over_what_was_surely_not_sent(self):
        self.register.shift_policy = "manual"
        backup = self.shop.registers[1]
        backup.shift_policy = "manual"
        self.register.write({"backup_id": backup.id, "backup_after": 10})
        first, second = self.sale(), self.sale()
        self.service.plan = [Outcome.not_sent("refused", 3600)]
        self.drain()
        self.watch()
        self.assertEqual(second.register_id, self.register, "not yet")
        self.age(first, 11)
        keys = first.key
        self.watch()
        self.assertEqual((first.register_id, second.register_id), (backup, self.register))
        self.assertNotEqual(first.key, keys)
        self.drain(backup)
        self.assertEqual((first.state, second.state), ("done", "queued"))

    def test_unknown_never_goes_to_the_backup(self):
        self.register.shift_policy = "manual"
        self.register.write({"backup_id": self.shop.registers[1].id, "backup_after": 10})
        document = self.unknown()
        self.age(document, 100)
        self.watch()
        self.assertEqual(document.register_id, self.register)
        with self.assertRaises(UserError):
            document.action_use_backup()

    def test_what_a_look_up_did_not_find_never_goes_to_the_backup(self):
        """It was lost on the way and not found; it could still arrive, where only its own register would know it."""
        self.register.shift_policy = "manual"
        self.register.write({"backup_id": self.shop.registers[1].id, "backup_after": 10})
        document = self.unknown()
        self.service.plan = [Outcome.not_sent("never seen", 3600)]
        self.due()
        self.drain()
        self.assertEqual(document.state, "queued")
        self.age(document, 100)
        self.watch()
        self.assertEqual(document.register_id, self.register)
        with self.assertRaises(UserError):
            document.action_use_backup()

    def test_what_a_person_has_not_found_may_go_to_the_backup(self):
        self.register.shift_policy = "manual"
        self.register.write({"backup_id": self.shop.registers[1].id, "backup_after": 10})
        document = self.unknown()
        self.service.registered.clear()
        self.decide(document, "not_registered")
        self.age(document, 100)
        self.service.plan = [Outcome.not_sent("never seen", 3600)]
        self.watch()
        self.assertEqual(document.register_id, self.shop.registers[1])

    def test_backup_is_the_choice_of_an_accountant(self):
        self.register.backup_id = self.shop.registers[1]
        document = self.sale()
        cashier = new_test_user(self.env, "at_the_till", "point_of_sale.group_pos_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            document.with_user(cashier).action_use_backup()
        self.assertEqual(document.register_id, self.register)

    def test_alert_opens_once_and_closes_itself(self):
        self.register.shift_policy = "manual"
        document = self.sale()
        self.service.plan = [Outcome.not_sent("refused", 3600)]
        self.watch()
        self.assertFalse(self.register.activity_ids)
        self.age(document, 16)
        self.watch()
        self.watch()
        activity = self.register.activity_search([ALERT])
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.register.user_id)
        self.due()
        self.watch()
        self.watch()
        self.assertEqual(document.state, "done")
        self.assertFalse(self.register.activity_search([ALERT]))

    def test_idle_register_is_asked_how_it_is(self):
        self.watch()
        self.assertEqual(self.register.health, "ready")
        self.assertTrue(self.register.last_seen)
        seen = self.register.last_seen
        with freeze_time(seen + timedelta(minutes=11)):
            self.patch(
                self.env.registry["fiscal.register"],
                "_demo_status",
                lambda register: RegisterStatus(False, "Нет бумаги"),
            )
            self.watch()
        self.assertEqual((self.register.health, self.register.health_message), ("problem", "Нет бумаги"))

    def test_late_outcome_does_not_undo_a_final_one(self):
        self.register.shift_policy = "manual"
        document = self.sale()
        self.drain()
        attempt = self.env["fiscal.attempt"].sudo().create({"document_id": document.id, "kind": "callback"})
        for outcome in (Outcome.rejected("1", "late"), Outcome.unknown("late"), Outcome.done(FiscalData(number="99"))):
            document._apply(outcome, attempt)
            self.assertEqual((document.state, document.fiscal_number), ("done", "1"))
