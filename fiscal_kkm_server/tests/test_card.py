"""The card terminal behind KKM Server, and the check of marking codes, as a till asks for them."""

import time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.fiscal_base.tools.transport import Request, send

from .common import PASSWORD, KkmServerCase

CODE = "010460708021818721abc\x1d91test"


class TillCase(KkmServerCase):
    def setUp(self):
        super().setUp()
        self.method = self.shop.card
        self.method.write({"use_payment_terminal": "kkm_server", "kkm_server_terminal_number": 10})
        self.calls = []

    def beside_it(self):
        """Let the browser on the computer of KKM Server carry what there is to carry."""
        self.register.kkm_server_connection = "browser"

    def carry(self, call):
        """What a browser does with a call; its login is its own."""
        self.calls.append(call)
        answer = send(Request(call["method"], call["url"], call["body"], call["headers"], auth=("User", PASSWORD)))
        return {"status": answer.status, "text": answer.text}

    def card(self, step, key, **payment):
        said = self.method.kkm_server_card(self.config.id, step, {"key": key, **payment})
        if "call" in said:
            said = self.method.kkm_server_card(self.config.id, step, {"key": key}, self.carry(said["call"]))
        return said

    def finish(self, step, key, **payment):
        said = self.card(step, key, **payment)
        for __ in range(100):
            if said["state"] != "running":
                return said
            time.sleep(0.02)
            said = self.card("ask", key)
        raise AssertionError("no end")


@tagged("post_install", "-at_install")
class TestCard(TillCase):
    def test_paid_and_given_back(self):
        for way in ("direct", "browser"):
            with self.subTest(way):
                self.register.kkm_server_connection = way
                self.register.kkm_server_password = way == "direct" and PASSWORD
                said = self.finish("pay", f"pay-{way}", amount=489.90)
                self.assertEqual(said["state"], "done", said)
                self.assertTrue(said["data"]["universal_id"])
                order = self.sell([(self.shop.products["coffee"], 1)], [(self.method, 489.90)])
                order.payment_ids.sudo().transaction_id = said["data"]["universal_id"]
                back = self.finish("return", f"back-{way}", amount=-489.90, order=order.uuid)
                self.assertEqual(back["state"], "done", back)
        self.assertEqual(
            [(each.kind, str(each.amount)) for each in self.emulator.terminal.transactions],
            [("pay", "489.90"), ("return", "489.90")] * 2,
        )
        self.assertEqual(self.emulator.kkm.unknown_fields, set())

    def test_the_receipt_does_not_charge_the_card_again(self):
        self.sell([(self.shop.products["coffee"], 1)], [(self.method, 489.90)])
        self.drain()
        self.assertEqual(len(self.printed("sale")), 1)
        self.assertEqual(self.emulator.terminal.transactions, [])

    def test_the_same_payment_is_taken_once(self):
        for __ in range(3):
            self.assertEqual(self.finish("pay", "once", amount=1)["state"], "done")
        self.assertEqual(len(self.emulator.terminal.transactions), 1)

    def test_declined(self):
        self.emulator.terminal.declines.append("Недостаточно средств")
        said = self.finish("pay", "declined", amount=1)
        self.assertEqual(
            (said["state"], said["message"]),
            ("failed", "The terminal refused: nothing was taken and nothing was given back. (Недостаточно средств)"),
        )

    def test_lost_on_the_way(self):
        self.emulator.fault("reset_after", "PayByPaymentCard")
        self.assertEqual(self.card("pay", "lost", amount=1)["state"], "unknown")
        self.assertEqual(self.finish("ask", "lost")["state"], "done", "it was taken, and is not taken again")
        self.emulator.restart()
        said = self.card("ask", "lost")
        self.assertEqual(said["state"], "unknown")
        self.assertIn("slip of the terminal", said["message"])

    def test_kkm_server_stops_while_the_card_is_charged(self):
        """If KKM Server cannot be asked, the card is not charged again."""
        self.emulator.fault("pending", "PayByPaymentCard", polls=100)
        self.assertEqual(self.card("pay", "gone", amount=1)["state"], "running")
        self.emulator.down()
        for way in ("direct", "browser"):
            self.register.kkm_server_connection = way
            said = self.method.kkm_server_card(self.config.id, "ask", {"key": "gone"})
            if "call" in said:
                said = self.method.kkm_server_card(self.config.id, "ask", {"key": "gone"}, {"error": "refused"})
            self.assertEqual(said["state"], "unknown")
            self.assertIn("slip of the terminal", said["message"])

    def test_an_order_that_was_paid_otherwise(self):
        order = self.sell([(self.shop.products["coffee"], 1)], [(self.shop.cash, 500)])
        said = self.card("return", "other", amount=-489.90, order=order.uuid)
        self.assertEqual(said["state"], "failed")
        self.assertIn("another way", said["message"])
        self.assertEqual(self.card("return", "none", amount=-1, order="no such order")["state"], "failed")
        self.assertEqual(self.emulator.requests, [])

    def paid(self, key, amount=489.90):
        said = self.finish("pay", key, amount=amount)
        order = self.sell([(self.shop.products["coffee"], 1)], [(self.method, 489.90)])
        order.payment_ids.sudo().transaction_id = said["data"]["universal_id"]
        return order, said["data"]["universal_id"]

    def test_no_more_is_given_back_than_was_taken(self):
        order, __ = self.paid("first")
        self.emulator.requests.clear()
        self.assertEqual(self.card("return", "more", amount=-489.91, order=order.uuid)["state"], "failed")
        back = self.sell(self.refund_lines(order), [(self.method, -489.90)])
        back.payment_ids.sudo().transaction_id = "RN:2"
        self.assertEqual(self.card("return", "again", amount=-1, order=order.uuid)["state"], "failed")
        self.assertEqual(self.card("return", "text", amount="a lot", order=order.uuid)["state"], "failed")
        self.assertEqual(self.emulator.requests, [])

    def test_only_a_payment_of_this_order_is_cancelled(self):
        order, transaction = self.paid("first")
        other, __ = self.paid("second")
        self.emulator.requests.clear()
        cancel = {"amount": 489.90, "transaction": transaction}
        self.assertEqual(self.card("cancel", "a", **cancel, order=other.uuid)["state"], "failed")
        self.assertEqual(self.card("cancel", "b", **cancel)["state"], "failed")
        self.assertEqual(self.card("cancel", "c", **cancel | {"amount": 489.91}, order=order.uuid)["state"], "failed")
        self.assertEqual(self.card("cancel", "d", amount=1, order=order.uuid)["state"], "failed")
        self.assertEqual(self.emulator.requests, [])
        self.assertEqual(self.finish("cancel", "e", **cancel, order=order.uuid)["state"], "done")

    def test_what_is_not_clear_is_not_failed(self):
        for number, text in enumerate(("Object reference not set to an instance of an object.", "Код 4401")):
            self.emulator.terminal.declines.append(text)
            said = self.finish("pay", f"unclear-{number}", amount=1)
            self.assertEqual(said["state"], "unknown", text)

    def test_who_may_use_it(self):
        nobody = new_test_user(self.env, "kkm-nobody", groups="base.group_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.method.with_user(nobody).kkm_server_card(self.config.id, "pay", {"key": "a", "amount": 1})
        for step, payment in (("Exit", {"key": "a"}), ("pay", {}), ("pay", {"key": ""})):
            with self.assertRaises(UserError):
                self.method.kkm_server_card(self.config.id, step, payment)
        self.assertEqual(self.card("pay", "zero", amount=0)["state"], "failed")
        self.register.kkm_server_connection = "callback"
        with self.assertRaisesRegex(UserError, "cannot wait for the next call"):
            self.card("pay", "late", amount=1)
        self.register.provider = "demo"
        with self.assertRaisesRegex(UserError, "behind KKM Server only"):
            self.card("pay", "demo", amount=1)
        self.assertEqual(self.emulator.requests, [])

    def test_its_number_is_needed(self):
        with self.assertRaises(ValidationError):
            self.method.kkm_server_terminal_number = 0


@tagged("post_install", "-at_install")
class TestMarkingAtTheTill(TillCase):
    def check(self, code=CODE):
        said = self.config.kkm_server_check_marking("Кофе", code)
        if "call" in said:
            said = self.config.kkm_server_check_marking("Кофе", code, self.carry(said["call"]))
        return said

    def test_what_the_cashier_is_told(self):
        for way in ("direct", "browser"):
            self.register.kkm_server_connection = way
            self.register.kkm_server_password = way == "direct" and PASSWORD
            for result, allowed, certain in ((15, True, True), (3, True, False), (5, False, True), (1, False, False)):
                with self.subTest(way=way, result=result):
                    self.emulator.registers[0].marking[CODE] = result
                    said = self.check()
                    self.assertEqual((said["allowed"], said["certain"]), (allowed, certain))
                    self.assertTrue(said["message"])
        self.assertFalse(self.emulator.documents)

    def test_a_register_that_cannot_say_stops_no_sale(self):
        self.emulator.registers[0].ffd = "1.05"
        self.assertTrue(self.check()["allowed"])
        self.emulator.down()
        said = self.check()
        self.assertTrue(said["allowed"])
        self.assertIn("cannot be reached", said["message"])
        self.register.kkm_server_connection = "callback"
        self.assertEqual(self.check(), {"allowed": True, "certain": False, "message": ""})

    def test_the_till_knows_whether_to_ask(self):
        def loaded():
            return self.env["pos.config"]._load_pos_data_read(self.config, self.config)[0]["_kkm_server_marking"]

        self.assertTrue(loaded())
        self.register.kkm_server_check_marking = False
        self.assertFalse(loaded())
        self.register.write({"kkm_server_check_marking": True, "kkm_server_connection": "callback"})
        self.assertFalse(loaded())
