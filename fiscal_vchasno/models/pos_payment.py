from odoo import fields, models


class PosPayment(models.Model):
    _inherit = "pos.payment"

    vchasno_terminal_number = fields.Char(string="Bank terminal", readonly=True)
    vchasno_cancel_number = fields.Char(
        string="Number on the terminal", readonly=True, help="By it the payment can be taken back at the terminal."
    )
    vchasno_reversal = fields.Char(
        string="Reversal under way", readonly=True, help="Id of a reversal whose end the bank terminal has not told."
    )

    def _fiscal_card_data(self):
        card = super()._fiscal_card_data()
        return card | ({"terminal_id": self.vchasno_terminal_number} if self.vchasno_terminal_number else {})
