"""People and settings as faults: mutual backups, a register switched off and on, “set aside”, a restored database.

Two registers are each other's backup; each has a till, and the second till of the first one shares it. What is sold is
printed once, on either of them.
"""

from __future__ import annotations

import contextlib
import random
import time

from .check import Result
from .deeds import Office, back_up, off_and_on, restore, set_aside, use_backup
from .ledger import Ledger
from .producers import Budget, Seller
from .rpc import Refused, Unreachable
from .run import come_to_rest, compared
from .world import Part


def meddle(part: Part, seed: int, seconds: float) -> Result:
    """Sell while people change settings; what the comparison finds once everything has come to rest."""
    world, rand, ledger, office = part.world, random.Random(seed), Ledger(), Office(part)
    client = office.client()
    one, other = {till.register: till for till in part.tills}.values()
    back_up(office, client, one)
    sellers = [Seller(world, ledger, rand.getrandbits(32), till, Budget(8), pause=1.0) for till in part.tills]
    for seller in sellers:
        seller.start()
    steps = [
        lambda: off_and_on(client, one.register),
        lambda: world.service_of(one.serial).down(75),
        lambda: [set_aside(office, client, till) for till in (one, other)],
        lambda: off_and_on(client, other.register),
        lambda: world.service_of(other.serial).down(75),
        lambda: [use_backup(office, client, till) for till in (one, other)],
    ]
    for step in steps:
        time.sleep(rand.uniform(0.5, 1.5))
        with contextlib.suppress(Unreachable, Refused):
            step()
    rest(office, sellers, seconds)
    restored = [event for till in (one, other) for event in restore(office, till)]
    rest(office, sellers, seconds)
    for seller in sellers:
        seller.stop.set()
        seller.follower.stop.set()
    failures = [f"{seller.name}: {seller.failure!r}" for seller in sellers if seller.failure]
    if failures or not restored:
        raise RuntimeError("\n".join(failures) or "Nothing was restored.")
    return compared(part, ledger, office)


def rest(office: Office, sellers: list[Seller], seconds: float) -> None:
    """Let everything come to rest; a register that failed often pauses for minutes, unless a cashier presses."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not come_to_rest(office.part, sellers, 10):
        for till in office.part.tills:
            with contextlib.suppress(Unreachable, Refused):
                office.client().call("pos.config", "fiscal_retry", [till.config], [])
