"""The form of a register: which fields it asks for, and the choice among KKM Server's registers."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

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

    def test_choose_from_the_list(self):
        self.register.kkm_server_serial_number = False
        action = self.register.action_kkm_server_choose()
        choices = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(choices.mapped("number"), [1, 2])
        choices[1].action_choose()
        self.assertEqual(self.register.kkm_server_serial_number, self.emulator.registers[1].serial)
        self.assertEqual(self.register.kkm_server_device_number, 0)

    def test_one_without_serial_number_is_chosen_by_its_number(self):
        choice = self.env["fiscal.kkm.server.choice"].create({"register_id": self.register.id, "number": 2})
        choice.action_choose()
        self.assertFalse(self.register.kkm_server_serial_number)
        self.assertEqual(self.register.kkm_server_device_number, 2)

    def test_kkm_server_cannot_be_asked(self):
        self.register.kkm_server_password = "wrong"
        with self.assertRaisesRegex(UserError, "login or the password"):
            self.register.action_kkm_server_choose()
        self.emulator.down()
        with self.assertRaisesRegex(UserError, "cannot be reached"):
            self.register.action_kkm_server_choose()
