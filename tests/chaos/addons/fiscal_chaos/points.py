"""The points at which faults strike: around each of the three commits, and during the call."""

import threading
from datetime import datetime, timedelta

from odoo import fields

from odoo.addons.fiscal_base.models.register import lane, outbox

from . import faults

#: which commit of the lane comes next; a worker process does one thing at a time
_step = threading.local()


def class_of(method):
    """The class of the engine that defines `method`."""
    classes = (lane.FiscalRegister, outbox.FiscalRegister)
    return next(each for each in classes if method in vars(each))


def install():
    """Wrap the methods of the lane."""
    names = ("_enqueue", "_begin", "_call", "_finish", "_commit")
    original = {name: getattr(class_of(name), name) for name in names}

    def enqueue(self, vals):
        """Commit 1 belongs to whoever sells: `enqueue.before` and `enqueue.after` stand around it."""
        document = original["_enqueue"](self, vals)
        faults.strike("enqueue.within", self, self.env.cr)
        self.env.cr.precommit.add(lambda: faults.strike("enqueue.before", self, self.env.cr))
        self.env.cr.postcommit.add(lambda: faults.strike("enqueue.after", self, self.env.cr))
        return document

    def begin(self, document, kind):
        attempt = original["_begin"](self, document, kind)
        if attempt:
            _step.name = "begin" if kind == "submit" else "lookup"
        return attempt

    def call(self, document, method):
        faults.strike(f"{method}.start", self, self.env.cr)
        outcome = original["_call"](self, document, method)
        faults.strike(f"{method}.end", self, self.env.cr)
        return outcome

    def finish(self, document, attempt, outcome):
        _step.name = "finish"
        return original["_finish"](self, document, attempt, outcome)

    def commit(self):
        step = getattr(_step, "name", None)
        if not step:
            return original["_commit"](self)
        faults.strike(f"{step}.before", self, self.env.cr)
        original["_commit"](self)
        _step.name = None
        return faults.strike(f"{step}.after", self, self.env.cr)

    for name, function in {
        "_enqueue": enqueue,
        "_begin": begin,
        "_call": call,
        "_finish": finish,
        "_commit": commit,
    }.items():
        setattr(class_of(name), name, function)
    fields.Datetime.now = staticmethod(_now)


def _now(*_args):
    """`fields.Datetime.now` by the clock of this machine as the test has set it."""
    return datetime.now().replace(microsecond=0) + timedelta(seconds=faults.clock_offset())
