"""The form of a register: what it asks for, the choice among KKM Server's registers, and what is asked for by hand."""

import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import KkmServerCase


@tagged("post_install", "-at_install")
class TestForm(KkmServerCase):
    def test_form(self):
        with Form(self.env["fiscal.register"]) as form:
            form.name = "Касса"
            form.provider = "kkm_server"
            self.assertEqual(form.kkm_server_url, "http://127.0.0.1:5893")
            form.kkm_server_device_number = 1
        self.assertEqual(form.record.kkm_server_login, "User")

    def offered(self):
        """The dialog with the registers that KKM Server has."""
        action = self.register.action_test_connection()
        self.assertEqual(action["res_model"], "fiscal.kkm.server.setup")
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_connection_lists_the_registers(self):
        first, second = self.emulator.registers
        second.unsent, second.ffd, second.active = 3, "1.05", False
        self.register.kkm_server_serial_number = False
        wizard = self.offered()
        self.assertFalse(wizard.chosen or wizard.warning)
        rows = wizard.choice_ids
        self.assertEqual(rows.mapped("serial_number"), [first.serial, second.serial], "the card terminal is none")
        self.assertEqual(rows.mapped("format_version"), ["1.2", "1.05"])
        self.assertEqual(rows.mapped("unsent"), [0, 3])
        self.assertEqual(rows.mapped("usable"), [True, False])
        self.assertEqual(rows.mapped("tax_number"), [first.inn, second.inn])
        self.assertTrue(all(rows.mapped("expires")))
        self.assertIn("3 documents", rows[1].warning)
        self.assertEqual(rows[1].action_choose()["params"]["type"], "warning")
        self.assertEqual(self.register.kkm_server_serial_number, second.serial)
        self.assertEqual(self.register.kkm_server_device_number, 0)

    def test_the_chosen_one_is_compared_with_the_company(self):
        register = self.emulator.registers[0]
        self.company.fiscal_tax_number, self.company.fiscal_tax_system = register.inn, "ru_general"
        wizard = self.offered()
        self.assertTrue(wizard.chosen)
        self.assertFalse(wizard.warning)
        self.assertEqual(self.register.health, "ready", "and its card is up to date")
        self.company.fiscal_tax_number, self.company.fiscal_tax_system = "7707083893", "ru_patent"
        warning = self.offered().warning
        self.assertIn(f"{register.inn}, this company has 7707083893", warning)
        self.assertIn("this company has Patent (ПСН)", warning)

    def test_one_without_serial_number_is_chosen_by_its_number(self):
        self.register.kkm_server_serial_number = False
        self.register._kkm_server_take("", 2)
        self.assertFalse(self.register.kkm_server_serial_number)
        self.assertEqual(self.register.kkm_server_device_number, 2)
        self.assertEqual(self.offered().choice_ids.mapped("current"), [False, True])

    def test_kkm_server_cannot_be_asked(self):
        self.register.kkm_server_password = "wrong"
        params = self.register.action_kkm_server_choose()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("login or the password", params["message"])
        self.emulator.down()
        self.assertIn("cannot be reached", self.register.action_test_connection()["params"]["message"])
        self.assertEqual(self.register.health, "offline")

    def test_a_kkm_server_without_registers(self):
        self.emulator.kkm.registers = []
        with self.assertRaisesRegex(UserError, "no register yet"):
            self.register.action_test_connection()

    def test_buttons_of_the_card(self):
        pressed = self.press_buttons()
        self.assertIn("action_test_connection", pressed["cashier"])
        self.assertIn("action_kkm_server_slip", pressed["manager"])

    def test_buttons_of_the_card_where_a_browser_or_the_program_calls(self):
        for connection in ("browser", "callback"):
            self.register.kkm_server_connection = connection
            self.press_buttons()

    # === What is asked for by hand ===

    def test_slip_drawer_report_and_copy(self):
        sale = self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 62)]).fiscal_document_ids
        self.drain()
        for action, kind in (
            (self.register.action_kkm_server_slip, "slip"),
            (self.register.action_kkm_server_drawer, "drawer"),
            (self.register.action_kkm_server_ofd_report, "ofd_report"),
            (sale.action_kkm_server_copy, "copy"),
        ):
            self.assertEqual(action()["params"]["type"], "success")
            self.assertEqual(self.emulator.documents[-1].type, kind)
        self.assertIn(f"ФД {sale.fiscal_number}", self.emulator.documents[-1].tape)
        # the report took a number of the fiscal storage; the next receipt is registered all the same
        self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 62)])
        self.drain()
        self.assertEqual([printed.type for printed in self.emulator.documents][-1], "sale")

    def test_what_goes_wrong_by_hand_is_said(self):
        self.emulator.fault("no_paper", "RegisterCheck")
        params = self.register.action_kkm_server_slip()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("no paper", params["message"])

    def test_only_managers_ask_by_hand(self):
        cashier = new_test_user(
            self.env, "kkm-cashier", groups="fiscal_base.group_fiscal_cashier", company_id=self.company.id
        )
        for name in ("slip", "drawer", "ofd_report", "devices", "copy"):
            with self.assertRaises(AccessError):
                self.register.with_user(cashier)._kkm_server_by_hand(name)
        with self.assertRaises(AccessError):
            self.register.kkm_server_job("Exit", {})
        self.assertEqual(self.emulator.requests, [])

    # === What receipts look like ===

    def test_look_of_receipts(self):
        picture = Image.new("RGBA", (600, 30), (255, 0, 0, 255))
        output = io.BytesIO()
        picture.save(output, "PNG")
        self.register.write(
            {
                "kkm_server_picture": base64.b64encode(output.getvalue()),
                "kkm_server_header": ">#0#<Добро пожаловать\n<<=>>",
                "kkm_server_footer": "Спасибо!",
                "kkm_server_barcode": "CODE128",
                "kkm_server_copies": 1,
                "kkm_server_department": 2,
                "kkm_server_attribute": "Заказ",
                "kkm_server_remark": "Гарантия",
            }
        )
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.cash, 62)], pos_reference="2611-1-000042")
        self.drain()
        document = order.fiscal_document_ids
        self.assertEqual(document.state, "done", document.error_message)
        sale = self.printed("sale")[0]
        for text in ("[ рисунок ]", "Добро пожаловать", "Спасибо!", "Гарантия", "CODE128 2611-1-000042"):
            self.assertIn(text, sale.tape)
        self.assertEqual(sale.header["UserAttribute"], {"Name": "Заказ", "Value": "2611-1-000042"})
        self.assertEqual((sale.header["NumberCopies"], sale.lines[0]["Department"]), (1, 2))

    def test_what_cannot_be_printed_is_refused_on_the_form(self):
        for vals in (
            {"kkm_server_picture": base64.b64encode(b"no picture")},
            {"kkm_server_copies": 11},
            {"kkm_server_department": 17},
        ):
            with self.assertRaises(ValidationError):
                self.register.write(vals)

    # === Marking and counters ===

    def test_a_refused_marking_code_refuses_the_receipt(self):
        coffee = self.shop.products["coffee"]
        code = "010460708021818721abc\x1d91test"
        self.emulator.registers[0].marking[code] = 5
        self.sell([(coffee, 1, {"fiscal_marking_code": code})], [(self.shop.card, 489.90)])
        self.drain()
        document = self.register.document_ids[:1]
        self.assertEqual((document.state, document.error_code), ("rejected", "marking"))
        self.assertIn("[М-]", document.error_message)
        self.assertFalse(self.printed("sale"))
        self.emulator.registers[0].marking.clear()
        self.sell([(coffee, 1, {"fiscal_marking_code": code})], [(self.shop.card, 489.90)])
        self.drain()
        self.assertEqual(self.printed("sale")[0].lines[0]["BarCode"], code)

    def test_counters_of_the_register_stand_beside_those_of_odoo(self):
        self.sell([(self.shop.products["bread"], 2)], [(self.shop.cash, 200)])
        self.sell([(self.shop.products["coffee"], 1)], [(self.shop.card, 489.90)])
        self.drain()
        shift = self.register.shift_id
        self.operation("shift_close")
        self.drain()
        self.assertEqual(shift.z_data["sale.count"], "2")
        self.assertEqual((shift.z_data["sale.cash"], shift.z_data["sale.electronic"]), ("124.00", "489.90"))
        self.assertFalse(shift.differs)

    def test_another_program_printed_in_the_same_shift(self):
        document = self.sell([(self.shop.products["bread"], 2)], [(self.shop.cash, 200)]).fiscal_document_ids
        self.drain()
        self.emulator.kkm.run(document.request["body"].replace(document.key, "another").encode())
        shift = self.register.shift_id
        self.operation("shift_close")
        self.drain()
        self.assertTrue(shift.differs)
