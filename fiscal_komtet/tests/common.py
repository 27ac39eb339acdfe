"""Tests against an emulated Komtet Kassa over a real line. The emulator lies beside the addons, in tests/emulators."""

import sys
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.common import FiscalCase

sys.path.append(str(Path(__file__).resolve().parents[2]))
from tests.emulators.komtet import KomtetEmulator, sign, wait_for

__all__ = ["SECRET", "SHOP", "KomtetCase", "KomtetEmulator", "settings", "sign", "wait_for"]

SHOP, SECRET = "shop-7f3a", "s3cret-of-the-shop"


def settings(emulator):
    """Values of a register behind `emulator`."""
    return {
        "provider": "komtet",
        "komtet_server": emulator.url,
        "komtet_shop_id": SHOP,
        "komtet_secret_key": SECRET,
        "komtet_queue_id": "3",
        "komtet_address": "https://odoo.example.com",
    }


@tagged("post_install", "-at_install")
class KomtetCase(FiscalCase):
    """A Russian shop with a register behind an emulated Komtet Kassa, which prints on demand."""

    def setUp(self):
        super().setUp()
        self.emulator = KomtetEmulator(shops={SHOP: SECRET}, seconds=None).start()
        self.addCleanup(self.emulator.stop)
        # nothing listens at the callback address here; callbacks are tested separately
        self.emulator.call_back = lambda task: None
        self.register.write(settings(self.emulator))

    def sale(self, payments=None, **vals):
        """The document of an order of bread and apples for 198.95, paid in cash by default."""
        bread, apples = self.shop.products["bread"], self.shop.products["apples"]
        order = self.sell([(bread, 2), (apples, 0.5)], payments or [(self.shop.cash, 200)], **vals)
        return order.fiscal_document_ids

    def settle(self):
        """Run the lane, ignoring its pauses."""
        self.due()
        self.drain()

    def requests(self, method):
        return [request for request in self.emulator.requests if request.method == method]

    def assertRegistered(self, document):
        """Assert that the document is done and is the only receipt on the tape."""
        self.assertEqual(document.state, "done", document.error_message)
        (printed,) = self.emulator.documents
        self.assertEqual(document.fiscal_number, printed.fiscal["i"])
        self.assertEqual(document.fiscal_sign, printed.fiscal["fp"])
        self.assertEqual(document.key, printed.key)
