"""What goes back is registered once, whichever two ways it goes back by."""

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..models.accounting.source import BACK
from ..tools.money import ZERO
from .ways import PAID, SUM, Impossible, Refused, WaysCase, pairs_of, way


class WaysBack(WaysCase):
    """Ways by which what was sold comes back, by a credit note or by the receipt itself."""

    IMPOSSIBLE = {
        (first, second): PAID
        for first in ("pay_credit_note", "pay_credit_note_in_the_book")
        for second in ("pay_credit_note", "pay_credit_note_in_the_book", "bank_line_of_credit_note")
    } | {
        ("bank_line_of_credit_note", second): PAID
        for second in ("pay_credit_note", "pay_credit_note_in_the_book", "bank_line_of_credit_note")
    }

    def assert_once(self):
        goods, paid = self.registered(BACK)
        self.assertEqual(goods, SUM, self.told())
        self.assertLessEqual(paid, SUM, self.told())
        for sale in self.documents().filtered(lambda one: one.operation == "sale"):
            self.assertGreaterEqual(sale._left_to_return(), ZERO)

    def prepare_for_two(self):
        result = super().prepare_for_two()
        self.the_note()
        return result

    def sold(self):
        return self.documents().filtered(lambda one: one.operation == "sale" and one.state == "done")[:1]

    def credit_note(self):
        note = self.the_invoice()._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        return note

    def the_note(self):
        if "note" not in self.thing:
            self.thing["note"] = self.credit_note()
        return self.thing["note"]

    def open_note(self):
        note = self.the_note()
        if not note.amount_residual:
            raise Impossible(PAID)
        return note

    @way
    def return_of_the_receipt(self):
        self.Document.browse(self.sold().action_return()["res_id"]).action_post_operation()

    @way
    def fiscalize_credit_note(self):
        self.confirm_dialog(self.the_note(), "electronic")

    @way
    def pay_credit_note(self):
        self.pay(self.open_note())

    @way
    def pay_another_credit_note(self):
        self.pay(self.credit_note())

    @way
    def pay_credit_note_in_the_book(self):
        note = self.open_note()
        form = self.book("sale_return")
        form.original_id = self.sold()
        if note not in form.open_move_ids[:]:
            raise Refused("the book does not offer the credit note")
        form.move_ids.add(note)
        if not form.total:
            raise Refused("nothing is left to be paid back")
        self.post(form)

    @way
    def bank_line_of_credit_note(self):
        note = self.open_note()
        self.match(self.bank_entry(-SUM), note)


@tagged("post_install", "-at_install")
@pairs_of
class TestWaysBackOfInvoice(WaysBack):
    """Of an invoice that was paid on line, where the addon for it is installed."""

    def prepare(self):
        if "payment_transaction_id" not in self.env["account.payment"]._fields:
            self.skipTest("the addon account_payment is not installed")
        self.transaction(SUM, invoice_ids=[Command.set(self.the_invoice().ids)])
        self.drain()

    @way
    def give_back_on_line(self):
        refund = self.thing["transaction"]._create_child_transaction(SUM, is_refund=True)
        refund._set_done()
        refund._post_process()


@tagged("post_install", "-at_install")
@pairs_of
class TestWaysBackOfTill(WaysBack):
    """Of an order of a till that was invoiced."""

    def prepare(self):
        self.config.current_session_id or self.open_session()
        self.thing["order"] = self.sell(
            [(self.courses, 1)], [(self.shop.card, SUM)], partner_id=self.customer.id, to_invoice=True
        )
        self.drain()

    def make_invoice(self):
        return self.thing["order"].account_move

    @way
    def refund_at_the_till(self):
        order = self.thing["order"]
        self.sell(self.refund_lines(order), [(self.shop.card, -SUM)], is_refund=True, partner_id=self.customer.id)
