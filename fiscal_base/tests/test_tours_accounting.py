"""What an accountant does, in a real browser, on the demo register."""

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_tours import FiscalTourCase


@tagged("post_install", "-at_install", "fiscal_browser")
class TestAccountingTours(FiscalTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.shop.card.journal_id
        cls.bank.fiscal_register_id = cls.register
        cls.customer = cls.shop.customer
        cls.register.shift_policy = "first"
        cls.courses = cls.env["product.product"].create(
            {
                "name": "English, twice a week",
                "type": "service",
                "taxes_id": [Command.set(cls.shop.taxes["standard"].ids)],
                "company_id": cls.company.id,
            }
        )
        cls.accountant = cls.env["res.users"].create(
            {
                "name": "Accountant of the tour",
                "login": "fiscal_accountant",
                "password": "fiscal_accountant",
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
                "group_ids": [Command.set([cls.env.ref("account.group_account_invoice").id])],
            }
        )
        cls.shop.employees[0].user_id = cls.accountant

    def invoice(self, price=500, count=2, product=None):
        product = product or self.courses
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": count,
                            "price_unit": price,
                            "tax_ids": [Command.set(product.taxes_id.ids)],
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    def pay(self, moves, **vals):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=moves.ids)
        return wizard.create({"journal_id": self.bank.id, **vals})._create_payments()

    def walk(self, tour, move):
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{move.id}", tour, login="fiscal_accountant", timeout=120
        )

    def test_invoice_paid_fiscalized_and_opened(self):
        self.register.open_receipt = True
        invoice = self.invoice()
        self.walk("fiscal_invoice_is_fiscalized", invoice)
        document = invoice.fiscal_document_ids
        self.assertEqual((len(document), document.state, document.total), (1, "done", 1000))
        self.assertEqual(document.employee_id, self.shop.employees[0])
        self.authenticate("fiscal_accountant", "fiscal_accountant")
        page = self.url_open(f"/fiscal/receipt/{document.id}")
        self.assertEqual(page.status_code, 200)
        for text in (document.fiscal_number, "English, twice a week", "1,000.00", "data:image/svg+xml"):
            self.assertIn(text, page.text)
        mail = self.env["mail.mail"].search([("model", "=", "fiscal.document"), ("res_id", "=", document.id)])
        self.assertEqual(mail.email_to, "olga@example.com")
        self.authenticate("fiscal_cashier", "fiscal_cashier")
        self.register.cashier_user_ids = self.accountant
        self.env.flush_all()
        self.assertIn(self.url_open(f"/fiscal/receipt/{document.id}").status_code, (200, 403))

    def test_refund(self):
        invoice = self.invoice()
        self.pay(invoice)
        self.drain()
        sale = invoice.fiscal_document_ids
        self.assertEqual(sale.state, "done")
        self.walk("fiscal_invoice_is_refunded", invoice)
        back = invoice.reversal_move_ids.fiscal_document_ids
        self.assertEqual((back.operation, back.state, back.total), ("sale_return", "done", 1000))
        self.assertEqual(back.original_id, sale)

    def test_batch_with_bad_ones(self):
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
        self.register.print_invoice = False
        moves = self.env["account.move"].union(
            *(self.invoice(100 + number, 1, odd if number % 20 == 5 else self.courses) for number in range(50))
        )
        payments = self.pay(moves, group_payment=False)
        self.assertFalse(payments.fiscal_document_ids)
        self.start_tour(
            "/odoo/action-account.action_account_payments",
            "fiscal_batch_with_bad_ones",
            login="fiscal_accountant",
            timeout=240,
        )
        states = payments.mapped("fiscal_state")
        self.assertEqual((states.count("done"), states.count("rejected")), (47, 3))

    @mute_logger("odoo.http")  # an address that is none is told
    def test_missing_address_is_asked_for_and_saved(self):
        self.register.send_email = True
        self.customer.email = False
        invoice = self.invoice()
        self.walk("fiscal_missing_address", invoice)
        document = invoice.fiscal_document_ids
        self.assertEqual(
            (document.state, document.customer_email, document.deliver), ("done", "anna@example.com", "email")
        )
        self.assertEqual((self.customer.email, self.customer.fiscal_agree_email), ("anna@example.com", True))
