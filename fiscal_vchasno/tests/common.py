"""Tests against an emulated Vchasno.Kasa over a real line. The emulators lie beside the addons, in tests/emulators."""

import sys
from pathlib import Path

from odoo import fields
from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.common import FiscalCase

sys.path.append(str(Path(__file__).resolve().parents[2]))
from tests.emulators.vchasno import VchasnoEmulator
from tests.emulators.vchasno_register import Register

TOKEN = "s3cret-of-the-register"


@tagged("post_install", "-at_install")
class VchasnoCase(FiscalCase):
    """A Ukrainian shop whose register works in the emulated cloud of Vchasno.Kasa."""

    country = "UA"

    def setUp(self):
        super().setUp()
        self.emulator = VchasnoEmulator(registers=[Register(token=TOKEN, clock=self.clock)]).start()
        self.addCleanup(self.emulator.stop)
        self.emulated = self.emulator.registers[0]
        self.register.write(
            {
                "provider": "vchasno",
                "vchasno_mode": "cloud",
                "vchasno_url": self.emulator.url,
                "vchasno_token": TOKEN,
                "shift_policy": "first",
            }
        )

    def clock(self):
        """What the clock of the register shows."""
        return self.register._local(fields.Datetime.now())

    def settle(self):
        """Run the lane, ignoring its pauses."""
        self.due()
        self.drain()

    def printed(self, *tasks):
        """What was registered, of these tasks."""
        return [printed for printed in self.emulator.documents if printed.task in tasks]

    def operation(self, operation, total=0.0, **vals):
        """Queue a document without lines."""
        event = f"test:{operation}:{len(self.register.document_ids)}"
        return self.register._enqueue_simple(operation, event, self.cashier, total, **vals)
