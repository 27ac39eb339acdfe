"""HTTP for providers: one request, one of three endings, no secret in any text.

The difference that matters here is whether the service may have seen the request. `requests` reports both a refused
connection and a lost answer as exceptions; `send` tells them apart:

* `Answer`: an answer arrived, whatever its status;
* `NotSent`: the request surely did not reach the service (name, route, refused, TLS, connect timeout);
* `Lost`: it left, and no whole answer came back (read timeout, reset, broken body).
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import requests
from requests.adapters import HTTPAdapter
from urllib3 import exceptions as urllib3_errors
from urllib3.util.retry import Retry

CONNECT_TIMEOUT = 3.05
READ_TIMEOUT = 10.0
#: longest answer that is read, in bytes; a fiscal answer has kilobytes
MAX_ANSWER = 4 * 1024 * 1024
#: names whose values are secret in any header, query, JSON object or form
SECRET_KEY = re.compile(
    r"(token|secret|passw|authorization|signature|api[-_]?key|licen[cs]e[-_]?key|(^|[-_])pin([-_]code)?$|cookie)", re.I
)
_SECRET_PAIR = re.compile(
    r'(?i)(["\']?[\w-]*(?:token|secret|passw|authorization|signature|api[-_]?key|licen[cs]e[-_]?key)[\w-]*["\']?\s*[:=]\s*)'
    r'("(?:[^"\\]|\\.)*"|\'[^\']*\'|(?:basic|bearer|token)\s+[^\s,;"\'}]+|[^\s,;&}"\']+)'
)
HIDDEN = "•••"


@dataclass(frozen=True)
class Request:
    """One HTTP request as it will go out.

    :param body: the exact bytes as text (UTF-8); frozen on the document before anything is sent
    :param auth: login and password for HTTP Basic; kept apart from `headers` so that it is never stored
    """

    method: str
    url: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: tuple[str, str] | None = None
    connect_timeout: float = CONNECT_TIMEOUT
    read_timeout: float = READ_TIMEOUT


@dataclass(frozen=True)
class Answer:
    """The service answered. `text` is decoded as UTF-8, wrong bytes replaced."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict | list | None:
        """The parsed body, None when it is not JSON (an error page of a gateway, for example)."""
        try:
            return json.loads(self.text.lstrip("\ufeff \t\r\n"))
        except ValueError:
            return None


@dataclass(frozen=True)
class NotSent:
    """The service has not seen the request; `reason` is for people."""

    reason: str


@dataclass(frozen=True)
class Lost:
    """The request left and its fate is not known; `reason` is for people."""

    reason: str


class _Session(requests.Session):
    """A session that does not even look where a redirect leads: a broken `Location` is no reason to lose an answer."""

    def get_redirect_target(self, resp):
        return None


def _session() -> requests.Session:
    session = _Session()
    session.trust_env = False
    adapter = HTTPAdapter(max_retries=Retry(total=0, redirect=False), pool_connections=1, pool_maxsize=1)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


#: OpenSSL's names for a handshake that failed. Other TLS errors may come while the answer is read
_HANDSHAKE = {
    "CERTIFICATE_VERIFY_FAILED",
    "NO_PROTOCOLS_AVAILABLE",
    "NO_SHARED_CIPHER",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_VERSION_NUMBER",
}


def _never_left(error: requests.RequestException) -> bool:
    """Whether the exception proves that no byte of the request reached the service."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return True
    reason = error.args[0] if error.args else None
    cause = getattr(reason, "reason", reason)
    if isinstance(cause, urllib3_errors.SSLError):
        tls = cause.args[0] if cause.args else None
        return getattr(tls, "reason", None) in _HANDSHAKE or isinstance(tls, ssl.CertificateError)
    return isinstance(cause, urllib3_errors.NewConnectionError | urllib3_errors.ConnectTimeoutError)


def send(request: Request) -> Answer | NotSent | Lost:
    """Send `request` once. Never raises for what the network does, never follows a redirect, never retries."""
    with _session() as session:
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
        except (requests.RequestException, ValueError) as error:
            return NotSent(f"the address of the service is not valid ({type(error).__name__})")
        try:
            with session.send(
                prepared, timeout=(request.connect_timeout, request.read_timeout), allow_redirects=False, stream=True
            ) as response:
                return _read(response)
        except requests.RequestException as error:
            kind = type(error).__name__
            if _never_left(error):
                return NotSent(f"no connection to the service ({kind})")
            return Lost(f"the connection broke before the whole answer arrived ({kind})")
        except (OSError, ValueError) as error:
            return Lost(f"the answer could not be read ({type(error).__name__})")


def _read(response: requests.Response) -> Answer | Lost:
    content = b""
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > MAX_ANSWER:
            return Lost("the answer is too long to be one of this service")
    return Answer(response.status_code, content.decode("utf-8", "replace"), dict(response.headers))


def redact(value: object, secrets: Iterable[str] = ()) -> object:
    """`value` (JSON values or text) with everything secret replaced by dots.

    :param secrets: values known to be secret wherever they stand, for example the password of this register
    """
    known = sorted({secret for secret in secrets if secret and len(secret) >= 3}, key=len, reverse=True)

    def text(string: str) -> str:
        for secret in known:
            string = string.replace(secret, HIDDEN)
        return _SECRET_PAIR.sub(lambda match: match[1] + HIDDEN, string)

    def walk(item: object) -> object:
        if isinstance(item, Mapping):
            return {key: HIDDEN if SECRET_KEY.search(str(key)) and part else walk(part) for key, part in item.items()}
        if isinstance(item, list | tuple):
            return [walk(part) for part in item]
        return text(item) if isinstance(item, str) else item

    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            return text(value)
        if isinstance(parsed, dict | list):
            return json.dumps(walk(parsed), ensure_ascii=False)
        return text(value)
    return walk(value)
