"""The comparison of the chaos test: what people may decide excuses no receipt that is printed twice."""

from datetime import datetime
from decimal import Decimal

import pytest

from tests.chaos.check import Row, compare
from tests.chaos.ledger import Event
from tests.emulators.kkm_register import Printed

GROUPS = {"A": "A", "B": "A"}


def event(mark: str, at: float, serial: str = "A") -> Event:
    return Event("sale", serial, f"pos.order:{mark}", Decimal(62), mark, started=at, acknowledged=at + 0.5)


def printed(mark: str, serial: str, number: int = 1) -> Printed:
    lines = [{"Name": f"Хлеб №{mark}/0"}]
    return Printed("sale", f"key-{mark}", serial, 1, datetime(2026, 1, 1), number, total=Decimal(62), lines=lines)


def row(mark: str, serial: str, number: int = 1) -> Row:
    key = f"key-{mark}"
    name = f"pos.order:{mark}"
    return Row(1, name, "sale", serial, "done", key, frozenset([key]), Decimal(62), Decimal(0), {}, str(number))


def test_backup_may_print_it_instead():
    tapes = {"A": [], "B": [printed("1", "B")]}
    assert not compare([event("1", 1)], tapes, [row("1", "B")], GROUPS).problems
    assert compare([event("1", 1)], tapes, [row("1", "B")]).problems, "no backup of the other"


def test_printed_by_both_is_a_double():
    tapes = {"A": [printed("1", "A")], "B": [printed("1", "B")]}
    assert compare([event("1", 1)], tapes, [row("1", "B")], GROUPS, moved=["pos.order:1"]).doubled


def test_on_another_tape_than_odoo_says():
    tapes = {"A": [printed("1", "A")], "B": []}
    assert compare([event("1", 1)], tapes, [row("1", "B")], GROUPS).differing


@pytest.mark.parametrize("moved", [["pos.order:1"], []])
def test_only_what_a_person_moved_is_overtaken(moved):
    tapes = {"A": [printed("2", "A", 1), printed("1", "A", 2)], "B": []}
    result = compare([event("1", 1), event("2", 2)], tapes, [row("1", "A", 2), row("2", "A", 1)], GROUPS, moved)
    assert bool(result.disordered) is not bool(moved)
