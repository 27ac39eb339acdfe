from odoo import api, fields, models
from odoo.fields import Command


class FiscalKkmServerSetup(models.TransientModel):
    """The registers that KKM Server has, to choose from."""

    _name = "fiscal.kkm.server.setup"
    _description = "Registers of KKM Server"

    register_id = fields.Many2one("fiscal.register", required=True, readonly=True, ondelete="cascade")
    choice_ids = fields.One2many("fiscal.kkm.server.choice", "setup_id", readonly=True)
    warning = fields.Text(readonly=True)
    chosen = fields.Boolean(readonly=True)

    @api.model
    def _offer(self, register, devices):
        """A dialog for `devices`. If the register is one of them already, it shows what does not fit."""
        mine = [device for device in devices if register._kkm_server_is(device)]
        return self.create(
            {
                "register_id": register.id,
                "chosen": bool(mine),
                "warning": "\n".join(register._kkm_server_warnings(mine[0])) if mine else False,
                "choice_ids": [
                    Command.create(
                        {
                            "number": device.number,
                            "serial_number": device.serial,
                            "name": device.name,
                            "organization": device.organization,
                            "tax_number": device.tax_number,
                            "usable": device.usable,
                            "format_version": device.format_version,
                            "expires": device.expires and device.expires.date(),
                            "unsent": device.unsent or 0,
                            "warning": "\n".join(register._kkm_server_warnings(device)),
                            "current": device in mine,
                        }
                    )
                    for device in devices
                ],
            }
        )
