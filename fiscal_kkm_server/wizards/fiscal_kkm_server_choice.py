from odoo import api, fields, models


class FiscalKkmServerChoice(models.TransientModel):
    """One of the registers that KKM Server knows, to be chosen on the form of a register."""

    _name = "fiscal.kkm.server.choice"
    _description = "Register of KKM Server"

    register_id = fields.Many2one("fiscal.register", required=True, readonly=True, ondelete="cascade")
    number = fields.Integer(readonly=True)
    serial_number = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    organization = fields.Char(readonly=True)
    tax_number = fields.Char(readonly=True)
    usable = fields.Boolean(string="On line", readonly=True)

    @api.model
    def _offer(self, register):
        """A record for each register that KKM Server knows.

        :raises UserError: when KKM Server cannot be asked
        """
        return self.create(
            [
                {
                    "register_id": register.id,
                    "number": device.number,
                    "serial_number": device.serial,
                    "name": device.name,
                    "organization": device.organization,
                    "tax_number": device.tax_number,
                    "usable": device.usable,
                }
                for device in register._kkm_server_devices()
            ]
        )

    def action_choose(self):
        """By serial number where there is one: it survives a new set-up of KKM Server."""
        self.ensure_one()
        self.register_id.write(
            {
                "kkm_server_serial_number": self.serial_number,
                "kkm_server_device_number": 0 if self.serial_number else self.number,
            }
        )
        return {"type": "ir.actions.act_window_close"}
