from odoo import fields, models


class FiscalDocument(models.Model):
    _inherit = "fiscal.document"

    vchasno_receipt = fields.Json(
        string="Receipt as JSON", readonly=True, copy=False, help="As Vchasno.Kasa shows it, fetched after the sale."
    )
    vchasno_has_receipt = fields.Boolean(string="JSON is kept", readonly=True, copy=False)
