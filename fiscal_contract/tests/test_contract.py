"""The contract behind a payment, in the text of its receipt line."""

from datetime import date

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.fiscal_base.tests.common import FiscalCase

SCHOOL = "{legal} за обучение {customer} - {note}"
CONTRACT = "{pay.ctt.tariff_name}: {pay.ctt.subjects}, {pay.ctt.b_date} – {pay.ctt.e_date}"


@tagged("post_install", "-at_install")
class TestContract(FiscalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env["res.partner"]
        cls.father = Partner.create({"name": "Иванов Петр Михайлович"})
        cls.son = Partner.create({"name": "Иванов Антон Петрович", "parent_id": cls.father.id})
        cls.daughter = Partner.create({"name": "Иванова Мария Петровна", "parent_id": cls.father.id})
        cls.english, cls.reading = cls.env["product.product"].create(
            [{"name": name, "type": "service", "list_price": 4500} for name in ("Английский", "Чтение")]
        )
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.contract = cls.contract_of(cls.son, "Абонемент 8 занятий", cls.english, cls.reading)

    @classmethod
    def contract_of(cls, partner, name, *products, end=date(2026, 12, 31)):
        return cls.env["contract.contract"].create(
            {
                "name": name,
                "partner_id": partner.id,
                "invoice_partner_id": cls.father.id,
                "contract_type": "sale",
                "company_id": cls.company.id,
                "line_recurrence": True,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "name": product.name,
                            "quantity": 1,
                            "price_unit": 4500,
                            "date_start": date(2026, 10, 1),
                            "date_end": end,
                            "recurring_next_date": date(2026, 10, 1),
                        }
                    )
                    for product in products
                ],
            }
        )

    def pay(self, partner, **vals):
        return self.env["account.payment"].create(
            {
                "amount": 4500,
                "date": date(2026, 10, 5),
                "memo": "за октябрь",
                "partner_id": partner.id,
                "journal_id": self.journal.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                **vals,
            }
        )

    def text(self, template, payment):
        self.register.details_template = template
        return self.register._details_text(payment)

    def test_payment_on_a_separate_account_of_the_customer(self):
        other = self.contract_of(self.daughter, "Продлёнка", self.reading, end=False)
        payment = self.pay(self.father, contract_id=self.contract.id)
        self.assertEqual(
            self.text(CONTRACT, payment), "Абонемент 8 занятий: Английский, Чтение, 01.10.2026 – 31.12.2026"
        )
        self.assertEqual(
            self.text(SCHOOL, payment), "Иванов Петр Михайлович за обучение Иванов Антон Петрович - за октябрь"
        )
        payment.contract_id = other
        self.assertEqual(self.text(CONTRACT, payment), "Продлёнка: Чтение, 01.10.2026")
        self.assertEqual(
            self.text(SCHOOL, payment), "Иванов Петр Михайлович за обучение Иванова Мария Петровна - за октябрь"
        )

    def test_payment_that_is_linked_to_nothing_is_for_the_only_contract(self):
        for payer in (self.father, self.son):
            payment = self.pay(payer)
            self.assertEqual(self.text("{pay.ctt.tariff_name}", payment), "Абонемент 8 занятий")
            self.assertEqual(
                self.text(SCHOOL, payment), "Иванов Петр Михайлович за обучение Иванов Антон Петрович - за октябрь"
            )

    def test_of_several_contracts_none_is_guessed(self):
        self.contract_of(self.daughter, "Продлёнка", self.reading)
        self.assertEqual(self.text("{note} - {pay.ctt.tariff_name}", self.pay(self.father)), "за октябрь")
        self.assertEqual(self.text("{pay.ctt.tariff_name}", self.pay(self.daughter)), "Продлёнка", "her only one")

    def test_a_contract_that_does_not_run_is_not_meant(self):
        payment = self.pay(self.father, date=date(2027, 2, 1))
        self.assertEqual(self.text("{note} - {pay.ctt.tariff_name}", payment), "за октябрь")
        stranger = self.pay(self.shop.customer)
        self.assertEqual(self.text("{note} - {pay.ctt.subjects}", stranger), "за октябрь")

    def test_contract_of_the_invoice(self):
        self.contract_of(self.son, "Второй абонемент", self.reading)
        invoice = self.contract.recurring_create_invoice()
        invoice.action_post()
        payment = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": self.journal.id})
            ._create_payments()
        )
        self.assertEqual(payment.partner_id, self.father)
        self.assertEqual(self.text("{pay.ctt.tariff_name}", payment), "Абонемент 8 занятий")
        self.assertEqual(self.text("{legal} за {customer}", payment), "Иванов Петр Михайлович за Иванов Антон Петрович")

    def test_one_payment_for_the_contracts_of_two_children(self):
        second = self.contract_of(self.daughter, "Продлёнка", self.reading, end=False)
        invoices = self.contract.recurring_create_invoice() + second.recurring_create_invoice()
        invoices.action_post()
        payment = self.pay(self.father, amount=9000, invoice_ids=[Command.set(invoices.ids)])
        self.assertEqual(self.text(CONTRACT, payment), "Абонемент 8 занятий, Продлёнка: Английский, Чтение, 01.10.2026")
        self.assertEqual(self.text("{customer}", payment), "Иванов Антон Петрович, Иванова Мария Петровна")

    def test_a_contract_of_the_payer_alone_leaves_the_person_served_to_the_invoice(self):
        own = self.contract_of(self.father, "Семейный", self.english)
        payment = self.pay(self.son, contract_id=own.id)
        self.assertEqual(self.text("{legal} за {customer}", payment), "Иванов Петр Михайлович за Иванов Антон Петрович")

    def test_the_form_offers_the_contracts_of_the_customer(self):
        stranger = self.contract_of(self.shop.customer, "Чужой", self.reading)
        stranger.invoice_partner_id = self.shop.customer
        form = Form(self.pay(self.father))
        self.assertEqual(form.contract_ids[:], self.contract)
        form.contract_id = self.contract
        self.assertEqual(form.save().contract_id, self.contract)

    def test_without_a_customer_there_is_no_contract(self):
        payment = self.pay(self.father)
        payment.partner_id = False
        self.assertEqual(self.text("{note} {pay.ctt.tariff_name}", payment), "за октябрь")

    def test_the_tags_are_known_and_a_typo_is_told(self):
        with self.assertRaisesRegex(ValidationError, r"pay\.ctt\.subjects"):
            self.register.details_template = "{pay.ctt.subject}"
