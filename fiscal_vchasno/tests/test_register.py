"""From the sale in Odoo to the tape of the register and back, over a real line."""

import json
import re
from decimal import Decimal
from pathlib import Path

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from odoo.addons.fiscal_base.tools.outcome import Outcome

from .. import const, texts
from .common import TOKEN, Register, VchasnoCase

ADDON = Path(__file__).resolve().parents[1]
EXAMPLES = ADDON.parent / "tests" / "pure" / "data" / "vchasno_examples.json"


@tagged("post_install", "-at_install")
class TestVchasno(VchasnoCase):
    def test_law_is_that_of_the_service(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        self.assertEqual(self.register._law_country(), "UA")

    def sale(self, **vals):
        bread, apples = self.shop.products["bread"], self.shop.products["apples"]
        order = self.sell([(bread, 2), (apples, 0.5)], [(self.shop.cash, 100)], **vals)
        return order, order.fiscal_document_ids

    # === What comes out of the register ===

    def test_sale(self):
        order, document = self.sale()
        self.assertEqual(self.emulator.requests, [], "no network in the transaction of the sale")
        self.drain()
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.printed(1)
        self.assertEqual(sale.total, Decimal("84.95"))
        self.assertEqual([(pay["sum"], pay["change"]) for pay in sale.pays], [(Decimal("84.95"), Decimal("15.05"))])
        self.assertEqual([row["total"] for row in sale.rows], [Decimal("65.00"), Decimal("19.95")])
        self.assertEqual([row["taxgrp"] for row in sale.rows], [1, 1])
        self.assertEqual(sale.request["cashier"], self.cashier.name)
        self.assertEqual(sale.tag, document.key)
        self.assertEqual(document.fiscal_number, sale.number)
        self.assertEqual(document.register_number, self.emulated.fisid)
        self.assertEqual(document.qr_data, sale.qr)
        self.assertEqual(document.receipt_url, f"{self.emulator.url}/c/{sale.number}")
        self.assertEqual((document.shift_number, document.receipt_number), (1, 1))
        self.assertTrue(document.is_test)
        self.assertEqual(document.registered_at.replace(microsecond=0), document.registered_at)
        self.assertEqual(order.fiscal_receipts[0]["number"], sale.number)
        self.assertEqual(self.emulator.oddities, [])

    def test_the_shift_opens_with_the_first_receipt_by_itself(self):
        self.sale()
        self.drain()
        self.assertEqual([printed.task for printed in self.emulator.documents], [0, 1])
        self.assertEqual(self.register.document_ids.mapped("operation"), ["sale"])
        self.assertEqual(self.register.shift_id.number, 1)

    def test_return_names_the_purchase(self):
        order, document = self.sale()
        self.drain()
        self.sell(self.refund_lines(order), [(self.shop.cash, -order.amount_total)])
        self.drain()
        (back,) = self.printed(2)
        self.assertEqual(back.total, Decimal("84.95"))
        receipt = back.request["receipt"]
        self.assertEqual(receipt["purchase_receipt_fisn"], document.fiscal_number)
        self.assertEqual(receipt["purchase_rro_fisn"], self.emulated.fisid)
        self.assertEqual(self.emulated.cash, Decimal("0.00"))
        self.register.vchasno_return_numbers = False
        order, __ = self.sale()
        self.drain()
        self.sell(self.refund_lines(order), [(self.shop.cash, -order.amount_total)])
        self.drain()
        self.assertNotIn("purchase_receipt_fisn", self.printed(2)[1].request["receipt"])

    def test_cash_is_rounded_and_the_receipt_says_so(self):
        for step, strategy, paid in ((0.10, "HALF-UP", 85.00), (0.50, "HALF-UP", 85.00)):
            with self.subTest(step):
                self.config.write(
                    {
                        "cash_rounding": True,
                        "only_round_cash_method": True,
                        "rounding_method": self.env["account.cash.rounding"]
                        .create(
                            {
                                "name": str(step),
                                "rounding": step,
                                "rounding_method": strategy,
                                "strategy": "add_invoice_line",
                                "profit_account_id": self.company.default_cash_difference_income_account_id.id,
                                "loss_account_id": self.company.default_cash_difference_expense_account_id.id,
                            }
                        )
                        .id,
                    }
                )
                __, document = self.sale(to_pay=paid, amount_paid=paid)
                self.drain()
                self.assertEqual(document.state, "done", document.error_message)
                sale = self.printed(1)[-1]
                self.assertEqual((sale.total, sale.rounding), (Decimal("85.00"), Decimal("0.05")))
                self.assertEqual(sale.request["receipt"]["sum"], Decimal("84.95"))
                self.assertEqual([(p["sum"], p["change"]) for p in sale.pays], [(Decimal("85.00"), Decimal("15.00"))])

    def test_card_data_stand_on_the_receipt(self):
        data = self.order_data([(self.shop.products["coffee"], 1)], [(self.shop.card, 189.90)])
        data["payment_ids"][0][2].update(
            card_no="5168****1234",
            card_brand="MASTERCARD",
            payment_ref_no="000019148585",
            payment_method_authcode="123456",
            payment_method_issuer_bank="Bank",
        )
        self.env["pos.order"].sync_from_ui([data])
        self.drain()
        (sale,) = self.printed(1)
        (pay,) = sale.pays
        self.assertEqual((pay["type"], pay["sum"]), (2, Decimal("189.90")))
        self.assertEqual(
            {name: pay[name] for name in ("cardmask", "paysys", "rrn", "auth_code", "bank_id", "oper_type")},
            {
                "cardmask": "5168****1234",
                "paysys": "MASTERCARD",
                "rrn": "000019148585",
                "auth_code": "123456",
                "bank_id": "Bank",
                "oper_type": "Оплата",
            },
        )

    def test_pay_type_of_a_method(self):
        self.shop.card.vchasno_pay_type_id = self.env.ref("fiscal_vchasno.pay_type_16")
        self.sell([(self.shop.products["coffee"], 1)], [(self.shop.card, 189.90)])
        self.drain()
        self.assertEqual(self.printed(1)[0].pays[0]["type"], 16)

    def test_method_without_a_pay_type_is_never_cash(self):
        self.shop.card.fiscal_payment_kind = "other"
        order = self.sell([(self.shop.products["coffee"], 1)], [(self.shop.card, 189.90)])
        document = order.fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("no pay type", document.error_message)
        self.shop.card.vchasno_pay_type_id = self.env.ref("fiscal_vchasno.pay_type_6")
        document.action_retry()
        self.drain()
        self.assertEqual(self.printed(1)[0].pays[0]["type"], 6)

    def test_tax_groups(self):
        excise = self.env["account.tax"].create(
            {
                "name": "Акциз 5%",
                "amount": 5,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
                "tax_group_id": self.shop.taxes["standard"].tax_group_id.id,
            }
        )
        self.register.tax_mapping_ids = [
            Command.create({"tax_id": excise.id, "tax_code_id": self.env.ref("fiscal_vchasno.tax_group_3").id})
        ]
        products = self.shop.products
        products["coffee"].taxes_id |= excise
        products["apples"].taxes_id = self.shop.taxes["reduced"]
        lines = [(products[name], 1) for name in ("coffee", "apples", "delivery", "bread")]
        self.sell(lines, [(self.shop.card, 342.30)])
        self.drain()
        (sale,) = self.printed(1)
        self.assertEqual([row["taxgrp"] for row in sale.rows], [3, 4, 2, 1])
        self.register.vchasno_tax_code_id = self.env.ref("fiscal_vchasno.tax_group_7")
        self.sell([(products["delivery"], 1)], [(self.shop.card, 80)])
        self.drain()
        self.assertEqual(self.printed(1)[1].rows[0]["taxgrp"], 7)

    def test_other_currency_is_refused_in_words(self):
        self.company.currency_id = self.env.ref("base.EUR")
        document = self.operation("cash_in", 10)
        self.assertEqual(document.state, "rejected")
        self.assertIn("hryvnias", document.error_message)

    def test_shift_and_cash(self):
        for operation, total in (
            ("shift_open", 0),
            ("cash_in", 1000.50),
            ("cash_out", 900.00),
            ("cash_withdrawal", 100.00),
            ("zero", 0),
            ("x_report", 0),
            ("shift_close", 0),
        ):
            document = self.operation(operation, total)
            self.drain()
            self.assertEqual(document.state, "done", f"{operation}: {document.error_message}")
        self.assertEqual([printed.task for printed in self.emulator.documents], [0, 3, 4, 14, 1, 11])
        self.assertEqual(self.emulated.cash, Decimal("0.50"))
        self.assertFalse(self.register.shift_id)
        self.assertEqual(self.emulator.oddities, [])

    def test_z_report_agrees_with_odoo(self):
        order, __ = self.sale()
        self.sell([(self.shop.products["coffee"], 1)], [(self.shop.card, 100), (self.shop.cash, 100)])
        self.drain()
        self.sell(self.refund_lines(order), [(self.shop.cash, -order.amount_total)])
        self.operation("cash_in", 500)
        self.operation("cash_withdrawal", 100)
        self.operation("zero")
        self.drain()
        shift = self.register.shift_id
        self.operation("shift_close")
        self.drain()
        self.assertEqual(shift.state, "closed")
        self.assertEqual(shift.z_data["sale.total"], "274.85")
        self.assertEqual(shift.z_data["cash"], str(self.emulated.cash))
        self.assertFalse(shift.differs, shift._counter_rows())
        shift.document_ids.filtered(lambda document: document.operation == "sale")[0]._engine().total = 1
        shift.differs = any(row["difference"] for row in shift._counter_rows())
        self.assertTrue(shift.differs)

    def test_shift_of_more_than_24_hours_is_renewed(self):
        self.sale()
        self.drain()
        self.emulator.fault("shift_expired")
        __, document = self.sale()
        for __ in range(3):
            self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(document.shift_number, 2)
        self.assertEqual(len(self.printed(11)), 1)

    def test_shift_that_the_cabinet_closed(self):
        self.sale()
        self.drain()
        first = self.register.shift_id
        self.emulator.fault("auto_close")
        __, document = self.sale()
        self.drain()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual((first.state, self.register.shift_id.number), ("closed", 2))
        self.emulator.fault("auto_close")
        closing = self.operation("shift_close")
        self.drain()
        self.assertEqual(closing.state, "cancelled", "there was nothing left to close")
        self.assertFalse(self.register.shift_id)

    def test_shift_that_the_cabinet_closed_is_noticed_by_the_health_check(self):
        self.sale()
        self.drain()
        shift = self.register.shift_id
        self.register._status()
        self.assertEqual(self.register.shift_id, shift)
        self.emulator.fault("auto_close")
        self.register._status()
        self.assertEqual(self.register.shift_id, shift, "recorded just now: it may have opened after the question")
        self.env.cr.execute("UPDATE fiscal_shift SET create_date = create_date - interval '1 hour'")
        self.env.invalidate_all()
        self.register._status()
        self.assertEqual((self.register.shift_id.id, shift.state), (False, "closed"))

    def test_shift_that_is_open_already(self):
        self.sale()
        self.drain()
        opening = self.operation("shift_open")
        self.drain()
        self.assertEqual(opening.state, "cancelled")
        self.assertTrue(self.register.shift_id)

    def test_offline_is_registered_all_the_same(self):
        self.emulator.fault("offline")
        __, document = self.sale()
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertIs(document.service_data["isoffline"], True)
        self.assertTrue(self.register._status().offline)

    # === When the line breaks ===

    def assertOneReceipt(self, document):
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.printed(1)
        self.assertEqual(document.fiscal_number, sale.number)
        self.assertEqual(document.key, sale.tag)

    def test_lost_answer_is_found_in_the_list_of_the_shift(self):
        for kind in ("reset_after", "drop", "cut", "garbage"):
            with self.subTest(kind):
                self.emulated.shift and self.emulated.shift.printed.clear()
                self.emulator.fault(kind, "sale", seconds=0.1)
                __, document = self.sale()
                self.drain()
                self.settle()
                self.assertOneReceipt(document)
                self.assertIn("lookup", document.attempt_ids.mapped("kind"))
                self.assertEqual(document.qr_data, self.printed(1)[0].qr)
        posts = [request for request in self.emulator.requests if request.method == "POST"]
        self.assertEqual(len(posts), 4, "found by reading, nothing was sent twice")

    def test_lost_answer_is_found_by_the_repeated_tag(self):
        self.emulator.fault("reset_after", "sale")
        self.emulator.fault("lists_down", "shifts")
        __, document = self.sale()
        self.drain()
        self.settle()
        self.assertEqual(document.state, "unknown", "the lists could not be asked, so nothing is risked")
        self.emulated.shift.printed[-1].status = 0  # there, but not passed as far as the list knows
        self.settle()
        self.assertOneReceipt(document)
        bodies = {request.body for request in self.emulator.requests if request.method == "POST"}
        self.assertEqual(len(bodies), 1, "the same to the byte")

    def test_request_that_never_arrived(self):
        self.emulator.fault("reset_before")
        __, document = self.sale()
        self.drain()
        for __ in range(3):
            self.settle()
        self.assertOneReceipt(document)

    def test_request_that_never_arrived_before_the_shift_grew_too_old(self):
        self.sale()
        self.drain()
        self.emulator.fault("reset_before")
        __, document = self.sale()
        self.drain()
        self.assertEqual(document.state, "unknown")
        self.emulator.fault("shift_expired")
        for __ in range(5):
            self.settle()
        self.assertEqual((document.state, document.shift_number), ("done", 2), document.error_message)
        self.assertEqual(len(self.printed(1)), 2)
        self.assertEqual(len(self.printed(11)), 1)

    def test_lost_answer_to_the_first_sale_of_a_shift(self):
        """The shift gets its number from the next receipt; it stays one shift."""
        self.emulated.first_shift = 46
        self.emulator.fault("reset_after", "sale")
        __, first = self.sale()
        self.drain()
        self.settle()
        self.assertEqual((first.state, first.shift_number), ("done", 0))
        __, second = self.sale()
        self.settle()
        shift = self.register.shift_id
        self.assertEqual((first.shift_id, second.shift_id, shift.number), (shift, shift, 46))
        self.operation("shift_close")
        self.settle()
        self.assertEqual((shift.state, shift.differs), ("closed", False), shift.z_data)

    def test_shift_that_no_receipt_opens(self):
        self.emulated.wants_opening = True
        __, document = self.sale()
        self.drain()
        for __ in range(3):
            self.settle()
        self.assertOneReceipt(document)
        self.assertEqual([printed.task for printed in self.emulator.documents], [0, 1])

    def test_expired_key_blocks_the_register_and_loses_nothing(self):
        self.emulator.fault("key_expired")
        documents = self.sale()[1] | self.sale()[1]
        self.drain()
        self.settle()
        self.assertEqual(documents.mapped("state"), ["queued", "queued"])
        self.assertEqual(self.register.health, "problem")
        self.assertIn("cashier's key", self.register.health_message)
        self.emulator.fault("key_expired", expired=False)
        for __ in range(3):
            self.settle()
        self.assertEqual(documents.mapped("state"), ["done", "done"])

    def test_service_is_down(self):
        self.emulator.down()
        __, document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("queued", "connection"))
        self.assertEqual(self.register.health, "offline")
        self.emulator.up()
        self.settle()
        self.assertOneReceipt(document)

    def test_gateway_error(self):
        for execute in (False, True):
            with self.subTest(execute=execute):
                self.emulated.shift and self.emulated.shift.printed.clear()
                self.emulator.fault("http_error", "sale", status=502, execute=execute)
                __, document = self.sale()
                self.drain()
                self.settle()
                self.assertOneReceipt(document)

    def test_collision_is_solved_by_the_same_tag(self):
        for registered in (False, True):
            with self.subTest(registered=registered):
                self.emulated.shift and self.emulated.shift.printed.clear()
                self.emulator.fault("collision", "sale", registered=registered)
                __, document = self.sale()
                self.drain()
                self.assertEqual((document.state, document.error_code), ("unknown", "collision"))
                self.settle()
                self.assertOneReceipt(document)

    def test_busy_register_is_waited_for(self):
        self.emulator.fault("busy", "sale", times=2)
        __, document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("queued", "busy"))
        self.assertTrue(self.register.retry_at)
        self.settle()
        self.settle()
        self.assertOneReceipt(document)

    def test_yes_without_a_number_is_unknown(self):
        self.emulator.fault("no_number", "sale")
        __, document = self.sale()
        self.drain()
        self.assertEqual(document.state, "unknown")
        self.settle()
        self.assertOneReceipt(document)

    def test_refused_for_what_it_says(self):
        self.emulated.pay_types = frozenset({2})
        __, document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("rejected", "invalid"))
        self.assertIn("не дозволені", document.error_message)
        self.assertIn("type", document.error_message)
        key = document.key
        self.emulated.pay_types = frozenset({0, 2})
        document.action_retry()
        self.drain()
        (sale,) = self.printed(1)
        self.assertNotEqual(sale.tag, key, "what was refused is mended under a new tag")

    def test_blocked_register(self):
        self.emulator.fault("blocked")
        __, document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("queued", "register_blocked"))
        self.assertIn("blocked", self.register.health_message)
        self.emulator.fault("blocked", blocked=False)
        self.settle()
        self.assertOneReceipt(document)

    # === Sending to the customer ===

    def test_receipt_is_sent_again(self):
        __, document = self.sale()
        self.drain()
        self.register._vchasno_deliver(document, "email", " olena@example.com ")
        self.register._vchasno_deliver(document, "sms", "067 123 45 67")
        self.assertEqual(
            self.emulator.sent,
            [
                ("email", "olena@example.com", document.fiscal_number),
                ("sms", "+380671234567", document.fiscal_number),
            ],
        )
        with self.assertRaisesRegex(UserError, "not a Ukrainian phone"):
            self.register._vchasno_deliver(document, "viber", "+7 912 345 67 89")
        with self.assertRaisesRegex(UserError, "valid e-mail"):
            self.register._vchasno_deliver(document, "email", "")
        self.emulator.down()
        with self.assertRaisesRegex(UserError, "cannot be reached"):
            self.register._vchasno_deliver(document, "email", "olena@example.com")
        self.assertEqual(len(self.emulator.sent), 2)

    def test_receipt_is_sent_with_the_sale_to_those_who_agree(self):
        self.register.write({"send_email": True, "send_sms": True})
        self.shop.customer.write({"fiscal_agree_email": True, "fiscal_agree_sms": True})
        __, document = self.sale(partner_id=self.shop.customer.id)
        self.drain()
        number = document.fiscal_number
        self.assertEqual(
            self.emulator.sent, [("email", "iryna@example.com", number), ("viber", "+380671234567", number)]
        )
        document.fiscal_deliver("viber", "067 123 45 67")
        self.assertEqual(self.emulator.sent[-1], ("viber", "+380671234567", number))

    def test_json_of_the_receipt_is_kept(self):
        __, document = self.sale()
        self.operation("cash_in", 10)
        self.drain()
        self.emulator.down()
        with self.enter_registry_test_mode():
            self.register._cron_lane()
        self.env.invalidate_all()
        self.assertFalse(document.vchasno_receipt)
        self.emulator.up()
        for __ in range(2):
            with self.enter_registry_test_mode():
                self.register._cron_lane()
        self.env.invalidate_all()
        self.assertEqual(document.vchasno_receipt["data"]["close"], {"sum": "84.95", "to_pay": "84.95"})
        page, text = self.register._receipt_views(document)
        self.assertEqual(page["url"], document.receipt_url)
        self.assertEqual(json.loads(text["content"])["fiscal_number"], document.fiscal_number)
        asked = [request for request in self.emulator.requests if request.path.endswith(".json")]
        self.assertEqual(len(asked), 1, "it is fetched once")

    # === Accounting ===

    def invoice(self, journal, pay_type=False):
        journal.write({"fiscal_register_id": self.register.id, "vchasno_pay_type_id": pay_type})
        product = self.shop.products["delivery"]
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.shop.customer.id,
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "quantity": 2, "price_unit": 80, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"journal_id": journal.id})._create_payments()
        return move

    def test_paid_invoice(self):
        journal = self.shop.card.journal_id
        move = self.invoice(journal, self.env.ref("fiscal_vchasno.pay_type_15").id)
        document = move.fiscal_document_ids
        self.drain()
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.printed(1)
        self.assertEqual([(pay["type"], pay["sum"]) for pay in sale.pays], [(15, Decimal("160.00"))])
        self.assertEqual([(row["cnt"], row["taxgrp"]) for row in sale.rows], [(2, 2)])
        self.assertEqual(self.emulator.oddities, [])

    def test_prepayment_as_a_receipt_of_its_own_kind(self):
        self.register.write({"settlement": "before", "vchasno_subtasks": True})
        self.invoice(self.shop.card.journal_id)
        self.drain()
        (advance,) = self.printed(1)
        self.assertEqual(advance.request["subtask"], 1)
        self.assertEqual([row["name"] for row in advance.rows], ["Передплата"])
        self.assertEqual(advance.total, Decimal("160.00"))

    def test_settlement_of_a_prepayment(self):
        """The goods name the receipt of the prepayment, and the register counts the rest alone."""
        self.register.write({"settlement": "before", "vchasno_subtasks": True})
        advance = self.invoice(self.shop.card.journal_id).fiscal_document_ids
        self.drain()
        goods = self.env["fiscal.document"].create(
            {
                "operation": "sale",
                "register_id": self.register.id,
                "partner_id": self.shop.customer.id,
                "enter_payment": False,
                "line_ids": [
                    Command.create({"name": "Доставка", "quantity": 2, "price": 100, "amount": 200, "tax_code": "2"})
                ],
                "payment_ids": [
                    Command.create({"kind": "prepayment", "amount": 160}),
                    Command.create({"kind": "cash", "amount": 40}),
                ],
            }
        )
        goods.action_post()
        self.drain()
        self.assertEqual((goods.state, goods.vchasno_advance_id), ("done", advance), goods.error_message)
        __, settled = self.printed(1)
        self.assertEqual((settled.request["subtask"], settled.total), (2, Decimal("40.00")))
        body = json.loads(self.emulator.requests[-1].body)
        self.assertEqual(body["post_payment_of_check_fn"], advance.fiscal_number)
        shift = self.register.shift_id
        self.operation("shift_close")
        self.drain()
        self.assertEqual((shift.state, shift.differs), ("closed", False), shift._counter_rows())
        self.assertEqual(self.emulator.oddities, [])

    def test_contact_is_not_told_without_consent(self):
        data = self.order_data([(self.shop.products["coffee"], 1)], [(self.shop.card, 189.90)])
        data["partner_id"] = self.shop.customer.id
        self.env["pos.order"].sync_from_ui([data])
        self.drain()
        (request,) = [request for request in self.emulator.requests if request.method == "POST"]
        self.assertNotIn(b"iryna@example.com", request.body)

    # === Secrets ===

    def test_wrong_token(self):
        self.register.vchasno_token = "another-secret"
        __, document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("queued", "unauthorized"))
        self.assertIn("token", self.register.health_message)
        self.register.vchasno_token = TOKEN
        self.settle()
        self.assertOneReceipt(document)

    def test_token_is_nowhere(self):
        with self.assertLogs(level="DEBUG") as logs:
            __, document = self.sale()
            self.drain()
            self.emulator.fault("reset_after", "sale")
            self.sale()
            self.drain()
            self.settle()
            self.register._status()
        # the log of all SQL shows every value of the database to whoever switches it on
        texts_logged = [record.getMessage() for record in logs.records if record.name != "odoo.sql_db"]
        self.assertTrue([text for text in texts_logged if "/fiscal/execute" in text])
        self.assertFalse([text for text in texts_logged if TOKEN in text])
        for model in ("fiscal.document", "fiscal.attempt", "mail.message"):
            for values in self.env[model].search([]).read():
                self.assertFalse(TOKEN in repr(values), model)
        self.assertIn(document.key, document.request["body"])

    def test_token_is_for_administrators_and_for_its_address(self):
        manager = self.env["res.users"].create(
            {
                "name": "Manager",
                "login": "vchasno-manager",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref("fiscal_base.group_fiscal_manager").ids)],
            }
        )
        register = self.register.with_user(manager)
        self.assertNotIn("vchasno_token", register.fields_get())
        register.state = "disabled"
        register.vchasno_url = "http://127.0.0.1:1"
        self.assertFalse(self.register.vchasno_token)

    def test_one_token_one_register(self):
        company = self.env["res.company"].create({"name": "Інша"})
        with self.assertRaisesRegex(ValidationError, "token") as raised:
            self.env["fiscal.register"].create(
                {"name": "Каса 2", "company_id": company.id, "provider": "vchasno", "vchasno_token": TOKEN}
            )
        self.assertNotIn(TOKEN, str(raised.exception))

    # === Settings ===

    def test_status(self):
        self.sale()
        self.drain()
        status = self.register._status()
        self.assertTrue(status.ready)
        self.assertEqual(status.register_number, self.emulated.fisid)
        self.assertTrue(status.shift_open)
        self.assertTrue(status.test)
        self.assertEqual(status.cash, Decimal("84.95"))
        self.assertTrue(self.register._capabilities().test)
        found = self.register.action_test_connection()["params"]
        self.assertEqual(found["type"], "success")
        self.assertIn(self.emulated.fisid, found["message"])
        self.assertIn("TEST", found["message"])
        self.assertIn("online · Cash: 84.95", found["message"])
        self.emulator.fault("offline")
        self.assertIn("offline", self.register.action_test_connection()["params"]["message"])
        self.register.vchasno_token = TOKEN
        self.assertFalse(self.register._capabilities().test, "to be said anew by the register of this token")
        self.emulated.test = False
        self.register._status()
        self.assertFalse(self.register._capabilities().test)
        self.emulator.down()
        status = self.register._status()
        self.assertFalse(status.ready or status.reachable)
        self.assertIn("cannot be reached", status.problem)

    def test_two_registers_keep_apart(self):
        self.emulator.registers.append(Register(fisid="4000999999", token="second", clock=self.clock))
        second = self.register.copy({"name": "Каса 2"})
        second.write(
            {
                "provider": "vchasno",
                "vchasno_url": self.emulator.url,
                "vchasno_token": "second",
                "state": "enabled",
            }
        )
        document = second._enqueue_simple("cash_in", "test:second", self.cashier, 10)
        self.sale()
        self.drain()
        self.drain(second)
        self.assertEqual((document.state, document.register_number), ("done", "4000999999"))
        self.assertEqual(self.emulated.cash, Decimal("84.95"))

    def test_name_of_at_most_32_characters(self):
        self.register.name = "К" * 32
        with self.assertRaises(ValidationError):
            self.register.name = "К" * 33

    def test_needs_what_its_way_needs(self):
        with self.assertRaisesRegex(ValidationError, "Token of the register"):
            self.register.vchasno_token = False
        with self.assertRaisesRegex(ValidationError, "Name in Device Manager"):
            self.register.vchasno_mode = "dm"
        with self.assertRaisesRegex(ValidationError, "Token of the proxy"):
            self.register.write({"vchasno_mode": "dm_proxy", "vchasno_device": "Каса 1"})

    def test_a_neutralized_copy_knows_no_way_to_the_register(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["fiscal_base", "fiscal_vchasno"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.register.state, "disabled")
        self.assertFalse(self.register.vchasno_url or self.register.vchasno_dm_url)
        self.assertFalse(self.register.vchasno_token or self.register.vchasno_proxy_token)
        self.assertFalse(self.register._status().ready)

    def test_uninstalling_leaves_registers_off(self):
        selection = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "fiscal.register"), ("value", "=", "vchasno")]
        )
        selection._process_ondelete()
        self.assertEqual((self.register.provider, self.register.state), ("vchasno", "disabled"))

    # === Words ===

    def test_every_code_has_a_sentence(self):
        source = "\n".join(path.read_text() for path in (ADDON / "protocol").glob("*.py"))
        codes = {key for __, key in (const.CLOUD_CODES | const.DM_CODES).values()}
        codes |= set(re.findall(r'code="(\w+)"', source)) | set(re.findall(r'False, "(\w+)"', source))
        codes |= set(re.findall(r'kind, key = "\w+", "(\w+)"', source))
        self.assertFalse(codes - texts.OUTCOMES.keys())
        problems = set(re.findall(r'Problem\("(\w+)"', source)) | set(re.findall(r'"(line_\w+)":', source))
        self.assertEqual(problems, texts.PROBLEMS.keys())
        for code in codes:
            self.assertTrue(self.register._vchasno_sentence(code, ""))

    def test_words_of_the_service_stay(self):
        outcome = self.register._vchasno_in_words(Outcome.blocked("Немає коштів", code="balance"))
        self.assertEqual(outcome.message, "There is no money on the account at Vchasno. (Немає коштів)")

    def test_a_sale_of_odoo_has_the_fields_of_the_vendors_example(self):
        self.sale()
        self.drain()
        ours = json.loads(self.register.document_ids.request["body"])["fiscal"]["receipt"]
        examples = json.loads(EXAMPLES.read_text())
        theirs = next(e["request"] for e in examples if (e["request"] or {}).get("fiscal", {}).get("task") == 1)
        self.assertFalse(ours.keys() - theirs["fiscal"]["receipt"].keys())
        self.assertFalse(ours["rows"][0].keys() - theirs["fiscal"]["receipt"]["rows"][0].keys() - {"cost"})
