"""Receipts of sales orders: paid online, by invoices, or by nobody yet."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.test_payments import AccountingCase


class SaleCase(AccountingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.courses.invoice_policy = "order"

    def order(self, *lines, confirm=True, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(product.taxes_id.ids)],
                        }
                    )
                    for product, quantity, price in lines or ((self.courses, 2, 1000),)
                ],
                **vals,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def paid_online(self, order, amount=None, **vals):
        """The payment of a transaction, as the notification of a payment provider leaves it."""
        transaction = self.transaction(order, amount, **vals)
        transaction._set_done()
        transaction._post_process()
        return transaction.payment_id

    def transaction(self, order, amount=None, **vals):
        provider = self.env["payment.provider"].create(
            {"name": "Acquirer", "code": "none", "company_id": self.company.id, "state": "test"}
        )
        method = self.env.ref("payment.payment_method_unknown")
        line = self.env["account.payment.method.line"].create(
            {
                "name": "Acquirer",
                "journal_id": self.bank.id,
                "payment_method_id": self.env.ref("account.account_payment_method_manual_in").id,
                "payment_provider_id": provider.id,
            }
        )
        provider.journal_id = self.bank
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"{order.name}-1",
                "provider_reference": "ch_12345",
                "amount": amount or order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "operation": "online_redirect",
                **vals,
            }
        )
        self.assertTrue(line)
        return transaction


@tagged("post_install", "-at_install")
class TestSaleOrder(SaleCase):
    def dialog(self, orders):
        return self.env["fiscal.fiscalize"].browse(orders.action_fiscalize()["res_id"])

    def test_paid_online(self):
        order = self.order(confirm=False)
        payment = self.paid_online(order)
        self.assertEqual(order.state, "sale")
        document = payment.fiscal_document_ids
        self.assertEqual((document.total, document.state, order.fiscal_state), (2000, "queued", "queued"))
        self.assertEqual([line[:4] for line in self.lines(document)], [(order.order_line.name, 2, 1000, 2000)])
        self.assertEqual(document.sale_order_ids, order)
        extra = document._as_receipt().payments[0].extra
        self.assertEqual((extra["transaction_id"], extra["acquirer"]), ("ch_12345", "Acquirer"))
        self.drain()
        self.assertEqual(order.fiscal_state, "done")
        invoice = order._create_invoices()
        invoice.action_post()
        lines = (payment.move_id.line_ids + invoice.line_ids).filtered(
            lambda line: line.account_id == payment.destination_account_id and not line.reconciled
        )
        lines.reconcile()
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(len(order.fiscal_document_ids), 1, "the invoice that comes later makes none")

    def test_paid_online_with_automatic_invoice(self):
        self.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", "True")
        order = self.order(confirm=False)
        document = self.paid_online(order).fiscal_document_ids
        self.assertEqual((document.total, document.move_ids, document.sale_order_ids), (2000, order.invoice_ids, order))

    def test_part_paid_online(self):
        order = self.order()
        document = self.paid_online(order, 500).fiscal_document_ids
        self.assertEqual([line[1:] for line in self.lines(document)], [(1, 500, 500, "2")])
        wizard = self.dialog(order)
        self.assertEqual(sorted(wizard.line_ids.mapped("status")), ["made", "ready"])
        self.assertEqual(wizard.total, 2000, "the goods at their full price, 500 of which is prepaid")

    def test_online_payment_of_a_sale_at_the_till(self):
        """It is posted before Odoo tells it the session of the till; the sale has a receipt of its own."""
        sold = self.sell([(self.courses, 1)], [(self.shop.card, 1000)], partner_id=self.customer.id)
        payment = self.transaction(self.order(), 1000, sale_order_ids=False, pos_order_id=sold.id)._create_payment()
        self.assertTrue(payment.move_id)
        self.assertFalse(payment.fiscal_document_ids)
        self.assertEqual(len(sold.fiscal_document_ids), 1)
        self.assertTrue(payment._fiscal_refusal())

    def test_order_paid_at_the_till(self):
        """As the addon pos_sale links them, which need not be here."""
        order = self.order()
        self.assertFalse(order._fiscal_till_lines())
        sold = self.sell([(self.courses, 2)], [(self.shop.card, 2000)], partner_id=self.customer.id)
        with patch.object(type(order), "_fiscal_till_lines", lambda orders: sold.lines):
            self.assertEqual(order._fiscal_shown(), sold.fiscal_document_ids)
            self.assertEqual(order.fiscal_state, "queued")
            self.assertEqual(order._fiscal_owed(), 0)
            self.assertEqual(self.dialog(order).line_ids.status, "made", "the sale at the till has its receipt")

    def settle_at_till(self, order, amount=2000):
        """As the till of the addon pos_sale settles an order."""
        if "sale_order_origin_id" not in self.env["pos.order.line"]._fields:
            self.skipTest("the addon pos_sale is not installed")
        link = {"sale_order_origin_id": order.id, "sale_order_line_id": order.order_line[0].id}
        price = {"price_unit": amount / 2}
        return self.sell(
            [(self.courses, 2, {**link, **price})], [(self.shop.card, amount)], partner_id=self.customer.id
        ).fiscal_document_ids

    def test_order_with_a_receipt_is_settled_at_the_till(self):
        order = self.order()
        self.dialog(order).action_confirm()
        sold = self.settle_at_till(order)
        self.assertEqual(sold.state, "rejected")
        self.assertIn("is on the receipt", sold.error_message)
        self.assertEqual(sold.pos_order_id.state, "paid")
        self.drain()
        own = order._fiscal_own_document()
        self.env["fiscal.document"].browse(own.action_return()["res_id"]).action_post()
        sold.action_retry()
        self.assertEqual(sold.pos_order_id.fiscal_document_ids.sorted("id")[-1].state, "queued")

    def test_order_settled_at_the_till_alone(self):
        order = self.order()
        self.assertEqual(self.settle_at_till(order).state, "queued")
        self.assertEqual(self.dialog(order).line_ids.status, "made")

    def test_order_partly_paid_online_is_settled_whole_at_the_till(self):
        order = self.order()
        self.paid_online(order, 500)
        self.assertEqual(self.settle_at_till(order).state, "rejected")

    def test_setting_of_orders(self):
        self.register.print_order = False
        self.assertFalse(self.paid_online(self.order()).fiscal_document_ids)
        self.assertTrue(self.payment().fiscal_document_ids)

    def test_refund_of_an_online_payment(self):
        order = self.order()
        payment = self.paid_online(order)
        self.drain()
        sale = payment.fiscal_document_ids
        source = payment.payment_transaction_id
        refund = source._create_child_transaction(500, is_refund=True)
        refund._set_done()
        refund._post_process()
        back = refund.payment_id.fiscal_document_ids
        self.assertEqual((back.operation, back.total, back.original_id), ("sale_return", 500, sale))

    def test_fiscalize_an_unpaid_order(self):
        order = self.order()
        self.dialog(order).action_confirm()
        document = order.fiscal_document_ids
        self.assertEqual(
            (document.total, document.payment_ids.kind, document.line_ids.method_sign), (2000, "credit", "6")
        )
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(self.dialog(invoice).line_ids.status, "made", "the order's receipt speaks of it")
        paid = self.pay(invoice).fiscal_document_ids
        self.assertEqual((paid.total, paid.line_ids.method_sign), (2000, "7"))
        self.assertEqual(order.fiscal_document_ids, document | paid)

    def test_invoice_paid_of_an_order(self):
        order = self.order()
        invoice = order._create_invoices()
        invoice.action_post()
        self.pay(invoice)
        self.drain()
        self.assertEqual((order.fiscal_state, order.fiscal_document_ids.total), ("done", 2000))
        self.assertEqual(self.dialog(order).line_ids.status, "made")

    def test_refusals(self):
        quotation, cancelled = self.order(confirm=False), self.order()
        cancelled._action_cancel()
        for order, words in ((quotation, "Confirm it first"), (cancelled, "is cancelled")):
            wizard = self.dialog(order)
            self.assertIn(words, wizard.line_ids.problem)
            with self.assertRaisesRegex(UserError, words):
                wizard.action_confirm()
        good = self.order()
        wizard = self.dialog(quotation | cancelled | good)
        self.assertEqual((wizard.ready_count, wizard.problem_count), (1, 2))
        wizard.action_confirm()
        self.assertEqual((quotation | cancelled | good).mapped("fiscal_state"), [False, False, "queued"])

    def test_order_with_a_receipt_is_not_cancelled(self):
        order = self.order()
        self.dialog(order).action_confirm()
        with self.assertRaisesRegex(UserError, "has gone to the register"):
            order._action_cancel()

    def test_error_and_corrected_copy(self):
        order = self.order()
        self.shop.taxes["standard"].amount = 13
        self.dialog(order).action_confirm()
        self.assertEqual(order.fiscal_state, "rejected")
        self.shop.taxes["standard"].amount = 22
        order.fiscal_document_ids.action_retry()
        self.assertEqual(sorted(order.fiscal_document_ids.mapped("state")), ["cancelled", "queued"])
        self.assertEqual(order.fiscal_state, "queued")

    def test_receipt_goes_with_the_mail_of_the_order(self):
        order = self.order()
        self.dialog(order).action_confirm()
        template = self.env.ref("sale.mail_template_sale_confirmation")
        values = template._generate_template(order.ids, ("subject", "attachment_ids", "report_template_ids"))
        self.assertFalse(values[order.id].get("attachment_ids"))
        self.drain()
        values = template._generate_template(order.ids, ("subject", "attachment_ids", "report_template_ids"))
        self.assertEqual(values[order.id]["attachment_ids"], order.fiscal_document_ids._receipt_attachments().ids)

    def test_order_in_a_foreign_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"name": fields.Date.today(), "rate": 0.01, "currency_id": euro.id, "company_id": self.company.id}
        )
        prices = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        order = self.order((self.courses, 2, 10), pricelist_id=prices.id)
        self.dialog(order).action_confirm()
        self.assertEqual([line[1:4] for line in self.lines(order.fiscal_document_ids)], [(2, 1000, 2000)])

    def test_name_of_the_order_in_the_details(self):
        self.register.details_template = "Order {order}"
        order = self.order()
        payment = self.paid_online(order, 2500)
        self.assertEqual(payment.fiscal_document_ids.line_ids[-1].name, f"Order {order.name}")

    def test_order_as_the_contract_in_the_details(self):
        self.register.details_template = (
            "{pay.ctt.tariff_name}: {pay.ctt.subjects}, {pay.ctt.b_date} – {pay.ctt.e_date}"
        )
        order = self.order(date_order="2026-10-05 10:00:00", commitment_date="2026-12-31 10:00:00")
        order.date_order = "2026-10-05 10:00:00"
        line = self.paid_online(order, 2500).fiscal_document_ids.line_ids[-1]
        self.assertEqual(line.name, f"{order.name}: English, twice a week, 05.10.2026 – 31.12.2026")


@tagged("post_install", "-at_install")
class TestPrepaidOrder(SaleCase):
    """Prepayments of an order and their settlement in Russia (R5 to R8)."""

    def bill(self, order, **vals):
        wizard = self.env["sale.advance.payment.inv"].create(
            {"advance_payment_method": "delivered", "sale_order_ids": order.ids, **vals}
        )
        move = wizard._create_invoices(order)
        move.action_post()
        return move

    def rows(self, document):
        return [(line.quantity, line.amount, line.tax_code, line.method_sign) for line in document.line_ids]

    def test_down_payment_and_final_invoice(self):
        order = self.order((self.courses, 2, 1000), (self.shop.products["bread"], 1, 62))
        self.courses.invoice_policy = self.shop.products["bread"].invoice_policy = "order"
        first = self.pay(self.bill(order, advance_payment_method="percentage", amount=50)).fiscal_document_ids
        self.assertEqual([row[1:] for row in self.rows(first)], [(1000, "vat122", "2"), (31, "vat110", "2")])
        last = self.pay(self.bill(order)).fiscal_document_ids
        self.assertEqual(last.state, "queued", last.error_message)
        self.assertEqual(self.rows(last), [(2, 2000, "vat22", "4"), (1, 62, "vat10", "4")])
        self.assertEqual({p.kind: p.amount for p in last.payment_ids}, {"prepayment": 1031, "electronic": 1031})

    def test_final_invoice_of_which_nothing_is_left_to_pay(self):
        order = self.order()
        first = self.pay(self.bill(order, advance_payment_method="percentage", amount=100)).fiscal_document_ids
        self.assertEqual(self.rows(first), [(2, 2000, "vat122", "1")])
        invoice = self.bill(order)
        self.assertEqual(invoice.amount_residual, 0)
        self.env["fiscal.fiscalize"].browse(invoice.action_fiscalize()["res_id"]).action_confirm()
        last = invoice._fiscal_own_document()
        self.assertEqual((last.state, self.rows(last)), ("queued", [(2, 2000, "vat22", "4")]), last.error_message)
        self.assertEqual([(p.kind, p.amount) for p in last.payment_ids], [("prepayment", 2000)])

    def test_online_payment_needs_a_contact(self):
        self.customer.write({"email": False, "phone": False})
        document = self.paid_online(self.order(partner_id=self.customer.id)).fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("e-mail or telephone", document.error_message)

    def test_refunds_of_an_online_payment_in_parts(self):
        payment = self.paid_online(self.order())
        self.drain()
        sale = payment.fiscal_document_ids
        for amount in (500, 700, 800):
            refund = payment.payment_transaction_id._create_child_transaction(amount, is_refund=True)
            refund._set_done()
            refund._post_process()
            back = refund.payment_id.fiscal_document_ids
            self.assertEqual((back.state, back.total, back.original_id), ("queued", amount, sale), back.error_message)
            self.assertEqual(back.line_ids.tax_code, "vat22")
        self.assertEqual(sale._left_to_return(), 0)


@tagged("post_install", "-at_install")
class TestOrderPaidInParts(SaleCase):
    """Where the service keeps the receipts of a sale that is paid in parts together: the order is the sale."""

    country = "UA"

    def setUp(self):
        super().setUp()
        kinds = frozenset({"cash", "electronic", "credit", "prepayment"})
        self.service.capabilities = {"chains": True, "payment_kinds": kinds}

    def bill(self, order, **vals):
        wizard = self.env["sale.advance.payment.inv"].create(
            {"advance_payment_method": "delivered", "sale_order_ids": order.ids, **vals}
        )
        move = wizard._create_invoices(order)
        move.action_post()
        return move

    def down_payment(self, order, percent=30):
        return self.bill(order, advance_payment_method="percentage", amount=percent)

    def test_down_payment_begins_the_chain_of_its_order(self):
        order = self.order()
        invoice = self.down_payment(order)
        first = self.pay(invoice).fiscal_document_ids
        self.assertEqual([line[1:4] for line in self.lines(first)], [(2, 1000, 2000)])
        self.assertEqual(first.payment_ids.mapped("amount"), [600, 1400])
        self.assertEqual((first.move_ids, first.sale_order_ids), (invoice, order))
        second = self.pay(self.down_payment(order, 10)).fiscal_document_ids
        last = self.pay(self.bill(order)).fiscal_document_ids
        self.assertEqual((second.total, last.total), (200, 1200))
        self.assertEqual(((second | last).chain_id, first._chain_left()), (first, 0))

    def test_down_payment_that_is_itself_paid_in_parts(self):
        order = self.order()
        invoice = self.down_payment(order)
        first, second = self.pay(invoice, 200).fiscal_document_ids, self.pay(invoice).fiscal_document_ids
        self.assertEqual((first.total, first._credit(), second.total, second.chain_id), (2000, 1800, 400, first))

    def test_down_payment_of_all(self):
        document = self.pay(self.down_payment(self.order(), 100)).fiscal_document_ids
        self.assertEqual(([line[1:4] for line in self.lines(document)], document._credit()), ([(2, 1000, 2000)], 0))

    def test_down_payment_where_no_chains_are_kept(self):
        self.service.capabilities = {}
        order = self.order()
        first = self.pay(self.down_payment(order)).fiscal_document_ids
        last = self.pay(self.bill(order)).fiscal_document_ids
        self.assertEqual(([line[3:] for line in self.lines(first)], first.total), ([(600, "2")], 600))
        self.assertEqual((last.total, last.chain_id.ids), (2000, []))
        self.assertEqual({p.kind: p.amount for p in last.payment_ids}, {"prepayment": 600, "electronic": 1400})

    def test_paid_online_in_parts(self):
        order = self.order()
        first = self.paid_online(order, 500).fiscal_document_ids
        self.assertEqual((first.total, first._credit()), (2000, 1500))
        invoice = self.bill(order)
        lines = (first.account_payment_id.move_id.line_ids + invoice.line_ids).filtered(
            lambda line: line.account_id == first.account_payment_id.destination_account_id and not line.reconciled
        )
        lines.reconcile()
        last = self.pay(invoice).fiscal_document_ids
        self.assertEqual((last.total, last.chain_id), (1500, first))

    def test_chain_of_one_invoice_is_not_that_of_the_order(self):
        """Two invoices for parts of one order are two sales."""
        order = self.order((self.courses, 1, 1000), (self.courses, 1, 500))
        line = order.order_line[1]
        line.product_uom_qty = 0
        one = self.bill(order)
        line.product_uom_qty = 1
        other = self.bill(order)
        first = self.pay(one, 300).fiscal_document_ids
        whole = self.pay(other).fiscal_document_ids
        self.assertEqual((whole.state, whole._credit(), whole.chain_id.ids), ("queued", 0, []))
        self.assertEqual(self.pay(one).fiscal_document_ids.chain_id, first)
