"""The form of a register: what it asks for and what it shows."""

from lxml import etree

from odoo.tests import Form, tagged

from .common import KomtetCase


@tagged("post_install", "-at_install")
class TestForm(KomtetCase):
    def test_a_new_register(self):
        with Form(self.env["fiscal.register"]) as form:
            form.name = "Касса"
            form.provider = "komtet"
            form.komtet_shop_id = "shop"
            form.komtet_queue_id = "3"
            self.assertEqual(form.komtet_server, "https://kassa.komtet.ru")
            self.assertEqual(form.komtet_ffd, "1.2")
            self.assertEqual(form.komtet_cashier, "odoo")
            self.assertFalse(form.komtet_success_url, "there is no number yet")
        own = self.env["ir.config_parameter"].get_param("web.base.url")
        self.assertEqual(form.record.komtet_address, own)

    def test_addresses_for_the_cabinet(self):
        with Form(self.register) as form:
            form.komtet_address = "https://shop.example.com/"
            number = self.register.id
            self.assertEqual(form.komtet_success_url, f"https://shop.example.com/fiscal_komtet/{number}/success")
            self.assertEqual(form.komtet_failure_url, f"https://shop.example.com/fiscal_komtet/{number}/failure")
            self.assertFalse(form.komtet_warning)
            form.komtet_address = "http://localhost:8069"
            self.assertIn("local network", form.komtet_warning)

    def test_the_queue_is_seen_beside_the_condition(self):
        arch = etree.fromstring(self.env["fiscal.register"].get_view(view_type="form")["arch"])
        (queue,) = arch.xpath("//field[@name='komtet_queue']")
        self.assertEqual(queue.getnext().get("name"), "shift_id")
        self.assertFalse(queue.xpath("ancestor::div[contains(@class, 'alert')]"))

    def test_other_providers_are_left_alone(self):
        register = self.env["fiscal.register"].create({"name": "Demo", "provider": "demo"})
        register.komtet_server = False
        register.state = "enabled"
        self.assertFalse(register.komtet_queue)
        self.assertEqual(register.action_test_connection()["params"]["type"], "success")

    def test_buttons_of_the_card(self):
        pressed = self.press_buttons()
        self.assertIn("action_test_connection", pressed["cashier"])
        self.assertIn("action_documents", pressed["manager"])
