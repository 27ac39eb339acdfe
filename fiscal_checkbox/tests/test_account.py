"""A token outlives the transaction in which it was renewed, on real cursors."""

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestAccount(TransactionCase):
    def setUp(self):
        super().setUp()
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            employee = env["hr.employee"].create({"name": "Cashier of a test of tokens"})
            register = env["fiscal.register"].create({"name": "Register of a test of tokens", "provider": "checkbox"})
            account = env["fiscal.checkbox.account"].create(
                {"register_id": register.id, "employee_id": employee.id, "pin_code": "1234"}
            )
            self.ids = account.id, register.id, employee.id
        self.addCleanup(self.clean)

    def clean(self):
        __, register, employee = self.ids
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["fiscal.register"].browse(register).unlink()
            resource = env["hr.employee"].browse(employee).resource_id
            env["hr.employee"].browse(employee).unlink()
            resource.unlink()

    def test_is_kept_when_the_caller_rolls_back(self):
        with self.env.registry.cursor() as cr:
            account = api.Environment(cr, SUPERUSER_ID, {})["fiscal.checkbox.account"].browse(self.ids[0])
            self.assertEqual(account._ticket().token, "")
            account._keep_token("t0ken", {"id": "c1", "full_name": "Name", "certificate_end": "2027-05-01T21:30:00Z"})
            cr.rollback()
        with self.env.registry.cursor() as cr:
            account = api.Environment(cr, SUPERUSER_ID, {})["fiscal.checkbox.account"].browse(self.ids[0])
            self.assertEqual((account.token, account.name, account.cashier_id), ("t0ken", "Name", "c1"))
            self.assertEqual(account._ticket().token, "t0ken")
            self.assertTrue(str(account.key_until).startswith("2027-05-0"))
