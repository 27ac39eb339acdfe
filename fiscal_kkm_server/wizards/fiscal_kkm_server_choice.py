from odoo import fields, models


class FiscalKkmServerChoice(models.TransientModel):
    """One of the registers that KKM Server has."""

    _name = "fiscal.kkm.server.choice"
    _description = "Register of KKM Server"
    _order = "number, id"

    setup_id = fields.Many2one("fiscal.kkm.server.setup", required=True, readonly=True, ondelete="cascade")
    number = fields.Integer(readonly=True)
    name = fields.Char(readonly=True)
    serial_number = fields.Char(readonly=True)
    organization = fields.Char(readonly=True)
    tax_number = fields.Char(string="Tax number (ИНН)", readonly=True)
    usable = fields.Boolean(string="On line", readonly=True)
    format_version = fields.Char(string="FFD", readonly=True)
    expires = fields.Date(string="Storage ends", readonly=True)
    unsent = fields.Integer(string="Not yet delivered", readonly=True)
    warning = fields.Text(readonly=True)
    current = fields.Boolean(readonly=True)

    def action_choose(self):
        """Fill in the register's form, and show what does not fit."""
        self.ensure_one()
        register = self.setup_id.register_id
        register._kkm_server_take(self.serial_number, self.number)
        params = {
            "title": self.env._("“%s” is chosen.", self.name or self.serial_number),
            "message": self.warning or self.env._("It fits this company."),
            "type": "warning" if self.warning else "success",
            "sticky": bool(self.warning),
            "next": {"type": "ir.actions.act_window_close"},
        }
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
