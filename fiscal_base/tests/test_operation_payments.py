"""The operations book and accounting: invoices and payments that an operation settles, and the payments it makes."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..tools.outcome import Outcome
from .test_operation import VIEW
from .test_payments import AccountingCase


class BookCase(AccountingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "first"
        cls.Document = cls.env["fiscal.document"]

    def form(self, operation="sale", **vals):
        form = Form(self.Document.with_context(default_operation=operation), VIEW)
        form.partner_id = self.customer
        return form

    def post(self, form):
        document = form.save()
        document.action_post_operation()
        self.drain()
        self.assertEqual(document.stage, "done", document.error_message)
        return document


@tagged("post_install", "-at_install")
class TestOperationPayments(BookCase):
    def assertOneReceipt(self, document):
        """Nothing but the operation speaks of this money, and nothing more can be made to."""
        of_others = (
            self.Document.search([("register_id", "=", self.register.id), ("operation", "=", "sale")]) - document
        )
        self.assertFalse(of_others)
        for payment in document.operation_payment_ids:
            self.assertEqual((payment.fiscal_state, payment.fiscal_count), ("done", 1))
            self.assertEqual(payment._fiscal_enqueue(), document)
            dialog = self.env["fiscal.fiscalize"].browse(payment.action_fiscalize()["res_id"])
            self.assertEqual(dialog.line_ids.status, "made")

    # === Invoices ===

    def test_an_invoice_paid_in_the_book(self):
        invoice = self.invoice((self.courses, 2, 1000), (self.shop.products["bread"], 1, 62))
        form = self.form()
        self.assertEqual(form.open_move_ids[:], invoice)
        form.move_ids.add(invoice)
        self.assertEqual((form.total, form.left_to_pay, form.name), (2062, 2062, invoice.name))
        form.card_amount = 2062
        sale = self.post(form)
        self.assertEqual(sorted(sale.line_ids.mapped("amount")), [62, 2000])
        self.assertEqual(set(sale.line_ids.mapped("tax_code")), {"vat22", "vat10"})
        payment = sale.operation_payment_ids
        self.assertEqual((payment.amount, payment.journal_id, payment.partner_id), (2062, self.bank, self.customer))
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual((invoice.fiscal_state, invoice.fiscal_count), ("done", 1))
        self.assertOneReceipt(sale)

    def test_cash_with_change_and_the_rest_by_card(self):
        invoice = self.invoice()
        form = self.form()
        form.move_ids.add(invoice)
        form.card_amount = 400
        form.cash_amount = 700
        self.assertEqual(form.change_due, 100)
        sale = self.post(form)
        self.assertEqual(
            {payment.journal_id: payment.amount for payment in sale.operation_payment_ids},
            {self.till_cash: 600, self.bank: 400},
        )
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertOneReceipt(sale)

    def test_several_invoices_at_once(self):
        invoices = self.invoice() + self.invoice((self.courses, 1, 500))
        form = self.form()
        for invoice in invoices:
            form.move_ids.add(invoice)
        form.cash_amount = 1500
        sale = self.post(form)
        self.assertEqual(sale.operation_payment_ids.amount, 1500)
        self.assertTrue(all(invoice.payment_state in ("paid", "in_payment") for invoice in invoices))

    def test_a_part_of_an_invoice(self):
        invoice = self.invoice()
        form = self.form()
        form.move_ids.add(invoice)
        with form.line_ids.edit(0) as line:
            line.price = 300
        form.cash_amount = 300
        self.post(form)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("partial", 700))
        again = self.form()
        again.move_ids.add(invoice)
        self.assertEqual(again.total, 700)

    def test_a_credit_note_is_paid_back_in_the_book(self):
        invoice = self.invoice()
        form = self.form()
        form.move_ids.add(invoice)
        form.cash_amount = 1000
        sale = self.post(form)
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        note.action_post()
        form = self.form("sale_return")
        self.assertIn(note, form.open_move_ids[:])
        form.original_id = sale
        form.move_ids.add(note)
        self.assertEqual(form.total, 1000)
        form.cash_amount = 1000
        back = self.post(form)
        payment = back.operation_payment_ids
        self.assertEqual((payment.payment_type, payment.amount), ("outbound", 1000))
        self.assertIn(note.payment_state, ("paid", "in_payment"))

    # === Payments ===

    def test_a_payment_without_a_receipt_gets_one(self):
        self.register.print_invoice = False
        payment = self.payment(500, memo="за октябрь")
        self.assertFalse(payment.fiscal_state)
        form = self.form()
        self.assertEqual(form.open_payment_ids[:], payment)
        form.operation_payment_ids.add(payment)
        self.assertEqual((form.total, form.card_amount, form.left_to_pay), (500, 500, 0))
        sale = self.post(form)
        self.assertEqual(sale.line_ids.name, "Аванс")
        self.assertEqual(sale.operation_payment_ids, payment)
        self.assertOneReceipt(sale)
        self.assertFalse(self.form().open_payment_ids[:], "it is not offered again")

    def test_a_planned_payment_is_confirmed_by_the_operation(self):
        payment = self.payment(500, post=False)
        form = self.form()
        form.operation_payment_ids.add(payment)
        sale = self.post(form)
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertOneReceipt(sale)

    def test_means_of_linked_payments_are_what_they_are(self):
        self.register.print_invoice = False
        payment = self.payment(500)
        form = self.form()
        form.operation_payment_ids.add(payment)
        form.card_amount = 0
        form.cash_amount = 500
        with self.assertRaisesRegex(UserError, "500.00 more by “Card"):
            form.save().action_post_operation()

    def test_a_payment_that_got_its_receipt_meanwhile(self):
        self.register.print_invoice = False
        payment = self.payment(500)
        form = self.form()
        form.operation_payment_ids.add(payment)
        draft = form.save()
        payment.fiscal_print = True
        payment._fiscal_enqueue()
        with self.assertRaisesRegex(UserError, "has its receipt already"):
            draft.action_post_operation()
        self.assertEqual(draft.stage, "draft")

    def test_a_payment_in_the_book_is_frozen(self):
        payment = self.payment(500, post=False)
        form = self.form()
        form.operation_payment_ids.add(payment)
        self.post(form)
        with self.assertRaisesRegex(UserError, "has gone to the register"):
            payment.action_draft()

    # === Goods without an invoice ===

    def test_goods_leave_a_payment_of_the_customer(self):
        form = self.form()
        with form.line_ids.new() as line:
            line.product_id = self.shop.products["bread"]
        form.cash_amount = 100
        sale = self.post(form)
        payment = sale.operation_payment_ids
        self.assertEqual((payment.amount, payment.journal_id), (62, self.till_cash))
        self.assertOneReceipt(sale)

    def test_no_payment_is_entered_where_nobody_wants_it(self):
        form = self.form()
        with form.line_ids.new() as line:
            line.product_id = self.shop.products["bread"]
        form.cash_amount = 62
        form.enter_payment = False
        self.assertFalse(self.post(form).operation_payment_ids)
        form = self.form()
        form.partner_id = self.env["res.partner"]
        self.assertFalse(form.enter_payment, "without a customer there is none")

    def test_a_means_without_a_journal_is_told_before_anything_happens(self):
        self.bank.fiscal_register_id = False
        form = self.form()
        with form.line_ids.new() as line:
            line.product_id = self.shop.products["bread"]
        form.card_amount = 62
        draft = form.save()
        with self.assertRaisesRegex(UserError, "has no journal for “Card"):
            draft.action_post_operation()
        self.assertEqual((draft.stage, draft.operation_payment_ids.ids), ("draft", []))

    def test_an_error_of_the_register_keeps_the_payment(self):
        invoice = self.invoice()
        form = self.form()
        form.move_ids.add(invoice)
        form.card_amount = 1000
        document = form.save()
        self.service.plan = [Outcome.rejected("7", "Бумага кончилась")]
        document.action_post_operation()
        self.drain()
        payment = document.operation_payment_ids
        self.assertEqual(
            (document.stage, payment.fiscal_state, payment.fiscal_error), ("rejected",) * 2 + ("Бумага кончилась",)
        )
        self.assertEqual(payment._fiscal_enqueue(), document, "it is sent again, not another receipt made")
        document.action_retry()
        self.drain()
        self.assertEqual((document.stage, len(document.operation_payment_ids)), ("done", 1))

    def test_a_cashier_without_accounting_takes_money(self):
        user = new_test_user(self.env, "pay_cashier", "fiscal_base.group_fiscal_cashier", company_id=self.company.id)
        self.shop.employees[1].user_id = user
        book = self.Document.with_user(user).with_company(self.company).with_context(default_operation="sale")
        form = Form(book, VIEW)
        form.partner_id = self.customer.with_user(user)
        with form.line_ids.new() as line:
            line.name = "Занятие"
            line.price = 700
        form.card_amount = 700
        sale = self.post(form)
        self.assertEqual((sale.state, sale.total), ("done", 700))
        self.assertFalse(sale.sudo().operation_payment_ids, "payments are entered by accountants")

    def test_what_is_settled_or_belongs_to_another_is_refused(self):
        invoice = self.invoice()
        stranger = self.env["res.partner"].create({"name": "Somebody else"})
        for partner, problem in ((stranger, "belongs to another customer"), (self.customer, "not open any more")):
            document = self.Document.create(
                {
                    "operation": "sale",
                    "register_id": self.register.id,
                    "partner_id": partner.id,
                    "move_ids": [Command.set(invoice.ids)],
                    "line_ids": [Command.create({"name": "Курс", "price": 1000, "amount": 1000})],
                    "cash_amount": 1000,
                }
            )
            with self.assertRaisesRegex(UserError, problem):
                document.action_post_operation()
            self.assertFalse(document.operation_payment_ids)
            if partner == stranger:
                self.pay(invoice)

    def test_a_stranger_is_not_offered_what_belongs_to_others(self):
        self.invoice()
        form = self.form()
        form.partner_id = self.env["res.partner"].create({"name": "Somebody else"})
        self.assertFalse(form.open_move_ids[:])
        sale = self.Document.create({"operation": "cash_in", "register_id": self.register.id, "total": 5})
        self.assertFalse(sale.open_move_ids)
        with self.assertRaises(UserError):
            sale.write({"account_payment_id": 1})
        self.assertEqual(sale.operation_payment_ids, sale.operation_payment_ids.browse())
        sale.write({"operation_payment_ids": [Command.clear()]})

    def test_what_is_left_after_a_prepayment(self):
        invoice = self.invoice()
        first = self.pay(invoice, 300).fiscal_document_ids
        form = self.form()
        form.move_ids.add(invoice)
        self.assertEqual((form.total, form.left_to_pay), (1000, 700))
        form.cash_amount = 700
        sale = self.post(form)
        self.assertEqual(
            {payment.kind: payment.amount for payment in sale.payment_ids}, {"prepayment": 300, "cash": 700}
        )
        self.assertEqual(sale.operation_payment_ids.amount, 700)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(first._left_to_return(), 0)


@tagged("post_install", "-at_install")
class TestOperationOfChain(BookCase):
    country = "UA"

    def test_what_is_left_after_a_prepayment(self):
        """Where the service keeps the receipts of a sale that is paid in parts together."""
        kinds = frozenset({"cash", "electronic", "credit", "prepayment"})
        self.service.capabilities = {"chains": True, "payment_kinds": kinds}
        invoice = self.invoice()
        first = self.pay(invoice, 300).fiscal_document_ids
        form = self.form()
        form.move_ids.add(invoice)
        self.assertEqual(form.total, 700)
        form.cash_amount = 700
        sale = self.post(form)
        self.assertEqual((sale.chain_id, first._chain_left()), (first, 0))
        other = self.invoice()
        self.pay(other, 300)
        form = self.form()
        form.move_ids.add(other)
        form.move_ids.add(self.invoice())
        form.cash_amount = 1700
        with self.assertRaisesRegex(UserError, "needs a payment of its own"):
            form.save().action_post_operation()
