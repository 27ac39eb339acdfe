"""“Fiscalize”: one or many payments and invoices, with a preview; and how the receipt reaches the customer."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .test_payments import AccountingCase


class WizardCase(AccountingCase):
    def dialog(self, records, **vals):
        wizard = self.env["fiscal.fiscalize"].browse(records.action_fiscalize()["res_id"])
        if vals:
            with Form(wizard) as form:
                for name, value in vals.items():
                    form[name] = value
        return wizard


@tagged("post_install", "-at_install")
class TestFiscalize(WizardCase):
    def test_payment_with_preview(self):
        self.register.print_invoice = False
        payment = self.pay(self.invoice((self.courses, 2, 500)))
        self.assertFalse(payment.fiscal_document_ids)
        wizard = self.dialog(payment)
        self.assertEqual((wizard.register_id, wizard.employee_id), (self.register, self.cashier))
        self.assertEqual((wizard.ready_count, wizard.total, wizard.single), (1, 1000, True))
        self.assertIn("English, twice a week: 2 × 500.00 = 1000.00 (Full payment, VAT 22%)", wizard.line_ids.preview)
        self.assertIn("Card or other electronic: 1000.00", wizard.line_ids.preview)
        action = wizard.action_confirm()
        document = payment.fiscal_document_ids
        self.assertEqual(
            (document.state, action["tag"], action["params"]["ids"]), ("queued", "fiscal_follow", document.ids)
        )
        self.assertEqual(self.dialog(payment).line_ids.status, "made")
        with self.assertRaisesRegex(UserError, "has its receipt already"):
            self.dialog(payment).action_confirm()

    def test_another_cashier(self):
        self.register.print_invoice = False
        payment = self.payment()
        second = self.shop.employees[1]
        self.dialog(payment, employee_id=second).action_confirm()
        self.assertEqual(payment.fiscal_document_ids.employee_id, second)
        self.assertEqual(self.dialog(payment).employee_ids, self.shop.employees)

    def test_problem_is_shown_and_mended(self):
        self.shop.taxes["standard"].amount = 13
        payment = self.pay(self.invoice())
        wizard = self.dialog(payment)
        self.assertEqual((wizard.line_ids.status, wizard.problem_count), ("problem", 1))
        self.assertIn("does not know the tax", wizard.line_ids.problem)
        self.shop.taxes["standard"].amount = 22
        wizard = self.dialog(payment)
        self.assertEqual(wizard.line_ids.status, "ready")
        wizard.action_confirm()
        self.assertEqual(sorted(payment.fiscal_document_ids.mapped("state")), ["cancelled", "queued"])

    def test_invoice_with_payments(self):
        self.register.print_invoice = False
        invoice = self.invoice()
        payments = self.pay(invoice, 400) | self.pay(invoice, 100)
        wizard = self.dialog(invoice)
        self.assertEqual(sorted(wizard.line_ids.mapped("amount")), [100, 400, 1000], "goods leave at their full price")
        self.assertTrue(wizard.unpaid)
        wizard.action_confirm()
        self.assertEqual(sorted(invoice.fiscal_document_ids.mapped("total")), [100, 400, 1000])
        last = invoice._fiscal_own_document()
        self.assertEqual([(p.kind, p.amount) for p in last.payment_ids], [("prepayment", 500), ("credit", 500)])
        self.assertEqual(payments.fiscal_document_ids.mapped("operation"), ["sale", "sale"])

    def test_unpaid_invoice_on_credit_and_its_payment(self):
        invoice = self.invoice()
        self.dialog(invoice).action_confirm()
        credit = invoice.fiscal_document_ids
        self.assertEqual((credit.total, credit.line_ids.method_sign, credit.payment_ids.kind), (1000, "6", "credit"))
        document = self.pay(invoice).fiscal_document_ids
        self.assertEqual((document.total, document.line_ids.method_sign), (1000, "7"))
        self.assertEqual(self.dialog(invoice).line_ids.status, "made")

    def test_nothing_is_preset_that_the_register_cannot_do(self):
        invoice = self.invoice()
        self.assertEqual(self.dialog(invoice).kind, "credit")
        self.service.capabilities = {"payment_kinds": frozenset({"cash", "electronic"})}
        wizard = self.dialog(invoice)
        self.assertEqual((wizard.kind, wizard.line_ids.status), ("electronic", "ready"))
        self.assertIn("“Credit (paid later)”", self.dialog(invoice, kind="credit").line_ids.problem)

    def test_unpaid_invoice_named_as_paid(self):
        invoice = self.invoice()
        self.dialog(invoice, kind="cash").action_confirm()
        self.assertEqual(invoice.fiscal_document_ids.payment_ids.kind, "cash")
        self.assertFalse(self.pay(invoice).fiscal_document_ids, "the money is on a receipt already")

    def test_refusals(self):
        draft, bill = self.invoice(post=False), self.invoice(move_type="in_invoice")
        cancelled = self.invoice(post=False)
        cancelled.button_cancel()
        for record, words in (
            (draft, "Confirm it first"),
            (bill, "to customers only"),
            (cancelled, "is cancelled"),
            (self.payment(post=False), "is not confirmed"),
        ):
            line = self.dialog(record).line_ids
            self.assertEqual(line.status, "refused")
            self.assertIn(words, line.problem)
            with self.assertRaisesRegex(UserError, words):
                line.wizard_id.action_confirm()
        order = self.sell([(self.courses, 1)], [(self.shop.card, 1000)], partner_id=self.customer.id, to_invoice=True)
        self.assertIn("has its receipt", self.dialog(order.account_move).line_ids.problem)
        self.assertFalse(order.account_move.fiscal_document_ids)

    def test_company_without_a_register(self):
        other = self.env["res.company"].create({"name": "Without a register"})
        payment = self.payment(post=False)
        with (
            patch.object(type(payment), "_fiscal_company", lambda self: other),
            self.assertRaisesRegex(UserError, "no fiscal register"),
        ):
            payment.action_fiscalize()

    def test_many_with_bad_ones(self):
        self.register.print_invoice = False
        good = self.env["account.payment"].union(*(self.payment(100 + number) for number in range(4)))
        self.courses.taxes_id = self.shop.taxes["standard"].copy({"name": "13%", "amount": 13})
        bad = self.pay(self.invoice())
        draft = self.payment(post=False)
        wizard = self.dialog(good | bad | draft)
        self.assertEqual((wizard.ready_count, wizard.problem_count), (4, 2))
        wizard.action_confirm()
        self.assertEqual((good | bad | draft).mapped("fiscal_state"), ["queued"] * 4 + ["rejected", False])

    def test_update_status(self):
        payment = self.payment()
        self.assertEqual(payment.action_fiscal_update()["params"]["ids"], payment.fiscal_document_ids.ids)

    def test_follow(self):
        """What the browser that waits is told: progress, the receipt, and which lists to read again."""
        payment = self.pay(self.invoice())
        with self.enter_registry_test_mode():
            (row,) = payment.fiscal_document_ids.fiscal_follow()
        self.assertEqual((row["state"], row["open"], row["problem"]), ("done", False, ""))
        self.assertEqual(row["changed"]["account.payment"], payment.ids)
        self.assertIn("account.move", row["changed"])
        stranger = new_test_user(self.env, "follow_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            payment.fiscal_document_ids.with_user(stranger).fiscal_follow()

    def test_bus_tells_lists(self):
        payment = self.payment()
        with patch.object(type(self.env["bus.bus"]), "_sendone") as send:
            self.drain()
        told = [call.args[-1] for call in send.call_args_list if call.args[-2] == "fiscal_document"]
        self.assertTrue(any(payment.id in message.get("account.payment", ()) for message in told))


@tagged("post_install", "-at_install")
class TestSending(WizardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.write({"send_email": True, "send_sms": True})

    def channels(self, payment):
        return payment.fiscal_document_ids._as_receipt().deliver

    def test_nothing_without_consent(self):
        self.assertEqual(self.channels(self.payment()), frozenset())

    def test_with_consent(self):
        self.customer.write({"fiscal_agree_email": True, "fiscal_agree_sms": True, "phone": "8 (912) 345-67-89"})
        payment = self.payment()
        self.assertEqual(self.channels(payment), {"email", "sms", "viber"})
        self.assertEqual(payment.fiscal_document_ids.customer_phone, "+79123456789")

    def test_address_given_for_this_sale(self):
        payment = self.payment(fiscal_email="now@example.com", fiscal_phone="no phone")
        self.assertEqual(self.channels(payment), {"email"})
        self.assertEqual(payment.fiscal_document_ids.customer_email, "now@example.com")

    def test_setting_off(self):
        self.register.write({"send_email": False, "send_sms": False})
        self.customer.write({"fiscal_agree_email": True, "fiscal_agree_sms": True})
        self.assertEqual(self.channels(self.payment()), frozenset())

    def test_sale_at_the_till(self):
        self.customer.write({"fiscal_agree_email": True})
        order = self.sell([(self.courses, 1)], [(self.shop.card, 1000)], partner_id=self.customer.id)
        self.assertEqual(order.fiscal_document_ids._as_receipt().deliver, {"email"})

    # === The dialog ===

    def ask(self, payment):
        action = payment.with_context(fiscal_ask=True).action_post()
        self.assertEqual((action["res_model"], payment.state), ("fiscal.contact", "draft"))
        return payment.env["fiscal.contact"].browse(action["res_id"])

    def test_dialog_saves_the_contact(self):
        self.customer.write({"email": False, "phone": False})
        payment = self.payment(post=False)
        dialog = self.ask(payment)
        self.assertTrue(dialog.ask_email and dialog.ask_phone)
        dialog.write({"email": "Olga <olga@Example.com>", "phone": "8 912 345 67 89"})
        dialog.action_send()
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual((self.customer.email, self.customer.phone), ("olga@example.com", "+79123456789"))
        self.assertTrue(self.customer.fiscal_agree_email and self.customer.fiscal_agree_sms)
        self.assertEqual(self.channels(payment), {"email", "sms", "viber"})

    def test_dialog_for_this_receipt_only(self):
        payment = self.payment(post=False)
        dialog = self.ask(payment)
        dialog.write({"email": "once@example.com", "save": False, "agree": False})
        dialog.action_send()
        self.assertEqual(self.customer.email, "olga@example.com")
        self.assertFalse(self.customer.fiscal_agree_email)
        self.assertEqual(self.channels(payment), {"email"})

    def test_dialog_never_holds_up_the_receipt(self):
        payment = self.payment(post=False)
        self.ask(payment).action_skip()
        self.assertEqual((payment.fiscal_state, self.channels(payment)), ("queued", frozenset()))

    def test_dialog_checks_what_is_entered(self):
        dialog = self.ask(self.payment(post=False))
        for vals, words in (
            ({"email": "nonsense", "phone": False}, "is not an e-mail address"),
            ({"email": False, "phone": "12"}, "12"),
            ({"email": False, "phone": False}, "Enter an address"),
        ):
            dialog.write(vals)
            with self.assertRaisesRegex(UserError, words):
                dialog.action_send()

    def test_dialog_goes_on_with_known_buttons_only(self):
        dialog = self.ask(self.payment(post=False))
        dialog.method = "unlink"
        with self.assertRaises(UserError):
            dialog.action_skip()

    def test_no_dialog_where_nothing_is_missing(self):
        self.customer.write({"fiscal_agree_email": True, "fiscal_agree_sms": True})
        payment = self.payment(post=False)
        payment.with_context(fiscal_ask=True).action_post()
        self.assertEqual(payment.fiscal_state, "queued")

    def test_dialog_for_a_cashier_who_may_not_edit_customers(self):
        user = new_test_user(
            self.env,
            "contact_cashier",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.assertFalse(self.customer.with_user(user).has_access("write"))
        self.customer.email = False
        payment = self.payment(post=False, fiscal_email=False).with_user(user)
        dialog = self.ask(payment)
        dialog.email = "taken@example.com"
        dialog.action_send()
        self.assertEqual((self.customer.email, self.customer.fiscal_agree_email), ("taken@example.com", True))
        self.assertTrue(payment.fiscal_employee_ids, "the cashiers can be chosen without a right on employees")

    def test_dialog_in_the_payment_dialog(self):
        invoice = self.invoice()
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids, fiscal_ask=True)
            .create({"journal_id": self.bank.id})
        )
        action = wizard.action_create_payments()
        self.assertEqual(action["res_model"], "fiscal.contact")
        self.assertEqual(invoice.payment_state, "not_paid")
        dialog = self.env["fiscal.contact"].browse(action["res_id"])
        dialog.email = "pay@example.com"
        action = dialog.action_send()
        self.assertEqual((action["tag"], action["params"]["next"]["res_model"]), ("fiscal_follow", "account.payment"))
        self.assertEqual(invoice.fiscal_document_ids.customer_email, "pay@example.com")

    # === Later ===

    def registered(self, **vals):
        payment = self.pay(self.invoice(), **vals)
        self.drain()
        return payment.fiscal_document_ids

    def test_send_again_by_mail(self):
        document = self.registered()
        dialog = self.env["fiscal.contact"].browse(document.action_send_receipt()["res_id"])
        self.assertEqual((dialog.ask_email, dialog.ask_phone, dialog.email), (True, False, "olga@example.com"))
        action = dialog.action_send()
        self.assertEqual(action["params"]["channels"], [["email", "olga@example.com"]])
        document.fiscal_deliver("email", "olga@example.com")
        mail = self.env["mail.mail"].search([("model", "=", "fiscal.document"), ("res_id", "=", document.id)])
        self.assertEqual(mail.email_to, "olga@example.com")
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn("olga@example.com", document.message_ids[0].body)

    def test_send_again_by_the_service(self):
        sent = []
        Register = self.env.registry["fiscal.register"]
        document = self.registered()
        with (
            self.on_service(delivers=frozenset({"email", "sms"})),
            patch.object(Register, "_demo_deliver", lambda register, of, *how: sent.append(how)),
        ):
            document.fiscal_deliver("sms", "8 912 345-67-89")
            document.fiscal_deliver("email", "a@example.com")
            with self.assertRaises(UserError):
                document.fiscal_deliver("viber", "+79123456789")
            with self.assertRaises(UserError):
                document.fiscal_deliver("sms", "12")
        self.assertEqual(sent, [("sms", "+79123456789"), ("email", "a@example.com")])

    def test_only_registered_receipts_are_sent(self):
        document = self.payment().fiscal_document_ids
        with self.assertRaises(UserError):
            document.fiscal_deliver("email", "a@example.com")
        with self.assertRaises(UserError):
            document.action_open_receipt()

    def test_receipt_is_attached_to_the_mail_of_the_invoice(self):
        invoice = self.invoice()
        self.pay(invoice)
        document = invoice.fiscal_document_ids
        name = document._receipt_file_name()[0]
        wizard = self.env["account.move.send.wizard"].create({"move_id": invoice.id})
        self.assertNotIn(name, [data["name"] for data in wizard.mail_attachments_widget], "not registered yet")
        self.drain()
        name = document._receipt_file_name()[0]
        wizard = self.env["account.move.send.wizard"].create(
            {"move_id": invoice.id, "sending_methods": ["email"], "mail_partner_ids": self.customer.ids}
        )
        self.assertIn(name, [data["name"] for data in wizard.mail_attachments_widget])
        self.assertFalse(self.env["ir.attachment"].search([("name", "=", name)]), "made when it is sent")
        wizard.action_send_and_print()
        sent = invoice.message_ids.attachment_ids.filtered(lambda file: file.name == name)
        self.assertEqual(len(sent), 1)
        self.assertIn(b"1,000.00", sent.raw)
        self.assertIn(document.fiscal_number.encode(), sent.raw)

    def test_smart_buttons(self):
        document = self.registered()
        self.assertEqual(self.customer.fiscal_count, 1)
        self.assertEqual(
            self.cashier.fiscal_document_count,
            self.env["fiscal.document"].search_count([("employee_id", "=", self.cashier.id)]),
        )
        self.assertEqual(document.account_payment_id.action_fiscal_documents()["res_id"], document.id)
        self.assertEqual(document.move_ids.action_fiscal_documents()["res_id"], document.id)


@tagged("post_install", "-at_install")
class TestOwnRegisters(WizardCase):
    """A cashier sees the own registers and their documents; an accountant those of the company."""

    def test_cashier_sees_own_registers(self):
        user = new_test_user(
            self.env,
            "own_cashier",
            groups="fiscal_base.group_fiscal_cashier",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        other = self.register.copy({"name": "Other"})
        document = self.payment().fiscal_document_ids
        mine = self.env["fiscal.register"].with_user(user)
        self.assertEqual(mine.search([]), self.register | other, "no cashiers are named: all of the company")
        self.register.cashier_user_ids = self.env.user
        self.assertEqual(mine.search([]), other)
        self.assertFalse(self.env["fiscal.document"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            document.with_user(user).read(["total"])
        self.register.cashier_user_ids += user
        self.assertEqual(mine.search([]), self.register | other)
        self.assertEqual(self.env["fiscal.document"].with_user(user).search([]), document)
        self.register.cashier_user_ids = self.env.user
        user.group_ids += self.env.ref("fiscal_base.group_fiscal_accountant")
        self.assertEqual(mine.search([]), self.register | other)

    def test_documents_of_a_branch(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        user = new_test_user(
            self.env,
            "branch_accountant",
            groups="fiscal_base.group_fiscal_accountant",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        ours = self.payment().fiscal_document_ids
        theirs = self.payment().fiscal_document_ids
        theirs._engine().branch_id = branch
        mine = self.env(user=user, context={"allowed_company_ids": branch.ids})
        self.assertEqual(mine["fiscal.document"].search([]), theirs)
        self.assertEqual(theirs.with_env(mine).line_ids.mapped("amount"), [500])
        with self.assertRaises(AccessError):
            ours.with_env(mine).read(["total"])
