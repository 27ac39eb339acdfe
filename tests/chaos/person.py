"""What neither the engine nor KKM Server can tell: cash was moved, the answer is lost, the service was started again,
and the register does not say what is in its drawer.

The register's responsible user is called, looks at the tape, and decides; then those behind go on.
"""

from __future__ import annotations

import time
from decimal import Decimal

from .check import Result
from .faults import CASH_FORGOTTEN
from .ledger import Event, Ledger
from .producers import Budget, Responsible, Seller
from .run import come_to_rest, compared
from .world import Part


class Called(Seller):
    """One till whose first document needs a person."""

    def __init__(self, part: Part, seed: int):
        self.part = part
        super().__init__(part.world, Ledger(), seed, part.tills[0], Budget(0))
        self.responsible = Responsible(part, self.ledger, seed)

    def work(self):
        self.part.registers[self.till.serial].tells_cash = False
        self.responsible.start()
        CASH_FORGOTTEN.inject(self.world, self.till, self.random)
        self.open()
        self.move_cash("cash_in", Decimal(1000))
        self.follower.start()
        for __ in range(3):
            self.sync([self.sale()])

    @property
    def event(self) -> Event:
        return self.ledger.events[0]

    def outcome(self, seconds: float) -> Result:
        """What the comparison finds once a person has decided, or after `seconds`."""
        deadline = time.monotonic() + seconds
        while not self.responsible.decisions and time.monotonic() < deadline:
            time.sleep(0.5)
        come_to_rest(self.part, [self], 30)
        return compared(self.part, self.ledger)

    def end(self) -> None:
        for one in (self, self.follower, self.responsible):
            one.stop.set()
