from odoo import api, fields, models

from ...const import PAYMENT_KINDS


class PosPaymentMethod(models.Model):
    _inherit = "pos.payment.method"

    fiscal_payment_kind = fields.Selection(
        PAYMENT_KINDS,
        string="Payment kind on receipts",
        compute="_compute_fiscal_payment_kind",
        store=True,
        readonly=False,
        help="How money paid in this way is named on the fiscal receipt (FFD tags 1031, 1081, 1215 to 1217).",
    )

    @api.depends("type")
    def _compute_fiscal_payment_kind(self):
        by_type = {"cash": "cash", "bank": "electronic", "pay_later": "credit"}
        for method in self:
            method.fiscal_payment_kind = by_type.get(method.type, "electronic")

    def _fiscal_payment_code(self):
        """The register's service's code for this means of payment; False if its kind is enough."""
        return False

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "fiscal_payment_kind"]
