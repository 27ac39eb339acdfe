"""Each fault at its moment, on a register of its own: what every safeguard of the engine is there for.

The engine as it is comes through; with one safeguard taken out (`addons/fiscal_chaos/mutations.py`) it does not.
"""

from __future__ import annotations

import contextlib
import random
import time
from decimal import Decimal

from .check import Result
from .faults import AtPoint, Fault, OnLine
from .ledger import Ledger
from .producers import Budget, Seller
from .rpc import Refused, Unreachable
from .run import come_to_rest, compared
from .world import Part

#: what is taken out → how the comparison has to notice it (any of these columns of `Result`)
MUTATIONS = {
    "": (),
    "no_first_commit": ("doubled",),
    "no_second_commit": ("doubled",),
    "no_third_commit": ("stuck", "waiting_for_a_person"),
    "done_before_call": ("lost",),
    "no_look_up": ("doubled",),
    "no_lock": ("doubled", "disordered"),
    "no_order": ("disordered",),
}

#: The other tab comes while the first document is about to leave, and then while it is on its way. Who is first is up
#: to the workers, so this is played several times.
TWO_AT_ONCE: tuple[int, list[Fault]] = (
    2,
    [
        AtPoint("database slow", "begin.before", "delay", 3.5),
        OnLine("register slow", "delay", "RegisterCheck", (("seconds", 3),)),
    ],
)
#: how many sales come one after the other, and the faults that strike the first of them
STEPS: list[tuple[int, list[Fault]]] = [
    (1, [AtPoint("killed before commit 1", "enqueue.before", "kill")]),
    (1, [AtPoint("killed before the call", "submit.start", "kill")]),
    (1, [OnLine("answer lost", "reset_after", "RegisterCheck")]),
    (
        1,
        [
            OnLine("executed, then KKM Server restarted", "restart", "RegisterCheck"),
            AtPoint("killed after the call", "submit.end", "kill"),
        ],
    ),
    *[TWO_AT_ONCE] * 4,
]
#: seconds that a step has before the next one
STEP = 8


class Actor(Seller):
    """One till with a page in two tabs, both of which drive the lane."""

    def work(self):
        self.open()
        self.move_cash("cash_in", Decimal(100_000))
        self.follower.start()
        for sales, faults in STEPS:
            for fault in faults:
                fault.inject(self.world, self.till, self.random)
            for __ in range(sales):
                self.sync([self.sale()])
            self.wait()
        # a queue of several, in which there is an order to keep
        service = self.world.service_of(self.till.serial)
        service.down()
        for __ in range(3):
            self.sync([self.sale()])
        service.up()
        self.wait()

    def wait(self):
        """Wait for the receipts, and drive the lane from the other tab meanwhile."""
        deadline = time.monotonic() + STEP
        while self.follower.pending and time.monotonic() < deadline and not self.stop.wait(0.5):
            with contextlib.suppress(Unreachable, Refused):
                self.other_tab.call("pos.config", "fiscal_drive", [self.till.config], list(self.follower.pending))


def play(part: Part, seed: int, rest: float = 60) -> dict[str, Result]:
    """Play the scenario on one register for each mutation, all at once; what the comparison finds for each."""
    world, rand, ledger = part.world, random.Random(seed), Ledger()
    tills = dict(zip(MUTATIONS, part.tills, strict=True))
    for mutation, till in tills.items():
        if mutation:
            world.mutate(till.register, mutation)
    actors = [Actor(world, ledger, rand.getrandbits(32), till, Budget(0)) for till in part.tills]
    for actor in actors:
        actor.start()
    deadline = time.monotonic() + 60 + 2 * STEP * len(STEPS)
    for actor in actors:
        actor.join(max(0, deadline - time.monotonic()))
    world.end_faults()
    # what is well comes to rest; what is not has as long again until it is noticed: its register may just pause
    come_to_rest(part.of(tills[""].serial), actors[:1], rest)
    deadline = time.monotonic() + rest
    while True:
        results = {mutation: compared(part.of(till.serial), ledger) for mutation, till in tills.items()}
        if time.monotonic() > deadline or all(noticed(*pair) for pair in results.items() if pair[0]):
            break
        time.sleep(2)
    for actor in actors:
        actor.stop.set()
        actor.follower.stop.set()
    failures = [f"{actor.name}: {actor.failure!r}" for actor in actors if actor.failure]
    if failures:
        raise RuntimeError("\n".join(failures))
    return results


def noticed(mutation: str, result: Result) -> bool:
    """Whether the comparison shows what is taken out."""
    return any(getattr(result, column) for column in MUTATIONS[mutation])
