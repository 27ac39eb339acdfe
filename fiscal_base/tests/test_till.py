"""What the till asks the server for: the lane, another try, and what it shows."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import new_test_user, tagged

from ..models.pos import pos_config
from ..tools.outcome import Outcome
from .common import FiscalCase


@tagged("post_install", "-at_install")
class TestTill(FiscalCase):
    tills = 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"
        cls.till_user = new_test_user(
            cls.env,
            "fiscal_till_user",
            "base.group_user,point_of_sale.group_pos_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def sale(self, **vals):
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)], **vals)
        return order, order.fiscal_document_ids

    def retry(self, *orders, config=None):
        config = (config or self.config).with_user(self.till_user)
        answer = config.fiscal_retry([order.uuid for order in orders])
        self.env.invalidate_all()
        return answer

    # === Try again ===

    def test_pause_ends(self):
        order, document = self.sale()
        self.service.plan = [Outcome.blocked("No paper", 600)]
        self.drain()
        self.assertTrue(self.register.retry_at)
        self.drain()
        self.assertEqual(len(self.service.sent), 1, "the pause holds")
        answer = self.retry(order)
        self.assertFalse(self.register.retry_at)
        self.assertEqual(answer["receipts"][order.uuid][0]["state"], "queued")
        self.assertEqual(answer["register"]["health"], "problem")
        self.assertEqual(len(self.service.sent), 1, "nothing is sent in the request itself")
        self.drain()
        self.assertEqual(document.state, "done")

    def test_pause_of_an_unknown_document_ends_and_it_is_looked_up(self):
        order, document = self.sale()
        self.service.plan = [Outcome.unknown("the answer was lost", 600)]
        self.drain()
        self.assertEqual(document.state, "unknown")
        self.service.registered[document.key] = {}
        self.drain()
        self.assertEqual(self.service.asked, [])
        self.retry(order)
        self.assertEqual(document.state, "unknown")
        self.drain()
        self.assertEqual((document.state, self.service.asked), ("done", [document.key]))
        self.assertEqual(len(self.service.sent), 1)

    def test_pause_of_the_document_that_holds_up_the_lane_ends(self):
        __, first = self.sale()
        self.service.plan = [Outcome.unknown("the answer was lost", 600)]
        self.drain()
        order, second = self.sale()
        self.retry(order)
        self.drain()
        self.assertEqual((first.state, second.state), ("done", "done"))

    def test_refused_receipt_is_made_anew_when_nothing_stands_against_it(self):
        self.cashier.fiscal_tax_number = False
        order, document = self.sale()
        self.assertEqual(document.state, "rejected")
        self.cashier.fiscal_tax_number = "500100732259"
        answer = self.retry(order)
        self.assertEqual(document.state, "cancelled")
        copy = order.fiscal_document_ids - document
        self.assertEqual((copy.state, copy.replaces_id), ("queued", document))
        self.assertEqual([receipt["state"] for receipt in answer["receipts"][order.uuid]], ["queued"])
        self.drain(order_uuids=[order.uuid])
        self.assertEqual((copy.state, copy.cashier_tax_number), ("done", "500100732259"))
        self.assertEqual(len(self.service.sent), 1)

    def test_refused_receipt_stays_refused_with_what_stands_against_it_now(self):
        self.cashier.fiscal_tax_number = False
        order, document = self.sale()
        self.cashier.write({"fiscal_tax_number": "500100732259", "fiscal_cashier": False})
        for __ in range(3):
            answer = self.retry(order)
        self.assertEqual(order.fiscal_document_ids, document)
        self.assertEqual(document.state, "rejected")
        receipt = answer["receipts"][order.uuid][0]
        self.assertEqual(receipt["state"], "rejected")
        self.assertIn("may not work with the cash register", receipt["problem"])
        self.assertEqual(len(document.activity_ids), 1)
        self.drain()
        self.assertEqual(self.service.sent, [])

    def test_receipt_refused_by_the_service_is_sent_again_under_a_new_key(self):
        order, document = self.sale()
        self.service.plan = [Outcome.rejected("12", "Wrong tax")]
        self.drain()
        self.assertEqual(document.state, "rejected")
        self.retry(order)
        self.drain()
        copy = order.fiscal_document_ids - document
        self.assertEqual((document.state, copy.state), ("cancelled", "done"))
        self.assertEqual([key for key, __ in self.service.sent], [document.key, copy.key])
        self.assertNotEqual(document.key, copy.key)

    def test_registered_receipt_is_left_alone(self):
        order, document = self.sale()
        self.drain()
        answer = self.retry(order)
        self.assertEqual(order.fiscal_document_ids, document)
        self.assertEqual(answer["receipts"][order.uuid][0]["number"], document.fiscal_number)

    def test_orders_of_other_tills_are_not_touched(self):
        self.cashier.fiscal_tax_number = False
        order, document = self.sale()
        self.cashier.fiscal_tax_number = "500100732259"
        answer = self.retry(order, config=self.shop.configs[1])
        self.assertEqual((answer["receipts"], document.state), ({}, "rejected"))

    def test_one_call_takes_up_a_bounded_number(self):
        self.cashier.fiscal_tax_number = False
        orders = [self.sale()[0] for __ in range(3)]
        self.cashier.fiscal_tax_number = "500100732259"
        with patch.object(pos_config, "RETRIES", 2):
            answer = self.retry(*orders)
        self.assertEqual(sorted(answer["receipts"]), sorted(order.uuid for order in orders[:2]))
        self.assertEqual(orders[2].fiscal_document_ids.state, "rejected")

    def test_only_for_users_of_the_point_of_sale(self):
        stranger = new_test_user(
            self.env,
            "fiscal_stranger",
            "base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for method in ("fiscal_drive", "fiscal_retry"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(self.config.with_user(stranger), method)([])

    def test_only_for_users_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "fiscal_stranger",
            "base.group_user,point_of_sale.group_pos_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        config = self.config.with_user(stranger).with_context(allowed_company_ids=other.ids)
        for method in ("fiscal_drive", "fiscal_retry"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(config, method)([])

    def test_till_without_a_register(self):
        self.config.fiscal_register_id = False
        self.assertEqual(self.retry(), {"register": False, "receipts": {}})

    # === What the till shows ===

    def test_till_learns_that_the_register_is_off(self):
        self.open_session()
        told = []
        Config = self.env.registry["pos.config"]
        with patch.object(
            Config, "_notify", lambda config, name, message, **kw: told.append((config.id, name, message))
        ):
            self.register.state = "disabled"
            self.register.state = "disabled"
        self.assertEqual([(config, name) for config, name, __ in told], [(self.config.id, "FISCAL")])
        self.assertEqual(told[0][2]["register"]["health"], "off")
        self.assertFalse(told[0][2]["order"])

    def test_till_loads_the_register_and_the_cashier_each_time(self):
        """Odoo's till keeps what has not changed since its last visit; these change without being written."""
        session = self.open_session()
        now = Datetime.to_string(Datetime.add(Datetime.now(), hours=1))
        self.cashier.user_id = self.till_user
        till = session.with_user(self.till_user).with_context(pos_last_server_date=now, pos_limited_loading=True)
        self.cashier.fiscal_cashier = False
        self.register.state = "disabled"
        data = till.load_data(["pos.config", "res.users"])
        self.assertEqual(data["pos.config"][0]["_fiscal_register"]["health"], "off")
        self.assertIn("may not work with the cash register", data["res.users"][0]["_fiscal_problem"])

    def test_till_gets_no_setting_of_the_register(self):
        session = self.open_session()
        status = session.load_data(["pos.config"])["pos.config"][0]["_fiscal_register"]
        own = {
            *("id", "name", "health", "message", "shift", "shift_open", "shift_since"),
            *("unsent", "errors", "wait", "test", "relays"),
        }
        self.assertLessEqual(own, set(status))
        added = {name: status[name] for name in set(status) - own}
        self.assertTrue(all(isinstance(value, bool) for value in added.values()), f"a provider adds yes or no: {added}")

    # === Decisions at the till ===

    def decider(self):
        """A cashier who may decide about open documents."""
        self.till_user.group_ids += self.env.ref("fiscal_base.group_fiscal_accountant")
        return self.config.with_user(self.till_user)

    def unknown(self):
        __, document = self.sale()
        self.service.plan = [Outcome.unknown("The answer was lost.", 600)]
        self.drain()
        self.assertEqual(document.state, "unknown")
        return document

    def test_open_documents(self):
        document = self.unknown()
        __, waiting = self.sale()
        rows = self.decider().fiscal_open_documents()
        self.assertEqual([row["id"] for row in rows], [document.id, waiting.id])
        self.assertEqual((rows[0]["state"], rows[0]["problem"]), ("unknown", "The answer was lost."))
        self.assertEqual(rows[0]["total"], 62)
        self.assertEqual([row["backup"] for row in rows], ["", ""])
        self.register.backup_id = self.shop.registers[1]
        rows = self.decider().fiscal_open_documents()
        self.assertEqual([row["backup"] for row in rows], ["", self.shop.registers[1].name])

    def test_decided_at_the_till(self):
        document = self.unknown()
        config = self.decider()
        for number, reason in (("", "on paper"), ("4711", " ")):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                config.fiscal_decide(document.id, "registered", reason, number)
        config.fiscal_decide(document.id, "registered", "on paper", "4711", "99")
        self.env.invalidate_all()
        self.assertEqual((document.state, document.fiscal_number, document.fiscal_sign), ("done", "4711", "99"))
        self.assertEqual(document.attempt_ids[0].user_id, self.till_user)

    def test_not_registered_is_sent_again(self):
        document = self.unknown()
        self.decider().fiscal_decide(document.id, "not_registered", "no paper came out")
        self.due()
        self.drain()
        self.assertEqual(document.state, "done")

    def test_backup_by_choice(self):
        self.register.backup_id = self.shop.registers[1]
        unknown = self.unknown()
        __, waiting = self.sale()
        config = self.decider()
        with self.enter_registry_test_mode():
            with self.assertRaises(UserError):
                config.fiscal_decide(unknown.id, "backup", "")
            config.fiscal_decide(waiting.id, "backup", "")
        self.env.invalidate_all()
        self.assertEqual((unknown.register_id, waiting.register_id), (self.register, self.shop.registers[1]))

    def test_who_may_not_decide(self):
        document = self.unknown()
        config = self.config.with_user(self.till_user)
        with self.assertRaises(AccessError):
            config.fiscal_open_documents()
        with self.assertRaises(AccessError):
            config.fiscal_decide(document.id, "registered", "on paper", "4711")
        self.assertEqual(document.state, "unknown")

    def test_receipts_of_another_register_are_not_decided_here(self):
        document = self.unknown()
        self.decider()
        with self.assertRaises(UserError):
            self.shop.configs[1].with_user(self.till_user).fiscal_decide(document.id, "registered", "paper", "1")
