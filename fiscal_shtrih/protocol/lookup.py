"""What became of a document whose answer was lost (§12): the storage is read; nothing is created or changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta

from ...fiscal_base.tools.outcome import FiscalData, Outcome
from .. import const
from . import answers
from .answers import Found
from .commands import Commands
from .profile import Profile
from .steps import Broken, NoAnswer, Refused, Step, ask, ended, read
from .submit import fiscal_data

#: documents of the storage that one look-up reads
LIMIT = 50
#: by how much a document may be older than the clock was before it: the storage counts in minutes
MINUTE = timedelta(minutes=2)


def lookup(plan: dict, before: dict | None, password: int, profile: Profile | None, taken: Mapping[int, str]) -> Step:
    """The outcome of `plan`.

    :param before: what `submit` had put on the disk before it sent anything; None: it sent nothing
    :param taken: number → fiscal sign of documents of the storage that others have
    """
    if before is None:
        return Outcome.not_sent("", code="never_sent")
    commands = Commands(password)
    if plan["operation"] in ("cash_in", "cash_out", "x_report"):
        search = _counted(plan, before, commands)
    else:
        search = _stored(plan, before, commands, profile, taken)
    return (yield from ended(_certain(search), _open))


def _open(trouble: NoAnswer) -> Outcome:
    return Outcome.unknown(trouble.message, code="no_answer")


def _certain(search: Step) -> Step:
    """That the register refuses a question says nothing about the document."""
    try:
        return (yield from search)
    except Refused as refused:
        return Outcome.unknown(str(refused), code="no_trace")


def _stored(plan: dict, before: dict, commands: Commands, profile: Profile | None, taken: Mapping[int, str]) -> Step:
    """Compare the documents of the storage since then: number first, then type, sum and time.

    Done where exactly one is the same; not sent only where every one since then was read and is another.
    """
    state = yield from read(commands.storage_status(), answers.storage)
    if state.number != before["storage"]:
        return Outcome.unknown(state.number, code="other_storage")
    if state.last - before["last"] > LIMIT or state.last < before["last"]:
        return Outcome.unknown("", code="no_trace")
    same = []
    for number in range(before["last"] + 1, state.last + 1):
        answer = yield from ask(commands.find_document(number))
        if answer.error:
            return Outcome.unknown(f"{number}: {answer.error:02X}h", code="no_trace")
        document = _document(answer.data, number)
        if _same(plan, before, document) and taken.get(number) != str(document.sign):
            same.append(document)
    if not same:
        return Outcome.not_sent("", code="not_found")
    if len(same) > 1:
        return Outcome.unknown(", ".join(str(document.number) for document in same), code="ambiguous")
    return (yield from _found(plan, same[0], state.number, commands, profile))


def _document(data: bytes, number: int) -> Found:
    try:
        document = answers.found(data)
    except answers.Strange as error:
        raise NoAnswer(Broken(False, str(error))) from error
    if document.number != number:
        raise NoAnswer(Broken(False, f"{document.number} <> {number}"))
    return document


def _same(plan: dict, before: dict, document: Found) -> bool:
    operation = plan["operation"]
    clock = datetime.fromisoformat(before["clock"]) if before["clock"] else None
    if clock and document.moment and document.moment < clock - MINUTE:
        return False
    if operation == "shift_open":
        return document.type == const.FD_OPENING
    if operation == "shift_close":
        return document.type == const.FD_CLOSING
    wanted = const.FD_CORRECTION if operation in const.CORRECTIONS else const.FD_RECEIPT
    return (document.type, document.operation, document.total) == (
        wanted,
        const.RECEIPTS[operation][1],
        plan["total"],
    )


def _found(plan: dict, document: Found, storage: str, commands: Commands, profile: Profile | None) -> Step:
    data = fiscal_data(plan, storage, document.number, document.sign, document.moment, profile, document)
    try:
        shift = yield from read(commands.shift_status(), answers.shift)
        number = document.shift or shift.number
    except (NoAnswer, Refused):
        number = document.shift
    return Outcome.done(dataclasses.replace(data, shift_number=number))


def _counted(plan: dict, before: dict, commands: Commands) -> Step:
    """Cash and reports: the register counts what it prints, and the cash in its drawer."""
    full = yield from read(commands.status(), answers.full)
    storage = yield from read(commands.storage_status(), answers.storage)
    if storage.number != before["storage"]:
        return Outcome.unknown(storage.number, code="other_storage")
    cash = yield from read(commands.money_register(const.CASH_IN_DRAWER), answers.money)
    moved = {"cash_in": plan["total"], "cash_out": -plan["total"], "x_report": 0}[plan["operation"]]
    printed = (full.document - before["document"]) % 0x10000
    if cash == before["cash"] and not printed:
        return Outcome.not_sent("", code="not_found")
    if cash == before["cash"] + moved and printed == 1:
        return Outcome.done(FiscalData(storage=storage.number, registered_at=full.clock))
    return Outcome.unknown("", code="no_trace")
