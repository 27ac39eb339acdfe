"""Who is called when a lane stands still: the alert never depends on what it watches."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..models.document.document import ALERT
from ..tools.outcome import Outcome
from .test_faults import FaultCase


@tagged("post_install", "-at_install")
class TestStandstill(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def look(self):
        with self.enter_registry_test_mode():
            self.env["fiscal.register"]._cron_watch()
        self.env.invalidate_all()
        return self.register.activity_search([ALERT])

    def late(self):
        document = self.sale()
        self.age(document, 20)
        return document

    def light(self):
        return self.register._till_status()

    def test_register_that_is_off(self):
        self.late()
        self.register.state = "disabled"
        self.assertEqual(len(self.look()), 1)
        self.assertEqual(len(self.look()), 1, "it is said once")
        self.assertIn("is off", self.register.activity_ids.note)
        self.assertIn("is off", self.light()["message"])
        self.assertIn("is off", self.register.stuck_message)
        self.register.state = "enabled"
        self.drain()
        self.assertFalse(self.look())
        self.assertFalse(self.register.stuck_message)

    def test_archived_by_other_means(self):
        self.late()
        self.env.cr.execute("UPDATE fiscal_register SET active = FALSE WHERE id = %s", [self.register.id])
        self.env.invalidate_all()
        self.assertEqual(len(self.look()), 1)

    def test_scheduled_action_is_off(self):
        self.late()
        self.register.cron_id.active = False
        self.assertIn("off and on again", self.look().note)
        self.assertEqual(self.light()["health"], "problem", "not green")
        self.register.state = "disabled"
        self.register.state = "enabled"
        self.assertTrue(self.register.cron_id.active)

    def test_every_scheduled_action_stands_still(self):
        """A killed upgrade is enough; the web works on. The till says it, and calls the responsible person."""
        order = self.late().pos_order_id
        self.env.cr.execute("UPDATE ir_module_module SET state = 'to upgrade' WHERE name = 'fiscal_base'")
        self.env.invalidate_all()
        with (
            self.enter_registry_test_mode(),
            patch.object(self.env.registry["fiscal.register"], "_run_lane", lambda *args, **kwargs: None),
        ):
            answer = self.config.fiscal_drive([order.uuid])
        self.assertEqual(answer["register"]["health"], "problem")
        self.assertIn("Apps", answer["register"]["message"])
        self.env.invalidate_all()
        self.assertIn("Apps", self.register.activity_search([ALERT]).note)

    def test_scheduled_actions_do_not_run(self):
        self.late()
        self.register.cron_id.nextcall = fields.Datetime.now() - timedelta(hours=1)
        self.assertIn("do not run", self.look().note)

    def test_archiving_with_a_queue_or_a_till(self):
        with self.assertRaisesRegex(UserError, self.config.name):
            self.register.active = False
        document = self.sale()
        with self.assertRaisesRegex(UserError, "queue"):
            self.register.action_archive()
        self.drain()
        self.assertEqual(document.state, "done")
        self.config.current_session_id.action_pos_session_closing_control()
        self.drain()
        self.config.fiscal_register_id = False
        self.register.active = False


@tagged("post_install", "-at_install")
class TestAlerts(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"
        cls.boss = new_test_user(
            cls.env, "boss", "base.group_user", email="boss@example.com", company_id=cls.company.id
        )
        cls.register.user_id = cls.boss

    def refused(self, count):
        documents = self.env["fiscal.document"]
        with patch.object(self.env.registry["fiscal.register"], "_demo_validate", lambda register, receipt: ["no"]):
            for __ in range(count):
                documents |= self.sale()
        return documents

    def alerts(self):
        return self.env["mail.activity"].search([("res_model", "=", "fiscal.document"), ("user_id", "=", self.boss.id)])

    def test_one_alert_for_all_that_is_refused(self):
        documents = self.refused(3)
        self.assertEqual(self.alerts().mapped("res_id"), documents[:1].ids)
        for document, left in zip(documents, (1, 1, 0), strict=True):
            self.decide(document, "cancel")
            self.assertEqual(len(self.alerts()), left, "it goes on to the next that waits for a decision")

    def test_mailed_after_the_sale_and_once(self):
        self.open_session()
        Activity = self.env.registry["mail.activity"]
        mailed = []
        notify = Activity.action_notify

        def noting(activities):
            mailed.extend(activities.ids)
            return notify(activities)

        with patch.object(Activity, "action_notify", noting):
            self.refused(3)
            self.assertEqual(mailed, [], "not in the transaction of the sale")
            for __ in range(2):
                with self.enter_registry_test_mode():
                    self.env["fiscal.register"]._cron_watch()
                self.env.invalidate_all()
        self.assertEqual(mailed, self.alerts().ids)

    def test_one_alert_for_all_second_receipts(self):
        documents = self.env["fiscal.document"]
        for __ in range(3):
            documents |= self.sale()
        for document in documents:
            document._warn(f"look at {document.key}")
        (alert,) = self.alerts()
        for document in documents:
            self.assertIn(document.key, alert.note)
            self.assertIn(document.key, document.message_ids[0].body)
        documents[0]._warn(f"look at {documents[0].key}")
        self.assertEqual(alert.note.count(documents[0].key), 1, "said once")

    def test_refusal_of_the_service(self):
        document = self.sale()
        self.service.plan = [Outcome.rejected("1", "no")]
        self.drain()
        self.assertEqual(self.alerts().res_id, document.id)
