"""What conversations are made of (§7, §12): generators that yield commands and are sent answers. No I/O, no clock.

A conversation yields

* a `Command` and is sent an `Answer`, or `Broken` where there is none,
* `Pause`, for as long as a register that prints needs,
* `Keep`, with what has to be on the disk before the next command leaves,

and returns its result. `Stop` ends one early, with its outcome.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple

from ...fiscal_base.tools.outcome import Outcome
from .. import const
from . import answers
from .commands import Command, Commands
from .errors import UNKNOWN, meaning


class Broken(NamedTuple):
    """No answer. `sent`: the register may have executed the command."""

    sent: bool
    message: str = ""


class Pause(NamedTuple):
    seconds: float


class Keep(NamedTuple):
    """What a look-up needs to know of the register as it was before a document was sent (trap 4)."""

    before: dict


class Stop(Exception):
    def __init__(self, outcome: Outcome):
        super().__init__(outcome.code)
        self.outcome = outcome


class NoAnswer(Exception):
    """A command got no answer; `sent` as in `Broken`."""

    def __init__(self, broken: Broken):
        super().__init__(broken.message)
        self.sent, self.message = broken.sent, broken.message


class Refused(Exception):
    """A command was answered with an error, and not executed. `words`: the register's own."""

    def __init__(self, command: Command, error: int, words: str = ""):
        super().__init__(f"{command.code:X}h: {error:02X}h")
        self.command, self.error, self.words = command, error, words


Step = Generator[Command | Pause | Keep, Any, Any]

#: pauses of a fifth of a second for which a register that prints is waited for; a till waits for no more
PATIENCE = 40
WAIT = 0.2
#: steps from any state to one in which a document can begin
STATES = 12
#: blocks of a dump that are read to its end
BLOCKS = 2000


def ask(command: Command) -> Step:
    """The answer to `command`, whatever its error; `NoAnswer` where there is none."""
    answer = yield command
    if isinstance(answer, Broken):
        raise NoAnswer(answer)
    return answer


def do(command: Command) -> Step:
    """What `command` answers after its error code.

    A register that still prints is waited for, and one that waits for “continue printing” is told so: it has not
    executed the command (§11, errors 50h and 58h), which is then sent again.
    """
    for _left in range(PATIENCE):
        answer = yield from ask(command)
        if not answer.error:
            return answer.data
        if answer.error == const.CONTINUE_FIRST:
            yield from ask(Commands(int.from_bytes(_password(command), "little")).continue_printing())
        elif answer.error != const.PRINTS:
            break
        yield Pause(WAIT)
    raise Refused(command, answer.error)


def _password(command: Command) -> bytes:
    size = 2 if command.data[0] == 0xFF else 1
    return command.data[size : size + 4]


def tell(command: Command) -> Step:
    """As `do`, or None where the register refuses or does not know the command: what is only nice to have."""
    try:
        return (yield from do(command))
    except Refused:
        return None


def read(command: Command, parse) -> Step:
    """The parsed answer. One that is too short for what it should say counts as none."""
    data = yield from do(command)
    try:
        return parse(data)
    except (answers.Strange, IndexError, ValueError) as error:
        raise NoAnswer(Broken(not command.reads, f"{command.code:X}h: {error}")) from error


def words(refused: Refused) -> Step:
    """The register's own text of an error (6Bh), with the numbers that support asks for."""
    numbers = f"{refused.command.code:X}h, {refused.error:02X}h = {refused.error}"
    try:
        data = yield from tell(Command(bytes([0x6B, refused.error]), 3.0, reads=True))
    except NoAnswer:
        data = None
    said = answers.text(data) if data else ""
    return f"{said} ({numbers})" if said else numbers


def outcome_of(refused: Refused) -> Step:
    """What a refusal means for a document of which nothing was registered."""
    kind, key = meaning(refused.error) if refused.error else UNKNOWN
    said = yield from words(refused)
    return Outcome.blocked(said, code=key) if kind == "blocked" else Outcome.rejected(key, said)


def blocked(code: str, detail: str = "", retry_after: float | None = None) -> Stop:
    return Stop(Outcome.blocked(detail, code=code, retry_after=retry_after))


def paper(commands: Commands) -> Step:
    """Wait until the register is idle, and let it continue what it was printing (§7).

    :returns: its short status; submode is idle, or tells what a person has to do
    """
    for _left in range(PATIENCE):
        state = yield from read(commands.short_status(), answers.short)
        if state.submode == const.CONTINUE:
            yield from ask(commands.continue_printing())
        elif state.submode not in (const.REPORTING, const.PRINTING):
            break
        yield Pause(WAIT)
    return state


def ready(commands: Commands) -> Step:
    """Bring the register to where a document can begin (§12); the short status in the end.

    A document that a cut line has left open was not registered, so it is cancelled. What waits for paper is printed
    on, and nothing is registered again for it.
    """
    for _left in range(STATES):
        state = yield from paper(commands)
        if state.submode in (const.NO_PAPER, const.PAPER_OUT):
            raise blocked("paper")
        if state.submode != const.IDLE:
            raise blocked("continue" if state.submode == const.CONTINUE else "printing", retry_after=1)
        if state.mode == const.DOCUMENT:
            answer = yield from ask(commands.cancel_receipt())
            if answer.error and answer.error not in (const.PRINTS, const.CONTINUE_FIRST):
                raise Stop((yield from outcome_of(Refused(commands.cancel_receipt(), answer.error))))
            yield Pause(WAIT)
        elif state.mode == const.DUMP:
            yield from _end_of_dump(commands)
        elif state.mode == const.DATE:
            raise blocked("date")
        elif state.mode in (const.OPEN, const.EXPIRED, const.CLOSED):
            return state
        else:
            raise blocked("mode", str(state.mode))
    raise blocked("mode")


def _end_of_dump(commands: Commands) -> Step:
    """Read a document that somebody began to read to its end (trap 10)."""
    for _left in range(BLOCKS):
        answer = yield from ask(commands.next_of_dump())
        if answer.error:
            return


def storage(commands: Commands) -> Step:
    """The state of the fiscal storage, none of its documents left open by a cut line (§12)."""
    state = yield from read(commands.storage_status(), answers.storage)
    if state.document:
        yield from do(commands.cancel_in_storage())
        state = yield from read(commands.storage_status(), answers.storage)
    if state.life != 3:
        raise blocked("storage_life", str(state.life))
    return state


def ended(conversation: Step, otherwise) -> Step:
    """The conversation, with `otherwise(NoAnswer)` as its result where the line fails."""
    try:
        return (yield from conversation)
    except Stop as stop:
        return stop.outcome
    except Refused as refused:
        return (yield from ended(outcome_of(refused), otherwise))
    except NoAnswer as trouble:
        return otherwise(trouble)
