"""Device Manager: shifts are opened by hand, a tag is asked for, the same receipt comes but once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.outcome import Kind
from addons.fiscal_base.tools.transport import send
from addons.fiscal_vchasno import protocol
from addons.fiscal_vchasno.protocol import Access, Settings
from tests.emulators.vchasno import VchasnoEmulator
from tests.emulators.vchasno_dm import DeviceManagerEmulator

from .samples import operation, sale

SETTINGS = Settings(device="Kasa 1")
REQUEST = protocol.freeze(protocol.build(sale(), SETTINGS))


def frozen(document, key="other"):
    return protocol.freeze(protocol.build(replace(document, key=key), SETTINGS))


@pytest.fixture
def dm():
    with DeviceManagerEmulator() as emulator:
        yield emulator


@pytest.fixture
def access(dm):
    return Access("dm", dm.url)


def converse(conversation):
    request = next(conversation)
    while True:
        try:
            request = conversation.send(send(replace(request, read_timeout=5)))
        except StopIteration as end:
            return end.value


def submit(access, request=REQUEST):
    return converse(protocol.submit(request, access))


def lookup(access, request=REQUEST):
    return converse(protocol.lookup(request, access))


def test_a_closed_shift_is_opened_first(dm, access):
    outcome = submit(access)
    assert (outcome.kind, outcome.code) == (Kind.BLOCKED, "shift_closed")
    assert submit(access, frozen(operation("shift_open"))).kind is Kind.DONE
    outcome = submit(access)
    assert outcome.kind is Kind.DONE and outcome.data.shift_number == 1
    assert outcome.data.registered_at.microsecond == 0
    again = submit(access, frozen(operation("shift_open"), "again"))
    assert (again.kind, again.code) == (Kind.REJECTED, "shift_open")
    assert submit(access, frozen(operation("shift_close"), "close")).kind is Kind.DONE
    closed = submit(access, frozen(operation("shift_close"), "again, too"))
    assert (closed.kind, closed.code) == (Kind.REJECTED, "shift_closed")
    assert dm.oddities == []


@pytest.mark.parametrize("kind", ["reset_after", "cut", "garbage", "reset_before", "http_error"])
def test_lost_answer_is_asked_for_by_the_tag(dm, access, kind):
    submit(access, frozen(operation("shift_open")))
    dm.fault(kind, "" if kind == "reset_before" else "sale")
    assert submit(access).kind is Kind.UNKNOWN
    outcome = lookup(access)
    if kind in ("reset_before", "http_error"):
        assert (outcome.kind, outcome.code, outcome.new_key) == (Kind.NOT_SENT, "no_such_tag", False)
        outcome = submit(access)
    assert outcome.kind is Kind.DONE
    (registered,) = [printed for printed in dm.documents if printed.task == 1]
    assert outcome.data.number == registered.number


def test_looking_up_creates_nothing(dm, access):
    submit(access, frozen(operation("shift_open")))
    for __ in range(3):
        assert lookup(access).kind is Kind.NOT_SENT
    assert len(dm.documents) == 1


def test_trouble_with_asking_says_nothing(dm, access):
    dm.registers[0].device = "Kasa 2"
    assert (lookup(access).kind, lookup(access).code) == (Kind.UNKNOWN, "no_device")
    dm.down()
    assert lookup(access).kind is Kind.UNKNOWN


def test_refused_document_stays_refused(dm, access):
    submit(access, frozen(operation("shift_open")))
    dm.fault("code", "search", res=1101)
    dm.registers[0].pay_types = frozenset({2})
    outcome = lookup(access)
    assert (outcome.kind, outcome.code) == (Kind.REJECTED, "not_enabled")
    dm.fault("code", "search", res=1101)
    dm.registers[0].pay_types = frozenset({0})
    assert lookup(access).kind is Kind.DONE


@pytest.mark.parametrize("code", [1034, 1035, 1048, 1075])
def test_stored_trouble_is_ended_by_the_repeated_tag(dm, access, code):
    """§6.1: the same is sent until it is solved; nothing else would come to solve it, since the lane waits."""
    submit(access, frozen(operation("shift_open")))
    for kind in ("reset_before", "reset_after"):
        request = frozen(sale(), f"{code}-{kind}")
        dm.fault(kind, "sale" if kind == "reset_after" else "")
        assert submit(access, request).kind is Kind.UNKNOWN
        dm.fault("code", "search", res=code)
        assert lookup(access, request).kind is Kind.DONE
    assert len([printed for printed in dm.documents if printed.task == 1]) == 2


def test_codes_are_those_of_device_manager(dm, access):
    submit(access, frozen(operation("shift_open")))
    register = dm.registers[0]
    register.pay_types = frozenset({2})
    assert submit(access).code == "not_enabled"
    register.pay_types = frozenset({0})
    assert submit(access, frozen(operation("cash_out", "5.00"), "cash")).code == "not_enough_cash"
    dm.fault("busy", "sale")
    assert (submit(access).kind, submit(access).kind) == (Kind.NOT_SENT, Kind.DONE)
    dm.fault("shift_expired")
    assert submit(access, frozen(sale(), "late")).code == "shift_expired"


def test_printing(dm, access):
    submit(access, frozen(operation("shift_open")))
    submit(replace(access, printer=""))
    submit(replace(access, printer="чек"), frozen(sale(), "second"))
    assert dm.paper == ["prn", "чек"]
    lookup(replace(access, printer=""))
    assert converse(protocol.status(SETTINGS, replace(access, printer=""))).ready
    assert dm.paper == ["prn", "чек"], "questions print nothing"


def test_by_way_of_the_service(dm):
    with VchasnoEmulator(dm=dm.url) as cloud:
        access = Access("proxy", cloud.url, "token-of-the-proxy", printer="")
        submit(access, frozen(operation("shift_open")))
        assert submit(access).kind is Kind.DONE
        assert (lookup(access).kind, lookup(access).data.total) == (Kind.DONE, Decimal("211.00"))
        status = converse(protocol.status(SETTINGS, access))
        assert status.ready and status.cash == Decimal("211.00")
        assert submit(replace(access, token="wrong")).code == "unauthorized"
        dm.down()
        outcome = submit(access, frozen(sale(), "second"))
        assert (outcome.kind, outcome.code) == (Kind.NOT_SENT, "dm_not_connected")
        outcome = lookup(access, frozen(sale(), "second"))
        assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, "dm_not_connected")


def test_status(dm, access):
    status = converse(protocol.status(SETTINGS, access))
    assert status.ready and status.shift_open is False and status.test
    dm.fault("blocked")
    assert converse(protocol.status(SETTINGS, access)).extra["code"] == "register_blocked"
    missing = converse(protocol.status(Settings(device="Kasa 9"), access))
    assert (missing.ready, missing.extra["code"]) == (False, "no_device")
