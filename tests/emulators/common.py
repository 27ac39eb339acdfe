"""What every emulated service has: a real HTTP server, a list of what it registered, and faults on demand.

An emulator is the truth of a test: it says what was really registered, whatever the caller was told. It imports nothing
of the addons, so a mistake in an addon cannot hide in its test.

Over HTTP, beside the service itself (only ever on 127.0.0.1, without a password):

| request | answer |
|---|---|
| `GET /` | the printed receipts, to look at |
| `GET /_emulator/documents` | the same as JSON, amounts as text with two decimals |
| `GET /_emulator/faults` | the faults that wait for their request |
| `POST /_emulator/fault` | adds one: `{"kind": …, "command": …, "times": …, and the options of the kind}` |
| `POST /_emulator/clear` | takes back the faults that wait |
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_logger = logging.getLogger(__name__)

#: ways in which the line to any service fails. `execute` of `http_error` says whether the request was executed before
LINE_FAULTS = {
    "down": "nobody listens; option `seconds`, without it until `up()`",
    "reset_before": "the connection is reset before the request was read",
    "reset_after": "executed, then the connection is reset without an answer",
    "drop": "executed, and no answer ever comes",
    "cut": "executed; the connection ends in the middle of the answer",
    "delay": "option `seconds` before anything is done",
    "http_error": "a page of a gateway; options `status` (502), `execute` (false)",
    "garbage": "executed; the answer is a page with status 200",
    "reused": "waits for a request on a connection that has served another one before: read and executed, then the "
    "connection ends without a byte of the answer, and a browser sends it again by itself; options `execute` (true), "
    "`reset` (false: it ends in good order)",
}
#: seconds for which a dropped connection is held at most
HOLD = 120


@dataclass
class Fault:
    """One thing that goes wrong.

    :param command: only for requests of this name; "" for the next one, whatever it is
    :param times: for how many requests; below zero until it is taken back
    """

    kind: str
    command: str = ""
    times: int = 1
    options: dict = field(default_factory=dict)


class Faults:
    """The faults that wait for their request, first in first out."""

    def __init__(self):
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)

    def take(self, command: str | None, reused: bool = False) -> Fault | None:
        """The fault for a request. Without a name only faults of the line before the request is read.

        :param reused: the connection has served another request before
        """
        with self._lock:
            for fault in self._waiting:
                if command is None:
                    fits = fault.kind == "reset_before" and not fault.command
                else:
                    fits = fault.command in ("", command) and (reused or fault.kind != "reused")
                if fits:
                    fault.times -= 1
                    if not fault.times:
                        self._waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def listed(self) -> list[dict]:
        with self._lock:
            return [
                {"kind": fault.kind, "command": fault.command, "times": fault.times, **fault.options}
                for fault in self._waiting
            ]


@dataclass(frozen=True)
class HttpRequest:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(value: object, status: int = 200, prefix: str = "", **headers: str) -> HttpAnswer:
    body = prefix + json.dumps(value, ensure_ascii=False, default=str)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpAnswer(status, body.encode(), {"Content-Type": "application/json; charset=utf-8", **named})


def html_answer(page: str, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


class Emulator:
    """A service on a port of this machine.

    with SomeEmulator() as emulator:
        emulator.fault("drop", command="RegisterCheck")
        ...  # talk to emulator.url
        assert emulator.documents == [...]
    """

    #: what stands in the head of the page
    title = ""
    #: port when started from the command line
    default_port = 0
    #: faults of the service itself, added to those of the line: kind → explanation
    FAULTS: dict[str, str] = {}

    def __init__(self, port: int = 0):
        self.port = port
        self.faults = Faults()
        #: every request that was read, in order
        self.requests: list[HttpRequest] = []
        self._server: _Server | None = None
        self._timer: threading.Timer | None = None

    # === What a service writes ===

    def name_of(self, request: HttpRequest) -> str:
        """Name of a request, for faults that are meant for one kind of request."""
        raise LookupError(f"{type(self).__name__} does not say how its requests are called")

    def answer(self, request: HttpRequest, fault: Fault | None) -> HttpAnswer:
        """What the service answers. `fault` is one of `FAULTS`, or None."""
        raise LookupError(f"{type(self).__name__} does not say what it answers")

    def preflight(self, request: HttpRequest) -> HttpAnswer | None:
        """What the service answers when a browser asks first whether a page may send a request (OPTIONS).

        It meets no fault and stands in no list of requests. None: `answer` deals with it as with any other request.
        """
        return None

    def documents_json(self) -> list[dict]:
        """What was registered, in order."""
        return []

    def tapes(self) -> list[str]:
        """The printed documents as text, in order."""
        return []

    def struck(self, fault: Fault) -> None:
        """What else goes wrong once a request was executed and before its answer fails."""

    def strike(self, fault: Fault) -> bool:
        """Carry out a fault that needs no request to wait for. False: it waits."""
        return False

    # === Life ===

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.up()
        return self

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
        self.down()

    __enter__ = start

    def __exit__(self, *_error) -> None:
        self.stop()

    def up(self) -> None:
        """Listen, on the same port as before."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", self.port), self)
            self.port = self._server.server_address[1]
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def down(self, seconds: float | None = None) -> None:
        """Listen no more: connections are refused, and those that wait for a request end. What the service remembers
        stays."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()
            server.hang_up()
        if seconds is not None:
            self._timer = threading.Timer(seconds, self.up)
            self._timer.daemon = True
            self._timer.start()

    def fault(self, kind: str, command: str = "", times: int = 1, **options) -> None:
        """Let the next `times` requests called `command` go wrong; see `LINE_FAULTS` and `FAULTS`."""
        if kind not in LINE_FAULTS and kind not in self.FAULTS:
            raise ValueError(f"unknown fault {kind!r}; there are {', '.join([*LINE_FAULTS, *self.FAULTS])}")
        fault = Fault(kind, command, times, options)
        if kind == "down":
            self.down(options.get("seconds"))
        elif not self.strike(fault):
            self.faults.add(fault)

    # === Control ===

    def control(self, request: HttpRequest) -> HttpAnswer:
        """`/_emulator/…`"""
        match request.method, request.path.partition("?")[0]:
            case "GET", "/_emulator/documents":
                return json_answer({"documents": self.documents_json()})
            case "GET", "/_emulator/faults":
                return json_answer({"faults": self.faults.listed(), "kinds": {**LINE_FAULTS, **self.FAULTS}})
            case "POST", "/_emulator/clear":
                self.faults.clear()
                return json_answer({"ok": True})
            case "POST", "/_emulator/fault":
                return self._control_fault(request)
        return json_answer({"error": "no such address"}, status=404)

    def _control_fault(self, request: HttpRequest) -> HttpAnswer:
        try:
            options = json.loads(request.body)
            kind = options.pop("kind")
            if kind == "down":
                # after this answer has left
                threading.Timer(0.1, self.fault, (kind,), options).start()
            else:
                self.fault(kind, **options)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return json_answer({"error": f"{type(error).__name__}: {error}"}, status=400)
        return json_answer({"ok": True})

    def page(self) -> HttpAnswer:
        """The printed documents for people, the newest first."""
        tapes = "".join(f"<pre>{_escape(tape)}</pre>" for tape in reversed(self.tapes())) or "<p>—</p>"
        return html_answer(_PAGE.replace("{title}", _escape(self.title)).replace("{tapes}", tapes))


_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>{title}</title><style>
body { background: #e9e7e2; font: 16px sans-serif; margin: 2rem; color: #222 }
main { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start }
pre { background: #fff; padding: 1.2rem 1rem; margin: 0; font: 13px/1.35 monospace;
      box-shadow: 0 1px 4px #0004; border-bottom: 2px dashed #bbb }
</style></head><body><h1>{title}</h1><main>{tapes}</main></body></html>
"""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address, emulator: Emulator):
        self.emulator = emulator
        self._waiting: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._hung_up = False
        super().__init__(address, _Handler)

    def waits(self, connection: socket.socket) -> bool:
        """Note that `connection` waits for its next request. False when there is to be none any more."""
        with self._lock:
            if not self._hung_up:
                self._waiting.add(connection)
            return not self._hung_up

    def works(self, connection: socket.socket) -> None:
        """Note that a request has come on `connection`, or that it has ended."""
        with self._lock:
            self._waiting.discard(connection)

    def hang_up(self) -> None:
        """End the connections that wait for a request; those at work end with their answer."""
        with self._lock:
            self._hung_up = True
            for connection in self._waiting:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request, client_address):
        # a client that went away is what many tests are about
        _logger.debug("connection of %s ended", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """One connection, with any number of requests: it stays open as HTTP/1.1 has it, unless the client wants it closed
    or a fault ends it."""

    protocol_version = "HTTP/1.1"
    server: _Server
    #: answers that this connection has brought
    served = 0

    def log_message(self, format, *args):
        _logger.debug(format, *args)

    def handle(self):
        try:
            if self.server.waits(self.connection):
                super().handle()
        finally:
            self.server.works(self.connection)

    def _serve(self):
        emulator = self.server.emulator
        self.server.works(self.connection)
        is_control = self.path.startswith("/_emulator/")
        if not is_control and emulator.faults.take(None):
            return self._reset()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = HttpRequest(self.command, self.path, dict(self.headers), body)
        if is_control:
            return self._write(emulator.control(request))
        if self.command == "GET" and self.path == "/":
            return self._write(emulator.page())
        if self.command == "OPTIONS" and (answer := emulator.preflight(request)):
            return self._write(answer)
        emulator.requests.append(request)
        fault = emulator.faults.take(emulator.name_of(request), reused=self.served > 0)
        if fault and fault.kind in LINE_FAULTS:
            return self._fail(request, fault)
        return self._write(emulator.answer(request, fault))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _fail(self, request: HttpRequest, fault: Fault) -> None:
        emulator, kind, options = self.server.emulator, fault.kind, fault.options
        if kind == "reset_before":
            return self._reset()
        if kind == "delay":
            time.sleep(options.get("seconds", 1))
            return self._write(emulator.answer(request, None))
        if kind == "http_error":
            if options.get("execute"):
                emulator.answer(request, None)
            status = options.get("status", 502)
            return self._write(html_answer(f"<html><body><h1>{status} Bad Gateway</h1></body></html>", status))
        if kind == "reused" and not options.get("execute", True):
            return self._end(options)
        answer = emulator.answer(request, None)
        emulator.struck(fault)
        if kind == "garbage":
            return self._write(html_answer("<html><body>Welcome</body></html>"))
        if kind == "cut":
            return self._write(answer, part=0.5)
        if kind == "reused":
            return self._end(options)
        if kind == "drop":
            self._hold(options.get("seconds", HOLD))
        return self._reset()

    def _write(self, answer: HttpAnswer, part: float = 1) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: int(len(answer.body) * part)])
        self.served += 1
        if part < 1 or not self.server.waits(self.connection):
            self.close_connection = True

    def _hold(self, seconds: float) -> None:
        """Wait until the other side gives up."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            readable, __, __ = select.select([self.connection], [], [], min(left, 1))
            if readable and not self.connection.recv(1):
                return

    def _end(self, options: dict) -> None:
        """End the connection without a word, with FIN or RST."""
        if options.get("reset"):
            return self._reset()
        self.close_connection = True
        return None

    def _reset(self) -> None:
        """Close with RST, as a process that dies does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())


def main(emulator_class: type[Emulator], description: str) -> None:
    """Run an emulator from the command line until it is interrupted."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=emulator_class.default_port)
    emulator = emulator_class(port=parser.parse_args().port).start()
    print(f"{emulator.title}: {emulator.url}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        emulator.stop()
