"""The backup register: what surely was not sent anywhere may be registered there, once, and nothing else."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.register import backup
from ..tools.outcome import Outcome
from .test_faults import FaultCase


@tagged("post_install", "-at_install")
class TestBackup(FaultCase):
    tills = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.registers.shift_policy = "manual"
        cls.backup = cls.shop.registers[1]
        cls.register.write({"backup_id": cls.backup.id, "backup_after": 10})

    def old_sale(self):
        document = self.sale()
        self.age(document, 11)
        return document

    def out_of_reach(self):
        """The register is out of reach for longer than any test takes."""
        self.register.write(
            {"failures": 1, "health": "offline", "retry_at": fields.Datetime.now() + timedelta(hours=1)}
        )

    def test_lane_that_is_well_again_sends_what_waited_itself(self):
        document = self.old_sale()
        self.watch()
        self.assertEqual((document.state, document.register_id), ("done", self.register))

    def test_mutual_backups_hand_over_once(self):
        self.backup.write({"backup_id": self.register.id, "backup_after": 10})
        document = self.old_sale()
        self.out_of_reach()
        self.watch()
        self.assertEqual((document.register_id, document.handed_from_id), (self.backup, self.register))
        self.register.write({"failures": 0, "health": "ready", "retry_at": False})
        self.backup.write({"failures": 1, "health": "offline", "retry_at": fields.Datetime.now() + timedelta(hours=1)})
        self.watch(self.backup)
        self.assertEqual(document.register_id, self.backup, "it waits there, whatever happens")
        self.backup.write({"failures": 0, "health": "ready", "retry_at": False})
        self.drain(self.backup)
        self.assertEqual((document.state, len(self.service.sent)), ("done", 1))

    def test_backup_that_could_not_send_it_either_takes_nothing(self):
        document = self.old_sale()
        self.out_of_reach()
        for vals, back in (
            ({"state": "disabled"}, {"state": "enabled"}),
            ({"health": "offline", "failures": 2}, {"health": "ready", "failures": 0}),
            ({"health": "problem"}, {"health": "ready"}),
        ):
            self.backup.write(vals)
            self.watch()
            self.assertEqual(document.register_id, self.register, vals)
            with self.assertRaisesRegex(UserError, self.backup.name):
                document.action_use_backup()
            self.backup.write(back)
        self.env.cr.execute("UPDATE fiscal_register SET active = FALSE WHERE id = %s", [self.backup.id])
        self.env.invalidate_all()
        self.watch()
        with self.assertRaises(UserError):
            document.action_use_backup()
        self.assertEqual(document.register_id, self.register)

    def test_backup_takes_nothing_that_it_would_refuse(self):
        document = self.old_sale()
        self.out_of_reach()
        Register = self.env.registry["fiscal.register"]
        refuse = patch.object(Register, "_demo_validate", lambda register, receipt: [f"{register.name}: no"])
        with refuse:
            self.watch()
            self.assertEqual(document.register_id, self.register)
            with self.enter_registry_test_mode(), self.assertRaisesRegex(UserError, f"{self.backup.name}: no"):
                document.action_use_backup()
        self.watch()
        self.assertEqual(document.register_id, self.backup)

    def test_queue_goes_in_slices(self):
        documents = self.env["fiscal.document"]
        for __ in range(5):
            documents |= self.old_sale()
        self.out_of_reach()
        commits = []
        Register = self.env.registry["fiscal.register"]
        commit = Register._commit

        def committing(register):
            commits.append(documents.search_count([("id", "in", documents.ids), ("register_id", "=", self.backup.id)]))
            commit(register)

        with patch.object(backup, "SLICE", 2), patch.object(Register, "_commit", committing):
            self.watch()
        self.assertEqual(set(documents.mapped("register_id")), {self.backup})
        self.assertEqual(len(set(documents.mapped("key"))), 5)
        self.assertTrue({2, 4, 5} <= set(commits), commits)
        self.assertFalse(documents.mapped("message_ids").filtered(lambda message: self.backup.name in message.body))
        self.assertIn("5", self.register.message_ids[0].body, "the register says it once for all of them")

    def test_cost_does_not_grow_with_the_queue(self):
        self.open_session()
        counts = []
        for count in (2, 12):
            documents = self.env["fiscal.document"]
            for __ in range(count):
                documents |= self.old_sale()
            self.out_of_reach()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self.enter_registry_test_mode():
                self.register._use_backup_now(documents)
            counts.append(self.env.cr.sql_log_count - before)
            self.env.invalidate_all()
            self.assertEqual(documents.register_id, self.backup)
        self.assertLessEqual(counts[1] - counts[0], 3, counts)

    def test_restored_queue_waits_for_the_register_that_may_have_printed_it(self):
        document = self.old_sale()
        self.service.registered[document.key] = {}
        self.out_of_reach()
        self.register.run_marker = "the server before"
        self.watch()
        self.assertEqual((document.state, document.register_id), ("queued", self.register))
        with self.enter_registry_test_mode(), self.assertRaisesRegex(UserError, "restored"):
            document.action_use_backup()
        self.register.write({"failures": 0, "health": "ready", "retry_at": False})
        self.watch()
        self.assertEqual((document.state, document.register_id, self.service.sent), ("done", self.register, []))

    def test_sale_made_since_the_server_was_started_need_not_wait(self):
        before, since = self.sale(), self.sale()
        self.age(before, 60 * 24 * 365 * 30)
        self.out_of_reach()
        self.register.run_marker = f"{self.register._marker().partition(' ')[0]} when it was started last"
        with self.enter_registry_test_mode():
            since.action_use_backup()
            with self.assertRaisesRegex(UserError, "started again"):
                before.action_use_backup()
        self.env.invalidate_all()
        self.assertEqual((before.register_id, since.register_id), (self.register, self.backup))

    def test_set_aside_is_no_look_at_the_register(self):
        """Registered at both, when a person who only wanted those behind to go on counted as one who had looked."""
        document = self.unknown()
        self.decide(document, "postpone")
        self.service.registered.clear()
        self.service.plan = [Outcome.not_sent("never seen", 3600)]
        self.due()
        self.drain()
        self.assertEqual((document.state, document.postponed), ("queued", False))
        with self.assertRaises(UserError):
            document.action_use_backup()

    def test_set_aside_ends_when_it_is_sent_again(self):
        document = self.unknown()
        self.decide(document, "postpone")
        self.service.registered.clear()
        self.service.plan = [Outcome.not_sent("never seen", 0), Outcome.unknown("lost again", 600)]
        self.due()
        self.drain()
        behind = self.sale()
        self.service.plan = []
        self.drain()
        self.assertEqual((document.state, document.postponed, behind.state), ("unknown", False, "queued"))
