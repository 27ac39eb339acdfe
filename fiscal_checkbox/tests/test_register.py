"""From the sale in Odoo to the service and back, over a real line."""

import json
import re
from datetime import timedelta
from pathlib import Path

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from odoo.addons.fiscal_base.tools.outcome import Outcome

from .. import const, texts
from .common import CheckboxCase, make_fiscal

ADDON = Path(__file__).resolve().parents[1]
SECRETS = ("1111111", "taras-secret", "test0123456789abcdef0001")


@tagged("post_install", "-at_install")
class TestCheckbox(CheckboxCase):
    def test_law_is_that_of_the_service(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        self.assertEqual(self.register._law_country(), "UA")

    # === What comes out of the service ===

    def test_sale(self):
        order, document = self.sale()
        self.assertEqual(self.emulator.requests, [], "no network in the transaction of the sale")
        self.drain()
        self.assertIn(document.state, ("queued", "waiting"))
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.registered("SELL")
        self.assertEqual((sale.id, sale.total, sale.rest), (document.key, 15995, 4005))
        self.assertEqual([item["total_sum"] for item in sale.goods], [6500, 9495])
        self.assertEqual([item["taxes"] for item in sale.goods], [[1], [1]])
        self.assertEqual(sale.shift.cashier.login, "oksana")
        self.assertEqual(document.fiscal_number, sale.fiscal_code)
        self.assertEqual((document.register_number, document.shift_number), ("TEST000001", 1))
        self.assertTrue(document.qr_data.startswith("https://cabinet.tax.gov.ua/cashregs/check?"))
        self.assertEqual(document.receipt_url, f"https://check.checkbox.ua/{document.key}")
        self.assertTrue(document.is_test)
        self.assertEqual(order.fiscal_receipts[0]["number"], sale.fiscal_code)
        self.assertEqual(self.emulator.unknown_fields, set())

    def test_the_service_is_not_waited_for(self):
        """A document in progress is asked about later, and nothing sleeps until then."""
        self.emulator.fault("slow", seconds=3600)
        __, document = self.sale()
        for __ in range(3):
            self.due()
            self.drain()
        opening = self.register.document_ids.filtered(lambda one: one.operation == "shift_open")
        self.assertEqual((opening.state, document.state), ("waiting", "queued"))
        self.assertEqual(len(self.calls("/shifts")), 1)
        self.emulator.fault("slow", seconds=0)
        self.emulator.organisation.shifts[opening.key].due = self.emulator.organisation.clock()
        self.settle()
        self.assertEqual(document.state, "done")

    def test_return(self):
        order, sold = self.sale()
        self.settle()
        self.sell(self.refund_lines(order), [(self.shop.cash, -order.amount_total)])
        self.settle()
        (back,) = self.registered("RETURN")
        self.assertEqual(back.body["related_receipt_id"], sold.key)
        self.assertEqual((back.total, back.shift.balance), (15995, 0))

    def test_return_of_what_another_service_registered(self):
        order, sold = self.sale()
        self.settle()
        sold._engine().write({"provider": "demo"})
        self.sell(self.refund_lines(order), [(self.shop.cash, -order.amount_total)])
        self.settle()
        self.assertNotIn("related_receipt_id", self.registered("RETURN")[0].body)

    def test_card_with_its_data_and_the_form_of_order_601(self):
        self.register.checkbox_form_ids = [
            Command.create({"kind": "electronic", "label": "Інтернет еквайринг", "code": 2}),
            Command.create({"kind": "electronic", "payment_name": self.shop.card.name, "label": "Картка", "code": 3}),
        ]
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 32.5)])
        order.fiscal_document_ids.payment_ids.sudo().with_context(
            fiscal_engine=order.fiscal_document_ids._engine().env.context["fiscal_engine"]
        ).card_data = {"card_mask": "444455******1111", "rrn": "123456789012"}
        self.settle()
        (sale,) = self.registered("SELL")
        (payment,) = sale.body["payments"]
        self.assertEqual((payment["label"], payment["code"]), ("Картка", 3))
        self.assertEqual((payment["card_mask"], payment["rrn"]), ("444455******1111", "123456789012"))

    def test_goods_code_stamp_header_and_footer(self):
        bread = self.shop.products["bread"]
        bread.write({"fiscal_goods_code": "1905901000", "barcode": "4820000000017", "default_code": "BREAD"})
        self.register.write({"checkbox_header": "Вітаємо!", "checkbox_footer": "Дякуємо!"})
        self.register.checkbox_print_reference = True
        order = self.sell([(bread, 1, {"fiscal_marking_code": "ABCD123456"})], [(self.shop.cash, 32.5)])
        self.settle()
        body = self.registered("SELL")[0].body
        good = body["goods"][0]["good"]
        self.assertEqual(
            (good["code"], good["uktzed"], good["barcode"], good["excise_barcodes"]),
            ("BREAD", "1905901000", "4820000000017", ["ABCD123456"]),
        )
        self.assertEqual((body["header"], body["footer"]), ("Вітаємо!", "Дякуємо!"))
        self.assertEqual(body["barcode"], order.fiscal_document_ids.name)

    def test_receipt_is_sent_to_the_customer_where_he_agrees(self):
        self.shop.customer.write({"fiscal_agree_email": True, "fiscal_agree_sms": False})
        self.register.write({"send_email": True, "send_sms": True})
        self.sale(partner_id=self.shop.customer.id)
        self.settle()
        self.assertEqual(self.registered("SELL")[0].body["delivery"], {"emails": ["iryna@example.com"]})

    def test_cash_and_reports(self):
        for operation, total in (("shift_open", 0), ("cash_in", 1000.5), ("cash_out", 1000), ("x_report", 0)):
            document = self.operation(operation, total)
            self.settle()
            self.assertEqual(document.state, "done", f"{operation}: {document.error_message}")
        self.assertIn("X-ЗВІТ", document.checkbox_text)
        self.assertEqual([receipt.type for receipt in self.emulator.receipts], ["SERVICE_IN", "SERVICE_OUT"])
        closing = self.operation("shift_close")
        self.settle()
        self.assertEqual(closing.state, "done", closing.error_message)
        self.assertIn("Z-ЗВІТ", closing.checkbox_text)
        self.assertTrue(closing.fiscal_number.startswith("TEST-"))
        self.assertFalse(self.register.shift_id)
        self.assertFalse(closing.shift_id.differs)
        self.assertEqual(closing.shift_id.z_data["cash_in"], "1000.50")

    def test_counters_of_the_service_that_differ_are_marked(self):
        self.sale()
        self.settle()
        self.emulator.shifts[0].sums["cash_sales"] += 100
        closing = self.operation("shift_close")
        self.settle()
        self.assertTrue(closing.shift_id.differs)

    def round_cash(self, step):
        account = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids), ("account_type", "=", "income")], limit=1
        )
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": f"Готівка {step}",
                "rounding": step,
                "rounding_method": "HALF-UP",
                "strategy": "add_invoice_line",
                "profit_account_id": account.id,
                "loss_account_id": account.id,
            }
        )
        self.config.write({"cash_rounding": True, "only_round_cash_method": True, "rounding_method": rounding.id})

    def test_cash_is_rounded_by_the_service(self):
        self.round_cash(0.5)
        self.register.checkbox_rounding = "ROUND_50"
        coffee = self.shop.products["coffee"]
        order = self.sell([(coffee, 1)], [(self.shop.cash, 190)], to_pay=190)
        self.settle()
        document = order.fiscal_document_ids
        self.assertEqual((document.state, document.total, document.rounding), ("done", 190, 0.1))
        (sale,) = self.registered("SELL")
        self.assertEqual((sale.body["rounding_mode"], sale.total, sale.round_sum), ("ROUND_50", 19000, 10))
        self.assertEqual(sale.goods[0]["total_sum"], 18990)

    def test_rounding_beside_a_card_is_a_line_of_its_own(self):
        self.round_cash(0.5)
        self.register.checkbox_rounding = "ROUND_50"
        coffee = self.shop.products["coffee"]
        order = self.sell([(coffee, 1)], [(self.shop.card, 100), (self.shop.cash, 90)], to_pay=190)
        self.settle()
        self.assertEqual(order.fiscal_document_ids.state, "done", order.fiscal_document_ids.error_message)
        (sale,) = self.registered("SELL")
        self.assertNotIn("rounding_mode", sale.body)
        self.assertEqual((sale.total, sale.body["discounts"][0]["type"]), (19000, "EXTRA_CHARGE"))

    def test_prepayment_and_the_rest(self):
        later = self.env["pos.payment.method"].create(
            {"name": "Пізніше", "company_id": self.company.id, "split_transactions": True}
        )
        self.config.payment_method_ids |= later
        self.assertEqual(later.fiscal_payment_kind, "credit")
        bread = self.shop.products["bread"]
        order = self.sell([(bread, 2)], [(self.shop.cash, 20), (later, 45)], partner_id=self.shop.customer.id)
        self.settle()
        document = order.fiscal_document_ids
        self.assertEqual(document.state, "done", document.error_message)
        chain = self.emulator.organisation.chains[document.service_data["relation_id"]]
        self.assertEqual((chain["total"], chain["receipts"][0].paid), (6500, 2000))

    # === The line ===

    def assertOneReceipt(self, document):
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual([sale.id for sale in self.registered("SELL")], [document.key])

    def test_lost_answer_is_looked_up(self):
        for kind in ("reset_after", "cut", "garbage"):
            with self.subTest(kind):
                self.emulator.organisation.receipts.clear()
                self.emulator.fault(kind, "POST /receipts/sell")
                __, document = self.sale()
                self.settle()
                self.assertOneReceipt(document)
                self.assertIn("lookup", document.attempt_ids.mapped("kind"))

    def test_request_that_never_arrived_goes_again_under_the_same_id(self):
        self.sale()
        self.settle()
        self.emulator.organisation.receipts.clear()
        self.emulator.fault("reset_before")
        __, document = self.sale()
        key = document.key
        self.settle()
        self.assertEqual(document.key, key)
        self.assertOneReceipt(document)

    def test_the_service_is_down(self):
        self.emulator.down()
        __, document = self.sale()
        self.drain()
        self.assertEqual(document.state, "queued")
        self.assertEqual(self.register.health, "offline")
        self.assertIn("cannot be reached", self.register.health_message)
        self.emulator.up()
        self.settle()
        self.assertOneReceipt(document)

    def test_refused_by_the_tax_service(self):
        self.operation("shift_open")
        self.settle()
        self.emulator.fault("receipt_error", message="ДПС: помилка")
        __, document = self.sale()
        self.settle()
        self.assertEqual(document.state, "rejected")
        self.assertEqual(document.error_message, "The tax service has not accepted the document. (ДПС: помилка)")
        copy = document._corrected_copy()
        self.settle()
        self.assertEqual((copy.state, copy.key == document.key), ("done", False))

    def test_a_key_that_ended_loses_nothing(self):
        self.operation("shift_open")
        self.settle()
        self.emulator.fault("receipt_error", message="Термін дії ключа закінчився")
        __, document = self.sale()
        key = document.key
        self.due()
        self.drain()
        self.due()
        self.drain()
        self.assertEqual(document.state, "queued")
        self.assertIn("electronic signature", self.register.health_message)
        self.settle()
        self.assertOneReceipt(document)
        self.assertNotEqual(document.key, key, "the first id is used up")

    def test_pace_of_the_service_is_kept(self):
        self.emulator.pace = True
        self.operation("shift_open")
        self.settle()
        documents = self.env["fiscal.document"]
        for __ in range(4):
            documents |= self.sale()[1]
        for __ in range(4):
            self.env.cr.execute("UPDATE fiscal_document SET retry_at = NULL")
            self.env.invalidate_all()
            self.drain()
        self.settle()
        self.assertEqual(set(documents.mapped("state")), {"done"})
        self.assertNotIn("throttled", documents.attempt_ids.mapped("code"))
        self.assertEqual(len(self.registered("SELL")), 4)

    # === Shifts ===

    def test_x_report_leaves_the_shift_known(self):
        self.sale()
        self.settle()
        shift = self.register._checkbox_shift()
        self.operation("x_report")
        self.settle()
        self.assertEqual(self.register._checkbox_shift(), shift)
        self.assertEqual(shift["id"], self.emulator.shifts[0].id)

    def test_shift_is_known_behind_documents_that_do_not_name_it(self):
        self.sale()
        self.settle()
        shift = self.register._checkbox_shift()
        __, document = self.sale()
        self.settle()
        document._engine().service_data = False
        self.assertEqual(self.register._checkbox_shift(), shift)

    def test_shift_opened_by_another_program_is_taken_over_and_closed(self):
        organisation = self.emulator.organisation
        organisation.open_shift(organisation.cashiers[0], self.emulated, {}, "Checkbox Kasa")
        organisation.settle()
        __, document = self.sale()
        closing = self.operation("shift_close")
        self.settle()
        self.assertEqual((document.state, closing.state), ("done", "done"), closing.error_message)
        self.assertEqual(self.emulator.shifts[0].status, "CLOSED")

    def test_shift_opened_elsewhere_is_taken_over(self):
        organisation = self.emulator.organisation
        shift = organisation.open_shift(organisation.cashiers[0], self.emulated, {}, const.CLIENT_NAME)
        organisation.settle()
        __, document = self.sale()
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual((len(self.emulator.shifts), self.register.shift_id.number), (1, shift.serial))
        self.assertEqual(document.service_data["shift_id"], shift.id)

    def test_opening_that_fails_is_tried_again(self):
        self.emulator.fault("opening_error", message="немає зв'язку з ДПС")
        __, document = self.sale()
        self.due()
        self.drain()
        self.due()
        self.drain()
        self.assertIn("немає зв'язку з ДПС", self.register.health_message)
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)

    def test_shift_of_more_than_24_hours_is_renewed(self):
        """As the service says, as Odoo's own clock says."""
        self.sale()
        self.settle()
        self.emulator.fault("shift_expired")
        __, document = self.sale()
        self.settle()
        self.assertEqual((document.state, document.shift_number), ("done", 2), document.error_message)
        self.register.shift_id.opened_at = "2020-01-01 10:00:00"
        self.emulator.requests.clear()
        __, document = self.sale()
        self.due()
        self.drain()
        self.assertFalse(self.calls("/receipts/sell"), "nothing is sent into a shift that is too old")
        self.settle()
        self.assertEqual((document.state, document.shift_number), ("done", 3), document.error_message)
        closings = self.register.document_ids.filtered(lambda one: one.operation == "shift_close")
        self.assertEqual(closings.mapped("state"), ["done", "done"])

    def test_shift_that_the_service_has_closed_by_its_clock(self):
        self.sale()
        self.settle()
        shift = self.emulator.shifts[0]
        organisation = self.emulator.organisation
        organisation.close_shift(shift.cashier, {}, shift.client)
        organisation.settle()
        __, document = self.sale()
        self.settle()
        self.assertEqual((document.state, document.shift_number), ("done", 2), document.error_message)
        closing = self.operation("shift_close")
        shift = self.emulator.shifts[1]
        organisation.close_shift(shift.cashier, {}, shift.client)
        organisation.settle()
        self.settle()
        self.assertEqual(closing.state, "done")
        self.assertEqual(closing.fiscal_number, shift.report["fiscal_code"], "the Z report of the closed shift")

    # === Cashiers ===

    def sale_of(self, employee):
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 32.5)], employee_id=employee.id)
        self.settle()
        return order.fiscal_document_ids

    def test_each_cashier_signs_with_the_own_account(self):
        self.config.module_pos_hr = True
        first, second = self.sale_of(self.cashier), self.sale_of(self.second)
        self.assertEqual((first + second).mapped("state"), ["done", "done"], second.error_message)
        self.assertEqual([sale.shift.cashier.login for sale in self.registered("SELL")], ["oksana", "taras"])
        self.assertEqual([shift.status for shift in self.emulator.shifts], ["CLOSED", "OPENED"])
        self.assertEqual(self.register.shift_id.number, 2)
        self.assertEqual(self.register.shift_id.opened_by_id, self.second)
        names = self.register.checkbox_account_ids.mapped("name")
        self.assertEqual(names, ["Шевченко Оксана Іванівна", "Бондар Тарас Петрович"])

    def test_a_cashier_takes_over_from_one_who_never_signed_in_from_here(self):
        self.config.module_pos_hr = True
        organisation = self.emulator.organisation
        organisation.open_shift(organisation.cashiers[1], self.emulated, {}, "Checkbox Kasa")
        organisation.settle()
        document = self.sale_of(self.cashier)
        self.assertEqual((document.state, document.shift_number), ("done", 2), self.register.health_message)
        self.assertEqual([sale.shift.cashier.login for sale in self.registered("SELL")], ["oksana"])

    def test_the_opener_signs_for_all_where_it_is_set_so(self):
        self.config.module_pos_hr = True
        self.register.checkbox_signer = "opener"
        self.sale_of(self.cashier)
        document = self.sale_of(self.second)
        self.assertEqual(document.state, "done", document.error_message)
        sale = self.registered("SELL")[1]
        self.assertEqual((sale.shift.cashier.login, sale.body["cashier_name"]), ("oksana", self.second.name))
        self.assertEqual(len(self.emulator.shifts), 1)

    def test_shift_of_a_cashier_who_is_not_known_here(self):
        self.register.checkbox_account_ids[1].unlink()
        organisation = self.emulator.organisation
        organisation.open_shift(organisation.cashiers[1], self.emulated, {}, const.CLIENT_NAME)
        __, document = self.sale()
        self.settle(4)
        self.assertEqual(document.state, "queued")
        self.assertIn("Another cashier has a shift on this register", self.register.health_message)
        self.assertIn("Бондар Тарас Петрович", self.register.health_message)
        self.assertEqual(len(self.emulator.shifts), 1)

    def test_cashier_without_an_account_is_told_before_the_sale(self):
        self.register.checkbox_account_ids[0].unlink()
        problem = self.cashier._fiscal_problem(self.register)
        self.assertIn("has no account at Checkbox", problem)
        rows = self.env["hr.employee"]._load_pos_data_read(self.shop.employees, self.config)
        problems = {row["id"]: row["_fiscal_problem"] for row in rows}
        self.assertEqual(problems, {self.cashier.id: problem, self.second.id: False})
        __, document = self.sale()
        self.assertEqual((document.state, self.emulator.requests), ("rejected", []))

    def test_sign_in_needs_its_secret(self):
        account = self.register.checkbox_account_ids[0]
        with self.assertRaisesRegex(ValidationError, "PIN code"):
            account.pin_code = False
        with self.assertRaisesRegex(ValidationError, "login and password"):
            account.write({"sign_in": "password", "login": False})

    def signs_in(self):
        return len(self.calls("/signinPinCode", "/signin"))

    def test_token_is_kept_and_renewed_once(self):
        self.sale()
        self.settle()
        account = self.register.checkbox_account_ids[0]
        self.assertEqual(self.signs_in(), 1)
        self.assertTrue(account.token and account.token_until)
        self.emulator.fault("expired_tokens")
        __, document = self.sale()
        self.settle()
        self.assertEqual((document.state, self.signs_in()), ("done", 2), document.error_message)
        self.assertIn(account.token, self.emulator.tokens)
        self.sale()
        self.settle()
        self.assertEqual(self.signs_in(), 2)
        account.token_until = "2020-01-01"
        self.sale()
        self.settle()
        self.assertEqual(self.signs_in(), 3, "one that is too old is not even tried")

    def test_a_new_pin_ends_the_old_token(self):
        self.sale()
        self.settle()
        account = self.register.checkbox_account_ids[0]
        account.pin_code = "7777777"
        self.assertFalse(account.token or account.cashier_id)
        __, document = self.sale()
        self.settle(2)
        self.assertEqual((document.state, document.error_code), ("queued", "sign_in"))
        self.assertIn("PIN code, login or password", self.register.health_message)
        account.pin_code = "1111111"
        self.settle()
        self.assertEqual(document.state, "done")

    # === Taxes ===

    def test_taxes_are_those_of_the_organisation(self):
        codes = self.env["fiscal.tax.code"].search([("vocabulary", "=", self.register.tax_vocabulary)])
        self.assertEqual(codes.mapped("code"), ["1", "2", "8", "3", "none"])
        self.assertEqual(codes.mapped("name")[:2], ["А ПДВ 20%", "Б ПДВ 7%"])
        self.emulator.organisation.taxes.pop(1)
        self.emulator.organisation.taxes[0]["label"] = "ПДВ"
        action = self.register.action_checkbox_taxes()
        self.assertEqual(action["params"]["type"], "success")
        self.assertFalse(codes[1].active)
        self.assertEqual(codes[0].name, "А ПДВ")

    def test_rates_that_differ_are_an_error(self):
        codes = {
            code.code: code
            for code in self.env["fiscal.tax.code"].search([("vocabulary", "=", self.register.tax_vocabulary)])
        }
        standard = self.shop.taxes["standard"]
        mapping = {"register_id": self.register.id, "tax_id": standard.id}
        with self.assertRaises(ValidationError) as caught:
            self.env["fiscal.tax.mapping"].create({**mapping, "tax_code_id": codes["2"].id})
        self.assertIn("20 % in Odoo", str(caught.exception))
        with self.assertRaises(ValidationError):
            self.env["fiscal.tax.mapping"].create({**mapping, "tax_code_id": codes["8"].id})
        row = self.env["fiscal.tax.mapping"].create({**mapping, "tax_code_id": codes["3"].id})
        with self.assertRaises(ValidationError):
            standard.amount = 21
        standard.amount = 25
        self.assertEqual(row._checkbox_problems(), [], "VAT and excise together")
        self.emulator.organisation.taxes[2].update(decimal_rate=14, rate=14)
        action = self.register.action_checkbox_taxes()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("25 % in Odoo", action["params"]["message"])

    def test_before_the_taxes_are_fetched(self):
        self.register.write({"checkbox_organization_id": False})
        __, document = self.sale()
        self.assertEqual(document.state, "rejected")
        self.assertIn("does not know the tax", document.error_message)

    def test_lines_without_tax(self):
        self.sell([(self.shop.products["delivery"], 1)], [(self.shop.cash, 80)])
        self.settle()
        self.assertEqual(self.registered("SELL")[0].goods[0]["taxes"], [8])

    # === Offline ===

    def test_offline_receipt_of_a_test_register_waits_for_nothing(self):
        self.operation("shift_open")
        self.settle()
        self.emulator.fault("offline")
        self.emulator.fault("reset_after", "POST /receipts/sell")
        __, document = self.sale()
        self.settle()
        self.assertTrue(document.service_data["offline"])
        self.assertEqual((document.is_test, document.checkbox_undelivered), (True, False))

    def test_offline_receipt_that_was_kept_as_undelivered_on_a_test_register(self):
        self.operation("shift_open")
        self.settle()
        self.emulator.fault("offline")
        __, document = self.sale()
        self.settle()
        document._engine().service_data = {**document.service_data, "undelivered": True}
        document._checkbox_ask_delivery()
        self.assertNotIn("undelivered", document.service_data)
        self.assertFalse(document.checkbox_delivery or document.checkbox_undelivered)

    def test_offline_receipt_is_marked_and_delivered_later(self):
        make_fiscal(self.register, self.emulated)
        self.operation("shift_open")
        self.settle()
        self.emulator.fault("offline")
        __, document = self.sale()
        self.settle()
        self.assertEqual((document.state, document.checkbox_delivery), ("done", "waiting"))
        self.assertEqual(document.fiscal_number, "OFF000001")
        status = self.register._status()
        self.assertEqual((status.offline, status.unsent, status.ready), (True, 1, True))
        self.assertEqual(self.register.checkbox_line, "offline: receipts are delivered later")
        self.assertEqual(self.register.checkbox_codes, "1999")
        self.assertEqual(self.register.action_checkbox_ping()["params"]["type"], "warning")
        self.assertEqual(self.register.action_checkbox_ask_codes()["params"]["type"], "warning")
        document._checkbox_ask_delivery()
        self.assertEqual(document.checkbox_delivery, "waiting")
        self.emulator.fault("offline", active=False)
        for action in ("go_online", "ping", "ask_codes"):
            self.assertEqual(getattr(self.register, f"action_checkbox_{action}")()["params"]["type"], "success")
        self.assertEqual(len(self.emulated.codes), 3999)
        with self.enter_registry_test_mode():
            self.env.ref("fiscal_checkbox.cron_delivery").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((document.checkbox_delivery, document.checkbox_undelivered), ("delivered", False))

    # === Copies ===

    def test_copies_and_delivery(self):
        __, document = self.sale()
        self.settle()
        views = {view["kind"]: view for view in self.register._receipt_views(document)}
        self.assertEqual(views.keys(), {"page", "pdf", "image", "text"})
        base = f"{self.emulator.api}/receipts/{document.key}"
        self.assertEqual(views["pdf"]["url"], f"{base}/pdf")
        action = document.with_context(checkbox_view="qrcode").action_checkbox_open()
        self.assertEqual((action["url"], action["target"]), (f"{base}/qrcode", "new"))
        document.fiscal_deliver("email", "a@example.com")
        document.fiscal_deliver("sms", "067 123 45 67")
        self.assertEqual(
            self.emulator.mail, [("email", "a@example.com", document.key), ("sms", "380671234567", document.key)]
        )
        self.emulator.organisation.can_send_sms = False
        with self.assertRaisesRegex(UserError, "СМС"):
            document.fiscal_deliver("sms", "067 123 45 67")
        self.emulator.down()
        with self.assertRaisesRegex(UserError, "cannot be reached"):
            document.fiscal_deliver("email", "a@example.com")

    def test_report_is_a_text(self):
        self.operation("shift_open")
        closing = self.operation("shift_close")
        self.settle()
        (view,) = self.register._receipt_views(closing)
        self.assertEqual(view["kind"], "text")
        self.assertIn("Z-ЗВІТ", view["content"].decode())

    def test_buttons_of_the_card(self):
        pressed = self.press_buttons()
        self.assertIn("action_test_connection", pressed["cashier"])
        self.assertIn("action_checkbox_ping", pressed["manager"])

    # === Status ===

    def test_connection(self):
        action = self.register.action_test_connection()
        self.assertEqual((action["params"]["type"], action["params"]["title"]), ("success", "Ready"))
        message = action["params"]["message"]
        for words in ("Каса 1", "TEST000001", "32855961", "ТОВ «Волошка»", "Шевченко", "on line", "2000", "TEST"):
            self.assertIn(words, message)
        self.register.checkbox_account_ids[0].pin_code = "0000000"
        action = self.register.action_test_connection()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("PIN code, login or password", action["params"]["title"])
        self.register.checkbox_licence_key = "test-wrong"
        self.assertIn("licence key", self.register.action_test_connection()["params"]["title"])
        self.emulator.down()
        self.assertIn("cannot be reached", self.register.action_test_connection()["params"]["title"])

    def test_first_connection_fetches_the_taxes(self):
        self.register.write({"checkbox_organization_id": False, "checkbox_taxes_at": False})
        self.assertIn("А ПДВ 20%", self.register.action_test_connection()["params"]["message"])
        self.assertEqual(self.register.checkbox_organization_id, self.emulator.organisation.id)

    def test_key_that_ends(self):
        cashier = self.emulator.organisation.cashiers[0]
        now = self.emulator.organisation.clock()
        cashier.certificate_end = now.replace(year=now.year + 1)
        self.assertEqual(self.register._status().expires.year, now.year + 1)
        cashier.certificate_end = now.replace(year=now.year - 1)
        self.assertIn("electronic signature", self.register._status().problem)

    def test_key_that_ends_soon_is_told(self):
        self.sale()
        self.settle()
        self.assertFalse(self.register.checkbox_warning)
        account = self.register.checkbox_account_ids[0]
        account.key_until = fields.Date.today() + timedelta(days=const.KEY_WARNING_DAYS)
        warning = self.register.checkbox_warning
        self.assertIn(self.cashier.name, warning)
        self.assertIn(account.key_until.strftime("%d.%m.%Y"), warning)
        self.assertIn(warning, self.register.action_test_connection()["params"]["message"])
        account.key_until += timedelta(days=1)
        self.assertFalse(self.register.checkbox_warning)

    def test_needs_a_licence_key(self):
        with self.assertRaises(ValidationError):
            self.register.checkbox_licence_key = False

    def test_address_is_a_safe_one(self):
        with self.assertRaisesRegex(ValidationError, "https"):
            self.register.checkbox_url = "http://api.checkbox.ua/api/v1"

    def test_form_of_payment_is_a_full_name_with_a_line(self):
        for vals in ({"label": "Платіж через інтегратора <назва>"}, {"label": "Картка", "code": 10}):
            with self.assertRaises(ValidationError):
                self.register.checkbox_form_ids = [Command.create({"kind": "electronic", **vals})]

    # === Secrets ===

    def test_secrets_are_nowhere(self):
        with self.assertLogs(level="DEBUG") as logs:
            self.sale_of(self.cashier)
            self.emulator.fault("expired_tokens")
            self.emulator.fault("reset_after", "POST /receipts/sell")
            self.sale_of(self.second)
            self.register.action_checkbox_webhook()
            self.register._status()
        account = self.register.checkbox_account_ids[0]
        secrets = [*SECRETS, *self.register.checkbox_account_ids.mapped("token"), self.register.checkbox_webhook_key]
        self.assertTrue(all(secrets) and account.token)
        # the log of all SQL shows every value of the database to whoever switches it on
        texts_logged = [record.getMessage() for record in logs.records if record.name != "odoo.sql_db"]
        self.assertTrue([text for text in texts_logged if "/receipts/sell" in text])
        for secret in secrets:
            self.assertFalse([text for text in texts_logged if secret in text])
            for model in ("fiscal.document", "fiscal.attempt", "mail.message"):
                for values in self.env[model].search([]).read():
                    self.assertFalse(secret in repr(values), model)

    def test_secrets_are_for_administrators(self):
        manager = self.env["res.users"].create(
            {
                "name": "Manager",
                "login": "checkbox-manager",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref("fiscal_base.group_fiscal_manager").ids)],
            }
        )
        fields_seen = self.register.with_user(manager).fields_get()
        for name in ("checkbox_licence_key", "checkbox_webhook_key", "checkbox_url"):
            self.assertNotIn(name, fields_seen)
        account = self.register.checkbox_account_ids[0].with_user(manager)
        for name in ("password", "pin_code", "token"):
            self.assertNotIn(name, account.fields_get())
        self.assertTrue(account.read(["employee_id"]))
        self.assertTrue(self.register.with_user(manager).action_test_connection())

    def test_a_neutralized_copy_knows_no_way_to_the_register(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["fiscal_base", "fiscal_checkbox"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        accounts = self.register.checkbox_account_ids
        self.assertFalse(self.register.checkbox_licence_key or self.register.checkbox_webhook_key)
        for name in ("login", "password", "pin_code", "token"):
            self.assertFalse(any(accounts.mapped(name)), name)
        self.assertTrue(self.register.checkbox_url.endswith(".invalid"), "a name that no server ever has")

    def test_uninstalling_leaves_registers_off(self):
        selection = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "fiscal.register"), ("value", "=", "checkbox")]
        )
        selection._process_ondelete()
        self.assertEqual((self.register.provider, self.register.state), ("checkbox", "disabled"))

    # === Words ===

    def test_every_code_has_a_sentence(self):
        source = "\n".join(path.read_text() for path in (ADDON / "protocol").glob("*.py"))
        source += (ADDON / "models" / "fiscal_register.py").read_text()
        codes = set(re.findall(r'code="(\w+)"', source)) | set(re.findall(r'Failure\("(\w+)"', source))
        codes |= set(re.findall(r'rejected\("(\w+)"', source)) | set(re.findall(r'problem="(\w+)"', source))
        codes |= {ours for __, ours in const.REFUSALS.values()} | {row[2] for row in const.REFUSAL_TEXTS}
        codes |= {"validation", "refused"}
        self.assertFalse(codes - texts.OUTCOMES.keys())
        problems = set(re.findall(r'Problem\("(\w+)"', source)) | set(re.findall(r'"(line_\w+)"', source))
        self.assertEqual(problems, texts.PROBLEMS.keys())

    def test_words_of_the_service_stay(self):
        outcome = self.register._checkbox_in_words(Outcome.rejected("refused", "Недостатньо прав"))
        self.assertEqual(outcome.message, "Checkbox refuses the document. (Недостатньо прав)")

    def test_request_is_frozen(self):
        __, document = self.sale()
        self.settle()
        request = document.sudo().request
        self.assertEqual(json.loads(request["body"])["id"], document.key)
        self.assertEqual(self.calls("/receipts/sell")[0].body.decode(), request["body"])
