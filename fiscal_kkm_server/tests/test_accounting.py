"""Payments and invoices of accounting on the tape of the register, over a real line."""

from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.test_payments import AccountingCase

from .common import KkmServerCase


@tagged("post_install", "-at_install")
class TestAccounting(KkmServerCase, AccountingCase):
    def test_invoice_paid_by_transfer(self):
        payment = self.pay(self.invoice((self.courses, 2, 1000, 10), (self.shop.products["bread"], 3, 62)))
        self.assertEqual(self.emulator.requests, [], "no network in the transaction of the payment")
        self.drain()
        (sale,) = self.printed("sale")
        self.assertEqual((sale.total, sale.payments["ElectronicPayment"]), (Decimal("1986.00"), Decimal("1986.00")))
        self.assertEqual([line["Amount"] for line in sale.lines], [Decimal("1800.00"), Decimal("186.00")])
        self.assertEqual([line["Tax"] for line in sale.lines], [22, 10])
        self.assertEqual([line["SignMethodCalculation"] for line in sale.lines], [4, 4])
        self.assertEqual((payment.fiscal_state, payment.fiscal_document_ids.fiscal_number), ("done", str(sale.number)))

    def test_part_of_an_invoice_is_a_prepayment(self):
        self.pay(self.invoice(), 250.01)
        self.drain()
        (sale,) = self.printed("sale")
        (line,) = sale.lines
        self.assertEqual(line["Amount"], Decimal("250.01"))
        self.assertEqual((line["SignMethodCalculation"], line["SignCalculationObject"], line["Tax"]), (2, 10, 122))

    def test_paid_credit_note_is_a_return(self):
        invoice = self.invoice((self.courses, 2, 1000))
        self.pay(invoice, journal=self.till_cash)
        self.drain()
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.invoice_line_ids.quantity = 1
        note.action_post()
        back = self.pay(note, journal=self.till_cash).fiscal_document_ids
        self.drain()
        (printed,) = self.printed("sale_return")
        self.assertEqual(
            (back.state, printed.total, printed.payments["Cash"]), ("done", Decimal("1000.00"), Decimal("1000.00"))
        )
        self.assertEqual(self.emulator.registers[0].cash, Decimal("1000.00"))

    def test_invoice_on_credit_and_its_payment(self):
        invoice = self.invoice()
        self.env["fiscal.fiscalize"].browse(invoice.action_fiscalize()["res_id"]).action_confirm()
        self.pay(invoice)
        self.drain()
        credit, paid = self.printed("sale")
        self.assertEqual((credit.payments["Credit"], credit.lines[0]["SignMethodCalculation"]), (Decimal("1000.00"), 6))
        self.assertEqual((paid.total, paid.lines[0]["SignMethodCalculation"]), (Decimal("1000.00"), 7))

    def test_lost_answer_prints_one_receipt(self):
        self.emulator.fault("reset_after", "RegisterCheck")
        payment = self.payment(450)
        self.drain()
        self.settle()
        self.assertEqual(payment.fiscal_state, "done", payment.fiscal_error)
        self.assertEqual(len(self.printed("sale")), 1)

    def test_batch_with_bad_ones(self):
        self.shop.taxes["reduced"].amount = 13
        moves = self.env["account.move"].union(
            *(self.invoice((self.shop.products["bread"] if n == 3 else self.courses, 1, 100 + n)) for n in range(8))
        )
        payments = self.pay(moves, group_payment=False)
        self.drain(seconds=60)
        states = payments.mapped("fiscal_state")
        self.assertEqual((states.count("done"), states.count("rejected")), (7, 1))
        self.assertEqual(len(self.printed("sale")), 7)
