"""What receipts of accounting say, by the rows of docs/law_russia.md."""

from odoo import fields
from odoo.tests import tagged

from .test_payments import AccountingCase


class ComposedCase(AccountingCase):
    def rows(self, document):
        """`(name, quantity, amount, tax code, sign, subject)` of its lines."""
        return [
            (line.name, line.quantity, line.amount, line.tax_code, line.method_sign, line.subject)
            for line in document.line_ids
        ]

    def paid(self, document):
        return [(payment.kind, payment.amount) for payment in document.payment_ids]

    def dialog(self, record, kind=None):
        wizard = self.env["fiscal.fiscalize"].browse(record.action_fiscalize()["res_id"])
        if kind:
            wizard.kind = kind
        return wizard

    def assertQueued(self, documents):
        self.assertEqual(set(documents.mapped("state")), {"queued"}, documents.mapped("error_message"))

    def euro(self, *rates):
        """:param rates: `(day, roubles for one euro)`"""
        euro = self.env.ref("base.EUR")
        euro.active = True
        for day, rate in rates:
            self.env["res.currency.rate"].create(
                {"name": day, "rate": 1 / rate, "currency_id": euro.id, "company_id": self.company.id}
            )
        return euro


@tagged("post_install", "-at_install")
class TestComposedPayments(ComposedCase):
    # === Prepayments and their settlement (R5 to R8) ===

    def test_last_part_hands_over_all_and_uses_what_was_prepaid(self):
        invoice = self.invoice((self.courses, 2, 500), (self.shop.products["bread"], 1, 500))
        first = self.pay(invoice, 300).fiscal_document_ids
        second = self.pay(invoice, 200).fiscal_document_ids
        last = self.pay(invoice).fiscal_document_ids
        self.assertQueued(first | second | last)
        self.assertEqual({row[3:] for row in self.rows(first | second)}, {("vat122", "2", "10"), ("vat110", "2", "10")})
        self.assertEqual(
            [row[1:5] for row in self.rows(last)], [(2, 1000, "vat22", "4"), (1, 500, "vat10", "4")], "at full price"
        )
        self.assertEqual((last.total, self.paid(last)), (1500, [("prepayment", 500), ("electronic", 1000)]))
        self.drain()
        self.assertEqual((first._left_to_return(), last._left_to_return()), (0, 1500))

    def test_goods_that_leave_after_they_were_prepaid(self):
        self.register.settlement = "before"
        invoice = self.invoice()
        first = self.pay(invoice).fiscal_document_ids
        self.assertEqual(self.rows(first)[0][3:], ("vat122", "1", "10"))
        wizard = self.dialog(invoice)
        self.assertEqual(wizard.line_ids.mapped("status"), ["made", "ready"])
        wizard.action_confirm()
        last = invoice.fiscal_document_ids - first
        self.assertQueued(last)
        self.assertEqual((last.total, self.paid(last)), (1000, [("prepayment", 1000)]))
        self.assertEqual(self.rows(last)[0][3:5], ("vat22", "4"))
        self.assertEqual(set(self.dialog(invoice).line_ids.mapped("status")), {"made"})

    def test_prepaid_and_the_rest_on_credit(self):
        invoice = self.invoice()
        self.pay(invoice, 400)
        self.dialog(invoice, "credit").action_confirm()
        document = invoice._fiscal_own_document()
        self.assertQueued(document)
        self.assertEqual((document.total, document.line_ids.method_sign), (1000, "5"))
        self.assertEqual(self.paid(document), [("prepayment", 400), ("credit", 600)])
        last = self.pay(invoice).fiscal_document_ids
        self.assertEqual((last.total, last.line_ids.method_sign, last.line_ids.tax_code), (600, "7", "vat22"))

    def test_advance_that_is_matched_pays_for_the_goods(self):
        payment = self.payment(400)
        self.assertEqual(self.rows(payment.fiscal_document_ids), [("Аванс", 1, 400, "vat122", "3", "10")])
        invoice = self.invoice()
        account = payment.destination_account_id
        lines = (payment.move_id | invoice).line_ids.filtered(lambda line: line.account_id == account)
        lines.reconcile()
        last = self.pay(invoice).fiscal_document_ids
        self.assertQueued(last)
        self.assertEqual((last.total, self.paid(last)), (1000, [("prepayment", 400), ("electronic", 600)]))

    def test_overpaid(self):
        document = self.pay(self.invoice(), 1200).fiscal_document_ids
        self.assertQueued(document)
        self.assertEqual(self.rows(document)[1][2:], (200, "vat122", "3", "10"))

    def test_seller_whose_rate_nobody_has_said(self):
        self.company.account_sale_tax_id = False
        document = self.payment().fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("default sales tax", document.error_message)

    # === Sold before (R12) ===

    def test_paid_later_in_parts(self):
        self.register.settlement = "after"
        invoice = self.invoice((self.courses, 1, 489.90), (self.shop.products["bread"], 1, 62))
        first, last = self.pay(invoice, 200).fiscal_document_ids, self.pay(invoice).fiscal_document_ids
        self.assertQueued(first | last)
        self.assertEqual(self.rows(first)[0][2:], (177.53, "vat22", "7", "10"))
        self.assertEqual(self.rows(last)[1][2:], (39.53, "vat10", "7", "10"))

    def test_invoice_of_a_year_with_another_rate(self):
        old = self.shop.taxes["standard"].copy({"name": "20%", "amount": 20})
        self.courses.taxes_id = old
        invoice = self.invoice(invoice_date="2025-12-20")
        document = self.pay(invoice).fiscal_document_ids
        self.assertQueued(document)
        self.assertEqual(self.rows(document)[0][3:], ("vat20", "7", "10"))
        today = self.pay(self.invoice()).fiscal_document_ids
        self.assertEqual(today.state, "rejected")

    def on_account(self, price=1000, **vals):
        later = self.env["pos.payment.method"].search(
            [("name", "=", "Customer account"), ("company_id", "=", self.company.id)]
        ) or self.env["pos.payment.method"].create(
            {"name": "Customer account", "split_transactions": True, "company_id": self.company.id}
        )
        session = self.config.current_session_id
        if not session:
            self.config.payment_method_ids |= later
        line = (self.courses, 1, {"price_unit": price})
        return self.sell([line], [(later, price)], partner_id=self.customer.id, **vals)

    def test_debt_of_a_till_that_is_paid_without_an_invoice(self):
        sale = self.on_account().fiscal_document_ids
        self.assertEqual(sale.line_ids.method_sign, "6")
        first, last = self.payment(400).fiscal_document_ids, self.payment(700).fiscal_document_ids
        self.assertQueued(first | last)
        self.assertEqual(self.rows(first), [(sale.line_ids.name, 1, 400, "vat22", "7", "10")])
        self.assertEqual([row[2:] for row in self.rows(last)], [(600, "vat22", "7", "10"), (100, "vat122", "3", "10")])
        self.assertEqual(sale._credit_left(), 0)

    def test_debt_of_a_till_that_the_bank_matches(self):
        self.register.print_statement = True
        order = self.on_account()
        session = order.session_id
        session.action_pos_session_closing_control()
        due = session.move_id.line_ids.filtered(lambda line: line.partner_id and line.debit)
        entry = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "amount": 1000,
                "payment_ref": "transfer",
                "date": fields.Date.today(),
                "partner_id": self.customer.id,
            }
        )
        __, suspense, other = entry._seek_for_lines()
        line = suspense or other
        line.account_id = due.account_id
        (line + due).reconcile()
        document = entry.fiscal_document_ids
        self.assertQueued(document)
        self.assertEqual(
            [row[2:] for row in self.rows(document)], [(1000, "vat22", "7", "10")], "what was sold is not sold again"
        )
        self.assertEqual(order.fiscal_document_ids._credit_left(), 0)

    # === Lines ===

    def test_archived_tax_is_the_tax_of_the_invoice(self):
        tax = self.shop.taxes["reduced"].copy({"name": "10% of yesterday"})
        self.courses.taxes_id = tax
        invoice = self.invoice()
        tax.active = False
        self.env.invalidate_all()
        document = self.pay(invoice).fiscal_document_ids
        self.assertQueued(document)
        self.assertEqual(document.line_ids.tax_code, "vat10")

    def test_free_goods_stay_on_the_receipt(self):
        document = self.pay(self.invoice((self.courses, 1, 1000), (self.shop.products["bread"], 2, 0)))
        document = document.fiscal_document_ids
        self.assertQueued(document)
        self.assertEqual([row[1:3] for row in self.rows(document)], [(1, 1000), (2, 0)])

    def test_goods_of_a_negative_quantity_come_back(self):
        invoice = self.invoice((self.courses, 1, 1000), (self.shop.products["bread"], -1, 62))
        documents = self.pay(invoice).fiscal_document_ids.sorted("id")
        self.assertQueued(documents)
        self.assertEqual(documents.mapped("operation"), ["sale_return", "sale"])
        back, sale = documents
        self.assertEqual((back.total, self.paid(back)), (62, [("other", 62)]))
        self.assertEqual((sale.total, self.paid(sale)), (1000, [("other", 62), ("electronic", 938)]))

    # === Currencies ===

    def test_exchange_difference_is_no_advance(self):
        today = fields.Date.today()
        before = fields.Date.subtract(today, days=30)
        euro = self.euro((before, 100), (today, 110))
        for roubles, journal_currency in ((False, euro), (True, self.company.currency_id)):
            with self.subTest(roubles=roubles):
                invoice = self.invoice((self.courses, 3, 10), currency_id=euro.id, invoice_date=before)
                document = self.pay(invoice, currency_id=journal_currency.id).fiscal_document_ids
                self.assertQueued(document)
                self.assertEqual(document.total, 3300)
                self.assertEqual([line[1:] for line in self.lines(document)], [(3, 1100, 3300, "4")])

    def test_rate_that_fell(self):
        today = fields.Date.today()
        before = fields.Date.subtract(today, days=30)
        euro = self.euro((before, 110), (today, 100))
        invoice = self.invoice((self.courses, 3, 10), currency_id=euro.id, invoice_date=before)
        document = self.pay(invoice, currency_id=euro.id).fiscal_document_ids
        self.assertQueued(document)
        self.assertEqual([line[1:] for line in self.lines(document)], [(3, 1000, 3000, "4")])

    # === What goes back ===

    def test_return_is_of_the_receipt(self):
        """Name, price and rate as they were registered, whatever the product and its tax have become."""
        invoice = self.invoice((self.courses, 2, 1000))
        sale = self.pay(invoice).fiscal_document_ids
        self.drain()
        self.courses.name = "Something else"
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.invoice_line_ids.write({"quantity": 1, "name": "Something else"})
        self.shop.taxes["standard"].amount = 13
        note.action_post()
        note.invoice_line_ids.flush_recordset()
        back = self.pay(note, 1000).fiscal_document_ids
        self.assertQueued(back)
        self.assertEqual(self.rows(back)[0][0], sale.line_ids.name)
        self.assertEqual(back.line_ids.mapped("tax_code"), ["vat22"])

    def test_return_paid_in_parts(self):
        invoice = self.invoice((self.courses, 1, 1000), (self.shop.products["bread"], 1, 500))
        sale = self.pay(invoice).fiscal_document_ids
        self.drain()
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        parts = self.pay(note, 400).fiscal_document_ids | self.pay(note, 600).fiscal_document_ids
        parts |= self.pay(note).fiscal_document_ids
        self.assertQueued(parts)
        self.assertEqual(parts.mapped("total"), [400, 600, 500])
        self.assertEqual(parts.original_id, sale)
        self.assertEqual(sale._left_to_return(), 0)

    def test_prepayment_goes_back(self):
        self.register.settlement = "before"
        invoice = self.invoice()
        first = self.pay(invoice).fiscal_document_ids
        self.drain()
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        back = self.pay(note).fiscal_document_ids
        self.assertQueued(back)
        self.assertEqual((back.original_id, self.rows(back)[0][3:]), (first, ("vat122", "1", "10")))
        self.assertFalse(invoice._fiscal_prepaid())

    def test_money_back_of_which_nobody_knows_what_it_paid(self):
        back = self.payment(100, payment_type="outbound").fiscal_document_ids
        self.assertEqual((back.operation, back.total, back.state), ("sale_return", 100, "rejected"))
        self.assertIn("Make the return from the sale", back.error_message)

    # === Branches ===

    def test_branch_pays_in_a_journal_of_its_parent(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.env.user.company_ids |= branch
        receivable = self.customer.property_account_receivable_id
        self.customer.with_company(branch).property_account_receivable_id = receivable
        payment = self.env["account.payment"].with_context(allowed_company_ids=(branch | self.company).ids)
        payment = payment.create(
            {
                "company_id": branch.id,
                "journal_id": self.bank.id,
                "partner_id": self.customer.id,
                "amount": 100,
                "payment_type": "inbound",
                "partner_type": "customer",
            }
        )
        self.assertEqual((payment.company_id, payment.fiscal_register_id), (branch, self.register))
        payment.action_post()
        self.assertEqual(payment.fiscal_document_ids.branch_id, branch)
        self.assertQueued(payment.fiscal_document_ids)


@tagged("post_install", "-at_install")
class TestComposedTogether(ComposedCase):
    def test_invoice_less_a_credit_note_of_another_sale(self):
        sold = self.invoice((self.shop.products["bread"], 5, 62))
        sale = self.pay(sold).fiscal_document_ids
        self.drain()
        note = sold._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        invoice = self.invoice()
        documents = self.pay(invoice | note, group_payment=True).fiscal_document_ids.sorted("id")
        self.assertQueued(documents)
        self.assertEqual(documents.mapped("operation"), ["sale_return", "sale"])
        back, new = documents
        self.assertEqual((back.total, back.original_id, back.line_ids.tax_code), (310, sale, "vat10"))
        self.assertEqual((new.total, self.paid(new)), (1000, [("other", 310), ("electronic", 690)]))
