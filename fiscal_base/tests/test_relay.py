"""A register that only a browser beside it reaches: its requests are carried, and the promise is the same."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..tools.outcome import FiscalData, Outcome, RegisterStatus
from ..tools.transport import Answer, Request
from .common import FiscalCase


@tagged("post_install", "-at_install")
class TestRelay(FiscalCase):
    """The provider asks `ready?` first, and then sends; the register behind it is a list."""

    def setUp(self):
        super().setUp()
        self.service.capabilities = {"relay": 60.0}
        self.printed = []
        for name, function in {
            "_demo_conversation": lambda register, document, request, kind: self.conversation(document, kind),
            "_demo_submit": lambda *args: self.fail("the server cannot reach this register"),
            "_demo_lookup": lambda *args: self.fail("the server cannot reach this register"),
            "_demo_status": lambda *args: self.fail("the server cannot reach this register"),
        }.items():
            patcher = patch.object(self.env.registry["fiscal.register"], name, function, create=True)
            patcher.start()
            self.addCleanup(patcher.stop)
        self.register.shift_policy = "manual"
        self.open_session()

    def conversation(self, document, kind):
        def request(path):
            return Request("POST", f"http://localhost:5893/{path}", body=document.key or "", auth=("User", "secret"))

        if kind == "status":
            reply = yield request("status")
            ready = isinstance(reply, Answer)
            return RegisterStatus(ready=ready, reachable=ready, problem="" if ready else reply.reason, name="Relayed")
        if kind == "lookup":
            reply = yield request("find")
            if not isinstance(reply, Answer):
                return Outcome.unknown(reply.reason, 0)
            if reply.text == "none":
                return Outcome.not_sent("never seen", 0)
            return Outcome.done(FiscalData(number=reply.text))
        reply = yield request("ready")
        if not isinstance(reply, Answer):
            return Outcome.not_sent(reply.reason, 600)
        reply = yield request("print")
        if not isinstance(reply, Answer):
            return Outcome.unknown(reply.reason, 0)
        if reply.status != 200:
            return Outcome.rejected(str(reply.status), reply.text)
        return Outcome.done(FiscalData(number=reply.text))

    def sale(self):
        return self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 62)]).fiscal_document_ids

    def take(self):
        with self.enter_registry_test_mode():
            call = self.register._relay_take()
        self.env.invalidate_all()
        return call

    def bring(self, call, text="ok", status=200, raw=None):
        token = call["token"] if isinstance(call, dict) else call
        with self.enter_registry_test_mode():
            following = self.register._relay_bring(token, raw or {"status": status, "text": text})
        self.env.invalidate_all()
        return following

    def register_does(self, call):
        """What the register answers to a call of the browser."""
        if call["url"].endswith("/print"):
            self.printed.append(call["body"])
            return str(len(self.printed))
        if call["url"].endswith("/find"):
            return str(self.printed.index(call["body"]) + 1) if call["body"] in self.printed else "none"
        return "ok"

    def work_off(self):
        call = self.take()
        while call:
            call = self.bring(call, self.register_does(call))

    def lease_over(self):
        self.register.relay_until = fields.Datetime.now() - timedelta(seconds=1)

    def test_documents_in_their_order(self):
        documents = self.sale() + self.sale() + self.sale()
        self.work_off()
        self.assertEqual(documents.mapped("state"), ["done"] * 3)
        self.assertEqual(documents.mapped("fiscal_number"), ["1", "2", "3"])
        self.assertEqual(self.printed, documents.mapped("key"))
        self.assertFalse(any(documents.attempt_ids.sudo().mapped("replies")), "what was needed on the way goes")

    def test_one_request_at_a_time(self):
        document = self.sale()
        self.sale()
        call = self.take()
        self.assertEqual((document.state, call["url"]), ("sending", "http://localhost:5893/ready"))
        self.assertNotIn("secret", str(call))
        self.assertFalse(self.take(), "another browser gets nothing while one is on its way")
        self.drain()
        self.assertEqual(document.state, "sending", "nor does the scheduled action take it for lost")

    def test_scheduled_action_does_not_wake_itself(self):
        self.sale()
        Trigger = self.env["ir.cron.trigger"].sudo()
        Trigger.search([]).unlink()
        self.drain()
        self.assertFalse(Trigger.search([("cron_id", "=", self.register.cron_id.id)]))

    def test_browser_closed(self):
        """The receipt was printed, and the tab was closed before the reply came back: it is looked up, not repeated."""
        document = self.sale()
        call = self.bring(self.take())
        self.register_does(call)
        self.lease_over()
        self.drain()
        self.assertEqual(document.state, "unknown")
        self.work_off()
        self.assertEqual((document.state, document.fiscal_number), ("done", "1"))
        self.assertEqual(len(self.printed), 1)

    def test_browser_closed_before_it_was_printed(self):
        document = self.sale()
        self.bring(self.take())
        self.lease_over()
        self.work_off()
        self.assertEqual((document.state, self.printed), ("done", [document.key]))

    def test_reply_comes_late(self):
        document = self.sale()
        call = self.bring(self.take())
        number = self.register_does(call)
        self.lease_over()
        self.drain()
        self.assertEqual(document.state, "unknown")
        self.bring(call, number)
        self.assertEqual((document.state, document.fiscal_number), ("done", "1"))

    def test_late_reply_sends_nothing_more(self):
        """One browser was asleep in the middle; another has looked the document up and prints it now."""
        document = self.sale()
        first = self.take()
        self.lease_over()
        call = self.bring(self.take(), "none")
        self.assertEqual(document.state, "sending", "never seen, so it is sent again")
        printing = self.bring(call)
        self.assertTrue(printing["url"].endswith("/print"))
        self.assertFalse(self.bring(first), "what the first one goes on with would be a second receipt")
        self.bring(printing, self.register_does(printing))
        self.assertEqual((document.state, self.printed), ("done", [document.key]))

    def test_late_reply_is_not_sent_on_while_it_is_looked_up(self):
        document = self.sale()
        first = self.take()
        self.lease_over()
        question = self.take()
        self.assertTrue(question["url"].endswith("/find"))
        self.assertFalse(self.bring(first))
        self.assertEqual(document.state, "unknown")
        self.bring(question, "none")
        self.assertEqual(document.state, "sending")

    def test_late_look_up_takes_nothing_back(self):
        """“Never seen” was said before it was sent again: it does not count for that sending."""
        document = self.sale()
        self.take()
        self.lease_over()
        old = self.take()
        self.lease_over()
        call = self.bring(self.take(), "none")
        printing = self.bring(call)
        self.assertEqual(document.state, "sending")
        self.assertFalse(self.bring(old, "none"))
        self.assertEqual(document.state, "sending", "it is on its way, whatever was said before")
        self.bring(printing, self.register_does(printing))
        self.assertEqual((document.state, self.printed), ("done", [document.key]))

    def test_only_registers_that_are_carried(self):
        document = self.sale()
        self.service.capabilities = {}
        self.assertFalse(self.take())
        self.assertEqual(document.state, "queued")
        with self.assertRaises(UserError):
            self.register.relay_status([])
        self.assertEqual(self.register.health, "new")

    def test_reply_comes_twice(self):
        documents = self.sale() + self.sale()
        first = self.take()
        second = self.bring(first)
        self.assertFalse(self.bring(first), "the second request is on its way, and nothing more is given out")
        third = self.bring(second, self.register_does(second))
        self.assertFalse(self.bring(second, "99"))
        self.assertEqual(documents.mapped("state"), ["done", "sending"])
        self.assertEqual(documents[0].fiscal_number, "1")
        self.assertTrue(third["url"].endswith("/ready"))

    def test_no_reply(self):
        document = self.sale()
        self.assertFalse(self.bring(self.take(), raw={"error": "TypeError: Failed to fetch"}))
        self.assertEqual(document.state, "queued")
        self.assertIn("Failed to fetch", document.error_message)
        self.assertFalse(self.take(), "it has a pause, as with any register that is away")
        self.due()
        following = self.bring(self.bring(self.take()), raw={"error": "TimeoutError"})
        self.assertEqual(document.state, "unknown")
        self.due()
        following = following or self.take()  # at once, or when the shortest pause is over
        self.assertTrue(following["url"].endswith("/find"))

    def test_what_is_no_reply_is_a_lost_one(self):
        wrong = {"status": "200", "text": "1"}, {"status": 200, "text": None}, {"status": 200}, {"nul": "\0"}, ["x"]
        for raw in wrong:
            document = self.sale()
            self.bring(self.bring(self.take()), raw=raw)
            self.assertEqual(document.state, "unknown", raw)
            self.lease_over()
            self.work_off()
            self.assertEqual(document.state, "done")

    def test_refused_document_holds_up_nobody(self):
        documents = self.sale() + self.sale()
        following = self.bring(self.bring(self.take()), "wrong tax", status=400)
        self.assertEqual(documents.mapped("state"), ["rejected", "sending"])
        self.assertTrue(following["url"].endswith("/ready"))

    def test_foreign_tokens(self):
        document = self.sale()
        self.take()
        for token in ("", "guess", None, 5, False):
            self.assertFalse(self.bring(token))
        self.assertEqual(document.state, "sending")

    def test_reply_by_way_of_another_register(self):
        """Its lane is not that of the request, so nothing would keep the two apart."""
        other = self.register.copy({"name": "Another", "state": "enabled"})
        document = self.sale()
        call = self.bring(self.take())
        with self.enter_registry_test_mode():
            self.assertFalse(other._relay_bring(call["token"], {"status": 200, "text": "99"}))
        self.env.invalidate_all()
        self.assertEqual(document.state, "sending")
        self.bring(call, self.register_does(call))
        self.assertEqual((document.state, document.fiscal_number), ("done", "1"))

    def test_conversation_that_fails(self):
        document = self.sale()
        call = self.bring(self.take())
        broken = patch.object(self, "conversation", side_effect=ZeroDivisionError)
        with broken, mute_logger("odoo.addons.fiscal_base.models.register.relay"):
            self.bring(call)
        self.assertEqual(document.state, "unknown")
        self.due()
        self.work_off()
        self.assertEqual(document.state, "done")

    def test_from_the_till(self):
        document = self.sale()
        uuid = document.pos_order_id.uuid
        with self.enter_registry_test_mode():
            result = self.config.fiscal_drive([uuid])
            while call := result["call"]:
                result = self.config.fiscal_relay(
                    [uuid], call["token"], {"status": 200, "text": self.register_does(call)}
                )
        self.assertEqual(result["receipts"][uuid][0]["number"], "1")

    def test_only_who_may(self):
        self.sale()
        visitor = new_test_user(
            self.env, "visitor", "base.group_user", company_id=self.company.id, company_ids=self.company.ids
        )
        with self.assertRaises(AccessError):
            self.config.with_user(visitor).fiscal_relay([], "x", {})
        with self.assertRaises(AccessError):
            self.register.with_user(visitor).relay()
        with self.assertRaises(AccessError):
            self.register.with_user(visitor).relay_status([])

    def person(self, name, *groups):
        return new_test_user(self.env, name, ",".join(groups), company_id=self.company.id, company_ids=self.company.ids)

    def test_reply_is_taken_from_whom_the_request_was_handed_to(self):
        """Neither another cashier nor another register of the company makes a receipt “done” with a reply of theirs."""
        document = self.sale()
        clerk, thief = (self.person(name, "point_of_sale.group_pos_user") for name in ("clerk", "thief"))
        other = self.env["fiscal.register"].create({"name": "Other", "company_id": self.company.id, "state": "enabled"})
        with self.enter_registry_test_mode():
            call = self.config.with_user(clerk).fiscal_drive([])["call"]
            self.register_does(call)
            call = self.config.with_user(clerk).fiscal_relay([], call["token"], {"status": 200, "text": "ok"})["call"]
            reply = {"status": 200, "text": "999"}
            self.assertIsNone(self.config.with_user(thief).fiscal_relay([], call["token"], reply)["call"])
            self.assertIsNone(other.with_user(clerk).sudo()._relay_bring(call["token"], reply))
            made_up = f"{self.register.id}-{'x' * 28}"
            self.assertIsNone(self.config.with_user(clerk).fiscal_relay([], made_up, reply)["call"])
        self.env.invalidate_all()
        self.assertEqual(document.state, "sending")
        with self.enter_registry_test_mode():
            mine = {"status": 200, "text": self.register_does(call)}
            self.config.with_user(clerk).fiscal_relay([], call["token"], mine)
        self.env.invalidate_all()
        self.assertEqual((document.state, document.fiscal_number), ("done", "1"))

    def test_health_is_told_by_accountants(self):
        clerk = self.person("clerk", "point_of_sale.group_pos_user")
        with self.assertRaises(AccessError):
            self.register.with_user(clerk).relay_status([{"error": "made up"}])
        self.assertEqual(self.register.health, "new")

    def test_from_the_back_office(self):
        document = self.sale()
        with self.enter_registry_test_mode():
            result = self.register.relay()
            while call := result["call"]:
                result = self.register.relay(call["token"], {"status": 200, "text": self.register_does(call)})
        self.env.invalidate_all()
        self.assertEqual((document.state, result["left"]), ("done", 0))

    def test_what_is_queued_without_a_till_tells_the_open_tills(self):
        """A kiosk, a phone and the back office carry nothing: an open till of the register takes it up."""
        told = []
        Config = self.env.registry["pos.config"]
        with patch.object(Config, "_notify", lambda config, name, message, **kw: told.append((config.id, message))):
            self.register.action_x_report()
        self.assertEqual([config for config, __ in told], [self.config.id])
        self.assertEqual((told[0][1]["register"]["relays"], told[0][1]["register"]["unsent"]), (True, 1))

    def test_buttons_of_the_card(self):
        """A cashier is shown none that only an accountant's browser may follow."""
        pressed = self.press_buttons()
        self.assertNotIn("action_relay", pressed["cashier"])
        self.assertIn("action_relay", pressed["accountant"])
        self.assertIn("action_test_connection", pressed["manager"])

    def test_a_register_that_no_till_serves_is_warned_of(self):
        self.assertFalse(self.register.relay_warning)
        other = self.register.copy({"name": "Of journals only"})
        self.assertTrue(other.relay_warning)
        self.service.capabilities = {}
        other.invalidate_recordset()
        self.assertFalse(other.relay_warning, "Odoo itself reaches it")

    def test_settings_of_a_till_where_customers_order_by_themselves(self):
        """The warning stands where the register is chosen, before it is saved."""
        till = self.config.copy({"fiscal_register_id": False})
        settings = self.env["res.config.settings"].create({"pos_config_id": till.id})
        for mode, words in (("kiosk", "a kiosk carries none"), ("mobile", "orders from phones"), ("", "nothing")):
            with patch.object(self.env.registry["pos.config"], "_fiscal_self_ordering", lambda config, mode=mode: mode):
                form = Form(settings)
                self.assertFalse(form.pos_fiscal_warning)
                form.pos_fiscal_register_id = self.register
                self.assertIn(words, form.pos_fiscal_warning or "nothing")
                form = Form(till, "point_of_sale.pos_config_view_form")
                self.assertFalse(form.fiscal_warning)
                form.fiscal_register_id = self.register
                self.assertIn(words, form.fiscal_warning or "nothing")
        self.service.capabilities = {}
        self.env.invalidate_all()
        self.assertFalse(self.register._self_ordering_warning("kiosk"), "Odoo itself reaches it")

    def test_status(self):
        self.assertEqual(self.register.action_test_connection()["tag"], "fiscal_relay_status")
        call = self.register.relay_status([])["call"]
        self.assertTrue(call["url"].endswith("/status"))
        action = self.register.relay_status([{"status": 200, "text": "ok"}])["action"]
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(self.register.health, "ready")
        action = self.register.relay_status([{"error": "TypeError"}])["action"]
        self.assertEqual(action["params"]["type"], "danger")
        self.assertEqual(self.register.health, "offline")
