"""The main tasks in a real browser, with an emulated KKM Server; its tape is compared with the orders."""

import json
import time
from urllib.parse import quote

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from odoo.addons.fiscal_base.tests.test_tours import FiscalTourCase

from .common import PASSWORD, Caller, KkmServerEmulator


class InTest(Caller):
    """A KKM Server that calls while a tour plays."""

    case = None
    #: seconds after which the test itself does nothing with the database any more, once its browser has logged in
    QUIET = 2

    def _send(self, body):
        if not self.case.http_request_key or time.monotonic() < self.case.entered + self.QUIET:
            raise OSError("no tour plays")
        self.headers = {"Cookie": f"{TEST_CURSOR_COOKIE_NAME}={self.case.http_request_key}"}
        return super()._send(body)


@tagged("post_install", "-at_install", "fiscal_browser")
class TestKkmServerTours(FiscalTourCase):
    #: when the browser of the tour logged in, on `time.monotonic`
    entered = float("inf")

    def setUp(self):
        super().setUp()
        self.emulator = KkmServerEmulator(passwords={"User": PASSWORD, "Admin": "other"}).start()
        self.addCleanup(self.emulator.stop)
        self.register.write(
            {
                "provider": "kkm_server",
                "kkm_server_url": self.emulator.url,
                "kkm_server_password": PASSWORD,
                "kkm_server_serial_number": self.emulator.registers[0].serial,
            }
        )

    def authenticate(self, *args, **kwargs):
        try:
            return super().authenticate(*args, **kwargs)
        finally:
            self.entered = time.monotonic()

    def assert_registered_as_sold(self):
        """The register printed exactly what was sold, each once, to the kopeck."""
        sales = [document for document in self.emulator.documents if document.type.startswith("sale")]
        printed = [(document.number, document.total) for document in sales]
        orders = self.documents().filtered("pos_order_id")
        self.assertEqual(
            [(str(number), f"{total:.2f}") for number, total in printed],
            [(document.fiscal_number, f"{document.total:.2f}") for document in orders],
        )
        self.assertEqual(
            [f"{abs(order.amount_total):.2f}" for order in orders.pos_order_id],
            [f"{total:.2f}" for __, total in printed],
        )

    def test_a_day_at_the_till(self):
        self.tour("fiscal_day_at_the_till_with_a_service")
        self.drain()
        self.assertEqual(set(self.documents().mapped("state")), {"done"})
        self.assert_registered_as_sold()
        self.assertEqual([d.type for d in self.emulator.documents][-2:], ["cash_out", "shift_close"])

    # === The browser beside KKM Server ===

    def tour_beside_it(self, name):
        """Play a tour in a browser that knows login and password of KKM Server; Odoo does not."""
        self.register.write({"kkm_server_connection": "browser", "shift_policy": "first"})
        self.env.flush_all()
        self.config.with_user(self.user).with_company(self.company).open_ui()
        told = quote(json.dumps({"origin": self.emulator.url, "password": PASSWORD}))
        self.start_tour(
            f"/pos/ui/{self.config.id}", name, login="fiscal_cashier", timeout=120, cookies={"kkm_server": told}
        )

    def test_sale_by_the_browser(self):
        self.patch(
            self.env.registry["fiscal.register"],
            "_kkm_server_send",
            lambda *args: self.fail("Odoo cannot reach this KKM Server"),
        )
        self.tour_beside_it("fiscal_kkm_server_browser")
        self.env.invalidate_all()
        self.assert_registered_as_sold()
        self.assertEqual(len(self.documents().filtered("pos_order_id")), 1)
        self.assertEqual([printed.type for printed in self.emulator.documents], ["shift_open", "sale", "shift_close"])
        self.assertEqual(set(self.documents().mapped("state")), {"done"})
        self.assertFalse(self.register.kkm_server_password)

    def test_card_terminal_beside_the_till(self):
        self.shop.card.write({"use_payment_terminal": "kkm_server", "kkm_server_terminal_number": 10})
        self.emulator.terminal.declines.append("Недостаточно средств")
        self.tour_beside_it("fiscal_kkm_server_card")
        (payment,) = self.emulator.terminal.transactions
        order = self.documents().pos_order_id
        self.assertEqual(order.payment_ids.transaction_id, payment.universal_id)
        self.assertEqual(str(payment.amount), f"{order.amount_total:.2f}")

    def sends_again(self, *commands):
        """Play a card payment, its receipt, and the same back, by the browser beside KKM Server; each of `commands`
        meets a connection that ends before a byte of the answer, and the browser sends it again by itself.
        """
        self.shop.card.write({"use_payment_terminal": "kkm_server", "kkm_server_terminal_number": 10})
        for name in commands:
            self.emulator.fault("reused", name)
        self.tour_beside_it("fiscal_kkm_server_card_and_return")
        self.env.invalidate_all()
        self.assertEqual(self.emulator.faults.listed(), [], "every one of them was met")
        sent = [json.loads(each.body) for each in self.emulator.requests]
        for name in set(commands):
            keys = [each["IdCommand"] for each in sent if each["Command"] == name]
            self.assertGreater(len(keys), len(set(keys)), f"{name} arrived twice under one key")
        self.assert_registered_as_sold()
        self.assertEqual(set(self.documents().mapped("state")), {"done"})
        self.assertEqual([each.kind for each in self.emulator.terminal.transactions], ["pay", "return"])
        self.assertEqual(len({each.amount for each in self.emulator.terminal.transactions}), 1)

    def test_a_browser_that_sends_again_by_itself(self):
        """KKM Server takes the repeat for what it is: charged once, given back once, two receipts."""
        self.sends_again("PayByPaymentCard", "RegisterCheck", "ReturnPaymentByPaymentCard", "RegisterCheck")

    def test_a_browser_that_sends_a_declined_payment_again(self):
        """KKM Server executes the repeat, since the first run has taken nothing: charged once."""
        self.emulator.terminal.declines.append("Недостаточно средств")
        self.sends_again("PayByPaymentCard")

    def test_marking_code_is_asked_about_as_it_is_scanned(self):
        self.shop.products["coffee"].fiscal_marking_required = True
        self.emulator.registers[0].marking["010460708021818721badone\x1d91code"] = 5
        self.tour("fiscal_kkm_server_marking")
        self.assertFalse(self.documents().filtered("pos_order_id"))
        self.assertIn("ValidationMarkingCode", [json.loads(each.body)["Command"] for each in self.emulator.requests])

    # === KKM Server calls ===

    def test_sale_with_the_call(self):
        self.register.write({"kkm_server_connection": "callback", "shift_policy": "first"})
        self.register.write({"kkm_server_asked_at": fields.Datetime.now(), "health": "ready"})
        server = self.register.kkm_server_id
        caller = InTest(
            self.emulator, f"{self.base_url()}/fiscal/kkm/{server.path}", server.token, interval=0.5, timeout=20
        )
        caller.case = self
        self.addCleanup(caller.stop)
        caller.start()
        self.tour("fiscal_kkm_server_callback")
        caller.stop()
        self.env.invalidate_all()
        self.assert_registered_as_sold()
        self.assertEqual(len(self.documents().filtered("pos_order_id")), 1)
        self.assertEqual(self.emulator.requests, [], "nobody called KKM Server")

    # === Setup ===

    def test_setup(self):
        self.emulator.registers[1].unsent = 7
        self.register.kkm_server_serial_number = False
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        admin.group_ids += self.env.ref("fiscal_base.group_fiscal_manager")
        self.start_tour(f"/odoo/fiscal-registers/{self.register.id}", "fiscal_kkm_server_setup", login="admin")
        self.assertEqual(self.register.kkm_server_serial_number, self.emulator.registers[0].serial)
        self.assertEqual([printed.type for printed in self.emulator.documents], ["slip"])

    # === Odoo calls KKM Server ===

    def test_sale_while_the_service_is_down(self):
        """The sale completes, the receipt says pending and is registered when the service is back, with no reload."""
        calls = []
        Register = self.env.registry["fiscal.register"]
        submit = Register._kkm_server_submit

        def counted(register, document, request):
            if document.pos_order_id:
                calls.append(document.key)
                if len(calls) == 1:
                    self.emulator.down()
                if len(calls) == 3:
                    self.emulator.up()
            return submit(register, document, request)

        self.patch(Register, "_kkm_server_submit", counted)
        self.tour("fiscal_sale_while_the_service_is_down")
        self.assertGreaterEqual(len(calls), 3)
        self.assertEqual(len(set(calls)), 1, "always under the same key")
        self.assert_registered_as_sold()
        self.assertEqual(self.register.health, "ready")
