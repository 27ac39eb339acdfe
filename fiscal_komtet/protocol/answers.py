"""Reads answers of the service into outcomes (§1.5, §3, §5.4). Malformed answers never raise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from ...fiscal_base.tools.exact_json import decode_object
from ...fiscal_base.tools.money import ZERO, money
from ...fiscal_base.tools.outcome import FiscalData, Outcome, RegisterStatus
from ...fiscal_base.tools.text import one_line, shorten
from ...fiscal_base.tools.transport import Answer, Lost, NotSent
from .. import const
from .tasks import thaw

Reply = Answer | NotSent | Lost

#: longest answer that is stored with an attempt; that of a task has hundreds of characters
KEPT = 16000


# === Creating a task ===


def parse_submit(request: Mapping, reply: Reply) -> Outcome:
    """The outcome of the POST of a task (§2, §5.4). Created means queued, not registered.

    A repeat with the same `external_id` is refused with `VLD11` and, as far as is known, the existing task: this is how
    to find a task whose number is not known.
    """
    if isinstance(reply, NotSent):
        return Outcome.not_sent(reply.reason, code="connection")
    if isinstance(reply, Lost):
        return Outcome.unknown(reply.reason, code="lost")
    answer, text = decode(reply), raw(reply)
    if reply.status == 200:
        if not _is_task(answer, thaw(request)["external_id"]):
            return Outcome.unknown(_page(reply), code="foreign" if answer else "garbage", response=text)
        return Outcome.waiting(response=text)
    if service_code(answer) == const.EXISTS:
        if integer(_inner(answer, "task").get("id")) is None:
            return Outcome.unknown(said(answer), code=const.EXISTS, response=text)
        return Outcome.waiting(0, response=text)
    return _refusal(reply, answer, no_such="no_queue")


def _is_task(answer: Mapping, external_id: str) -> bool:
    return integer(answer.get("id")) is not None and words(answer.get("external_id")) == external_id


def _refusal(reply: Answer, answer: Mapping, no_such: str) -> Outcome:
    """An answer other than 200 to the first sending: nothing was created, unless a server failed."""
    code, message, text = service_code(answer), said(answer) or _page(reply), raw(reply)
    if reply.status == 429:
        return Outcome.not_sent(message, _retry_after(reply), text, code="throttled")
    if reply.status >= 500:
        return Outcome.unknown(message, code=code or "gateway", response=text)
    if code.startswith("VLD"):
        return Outcome.rejected(code, message, text)
    if code.startswith("SRV"):
        return Outcome.blocked(message, response=text, code=code)
    if reply.status in (401, 403) or code.startswith("AUT"):
        return Outcome.blocked(message, response=text, code="AUT00")
    if reply.status == 404:
        return Outcome.blocked(message, response=text, code=no_such)
    if 300 <= reply.status < 500 and not answer:
        return Outcome.blocked(message, response=text, code="wrong_address")
    return Outcome.unknown(message, code=code or "unexpected", response=text)


# === State of a task ===


def parse_task(request: Mapping, reply: Reply, key: str = "") -> Outcome:
    """The outcome of a task, asked for by its number (§3.2).

    The service has this task: failing to ask is `blocked`, which says nothing about the document and leaves it waiting.

    :param key: with which the task was sent, if it is not the key of `request`
    """
    if not isinstance(reply, Answer):
        return Outcome.blocked(reply.reason, code="connection")
    answer, text = decode(reply), raw(reply)
    if reply.status != 200:
        outcome = _refusal(reply, answer, no_such="task_gone")
        if outcome.code == "task_gone":
            return Outcome.unknown(outcome.message, code="task_gone", response=text)
        return Outcome.blocked(outcome.message, outcome.retry_after, text, outcome.code)
    if not answer:
        return Outcome.blocked(_page(reply), response=text, code="garbage")
    task = thaw(request)
    if not _is_task(answer, key or task["external_id"]):
        return Outcome.unknown(_page(reply), code="foreign", response=text)
    state = words(answer.get("state"))
    if state == const.ERROR:
        message = shorten(words(answer.get("error_description")), 1000)
        code = _task_error(message)
        if code in const.FOR_A_PERSON:
            return Outcome.unknown(message, response=text, code=code)
        return Outcome.rejected(code, message, text)
    if not state:
        return Outcome.unknown(_page(reply), code="unexpected", response=text)
    if state != const.DONE:
        return Outcome.waiting(response=text)
    data = _fiscal_data(answer, task["intent"])
    outcome = Outcome.done(data, text)
    return replace(outcome, code="differs") if _differs(task, data, _inner(answer, "fiscal_data")) else outcome


def _task_error(message: str) -> str:
    return next((code for pattern, code in const.TASK_ERRORS if pattern.search(message)), "task_error")


def _fiscal_data(answer: Mapping, intent: str) -> FiscalData:
    """`fiscal_data` (§3.2); its values are texts even if they look like numbers. It has no lines and no payments."""
    data = _inner(answer, "fiscal_data")
    parts = {name: words(data.get(name)) for name in ("t", "s", "fn", "i", "fp", "n")}
    return FiscalData(
        number=parts["i"],
        sign=parts["fp"],
        storage=parts["fn"],
        register_number=words(data.get("rn")),
        shift_number=integer(data.get("sh")),
        receipt_number=integer(data.get("shn")),
        registered_at=moment(parts["t"]),
        total=amount(parts["s"]),
        operation=_operation(parts["n"], intent),
        qr="&".join(f"{name}={part}" for name, part in parts.items()) if all(parts.values()) else "",
        url=link(answer.get("receipt_url")),
        test=parts["fn"].startswith(const.TEST_STORAGE),
        extra={"task": integer(answer.get("id"))},
    )


def _operation(sign: str, intent: str) -> str:
    """The operation that was registered, by the settlement sign `n`; "" if the sign is missing or unknown.

    The sign does not distinguish a correction from a receipt: that is assumed to be as it was sent.
    """
    signs = {const.SETTLEMENT_SIGNS[sent]: sent for sent in const.SETTLEMENT_SIGNS}
    if sign not in signs:
        return ""
    registered = signs[sign] + ("Correction" if intent.endswith("Correction") else "")
    return next(operation for operation, name in const.INTENTS.items() if name == registered)


def _differs(task: Mapping, data: FiscalData, given: Mapping) -> bool:
    """Whether the register says that it registered another sum, or another kind of receipt, than was sent."""
    sent = sum((Decimal(payment["sum"]) for payment in task["payments"]), ZERO)
    sign = next(sign for intent, sign in const.SETTLEMENT_SIGNS.items() if task["intent"].startswith(intent))
    return (data.total is not None and data.total != sent) or words(given.get("n")) not in ("", sign)


def task_id(key: str, texts: Iterable[str]) -> int | None:
    """Number of the task with `key`, if any of `texts` (answers and callbacks for it) names it."""
    for text in texts:
        answer = read(text or "")
        if "external_id" in answer:
            named = answer.get("id") if words(answer["external_id"]) == key else None
        else:
            named = _inner(answer, "task").get("id")
        number = integer(named)
        if number is not None:
            return number
    return None


# === The queue ===


def parse_queue(reply: Reply) -> RegisterStatus:
    """The health check (§3.1). `extra["code"]` is the key of the message for the user, "" if all is well."""
    if not isinstance(reply, Answer):
        return _unready("connection", reply.reason, reachable=False)
    answer = decode(reply)
    if reply.status != 200:
        outcome = _refusal(reply, answer, no_such="no_queue")
        return _unready(outcome.code, outcome.message)
    if integer(answer.get("id")) is None:
        return _unready("garbage", _page(reply))
    state = words(answer.get("state"))
    code = "" if state == const.ACTIVE else "passive" if state == const.PASSIVE else "queue_state"
    queue = {"queue": shorten(words(answer.get("name")), 128), "state": shorten(state, 32)}
    return RegisterStatus(ready=not code, problem=state if code == "queue_state" else "", extra={"code": code, **queue})


def _unready(code: str, message: str, reachable: bool = True) -> RegisterStatus:
    return RegisterStatus(ready=False, problem=message, reachable=reachable, extra={"code": code})


# === Reading ===


def read(text: str) -> dict:
    """The JSON object in `text`, with exact numbers; {} if there is none."""
    return decode_object(text) or {}


def decode(reply: Answer) -> dict:
    return read(reply.text)


def raw(reply: Answer) -> str:
    return reply.text[:KEPT]


def service_code(answer: Mapping) -> str:
    return shorten(words(answer.get("code")), 32).upper()


def said(answer: Mapping) -> str:
    """The service's message for people: title and description (§1.5)."""
    return shorten(": ".join(filter(None, (words(answer.get("title")), words(answer.get("description"))))), 1000)


def _page(reply: Answer) -> str:
    return f"HTTP {reply.status}"


def _retry_after(reply: Answer) -> float | None:
    headers = {name.lower(): text for name, text in reply.headers.items()}
    seconds = integer(headers.get("retry-after"))
    return seconds if seconds is not None and seconds >= 0 else None


def _inner(value: Mapping, name: str) -> Mapping:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def words(value: object) -> str:
    """A text or number as one line; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    try:
        return one_line(str(value))
    except ValueError:  # a number of thousands of digits
        return ""


def integer(value: object) -> int | None:
    text = words(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def amount(value: object) -> Decimal | None:
    try:
        number = Decimal(words(value))
        return money(number) if number.is_finite() and abs(number) < 10**15 else None
    except InvalidOperation:
        return None


def moment(text: str) -> datetime | None:
    """Time of the register, naive (§3.2): `20260105T1203`, with seconds or without."""
    for form in ("%Y%m%dT%H%M", "%Y%m%dT%H%M%S", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def link(value: object) -> str:
    text = words(value)
    return text if text.startswith(("https://", "http://")) and len(text) <= 2000 else ""
