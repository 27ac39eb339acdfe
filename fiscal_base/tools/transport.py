"""HTTP for providers: one request, one of three results, no secret in any text.

The difference that matters here is whether the service may have seen the request. `requests` reports both a refused
connection and a lost answer as exceptions; `send` tells them apart:

* `Answer`: an answer arrived, with any status;
* `NotSent`: the request has certainly not reached the service (name, route, refused, TLS, connect timeout);
* `Lost`: it left, and no whole answer came back (read timeout, reset, broken body).
"""

from __future__ import annotations

import contextlib
import contextvars
import json
import re
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPException, HTTPResponse, parse_headers
from urllib.parse import quote, quote_plus

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3 import exceptions as urllib3_errors
from urllib3.util.retry import Retry

CONNECT_TIMEOUT = 3.05
READ_TIMEOUT = 10.0
#: longest answer that is read, in bytes; fiscal answers have kilobytes
MAX_ANSWER = 4 * 1024 * 1024
#: names whose values are secret in any header, query, JSON object or form
_NAMES = r"token|secret|passw|pwd|authorization|signature|(?:api|access|private|licen[cs]e)[-_]?key|cookie"
_PIN = r"(?:\w{0,40}[-_])?pin[-_]?(?:code)?|\w{0,40}(?-i:[a-z]Pin)(?:code)?"
SECRET_KEY = re.compile(rf"{_NAMES}|^(?:{_PIN})$", re.I)
#: such a name in a text, and its value. Each repetition is bounded: an answer may hold a picture of megabytes
_SECRET_PAIR = re.compile(
    rf"""(?ix) ( (?<![\w-]) (?:[\w-]{{0,60}}? (?:{_NAMES}) [\w-]{{0,60}} | {_PIN}) \\*["']? \s{{0,8}} [:=] \s{{0,8}} )
    ( "(?:[^"\\]|\\.)*"? | '[^']*'? | \\+["'](?:[^"'\\]|\\(?!["']))*
    | (?:basic|bearer|token)\s+[^\s,;"'}}]+ | digest\s[^\r\n]* | [^\s,;&}}"'\\\])]+ )"""
)
#: secrets in a text that have no name before them
_SECRET_PLACES = [
    re.compile(r"(?i)\b((?:set-)?cookie\s{0,8}:\s{0,8})[^\r\n\"']+"),
    re.compile(r"(://[^/\s:@\"']{0,200}:)[^@/\s\"']+(?=@)"),
    re.compile(r"(?i)\b((?:basic|bearer)\s)(?=[\w+/.~-]{0,60}[\d=])[\w+/=.~-]{8,}"),
]
HIDDEN = "•••"


@dataclass(frozen=True)
class Request:
    """One HTTP request as it will go out.

    :param body: the exact bytes, as UTF-8 text; frozen on the document before anything is sent
    :param auth: login and password for HTTP Basic; separate from `headers`, so that it is never stored
    :param connect_timeout: seconds to establish the connection
    :param read_timeout: seconds of silence after which an answer counts as lost
    :param total_timeout: seconds for the whole call, since a peer that sends a byte now and then never runs into
        `read_timeout`. None: the time to connect plus twice `read_timeout`
    """

    method: str
    url: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: tuple[str, str] | None = None
    connect_timeout: float = CONNECT_TIMEOUT
    read_timeout: float = READ_TIMEOUT
    total_timeout: float | None = None


@dataclass(frozen=True)
class Answer:
    """The service answered. `text` is decoded as UTF-8, wrong bytes replaced."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict | list | None:
        """The parsed body, None if it is not JSON (a gateway's error page, for example)."""
        try:
            return json.loads(self.text.lstrip("\ufeff \t\r\n"))
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True)
class NotSent:
    """The service has not seen the request; `reason` is for the user."""

    reason: str


@dataclass(frozen=True)
class Lost:
    """The request left and its outcome is unknown; `reason` is for the user."""

    reason: str


class OutOfTime(Exception):
    """Raised by `send` inside `until`: the time is over. It says nothing about the service."""


#: moment (`time.monotonic`) after which `send` sends nothing more
_deadline: contextvars.ContextVar[float | None] = contextvars.ContextVar("deadline", default=None)
#: the limit of the call that is under way
_limit: contextvars.ContextVar[_Limit | None] = contextvars.ContextVar("limit", default=None)


@contextlib.contextmanager
def until(deadline: float | None):
    """Stop every `send` inside at `deadline` (`time.monotonic`) with `OutOfTime`. None: no deadline.

    Only for questions. A request that changes something needs all of its time.
    """
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def until_now() -> float | None:
    """The deadline in force here, None if there is none."""
    return _deadline.get()


class _Limit:
    """Ends a call that takes too long in total, even if its peer keeps sending."""

    def __init__(self, seconds: float):
        self.over = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        """End `connection` when the time is over. Keeps a copy of the socket, since TLS detaches it."""
        self._sockets.append(connection.dup())
        if self.over:
            self._end()

    def _end(self) -> None:
        self.over = True
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Limit:
        self._token = _limit.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_error) -> None:
        self._timer.cancel()
        _limit.reset(self._token)
        for one in self._sockets:
            one.close()


class _Session(requests.Session):
    """A session that ignores where a redirect leads: a broken `Location` must not lose an answer."""

    def get_redirect_target(self, resp):
        return None


class _LastResponse(HTTPResponse):
    """The final answer: interim ones such as 102 or 103 are skipped, as 100 is."""

    def _read_status(self):
        version, status, reason = super()._read_status()
        while 101 < status < 200:
            parse_headers(self.fp)
            version, status, reason = super()._read_status()
        return version, status, reason


class _Connecting:
    """A connection on which every failure to connect, including the TLS handshake, means that nothing was sent."""

    response_class = _LastResponse

    def _new_conn(self):
        connection = super()._new_conn()
        if limit := _limit.get():
            limit.watch(connection)
        return connection

    def connect(self):
        try:
            return super().connect()
        except Exception as error:
            raise urllib3_errors.NewConnectionError(self, type(error).__name__) from error


class _Counting:
    """A pool that treats answers shorter than announced as broken; urllib3 1.26 accepts them."""

    def urlopen(self, *args, **options):
        return super().urlopen(*args, **options, enforce_content_length=True)


class _Plain(_Counting, HTTPConnectionPool):
    ConnectionCls = type("_PlainConnection", (_Connecting, HTTPConnectionPool.ConnectionCls), {})


class _Secure(_Counting, HTTPSConnectionPool):
    ConnectionCls = type("_SecureConnection", (_Connecting, HTTPSConnectionPool.ConnectionCls), {})


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args, **options):
        result = super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Plain, "https": _Secure}
        return result


def _session() -> requests.Session:
    session = _Session()
    session.trust_env = False
    adapter = _Adapter(max_retries=Retry(total=0, redirect=False), pool_connections=1, pool_maxsize=1)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _never_left(error: Exception) -> str:
    """Why no byte of the request can have reached the service; "" if the exception does not prove that."""
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return type(error).__name__
    reason = error.args[0] if error.args else None
    cause = getattr(reason, "reason", reason)
    if not isinstance(cause, urllib3_errors.NewConnectionError):
        return ""
    while first := cause.__cause__ or cause.__context__:
        cause = first
    return type(cause).__name__


def send(request: Request) -> Answer | NotSent | Lost:
    """Send `request` once. Network errors are never raised, redirects not followed, nothing is retried.

    :raises OutOfTime: only inside `until`
    """
    deadline = _deadline.get()
    if deadline is None:
        return _send(request)
    left = deadline - time.monotonic()
    if left <= 0:
        raise OutOfTime
    longest = left if request.total_timeout is None else min(left, request.total_timeout)
    result = _send(replace(request, total_timeout=min(longest, _total(request))))
    if not isinstance(result, Answer) and time.monotonic() >= deadline:
        raise OutOfTime
    return result


def _total(request: Request) -> float:
    if request.total_timeout is not None:
        return request.total_timeout
    return request.connect_timeout + 2 * request.read_timeout


def _send(request: Request) -> Answer | NotSent | Lost:
    with _session() as session, _Limit(_total(request)) as limit:
        try:
            prepared = session.prepare_request(
                requests.Request(
                    request.method,
                    request.url,
                    data=request.body.encode() if request.body else None,
                    headers=dict(request.headers),
                    auth=request.auth and tuple(part.encode() for part in request.auth),
                )
            )
            for name, value in prepared.headers.items():
                f"{name}{value}".encode("latin-1")
        except (requests.RequestException, ValueError) as error:
            return NotSent(f"the address of the service or a header is not valid ({type(error).__name__})")
        try:
            with session.send(
                prepared, timeout=(request.connect_timeout, request.read_timeout), allow_redirects=False, stream=True
            ) as response:
                answer = _read(response)
                # an answer that ends with the connection looks complete if we ended the connection
                return Lost("the answer took too long") if limit.over else answer
        except (requests.RequestException, urllib3_errors.HTTPError, HTTPException, OSError, ValueError) as error:
            if reason := _never_left(error):
                return NotSent(f"no connection to the service ({reason})")
            return Lost(f"the connection broke before the whole answer arrived ({type(error).__name__})")


def _read(response: requests.Response) -> Answer | Lost:
    content = b""
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > MAX_ANSWER:
            return Lost("the answer is too long to be one of this service")
    announced = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
    if response.ok and not content and not announced and response.status_code != 204:
        # A truncated head looks like a short one, and no service confirms with an empty answer.
        return Lost("the answer was cut off")
    return Answer(response.status_code, content.decode("utf-8", "replace"), dict(response.headers))


def redact(value: object, secrets: Iterable[str] = ()) -> object:
    """`value` (JSON values or text) with all secrets replaced by dots.

    :param secrets: values that are secret wherever they occur, for example the register's password
    """
    known = {str(secret) for secret in secrets if secret and len(str(secret)) >= 3}
    forms = {form for secret in known for form in _forms(secret)}
    ordered = sorted(forms, key=lambda form: (-len(form), form))

    def hide(string: str) -> str:
        for form in ordered:
            string = string.replace(form, HIDDEN)
        return string

    def text(string: str) -> str:
        if string.lstrip()[:1] in ("{", "["):
            with contextlib.suppress(ValueError, RecursionError):
                return hide(json.dumps(walk(json.loads(string)), ensure_ascii=False))
        string = _SECRET_PAIR.sub(lambda match: match[1] + HIDDEN, hide(string))
        for pattern in _SECRET_PLACES:
            string = pattern.sub(lambda match: match[1] + HIDDEN, string)
        return string

    def walk(item: object) -> object:
        if isinstance(item, Mapping):
            return {
                hide(str(key)): HIDDEN if SECRET_KEY.search(str(key)) and part else walk(part)
                for key, part in item.items()
            }
        if isinstance(item, list | tuple):
            return [walk(part) for part in item]
        if isinstance(item, str):
            return text(item)
        return HIDDEN if str(item) in known else item

    try:
        return walk(value)
    except RecursionError:
        return HIDDEN


def _forms(secret: str) -> set[str]:
    """How a secret may appear in a text: as it is, and as JSON and URLs encode it."""
    written = {json.dumps(secret, ensure_ascii=ascii)[1:-1] for ascii in (True, False)}
    return {secret, *written, quote(secret, errors="replace"), quote_plus(secret, errors="replace")}
