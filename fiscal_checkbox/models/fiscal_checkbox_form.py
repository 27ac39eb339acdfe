from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.fiscal_base.const import PAYMENT_KINDS

from .. import const


class FiscalCheckboxForm(models.Model):
    """The name of a means of payment on the receipt: one of the forms that order 601 allows."""

    _name = "fiscal.checkbox.form"
    _description = "Form of payment on Checkbox receipts"
    _order = "register_id, kind, payment_name, id"
    _rec_name = "label"

    register_id = fields.Many2one("fiscal.register", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="register_id.company_id", store=True)
    kind = fields.Selection(
        [kind for kind in PAYMENT_KINDS if kind[0] != "credit"], string="Payment kind", required=True
    )
    payment_name = fields.Char(
        string="Only for the payment method", help="Its name in Odoo. Empty: every method of this kind."
    )
    label = fields.Char(
        string="On the receipt",
        required=True,
        size=const.LABEL_LENGTH,
        help="One of the forms that order 601 of the tax service allows, such as «Картка», «Інтернет еквайринг», "
        "«Платіж через інтегратора <name>» or «За реквізитами (IBAN)».",
    )
    code = fields.Integer(default=1, required=True, help="1 to 9: separates cashless forms in Z reports.")

    _unique_form = models.UniqueIndex(
        "(register_id, kind, COALESCE(payment_name, ''))", "This payment has its form already. Change the one row."
    )

    @api.constrains("label", "code")
    def _check_form(self):
        for form in self:
            if not (form.label or "").strip() or "<" in form.label:
                raise ValidationError(
                    self.env._("“%s”: write the name of the form in full, without brackets.", form.label)
                )
            if not 1 <= form.code <= 9:
                raise ValidationError(self.env._("The code of a form is a number from 1 to 9."))
