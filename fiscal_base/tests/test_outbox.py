"""One business event, one document; one register, one request at a time; nothing lost, nothing sent twice."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.outcome import Outcome
from .common import FiscalCase, executed_but_lost


@tagged("post_install", "-at_install")
class TestOutbox(FiscalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def sale(self, **vals):
        bread, coffee = self.shop.products["bread"], self.shop.products["coffee"]
        order = self.sell([(bread, 2), (coffee, 1)], [(self.shop.cash, 700)], **vals)
        return order, order.fiscal_document_ids

    def test_sale_is_queued_with_the_order_and_registered_by_the_lane(self):
        order, document = self.sale()
        self.assertEqual(document.state, "queued")
        self.assertEqual(self.service.sent, [], "no network call in the transaction of the sale")
        self.assertEqual((document.total, document.change), (613.90, 86.10))
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertEqual(document.fiscal_number, "1")
        self.assertEqual([key for key, __ in self.service.sent], [document.key])
        self.assertEqual(order.fiscal_receipts[0]["number"], "1")

    def test_order_synced_five_times_has_one_document(self):
        data = self.order_data([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        for __ in range(5):
            self.env["pos.order"].sync_from_ui([dict(data)])
        order = self.env["pos.order"].search([("uuid", "=", data["uuid"])])
        self.assertEqual(len(order.fiscal_document_ids), 1)
        self.drain()
        self.assertEqual(len(self.service.sent), 1)

    def test_lost_answer_is_looked_up_and_not_sent_again(self):
        __, document = self.sale()
        self.service.plan = [executed_but_lost]
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertEqual(len(self.service.sent), 1)
        self.assertEqual(self.service.asked, [document.key])

    def test_worker_killed_while_sending(self):
        """The worker died between the second and the third commit: asked, not sent again."""
        __, document = self.sale()
        document._move("sending")
        self.env["fiscal.attempt"].create({"document_id": document.id, "kind": "submit", "key": document.key})
        self.service.registered[document.key] = {}
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertEqual(self.service.sent, [])
        self.assertEqual(self.service.asked, [document.key])

    def test_service_never_saw_it(self):
        __, document = self.sale()
        self.service.plan = [Outcome.unknown("lost before it arrived", 0)]
        self.drain()
        self.due()
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertEqual([key for key, __ in self.service.sent], [document.key] * 2)
        self.assertEqual(self.service.sent[0][1], self.service.sent[1][1], "a repeat sends the same")

    def test_program_error_while_sending_is_unknown(self):
        __, document = self.sale()
        self.service.plan = [ValueError("bug"), Outcome.unknown("still", 60)]
        with self.assertLogs("odoo.addons.fiscal_base.models.register.lane", "ERROR"):
            self.drain()
        self.assertEqual(document.state, "unknown")
        self.assertEqual(len(self.service.sent), 1)

    def test_rejected_does_not_block_unknown_does(self):
        __, first = self.sale()
        __, second = self.sale()
        __, third = self.sale()
        self.service.plan = [Outcome.rejected("7", "no such tax"), Outcome.unknown("?", 600)]
        self.drain()
        self.assertEqual((first + second + third).mapped("state"), ["rejected", "unknown", "queued"])
        self.assertTrue(first.error_message)
        self.due()
        self.drain()
        self.due()
        self.drain()
        self.assertEqual((second + third).mapped("state"), ["done", "done"])

    def test_register_out_of_reach_keeps_the_order(self):
        documents = [self.sale()[1] for __ in range(3)]
        self.service.plan = [Outcome.not_sent("refused", 0), Outcome.not_sent("refused", 600)]
        self.drain()
        self.assertEqual([document.state for document in documents], ["queued"] * 3)
        self.assertEqual(self.register.health, "offline")
        self.due()
        self.drain()
        self.assertEqual([document.fiscal_number for document in documents], ["1", "2", "3"])
        self.assertEqual(self.register.health, "ready")

    def test_document_is_frozen(self):
        __, document = self.sale()
        for change in (
            lambda: document.sudo().write({"total": 1}),
            lambda: document.line_ids[0].sudo().write({"amount": 1}),
            lambda: document.payment_ids.sudo().unlink(),
            lambda: document.sudo().unlink(),
            lambda: document.sudo().with_context(fiscal_engine=True).write({"state": "done"}),
            lambda: document.sudo().copy(),
        ):
            with self.assertRaises(UserError):
                change()

    def test_order_is_frozen(self):
        order, __ = self.sale()
        for change in (
            lambda: order.lines[0].write({"qty": 5}),
            lambda: order.payment_ids[0].write({"amount": 5}),
            lambda: order.payment_ids.unlink(),
            lambda: order.write({"amount_total": 1}),
        ):
            with self.assertRaises(UserError):
                change()
