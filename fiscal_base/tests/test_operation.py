"""The operations book: what a cashier writes without a document of Odoo."""

from ast import literal_eval

from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..tools.outcome import Outcome
from .common import FiscalCase

VIEW = "fiscal_base.fiscal_operation_view_form"


@tagged("post_install", "-at_install")
class TestOperation(FiscalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "first"
        cls.Document = cls.env["fiscal.document"]

    def form(self, operation="sale", document=None):
        if document:
            return Form(document, VIEW)
        form = Form(self.Document.with_context(default_operation="sale"), VIEW)
        form.operation = operation
        return form

    def add(self, form, product, quantity=1):
        with form.line_ids.new() as line:
            line.product_id = self.shop.products[product]
            line.quantity = quantity

    def post(self, document):
        document.action_post_operation()
        self.assertEqual(document.stage, "processing")
        self.drain()

    # === The form asks for little ===

    def test_a_new_operation_knows_its_register_and_cashier(self):
        form = self.form()
        self.assertEqual((form.register_id, form.employee_id), (self.register, self.cashier))
        self.assertEqual(form.stage, "draft")

    def test_a_register_that_is_off_is_not_proposed(self):
        self.register.state = "disabled"
        self.assertFalse(Form(self.Document.with_context(default_operation="x_report")).register_id)

    def test_simple_operations_need_at_most_a_sum(self):
        done = {}
        for operation, total in (
            ("shift_open", 0),
            ("cash_in", 500),
            ("cash_out", 200),
            ("x_report", 0),
            ("shift_close", 0),
        ):
            form = self.form(operation)
            if total:
                form.total = total
            done[operation] = form.save()
            self.post(done[operation])
        self.assertEqual({document.stage for document in done.values()}, {"done"})
        self.assertEqual([done["cash_in"].total, done["cash_out"].total], [500, 200])
        self.assertFalse(self.register.shift_id)
        self.assertEqual(done["cash_in"].shift_id.cash_total, 300)

    # === Sums ===

    def test_sale_by_cash_with_change(self):
        form = self.form()
        self.add(form, "coffee", 2)
        self.assertEqual((form.total, form.left_to_pay, form.change_due), (979.80, 979.80, 0))
        form.cash_amount = 1000
        self.assertEqual((form.left_to_pay, form.change_due), (0, 20.20))
        sale = form.save()
        self.assertEqual([(p.kind, p.amount) for p in sale.payment_ids], [("cash", 1000)])
        self.post(sale)
        self.assertEqual((sale.stage, sale.total, sale.change), ("done", 979.80, 20.20))
        self.assertEqual(sale.line_ids.tax_code, "vat22")

    def test_sale_by_both_means_and_a_change_of_mind(self):
        form = self.form()
        self.add(form, "bread")
        self.add(form, "coffee")
        form.cash_amount = 100
        self.assertEqual(form.left_to_pay, 451.90)
        form.card_amount = 451.90
        self.assertEqual((form.left_to_pay, form.change_due), (0, 0))
        sale = form.save()
        self.assertEqual({p.kind: p.amount for p in sale.payment_ids}, {"cash": 100, "electronic": 451.90})
        with self.form(document=sale) as form:
            form.card_amount = 0
            form.cash_amount = 551.90
        self.assertEqual([(p.kind, p.amount) for p in sale.payment_ids], [("cash", 551.90)])
        self.post(sale)
        self.assertEqual((sale.stage, sale.cash_amount, sale.card_amount), ("done", 551.90, 0))

    def test_other_means_count_and_stay(self):
        sale = self.Document.create(
            {
                "operation": "sale",
                "register_id": self.register.id,
                "line_ids": [Command.create({"name": "Курс", "price": 100, "amount": 100})],
                "payment_ids": [Command.create({"kind": "prepayment", "amount": 60})],
                "total": 100,
            }
        )
        with self.form(document=sale) as form:
            self.assertEqual(form.left_to_pay, 40)
            form.cash_amount = 40
        self.assertEqual({p.kind: p.amount for p in sale.payment_ids}, {"prepayment": 60, "cash": 40})

    def test_what_is_left_to_pay_is_told(self):
        form = self.form()
        self.add(form, "bread")
        form.cash_amount = 50
        sale = form.save()
        with self.assertRaisesRegex(UserError, "62.00.*50.00"):
            sale.action_post_operation()
        self.assertEqual(sale.stage, "draft")

    def test_change_is_given_from_cash_only(self):
        form = self.form()
        self.add(form, "bread")
        form.card_amount = 100
        with self.assertRaisesRegex(UserError, "cash only"):
            form.save().action_post_operation()

    def test_a_line_without_a_product_gets_the_tax_of_the_company(self):
        form = self.form()
        with form.line_ids.new() as line:
            line.name = "Занятие"
            line.price = 700
        form.cash_amount = 700
        sale = form.save()
        self.post(sale)
        self.assertEqual((sale.stage, sale.line_ids.amount, sale.line_ids.tax_code), ("done", 700, "novat"))

    def test_a_tax_that_the_register_does_not_know_is_named(self):
        self.shop.taxes["standard"].amount = 13
        form = self.form()
        self.add(form, "coffee")
        form.cash_amount = 489.90
        with self.assertRaisesRegex(UserError, "НДС 22%"):
            form.save().action_post_operation()

    # === Returns ===

    def test_return_of_a_receipt_chosen_in_the_form(self):
        form = self.form()
        form.partner_id = self.shop.customer
        self.add(form, "bread", 2)
        form.cash_amount = 124
        sale = form.save()
        self.post(sale)
        form = self.form("sale_return")
        form.original_id = sale
        self.assertEqual((form.total, form.partner_id), (124, self.shop.customer))
        form.cash_amount = 124
        back = form.save()
        self.post(back)
        self.assertEqual((back.stage, back.original_id, back.line_ids.tax_code), ("done", sale, "vat10"))
        again = self.form("sale_return")
        again.original_id = sale
        self.assertEqual(again.total, 0, "nothing is left")

    # === How it goes ===

    def test_error_has_the_words_of_the_register_and_is_sent_again(self):
        form = self.form("cash_in")
        form.total = 100
        document = form.save()
        self.service.plan = [Outcome.rejected("7", "Бумага кончилась")]
        document.action_post_operation()
        self.drain()
        self.assertEqual((document.stage, document.error_message), ("rejected", "Бумага кончилась"))
        document.action_retry()
        self.drain()
        self.assertEqual(document.stage, "done")

    def test_a_lost_answer_is_still_processing(self):
        form = self.form("cash_in")
        form.total = 100
        document = form.save()
        self.service.plan = [Outcome.unknown("lost", 60)]
        document.action_post_operation()
        self.drain()
        self.assertEqual((document.state, document.stage), ("unknown", "processing"))

    def test_the_book_lists_what_has_no_order_behind_it(self):
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        self.drain()
        written = self.form("cash_in")
        written.total = 10
        written = written.save()
        action = self.env["ir.actions.act_window"]._for_xml_id("fiscal_base.fiscal_operation_action")
        view = etree.fromstring(self.Document.get_view(action["search_view_id"][0], "search")["arch"])
        default = next(key for key in literal_eval(action["context"]) if key.startswith("search_default_"))
        (chosen,) = view.xpath(f"//filter[@name='{default.removeprefix('search_default_')}']")
        mine = self.Document.search(literal_eval(chosen.get("domain")))
        self.assertIn(written, mine)
        self.assertFalse(order.fiscal_document_ids & mine)

    def test_it_appears_on_the_customers_card(self):
        form = self.form()
        form.partner_id = self.shop.customer
        self.assertEqual(form.customer_email, "olga@example.com")
        self.add(form, "bread")
        form.card_amount = 62
        sale = form.save()
        self.post(sale)
        self.assertEqual(self.Document.search([("partner_id", "=", self.shop.customer.id)]), sale)

    def test_a_cashier_keeps_the_book(self):
        user = new_test_user(self.env, "book_cashier", "fiscal_base.group_fiscal_cashier", company_id=self.company.id)
        self.shop.employees[1].user_id = user
        book = self.Document.with_user(user).with_company(self.company).with_context(default_operation="cash_in")
        form = Form(book, VIEW)
        self.assertEqual(form.employee_id.id, self.shop.employees[1].id)
        form.total = 15
        document = form.save()
        document.action_post_operation()
        self.drain()
        self.assertEqual((document.stage, document.cashier_name), ("done", "Пётр Иванов"))
