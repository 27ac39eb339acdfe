"""Payments of customers in accounting: each leaves one receipt, whose lines are what was paid for."""

from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..tools.outcome import Outcome
from .common import FiscalCase


class AccountingCase(FiscalCase):
    """A shop whose bank and cash journals print on the register."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.shop.card.journal_id
        cls.till_cash = cls.shop.cash.journal_id
        (cls.bank + cls.till_cash).fiscal_register_id = cls.register
        cls.customer = cls.shop.customer
        cls.courses = cls.env["product.product"].create(
            {
                "name": "English, twice a week",
                "type": "service",
                "list_price": 1000,
                "taxes_id": [Command.set(cls.shop.taxes["standard"].ids)],
                "company_id": cls.company.id,
            }
        )

    def invoice(self, *lines, move_type="out_invoice", post=True, **vals):
        """:param lines: `(product, quantity, price)` or with a discount in percent after it"""
        lines = lines or ((self.courses, 1, 1000),)
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": quantity,
                            "price_unit": price,
                            "discount": discount[0] if discount else 0,
                            "tax_ids": [Command.set(product.taxes_id.ids)],
                        }
                    )
                    for product, quantity, price, *discount in lines
                ],
                **vals,
            }
        )
        if post:
            move.action_post()
        return move

    def pay(self, moves, amount=None, journal=None, **vals):
        """“Pay” on invoices, as in the dialog."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"journal_id": (journal or self.bank).id})
        )
        if amount is not None:
            wizard.amount = amount
        wizard.write(vals)
        return wizard._create_payments()

    def payment(self, amount=500, post=True, **vals):
        """A payment by hand."""
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "amount": amount,
                "journal_id": self.bank.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "memo": "for October",
                **vals,
            }
        )
        if post:
            payment.action_post()
        return payment

    def lines(self, document):
        return [(line.name, line.quantity, line.price, line.amount, line.method_sign) for line in document.line_ids]


@tagged("post_install", "-at_install")
class TestPayments(AccountingCase):
    def test_invoice_paid_in_the_dialog(self):
        invoice = self.invoice((self.courses, 2, 1000, 10), (self.shop.products["bread"], 3, 62))
        payment = self.pay(invoice)
        document = payment.fiscal_document_ids
        self.assertEqual((document.operation, document.state, document.total), ("sale", "queued", 1986))
        self.assertEqual(
            self.lines(document),
            [("English, twice a week", 2, 1000, 1800, "4"), ("Хлеб «Бородинский» 400 г", 3, 62, 186, "4")],
        )
        self.assertEqual(document.line_ids.mapped("tax_code"), ["vat22", "vat10"])
        self.assertEqual([(p.kind, p.amount) for p in document.payment_ids], [("electronic", 1986)])
        self.assertEqual((document.employee_id, document.partner_id), (self.cashier, self.customer))
        self.assertEqual(document.event, f"account.payment:{payment.id}")
        self.assertEqual(document.move_ids, invoice)
        self.assertEqual((invoice.fiscal_state, payment.fiscal_state), ("queued", "queued"))
        self.drain()
        self.assertEqual((document.state, invoice.fiscal_state, payment.fiscal_state), ("done",) * 3)
        self.assertEqual(len(self.service.registered), 1)

    def test_cash_journal(self):
        document = self.pay(self.invoice(), journal=self.till_cash).fiscal_document_ids
        self.assertEqual([(p.kind, p.amount) for p in document.payment_ids], [("cash", 1000)])

    def test_parts_of_an_invoice(self):
        invoice = self.invoice((self.courses, 1, 1000), (self.shop.products["bread"], 1, 500))
        first = self.pay(invoice, 500).fiscal_document_ids
        self.assertEqual(
            self.lines(first),
            [
                ("English, twice a week", 1, 333.33, 333.33, "2"),
                ("Хлеб «Бородинский» 400 г", 1, 166.67, 166.67, "2"),
            ],
        )
        self.assertEqual(first.line_ids.mapped("tax_code"), ["vat122", "vat110"], "a prepayment has calculated rates")
        self.assertEqual(set(first.line_ids.mapped("subject")), {"10"})
        last = self.pay(invoice).fiscal_document_ids
        self.assertEqual(last.total, 1500, "all that is handed over, at its full price")
        self.assertEqual([(p.kind, p.amount) for p in last.payment_ids], [("prepayment", 500), ("electronic", 1000)])
        self.assertEqual(set(last.line_ids.mapped("method_sign")), {"4"})
        self.assertEqual(last.line_ids.mapped("tax_code"), ["vat22", "vat10"])

    def test_prepaid_and_sold_on_credit(self):
        self.register.settlement = "before"
        whole = self.pay(self.invoice()).fiscal_document_ids
        self.assertEqual((whole.line_ids.method_sign, whole.line_ids.tax_code), ("1", "vat122"))
        advance = self.payment().fiscal_document_ids
        self.assertEqual((advance.line_ids.method_sign, advance.line_ids.subject), ("3", "10"))
        self.register.settlement = "after"
        credit = self.pay(self.invoice()).fiscal_document_ids
        self.assertEqual((credit.line_ids.method_sign, credit.line_ids.tax_code), ("7", "vat22"))

    def test_one_payment_for_several_invoices(self):
        invoices = self.invoice() + self.invoice((self.shop.products["bread"], 1, 62))
        payment = self.pay(invoices, group_payment=True)
        document = payment.fiscal_document_ids
        self.assertEqual((len(payment), document.total, len(document.line_ids)), (1, 1062, 2))
        self.assertEqual(document.move_ids, invoices)

    def test_several_payments_for_several_invoices(self):
        invoices = self.invoice() + self.invoice((self.shop.products["bread"], 1, 62))
        payments = self.pay(invoices, group_payment=False)
        self.assertEqual(sorted(payments.fiscal_document_ids.mapped("total")), [62, 1000])

    def test_paid_too_much_is_an_advance(self):
        document = self.pay(self.invoice(), 1200).fiscal_document_ids
        self.assertEqual(document.total, 1200)
        self.assertEqual([line[3:] for line in self.lines(document)], [(1000, "4"), (200, "3")])

    def test_written_off_rest(self):
        account = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.company.ids)], limit=1
        )
        document = self.pay(
            self.invoice(), 990, payment_difference_handling="reconcile", writeoff_account_id=account.id
        ).fiscal_document_ids
        self.assertEqual(self.lines(document), [("English, twice a week", 1, 1000, 990, "4")])

    def test_discount_line(self):
        invoice = self.invoice((self.courses, 1, 1000), (self.courses, 1, -100))
        self.assertEqual(
            self.lines(self.pay(invoice).fiscal_document_ids), [("English, twice a week", 1, 1000, 900, "4")]
        )

    def test_payment_in_a_foreign_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"name": fields.Date.today(), "rate": 0.01, "currency_id": euro.id, "company_id": self.company.id}
        )
        invoice = self.invoice((self.courses, 3, 10), currency_id=euro.id)
        document = self.pay(invoice, currency_id=euro.id).fiscal_document_ids
        self.assertEqual((document.total, document.state), (3000, "queued"))
        self.assertEqual([line[1:4] for line in self.lines(document)], [(3, 1000, 3000)])

    def test_payment_by_hand(self):
        document = self.payment(450.50).fiscal_document_ids
        self.assertEqual((document.total, len(document.line_ids)), (450.50, 1))
        self.assertEqual(document.line_ids.name, "Аванс", "no invoice and no order says what it is for")
        self.assertEqual((document.line_ids.subject, document.line_ids.method_sign), ("10", "3"))
        self.assertEqual(document.line_ids.tax_code, "vat122")

    def test_form_presets_and_choice(self):
        second = self.shop.employees[1]
        with Form(self.env["account.payment"].with_context(default_partner_type="customer")) as form:
            form.partner_id = self.customer
            form.amount = 100
            form.journal_id = self.bank
            self.assertTrue(form.fiscal_print)
            self.assertEqual(form.fiscal_register_id, self.register)
            self.assertEqual(form.fiscal_employee_id, self.cashier)
            self.assertEqual(form.fiscal_email, "olga@example.com")
            form.fiscal_employee_id = second
            form.fiscal_email = "other@example.com"
        payment = form.record
        payment.action_post()
        document = payment.fiscal_document_ids
        self.assertEqual((document.employee_id, document.customer_email), (second, "other@example.com"))

    def test_settings_by_kind(self):
        self.register.write({"print_invoice": False, "print_refund": True})
        self.assertFalse(self.payment().fiscal_document_ids)
        self.assertTrue(self.payment(payment_type="outbound").fiscal_document_ids)
        self.register.write({"print_invoice": True, "print_refund": False})
        self.assertTrue(self.pay(self.invoice()).fiscal_document_ids)
        self.assertFalse(self.payment(payment_type="outbound").fiscal_document_ids)
        self.assertFalse(self.pay(self.invoice(), fiscal_print=False).fiscal_document_ids)

    def test_what_gives_no_receipt(self):
        self.assertFalse(self.payment(partner_type="supplier", payment_type="outbound").fiscal_document_ids)
        other = self.bank.copy({"name": "Without a register", "code": "WR"})
        self.assertFalse(other.fiscal_register_id)
        self.assertFalse(self.payment(journal_id=other.id).fiscal_document_ids)
        self.assertFalse(self.payment(post=False).fiscal_document_ids)

    def test_problem_is_kept_with_the_payment(self):
        self.shop.taxes["standard"].amount = 13
        payment = self.pay(self.invoice())
        document = payment.fiscal_document_ids
        self.assertEqual((payment.state, payment.fiscal_state), ("paid", "rejected"))
        self.assertIn("does not know the tax of “English, twice a week”", payment.fiscal_error)
        self.shop.taxes["standard"].amount = 22
        document.action_retry()
        again = payment.fiscal_document_ids.filtered(lambda other: other.state != "cancelled")
        self.assertEqual((again.state, again.replaces_id, document.state), ("queued", document, "cancelled"))
        self.assertEqual(payment.fiscal_state, "queued")

    def test_payment_with_an_error_can_be_taken_back(self):
        self.shop.taxes["standard"].amount = 13
        payment = self.pay(self.invoice())
        payment.action_draft()
        self.assertEqual((payment.state, payment.fiscal_document_ids.state), ("draft", "cancelled"))
        self.shop.taxes["standard"].amount = 22
        payment.action_post()
        self.assertEqual(payment.fiscal_document_ids.sorted("id")[-1].state, "queued")

    # === One event, one receipt ===

    def test_matching_again_makes_no_second_receipt(self):
        invoice = self.invoice()
        payment = self.pay(invoice)
        self.drain()
        line = payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        line.remove_move_reconcile()
        self.assertEqual(invoice.payment_state, "not_paid")
        (line + invoice.line_ids.filtered(lambda line: line.account_id == payment.destination_account_id)).reconcile()
        payment._fiscal_posted()
        payment.action_post()
        self.assertEqual(
            len(
                self.env["fiscal.document"].search([("register_id", "=", self.register.id), ("operation", "=", "sale")])
            ),
            1,
        )

    def test_invoice_of_a_sale_at_the_till(self):
        order = self.sell([(self.courses, 1)], [(self.shop.card, 1000)], partner_id=self.customer.id, to_invoice=True)
        self.drain()
        move = order.account_move
        self.assertEqual(move.fiscal_state, "done", "its receipt is the one of the sale")
        self.assertFalse(move.fiscal_document_ids)
        session = order.session_id
        session.action_pos_session_closing_control()
        self.assertTrue(self.env["account.payment"].search([("pos_session_id", "=", session.id)]))
        documents = self.env["fiscal.document"].search(
            [("operation", "=", "sale"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(documents, order.fiscal_document_ids)

    def test_sale_on_account_at_the_till_is_paid_in_accounting(self):
        receivable = self.customer.property_account_receivable_id
        later = self.env["pos.payment.method"].create(
            {"name": "Customer account", "split_transactions": True, "company_id": self.company.id}
        )
        self.config.payment_method_ids += later
        self.assertEqual(later.fiscal_payment_kind, "credit")
        order = self.sell([(self.courses, 1)], [(later, 1000)], partner_id=self.customer.id, to_invoice=True)
        self.assertEqual(order.fiscal_document_ids.line_ids.method_sign, "6")
        self.assertTrue(receivable)
        document = self.pay(order.account_move).fiscal_document_ids
        self.assertEqual((document.total, document.line_ids.method_sign), (1000, "7"))

    # === Frozen ===

    def test_what_was_fiscalized_is_frozen(self):
        invoice = self.invoice()
        payment = self.pay(invoice)
        for change in (
            payment.action_draft,
            payment.action_cancel,
            payment.unlink,
            lambda: payment.write({"amount": 5}),
            lambda: payment.write({"journal_id": self.till_cash.id}),
            invoice.button_draft,
            invoice.button_cancel,
            payment.move_id.button_draft,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        payment.write({"memo": "another memo", "amount": 1000})
        self.drain()
        self.assertEqual(payment.fiscal_state, "done")

    # === Returns ===

    def test_paid_credit_note(self):
        invoice = self.invoice((self.courses, 2, 1000))
        sale = self.pay(invoice).fiscal_document_ids
        self.drain()
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.invoice_line_ids.quantity = 1
        note.action_post()
        back = self.pay(note).fiscal_document_ids
        self.assertEqual((back.operation, back.total, back.original_id), ("sale_return", 1000, sale))
        self.assertEqual(self.lines(back), [("English, twice a week", 1, 1000, 1000, "4")])
        self.drain()
        self.assertEqual(back.state, "done")
        self.assertEqual(sale._left_to_return(), 1000)

    def test_more_than_was_sold_is_not_returned(self):
        invoice = self.invoice()
        self.pay(invoice)
        self.drain()
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.invoice_line_ids.quantity = 2
        note.action_post()
        back = self.pay(note).fiscal_document_ids
        self.assertEqual(back.state, "rejected")
        self.assertIn("can still be returned", back.error_message)

    def test_refund_by_hand(self):
        back = self.payment(100, payment_type="outbound").fiscal_document_ids
        self.assertEqual((back.operation, back.total, back.original_id.id), ("sale_return", 100, False))

    # === Bank statements ===

    def statement_line(self, amount, **vals):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "amount": amount,
                "payment_ref": "transfer",
                "date": fields.Date.today(),
                **vals,
            }
        )

    def match(self, entry, invoice):
        """What the bank matching does: the suspense line becomes the counterpart of the invoice."""
        __, suspense, __ = entry._seek_for_lines()
        due = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        suspense.account_id = due.account_id
        (suspense + due).reconcile()
        return suspense

    def test_statement_matched_to_an_invoice(self):
        self.match(self.statement_line(1000), self.invoice())
        Document = self.env["fiscal.document"]
        self.assertFalse(Document.search([("company_id", "=", self.company.id)]), "the setting is off")
        self.register.print_statement = True
        entry, invoice = self.statement_line(1000, partner_id=self.customer.id), self.invoice()
        line = self.match(entry, invoice)
        document = entry.fiscal_document_ids
        self.assertEqual((document.total, document.state, document.move_ids), (1000, "queued", invoice))
        self.assertEqual(document.event, f"account.bank.statement.line:{entry.id}")
        line.remove_move_reconcile()
        (line + invoice.line_ids.filtered(lambda other: other.account_id == line.account_id)).reconcile()
        self.assertEqual(entry.fiscal_document_ids, document)

    def test_statement_matched_to_a_payment(self):
        self.register.print_statement = True
        payment = self.pay(self.invoice())
        entry = self.statement_line(1000)
        __, suspense, __ = entry._seek_for_lines()
        outstanding = payment.move_id.line_ids.filtered(lambda line: line.account_id == payment.outstanding_account_id)
        if outstanding.account_id.reconcile:
            suspense.account_id = outstanding.account_id
            (suspense + outstanding).reconcile()
        self.assertFalse(entry.fiscal_document_ids)
        self.assertEqual(len(payment.fiscal_document_ids), 1)

    # === Companies without a register ===

    def test_company_without_a_register(self):
        Register = self.env["fiscal.register"]
        self.assertTrue(Register._serve(self.company))
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertTrue(Register._serve(branch))
        other = self.env["res.company"].create({"name": "Without a register"})
        self.assertFalse(Register._serve(other))
        Register.create({"name": "First", "company_id": other.id})
        self.assertTrue(Register._serve(other))

    def test_batch_of_payments(self):
        """Fifty payments, three with goods whose tax the register does not know: 47 receipts, three clear errors."""
        strange = self.env["account.tax"].create(
            {
                "name": "13%",
                "amount": 13,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "tax_group_id": self.shop.taxes["standard"].tax_group_id.id,
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        odd = self.courses.create(
            {"name": "Odd", "type": "service", "taxes_id": [Command.set(strange.ids)], "company_id": self.company.id}
        )
        invoices = self.env["account.move"].union(
            *(self.invoice((odd if number % 20 == 5 else self.courses, 1, 100 + number)) for number in range(50))
        )
        payments = self.pay(invoices, group_payment=False)
        self.assertEqual(len(payments), 50)
        self.drain(seconds=60)
        states = payments.mapped("fiscal_state")
        self.assertEqual((states.count("done"), states.count("rejected")), (47, 3))
        for payment in payments.filtered(lambda payment: payment.fiscal_state == "rejected"):
            self.assertIn("does not know the tax of “Odd”", payment.fiscal_error)
        self.assertEqual(len(self.service.registered), 47)
        self.assertEqual(
            sum(Decimal(str(document.total)) for document in payments.fiscal_document_ids),
            sum(Decimal(str(payment.amount)) for payment in payments),
        )
        found = self.env["account.payment"].search([("fiscal_state", "=", "rejected"), ("id", "in", payments.ids)])
        self.assertEqual(len(found), 3)

    def test_lost_answer_is_one_receipt(self):
        payment = self.payment()
        self.service.plan = [Outcome.unknown("the answer was lost", 0)]
        self.drain()
        self.assertEqual(len(payment.fiscal_document_ids), 1)


@tagged("post_install", "-at_install")
class TestPaidInParts(AccountingCase):
    """Where the service keeps the receipts of a sale that is paid in parts together, as those of Ukraine do."""

    country = "UA"

    def setUp(self):
        super().setUp()
        kinds = frozenset({"cash", "electronic", "credit", "prepayment"})
        self.service.capabilities = {"chains": True, "payment_kinds": kinds}

    def paid(self, document):
        return [(payment.kind, payment.amount) for payment in document.payment_ids]

    def part(self, moves, amount=None, **vals):
        return self.pay(moves, amount, **vals).fiscal_document_ids

    def test_first_names_all_and_the_others_go_on_with_it(self):
        invoice = self.invoice((self.courses, 2, 500), (self.shop.products["bread"], 1, 500))
        first = self.part(invoice, 300)
        self.assertEqual([line[1:4] for line in self.lines(first)], [(2, 500, 1000), (1, 500, 500)])
        self.assertEqual((first.total, self.paid(first)), (1500, [("electronic", 300), ("credit", 1200)]))
        second, last = self.part(invoice, 200, journal=self.till_cash), self.part(invoice)
        self.assertEqual((second.total, last.total), (200, 1000))
        self.assertEqual((self.paid(second), self.paid(last)), ([("cash", 200)], [("electronic", 1000)]))
        self.assertEqual((second | last).chain_id, first)
        self.assertEqual(first._chain_left(), 0)
        self.drain()
        self.assertEqual(set((first | second | last).mapped("state")), {"done"})
        shift = self.register.shift_id
        self.assertEqual((shift.sale_total, shift.cash_total), (1500, 200), "each with what was paid then")
        taxes = [amount for name, amount in shift._counters().items() if name.startswith("sale.tax.")]
        self.assertEqual(sum(taxes), 1500)
        self.assertNotIn("sale.credit", shift._counters())

    def test_where_no_chains_are_kept(self):
        self.service.capabilities = {}
        invoice = self.invoice()
        documents = self.part(invoice, 300) | self.part(invoice)
        self.assertEqual((documents.mapped("total"), documents.chain_id.ids), ([300, 1000], []))
        self.assertEqual(documents.line_ids.mapped("method_sign"), ["2", "4"])
        self.assertEqual(self.paid(documents[1]), [("prepayment", 300), ("electronic", 700)])

    def test_all_of_what_is_owed_begins_no_chain(self):
        for amount in (1000, 1200):
            document = self.part(self.invoice(), amount)
            self.assertEqual((document.total, self.paid(document)), (amount, [("electronic", amount)]))

    def test_chain_of_what_is_left_of_a_sale(self):
        """What was paid without a receipt is on none."""
        invoice = self.invoice()
        self.pay(invoice, 400, fiscal_print=False)
        first, last = self.part(invoice, 100), self.part(invoice)
        self.assertEqual((first.total, self.paid(first)), (600, [("electronic", 100), ("credit", 500)]))
        self.assertEqual((last.chain_id, first._chain_left()), (first, 0))

    def test_more_than_is_left_of_the_chain(self):
        invoice = self.invoice()
        self.part(invoice, 300)
        document = self.part(invoice, 800)
        self.assertEqual(document.state, "rejected")
        self.assertIn("700.00 is still to be paid", document.error_message)

    def test_chain_needs_a_payment_of_its_own(self):
        invoice = self.invoice()
        self.part(invoice, 300)
        document = self.part(invoice | self.invoice(), group_payment=True)
        self.assertIn("needs a payment of its own", document.error_message)

    def test_several_invoices_at_once(self):
        """One that is paid in part begins a chain, whose receipts speak of nothing else."""
        documents = self.part(self.invoice() | self.invoice(), 1500, group_payment=True).sorted("id")
        self.assertEqual(documents.mapped("state"), ["queued", "queued"])
        self.assertEqual(
            [self.paid(one) for one in documents], [[("electronic", 1000)], [("electronic", 500), ("credit", 500)]]
        )

    def test_payment_whose_receipt_has_an_error_comes_later(self):
        invoice = self.invoice()
        self.shop.taxes["standard"].amount = 13
        refused = self.part(invoice, 300)
        self.shop.taxes["standard"].amount = 20
        first = self.part(invoice)
        self.assertEqual((refused.state, self.paid(first)), ("rejected", [("electronic", 700), ("credit", 300)]))
        refused.action_retry()
        again = invoice.fiscal_document_ids.filtered(lambda document: document.replaces_id == refused)
        self.assertEqual((again.chain_id, again.total, first._chain_left()), (first, 300, 0))

    def test_rest_that_a_person_fiscalizes(self):
        invoice = self.invoice()
        first = self.part(invoice, 300)
        wizard = self.env["fiscal.fiscalize"].browse(invoice.action_fiscalize()["res_id"])
        rest = wizard.line_ids.filtered(lambda line: line.res_model == "account.move")
        self.assertEqual(rest.status, "made", "the first receipt has left it on credit")
        wizard.kind = "cash"
        wizard.action_confirm()
        last = invoice.fiscal_document_ids - first
        self.assertEqual((last.chain_id, last.total, self.paid(last)), (first, 700, [("cash", 700)]))

    def test_return_of_the_whole(self):
        invoice = self.invoice()
        first, last = self.part(invoice, 300), self.part(invoice, journal=self.till_cash)
        self.drain()
        self.assertEqual((first._left_to_return(), last._left_to_return()), (1000, 1000))
        draft = self.env["fiscal.document"].browse(last.action_return()["res_id"])
        self.assertEqual((draft.original_id, draft.total), (first, 1000))
        self.assertEqual(self.paid(draft), [("electronic", 300), ("cash", 700)])
        draft.payment_ids[0].amount, draft.payment_ids[1].amount = 200, 800
        with self.assertRaisesRegex(UserError, "returned as a whole"):
            draft.action_post()
        draft.payment_ids[0].amount, draft.payment_ids[1].amount = 300, 700
        draft.original_id = last
        draft.action_post()
        self.assertEqual((draft.original_id, first._left_to_return(), last._left_to_return()), (first, 0, 0))

    def test_refund_of_a_part(self):
        invoice = self.invoice()
        first = self.part(invoice, 300)
        self.part(invoice)
        self.drain()
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        part = self.part(note, 400)
        self.assertIn("returned as a whole", part.error_message)
        part.account_payment_id.action_cancel()
        whole = self.part(note)
        self.assertEqual((whole.state, whole.original_id), ("queued", first))
