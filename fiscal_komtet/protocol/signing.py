"""Signatures in both directions (§1.3, §4.2): HMAC-MD5 of method, address and body, with the shop's secret key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from ...fiscal_base.tools.transport import Request
from .. import const


def signature(secret: str, method: str, url: str, body: bytes = b"") -> str:
    """Lower-case hexadecimal signature of exactly the bytes that are sent.

    :param url: absolute, as it is sent, with its query
    """
    # MD5 is the service's choice; in an HMAC it has not been broken
    return hmac.new(secret.encode(), method.encode() + url.encode() + body, hashlib.md5).hexdigest()


def is_genuine(secret: str, given: str, urls: Iterable[str], body: bytes) -> bool:
    """Whether the signature `given` of a callback was made with `secret`. Compares in constant time.

    :param urls: our callback addresses as the service got them; a proxy may have rewritten that of the request (§4.3)
    """
    if not secret or not given:
        return False
    claimed = given.strip().lower().encode("utf-8", "replace")
    fits = [hmac.compare_digest(signature(secret, "POST", url, body).encode(), claimed) for url in urls]
    return any(fits)


def request_to(server: str, path: str, shop: str, secret: str, body: str = "") -> Request:
    """A signed request to the service (§1.2): a GET, or a POST if there is a body.

    :param server: scheme and host
    :param path: below `/api/shop/v2`, for example `tasks/17`
    """
    method = "POST" if body else "GET"
    url = f"{server.strip().rstrip('/')}/api/shop/v2/{path}"
    headers = {
        "Authorization": shop,
        "X-HMAC-Signature": signature(secret, method, url, body.encode()),
        "Accept": "application/json",
    }
    if body:
        headers["Content-Type"] = "application/json"
    return Request(
        method,
        url,
        body,
        headers,
        connect_timeout=const.CONNECT_TIMEOUT,
        read_timeout=const.READ_TIMEOUT,
    )
