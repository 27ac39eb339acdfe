"""Documents that a person writes: returns and corrections of a receipt, operations without an order."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import FiscalCase


@tagged("post_install", "-at_install")
class TestManual(FiscalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"
        cls.Document = cls.env["fiscal.document"]

    def sold(self):
        bread, coffee = self.shop.products["bread"], self.shop.products["coffee"]
        order = self.sell([(bread, 2), (coffee, 1)], [(self.shop.cash, 200), (self.shop.card, 500)])
        self.drain()
        return order.fiscal_document_ids

    def draft(self, action):
        return self.Document.browse(action["res_id"])

    def test_cash_in_needs_only_a_sum(self):
        document = self.Document.create({"operation": "cash_in", "register_id": self.register.id, "total": 500})
        self.assertEqual(document.state, "draft")
        document.action_post()
        self.drain()
        self.assertEqual((document.state, document.cashier_name), ("done", self.cashier.name))

    def test_every_problem_is_said_and_the_draft_stays(self):
        document = self.Document.create({"operation": "cash_out", "register_id": self.register.id})
        self.cashier.fiscal_tax_number = False
        self.register.employee_id = self.cashier
        with self.assertRaisesRegex(UserError, "(?s)tax number.*sum of cash"):
            document.action_post()
        self.assertEqual(document.state, "draft")
        document.unlink()

    def test_sale_by_form(self):
        form = Form(self.Document.with_context(default_operation="sale"))
        form.register_id = self.register
        with form.line_ids.new() as line:
            line.product_id = self.shop.products["coffee"]
            line.quantity = 2
        with form.payment_ids.new() as payment:
            payment.kind = "cash"
            payment.amount = 1000
        document = form.save()
        self.assertEqual(document.total, 979.80)
        self.assertEqual(document.line_ids.tax_code, "vat22")
        document.action_post()
        self.assertEqual(document.change, 20.20)
        self.drain()
        self.assertEqual(document.state, "done")

    def test_return_of_a_part_and_never_more_than_was_sold(self):
        sale = self.sold()
        first = self.draft(sale.action_return())
        self.assertEqual((first.total, first.original_id), (613.90, sale))
        first.line_ids.filtered(lambda line: line.quantity == 2).unlink()
        first.payment_ids = [Command.clear(), Command.create({"kind": "electronic", "amount": 489.90})]
        first.action_post()
        self.assertEqual(first.total, 489.90)
        second = self.draft(sale.action_return())
        self.assertEqual(second.total, 124.00)
        self.assertEqual(sum(second.line_ids.mapped("amount")), 124.00)
        second.line_ids[0].amount += 1
        second.payment_ids[0].amount += 1
        with self.assertRaisesRegex(UserError, "can still be returned"):
            second.action_post()
        second.line_ids[0].amount -= 1
        second.payment_ids[0].amount -= 1
        second.action_post()
        self.drain()
        self.assertEqual((first + second).mapped("state"), ["done", "done"])
        with self.assertRaises(UserError):
            sale.action_return()

    def test_correction_has_reason_document_and_date(self):
        sale = self.sold()
        correction = self.draft(sale.action_correct())
        self.assertEqual(correction.operation, "correction_sale")
        correction.write({"correction_kind": "1", "correction_reason": False})
        with self.assertRaisesRegex(UserError, "(?s)number of the order.*reason"):
            correction.action_post()
        correction.write(
            {"correction_number": "MOS-4516", "correction_reason": "wrong rate", "correction_date": date(2026, 11, 1)}
        )
        correction.action_post()
        told = correction._as_receipt().correction
        self.assertEqual((told.kind, told.number, told.date), (1, "MOS-4516", date(2026, 11, 1)))
        self.drain()
        self.assertEqual(correction.state, "done")

    def test_change_was_not_paid(self):
        """700.00 were handed over for 613.90: what goes back by cash is what was kept of it."""
        back = self.draft(self.sold().action_return())
        self.assertEqual([(p.kind, p.amount) for p in back.payment_ids], [("cash", 113.90), ("electronic", 500.00)])

    def test_only_the_register_fills_in_what_it_printed(self):
        for vals in ({"fiscal_number": "1"}, {"request": {}}, {"key": "x"}, {"event": "pos.order:x"}):
            with self.assertRaises(UserError):
                self.Document.create({"operation": "x_report", "register_id": self.register.id, **vals})
        document = self.Document.create({"operation": "x_report", "register_id": self.register.id, "state": "done"})
        self.assertEqual(document.state, "draft")
        with self.assertRaises(UserError):
            document.state = "done"

    def test_cashier_may_write_operations(self):
        user = new_test_user(self.env, "book_keeper", "point_of_sale.group_pos_user", company_id=self.company.id)
        self.shop.employees[1].user_id = user
        document = (
            self.Document.with_user(user)
            .with_company(self.company)
            .create({"operation": "cash_in", "register_id": self.register.id, "total": 5, "employee_id": False})
        )
        document.employee_id = self.shop.employees[1]
        document.action_post()
        self.assertEqual(document.state, "queued")

    def test_sale_on_credit_and_in_part(self):
        credit = self.env["pos.payment.method"].create(
            {"name": "Account", "company_id": self.company.id, "split_transactions": True}
        )
        self.config.payment_method_ids |= credit
        bread = self.shop.products["bread"]
        vals = {"partner_id": self.shop.customer.id}
        whole = self.sell([(bread, 1)], [(credit, 62)], **vals).fiscal_document_ids
        part = self.sell([(bread, 1)], [(credit, 40), (self.shop.card, 22)], **vals).fiscal_document_ids
        self.assertEqual((whole.line_ids.method_sign, part.line_ids.method_sign), ("6", "5"))
        self.assertEqual(whole.payment_ids.kind, "credit")

    def test_goods_of_somebody_else_and_a_company_that_buys(self):
        coffee = self.shop.products["coffee"]
        supplier = self.env["res.partner"].create(
            {"name": "ООО «Поставщик»", "vat": "7736050003", "phone": "+79990000000"}
        )
        coffee.write({"fiscal_agent": "5", "fiscal_supplier_id": supplier.id})
        buyer = self.env["res.partner"].create({"name": "ООО «Покупатель»", "is_company": True, "vat": "7728168971"})
        document = self.sell([(coffee, 1)], [(self.shop.card, 489.90)], partner_id=buyer.id).fiscal_document_ids
        receipt = document._as_receipt()
        line = receipt.lines[0]
        self.assertEqual((line.agent, line.supplier.name, line.supplier.tax_number), (5, supplier.name, "7736050003"))
        self.assertEqual((receipt.customer.name, receipt.customer.tax_number), (buyer.name, "7728168971"))
        buyer.write({"name": "Another", "vat": False})
        self.assertEqual(document._as_receipt().customer.name, "ООО «Покупатель»", "frozen")

    def test_marked_goods_keep_their_code(self):
        coffee = self.shop.products["coffee"]
        coffee.fiscal_marking_required = True
        code = "010460708021818721&dAIMq\x1d910058\x1d92gx+"
        without = self.sell([(coffee, 1)], [(self.shop.card, 489.90)]).fiscal_document_ids
        self.assertEqual(without.state, "rejected")
        self.assertIn("marking code", without.error_message)
        scanned = self.sell([(coffee, 1, {"fiscal_marking_code": code})], [(self.shop.card, 489.90)])
        self.assertEqual(scanned.fiscal_document_ids._as_receipt().lines[0].marking_code, code)
