"""Finds a receipt in the fiscal storage of the register if KKM Server does not know its outcome (§3.5, §7).

The storage also holds what other programs registered. A document is ours only if everything that it tells agrees with
what was sent. If type and sum agree and the rest cannot be compared, a person compares.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from ...fiscal_base.tools.outcome import FiscalData, Outcome
from ...fiscal_base.tools.text import shorten
from .. import const
from .answers import (
    Failure,
    Reply,
    amount,
    fiscal_data,
    inner,
    integer,
    moment,
    qr_moment,
    qr_parts,
    raw,
    read,
    receipt_total,
    words,
)
from .commands import Device, freeze, get_data_check

#: documents of the fiscal storage that one look-up reads, newest first
LIMIT = 20
#: assumed error of the clock of a register that does not report its time (54-ФЗ allows five minutes)
CLOCKS = timedelta(minutes=5)
#: times are kept to the second, and an answer takes its time
BLUR = timedelta(seconds=5)

#: CheckType of a document → `n` of the QR code (§3.5, §6)
_TYPES = {"приход": "1", "возврат прихода": "2", "расход": "3", "возврат расхода": "4"}
#: documents that are no receipts
_REPORT = re.compile(r"(открыти|закрыти)\w* смен|отч[её]т|регистрац", re.I)
_OPENING = re.compile(r"открыти\w* смен", re.I)
#: shortest beginning of a name that counts as the whole name, since registers cut names
_CUT = 20
#: payments that a register reports as sent; from cash it may have deducted the change
_PAYMENTS = tuple(name for kind, name in const.PAYMENTS.items() if kind != "cash")


def _none_taken(storages: frozenset[str]) -> Mapping[int, str]:
    return {}


@dataclass(frozen=True)
class Known:
    """What is known of a document, and of its neighbours, without asking the register.

    :param taken: serial numbers of fiscal storages → {number: fiscal sign} of documents there that others have
    :param sent: when the document was sent first, on the clock of Odoo, in the time zone of the register
    :param now: the same clock; read when the register has said its own time
    :param away: how long that answer may have been on its way at most
    :param twice: a carrier (a browser) may have delivered a request twice
    """

    taken: Callable[[frozenset[str]], Mapping[int, str]] = _none_taken
    sent: datetime | None = None
    now: Callable[[], datetime | None] = lambda: None
    away: timedelta = timedelta(0)
    twice: bool = False


class Found(NamedTuple):
    """A document of the fiscal storage, and whether it is the one that was sent.

    :param same: None if that cannot be told
    :param alike: it has the type and sum of what was sent, and may be it
    :param marked: it shows the reference that was sent with the document
    """

    number: int
    same: bool | None
    alike: bool
    marked: bool
    answer: Mapping
    response: str


def device(command: Mapping) -> Device:
    """The register that `command` names."""
    return Device(serial=command.get("KktNumber", ""), number=command.get("NumDevice", 0))


def look_for(
    command: dict, state: Mapping, after: int | None, known: Known, absent: Outcome
) -> Generator[dict, Reply, Outcome]:
    """Compare the documents of the fiscal storage after number `after` with a receipt, newest first.

    Done only if exactly one is the same; absent only if all since then were read and none is.

    :param state: answer of `GetDataKKT`
    :param absent: the outcome if the register certainly has no such document
    """
    last = integer(state.get("CheckNumber"))
    if last is None or (after is not None and last < after):
        # no number, or another fiscal storage was put in since
        return Outcome.unknown(absent.message, code="no_trace", response=absent.response)
    first = max((after or 0) + 1, last - LIMIT + 1)
    documents = yield from _read(command, state, known, first, last)
    same = _only([document for document in documents if document.same])
    if len(same) == 1:
        return found(command, same[0], _shift_number(state, documents, same[0].number))
    unsure = [document for document in documents if document.same is None]
    if same or unsure or (after or 0) + 1 != first:
        alike = [document for document in (*same, *unsure) if document.alike]
        code = "ambiguous" if same else "compare" if alike else "no_trace"
        outcome = Outcome.unknown(absent.message, code=code, response=absent.response)
        return dataclasses.replace(outcome, data=_both(command, alike)) if alike else outcome
    return absent


def look_for_twin(
    command: dict, state: Mapping, after: int | None, known: Known, number: int
) -> Generator[dict, Reply, FiscalData | None]:
    """Whether the register holds the receipt once more before document `number`, which is ours: both, or None."""
    first = max((after or 0) + 1, number - LIMIT)
    documents = yield from _read(command, state, known, first, number - 1)
    twins = [document for document in documents if document.alike]
    return _both(command, twins) if twins else None


def _only(same: list[Found]) -> list[Found]:
    """If several are the same, the one that shows our reference."""
    marked = [document for document in same if document.marked]
    return marked if len(marked) == 1 else same


def _read(command: dict, state: Mapping, known: Known, first: int, last: int) -> Generator[dict, Reply, list[Found]]:
    older = _age(inner(state, "Info"), known)
    storage = words(inner(state, "Info").get("FnNumber"))
    documents = []
    for number in range(last, first - 1, -1):
        reply = yield freeze(get_data_check(device(command), number))
        answer = read(reply, "GetDataCheck")
        if isinstance(answer, Failure):
            documents.append(Found(number, None, False, False, {}, ""))
            continue
        same, alike = _compare(command, answer, number, older)
        if alike:
            storages = frozenset(filter(None, (storage, qr_parts(answer).get("fn"))))
            sign = known.taken(storages).get(number)
            if sign is not None:
                # another sign: of another fiscal storage, or noted wrongly by hand
                same, alike = (False, False) if sign == _sign(answer) else (None, True)
        documents.append(Found(number, same, alike, _is_marked(command, answer), answer, raw(reply)))
    return documents


# === Is it the same? ===


def _compare(
    command: dict, answer: Mapping, number: int, older: Callable[[datetime, bool], bool | None]
) -> tuple[bool | None, bool]:
    """`same` and `alike` of document `number` of the fiscal storage (`Found`).

    The QR code comes first: some builds garble the rest (§3.5). An answer that does not name the number that was asked
    for proves nothing.
    """
    qr, check = qr_parts(answer), inner(answer, "RegisterCheck")
    if number not in (integer(qr.get("i")), integer(check.get("FiscalNumber"))):
        return None, False
    kind = words(check.get("CheckType")).lower()
    correction = "CorrectionType" in command
    if _REPORT.search(kind) or (qr and not {"n", "s"} & qr.keys() and not correction):
        return False, False
    type_code = qr.get("n") or _TYPES.get(kind)
    total = amount(qr.get("s")) if "s" in qr else amount(check.get("AllSumm"))
    if type_code is None or total is None:
        return None, False
    if type_code != const.QR_TYPES[command["TypeCheck"]] or total != receipt_total(command):
        return False, False
    before = older(*_printed_at(answer))
    if before:
        return False, False
    other_sort = kind and ("коррекц" in kind) is not correction
    if before is None or other_sort or _contradicts(command, answer):
        return None, True
    goods = _same_goods(command, check)
    return (True if goods or (goods is None and _is_marked(command, answer)) else None), True


def _printed_at(answer: Mapping) -> tuple[datetime | None, bool]:
    """When a document was printed, and whether the time has seconds (§6: `t` may end with the minute)."""
    if at := moment(inner(answer, "RegisterCheck").get("FiscalDate")):
        return at, True
    text = qr_parts(answer).get("t", "")
    return qr_moment(text), len(text) == 15


def _age(info: Mapping, known: Known) -> Callable[[datetime | None, bool], bool | None]:
    """A function that tells whether a document existed before the command was first sent; None if that is not certain.

    If the register reports its time, the difference to our clock is known, at most too great by the time that the
    answer was on its way.
    """
    clock, now = moment(info.get("DateTimeKKT")), known.now()
    measured = clock is not None and now is not None
    sent = known.sent and known.sent + (clock - now if measured else timedelta(0))

    def older(printed: datetime | None, to_the_second: bool) -> bool | None:
        if sent is None:
            return False
        if printed is None:
            return None
        earliest = sent - BLUR - known.away
        if not to_the_second:
            earliest = earliest.replace(second=0, microsecond=0)
        if not measured:
            return False if printed >= earliest - CLOCKS else None
        if printed >= earliest:
            return False
        return True if printed < earliest - CLOCKS else None

    return older


def _contradicts(command: Mapping, answer: Mapping) -> bool:
    """Whether cashier, customer, payments or the order's attribute differ, as far as the register tells them."""
    check = inner(answer, "RegisterCheck")
    if any(
        (there := words(check.get(field)).casefold()) and (here := command.get(field)) and there != here.casefold()
        for field in ("CashierName", "ClientAddress")
    ):
        return True
    told = {name: amount(check.get(name)) for name in const.PAYMENTS.values() if name in check}
    if any(told.values()) and any(told.get(name, Decimal(0)) != command.get(name, 0) for name in _PAYMENTS):
        return True
    attribute = command.get("UserAttribute") or {}
    slip = _words_of(answer.get("Slip"))
    return bool(attribute) and f"{_plain(attribute['Name'])}:" in slip and not _is_marked(command, answer)


def _same_goods(command: Mapping, check: Mapping) -> bool | None:
    """Whether the goods are those that were sent; None if the register does not tell them in full."""
    lines = check.get("Register")
    if not isinstance(lines, list) or not lines:
        return None
    told = [_goods(line) for line in lines if isinstance(line, dict)]
    sent = [_goods(item["Register"]) for item in command["CheckStrings"] if "Register" in item]
    if len(told) != len(lines) or any(None in line or not line[2] for line in told):
        return None
    return len(told) == len(sent) and all(
        ours[:2] == theirs[:2] and _same_name(ours[2], theirs[2])
        for ours, theirs in zip(sorted(sent), sorted(told), strict=True)
    )


def _goods(line: Mapping) -> tuple[Decimal | None, Decimal | None, str]:
    """Amount, quantity, name."""
    quantity = line.get("Quantity")
    if isinstance(quantity, str):
        quantity = Decimal(quantity) if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", quantity) else None
    if isinstance(quantity, bool) or not isinstance(quantity, int | Decimal):
        quantity = None
    return amount(line.get("Amount")), quantity and Decimal(quantity), _plain(words(line.get("Name")))


def _same_name(ours: str, theirs: str) -> bool:
    """Registers and builds cut long names, each in its own place (§5.2)."""
    cut = theirs.rstrip(".… ")
    return ours == theirs or (len(cut) >= _CUT and ours.startswith(cut))


def _is_marked(command: Mapping, answer: Mapping) -> bool:
    """Whether the document shows the number of the order, which is its attribute, in the text of the tape (`Slip`)."""
    attribute = command.get("UserAttribute") or {}
    mark = _plain(attribute.get("Value") or "")
    if not mark:
        return False
    return re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", _words_of(answer.get("Slip"))) is not None


def _words_of(slip: object) -> str:
    return _plain(slip) if isinstance(slip, str) else ""


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


# === Its data ===


def found(command: dict, document: Found, shift_number: int | None) -> Outcome:
    """The data of the receipt in the fiscal storage."""
    check = inner(document.answer, "RegisterCheck")
    data = fiscal_data(command, document.answer)
    return Outcome.done(
        dataclasses.replace(
            data,
            number=data.number or str(document.number),
            sign=_sign(document.answer),
            shift_number=data.shift_number or shift_number,
            registered_at=data.registered_at or moment(check.get("FiscalDate")),
            total=data.total if data.total is not None else amount(check.get("AllSumm")),
            lines=len(_lines(document.answer)) or None,
        ),
        response=document.response,
    )


def _sign(answer: Mapping) -> str:
    sign = inner(answer, "RegisterCheck").get("FiscalSign")
    return qr_parts(answer).get("fp") or shorten(words(sign), 32)


def _shift_number(state: Mapping, documents: list[Found], number: int) -> int | None:
    """The shift of document `number`: the present one, less those that were opened after it.

    None where a document since then does not say what it is.
    """
    since = [document for document in documents if document.number > number]
    kinds = [words(inner(document.answer, "RegisterCheck").get("CheckType")) for document in since]
    session = integer(state.get("SessionNumber"))
    if not session or not all(
        kind or {"n", "s"} & qr_parts(document.answer).keys() for kind, document in zip(kinds, since, strict=True)
    ):
        return None
    return (session - sum(bool(_OPENING.search(kind)) for kind in kinds)) or None


def _both(command: Mapping, documents: list[Found]) -> FiscalData:
    """What was sent and what the register holds, for a person to compare."""
    lines = [item["Register"] for item in command["CheckStrings"] if "Register" in item]
    return FiscalData(
        extra={
            "sent": _sentence([receipt_total(command)], lines),
            "held": [
                _sentence([f"№ {document.number}", *_head(document.answer)], _lines(document.answer))
                for document in documents
            ],
        }
    )


def _head(answer: Mapping) -> list[object]:
    check = inner(answer, "RegisterCheck")
    at, __ = _printed_at(answer)
    total = amount(qr_parts(answer).get("s")) or amount(check.get("AllSumm"))
    return [at and at.strftime("%d.%m.%Y %H:%M:%S"), words(check.get("CheckType")), total]


def _lines(answer: Mapping) -> list[Mapping]:
    lines = inner(answer, "RegisterCheck").get("Register")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _sentence(head: list[object], lines: list[Mapping]) -> str:
    goods = [
        f"{words(line.get('Name'))} × {words(line.get('Quantity'))} = {amount(line.get('Amount'))}" for line in lines
    ]
    return ": ".join(filter(None, (", ".join(str(part) for part in head if part), "; ".join(goods))))
