"""What a provider may say about a document or its register.

A provider turns its service's answer into one `Outcome`; only `fiscal_base` turns outcomes into states, pauses and
alerts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite

#: code of an `unknown` look-up: the service was asked and cannot tell; only a person can
NO_TRACE = "no_trace"


class Kind(Enum):
    """The six kinds of outcome."""

    DONE = "done"
    WAITING = "waiting"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class FiscalData:
    """What the register printed. Every field is optional: services leave out what they do not have.

    :param number: number of the fiscal document (FFD tag 1040) or the fiscal number of a Ukrainian receipt
    :param sign: fiscal sign (FFD tag 1077)
    :param storage: serial number of the fiscal storage (FFD tag 1041)
    :param register_number: number under which the tax service knows the register (FFD tag 1037; РРО/пРРО number)
    :param shift_number: number of the shift (FFD tag 1038)
    :param receipt_number: number of the receipt within the shift (FFD tag 1042)
    :param registered_at: time of registration, naive, in the register's own time zone
    :param total: amount that was registered, in currency units with two decimals, as the answer states it; never what
        was sent. The base compares it and the next three with the document
    :param operation: what kind of document was registered, a key of `const.OPERATIONS`; "" if the answer does not say
    :param lines: how many lines the receipt has; None if the answer does not say
    :param payments: what was paid by each key of `const.PAYMENT_KINDS`, in currency units; empty if the answer does not
        say
    :param counters: of a Z or X report, as the service counts: sums in currency units by name, see
        `fiscal.shift` for the names
    :param qr: text of the QR code as the register gives it
    :param url: page of the receipt for the customer
    :param test: the receipt has no legal force (test register, offline sandbox)
    :param extra: other information worth storing, as plain JSON values; `receipts`: how many receipts of the service
        make up the document, if not one
    """

    number: str = ""
    sign: str = ""
    storage: str = ""
    register_number: str = ""
    shift_number: int | None = None
    receipt_number: int | None = None
    registered_at: datetime | None = None
    total: Decimal | None = None
    operation: str = ""
    lines: int | None = None
    payments: Mapping[str, Decimal] = field(default_factory=dict)
    qr: str = ""
    url: str = ""
    test: bool = False
    counters: dict[str, Decimal] = field(default_factory=dict)
    extra: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The answer to one submit or one look-up.

    Build it with the class methods, which take what each kind needs.

    :param retry_after: seconds until it makes sense to ask or send again; None lets the base decide
    :param new_key: with `not_sent`: the next attempt must carry a new key, since the service refuses the old one
    :param under_way: with `not_sent` of a look-up: it is not trusted until so many seconds after the sending, since the
        request may still arrive and has no id that would reveal a repeat
    :param response: the service's raw answer, stored with the attempt after secrets are masked
    :param service_id: the service's own id of the document, as soon as it is known: stored as `service_id` of attempt
        and document for later look-ups. It is never read from the stored `response`, where a secret inside it would be
        masked. An outcome without it keeps the known one
    """

    kind: Kind
    data: FiscalData | None = None
    code: str = ""
    message: str = ""
    retry_after: float | None = None
    new_key: bool = False
    under_way: float = 0.0
    response: str = ""
    service_id: str = ""

    @classmethod
    def done(cls, data: FiscalData, response: str = "", message: str = "") -> Outcome:
        """The document is registered. `message` is shown to the user, for example a warning of the register."""
        return cls(Kind.DONE, data=data, response=response, message=message)

    @classmethod
    def waiting(cls, retry_after: float | None = None, response: str = "", message: str = "") -> Outcome:
        """The service has accepted the document and will report its outcome later."""
        return cls(Kind.WAITING, retry_after=retry_after, response=response, message=message)

    @classmethod
    def not_sent(
        cls, message: str, retry_after: float | None = None, response: str = "", new_key: bool = False, code: str = ""
    ) -> Outcome:
        """The service has certainly not executed it: no connection, throttled, or it says that it never saw the key."""
        return cls(
            Kind.NOT_SENT, message=message, retry_after=retry_after, response=response, new_key=new_key, code=code
        )

    @classmethod
    def unknown(cls, message: str, retry_after: float | None = None, response: str = "", code: str = "") -> Outcome:
        """It may or may not have been executed. Only a look-up by the document's key moves it on.

        The code `NO_TRACE` of a look-up means that the service was asked and cannot tell: then a person decides.
        """
        return cls(Kind.UNKNOWN, message=message, retry_after=retry_after, response=response, code=code)

    @classmethod
    def rejected(cls, code: str, message: str, response: str = "") -> Outcome:
        """Refused for its content. Documents behind it are not held up.

        An opening refused with the code `shift_open`, or a closing with `shift_closed`, had nothing left to do.
        """
        return cls(Kind.REJECTED, code=code, message=message, response=response)

    @classmethod
    def blocked(cls, message: str, retry_after: float | None = None, response: str = "", code: str = "") -> Outcome:
        """The register cannot work now (no paper, shift over 24 hours, wrong key); certainly not executed.

        Two codes tell the base that it can help: `shift_expired` (open for more than 24 hours) and `shift_closed`.
        """
        return cls(Kind.BLOCKED, message=message, retry_after=retry_after, response=response, code=code)


#: times outside these bounds are a mistake of the service
EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2100, 1, 1)
#: the largest whole number that a column takes
LARGEST = 2**31 - 1


def storable(value):
    """`value` (an outcome, a status or anything in one) in a form that a database can store.

    A value that cannot be stored must not make a registration unknown: characters that are not text are replaced; a
    time before 2000 or after 2100, NaN and infinity become None; a time loses its UTC offset.
    """
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if is_dataclass(value):
        parts = {name: storable(part) for name, part in vars(value).items()}
        if isinstance(value, FiscalData):
            numbers = {name: _column(parts[name]) for name in ("shift_number", "receipt_number", "lines")}
            parts |= numbers | {"extra": _plain(parts["extra"])}
        elif isinstance(value, RegisterStatus):
            parts |= {"shift_number": _column(value.shift_number), "extra": _plain(parts["extra"])}
        return replace(value, **parts)
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
        return value if EARLIEST <= value <= LATEST else None
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    if isinstance(value, Mapping):
        return {storable(key): storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(storable(part) for part in value)
    return value


def _column(number):
    """A whole number if it fits into a column, else None."""
    return number if isinstance(number, int) and 0 <= number <= LARGEST else None


def _plain(value):
    """`value` as JSON values: sums and times as texts."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_plain(part) for part in value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@dataclass(frozen=True)
class RegisterStatus:
    """What a register says about itself. None means that it did not say.

    :param ready: it can register a document now
    :param reachable: it answered at all
    :param problem: a sentence for the user if it cannot
    :param shift_open: whether a shift is open
    :param shift_expired: the open shift is older than 24 hours
    :param shift_number: number of the current or last shift
    :param clock: the register's own clock, naive, in its time zone
    :param cash: money in the drawer as the register counts it
    :param unsent: documents not yet delivered to the operator of fiscal data or to the tax service
    :param expires: when the fiscal storage, key or licence ends (naive)
    :param test: a test register
    :param last_number: number of the last fiscal document (FFD tag 1040), where numbers follow one another
    """

    ready: bool
    problem: str = ""
    reachable: bool = True
    name: str = ""
    serial_number: str = ""
    register_number: str = ""
    tax_number: str = ""
    tax_systems: tuple[str, ...] = ()
    format_version: str = ""
    firmware: str = ""
    shift_open: bool | None = None
    shift_expired: bool | None = None
    shift_number: int | None = None
    clock: datetime | None = None
    cash: Decimal | None = None
    unsent: int | None = None
    unsent_since: datetime | None = None
    expires: datetime | None = None
    test: bool = False
    offline: bool | None = None
    last_number: int | None = None
    extra: dict = field(default_factory=dict)
