from odoo import api, models

from ...tools.marking_code import normalize


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_normalized(vals) for vals in vals_list])

    def write(self, vals):
        code = vals.get("fiscal_marking_code")
        # a till repeats what it has loaded: a code that is stored stays as it is
        if code and any(line.fiscal_marking_code != code for line in self):
            vals = _normalized(vals)
        return super().write(vals)


def _normalized(vals):
    code = vals.get("fiscal_marking_code")
    return {**vals, "fiscal_marking_code": normalize(code)} if code else vals
