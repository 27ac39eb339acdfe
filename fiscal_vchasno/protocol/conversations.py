"""Sends tasks and looks up unknown outcomes (§6.4), as conversations without I/O.

A conversation is a generator: it yields HTTP requests, is sent the replies, and returns its result. It is driven by
the side that has the connection: Odoo's server, or the cashier's browser beside Device Manager.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from ...fiscal_base.tools.exact_json import decode_object
from ...fiscal_base.tools.outcome import Kind, Outcome, RegisterStatus
from ...fiscal_base.tools.transport import Answer, Request
from .. import const
from .answers import (
    Reply,
    found_in_list,
    judge,
    parse,
    parse_receipt,
    parse_status,
    raw,
    read,
    rows,
    with_view,
    words,
)
from .requests import Access, Settings, ask, by_tag, freeze, http, question, receipt_view, thaw

#: entries on one page of a list (§1.5: 100 by default)
PAGE = 100
#: most pages of one list that are read
PAGES = 10
#: how long before the sale a shift may have been closed to be searched all the same: allows for wrong clocks and zones
MARGIN = timedelta(days=1)

Conversation = Generator[Request, Reply, Outcome]


def submit(request: dict, access: Access, url: str = "") -> Conversation:
    """Send `request` once.

    :param url: of the service, for the page of the receipt
    """
    return parse(request, (yield http(request, access)), url)


def lookup(request: dict, access: Access, url: str = "") -> Conversation:
    """The outcome of `request`.

    Device Manager is asked by the tag, which never creates anything (§2.8).

    The cloud has no such call. First the receipts of the shifts since the sale are searched for the tag, which only
    reads. If it is missing, or listed without success, the same body is repeated with the same tag: the service then
    returns the existing receipt, ends a collision, or registers a document that it never saw, once (§6.1, §6.4). If the
    repeat fails, that says nothing about the first sending, which stays `unknown`; so does a refusal without a reason,
    unless the lists show that the tag exists nowhere.
    """
    task = thaw(request)
    if "device" in task:
        return (yield from _by_tag(request, access, url))
    listed, absent = yield from _in_lists(task["tag"], request.get("since") or "", access, url)
    if listed:
        return listed
    return (yield from _repeated(request, access, url, absent))


def _repeated(request: dict, access: Access, url: str, absent: bool = False) -> Conversation:
    """Repeat with the same tag; the outcome of the first sending by the answer.

    :param absent: nothing was registered with the tag before
    """
    outcome = parse(request, (yield http(request, access)), url)
    if absent and outcome.kind is Kind.BLOCKED and outcome.code in const.SHIFT_TROUBLE:
        # for a registered tag the service returns the receipt in any state of the shift, so this one never was
        return Outcome.not_sent(outcome.message, 0, code=outcome.code, response=outcome.response)
    unexplained = outcome.kind is Kind.REJECTED and outcome.code == "refused" and not absent
    if unexplained or outcome.kind in (Kind.NOT_SENT, Kind.BLOCKED):
        return dataclasses.replace(outcome, kind=Kind.UNKNOWN)
    return outcome


def status(settings: Settings, access: Access) -> Generator[Request, Reply, RegisterStatus]:
    """The health check (§2.7)."""
    asked = http(freeze(question(settings)), dataclasses.replace(access, printer=None))
    return parse_status((yield asked), dm=bool(settings.device))


def _by_tag(request: dict, access: Access, url: str) -> Conversation:
    """The stored answer, or code 1058 for a tag that Device Manager has never seen (§2.8)."""
    task = thaw(request)
    reply = yield http(freeze(by_tag(task)), dataclasses.replace(access, printer=None))
    said = read(reply, dm=True)
    if isinstance(said, Outcome):
        return dataclasses.replace(said, kind=Kind.UNKNOWN)
    if said.res == const.NO_SUCH_TAG:
        return Outcome.not_sent(said.words, 0, code="no_such_tag", response=raw(reply))
    outcome = judge(task, said, raw(reply), url)
    if said.res and outcome.kind in (Kind.REJECTED, Kind.UNKNOWN):
        # It may be the question that was refused, or the document when it was sent. The repeat with the same tag
        # tells, and ends a collision.
        return (yield from _repeated(request, access, url))
    if outcome.kind in (Kind.NOT_SENT, Kind.BLOCKED):
        return dataclasses.replace(outcome, kind=Kind.UNKNOWN)
    return outcome


def _in_lists(tag: str, since: str, access: Access, url: str) -> Generator[Request, Reply, tuple[Outcome | None, bool]]:
    """Search the shifts since the sale for `tag` (§1.5).

    :returns: the outcome, or None if the lists do not tell; and whether they show that the tag exists nowhere
    """
    shifts, whole = yield from _pages("/api/v3/shifts", {}, access, most=1)
    if isinstance(shifts, Outcome):
        return shifts, False
    shifts = [shift for shift in shifts if _since(shift, since)]
    absent = whole or bool(shifts)
    for shift in shifts:
        checks, whole = yield from _pages("/api/v3/shift/checks", {"shift_id": words(shift.get("id"))}, access)
        if isinstance(checks, Outcome):
            return checks, False
        item = next((item for item in checks if words(item.get("tag")) == tag), None)
        if item and (outcome := found_in_list(item, url)):
            view = parse_receipt((yield receipt_view(outcome.data.number, access)))
            return (with_view(outcome, view) if view else outcome), False
        absent = absent and whole and not item
    return None, absent


def _pages(
    path: str, query: dict, access: Access, most: int = PAGES
) -> Generator[Request, Reply, tuple[list[dict] | Outcome, bool]]:
    """The entries of a list, and whether they are complete; an outcome if the service could not be asked.

    A list that is refused tells nothing about the document: only the repeat with its tag will.

    :param most: pages that are read. The first page, the newest 100 shifts, covers a month
    """
    found = []
    for page in range(1, most + 1):
        reply = yield ask(f"{path}?{urlencode({**query, 'page': page, 'limit': PAGE})}", access)
        if not isinstance(reply, Answer) or reply.status == 401 or reply.status >= 500:
            return dataclasses.replace(read(reply), kind=Kind.UNKNOWN), False
        answer = decode_object(reply.text)
        if reply.status != 200 or answer is None or not isinstance(answer.get("items"), list):
            break
        found += rows(answer, "items")
        if answer.get("has_next") is not True:
            return found, True
    return found, False


def _since(shift: Mapping, since: str) -> bool:
    """Whether `shift` may have been open when the sale was made, by its dates."""
    closed, sold = _date(words(shift.get("date_closed"))), _date(since)
    return closed is None or sold is None or closed >= sold - MARGIN


def _date(text: str) -> datetime | None:
    try:
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return None
