from odoo import api, models
from odoo.exceptions import ValidationError


class FiscalTaxMapping(models.Model):
    _inherit = "fiscal.tax.mapping"

    @api.constrains("register_id", "tax_id", "tax_code_id")
    def _check_checkbox_rate(self):
        """Compare rates: each organisation has its own codes, so only the rate reveals a wrong one."""
        if problems := self._checkbox_problems():
            raise ValidationError("\n".join(problems))

    def _checkbox_problems(self):
        """A sentence for each row whose rate in Odoo differs from that of the code at Checkbox."""
        problems = []
        for mapping in self.filtered(lambda mapping: mapping.register_id.provider == "checkbox"):
            code, rate = mapping.tax_code_id, mapping.tax_id._checkbox_rate()
            allowed = (0.0,) if code.without_tax else (code.rate, code.rate + code.checkbox_extra_rate)
            if all(abs(rate - one) >= 0.01 for one in allowed):
                problems.append(
                    self.env._(
                        "The tax “%(tax)s” has %(rate)s %% in Odoo, “%(code)s” has %(other)s %% at Checkbox. "
                        "Choose another code, or correct the rate where it is wrong.",
                        tax=mapping.tax_id.name,
                        rate=f"{rate:g}",
                        code=code.name,
                        other=f"{allowed[-1]:g}",
                    )
                )
        return problems
