from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pos_fiscal_register_id = fields.Many2one(related="pos_config_id.fiscal_register_id", readonly=False)
    pos_fiscal_warning = fields.Char(compute="_compute_pos_fiscal_warning", compute_sudo=True)

    @api.depends(lambda self: ["pos_fiscal_register_id", *({"pos_self_ordering_mode"} & self._fields.keys())])
    def _compute_pos_fiscal_warning(self):
        """The warning of the point of sale for what is chosen here and not saved yet."""
        for settings in self:
            own = "pos_self_ordering_mode" in settings._fields
            mode = settings.pos_self_ordering_mode if own else settings.pos_config_id._fiscal_self_ordering()
            settings.pos_fiscal_warning = settings.pos_fiscal_register_id._self_ordering_warning(mode)
