from odoo import fields, models


class FiscalTaxCode(models.Model):
    _inherit = "fiscal.tax.code"

    checkbox_extra_rate = fields.Float(
        string="Extra duty", digits=(5, 2), help="Percent of the duty that Checkbox adds to VAT, such as excise."
    )
