"""Sends documents and looks up their outcome, as conversations without I/O (§3, §4.2, §8.3).

A conversation is a generator: it yields calls, is sent the replies, and returns a result. Its driver has the
connection. `authorized` adds the cashier's token to the calls of another conversation, and renews it once.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ...fiscal_base.tools.outcome import Kind, Outcome
from ...fiscal_base.tools.transport import Answer, NotSent
from .. import const
from . import answers
from .answers import Failure, Reply, failed, read
from .calls import Call, get, post
from .documents import call as call_of
from .documents import returns_chain

Conversation = Generator[Call, Reply, Outcome]

#: the open shift of the register, by the licence key alone; the list does not name its cashier (§2.1)
OPEN_SHIFTS = get("/cash-registers/shifts?statuses=OPENED&desc=true&limit=1", bearer=False)


# === Signing in (§1.3) ===


@dataclass
class Ticket:
    """The credentials of a cashier.

    :param token: from the last sign-in, "" if there is none
    """

    pin: str = ""
    login: str = ""
    password: str = ""
    token: str = ""


def sign_in(ticket: Ticket) -> Call:
    """Sign in by PIN if there is one, else by login and password."""
    if ticket.pin:
        return post("/cashier/signinPinCode", {"pin_code": ticket.pin}, bearer=False)
    return post("/cashier/signin", {"login": ticket.login, "password": ticket.password}, bearer=False)


def authorized(conversation: Generator[Call, Reply, object], ticket: Ticket) -> Generator[Call, Reply, object]:
    """`conversation` with the token of `ticket` in its calls.

    If there is no token, or once if it is refused, the cashier signs in and `ticket.token` is replaced. A call with a
    refused token was not executed, so it can be repeated.
    """
    renewed, reply = False, None
    while True:
        try:
            call = conversation.send(reply)
        except StopIteration as end:
            return end.value
        if not call.bearer:
            reply = yield call
            continue
        reply = yield from _with_token(call, ticket)
        if answers.unauthorized(reply) and not renewed:
            renewed, ticket.token = True, ""
            reply = yield from _with_token(call, ticket)


def _with_token(call: Call, ticket: Ticket) -> Generator[Call, Reply, Reply]:
    if not ticket.token and (refusal := (yield from _signed_in(ticket))) is not None:
        return refusal
    return (yield replace(call, token=ticket.token))


def _signed_in(ticket: Ticket) -> Generator[Call, Reply, Reply | None]:
    """Get a token. None if that succeeds; else the reply to return for the call that could not be made.

    If this fails, the call itself was certainly not sent.
    """
    reply = yield sign_in(ticket)
    body = read(reply)
    if isinstance(body, Mapping) and isinstance(body.get("access_token"), str) and body["access_token"]:
        ticket.token = body["access_token"]
        return None
    if isinstance(reply, Answer) and 400 <= reply.status < 500 and reply.status not in (408, 429):
        refusal = failed(reply)
        return reply if refusal.kind is Kind.BLOCKED else _no_entry(refusal.message)
    return NotSent(body.message or body.code if isinstance(body, Failure) else "sign in")


def _no_entry(message: str) -> Answer:
    """A refused sign-in as an answer that cannot be mistaken for one about the document, such as “not found”."""
    return Answer(403, json.dumps({"code": "cashier.invalid_credentials", "message": message}))


# === Sending ===


def submit(request: Mapping) -> Conversation:
    """Send `request` once. If the service knows its id already, look up the outcome of the first sending."""
    operation = request["operation"]
    if operation == "shift_close" and request["shift"].get("id"):
        # the call closes the open shift of the cashier, which is another one if this one is closed already
        known = yield from lookup(request)
        if known.kind in (Kind.DONE, Kind.WAITING):
            return known
    if returns_chain(request):
        # it has no id, so a second one would be another return: the chain is always asked first
        known = yield from _before_return(request)
        if known is not None:
            return known
    reply = yield call_of(request)
    outcome = failed(reply, listed=returns_chain(request))
    if outcome is None:
        return (yield from _accepted(request, reply))
    if outcome.code == "already_exists":
        known = yield from lookup(request)
        if known.kind is Kind.NOT_SENT:
            return Outcome.unknown(known.message, code="no_trace", response=outcome.response)
        return known
    if operation == "shift_open" and outcome.code in ("shift_open", "busy"):
        return (yield from _adopt(request, outcome))
    if outcome.code == "shift_closed":
        if operation == "shift_close":
            return (yield from _nothing_to_close(request, outcome))
        return (yield from _whose_shift(request, outcome))
    return outcome


def _accepted(request: Mapping, reply: Answer) -> Conversation:
    body, raw, operation = reply.json(), reply.text, request["operation"]
    if returns_chain(request):
        outcome = answers.chain_returned(request, body, raw)
        if outcome is None:
            return Outcome.unknown("", code="unexpected", response=raw)
        return (yield from _with_serial(request, outcome))
    if operation in const.BY_RECEIPT:
        return (yield from _with_serial(request, answers.receipt(request, body, raw)))
    if operation == "shift_open":
        return _opening(request, body, raw)
    if operation == "shift_close":
        return (yield from _closing(request, body, raw))
    return (yield from _x_report(request, body, raw))


def _whose_shift(request: Mapping, outcome: Outcome) -> Conversation:
    """The signed-in cashier has no shift. Another one may have: a register has one shift, of one cashier (§3.1)."""
    said = read((yield OPEN_SHIFTS))
    shifts = answers.listed(said)
    if not shifts and not isinstance(said, Failure):
        return outcome
    shift = said if isinstance(said, Failure) else (yield from _whole_shift(shifts[0]))
    if isinstance(shift, Failure):
        # nothing was registered, and this does not tell whether a shift is open
        return Outcome.not_sent(shift.message, code=shift.code)
    data = answers.shift_data(shift, request["zone"])
    return replace(outcome, code="other_shift", message=data.extra.get("cashier", ""), data=data)


def _whole_shift(row: Mapping) -> Generator[Call, Reply, Mapping | Failure]:
    """The shift of a row of a list, with cashier and register, which the list lacks (§2.1)."""
    shift = read((yield get(f"/shifts/{answers.words(row.get('id'))}")))
    return shift if isinstance(shift, Mapping | Failure) else Failure("no_json")


def _nothing_to_close(request: Mapping, outcome: Outcome) -> Conversation:
    """The signed-in cashier has no shift to close: it was closed already, by the schedule of the service (§3.4) or by
    somebody else, or it belongs to another cashier.
    """
    if request["shift"].get("id"):
        known = yield from lookup(request)
        if known.kind is not Kind.NOT_SENT:
            return known
    other = yield from _whose_shift(request, outcome)
    if other.code == "other_shift":
        return other
    return Outcome.rejected("shift_closed", outcome.message, response=outcome.response)


def _adopt(request: Mapping, outcome: Outcome) -> Conversation:
    """A shift is open already. If it belongs to this cashier and this register, it counts as the requested one."""
    shift = read((yield get("/cashier/shift")))
    if isinstance(shift, Failure):
        return Outcome.not_sent(shift.message, code=shift.code)
    if isinstance(shift, Mapping):
        mine = request["register"]
        if not mine:
            info = read((yield get("/cash-registers/info", bearer=False)))
            if not isinstance(info, Mapping):
                failure = info if isinstance(info, Failure) else Failure("no_json")
                return Outcome.not_sent(failure.message, code=failure.code)
            mine = answers.words(info.get("id"))
        register = answers.words(answers.inner(shift, "cash_register").get("id"))
        if mine and register and register != mine:
            title = answers.words(answers.inner(shift, "cash_register").get("title")) or register
            return Outcome.blocked(title, code="elsewhere", response=outcome.response)
        if shift.get("status") == const.OPENED:
            return Outcome.done(replace(answers.shift_data(shift, request["zone"]), number=""))
        return replace(outcome, retry_after=const.ASK_SHIFT)
    return (yield from _whose_shift(request, outcome))


# === The return of a prepayment (§4.4) ===


def _before_return(request: Mapping) -> Generator[Call, Reply, Outcome | None]:
    """The outcome if the chain rules out its return, or was returned already; None if it can be returned."""
    reply = yield get(f"/prepayment-receipts/{request['relation']}")
    body = read(reply)
    if isinstance(body, Failure) and body.code == "not_found":
        return Outcome.rejected("refused", body.message)
    if not isinstance(body, Mapping):
        failure = body if isinstance(body, Failure) else Failure("no_json")
        return Outcome.not_sent(failure.message, code=failure.code)
    known = yield from _chain_said(request, body, reply.text)
    if known is not None and known.kind is not Kind.REJECTED:  # a return that ended with an error may be repeated
        return known
    paid = answers.whole(body.get("paid_sum"))
    if paid is not None and paid not in request["totals"]:
        return Outcome.rejected("chain_paid", f"{answers.amount(paid)}", response=reply.text)
    return None


def _chain_said(request: Mapping, body: Mapping, raw: str) -> Generator[Call, Reply, Outcome | None]:
    """The outcome of the return by the chain `body`, which has only ids of returns; None if it was not returned."""
    returns = []
    for key in answers.returned(body):
        reply = yield get(f"/receipts/{key}")
        receipt = read(reply)
        if not isinstance(receipt, Mapping):
            failure = receipt if isinstance(receipt, Failure) else Failure("no_json")
            return Outcome.unknown(failure.message, code="no_trace" if failure.code == "not_found" else failure.code)
        returns.append(receipt)
        raw = f"{raw}\n{reply.text}"
    outcome = answers.chain_returned(request, returns, raw)
    if outcome is not None:
        return (yield from _with_serial(request, outcome))
    if body.get("pre_payment_status") in ("CANCELLED", "PARTIAL_CANCELLED"):
        return Outcome.unknown(answers.words(body["pre_payment_status"]), code="unexpected", response=raw)
    return None


def _look_for_return(request: Mapping) -> Conversation:
    reply = yield get(f"/prepayment-receipts/{request['relation']}")
    body = read(reply)
    if not isinstance(body, Mapping):
        failure = body if isinstance(body, Failure) else Failure("no_json")
        return Outcome.unknown(failure.message, code=failure.code)
    outcome = yield from _chain_said(request, body, reply.text)
    if outcome is None:
        never = Outcome.not_sent("", 0, response=reply.text, code="not_found")
        return replace(never, under_way=const.UNDER_WAY)
    return outcome


# === Asking ===


def lookup(request: Mapping) -> Conversation:
    """The outcome of `request`. Nothing is created or changed.

    Failing to ask is `unknown`, never `not_sent`: it says nothing about the document.
    """
    operation = request["operation"]
    if operation == "x_report":
        # it changes nothing and can be repeated
        return Outcome.not_sent("", 0, code="not_found")
    if returns_chain(request):
        return (yield from _look_for_return(request))
    reply = yield _question(request)
    body = read(reply)
    if isinstance(body, Failure):
        return _unanswered(body, reply)
    if operation == "shift_close" and not request["shift"].get("id"):
        shifts = answers.listed(body)
        body = (yield from _whole_shift(shifts[0])) if shifts else None
        if isinstance(body, Failure):
            return Outcome.unknown(body.message, code=body.code)
    if not isinstance(body, Mapping):
        return Outcome.unknown("", code="no_json", response=reply.text)
    if operation in const.BY_RECEIPT:
        return (yield from _with_serial(request, answers.receipt(request, body, reply.text)))
    if operation == "shift_open":
        return _opening(request, body, reply.text)
    return (yield from _closing(request, body, reply.text, asked=True))


def _question(request: Mapping) -> Call:
    match request["operation"]:
        case "shift_open":
            return get(f"/shifts/{request['key']}")
        case "shift_close":
            if shift := request["shift"].get("id"):
                return get(f"/shifts/{shift}")
            return get("/cash-registers/shifts?desc=true&limit=1", bearer=False)
    return get(f"/receipts/{request['key']}")


def _unanswered(failure: Failure, reply: Reply) -> Outcome:
    response = reply.text if isinstance(reply, Answer) else ""
    if failure.code == "not_found":
        return Outcome.not_sent(failure.message, 0, response=response, code="not_found")
    return Outcome.unknown(failure.message, response=response, code=failure.code)


def _with_serial(request: Mapping, outcome: Outcome) -> Conversation:
    """`outcome` with the number of the shift, since the flat form of a receipt has only its id."""
    data = outcome.data
    if outcome.kind is not Kind.DONE or data.shift_number is not None or not data.extra.get("shift_id"):
        return outcome
    shift = read((yield get(f"/shifts/{data.extra['shift_id']}")))
    if not isinstance(shift, Mapping):
        return outcome
    return replace(outcome, data=replace(data, shift_number=answers.integer(shift.get("serial"))))


def _opening(request: Mapping, body: Mapping, raw: str) -> Outcome:
    """The outcome of an opening (§3.1): CREATED and OPENING become OPENED, or CLOSED if the opening failed."""
    if answers.words(body.get("id")).lower() != request["key"].lower():
        return Outcome.unknown("", code="foreign", response=raw)
    status = body.get("status")
    if status in const.OPENING:
        return Outcome.waiting(const.ASK_SHIFT, response=raw)
    if status == const.CLOSED and not body.get("opened_at"):
        # the id is used up; the cause may be gone by the next try
        return Outcome.not_sent(
            answers.reason(body, "initial_transaction"), response=raw, new_key=True, code="opening_failed"
        )
    if status in (const.OPENED, const.CLOSING, const.CLOSED):
        data = answers.shift_data(body, request["zone"])
        opened = answers.moment(body.get("opened_at"), request["zone"])
        return Outcome.done(replace(data, number="", registered_at=opened, counters={}), response=raw)
    return Outcome.unknown(answers.words(status), code="unexpected", response=raw)


def _closing(request: Mapping, body: Mapping, raw: str, asked: bool = False) -> Conversation:
    """The outcome of a closing (§3.3): CLOSING becomes CLOSED, or OPENED again if it failed.

    :param asked: `body` answers a question about the shift; else it answers the closing itself
    """
    status = body.get("status")
    if status == const.CLOSED:
        data = answers.shift_data(body, request["zone"])
        text = yield from _text(data.extra.get("report_id", ""))
        return Outcome.done(replace(data, extra={**data.extra, **text}), response=raw)
    if status == const.CLOSING or (status == const.OPENED and not asked):
        return Outcome.waiting(const.ASK_SHIFT, response=raw)
    if status == const.OPENED:
        told = answers.reason(body, "closing_transaction")
        return Outcome.not_sent(told, response=raw, code="closing_failed" if told else "not_found")
    return Outcome.unknown(answers.words(status), code="unexpected", response=raw)


def _x_report(request: Mapping, body: Mapping, raw: str) -> Conversation:
    """The outcome of an X report (§6): its text is available at once; it has no fiscal number."""
    report = answers.words(body.get("id"))
    if not report:
        return Outcome.unknown("", code="unexpected", response=raw)
    text = yield from _text(report)
    data = answers.shift_data({"id": body.get("shift_id"), "z_report": body}, request["zone"])
    at = answers.moment(body.get("created_at"), request["zone"])
    return Outcome.done(replace(data, number="", registered_at=at, extra={**data.extra, **text}), response=raw)


def _text(report: str) -> Generator[Call, Reply, dict]:
    """The text of the report; the document is done even without it."""
    reply = (yield get(f"/reports/{report}/text")) if report else None
    good = isinstance(reply, Answer) and reply.status == 200 and not reply.text.lstrip().startswith(("<", "{"))
    return {"text": reply.text} if good else {}


# === Health check (§1.4, §2) ===


@dataclass(frozen=True)
class Condition:
    """The state of a register and its cashier.

    :param problem: code of a sentence (`texts.OUTCOMES`) when it cannot work, with the service's words in `detail`
    :param register, cashier, shift, codes, offline: objects of the service, empty where it did not say
    """

    problem: str = ""
    detail: str = ""
    reachable: bool = True
    register: Mapping = None
    cashier: Mapping = None
    shift: Mapping = None
    codes: Mapping = None
    offline: Mapping = None


def condition(now: datetime, signed: bool = True) -> Generator[Call, Reply, Condition]:
    """Ask for the state of the register, and with `signed` of its cashier.

    :param now: naive UTC
    """
    register = read((yield get("/cash-registers/info", bearer=False)))
    if not isinstance(register, Mapping):
        problem = register if isinstance(register, Failure) else Failure("no_json")
        code = "wrong_address" if problem.code == "not_found" else problem.code
        return Condition(code, problem.message, problem.reachable, {}, {}, {}, {}, {})
    shifts = answers.listed(read((yield OPEN_SHIFTS)))
    shift = shifts[0] if shifts else {}
    offline = _object(read((yield get("/cash-registers/get-offline-time", bearer=False))))
    known = Condition(register=register, cashier={}, shift=shift, codes={}, offline=offline)
    if register.get("emergency_date"):
        known = replace(known, problem="emergency", detail=answers.words(register.get("emergency_details")))
    if not signed:
        return replace(known, problem=known.problem or "no_account")
    cashier = read((yield get("/cashier/me")))
    if not isinstance(cashier, Mapping):
        failure = cashier if isinstance(cashier, Failure) else Failure("no_json")
        return replace(known, problem=failure.code, detail=failure.message, reachable=failure.reachable)
    known = replace(known, cashier=cashier)
    known = replace(known, codes=_object(read((yield get("/cash-registers/get-offline-codes-count")))))
    if known.problem:
        return known
    if cashier.get("blocked") is True:
        return replace(known, problem="cashier_blocked")
    ends = answers.moment(cashier.get("certificate_end"))
    if ends and ends <= now:
        return replace(known, problem="key_expired")
    if cashier.get("signature_type") == "AGENT":
        agent = read((yield get("/cashier/check-signature")))
        if isinstance(agent, Mapping) and False in (agent.get("online"), agent.get("shift_open_possibility")):
            return replace(known, problem="agent_offline")
    return known


def _object(body: object) -> Mapping:
    return body if isinstance(body, Mapping) else {}


# === Single calls ===


def ask(call: Call) -> Generator[Call, Reply, Reply]:
    """Make one call, and return its reply."""
    return (yield call)
