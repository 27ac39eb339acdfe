"""What the till is told before the payment is what becomes of the order after it."""

import os
from collections import defaultdict
from decimal import Decimal
from random import Random
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import float_round, mute_logger

from ..compose import Russia, Ukraine
from ..models.reading.pos_order import OrderReader
from ..tools.money import ZERO, money
from .test_composed_orders import CardsCase

#: random orders; a variable of the environment asks for more of them
ORDERS = int(os.environ.get("FISCAL_RANDOM_ORDERS", "120"))


@tagged("post_install", "-at_install")
class TestFiscalCheck(CardsCase):
    def test_nothing_stands_against_a_sale(self):
        data = self.till_data([(self.coffee, 1), (self.bread, 2, {"discount": 10})], [(self.cash, 1000)])
        self.assertEqual(self.check(data), {"problems": [], "warnings": []})
        self.assertFalse(self.env["pos.order"].search([("uuid", "=", data["uuid"])]), "nothing is written")

    def test_what_is_not_paid_yet_is_taken_as_paid(self):
        for pay in ([], [(self.cash, 100)]):
            self.assertEqual(self.check(self.till_data([(self.coffee, 1)], pay))["problems"], [])

    def test_change_of_a_card_is_refused(self):
        data = self.till_data([(self.coffee, 1)], [(self.card, 1000)])
        self.assertIn("Change is given from cash only", self.check(data)["problems"][0])

    def test_exchange_passes(self):
        order = self.till([(self.coffee, 1), (self.bread, 1)])
        back = self.back(order, 0, 1)
        self.assertEqual(self.check(self.till_data([*back, (self.coffee, 1)], [(self.cash, None)]))["problems"], [])

    def test_more_than_was_sold_is_refused(self):
        order = self.till([(self.bread, 1)])
        self.till(self.back(order), is_refund=True)
        problems = self.check(self.till_data(self.back(order), is_refund=True))["problems"]
        self.assertIn("0 can still be returned, not 1", problems[0])

    def test_money_that_goes_back_another_way_is_said(self):
        order = self.till([(self.bread, 1)])
        told = self.check(self.till_data(self.back(order), [(self.cash, None)], is_refund=True))
        self.assertEqual(told["problems"], [])
        self.assertIn("Give money back as it was paid", told["warnings"][0])

    def test_lines_of_another_company_are_not_read(self):
        order = self.till([(self.bread, 1)])
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Other"})
        self.env.cr.execute("UPDATE pos_order_line SET company_id = %s WHERE order_id = %s", [other.id, order.id])
        self.env.invalidate_all()
        data = self.till_data([(self.bread, -1, {"refunded_orderline_id": order.lines.id})], is_refund=True)
        self.assertIn("At what rate", self.check(data)["problems"][0])

    def test_sale_is_kept_when_the_program_fails_to_read_it(self):
        with (
            patch.object(OrderReader, "event", side_effect=ZeroDivisionError),
            mute_logger("odoo.addons.fiscal_base.models.register.register"),
        ):
            order = self.till([(self.coffee, 1)])
        document = order.fiscal_document_ids
        self.assertEqual((order.state, document.state, document.total), ("paid", "rejected", 489.90))
        self.assertIn("The program failed", document.error_message)
        document.action_retry()
        self.assertEqual(order.fiscal_document_ids.filtered(lambda one: one.state == "queued").line_ids.amount, 489.90)

    def test_refused_receipt_is_not_given_up_when_nothing_comes_in_its_place(self):
        with (
            patch.object(OrderReader, "event", side_effect=ZeroDivisionError),
            mute_logger("odoo.addons.fiscal_base.models.register.register"),
        ):
            document = self.till([(self.coffee, 1)]).fiscal_document_ids
        with patch.object(self.env.registry["pos.order"], "_fiscal_vals", lambda order, register: []):
            document._try_again()
        self.assertEqual(document.state, "rejected")
        self.assertIn("Nothing of what", document.error_message)

    def test_law_is_that_of_the_service(self):
        self.assertIsInstance(self.register._compose_rules(), Russia)
        self.service.capabilities = {"country": "UA"}
        self.assertIsInstance(self.register._compose_rules(), Ukraine)

    def test_nonsense_stops_no_sale(self):
        with mute_logger("odoo.addons.fiscal_base.models.pos.pos_config"):
            told = self.config.fiscal_check({"lines": [{"product_id": "x", "qty": 1}]})
        self.assertEqual(told, {"problems": [], "warnings": []})


@tagged("post_install", "-at_install")
class TestRandomOrders(CardsCase):
    """No order passes the till and is refused by the server; sums and VAT agree with a computation of their own."""

    def test_what_the_till_lets_pass_is_registered(self):
        random = Random(19)
        later = {"name": "On account", "company_id": self.company.id, "split_transactions": True}
        self.later = self.env["pos.payment.method"].create(later)
        self.config.payment_method_ids += self.later
        self.sold = self.till([(self.coffee, 20), (self.bread, 20), (self.apples, 5.5)])
        passed = 0
        for number in range(ORDERS):
            with self.subTest(number=number), self.env.cr.savepoint() as savepoint:
                data, used = self.order(random)
                told = self.check(data)
                if not told["problems"] or number % 4 == 0:
                    self.env["pos.order"].sync_from_ui([data])
                    order = self.env["pos.order"].search([("uuid", "=", data["uuid"])])
                    states = set(order.fiscal_document_ids.mapped("state"))
                    if told["problems"]:
                        self.assertEqual(states, {"rejected"}, told["problems"])
                    else:
                        passed += 1
                        self.assertLessEqual(states, {"queued"}, order.fiscal_document_ids.mapped("error_message"))
                        self.compare(order, used)
                self.env.flush_all()
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertGreater(passed, ORDERS // 3, "most of what a till makes can be registered")

    def order(self, random):
        """`(data of an order, what a gift card pays of it)`."""
        goods = [self.bread, self.coffee, self.apples, self.delivery]
        lines = []
        for __ in range(random.randint(0, 4)):
            price = random.choice([0, random.randint(1, 90000) / 100, random.randint(1, 900)])
            count = random.choice([1, 1, 2, 3, random.randint(1, 4000) / 1000])
            values = {"price_unit": price, "discount": random.choice([0, 0, 0, 7, 33.33, 100])}
            lines.append((random.choice(goods), count, values))
        if random.random() < 0.3:
            counts = [random.choice([0, 1, 2]), random.choice([0, 1]), random.choice([0, 0.4])]
            lines += self.back(self.sold, *counts)
        whole = sum(count * values.get("price_unit", 0) for __, count, values in lines if count > 0)
        if lines and random.random() < 0.3:
            off = -float_round(whole / random.randint(2, 30), 2)
            lines.append((self.coffee, 1, {"price_unit": off}))
        used = ZERO
        if lines and random.random() < 0.2:
            used = money(whole / random.randint(2, 9))
            lines.append(self.reward(-float(used)))
        if not lines or random.random() < 0.1:
            lines.append((self.card_product, 1))
        self.config.cash_rounding = False
        total = self.till_data(lines, [])["amount_total"]
        pay = self.payments(random, total)
        vals = {"is_refund": True} if total < 0 else {}
        return self.till_data(lines, pay, partner_id=self.shop.customer.id, **vals), used

    def payments(self, random, total):
        if not total:
            return []
        part = float_round(total / 3, 2)
        ways = [
            [(self.card, None)],
            [(self.cash, None)],
            [(self.card, part), (self.cash, None)],
            [(self.later, part), (self.card, None)],
            [(self.card, part), (self.card, None)],
        ]
        if total > 0:
            ways += [[(self.cash, float_round(total + 500, 0))], [(self.card, total + 10)]]
        return random.choice(ways)

    def compare(self, order, used):
        """Σ of the sale less that of the return is what was paid; each rate has what the lines of the order come to."""
        sums, expected, moved = defaultdict(Decimal), defaultdict(Decimal), ZERO
        for document in order.fiscal_document_ids:
            receipt = document._as_receipt()
            self.assert_sums(receipt)
            sign = -1 if receipt.operation == "sale_return" else 1
            kinds = ("cash", "electronic", "credit")
            moved += sign * sum((receipt.paid(kind) for kind in kinds), ZERO)
            for line in receipt.lines:
                sums[line.tax_rate] += sign * line.amount
        for line in order.lines:
            rate = money(line.tax_ids.amount) if line.tax_ids else None
            if line.product_id == self.card_product:
                rate = Decimal("22.00")
            if not line.is_reward_line:
                expected[rate] += line._fiscal_amount()
        self.assertEqual(moved, money(order.amount_paid))
        self.assertEqual(sum(sums.values(), ZERO), moved + used)
        bound = Decimal("0.01") * (len(order.lines) + 1)
        coffee = order.lines.filtered(lambda line: line.product_id == self.coffee and line.qty > 0)
        if sum((line._fiscal_amount() for line in coffee), ZERO) >= 0:  # else the discount is for other rates too
            for rate in {*sums, *expected}:
                self.assertLessEqual(abs(sums[rate] - expected[rate]), bound, rate)
                tax = rate or ZERO
                self.assertLessEqual(abs(sums[rate] - expected[rate]) * tax / (100 + tax), bound)
