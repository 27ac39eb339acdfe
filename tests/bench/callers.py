"""KKM Servers that call Odoo (`kkm_server.md` §2), as many as are wanted in one process.

Each has a register of its own from the emulator, so what Odoo gives it is executed and refused as strictly as there.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlsplit

from tests.emulators.kkm_register import Register
from tests.emulators.kkm_server import Kkm, _encode

from .figures import Timing

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
#: seconds for which an answer is awaited (`kkm_server.md` §2.4)
PATIENCE = 100


@dataclass
class Caller:
    """One KKM Server with one register.

    :param left: key of a document → when the call began that brought its command, and its number among the calls
    :param begun: when each call began
    """

    serial: str
    path: str
    token: str
    results: list[dict] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)

    def __post_init__(self):
        self.kkm = Kkm([Register(1, self.serial)])

    async def call(self, base: str, idle: Timing, busy: Timing) -> None:
        """Call once. A call that brings or takes something counts as busy."""
        told, self.results = self.results, []
        body = {"Command": "GetCommand", "Token": self.token, "ListRezult": told, "LabelTime": "2026-01-15T12:00:00"}
        self.begun.append(time.monotonic())
        try:
            status, text = await post(base, f"/fiscal/kkm/{self.path}", _encode(body).encode())
            took = time.monotonic() - self.begun[-1]
            if status != 200:
                raise ValueError(f"HTTP {status}")
            commands = json.loads(text, parse_float=Decimal)["ListCommand"]
            for command in commands:
                self._execute(command)
        except (OSError, ValueError, KeyError, TypeError, TimeoutError, EOFError) as error:
            self.results = told + self.results
            idle.errors.append(f"{type(error).__name__}: {error}")
            return
        (busy if told or commands else idle).seconds.append(took)

    def _execute(self, command: dict) -> None:
        """Execute at once; the result goes with the next call."""
        if command.get("KktNumber") != self.serial:
            raise ValueError(f"a command for {command.get('KktNumber')} came to {self.serial}")
        answer = self.kkm.run(_encode(command).encode())
        if answer["Status"]:
            raise ValueError(f"{command['Command']}: {answer['Error']}")
        self.left[command["IdCommand"]] = len(self.begun) - 1
        self.results.append(answer)


async def post(base: str, path: str, body: bytes) -> tuple[int, bytes]:
    """One request over a connection of its own, as KKM Server makes it."""
    host = urlsplit(base)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host.netloc}\r\nAuthorization: Basic Og==\r\n"
        f"Cache-Control: no-store\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    answer = await asyncio.wait_for(exchange(host.hostname, host.port, head.encode() + body), PATIENCE)
    head, __, text = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        raise ValueError("no answer")
    return int(head.split()[1]), text


async def exchange(host: str, port: int, request: bytes) -> bytes:
    """Send bytes, and read the answer to the end that its head tells. Odoo's server closes 10 ms later."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        return head + (await reader.readexactly(int(length[1])) if length else await reader.read())
    finally:
        writer.close()
