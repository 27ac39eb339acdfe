from odoo import fields, models

from ...const import MEASURES, UNIT_MEASURES


class UomUom(models.Model):
    _inherit = "uom.uom"

    fiscal_measure = fields.Selection(
        MEASURES,
        string="Measure on receipts",
        compute="_compute_fiscal_measure",
        store=True,
        readonly=False,
        help="Measure of quantity (FFD tag 2108).",
    )

    def _compute_fiscal_measure(self):
        names = self.get_external_id()
        for unit in self:
            unit.fiscal_measure = UNIT_MEASURES.get(names.get(unit.id), "0")
