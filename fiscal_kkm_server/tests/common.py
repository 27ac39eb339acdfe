"""Tests against an emulated KKM Server over a real line. The emulator lies beside the addons, in tests/emulators."""

import sys
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.common import FiscalCase

sys.path.append(str(Path(__file__).resolve().parents[2]))
from tests.bench.bodies import MARK, Bodies
from tests.emulators.kkm_callback import Caller
from tests.emulators.kkm_server import KkmServerEmulator

__all__ = ["MARK", "PASSWORD", "Bodies", "Caller", "KkmServerCase", "KkmServerEmulator"]

PASSWORD = "s3cret-of-the-shop"


@tagged("post_install", "-at_install")
class KkmServerCase(FiscalCase):
    """A Russian shop with a register behind an emulated KKM Server."""

    def setUp(self):
        super().setUp()
        self.emulator = KkmServerEmulator(passwords={"User": PASSWORD, "Admin": "other"}).start()
        self.addCleanup(self.emulator.stop)
        self.register.write(
            {
                "provider": "kkm_server",
                "kkm_server_url": self.emulator.url,
                "kkm_server_login": "User",
                "kkm_server_password": PASSWORD,
                "kkm_server_serial_number": self.emulator.registers[0].serial,
                "shift_policy": "manual",
            }
        )

    def settle(self):
        """Run the lane, ignoring its pauses."""
        self.due()
        self.drain()

    def printed(self, *types):
        """What the register printed, of these types."""
        return [printed for printed in self.emulator.documents if printed.type in types]

    def operation(self, operation, total=0.0):
        """Queue a document without lines."""
        event = f"test:{operation}:{len(self.register.document_ids)}"
        return self.register._enqueue_simple(operation, event, self.cashier, total)
