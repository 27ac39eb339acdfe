"""Reads answers of KKM Server into an `Outcome` or a `RegisterStatus` (§1, §4, §6, §7).

Every field of an answer is optional: the service leaves out zero, empty text and null. Numbers may come as text.
Malformed answers never raise. Only an answer that says so and names our command is `done`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ...fiscal_base.tools.exact_json import decode_object
from ...fiscal_base.tools.money import ZERO, money
from ...fiscal_base.tools.outcome import FiscalData, Outcome, RegisterStatus
from ...fiscal_base.tools.text import one_line
from ...fiscal_base.tools.transport import Answer, Lost, NotSent
from .. import const
from .commands import thaw

#: seconds after which it makes sense to ask about a command that is still running
ASK_AGAIN = 2
#: seconds after which a full queue may have room (§1.3: at most 30 s in the queue)
QUEUE_PAUSE = 5

_QR_PART = re.compile(r"(?:^|[?&])(t|s|fn|i|fp|n)=([\w.]+)")
#: greatest whole number that is accepted; larger ones are no numbers of documents
_LARGEST = 2**31 - 1

Reply = Answer | NotSent | Lost


class Failure(NamedTuple):
    """Why there is no usable answer to a question.

    :param code: key of the message for the user (`texts.OUTCOMES`)
    :param message: the service's own words, or the reason of the transport
    """

    code: str
    message: str = ""


@dataclasses.dataclass(frozen=True)
class ListedDevice:
    """One device of `List` (§3.4); fields that it lacks are empty.

    :param usable: switched on in the settings and on line
    :param tax_systems: keys of `const.TAX_VARIANTS`
    :param expires: when the fiscal storage ends
    :param unsent: documents that have not reached the operator of fiscal data
    :param test: it has no real fiscal storage
    :param is_register: as far as can be told; the rest are card terminals, scales, scanners
    """

    number: int
    serial: str
    name: str
    tax_number: str
    organization: str
    usable: bool
    tax_systems: tuple[str, ...] = ()
    format_version: str = ""
    expires: datetime | None = None
    unsent: int | None = None
    test: bool = False
    is_register: bool = True


class Verdict(NamedTuple):
    """What is known about a marking code (§3.9).

    :param allowed: the piece may be sold
    :param certain: the state's marking system has said so, not only the fiscal storage
    :param words: the service's own
    """

    code: str
    allowed: bool
    certain: bool
    words: str


class Card(NamedTuple):
    """The state of a command to a card terminal (§3.8).

    :param state: "done", "running", "failed" or "unknown"
    :param problem: key of the message for the user (`texts.OUTCOMES`)
    :param words: the terminal's own
    :param data: what is stored with the payment
    """

    state: str
    problem: str = ""
    words: str = ""
    data: Mapping = {}


# === Values ===


def integer(value: object) -> int | None:
    """A whole number that is not negative, also if given as text."""
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,10}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= _LARGEST:
        return None
    return int(value) if value == int(value) else None


def amount(value: object) -> Decimal | None:
    """An amount that is not negative, with two decimals, also if given as text."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}([.,][0-9]{1,4})?", value.strip()):
        value = Decimal(value.strip().replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value < 10**15:
        return None
    return money(value)


def words(value: object) -> str:
    """Text for the user or for a field: one line, no control characters."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = str(value)
    return one_line(value)[:1000] if isinstance(value, str) else ""


def moment(value: object) -> datetime | None:
    """Local time of the register; fraction and zone of old builds are cut off, year 1 means “no date” (§1)."""
    try:
        parsed = datetime.strptime(words(value)[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return None
    return parsed if parsed.year > 1 else None


def flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def raw(reply: Answer) -> str:
    """The answer as it can be stored: PostgreSQL takes no zero bytes."""
    return reply.text.replace("\x00", "")


def inner(answer: Mapping, name: str) -> dict:
    """The object under `name`, empty if there is none."""
    value = answer.get(name)
    return value if isinstance(value, dict) else {}


# === Documents ===


def parse(request: dict, reply: Reply) -> Outcome:
    """The outcome of a request that was just sent: the decision table (§7.1).

    | answer | outcome |
    |---|---|
    | it never reached the service | not sent |
    | connection lost, 5xx, a page that is no JSON | unknown |
    | 401, another 4xx, a redirect | blocked: this is no KKM Server, or the login is wrong |
    | 400 or 501 with JSON | rejected: the service could not read the command (§1) |
    | Status 0 | done |
    | Status 1, 4, 5 | waiting: it has the command; `lookup` asks for the result |
    | Status 3 | blocked: no such register |
    | Status 2 | see `failed` |
    """
    if isinstance(reply, NotSent):
        return Outcome.not_sent(reply.reason, code="connection")
    if isinstance(reply, Lost):
        return Outcome.unknown(reply.reason, code="lost")
    answer = decode_object(reply.text)
    if reply.status != 200:
        return _http_error(reply, answer)
    if answer is None:
        return Outcome.unknown("", code="no_json", response=raw(reply))
    return judge(thaw(request), answer, raw(reply))


def _http_error(reply: Answer, answer: dict | None) -> Outcome:
    """§1, “HTTP status”."""
    message = words(answer.get("Error")) if answer else ""
    if reply.status == 401:
        return Outcome.blocked(message, code="unauthorized", response=raw(reply))
    if reply.status in (400, 501) and answer:
        return Outcome.rejected("refused", message, response=raw(reply))
    if reply.status == 429:
        return Outcome.not_sent(message, code="throttled", response=raw(reply))
    if 300 <= reply.status < 500 and reply.status != 408:
        return Outcome.blocked(f"HTTP {reply.status}", code="wrong_address", response=raw(reply))
    return Outcome.unknown(message or f"HTTP {reply.status}", code="server_error", response=raw(reply))


def judge(command: dict, answer: dict, response: str) -> Outcome:
    """What a result says about `command`; the same for an answer and for the result inside `GetRezult`."""
    name, key = words(answer.get("Command")), words(answer.get("IdCommand"))
    ours = name in ("", command["Command"]) and key in ("", command["IdCommand"])
    if not ours:
        return Outcome.unknown("", code="foreign", response=response)
    status = _status(command, answer)
    if status == const.OK and (name or key):
        return _done(command, answer, response)
    if status in (const.RUNNING, const.QUEUED, const.REPEATED):
        return Outcome.waiting(ASK_AGAIN, response=response)
    if status == const.NOT_FOUND:
        return Outcome.blocked(words(answer.get("Error")), code="device_not_found", response=response)
    if status == const.ERROR:
        return failed(command, answer, response)
    return Outcome.unknown(words(answer.get("Error")), code="unexpected", response=response)


def _status(command: Mapping, answer: Mapping) -> int | None:
    """`Status`. A build may leave out zero here too (§1). Then a document is done if the answer has its number, and any
    other command if the answer names it and its key without an error.
    """
    if "Status" not in answer and not words(answer.get("Error")):
        numbered = command["Command"] not in const.WITHOUT_NUMBER
        said = integer(answer.get("CheckNumber")) if numbered else answer.get("Command") and answer.get("IdCommand")
        return const.OK if said else None
    return integer(answer.get("Status"))


def failed(command: dict, answer: dict, response: str, checked: bool = False) -> Outcome:
    """Status 2, by what the text proves (`const.ERRORS`).

    The service executes a key again whose first execution ended with Status 2 (§2.6), and such an end does not always
    mean that nothing was registered: the register may have closed the receipt and failed while printing it, or the
    line to it may have broken (§7, item 4). So every text that does not prove the opposite, unknown texts
    included, is `unknown` at first: a repeat could register twice. `lookup` then compares the documents of the fiscal
    storage and comes back here with `checked`. An X report is no fiscal document and may be repeated at will.

    An exception inside the program is never a refusal: the same document may pass later.

    :param checked: the fiscal storage holds no such receipt, so it is certain that nothing was registered
    """
    message = words(answer.get("Error"))
    kind, code = _classify(message)
    if command["Command"] == "CloseShift" and code == "shift_closed":
        kind = "rejected"
    open_ended = {"program"} if command["Command"] == "XReport" else {"device", "unclear", "program"}
    if kind in open_ended and not checked:
        return Outcome.unknown(message, code=code, response=response)
    if kind in ("not_sent", "program"):
        return Outcome.not_sent(message, QUEUE_PAUSE, response=response, code=code)
    if kind in ("device", "blocked"):
        return Outcome.blocked(message, code=code, response=response)
    return Outcome.rejected(code, message, response=response)


def _classify(message: str) -> tuple[str, str]:
    """What `message` proves, and the code of the message for the user. A number is more reliable than a text."""
    numbered = const.NUMBERED.search(message)
    if numbered and (known := const.NUMBERS.get((numbered[2], int(numbered[1])))):
        return known
    for pattern, kind, code in const.ERRORS:
        if pattern.search(message):
            return kind, code
    return "unclear", "error"


def _done(command: dict, answer: dict, response: str) -> Outcome:
    """Status 0, with a warning if sum or type of the receipt differ from what was sent."""
    qr = qr_parts(answer)
    outcome = Outcome.done(
        fiscal_data(command, answer),
        response=response,
        message=" ".join(filter(None, (words(answer.get("Warning")), words(answer.get("Message"))))),
    )
    expected = {"s": receipt_total(command), "n": const.QR_TYPES.get(command.get("TypeCheck"))}
    registered = {"s": amount(qr.get("s")), "n": qr.get("n")}
    differs = any(registered[part] and value and registered[part] != value for part, value in expected.items())
    return dataclasses.replace(outcome, code="differs") if differs else outcome


def receipt_total(command: Mapping) -> Decimal | None:
    """Total of a `RegisterCheck`: the sum of its lines (§5.4); None for other commands."""
    if command["Command"] != "RegisterCheck":
        return None
    lines = (item["Register"] for item in command["CheckStrings"] if "Register" in item)
    return sum((line["Amount"] for line in lines), ZERO)


def qr_parts(answer: Mapping) -> dict[str, str]:
    """`t s fn i fp n` of the QR code; builds before 14.08.2017 have it in `URL` (§6)."""
    for field in ("QRCode", "URL"):
        parts = dict(_QR_PART.findall(words(answer.get(field))))
        if "fn" in parts or "fp" in parts:
            return parts
    return {}


def qr_moment(value: str) -> datetime | None:
    """`yyyyMMddTHHmm` or `yyyyMMddTHHmmss` (§6). The length tells which: strptime would read 1230 as 12:03:00 too."""
    form = {13: "%Y%m%dT%H%M", 15: "%Y%m%dT%H%M%S"}.get(len(value), "")
    try:
        return datetime.strptime(value, form) if form else None
    except ValueError:
        return None


def _operation(command: Mapping, sign: str) -> str:
    """The operation that was registered, by the settlement sign `n`; "" if the sign is missing or unknown (§6).

    The sign does not distinguish a correction from a receipt: that is assumed to be as it was sent.
    """
    corrected = command.get("TypeCheck") in {const.CHECK_TYPES[operation] for operation in const.CORRECTIONS}
    told = (operation for operation, number in const.CHECK_TYPES.items() if const.QR_TYPES[number] == sign)
    return next((operation for operation in told if (operation in const.CORRECTIONS) is corrected), "")


def fiscal_data(command: Mapping, answer: Mapping) -> FiscalData:
    """What the register printed (§6).

    `CheckNumber` is the number of the fiscal document for a receipt only: the vendor's example of `OpenShift` has 1
    beside `i=108` (§3.1), so elsewhere the number is taken from the QR code alone.
    """
    qr = qr_parts(answer)
    is_receipt = command["Command"] == "RegisterCheck"
    number = integer(qr.get("i")) or (integer(answer.get("CheckNumber")) if is_receipt else None)
    url = words(answer.get("URL"))
    return FiscalData(
        number=str(number or ""),
        sign=qr.get("fp", ""),
        storage=qr.get("fn", ""),
        register_number=words(inner(answer, "Info").get("RegNumber")),
        shift_number=integer(answer.get("SessionNumber")),
        receipt_number=integer(answer.get("SessionCheckNumber")),
        registered_at=qr_moment(qr.get("t", "")),
        total=amount(qr.get("s")),
        operation=_operation(command, qr.get("n", "")) if is_receipt else "",
        qr=words(answer.get("QRCode")) or (url if qr and "://" not in url else ""),
        url=url if url.startswith(("http://", "https://")) else "",
        extra={"unit_name": words(answer.get("UnitName"))} if answer.get("UnitName") else {},
    )


# === Questions ===


def read(reply: Reply, command: str) -> dict | Failure:
    """The answer to a question, or why there is none."""
    if not isinstance(reply, Answer):
        return Failure("no_connection", reply.reason)
    answer = decode_object(reply.text)
    if reply.status == 401:
        return Failure("unauthorized")
    if reply.status != 200:
        return Failure("wrong_address" if reply.status < 500 and not answer else "server_error", f"HTTP {reply.status}")
    if answer is None:
        return Failure("no_json")
    if words(answer.get("Command")) not in ("", command):
        return Failure("foreign")
    status = integer(answer.get("Status"))
    if status in (const.OK, None) and not words(answer.get("Error")):
        return answer
    if status == const.NOT_FOUND:
        return Failure("device_not_found", words(answer.get("Error")))
    if status in (const.RUNNING, const.QUEUED):
        return Failure("busy")
    message = words(answer.get("Error"))
    return Failure(_classify(message)[1], message)


def parse_status(reply: Reply) -> RegisterStatus:
    """The health check from `GetDataKKT` (§3.3). `extra["code"]` is the key of the message for the user.

    A register whose shift is too old is still ready: the shift can be closed.
    """
    answer = read(reply, "GetDataKKT")
    if isinstance(answer, Failure):
        return RegisterStatus(
            ready=False,
            reachable=answer.code != "no_connection",
            problem=answer.message or answer.code,
            offline=answer.code in ("no_connection", "device_not_found"),
            extra={"code": answer.code},
        )
    info = inner(answer, "Info")
    code = _register_problem(info)
    session = integer(info.get("SessionState"))
    ends = [date for name in ("FN_DateEnd", "LicenseExpirationDate") if (date := moment(info.get(name)))]
    return RegisterStatus(
        ready=code in ("", "shift_expired"),
        problem=code,
        name=words(info.get("NameOrganization")),
        serial_number=words(info.get("KktNumber")),
        register_number=words(info.get("RegNumber")),
        tax_number=words(info.get("InnOrganization")),
        tax_systems=_tax_systems(info),
        format_version=words(info.get("FFDVersion")),
        firmware=words(info.get("Firmware_Version")),
        shift_open=session in (const.SHIFT_OPEN, const.SHIFT_EXPIRED) if session else None,
        shift_expired=session == const.SHIFT_EXPIRED if session else None,
        shift_number=integer(answer.get("SessionNumber")),
        clock=moment(info.get("DateTimeKKT")),
        cash=amount(info.get("BalanceCash")),
        unsent=integer(info.get("OFD_NumErrorDoc")),
        unsent_since=moment(info.get("OFD_DateErrorDoc")),
        expires=min(ends, default=None),
        test=flag(info.get("FN_IsFiscal")) is False,
        offline=flag(info.get("Active")) is False or flag(info.get("OnOff")) is False,
        last_number=integer(answer.get("CheckNumber")),
        extra={"code": code, "storage": words(info.get("FnNumber")), "operator": words(info.get("NameOFD"))},
    )


def _tax_systems(info: Mapping) -> tuple[str, ...]:
    """The tax systems that a register is registered for (§3.3)."""
    variants = {str(number): key for key, number in const.TAX_VARIANTS.items()}
    numbers = (number.strip() for number in words(info.get("TaxVariant")).split(","))
    return tuple(variants[number] for number in numbers if number in variants)


def _register_problem(info: Mapping) -> str:
    """Code of the first problem that keeps the register from working, "" if there is none."""
    problems = {
        "switched_off": flag(info.get("OnOff")) is False,
        "not_active": flag(info.get("Active")) is False,
        "paper": flag(info.get("PaperOver")) is True,
        "storage_full": flag(info.get("FN_MemOverflowl")) is True,
        "shift_expired": integer(info.get("SessionState")) == const.SHIFT_EXPIRED,
    }
    return next((code for code, found in problems.items() if found), "")


def parse_devices(reply: Reply) -> list[ListedDevice] | Failure:
    """The devices that KKM Server knows (§3.4)."""
    answer = read(reply, "List")
    if isinstance(answer, Failure):
        return answer
    units = answer.get("ListUnit")
    return [
        ListedDevice(
            number=integer(unit.get("NumDevice")) or 0,
            serial=words(unit.get("KktNumber")),
            name=words(unit.get("UnitName")) or words(unit.get("NameDevice")),
            tax_number=words(unit.get("INN")),
            organization=words(unit.get("NameOrganization")),
            usable=flag(unit.get("OnOff")) is not False and flag(unit.get("Active")) is not False,
            tax_systems=_tax_systems(unit),
            format_version=words(unit.get("FFDVersion")) or words(unit.get("FFDVersionKKT")),
            expires=moment(unit.get("FN_DateEnd")),
            unsent=integer(unit.get("OFD_NumErrorDoc")),
            test=flag(unit.get("FN_IsFiscal")) is False,
            is_register=bool(unit.get("KktNumber")) or "фискал" in (words(unit.get("TypeDevice")) or "фискал").lower(),
        )
        for unit in (units if isinstance(units, list) else [])
        if isinstance(unit, dict)
    ]


def counters(answer: Mapping) -> dict[str, Decimal]:
    """Counters of the open shift by the names of `fiscal.shift` (§3.6).

    Their keys may have a Cyrillic «С» too. Sums of tax are left out: whether they are sums of the tax or of the goods
    is not known.
    """
    plain = {name.replace("\u0421", "C"): value for name, value in answer.items()}
    listed = plain.get("Counters")
    found = {}
    for item in listed if isinstance(listed, list) else []:
        if not isinstance(item, dict):
            continue
        row = {name.replace("\u0421", "C"): value for name, value in item.items()}
        names = [name for name, kind in const.COUNTED.items() if words(row.get("ReceiptType")) == kind]
        if words(row.get("CountersType")) != "Shift" or not names:
            continue
        # zero is left out of an answer (§1)
        (name,) = names
        found[f"{name}.count"] = Decimal(integer(row.get("Count")) or 0)
        found[f"{name}.total"] = amount(row.get("Sum")) or ZERO
        for kind, field in const.PAYMENTS.items():
            found[f"{name}.{kind}"] = amount(row.get(field)) or ZERO
    return found


def parse_marking(reply: Reply) -> list[Verdict] | Failure:
    """What the service says of each code of `ValidationMarkingCode`, in the order asked (§3.9).

    A code is refused only if the answer says so, not if the state's marking system did not answer.
    """
    answer = read(reply, "ValidationMarkingCode")
    if isinstance(answer, Failure):
        return answer
    rows = answer.get("MarkingCodeValidation")
    return [_verdict(row) for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict)]


def _verdict(row: Mapping) -> Verdict:
    permission = inner(row, "ValidationPR")
    # older builds have both values in the row itself
    checked = inner(row, "ValidationKKT") or row
    bits = integer(checked.get("ValidationResult")) or 0
    forged = bits & const.MARKING_CHECKED and not bits & const.MARKING_GOOD
    stopped = bits & const.STATUS_CHECKED and not bits & const.STATUS_GOOD
    permitted = None if flag(permission.get("ValidationDisabled")) else flag(permission.get("ValidationResult"))
    said = [words(part.get("DecryptionResult")) for part in (permission, checked)]
    return Verdict(
        code=row.get("BarCode") if isinstance(row.get("BarCode"), str) else "",
        allowed=not (forged or stopped or permitted is False),
        certain=bool(bits & const.STATUS_CHECKED) or permitted is True,
        words=" ".join(dict.fromkeys(filter(None, said))),
    )


#: what is stored of a card payment: field of the answer → key of `Payment.extra`
_CARD = {
    "UniversalID": "universal_id",
    "CardNumber": "card_mask",
    "RRNCode": "rrn",
    "AuthorizationCode": "auth_code",
    "ReceiptNumber": "transaction_id",
    "TerminalID": "terminal_id",
}


def parse_card(key: str, reply: Reply, asked: bool = False) -> Card:
    """The state of a command to a card terminal, from its answer or from `GetRezult` (§3.8, §2.5).

    It is unknown if the answer was lost, if KKM Server has forgotten the command, after an error that may have come
    once the card was charged (no line, no paper, an exception), and after any error whose text does not prove a refusal
    (`const.CARD_REFUSED`). Then only the slip of the terminal tells.

    :param asked: `reply` answers `get_rezult`; failing to ask says nothing about the command
    """
    if isinstance(reply, NotSent) and not asked:
        return Card("failed", "connection", reply.reason)
    if isinstance(reply, Answer) and reply.status == 401 and not asked:
        return Card("failed", "unauthorized")
    answer = decode_object(reply.text) if isinstance(reply, Answer) else None
    if answer is None or reply.status not in ((200,) if asked else (200, 400, 501)):
        reason = f"HTTP {reply.status}" if isinstance(reply, Answer) else reply.reason
        return Card("unknown", "card_unknown", reason)
    answer = unwrap(answer)
    name, of = words(answer.get("Command")), words(answer.get("IdCommand"))
    status, said = integer(answer.get("Status")), words(answer.get("Error"))
    if of not in ("", key):
        return Card("unknown", "foreign")
    if name == "GetRezult":
        return Card("unknown", "card_unknown", said)
    if status in (const.RUNNING, const.QUEUED, const.REPEATED):
        return Card("running")
    if status == const.OK and not said and (name or of):
        fields = {**inner(answer, "RezultProcessing"), **answer}
        slip = fields.get("Slip")
        data = {name: words(fields.get(field)) for field, name in _CARD.items() if words(fields.get(field))}
        if isinstance(slip, str):
            data["slip"] = slip.replace("\0", "")[:4000]
        return Card("done", data=data)
    refused = status == const.ERROR and _card_refused(said)
    return Card("failed", "card_refused", said) if refused else Card("unknown", "card_unknown", said)


def _card_refused(message: str) -> bool:
    """Whether an error text proves that a card terminal took nothing and gave nothing back."""
    kind, __ = _classify(message)
    return kind in ("blocked", "not_sent") or (kind != "program" and bool(const.CARD_REFUSED.search(message)))


def unwrap(answer: dict) -> dict:
    """The result inside the answer to `GetRezult`, which may be wrapped several times (§2.5)."""
    while answer.get("Command") == "GetRezult" and isinstance(answer.get("Rezult"), dict):
        answer = answer["Rezult"]
    return answer
