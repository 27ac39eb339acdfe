"""The same money and the same goods are on one receipt, whatever is undone, matched again or imported twice."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.document.document import ALERT
from .test_payments import AccountingCase


@tagged("post_install", "-at_install")
class TestMoneyOnce(AccountingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.registers.shift_policy = "manual"
        cls.register.print_statement = True

    def entry(self, amount=1000):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "amount": amount,
                "payment_ref": "transfer",
                "date": fields.Date.today(),
                "partner_id": self.customer.id,
            }
        )

    def match(self, entry, invoice):
        __, suspense, other = entry._seek_for_lines()
        due = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        line = suspense or other
        line.account_id = due.account_id
        (line + due).reconcile()
        return line

    def without_entry(self, invoice, amount):
        """A payment as of a journal without outstanding accounts: it is in process and has no entry."""
        payment = self.payment(amount, post=False, invoice_ids=[Command.set(invoice.ids)])
        payment.outstanding_account_id = False
        invoice.matched_payment_ids += payment
        payment.action_post()
        self.assertEqual((payment.move_id.ids, payment.state), ([], "in_process"))
        return payment

    def registered(self):
        return self.env["fiscal.document"].search(
            [("company_id", "=", self.company.id), ("state", "not in", ("rejected", "cancelled", "draft"))]
        )

    def test_bank_transaction_with_a_receipt_stays(self):
        entry = self.entry()
        self.match(entry, self.invoice())
        self.assertEqual(len(entry.fiscal_document_ids), 1)
        for change in (entry.unlink, lambda: entry.write({"amount": 5}), entry.move_id.button_draft):
            with (
                self.assertRaisesRegex(UserError, "has gone to the register|was made of this"),
                self.env.cr.savepoint(),
            ):
                change()
        free = self.entry()
        free.write({"amount": 7})
        free.unlink()

    def test_refused_receipt_of_a_deleted_bank_transaction_is_given_up(self):
        self.service.capabilities = {"payment_kinds": frozenset({"cash"})}
        entry = self.entry()
        self.match(entry, self.invoice()).remove_move_reconcile()
        document = entry.fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        entry.unlink()
        self.assertEqual(document.state, "cancelled")

    def test_undone_and_paid_by_a_payment(self):
        invoice, entry = self.invoice(), self.entry()
        line = self.match(entry, invoice)
        receipt = entry.fiscal_document_ids
        self.drain()
        line.remove_move_reconcile()
        document = self.pay(invoice).fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("does not pay it any more", document.error_message)
        self.assertEqual(self.registered(), receipt)
        back = self.env["fiscal.document"].browse(receipt.action_return()["res_id"])
        back.action_post()
        document.action_retry()
        self.assertEqual(document.state, "cancelled")
        self.assertEqual(self.registered().mapped("total"), [1000, 1000, 1000], "the sale, its return, and the payment")

    def test_payment_matched_to_another_invoice(self):
        first, second = self.invoice(), self.invoice()
        payment = self.pay(first)
        receipt = payment.fiscal_document_ids
        lines = payment.move_id.line_ids.filtered(lambda line: line.account_id == payment.destination_account_id)
        lines.remove_move_reconcile()
        due = second.line_ids.filtered(lambda line: line.account_id == payment.destination_account_id)
        (lines + due).reconcile()
        self.assertEqual(self.registered(), receipt)
        self.assertIn(second.name, " ".join(receipt.message_ids.mapped("body")))
        again = self.pay(first).fiscal_document_ids
        self.assertEqual(again.state, "rejected")
        self.assertEqual(self.registered(), receipt)

    def test_payment_without_an_entry_and_its_bank_transaction(self):
        invoice = self.invoice()
        receipt = self.without_entry(invoice, 1000).fiscal_document_ids
        self.assertEqual((receipt.total, receipt.state, receipt.move_ids), (1000, "queued", invoice))
        entry = self.entry()
        self.match(entry, invoice)
        self.assertFalse(entry.fiscal_document_ids)
        self.assertEqual(self.registered(), receipt)

    def test_parts_without_an_entry(self):
        invoice = self.invoice()
        first, last = (self.without_entry(invoice, amount).fiscal_document_ids for amount in (400, 600))
        self.assertEqual((first.line_ids.method_sign, last.line_ids.method_sign), ("2", "4"))
        wizard = self.env["fiscal.fiscalize"].browse(invoice.action_fiscalize()["res_id"])
        self.assertEqual(set(wizard.line_ids.mapped("status")), {"made"})
        self.match(self.entry(400), invoice)
        self.match(self.entry(600), invoice)
        self.assertEqual(self.registered(), first | last)

    def test_part_without_an_entry_and_the_rest_by_the_bank(self):
        invoice = self.invoice()
        first = self.without_entry(invoice, 400).fiscal_document_ids
        self.match(self.entry(400), invoice)
        entry = self.entry(600)
        self.match(entry, invoice)
        self.assertEqual(self.registered() - first, entry.fiscal_document_ids)
        last = entry.fiscal_document_ids
        self.assertEqual((last.total, last.line_ids.method_sign), (1000, "4"), "all of the goods leave")
        self.assertEqual([(p.kind, p.amount) for p in last.payment_ids], [("prepayment", 400), ("electronic", 600)])


@tagged("post_install", "-at_install")
class TestOnlineOfTill(AccountingCase):
    """An order of a till that is paid on line, where Odoo's addon for it is installed."""

    def setUp(self):
        super().setUp()
        if "online_account_payment_id" not in self.env["pos.payment"]._fields:
            self.skipTest("the addon pos_online_payment is not installed")
        self.register.shift_policy = "manual"
        self.provider = self.env["payment.provider"].create(
            {"name": "Acquirer", "code": "none", "company_id": self.company.id, "state": "test"}
        )
        self.env["account.payment.method.line"].create(
            {
                "name": "Acquirer",
                "journal_id": self.bank.id,
                "payment_method_id": self.env.ref("account.account_payment_method_manual_in").id,
                "payment_provider_id": self.provider.id,
            }
        )
        self.provider.journal_id = self.bank

    def paid_online(self):
        data = self.order_data([(self.shop.products["coffee"], 1)], [], state="draft", to_pay=0)
        self.env["pos.order"].sync_from_ui([data])
        order = self.env["pos.order"].search([("uuid", "=", data["uuid"])])
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "reference": f"{order.uuid}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_redirect",
                "pos_order_id": order.id,
            }
        )
        transaction._set_done()
        # the provider of the test is not published, so the till does not offer its method
        with self.assertLogs("odoo.addons.pos_online_payment.models.pos_payment", "WARNING"):
            transaction._post_process()
        self.assertEqual((order.state, len(order.fiscal_document_ids)), ("paid", 1))
        return order, transaction

    def paid_back(self, transaction, amount=489.90):
        refund = transaction._create_child_transaction(amount, is_refund=True)
        refund._set_done()
        refund._post_process()
        return refund.payment_id.fiscal_document_ids

    def test_returned_at_the_till_and_by_the_provider(self):
        order, transaction = self.paid_online()
        sale = order.fiscal_document_ids
        self.drain()
        self.sell(self.refund_lines(order), [(self.shop.cash, -489.90)], is_refund=True)
        back = self.paid_back(transaction)
        self.assertEqual((back.state, back.original_id), ("rejected", sale))
        self.assertIn("0.00 can still be returned", back.error_message)
        self.assertTrue(back.activity_ids)

    def test_returned_by_the_provider_and_at_the_till(self):
        order, transaction = self.paid_online()
        sale = order.fiscal_document_ids
        self.drain()
        self.bank.fiscal_register_id = False
        back = self.paid_back(transaction, 200)
        self.assertEqual((back.state, back.original_id, back.total), ("queued", sale, 200), "on the order's register")
        self.assertEqual(back.line_ids.mapped("tax_code"), sale.line_ids.mapped("tax_code"))
        refund = self.sell(self.refund_lines(order), [(self.shop.cash, -489.90)], is_refund=True)
        self.assertEqual(refund.fiscal_document_ids.state, "rejected")
        self.assertEqual(str(sale._left_to_return()), "289.90")


@tagged("post_install", "-at_install")
class TestPaidButOpen(AccountingCase):
    def test_closing_names_an_order_with_money_on_it(self):
        data = self.order_data([(self.shop.products["coffee"], 1)], [(self.shop.card, 489.90)], state="draft")
        self.env["pos.order"].sync_from_ui([data])
        order = self.env["pos.order"].search([("uuid", "=", data["uuid"])])
        session = order.session_id
        self.assertEqual((order.state, order.fiscal_document_ids.ids), ("draft", []))
        refusal = session.close_session_from_ui()
        self.assertFalse(refusal["successful"])
        self.assertIn(order.pos_reference or order.name, refusal["message"])
        self.assertIn("489", refusal["message"])
        self.assertEqual(len(session.activity_ids), 1)
        order.state = "cancel"
        self.assertTrue(session.close_session_from_ui()["successful"], "named before")

    def draft(self, paid, uuid=None):
        coffee = (self.shop.products["coffee"], 1)
        data = self.order_data([coffee], [(self.shop.card, paid)], state="draft", uuid=uuid, to_pay=paid)
        self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].search([("uuid", "=", data["uuid"])])

    def calls(self, session):
        return session.activity_ids.filtered(lambda one: one.activity_type_id == self.env.ref(ALERT))

    def test_cancelled_order_with_money_on_it_is_named_once(self):
        order = self.draft(100)
        order.state = "cancel"
        session = order.session_id
        self.assertFalse(session.close_session_from_ui()["successful"])
        self.assertIn("100", session.activity_ids.note)
        self.assertTrue(session.close_session_from_ui()["successful"])

    def test_an_order_that_became_a_draft_again_calls_at_its_sync(self):
        order = self.draft(489.90)
        session = order.session_id
        other = self.draft(489.90)
        self.assertEqual((order.state, len(self.calls(session))), ("draft", 1), "one call for both")
        self.assertIn(other.pos_reference or other.name, self.calls(session).note)
        other.payment_ids.unlink()
        paid = self.order_data([], [], uuid=order.uuid, to_pay=0)
        paid.update(id=order.id, lines=[], payment_ids=[], amount_total=489.90, amount_paid=489.90)
        paid.update(amount_tax=order.amount_tax)
        self.env["pos.order"].sync_from_ui([paid])
        self.assertEqual((order.state, len(order.fiscal_document_ids)), ("paid", 1), "the receipt is made now")
        self.assertFalse(self.calls(session), "and the call is taken back")

    def test_a_part_payment_of_a_draft_calls_nobody(self):
        """A table that pays in parts."""
        self.assertFalse(self.calls(self.draft(100).session_id))

    def test_closing_in_the_back_office_names_it_too(self):
        order = self.draft(489.90)
        session = order.session_id
        with self.assertRaisesRegex(UserError, "carry payments"), self.env.cr.savepoint():
            session.action_pos_session_closing_control()
        self.calls(session).unlink()
        order.state = "cancel"
        session.action_pos_session_closing_control()
        self.assertEqual((session.state, len(self.calls(session))), ("closed", 1), "a person is called")


@tagged("post_install", "-at_install")
class TestKopecks(AccountingCase):
    def test_company_currency_without_decimals(self):
        """What is stored is what was checked: 500 of two equal parts of 1.00 and 2.00 is to the kopeck."""
        currency = self.company.currency_id
        currency.rounding = 1
        self.assertEqual(currency.decimal_places, 0)
        invoice = self.invoice((self.courses, 1, 1000), (self.shop.products["bread"], 1, 500))
        document = self.pay(invoice, 500).fiscal_document_ids
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(document.line_ids.mapped("amount"), [333.33, 166.67])
        self.assertEqual((document.state, document.total), ("queued", 500))
        self.assertEqual(document.register_id._problems(document._as_receipt()), [])
