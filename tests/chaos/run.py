"""One run: everybody works while things go wrong, then the faults end, everything comes to rest, and is compared."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from tests.dev.console import say
from tests.emulators.kkm_register import Register

from .check import FIELDS, MONEY, Result, Row, compare
from .deeds import Office
from .faults import Fault
from .ledger import Ledger, percentile
from .producers import Budget, Responsible, Seller, everybody
from .world import Part, World

ROWS = """
    SELECT d.id, d.event, d.operation, r.kkm_server_serial_number AS serial, d.state, d.key, d.total, d.change,
           d.fiscal_number, d.handed_from_id IS NOT NULL AS handed,
           (SELECT json_object_agg(kind, amount) FROM fiscal_document_payment p WHERE p.document_id = d.id) AS payments,
           (SELECT array_agg(DISTINCT key) FROM fiscal_attempt a WHERE a.document_id = d.id) AS keys,
           EXISTS(SELECT FROM mail_activity m
                  WHERE m.active AND m.user_id IS NOT NULL AND (
                      m.res_model = 'fiscal.register' AND m.res_id = d.register_id
                  OR m.res_model = 'fiscal.document' AND m.res_id IN (
                      SELECT id FROM fiscal_document WHERE register_id = d.register_id))) AS calls
    FROM fiscal_document d JOIN fiscal_register r ON r.id = d.register_id
    WHERE r.kkm_server_serial_number = ANY(%s)
    ORDER BY d.id
"""
OPEN = """
    SELECT count(*) AS count FROM fiscal_document d JOIN fiscal_register r ON r.id = d.register_id
    WHERE d.state IN ('queued', 'sending', 'waiting', 'unknown') AND r.kkm_server_serial_number = ANY(%s)
"""
HISTORY = """
    SELECT a.started_at, a.finished_at, a.kind, a.key, a.outcome, a.code, left(a.message, 150) AS message,
           left(a.response, 200) AS response
    FROM fiscal_attempt a JOIN fiscal_document d ON d.id = a.document_id WHERE d.event = %s ORDER BY a.id
"""
#: most problems whose history is shown
SHOWN = 10


@dataclass
class Report:
    """What one run came to."""

    seed: int
    seconds: float
    result: Result
    ledger: Ledger
    registers: int
    tills: int
    decisions: list[str]
    #: every kind of fault that was meant to strike
    deck: list[Fault]
    #: name of a fault → how often it struck
    strikes: dict[str, int] = field(default_factory=dict)
    #: name of a fault → longest time in seconds until a register that it struck printed its next document
    recoveries: dict[str, float] = field(default_factory=dict)
    #: what Odoo logged and no fault explains, and what its workers left behind in PostgreSQL
    errors: list[str] = field(default_factory=list)
    #: problem → the attempts of its document
    histories: dict[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        waiting = [f"still waiting for a person: {text}" for text in self.result.waiting_for_a_person]
        return [*self.result.problems, *waiting, *self.errors]

    def explained(self) -> str:
        """The problems with the histories of their documents."""
        return "\n\n".join(f"{problem}\n{self.histories.get(problem, '')}".strip() for problem in self.problems)

    def table(self) -> str:
        """What the README shows."""
        result, waits = self.result, self.ledger.waits
        sync, receipt = waits.get("sync", []), waits.get("receipt", [])
        counts = [
            ("Documents of the shop", f"{result.documents} ({self.tills} tills, {self.registers} registers)"),
            ("Faults", sum(self.strikes.values())),
            ("Lost", len(result.lost)),
            ("Doubled", len(result.doubled)),
            ("With other amounts or numbers", len(result.differing)),
            ("Out of order", len(result.disordered)),
            ("Stuck without an activity for the responsible user", len(result.stuck)),
            ("Still waiting for a person at the end", len(result.waiting_for_a_person)),
            ("Decided by the responsible person", len(self.decisions)),
            ("Longest time from the sale to the receipt", f"{max(receipt, default=0):.0f} s"),
            ("Longest recovery of a register", f"{max(self.recoveries.values(), default=0):.0f} s"),
            (
                "Sale until Odoo has it: median, 95 %, longest",
                f"{percentile(sync, 0.5):.2f} s, {percentile(sync, 0.95):.2f} s, {max(sync, default=0):.1f} s",
            ),
            ("Time of the run", f"{self.seconds / 60:.0f} min"),
        ]
        lines = ["| | |", "|---|---|", *(f"| {label} | {value} |" for label, value in counts), ""]
        lines += ["| Fault | Struck | Longest recovery |", "|---|---:|---:|"]
        lines += [f"| {name} | {self.strikes[name]} | {self.recoveries[name]:.0f} s |" for name in sorted(self.strikes)]
        return "\n".join(lines)


def faults(world: World, rand: random.Random, deck: list[Fault], again: bool) -> Iterator[Fault | None]:
    """Every fault of `deck` in an order of chance; then those that have not struck, elsewhere; then None.

    With `again`, the deck for ever.
    """
    since = time.time()
    for __ in itertools.count() if again else range(1):
        yield from rand.sample(deck, len(deck))
    while True:
        world.collect_strikes()
        struck = {strike.name for strike in world.strikes if strike.at >= since}
        missing = [fault for fault in deck if fault.name not in struck]
        yield rand.choice(missing) if missing else None


def run(
    part: Part,
    documents: int,
    seed: int,
    deck: list[Fault],
    every: float,
    pause: float,
    limit: float,
    rest: float,
    again: bool = False,
    office: Office | None = None,
) -> Report:
    """Produce `documents` while every fault of `deck` strikes; more of them if that is not enough for every fault.

    :param every: seconds between two faults, on average
    :param pause: seconds that a till rests after a customer, on average
    :param limit: seconds after which no more documents are produced
    :param rest: seconds that everything has at the end to come to rest
    :param office: whose people meddle, by deeds of the deck
    :param again: go on with faults for as long as `documents` are produced, and no more of these
    """
    world, rand = part.world, random.Random(seed)
    ledger, started = Ledger(), time.time()
    budget = Budget(documents, None if again else documents * 3)
    people = everybody(part, ledger, rand, budget, pause)
    sellers = [one for one in people if isinstance(one, Seller)]
    deck = [fault for fault in deck if fault.applies(world)]
    for one in people:
        one.start()
    told = started
    for fault in faults(world, rand, deck, again):
        time.sleep(rand.uniform(0.5, 1.5) * every)
        if again and time.time() - told > 60:
            told = time.time()
            minutes = (told - started) / 60
            say(f"{minutes:4.0f} min: {len(ledger.events)} documents, {len(world.strikes)} faults have struck")
        if not any(seller.is_alive() for seller in sellers) or time.time() - started > limit:
            break
        if fault:
            fault.inject(world, rand.choice(part.tills), rand)
        elif not again:
            budget.enough.set()
    budget.enough.set()
    world.end_faults()
    if not come_to_rest(part, sellers, rest):
        say(f"Not everything came to rest within {rest:.0f} s.")
    for one in [*people, *(seller.follower for seller in sellers)]:
        one.stop.set()
    for one in people:
        one.join(90)
    failures = [f"{one.name}: {one.failure!r}" for one in people if one.failure]
    if failures:
        raise RuntimeError("\n".join(failures))
    decisions = [event for one in people if isinstance(one, Responsible) for event in one.decisions]
    report = Report(
        seed=seed,
        seconds=time.time() - started,
        result=compared(part, ledger, office),
        ledger=ledger,
        registers=len(part.registers),
        tills=len(part.tills),
        decisions=decisions,
        deck=deck,
    )
    _sum_up(part, report, started, office)
    return report


def come_to_rest(part: Part, sellers: list[Seller], seconds: float) -> bool:
    """Wait for at most `seconds` until nothing is under way any more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        busy = any(one.is_alive() or (one.follower.is_alive() and one.follower.pending) for one in sellers)
        if not busy and not part.world.rows(OPEN, list(part.registers))[0]["count"]:
            return True
        time.sleep(0.3)
    return False


def rows(part: Part) -> list[Row]:
    """The documents of Odoo."""
    return [
        Row(
            id=row["id"],
            event=row["event"],
            operation=row["operation"],
            serial=row["serial"],
            state=row["state"],
            key=row["key"],
            keys=frozenset([*(row["keys"] or []), row["key"]]),
            total=row["total"],
            change=row["change"] or Decimal(0),
            payments={
                FIELDS[kind]: Decimal(str(amount)).quantize(Decimal("0.01"))
                for kind, amount in (row["payments"] or {}).items()
            },
            number=row["fiscal_number"] or "",
            calls_a_person=row["calls"],
            handed=row["handed"],
        )
        for row in part.world.rows(ROWS, list(part.registers))
    ]


def compared(part: Part, ledger: Ledger, office: Office | None = None) -> Result:
    """Hold the ledger, the tapes and Odoo's documents against one another."""
    tapes = {serial: list(register.printed) for serial, register in part.registers.items()}
    events = [event for event in ledger.events if event.serial in tapes]
    groups, moved = (office.groups(), office.moved) if office else ({}, ())
    return compare(events, tapes, rows(part), groups, moved)


def _sum_up(part: Part, report: Report, started: float, office: Office | None) -> None:
    """Add what is known of faults and problems."""
    world = part.world
    world.collect_strikes()
    report.errors = [f"logged: {text}" for text in world.unexpected_errors()]
    report.errors += [f"left behind: {text}" for text in world.left_behind()]
    for serial, register in part.registers.items():
        if not closed(register, 75) and not _came_late(part, register, office):
            held = ", ".join(f"{one.type} {one.key}" for one in register.printed if one.moment >= register.opened_at)
            words = f"the shift of {serial[-3:]} is open since {register.opened_at:%H:%M:%S} with {held}"
            report.result.stuck.append(f"{words}, though every session is closed")
    for strike in [strike for strike in world.strikes if strike.at >= started]:
        report.strikes[strike.name] = report.strikes.get(strike.name, 0) + 1
        times = [_recovery(part, serial, strike.at) for serial in strike.serials or part.registers]
        report.recoveries[strike.name] = max(report.recoveries.get(strike.name, 0.0), *times)
    for problem in report.problems[:SHOWN]:
        report.histories[problem] = history(world, problem.partition("(")[2].partition(")")[0])


def _came_late(part: Part, register: Register, office: Office | None) -> bool:
    """Whether a person, or the register that it is the backup of, brought what opened the shift when every session was
    closed: such a shift is closed at the set hour, before 24 hours.
    """
    if not office:
        return False
    first = next((one for one in register.printed if one.type in MONEY and one.moment >= register.opened_at), None)
    row = next((row for row in rows(part) if first and row.key == first.key), None)
    return bool(row) and (row.handed or row.event in office.moved)


def closed(register: Register, seconds: float) -> bool:
    """Whether the shift of a register closes within so many seconds."""
    deadline = time.monotonic() + seconds
    while register.opened_at and time.monotonic() < deadline:
        time.sleep(0.5)
    return not register.opened_at


def history(world: World, event: str) -> str:
    """The attempts of a document, to find out what went wrong with it."""
    return "\n".join(" | ".join(str(value) for value in row.values()) for row in world.rows(HISTORY, event))


def _recovery(part: Part, serial: str, moment: float) -> float:
    """Seconds from a fault to the next document that the register printed; 0 where none came."""
    register = part.registers.get(serial)
    after = (printed.moment.timestamp() - moment for printed in register.printed) if register else ()
    return min((seconds for seconds in after if seconds > 0), default=0.0)
