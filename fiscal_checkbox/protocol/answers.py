"""Reads answers of Checkbox into an `Outcome` or plain data (§3, §4.2, §6, §8).

Malformed answers never raise. Only an object that says so and has our id is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytz

from ...fiscal_base.tools.money import ZERO, minor
from ...fiscal_base.tools.outcome import FiscalData, Outcome
from ...fiscal_base.tools.text import one_line
from ...fiscal_base.tools.transport import Answer, Lost, NotSent
from .. import const

Reply = Answer | NotSent | Lost

#: greatest whole number that is accepted
_LARGEST = 2**31 - 1
_HTTP = re.compile(r"https?://\S+")


class Failure(NamedTuple):
    """Why there is no usable answer to a question.

    :param code: key of the message for the user (`texts.OUTCOMES`)
    :param message: the service's own words, or the reason of the transport
    :param reachable: whether the service answered at all
    """

    code: str
    message: str = ""
    reachable: bool = True


# === Parts of an answer ===


def words(value: object) -> str:
    """Text of the service on one line; "" for anything else."""
    return one_line(value) if isinstance(value, str) else ""


def integer(value: object) -> int | None:
    """A whole number that fits into the database, else None."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        return None
    return value


def whole(value: object) -> int | None:
    """A whole number that may be written as a `number` of JSON (6500.0), else None."""
    return integer(int(value)) if isinstance(value, float) and value.is_integer() else integer(value)


def amount(value: object) -> Decimal | None:
    """Kopecks as currency units."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return Decimal(value).scaleb(-2) if abs(value) < 10**15 else None


def inner(value: Mapping, *names: str) -> Mapping:
    """The object at `names`, empty if there is none."""
    for name in names:
        value = value.get(name)
        if not isinstance(value, Mapping):
            return {}
    return value


def moment(value: object, zone: str = "UTC") -> datetime | None:
    """A time as the clock of `zone` shows it, naive; a time without a zone is UTC."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        aware = time if time.tzinfo else pytz.utc.localize(time)
        return aware.astimezone(pytz.timezone(zone)).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError, pytz.UnknownTimeZoneError):
        return None


def link(value: object) -> str:
    return value if isinstance(value, str) and _HTTP.fullmatch(value) else ""


def listed(body: object) -> list[Mapping]:
    """The rows of a list, which may stand alone or in `results`."""
    rows = body.get("results") if isinstance(body, Mapping) else body
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


# === Refusals (§8.1) ===


def error(reply: Answer) -> tuple[str, str] | None:
    """`(code, message)` of an error in the form of this service, None if something else answered."""
    body = reply.json()
    if not isinstance(body, Mapping) or not ({"code", "message", "detail"} & body.keys()):
        return None
    detail = body.get("detail")
    rows = detail if isinstance(detail, list) else []
    places = [_place(row) for row in rows if isinstance(row, Mapping)]
    text = words(body.get("message")) or words(detail)
    return words(body.get("code")), "; ".join(filter(None, [text, *places]))


def _place(row: Mapping) -> str:
    """“goods.0.good.price: must be above 0” of a validation error."""
    where = row.get("loc")
    path = ".".join(str(part) for part in where if part != "body") if isinstance(where, list) else ""
    return ": ".join(filter(None, (path, words(row.get("msg")))))


def failed(reply: Reply, listed: bool = False) -> Outcome | None:
    """The outcome of a failed request; None if it succeeded.

    :param listed: success is a list, as for the return of a prepayment (§4.4), instead of an object
    """
    if isinstance(reply, NotSent):
        return Outcome.not_sent(reply.reason, code="connection")
    if isinstance(reply, Lost):
        return Outcome.unknown(reply.reason, code="lost")
    if 200 <= reply.status < 300:
        if isinstance(reply.json(), list if listed else Mapping):
            return None
        return Outcome.unknown("", code="no_json", response=reply.text)
    return replace(_refused(reply), response=reply.text)


def _refused(reply: Answer) -> Outcome:
    status, told = reply.status, error(reply)
    if status == 429:
        return Outcome.unknown(told[1] if told else "", _pause(reply), code="throttled")
    if status >= 500 or status == 408:
        return Outcome.unknown(f"HTTP {status}", code="server_error")
    if told is None or _nowhere(reply):
        return Outcome.blocked(f"HTTP {status}", code="user_agent" if status == 403 else "wrong_address")
    code, message = told
    if status == 403 and not code and message == "Not authenticated":
        return Outcome.blocked(message, code="credentials")
    if code in const.REFUSALS:
        kind, ours = const.REFUSALS[code]
        return Outcome.blocked(message, code=ours) if kind == "blocked" else Outcome.unknown(message, code=ours)
    for pattern, kind, ours in const.REFUSAL_TEXTS:
        if pattern.search(message):
            return Outcome.blocked(message, code=ours) if kind == "blocked" else Outcome.unknown(message, code=ours)
    if status == 401:
        return Outcome.blocked(message, code="credentials")
    return Outcome.rejected("validation" if status == 422 else "refused", message or code)


def _nowhere(reply: Answer) -> bool:
    """Whether nothing is at this address. For an unknown id, in contrast, the service answers with a `message`."""
    body = reply.json()
    return reply.status == 404 and not (isinstance(body, Mapping) and words(body.get("message")))


def _pause(reply: Answer) -> float:
    """Pause in seconds that the service asks for (§8.1: `Retry-After`, if present)."""
    header = next((value for name, value in reply.headers.items() if name.lower() == "retry-after"), "")
    told = header.isascii() and header.isdigit() and len(header) < 6
    return min(max(int(header), 1), 600) if told else const.THROTTLED


def read(reply: Reply) -> Mapping | list | Failure | None:
    """The answer to a question: an object, a list, None for the JSON `null`."""
    if not isinstance(reply, Answer):
        return Failure("no_connection", reply.reason, reachable=False)
    if 200 <= reply.status < 300:
        body = reply.json()
        if isinstance(body, Mapping | list) or (body is None and reply.text.strip() == "null"):
            return body
        return Failure("no_json")
    if reply.status == 404:
        return Failure("wrong_address", "HTTP 404") if _nowhere(reply) else Failure("not_found", error(reply)[1])
    outcome = _refused(reply)
    return Failure(outcome.code, outcome.message)


def unauthorized(reply: Reply) -> bool:
    """Whether the token was refused: nothing was executed, and a new one may help (§1.3)."""
    if not isinstance(reply, Answer) or reply.status not in (401, 403):
        return False
    outcome = _refused(reply)
    return outcome.code == "credentials"


# === Receipts (§4.2) ===


def receipt(request: Mapping, body: Mapping, raw: str) -> Outcome:
    """The outcome of the document in `request` by a receipt of the service, cash in and out included."""
    if words(body.get("id")).lower() != request["key"].lower():
        return Outcome.unknown("", code="foreign", response=raw)
    status = words(body.get("status"))
    reason = words(inner(body, "transaction").get("response_error_message")) or words(
        inner(body, "transaction").get("response_status")
    )
    if status == const.DONE:
        done = Outcome.done(receipt_data(request, body), response=raw)
        return _differs(request, body, replace(done, service_id=words(body.get("id"))))
    if status in const.ERRORS:
        return _ended(reason or status, raw)
    if status == "CREATED":
        return Outcome.waiting(const.ASK_RECEIPT, response=raw)
    return Outcome.unknown(status, code="unexpected", response=raw)


def _ended(reason: str, raw: str) -> Outcome:
    """A receipt that ended with an error: nothing was registered, and its id is used up (§8.3). If the cashier's key
    is the cause, the receipt is sent again with a new id.
    """
    for pattern, __, code in const.REFUSAL_TEXTS:
        if code == "key_expired" and pattern.search(reason):
            return Outcome.not_sent(reason, response=raw, new_key=True, code=code)
    return Outcome.rejected("error", reason, response=raw)


def returned(body: Mapping) -> list[str]:
    """Ids of the return receipts of a prepayment chain, each once (§4.4)."""
    chain = inner(body, "receipt_chain")
    ids, mapping = chain.get("returned_receipts"), chain.get("returned_receipts_mapping")
    named = [*(ids if isinstance(ids, list) else []), *(mapping.values() if isinstance(mapping, Mapping) else [])]
    return list(dict.fromkeys(key for key in map(words, named) if re.fullmatch(r"[\w-]{1,64}", key)))


def chain_returned(request: Mapping, rows: list, raw: str) -> Outcome | None:
    """The outcome of the return in `request` by the receipts of a prepayment chain, or of its return (§4.4).

    :returns: None if nothing of it has been returned
    """
    returns = [row for row in rows if isinstance(row, Mapping) and row.get("type") == "RETURN"]
    statuses = [words(row.get("status")) for row in returns]
    if not returns:
        return None
    if all(status in const.ERRORS for status in statuses):
        told = (words(inner(row, "transaction").get("response_error_message")) for row in returns)
        return _ended(next(filter(None, told), statuses[0]), raw)
    counted = [row for row, status in zip(returns, statuses, strict=True) if status not in const.ERRORS]
    if any(row.get("status") != const.DONE for row in counted):
        return Outcome.waiting(const.ASK_RECEIPT, response=raw)
    data = [receipt_data(request, row) for row in counted]
    total = sum((one.total or ZERO for one in data), ZERO)
    extra = {"receipt_id": words(counted[-1].get("id")), "relation_id": request["relation"], "receipts": len(data)}
    extra["numbers"] = [one.number for one in data]
    told = replace(
        data[-1],
        total=total,
        url=f"{const.PAGE}/{extra['receipt_id']}",
        lines=None,  # of the last one alone
        extra={**data[-1].extra, **{name: value for one in data for name, value in one.extra.items()}, **extra},
    )
    outcome = replace(Outcome.done(told, response=raw), service_id=extra["receipt_id"])
    if minor(total) in request["totals"]:
        return outcome
    return replace(outcome, code="differs", message=f"{total}")


def _differs(request: Mapping, body: Mapping, outcome: Outcome) -> Outcome:
    """`outcome` with a warning if the service computed another total than Odoo, or used another register: that of the
    cashier's open shift.
    """
    register = words(inner(body, "shift", "cash_register").get("id")) or words(body.get("cash_register_id"))
    if register and request["register"] and register != request["register"]:
        return replace(outcome, code="other_register", message=outcome.data.register_number or register)
    total, expected = integer(body.get("total_sum")), request.get("totals")
    if not expected or total is None or total in expected:
        return outcome
    return replace(outcome, code="differs", message=f"{amount(total)}")


def receipt_data(request: Mapping, body: Mapping) -> FiscalData:
    """Fiscal data of a receipt in the long form and in the flat one (§4.2)."""
    shift, url = inner(body, "shift"), link(body.get("tax_url"))
    shift_id = words(shift.get("id")) or words(body.get("shift_id"))
    known = request["shift"]
    serial = integer(shift.get("serial"))
    if serial is None and shift_id and shift_id == known.get("id"):
        serial = known.get("serial")
    offline = body.get("is_created_offline") is True
    total = amount(body.get("total_sum"))
    # the answer to a GET does not tell (§9), and receipts of a test register are never delivered
    test = body.get("is_test") is True or request.get("test") is True
    return FiscalData(
        number=words(body.get("fiscal_code")),
        sign=words(body.get("control_number")),
        register_number=words(inner(shift, "cash_register").get("fiscal_number")) or _register_number(url),
        shift_number=serial,
        receipt_number=integer(body.get("serial")),
        registered_at=moment(body.get("fiscal_date"), request["zone"])
        or moment(body.get("created_at"), request["zone"]),
        total=total and abs(total),  # for cash out the sign is not documented
        operation=const.OPERATION_OF.get(words(body.get("type")), ""),
        lines=len(body["goods"]) if isinstance(body.get("goods"), list) and body["goods"] else None,
        qr=url,
        url=f"{const.PAGE}/{request['key']}",
        test=test,
        extra=_present(
            {
                "shift_id": shift_id,
                "offline": True if offline else None,
                "undelivered": True if offline and not test and body.get("is_sent_dps") is not True else None,
                "relation_id": words(body.get("pre_payment_relation_id")),
            }
        ),
    )


def _register_number(url: str) -> str:
    """`fn` of the page of the tax service."""
    try:
        return words("".join(parse_qs(urlsplit(url).query).get("fn", [])))
    except ValueError:
        return ""


# === Shifts (§3) ===


def shift_data(body: Mapping, zone: str) -> FiscalData:
    """The data of a shift, with the counters that the service keeps (`balance`, Z report)."""
    report = inner(body, "z_report")
    register = inner(body, "cash_register")
    return FiscalData(
        number=words(report.get("fiscal_code")),
        register_number=words(register.get("fiscal_number")),
        shift_number=integer(body.get("serial")),
        registered_at=moment(body.get("closed_at"), zone) or moment(body.get("opened_at"), zone),
        counters=counters(body),
        test=register.get("is_test") is True or inner(body, "cashier").get("is_test") is True,
        extra=_present(
            {
                "shift_id": words(body.get("id")),
                "report_id": words(report.get("id")),
                "cashier_id": words(inner(body, "cashier").get("id")),
                "cashier": words(inner(body, "cashier").get("full_name")),
            }
        ),
    )


def counters(body: Mapping) -> dict[str, Decimal]:
    """Counters of a shift by the names of `fiscal.shift`; the drawer's `balance` counts cash less change (§3.2)."""
    balance, report = inner(body, "balance"), inner(body, "z_report")
    found = {}
    for operation, word in (("sale", "sales"), ("sale_return", "returns")):
        cash, card = amount(balance.get(f"cash_{word}")), amount(balance.get(f"card_{word}"))
        if cash is not None and card is not None:
            found |= {f"{operation}.cash": cash, f"{operation}.total": cash + card}
        count = integer(report.get(f"{'sell' if operation == 'sale' else 'return'}_receipts_count"))
        if count is not None:
            found[f"{operation}.count"] = Decimal(count)
    for name, word in (("cash_in", "service_in"), ("cash_out", "service_out")):
        if (value := amount(balance.get(word))) is not None:
            found[name] = value
    return found


def expired(body: Mapping, now: datetime) -> bool:
    """Whether a shift is open for more than 24 hours (§3.4). `now` is naive UTC."""
    opened = moment(body.get("opened_at"))
    return bool(opened) and (now - opened).total_seconds() >= const.SHIFT_HOURS * 3600


def reason(body: Mapping, transaction: str) -> str:
    """Why the opening or the closing of a shift failed."""
    told = inner(body, transaction)
    return words(told.get("response_error_message")) or words(told.get("response_status"))


def _present(fields: Mapping) -> dict:
    return {name: value for name, value in fields.items() if value not in (None, "")}
