"""A KKM Server on the cashier's computer: its browser carries what Odoo has prepared, and nothing else."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.fiscal_base.models.register import lane

from .common import PASSWORD
from .test_card import TillCase


@tagged("post_install", "-at_install")
class TestBrowser(TillCase):
    def setUp(self):
        super().setUp()
        self.beside_it()
        self.register.write({"shift_policy": "manual"})

    def take(self):
        with self.enter_registry_test_mode():
            call = self.register._relay_take()
        self.env.invalidate_all()
        return call

    def bring(self, call, reply):
        with self.enter_registry_test_mode():
            following = self.register._relay_bring(call["token"], reply)
        self.env.invalidate_all()
        return following

    def work_off(self, times=10):
        """What the till does, each pause over."""
        for __ in range(times):
            self.due()
            call = self.take()
            while call:
                call = self.bring(call, self.carry(call))

    def sale(self):
        return self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 62)]).fiscal_document_ids

    def lease_over(self):
        self.register.relay_until = fields.Datetime.now() - timedelta(seconds=1)

    def test_sale(self):
        document = self.sale()
        self.work_off(1)
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.printed("sale")
        self.assertEqual((document.fiscal_number, sale.key), (str(sale.number), document.key))
        call, *looks = self.calls
        names = [json.loads(look["body"])["Command"] for look in looks]
        self.assertEqual(names, ["GetDataKKT", "GetDataCheck"], "the report before it might be the receipt itself")
        self.assertEqual(call["url"], f"{self.emulator.url}/Execute")
        self.assertEqual(json.loads(call["body"]), json.loads(document.request["body"]))

    def test_login_and_password_stay_in_the_browser(self):
        self.assertFalse(self.register.kkm_server_password, "what Odoo knew is forgotten")
        document = self.sale()
        self.work_off(1)
        self.assertNotIn(PASSWORD, json.dumps(self.calls))
        self.assertFalse([call for call in self.calls if "Authorization" in call["headers"]])
        for model in ("fiscal.document", "fiscal.attempt"):
            self.assertNotIn(PASSWORD, repr(self.env[model].search([]).sudo().read()))
        self.assertEqual(document.state, "done")

    def test_password_of_this_computer_is_wrong(self):
        self.patch(lane, "PAUSES", (60,))
        document = self.sale()
        self.bring(self.take(), {"status": 401, "text": ""})
        self.assertEqual((document.state, document.error_code), ("queued", "unauthorized"))
        self.work_off()
        self.assertEqual(document.state, "done")

    def test_tab_closed_after_printing(self):
        document = self.sale()
        self.carry(self.take())
        self.lease_over()
        self.work_off()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 1)
        self.assertIn("GetRezult", [json.loads(call["body"])["Command"] for call in self.calls])

    def test_tab_closed_after_printing_and_kkm_server_restarted(self):
        self.sale()
        self.work_off(1)
        document = self.sale()
        self.carry(self.take())
        self.emulator.restart()
        self.lease_over()
        self.work_off()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 2)

    def test_tab_closed_before_anything_was_sent(self):
        self.sale()
        self.work_off(1)
        document = self.sale()
        self.take()
        self.lease_over()
        self.work_off()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 2)

    def test_a_request_that_the_browser_sent_twice(self):
        """The first run printed and then failed, so KKM Server executed the repeat: a warning says so."""
        self.sale()
        self.work_off(1)
        document = self.sale()
        call = self.take()
        self.emulator.fault("no_paper", "RegisterCheck", registered=True)
        self.carry(call)
        reply = self.carry(call)
        while call := self.bring(call, reply):
            reply = self.carry(call)
        self.assertEqual((document.state, document.error_code), ("done", "twice"))
        self.assertIn(f"№ {self.printed('sale')[1].number}", document.error_message)
        self.assertEqual(len(self.printed("sale")), 3)
        self.assertIn("twice", document.warning, "the card of the document says it")
        self.assertEqual(document._till_receipt()["warning"], document.warning, "the till's receipt says it")
        (call,) = document.activity_ids
        self.assertEqual(call.user_id, self.register._responsible())
        self.assertIn("twice", call.note)

    def test_a_refusal_of_a_request_that_the_browser_sent_twice(self):
        """A return: the first run gave the cash back, the repeat finds none left in the drawer."""
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 62)])
        self.work_off(1)
        back = self.sell(self.refund_lines(order), [(self.shop.cash, -62)]).fiscal_document_ids
        call = self.take()
        self.carry(call)
        self.emulator.restart()
        reply = self.carry(call)
        self.assertIn("Не хватает наличных", reply["text"])
        while call := self.bring(call, reply):
            reply = self.carry(call)
        self.assertEqual(back.state, "done", back.error_message)
        self.assertEqual(len(self.printed("sale_return")), 1)

    def test_kkm_server_does_not_run(self):
        self.sale()
        self.work_off(1)
        document = self.sale()
        self.bring(self.take(), {"error": "TypeError: Failed to fetch"})
        self.assertEqual(document.state, "unknown")
        self.assertIn("entered in this browser", document.error_message)
        self.work_off()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 2)

    def test_counters_before_the_shift_is_closed(self):
        self.sale()
        self.work_off(1)
        shift = self.register.shift_id
        self.operation("shift_close")
        self.work_off(1)
        self.assertEqual(shift.z_data["sale.count"], "1")
        names = [json.loads(call["body"])["Command"] for call in self.calls]
        self.assertEqual(names, ["RegisterCheck", "GetDataKKT", "GetDataCheck", "GetCounters", "CloseShift"])

    def test_how_it_is_and_what_is_asked_by_hand(self):
        action = self.register.action_test_connection()
        self.assertEqual(action["tag"], "fiscal_kkm_server_job")
        params = action["params"]
        call = self.register.kkm_server_job(params["name"], params["details"])
        action = self.register.kkm_server_job_said(params["name"], self.carry(call))
        self.assertEqual(action["res_model"], "fiscal.kkm.server.setup")
        self.assertEqual(len(self.env[action["res_model"]].browse(action["res_id"]).choice_ids), 2)
        replies = []
        while call := self.register.relay_status(replies).get("call"):
            replies.append(self.carry(call))
        self.assertEqual(self.register.health, "ready")
        params = self.register.action_kkm_server_slip()["params"]
        call = self.register.kkm_server_job(params["name"], params["details"])
        said = self.register.kkm_server_job_said(params["name"], self.carry(call))
        self.assertEqual(said["params"]["type"], "success")
        self.assertEqual(len(self.printed("slip")), 1)
        said = self.register.kkm_server_job_said("slip", {"error": "Failed to fetch"})
        self.assertIn("runs on this computer", said["params"]["message"])
