"""`make bench`: how fast Odoo answers KKM Servers that call it.

    DOCUMENTS=1000000   registered documents in the database
    SERVERS=200         KKM Servers, each with a register of its own
    DURATION=60         seconds for which they call, each once a second
    CALLS=2000          of one KKM Server before that, with nothing else going on

The end is 1 where a call failed, brought a wrong answer or cost too many queries. A target of time that is missed is
told, but how fast a machine is proves nothing.
"""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time

from tests.chaos.rpc import Client, Refused, Unreachable
from tests.dev.console import say, step

from .callers import Caller
from .figures import Timing, table
from .stand import PASSWORD, WORKERS, Stand, stand

#: milliseconds in which 99 of 100 calls with nothing to do should be answered
TARGET = 15
#: SQL queries of a call with nothing to do
QUERIES = 4
#: calls before the first that is measured: until every worker and the server of the bus have loaded what they need
WARM_UP = 1000


def bench() -> int:
    documents, servers, seconds, calls = (
        int(os.environ.get(name) or default)
        for name, default in (("DOCUMENTS", 1_000_000), ("SERVERS", 200), ("DURATION", 60), ("CALLS", 2000))
    )
    warm, alone = Timing(""), Timing("one KKM Server, nothing to do", target=TARGET)
    idle, busy = Timing(f"{servers} KKM Servers, nothing to do"), Timing(f"{servers} KKM Servers, with a document")
    with stand(servers, documents) as here:
        callers = [Caller(server["serial"], server["path"], server["token"]) for server in here.servers]
        asyncio.run(one_by_one(callers, here.server.url, WARM_UP, warm))
        begin = here.server.log.stat().st_size
        with step(f"{calls} calls of one KKM Server"):
            asyncio.run(one_by_one(callers[:1], here.server.url, calls, alone))
        queries = here.queries(begin)
        accountant = Accountant(here)
        with step(f"{servers} KKM Servers for {seconds} s"), accountant:
            asyncio.run(all_at_once(callers, here.server.url, seconds, idle, busy))
        waits, late = accountant.waits(callers)
        timings = [alone, idle, busy, waits]
        problems = [*warm.errors, *(error for timing in timings for error in timing.errors)]
        problems += [*accountant.problems, *here.server.unannounced()]
        say(f"The log of Odoo is {here.server.log}.")
    most = max(queries, default=0)
    if len(queries) != calls:
        problems.append(f"The log of Odoo tells of {len(queries)} calls instead of {calls}.")
    if most > QUERIES:
        problems.append(f"A call with nothing to do cost {most} SQL queries.")
    say(f"\n{documents:,} documents in the database, {WORKERS} workers, {os.cpu_count()} cores\n\n{table(timings)}\n")
    made = sum(len(timing.seconds) + len(timing.errors) for timing in (idle, busy))
    say(f"Calls of {servers} KKM Servers: {made:,} of {servers * seconds:,} that were due")
    say(f"SQL queries of a call with nothing to do: {most} (target: at most {QUERIES})")
    say(f"Commands that did not leave with the first call after their document was posted: {late} (target: 0)")
    say(f"Calls that failed or brought a wrong answer: {len(problems)} (target: 0)")
    say(f"{'MISSED' if alone.missed else 'Met'}: 99 of 100 calls with nothing to do are answered in {TARGET} ms.")
    for problem in dict.fromkeys(problems):
        say(f"WRONG: {problem}")
    return 1 if problems else 0


async def one_by_one(callers: list[Caller], base: str, calls: int, timing: Timing) -> None:
    for number in range(calls):
        await callers[number % len(callers)].call(base, timing, timing)


async def all_at_once(callers: list[Caller], base: str, seconds: int, idle: Timing, busy: Timing) -> None:
    """Each calls every second, all of them evenly over it; the calls of one never overlap (`kkm_server.md` §2.2).

    Where the machine does not keep up, there are fewer calls, not a longer time.
    """
    begin = time.monotonic()

    async def go(caller, offset):
        for second in range(seconds):
            await asyncio.sleep(max(0, begin + second + offset - time.monotonic()))
            if time.monotonic() < begin + seconds + 1:
                await caller.call(base, idle, busy)

    await asyncio.gather(*(go(caller, number / len(callers)) for number, caller in enumerate(callers)))


class Accountant:
    """Posts a document every second, each on a register of its own, while the block lasts.

    :param posted: place of the register's KKM Server, key of the document, when Odoo said that it was posted
    """

    def __init__(self, here: Stand):
        self.here = here
        self.posted: list[tuple[int, str, float]] = []
        self.problems: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Accountant:
        self._thread.start()
        return self

    def __exit__(self, *_exc) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        client = Client(lambda: self.here.server.url, self.here.database, "accountant", PASSWORD)
        places = random.Random(1).sample(range(len(self.here.servers)), len(self.here.servers))
        while places and not self._stop.wait(1):
            place = places.pop()
            register = self.here.servers[place]["register"]
            values = {"operation": "x_report", "register_id": register, "employee_id": self.here.employee}
            try:
                document = client.call("fiscal.document", "create", values)
                client.call("fiscal.document", "action_post", [document])
                at = time.monotonic()
                (row,) = client.call("fiscal.document", "read", [document], ["key"])
            except (Refused, Unreachable) as error:
                self.problems.append(f"A document could not be posted: {error}")
                continue
            self.posted.append((place, row["key"], at))

    def waits(self, callers: list[Caller]) -> tuple[Timing, int]:
        """How long the documents waited for the call that took their command, and how many of them let one go by that
        had begun after they were posted.
        """
        waits, late = Timing("from posting a document to its command"), 0
        for place, key, at in self.posted:
            caller = callers[place]
            first = next((number for number, begun in enumerate(caller.begun) if begun > at), None)
            if first is None:
                continue  # the calls had ended
            left = caller.left.get(key)
            if left is None or left > first:
                late += 1
                waits.errors.append(f"A command left with call {left} of {caller.serial} instead of call {first}.")
            else:
                waits.seconds.append(max(0.0, caller.begun[left] - at))
        return waits, late
