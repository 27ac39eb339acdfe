"""The emulated bank terminal is as strict as described: only a search looks at the id of an operation (§8.5)."""

import http.client
import json
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from tests.emulators.vchasno_dm import DeviceManagerEmulator
from tests.emulators.vchasno_terminal import REFUSALS

KEY = "0190a1b2-0000-7000-8000-000000000001"


@pytest.fixture
def dm():
    with DeviceManagerEmulator() as emulator:
        yield emulator


@pytest.fixture
def kept(dm):
    """A connection that is used again, as a browser's."""
    connection = http.client.HTTPConnection(urlsplit(dm.url).netloc, timeout=10)
    connection.auto_open = False
    connection.connect()
    yield connection
    connection.close()


def ask(connection, search=0, key=KEY, **pay):
    body = {"ver": 6, "device": "Terminal 1", "type": 3, "transaction_id": key, "transaction_search": search}
    connection.request("POST", "/dm/execute", json.dumps({**body, "pay": {"task": 1, "sum": 10.5, **pay}}))
    return json.loads(connection.getresponse().read())


def test_the_same_id_is_charged_again(dm, kept):
    first, second = ask(kept), ask(kept)
    assert first["info"]["refundid"] != second["info"]["refundid"]
    assert dm.terminals[0].money == Decimal("21.00")


@pytest.mark.parametrize("finds_last", [False, True])
def test_a_search_charges_nothing(dm, kept, finds_last):
    dm.terminals[0].finds_last = finds_last
    assert ask(kept, search=1)["res"] == 5013
    answers = [ask(kept), ask(kept)]
    assert ask(kept, search=1)["info"] == answers[-1 if finds_last else 0]["info"]
    assert dm.terminals[0].money == Decimal("21.00")


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_failure_is_stored_and_what_was_charged_is_found(dm, kept, kind):
    code = REFUSALS[kind][0]
    dm.fault(kind, "pay")
    assert ask(kept)["res"] == ask(kept, search=1)["res"] == code
    dm.fault(kind, "pay", execute=True)
    assert ask(kept, key="charged")["res"] == code
    assert ask(kept, key="charged", search=1)["res"] == 0
    assert dm.terminals[0].money == Decimal("10.50")


@pytest.mark.parametrize("reset", [False, True])
def test_a_used_connection_that_ends_without_an_answer(dm, kept, reset):
    """A question of a browser (CORS) is enough to make it a used one."""
    dm.fault("reused", "pay", reset=reset)
    kept.request("OPTIONS", "/dm/execute")
    answer = kept.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        ask(kept)
    assert dm.terminals[0].money == Decimal("10.50")
