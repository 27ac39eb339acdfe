"""Callbacks of Komtet Kassa over HTTP: taken only with a valid signature, and only as a hint."""

import json
from random import Random

from odoo.tests import HttpCase, tagged

from .common import SECRET, KomtetCase, sign

#: so many forged callbacks over HTTP; twenty thousand go through the same code in the tests without Odoo
FORGED = 400


@tagged("post_install", "-at_install")
class TestCallback(HttpCase, KomtetCase):
    def setUp(self):
        super().setUp()
        self.document = self.sale()
        self.drain()
        self.assertEqual(self.document.state, "waiting")

    def drain(self, register=None, order_uuids=None, seconds=5):
        """As `FiscalCase.drain`; the registry is in test mode already."""
        self.env.flush_all()
        (register or self.register)._run_lane(seconds, order_uuids)
        self.env.invalidate_all()

    def told(self, body, result="task", signature=None, register=None, method="POST", **headers):
        """The answer to a callback with `body` (bytes, or values for JSON), signed as the service does."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if signature is None:
            signature = sign(SECRET, "POST", self.register._komtet_url(result), data)
        given = {"X-HMAC-Signature": signature, "Content-Type": "application/json", **headers}
        number = self.register.id if register is None else register
        path = f"/fiscal_komtet/{number}/{result}"
        response = self.url_open(
            path, data=data, headers={name: text for name, text in given.items() if text}, method=method
        )
        self.env.invalidate_all()
        return response.status_code

    def news(self, state="done", **more):
        return {"id": 1001, "external_id": self.document.key, "state": state, **more}

    def attempts(self):
        return self.document.attempt_ids.filtered(lambda attempt: attempt.kind == "callback")

    def test_done(self):
        for result in ("success", "failure", "task"):
            self.assertEqual(self.told(self.news(), result), 200)
        self.assertEqual(self.document.state, "waiting", "a callback is a hint")
        self.emulator.print_all()
        self.drain()
        self.assertRegistered(self.document)

    def test_it_is_asked_for_at_once(self):
        self.document._engine().retry_at = "2036-01-01 00:00:00"
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.register.cron_id.id)])
        self.assertEqual(self.told(self.news()), 200)
        self.assertGreater(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.register.cron_id.id)]), triggers
        )
        self.emulator.print_all()
        self.drain()
        self.assertEqual(self.document.state, "done")

    def test_a_lie_changes_nothing(self):
        """Even with a valid signature, only the answer of the service counts."""
        for state in ("done", "error", "new", "whatever"):
            self.assertEqual(self.told(self.news(state, fiscal_data={"i": "1"}, error_description="x")), 200)
            self.settle()
            self.assertEqual(self.document.state, "waiting")
        self.assertFalse(self.document.fiscal_number)

    def test_an_error_is_told(self):
        self.emulator.fault("till_error", text="Нет бумаги")
        self.emulator.print_all()
        self.assertEqual(self.told(self.news("error", error_description="Нет бумаги"), "failure"), 200)
        self.drain()
        self.assertEqual((self.document.state, self.document.error_code), ("rejected", "paper"))

    def test_doubled_and_late(self):
        self.emulator.print_all()
        for __ in range(2):
            self.assertEqual(self.told(self.news()), 200)
        self.settle()
        number = self.document.fiscal_number
        before = self.document.read()
        self.assertEqual(self.told(self.news()), 200)
        self.assertEqual(self.told(self.news("error")), 200)
        self.settle()
        self.assertEqual((self.document.state, self.document.fiscal_number), ("done", number))
        for name, value in before[0].items():
            if name not in ("attempt_ids", "write_date"):
                self.assertEqual(self.document.read([name])[0][name], value, name)

    def test_a_failed_task_that_comes_to_life_calls_a_person(self):
        self.emulator.fault("till_error", text="Нет бумаги")
        self.emulator.print_all()
        self.drain()
        self.due()
        self.drain()
        self.assertEqual(self.document.state, "rejected")
        task = self.emulator.service.tasks[-1]
        self.assertEqual(self.told(self.emulator.news(task), "failure"), 200)
        self.assertNotIn("taken over", str(self.document.activity_ids.mapped("note")))
        self.emulator.service.send_again(task)
        self.emulator.print_all()
        for result in ("task", "success"):
            self.assertEqual(self.told(self.emulator.news(task), result), 200)
        self.assertEqual(str(self.document.activity_ids.mapped("note")).count("taken over"), 1)
        self.document.action_retry()
        copy = self.document.pos_order_id.fiscal_document_ids - self.document
        self.drain()
        self.assertEqual((copy.state, len(self.emulator.documents)), ("done", 1))
        self.assertEqual(self.told(self.emulator.news(task)), 200)
        self.assertFalse(copy.activity_ids | self.document.activity_ids, "no news any more")

    def test_early(self):
        """It may come before the answer to the task itself, and even instead of it."""
        self.emulator.fault("anonymous")
        self.emulator.fault("reset_after", "task")
        early = self.sale()
        self.drain()
        self.assertEqual(early.state, "unknown")
        task = self.emulator.service.tasks[-1]
        self.emulator.print_all()
        self.assertEqual(self.told(self.emulator.news(task)), 200)
        self.drain()
        self.assertEqual(early.state, "done", "the callback has named the task")
        self.assertEqual(len(self.emulator.documents), 2)

    def test_wrong_signatures(self):
        body = self.news()
        data = json.dumps(body).encode()
        url = self.register._komtet_url("task")
        wrong = [
            sign("another", "POST", url, data),
            sign(SECRET, "POST", url.replace("https", "http"), data),
            sign(SECRET, "POST", url.replace(f"/{self.register.id}/", f"/{self.register.id}0/"), data),
            sign(SECRET, "POST", url, data + b" "),
            sign("", "POST", url, data),
            "0" * 32,
            "é",
        ]
        for signature in wrong:
            self.assertEqual(self.told(body, signature=signature.encode("latin-1")), 403)
        self.assertEqual(self.told(body, signature=""), 401)
        self.assertFalse(self.attempts())

    def test_what_a_proxy_makes_of_the_address_does_not_count(self):
        self.register.komtet_address = "https://shop.example.com"
        self.assertEqual(self.told(self.news(), Host="inside:8069", **{"X-Forwarded-Proto": "http"}), 200)
        self.assertEqual(len(self.attempts()), 1)

    def test_other_registers_hear_nothing(self):
        other = self.env["fiscal.register"].create({"name": "Demo", "provider": "demo"})
        for register in (other.id, 0, 10**9, 10**30):
            self.assertEqual(self.told(self.news(), register=register), 403)
        second = self.register.create(
            {
                **{"name": "Second", "provider": "komtet", "komtet_secret_key": "second"},
                **{"komtet_address": "https://odoo.example.com"},
            }
        )
        data = json.dumps(self.news()).encode()
        signature = sign("second", "POST", second._komtet_url("task"), data)
        self.assertEqual(self.told(data, signature=signature, register=second.id), 200)
        self.assertFalse(self.attempts(), "a shop tells of its own documents only")

    def test_a_register_without_a_key_knows_nobody(self):
        self.register.write({"state": "disabled", "komtet_secret_key": False})
        data = json.dumps(self.news()).encode()
        signature = sign("", "POST", self.register._komtet_url("task"), data)
        self.assertEqual(self.told(data, signature=signature), 403)

    def test_what_is_no_callback(self):
        for body in (
            b"",
            b"[]",
            b"{}",
            b"external_id=1&state=done",
            b'{"external_id": null, "state": "done"}',
            b"\xff",
        ):
            self.assertEqual(self.told(body), 400)
        self.assertEqual(self.told({"external_id": "of somebody else", "state": "done"}), 200)
        self.assertEqual(self.told(b"{" + b" " * 70_000 + b"}"), 413)
        self.assertEqual(self.told(self.news(), "else", signature="0" * 32), 404)
        self.assertFalse(self.attempts())

    def test_only_post(self):
        url = f"/fiscal_komtet/{self.register.id}/task"
        self.assertEqual(self.url_open(url).status_code, 405)

    def test_forged_callbacks_change_nothing_and_break_nothing(self):
        random = Random(7)
        key = self.document.key
        genuine = json.dumps(self.news()).encode()
        before = self.document.read()
        sent = len(self.emulator.requests)
        answers = set()
        for number in range(FORGED):
            body = bytearray(genuine) if number % 3 else bytearray(random.randbytes(random.randrange(300)))
            for __ in range(random.randint(1, 5)):
                place = random.randrange(len(body) + 1)
                body[place : place + random.randrange(4)] = random.randbytes(random.randrange(4))
            kind = random.choice(["application/json", "text/plain", "", "application/x-www-form-urlencoded"])
            if number % 10 == 0:
                kind = "multipart/form-data; boundary=x"
            result = random.choice(["success", "failure", "task"])
            signed = sign(random.choice(["", key, "secret"]), "POST", self.register._komtet_url(result), bytes(body))
            signature = random.choice([signed, signed[:-1], random.randbytes(16).hex(), "", "ÿ".encode("latin-1")])
            answers.add(self.told(bytes(body), result, signature=signature, **{"Content-Type": kind}))
        self.assertLessEqual(answers, {401, 403, 400, 413})
        self.assertEqual(self.document.read(), before)
        self.assertEqual(len(self.emulator.requests), sent)

    def test_noise_that_is_signed_breaks_nothing(self):
        random = Random(11)
        genuine = json.dumps(self.news()).encode()
        for __ in range(FORGED // 4):
            body = bytearray(genuine)
            place = random.randrange(len(body))
            body[place : place + random.randrange(3)] = random.randbytes(random.randrange(1, 5))
            self.assertIn(self.told(bytes(body)), (200, 400))
        self.assertEqual(self.document.state, "waiting")
