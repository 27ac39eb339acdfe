from odoo import api, fields, models

from ..const import MEASURES, PAYMENT_SUBJECTS


class ProductTemplate(models.Model):
    _inherit = "product.template"

    fiscal_subject = fields.Selection(
        PAYMENT_SUBJECTS,
        string="Payment subject",
        compute="_compute_fiscal_subject",
        store=True,
        readonly=False,
        help="What is sold, in the words of the receipt (FFD tag 1212).",
    )
    fiscal_measure = fields.Selection(
        MEASURES,
        string="Measure on receipts",
        help="Measure of quantity (FFD tag 2108). Empty: that of the product's unit.",
    )
    fiscal_goods_code = fields.Char(
        string="Goods code (УКТЗЕД)", help="Needed on Ukrainian receipts for excisable and imported goods."
    )
    fiscal_marking_required = fields.Boolean(
        string="Marking code required", help="Each piece carries a marking code that is scanned when it is sold."
    )

    @api.depends("type")
    def _compute_fiscal_subject(self):
        for template in self:
            if template.fiscal_subject not in (False, "1", "4"):
                continue
            template.fiscal_subject = "4" if template.type == "service" else "1"
