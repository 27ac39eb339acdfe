"""What a register is, how it is set, and how it is (§6.1, §9, §10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from ...fiscal_base.tools.outcome import RegisterStatus
from .. import const
from . import answers
from .answers import Full, Parameters, Storage
from .commands import Commands
from .errors import meaning
from .profile import Profile, vat_codes
from .steps import NoAnswer, Refused, Step, Stop, ask, read, words

#: how long the operator of fiscal data may be silent before people are told; the register stops after 30 days
SILENT = timedelta(days=1)
#: days before the end of the storage at which it is said
EXPIRES_SOON = 30
#: difference between the register's clock and Odoo's that is said; the storage refuses more than 5 minutes (17h)
CLOCK_OFF = timedelta(minutes=5)


class Seen(NamedTuple):
    """:param faults: codes of sentences, the worst first :param stops: whether the first keeps it from working"""

    status: RegisterStatus
    profile: Profile | None
    faults: tuple[tuple[str, str], ...]


class Identity(NamedTuple):
    """Which register it is. `serial` is empty where the operator's password is refused."""

    name: str
    serial: str


def identity(password: int) -> Step:
    """Ask the register on a line who it is, with what changes nothing.

    :returns: `Identity`, or None where nobody answers
    """
    commands = Commands(password)
    try:
        device = yield from read(commands.device_type(), answers.device)
        answer = yield from ask(commands.status())
    except (NoAnswer, Refused):
        return None
    return Identity(device.name, "" if answer.error else str(answers.full(answer.data).serial))


def firmware(full: Full) -> str:
    return f"{full.version}.{full.build}"


def known(profile: Profile | None, full: Full, commands: Commands) -> Step:
    """`profile` where it is that of the register on the line, else what the register says."""
    if profile and (profile.serial, profile.firmware) == (full.serial, firmware(full)):
        return profile
    return (yield from examine(full, commands))


def examine(full: Full, commands: Commands) -> Step:
    """Read everything that decides how a receipt is written."""
    device = yield from read(commands.device_type(), answers.device)
    parameters = yield from _or(
        read(commands.parameters(), answers.parameters), Parameters(0, None, 0, None, None, None)
    )
    core = parameters.has(const.CASH_CORE)
    table, field = parameters.format_table or (10 if core else 17), parameters.format_field or (29 if core else 17)
    version = yield from _value(commands, table, 1, field)
    swaps = None if core else (yield from _value(commands, 17, 1, 71))
    swaps = None if swaps is None else swaps == 1
    tax_mode = yield from _value(commands, 1, 1, parameters.tax_mode_field or (6 if core else 14))
    rows = yield from _vat_rows(commands)
    number = yield from _text(commands, parameters.storage_table or (13 if core else 18), 1, 3)
    return Profile(
        serial=full.serial,
        firmware=firmware(full),
        model=device.model,
        name=device.name,
        bits=parameters.bits,
        format=version or 0,
        vat=vat_codes(rows, device.model, swaps),
        swaps=swaps,
        tax_mode=tax_mode or 0,
        register_number=number,
    )


def _vat_rows(commands: Commands) -> Step:
    found = []
    for row in range(1, min((yield from read(commands.table(6), answers.rows)), 63) + 1):
        rate = yield from _value(commands, 6, row, 1)
        name = yield from _text(commands, 6, row, 2)
        if rate is not None:
            found.append((row, rate, name))
    return found


def _or(step: Step, default) -> Step:
    try:
        return (yield from step)
    except Refused:
        return default


def _value(commands: Commands, table: int, row: int, field: int) -> Step:
    """A number in a table; None where the register has no such field."""
    answer = yield from ask(commands.table_field(table, row, field))
    return None if answer.error or not answer.data else int.from_bytes(answer.data, "little")


def _text(commands: Commands, table: int, row: int, field: int) -> Step:
    answer = yield from ask(commands.table_field(table, row, field))
    return "" if answer.error else answers.text(answer.data)


# === How it is ===


def status(password: int, now: datetime, kept: Profile | None = None) -> Step:
    """The health check.

    :param now: in the register's own time zone, naive
    :param kept: what is known of the register; None has everything read anew
    :returns: `Seen`
    """
    commands = Commands(password)
    try:
        return (yield from _status(commands, now, kept))
    except NoAnswer as trouble:
        return Seen(
            RegisterStatus(ready=False, reachable=False, problem=trouble.message),
            None,
            (("no_answer", trouble.message),),
        )
    except Refused as refused:
        key = meaning(refused.error).key
        try:
            said = yield from words(refused)
        except Stop:
            said = ""
        return Seen(RegisterStatus(ready=False), None, ((key, said),))


def _status(commands: Commands, now: datetime, kept: Profile | None) -> Step:
    full = yield from read(commands.status(), answers.full)
    profile = yield from known(kept, full, commands)
    storage = yield from read(commands.storage_status(), answers.storage)
    shift = yield from read(commands.shift_status(), answers.shift)
    exchange = yield from _or(read(commands.exchange_status(), answers.exchange), None)
    expires = yield from _or(read(commands.storage_expiry(), answers.expiry), None)
    cash = yield from _or(read(commands.money_register(const.CASH_IN_DRAWER), answers.money), None)
    stops = _stops(full, storage, profile)
    warnings = _warnings(full, storage, exchange, expires, now)
    seen = RegisterStatus(
        ready=not stops,
        name=profile.name,
        serial_number=str(full.serial),
        register_number=profile.register_number,
        tax_number=_tax_number(full.tax_number),
        format_version=const.FORMATS.get(profile.format, ""),
        firmware=profile.firmware,
        shift_open=shift.open,
        shift_expired=full.mode == const.EXPIRED,
        shift_number=shift.number or None,
        clock=full.clock,
        cash=None if cash is None else Decimal(cash).scaleb(-2),
        unsent=exchange and exchange.messages,
        unsent_since=exchange and exchange.since,
        expires=expires and datetime.combine(expires, datetime.min.time()),
        last_number=storage.last or None,
        extra={"storage": storage.number, "warnings": storage.warnings, "swaps": profile.swaps},
    )
    return Seen(seen, profile, tuple(stops + warnings))


def _tax_number(number: str) -> str:
    """11h gives a number: zeros in front are lost."""
    return number.zfill(10 if len(number) <= 10 else 12) if number else ""


def _stops(full: Full, storage: Storage, profile: Profile) -> list[tuple[str, str]]:
    """Why it cannot register now, the first cause first."""
    found = []
    if full.submode in (const.NO_PAPER, const.PAPER_OUT):
        found.append(("paper", ""))
    if full.mode == const.DATE:
        found.append(("date", ""))
    if full.mode not in (const.DUMP, const.OPEN, const.EXPIRED, const.CLOSED, const.DATE, const.DOCUMENT):
        found.append(("mode", str(full.mode)))
    if storage.life != 3:
        found.append(("storage_life", str(storage.life)))
    if profile.tax_mode:
        found.append(("tax_mode", ""))
    if profile.format not in (const.FFD_105, const.FFD_12):
        found.append(("format", const.FORMATS.get(profile.format, str(profile.format))))
    return found


def _warnings(full, storage, exchange, expires: date | None, now: datetime) -> list[tuple[str, str]]:
    """What does not stop it yet. The flags of the storage: bit 0 replace at once, 1 soon, 2 nearly full, 3 silence."""
    found = []
    if full.mode == const.EXPIRED:
        found.append(("shift_expired", ""))
    if full.clock and abs(full.clock - now) > CLOCK_OFF:
        found.append(("clock_off", f"{full.clock:%d.%m.%Y %H:%M}"))
    if storage.warnings & 0b001:
        found.append(("storage_replace", ""))
    elif storage.warnings & 0b010 or (expires and (expires - now.date()).days <= EXPIRES_SOON):
        found.append(("storage_ends", f"{expires:%d.%m.%Y}" if expires else ""))
    if storage.warnings & 0b100:
        found.append(("storage_nearly_full", ""))
    late = exchange and exchange.since and now - exchange.since > SILENT
    if late or storage.warnings & 0b1000:
        since = exchange.since if exchange else None
        found.append(("operator_silent", f"{since:%d.%m.%Y %H:%M}" if since else ""))
    return found
