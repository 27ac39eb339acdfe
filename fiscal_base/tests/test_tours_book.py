"""The operations book and the editor of the receipt line's text, in a real browser, on the demo register."""

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.outcome import Outcome
from .test_tours import FiscalTourCase


@tagged("post_install", "-at_install", "fiscal_browser")
class TestBookTours(FiscalTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank, cls.cash = cls.shop.card.journal_id, cls.shop.cash.journal_id
        (cls.bank + cls.cash).fiscal_register_id = cls.register
        cls.register.shift_policy = "first"
        cls.keeper = cls.env["res.users"].create(
            {
                "name": "Keeper of the book",
                "login": "fiscal_keeper",
                "password": "fiscal_keeper",
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
                "group_ids": [Command.set([cls.env.ref("account.group_account_invoice").id])],
            }
        )
        cls.shop.employees[0].user_id = cls.keeper

    def walk(self, tour, path="/odoo/fiscal-operations"):
        self.start_tour(path, tour, login="fiscal_keeper", timeout=180)

    @mute_logger("odoo.http")  # a sum that is missing is told
    def test_a_day_in_the_book(self):
        self.walk("fiscal_operations_book")
        self.drain()
        documents = self.documents().filtered(lambda document: document.state != "draft")
        self.assertEqual(
            documents.mapped("operation"), ["shift_open", "cash_in", "sale", "cash_out", "x_report", "shift_close"]
        )
        self.assertEqual(set(documents.mapped("state")), {"done"})
        sale = documents[2]
        self.assertEqual((sale.total, sale.cash_amount, sale.card_amount, sale.change), (700, 500, 250, 50))
        self.assertEqual(sale.cashier_name, "Анна Смирнова")
        self.assertEqual(
            {payment.journal_id: payment.amount for payment in sale.operation_payment_ids},
            {self.cash: 450, self.bank: 250},
        )
        self.assertEqual(documents.shift_id.cash_total, 500 + 450 - 200)

    def test_an_error_has_the_register_s_words(self):
        plan = [Outcome.rejected("7", "The paper has run out.")]
        submit = self.env.registry["fiscal.register"]._demo_submit

        def planned(register, document, request):
            if plan and document.operation == "cash_in":
                return plan.pop(0)
            return submit(register, document, request)

        self.patch(self.env.registry["fiscal.register"], "_demo_submit", planned)
        self.walk("fiscal_operation_with_an_error")
        self.drain()
        document = self.documents().filtered(lambda document: document.operation == "cash_in")
        self.assertEqual((len(document), document.state), (1, "done"))

    def test_an_invoice_is_paid_in_the_book(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.shop.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Занятие",
                            "price_unit": 1000,
                            "tax_ids": [Command.set(self.shop.taxes["standard"].ids)],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        self.walk("fiscal_operation_pays_an_invoice")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual((invoice.fiscal_state, invoice.fiscal_count), ("done", 1))

    @mute_logger("odoo.http")  # a typo is told
    def test_the_editor_of_a_template(self):
        self.keeper.group_ids += self.env.ref("fiscal_base.group_fiscal_manager")
        father = self.env["res.partner"].create({"name": "Иванов Петр Михайлович"})
        son = self.env["res.partner"].create({"name": "Иванов Антон Петрович", "parent_id": father.id})
        self.env["account.payment"].create(
            {
                "amount": 4500,
                "memo": "за октябрь",
                "partner_id": son.id,
                "journal_id": self.bank.id,
                "payment_type": "inbound",
                "partner_type": "customer",
            }
        )
        self.walk("fiscal_template_editor", "/odoo/fiscal-registers")
        self.assertEqual(self.register.details_template, "Урок: {customer} - {note}")
