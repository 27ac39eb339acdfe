"""Who may see and do what: companies apart, and cashier, accountant and administrator."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..demo.shop import make_shop
from ..tools.outcome import Outcome
from .common import FiscalCase

MODELS = (
    "fiscal.register",
    "fiscal.document",
    "fiscal.document.line",
    "fiscal.document.payment",
    "fiscal.attempt",
    "fiscal.shift",
    "fiscal.tax.mapping",
)


@tagged("post_install", "-at_install")
class TestAccess(FiscalCase):
    """Two shops, each with a document that was sent, a shift and a tax named by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"
        other = make_shop(cls.env, "UA")
        other.register.shift_policy = "manual"
        cls.other = other
        cls.people = {
            name: cls.user(name, cls.company, *groups)
            for name, groups in {
                "nobody": (),
                "till": ("point_of_sale.group_pos_user",),
                "accountant": ("account.group_account_invoice",),
                "pos_manager": ("point_of_sale.group_pos_manager",),
                "manager": ("fiscal_base.group_fiscal_manager",),
            }.items()
        }
        cls.people["stranger"] = cls.user(
            "stranger", other.company, "point_of_sale.group_pos_manager", "fiscal_base.group_fiscal_manager"
        )

    @classmethod
    def user(cls, name, company, *groups):
        return new_test_user(
            cls.env,
            f"fiscal_{name}",
            ",".join(("base.group_user", *groups)),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.env["fiscal.tax.mapping"].create(
            {
                "register_id": self.register.id,
                "tax_id": self.shop.taxes["reduced"].id,
                "tax_code_id": self.env.ref("fiscal_base.tax_ru_vat10").id,
            }
        )
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        self.document = order.fiscal_document_ids
        self.drain()
        self.assertEqual(self.document.state, "done")

    def as_user(self, name, records):
        """`records` in the hands of one of the people, in their own company."""
        user = self.people[name]
        return records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def may(self, name, model, operation):
        return self.as_user(name, self.env[model]).has_access(operation)

    # === Companies ===

    def test_companies_do_not_see_each_other(self):
        ours = self.company
        for model in MODELS:
            with self.subTest(model):
                mine = self.as_user("manager", self.env[model]).search([])
                self.assertTrue(mine)
                self.assertEqual(mine.company_id, ours)
                self.assertNotIn(ours, self.as_user("stranger", self.env[model]).search([]).sudo().company_id)
                with self.assertRaises(AccessError):
                    self.as_user("stranger", mine.sudo(False)).read(["display_name"])

    def test_register_of_another_company_is_not_chosen(self):
        with self.assertRaises(UserError):
            self.shop.config.fiscal_register_id = self.other.register
        with self.assertRaises(UserError):
            self.register.employee_id = self.other.employees[0]

    def test_document_is_not_put_on_a_register_of_another_company(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.as_user("till", self.env["fiscal.document"]).create(
                {"register_id": self.other.register.id, "operation": "cash_in", "total": 5}
            )

    def test_register_with_documents_stays_with_its_company(self):
        with self.assertRaises(UserError):
            self.register.company_id = self.other.company

    # === Groups ===

    def test_table_of_rights(self):
        """model → who may read; who may write, create and delete."""
        table = {
            "fiscal.register": ("till accountant pos_manager manager", "manager"),
            "fiscal.document": (
                "till accountant pos_manager manager",
                "till accountant pos_manager manager",  # drafts; what left draft is frozen for everybody
            ),
            "fiscal.attempt": ("accountant pos_manager manager", ""),
            "fiscal.shift": ("till accountant pos_manager manager", ""),
            "fiscal.tax.code": ("nobody till accountant pos_manager manager", "manager"),
            "fiscal.tax.mapping": ("till accountant pos_manager manager", "manager"),
            "fiscal.decision": ("accountant pos_manager manager", "accountant pos_manager manager"),
        }
        for model, (readers, writers) in table.items():
            for name in ("nobody", "till", "accountant", "pos_manager", "manager"):
                with self.subTest(model=model, user=name):
                    self.assertEqual(self.may(name, model, "read"), name in readers.split())
                    for operation in ("write", "create", "unlink"):
                        self.assertEqual(self.may(name, model, operation), name in writers.split(), operation)

    def test_who_may_open_a_record_sees_its_whole_form(self):
        """No field of a form reads what its reader may not: a manager need not sell, a cashier not keep books."""
        for model in MODELS:
            for name in ("till", "accountant", "pos_manager", "manager"):
                if not self.may(name, model, "read"):
                    continue
                records = self.as_user(name, self.env[model]).search([])
                for kind in ("form", "list", "kanban"):
                    with self.subTest(model=model, user=name, view=kind):
                        self.env.invalidate_all()
                        arch = etree.fromstring(records.get_view(view_type=kind)["arch"])
                        fields = {node.get("name") for node in arch.xpath("//field[not(ancestor::field)]")}
                        self.assertTrue(records.read(list(fields)))

    def test_attempts_are_for_accountants(self):
        with self.assertRaises(AccessError):
            self.as_user("till", self.document).attempt_ids.read(["response"])
        attempt = self.as_user("accountant", self.document).attempt_ids
        self.assertEqual(attempt.outcome, "done")
        for change in (lambda: attempt.write({"outcome": "x"}), attempt.unlink):
            with self.assertRaises(UserError):
                change()

    def test_request_is_for_the_system_administrator(self):
        for name in ("till", "accountant", "manager"):
            with self.assertRaises(AccessError):
                self.as_user(name, self.document).read(["request"])

    def test_settings_are_for_the_administrator(self):
        for name in ("till", "accountant", "pos_manager"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.as_user(name, self.register).write({"state": "disabled"})
        self.as_user("manager", self.register).write({"close_at": 22})

    def test_nobody_touches_a_document_that_was_sent(self):
        for name in self.people:
            document = self.as_user(name, self.document)
            for change in (
                lambda document=document: document.write({"total": 1}),
                lambda document=document: document.write({"line_ids": [Command.create({"name": "x", "amount": 1})]}),
                lambda document=document: document.env["fiscal.document.line"].create(
                    {"document_id": document.id, "name": "x", "amount": 1}
                ),
                lambda document=document: document.env["fiscal.document.payment"].create(
                    {"document_id": document.id, "kind": "cash", "amount": 1}
                ),
                document.unlink,
            ):
                with self.subTest(name), self.assertRaises(UserError), self.env.cr.savepoint():
                    change()
        self.assertEqual((self.document.total, len(self.document.line_ids)), (62, 1))

    def test_decision_is_for_accountants(self):
        document = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)]).fiscal_document_ids
        self.service.plan = [Outcome.unknown("?", 600)]
        self.drain()
        with self.assertRaises(AccessError):
            self.as_user("till", self.env["fiscal.decision"]).create(
                {"document_ids": document.ids, "decision": "postpone", "reason": "x"}
            )

    # === What is private ===

    def test_tax_number_of_a_cashier_is_private(self):
        employee = self.shop.employees[0]
        for name in ("nobody", "till", "accountant", "pos_manager"):
            with self.subTest(name):
                mine = self.as_user(name, employee)
                self.assertNotIn("fiscal_tax_number", mine.fields_get())
                with self.assertRaises(AccessError):
                    mine.read(["fiscal_tax_number"])
                with self.assertRaises(ValueError):  # Odoo searches the public part, which has no such field
                    mine.search([("fiscal_tax_number", "=", "772345678901")])
                public = self.as_user(name, self.env["hr.employee.public"].browse(employee.id))
                self.assertNotIn("fiscal_tax_number", public.fields_get())
        with self.assertRaises(AccessError):
            self.as_user("till", self.document).read(["cashier_tax_number"])
        self.assertEqual(self.as_user("accountant", self.document).cashier_tax_number, "772345678901")

    def test_user_of_the_till_works_with_these_rights(self):
        """Sale, receipt and light of the register, without any right on settings or attempts."""
        user = self.people["till"]
        self.cashier.user_id = user
        self.env["hr.employee"].search([("user_id", "=", self.env.uid), ("company_id", "=", self.company.id)]).unlink()
        data = self.order_data([(self.shop.products["bread"], 1)], [(self.shop.card, 62)], user_id=user.id)
        answer = self.as_user("till", self.env["pos.order"]).sync_from_ui([data])
        (order,) = answer["pos.order"]
        self.assertEqual(order["fiscal_receipts"][0]["state"], "queued")
        with self.enter_registry_test_mode():
            answer = self.as_user("till", self.config).fiscal_drive([data["uuid"]])
        self.assertEqual(answer["receipts"][data["uuid"]][0]["state"], "done")
        document = self.env["fiscal.document"].search([("pos_order_id.uuid", "=", data["uuid"])])
        self.assertEqual((document.employee_id, document.attempt_ids.user_id), (self.cashier, user))
