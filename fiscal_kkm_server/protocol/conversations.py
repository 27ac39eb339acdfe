"""Sending a command, and asking about one whose end is not known (§7, items 1 to 4), as conversations without I/O.

A conversation is a generator: it yields requests, is sent the replies, and returns the `Outcome`. Whoever has the
connection drives it; replies that come one at a time (a register that calls us) can be replayed into a new one.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Generator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ...fiscal_base.tools.exact_json import decode_object
from ...fiscal_base.tools.outcome import FiscalData, Kind, Outcome
from ...fiscal_base.tools.text import shorten
from ...fiscal_base.tools.transport import Answer
from .. import const
from .answers import (
    Failure,
    Reply,
    amount,
    counters,
    failed,
    fiscal_data,
    inner,
    integer,
    judge,
    moment,
    parse,
    parse_marking,
    qr_parts,
    raw,
    read,
    receipt_total,
    unwrap,
    words,
)
from .commands import (
    Device,
    freeze,
    get_counters,
    get_data_check,
    get_data_kkt,
    get_rezult,
    marked,
    thaw,
    validate_marking,
)

#: documents of the fiscal storage that one look-up reads, newest first
LIMIT = 20

#: CheckType of a document → `n` of the QR code (§3.5, §6)
_TYPES = {"приход": "1", "возврат прихода": "2", "расход": "3", "возврат расхода": "4"}
#: documents that are surely no receipt
_REPORT = re.compile(r"(открыти|закрыти)\w* смен|отч[её]т|регистрац", re.I)

Conversation = Generator[dict, Reply, Outcome]
NONE: Mapping = MappingProxyType({})


class Known(NamedTuple):
    """What is known of the fiscal storage without asking.

    :param after: number of the last document that was known before the command was sent first
    :param taken: number → fiscal sign of documents that other sales have
    """

    after: int | None
    taken: Mapping[int, str]


def submit(request: dict) -> Conversation:
    """Send `request` once, after what it asks for first.

    * Marking codes are checked (§3.9): one that may not be sold refuses the receipt. Trouble with asking does not; the
      register checks the codes again by itself.
    * Before a shift is closed its counters are read (§3.6). A register that has none is closed without.

    The text of code 61 means a closed shift as well as one that is over 24 hours old (§3.1), and their cures differ:
    the register is asked which of the two it is. Old registers do not report the third state (§3.3), so whatever is
    not closed is too old.
    """
    told = ""
    if request.get("first") == "marking":
        verdict = yield from _check_marking(request)
        if isinstance(verdict, Outcome):
            return verdict
        told = verdict
    counted = (yield from _count(request)) if request.get("first") == "counters" else {}
    outcome = parse(request, (yield request))
    if outcome.kind is Kind.DONE and (counted or told):
        data = dataclasses.replace(outcome.data, counters=counted)
        message = " ".join(filter(None, (outcome.message, told)))
        return dataclasses.replace(outcome, data=data, message=message)
    if outcome.kind is not Kind.BLOCKED or outcome.code != "shift_closed":
        return outcome
    state = read((yield freeze(get_data_kkt(_device(thaw(request))))), "GetDataKKT")
    session = None if isinstance(state, Failure) else integer(inner(state, "Info").get("SessionState"))
    return outcome if session in (None, const.SHIFT_CLOSED) else dataclasses.replace(outcome, code="shift_expired")


def _check_marking(request: dict) -> Generator[dict, Reply, Outcome | str]:
    """The outcome that ends the receipt, or what the service says of codes that it could not check to the end."""
    command = thaw(request)
    reply = yield freeze(validate_marking(_device(command), marked(command)))
    verdicts = parse_marking(reply)
    if isinstance(verdicts, Failure):
        return ""
    names = {piece.code: piece.name for piece in marked(command)}
    refused = [
        f"{names.get(verdict.code, verdict.code)}: {verdict.words}" for verdict in verdicts if not verdict.allowed
    ]
    if refused:
        return Outcome.rejected("marking", "; ".join(refused), response=raw(reply))
    return "; ".join(dict.fromkeys(verdict.words for verdict in verdicts if verdict.words and not verdict.certain))


def _count(request: dict) -> Generator[dict, Reply, dict]:
    """Counters of the shift that is about to be closed, in the spelling that this build knows (§3.6)."""
    device = _device(thaw(request))
    for cyrillic in (False, True):
        question = get_counters(device, cyrillic)
        answer = read((yield freeze(question)), question["Command"])
        if not isinstance(answer, Failure):
            return counters(answer)
        if answer.code in ("no_connection", "unauthorized"):
            break
    return {}


def lookup(request: dict, taken: Mapping[int, str] = NONE) -> Conversation:
    """What became of the command in `request`. Nothing is created, printed or changed.

    :param taken: number → fiscal sign of documents of the fiscal storage that other sales have: a sale that was set
        aside must not be taken for one behind it of the same sum

    First `GetRezult`. Where KKM Server has forgotten the command (a restart, §2.6), or says that it failed in a way
    that may hide a registered receipt (`answers.failed`), the documents of the fiscal storage decide.

    Trouble with asking is `unknown`, never `not_sent`: it says nothing about the document. A command that ended because
    the register could not work was surely not executed: that is `not_sent`, since `blocked` would say nothing about it.
    """
    outcome = yield from _find(request, taken)
    return dataclasses.replace(outcome, kind=Kind.NOT_SENT) if outcome.kind is Kind.BLOCKED else outcome


def _find(request: dict, taken: Mapping[int, str]) -> Conversation:
    command, known = thaw(request), Known(request.get("after"), taken)
    reply = yield freeze(get_rezult(command["IdCommand"]))
    if not isinstance(reply, Answer):
        return Outcome.unknown(reply.reason, code="no_connection")
    result = _unwrap(reply)
    if isinstance(result, Failure):
        return Outcome.unknown(result.message, code=result.code, response=raw(reply))
    status = integer(result.get("Status"))
    if status in (const.RUNNING, const.QUEUED) and _is_old(reply):
        old = Outcome.unknown(words(result.get("Error")), code="repeated", response=raw(reply))
        return (yield from _in_storage(command, known, old))
    if status == const.NOT_FOUND:
        forgotten = Outcome.not_sent(words(result.get("Error")), code="not_found", new_key=True, response=raw(reply))
        return (yield from _in_storage(command, known, forgotten))
    if status == const.REPEATED:
        repeated = Outcome.unknown(words(result.get("Error")), code="repeated", response=raw(reply))
        return (yield from _in_storage(command, known, repeated))
    outcome = judge(command, result, raw(reply))
    if outcome.kind is Kind.UNKNOWN and status == const.ERROR and outcome.code != "foreign":
        certain = failed(command, result, raw(reply), checked=True)
        return (yield from _in_storage(command, known, certain))
    return outcome


def _is_old(reply: Answer) -> bool:
    """Whether `GetRezult` answers with an answer that it gave earlier (§2.5): what it says may have changed since."""
    return inner(decode_object(reply.text) or {}, "Rezult").get("Command") == "GetRezult"


def _unwrap(reply: Answer) -> dict | Failure:
    """The result inside `GetRezult`, which may be wrapped several times (§2.5)."""
    answer = decode_object(reply.text)
    if reply.status == 401:
        return Failure("unauthorized")
    if reply.status != 200 or answer is None:
        return Failure("no_json" if reply.status == 200 else "server_error", f"HTTP {reply.status}")
    answer = unwrap(answer)
    if answer.get("Command") == "GetRezult" and integer(answer.get("Status")) != const.NOT_FOUND:
        return Failure("unexpected", words(answer.get("Error")))
    return answer


def _device(command: Mapping) -> Device:
    """The register that `command` names."""
    return Device(serial=command.get("KktNumber", ""), number=command.get("NumDevice", 0))


# === The fiscal storage ===


def _in_storage(command: dict, known: Known, absent: Outcome) -> Conversation:
    """Look for the document of `command` in the register itself.

    :param absent: the outcome when the register surely has no such document
    """
    name = command["Command"]
    if name == "XReport":
        return absent
    if name not in ("RegisterCheck", "OpenShift", "CloseShift"):
        # cash in and out leave nothing in the fiscal storage: a person looks at the drawer and the tape
        return Outcome.unknown(absent.message, code="no_trace", response=absent.response)
    state = read((yield freeze(get_data_kkt(_device(command)))), "GetDataKKT")
    if isinstance(state, Failure):
        return Outcome.unknown(state.message, code=state.code)
    if name == "RegisterCheck":
        return (yield from _receipt_in_storage(command, state, known, absent))
    return _shift_in_storage(name, state, known.after, absent)


def _shift_in_storage(name: str, state: Mapping, after: int | None, absent: Outcome) -> Outcome:
    """A shift that is in the wanted state is what was asked for, whoever brought it there."""
    session = integer(inner(state, "Info").get("SessionState"))
    wanted = const.SHIFT_OPEN if name == "OpenShift" else const.SHIFT_CLOSED
    if session == wanted:
        last = integer(state.get("CheckNumber"))
        # the report is surely the last document only where no other came after it
        certain = last and (name == "CloseShift" or last - 1 == after)
        return Outcome.done(
            FiscalData(number=str(last) if certain else "", shift_number=integer(state.get("SessionNumber")))
        )
    if session in (const.SHIFT_CLOSED, const.SHIFT_OPEN) or (session and name == "CloseShift"):
        return absent
    return Outcome.unknown(absent.message, code="no_trace", response=absent.response)


def _receipt_in_storage(command: dict, state: Mapping, known: Known, absent: Outcome) -> Conversation:
    """Compare the documents after `known.after` with the receipt, newest first.

    Done only where exactly one is the same; absent only where every one since then was read and is another.
    """
    after, last = known.after, integer(state.get("CheckNumber"))
    if last is None or (after is not None and last < after):
        # no number, or another fiscal storage was put in since
        return Outcome.unknown(absent.message, code="no_trace", response=absent.response)
    first = max((after or 0) + 1, last - LIMIT + 1)
    complete = (after or 0) + 1 == first
    same, unsure = [], 0
    for number in range(last, first - 1, -1):
        reply = yield freeze(get_data_check(_device(command), number))
        found = read(reply, "GetDataCheck")
        verdict = None if isinstance(found, Failure) else _same(command, found, number)
        if verdict:
            outcome = _found(command, found, number, raw(reply))
            if number not in known.taken:
                same.append(outcome)
            elif outcome.data.sign != known.taken[number]:
                verdict = None  # of another fiscal storage, or noted wrongly by hand
        unsure += verdict is None
    if len(same) == 1:
        return same[0]
    if same or unsure or not complete:
        code = "ambiguous" if same else "no_trace"
        return Outcome.unknown(absent.message, code=code, response=absent.response)
    return absent


def _same(command: dict, answer: Mapping, number: int) -> bool | None:
    """Whether document `number` of the fiscal storage is the receipt of `command`; None where that cannot be told.

    Type and sum decide; lines, cashier and customer can only make it doubtful, since registers write them in their
    own way or not at all (§3.5). The QR code comes first: some builds garble the rest. An answer that does not name
    the number that was asked for proves nothing.
    """
    qr, check = qr_parts(answer), inner(answer, "RegisterCheck")
    if number not in (integer(qr.get("i")), integer(check.get("FiscalNumber"))):
        return None
    kind = words(check.get("CheckType")).lower()
    correction = "CorrectionType" in command
    if _REPORT.search(kind) or (qr and not {"n", "s"} & qr.keys() and not correction):
        return False
    type_code = qr.get("n") or _TYPES.get(kind)
    total = amount(qr.get("s")) if "s" in qr else amount(check.get("AllSumm"))
    if type_code is None or total is None:
        return None
    if type_code != const.QR_TYPES[command["TypeCheck"]] or total != receipt_total(command):
        return False
    other_sort = kind and ("коррекц" in kind) is not correction
    return None if other_sort or _doubtful(command, check) else True


def _doubtful(command: Mapping, check: Mapping) -> bool:
    """Whether lines, cashier or customer, where the register gives them, differ from what was sent."""
    lines = check.get("Register")
    given = [amount(line.get("Amount")) for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    sent = [item["Register"]["Amount"] for item in command["CheckStrings"] if "Register" in item]
    if given and None not in given and sorted(given) != sorted(sent):
        return True
    return any(
        (there := words(check.get(field)).casefold()) and (here := command.get(field)) and there != here.casefold()
        for field in ("CashierName", "ClientAddress")
    )


def _found(command: dict, answer: Mapping, number: int, response: str) -> Outcome:
    """The receipt as the fiscal storage has it."""
    check = inner(answer, "RegisterCheck")
    data = fiscal_data(command, answer)
    return Outcome.done(
        dataclasses.replace(
            data,
            number=data.number or str(integer(check.get("FiscalNumber")) or number),
            sign=data.sign or shorten(words(check.get("FiscalSign")), 32),
            registered_at=data.registered_at or moment(check.get("FiscalDate")),
            total=receipt_total(command),
        ),
        response=response,
    )
