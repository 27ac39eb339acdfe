from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.fiscal_base.tools.outcome import Outcome

from .. import protocol
from ..protocol import steps

#: what people may ask for: name → commands. None of them makes a fiscal document
JOBS = {
    "drawer": lambda commands, words: [commands.open_drawer()],
    "copy": lambda commands, words: [commands.copy_of_last()],
    "continue": lambda commands, words: [commands.continue_printing()],
    "slip": lambda commands, words: [
        *(commands.print_line(line) for line in words),
        *protocol.qr(commands, words[-1]),
        commands.feed(5),
        commands.cut(),
    ],
    "clock": lambda commands, words: [commands.set_time(words)],
}


class FiscalRegister(models.Model):
    """What people ask a register for, beside its documents. The lane is held meanwhile: nobody else talks to it."""

    _inherit = "fiscal.register"

    def action_test_connection(self):
        """Ask the register in one exchange protocol, then in the other, and keep the one that it answers in."""
        if self.provider != "shtrih":
            return super().action_test_connection()
        self.ensure_one()
        self.check_access("read")
        asked = self.sudo()
        with self._lane() as register:
            self._shtrih_free(register)
            status = asked._call_provider("status")
            if not status.reachable:
                mine = asked.shtrih_framing
                asked.shtrih_framing = "1" if mine == "2" else "2"
                other = asked._call_provider("status")
                if other.reachable:
                    status = other
                else:
                    asked.shtrih_framing = mine
        self._note_status(status)
        return self._status_notification(status)

    def action_shtrih_drawer(self):
        return self._shtrih_by_hand("drawer")

    def action_shtrih_copy(self):
        """Print the last receipt again, as a copy."""
        return self._shtrih_by_hand("copy")

    def action_shtrih_continue(self):
        """Paper is in again: print on."""
        return self._shtrih_by_hand("continue")

    def action_shtrih_slip(self):
        """Print a slip that is no fiscal document."""
        return self._shtrih_by_hand("slip", [self.env._("Odoo reaches this register"), self.name])

    def action_shtrih_clock(self):
        """Set the register's time of day to Odoo's. A date is set at the register itself, by its service."""
        now = self._local(self.env.cr.now())
        return self._shtrih_by_hand("clock", now.time())

    def _shtrih_free(self, register):
        if not register:
            raise UserError(self.env._("The register is at work on a document. Wait a moment, then try again."))

    def _shtrih_by_hand(self, name, words=None):
        """Do the job now, and say what came of it."""
        self.ensure_one()
        self.check_access("write")
        if self.provider != "shtrih":
            raise AccessError(self.env._("This register cannot be asked for that."))
        commands = protocol.Commands(self._shtrih_operator())
        with self._lane() as register:
            self._shtrih_free(register)
            outcome = self._shtrih_run(_job(JOBS[name](commands, words)))
        if outcome is not None:
            raise UserError(self._shtrih_in_words(outcome).message)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("The register has done it.")},
        }


def _job(commands):
    """A conversation of `commands`. Nothing for success, or an outcome that says what is wrong."""

    def each():
        for command in commands:
            yield from steps.do(command)

    return (yield from steps.ended(each(), lambda trouble: Outcome.not_sent(trouble.message, code="no_answer")))
