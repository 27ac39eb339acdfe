"""Sending a command, and asking about one whose end is not known (§7, items 1 to 4), as conversations without I/O.

A conversation is a generator: it yields requests, is sent the replies, and returns the `Outcome`. The caller that has the
connection drives it; replies that come one at a time (a register that calls us) can be replayed into a new one.
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
    """Send `request` once, after what it asks for first.

    * Marking codes are checked (§3.9): one that may not be sold refuses the receipt. Trouble with asking does not; the
      register checks the codes again by itself.
    * Before a shift is closed its counters are read (§3.6). A register that has none is closed without.
    * Before cash is put in or taken out the drawer is read (§3.3), which tells a look-up whether it was done: what is
      not known in the end carries the answer as its response.

    Where the request may have arrived twice (`Known.twice`), the end that is told is that of the second arrival: see
    `_once`.

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
    """The outcome that ends the receipt, or what the service says of codes that it could not check to the end."""
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
    """Whether `outcome` is the whole truth of a receipt whose request may have arrived twice.

    KKM Server recognises a repeat by its key, save where the first run ended with Status 2, perhaps after it had
    registered, or where it was restarted in between (§2.6). So a refusal is believed when the fiscal storage has grown
    by nothing of ours; and before a receipt is done the documents since the last known one are looked at.
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
    """What became of the command in `request`. Nothing is created, printed or changed.

    :param drawer: the answer of `GetDataKKT` that was read before cash was put in or taken out; "" for none

    First `GetRezult`. Where KKM Server has forgotten the command (a restart, §2.6), or says that it failed in a way
    that may hide a registered receipt (`answers.failed`), the documents of the fiscal storage decide.

    Trouble with asking is `unknown`, never `not_sent`: it says nothing about the document. A command that ended because
    the register could not work was surely not executed: that is `not_sent`, since `blocked` would say nothing about it.
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
        # an error that may hide a receipt, or an answer that says nothing: neither proves that nothing was registered
        certain = failed(command, result, raw(reply), checked=True) if status == const.ERROR else outcome
        return (yield from in_storage(certain))
    return (yield from _once(request, known, outcome)) if known.twice else outcome


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


# === The register itself ===


def _in_storage(command: dict, after: int | None, known: Known, drawer: str, absent: Outcome) -> Conversation:
    """Look for the document of `command` in the register itself.

    :param absent: the outcome when the register surely has no such document
    """
    name = command["Command"]
    if name == "XReport":
        # nothing is registered by it, so it may be printed once more
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


def _in_drawer(command: Mapping, before: Mapping, now: Mapping, absent: Outcome) -> Outcome:
    """Cash in and out leave nothing in the fiscal storage (§3.2); the cash that the register counts tells, as long as
    no document came between. Where it does not, a person looks at the drawer and the tape.
    """
    unknown = Outcome.unknown(absent.message, code="no_trace", response=absent.response)
    was, is_now = (amount(inner(state, "Info").get("BalanceCash")) for state in (before, now))
    if was is None and is_now is None:
        return unknown
    # zero is left out of an answer (§1), −1 stands for a register that does not say
    if any("BalanceCash" in inner(state, "Info") and cash is None for state, cash in ((before, was), (now, is_now))):
        return unknown
    if not before or integer(before.get("CheckNumber")) != integer(now.get("CheckNumber")):
        return unknown
    moved = (is_now or Decimal(0)) - (was or Decimal(0))
    if moved == _DRAWER[command["Command"]] * command["Amount"]:
        return Outcome.done(FiscalData(shift_number=integer(now.get("SessionNumber"))), response=absent.response)
    return absent if not moved else unknown
