"""Registering a document (§8): what is on the disk before a byte leaves, the steps, and what each end means.

A receipt exists from the moment in which FF45h (FF4Ah in FFD 1.05) succeeded, not earlier and not when it is printed
(trap 3). So whatever fails before that command left is surely not registered, and whatever fails after is looked up.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ...fiscal_base.tools.outcome import FiscalData, Kind, Outcome
from .. import const
from . import answers, marking, receipt
from .answers import Closed, Found, Full, Storage
from .commands import Commands
from .examine import known
from .profile import Profile
from .steps import (
    Keep,
    NoAnswer,
    Pause,
    Refused,
    Step,
    Stop,
    ask,
    blocked,
    do,
    ended,
    outcome_of,
    read,
    ready,
    storage,
    tell,
)

#: answers after which a look-up makes sense, in seconds
SOON = 1.0


class Sent(NamedTuple):
    """:param profile: as it was read, to be kept; None where it was known or not read"""

    outcome: Outcome
    profile: Profile | None


class Scene(NamedTuple):
    """The register as it is before the document."""

    mode: int
    full: Full
    storage: Storage
    profile: Profile


def submit(plan: dict, password: int, kept: Profile | None = None) -> Step:
    """Register `plan` once. :returns: `Sent`"""
    found: list[Profile] = []
    outcome = yield from ended(_submit(plan, Commands(password), kept, found), _before_the_end)
    profile = found[0] if found and found[0] != kept else None
    return Sent(outcome, profile)


def _before_the_end(trouble: NoAnswer) -> Outcome:
    """The line failed before the command that registers had left."""
    return Outcome.not_sent(trouble.message, code="no_answer")


def _submit(plan: dict, commands: Commands, kept: Profile | None, found: list) -> Step:
    state = yield from ready(commands)
    full = yield from read(commands.status(), answers.full)
    profile = yield from known(kept, full, commands)
    found.append(profile)
    try:
        receipt.unfit(plan, profile)
    except receipt.Unfit as reason:
        return Outcome.rejected(reason.code, ", ".join(map(str, reason.values_named.values())))
    scene = Scene(state.mode, full, (yield from storage(commands)), profile)
    operation = plan["operation"]
    if operation in ("shift_open", "shift_close"):
        return (yield from _shift(plan, scene, commands))
    if scene.mode == const.EXPIRED and operation != "x_report":
        raise blocked("shift_expired")
    if scene.mode == const.CLOSED and operation != "x_report":
        raise blocked("shift_closed")
    if operation in const.RECEIPTS:
        return (yield from _receipt(plan, scene, commands))
    return (yield from _cash(plan, scene, commands))


def _before(scene: Scene, **more) -> Keep:
    return Keep(
        {
            "storage": scene.storage.number,
            "last": scene.storage.last,
            "document": scene.full.document,
            "clock": scene.full.clock.isoformat() if scene.full.clock else "",
            **more,
        }
    )


def _final(command) -> Step:
    """The command that registers. Where its answer is lost, only a look-up can tell."""
    try:
        return (yield from do(command))
    except NoAnswer as trouble:
        if not trouble.sent:
            raise
        raise Stop(Outcome.unknown(trouble.message, retry_after=SOON, code="lost")) from trouble


# === Receipts ===


def _receipt(plan: dict, scene: Scene, commands: Commands) -> Step:
    yield _before(scene)
    old = scene.profile.format == const.FFD_105 and plan["operation"] in const.CORRECTIONS
    try:
        if old:
            yield from do(commands.begin_correction())
            for command in receipt.document_tags(plan, scene.profile, commands):
                yield from do(command)
            final, head = receipt.correction_of_105(plan, scene.profile, commands), 2
        else:
            yield from _open(plan, scene, commands)
            final, head = receipt.closing(plan, commands), 5
    except Refused as refused:
        outcome = yield from outcome_of(refused)
        yield from _give_up(commands, old)
        return outcome
    try:
        data = yield from _final(final)
    except Refused as refused:
        return (yield from _closing_refused(plan, scene, commands, refused, old))
    try:
        closed = answers.closed(data, head)
    except answers.Strange as error:
        raise Stop(Outcome.unknown(str(error), retry_after=SOON, code="lost")) from error
    told = []
    if closed.number != scene.storage.last + 1:
        told.append(f"{closed.number} <> {scene.storage.last + 1}")
    if not old and closed.change != plan["change"]:
        told.append(f"{closed.change} <> {plan['change']}")
    return (yield from _registered(plan, scene, commands, closed, told))


def _open(plan: dict, scene: Scene, commands: Commands) -> Step:
    """Everything of a receipt but its end."""
    profile = scene.profile
    yield from do(commands.open_receipt(const.RECEIPTS[plan["operation"]][0]))
    for command in receipt.document_tags(plan, profile, commands):
        yield from do(command)
    for line in plan["text"]:
        yield from tell(commands.print_line(line))
    yield from _check_codes(plan, profile, commands)
    for command in receipt.line_commands(plan, profile, commands):
        yield from do(command)
    total = yield from read(commands.subtotal(), answers.subtotal)
    if total != plan["total"]:
        # the last net for lines that a line without numbers may have doubled or lost (trap 11)
        yield from _give_up(commands, False)
        raise Stop(Outcome.not_sent(f"{total} <> {plan['total']}", code="subtotal", retry_after=SOON))


def _check_codes(plan: dict, profile: Profile, commands: Commands) -> Step:
    for piece in receipt.pieces(plan, profile):
        check = commands.check_code(piece.planned, piece.code, piece.tags)
        try:
            result = yield from read(check, answers.code)
        except Refused as refused:
            if refused.error == 0xD3:  # a code that the register cannot take apart is bound to its line unchecked
                continue
            raise
        bad = marking.refused(result.local) or marking.refused(result.online)
        answer = yield from ask(commands.accept_code(not bad))
        last = answer.data[0] if answer.data and not answer.error else None
        if bad or marking.refused(last):
            yield from _give_up(commands, False)
            raise Stop(Outcome.rejected("marking", piece.name))


def _give_up(commands: Commands, old: bool) -> Step:
    """Cancel what is open. Where that fails too, the next document begins with it."""
    try:
        yield from tell(commands.cancel_in_storage() if old else commands.cancel_receipt())
    except NoAnswer:
        return


def _closing_refused(plan: dict, scene: Scene, commands: Commands, refused: Refused, old: bool) -> Step:
    """The register answers with an error, of its printer for example, after the storage has the document (77h)."""
    try:
        outcome = yield from outcome_of(refused)
        state = yield from read(commands.storage_status(), answers.storage)
    except (NoAnswer, Refused) as trouble:
        return Outcome.unknown(str(trouble), retry_after=SOON, code="lost")
    if state.last != scene.storage.last:
        return dataclasses.replace(outcome, kind=Kind.UNKNOWN, code="lost", retry_after=SOON)
    yield from _give_up(commands, old)
    return outcome


def _registered(plan: dict, scene: Scene, commands: Commands, closed: Closed, told: list[str]) -> Step:
    """The receipt is in the storage. Nothing that fails from here on makes it undone."""
    moment, shift, told_paper, document = closed.moment, None, "", None
    try:
        if moment is None:
            document = yield from read(commands.find_document(closed.number), answers.found)
            moment = document.moment
        shift = yield from read(commands.shift_status(), answers.shift)
        state = yield from read(commands.short_status(), answers.short)
        told_paper = "paper" if state.submode in (const.NO_PAPER, const.PAPER_OUT, const.CONTINUE) else ""
    except (NoAnswer, Refused) as trouble:
        told = [*told, str(trouble)] if told else []  # it is registered; its number and sign are known
    data = fiscal_data(plan, scene.storage.number, closed.number, closed.sign, moment, scene.profile, document)
    if scene.profile.format == const.FFD_105 and plan["operation"] in const.CORRECTIONS:
        data = dataclasses.replace(data, total=None)  # no register has added it up: FF4Ah says no subtotal
    if shift:
        data = dataclasses.replace(data, shift_number=shift.number, receipt_number=shift.receipt or None)
    outcome = Outcome.done(data, message="; ".join(told))
    code = "differs" if told else "printed_later" if told_paper else ""
    return dataclasses.replace(outcome, code=code)


def fiscal_data(
    plan, storage_number, number, sign, moment: datetime | None, profile: Profile | None, document: Found | None = None
) -> FiscalData:
    """What is known of a document of the storage; a receipt's QR code is made of it (FFD tag 1196).

    :param document: as the storage itself tells it; without it the total is the one that the register has added up
    """
    total = plan["total"] if plan["operation"] in const.RECEIPTS else None
    money = None if total is None else Decimal(total).scaleb(-2)
    qr = ""
    if money is not None and moment:
        kind = const.RECEIPTS[plan["operation"]][1]
        qr = f"t={moment:%Y%m%dT%H%M}&s={money:.2f}&fn={storage_number}&i={number}&fp={sign}&n={kind}"
    operation = ""
    if document and document.operation is not None and plan["operation"] in const.RECEIPTS:
        operation = _operation(document)
        money = None if document.total is None else Decimal(document.total).scaleb(-2)
    return FiscalData(
        number=str(number),
        operation=operation,
        sign=str(sign),
        storage=storage_number,
        register_number=profile.register_number if profile else "",
        registered_at=moment,
        total=money,
        qr=qr,
    )


def _operation(document: Found) -> str:
    """The operation that stands in the storage, by its type and settlement sign; "" where they tell none."""
    corrected = document.type in (const.FD_CORRECTION, const.FD_FORM_CORRECTION)
    told = (name for name, (__, sign) in const.RECEIPTS.items() if sign == document.operation)
    return next((name for name in told if (name in const.CORRECTIONS) is corrected), "")


# === Shifts ===


def _shift(plan: dict, scene: Scene, commands: Commands) -> Step:
    state = yield from read(commands.shift_status(), answers.shift)
    opening = plan["operation"] == "shift_open"
    if state.open is opening and (scene.mode != const.CLOSED) is opening:
        return Outcome.rejected("shift_open" if opening else "shift_closed", "")
    yield _before(scene, shift=state.number)
    begun = yield from tell(commands.begin_opening() if opening else commands.begin_closing())
    if begun is not None:
        for command in receipt.cashier_tags(plan, commands):
            yield from tell(command)
    try:
        yield from _final(commands.open_shift() if opening else commands.close_shift())
    except Refused as refused:
        outcome = yield from outcome_of(refused)
        yield from _give_up(commands, old=True)
        return outcome
    return (yield from ended(_shift_data(plan, scene, commands), _shift_without_data))


def _shift_data(plan: dict, scene: Scene, commands: Commands) -> Step:
    for _left in range(10):
        state = yield from read(commands.storage_status(), answers.storage)
        if state.last > scene.storage.last:
            break
        yield Pause(0.2)
    else:
        raise Stop(Outcome.unknown("", retry_after=SOON, code="lost"))
    document = yield from read(commands.find_document(state.last), answers.found)
    shift = yield from read(commands.shift_status(), answers.shift)
    data = fiscal_data(plan, state.number, document.number, document.sign, document.moment, scene.profile)
    return Outcome.done(dataclasses.replace(data, shift_number=document.shift or shift.number))


def _shift_without_data(trouble: NoAnswer) -> Outcome:
    return Outcome.unknown(trouble.message, retry_after=SOON, code="lost")


# === Cash and X report: the storage knows nothing of them ===


def _cash(plan: dict, scene: Scene, commands: Commands) -> Step:
    before = yield from read(commands.money_register(const.CASH_IN_DRAWER), answers.money)
    yield _before(scene, cash=before)
    command = {
        "cash_in": lambda: commands.cash_in(plan["total"]),
        "cash_out": lambda: commands.cash_out(plan["total"]),
        "x_report": commands.x_report,
    }[plan["operation"]]()
    try:
        yield from _final(command)
    except Refused as refused:
        return (yield from outcome_of(refused))
    try:
        shift = yield from read(commands.shift_status(), answers.shift)
    except (NoAnswer, Refused):
        shift = None
    return Outcome.done(
        FiscalData(
            storage=scene.storage.number,
            register_number=scene.profile.register_number,
            registered_at=scene.full.clock,
            shift_number=shift.number if shift else None,
        )
    )
