from odoo import api, fields, models
from odoo.exceptions import ValidationError


class FiscalVchasnoPayType(models.Model):
    """A means of payment as Vchasno.Kasa knows it (§3.4).

    The list holds those of the service; others, which a register has in the cabinet, are added by the user.
    """

    _name = "fiscal.vchasno.pay.type"
    _description = "Pay type of Vchasno.Kasa"
    _order = "code, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Integer(required=True, help="Number of the pay type in the settings of the register at Vchasno.Kasa.")
    active = fields.Boolean(default=True)

    _unique_code = models.Constraint("unique(code)", "This pay type exists already. Change the one that is there.")

    @api.constrains("code")
    def _check_code(self):
        if any(pay_type.code < 0 for pay_type in self):
            raise ValidationError(self.env._("The number of a pay type is 0 or above. Look it up in the cabinet."))

    @api.depends("code", "name")
    def _compute_display_name(self):
        for pay_type in self:
            pay_type.display_name = f"{pay_type.code} {pay_type.name}"
