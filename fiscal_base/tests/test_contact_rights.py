"""Whose address the dialog before a receipt may write: never one that a client has chosen."""

from odoo.fields import Command
from odoo.tests import tagged

from .rpc import RpcCase


@tagged("post_install", "-at_install")
class TestContactRights(RpcCase):
    def setUp(self):
        super().setUp()
        self.register.write({"send_email": True, "send_sms": True})
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        bank.fiscal_register_id = self.register
        self.bank = bank
        self.customer = self.shop.customer
        self.admin = self.env.ref("base.user_admin").partner_id
        self.clerk = self.person("clerk", "account.group_account_invoice")

    def payment(self, partner=None):
        return self.env["account.payment"].create(
            {
                "partner_id": (partner or self.customer).id,
                "partner_type": "customer",
                "payment_type": "inbound",
                "amount": 100,
                "journal_id": self.bank.id,
            }
        )

    def dialog(self, payment):
        """The dialog that stands before the payment's confirmation, as the server opens it."""
        action = self.rpc("account.payment", "action_post", payment.ids, context={"fiscal_ask": True})
        self.assertEqual(action["res_model"], "fiscal.contact")
        return action["res_id"]

    def answer(self, dialog, **vals):
        self.rpc("fiscal.contact", "write", [dialog], vals)
        return self.rpc("fiscal.contact", "action_send", [dialog])

    def test_client_chooses_no_partner(self):
        """With a made-up dialog a cashier would have had the administrator's password sent to an own address."""
        address = self.admin.email
        self.be(self.person("till", "point_of_sale.group_pos_user"))
        made_up = {"register_id": self.register.id, "partner_id": self.admin.id, "ask_email": True}
        self.assert_refused("fiscal.contact", "create", [{**made_up, "email": "thief@example.com"}])
        self.be(self.clerk)
        dialog = self.dialog(self.payment())
        for vals in (
            {"partner_id": self.admin.id},
            {"res_model": "res.partner", "res_id": self.admin.id},
            {"method": "unlink"},
            {"document_id": False, "register_id": self.register.id},
            {"ask_email": True},
        ):
            self.assert_refused("fiscal.contact", "write", [dialog], vals)
        self.assertEqual(self.admin.email, address)

    def test_dialog_is_that_of_its_user(self):
        self.be(self.clerk)
        dialog = self.dialog(self.payment())
        self.be(self.person("other", "account.group_account_invoice"))
        for method, *args in (("read", ["email"]), ("write", {"email": "x@example.com"}), ("action_send",)):
            self.assert_refused("fiscal.contact", method, [dialog], *args)

    def test_partner_of_a_user_is_not_written(self):
        """By nobody: not by one who may edit contacts either. The receipt goes to the address all the same."""
        colleague = self.person("colleague")
        colleague.partner_id.write({"email": False, "phone": False})
        colleague.active = False
        for user in (self.clerk, self.person("editor", "account.group_account_invoice", "base.group_partner_manager")):
            self.be(user)
            payment = self.payment(colleague.partner_id)
            self.answer(self.dialog(payment), email="thief@example.com", save=True, agree=True)
            self.assertFalse(colleague.partner_id.email)
            self.assertFalse(colleague.partner_id.fiscal_agree_email)
            self.assertEqual(payment.fiscal_document_ids.customer_email, "thief@example.com")

    def test_address_that_is_there_needs_the_right_to_edit_contacts(self):
        self.be(self.clerk)
        payment = self.payment()
        self.answer(self.dialog(payment), email="other@example.com", phone="+79120000001", save=True, agree=True)
        self.assertEqual((self.customer.email, self.customer.phone), ("olga@example.com", "+7 912 345-67-89"))
        self.assertFalse(self.customer.fiscal_agree_email, "the consent is for another address")
        self.assertEqual(payment.fiscal_document_ids.customer_email, "other@example.com", "this receipt goes there")
        self.be(self.person("editor", "account.group_account_invoice", "base.group_partner_manager"))
        self.answer(self.dialog(self.payment()), email="other@example.com", save=True, agree=True)
        self.assertEqual((self.customer.email, self.customer.fiscal_agree_email), ("other@example.com", True))

    def test_empty_address_is_filled_in(self):
        self.customer.write({"email": False, "phone": False})
        self.be(self.clerk)
        self.answer(self.dialog(self.payment()), email="new@example.com", save=True, agree=True)
        self.assertEqual((self.customer.email, self.customer.fiscal_agree_email), ("new@example.com", True))

    def test_customer_of_another_company_is_not_written(self):
        """A rule of contacts is a right too: what the user may not see is not filled in."""
        other = self.env["res.company"].create({"name": "Another"})
        stranger = self.env["res.partner"].create({"name": "Stranger", "company_id": other.id})
        self.be(self.clerk)
        payment = self.payment()
        dialog = self.dialog(payment)
        payment.partner_id.company_id = other
        self.assert_refused("fiscal.contact", "action_send", [dialog])
        self.assertFalse(stranger.email)

    def test_document_of_a_register_of_others(self):
        document = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)]).fiscal_document_ids
        self.drain()
        self.register.cashier_user_ids = [Command.set(self.person("owner", "point_of_sale.group_pos_user").ids)]
        self.be(self.person("till", "point_of_sale.group_pos_user"))
        self.assert_refused("fiscal.document", "action_send_receipt", document.ids)
        self.assert_refused("fiscal.document", "fiscal_deliver", document.ids, "email", "thief@example.com")
