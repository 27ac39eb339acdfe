"""One sale, one receipt, whatever breaks, and the till never waits: the short version of `make chaos`.

SEED repeats the choices of an earlier run.
"""

import os
import random

import pytest

from . import callbacks
from .dead import measure
from .faults import kinds
from .office import settle_at_once
from .people import meddle
from .person import Called
from .run import run
from .scenario import MUTATIONS, noticed, play

SEED = int(os.environ.get("SEED") or random.randrange(10**6))
#: documents of the short run
DOCUMENTS = 150

# connections are torn on purpose
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def seed(capfd):
    with capfd.disabled():
        print(f"\nSEED={SEED}")


@pytest.fixture(scope="module", autouse=True)
def called(world):
    """Goes on beside the other tests: a person is called after a minute."""
    called = Called(world.parts["person"], SEED)
    called.start()
    yield called
    called.end()


def test_dead_register_delays_no_other(world, capfd):
    delay = measure(world.parts["dead"], SEED, seconds=24)
    with capfd.disabled():
        print(f"\n{delay.table()}")
    assert delay.result.problems == []
    assert delay.median("alive.receipt") and delay.median("dead.receipt"), "nobody sold anything"
    # A tenth, and what a busy machine may add to it. Behind the dead register it would be ten seconds.
    assert delay.median("dead.receipt") <= 1.1 * delay.median("alive.receipt") + 1.5
    assert delay.most("dead.receipt") <= 1.1 * delay.most("alive.receipt") + 4


def test_one_sale_one_receipt_whatever_breaks(world, capfd):
    report = run(world.parts["chaos"], DOCUMENTS, SEED, kinds(down=5), every=0.8, pause=0.8, limit=150, rest=120)
    with capfd.disabled():
        print(f"\n{report.table()}")
    assert not report.problems, report.explained()
    missing = {fault.name for fault in report.deck} - set(report.strikes)
    assert not missing, f"did not strike: {missing}"


def test_two_receipts_of_one_invoice_meet(world):
    """Without `fiscal.document._claim` neither would see the other."""
    assert settle_at_once(world.parts["office"], invoices=8) == []


def test_people_and_settings(world):
    result = meddle(world.parts["people"], SEED, seconds=150)
    assert result.documents and result.waiting_for_a_person == [], result.waiting_for_a_person
    assert result.problems == []


@pytest.fixture(scope="module")
def played(world):
    return play(world.parts["mutations"], SEED)


def test_engine_comes_through_the_scenario(played):
    assert played[""].problems == []
    assert played[""].waiting_for_a_person == []


@pytest.mark.parametrize("mutation", [name for name in MUTATIONS if name])
def test_removed_safeguard_is_noticed(played, mutation):
    assert noticed(mutation, played[mutation]), played[mutation]


def test_callbacks_that_go_wrong_change_nothing(world, capfd):
    outcome = callbacks.run(world, SEED, documents=20, rest=90)
    with capfd.disabled():
        print("\n" + ", ".join(f"{deed} ({count})" for deed, count in sorted(outcome.statuses.items())))
    assert not outcome.problems, "\n".join(outcome.problems)
    assert {deed.partition(":")[0] for deed in outcome.statuses} == {"replayed", "changed", "unsigned", "of_another"}


def test_what_nobody_can_tell_waits_for_a_person(called):
    assert called.outcome(seconds=150).problems == []
    assert called.responsible.decisions == [called.event.name]
