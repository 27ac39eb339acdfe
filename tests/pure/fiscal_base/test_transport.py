"""One request, one of three endings: with real sockets, what the service saw and what we say it saw.

“Not sent” for a request that arrived would make a second receipt. “Lost” for one that did not only costs a look-up.
"""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import struct
import threading
import time

import pytest
import requests.adapters
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from addons.fiscal_base.tools import transport
from addons.fiscal_base.tools.transport import Answer, Lost, NotSent, Request, send

BODY = '{"чек": 1}'
OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'


class Service:
    """Listens on 127.0.0.1, reads one request per connection and does with it what the test says."""

    def __init__(self, answer=OK, tls=None, handshake=True):
        self.answer, self.tls, self.handshake = answer, tls, handshake
        self.requests, self.connections = [], 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.stopped = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, __ = self.socket.accept()
                self.connections += 1
                threading.Thread(target=self.talk, args=[connection], daemon=True).start()

    def talk(self, plain):
        with contextlib.suppress(OSError), contextlib.ExitStack() as closing:
            line = closing.enter_context(plain)
            if not self.handshake:
                line.recv(65536)
                self.close_hard(line)
                return
            if self.tls:
                line = closing.enter_context(self.tls.wrap_socket(plain, server_side=True))
            request = b""
            while not self.whole(request):
                part = line.recv(65536)
                if not part:
                    return
                request += part
            self.requests.append(request)
            if callable(self.answer):
                self.answer(self, line)
            else:
                line.sendall(self.answer)

    @staticmethod
    def whole(request):
        head, end, body = request.partition(b"\r\n\r\n")
        sizes = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        return end and len(body) >= sum(sizes)

    @staticmethod
    def close_hard(connection):
        """Reset: what a service that is killed leaves behind."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def ask(self, path="/print", scheme="http", **vals):
        return send(
            Request(
                **{
                    "method": "POST",
                    "url": f"{scheme}://127.0.0.1:{self.port}{path}",
                    "body": BODY,
                    "headers": {"Content-Type": "application/json"},
                    "connect_timeout": 1.0,
                    "read_timeout": 0.3,
                    **vals,
                }
            )
        )


@pytest.fixture
def service():
    services = []

    def start(*args, **vals):
        services.append(Service(*args, **vals))
        return services[-1]

    yield start
    for one in services:
        one.stopped.set()
        one.socket.close()


# === Answers ===


def test_answer(service):
    one = service()
    answer = one.ask(auth=("касса", "пароль"))
    assert answer == Answer(200, '{"a": 1}', answer.headers)
    assert answer.json() == {"a": 1}
    head, __, body = one.requests[0].partition(b"\r\n\r\n")
    assert body.decode() == BODY, "the very bytes that were frozen"
    assert b"Authorization: Basic 0LrQsNGB0YHQsDrQv9Cw0YDQvtC70Yw=" in head


@pytest.mark.parametrize("status", [400, 401, 404, 409, 429, 500, 502, 503, 504])
def test_error_page_is_an_answer_without_json(service, status):
    page = b"<html>502 Bad Gateway</html>"
    one = service(f"HTTP/1.1 {status} X\r\nContent-Length: {len(page)}\r\n\r\n".encode() + page)
    answer = one.ask()
    assert (answer.status, answer.json()) == (status, None)
    assert one.connections == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/other", "http://[broken", "ftp://x", ""])
def test_redirect_is_not_followed(service, status, target):
    one = service(lambda one, line: line.sendall(head.format(port=one.port).encode()))
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
    assert one.ask().status == status
    assert len(one.requests) == one.connections == 1


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ('\ufeff {"a": "я"}', {"a": "я"}),
        ("[1]", [1]),
        ("", None),
        ("<html>", None),
        ('{"a": ', None),
        ("[" * 100_000, None),
        ("1" * 5000, None),
    ],
)
def test_json(text, parsed):
    assert Answer(200, text).json() == parsed


def test_empty_answers(service):
    assert service(b"HTTP/1.1 204 No Content\r\n\r\n").ask().status == 204
    assert service(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ask().status == 200
    assert service(b"HTTP/1.0 401 Unauthorized\r\n\r\n").ask().status == 401


def test_wrong_bytes_do_not_lose_the_answer(service):
    one = service(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\xff\x00a")
    assert one.ask().text == "\ufffd\x00a"


# === Not sent ===


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def test_nobody_listens():
    reply = send(Request("POST", f"http://127.0.0.1:{free_port()}/", BODY))
    assert reply == NotSent("no connection to the service (ConnectionRefusedError)")


def test_nobody_accepts():
    """A host that swallows the first packet: the queue of connections is full, and the connection times out."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        callers = [socket.socket() for __ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        start = time.monotonic()
        reply = send(Request("POST", f"http://127.0.0.1:{full.getsockname()[1]}/", BODY, connect_timeout=0.3))
        for caller in callers:
            caller.close()
    assert isinstance(reply, NotSent), reply
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    "url",
    [
        "",
        "kassa",
        "http://",
        "http://[::1",
        "http://касса..рф/",
        "http://" + "a" * 70 + ".invalid/",
        "http://.invalid/",
        "http://*.invalid/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:port/",
        "ftp://127.0.0.1/",
        "file:///etc/hostname",
        "http://name.invalid/",
    ],
)
def test_bad_address(url):
    assert isinstance(send(Request("POST", url, BODY, connect_timeout=0.5)), NotSent)


@pytest.mark.parametrize("headers", [{"X-A": "b\r\nc: d"}, {"X-A": "касса"}, {"Б": "b"}, {"X-A ": "\x00"}])
def test_bad_header(service, headers):
    one = service()
    reply = one.ask(headers=headers)
    assert isinstance(reply, NotSent) or len(one.requests) == 1
    if isinstance(reply, NotSent):
        assert not one.requests


def test_body_that_is_no_text(service):
    one = service()
    assert isinstance(one.ask(body="\ud800"), NotSent)
    assert not one.requests


def test_tls_to_a_plain_port(service):
    one = service()
    assert isinstance(one.ask(scheme="https"), NotSent)
    assert not one.requests


def test_tls_reset_in_the_handshake(service):
    one = service(handshake=False)
    assert isinstance(one.ask(scheme="https"), NotSent)


def test_tls_handshake_that_never_ends(service):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reply = send(
            Request("POST", f"https://127.0.0.1:{silent.getsockname()[1]}/", BODY, connect_timeout=0.3, read_timeout=9)
        )
    assert isinstance(reply, NotSent)


# === TLS ===


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a certificate for 127.0.0.1 that nobody has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "service.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_certificate_is_verified(service, tls):
    one = service(tls=tls)
    assert isinstance(one.ask(scheme="https"), NotSent)
    assert not one.requests


def test_tls(service, tls, certificate, monkeypatch):
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    one = service(tls=tls)
    assert one.ask(scheme="https").json() == {"a": 1}
    assert len(one.requests) == 1


def test_tls_broken_after_the_request_is_lost(service, tls, certificate, monkeypatch):
    """A gateway that answers in plain text: OpenSSL calls it by the name of a failed handshake, yet it was sent."""
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    one = service(lambda __, line: socket.socket.sendall(line, OK), tls=tls)
    assert isinstance(one.ask(scheme="https"), Lost)
    assert len(one.requests) == 1


# === Lost ===


def silent(one, line):
    one.stopped.wait(5)


def reset(one, line):
    one.close_hard(line)


def hang_up(one, line):
    line.shutdown(socket.SHUT_RDWR)


def half_of_the_head(one, line):
    line.sendall(OK[:20])


def first_line_of_the_head(one, line):
    line.sendall(b"HTTP/1.1 200 OK\r\n")


def half_of_the_body(one, line):
    line.sendall(OK[:-3])


def half_and_reset(one, line):
    line.sendall(OK[:-3])
    time.sleep(0.05)
    one.close_hard(line)


def half_and_silence(one, line):
    line.sendall(OK[:-3])
    one.stopped.wait(5)


def broken_chunk(one, line):
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")


def wrong_chunk(one, line):
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nab\r\n0\r\n\r\n")


def wrong_gzip(one, line):
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")


def no_http(one, line):
    line.sendall(b"SSH-2.0-OpenSSH_9\r\n")


def endless_head(one, line):
    line.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 300 + b"\r\n")


def long_head(one, line):
    line.sendall(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 70_000 + b"\r\n\r\n")


def too_long(one, line):
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        line.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")


FAULTS = [
    silent,
    reset,
    hang_up,
    half_of_the_head,
    first_line_of_the_head,
    half_of_the_body,
    half_and_reset,
    half_and_silence,
    broken_chunk,
    wrong_chunk,
    wrong_gzip,
    no_http,
    endless_head,
    long_head,
    too_long,
]


@pytest.mark.parametrize("fault", FAULTS)
def test_lost(service, fault):
    one = service(fault)
    start = time.monotonic()
    reply = one.ask()
    assert isinstance(reply, Lost), reply
    assert len(one.requests) == one.connections == 1, "sent once, and never again by itself"
    assert time.monotonic() - start < 4


def test_longest_answer(service, monkeypatch):
    monkeypatch.setattr(transport, "MAX_ANSWER", 8)
    assert isinstance(service().ask(), Answer)
    monkeypatch.setattr(transport, "MAX_ANSWER", 7)
    assert isinstance(service().ask(), Lost)


# === What is around it ===


def test_environment_is_not_used(service, monkeypatch, tmp_path):
    """Neither a proxy nor a password of the machine's own gets into a fiscal request."""
    one, proxy = service(), service()
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("default login robot password robot")
    assert isinstance(one.ask(), Answer)
    assert proxy.connections == 0
    assert b"authorization" not in one.requests[0].lower()


@pytest.mark.parametrize("fault", [*FAULTS, OK])
def test_no_reason_names_a_secret(service, fault):
    one = service(fault)
    reply = one.ask("/print?token=hunter2", auth=("kassa", "hunter2"), headers={"X-Key": "hunter2"})
    assert "hunter2" not in repr(reply)
    assert "127.0.0.1" not in getattr(reply, "reason", "")


# === Time ===


def drip(head, rest):
    """Send `head`, and then `rest` for ever, a byte now and then: never silent for as long as a read waits."""

    def answer(one, line):
        line.sendall(head)
        while not one.stopped.wait(0.05):
            line.sendall(rest)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"HTTP/1.1 200 OK\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"1"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n1\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"1"),
        drip(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    ],
    ids=["head", "body", "chunks", "body without an end", "still at work"],
)
def test_answer_that_drips_is_lost_in_time(service, answer):
    started = time.monotonic()
    assert isinstance(service(answer).ask(read_timeout=1.0, total_timeout=0.6), Lost)
    assert time.monotonic() - started < 3


def test_answer_that_drips_in_tls_is_lost_in_time(service, tls, certificate, monkeypatch):
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    one = service(drip(b"HTTP/1.1 200 OK\r\n", b"x"), tls=tls)
    started = time.monotonic()
    assert isinstance(one.ask(scheme="https", read_timeout=1.0, total_timeout=0.6), Lost)
    assert time.monotonic() - started < 3


def test_time_of_a_call_ends_by_itself(service):
    one = service(drip(b"HTTP/1.1 200 OK\r\n", b"x"))
    assert isinstance(one.ask(connect_timeout=0.1, read_timeout=0.3), Lost)


@pytest.mark.parametrize("status", ["100 Continue", "102 Processing", "103 Early Hints", "199 Whatever"])
def test_answer_comes_after_news_of_it(service, status):
    news = f"HTTP/1.1 {status}\r\nLink: </a>\r\n\r\n".encode()
    answer = service(news * 2 + OK).ask()
    assert (answer.status, answer.json()) == (200, {"a": 1})


def test_deadline_ends_a_question(service):
    one = service(silent)
    with transport.until(time.monotonic() + 0.3), pytest.raises(transport.OutOfTime):
        one.ask(read_timeout=30.0)
    with transport.until(time.monotonic()), pytest.raises(transport.OutOfTime):
        one.ask()
    assert one.connections == 1, "nothing is begun any more"


def test_deadline_changes_nothing_in_time(service):
    with transport.until(time.monotonic() + 60):
        assert service().ask().status == 200
    with transport.until(None):
        assert service().ask().status == 200
    with transport.until(time.monotonic() + 60):
        assert isinstance(service(silent).ask(), Lost)
