"""The table of what a client can call is complete, and nobody is let in whom it does not name."""

import ast
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..demo.shop import make_shop
from .public_methods import ACCOUNTANT, CASHIER, MANAGER, SEES, TILL
from .rpc import Refused, RpcCase

ADDONS = Path(__file__).parents[2]
#: who is refused, by what the table says: a colleague without any right, a user of a till, an accountant
OUTSIDE = {
    SEES: ("nobody",),
    CASHIER: ("nobody",),
    TILL: ("nobody",),
    ACCOUNTANT: ("nobody", "till"),
    MANAGER: ("nobody", "till", "accountant"),
}
#: what Odoo lets every employee do on these models, so that a colleague is no outsider there
EVERYBODY = {"res.partner", "hr.employee", "fiscal.tax.code"}


def addons():
    return sorted(path.parent.name for path in ADDONS.glob("fiscal_*/__manifest__.py"))


def table(addon):
    """The tables of an addon, which need not be installed."""
    return SimpleNamespace(**run_path(str(ADDONS / addon / "tests" / "public_methods.py")))


def classes(addon):
    for folder in ("models", "wizards", "controllers", "report"):
        for path in sorted((ADDONS / addon / folder).rglob("*.py")):
            yield from (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef))


def text(node):
    return ast.unparse(node)


def model_of(node):
    """The model that a class extends or makes, None for other classes."""
    names = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and text(statement.targets[0]) in ("_name", "_inherit"):
            value = ast.literal_eval(statement.value)
            names[text(statement.targets[0])] = value if isinstance(value, str) else value[0]
    return names.get("_name") or names.get("_inherit")


def methods(node):
    """The methods of a class that a client can call, with their decorators."""
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("_"):
            decorators = [text(decorator) for decorator in statement.decorator_list]
            if not {"api.private", "property", "staticmethod"}.intersection(decorators):
                yield statement.name, decorators


def found(addon):
    """`(methods as "model.method", routes as method names)` in the source of an addon."""
    public, routes = set(), []
    for node in classes(addon):
        if model := model_of(node):
            public |= {f"{model}.{name}" for name, __ in methods(node)}
        else:
            routes += [name for name, known in methods(node) if any("route(" in one for one in known)]
    return public, routes


@tagged("post_install", "-at_install")
class TestPublicMethods(RpcCase):
    def test_table_is_complete(self):
        for addon in addons():
            with self.subTest(addon):
                listed = {f"{model}.{name}" for model, rows in table(addon).METHODS.items() for name in rows}
                public, routes = found(addon)
                self.assertEqual(sorted(public - listed), [], "can be called, and the table does not say by whom")
                self.assertEqual(sorted(listed - public), [], "in the table, and not in the source")
                self.assertEqual(len(routes), len(table(addon).ROUTES), f"routes: {routes}")

    def records(self):
        """A record of our company for each model of the tables."""
        self.register.shift_policy = "manual"
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        self.drain()
        document = order.fiscal_document_ids
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        payment = self.env["account.payment"].create(
            {"partner_id": self.shop.customer.id, "amount": 5, "journal_id": bank.id, "payment_type": "inbound"}
        )
        return {
            "fiscal.register": self.register,
            "fiscal.document": document,
            "fiscal.attempt": document.attempt_ids,
            "fiscal.shift": document.shift_id,
            "fiscal.shown": payment,
            "fiscal.dialog": self.env["fiscal.fiscalize"].browse(payment.action_fiscalize()["res_id"]),
            "fiscal.contact": self.env["fiscal.contact"].create(
                {"document_id": document.id, "register_id": self.register.id}
            ),
            "fiscal.decision": self.env["fiscal.decision"].create({"document_ids": document.ids, "reason": "x"}),
            "fiscal.fiscalize": self.env["fiscal.fiscalize"].browse(payment.action_fiscalize()["res_id"]),
            "pos.config": self.config,
            "pos.order": order,
            "pos.payment.method": self.shop.card,
        }

    def calls(self):
        """`(who, model, method, record ids, arguments)` of every call that the tables let us make up."""
        records = self.records()
        for addon in self.env["ir.module.module"].search(
            [("name", "=like", "fiscal\\_%"), ("state", "=", "installed")]
        ):
            for name, rows in table(addon.name).METHODS.items():
                for method, (who, __, *given) in rows.items():
                    if who not in OUTSIDE or name not in records:
                        continue
                    args = [self.config.id if one == "config" else one for one in given]
                    if method == "create" and name == "fiscal.document":
                        args = [[{"operation": "cash_in", "register_id": self.register.id, "total": 5}]]
                    on_model = method in ("create", "default_get")
                    record = records[name]
                    yield who, record._name, method, [] if on_model else [record.ids], args

    def test_nobody_else_is_let_in(self):
        """Each method, by each kind of person whom the table leaves out, and by an administrator of another company."""
        people = {
            "nobody": self.person("nobody"),
            "till": self.person("till", "point_of_sale.group_pos_user"),
            "accountant": self.person("accountant", "account.group_account_invoice"),
            "stranger": self.person(
                "stranger",
                "point_of_sale.group_pos_manager",
                "fiscal_base.group_fiscal_manager",
                "account.group_account_manager",
                company=make_shop(self.env, "UA").company,
            ),
        }
        calls = list(self.calls())
        self.assertGreater(len(calls), 40)
        before = self.state()
        for name, person in people.items():
            self.be(person)
            for who, model, method, ids, args in calls:
                if name == "stranger" and (
                    method in ("default_get",) or (method == "create" and model != "fiscal.document")
                ):
                    continue  # may make records in the own company
                if name != "stranger" and (name not in OUTSIDE[who] or model in EVERYBODY):
                    continue
                with self.subTest(person=name, call=f"{model}.{method}"):
                    self.assert_refused(model, method, *ids, *args)
        self.assertEqual(self.state(), before, "a refused call leaves nothing behind")

    def state(self):
        self.env.invalidate_all()
        documents = self.env["fiscal.document"].search([("company_id", "=", self.company.id)], order="id")
        return documents.mapped(lambda document: (document.id, document.state, document.total)), self.register.health

    def test_receipt_of_another_company(self):
        document = self.records()["fiscal.document"]
        self.be(self.person("stranger", "fiscal_base.group_fiscal_manager", company=make_shop(self.env, "UA").company))
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/fiscal/receipt/{document.id}")
        self.assertNotIn(document.qr_data, answer.text)
        self.assertEqual(answer.status_code, 403)


@tagged("post_install", "-at_install")
class TestTillRights(RpcCase):
    """A till answers for its own register, its own session and its own requests."""

    def setUp(self):
        super().setUp()
        self.clerk = self.person("clerk", "point_of_sale.group_pos_user")

    def test_register_of_other_cashiers(self):
        self.register.cashier_user_ids = self.person("owner", "point_of_sale.group_pos_user")
        self.be(self.clerk)
        for method, *args in (("fiscal_drive", []), ("fiscal_relay", [], "x", {}), ("fiscal_x_report",)):
            self.assert_refused("pos.config", method, self.config.ids, *args, words="not among the cashiers")

    def test_sums_of_another_till(self):
        session = self.open_session()
        self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)], session=session)
        self.drain()
        session.action_pos_session_closing_control()
        self.drain()
        other = self.config.copy({"fiscal_register_id": self.register.id})
        self.be(self.clerk)
        self.assertEqual(self.rpc("pos.config", "fiscal_z_report", other.ids, session.id), {"state": "none"})
        self.assertEqual(self.rpc("pos.config", "fiscal_z_report", self.config.ids, session.id)["state"], "done")

    def test_register_is_chosen_by_administrators(self):
        """Odoo lets every user of the point of sale write its settings."""
        self.be(self.clerk)
        self.assert_refused("pos.config", "write", self.config.ids, {"fiscal_register_id": False})
        self.be(self.person("boss", "point_of_sale.group_pos_manager"))
        self.rpc("pos.config", "write", self.config.ids, {"fiscal_register_id": False})
        self.assertFalse(self.config.fiscal_register_id)

    def test_refusal_is_in_words(self):
        self.be(self.clerk)
        with self.assertRaisesRegex(Refused, "Only a fiscal accountant"):
            self.rpc("pos.config", "fiscal_open_documents", self.config.ids)
