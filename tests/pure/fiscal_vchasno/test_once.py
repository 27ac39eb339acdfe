"""One receipt for one document, whatever happens to the line: conversations over a real socket to the emulator."""

from dataclasses import replace
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.outcome import Kind
from addons.fiscal_base.tools.transport import send
from addons.fiscal_vchasno import protocol
from tests.emulators.vchasno import VchasnoEmulator

from .samples import TOKEN, cloud, operation, sale

REQUEST = protocol.freeze(protocol.build(sale()), "2026-11-21T12:30:00")
#: kinds of trouble on the way of a sale, with the options that make them quick
TROUBLE = [
    ("reset_before", {}),
    ("reset_after", {}),
    ("drop", {"seconds": 0.05}),
    ("cut", {}),
    ("garbage", {}),
    ("http_error", {"status": 500}),
    ("http_error", {"status": 502, "execute": True}),
    ("http_error", {"status": 504}),
    ("busy", {}),
    ("collision", {}),
    ("collision", {"registered": True}),
    ("no_number", {}),
    ("code", {"res": 1016, "res_action": 1, "execute": True}),
    ("code", {"res": 1006, "res_action": 2, "execute": True}),
    ("code", {"res": 2003, "res_action": 1}),
]


@pytest.fixture
def emulator():
    with VchasnoEmulator() as emulator:
        yield emulator


def converse(conversation):
    request = next(conversation)
    while True:
        try:
            request = conversation.send(send(replace(request, read_timeout=5)))
        except StopIteration as end:
            return end.value


def submit(emulator, request=REQUEST):
    return converse(protocol.submit(request, cloud(emulator.url), emulator.url))


def lookup(emulator, request=REQUEST):
    return converse(protocol.lookup(request, cloud(emulator.url), emulator.url))


def bring_home(emulator, request=REQUEST):
    """What the base does with a document: submit, look up while unknown, submit again when it was not sent."""
    outcome = submit(emulator, request)
    for __ in range(5):
        if outcome.kind is Kind.UNKNOWN:
            outcome = lookup(emulator, request)
        elif outcome.kind in (Kind.NOT_SENT, Kind.BLOCKED):
            outcome = submit(emulator, request)
        else:
            break
    return outcome


def sales(emulator):
    return [printed for printed in emulator.documents if printed.task == 1]


@pytest.mark.parametrize(("kind", "options"), TROUBLE)
def test_one_receipt(emulator, kind, options):
    name = "" if kind == "reset_before" else "sale"
    emulator.fault(kind, name, **options)
    outcome = bring_home(emulator)
    assert outcome.kind is Kind.DONE, outcome
    (registered,) = sales(emulator)
    assert outcome.data.number == registered.number
    assert outcome.data.qr == registered.qr
    assert emulator.oddities == []


@pytest.mark.parametrize("first", TROUBLE)
@pytest.mark.parametrize("second", TROUBLE)
def test_one_receipt_after_trouble_twice(emulator, first, second):
    for kind, options in (first, second):
        emulator.fault(kind, "" if kind == "reset_before" else "sale", **options)
    outcome = bring_home(emulator)
    assert outcome.kind is Kind.DONE, outcome
    (registered,) = sales(emulator)
    assert outcome.data.number == registered.number


def test_lookup_reads_before_it_repeats(emulator):
    emulator.fault("reset_after", "sale")
    assert submit(emulator).kind is Kind.UNKNOWN
    outcome = lookup(emulator)
    assert outcome.kind is Kind.DONE
    assert [request.method for request in emulator.requests] == ["POST", "GET", "GET", "GET"]
    assert outcome.data.register_number == emulator.registers[0].fisid


def test_lookup_searches_shifts_that_were_closed_since(emulator):
    emulator.fault("reset_after", "sale")
    submit(emulator)
    emulator.fault("auto_close")
    submit(emulator, protocol.freeze(protocol.build(replace(sale(), key="another"))))
    assert lookup(emulator).data.number == sales(emulator)[0].number
    assert len(sales(emulator)) == 2


def test_lookup_reads_every_page(emulator, monkeypatch):
    monkeypatch.setattr("addons.fiscal_vchasno.protocol.conversations.PAGE", 2)
    submit(emulator)
    for number in range(6):
        submit(emulator, protocol.freeze(protocol.build(replace(operation("cash_in", "1.00"), key=f"key-{number}"))))
    posts = len([request for request in emulator.requests if request.method == "POST"])
    assert lookup(emulator).data.number == sales(emulator)[0].number
    assert len([request for request in emulator.requests if request.method == "POST"]) == posts


def test_trouble_with_asking_says_nothing(emulator):
    emulator.fault("reset_after", "sale")
    submit(emulator)
    emulator.fault("lists_down", "checks")
    assert lookup(emulator).kind is Kind.UNKNOWN
    emulator.registers[0].token = "changed"
    assert lookup(emulator).kind is Kind.UNKNOWN
    emulator.registers[0].token = TOKEN
    emulator.down()
    outcome = lookup(emulator)
    assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, "connection")


def test_busy_repeat_says_nothing(emulator):
    emulator.fault("reset_before")
    submit(emulator)
    emulator.fault("busy", "sale")
    outcome = lookup(emulator)
    assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, "busy")
    assert bring_home(emulator).kind is Kind.DONE
    assert len(sales(emulator)) == 1


def test_refusal_without_a_reason_of_a_repeat_says_nothing(emulator):
    """It may be the repeat alone that the service does not like; a corrected copy would be a second receipt."""
    for res in (2000, 4242):
        emulator.fault("reset_after", "sale")
        request = protocol.freeze(protocol.build(replace(sale(), key=f"key-{res}")))
        submit(emulator, request)
        emulator.registers[0].shift.printed[-1].status = 0  # the list does not tell
        emulator.fault("code", "sale", res=res)
        outcome = lookup(emulator, request)
        assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, "refused")
        assert lookup(emulator, request).kind is Kind.DONE
    assert len(sales(emulator)) == 2


@pytest.mark.parametrize("is_open", [False, True])
def test_refusal_of_what_stands_nowhere_is_one(emulator, is_open):
    """It would hold up everything behind it, the cash that is missing for it for example."""
    if is_open:
        submit(emulator, protocol.freeze(protocol.build(replace(operation("shift_open"), key="open"))))
    emulator.fault("reset_before")
    assert submit(emulator).kind is Kind.UNKNOWN
    emulator.fault("code", "sale", res=2000, text="Недостатньо готівки в касі")
    outcome = lookup(emulator)
    assert (outcome.kind, outcome.code) == (Kind.REJECTED, "refused")
    assert sales(emulator) == []


def test_next_request_solves_a_collision(emulator):
    emulator.fault("collision", "sale")
    assert submit(emulator).kind is Kind.UNKNOWN
    submit(emulator, protocol.freeze(protocol.build(replace(operation("cash_in", "5.00"), key="cash"))))
    assert lookup(emulator).kind is Kind.DONE
    assert len(sales(emulator)) == 1


def test_status_over_the_line(emulator):
    submit(emulator)
    status = converse(protocol.status(protocol.Settings(), cloud(emulator.url)))
    assert status.ready and status.shift_open and status.cash == Decimal("211.00")


def opened(emulator):
    submit(emulator, protocol.freeze(protocol.build(replace(operation("shift_open"), key="open"))))


def never_arrived(emulator, lists_down=False):
    """A sale that was lost on the way, looked up when its shift has become too old."""
    opened(emulator)
    emulator.fault("reset_before")
    assert submit(emulator).kind is Kind.UNKNOWN
    emulator.fault("shift_expired")
    if lists_down:
        emulator.fault("http_error", "checks", status=403)
    return lookup(emulator)


def test_a_sale_that_never_arrived_goes_into_the_next_shift(emulator):
    outcome = never_arrived(emulator)
    assert (outcome.kind, outcome.code) == (Kind.NOT_SENT, "shift_expired")
    outcome = submit(emulator)
    assert (outcome.kind, outcome.code) == (Kind.BLOCKED, "shift_expired"), "the base closes the shift"
    submit(emulator, protocol.freeze(protocol.build(replace(operation("shift_close"), key="close"))))
    assert submit(emulator).kind is Kind.DONE
    assert len(sales(emulator)) == 1


def test_without_the_lists_an_old_shift_proves_nothing(emulator):
    assert never_arrived(emulator, lists_down=True).kind is Kind.UNKNOWN


def test_a_shift_that_has_to_be_opened_by_itself(emulator):
    emulator.registers[0].wants_opening = True
    emulator.fault("reset_before")
    submit(emulator)
    emulator.registers[0].auto_close()
    outcome = submit(emulator)
    assert (outcome.kind, outcome.code) == (Kind.BLOCKED, "shift_closed")
    opened(emulator)
    assert submit(emulator).kind is Kind.DONE


def test_an_expired_key_blocks_the_register(emulator):
    emulator.fault("key_expired")
    outcome = submit(emulator)
    assert (outcome.kind, outcome.code) == (Kind.BLOCKED, "key")
    assert "Термін дії ключа закінчився" in outcome.message
    emulator.fault("key_expired", expired=False)
    assert submit(emulator).kind is Kind.DONE


def test_the_registered_sum_is_that_of_the_answer(emulator):
    assert submit(emulator).data.total == Decimal("211.00")
    settled = protocol.freeze(protocol.build(replace(operation("cash_in", "5.00"), key="cash")))
    assert submit(emulator, settled).data.total is None
