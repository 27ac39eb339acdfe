"""Checkbox calls Odoo: verified calls take effect, once, and no others do."""

import base64
import hashlib
import hmac
import json

from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.fiscal_base.demo.shop import make_shop
from odoo.addons.fiscal_base.tests.common import OnThisMachine

from .common import CheckboxEmulator, connect


@tagged("post_install", "-at_install")
class TestWebhook(OnThisMachine, HttpCase):
    def setUp(self):
        super().setUp()
        self.shop = make_shop(self.env, "UA")
        self.env, self.register = self.shop.env, self.shop.register
        self.emulator = CheckboxEmulator(pace=False).start()
        self.addCleanup(self.emulator.stop)
        connect(self.register, self.emulator, self.shop.employees)
        self.register.action_checkbox_webhook()
        self.key = self.register.checkbox_webhook_key

    def call(self, news, signature=None, register=None):
        body = news if isinstance(news, bytes) else json.dumps(news, ensure_ascii=False).encode()
        if signature is None:
            signature = base64.b64encode(hmac.new(self.key.encode(), body, hashlib.sha256).digest()).decode()
        url = f"/fiscal_checkbox/webhook/{(register or self.register).id}"
        headers = {"Content-Type": "application/json", "x-request-signature": signature}
        return self.url_open(url, data=body, headers=headers)

    def document(self, operation="cash_in", state="waiting", total=5.0):
        document = self.register._enqueue_simple(operation, f"test:{operation}", self.shop.employees[0], total)
        if state != "queued":
            document._move("sending")
            document._move(state, retry_at="2099-01-01 00:00:00")
        return document

    def triggers(self):
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.register.cron_id.id)])

    def test_is_set_up_at_the_service(self):
        emulated = self.emulator.organisation.registers[0]
        self.assertEqual(
            emulated.webhook["url"], f"{self.register.get_base_url()}/fiscal_checkbox/webhook/{self.register.id}"
        )
        self.assertEqual(emulated.webhook_key, self.key)
        self.assertTrue(self.register.checkbox_webhook)
        self.register.action_checkbox_webhook_off()
        self.assertFalse(emulated.webhook or self.register.checkbox_webhook_key)

    def test_news_of_a_receipt_are_a_hint_to_ask_now(self):
        document = self.document()
        before = self.triggers()
        answer = self.call({"service_receipt": {"id": document.key, "status": "DONE", "fiscal_code": "forged"}})
        self.assertEqual((answer.status_code, answer.json()), (200, {"ok": True}))
        self.assertFalse(document.retry_at)
        self.assertEqual(document.state, "waiting", "what it says is not taken for granted")
        self.assertGreater(self.triggers(), before)

    def test_the_same_news_twice_and_news_of_others_change_nothing(self):
        document = self.document()
        for __ in range(3):
            self.assertEqual(self.call({"service_receipt": {"id": document.key}}).status_code, 200)
        self.assertEqual(document.state, "waiting")
        for news in ({"receipt": {"id": "11111111-2222-4333-8444-555555555555"}}, {"order": {}}, {"receipt": None}, {}):
            self.assertEqual(self.call(news).status_code, 200)

    def test_what_does_not_prove_itself_is_refused(self):
        document = self.document()
        body = json.dumps({"service_receipt": {"id": document.key}}).encode()
        digest = hmac.new(self.key.encode(), body, hashlib.sha256)
        forged = [
            "",
            "x",
            "ключ",
            digest.hexdigest(),
            base64.b64encode(hmac.new(b"", body, hashlib.sha256).digest()).decode(),
            base64.b64encode(hmac.new(self.key.encode(), body + b" ", hashlib.sha256).digest()).decode(),
        ]
        for signature in forged:
            headers = {"x-request-signature": signature.encode()}
            answer = self.url_open(f"/fiscal_checkbox/webhook/{self.register.id}", data=body, headers=headers)
            self.assertEqual(answer.status_code, 403, signature)
        self.assertTrue(document.retry_at)

    def test_a_register_without_a_key_hears_nobody(self):
        body = b"{}"
        empty = base64.b64encode(hmac.new(b"", body, hashlib.sha256).digest()).decode()
        self.register.checkbox_webhook_key = False
        self.assertEqual(self.call(body, empty).status_code, 403)
        self.register.write({"checkbox_webhook_key": self.key, "provider": "demo"})
        self.assertEqual(self.call(body).status_code, 403)
        missing = self.url_open("/fiscal_checkbox/webhook/999999999", data=body, headers={"x-request-signature": empty})
        self.assertEqual(missing.status_code, 403)

    def test_the_key_of_one_register_is_not_that_of_another(self):
        other = self.register.copy({"provider": "checkbox", "pos_config_ids": [Command.clear()]})
        other.sudo().write({"checkbox_licence_key": "test2", "checkbox_webhook_key": "another"})
        document = self.document()
        self.assertEqual(self.call({"service_receipt": {"id": document.key}}, register=other).status_code, 403)
        self.key = "another"
        self.assertEqual(self.call({"service_receipt": {"id": document.key}}, register=other).status_code, 200)
        self.assertTrue(document.retry_at, "a document of another register")

    def test_what_is_no_news(self):
        for body in (b" ", b"?", b"[]", b'"x"', b"[" * 10000):
            self.assertEqual(self.call(body).status_code, 400, body[:10])

    def test_shift_that_the_service_has_closed(self):
        self.register.shift_id = self.env["fiscal.shift"].create(
            {"register_id": self.register.id, "number": 1, "opened_at": "2026-11-21 08:00:00"}
        )
        opening = self.document("shift_open", total=0.0)
        opening._move(
            "done", service_data={"shift_id": opening.key}, shift_id=self.register.shift_id.id, provider="checkbox"
        )
        news = {"shift": {"id": opening.key, "status": "CLOSED"}}
        for __ in range(2):
            self.assertEqual(self.call(news).status_code, 200)
        closing = self.env["fiscal.document"].search(
            [("register_id", "=", self.register.id), ("operation", "=", "shift_close")]
        )
        self.assertEqual((len(closing), closing.state), (1, "queued"))
