from odoo import models
from odoo.exceptions import AccessError


class FiscalDialog(models.AbstractModel):
    """A dialog that the server opens for the user who asked for it, about records that it has checked.

    A client can neither create such a row nor see those of other users (access rights and a record rule), and fills in
    only `_ASKED` of its own: what the dialog is about stays as the server has set it. The server opens one with
    `_opened`.
    """

    _name = "fiscal.dialog"
    _description = "Dialog that the server opens"

    #: names of the fields that a client may fill in
    _ASKED = frozenset()

    def _opened(self, vals):
        """A new dialog with `vals`, with the user's rights."""
        return self.sudo().create(vals).sudo(False)

    def write(self, vals):
        if not self.env.su and vals.keys() - self._ASKED:
            raise AccessError(
                self.env._("This cannot be changed here. Close the dialog, and open it again from the document.")
            )
        return super().write(vals)

    def _dialog(self, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
