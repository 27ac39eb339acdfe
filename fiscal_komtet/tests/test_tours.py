"""The main tasks in a real browser, with an emulated Komtet Kassa that prints later and calls back."""

import requests

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from odoo.addons.fiscal_base.tests.test_tours import FiscalTourCase

from .common import SECRET, SHOP, KomtetEmulator, settings, wait_for


@tagged("post_install", "-at_install", "fiscal_browser")
class TestKomtetTours(FiscalTourCase):
    def setUp(self):
        super().setUp()
        self.emulator = KomtetEmulator(shops={SHOP: SECRET}, seconds=2.5).start()
        self.addCleanup(self.emulator.stop)
        own = self.emulator._post
        # a request without the name of the test would not be served by it
        self.emulator._post = lambda url, body, headers: own(
            url, body, {**headers, "Cookie": f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"}
        )
        self.register.write({**settings(self.emulator), "komtet_address": self.base_url()})

    def invoice(self, product):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.shop.customer.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": 2 if product == self.bread else 1,
                            "price_unit": product.lst_price,
                            "tax_ids": [Command.set(product.taxes_id.ids)],
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    @property
    def bread(self):
        return self.shop.products["bread"]

    def assertToldByCallback(self, documents):
        """Each result was told by the service, to the address that went with the task, and taken."""
        url = f"{self.base_url()}/fiscal_komtet/{self.register.id}/task"
        self.assertTrue(wait_for(lambda: len(self.emulator.calls) == len(documents)))
        self.assertEqual(self.emulator.calls, [(url, 200)] * len(documents))
        for document in documents:
            self.assertIn("callback", document.attempt_ids.mapped("kind"))

    def test_invoices_paid_in_cash_and_electronically(self):
        journals = self.shop.cash.journal_id | self.shop.card.journal_id
        journals.fiscal_register_id = self.register
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
        self.shop.employees[0].user_id = accountant
        invoices = self.invoice(self.bread) | self.invoice(self.shop.products["coffee"])
        self.start_tour(
            "/odoo/action-account.action_move_out_invoice_type",
            "fiscal_komtet_invoices",
            login="fiscal_accountant",
            timeout=180,
        )
        documents = invoices.fiscal_document_ids.sorted("id")
        self.assertEqual(documents.mapped("state"), ["done", "done"])
        printed = self.emulator.documents
        self.assertEqual([f"{receipt.total}" for receipt in printed], ["124.00", "489.90"])
        self.assertEqual([[*receipt.payments] for receipt in printed], [["cash"], ["card"]])
        self.assertEqual(documents.mapped("fiscal_number"), [receipt.fiscal["i"] for receipt in printed])
        self.assertToldByCallback(documents)
        self.authenticate("fiscal_accountant", "fiscal_accountant")
        page = self.url_open(f"/fiscal/receipt/{documents[1].id}", allow_redirects=False)
        self.assertEqual(page.headers["Location"], documents[1].receipt_url)
        receipt = requests.get(page.headers["Location"], timeout=10)
        self.assertEqual(receipt.status_code, 200)
        self.assertIn("ИТОГ = 489.90", receipt.text)

    def test_pending_at_the_till_is_updated_by_itself(self):
        self.tour("fiscal_komtet_till")
        document = self.documents()
        self.assertEqual((document.operation, document.state), ("sale", "done"))
        self.assertEqual(f"{self.emulator.documents[0].total}", "489.90")
        self.assertToldByCallback(document)
