"""The line between us and KKM Server, with real sockets: what the service saw, and what we say it saw."""

import socket
import threading
from dataclasses import replace

import pytest

from addons.fiscal_base.tools.transport import Answer, Lost, NotSent, send
from addons.fiscal_kkm_server import protocol
from tests.emulators.kkm_server import KkmServerEmulator

from .samples import DEVICE, sale

REQUEST = protocol.freeze(protocol.build(sale(), DEVICE))


@pytest.fixture
def emulator():
    with KkmServerEmulator() as emulator:
        yield emulator


def deliver(emulator, read_timeout=2.0):
    reply = send(replace(protocol.http(REQUEST, emulator.url), read_timeout=read_timeout))
    return reply, protocol.parse(REQUEST, reply)


def registered(emulator):
    return [printed.type for printed in emulator.documents if printed.type == "sale"]


def test_delivered(emulator):
    reply, outcome = deliver(emulator)
    assert isinstance(reply, Answer)
    assert outcome.kind.value == "done"
    assert outcome.data.number == str(emulator.documents[-1].number)
    assert outcome.data.sign == emulator.documents[-1].sign
    assert registered(emulator) == ["sale"]


def test_nobody_listens(emulator):
    emulator.down()
    reply, outcome = deliver(emulator)
    assert isinstance(reply, NotSent)
    assert outcome.kind.value == "not_sent"


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "drop", "cut"])
def test_the_line_breaks(emulator, kind):
    emulator.fault(kind)
    reply, outcome = deliver(emulator, 0.5)
    # urllib3 1.26 does not count the bytes of an answer; then the parser sees that it is no JSON
    assert isinstance(reply, Lost | Answer if kind == "cut" else Lost)
    assert outcome.kind.value == "unknown"
    assert registered(emulator) == ([] if kind == "reset_before" else ["sale"])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("execute", [False, True])
def test_a_page_of_a_gateway(emulator, status, execute):
    emulator.fault("http_error", status=status, execute=execute)
    reply, outcome = deliver(emulator)
    assert isinstance(reply, Answer) and reply.status == status
    assert outcome.kind.value == "unknown"
    assert bool(registered(emulator)) is execute


def test_a_slow_register_is_waited_for(emulator):
    emulator.fault("delay", seconds=0.5)
    assert deliver(emulator)[1].kind.value == "done"


def answering(head: bytes):
    """A server that takes one connection, reads a request, answers `head` and closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, __ = listener.accept()
        with connection:
            connection.settimeout(5)
            seen = b""
            while b"CashProvision" not in seen:
                seen += connection.recv(65536)
            connection.sendall(head)
        listener.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved Permanently\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_a_redirect_is_not_followed_and_cannot_pass_for_a_failed_connection(head):
    reply = send(protocol.http(REQUEST, answering(head)))
    assert isinstance(reply, Answer) and 300 <= reply.status < 400
    assert protocol.parse(REQUEST, reply).code == "wrong_address"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00\x01\x02",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
    ],
)
def test_an_answer_that_is_no_http(head):
    reply = send(protocol.http(REQUEST, answering(head)))
    assert protocol.parse(REQUEST, reply).kind.value == "unknown"
    assert isinstance(reply, Lost | Answer)


@pytest.mark.parametrize("address", ["", "kkm", "ftp://127.0.0.1", "http://", "http://[", "http://127.0.0.1:99999"])
def test_an_address_that_is_none(address):
    assert isinstance(send(protocol.http(REQUEST, address)), NotSent)


def test_tls_where_there_is_none(emulator):
    reply = send(protocol.http(REQUEST, emulator.url.replace("http:", "https:")))
    assert isinstance(reply, NotSent)
    assert registered(emulator) == []


def test_login_and_password(emulator):
    emulator.passwords["admin"] = "Пароль"
    request = protocol.http(REQUEST, emulator.url)
    assert protocol.parse(REQUEST, send(request)).code == "unauthorized"
    assert protocol.parse(REQUEST, send(replace(request, auth=("Admin", "пароль")))).code == "unauthorized"
    assert protocol.parse(REQUEST, send(replace(request, auth=("admin", "Пароль")))).kind.value == "done"
