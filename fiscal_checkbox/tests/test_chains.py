"""Sales that are paid in parts, entered in Odoo's forms: their receipts form one prepayment chain (§4.4)."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.test_payments import AccountingCase

from .. import protocol
from .common import CheckboxCase


class ChainCase(CheckboxCase, AccountingCase):
    def setUp(self):
        super().setUp()
        self.courses.list_price = 100

    def part(self, moves, amount=None, **vals):
        """The receipt of a payment of `amount`."""
        return self.pay(moves, amount, **vals).fiscal_document_ids

    def hundred(self):
        return self.invoice((self.courses, 2, 30), (self.shop.products["bread"], 1, 40))

    def chain(self, document):
        """What the service knows of the chain that `document` began: `(status, paid, total, payments)`."""
        row = self.register._checkbox_converse(
            self.ask(f"/prepayment-receipts/{document._checkbox_relation()}"), self.register.checkbox_account_ids[0]
        )
        chain = row["receipts_chain"]
        receipts = [*chain["pre_payment_receipts"], *filter(None, [chain["after_payment_receipt"]])]
        payments = [[p["value"] for p in receipt["payments"]] for receipt in receipts]
        return row["pre_payment_status"], row["paid_sum"], row["total_sum"], payments

    def ask(self, path):
        return protocol.read((yield protocol.get(path)))

    def assertDone(self, documents):
        self.assertEqual(set(documents.mapped("state")), {"done"}, documents.mapped("error_message"))


@tagged("post_install", "-at_install")
class TestChains(ChainCase):
    def test_invoice_in_two_parts(self):
        invoice = self.hundred()
        first, last = self.part(invoice, 30), self.part(invoice)
        self.assertEqual([line[1:4] for line in self.lines(first)], [(2, 30, 60), (1, 40, 40)], "all that is sold")
        self.assertEqual([(p.kind, p.amount) for p in first.payment_ids], [("electronic", 30), ("credit", 70)])
        self.assertEqual((first.total, last.total, last.chain_id), (100, 70, first))
        self.settle()
        self.assertDone(first | last)
        self.assertEqual(self.chain(first), ("FULL_PAID", 10000, 10000, [[3000], [7000]]))
        self.assertFalse(self.calls("/receipts/sell"))
        self.assertEqual(self.emulator.unknown_fields, set())
        goods = self.registered("SELL")[0].body["goods"]
        self.assertEqual([(item["quantity"], item["good"]["price"]) for item in goods], [(2000, 3000), (1000, 4000)])

    def test_invoice_in_three_parts(self):
        invoice = self.hundred()
        documents = self.part(invoice, 30)
        self.settle()
        documents |= self.part(invoice, 30, journal=self.till_cash)
        self.settle()
        self.assertEqual(self.chain(documents[:1])[0], "PARTIAL_PAID")
        documents |= self.part(invoice, 40)
        self.settle()
        self.assertDone(documents)
        self.assertEqual(self.chain(documents[:1]), ("FULL_PAID", 10000, 10000, [[3000], [3000], [4000]]))

    def test_paid_at_once_is_a_sale(self):
        document = self.part(self.hundred())
        self.settle()
        self.assertDone(document)
        self.assertTrue(self.calls("/receipts/sell"))
        self.assertFalse(self.emulator.organisation.chains)

    def test_sale_at_the_till_that_is_paid_later(self):
        later = self.env["pos.payment.method"].create(
            {"name": "Пізніше", "company_id": self.company.id, "split_transactions": True}
        )
        self.config.payment_method_ids |= later
        bread = self.shop.products["bread"]
        order = self.sell(
            [(bread, 2)], [(self.shop.cash, 20), (later, 45)], partner_id=self.customer.id, to_invoice=True
        )
        first = order.fiscal_document_ids
        self.settle()
        second, last = self.part(order.account_move, 15), self.part(order.account_move)
        self.settle()
        self.assertDone(first | second | last)
        self.assertEqual((second | last).chain_id, first)
        self.assertEqual(self.chain(first), ("FULL_PAID", 6500, 6500, [[2000], [1500], [3000]]))

    def test_more_than_is_left(self):
        invoice = self.hundred()
        first = self.part(invoice, 30)
        document = self.part(invoice, 80)
        self.assertEqual(document.state, "rejected")
        self.assertIn("70.00 is still to be paid", document.error_message)
        document.account_payment_id.action_cancel()
        last = self.part(invoice)
        self.settle()
        self.assertDone(first | last)
        self.assertEqual(self.chain(first)[0], "FULL_PAID")

    def test_one_payment_for_several_invoices(self):
        """A chain is one sale: what is paid in part begins one of its own, and none may be in a chain already."""
        invoices = self.hundred() | self.hundred()
        plain = self.part(invoices, 150, group_payment=True).sorted("id")
        self.assertEqual([one.payment_ids.mapped("amount") for one in plain], [[100], [50, 50]])
        started = self.hundred()
        first = self.part(started, 30)
        both = self.part(started | self.hundred(), group_payment=True)
        self.assertEqual(both.state, "rejected")
        self.assertIn("needs a payment of its own", both.error_message)
        self.settle()
        self.assertDone(plain | first)

    def test_bank_statement_line(self):
        self.register.print_statement = True
        invoice = self.hundred()
        receivable = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        for amount in (30, 70):
            entry = self.env["account.bank.statement.line"].create(
                {
                    "journal_id": self.bank.id,
                    "payment_ref": "INV",
                    "partner_id": self.customer.id,
                    "amount": amount,
                    "date": invoice.date,
                }
            )
            __, suspense, __ = entry._seek_for_lines()
            suspense.account_id = receivable.account_id
            (suspense + receivable).reconcile()
        first, last = invoice.fiscal_document_ids.sorted("id")
        self.assertEqual((first.total, last.chain_id), (100, first))
        self.settle()
        self.assertDone(first | last)
        self.assertEqual(self.chain(first)[0], "FULL_PAID")

    # === A first receipt that is not there ===

    def test_first_is_rejected_and_the_second_becomes_the_first(self):
        invoice = self.hundred()
        self.shop.taxes["standard"].amount = 13
        first = self.part(invoice, 30)
        self.assertEqual(first.state, "rejected")
        self.shop.taxes["standard"].amount = 20
        second = self.part(invoice, 30)
        self.assertEqual(([(p.kind, p.amount) for p in second.payment_ids]), [("electronic", 30), ("credit", 70)])
        first.action_retry()
        again = invoice.fiscal_document_ids.filtered(lambda document: document.replaces_id == first)
        self.assertEqual(again.chain_id, second)
        last = self.part(invoice)
        self.settle()
        self.assertDone(again | second | last)
        self.assertEqual(self.chain(second), ("FULL_PAID", 10000, 10000, [[3000], [3000], [4000]]))

    def refused_first(self):
        """The tax service refuses the first receipt while the second waits behind it."""
        self.operation("shift_open")
        self.settle()
        invoice = self.hundred()
        first, second = self.part(invoice, 30), self.part(invoice)
        self.emulator.fault("receipt_error", message="ДПС")
        self.settle()
        self.assertEqual((first.state, second.state, second.error_code), ("rejected", "rejected", "chain"))
        self.assertIn("first receipt of the prepayment is not registered", second.error_message)
        self.assertEqual(len(self.calls("/prepayment-receipts")), 1, "nothing was asked of a chain that is not there")
        return invoice, first, second

    def test_second_follows_the_first_that_is_sent_again(self):
        invoice, first, second = self.refused_first()
        first.action_retry()
        again = invoice.fiscal_document_ids.filtered(lambda document: document.replaces_id == first)
        self.assertEqual((again._credit(), second.state), (70, "rejected"))
        self.settle()
        self.assertDone(again | second)
        self.assertEqual(second.chain_id, again)
        self.assertEqual(self.chain(again), ("FULL_PAID", 10000, 10000, [[3000], [7000]]))

    def test_second_that_is_sent_again_before_the_first(self):
        invoice, first, second = self.refused_first()
        second.action_retry()
        new = invoice.fiscal_document_ids.filtered(lambda document: document.replaces_id == second)
        self.assertEqual((new._credit(), new.chain_id), (30, self.env["fiscal.document"]))
        self.settle()
        first.action_retry()
        self.settle()
        again = invoice.fiscal_document_ids.filtered(lambda document: document.replaces_id == first)
        self.assertDone(new | again)
        self.assertEqual(self.chain(new), ("FULL_PAID", 10000, 10000, [[7000], [3000]]))

    def test_second_before_the_first_is_done(self):
        """A first receipt that a person has set aside holds up only its own chain."""
        invoice = self.hundred()
        self.operation("shift_open")
        self.settle()
        self.emulator.fault("reset_after", "POST /prepayment-receipts")
        self.emulator.fault("internal_error", "GET /receipts/{id}", times=99)
        first = self.part(invoice, 30)
        self.due()
        self.drain()
        self.assertEqual(first.state, "unknown")
        first._decide("postpone", "support is asked")
        second = self.part(invoice)
        __, sale = self.sale()
        self.register.write({"retry_at": False, "failures": 0})
        self.drain()
        self.assertEqual((second.state, second.error_code), ("rejected", "chain"))
        self.emulator.faults.clear()
        self.settle()
        self.assertDone(first | second | sale)
        self.assertEqual(self.chain(first)[0], "FULL_PAID")
        self.assertEqual(len(self.registered("SELL")), 3)

    # === The return of the whole ===

    def paid_in_parts(self, **vals):
        invoice = self.hundred()
        first, last = self.part(invoice, 30), self.part(invoice, **vals)
        self.settle()
        self.assertDone(first | last)
        return invoice, first, last

    def returned(self, document):
        """Post the draft that “Return” on `document` makes."""
        draft = self.env["fiscal.document"].browse(document.action_return()["res_id"])
        draft.action_post()
        return draft

    def test_return_of_a_chain_from_any_of_its_receipts(self):
        __, first, last = self.paid_in_parts(journal=self.till_cash)
        back = self.returned(last)
        self.assertEqual((back.original_id, back.total), (first, 100))
        self.assertEqual({p.kind: p.amount for p in back.payment_ids}, {"electronic": 30, "cash": 70})
        self.settle()
        self.assertDone(back)
        self.assertEqual(self.chain(first)[0], "CANCELLED")
        returns = self.registered("RETURN")
        self.assertEqual(sorted(one.total for one in returns), [3000, 7000])
        self.assertEqual(back.service_data["numbers"], [one.fiscal_code for one in returns])
        self.assertEqual(back.receipt_url, f"https://check.checkbox.ua/{returns[-1].id}")
        self.assertIn(returns[-1].id, back.action_checkbox_open()["url"])
        self.assertFalse(self.calls("/receipts/sell"))
        for receipt in (first, last):
            self.assertEqual(receipt._left_to_return(), 0)
            with self.assertRaises(UserError):
                receipt.action_return()
        self.operation("shift_close")
        self.settle()
        self.assertFalse(back.shift_id.differs, back.shift_id.z_data)
        self.assertEqual(self.emulator.unknown_fields, set())

    def test_return_whose_answer_is_lost_is_one(self):
        for kind in ("reset_after", "cut", "garbage", "internal_error"):
            with self.subTest(kind):
                __, first, __ = self.paid_in_parts()
                before = len(self.registered("RETURN"))
                options = {"execute": True} if kind == "internal_error" else {}
                self.emulator.fault(kind, "POST /prepayment-receipts/{id}/return", **options)
                back = self.returned(first)
                self.settle()
                self.assertDone(back)
                self.assertEqual(len(self.registered("RETURN")) - before, 2)

    def test_return_that_never_arrived_is_not_repeated_while_it_may(self):
        __, first, __ = self.paid_in_parts()
        self.emulator.fault("internal_error", "POST /prepayment-receipts/{id}/return")
        back = self.returned(first)
        self.drain()
        self.assertEqual(back.state, "unknown")
        back._engine().retry_at = False
        self.register.write({"retry_at": False, "failures": 0})
        self.drain()
        self.assertEqual((back.state, len(self.calls("/return"))), ("unknown", 1), "it may still be on its way")
        self.assertTrue(back.retry_at)
        self.settle()
        self.assertDone(back)
        self.assertEqual((len(self.calls("/return")), len(self.registered("RETURN"))), (2, 2))

    def test_return_that_the_tax_service_refuses_is_made_again(self):
        __, first, __ = self.paid_in_parts()
        self.emulator.fault("receipt_error", times=2, message="ДПС")
        back = self.returned(first)
        self.settle()
        self.assertEqual(back.state, "rejected")
        self.assertIn("ДПС", back.error_message)
        back.action_retry()
        self.settle()
        self.assertDone(back)
        self.assertEqual(len(self.registered("RETURN")), 2)

    def test_return_of_another_sum_than_the_service_counts(self):
        __, first, last = self.paid_in_parts()
        self.env.flush_all()
        self.env.cr.execute("UPDATE fiscal_document SET total = 60 WHERE id = %s", [last.id])
        self.env.cr.execute("UPDATE fiscal_document_payment SET amount = 60 WHERE document_id = %s", [last.id])
        self.env.invalidate_all()
        back = self.returned(first)
        self.settle()
        self.assertEqual((back.state, back.error_code), ("rejected", "chain_paid"))
        self.assertFalse(self.registered("RETURN"))

    def test_a_prepayment_is_returned_as_a_whole(self):
        invoice, first, __ = self.paid_in_parts()
        draft = self.env["fiscal.document"].browse(first.action_return()["res_id"])
        draft.line_ids[0].amount -= 10
        draft.payment_ids[0].amount -= 10
        with self.assertRaisesRegex(UserError, "returned as a whole"):
            draft.action_post()
        draft.unlink()
        note = invoice._reverse_moves([{"invoice_date": invoice.date}])
        note.action_post()
        part = self.part(note, 40)
        self.assertEqual(part.state, "rejected")
        self.assertIn("returned as a whole", part.error_message)
        part.account_payment_id.action_cancel()
        cash = self.part(note, journal=self.till_cash)
        self.assertIn("Card or other electronic: 100.00", cash.error_message)
        cash.account_payment_id.action_cancel()
        back = self.part(note)
        self.settle()
        self.assertDone(back)
        self.assertEqual((back.original_id, self.chain(first)[0]), (first, "CANCELLED"))

    def test_return_at_the_till_of_what_is_not_paid_yet(self):
        later = self.env["pos.payment.method"].create(
            {"name": "Пізніше", "company_id": self.company.id, "split_transactions": True}
        )
        self.config.payment_method_ids |= later
        bread = self.shop.products["bread"]
        order = self.sell([(bread, 2)], [(self.shop.cash, 20), (later, 45)], partner_id=self.customer.id)
        self.settle()
        refund = self.sell(
            self.refund_lines(order), [(self.shop.cash, -20), (later, -45)], partner_id=self.customer.id, is_refund=True
        )
        back = refund.fiscal_document_ids
        self.assertEqual((back.total, [(p.kind, p.amount) for p in back.payment_ids]), (20, [("cash", 20)]))
        self.settle()
        self.assertDone(back)
        self.assertEqual([one.total for one in self.registered("RETURN")], [2000])

    # === Counters ===

    def test_z_report_agrees(self):
        invoice = self.hundred()
        self.part(invoice, 30, journal=self.till_cash)
        self.settle()
        shift = self.register.shift_id
        self.assertEqual(shift.sale_total, 30)
        taxes = {name: value for name, value in shift._counters().items() if ".tax." in name}
        self.assertEqual(sum(taxes.values()), 30)
        self.part(invoice, 50)
        self.settle()
        self.operation("shift_close")
        self.settle()
        self.assertEqual((shift.state, shift.differs), ("closed", False), shift.z_data)
        self.assertEqual((shift.z_data["sale.total"], shift.sale_total, shift.cash_total), ("80.00", 80, 30))

    # === Orders (the addon fiscal_sale, which need not be here) ===

    def order(self):
        if "sale.order" not in self.env or "fiscal_document_ids" not in self.env["sale.order"]._fields:
            self.skipTest("sales orders are not fiscalized here")
        self.courses.invoice_policy = "order"
        line = {"product_id": self.courses.id, "product_uom_qty": 2, "price_unit": 50}
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create({**line, "tax_ids": self.courses.taxes_id})]}
        )
        order.action_confirm()
        return order

    def bill(self, orders, **vals):
        wizard = self.env["sale.advance.payment.inv"].create(
            {"advance_payment_method": "delivered", "sale_order_ids": orders.ids, **vals}
        )
        moves = wizard._create_invoices(orders)
        moves.action_post()
        return moves

    def test_down_payment_of_an_order_and_its_final_invoice(self):
        order = self.order()
        first = self.part(self.bill(order, advance_payment_method="percentage", amount=30))
        self.assertEqual([line[1:4] for line in self.lines(first)], [(2, 50, 100)], "the order, not “down payment”")
        last = self.part(self.bill(order))
        self.settle()
        self.assertDone(first | last)
        self.assertEqual(self.chain(first), ("FULL_PAID", 10000, 10000, [[3000], [7000]]))
