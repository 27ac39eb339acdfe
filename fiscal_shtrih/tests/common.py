"""Tests against an emulated register over a real line. The emulator lies beside the addons, in tests/emulators."""

import sys
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.common import FiscalCase

sys.path.append(str(Path(__file__).resolve().parents[2]))
from tests.emulators.shtrih import ShtrihEmulator
from tests.emulators.shtrih_register import Register

__all__ = ["Register", "ShtrihCase", "ShtrihEmulator"]


@tagged("post_install", "-at_install")
class ShtrihCase(FiscalCase):
    """A Russian shop whose register is at the other end of a socket; `over` puts it on another line."""

    def setUp(self):
        super().setUp()
        self.over(ShtrihEmulator())

    def over(self, emulator, **vals):
        self.emulator = emulator.start()
        self.addCleanup(emulator.stop)
        self.tape = emulator.register
        self.register.write({"provider": "shtrih", "shtrih_address": emulator.address, "shift_policy": "first", **vals})

    def settle(self):
        """Run the lane with every pause over."""
        self.due()
        self.drain(seconds=20)

    def receipts(self):
        """Receipts and corrections in the fiscal storage."""
        return [document for document in self.tape.documents if document.type in (3, 31)]

    def operation(self, operation, total=0.0):
        """Queue a document without lines."""
        event = f"test:{operation}:{len(self.register.document_ids)}"
        return self.register._enqueue_simple(operation, event, self.cashier, total)
