"""Sends commands and looks up unknown outcomes (§7, items 1 to 4), as conversations without I/O.

A conversation is a generator: it yields requests, is sent the replies, and returns the `Outcome`. It is driven by
the caller, which has the connection. Replies that come one at a time (a register that calls us) are replayed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from decimal import Decimal

from ...fiscal_base.tools.exact_json import decode_object
from ...fiscal_base.tools.outcome import FiscalData, Kind, Outcome
from ...fiscal_base.tools.transport import Answer
from .. import const
from .answers import (
    Failure,
    Reply,
    amount,
    counters,
    failed,
    inner,
    integer,
    judge,
    parse,
    parse_marking,
    raw,
    read,
    unwrap,
    words,
)
from .commands import freeze, get_counters, get_data_kkt, get_rezult, marked, thaw, validate_marking
from .storage import Known, device, look_for, look_for_twin

Conversation = Generator[dict, Reply, Outcome]
NOTHING = Known()
#: cash in and out: command → sign of what it does to the drawer
_DRAWER = {"DepositingCash": 1, "PaymentCash": -1}


def submit(request: dict, known: Known = NOTHING) -> Conversation:
    """Send `request` once, after the question that it names in `first`.

    * Marking codes are checked (§3.9): one that may not be sold rejects the receipt. If they cannot be checked, the
      receipt is sent all the same, since the register checks the codes too.
    * Before a shift is closed its counters are read (§3.6), if the register has any.
    * Before cash in or out the drawer is read (§3.3), so that a look-up can tell whether it was done: an unknown
      outcome has that answer as its response.

    If the request may have arrived twice (`Known.twice`), the answer is that to the second arrival: see `_once`.

    Code 61 means either a closed shift or one older than 24 hours (§3.1), so the register is asked which it is. Old
    registers do not report the third state (§3.3): a shift that is not closed is then too old.
    """
    told = ""
    if request.get("first") == "marking":
        verdict = yield from _check_marking(request)
        if isinstance(verdict, Outcome):
            return verdict
        told = verdict
    counted = (yield from _count(request)) if request.get("first") == "counters" else {}
    drawer = (yield freeze(get_data_kkt(device(thaw(request))))) if request.get("first") == "drawer" else None
    outcome = parse(request, (yield request))
    if isinstance(drawer, Answer) and outcome.kind is Kind.UNKNOWN:
        return dataclasses.replace(outcome, response=raw(drawer))
    if known.twice:
        outcome = yield from _once(request, known, outcome)
    if outcome.kind is Kind.DONE and (counted or told):
        data = dataclasses.replace(outcome.data, counters=counted)
        message = " ".join(filter(None, (outcome.message, told)))
        return dataclasses.replace(outcome, data=data, message=message)
    if outcome.kind is not Kind.BLOCKED or outcome.code != "shift_closed":
        return outcome
    state = read((yield freeze(get_data_kkt(device(thaw(request))))), "GetDataKKT")
    session = None if isinstance(state, Failure) else integer(inner(state, "Info").get("SessionState"))
    return outcome if session in (None, const.SHIFT_CLOSED) else dataclasses.replace(outcome, code="shift_expired")


def _check_marking(request: dict) -> Generator[dict, Reply, Outcome | str]:
    """The outcome that rejects the receipt, or the service's words about codes that were not fully checked."""
    command = thaw(request)
    reply = yield freeze(validate_marking(device(command), marked(command)))
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
    register = device(thaw(request))
    for cyrillic in (False, True):
        question = get_counters(register, cyrillic)
        answer = read((yield freeze(question)), question["Command"])
        if not isinstance(answer, Failure):
            return counters(answer)
        if answer.code in ("no_connection", "unauthorized"):
            break
    return {}


def _once(request: dict, known: Known, outcome: Outcome) -> Conversation:
    """`outcome`, checked against the fiscal storage, of a receipt whose request may have arrived twice.

    KKM Server recognises a repeat by its key, unless the first run ended with Status 2 (perhaps after it had
    registered) or KKM Server was restarted in between (§2.6). So a refusal counts only if the fiscal storage has no new
    document of ours, and before a receipt is done the documents since the last known one are read.
    """
    command, after = thaw(request), request.get("after")
    if command["Command"] != "RegisterCheck" or outcome.kind in (Kind.WAITING, Kind.UNKNOWN) or not outcome.response:
        return outcome
    number = integer(outcome.data.number) if outcome.kind is Kind.DONE else None
    if outcome.kind is Kind.DONE and (number is None or (after is not None and number - after <= 1)):
        return outcome
    state = read((yield freeze(get_data_kkt(device(command)))), "GetDataKKT")
    if outcome.kind is Kind.DONE:
        twins = None
        if not isinstance(state, Failure):
            twins = yield from look_for_twin(command, state, after, known, number)
        if twins is None:
            return outcome
        data = dataclasses.replace(outcome.data, extra={**outcome.data.extra, **twins.extra})
        return dataclasses.replace(outcome, code="twice", data=data)
    if isinstance(state, Failure):
        return Outcome.unknown(outcome.message, code=outcome.code, response=outcome.response)
    if after is not None and integer(state.get("CheckNumber")) == after:
        return outcome
    return (yield from look_for(command, state, after, known, outcome))


def lookup(request: dict, known: Known = NOTHING, drawer: str = "") -> Conversation:
    """The outcome of the command in `request`. Nothing is created, printed or changed.

    :param drawer: the answer of `GetDataKKT` that was read before cash was put in or taken out; "" for none

    First `GetRezult` is asked. If KKM Server has forgotten the command (a restart, §2.6), or reports a failure that may
    hide a registered receipt (`answers.failed`), the documents of the fiscal storage decide.

    Failing to ask is `unknown`, never `not_sent`: it says nothing about the document. A command that ended because the
    register could not work was not executed: that is `not_sent`, since `blocked` would leave its outcome open.
    """
    outcome = yield from _find(request, known, drawer)
    return dataclasses.replace(outcome, kind=Kind.NOT_SENT) if outcome.kind is Kind.BLOCKED else outcome


def _find(request: dict, known: Known, drawer: str) -> Conversation:
    command, after = thaw(request), request.get("after")

    def in_storage(absent: Outcome) -> Conversation:
        return _in_storage(command, after, known, drawer, absent)

    reply = yield freeze(get_rezult(command["IdCommand"]))
    if not isinstance(reply, Answer):
        return Outcome.unknown(reply.reason, code="no_connection")
    result = _unwrap(reply)
    if isinstance(result, Failure):
        return Outcome.unknown(result.message, code=result.code, response=raw(reply))
    status = integer(result.get("Status"))
    repeated = Outcome.unknown(words(result.get("Error")), code="repeated", response=raw(reply))
    if status in (const.RUNNING, const.QUEUED) and _is_old(reply):
        return (yield from in_storage(repeated))
    if status == const.NOT_FOUND:
        forgotten = Outcome.not_sent(words(result.get("Error")), code="not_found", new_key=True, response=raw(reply))
        return (yield from in_storage(forgotten))
    if status == const.REPEATED:
        return (yield from in_storage(repeated))
    outcome = judge(command, result, raw(reply))
    if outcome.kind is Kind.UNKNOWN and outcome.code != "foreign":
        # an error that may hide a receipt, or an empty answer: neither proves that nothing was registered
        certain = failed(command, result, raw(reply), checked=True) if status == const.ERROR else outcome
        return (yield from in_storage(certain))
    return (yield from _once(request, known, outcome)) if known.twice else outcome


def _is_old(reply: Answer) -> bool:
    """Whether `GetRezult` repeats an earlier answer of its own (§2.5), which may be outdated."""
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


# === The register itself ===


def _in_storage(command: dict, after: int | None, known: Known, drawer: str, absent: Outcome) -> Conversation:
    """Look for the document of `command` in the register itself.

    :param absent: the outcome if the register certainly has no such document
    """
    name = command["Command"]
    if name == "XReport":
        # it registers nothing, so it may be printed again
        again = Outcome.not_sent(absent.message, code=absent.code, new_key=absent.new_key, response=absent.response)
        return again if absent.kind is Kind.UNKNOWN else absent
    state = read((yield freeze(get_data_kkt(device(command)))), "GetDataKKT")
    if isinstance(state, Failure):
        return Outcome.unknown(state.message, code=state.code)
    if name == "RegisterCheck":
        return (yield from look_for(command, state, after, known, absent))
    if name in _DRAWER:
        return _in_drawer(command, decode_object(drawer) or {}, state, absent)
    return _shift_in_storage(name, state, after, absent)


def _shift_in_storage(name: str, state: Mapping, after: int | None, absent: Outcome) -> Outcome:
    """A shift in the wanted state counts as done, whoever opened or closed it."""
    session = integer(inner(state, "Info").get("SessionState"))
    wanted = const.SHIFT_OPEN if name == "OpenShift" else const.SHIFT_CLOSED
    if session == wanted:
        last = integer(state.get("CheckNumber"))
        # the last document is the report only if none came after it
        certain = last and (name == "CloseShift" or last - 1 == after)
        return Outcome.done(
            FiscalData(number=str(last) if certain else "", shift_number=integer(state.get("SessionNumber")))
        )
    if session in (const.SHIFT_CLOSED, const.SHIFT_OPEN) or (session and name == "CloseShift"):
        return absent
    return Outcome.unknown(absent.message, code="no_trace", response=absent.response)


def _in_drawer(command: Mapping, before: Mapping, now: Mapping, absent: Outcome) -> Outcome:
    """Cash in and out leave no trace in the fiscal storage (§3.2). The register's count of its cash tells whether they
    were done, as long as no other document came between; else a person looks at the drawer and the tape.
    """
    unknown = Outcome.unknown(absent.message, code="no_trace", response=absent.response)
    was, is_now = (amount(inner(state, "Info").get("BalanceCash")) for state in (before, now))
    if was is None and is_now is None:
        return unknown
    # zero is left out of an answer (§1), −1 means that the register does not say
    if any("BalanceCash" in inner(state, "Info") and cash is None for state, cash in ((before, was), (now, is_now))):
        return unknown
    if not before or integer(before.get("CheckNumber")) != integer(now.get("CheckNumber")):
        return unknown
    moved = (is_now or Decimal(0)) - (was or Decimal(0))
    if moved == _DRAWER[command["Command"]] * command["Amount"]:
        return Outcome.done(FiscalData(shift_number=integer(now.get("SessionNumber"))), response=absent.response)
    return absent if not moved else unknown
