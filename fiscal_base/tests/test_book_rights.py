"""The operations book: what a cashier writes by hand, and what only an accountant does."""

from odoo.fields import Command
from odoo.tests import tagged

from .rpc import RpcCase


@tagged("post_install", "-at_install")
class TestBookRights(RpcCase):
    def setUp(self):
        super().setUp()
        self.register.shift_policy = "manual"
        self.clerk = self.person("clerk", "fiscal_base.group_fiscal_cashier")
        self.accountant = self.person("accountant", "fiscal_base.group_fiscal_accountant")
        self.shop.employees[1].user_id = self.clerk
        self.be(self.clerk)

    def draft(self, operation, **vals):
        """A draft that the signed-in user writes."""
        line = {"name": "Курс", "price": 10, "amount": 10, "tax_code": "none", "without_tax": True}
        row = {"kind": "cash", "amount": 10}
        if operation not in ("cash_in", "cash_out"):
            vals = {"line_ids": [Command.create(line)], "payment_ids": [Command.create(row)], **vals}
        vals = {"operation": operation, "register_id": self.register.id, "total": 10, **vals}
        return self.rpc("fiscal.document", "create", [vals])

    def post(self, ids):
        self.rpc("fiscal.document", "action_post", ids)
        return self.env["fiscal.document"].browse(ids).state

    def test_what_a_cashier_may(self):
        self.assertEqual(self.post(self.draft("sale")), "queued")
        self.assertEqual(self.post(self.draft("cash_in")), "queued")

    def test_what_only_an_accountant_may(self):
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        self.drain()
        customer = self.shop.customer
        correction = {"correction_date": "2026-01-01", "correction_reason": "x"}
        for operation, vals, words in (
            ("correction_sale", correction, "corrections"),
            ("sale_return", {}, "receipt that is returned"),
            ("sale", {"enter_payment": True, "partner_id": customer.id}, "enters payments"),
            ("sale", {"employee_id": self.cashier.id}, "as the cashier"),
            ("cash_out", {"total": 1000}, "in the drawer"),
        ):
            self.register.employee_id = False
            with self.subTest(operation, **vals):
                self.assert_refused("fiscal.document", "action_post", self.draft(operation, **vals), words=words)
        document = order.fiscal_document_ids.ids
        self.assert_refused("fiscal.document", "action_correct", document)
        self.assert_refused("fiscal.document", "action_retry", document)

    def test_cash_that_is_there_is_taken_out(self):
        self.post(self.draft("cash_in", total=50))
        self.assert_refused("fiscal.document", "action_post", self.draft("cash_out", total=51))
        self.assertEqual(self.post(self.draft("cash_out", total=50)), "queued")
        self.assert_refused("fiscal.document", "action_post", self.draft("cash_out", total=1))

    def test_an_accountant_may(self):
        self.shop.employees[1].user_id = self.accountant
        self.be(self.accountant)
        self.assertEqual(self.post(self.draft("sale_return")), "queued")
        self.assertEqual(self.post(self.draft("cash_out", total=1000, employee_id=self.cashier.id)), "queued")

    def test_drafts_of_others(self):
        self.be(self.accountant)
        ids = self.draft("sale")
        line = self.env["fiscal.document"].browse(ids).line_ids
        self.be(self.clerk)
        self.assert_refused("fiscal.document", "write", ids, {"name": "mine"})
        self.assert_refused("fiscal.document", "unlink", ids)
        self.assert_refused("fiscal.document", "action_post", ids)
        self.assert_refused("fiscal.document.line", "write", line.ids, {"amount": 1})
        self.assert_refused("fiscal.document.line", "unlink", line.ids)
        self.assert_refused("fiscal.document.payment", "create", [{"document_id": ids[0], "kind": "cash", "amount": 1}])
        own = self.draft("sale")
        self.be(self.accountant)
        self.rpc("fiscal.document", "write", own, {"name": "seen"})
        self.rpc("fiscal.document", "unlink", own)
