"""From an order of a till to a fiscal document: to the kopeck, with what the law wants on it, and never refused."""

from unittest import SkipTest
from uuid import uuid4

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import float_round

from ..tools.money import ZERO, money
from .common import FiscalCase

try:
    import hypothesis
    from hypothesis import strategies as st
except ImportError:
    hypothesis = None


class TillCase(FiscalCase):
    """A till that computes an order exactly as the one in the browser does, and what must hold of every receipt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a shop that weighs to the gram; with Odoo's two decimals 0.357 kg becomes 0.36 kg before it is a receipt
        cls.env.ref("uom.decimal_product_uom").digits = 3
        cls.register.shift_policy = "manual"
        cls.bread, cls.coffee = cls.shop.products["bread"], cls.shop.products["coffee"]
        cls.apples, cls.delivery = cls.shop.products["apples"], cls.shop.products["delivery"]
        cls.cash, cls.card = cls.shop.cash, cls.shop.card

    def till(self, lines, pay=None, config=None, fiscal_position=None, **vals):
        """Sync an order and return it; arguments as of `till_data`."""
        data = self.till_data(lines, pay, config, fiscal_position, **vals)
        self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].search([("uuid", "=", data["uuid"])])

    def till_data(self, lines, pay=None, config=None, fiscal_position=None, **vals):
        """What the till sends for an order.

        :param lines: `(product, quantity)` or `(product, quantity, {price_unit, discount, tax_ids, …})`
        :param pay: `(payment method, amount)` each; an amount of None is what remains to be paid, rounded as the
            point of sale says. By default everything by card
        """
        config = config or self.config
        session = config.current_session_id or self.open_session(config)
        sign = -1 if vals.get("is_refund") else 1
        currency = self.company.currency_id
        position = fiscal_position or self.env["account.fiscal.position"]
        Tax = self.env["account.tax"]
        commands, bases = [], []
        for product, qty, *rest in lines:
            extra = dict(rest[0]) if rest else {}
            taxes = extra.pop("tax_ids", product.taxes_id)
            price = extra.pop("price_unit", product.lst_price)
            base = Tax._prepare_base_line_for_taxes_computation(
                None,
                product_id=product,
                tax_ids=position.map_tax(taxes),
                price_unit=price,
                quantity=qty,
                discount=extra.get("discount", 0),
                currency_id=currency,
                rate=1.0,
                is_refund=qty * price < 0,
            )
            bases.append(base)
            commands.append(
                {
                    "product_id": product.id,
                    "qty": qty,
                    "price_unit": price,
                    "tax_ids": [Command.set(taxes.ids)],
                    "full_product_name": product.display_name,
                    "uuid": str(uuid4()),
                    **extra,
                }
            )
        Tax._add_tax_details_in_base_lines(bases, self.company)
        Tax._round_base_lines_tax_details(bases, self.company)
        totals = Tax._get_tax_totals_summary(bases, currency, self.company)
        for command, base in zip(commands, bases, strict=True):
            details = base["tax_details"]
            command["price_subtotal"] = currency.round(sign * details["total_excluded"])
            command["price_subtotal_incl"] = currency.round(sign * details["total_included"])
        total = currency.round(totals["total_amount_currency"])
        payments, rest = [], total
        for method, amount in [(self.card, None)] if pay is None else pay:
            amount = self.due(rest, method, config) if amount is None else amount
            payments.append((method, amount))
            rest = currency.round(rest - amount)
        tolerance = config.rounding_method.rounding if config.cash_rounding else 0.0
        change = rest if rest * sign < 0 and abs(rest) >= tolerance else 0.0
        data = {
            "uuid": str(uuid4()),
            "access_token": str(uuid4()),
            "session_id": session.id,
            "company_id": self.company.id,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "user_id": self.env.uid,
            "lines": [Command.create(command) for command in commands],
            "payment_ids": [
                Command.create({"payment_method_id": method.id, "amount": amount, "uuid": str(uuid4())})
                for method, amount in payments
            ],
            "amount_total": total,
            "amount_tax": currency.round(totals["tax_amount_currency"]),
            "amount_paid": sum(amount for __, amount in payments),
            "amount_return": self.due(change, self.cash, config),
            "fiscal_position_id": position.id,
            "to_invoice": False,
            "state": "paid",
            "last_order_preparation_change": "{}",
            "sequence_number": 1,
            **vals,
        }
        return data

    def check(self, data, config=None):
        """What the till is told of the order before its payment: `data` of `till_data`, not paid yet."""
        lines = [dict(command[2]) for command in data["lines"]]
        for line in lines:
            line["tax_ids"] = line["tax_ids"][0][2]
        payments = [command[2] for command in data["payment_ids"]]
        order = {name: value for name, value in data.items() if name not in ("lines", "payment_ids")}
        return (config or self.config).fiscal_check({**order, "lines": lines, "payments": payments})

    @staticmethod
    def due(amount, method, config):
        """`amount` as `method` has to pay it under the point of sale's cash rounding."""
        rounding = config.rounding_method
        if not config.cash_rounding or (config.only_round_cash_method and not method.is_cash_count):
            return amount
        return float_round(amount, precision_rounding=rounding.rounding, rounding_method=rounding.rounding_method)

    def back(self, order, *counts, **vals):
        """Lines that return `order`: whole, or `counts` of each line."""
        counts = counts or order.lines.mapped("qty")
        return [
            (
                line.product_id,
                -count,
                {
                    "refunded_orderline_id": line.id,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "tax_ids": line.tax_ids,
                },
            )
            for line, count in zip(order.lines, counts, strict=False)
            if count
        ]

    def the_document(self, order, operation="sale", state="queued"):
        """The one document of `order`, after every check that holds of any receipt."""
        document = order.fiscal_document_ids
        self.assertEqual(len(document), 1)
        self.assertEqual(document.operation, operation)
        self.assertEqual(document.state, state, document.error_message)
        receipt = document._as_receipt()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(document._as_receipt(), receipt, "what the database keeps is what was checked")
        self.assert_sums(receipt)
        self.assertEqual(receipt.total, abs(money(order.amount_paid)))
        if state == "queued":
            self.assertEqual(document.register_id._problems(receipt), [])
        return document

    def assert_sums(self, receipt):
        """Rule 7: Σ lines = total = Σ payments − change, to the kopeck, and nothing is negative."""
        paid = sum((payment.amount for payment in receipt.payments), ZERO)
        self.assertEqual(sum((line.amount for line in receipt.lines), ZERO), receipt.total)
        self.assertEqual(paid - receipt.change, receipt.total)
        amounts = [receipt.change, *(x.amount for x in receipt.lines), *(x.amount for x in receipt.payments)]
        self.assertTrue(all(amount >= 0 and amount.as_tuple().exponent == -2 for amount in amounts), amounts)
        self.assertTrue(all(line.price >= 0 and line.quantity > 0 for line in receipt.lines))

    def rows(self, document):
        return [(line.quantity, line.price, line.amount, line.tax_code) for line in document.line_ids]

    def paid(self, document):
        return [(payment.kind, payment.amount) for payment in document.payment_ids]


@tagged("post_install", "-at_install")
class TestSale(TillCase):
    def test_several_payments_and_change(self):
        order = self.till([(self.bread, 2), (self.coffee, 1)], [(self.card, 500), (self.cash, 200)])
        document = self.the_document(order)
        self.assertEqual(self.rows(document), [(2, 62.00, 124.00, "vat10"), (1, 489.90, 489.90, "vat22")])
        self.assertEqual(self.paid(document), [("electronic", 500.00), ("cash", 200.00)])
        self.assertEqual((document.total, document.change), (613.90, 86.10))
        self.assertEqual(document._as_receipt().paid("cash"), money(113.90))

    def test_two_payments_of_one_method_are_one_on_the_receipt(self):
        order = self.till([(self.coffee, 1)], [(self.card, 100), (self.card, None)])
        self.assertEqual(self.paid(self.the_document(order)), [("electronic", 489.90)])

    def test_paid_later_is_credit(self):
        later = self.env["pos.payment.method"].create(
            {"name": "On account", "company_id": self.company.id, "split_transactions": True}
        )
        self.config.payment_method_ids += later
        order = self.till([(self.coffee, 1)], [(later, None)], partner_id=self.shop.customer.id)
        self.assertEqual(self.paid(self.the_document(order)), [("credit", 489.90)])

    def test_discount_of_a_line(self):
        order = self.till([(self.coffee, 3, {"discount": 10}), (self.bread, 1, {"discount": 100})])
        document = self.the_document(order)
        self.assertEqual(self.rows(document)[0], (3, 489.90, 1322.73, "vat22"))
        self.assertEqual(document.line_ids[0].discount, 146.97)
        self.assertEqual(document.line_ids[1].amount, 0, "what is given away stands on the receipt")

    def test_weighed_goods(self):
        order = self.till([(self.apples, 0.357), (self.apples, 1.2)])
        document = self.the_document(order)
        self.assertEqual(self.rows(document), [(0.357, 149.90, 53.51, "vat10"), (1.2, 149.90, 179.88, "vat10")])
        self.assertEqual(document.line_ids.mapped("measure"), ["11", "11"])
        self.assertEqual(str(document._as_receipt().lines[0].quantity), "0.357")

    def test_goods_without_a_tax(self):
        document = self.the_document(self.till([(self.delivery, 1)]))
        self.assertEqual(self.rows(document), [(1, 300, 300, "novat")])
        self.assertIsNone(document._as_receipt().lines[0].tax_rate)
        self.assertEqual(document.line_ids.subject, "4", "a service")

    def test_taxes_on_top_of_prices(self):
        tax = self.shop.taxes["standard"].copy({"price_include_override": "tax_excluded", "name": "22 % on top"})
        lines = [(self.coffee, 3, {"price_unit": 33.33, "tax_ids": tax}), (self.bread, 7, {"price_unit": 0.99})]
        for way in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = way
            document = self.the_document(self.till([*lines, (self.coffee, 1, {"price_unit": 10.01, "tax_ids": tax})]))
            self.assertEqual(self.rows(document)[0], (3, 40.66, 121.99, "vat22"), "the price has its tax in it")

    def test_taxes_on_top_and_a_discount(self):
        tax = self.shop.taxes["standard"].copy({"price_include_override": "tax_excluded", "name": "22 % on top"})
        document = self.the_document(self.till([(self.coffee, 2, {"price_unit": 100, "tax_ids": tax, "discount": 25})]))
        self.assertEqual(self.rows(document), [(2, 122.00, 183.00, "vat22")])
        self.assertEqual(document.line_ids.discount, 61)

    def test_fiscal_position(self):
        position = self.env["account.fiscal.position"].create({"name": "Reduced", "company_id": self.company.id})
        self.shop.taxes["reduced"].write(
            {"fiscal_position_ids": [Command.link(position.id)], "original_tax_ids": self.shop.taxes["standard"].ids}
        )
        document = self.the_document(self.till([(self.coffee, 1)], fiscal_position=position))
        self.assertEqual([row[3] for row in self.rows(document)], ["vat10"])

    def test_combo(self):
        child, parent = str(uuid4()), str(uuid4())
        combo = self.env["product.product"].create(
            {
                "name": "Завтрак",
                "type": "combo",
                "combo_ids": [
                    Command.create(
                        {
                            "name": "Завтрак",
                            "company_id": self.company.id,
                            "combo_item_ids": [Command.create({"product_id": self.coffee.id})],
                        }
                    )
                ],
                "company_id": self.company.id,
                "taxes_id": False,
            }
        )
        order = self.till(
            [
                (combo, 1, {"price_unit": 0, "uuid": parent}),
                (self.coffee, 1, {"price_unit": 99.50, "uuid": child}),
            ],
            relations_uuid_mapping={"pos.order.line": {child: {"combo_parent_id": parent}}},
        )
        self.assertEqual(order.lines[1].combo_parent_id, order.lines[0])
        document = self.the_document(order)
        self.assertEqual(self.rows(document), [(1, 99.50, 99.50, "vat22")], "the parts are sold, not the set")

    def test_order_of_nothing_has_no_document(self):
        order = self.till([(self.bread, 1, {"price_unit": 0})], [])
        self.assertEqual(order.state, "paid")
        self.assertFalse(order.fiscal_document_ids)

    def test_points_pay_for_everything(self):
        """A settlement all the same (FNS 30.04.2021 АБ-4-20/6093)."""
        document = self.the_document(self.till([(self.bread, 1), (self.bread, 1, {"price_unit": -62})], []))
        self.assertEqual((self.rows(document), document.total), ([(1, 62, 0, "vat10")], 0))

    def test_point_of_sale_without_a_register(self):
        self.config.fiscal_register_id = False
        self.assertFalse(self.till([(self.bread, 1)]).fiscal_document_ids)

    def test_customer_is_frozen(self):
        customer = self.shop.customer
        document = self.the_document(self.till([(self.bread, 1)], partner_id=customer.id))
        customer.write({"email": "new@example.com", "phone": "+7 900 000-00-00"})
        self.assertEqual(document.customer_email, "olga@example.com")
        self.assertEqual(document._as_receipt().customer.phone, document.customer_phone)
        self.assertIn("345", document.customer_phone)

    def test_company_as_the_customer(self):
        buyer = self.env["res.partner"].create({"name": "ООО «Лютик»", "is_company": True, "vat": "7707083893"})
        receipt = self.the_document(self.till([(self.bread, 1)], partner_id=buyer.id))._as_receipt()
        self.assertEqual((receipt.customer.name, receipt.customer.tax_number), ("ООО «Лютик»", "7707083893"))

    def test_invoice_of_a_till_has_no_document_of_its_own(self):
        """Rule 5."""
        order = self.till([(self.coffee, 1)], [(self.cash, 500)], partner_id=self.shop.customer.id, to_invoice=True)
        self.assertEqual(order.account_move.state, "posted")
        document = self.the_document(order)
        self.assertEqual(self.env["fiscal.document"].search([("company_id", "=", self.company.id)]), document)

    def test_order_paid_in_the_backend(self):
        session = self.open_session()
        order = self.env["pos.order"].create(
            {
                "session_id": session.id,
                "company_id": self.company.id,
                "lines": [
                    Command.create(
                        {
                            "product_id": self.bread.id,
                            "qty": 2,
                            "price_unit": 62,
                            "tax_ids": [Command.set(self.bread.taxes_id.ids)],
                            "price_subtotal": 112.73,
                            "price_subtotal_incl": 124,
                        }
                    )
                ],
                "amount_total": 124,
                "amount_tax": 11.27,
                "amount_paid": 0,
                "amount_return": 0,
            }
        )
        with Form(self.env["pos.make.payment"].with_context(active_ids=order.ids, active_id=order.id)) as form:
            form.payment_method_id = self.card
        form.record.with_context(active_id=order.id).check()
        self.assertEqual(order.state, "paid")
        self.assertEqual(self.rows(self.the_document(order)), [(2, 62, 124, "vat10")])

    def test_order_of_a_closed_session(self):
        """Such an order goes into another open session; its register is that of the point of sale all the same."""
        session = self.open_session()
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")
        other = self.open_session()
        with self.assertLogs("odoo.addons.point_of_sale.models.pos_order", "WARNING"):
            order = self.till([(self.bread, 1)], session_id=session.id)
        self.assertEqual(order.session_id, other)
        document = self.the_document(order)
        self.assertEqual((document.register_id, document.pos_session_id), (self.register, other))

    def test_goods_taken_back_without_their_sale(self):
        """Nobody knows at what rate they were sold."""
        document = self.till([(self.coffee, 1), (self.bread, -1)]).fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("At what rate “Хлеб", document.error_message)


@tagged("post_install", "-at_install")
class TestReturn(TillCase):
    tills = 2

    def refund(self, order, *counts, pay=None, config=None, **vals):
        return self.till(self.back(order, *counts), pay, config=config, is_refund=True, **vals)

    def test_whole(self):
        """Odoo's till sends the subtotals of a refund as positive numbers; the receipt is a return all the same."""
        order = self.till([(self.bread, 2), (self.coffee, 1, {"discount": 10})], [(self.cash, 1000)])
        refund = self.refund(order, pay=[(self.cash, None)])
        self.assertGreater(refund.lines[0].price_subtotal_incl, 0, "the trap")
        document = self.the_document(refund, "sale_return")
        sale = self.the_document(order)
        self.assertEqual(self.rows(document), self.rows(sale))
        self.assertEqual(self.paid(document), [("cash", 564.91)])
        self.assertEqual((document.total, document.change), (564.91, 0))
        self.assertEqual(document.original_id, sale)

    def test_whole_in_the_backend(self):
        """Odoo's server makes the subtotals of a refund negative."""
        order = self.till([(self.bread, 2), (self.coffee, 1)])
        refund = order._refund()
        self.assertLess(refund.lines[0].price_subtotal_incl, 0)
        wizard = self.env["pos.make.payment"].with_context(active_ids=refund.ids, active_id=refund.id)
        wizard.create({"payment_method_id": self.card.id, "config_id": self.config.id}).check()
        document = self.the_document(refund, "sale_return")
        self.assertEqual((document.total, document.original_id), (613.90, order.fiscal_document_ids))

    def test_part(self):
        order = self.till([(self.bread, 3), (self.coffee, 1)])
        document = self.the_document(self.refund(order, 1, 0), "sale_return")
        self.assertEqual(self.rows(document), [(1, 62, 62, "vat10")])
        document = self.the_document(self.refund(order, 2, 1), "sale_return")
        self.assertEqual(document.total, 613.90)
        self.assertEqual(document.original_id, order.fiscal_document_ids)

    def test_return_of_a_return_is_a_sale(self):
        order = self.till([(self.bread, 2)])
        refund = self.refund(order)
        again = self.till(self.back(refund))
        document = self.the_document(again)
        self.assertEqual((self.rows(document), document.original_id.id), ([(2, 62, 124, "vat10")], False))

    def test_at_another_till(self):
        order = self.till([(self.bread, 1)])
        other = self.shop.configs[1]
        document = self.the_document(self.refund(order, config=other), "sale_return")
        self.assertEqual(document.register_id, self.shop.registers[1])
        self.assertEqual(document.original_id, order.fiscal_document_ids)
        self.assertEqual(document.original_id.register_id, self.register)

    def test_in_a_later_session(self):
        order = self.till([(self.bread, 1)])
        order.session_id.action_pos_session_closing_control()
        refund = self.refund(order)
        self.assertNotEqual(refund.session_id, order.session_id)
        self.assertEqual(self.the_document(refund, "sale_return").original_id, order.fiscal_document_ids)

    def test_of_an_order_without_a_receipt(self):
        self.config.fiscal_register_id = False
        order = self.till([(self.bread, 1)])
        order.session_id.action_pos_session_closing_control()
        self.config.fiscal_register_id = self.register
        self.assertFalse(self.the_document(self.refund(order), "sale_return").original_id)

    def test_paid_by_several_means(self):
        order = self.till([(self.coffee, 2)])
        document = self.the_document(self.refund(order, pay=[(self.cash, -500), (self.card, None)]), "sale_return")
        self.assertEqual(self.paid(document), [("cash", 500.00), ("electronic", 479.80)])

    def test_with_a_reward(self):
        """The discount of the sale is negative there and positive here; the customer gets back what was paid."""
        order = self.till([(self.coffee, 2), (self.coffee, 1, {"price_unit": -97.98})])
        document = self.the_document(self.refund(order), "sale_return")
        self.assertEqual(self.rows(document), [(2, 489.90, 881.82, "vat22")])

    def test_legacy_rate_is_taken_for_a_return_only(self):
        """20 % ended in Russia with 2025: older sales still come back with it."""
        self.shop.taxes["standard"].amount = 20
        code = self.env["fiscal.tax.code"].search(
            [("vocabulary", "=", self.register.tax_vocabulary), ("code", "=", "vat20")]
        )
        self.assertTrue(code.legacy)
        code.legacy = False  # as it was in 2025
        order = self.till([(self.coffee, 1)])
        self.the_document(order)
        code.legacy = True
        late = self.the_document(self.till([(self.coffee, 1)]), state="rejected")
        self.assertIn("no longer in force", late.error_message)
        back = self.the_document(self.refund(order), "sale_return")
        self.assertEqual(back.line_ids.tax_code, "vat20")


@tagged("post_install", "-at_install")
class TestDiscountLines(TillCase):
    """Odoo writes a discount of the whole order as a negative line; a receipt has none."""

    def test_discount_of_the_order(self):
        """The line of pos_discount: a product of its own, with the taxes of what it discounts."""
        sale = self.env["product.product"].create({"name": "Скидка", "type": "service", "company_id": self.company.id})
        order = self.till(
            [
                (self.bread, 2),
                (self.coffee, 1),
                (sale, 1, {"price_unit": -12.40, "tax_ids": self.shop.taxes["reduced"]}),
                (sale, 1, {"price_unit": -48.99, "tax_ids": self.shop.taxes["standard"]}),
            ]
        )
        document = self.the_document(order)
        self.assertEqual(self.rows(document), [(2, 62, 111.60, "vat10"), (1, 489.90, 440.91, "vat22")])

    def test_discount_larger_than_its_group(self):
        order = self.till([(self.bread, 1), (self.coffee, 1), (self.bread, 1, {"price_unit": -100})])
        document = self.the_document(order)
        self.assertEqual(self.rows(document), [(1, 62, 0, "vat10"), (1, 489.90, 451.90, "vat22")])

    def program(self, reward, **vals):
        if "loyalty.program" not in self.env:
            raise SkipTest("pos_loyalty is not installed in this database: rewards are not tested")
        return self.env["loyalty.program"].create(
            {
                "name": "Акция",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "company_id": self.company.id,
                "pos_ok": True,
                "rule_ids": [Command.create({"minimum_amount": 1})],
                "reward_ids": [Command.create(reward)],
                **vals,
            }
        )

    def reward_line(self, program, amount, taxes):
        reward = program.reward_ids
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 5})
        return (
            reward.discount_line_product_id,
            1,
            {
                "price_unit": amount,
                "tax_ids": taxes,
                "is_reward_line": True,
                "reward_id": reward.id,
                "coupon_id": card.id,
                "reward_identifier_code": "ABC",
                "points_cost": 1,
            },
        )

    def test_reward_of_ten_percent(self):
        """pos_loyalty makes one line for each set of taxes."""
        program = self.program({"reward_type": "discount", "discount": 10, "discount_mode": "percent"})
        order = self.till(
            [
                (self.bread, 1),
                (self.coffee, 1),
                self.reward_line(program, -6.20, self.shop.taxes["reduced"]),
                self.reward_line(program, -48.99, self.shop.taxes["standard"]),
            ]
        )
        document = self.the_document(order)
        self.assertEqual(self.rows(document), [(1, 62, 55.80, "vat10"), (1, 489.90, 440.91, "vat22")])

    def test_reward_of_a_free_product(self):
        program = self.program({"reward_type": "product", "reward_product_id": self.bread.id})
        order = self.till([(self.bread, 3), self.reward_line(program, -62, self.shop.taxes["reduced"])])
        self.assertEqual(self.rows(self.the_document(order)), [(3, 62, 124, "vat10")])

    def test_reward_of_a_fixed_sum(self):
        """Without a tax of its own, such as a gift card: it comes off all lines in proportion."""
        program = self.program({"reward_type": "discount", "discount": 100, "discount_mode": "per_point"})
        order = self.till([(self.bread, 1), (self.coffee, 1), self.reward_line(program, -100, self.env["account.tax"])])
        self.assertEqual(self.rows(self.the_document(order)), [(1, 62, 50.77, "vat10"), (1, 489.90, 401.13, "vat22")])

    def test_reward_comes_back_with_the_goods(self):
        program = self.program({"reward_type": "discount", "discount": 10, "discount_mode": "percent"})
        order = self.till([(self.coffee, 1), self.reward_line(program, -48.99, self.shop.taxes["standard"])])
        document = self.the_document(self.till(self.back(order), is_refund=True), "sale_return")
        self.assertEqual(self.rows(document), [(1, 489.90, 440.91, "vat22")])


@tagged("post_install", "-at_install")
class TestCashRounding(TillCase):
    def round_cash(self, step, way, only_cash):
        account = self.env["account.account"].search([("company_ids", "in", self.company.ids)], limit=1)
        self.config.write(
            {
                "cash_rounding": True,
                "only_round_cash_method": only_cash,
                "rounding_method": self.env["account.cash.rounding"]
                .create(
                    {
                        "name": f"{step} {way}",
                        "rounding": step,
                        "rounding_method": way,
                        "profit_account_id": account.id,
                        "loss_account_id": account.id,
                    }
                )
                .id,
            }
        )

    def test_every_step(self):
        lines = [(self.bread, 1, {"price_unit": 61.98}), (self.coffee, 1), (self.apples, 0.357)]
        for step in (0.05, 0.10, 0.50, 1.00):
            for only_cash, method in ((False, self.card), (True, self.cash)):
                self.round_cash(step, "DOWN", only_cash)
                with self.subTest(step=step, only_cash=only_cash):
                    order = self.till(lines, [(method, None)])
                    sale = self.the_document(order)
                    self.assertEqual(sale.total, self.due(605.39, method, self.config))
                    self.assertNotEqual(sale.total, 605.39, "605.39 is round in no way")
                    if only_cash:
                        refund = self.till(self.back(order), [(method, None)], is_refund=True)
                        self.assertEqual(self.the_document(refund, "sale_return").total, sale.total)
        self.the_document(self.till(lines, [(self.card, None)]))

    def test_change_of_rounded_cash(self):
        self.round_cash(0.10, "DOWN", True)
        order = self.till([(self.bread, 1, {"price_unit": 61.98})], [(self.cash, 100)], amount_return=-38.10)
        document = self.the_document(order)
        self.assertEqual((document.total, document.change), (61.90, 38.10))
        self.assertEqual(self.rows(document), [(1, 61.98, 61.90, "vat10")])

    def test_a_receipt_is_not_rounded_up(self):
        self.round_cash(1.00, "DOWN", True)
        self.config.rounding_method.rounding_method = "HALF-UP"
        document = self.till([(self.coffee, 1)], [(self.cash, None)]).fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("may only be rounded down", document.error_message)
        with self.assertRaisesRegex(ValidationError, "may only be rounded down"):
            self.round_cash(1.00, "HALF-UP", True)

    def test_the_third_of_three_parts_comes_back(self):
        self.round_cash(0.50, "DOWN", True)
        order = self.till([(self.bread, 3, {"price_unit": 33.30})], [(self.cash, None)])
        sale = self.the_document(order)
        totals = []
        for __ in range(3):
            refund = self.till(self.back(order, 1), [(self.cash, None)], is_refund=True)
            totals.append(self.the_document(refund, "sale_return").total)
        self.assertEqual((sale.total, totals), (99.50, [33.00, 33.00, 33.00]))


@tagged("post_install", "-at_install")
class TestCashier(TillCase):
    """A paid sale is kept whoever sold it; what is missing stands with its document, and a person is told."""

    def test_user_of_the_till(self):
        document = self.the_document(self.till([(self.bread, 1)]))
        self.assertEqual(document.employee_id, self.cashier)
        self.assertEqual(document._as_receipt().cashier.tax_number, "772345678901")

    def test_employee_of_the_till(self):
        other = self.shop.employees[1]
        document = self.the_document(self.till([(self.bread, 1)], employee_id=other.id))
        self.assertEqual((document.employee_id, document.cashier_name), (other, "Пётр Иванов"))
        other.write({"name": "Пётр Петров"})
        self.assertEqual(document._as_receipt().cashier.name, "Пётр Иванов", "frozen")

    def refused(self, *words, **vals):
        order = self.till([(self.bread, 1)], **vals)
        self.assertEqual(order.state, "paid", "the sale is kept")
        document = self.the_document(order, state="rejected")
        for word in words:
            self.assertIn(word, document.error_message)
        activity = document.activity_ids
        self.assertEqual(activity.user_id, self.register.user_id)
        self.assertIn(words[0], activity.note)
        self.drain()
        self.assertEqual(self.service.sent, [])
        return document

    def test_cashier_who_is_not_allowed(self):
        self.cashier.fiscal_cashier = False
        self.refused("may not work with the cash register")

    def test_cashier_without_a_number(self):
        self.cashier.fiscal_tax_number = False
        self.refused("has no tax number")

    def test_user_without_an_employee(self):
        self.cashier.user_id = False
        self.refused("not linked to an employee")

    def test_tax_without_a_code(self):
        self.shop.taxes["reduced"].amount = 13
        self.refused("does not know the tax of “Хлеб", "Taxes")

    def test_every_reason_at_once(self):
        self.cashier.fiscal_tax_number = False
        self.shop.taxes["reduced"].amount = 13
        self.refused("has no tax number", "does not know the tax of “Хлеб")

    def test_order_of_a_kiosk(self):
        """Where nobody stands at the till, the register's own cashier is named."""
        self.register.employee_id = self.shop.employees[1]
        order = self.till([(self.bread, 1)])
        self.env.cr.execute("UPDATE pos_order SET source = 'kiosk' WHERE id = %s", [order.id])
        self.env.invalidate_all()
        self.assertEqual(order._fiscal_employee(), self.shop.employees[1])


@tagged("post_install", "-at_install")
class TestAnyOrder(TillCase):
    def test_any_order_agrees_to_the_kopeck(self):
        if not hypothesis:
            raise SkipTest("hypothesis is not installed: random orders are not tested")
        on_top = self.shop.taxes["standard"].copy({"price_include_override": "tax_excluded", "name": "22 % on top"})
        goods = [(self.bread, None), (self.coffee, None), (self.apples, None), (self.delivery, None)]
        goods.append((self.coffee, on_top))
        line = st.tuples(
            st.sampled_from(goods),
            st.integers(1, 5000).map(lambda grams: grams / 1000) | st.integers(1, 20),
            st.integers(1, 200_000).map(lambda kopecks: kopecks / 100),
            st.sampled_from([0, 0, 0, 5, 10, 33.33, 99, 100]),
        )
        discount = st.tuples(st.sampled_from(goods), st.integers(1, 100))
        order_of = st.fixed_dictionaries(
            {
                "lines": st.lists(line, min_size=1, max_size=6),
                "discounts": st.lists(discount, max_size=2),
                "globally": st.booleans(),
                "tendered": st.sampled_from([None, 0.5, 1, 1.5]),
                "back": st.booleans(),
            }
        )

        @hypothesis.settings(
            max_examples=60,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        )
        @hypothesis.given(order_of)
        def check(facts):
            with self.env.cr.savepoint() as savepoint:
                self.company.tax_calculation_rounding_method = (
                    "round_globally" if facts["globally"] else "round_per_line"
                )
                lines = []
                for (product, tax), count, price, percent in facts["lines"]:
                    values = {"price_unit": price, "discount": percent}
                    lines.append((product, count, {**values, **({"tax_ids": tax} if tax else {})}))
                whole = sum(count * price * (1 - percent / 100) for __, count, price, percent in facts["lines"])
                for (product, tax), percent in facts["discounts"]:
                    price = -float_round(whole * percent / 300, 2)
                    lines.append((product, 1, {"price_unit": price, **({"tax_ids": tax} if tax else {})}))
                pay = [(self.card, None)]
                if facts["tendered"]:
                    pay = [(self.card, float_round(whole / 4, 2)), (self.cash, None)]
                    if facts["tendered"] > 1:
                        pay = [(self.cash, float_round(whole * 3, 0) + 1)]
                order = self.till(lines, pay)
                if not order.amount_paid:
                    return
                document = self.the_document(order)
                if facts["back"]:
                    back = self.the_document(self.till(self.back(order), is_refund=True), "sale_return")
                    self.assertEqual(back.total, document.total)
                self.env.flush_all()
                savepoint.rollback()
            self.env.invalidate_all()

        check()

    def test_frozen_order_keeps_its_lines_and_payments(self):
        """Rule 8: nothing is added to what was fiscalized either."""
        order = self.till([(self.bread, 1)])
        for change in (
            lambda: order.add_payment({"pos_order_id": order.id, "amount": 5, "payment_method_id": self.cash.id}),
            lambda: order.lines.copy({"order_id": order.id}),
            lambda: order.write({"lines": [Command.create({"product_id": self.bread.id, "qty": 1})]}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
