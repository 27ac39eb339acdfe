from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain


class FiscalRegister(models.Model):
    """What the register has registered: where it differs from what was sent, and in which shift it was."""

    _inherit = "fiscal.register"

    warning_count = fields.Integer(string="Registered otherwise", compute="_compute_warning_count")

    def _compute_warning_count(self):
        Document = self.env["fiscal.document"].sudo()
        groups = Document._read_group(
            Domain("register_id", "in", self.ids) & Document._differing(), ["register_id"], ["__count"]
        )
        counts = {register.id: count for register, count in groups}
        for register in self:
            register.warning_count = counts.get(register.id, 0)

    def _earlier_shift(self, document):
        """The closed shift in which `document` was registered, by its time and, if known, its number: a look-up may
        find the document when the next shift is already open. None if it belongs to the current or a new shift.
        """
        number, at, current = document.shift_number, document.registered_at, self.shift_id
        if number and number == current.number:
            return current.browse()
        if not number and current.opened_at and at >= current.opened_at.replace(second=0):
            return current.browse()  # many registers report times to the minute
        past = [("register_id", "=", self.id), ("state", "=", "closed")]
        past += [("opened_at", "<", at + timedelta(minutes=1)), ("closed_at", ">=", at)]
        if number:
            past.append(("number", "=", number))
        return self.env["fiscal.shift"].search(past, order="opened_at desc, id desc", limit=1)
