from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pos_fiscal_register_id = fields.Many2one(related="pos_config_id.fiscal_register_id", readonly=False)
