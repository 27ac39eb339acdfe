"""What stands behind a registered document stays as it is."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import FiscalCase


@tagged("post_install", "-at_install")
class TestGuards(FiscalCase):
    def sold(self, **vals):
        order = self.sell([(self.shop.products["coffee"], 1)], [(self.shop.card, 489.90)], **vals)
        self.drain()
        return order

    def test_invoice_of_a_registered_order(self):
        order = self.sold(partner_id=self.shop.customer.id, to_invoice=True)
        move = order.account_move
        self.assertEqual(move.state, "posted")
        self.assertEqual(len(self.env["fiscal.document"].search([("pos_order_id", "=", order.id)])), 1)
        for change in (move.button_draft, move.button_cancel):
            with self.assertRaisesRegex(UserError, "return or a correction"):
                change()
        with self.assertRaises(UserError):
            move.unlink()

    def test_order_is_not_taken_back(self):
        order = self.sold()
        for change in (
            lambda: order.write({"state": "draft"}),
            lambda: order.write({"state": "cancel"}),
            order.unlink,
        ):
            with self.assertRaises(UserError):
                change()

    def test_duplicate_has_no_fiscal_data(self):
        order = self.sold()
        copy = order.copy({"session_id": order.session_id.id})
        self.assertFalse(copy.fiscal_document_ids)
        self.assertFalse(copy.fiscal_receipts)

    def test_provider_that_is_removed_leaves_a_readable_history(self):
        document = self.sold().fiscal_document_ids
        waiting = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)]).fiscal_document_ids
        self.register._provider_removed(self.register)
        self.assertEqual((self.register.state, self.register.provider), ("disabled", "demo"), "it keeps its provider")
        self.assertEqual((document.provider, document.fiscal_number), ("demo", "2"))
        self.assertTrue(document.display_name)
        self.drain()
        self.assertEqual(waiting.state, "queued", "kept, and sent nowhere")

    def test_neutralized_copy_contacts_nobody(self):
        waiting = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)]).fiscal_document_ids
        with file_open("fiscal_base/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(self.register.state, "disabled")
        self.assertFalse(self.register.cron_id.active)
        self.drain()
        self.assertEqual((waiting.state, self.service.sent), ("queued", []))
