"""The main job in a real browser, on an emulated KKM Server; what it registered is compared with the orders."""

from odoo.tests import tagged
from odoo.tests.common import _super_send

from odoo.addons.fiscal_base.tests.test_tours import FiscalTourCase

from .common import PASSWORD, KkmServerEmulator


@tagged("post_install", "-at_install", "fiscal_browser")
class TestKkmServerTours(FiscalTourCase):
    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.url.startswith("http://127.0.0.1:"):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

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
