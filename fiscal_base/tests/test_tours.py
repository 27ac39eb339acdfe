"""The main job in a real browser, on the demo register."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..demo.shop import make_shop
from .common import OnThisMachine


@tagged("post_install", "-at_install", "fiscal_browser")
class FiscalTourCase(OnThisMachine, HttpCase):
    """A shop, a Russian one where nothing else is said, and a user of its point of sale, `fiscal_cashier`."""

    country = "RU"
    register_vals = {}
    provider = "demo"
    tills = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("point_of_sale.group_pos_manager")
        cls.env["pos.config"].search([]).active = False
        cls.env["product.template"].search([("available_in_pos", "=", True)]).available_in_pos = False
        cls.shop = make_shop(cls.env, cls.country, cls.tills, provider=cls.provider, register_vals=cls.register_vals)
        cls.env = cls.shop.env
        cls.register, cls.config, cls.company = cls.shop.register, cls.shop.config, cls.shop.company
        cls.user = cls.env["res.users"].create(
            {
                "name": "Cashier of the tour",
                "login": "fiscal_cashier",
                "password": "fiscal_cashier",
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
                "group_ids": [
                    Command.link(cls.env.ref("base.group_user").id),
                    Command.link(cls.env.ref("point_of_sale.group_pos_user").id),
                    # cash in and out at the till
                    Command.link(cls.env.ref("account.group_account_invoice").id),
                ],
            }
        )
        cls.shop.employees[0].user_id = cls.user

    def tour(self, name):
        self.config.with_user(self.user).with_company(self.company).open_ui()
        self.start_tour(f"/pos/ui/{self.config.id}", name, login="fiscal_cashier", timeout=120)

    def documents(self):
        return self.env["fiscal.document"].search([("register_id", "=", self.register.id)], order="id")

    def drain(self):
        self.register._run_lane(10)
        self.env.invalidate_all()


@tagged("post_install", "-at_install", "fiscal_browser")
class TestTours(FiscalTourCase):
    def test_a_day_at_the_till(self):
        self.tour("fiscal_day_at_the_till")
        self.drain()
        documents = self.documents()
        self.assertEqual(
            documents.mapped("operation"), ["shift_open", "sale", "sale_return", "cash_out", "shift_close"]
        )
        self.assertEqual(set(documents.mapped("state")), {"done"})
        sale, back = documents[1], documents[2]
        self.assertEqual((sale.total, back.total, documents[3].total), (613.90, 62.00, 30.00))
        self.assertEqual([(p.kind, p.amount) for p in sale.payment_ids], [("cash", 100.0), ("electronic", 513.9)])
        self.assertEqual(back.original_id, sale)
        self.assertFalse(self.register.shift_id)

    def test_cashier_without_tax_number_is_refused_before_the_sale(self):
        self.shop.employees[0].fiscal_tax_number = False
        self.tour("fiscal_cashier_without_tax_number")
        self.assertFalse(self.documents().filtered("pos_order_id"))

    def test_tax_without_a_code_is_refused_by_name(self):
        self.shop.taxes["standard"].amount = 13
        self.tour("fiscal_tax_without_a_code")
        self.assertFalse(self.documents().filtered("pos_order_id"))

    def test_page_refreshed_after_the_sale(self):
        self.tour("fiscal_refresh_after_the_sale")
        self.assertEqual(len(self.documents().filtered("pos_order_id")), 1)

    def test_marked_goods_are_sold_with_their_code(self):
        self.shop.products["coffee"].fiscal_marking_required = True
        self.tour("fiscal_marked_goods")
        lines = self.documents().filtered("pos_order_id").line_ids
        codes = ["010460708021818721abc\x1d91test", "010460708021818721abd\x1d91test"]
        self.assertEqual(lines.mapped("marking_code"), codes)

    def test_a_hundred_scans(self):
        self.shop.products["coffee"].fiscal_marking_required = True
        self.tour("fiscal_scanner")
