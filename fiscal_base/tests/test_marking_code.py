"""Marking codes are stored as the register wants them, however they came; the cases are in `tests/pure`."""

from odoo.tests import Form, tagged

from .common import FiscalCase

CODE = "010460708021818721&dAIMq\x1d910058\x1d92gx+"
SCANNED = "]d2" + CODE.replace("\x1d", "↔")


@tagged("post_install", "-at_install")
class TestMarkingCode(FiscalCase):
    def sold(self, code):
        coffee = self.shop.products["coffee"]
        return self.sell([(coffee, 1, {"fiscal_marking_code": code})], [(self.shop.card, 489.90)])

    def test_line_of_an_order(self):
        order = self.sold(SCANNED)
        self.assertEqual(order.lines.fiscal_marking_code, CODE)
        self.assertEqual(order.fiscal_document_ids._as_receipt().lines[0].marking_code, CODE)

    def test_line_that_is_scanned_anew(self):
        self.sell([(self.shop.products["coffee"], 1)], [], state="draft")
        line = self.env["pos.order"].search([("state", "=", "draft")], limit=1).lines
        line.fiscal_marking_code = SCANNED
        self.assertEqual(line.fiscal_marking_code, CODE)
        line.fiscal_marking_code = False
        self.assertFalse(line.fiscal_marking_code)

    def test_a_till_may_repeat_what_was_stored_before(self):
        order = self.sold(CODE)
        self.env.cr.execute(
            "UPDATE pos_order_line SET fiscal_marking_code = %s WHERE id = %s", [SCANNED, order.lines.id]
        )
        order.lines.invalidate_recordset()
        order.lines.write({"fiscal_marking_code": SCANNED})
        self.assertEqual(order.lines.fiscal_marking_code, SCANNED, "frozen")

    def test_line_of_the_book(self):
        form = Form(self.env["fiscal.document"].with_context(default_operation="sale"))
        form.register_id = self.register
        with form.line_ids.new() as line:
            line.product_id = self.shop.products["coffee"]
            line.marking_code = SCANNED
            self.assertEqual(line.marking_code, CODE)
