"""The engine with one of its safeguards taken out, to show that the chaos test would notice.

Each is switched on for one register by a file `mutations/<register id>` that holds its name.
"""

from odoo.addons.fiscal_base.tools.outcome import FiscalData, Outcome

from . import faults
from .points import class_of


def install():
    """Put a switch before each method that a mutation replaces."""
    for method, mutations in MUTATIONS.items():
        owner = class_of(method)
        setattr(owner, method, _switch(getattr(owner, method), mutations))


def _switch(original, mutations):
    def method(self, *args):
        mutated = mutations.get(faults.mutation(self)) if len(self) == 1 else None
        return mutated(self, original, *args) if mutated else original(self, *args)

    return method


def _send_in_sale(self, original, vals):
    """No commit 1: the document is sent in the transaction that writes it."""
    document = original(self, vals)
    if document.state == "queued":
        register = self.with_user(1)
        document = document.with_env(register.env)
        attempt = register._begin(document, "submit")
        document._apply(register._call_provider("submit", document, document.request), attempt)
    return document


def _no_second_commit(self, original, document):
    """No commit 2: that the document leaves is committed with its outcome."""
    attempt = self._begin(document, "submit")
    if attempt:
        faults.strike("submit.start", self, self.env.cr)
        outcome = self._call_provider("submit", document, document.request)
        faults.strike("submit.end", self, self.env.cr)
        self._finish(document, attempt, outcome)


def _no_third_commit(self, original, document, attempt, outcome):
    """No commit 3: the outcome is committed with whatever is committed next, if anything is."""
    document.invalidate_recordset()
    document._apply(outcome, attempt)
    self.env.flush_all()


def _done_before_call(self, original, document):
    """Commit 3 merged with commit 2: the document counts as done once it is on its way."""
    attempt = self._once(lambda: self._begin(document, "submit"))
    if attempt:
        self._once(lambda: document._apply(Outcome.done(FiscalData()), attempt))
        self._call(document, "submit")


def _blind_resend(self, original, document):
    """No look-up: what is unknown is sent again under a new key."""
    attempt = self._once(lambda: self._begin(document, "lookup"))
    self._finish(document, attempt, Outcome.not_sent("forgotten by the test", 0, new_key=True))


def _no_lock(self, original):
    """No lock: whoever comes works on the register."""
    return True


def _newest_first(self, original):
    """No order: the newest document goes first."""
    head = original(self)
    if head.state != "queued":
        return head
    return head.search([("register_id", "=", self.id), ("state", "=", "queued")], order="id desc", limit=1)


#: method → mutation → what stands in its place
MUTATIONS = {
    "_enqueue": {"no_first_commit": _send_in_sale},
    "_submit": {"no_second_commit": _no_second_commit, "done_before_call": _done_before_call},
    "_finish": {"no_third_commit": _no_third_commit},
    "_look_up": {"no_look_up": _blind_resend},
    "_lock_lane": {"no_lock": _no_lock},
    "_next_document": {"no_order": _newest_first},
}
