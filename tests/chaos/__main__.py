"""`make chaos DOCS=10000`: the long run. SEED repeats the choices of an earlier one, MINUTES ends it at the latest."""

import os
import random
import sys

from tests.dev import environment
from tests.dev.console import say

#: services, their registers, and the tills at each
LAYOUT = {"dead": [[1], [1], [1]], "chaos": [[2, 1], [1], [1]]}


def main() -> int:
    environment.enter()
    # only now are the packages there
    from . import callbacks
    from .dead import measure
    from .deeds import Office, deeds
    from .faults import CASH_FORGOTTEN, kinds
    from .run import run
    from .world import World

    documents = int(os.environ.get("DOCS") or 10_000)
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    minutes = float(os.environ.get("MINUTES") or 60)
    say(f"{documents} documents, at most {minutes:.0f} minutes, SEED={seed}")
    with World(LAYOUT, workers=4, callers=2) as world:
        delay = measure(world.parts["dead"], seed, seconds=min(120, 20 * minutes))
        say(f"\n{delay.table()}")
        office = Office(world.parts["chaos"])
        report = run(
            world.parts["chaos"],
            documents,
            seed,
            [*kinds(down=min(120, 2 * minutes)), CASH_FORGOTTEN, *deeds(office)],
            # a service that is down for minutes must be up for longer
            every=10,
            pause=0.05,
            limit=60 * minutes,
            rest=600,
            again=True,
            office=office,
        )
        called = callbacks.run(world, seed, documents=max(20, documents // 100), rest=300)
        say(f"The log of Odoo is {world.server.log}.")
    say(f"\n{report.table()}\n")
    for text in dict.fromkeys(report.ledger.errors):
        say(f"A cashier saw: {text}")
    say(f"{called.documents} documents on registers that call back. Forged and replayed calls, and their answers:")
    say(", ".join(f"{deed} ({count})" for deed, count in sorted(called.statuses.items())))
    say("\n".join([*delay.result.problems, *called.problems]))
    say(report.explained() or "Nothing was lost, doubled, out of order or stuck.")
    made = len(report.ledger.events)
    if made < documents:
        say(f"Only {made} of {documents} documents were made in the time. Give it more: MINUTES=…")
    return 1 if report.problems or delay.result.problems or called.problems or made < documents else 0


if __name__ == "__main__":
    sys.exit(main())
