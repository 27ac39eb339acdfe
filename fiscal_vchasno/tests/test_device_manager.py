"""Registers in Device Manager: reached by the server, by way of the service, or by the cashier's browser."""

from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.fiscal_base.tools.transport import Request, send

from tests.emulators.vchasno_dm import DeviceManagerEmulator

from .common import Register, VchasnoCase, VchasnoEmulator


@tagged("post_install", "-at_install")
class DeviceManagerCase(VchasnoCase):
    """The shop's register works in an emulated Device Manager in the same network."""

    def setUp(self):
        super().setUp()
        self.manager = DeviceManagerEmulator(registers=[Register(clock=self.clock)]).start()
        self.addCleanup(self.manager.stop)
        self.emulated = self.manager.registers[0]
        self.register.write(
            {
                "vchasno_mode": "dm",
                "vchasno_dm_url": self.manager.url,
                "vchasno_device": self.emulated.device,
                "vchasno_print": True,
                "vchasno_token": False,
            }
        )

    def sale(self):
        order = self.sell([(self.shop.products["bread"], 2)], [(self.shop.cash, 100)])
        return order.fiscal_document_ids

    def printed(self, *tasks):
        return [printed for printed in self.manager.documents if printed.task in tasks]

    def assertOneReceipt(self, document):
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.printed(1)
        self.assertEqual((document.fiscal_number, document.key), (sale.number, sale.tag))


@tagged("post_install", "-at_install")
class TestDeviceManager(DeviceManagerCase):
    def test_sale(self):
        document = self.sale()
        self.assertEqual(self.manager.requests, [], "no network in the transaction of the sale")
        self.drain()
        self.assertOneReceipt(document)
        self.assertEqual([printed.task for printed in self.manager.documents], [0, 1], "Odoo opens the shift first")
        self.assertEqual(self.register.document_ids.sorted("id").mapped("operation"), ["sale", "shift_open"])
        self.assertEqual(self.manager.paper, ["prn", "prn"])
        self.assertEqual(self.manager.oddities, [])
        self.assertEqual(self.emulator.requests, [], "the cloud is not asked")

    def test_named_printer_and_none(self):
        self.register.vchasno_printer = "Star"
        self.sale()
        self.drain()
        self.register.vchasno_print = False
        self.sale()
        self.drain()
        self.assertEqual(self.manager.paper, ["Star", "Star"])

    def test_lost_answer_is_asked_for_by_the_tag(self):
        self.sale()
        self.drain()
        for kind in ("reset_after", "cut", "garbage", "http_error"):
            with self.subTest(kind):
                self.emulated.shift.printed.clear()
                self.manager.fault(kind, "sale")
                document = self.sale()
                self.drain()
                for __ in range(3):
                    self.settle()
                self.assertOneReceipt(document)

    def test_day(self):
        for operation, total in (("cash_in", 100), ("cash_out", 50), ("zero", 0), ("x_report", 0), ("shift_close", 0)):
            document = self.operation(operation, total)
            self.drain()
            self.assertEqual(document.state, "done", f"{operation}: {document.error_message}")
        self.assertEqual([printed.task for printed in self.manager.documents], [0, 3, 4, 1, 11])
        self.assertFalse(self.register.shift_id)

    def test_shift_of_more_than_24_hours_is_renewed(self):
        self.sale()
        self.drain()
        self.manager.fault("shift_expired")
        document = self.sale()
        for __ in range(4):
            self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(document.shift_number, 2)
        self.assertEqual([printed.task for printed in self.manager.documents], [0, 1, 11, 0, 1])

    def test_shift_that_somebody_closed_in_device_manager(self):
        self.sale()
        self.drain()
        self.emulated.auto_close()
        document = self.sale()
        for __ in range(3):
            self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(document.shift_number, 2)

    def test_unknown_name(self):
        self.register.vchasno_device = "Каса 9"
        document = self.sale()
        self.drain()
        self.assertIn("does not know this register", self.register.health_message)
        self.assertFalse(self.register._status().ready)
        self.register.vchasno_device = self.emulated.device
        for __ in range(3):
            self.settle()
        self.assertOneReceipt(document)

    def test_sending_needs_the_token_of_the_cloud(self):
        self.assertEqual(self.register._capabilities().delivers, frozenset())
        self.register.vchasno_token = "another"
        self.assertEqual(self.register._capabilities().delivers, {"email", "sms", "viber"})

    def test_by_way_of_the_service(self):
        cloud = VchasnoEmulator(dm=self.manager.url).start()
        self.addCleanup(cloud.stop)
        self.register.write(
            {"vchasno_url": cloud.url, "vchasno_proxy_token": cloud.dm_token, "vchasno_mode": "dm_proxy"}
        )
        document = self.sale()
        self.drain()
        self.assertOneReceipt(document)
        self.assertTrue(self.register._status().ready)
        self.manager.down()
        late = self.sale()
        self.drain()
        self.assertEqual((late.state, late.error_code), ("queued", "dm_not_connected"))
        self.manager.up()
        self.settle()
        self.assertEqual(late.state, "done", late.error_message)

    def test_a_document_of_the_cloud_is_looked_up_in_the_cloud(self):
        """The way was changed while the outcome of a document was open."""
        self.register.write({"vchasno_token": "s3cret-of-the-register", "vchasno_mode": "cloud"})
        self.emulator.fault("reset_after", "sale")
        document = self.sale()
        self.drain()
        self.assertEqual(document.state, "unknown")
        self.register.vchasno_mode = "dm"
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual([printed.task for printed in self.emulator.documents], [0, 1])
        self.assertEqual(self.manager.documents, [])


@tagged("post_install", "-at_install")
class TestBrowser(DeviceManagerCase):
    """Odoo's server does not reach Device Manager; a browser beside it carries the requests."""

    def setUp(self):
        super().setUp()
        self.register.vchasno_mode = "dm_browser"

    def carry(self, lose=0):
        """Work off the queue as a browser does.

        :param lose: so many of the first replies get lost
        """
        with self.enter_registry_test_mode():
            call = self.register._relay_take()
            while call:
                reply = send(Request(call["method"], call["url"], call["body"], call["headers"]))
                brought = {"status": reply.status, "text": reply.text} if lose <= 0 else {"error": "TypeError"}
                lose -= 1
                call = self.register._relay_bring(call["token"], brought)
        self.env.invalidate_all()

    def test_sale(self):
        document = self.sale()
        self.drain()
        self.assertEqual((document.state, self.manager.requests), ("queued", []), "the server sends nothing")
        self.carry()
        self.assertOneReceipt(document)
        self.assertEqual([printed.task for printed in self.manager.documents], [0, 1])

    def test_reply_that_is_lost(self):
        document = self.sale()
        self.carry()
        self.emulated.shift.printed.clear()
        document = self.sale()
        self.carry(lose=1)
        self.due()
        self.carry()
        self.assertOneReceipt(document)
        self.assertIn("lookup", document.attempt_ids.mapped("kind"))

    def test_nothing_secret_goes_to_the_browser(self):
        self.register.write({"vchasno_token": "s3cret-of-the-register", "vchasno_proxy_token": "s3cret-too"})
        self.sale()
        with self.enter_registry_test_mode():
            call = self.register._relay_take()
        self.assertNotIn("s3cret", repr(call))
        self.assertEqual(call["headers"].keys(), {"Content-Type", "Accept"})

    def test_document_of_the_cloud_waits_for_the_cloud(self):
        """No token goes to a browser, even when the way was changed while the outcome of a document was open."""
        self.register.write({"vchasno_token": "s3cret-of-the-register", "vchasno_mode": "cloud"})
        self.emulator.fault("reset_after", "sale")
        document = self.sale()
        self.drain()
        self.register.vchasno_mode = "dm_browser"
        self.due()
        with self.enter_registry_test_mode():
            self.assertIsNone(self.register._relay_take())
        self.env.invalidate_all()
        self.assertEqual((document.state, document.error_code), ("unknown", "other_way"))
        self.register.vchasno_mode = "cloud"
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)

    def test_status(self):
        call = self.register.relay_status([])["call"]
        reply = send(Request(call["method"], call["url"], call["body"], call["headers"]))
        action = self.register.relay_status([{"status": reply.status, "text": reply.text}])["action"]
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn(self.emulated.fisid, action["params"]["message"])
        self.assertEqual(Decimal(self.register.status_data["cash"]), Decimal("0.00"))
