"""The form of a register: which fields it asks for in which way of working."""

from odoo.tests import Form, tagged

from .common import VchasnoCase


@tagged("post_install", "-at_install")
class TestForm(VchasnoCase):
    def test_form(self):
        with Form(self.env["fiscal.register"]) as form:
            form.name = "Каса"
            form.provider = "vchasno"
            self.assertEqual(form.vchasno_url, "https://kasa.vchasno.ua")
            self.assertEqual(form.vchasno_mode, "cloud")
            form.vchasno_mode = "dm"
            form.vchasno_device = "Каса 1"
        self.assertEqual(form.record.vchasno_dm_url, "http://localhost:3939")
        self.assertEqual(form.record.tax_vocabulary, "vchasno")

    def test_the_ten_groups_are_offered(self):
        codes = self.env["fiscal.tax.code"].search([("vocabulary", "=", "vchasno")])
        self.assertEqual(codes.mapped("code"), [str(number) for number in range(1, 11)])

    def test_pay_types_can_be_added(self):
        PayType = self.env["fiscal.vchasno.pay.type"]
        own = PayType.create({"code": 101, "name": "Талон"})
        self.assertEqual(own.display_name, "101 Талон")
        self.shop.card.vchasno_pay_type_id = own
        self.assertEqual(self.shop.card._fiscal_payment_code(), "101")

    def test_buttons_of_the_card(self):
        pressed = self.press_buttons()
        self.assertIn("action_test_connection", pressed["cashier"])
        self.assertIn("action_x_report", pressed["manager"])
