"""The till in a browser: cashiers, discounts, customers, and everything that goes wrong on the way to the register."""

from odoo.fields import Command
from odoo.tests import tagged

from ..tools.outcome import Outcome
from .test_tours import FiscalTourCase


class ServiceMixin:
    """A demo service whose next answers to a sale are given by the test."""

    def setUp(self):
        super().setUp()
        self.plan = []
        Register = self.env.registry["fiscal.register"]
        submit = Register._demo_submit

        def planned(register, document, request):
            if self.plan and document.operation == "sale":
                return self.plan.pop(0)
            return submit(register, document, request)

        self.patch(Register, "_demo_submit", planned)

    def receipts(self):
        return self.env["fiscal.document"].search(
            [("company_id", "=", self.company.id), ("pos_order_id", "!=", False)], order="id"
        )

    def assertRegisteredOnce(self):
        receipts = self.receipts()
        self.assertEqual(len(receipts), 1)
        self.assertEqual(receipts.state, "done")
        return receipts

    def assertSumsAgree(self, document):
        """Lines, total and payments less change agree to the kopeck."""
        cents = [round(100 * amount) for amount in document.line_ids.mapped("amount")]
        paid = sum(round(100 * payment.amount) for payment in document.payment_ids) - round(100 * document.change)
        self.assertEqual(sum(cents), round(100 * document.total))
        self.assertEqual(paid, round(100 * document.total))
        self.assertTrue(all(amount > 0 for amount in cents), cents)


@tagged("post_install", "-at_install", "fiscal_browser")
class TestToursOfSales(ServiceMixin, FiscalTourCase):
    def test_two_cashiers_one_of_whom_may_not(self):
        second = self.shop.employees[1]
        second.fiscal_cashier = False
        self.config.write({"module_pos_hr": True, "basic_employee_ids": [Command.set(self.shop.employees.ids)]})
        self.tour("fiscal_two_cashiers")
        receipt = self.assertRegisteredOnce()
        self.assertEqual(receipt.employee_id, self.shop.employees[0])
        self.assertEqual((receipt.cashier_name, receipt.cashier_tax_number), ("Анна Смирнова", "772345678901"))

    def test_discount_of_a_line_and_of_the_order(self):
        if "loyalty.program" in self.env:
            self.env["loyalty.program"].search([]).active = False
            self.env["loyalty.program"].create(
                {
                    "name": "7 % off",
                    "program_type": "promotion",
                    "trigger": "auto",
                    "applies_on": "current",
                    "company_id": self.company.id,
                    "pos_config_ids": [Command.set(self.config.ids)],
                    "rule_ids": [Command.create({"minimum_qty": 1})],
                    "reward_ids": [
                        Command.create(
                            {
                                "reward_type": "discount",
                                "discount": 7,
                                "discount_mode": "percent",
                                "discount_applicability": "order",
                            }
                        )
                    ],
                }
            )
        self.tour("fiscal_discounts")
        receipt = self.assertRegisteredOnce()
        self.assertSumsAgree(receipt)
        self.assertEqual(len(receipt.line_ids), 3, "a discount is no line of the receipt")
        before = 3 * 62 * 0.9 + 489.90 + 300
        expected = before * 0.93 if "loyalty.program" in self.env else before
        self.assertAlmostEqual(receipt.total, expected, delta=0.02)
        self.assertAlmostEqual(receipt.total, receipt.pos_order_id.amount_total, 2)

    def test_cash_rounding(self):
        account = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.company.ids)], limit=1
        )
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "To whole roubles",
                "rounding": 1.0,
                "rounding_method": "DOWN",
                "strategy": "add_invoice_line",
                "profit_account_id": account.id,
                "loss_account_id": account.id,
            }
        )
        self.config.write({"cash_rounding": True, "rounding_method": rounding.id, "only_round_cash_method": True})
        self.tour("fiscal_cash_rounding")
        receipt = self.assertRegisteredOnce()
        self.assertSumsAgree(receipt)
        self.assertEqual((receipt.total, receipt.pos_order_id.amount_total), (489.0, 489.9))

    def test_customer_who_asks_for_an_invoice(self):
        self.tour("fiscal_invoice")
        receipt = self.assertRegisteredOnce()
        self.assertTrue(receipt.pos_order_id.account_move)
        self.assertEqual(receipt.customer_email, "olga@example.com")
        self.assertEqual(
            self.documents().mapped("operation"), ["shift_open", "sale"], "the invoice of a sale makes no receipt"
        )

    def test_small_bundle(self):
        """The suite adds little to what a till loads."""
        files = self.env["ir.asset"]._get_asset_paths("point_of_sale._assets_pos", {})
        sizes = {"fiscal_base": 0, "others": 0}
        for path, full_path, *__ in files:
            if path.endswith(".js") and full_path:
                with open(full_path, "rb") as file:
                    sizes["fiscal_base" if path.startswith("/fiscal_base/") else "others"] += len(file.read())
        self.assertGreater(sizes["fiscal_base"], 1000)
        self.assertLess(sizes["fiscal_base"], 0.02 * sizes["others"])

    def test_opening_asks_nothing(self):
        calls = []
        Config = self.env.registry["pos.config"]
        for name in ("fiscal_drive", "fiscal_retry"):
            own = getattr(Config, name)

            def counted(config, uuids, own=own, name=name):
                calls.append((name, uuids))
                return own(config, uuids)

            self.patch(Config, name, counted)
        self.tour("fiscal_opening_asks_nothing")
        self.assertEqual(calls, [])
        self.tour("fiscal_answer_at_once")
        self.assertEqual([name for name, __ in calls], ["fiscal_drive"], "one question for one sale")


@tagged("post_install", "-at_install", "fiscal_browser")
class TestToursOfTwoTills(ServiceMixin, FiscalTourCase):
    tills = 2

    def test_order_refunded_on_another_till(self):
        first, second = self.shop.configs
        second.trusted_config_ids = first
        self.tour("fiscal_sale_to_be_refunded_elsewhere")
        self.config = second
        self.tour("fiscal_refund_on_another_till")
        sale = self.documents().filtered(lambda document: document.operation == "sale")
        back = self.env["fiscal.document"].search([("operation", "=", "sale_return")])
        self.assertEqual((back.state, back.total), ("done", 62.0))
        self.assertEqual((back.register_id, back.original_id), (self.shop.registers[1], sale))


@tagged("post_install", "-at_install", "fiscal_browser")
class TestToursOfFailures(ServiceMixin, FiscalTourCase):
    def test_sale_without_a_network(self):
        self.tour("fiscal_offline")
        self.assertRegisteredOnce()

    def test_answer_that_comes_later(self):
        self.plan = [Outcome.not_sent("No connection", 3)]
        self.tour("fiscal_answer_comes_later")
        self.assertRegisteredOnce()

    def test_page_refreshed_while_the_receipt_is_pending(self):
        self.plan = [Outcome.not_sent("No connection", 3)]
        self.tour("fiscal_refresh_while_pending")
        self.assertRegisteredOnce()

    def test_printing_waits_for_the_register_behind_the_screen(self):
        self.config.write({"iface_print_auto": True, "iface_print_skip_screen": False})
        self.plan = [Outcome.not_sent("No connection", 2)]
        self.tour("fiscal_automatic_printing")
        self.assertRegisteredOnce()

    def test_printing_without_the_receipt_screen(self):
        self.config.write({"iface_print_auto": True, "iface_print_skip_screen": True})
        self.plan = [Outcome.not_sent("No connection", 2)]
        self.tour("fiscal_automatic_printing_skips_the_screen")
        self.assertRegisteredOnce()

    def test_register_that_is_off(self):
        self.register.state = "disabled"
        self.tour("fiscal_register_off")
        receipts = self.receipts()
        self.assertEqual(receipts.mapped("state"), ["queued", "queued"])
        self.register.state = "enabled"
        self.env.flush_all()
        self.drain()
        self.assertEqual(receipts.mapped("state"), ["done", "done"])

    def test_refused_receipt_is_told_and_tried_again(self):
        self.plan = [Outcome.rejected("12", "Wrong tax rate")]
        self.tour("fiscal_refused_receipt")
        first, second = self.receipts()
        self.assertEqual((first.state, second.state), ("cancelled", "done"))
        self.assertEqual(first.pos_order_id, second.pos_order_id)

    def test_what_nobody_can_tell_is_decided_at_the_till(self):
        """The register printed it, the answer was lost, and it cannot be asked: the paper tells."""
        self.plan = [Outcome.unknown("The answer was lost.", 600)]
        self.tour("fiscal_decision_at_the_till")
        receipt = self.assertRegisteredOnce()
        self.assertEqual((receipt.fiscal_number, receipt.fiscal_sign), ("4711", "12345"))
        decision = receipt.attempt_ids[0]
        self.assertEqual((decision.kind, decision.user_id, decision.message), ("person", self.user, "On the paper"))

    def test_backup_by_choice_of_the_cashier(self):
        backup = self.register.copy({"name": "Second drawer", "state": "enabled"})
        self.register.backup_id = backup
        self.plan = [Outcome.not_sent("No connection", 600)]
        self.tour("fiscal_backup_at_the_till")
        backup._run_lane(10)
        self.env.invalidate_all()
        receipt = self.assertRegisteredOnce()
        self.assertEqual(receipt.register_id, backup)

    def test_register_that_is_blocked(self):
        self.plan = [Outcome.blocked("There is no paper.", 600)]
        self.tour("fiscal_blocked_register")
        self.assertRegisteredOnce()


@tagged("post_install", "-at_install", "fiscal_browser")
class TestToursOnASmallScreen(ServiceMixin, FiscalTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_light_and_sale(self):
        self.tour("fiscal_small_screen")
        self.assertRegisteredOnce()
