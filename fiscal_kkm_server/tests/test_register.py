"""From the sale in Odoo to the tape of the register and back, over a real line."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from lxml import etree

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, tagged

from odoo.addons.fiscal_base.tools.outcome import Outcome

from .. import const, texts
from .common import PASSWORD, KkmServerCase

ADDON = Path(__file__).resolve().parents[1]


@tagged("post_install", "-at_install")
class TestKkmServer(KkmServerCase):
    def test_law_is_that_of_the_service(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        self.assertEqual(self.register._law_country(), "RU")

    def sale(self, **vals):
        bread, apples = self.shop.products["bread"], self.shop.products["apples"]
        order = self.sell([(bread, 2), (apples, 0.5)], [(self.shop.cash, 200)], **vals)
        return order, order.fiscal_document_ids

    # === What comes out of the register ===

    def test_sale(self):
        order, document = self.sale()
        self.assertEqual(self.emulator.requests, [], "no network in the transaction of the sale")
        self.drain()
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.printed("sale")
        self.assertEqual((sale.total, sale.change), (Decimal("198.95"), Decimal("1.05")))
        self.assertEqual(sale.payments["Cash"], Decimal("200.00"))
        self.assertEqual([line["Amount"] for line in sale.lines], [Decimal("124.00"), Decimal("74.95")])
        self.assertEqual([line["Tax"] for line in sale.lines], [10, 10])
        self.assertEqual([line["MeasureOfQuantity"] for line in sale.lines], [0, 11])
        self.assertEqual(sale.header["CashierVATIN"], self.cashier.fiscal_tax_number)
        self.assertEqual(sale.header["TaxVariant"], "0")
        self.assertEqual(sale.key, document.key)
        self.assertEqual(document.fiscal_number, str(sale.number))
        self.assertEqual(document.fiscal_sign, sale.sign)
        self.assertEqual(document.qr_data, sale.qr)
        self.assertEqual((document.shift_number, document.receipt_number), (1, 1))
        self.assertEqual(order.fiscal_receipts[0]["number"], str(sale.number))
        self.assertEqual(self.emulator.kkm.unknown_fields, set())

    def test_return(self):
        order, __ = self.sale()
        self.drain()
        self.sell(self.refund_lines(order), [(self.shop.cash, -order.amount_total)])
        self.drain()
        (back,) = self.printed("sale_return")
        self.assertEqual((back.total, back.payments["Cash"]), (Decimal("198.95"), Decimal("198.95")))
        self.assertEqual(self.emulator.registers[0].cash, Decimal("0.00"))

    def test_departments_of_products_and_categories(self):
        """The product's, else its category's, else the register's; the return is counted where the sale was."""
        self.register.kkm_server_department = 9
        bread, coffee, apples = (self.shop.products[name] for name in ("bread", "coffee", "apples"))
        bakery, fruit = self.env["product.category"].create(
            [{"name": "Bakery", "kkm_server_department": 2}, {"name": "Fruit"}]
        )
        (bread + coffee).categ_id, apples.categ_id = bakery, fruit
        coffee.kkm_server_department = 5
        lines = [(bread, 1), (coffee, 1), (apples, 1)]
        order = self.sell(lines, [(self.shop.card, sum(product.lst_price for product, __ in lines))])
        self.drain()
        self.sell(self.refund_lines(order), [(self.shop.card, -order.amount_total)])
        self.drain()
        for printed in self.printed("sale", "sale_return"):
            self.assertEqual([line["Department"] for line in printed.lines], [2, 5, 9], printed.type)
        bakery.kkm_server_department = 3
        self.sell([(bread, 1)], [(self.shop.cash, 62)])
        self.drain()
        self.assertEqual(self.printed("sale")[-1].lines[0]["Department"], 3)

    def test_departments_are_16(self):
        for record in (self.env["product.category"].create({"name": "A"}), self.shop.products["bread"]):
            for number in (-1, 17):
                with self.assertRaisesRegex(ValidationError, "departments 1 to 16"):
                    record.kkm_server_department = number

    def test_department_of_an_operation_by_hand(self):
        """The dialog takes it from the product, and keeps it though nobody can type it."""
        bread = self.shop.products["bread"]
        bread.kkm_server_department = 7
        with self.operation_form() as form:
            form.register_id = self.register
            with form.line_ids.new() as line:
                line.product_id = bread
            form.cash_amount = 62
        document = form.record
        document.action_post()
        self.drain()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(self.printed("sale")[-1].lines[0]["Department"], 7)

    def operation_form(self):
        view = "fiscal_base.fiscal_operation_view_form"
        return Form(self.env["fiscal.document"].with_context(default_operation="sale"), view)

    def test_agent_that_moves_money(self):
        """Goods of somebody else, sold by a bank's agent: from the product to the tape (FFD tags 1222 to 1224)."""
        supplier, receiver, transfer = self.env["res.partner"].create(
            [
                {"name": "ООО «Поставщик»", "vat": "7736050003", "phone": "+79990000000"},
                {"name": "Приём", "phone": "+7 495 000-00-01"},
                {
                    "name": "ООО «Перевод»",
                    "vat": "7728168971",
                    "phone": "+7 495 000-00-02",
                    "street": "ул. Ильинка, 9",
                    "city": "Москва",
                },
            ]
        )
        coffee = self.shop.products["coffee"]
        coffee.write({"fiscal_agent": "0", "fiscal_supplier_id": supplier.id})
        self.company.phone = False
        document = self.sell([(coffee, 1)], [(self.shop.card, 489.90)]).fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("is sold by an agent who moves money", document.error_message)
        self.company.phone = "8 (495) 000-00-00"
        coffee.write(
            {
                "fiscal_agent_operation": "Приём платежа",
                "fiscal_payment_operator_id": receiver.id,
                "fiscal_transfer_operator_id": transfer.id,
            }
        )
        document = self.sell([(coffee, 1)], [(self.shop.card, 489.90)]).fiscal_document_ids
        transfer.name = "Another"
        self.drain()
        self.assertEqual(document.state, "done", document.error_message)
        (line,) = self.printed("sale")[-1].lines
        self.assertEqual((line["AgentSign"], line["PurveyorVATIN"]), (0, "7736050003"))
        data = line["AgentData"]
        address = data.pop("MoneyTransferOperatorAddress")
        self.assertIn("ул. Ильинка, 9", address)
        self.assertNotIn("Перевод", address)
        self.assertEqual(
            data,
            {
                "PayingAgentOperation": "Приём платежа",
                "PayingAgentPhone": "+74950000000",
                "ReceivePaymentsOperatorPhone": "+74950000001",
                "MoneyTransferOperatorPhone": "+74950000002",
                "MoneyTransferOperatorName": "ООО «Перевод»",
                "MoneyTransferOperatorVATIN": "7728168971",
            },
        )
        self.assertIn("ООО «Перевод»", document.line_ids.agent_words)

    def test_agent_of_an_operation_by_hand(self):
        coffee = self.shop.products["coffee"]
        partner = self.env["res.partner"].create({"name": "ООО", "vat": "7736050003", "phone": "+79990000000"})
        coffee.write({"fiscal_agent": "2", "fiscal_supplier_id": partner.id, "fiscal_payment_operator_id": partner.id})
        self.company.phone = "+74950000000"
        with self.operation_form() as form:
            form.register_id = self.register
            with form.line_ids.new() as line:
                line.product_id = coffee
            form.card_amount = coffee.lst_price
        form.record.action_post()
        self.drain()
        (line,) = self.printed("sale")[-1].lines
        self.assertEqual(
            line["AgentData"],
            {"PayingAgentPhone": "+74950000000", "ReceivePaymentsOperatorPhone": "+79990000000"},
        )

    def test_agents_are_russian_law(self):
        """A Ukrainian company sees neither the agents nor the departments."""
        view = self.env["product.template"].get_view(self.env.ref("product.product_template_only_form_view").id)
        arch = etree.fromstring(view["arch"])
        for name in ("fiscal_agent", "fiscal_agent_operation", "fiscal_transfer_operator_id", "kkm_server_department"):
            (field,) = arch.xpath(f"//page[@name='fiscal']//field[@name='{name}']")
            around = [node.get("invisible") or "" for node in (field, *field.iterancestors())]
            self.assertTrue([text for text in around if "'RU' not in" in text], name)

    def test_card_is_not_cash(self):
        self.sell([(self.shop.products["coffee"], 1)], [(self.shop.card, 489.90)])
        self.drain()
        (sale,) = self.printed("sale")
        self.assertEqual(
            (sale.payments["ElectronicPayment"], sale.payments["Cash"]), (Decimal("489.90"), Decimal("0.00"))
        )
        self.assertEqual(self.emulator.registers[0].cash, Decimal("0.00"))

    def test_shift_and_cash(self):
        for operation, total in (
            ("shift_open", 0),
            ("cash_in", 1000.50),
            ("cash_out", 1000.00),
            ("x_report", 0),
            ("shift_close", 0),
        ):
            document = self.operation(operation, total)
            self.drain()
            self.assertEqual(document.state, "done", f"{operation}: {document.error_message}")
        self.assertEqual(
            [printed.type for printed in self.emulator.documents],
            ["shift_open", "cash_in", "cash_out", "x_report", "shift_close"],
        )
        self.assertEqual(self.emulator.registers[0].cash, Decimal("0.50"))
        self.assertFalse(self.register.shift_id)

    def test_shift_opens_with_the_first_document_that_needs_one(self):
        self.register.shift_policy = "first"
        self.operation("cash_in", 100)
        self.drain()
        self.assertEqual([printed.type for printed in self.emulator.documents], ["shift_open", "cash_in"])
        self.assertEqual(self.register.shift_id.number, 1)

    def test_shift_that_somebody_else_opened(self):
        self.register.shift_policy = "first"
        self.emulator.registers[0].open_shift({"CashierName": "Петров"})
        __, document = self.sale()
        self.drain()
        self.assertEqual(document.state, "done")
        self.assertEqual(len(self.printed("shift_open")), 1)

    def test_shift_of_more_than_24_hours_is_renewed(self):
        self.sale()
        self.drain()
        self.emulator.fault("shift_expired")
        __, document = self.sale()
        for __ in range(3):
            self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(document.shift_number, 2)
        self.assertEqual(len(self.printed("shift_close")), 1)

    # === When the line breaks ===

    def assertOneReceipt(self, document):
        self.assertEqual(document.state, "done", document.error_message)
        (sale,) = self.printed("sale")
        self.assertEqual(document.fiscal_number, str(sale.number))

    def test_lost_answer_is_looked_up(self):
        for kind in ("reset_after", "drop", "cut"):
            with self.subTest(kind):
                self.emulator.registers[0].printed.clear()
                self.emulator.fault(kind, "RegisterCheck", seconds=0.1)
                __, document = self.sale()
                self.drain()
                self.settle()
                self.assertOneReceipt(document)
                self.assertIn("lookup", document.attempt_ids.mapped("kind"))

    def test_lost_answer_and_a_restart_of_kkm_server(self):
        self.sale()
        self.drain()
        self.emulator.fault("restart", "RegisterCheck")
        __, document = self.sale()
        self.drain()
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        __, sale = self.printed("sale")
        self.assertEqual((document.fiscal_number, document.fiscal_sign), (str(sale.number), sale.sign))

    def test_sale_that_was_set_aside_does_not_take_the_receipt_of_the_next(self):
        self.sale()
        self.drain()
        self.emulator.fault("reset_before", "RegisterCheck")
        __, first = self.sale()
        self.drain()
        self.assertEqual(first.state, "unknown")
        first._decide("postpone", "the customer waits")
        first._engine().retry_at = fields.Datetime.now() + timedelta(minutes=9)
        __, second = self.sale()
        self.drain()
        self.assertEqual((first.state, second.state), ("unknown", "done"), second.error_message)
        for __ in range(3):
            self.settle()
        self.assertEqual(first.state, "done", first.error_message)
        self.assertNotEqual(first.fiscal_number, second.fiscal_number)
        self.assertEqual(len(self.printed("sale")), 3)

    def test_request_that_never_arrived_is_sent_again_under_a_new_key(self):
        self.sale()
        self.drain()
        self.emulator.fault("reset_before", "RegisterCheck")
        __, document = self.sale()
        key = document.key
        for __ in range(3):
            self.settle()
        self.assertEqual(document.state, "done")
        self.assertNotEqual(document.key, key)
        self.assertEqual(len(self.printed("sale")), 2)

    def test_kkm_server_is_down(self):
        self.emulator.down()
        __, document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("queued", "connection"))
        self.assertEqual(self.register.health, "offline")
        self.emulator.up()
        self.settle()
        self.assertOneReceipt(document)

    def test_slow_register_is_asked_until_it_has_printed(self):
        self.emulator.fault("pending", "RegisterCheck", status=4, polls=1)
        __, document = self.sale()
        self.drain()
        self.assertEqual(document.state, "waiting")
        self.settle()
        self.settle()
        self.assertOneReceipt(document)

    def test_no_paper(self):
        self.sale()
        self.drain()
        self.emulator.fault("no_paper", "RegisterCheck")
        __, document = self.sale()
        self.drain()
        self.settle()
        self.assertIn("no paper", self.register.health_message or document.error_message)
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(len(self.printed("sale")), 2)

    def test_refused_for_what_it_says(self):
        self.emulator.registers[0].tax_variants = ("0", "1")
        self.shop.company.fiscal_tax_system = False
        __, document = self.sale()
        self.drain()
        self.assertEqual(document.state, "rejected")
        self.assertIn("Не указана система налогообложения", document.error_message)
        self.assertFalse(self.printed("sale"))

    def test_problem_is_told_before_anything_is_sent(self):
        self.register.kkm_server_serial_number = False
        __, document = self.sale()
        self.assertEqual(document.state, "rejected")
        self.assertIn("Choose the register", document.error_message)
        self.assertEqual(self.emulator.requests, [])

    # === Secrets ===

    def test_wrong_password(self):
        self.register.kkm_server_password = "another-secret"
        __, document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("queued", "unauthorized"))
        self.assertIn("login or the password", self.register.health_message)
        self.register.kkm_server_password = PASSWORD
        self.settle()
        self.assertOneReceipt(document)

    def test_password_is_nowhere(self):
        with self.assertLogs(level="DEBUG") as logs:
            __, document = self.sale()
            self.drain()
            self.emulator.fault("reset_after", "RegisterCheck")
            self.sale()
            self.drain()
            self.register._status()
        # the log of all SQL shows every value of the database to whoever switches it on
        texts_logged = [record.getMessage() for record in logs.records if record.name != "odoo.sql_db"]
        self.assertTrue([text for text in texts_logged if "/Execute" in text])
        self.assertFalse([text for text in texts_logged if PASSWORD in text])
        for model in ("fiscal.document", "fiscal.attempt", "mail.message"):
            for values in self.env[model].search([]).read():
                self.assertFalse(PASSWORD in repr(values), model)
        self.assertIn(document.key, document.request["body"])

    def test_password_is_for_administrators_and_for_its_address(self):
        manager = self.env["res.users"].create(
            {
                "name": "Manager",
                "login": "kkm-manager",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref("fiscal_base.group_fiscal_manager").ids)],
            }
        )
        register = self.register.with_user(manager)
        self.assertNotIn("kkm_server_password", register.fields_get())
        register.kkm_server_url = "http://127.0.0.1:1"
        self.assertFalse(self.register.kkm_server_password)

    def test_password_with_a_colon(self):
        with self.assertRaises(ValidationError):
            self.register.kkm_server_password = "a:b"
        with self.assertRaises(ValidationError):
            self.env["fiscal.register"].create(
                {"name": "Касса 9", "provider": "kkm_server", "kkm_server_login": "a", "kkm_server_password": "a:b"}
            )

    # === Settings ===

    def test_status(self):
        self.operation("shift_open")
        self.drain()
        status = self.register._status()
        self.assertTrue(status.ready)
        self.assertEqual(status.serial_number, self.emulator.registers[0].serial)
        self.assertTrue(status.shift_open)
        self.assertEqual(self.register.health, "ready")
        self.emulator.registers[0].paper_over = True
        self.assertIn("no paper", self.register._status().problem)
        self.emulator.down()
        status = self.register._status()
        self.assertFalse(status.ready or status.reachable)
        self.assertIn("cannot be reached", status.problem)

    def test_needs_an_address_and_a_sensible_timeout(self):
        with self.assertRaises(ValidationError):
            self.register.kkm_server_url = False
        with self.assertRaises(ValidationError):
            self.register.kkm_server_timeout = 1

    def test_number_of_the_last_document_belongs_to_the_register(self):
        self.sale()
        self.drain()
        self.assertEqual(self.register.last_number, str(self.printed("sale")[0].number))
        self.register.kkm_server_serial_number = self.emulator.registers[1].serial
        self.assertFalse(self.register.last_number)

    def test_a_neutralized_copy_knows_no_way_to_the_register(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["fiscal_base", "fiscal_kkm_server"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.register.state, "disabled")
        self.assertFalse(self.register.kkm_server_url or self.register.kkm_server_login)
        self.assertFalse(self.register.kkm_server_password)
        self.assertFalse(self.register._status().ready)

    def test_uninstalling_leaves_registers_off(self):
        selection = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "fiscal.register"), ("value", "=", "kkm_server")]
        )
        selection._process_ondelete()
        self.assertEqual((self.register.provider, self.register.state), ("kkm_server", "disabled"))

    # === Words ===

    def test_every_code_has_a_sentence(self):
        source = "\n".join(path.read_text() for path in (ADDON / "protocol").glob("*.py"))
        codes = {code for __, __, code in const.ERRORS}
        codes |= set(re.findall(r'code="(\w+)"', source)) | set(re.findall(r'Failure\("(\w+)"', source))
        codes |= {code for __, code in const.NUMBERS.values()}
        codes |= set(re.findall(r'rejected\("(\w+)"', source)) | set(re.findall(r'Card\("\w+", "(\w+)"', source))
        self.assertFalse(codes - texts.OUTCOMES.keys())
        problems = set(re.findall(r'Problem\("(\w+)"', source)) | set(re.findall(r'"(line_\w+)":', source))
        self.assertEqual(problems, texts.PROBLEMS.keys())
        for code in codes:
            self.assertTrue(self.register._kkm_server_sentence(code, ""))

    def test_words_of_the_service_stay(self):
        outcome = self.register._kkm_server_in_words(Outcome.blocked("Нет лицензии.", code="licence"))
        words = "KKM Server has no licence for this register. Enter one in its settings. (Нет лицензии.)"
        self.assertEqual(outcome.message, words)

    def test_payloads_are_what_odoo_makes(self):
        """A sale of Odoo gives the fields of the payload that the pure tests compare byte for byte."""
        self.sale()
        self.drain()
        body = json.loads(self.register.document_ids.request["body"])
        payload = json.loads((ADDON / "tests" / "payloads" / "sale_cash_with_change.json").read_text())["request"]
        self.assertFalse(payload.keys() - body.keys())
