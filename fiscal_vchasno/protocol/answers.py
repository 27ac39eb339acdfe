"""Reads answers of Vchasno.Kasa into an `Outcome` or a `RegisterStatus` (§1.3, §2, §6).

Malformed answers never raise. Only an answer that says so, names our task and tag, and has a fiscal number is `done`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from ...fiscal_base.tools.exact_json import decode_object
from ...fiscal_base.tools.money import ZERO, money
from ...fiscal_base.tools.outcome import FiscalData, Outcome, RegisterStatus
from ...fiscal_base.tools.text import one_line
from ...fiscal_base.tools.transport import Answer, Lost, NotSent
from .. import const
from .requests import thaw

#: seconds after which a register that was busy may be free (§1.2, code 1015)
BUSY = 2
#: greatest whole number that is accepted
_LARGEST = 2**31 - 1

Reply = Answer | NotSent | Lost


class Said(NamedTuple):
    """An answer whose form was checked.

    :param res: 0, or the code of an error (§6)
    :param action: `res_action` (§6.1), None where it is missing
    :param words: the service's own words
    """

    res: int
    action: int | None
    words: str
    info: Mapping
    answer: Mapping


# === Values ===


def integer(value: object) -> int | None:
    """A whole number, also if given as text."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,10}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or abs(value) > _LARGEST:
        return None
    return int(value) if value == int(value) else None


def amount(value: object) -> Decimal | None:
    """An amount with two decimals, also if given as text."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}([.,][0-9]{1,4})?", value.strip()):
        value = Decimal(value.strip().replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or abs(value) >= 10**15:
        return None
    return money(value)


def words(value: object) -> str:
    """Text for the user or for a field: one line, no control characters."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = str(value)
    return one_line(value)[:1000] if isinstance(value, str) else ""


def moment(value: object) -> datetime | None:
    """`YYYYMMDDHHMMSS`, from Device Manager with milliseconds (§1.2, §8.3)."""
    digits = words(value)
    if not re.fullmatch(r"[0-9]{14}([0-9]{3})?", digits):
        return None
    try:
        return datetime.strptime(digits[:14], "%Y%m%d%H%M%S")
    except ValueError:
        return None


def raw(reply: Answer) -> str:
    return reply.text.replace("\x00", "")


def inner(answer: Mapping, name: str) -> Mapping:
    """The object under `name`, empty if there is none."""
    value = answer.get(name)
    return value if isinstance(value, dict) else {}


def rows(answer: Mapping, name: str) -> list[dict]:
    value = answer.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


# === Any answer ===


def read(reply: Reply, dm: bool = False) -> Said | Outcome:
    """The answer to a task, or the outcome of a request that has none.

    | reply | outcome |
    |---|---|
    | it never reached the service | not sent |
    | connection lost, 5xx, a page that is no JSON | unknown (§6.4) |
    | 401 | blocked: the token is wrong |
    | 429 | not sent |
    | a 3xx or another 4xx without the service's own words | blocked: this is not Vchasno.Kasa |

    :param dm: the answer is from Device Manager, whose proxy reports its own failures by `reason` (§8.7)
    """
    if isinstance(reply, NotSent):
        return Outcome.not_sent(reply.reason, code="connection")
    if isinstance(reply, Lost):
        return Outcome.unknown(reply.reason, code="lost")
    if reply.status == 401:
        return Outcome.blocked("", code="unauthorized", response=raw(reply))
    if reply.status == 429:
        return Outcome.not_sent("", code="busy", response=raw(reply))
    if reply.status >= 500 or reply.status == 408:
        return Outcome.unknown(f"HTTP {reply.status}", code="service_error", response=raw(reply))
    answer = decode_object(reply.text)
    res = None if answer is None else integer(answer.get("res"))
    if res is None:
        if answer and dm and words(answer.get("reason")):
            return _proxy_trouble(answer, raw(reply))
        if not 200 <= reply.status < 300:
            return Outcome.blocked(f"HTTP {reply.status}", code="wrong_address", response=raw(reply))
        return Outcome.unknown("", code="no_json", response=raw(reply))
    extra = answer.get("error_extra")
    told = words(answer.get("errortxt"))
    if res and extra:
        told = f"{told} {words(extra) if isinstance(extra, str) else words(_plain(extra))}".strip()
    return Said(res, integer(answer.get("res_action")), told, inner(answer, "info"), answer)


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _proxy_trouble(answer: Mapping, response: str) -> Outcome:
    """The service could not deliver the request to Device Manager (§8.7). If the connection broke, it may have arrived.

    The words are not documented. Only those that say that Device Manager was not connected in the first place prove
    that nothing arrived; “no connection” may be one that broke while the receipt was being registered.
    """
    reason = words(answer.get("reason"))
    if re.search(r"not connected|не ?підключ", reason, re.I):
        return Outcome.not_sent(reason, code="dm_not_connected", response=response)
    return Outcome.unknown(reason, code="dm_proxy", response=response)


def judge_code(said: Said, dm: bool = False) -> tuple[str, str]:
    """(kind, key of the message) of an error: `res_action` first, the code second (§6.1).

    A code that means a timeout, or trouble between the service and the tax service, stays `unknown` for any
    `res_action`: a repeat with the same tag does no harm, and a document that may have been sent never goes to another
    register.
    """
    kind, key = (const.DM_CODES if dm else const.CLOUD_CODES).get(said.res, ("unknown", "refused"))
    if key == "refused" and said.action == const.STOP and const.KEY_WORDS.search(said.words):
        return "blocked", "key"
    if said.action == const.COLLISION:
        return "unknown", "collision" if kind == "unknown" else key
    if said.action == const.REPEAT:
        return ("not_sent" if kind == "rejected" else kind), key
    if said.action == const.STOP:
        return ("blocked" if kind == "not_sent" else "rejected" if key == "refused" else kind), key
    return kind, key


# === Documents ===


def parse(request: dict, reply: Reply, url: str = "") -> Outcome:
    """The outcome of a task that was just sent.

    :param url: of the service, for the page of the receipt (§7.3)
    """
    task = thaw(request)
    dm = "device" in task
    said = read(reply, dm)
    if isinstance(said, Outcome):
        return said
    return judge(task, said, raw(reply), url)


def judge(task: Mapping, said: Said, response: str, url: str = "") -> Outcome:
    """The outcome of `task` by an answer: the first one, that to a repeat, or that to a search by tag."""
    dm = "device" in task
    number = task["fiscal"]["task"]
    if said.res:
        return _error(number, said, response, dm)
    tag = words(said.answer.get("tag"))
    told = integer(said.info.get("task")) if "task" in said.info else integer(said.answer.get("task"))
    if tag.casefold() != task["tag"].casefold() or told not in (None, number):
        return Outcome.unknown("", code="foreign", response=response)
    if number not in const.UNNUMBERED and not words(said.info.get("doccode")):
        return Outcome.unknown("", code="no_number", response=response)
    data = fiscal_data(said, url)
    if number in (1, 2) and "subtask" not in task["fiscal"]:
        data = replace(data, total=_registered(data.qr))
    return Outcome.done(data, response=response, message=warnings(said.answer))


def _registered(qr: str) -> Decimal | None:
    """The sum in the link of a receipt (§7.3, `sm`), None if there is none."""
    try:
        return amount("".join(parse_qs(urlsplit(qr).query).get("sm", [])))
    except ValueError:
        return None


def _error(number: int, said: Said, response: str, dm: bool) -> Outcome:
    """The outcome of an error (§6.2, §6.3). Opening an open shift or closing a closed one counts as done (§5)."""
    kind, key = judge_code(said, dm)
    if (number, key) == (const.TASKS["shift_open"], "shift_expired") and said.res in (1096, 2008):
        kind, key = "rejected", "shift_open"
    elif (number, key) == (const.TASKS["shift_close"], "shift_closed"):
        kind = "rejected"
    if kind == "unknown":
        return Outcome.unknown(said.words, code=key, response=response)
    if kind == "not_sent":
        return Outcome.not_sent(said.words, BUSY if key == "busy" else None, code=key, response=response)
    if kind == "blocked":
        return Outcome.blocked(said.words, code=key, response=response)
    return Outcome.rejected(key, said.words, response=response)


def warnings(answer: Mapping) -> str:
    """Warnings to be shown to the cashier (§1.3)."""
    return " ".join(filter(None, (words(warning.get("wtxt")) for warning in rows(answer, "warnings"))))


def fiscal_data(said: Said, url: str = "") -> FiscalData:
    """The fiscal data of what was registered (§2.1)."""
    info = said.info
    number = words(info.get("doccode"))
    kept = ("safe", "isoffline", "dataid", "cancelid", "mac", "cashier")
    return FiscalData(
        number=number,
        register_number=words(info.get("fisid")) or words(said.answer.get("device")),
        shift_number=integer(info.get("shift_link")) or None,
        receipt_number=integer(info.get("docno")) or None,
        registered_at=moment(info.get("dt")) or moment(said.answer.get("dt")),
        qr=words(info.get("qr")),
        url=page(number, url),
        test=integer(info.get("dtype")) == 0 or number.startswith("TEST_"),
        counters=counters(info),
        extra={name: _json(info[name]) for name in kept if name in info},
    )


def _json(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def page(number: str, url: str) -> str:
    """The receipt for the customer (§7.3)."""
    return f"{url.strip().rstrip('/')}/c/{number}" if number and url else ""


def counters(info: Mapping) -> dict[str, Decimal]:
    """Counters of an X or Z report under the names of `fiscal.shift` (§2.6): `_p` is sales, `_m` returns.

    The total of sales is what was paid, including rounding, as in Odoo.
    """
    if "pays" not in info or "receipt" not in info:
        return {}
    counted = {}
    receipts = inner(info, "receipt")
    for operation, sign in (("sale", "p"), ("sale_return", "m")):
        paid = rows(info, "pays")
        counted[f"{operation}.count"] = Decimal(integer(receipts.get(f"count_{sign}")) or 0)
        counted[f"{operation}.total"] = _sum(paid, f"sum_{sign}")
        counted[f"{operation}.cash"] = _sum(_cash(paid), f"sum_{sign}")
        for tax in rows(info, "taxes"):
            counted[f"{operation}.tax.{integer(tax.get('gr_code'))}"] = amount(tax.get(f"base_sum_{sign}")) or ZERO
    moved = _cash(rows(info, "money"))
    counted |= {"cash_in": _sum(moved, "sum_p"), "cash_out": _sum(moved, "sum_m")}
    handed_out = _sum(rows(info, "cash"), "sum_m")
    counted["cash_withdrawal"] = handed_out
    counted["cash"] = counted["sale.cash"] - counted["sale_return.cash"]
    counted["cash"] += counted["cash_in"] - counted["cash_out"] - handed_out
    return counted


def _cash(entries: list[dict]) -> list[dict]:
    return [entry for entry in entries if integer(entry.get("type")) == const.CASH]


def _sum(entries: list[dict], name: str) -> Decimal:
    return sum((amount(entry.get(name)) or ZERO for entry in entries), ZERO)


def found_in_list(item: Mapping, url: str = "") -> Outcome | None:
    """The outcome of a receipt in the service's list of a shift (§1.5); None if the list does not tell."""
    number = words(item.get("fiscal_number"))
    if integer(item.get("status")) != 1 or not number:
        return None
    created = words(item.get("date_created"))[:19]
    try:
        registered_at = datetime.strptime(created, "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        registered_at = None
    return Outcome.done(
        FiscalData(
            number=number,
            operation=_flow(item, "flow") if words(item.get("type")) == "chk" else "",
            receipt_number=integer(item.get("local_number")) or None,
            registered_at=registered_at,
            url=page(number, url),
            test=number.startswith("TEST_"),
            extra={"isoffline": item.get("is_offline") is True},
        ),
        response=_plain(item),
    )


def _flow(told: Mapping, name: str) -> str:
    """The operation of a receipt by its flow; "" for others, and for cash, whose flow lacks the direction (§1.5)."""
    return const.FLOWS.get(integer(told[name]), "") if name in told else ""


def _receipt_sum(receipt: Mapping) -> Decimal | None:
    try:
        return amount(inner(receipt, "close").get("sum"))
    except ValueError:
        return None


def with_view(outcome: Outcome, view: Mapping) -> Outcome:
    """`outcome` with QR code and register number from the JSON of the receipt (§7.3)."""
    data = outcome.data
    fields = vars(data) | {
        "qr": words(view.get("qr_content")) or data.qr,
        "register_number": words(view.get("rro_fiscal_number")) or data.register_number,
        "test": view.get("is_test") is True or data.test,
        "operation": _flow(view, "check_flow") or data.operation,
    }
    if fields["operation"] in ("sale", "sale_return"):
        fields |= {"total": _receipt_sum(inner(view, "data")), "lines": len(rows(inner(view, "data"), "items")) or None}
    return Outcome.done(FiscalData(**fields), response=outcome.response)


# === Questions ===


def parse_status(reply: Reply, dm: bool = False) -> RegisterStatus:
    """The health check from task 18 (§2.7). `extra["code"]` is the key of the message for the user.

    Only `shift_status` is used: for a closed shift `shift_dt` has an old date.
    """
    said = read(reply, dm)
    if isinstance(said, Said) and said.res:
        __, key = judge_code(said, dm)
        said = Outcome.blocked(said.words, code=key)
    if isinstance(said, Outcome):
        offline = isinstance(reply, NotSent | Lost)
        return RegisterStatus(
            ready=False, reachable=not offline, problem=said.message or said.code, extra={"code": said.code}
        )
    info = said.info
    shift, line, sign = (integer(info.get(name)) for name in ("shift_status", "online_status", "sign_status"))
    if shift is None and integer(info.get("isFis")) is None:
        return RegisterStatus(ready=False, problem="no_json", extra={"code": "no_json"})
    opened, now = moment(info.get("shift_dt")), moment(said.answer.get("dt"))
    is_open = {0: False, 1: True}.get(shift)
    expired = is_open and opened and now and now - opened >= timedelta(hours=24)
    old = any(integer(warning.get("code")) == const.SHIFT_IS_OLD for warning in rows(said.answer, "warnings"))
    code = ""
    if shift == 2:
        code = "register_blocked"
    elif line == 2:
        code = "offline_limit"
    elif sign == 3:
        code = "key"
    cash = amount(info.get("safe"))
    return RegisterStatus(
        ready=not code,
        problem=code,
        name=words(info.get("name")),
        register_number=words(info.get("fisid")) or words(said.answer.get("device")),
        tax_number=words(info.get("edrpou")),
        shift_open=is_open,
        shift_expired=bool(expired or (is_open and old)) if is_open is not None else None,
        clock=now,
        cash=cash if cash is not None and cash >= 0 else None,
        offline={0: False, 1: True, 2: True}.get(line),
        test=integer(info.get("isFis")) == 0,
        extra={"code": code, "warnings": warnings(said.answer)},
    )


def parse_receipt(reply: Reply) -> dict:
    """The JSON of a receipt (§7.3), empty if there is none."""
    if not isinstance(reply, Answer) or reply.status != 200:
        return {}
    try:
        view = json.loads(reply.text)
    except (ValueError, RecursionError):
        return {}
    return view if isinstance(view, dict) and view.get("fiscal_number") else {}


def parse_delivery(reply: Reply, number: str) -> tuple[bool, str, str]:
    """Whether the service has accepted the request to send a receipt (§7.2).

    :returns: (accepted, key of the message, the service's own words)
    """
    if not isinstance(reply, Answer):
        return False, "no_connection", reply.reason
    answer = decode_object(reply.text)
    told = words((answer or {}).get("errortxt") or (answer or {}).get("detail") or (answer or {}).get("message"))
    if reply.status == 401:
        return False, "unauthorized", told
    if reply.status == 200 and answer and answer.get("check_id"):
        return True, "", ""
    return False, "not_delivered", told or f"HTTP {reply.status}"
