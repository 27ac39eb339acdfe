"""The record of a shift: what it counted, what the service counted, and its reports."""

from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.pos.pos_session import PosSession
from ..tools.outcome import FiscalData, Outcome
from .common import FiscalCase


@tagged("post_install", "-at_install")
class TestShift(FiscalCase):
    def day(self):
        """Two sales, a return, cash in and out, on one shift."""
        session = self.open_session()
        bread, coffee = self.shop.products["bread"], self.shop.products["coffee"]
        order = self.sell([(bread, 2), (coffee, 1)], [(self.shop.cash, 1000)])
        self.sell([(coffee, 1)], [(self.shop.card, 489.90)])
        self.sell(self.refund_lines(order)[:1], [(self.shop.cash, -124)], is_refund=True)
        extras = {"translatedType": "in", "formattedAmount": ""}
        session.try_cash_in_out("in", 500, "change", False, dict(extras))
        session.try_cash_in_out("out", 200, "bank", False, dict(extras))
        self.drain()
        return session, self.register.shift_id

    def test_counters(self):
        __, shift = self.day()
        counters = shift._counters()
        expected = {
            "sale.count": 2,
            "sale.total": "1103.80",
            "sale.cash": "613.90",
            "sale.electronic": "489.90",
            "sale.tax.vat10": "124.00",
            "sale.tax.vat22": "979.80",
            "sale_return.count": 1,
            "sale_return.total": "124.00",
            "sale_return.cash": "124.00",
            "cash_in": "500.00",
            "cash_out": "200.00",
            "cash": "789.90",
        }
        self.assertEqual({name: counters[name] for name in expected}, {n: Decimal(v) for n, v in expected.items()})
        self.assertEqual(shift.cash_total, 789.90)

    def close(self, **counters):
        session, shift = self.day()
        self.service.plan = [
            Outcome.done(FiscalData(number="9", shift_number=1, counters={k: Decimal(v) for k, v in counters.items()}))
        ]
        session.action_pos_session_closing_control()
        self.drain()
        self.assertEqual(shift.state, "closed")
        return session, shift

    def test_service_that_counted_the_same(self):
        __, shift = self.close(**{"sale.total": "1103.80", "cash": "789.90"})
        self.assertFalse(shift.differs)

    def test_difference_is_marked(self):
        __, shift = self.close(**{"sale.total": "1103.80", "cash": "700.00"})
        self.assertTrue(shift.differs)
        row = next(row for row in shift._counter_rows() if row["name"] == "cash")
        self.assertEqual((row["odoo"], row["service"], row["difference"]), (Decimal("789.90"), 700, Decimal("-89.90")))
        self.assertIn("table-danger", shift.counters_html)

    def test_cashier_sees_the_z_report(self):
        session, shift = self.close()
        with self.enter_registry_test_mode():
            report = self.config.fiscal_z_report(session.id)
        self.assertEqual((report["state"], report["number"]), ("done", shift.number))
        self.assertIn(["Sale: total", "1103.80"], report["lines"])

    def test_session_closes_while_documents_wait(self):
        session = self.open_session()
        self.drain()
        order = self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        shift = self.register.shift_id
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")
        with self.enter_registry_test_mode():
            self.service.plan = [Outcome.not_sent("refused", 600)]
            self.assertEqual(self.config.fiscal_z_report(session.id)["state"], "pending")
        self.due()
        self.drain()
        self.assertEqual(order.fiscal_document_ids.shift_id, shift, "it went into the shift it belongs to")
        self.assertEqual(shift.state, "closed")

    def test_x_report(self):
        self.day()
        action = self.config.fiscal_x_report()
        self.assertIn("/report/html/", action["url"])
        self.drain()
        self.assertEqual(self.service.sent[-1][1]["operation"], "x_report")

    def test_register_stays_while_a_session_is_open(self):
        self.open_session()
        with self.assertRaises(UserError):
            self.config.fiscal_register_id = False

    def test_one_session_over_two_shifts(self):
        session, first = self.day()
        self.register.action_close_shift()
        self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        with self.on_service(opens_shift=frozenset()):
            self.drain()
        second = self.register.shift_id
        self.assertNotEqual(first, second)
        self.assertEqual((first.state, second.sale_total), ("closed", 62))
        self.assertEqual(session.state, "opened")

    def test_shift_left_open_by_two_sessions_that_closed_at_once(self):
        """Neither saw the other one closed; the lane sees both."""
        session, shift = self.day()
        other = self.config.copy({"payment_method_ids": [Command.set(self.shop.card.ids)]})
        other.fiscal_register_id = self.register
        self.patch(self.env.registry["pos.session"], "_fiscal_close_shift", lambda sessions: None)
        for each in (session, self.open_session(other)):
            each.action_pos_session_closing_control()
            self.assertEqual(each.state, "closed")
        self.drain()
        self.assertEqual(shift.state, "open")
        self.patch(self.env.registry["pos.session"], "_fiscal_close_shift", PosSession._fiscal_close_shift)
        for __ in range(2):
            with self.enter_registry_test_mode():
                self.register._run_lane(5, watch=True)
            self.env.invalidate_all()
        self.assertEqual(shift.state, "closed")
        closings = self.env["fiscal.document"].search(
            [("register_id", "=", self.register.id), ("operation", "=", "shift_close")]
        )
        self.assertEqual(closings.mapped("state"), ["done"])


@tagged("post_install", "-at_install")
class TestShiftPage(FiscalCase):
    def test_page_to_print(self):
        self.open_session()
        self.sell([(self.shop.products["bread"], 1)], [(self.shop.card, 62)])
        self.drain()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("fiscal_base.report_shift", self.register.shift_id.ids)[0]
            .decode()
        )
        for text in ("X REPORT", "ООО «Ромашка»", "7707083893", "VAT 10%", "62.00", self.register.name):
            self.assertIn(text, html)
