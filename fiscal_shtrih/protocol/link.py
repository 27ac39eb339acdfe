"""One command over a line that loses, damages and delays bytes (§2, §3), as conversations without I/O.

A conversation is a generator. It yields `Write`, `Read` and `Drop` and is sent what was read; it returns the answer,
or raises `NotSent` (the register surely did not execute the command) or `Lost` (it may have). Each ends after a bounded
number of steps, so it ends in bounded time.

Only a command that reads is ever written twice under the first framing: there a NAK proves little (§0.2, traps 1 and
11), and what is executed twice would stand twice on a receipt. The second framing has numbers: the same frame again is
never executed again (§3).
"""

from __future__ import annotations

from collections.abc import Generator
from math import ceil
from typing import NamedTuple

from .frames import ACK, ENQ, NAK, PING, STX, Reader, frame_1, frame_2, lrc


class Write(NamedTuple):
    """Write all of `data`."""

    data: bytes


class Read(NamedTuple):
    """Read `count` bytes; fewer where no more come within `timeout` seconds."""

    count: int
    timeout: float


class Drop(NamedTuple):
    """Forget what has come in and was not read."""


class Trouble(Exception):
    """There is no answer. `sent`: the register may have executed the command."""

    sent = False


class NotSent(Trouble):
    pass


class Lost(Trouble):
    sent = True


class Times(NamedTuple):
    """Seconds. `control`: until an ENQ or a frame is confirmed; `byte`: between two bytes of an answer."""

    control: float = 1.0
    byte: float = 0.5


TIMES = Times()


Exchange = Generator[Write | Read | Drop, bytes, bytes]

#: times that a read is written again, an ENQ without an answer is repeated, a damaged answer is asked for
TRIES = 3
#: old answers that are taken from a register before it is believed to be out of step
OLD = 8
#: bytes before the beginning of an answer that are skipped
SKIPPED = 16
#: bytes of other frames or of noise that one exchange of the second framing reads
NOISE = 16384


def answers(answer: bytes, command: bytes) -> bool:
    """Whether `answer` carries the code of `command`: one byte, or two that begin with FFh."""
    size = 2 if command[0] == 0xFF else 1
    return len(answer) > size and answer[:size] == command[:size]


class Link1:
    """The first framing: ENQ, ACK and NAK, no numbers."""

    def __init__(self, times: Times = TIMES):
        self.times = times

    def reconnected(self):
        """Nothing is kept from one connection to the next."""

    def exchange(self, command: bytes, timeout: float, repeatable: bool = False) -> Exchange:
        """The answer to `command`, its code included.

        :param timeout: seconds that the register may take to execute it
        :param repeatable: it changes nothing, so it may be executed twice
        """
        frame = frame_1(command)
        for left in range(TRIES if repeatable else 1, 0, -1):
            yield from self._ready()
            yield Drop()
            yield Write(frame)
            control = yield from self._control()
            if control == ACK:
                answer = yield from self._answer(timeout)
                yield Write(bytes([NAK if answer is None else ACK]))
                if answer is not None and answers(answer, command):
                    return answer
            answer = yield from self._again(command, timeout)
            if answer is not None:
                return answer
            if left == 1:
                raise Lost("the register has no answer to the command")
        raise AssertionError("unreachable")

    def _ready(self) -> Generator:
        """Ask until the register waits for a command; answers to earlier ones are taken from it and thrown away."""
        silent = old = asked = 0
        yield Drop()
        while silent < TRIES and old < OLD:
            yield Write(bytes([ENQ]))
            asked += 1
            control = yield from self._control()
            if control == NAK:
                if asked - old > 1:
                    # the other ENQ may be answered later: its NAK would look like one to the frame (trap 11)
                    yield from self._quiet()
                return
            if control == ACK:
                old += 1
                if (yield from self._answer(self.times.control)) is None:
                    yield Write(bytes([NAK]))
                else:
                    yield Write(bytes([ACK]))
            else:
                silent += 1
                yield Drop()
        raise NotSent("the register does not answer")

    def _again(self, command: bytes, timeout: float) -> Generator:
        """After a frame whose answer did not come: ask for it.

        :returns: the answer, or None where the register waits for a command: it may have dropped the answer (§2.1)
        """
        silent = damaged = 0
        yield Drop()
        while silent < max(TRIES, ceil(timeout / self.times.control)) and damaged < OLD:
            yield Write(bytes([ENQ]))
            control = yield from self._control()
            if control == NAK:
                return None
            if control != ACK:
                silent += 1
                yield Drop()
                continue
            answer = yield from self._answer(timeout)
            if answer is None:
                damaged += 1
                yield Write(bytes([NAK]))
                continue
            yield Write(bytes([ACK]))
            if answers(answer, command):
                return answer
            damaged += 1
        raise Lost("the register does not answer any more")

    def _control(self) -> Generator:
        """ACK, NAK, or None for silence and for anything else. FFh is a habit of the network (trap 8)."""
        for _skipped in range(TRIES):
            byte = yield Read(1, self.times.control)
            if byte != b"\xff":
                return byte[0] if byte and byte[0] in (ACK, NAK) else None
        return None

    def _answer(self, timeout: float) -> Generator:
        """The content of the answer that comes next; None where it is cut or damaged."""
        for _skipped in range(SKIPPED):
            byte = yield Read(1, timeout)
            if not byte:
                return None
            if byte[0] == STX:
                break
        else:
            return None
        size = yield Read(1, self.times.byte)
        if not size or not size[0]:
            return None
        rest = yield Read(size[0] + 1, self.times.byte)
        if len(rest) != size[0] + 1 or lrc(size + rest[:-1]) != rest[-1]:
            return None
        return rest[:-1]

    def _quiet(self) -> Generator:
        """Read until nothing comes any more."""
        for _left in range(OLD):
            if not (yield Read(64, self.times.control)):
                return


class Link2:
    """The second framing: numbered frames, and the same number is never executed twice.

    The number is asked for on each connection, and after anything that went wrong. A command that got no answer is
    kept: on the next connection the very same frame is the only safe question (trap 12).
    """

    def __init__(self, times: Times = TIMES):
        self.times = times
        self.last: int | None = None
        self.unfinished: tuple[int, bytes] | None = None

    def reconnected(self):
        """The line is a new one: only an unfinished frame may go over it before a ping."""
        self.last = None

    def exchange(self, command: bytes, timeout: float, repeatable: bool = False) -> Exchange:
        """As `Link1.exchange`. After a lost connection, the same command again takes the frame up where it was."""
        if self.unfinished and self.unfinished[1] == command:
            number = self.unfinished[0]
        else:
            if self.last is None:
                yield from self._ping()
            number = (self.last + 1) % 0x10000
        # a register that was switched off counts from 1 again: it would execute this one number twice
        tries = 1 if number == 1 and not repeatable else TRIES
        self.unfinished = (number, command) if tries > 1 else None
        frame, reader, read = frame_2(number, command), Reader(), 0
        for _left in range(tries):
            yield Write(frame)
            while read < NOISE:
                data = yield Read(reader.wanted, max(timeout / tries, self.times.control))
                if not data:
                    break
                read += len(data)
                for found in reader.feed(data):
                    if found.number == number and found.data:
                        return self._taken(found.data, command, number)
        self.forget()
        raise Lost("the register has no answer to the command")

    def forget(self):
        """Ask for the number before the next command."""
        self.last, self.unfinished = None, None

    def _taken(self, answer: bytes, command: bytes, number: int) -> bytes:
        if not answers(answer, command):
            self.forget()
            raise Lost("the register answers to another command under this number")
        self.last, self.unfinished = number, None
        return answer

    def _ping(self) -> Generator:
        self.unfinished = None
        reader, read = Reader(), 0
        for _left in range(TRIES):
            yield Drop()
            yield Write(PING)
            while read < NOISE:
                data = yield Read(reader.wanted, self.times.control)
                if not data:
                    break
                read += len(data)
                for found in reader.feed(data):
                    if not found.data:
                        self.last = found.number
                        return
        raise NotSent("the register does not answer")
