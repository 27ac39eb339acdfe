"""Orders whose receipts say something else than their lines: exchange, cards, tips, credit, other currencies."""

from unittest import SkipTest
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..compose import Russia
from .test_pos_order import TillCase


class ReceiptsCase(TillCase):
    def receipts(self, order):
        """The documents of an order as `(operation, event, rows, payments)`, in the order of the queue."""
        documents = order.fiscal_document_ids.sorted("id")
        self.assertEqual(set(documents.mapped("state")), {"queued"}, documents.mapped("error_message"))
        for document in documents:
            self.assert_sums(document._as_receipt())
        return [
            (
                document.operation,
                document.event.removeprefix(f"pos.order:{order.uuid}"),
                [(line.name, line.amount, line.tax_code, line.method_sign, line.subject) for line in document.line_ids],
                [(payment.kind, payment.amount) for payment in document.payment_ids],
            )
            for document in documents
        ]


@tagged("post_install", "-at_install")
class TestMeanings(ReceiptsCase):
    def exchange(self, line, product, pay):
        order = self.till([(self.coffee, 1), (self.bread, 1)])
        sold = order.lines[line]
        back = (sold.product_id, -1, {"refunded_orderline_id": sold.id, "price_unit": sold.price_unit})
        return order, self.till([back, (product, 1)], pay)

    def test_exchange_for_something_dearer_is_two_receipts(self):
        sale, order = self.exchange(1, self.coffee, [(self.cash, None)])
        bread, coffee = self.bread.name, self.coffee.name
        self.assertEqual(
            self.receipts(order),
            [
                ("sale_return", ":return", [(bread, 62, "vat10", "4", "1")], [("other", 62)]),
                ("sale", "", [(coffee, 489.90, "vat22", "4", "1")], [("other", 62), ("cash", 427.90)]),
            ],
        )
        back = order.fiscal_document_ids.filtered(lambda document: document.operation == "sale_return")
        self.assertEqual(back.original_id, sale.fiscal_document_ids)
        self.assertFalse((order.fiscal_document_ids - back).original_id)

    def test_exchange_for_something_cheaper_and_for_the_same(self):
        __, order = self.exchange(0, self.bread, [(self.card, None)])
        back, sale = self.receipts(order)
        self.assertEqual((back[3], sale[3]), ([("other", 62), ("electronic", 427.90)], [("other", 62)]))
        __, order = self.exchange(0, self.coffee, [])
        back, sale = self.receipts(order)
        self.assertEqual((back[3], sale[3]), ([("other", 489.90)], [("other", 489.90)]))

    def test_one_of_two_receipts_is_made_again(self):
        __, order = self.exchange(1, self.coffee, [(self.cash, None)])
        back, sale = order.fiscal_document_ids.sorted("id")
        sale._engine().write({"state": "rejected", "error_message": "paper"})
        sale.action_retry()
        copy = order.fiscal_document_ids - back - sale
        self.assertEqual(
            (sale.state, copy.state, copy.event, copy.replaces_id), ("cancelled", "queued", sale.event, sale)
        )
        self.assertEqual(copy.operation, "sale")

    def test_return_takes_what_was_registered_and_not_what_is_now(self):
        order = self.till([(self.coffee, 1)])
        reduced = self.env["fiscal.tax.code"].search([("vocabulary", "=", "ru"), ("code", "=", "vat10")])
        self.register.tax_mapping_ids = [
            Command.create({"tax_id": self.shop.taxes["standard"].id, "tax_code_id": reduced.id})
        ]
        self.coffee.write({"name": "Чай", "fiscal_subject": "4"})
        ((__, __, rows, __),) = self.receipts(self.till(self.back(order), is_refund=True))
        self.assertEqual(rows, [("Кофе молотый 250 г", 489.90, "vat22", "4", "1")])

    def test_more_than_is_left_of_a_line(self):
        order = self.till([(self.bread, 2), (self.coffee, 1)])
        self.receipts(self.till(self.back(order, 2), is_refund=True))
        again = self.the_document(self.till(self.back(order, 1), is_refund=True), "sale_return", "rejected")
        self.assertIn("0 can still be returned, not 1", again.error_message)

    def test_free_goods_stand_on_the_receipt(self):
        ((__, __, rows, __),) = self.receipts(self.till([(self.coffee, 1), (self.bread, 1, {"price_unit": 0})]))
        self.assertEqual(rows[1], (self.bread.name, 0, "vat10", "4", "1"))

    def test_another_currency_than_that_of_the_law(self):
        with patch.object(Russia, "currency", "UAH"):
            document = self.till([(self.delivery, 1)]).fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("The order is in RUB, and the register registers UAH only", document.error_message)

    def test_change_is_not_given_from_a_card(self):
        document = self.till([(self.coffee, 1)], [(self.card, 1000)]).fiscal_document_ids
        self.assertIn("Change is given from cash only", document.error_message)

    def test_tip(self):
        tip = self.env["product.product"].create(
            {"name": "Чаевые", "type": "service", "company_id": self.company.id, "taxes_id": False}
        )
        self.config.write({"iface_tipproduct": True, "tip_product_id": tip.id})
        lines = [(self.coffee, 1), (tip, 1, {"price_unit": 50})]
        refused = self.till(lines).fiscal_document_ids
        self.assertIn("No rate is set for tips", refused.error_message)
        tip.taxes_id = self.shop.taxes["standard"]
        ((__, __, rows, __),) = self.receipts(self.till([(self.coffee, 1), (tip, 1, {"price_unit": 50})]))
        self.assertEqual(rows[1], ("Чаевые", 50, "vat22", "4", "13"))

    def test_part_on_account_and_its_return(self):
        later = self.env["pos.payment.method"].create(
            {"name": "On account", "company_id": self.company.id, "split_transactions": True}
        )
        self.config.payment_method_ids += later
        order = self.till([(self.coffee, 1)], [(self.cash, 100), (later, None)], partner_id=self.shop.customer.id)
        ((__, __, rows, paid),) = self.receipts(order)
        self.assertEqual((rows[0][3], paid), ("5", [("cash", 100), ("credit", 389.90)]))
        pay = [(self.cash, -100), (later, None)]
        refund = self.till(self.back(order), pay, is_refund=True, partner_id=self.shop.customer.id)
        ((operation, __, rows, paid),) = self.receipts(refund)
        self.assertEqual((operation, rows[0][3], paid), ("sale_return", "5", [("cash", 100), ("credit", 389.90)]))


class CardsCase(ReceiptsCase):
    """A shop that sells and takes gift cards (pos_loyalty)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "loyalty.program" not in cls.env:
            raise SkipTest("pos_loyalty is not installed in this database: gift cards are not tested")
        cls.card_product = cls.env["product.product"].create(
            {
                "name": "Подарочная карта 500",
                "type": "service",
                "lst_price": 500,
                "company_id": cls.company.id,
                "taxes_id": False,
            }
        )
        cls.company.account_sale_tax_id = cls.shop.taxes["standard"]
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Подарочные карты",
                "program_type": "gift_card",
                "applies_on": "future",
                "mail_template_id": cls.env.ref("loyalty.mail_template_gift_card").id,
                "pos_report_print_id": cls.env.ref("loyalty.report_gift_card").id,
                "trigger": "auto",
                "company_id": cls.company.id,
                "rule_ids": [Command.create({"product_ids": cls.card_product.ids, "reward_point_mode": "money"})],
                "reward_ids": [
                    Command.create({"reward_type": "discount", "discount_mode": "per_point", "discount": 1})
                ],
            }
        )

    def reward(self, amount):
        reward = self.program.reward_ids
        card = self.env["loyalty.card"].create({"program_id": self.program.id, "points": 500})
        values = {"price_unit": amount, "tax_ids": self.env["account.tax"], "is_reward_line": True}
        values.update(reward_id=reward.id, coupon_id=card.id, reward_identifier_code="A", points_cost=-amount)
        return reward.discount_line_product_id, 1, values


@tagged("post_install", "-at_install")
class TestCards(CardsCase):
    """Gift cards and wallets are money, no discount."""

    def test_card_is_sold(self):
        order = self.till([(self.card_product, 1)])
        self.assertEqual(
            self.receipts(order),
            [("sale", "", [("Подарочная карта 500", 500, "vat122", "3", "10")], [("electronic", 500)])],
        )
        ((operation, __, rows, __),) = self.receipts(self.till(self.back(order), is_refund=True))
        self.assertEqual((operation, rows), ("sale_return", [("Подарочная карта 500", 500, "vat122", "3", "10")]))

    def test_card_pays_a_part(self):
        order = self.till([(self.coffee, 1), (self.bread, 1), self.reward(-500)])
        ((__, __, rows, paid),) = self.receipts(order)
        self.assertEqual([row[1] for row in rows], [489.90, 62])
        self.assertEqual(paid, [("prepayment", 500), ("electronic", 51.90)])

    def test_card_pays_everything(self):
        ((__, __, rows, paid),) = self.receipts(self.till([(self.coffee, 1), self.reward(-489.90)], []))
        self.assertEqual((rows[0][1:4], paid), ((489.90, "vat22", "4"), [("prepayment", 489.90)]))

    def test_what_the_card_has_paid_comes_back_on_it(self):
        order = self.till([(self.coffee, 1), (self.bread, 1), self.reward(-500)])
        ((operation, __, rows, paid),) = self.receipts(self.till(self.back(order), is_refund=True))
        self.assertEqual((operation, [row[1] for row in rows]), ("sale_return", [489.90, 62]))
        self.assertEqual(paid, [("prepayment", 500), ("electronic", 51.90)])
