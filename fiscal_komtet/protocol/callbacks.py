"""Callbacks of Komtet Kassa, sent when a task has ended (§4)."""

from __future__ import annotations

import ipaddress
import json
from typing import NamedTuple
from urllib.parse import urlsplit

#: one callback address for each place that takes one: the two fields in the cabinet, and `callback_url` of a task
RESULTS = ("success", "failure", "task")


class Callback(NamedTuple):
    """A hint that a task has changed; its state is then asked for.

    :param external_id: key of the document
    :param state: as the callback says; never relied on alone
    """

    external_id: str
    state: str


def parse_callback(body: bytes) -> Callback | None:
    """The callback in `body`, None if it is none: JSON with `external_id`, one of ours, and `state` (§4.2)."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    external_id, state = value.get("external_id"), value.get("state")
    if isinstance(external_id, bool) or not isinstance(external_id, str | int) or not isinstance(state, str):
        return None
    key = str(external_id)  # json refuses numbers with more digits than `int` may convert
    sound = key.isascii() and key.isprintable() and 0 < len(key) <= 64
    return Callback(key, state) if sound else None


def callback_url(address: str, register: int, result: str) -> str:
    """The callback address; the service gets exactly this text and signs it.

    :param address: of Odoo, as it is seen from the Internet
    :param result: one of `RESULTS`
    """
    return f"{address.strip().rstrip('/')}/fiscal_komtet/{register}/{result}"


def address_problem(address: str) -> str:
    """Why the service cannot reach Odoo at `address`, judged by its form; "" if it looks reachable.

    :returns: `none`, `not_https`, or `local`
    """
    try:
        parts = urlsplit((address or "").strip())
        host, __ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "none"
    if parts.scheme not in ("http", "https") or not host:
        return "none"
    try:
        local = not ipaddress.ip_address(host).is_global
    except ValueError:
        local = "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan", ".home", ".test"))
    if local:
        return "local"
    return "" if parts.scheme == "https" else "not_https"
