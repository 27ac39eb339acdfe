"""Sales orders in the operations book."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_sale_order import SaleCase


@tagged("post_install", "-at_install")
class TestOrderInTheBook(SaleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "first"

    def form(self):
        book = self.env["fiscal.document"].with_context(default_operation="sale")
        form = Form(book, "fiscal_base.fiscal_operation_view_form")
        form.partner_id = self.customer
        return form

    def test_an_order_is_paid_in_the_book(self):
        order = self.order()
        form = self.form()
        self.assertEqual(form.open_order_ids[:], order)
        form.sale_order_ids.add(order)
        self.assertEqual((form.total, form.name), (2000, order.name))
        form.cash_amount = 2000
        sale = form.save()
        sale.action_post_operation()
        self.drain()
        self.assertEqual((sale.stage, order.fiscal_state, sale.operation_payment_ids.amount), ("done", "done", 2000))
        self.assertFalse(order._fiscal_owed())
        dialog = self.env["fiscal.fiscalize"].browse(order.action_fiscalize()["res_id"])
        self.assertNotIn("ready", dialog.line_ids.mapped("status"))
        self.assertFalse(self.form().open_order_ids[:], "it is paid")

    def test_an_invoiced_order_is_paid_once(self):
        order = self.order()
        order._create_invoices().action_post()
        form = self.form()
        self.assertFalse(form.open_order_ids[:], "its invoice is there to be paid")
        form.move_ids.add(order.invoice_ids)
        form.card_amount = 2000
        form.save().action_post_operation()
        self.drain()
        self.assertFalse(order._fiscal_owed())

    def test_an_order_of_somebody_else_is_refused(self):
        order = self.order()
        form = self.form()
        form.sale_order_ids.add(order)
        form.cash_amount = 2000
        form.partner_id = self.env["res.partner"].create({"name": "Somebody else"})
        with self.assertRaisesRegex(UserError, order.name):
            form.save().action_post_operation()
