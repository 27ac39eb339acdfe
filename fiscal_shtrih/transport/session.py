"""Drives conversations over a line: bytes, pauses, and what has to be on the disk."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..protocol.answers import Answer
from ..protocol.commands import Command
from ..protocol.link import Drop, Read, Trouble, Write
from ..protocol.steps import Broken, Keep, Pause, Step
from .lines import LineError, open_line

#: seconds after which a conversation begins no more command: its lane has others to serve
BUDGET = 300.0


class Session:
    """One conversation after another with the register at the other end of `port`.

    :param port: `open_line`, held by the caller
    :param link: `protocol.Link1` or `protocol.Link2`
    :param keep: puts what `Keep` holds on the disk, before the next command leaves
    :param sleep: passes the fraction of a second for which a register that prints is left alone
    """

    def __init__(
        self,
        port: open_line,
        link,
        keep: Callable[[dict], None] = lambda before: None,
        budget: float = BUDGET,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._port, self._link, self._keep, self._sleep = port, link, keep, sleep
        self._end = time.monotonic() + budget

    def run(self, conversation: Step):
        """The result of the conversation."""
        said = None
        while True:
            try:
                step = conversation.send(said)
            except StopIteration as end:
                return end.value
            said = None
            if isinstance(step, Command):
                said = self._command(step)
            elif isinstance(step, Keep):
                self._keep(step.before)
            elif isinstance(step, Pause):
                self._sleep(step.seconds)

    def _command(self, command: Command) -> Answer | Broken:
        if time.monotonic() > self._end:
            return Broken(False, "the time is over")
        try:
            return Answer.of(self._exchange(command))
        except Trouble as trouble:
            return Broken(trouble.sent, str(trouble))
        except LineError as error:
            return self._reconnected(command, error)

    def _reconnected(self, command: Command, error: LineError) -> Answer | Broken:
        """After the line failed: a frame with a number may be taken up on a new line (§3), and so may a question."""
        sent = self._written
        self._port.close()
        unfinished = getattr(self._link, "unfinished", None)
        self._link.reconnected()
        if sent and not (unfinished or command.reads):
            return Broken(True, str(error))
        try:
            return Answer.of(self._exchange(command))
        except Trouble as trouble:
            return Broken(sent or trouble.sent, str(trouble))
        except LineError as again:
            self._port.close()
            self._link.reconnected()
            return Broken(sent or self._written, str(again))

    def _exchange(self, command: Command) -> bytes:
        """One exchange; `_written` tells afterwards whether a byte of the command's frame may have left."""
        self._written = False
        line = self._port.connect()
        steps = self._link.exchange(command.data, command.timeout, command.reads)
        come = None
        while True:
            try:
                step = steps.send(come)
            except StopIteration as end:
                return end.value
            come = None
            if isinstance(step, Write):
                self._written = self._written or len(step.data) > CONTROL
                line.send(step.data)
            elif isinstance(step, Read):
                come = line.receive(step.count, step.timeout)
            elif isinstance(step, Drop):
                line.drop()


#: bytes of a write that is no command: ENQ, ACK, NAK, a ping
CONTROL = 5
