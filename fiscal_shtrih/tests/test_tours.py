"""The main job in a real browser, on an emulated register at the other end of a pseudo-terminal."""

import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.test_tours import FiscalTourCase

from ..models import fiscal_register_find
from ..transport import Port
from .common import ShtrihEmulator


@tagged("post_install", "-at_install", "fiscal_browser")
class TestShtrihTours(FiscalTourCase):
    def setUp(self):
        super().setUp()
        self.emulator = ShtrihEmulator(pty=True).start()
        self.addCleanup(self.emulator.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        #: a name by id, which is there as long as the cable is
        self.port = Path(folder.name) / "usb-register"
        self.plug()
        self.register.write({"provider": "shtrih", "shtrih_address": str(self.port), "shift_policy": "first"})

    def plug(self):
        self.port.symlink_to(self.emulator.address)

    def stored(self):
        return [(document.type, document.operation) for document in self.emulator.register.documents]

    def assert_registered_as_sold(self):
        """The storage of the register has exactly what was sold, each once, to the kopeck."""
        receipts = [document for document in self.emulator.register.documents if document.type == 3]
        orders = self.documents().filtered("pos_order_id")
        self.assertEqual(
            [(str(receipt.number), receipt.total) for receipt in receipts],
            [(document.fiscal_number, round(document.total * 100)) for document in orders],
        )
        self.assertEqual(
            [round(abs(order.amount_total) * 100) for order in orders.pos_order_id],
            [receipt.total for receipt in receipts],
        )

    def test_a_day(self):
        self.tour("fiscal_shtrih_sale_and_return")
        self.drain()
        self.assert_registered_as_sold()
        self.correct()
        self.tour("fiscal_shtrih_closing")
        self.drain()
        self.assertEqual(self.stored(), [(2, 0), (3, 1), (3, 2), (31, 1), (5, 0)])
        self.assertEqual(set(self.documents().mapped("state")), {"done"})

    def correct(self):
        """An accountant corrects the sale in the back office."""
        self.user.group_ids += self.env.ref("fiscal_base.group_fiscal_accountant")
        sale = self.documents().filtered(lambda document: document.operation == "sale")
        url = f"/odoo/fiscal-documents/{sale.id}"
        self.start_tour(url, "fiscal_shtrih_correction", login="fiscal_cashier")
        self.drain()
        correction = self.documents()[-1]
        self.assertEqual((correction.operation, correction.state), ("correction_sale", "done"))
        self.assertEqual(correction.fiscal_number, str(self.emulator.register.documents[-1].number))
        self.assertEqual(self.emulator.register.documents[-1].total, round(sale.total * 100))

    def test_cable_out(self):
        """The sale completes, its receipt is pending, and is registered when the cable is in again, with no reload."""
        Register = self.env.registry["fiscal.register"]
        submit, run, tries = Register._shtrih_submit, Register._shtrih_run, []

        def unplugged(register, document, request):
            if document.pos_order_id and not tries:
                self.port.unlink()
            return submit(register, document, request)

        def counted(register, *args, **options):
            if not self.port.is_symlink():
                tries.append(register)
                if len(tries) == 3:
                    self.plug()
            return run(register, *args, **options)

        self.patch(Register, "_shtrih_submit", unplugged)
        self.patch(Register, "_shtrih_run", counted)
        self.tour("fiscal_shtrih_cable_out")
        self.env.invalidate_all()
        self.assertEqual(len(tries), 3)
        self.assert_registered_as_sold()
        self.assertEqual(self.register.health, "ready")

    def test_find(self):
        self.register.write({"shtrih_address": False, "state": "disabled"})
        silent = ShtrihEmulator(pty=True)
        silent.device.byte = lambda byte: b""
        self.addCleanup(silent.start().stop)
        ports = [
            Port("/dev/no-such-port", ""),
            Port(self.emulator.address, "USB register, 1FC9:0089"),
            Port(silent.address, "A port where nobody is"),
        ]
        self.startPatcher(patch.object(fiscal_register_find, "serial_ports", lambda: ports))
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        admin.group_ids += self.env.ref("fiscal_base.group_fiscal_manager")
        self.start_tour(f"/odoo/fiscal-registers/{self.register.id}", "fiscal_shtrih_find", login="admin")
        self.assertEqual(self.register.shtrih_address, self.emulator.address)
        self.assertEqual(self.emulator.register.documents, [])
