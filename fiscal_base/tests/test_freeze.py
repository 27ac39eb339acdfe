"""What a receipt was made of stays as it is, whichever way a client comes: field by field, row by row, by context."""

from odoo.fields import Command
from odoo.tests import tagged

from .rpc import RpcCase

#: contexts that some part of Odoo or of the suite asks for; a client may send any of them
CONTEXTS = (
    {},
    {"install_mode": True},
    {"fiscal_engine": True, "fiscal_later": True, "fiscal_till": True},
    {"force_delete": True, "dynamic_unlink": True, "skip_readonly_check": True, "skip_invoice_sync": True},
)


@tagged("post_install", "-at_install")
class TestFreeze(RpcCase):
    def setUp(self):
        super().setUp()
        self.register.shift_policy = "manual"
        self.be(self.person("boss", "point_of_sale.group_pos_manager", "account.group_account_manager"))
        self.order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        self.drain()
        self.draft = self.env["pos.order"].create(
            {
                "session_id": self.order.session_id.id,
                "company_id": self.company.id,
                "amount_total": 0,
                "amount_tax": 0,
                "amount_paid": 0,
                "amount_return": 0,
            }
        )

    def refused(self, model, method, ids, *args):
        for context in CONTEXTS:
            with self.subTest(model=model, method=method, args=args, context=context):
                self.assert_refused(model, method, ids, *args, context=context)

    def test_order(self):
        order, line, payment = self.order, self.order.lines, self.order.payment_ids
        employee = self.shop.employees[1]
        for vals in (
            {"uuid": "00000000-0000-4000-8000-000000000000"},
            {"date_order": "2020-01-01 00:00:00"},
            {"employee_id": employee.id},
            {"amount_paid": 61, "amount_total": 61},
            {"lines": [Command.update(line.id, {"qty": 2})]},
            {"payment_ids": [Command.delete(payment.id)]},
            {"state": "draft"},
        ):
            self.refused("pos.order", "write", order.ids, vals)
        self.refused("pos.order", "unlink", order.ids)
        self.assertEqual((order.amount_total, len(order.fiscal_document_ids)), (62, 1))

    def test_rows_of_the_order(self):
        line, payment = self.order.lines, self.order.payment_ids
        for vals in (
            {"order_id": self.draft.id},
            {"full_product_name": "Another"},
            {"fiscal_marking_code": "0104"},
            {"price_subtotal_incl": 1},
            {"qty": 2},
            {"combo_parent_id": line.id},
            {"pack_lot_ids": [Command.create({"lot_name": "1"})]},
        ):
            self.refused("pos.order.line", "write", line.ids, vals)
        for vals in ({"pos_order_id": self.draft.id}, {"amount": 1}, {"is_change": True}):
            self.refused("pos.payment", "write", payment.ids, vals)
        self.refused("pos.order.line", "unlink", line.ids)
        self.refused("pos.payment", "unlink", payment.ids)
        new = {"order_id": self.order.id, "product_id": line.product_id.id, "qty": 1, "price_unit": 1}
        self.refused("pos.order.line", "create", [{**new, "price_subtotal": 1, "price_subtotal_incl": 1}])
        self.refused("pos.pack.operation.lot", "create", [{"pos_order_line_id": line.id, "lot_name": "1"}])

    def test_rows_are_not_moved_to_the_order(self):
        new = {"order_id": self.draft.id, "product_id": self.shop.products["bread"].id, "qty": 1, "price_unit": 62}
        line = self.env["pos.order.line"].create({**new, "price_subtotal": 62, "price_subtotal_incl": 62})
        self.refused("pos.order.line", "write", line.ids, {"order_id": self.order.id})
        payment = self.env["pos.payment"].create(
            {"pos_order_id": self.draft.id, "amount": 5, "payment_method_id": self.shop.card.id}
        )
        self.refused("pos.payment", "write", payment.ids, {"pos_order_id": self.order.id})

    def test_what_is_written_again_as_it_is(self):
        """Odoo does so, and it changes nothing."""
        order = self.order
        self.rpc("pos.order", "write", order.ids, {"amount_total": 62, "uuid": order.uuid, "nb_print": 1})
        self.rpc("pos.order.line", "write", order.lines.ids, {"qty": 1, "customer_note": "thanks"})

    def test_receipt_that_was_given_up_is_not_made_by_paying_again(self):
        document = self.order.fiscal_document_ids
        self.env.cr.execute("UPDATE fiscal_document SET state = 'cancelled' WHERE id = %s", document.ids)
        self.env.invalidate_all()
        self.rpc("pos.order", "action_pos_order_paid", self.order.ids)
        self.assertEqual(self.order.fiscal_document_ids, document)

    def invoiced(self):
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        bank.fiscal_register_id = self.register
        product = self.shop.products["bread"]
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.shop.customer.id,
                "invoice_line_ids": [Command.create({"product_id": product.id, "quantity": 1, "price_unit": 62})],
            }
        )
        invoice.action_post()
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        payment = wizard.create({"journal_id": bank.id})._create_payments()
        self.drain()
        self.assertEqual(payment.fiscal_state, "done")
        return invoice, payment

    def test_accounting(self):
        invoice, payment = self.invoiced()
        self.refused("account.move", "write", invoice.ids, {"state": "draft"})
        self.refused("account.move", "write", invoice.ids, {"state": "cancel"})
        self.refused("account.payment", "write", payment.ids, {"state": "draft"})
        self.refused("account.payment", "write", payment.ids, {"amount": 1})
        self.refused("account.payment", "unlink", payment.ids)
        line = invoice.invoice_line_ids
        for vals in ({"price_unit": 1}, {"quantity": 2}, {"tax_ids": [Command.clear()]}, {"discount": 50}):
            self.refused("account.move.line", "write", line.ids, vals)
        self.refused("account.move.line", "unlink", line.ids)
        self.refused("account.move", "unlink", invoice.ids)
        if payment.move_id:
            self.refused("account.move", "write", payment.move_id.ids, {"state": "draft"})
            self.refused("account.move.line", "unlink", payment.move_id.line_ids.ids)

    def test_invoice_is_still_matched(self):
        """Reconciliation is no change of what was sold."""
        invoice, payment = self.invoiced()
        lines = (invoice | payment.move_id).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.rpc("account.move.line", "remove_move_reconcile", lines.ids)
        self.rpc("account.move.line", "reconcile", lines.ids)
        self.assertTrue(all(lines.mapped("reconciled")))
