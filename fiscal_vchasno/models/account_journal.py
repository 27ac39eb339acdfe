from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    vchasno_pay_type_id = fields.Many2one(
        "fiscal.vchasno.pay.type",
        string="Pay type at Vchasno.Kasa",
        help="Empty: cash is 0, card 2, prepayment 3, credit 5. "
        "It has to be switched on in the register's settings there.",
    )

    def _fiscal_payment_code(self):
        if self.vchasno_pay_type_id:
            return str(self.vchasno_pay_type_id.code)
        return super()._fiscal_payment_code()
