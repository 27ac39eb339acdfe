from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.fiscal_base.models.register.secret import Secret

from .. import const, protocol


class FiscalCheckboxAccount(models.Model):
    """A cashier's account at Checkbox for one register. Its cashier owns the shift and signs the receipts."""

    _name = "fiscal.checkbox.account"
    _description = "Cashier's account at Checkbox"
    _inherit = ["fiscal.secret.mixin"]
    _order = "register_id, id"
    _rec_name = "employee_id"
    _check_company_auto = True

    register_id = fields.Many2one("fiscal.register", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="register_id.company_id", store=True)
    employee_id = fields.Many2one(
        "hr.employee", string="Cashier", required=True, ondelete="restrict", check_company=True
    )
    sign_in = fields.Selection(
        [("pin", "PIN code"), ("password", "Login and password")], string="Sign-in", default="pin", required=True
    )
    login = fields.Char(copy=False)
    password = Secret()
    pin_code = Secret("PIN code")
    name = fields.Char(string="Name at Checkbox", readonly=True, copy=False)
    cashier_id = fields.Char(string="Id at Checkbox", readonly=True, copy=False)
    key_until = fields.Date(
        string="Key until",
        readonly=True,
        copy=False,
        help="The day on which the electronic signature (КЕП) of the cashier ends. Renew it in Checkbox before.",
    )
    token = Secret(readonly=True)
    token_until = fields.Datetime(string="Token used until", readonly=True, groups="base.group_system", copy=False)

    _unique_employee = models.Constraint(
        "unique(register_id, employee_id)", "A cashier has one account on a register. Change the one that is there."
    )

    def _check_sign_in(self):
        """Not a constraint: Odoo would check it on a new account before its secrets are set."""
        for account in self.sudo():
            if account.sign_in == "pin" and not account.pin_code:
                raise ValidationError(
                    self.env._("Enter the PIN code of %s as it is in Checkbox.", account.employee_id.name)
                )
            if account.sign_in == "password" and not (account.login and account.password):
                raise ValidationError(
                    self.env._("Enter login and password of %s as they are in Checkbox.", account.employee_id.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts._check_sign_in()
        return accounts

    def write(self, vals):
        if {"sign_in", "login", "password", "pin_code", "register_id"} & vals.keys():
            # it may belong to another person now
            vals = {**vals, "token": False, "token_until": False, "name": False, "cashier_id": False}
            vals["key_until"] = False
        result = super().write(vals)
        if {"sign_in", "login", "password", "pin_code"} & vals.keys():
            self._check_sign_in()
        return result

    def _ticket(self):
        """How this cashier signs in; empty if there is no account."""
        account = self.sudo()
        if not account:
            return protocol.Ticket()
        fresh = account.token_until and account.token_until > fields.Datetime.now()
        token = account.token or "" if fresh else ""
        if account.sign_in == "pin":
            return protocol.Ticket(pin=account.pin_code or "", token=token)
        return protocol.Ticket(login=account.login or "", password=account.password or "", token=token)

    def _keep_token(self, token, cashier=None):
        """Store the result of a sign-in.

        :param cashier: the service's data of the cashier, if it was asked
        """
        vals = {"token": token, "token_until": fields.Datetime.now() + timedelta(hours=const.TOKEN_HOURS)}
        if cashier:
            ends = protocol.moment(cashier.get("certificate_end"), self.register_id.tz or "UTC")
            vals |= {
                "name": protocol.words(cashier.get("full_name")),
                "cashier_id": protocol.words(cashier.get("id")),
                "key_until": ends and ends.date(),
            }
        self._keep(vals)
