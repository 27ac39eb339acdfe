"""What can be returned of a sale is one figure, whoever asks and by whatever way the money goes back."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..tools.outcome import Outcome
from .test_payments import AccountingCase


class ReturnCase(AccountingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.registers.shift_policy = "manual"
        cls.coffee = cls.shop.products["coffee"]

    def sale(self, **vals):
        return self.sell([(self.coffee, 1)], [(self.shop.card, 489.90)], **vals)

    def refund(self, order):
        return self.sell(self.refund_lines(order), [(self.shop.card, -489.90)], is_refund=True)

    def reject(self, document, words="paper is blue"):
        self.service.plan = [Outcome.rejected("7", words)]
        self.drain()
        self.assertEqual(document.state, "rejected")

    def back(self, document):
        """A draft of the return of `document`."""
        return self.env["fiscal.document"].browse(document.action_return()["res_id"])

    def returned(self, sale):
        """What registered and queued returns of `sale` come to."""
        returns = self.env["fiscal.document"].search(
            [("original_id", "=", sale.id), ("state", "not in", ("draft", "rejected", "cancelled"))]
        )
        return sum(returns.mapped("total"))


@tagged("post_install", "-at_install")
class TestReturnedOnce(ReturnCase):
    def test_refused_return_is_not_sent_again_after_another(self):
        sale = self.sale().fiscal_document_ids
        self.drain()
        first = self.back(sale)
        first.action_post()
        self.reject(first)
        second = self.back(sale)
        second.action_post()
        self.drain()
        self.assertEqual(second.state, "done")
        with self.assertRaisesRegex(UserError, "0.00 can still be returned"):
            first.action_retry()
        self.assertEqual((first.state, self.returned(sale)), ("rejected", 489.90))

    def test_refused_refund_of_the_till_is_not_taken_up_after_another(self):
        order = self.sale()
        self.drain()
        first = self.refund(order).fiscal_document_ids
        self.reject(first)
        second = self.back(order.fiscal_document_ids)
        second.action_post()
        first._try_again()
        self.assertEqual((first.state, self.returned(order.fiscal_document_ids)), ("rejected", 489.90))
        self.assertIn("0 can still be returned", first.error_message)

    def test_cashier_sees_what_others_returned(self):
        """A cashier of one register returns a receipt whose other return was made on a register he does not see."""
        sale = self.sale().fiscal_document_ids
        self.drain()
        user = new_test_user(
            self.env,
            "one.till",
            "base.group_user,point_of_sale.group_pos_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        other = self.register.sudo().copy({"name": "Second"})
        other.state = "enabled"
        other.cashier_user_ids = self.env.user
        draft = self.back(sale)
        draft.register_id = other
        draft.action_post()
        self.assertFalse(self.env["fiscal.document"].with_user(user).search([("id", "=", draft.id)]))
        self.assertEqual(sale.with_user(user)._left_to_return(), 0)
        self.assertTrue(sale.with_user(user)._return_problem(sale.with_user(user), 1))

    def test_sale_paid_in_two_parts_is_returned_once(self):
        """One return of the whole leaves nothing of either receipt."""
        invoice = self.invoice()
        first, second = (self.pay(invoice, amount).fiscal_document_ids for amount in (500, None))
        self.drain()
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        back = self.pay(note).fiscal_document_ids
        self.assertEqual((back.state, back.total), ("queued", 1000))
        self.assertEqual((first._left_to_return(), second._left_to_return()), (0, 0))
        with self.assertRaisesRegex(UserError, "returned already"):
            first.action_return()
        self.assertLessEqual(first | second, self.env["fiscal.document"].union(*back._claimed()[:2]))

    def test_sale_paid_in_two_parts_is_returned_part_by_part(self):
        invoice = self.invoice()
        first, second = (self.pay(invoice, amount).fiscal_document_ids for amount in (400, None))
        self.drain()
        self.assertEqual((first._left_to_return(), second._left_to_return()), (0, 1000), "the prepayment is used")
        with self.assertRaisesRegex(UserError, "has been returned already"):
            self.back(first)
        part = self.back(second)
        part.line_ids.amount, part.payment_ids[0].amount, part.payment_ids[1].amount = 700, 100, 600
        part.action_post()
        self.assertEqual((first._left_to_return(), second._left_to_return()), (0, 300))
        self.back(second).action_post()
        self.assertEqual((first._left_to_return(), second._left_to_return()), (0, 0))


@tagged("post_install", "-at_install")
class TestOnlyWhatWasMade(ReturnCase):
    """Nothing is returned that was never registered; the return waits, and goes when the sale's receipt is made."""

    def refused_sale(self):
        self.service.capabilities = {"payment_kinds": frozenset({"cash"})}
        order = self.sale()
        self.assertEqual(order.fiscal_document_ids.state, "rejected")
        return order

    def made(self, order):
        self.service.capabilities = {}
        order.fiscal_document_ids.filtered(lambda document: document.state == "rejected").action_retry()
        return order.fiscal_document_ids.filtered(lambda document: document.state == "queued")

    def test_refund_at_the_till_of_a_refused_sale(self):
        order = self.refused_sale()
        refund = self.refund(order)
        back = refund.fiscal_document_ids
        self.assertEqual((refund.state, back.state), ("paid", "rejected"))
        self.assertIn("is not registered", back.error_message)
        self.assertTrue((order.fiscal_document_ids | back).activity_ids, "one call for all that was refused")
        self.drain()
        self.assertEqual(self.service.sent, [])
        with self.assertRaisesRegex(UserError, "is not registered"), self.env.cr.savepoint():
            back.action_retry()
        sale = self.made(order)
        back = refund.fiscal_document_ids.filtered(lambda document: document.state != "cancelled")
        self.assertEqual((back.state, back.original_id), ("queued", sale))
        self.drain()
        self.assertEqual([request["operation"] for __, request in self.service.sent], ["sale", "sale_return"])

    def test_sale_that_its_register_refuses_before_the_return_is_sent(self):
        order = self.sale()
        refund = self.refund(order)
        self.service.plan = [Outcome.rejected("7", "paper is blue")]
        self.drain()
        sale, back = order.fiscal_document_ids, refund.fiscal_document_ids
        self.assertEqual((sale.state, back.state, len(self.service.sent)), ("rejected", "rejected", 1))
        self.assertIn("is not registered", back.error_message)
        self.assertTrue((order.fiscal_document_ids | back).activity_ids, "one call for all that was refused")
        sale.action_retry()
        self.drain()
        made = [*order.fiscal_document_ids, *refund.fiscal_document_ids]
        self.assertEqual([document.state for document in made if document.state != "cancelled"], ["done", "done"])
        self.assertEqual(len(self.service.registered), 2)

    def test_return_of_a_payment_whose_receipt_was_refused(self):
        self.service.capabilities = {"payment_kinds": frozenset({"cash"})}
        invoice = self.invoice()
        sale = self.pay(invoice).fiscal_document_ids
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        back = self.pay(note).fiscal_document_ids
        self.assertEqual((sale.state, back.state), ("rejected", "rejected"))
        self.assertIn("is not registered", back.error_message)
        self.service.capabilities = {}
        sale.action_retry()
        self.assertEqual((invoice.fiscal_state, note.fiscal_state), ("queued", "queued"))

    def test_sale_that_was_given_up(self):
        order = self.refused_sale()
        order.fiscal_document_ids._decide("cancel", "a test sale")
        back = self.refund(order).fiscal_document_ids
        self.assertEqual(back.state, "rejected")
        self.assertIn("was given up", back.error_message)

    def test_order_from_before_the_register(self):
        self.config.fiscal_register_id = False
        order = self.sale()
        self.config.current_session_id.action_pos_session_closing_control()
        self.config.fiscal_register_id = self.register
        back = self.refund(order).fiscal_document_ids
        self.assertEqual((back.state, back.original_id.ids), ("queued", []))
