from datetime import timedelta

from odoo import fields, models


class FiscalRegister(models.Model):
    """What the register has registered: where it differs from what was sent, and in which shift it was."""

    _inherit = "fiscal.register"

    warning_count = fields.Integer(string="Registered otherwise", compute="_compute_warning_count")

    def _compute_warning_count(self):
        """Documents whose warning nobody has dealt with: their activity is still there."""
        groups = self.env["fiscal.document"]._read_group(
            [
                ("register_id", "in", self.ids),
                ("warning", "!=", False),
                ("activity_ids.active", "=", True),  # done ones are kept, archived
            ],
            ["register_id"],
            ["__count"],
        )
        counts = {register: count for register, count in groups}
        for register in self:
            register.warning_count = counts.get(register, 0)

    def _earlier_shift(self, document):
        """The closed shift in which `document` was registered, as its time says and its number where that is known: a
        look-up may find it when the next shift is open. None where it belongs to the current or to a new shift.
        """
        number, at, current = document.shift_number, document.registered_at, self.shift_id
        if number and number == current.number:
            return current.browse()
        if not number and current.opened_at and at >= current.opened_at.replace(second=0):
            return current.browse()  # many registers tell their time to the minute
        past = [("register_id", "=", self.id), ("state", "=", "closed")]
        past += [("opened_at", "<", at + timedelta(minutes=1)), ("closed_at", ">=", at)]
        if number:
            past.append(("number", "=", number))
        return self.env["fiscal.shift"].search(past, order="opened_at desc, id desc", limit=1)
