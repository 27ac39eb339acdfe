"""The line between us and Komtet Kassa, with real sockets: what the service has, and what we say it has."""

from dataclasses import replace

import pytest

from addons.fiscal_base.tools.transport import Answer, Lost, NotSent, send
from addons.fiscal_komtet import protocol
from tests.emulators.komtet import KomtetEmulator

from .samples import KEY, REQUEST, SECRET, SHOP


@pytest.fixture
def emulator():
    with KomtetEmulator(seconds=None) as emulator:
        yield emulator


def submit(emulator, read_timeout=2.0, secret=SECRET):
    request = protocol.request_to(emulator.url, "queues/3/task", SHOP, secret, REQUEST["body"])
    reply = send(replace(request, read_timeout=read_timeout))
    return reply, protocol.parse_submit(REQUEST, reply)


def ask(emulator, number):
    reply = send(protocol.request_to(emulator.url, f"tasks/{number}", SHOP, SECRET))
    return protocol.parse_task(REQUEST, reply)


def test_delivered(emulator):
    reply, outcome = submit(emulator)
    assert isinstance(reply, Answer)
    assert outcome.kind.value == "waiting"
    number = protocol.task_id(KEY, [outcome.response])
    assert ask(emulator, number).kind.value == "waiting"
    emulator.print_all()
    outcome = ask(emulator, number)
    assert outcome.kind.value == "done"
    assert outcome.data.number == emulator.documents[0].fiscal["i"]
    assert outcome.data.sign == emulator.documents[0].fiscal["fp"]


def test_nobody_listens(emulator):
    emulator.down()
    reply, outcome = submit(emulator)
    assert isinstance(reply, NotSent)
    assert outcome.kind.value == "not_sent"


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "drop", "cut"])
def test_the_line_breaks_and_a_repeat_finds_the_task(emulator, kind):
    emulator.fault(kind)
    reply, outcome = submit(emulator, 0.5)
    assert isinstance(reply, Lost)
    assert outcome.kind.value == "unknown"
    assert len(emulator.service.tasks) == (0 if kind == "reset_before" else 1)
    __, outcome = submit(emulator)
    assert outcome.kind.value == "waiting"
    assert protocol.task_id(KEY, [outcome.response]) == emulator.service.tasks[0].id
    assert len(emulator.service.tasks) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("execute", [False, True])
def test_pages_of_a_gateway_say_nothing(emulator, status, execute):
    emulator.fault("http_error", status=status, execute=execute)
    assert submit(emulator)[1].kind.value == "unknown"
    assert submit(emulator)[1].kind.value == "waiting"
    assert len(emulator.service.tasks) == 1


def test_wrong_key(emulator):
    assert submit(emulator, secret="another")[1].code == "AUT00"
    assert emulator.service.tasks == []
