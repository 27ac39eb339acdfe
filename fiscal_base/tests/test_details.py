"""What a receipt says of a payment: the details template of the register or the journal."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..tools.receipt_text import Contract
from .common import FiscalCase

SCHOOL = "{legal} за обучение {customer} - {note}"


@tagged("post_install", "-at_install")
class TestDetails(FiscalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env["res.partner"]
        cls.father = Partner.create({"name": "Иванов Петр Михайлович"})
        cls.son = Partner.create({"name": "Иванов Антон Петрович", "parent_id": cls.father.id, "type": "contact"})
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.journal.fiscal_register_id = cls.register
        cls.payment = cls.pay(partner=cls.son)

    @classmethod
    def pay(cls, partner=None, **vals):
        return cls.env["account.payment"].create(
            {
                "amount": 4500,
                "date": date(2026, 10, 5),
                "memo": "за октябрь",
                "partner_id": (partner or cls.father).id,
                "journal_id": cls.journal.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                **vals,
            }
        )

    def text(self, template, payment=None, employee=None):
        self.register.details_template = template
        return self.register._details_text(payment or self.payment, employee)

    def invoice(self, partner, **vals):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [Command.create({"name": "Курс", "quantity": 1, "price_unit": 4500})],
                **vals,
            }
        )
        invoice.action_post()
        return invoice

    def with_contract(self, **vals):
        contract = Contract(
            **{
                "name": "Английский, 2 раза в неделю",
                "subjects": ("Английский", "Чтение"),
                "begin": date(2026, 9, 1),
                **vals,
            }
        )
        self.patch(self.env.registry["account.payment"], "_details_contract", lambda payment: contract)

    # === The text ===

    def test_money_that_nothing_is_known_of_is_an_advance(self):
        self.assertFalse(self.register.details_template)
        self.assertEqual(self.register._details_text(self.payment), "Аванс")

    def test_the_default_names_the_invoice(self):
        invoice = self.invoice(self.son)
        payment = self.pay(self.father, invoice_ids=[Command.set(invoice.ids)])
        self.assertEqual(self.text(False, payment), f"Оплата по счёту {invoice.name}")

    def test_the_default_names_the_order(self):
        self.patch(self.env.registry["account.payment"], "_details_orders", lambda payment: ["S00042"])
        self.assertEqual(self.text(False), "Оплата по заказу S00042")

    def test_an_empty_template_shows_the_default(self):
        self.assertEqual(self.register.details_preview("", self.payment.id)["text"], "Аванс")
        self.assertEqual(self.register.details_preview("")["text"], "Аванс")
        self.assertEqual(self.register.details_preview(False)["text"], "Аванс")

    def test_without_a_memo_no_dash_is_left(self):
        self.payment.memo = False
        self.assertEqual(self.text(SCHOOL), "Иванов Петр Михайлович за обучение Иванов Антон Петрович")

    def test_every_tag(self):
        text = self.text(
            "{legal}|{customer}|{note}|{amount}|{date}|{company}|{cashier}|{invoice}|{order}", employee=self.cashier
        )
        self.assertEqual(
            text,
            "Иванов Петр Михайлович|Иванов Антон Петрович|за октябрь|4500.00|05.10.2026|ООО «Ромашка»|Анна Смирнова",
        )

    def test_cashier_of_the_register_where_there_is_none(self):
        self.register.employee_id = self.shop.employees[1]
        self.assertEqual(self.text("{cashier}"), "Пётр Иванов")

    def test_the_journal_goes_before_the_register(self):
        self.register.details_template = "Register: {note}"
        self.assertEqual(self.register._details_text(self.payment), "Register: за октябрь")
        self.journal.fiscal_details_template = "Journal: {note}"
        self.assertEqual(self.register._details_text(self.payment), "Journal: за октябрь")

    def test_payer_and_person_served_come_from_the_invoice(self):
        """The wizard pays in the name of the commercial entity; the invoice still tells who is served."""
        invoice = self.invoice(self.son)
        payment = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": self.journal.id})
            ._create_payments()
        )
        self.assertEqual(payment.partner_id, self.father)
        self.assertEqual(
            self.text("{legal} за {customer}: {invoice}", payment),
            f"Иванов Петр Михайлович за Иванов Антон Петрович: {invoice.name}",
        )

    def test_person_served_is_whom_it_is_shipped_to_where_the_payer_is_invoiced(self):
        invoice = self.invoice(self.father, partner_shipping_id=self.son.id)
        payment = self.pay(self.father, invoice_ids=[Command.set(invoice.ids)])
        self.assertEqual(self.text("{legal} за {customer}", payment), "Иванов Петр Михайлович за Иванов Антон Петрович")
        self.son.type = "delivery"
        self.assertEqual(
            self.text("{legal} за {customer}", payment),
            "Иванов Петр Михайлович за Иванов Петр Михайлович",
            "an address is nobody who is served",
        )

    def test_two_children_on_one_payment(self):
        daughter = self.env["res.partner"].create({"name": "Иванова Мария", "parent_id": self.father.id})
        invoices = self.invoice(self.son) + self.invoice(daughter)
        payment = self.pay(self.father, amount=9000, invoice_ids=[Command.set(invoices.ids)])
        self.assertEqual(self.text("{customer}", payment), "Иванов Антон Петрович, Иванова Мария")

    def test_payment_without_a_customer(self):
        payment = self.pay(memo="Разное")
        payment.partner_id = False
        self.assertEqual(self.text(SCHOOL, payment), "за обучение - Разное")
        self.assertEqual(self.text("{legal}", payment), "Разное", "a line never is without a text")

    def test_contract_behind_the_payment(self):
        template = "{pay.ctt.tariff_name}: {pay.ctt.subjects}, с {pay.ctt.b_date} по {pay.ctt.e_date}"
        self.assertEqual(self.text("{customer} - {pay.ctt.tariff_name}"), "Иванов Антон Петрович")
        self.with_contract(end=date(2026, 12, 31))
        self.assertEqual(
            self.text(template), "Английский, 2 раза в неделю: Английский, Чтение, с 01.09.2026 по 31.12.2026"
        )

    def test_contract_says_who_pays_and_who_is_served(self):
        self.with_contract(payer="ООО «Дети»", customer="Иванова Мария")
        self.assertEqual(self.text(SCHOOL), "ООО «Дети» за обучение Иванова Мария - за октябрь")

    def test_long_text_is_cut_on_a_word_and_kept_whole(self):
        self.register.details_template = SCHOOL
        self.payment.memo = "за октябрь, ноябрь и декабрь " * 10
        vals = self.register._details_vals(self.payment)
        self.assertLessEqual(len(vals["name"]), 128)
        self.assertGreater(len(vals["name"]), 115)
        self.assertTrue(vals["full_name"].startswith(vals["name"]))
        self.assertIn(vals["full_name"][len(vals["name"])], " ,", "no word is cut")
        self.assertEqual(vals["full_name"].count("декабрь"), 10)
        document = self.env["fiscal.document"].create(
            {
                "operation": "sale",
                "register_id": self.register.id,
                "line_ids": [Command.create({**vals, "amount": 4500, "price": 4500})],
            }
        )
        self.assertEqual(document._as_receipt().lines[0].name, vals["name"])
        self.assertEqual(document.line_ids.full_name, vals["full_name"])

    # === Custom fields ===

    def custom(self, name, ttype, **vals):
        return self.env["ir.model.fields"].create(
            {
                "name": name,
                "model_id": self.env["ir.model"]._get_id("account.payment"),
                "field_description": vals.pop("label", name),
                "ttype": ttype,
                "state": "manual",
                **vals,
            }
        )

    def test_custom_fields_of_every_type(self):
        self.custom("x_predmet", "char", label="Предмет")
        self.custom(
            "x_studio_level",
            "selection",
            selection_ids=[
                Command.create({"value": "b1", "name": "Средний"}),
            ],
        )
        self.custom("x_teacher", "many2one", relation="res.partner")
        self.custom("x_group", "many2many", relation="res.partner")
        self.custom("x_lessons", "integer")
        self.custom("x_hours", "float")
        self.custom("x_from", "date")
        self.custom("x_at", "datetime")
        self.custom("x_online", "boolean")
        self.payment.write(
            {
                "x_predmet": "Английский",
                "x_studio_level": "b1",
                "x_teacher": self.shop.customer.id,
                "x_group": [Command.set([self.shop.customer.id, self.father.id])],
                "x_lessons": 8,
                "x_hours": 1.5,
                "x_from": date(2026, 10, 1),
                "x_at": "2026-10-01 15:30:00",
                "x_online": True,
            }
        )
        for template, text in {
            "{custom_x_predmet}": "Английский",
            "{legal} за обучение {customer} - {custom_predmet}": (
                "Иванов Петр Михайлович за обучение Иванов Антон Петрович - Английский"
            ),
            "{custom_x_studio_level}/{custom_level}": "Средний/Средний",
            "{custom_x_teacher}": "Ольга Кузнецова",
            "{custom_x_lessons}": "8",
            "{custom_x_hours}": "1.5",
            "{custom_x_from}": "01.10.2026",
            "{custom_x_at}": "01.10.2026 18:30",
            "{custom_x_online}": "yes",
        }.items():
            with self.subTest(template=template):
                self.assertEqual(self.text(template), text)
        self.assertEqual(set(self.text("{custom_x_group}").split(", ")), {"Ольга Кузнецова", "Иванов Петр Михайлович"})
        self.payment.write({"x_lessons": 0, "x_predmet": False})
        self.assertEqual(self.text("{note} - {custom_x_predmet} ({custom_x_lessons})"), "за октябрь")
        self.assertIn("{custom_x_predmet}", [tag["tag"] for tag in self.register.details_help()["tags"]])

    def test_properties(self):
        """Odoo's payments have none, other modules may add them; here those of a customer stand in for them."""
        module = "odoo.addons.fiscal_base.models.register.receipt_text.SOURCE"
        self.startPatcher(patch(module, "res.partner"))
        field = self.env["res.partner"]._fields["properties"]
        self.father.properties_base_definition_id.properties_definition = [
            {"name": "p1", "string": "Предмет", "type": "char"},
            {"name": "p2", "string": "Уровень", "type": "selection", "selection": [["b1", "Средний"]]},
            {"name": "p3", "string": "Учитель", "type": "many2one", "comodel": "res.partner"},
            {"name": "p4", "string": "Дни", "type": "tags", "tags": [["mo", "Пн", 1], ["we", "Ср", 2]]},
            {"name": "p5", "string": "Начало курса", "type": "date"},
            {"name": "p6", "string": "Заметка", "type": "separator"},
        ]
        self.father.properties = {
            "p1": "Английский",
            "p2": "b1",
            "p3": self.shop.customer.id,
            "p4": ["mo", "we"],
            "p5": "2026-10-01",
        }
        custom = self.register._details_custom()
        for tag, text in {
            "custom_предмет": "Английский",
            "custom_p1": "Английский",
            "custom_уровень": "Средний",
            "custom_учитель": "Ольга Кузнецова",
            "custom_дни": "Пн, Ср",
            "custom_начало_курса": "01.10.2026",
        }.items():
            with self.subTest(tag=tag):
                self.assertEqual(self.register._details_custom_value(self.father, *custom[tag][:2]), text)
                self.assertEqual(custom[tag][0], field)
                self.assertEqual(self.register._details_custom_value(self.shop.customer, *custom[tag][:2]), "")
        self.assertNotIn("custom_заметка", custom)
        self.register.details_template = "{custom_предмет} {custom_начало_курса}"

    def test_an_ambiguous_short_name_is_no_tag(self):
        self.custom("x_level", "char")
        self.custom("x_studio_level", "char")
        with self.assertRaisesRegex(ValidationError, "custom_level"):
            self.register.details_template = "{custom_level}"
        self.register.details_template = "{custom_x_level} {custom_x_studio_level}"

    def test_only_what_the_list_gives(self):
        """Fields of the module, attributes and expressions are no tags."""
        self.custom("x_picture", "binary")
        for tag in ("custom_x_picture", "custom_memo", "memo", "partner_id.email", "legal.name", "legal!r", "0", "1+1"):
            with self.subTest(tag=tag), self.assertRaises(ValidationError):
                self.register.details_template = f"{{{tag}}}"

    # === Saving ===

    def test_an_unknown_tag_is_an_error_with_a_suggestion(self):
        with self.assertRaisesRegex(ValidationError, r"“\{costumer\}” is not a tag\. Did you mean “\{customer\}”\?"):
            self.register.details_template = "{legal} за {costumer}"
        with self.assertRaisesRegex(ValidationError, r"(?s)\{costumer\}.*\{ученик\}.*has no partner"):
            self.journal.fiscal_details_template = "{costumer} {ученик} {"
        with self.assertRaisesRegex(ValidationError, r"pay\.ctt\.tariff_name"):
            self.env["fiscal.register"].create({"name": "New", "details_template": "{tariff_name}"})

    def test_a_tag_may_be_written_with_blanks_and_capitals(self):
        self.assertEqual(self.text("{ Note }"), "за октябрь")

    # === The editor ===

    def test_help_lists_every_tag_with_an_example(self):
        shown = self.register.details_help()
        self.assertEqual(shown["default"], "Аванс")
        self.assertTrue(all(tag["meaning"] and tag["example"] for tag in shown["tags"]))
        everything = " ".join(tag["tag"] for tag in shown["tags"])
        self.assertEqual(self.register._details_problems(everything), [])
        self.register.details_template = "{note}"
        self.assertEqual(self.register.details_help()["default"], "{note}", "in force where the journal has none")

    def test_default_of_the_country(self):
        self.company.fiscal_tax_number = False
        for country, word in (("ua", "Передоплата"), ("de", "Advance")):
            self.company.account_fiscal_country_id = self.env.ref(f"base.{country}")
            for help_text in (self.register.details_help(), self.env["fiscal.register"].details_help(self.company.id)):
                self.assertIn(word, help_text["default"])

    def test_preview_while_one_types(self):
        preview = self.register.details_preview("{customer} - {note} {", self.payment.id)
        self.assertEqual(preview["text"], "Иванов Антон Петрович - за октябрь {")
        self.assertEqual(len(preview["problems"]), 1)
        examples = self.env["fiscal.register"].details_preview("{customer} - {note}")
        self.assertEqual(examples, {"text": "Anthony Smith - for October", "whole": "", "problems": []})
        long = self.register.details_preview("{note}" * 30, self.payment.id)
        self.assertEqual((len(long["whole"]), len(long["text"]) <= 128), (300, True))

    def test_nobody_reads_a_payment_through_the_preview(self):
        cashier = new_test_user(self.env, "details_cashier", "fiscal_base.group_fiscal_cashier")
        register = self.register.with_user(cashier)
        with self.assertRaises(AccessError):
            register.details_preview("{legal}", self.payment.id)
        stranger = new_test_user(self.env, "details_stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.register.with_user(stranger).details_help()
        with self.assertRaises(AccessError):
            self.register.with_user(stranger).details_preview("{company}")
