"""What is kept of a call and of a receipt: nothing that is not the service's, nothing that is private."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools.outcome import Outcome
from .common import FiscalCase

PAGE = "<html>Sign in to the router <input name='password' value='qwerty'></html>"


@tagged("post_install", "-at_install")
class TestKept(FiscalCase):
    def setUp(self):
        super().setUp()
        self.register.shift_policy = "manual"

    def sale(self):
        return self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)]).fiscal_document_ids

    def test_page_of_somebody_else_is_not_kept(self):
        document = self.sale()
        self.service.plan = [Outcome.unknown("HTTP 502", 600, response=PAGE)]
        self.drain()
        self.assertNotIn("qwerty", document.attempt_ids.response)
        self.assertIn(str(len(PAGE)), document.attempt_ids.response)

    def test_answer_of_the_service_is_kept(self):
        document = self.sale()
        self.service.plan = [Outcome.rejected("7", "no", response='{"Error": "no"}')]
        self.drain()
        self.assertEqual(document.attempt_ids.response, '{"Error": "no"}')

    def test_provider_says_what_its_answers_are(self):
        """Those of a register on a cable are no JSON."""
        type(self.register)._demo_readable = lambda register, text: text.isalnum()
        self.addCleanup(delattr, type(self.register), "_demo_readable")
        document = self.sale()
        self.service.plan = [Outcome.rejected("7", "no", response="0210FF")]
        self.drain()
        self.assertEqual(document.attempt_ids.response, "0210FF")

    def test_tax_number_of_the_cashier_is_not_in_attempts(self):
        number = self.cashier.fiscal_tax_number
        document = self.sale()
        prepare = type(self.register)._demo_prepare
        self.patch(
            type(self.register),
            "_demo_prepare",
            lambda register, of, receipt: {
                **prepare(register, of, receipt),
                "CashierVATIN": receipt.cashier.tax_number,
            },
        )
        self.service.plan = [Outcome.rejected("7", f"no {number}", response=f'{{"CashierVATIN": "{number}"}}')]
        self.drain()
        self.assertEqual(document.request["CashierVATIN"], number, "the service gets it")
        attempt = document.attempt_ids
        for text in (attempt.request, attempt.response, attempt.message):
            self.assertTrue(text)
            self.assertNotIn(number, text)

    def test_file_under_the_name_of_the_receipt(self):
        document = self.sale()
        self.drain()
        name, mimetype = document._receipt_file_name()
        forged = self.env["ir.attachment"].create(
            {"res_model": document._name, "res_id": document.id, "name": name, "mimetype": mimetype, "raw": b"forged"}
        )
        receipt = document._receipt_attachments()
        self.assertNotEqual(receipt, forged)
        self.assertEqual(document._receipt_attachments(), receipt, "made once")
        receipt.raw = b"forged too"
        self.assertNotEqual(document._receipt_attachments().raw, b"forged too")
        document._receipt_attachments().unlink()
        self.assertTrue(document._receipt_attachments().raw)

    def test_address_of_a_service(self):
        """Of every provider that is installed."""
        Register = self.env["fiscal.register"]
        names = {name: field.address for name, field in Register._fields.items() if getattr(field, "address", None)}
        for name, kind in names.items():
            wrong = ["https://a:b@example.com", "https://example.com?x=1", "https://example.com#x", "example.com"]
            for address in wrong + (["https://example.com/x"] if kind == "host" else []):
                with self.subTest(name, address=address), self.assertRaises(ValidationError), self.env.cr.savepoint():
                    self.register[name] = address
