"""Addresses of services as people enter them."""

from __future__ import annotations

from urllib.parse import urlsplit


def address_problem(address: str, path: bool = False) -> str:
    """What is wrong with the address of a service; "" if nothing is.

    :param path: whether the address of this service has a path
    :returns: `no_address`, or the part that it must not have: `login`, `path`, `query`
    """
    try:
        parts = urlsplit(address.strip())
        host, __ = parts.hostname, parts.port
    except ValueError:
        return "no_address"
    if parts.scheme not in ("http", "https") or not host or any(sign.isspace() for sign in address.strip()):
        return "no_address"
    if "@" in parts.netloc:
        return "login"
    if "?" in address or "#" in address:
        return "query"
    return "" if path or parts.path in ("", "/") else "path"
