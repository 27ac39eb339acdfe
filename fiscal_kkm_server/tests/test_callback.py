"""An Odoo in the cloud, and an emulated KKM Server in the shop that calls it, over a real line."""

import base64
import json
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from odoo.tools import SQL, mute_logger

from odoo.addons.fiscal_base.models.register import lane

from .common import MARK, Bodies, Caller, KkmServerCase


class CallbackCase(HttpCase, KkmServerCase):
    def setUp(self):
        super().setUp()
        self.register.write({"kkm_server_connection": "callback", "kkm_server_password": False})
        self.server = self.register.kkm_server_id
        # how it is has just been asked, so that calls are about documents alone
        self.register.write({"kkm_server_asked_at": fields.Datetime.now(), "health": "ready"})
        self.caller = self.caller_for()

    def caller_for(self, **options):
        url = f"{self.base_url()}/fiscal/kkm/{self.server.path}"
        options = {"token": self.server.token, "timeout": 30, **options}
        return Caller(self.emulator, url, **options)

    def poll(self, times=1, work=True):
        """Calls, with the work of the register between them."""
        received = []
        for __ in range(times):
            received += self.call_by(self.caller)
            if work:
                self.caller.work()
        self.env.invalidate_all()
        return received

    def call_by(self, caller):
        self.env.flush_all()
        with self.allow_requests():
            caller.headers = {"Cookie": f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"}
            received = caller.poll()
        self.env.invalidate_all()
        return received

    def drain(self):
        self.register._run_lane(5)
        self.env.invalidate_all()

    def sale(self, product="bread", amount=62):
        return self.sell([(self.shop.products[product], 1)], [(self.shop.cash, amount)]).fiscal_document_ids

    def lease_over(self):
        self.register.relay_until = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestCallback(CallbackCase):
    def test_the_sale_of_a_cloud(self):
        document = self.sale()
        self.drain()
        self.assertEqual(document.state, "queued", "the server cannot reach this register")
        self.assertEqual(self.poll(), ["RegisterCheck"])
        self.assertEqual(document.state, "sending")
        self.assertEqual(self.poll(), [])
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.printed("sale")
        self.assertEqual((document.fiscal_number, document.fiscal_sign), (str(sale.number), sale.sign))
        self.assertEqual((sale.total, sale.key), (Decimal("62.00"), document.key))
        self.assertEqual(self.caller.commands[0], json.loads(document.request["body"]), "what was frozen")
        self.assertEqual(self.emulator.requests, [], "nobody called KKM Server")
        self.assertTrue(self.server.last_seen)

    def test_a_command_leaves_with_the_call_after_the_sale_and_the_next_with_the_result(self):
        documents = self.sale() + self.sale() + self.sale()
        for number in range(1, 4):
            self.assertEqual(self.poll(), ["RegisterCheck"], "one at a time")
            self.assertEqual(len(self.printed("sale")), number)
        self.poll()
        self.assertEqual(documents.mapped("state"), ["done"] * 3)
        self.assertEqual(documents.mapped("fiscal_number"), [str(sale.number) for sale in self.printed("sale")])

    def test_a_till_takes_nothing_out_of_the_call(self):
        """The browser of a till cannot reach this KKM Server: a request that it takes would be lost."""
        document = self.sale()
        answer = self.config.fiscal_drive([document.pos_order_id.uuid])
        self.assertFalse(answer["call"])
        self.assertEqual(self.register.relay()["call"], None)
        self.assertFalse(self.register.relays)
        self.assertEqual(self.poll(), ["RegisterCheck"])
        self.poll()
        answer = self.config.fiscal_drive([document.pos_order_id.uuid])
        (receipt,) = answer["receipts"][document.pos_order_id.uuid]
        self.assertEqual((receipt["state"], receipt["number"]), ("done", document.fiscal_number))

    def test_put_is_taken_as_well(self):
        self.caller.method = "PUT"
        document = self.sale()
        self.poll(2)
        self.assertEqual(document.state, "done")

    def test_several_registers_of_one_kkm_server(self):
        other = self.register.copy({"name": "Second"})
        other.write(
            {
                "provider": "kkm_server",
                "kkm_server_id": self.server.id,
                "kkm_server_serial_number": self.emulator.registers[1].serial,
                "state": "enabled",
                "kkm_server_asked_at": fields.Datetime.now(),
                "health": "ready",
            }
        )
        self.assertEqual(other.kkm_server_token, self.register.kkm_server_token)
        documents = [
            register._enqueue_simple("shift_open", f"test:{register.id}", self.cashier)
            for register in (self.register, other)
        ]
        self.assertEqual(self.poll(), ["OpenShift", "OpenShift"])
        self.poll()
        self.assertEqual([document.state for document in documents], ["done", "done"])
        self.assertEqual(
            {printed.device for printed in self.printed("shift_open")},
            {register.serial for register in self.emulator.registers},
        )

    def test_a_shift_from_its_opening_to_its_end(self):
        self.register.shift_policy = "first"
        for operation, total in (("cash_in", 100), ("x_report", 0), ("shift_close", 0)):
            self.operation(operation, total)
        self.poll(6)
        self.assertEqual(set(self.register.document_ids.mapped("state")), {"done"})
        self.assertEqual(
            [printed.type for printed in self.emulator.documents], ["shift_open", "cash_in", "x_report", "shift_close"]
        )
        # a command that an older build does not know would take the others with it
        self.assertNotIn("GetCounters", [command["Command"] for command in self.caller.commands])

    # === The traps of §2 ===

    def test_still_printing_when_the_result_is_due(self):
        document = self.sale()
        self.poll(work=False)
        self.poll(work=False)
        self.assertEqual(document.state, "waiting")
        self.caller.work()
        self.due()
        self.assertEqual(self.poll(), ["GetRezult"])
        self.poll()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 1)

    def test_asked_twice_and_wrapped_twice(self):
        document = self.sale()
        self.poll(work=False)
        self.poll(work=False)
        for __ in range(3):
            self.due()
            self.poll(work=False)
        self.assertEqual(document.state, "waiting")
        self.caller.work()
        # the nested answers keep saying “queued”; the fiscal storage has the receipt
        for __ in range(5):
            self.due()
            self.poll()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 1)

    def test_results_that_come_twice(self):
        document = self.sale()
        self.poll()
        result = self.caller._orders[0].entry.result
        self.poll()
        self.assertEqual(document.state, "done")
        values = document.read()[0]
        for __ in range(2):
            self.caller._orders[0].returned = False
            self.poll()
        self.assertEqual(document.read()[0], values)
        self.assertEqual(result["IdCommand"], document.key)

    def test_answer_of_odoo_is_lost(self):
        """Results were stored and commands handed over, but the answer never reached KKM Server."""
        first, second = self.sale(), self.sale()
        self.poll()
        with self.lost_answers():
            self.poll()
            self.assertEqual((first.state, second.state), ("done", "sending"))
            self.poll()
        self.lease_over()
        for __ in range(6):
            self.due()
            self.poll()
        self.assertEqual((first.state, second.state), ("done", "done"), second.error_message)
        self.assertEqual(len(self.printed("sale")), 2)

    def lost_answers(self):
        """The answers of Odoo get lost on the way."""
        send = self.caller._send

        def lost(body):
            send(body)
            raise OSError("the line broke")

        return patch.object(self.caller, "_send", lost)

    def test_restart_before_the_command_was_executed(self):
        self.sale()
        self.poll(2)
        document = self.sale()
        key = document.key
        self.poll(work=False)
        self.caller.restart()
        self.lease_over()
        for __ in range(8):
            self.due()
            self.poll()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertNotEqual(document.key, key, "the question has shadowed the old key")
        self.assertEqual(len(self.printed("sale")), 2)

    def test_restart_after_the_command_was_executed(self):
        self.sale()
        self.poll(2)
        document = self.sale("coffee", 489.90)
        self.poll()
        self.caller.restart()
        self.lease_over()
        for __ in range(8):
            self.due()
            self.poll()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 2)
        self.assertEqual(document.fiscal_number, str(self.printed("sale")[1].number))

    def test_too_long_in_the_queue_of_the_register(self):
        self.patch(lane, "PAUSES", (60,))
        document = self.sale()
        self.emulator.kkm.queue_seconds = -1
        self.poll(2)
        self.assertEqual((document.state, document.error_code), ("queued", "queue_timeout"))
        self.emulator.kkm.queue_seconds = 30
        self.due()
        self.poll(2)
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 1)

    def test_result_that_comes_when_nobody_waits_for_it_any_more(self):
        document = self.sale()
        self.poll()
        self.lease_over()
        self.env.cr.execute("UPDATE fiscal_attempt SET relay_token = NULL")
        self.env.cr.execute("UPDATE fiscal_document SET state = 'unknown', retry_at = now() + interval '9 minutes'")
        self.poll()
        self.assertEqual(document.state, "done")

    def test_result_of_another_shop_changes_nothing(self):
        document = self.sale()
        self.poll(work=False)
        other = self.env["fiscal.kkm.server"].create({"name": "Other", "company_id": self.company.id})
        stranger = Caller(self.emulator, f"{self.base_url()}/fiscal/kkm/{other.path}", other.token)
        forged = {"Command": "RegisterCheck", "Status": 0, "IdCommand": document.key, "CheckNumber": 666}
        stranger._result = lambda order: forged
        stranger._orders = list(self.caller._orders)
        self.call_by(stranger)
        self.assertEqual((stranger.status, document.state), (200, "sending"))

    def test_refused_for_what_it_says(self):
        self.shop.company.fiscal_tax_system = False
        document = self.sale()
        self.poll(2)
        self.assertEqual(document.state, "rejected")
        self.assertIn("Не указана система налогообложения", document.error_message)

    def test_shift_of_more_than_24_hours_is_renewed(self):
        self.sale()
        self.poll(2)
        self.emulator.fault("shift_expired")
        document = self.sale()
        for __ in range(5):
            self.due()
            self.poll()
        self.assertEqual((document.state, document.shift_number), ("done", 2), document.error_message)

    def test_no_paper(self):
        self.sale()
        self.poll(2)
        document = self.sale()
        self.emulator.fault("no_paper", "RegisterCheck")
        for __ in range(8):
            self.due()
            self.poll()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 2)

    # === How the register is ===

    def test_register_is_asked_how_it_is(self):
        self.register.write({"kkm_server_asked_at": False, "health": "new"})
        self.assertEqual(self.poll(), ["GetDataKKT"])
        self.assertEqual(self.poll(), [])
        self.assertEqual(self.register.health, "ready")
        self.assertEqual(self.register.status_data["serial_number"], self.emulator.registers[0].serial)

    def test_kkm_server_that_calls_no_more(self):
        self.poll()
        self.register._watch()
        self.assertEqual(self.register.health, "ready")
        self.server.last_seen = fields.Datetime.now() - timedelta(seconds=2 * self.server.interval + 10)
        self.register._watch()
        self.register._watch()
        self.assertEqual(self.register.health, "offline")
        self.assertIn("has not called since", self.register.health_message)
        silent = self.env.ref("fiscal_kkm_server.activity_silent")
        self.assertEqual(self.register.activity_ids.activity_type_id, silent)
        self.assertEqual(len(self.register.activity_ids), 1)
        self.env.flush_all()
        self.register.kkm_server_asked_at = False
        self.assertEqual(self.poll(), ["GetDataKKT"])
        self.poll()
        self.register._watch()
        self.assertEqual(self.register.health, "ready")
        self.assertFalse(self.register.activity_ids)

    # === Setup ===

    def test_address_and_token_are_made_by_odoo(self):
        self.assertTrue(self.register.kkm_server_callback_url.endswith(f"/fiscal/kkm/{self.server.path}"))
        self.assertGreaterEqual(len(self.server.path), 20)
        self.assertGreaterEqual(len(self.server.token), 32)
        self.register.kkm_server_token = "typed-in-kkm-server"
        self.assertEqual(self.server.token, "typed-in-kkm-server")
        with self.assertRaises(ValidationError):
            self.register.kkm_server_token = "short"

    def test_connection_is_tested_with_the_next_calls(self):
        self.register.kkm_server_serial_number = False
        self.emulator.kkm.registers = self.emulator.registers[:1]
        params = self.register.action_test_connection()["params"]
        self.assertEqual(params["type"], "warning", "it has not called yet")
        self.assertEqual(self.poll(), ["GetDataKKT", "List"])
        self.poll()
        self.assertEqual(self.register.kkm_server_serial_number, self.emulator.registers[0].serial, "there is but one")
        self.assertIn(self.emulator.registers[0].serial, self.register.message_ids[0].body)
        self.assertEqual(self.register.action_test_connection()["params"]["type"], "info")

    def test_slip_and_copy_with_the_next_calls(self):
        document = self.sale()
        self.poll(2)
        self.register.action_kkm_server_slip()
        document.action_kkm_server_copy()
        self.poll(4)
        self.assertEqual(len(self.printed("slip")), 1)
        self.assertEqual(len(self.printed("copy")), 1)
        bodies = " ".join(self.register.message_ids.mapped("body"))
        self.assertIn("has printed a slip", bodies)
        self.assertIn("has printed a copy", bodies)


@tagged("post_install", "-at_install")
class TestCallbackAccess(CallbackCase):
    """Who may call, and what a call can do."""

    def call(self, body, path=None, method="POST", **headers):
        url = f"/fiscal/kkm/{path or self.server.path}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **headers}
        self.env.flush_all()
        return self.url_open(url, data=data, headers=headers, method=method, timeout=30)

    def good(self, **fields_):
        return {"Command": "GetCommand", "Token": self.server.token, "ListRezult": [], **fields_}

    def basic(self, pair):
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def test_good_call(self):
        response = self.call(self.good(), **self.basic(":"))
        self.assertEqual((response.status_code, response.json()), (200, {"ListCommand": []}))
        self.assertNotIn("session_id", response.cookies)

    def test_wrong_calls(self):
        document = self.sale()
        wrong = [
            (self.good(Token="wrong"), {}),
            (self.good(Token=""), {}),
            (self.good(Token=None), {}),
            (self.good(Token=self.server.token.lower()), {}),
            (self.good(Token="токен"), {}),
            (self.good(Command="List"), {}),
            (b"{", {}),
            (b"", {}),
            (self.good(), {"path": "another"}),
            (self.good(), {"path": "%00"}),
        ]
        for body, options in wrong:
            with self.subTest(body=body, options=options):
                response = self.call(body, **options)
                self.assertEqual(response.status_code, 401)
                self.assertIn("Basic", response.headers["WWW-Authenticate"])
                self.assertFalse(response.content)
        self.env.invalidate_all()
        self.assertEqual(document.state, "queued")
        self.assertFalse(self.server.last_seen)

    def test_login_and_password_where_they_are_set(self):
        self.server.write({"login": "касса", "password": "пароль"})
        self.env.flush_all()
        for headers, status in (
            ({}, 401),
            (self.basic(":"), 401),
            (self.basic("касса:другой"), 401),
            ({"Authorization": "Basic ?"}, 401),
            ({"Authorization": "Bearer x"}, 401),
            (self.basic("касса:пароль"), 200),
        ):
            self.assertEqual(self.call(self.good(), **headers).status_code, status)

    def test_too_long(self):
        self.assertEqual(self.call(b" " * (2 * 1024 * 1024 + 1)).status_code, 413)

    def test_only_post_and_put(self):
        self.assertEqual(self.call(self.good(), method="PUT").status_code, 200)
        self.assertIn(self.call(self.good(), method="DELETE").status_code, (404, 405))

    def test_noise_changes_nothing(self):
        """Every shape of a result, with the right token: never an error, and nothing changes."""
        document = self.sale()
        self.poll(work=False)
        before = document.read()[0]
        results = [None, 1, "x", [], {}, {"IdCommand": document.id}, {"IdCommand": [document.key]}, {"Command": {}}]
        results += [{"Command": "GetRezult", "Rezult": {"Command": "GetRezult", "Rezult": value}} for value in results]
        results += [{"Command": "GetDataKKT", "IdCommand": f"status-{value}-1"} for value in ("0", "x", 10**30, "-1")]
        results += [{"IdCommand": "\0"}, {"IdCommand": "\ud800"}, {"IdCommand": "a" * 10**5, "Error": "\0"}]
        results += [{"IdCommand": "00000000-0000-0000-0000-000000000000", "Command": "RegisterCheck", "Status": 0}]
        for result in results:
            self.assertEqual(self.call(self.good(ListRezult=[result])).status_code, 200, result)
        self.assertEqual(self.call(self.good(ListRezult=results)).status_code, 200)
        self.assertEqual(self.call(self.good(ListRezult=results[:20] * 1000)).status_code, 200)
        for body in (b'{"Command":"GetCommand","Token":"x","ListRezult":' + b"[" * 10**5, b"\xff" * 1000, b"1" * 10**5):
            self.assertEqual(self.call(body).status_code, 401)
        self.env.invalidate_all()
        self.assertEqual(document.read()[0], before)

    def test_call_that_is_repeated_after_a_conflict(self):
        """Odoo repeats the whole call; what KKM Server has sent is still there."""
        document = self.sale()
        self.poll()
        note, conflicts = type(self.server)._note_call, [ConcurrencyError("at the same moment")]

        def conflict(server):
            note(server)
            if conflicts:
                raise conflicts.pop()

        with patch.object(type(self.server), "_note_call", conflict), mute_logger("odoo.service.model"):
            self.poll()
        self.assertEqual((self.caller.status, document.state, conflicts), (200, "done", []))

    def test_fuzzed_calls(self):
        """The short version of `make fuzz`: calls that no KKM Server would make break nothing and change nothing."""
        document = self.sale()
        self.server.token = MARK + self.server.token
        self.caller = self.caller_for()
        self.assertEqual(self.poll(work=False), ["RegisterCheck"])
        before, statuses = self.state(), set()
        with self.assertLogs(level="DEBUG") as logs:
            for call in islice(Bodies(1, self.server.token, document.key), 400):
                if call.cut:
                    continue
                # the cookie says to which test a call belongs
                headers = {name: value for name, value in call.headers.items() if name != "Cookie"}
                response = self.call(call.body, **headers)
                self.assertEqual(response.status_code, call.status, f"{call.kind}: {headers} {call.body[:300]}")
                statuses.add(response.status_code)
        self.assertLessEqual({200, 401}, statuses)
        self.assertEqual(self.state(), before)
        told = [record.getMessage() for record in logs.records if record.name != "odoo.sql_db"]
        self.assertFalse([text for text in told if MARK in text])

    def state(self):
        """The state of all fiscal records, without the time of the last call."""
        self.env.flush_all()
        tables = [table for table in self.env.registry.models.values() if table._name.startswith("fiscal.")]
        tables = sorted({table._table for table in tables if table._auto and not table._transient})
        found = {}
        for table in [*tables, "mail_message", "mail_activity"]:
            row = SQL("to_jsonb(t) - 'last_seen'" if table == "fiscal_kkm_server" else "to_jsonb(t)")
            query = SQL("SELECT md5(string_agg((%s)::text, '' ORDER BY id)) FROM %s t", row, SQL.identifier(table))
            found[table] = self.env.execute_query(query)
        return found

    def test_a_result_that_breaks_holds_nothing_up(self):
        document = self.sale()
        self.poll()
        good = self.caller._orders[0].entry.result
        status = {"Command": "GetDataKKT", "IdCommand": f"status-{self.register.id}-1", "Status": 0}
        with mute_logger("odoo.addons.fiscal_kkm_server.models.fiscal_kkm_server"):
            Register = self.env.registry["fiscal.register"]
            with patch.object(Register, "_kkm_server_told_how_it_is", side_effect=ZeroDivisionError):
                results = json.loads(json.dumps([status, good], default=str))
                self.assertEqual(self.call(self.good(ListRezult=results)).status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(document.state, "done")

    def test_token_stands_in_no_log(self):
        with self.assertLogs(level="DEBUG") as logs:
            self.call(self.good())
            self.call(self.good(Token="wrong-token-of-somebody"))
            document = self.sale()
            self.poll(2)
        self.assertEqual(document.state, "done")
        told = [record.getMessage() for record in logs.records if record.name != "odoo.sql_db"]
        self.assertTrue([text for text in told if "was refused" in text])
        for secret in (self.server.token, "wrong-token-of-somebody"):
            self.assertFalse([text for text in told if secret in text])

    def test_token_is_for_administrators(self):
        manager = new_test_user(
            self.env, "kkm-manager", groups="fiscal_base.group_fiscal_manager", company_id=self.company.id
        )
        server = self.server.with_user(manager)
        self.assertFalse({"token", "login", "password"} & server.fields_get().keys())
        self.assertNotIn("kkm_server_token", self.register.with_user(manager).fields_get())
        server.name = "Named by the manager"

    def test_a_call_with_nothing_to_do_is_cheap(self):
        self.call(self.good())
        self.server.last_seen = fields.Datetime.now()
        self.env.flush_all()
        self.env.invalidate_all()
        path, token = self.server.path, self.server.token
        Server = self.env["fiscal.kkm.server"]
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(Server._known(path, token, "Basic Og==")._call([]), [])
        self.assertLessEqual(self.env.cr.sql_log_count - before, 3, "the server, its secrets, what is due")
