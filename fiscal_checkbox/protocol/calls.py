"""One request to Checkbox, and how it goes out over HTTP (§1)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ...fiscal_base.tools import transport
from .. import const

#: timeout in seconds; the service accepts at once and processes afterwards (§4.2)
READ_TIMEOUT = 15


@dataclass(frozen=True)
class Call:
    """A request without address, licence key and token.

    :param path: below the address of the service, with its query
    :param body: JSON text; "" if there is none
    :param bearer: whether it needs the cashier's token
    :param token: the token, inserted just before sending
    """

    method: str
    path: str
    body: str = ""
    bearer: bool = True
    token: str = ""


def get(path: str, bearer: bool = True) -> Call:
    return Call("GET", path, bearer=bearer)


def post(path: str, body: object = None, bearer: bool = True) -> Call:
    return Call("POST", path, "" if body is None else encode(body), bearer)


def encode(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def http(call: Call, url: str, licence_key: str) -> transport.Request:
    """The HTTP request of `call`.

    Every request has the licence key: without it nearly all are refused (§1.2). The user agent is our own name, since
    the network in front of the service refuses those of scripts (§1.1).
    """
    headers = {
        "Accept": "application/json",
        "User-Agent": f"{const.CLIENT_NAME.replace(' ', '-')}/{const.CLIENT_VERSION}",
        "X-Client-Name": const.CLIENT_NAME,
        "X-Client-Version": const.CLIENT_VERSION,
        "X-License-Key": licence_key,
    }
    if call.method != "GET":
        headers["Content-Type"] = "application/json; charset=utf-8"
    if call.token:
        headers["Authorization"] = f"Bearer {call.token}"
    return transport.Request(
        call.method, url.strip().rstrip("/") + call.path, call.body, headers, None, 3.05, READ_TIMEOUT
    )
