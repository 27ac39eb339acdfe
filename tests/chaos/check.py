"""The comparison at the end: what happened in the shop, what the registers printed, what Odoo believes.

Pure: it takes lists and gives a `Result`. The tape of the emulated registers is the truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from tests.emulators.kkm_register import Printed

from .ledger import Event

#: documents that are compared one by one; the others (shifts, X reports) only by their keys
MONEY = {"sale", "sale_return", "cash_in", "cash_out"}
#: payment kind of Odoo → field of KKM Server
FIELDS = {"cash": "Cash", "electronic": "ElectronicPayment"}


@dataclass
class Row:
    """One `fiscal.document`.

    :param keys: every key that it was ever sent under
    :param calls_a_person: an activity of the responsible user says that it, or its register, needs one
    :param handed: another register has handed it over to this one
    """

    id: int
    event: str
    operation: str
    serial: str
    state: str
    key: str
    keys: frozenset[str]
    total: Decimal
    change: Decimal
    payments: dict[str, Decimal]
    number: str = ""
    calls_a_person: bool = False
    handed: bool = False


@dataclass
class Result:
    """How many documents went wrong in each way, and which."""

    documents: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    waiting_for_a_person: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """Every failure, each a sentence."""
        return [
            f"{word}: {text}"
            for word in ("lost", "doubled", "differing", "disordered", "stuck")
            for text in getattr(self, word)
        ]


def compare(
    events: list[Event],
    tapes: dict[str, list[Printed]],
    rows: list[Row],
    groups: dict[str, str] | None = None,
    moved: Collection[str] = (),
) -> Result:
    """Hold the three against one another.

    :param tapes: what each register printed, by its serial number, in order
    :param groups: serial number → group of registers that stand in for one another, so that a document may be on the
        tape of each, yet once in all, and on the one that Odoo says
    :param moved: events that a person let those behind them overtake
    """
    result = Result()
    group = {serial: (groups or {}).get(serial, serial) for serial in tapes}
    of_event: dict[str, list[Row]] = {}
    for row in rows:
        if row.state != "cancelled":
            of_event.setdefault(row.event, []).append(row)
    printed_for: dict[tuple, list[Printed]] = {}
    for serial, tape in tapes.items():
        for printed in tape:
            printed_for.setdefault(_identity(group[serial], printed), []).append(printed)
    for event in events:
        result.documents += event.kind in MONEY
        identity = (group[event.serial], *_identity_of(event)[1:])
        _compare_one(result, event, printed_for.pop(identity, []), of_event.get(event.name, []))
    known = {event.name for event in events}
    _compare_rest(result, known, printed_for, rows)
    for serial, tape in tapes.items():
        own = [event for event in events if event.serial == serial and event.name not in moved]
        _compare_order(result, own, serial, tape)
    return result


def _identity(serial: str, printed: Printed) -> tuple:
    """By what a document on the tape is recognised, whatever key it carries: the mark in its lines, else its sum."""
    if printed.type in ("sale", "sale_return"):
        return serial, printed.type, printed.lines[0]["Name"].rpartition("№")[2].partition("/")[0]
    if printed.type in ("cash_in", "cash_out"):
        return serial, printed.type, printed.total
    return serial, printed.type, printed.key or id(printed)


def _identity_of(event: Event) -> tuple:
    return event.serial, event.kind, event.mark or event.total


def _compare_one(result: Result, event: Event, printed: list[Printed], rows: list[Row]) -> None:
    words = f"{event.kind} {event.mark or event.total} on {event.serial[-3:]} ({event.name})"
    row = rows[0] if rows else None
    if len(printed) > 1 or len(rows) > 1:
        copies = ", ".join(f"{each.key} at {each.moment:%H:%M:%S}" for each in printed)
        result.doubled.append(f"{words}: printed {len(printed)} times ({copies}), {len(rows)} rows")
    if not row:
        result.lost.append(f"{words}: Odoo has no document")
        return
    if row.state != "done":
        column = result.waiting_for_a_person if row.calls_a_person else result.stuck
        column.append(f"{words}: {row.state}, printed {len(printed)} times")
        return
    if not printed:
        result.lost.append(f"{words}: done in Odoo, not on the tape")
        return
    sums = {name: amount for name, amount in printed[0].payments.items() if amount}
    if (
        not (event.total == printed[0].total == row.total)
        or not (event.change == printed[0].change == row.change)
        or (event.payments and not (event.payments == sums == row.payments))
    ):
        result.differing.append(f"{words}: printed {printed[0].total} {sums}, Odoo has {row.total} {row.payments}")
    if row.number and printed[0].number and row.number != str(printed[0].number):
        result.differing.append(f"{words}: printed as {printed[0].number}, Odoo has {row.number}")
    if printed[0].device != row.serial:
        result.differing.append(f"{words}: printed on {printed[0].device[-3:]}, Odoo says on {row.serial[-3:]}")
    if printed[0].key not in row.keys:
        result.differing.append(f"{words}: printed under a key that is not its own")


def _compare_rest(result: Result, known: set[str], printed_for: dict, rows: list[Row]) -> None:
    """What nobody in the shop has asked for, and documents of the engine itself."""
    for (serial, kind, mark), printed in printed_for.items():
        if kind in MONEY:
            result.doubled.append(f"{kind} {mark} on {serial[-3:]}: printed, and nobody sold it")
        elif len(printed) > 1:
            result.doubled.append(f"{kind} {mark} on {serial[-3:]}: printed {len(printed)} times")
    for row in rows:
        if row.event in known or row.state in ("done", "cancelled"):
            continue
        if row.operation in MONEY:
            result.lost.append(f"{row.operation} ({row.event}): in Odoo, and nobody sold it")
        else:
            column = result.waiting_for_a_person if row.calls_a_person else result.stuck
            column.append(f"{row.operation} ({row.event}): {row.state}")
    # a person who has seen a document without a number on the tape enters “-”
    numbered = Counter((row.serial, row.number) for row in rows if row.number not in ("", "-", None))
    for number, count in numbered.items():
        if count > 1:
            result.differing.append(f"{count} documents have the number {number[1]} on {number[0][-3:]}")


def _compare_order(result: Result, events: list[Event], serial: str, tape: list[Printed]) -> None:
    """What was committed before another was begun stands before it on the tape."""
    of_identity = {_identity_of(event): event for event in events if event.acknowledged}
    latest = None
    for printed in tape:
        event = of_identity.pop(_identity(serial, printed), None)
        if not event:
            continue
        if latest and event.acknowledged < latest.started:
            result.disordered.append(
                f"{event.kind} {event.mark or event.total} on {serial[-3:]} came after {latest.mark or latest.total}"
            )
        if not latest or event.started > latest.started:
            latest = event
