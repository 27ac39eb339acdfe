from contextlib import suppress

from odoo import models
from odoo.exceptions import UserError

from ...tools.money import money
from ..reading.told import MADE
from .left_to_return import RETURNS

#: states of a return that has not been sent yet
NOT_GONE = ("draft", "queued", "rejected")


class FiscalDocument(models.Model):
    """A return on its way: what is left to return is checked at every way into the queue and before it is sent.

    The return of a receipt that has an error waits, with an error too, and is sent once that receipt is registered.
    """

    _inherit = "fiscal.document"

    # === Every way into the queue ===

    def _unreturnable(self):
        """A sentence if the receipt that this document returns has failed meanwhile, else False."""
        return self.operation in RETURNS and self.sudo().original_id._not_made()

    def _problems_again(self):
        """Problems of queueing this document again as it is, caused by what happened since it was refused."""
        if self.operation not in RETURNS:
            return []
        problem = self._return_problem(self.original_id, money(self.total) - money(self.rounding))
        return [problem] if problem else []

    def _requeue(self):
        if problems := self._problems_again():
            raise UserError("\n".join(problems))
        result = super()._requeue()
        self.sudo()._claim()
        return result

    def _move(self, state, **vals):
        refused = self.filtered(lambda document: document.state == "rejected")
        result = super()._move(state, **vals)
        if refused and state in MADE:
            refused._release_returns()
        return result

    def _corrected_copy(self, *args):
        copy = super()._corrected_copy(*args)
        if copy:
            self._hand_returns_to(copy)
        return copy

    # === Returns that wait ===

    def _returns(self, states):
        return self.sudo().search(
            [("original_id", "in", self.ids), ("operation", "in", RETURNS), ("state", "in", states)], order="id"
        )

    def _hand_returns_to(self, copy):
        """Let returns of this receipt name the copy that replaces it."""
        returns = self._returns(NOT_GONE).filtered(lambda document: not document.request)
        returns._engine().write({"original_id": copy.id})
        if copy.state in MADE:
            copy._release_returns()

    def _release_returns(self):
        """Retry the returns that were refused because this receipt was not registered."""
        for document in self._returns(("rejected",)):
            document._try_again()
            if document.state == "rejected" and document.event.startswith("manual:"):
                with suppress(UserError), self.env.cr.savepoint():
                    document._requeue()
