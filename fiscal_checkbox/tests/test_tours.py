"""The main tasks in a real browser, with an emulated Checkbox; its receipts are compared with the orders."""

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.test_tours import FiscalTourCase

from .common import CheckboxEmulator, connect, keep_what_is_kept


class CheckboxTours(FiscalTourCase):
    country = "UA"

    def setUp(self):
        super().setUp()
        self.emulator = CheckboxEmulator().start()
        self.addCleanup(self.emulator.stop)
        connect(self.register, self.emulator, self.shop.employees)
        keep_what_is_kept(self)

    def assert_registered_as_sold(self):
        """The service registered exactly what was sold, each once, to the kopeck."""
        sold = [(one.fiscal_code, one.total) for one in self.emulator.receipts if one.type in ("SELL", "RETURN")]
        documents = self.documents().filtered("line_ids")
        self.assertEqual(set(documents.mapped("state")), {"done"}, documents.mapped("error_message"))
        self.assertEqual(sold, [(one.fiscal_number, round(one.total * 100)) for one in documents])
        self.assertEqual(self.emulator.unknown_fields, set())


@tagged("post_install", "-at_install", "fiscal_browser")
class TestCheckboxTours(CheckboxTours):
    def test_two_cashiers_sign_in_with_their_pin(self):
        self.config.write({"module_pos_hr": True, "basic_employee_ids": [Command.set(self.shop.employees.ids)]})
        self.tour("fiscal_checkbox_two_cashiers")
        self.assert_registered_as_sold()
        self.assertEqual([one.shift.cashier.login for one in self.emulator.receipts], ["oksana", "taras"])
        self.assertEqual([shift.status for shift in self.emulator.shifts], ["CLOSED", "OPENED"])

    def test_cashier_without_an_account_is_refused_before_the_sale(self):
        self.register.checkbox_account_ids[0].unlink()
        self.tour("fiscal_checkbox_cashier_without_account")
        self.assertFalse(self.documents().filtered("pos_order_id"))

    def test_shift_older_than_24_hours(self):
        """It was opened elsewhere, before the session; the till sees no more of it than a receipt."""
        organisation = self.emulator.organisation
        organisation.open_shift(organisation.cashiers[0], organisation.registers[0], {}, "Odoo fiscal_checkbox")
        self.emulator.fault("shift_expired")
        self.tour("fiscal_checkbox_sale")
        self.assert_registered_as_sold()
        self.assertEqual([shift.status for shift in self.emulator.shifts], ["CLOSED", "OPENED"])
        self.assertEqual(self.emulator.receipts[0].shift.serial, 2)

    def test_sale_while_the_tax_service_does_not_answer(self):
        self.emulator.fault("offline")
        self.tour("fiscal_checkbox_sale")
        self.assert_registered_as_sold()
        (document,) = self.documents().filtered("pos_order_id")
        self.assertEqual(
            (document.checkbox_delivery, document.fiscal_number),
            (False, "OFF000001"),
            "a test register delivers nothing",
        )


@tagged("post_install", "-at_install", "fiscal_browser")
class TestCheckboxInvoice(CheckboxTours):
    def test_invoice_is_fiscalized(self):
        self.shop.card.journal_id.fiscal_register_id = self.register
        self.register.shift_policy = "first"
        accountant = self.env["res.users"].create(
            {
                "name": "Accountant of the tour",
                "login": "fiscal_accountant",
                "password": "fiscal_accountant",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set([self.env.ref("account.group_account_invoice").id])],
            }
        )
        self.shop.employees[1].user_id = accountant
        coffee = self.shop.products["coffee"]
        line = {"product_id": coffee.id, "quantity": 2, "price_unit": 189.9}
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.shop.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [Command.create({**line, "tax_ids": [Command.set(coffee.taxes_id.ids)]})],
            }
        )
        invoice.action_post()
        url = f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}"
        self.start_tour(url, "fiscal_checkbox_invoice", login="fiscal_accountant", timeout=120)
        self.assert_registered_as_sold()
        document = invoice.fiscal_document_ids
        self.assertEqual((document.state, document.total), ("done", 379.8))
        self.assertEqual(self.emulator.receipts[0].shift.cashier.login, "taras", "the accountant's own account")
