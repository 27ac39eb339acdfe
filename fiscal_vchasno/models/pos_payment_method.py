from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const


class PosPaymentMethod(models.Model):
    _name = "pos.payment.method"
    _inherit = ["pos.payment.method", "fiscal.address"]

    vchasno_pay_type_id = fields.Many2one(
        "fiscal.vchasno.pay.type",
        string="Pay type at Vchasno.Kasa",
        help="Empty: cash is 0, card 2, prepayment 3, credit 5. "
        "It has to be switched on in the register's settings there.",
    )
    vchasno_terminal = fields.Char(
        string="Terminal in Device Manager", copy=False, help="The name that the bank terminal has in Device Manager."
    )
    vchasno_terminal_url = fields.Char(
        string="Address of Device Manager",
        default=const.DM_URL,
        address="host",
        help="As the cashier's browser reaches it: http:// or https://, computer, port.",
    )
    vchasno_merchant = fields.Char(
        string="Merchant", help="Number of the merchant, where the terminal serves more than one."
    )
    vchasno_settle = fields.Boolean(
        string="Settle with the bank at closing",
        default=True,
        help="The terminal sends its batch to the bank when the session of the point of sale is closed.",
    )

    def _get_payment_terminal_selection(self):
        return [*super()._get_payment_terminal_selection(), ("vchasno", "Vchasno.Kasa (Device Manager)")]

    @api.constrains("use_payment_terminal", "vchasno_terminal", "vchasno_terminal_url")
    def _check_vchasno_terminal(self):
        for method in self:
            named = method.vchasno_terminal and method.vchasno_terminal_url
            if method.use_payment_terminal == "vchasno" and not named:
                raise ValidationError(
                    self.env._(
                        "“%s” needs the name of the terminal in Device Manager and the address of Device Manager.",
                        method.name,
                    )
                )

    @api.model
    def _load_pos_data_fields(self, config):
        own = ["vchasno_terminal", "vchasno_terminal_url", "vchasno_merchant", "vchasno_settle"]
        return [*super()._load_pos_data_fields(config), *own]

    def _fiscal_payment_code(self):
        if self.vchasno_pay_type_id:
            return str(self.vchasno_pay_type_id.code)
        return super()._fiscal_payment_code()
