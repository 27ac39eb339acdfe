"""`make fuzz`: calls that no KKM Server would make, over HTTP, to real workers.

    COUNT=100000    calls
    SEED=           repeats those of an earlier run

Each is answered as `bodies.py` says, none with an error of the server; nothing in the database changes; no token stands
in the log. Then some name a command that is out: they may change something, and may break nothing either.
"""

from __future__ import annotations

import json
import os
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from tests.dev import database, environment
from tests.dev.console import say, step

#: KKM Servers that call at the same time
TOGETHER = 6
#: KKM Servers, each with a command that is out
SERVERS = 20
#: of so many calls one more that names such a command
OWN = 50
#: tells the tokens apart from whatever else stands in a log
MARK_TOKENS = "UPDATE fiscal_secret SET value = '{}' || value WHERE model = 'fiscal.kkm.server' AND name = 'token'"
#: one text for all that a table holds, but for when a KKM Server has called last
STATE = """
    SELECT md5(coalesce(string_agg(row, '' ORDER BY row), '')) FROM (SELECT md5(({})::text) AS row FROM "{}" t) rows
"""


def main() -> int:
    environment.enter()
    # only now are the packages there
    from .bodies import MARK, Bodies
    from .stand import stand

    count = int(os.environ.get("COUNT") or 100_000)
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    say(f"{count:,} calls, SEED={seed}")
    with stand(SERVERS, 1000, cron_threads=0) as here:
        database.execute(MARK_TOKENS.format(MARK), here.database)
        tokens = [MARK + server["token"] for server in here.servers]
        keys = _send_commands(here, tokens)
        paths = [f"/fiscal/kkm/{server['path']}" for server in here.servers]
        run = Run(here.server.url)
        before = _state(here.database)
        known = list(zip(paths, tokens, keys, strict=True))
        with step(f"{count:,} calls"):
            # several KKM Servers: the calls of one never overlap, and Odoo would have to repeat them
            run.send(
                (path, islice(Bodies(seed + number, token, key, keys[TOGETHER:]), (count + number) // TOGETHER))
                for number, (path, token, key) in enumerate(known[:TOGETHER])
            )
        after = _state(here.database)
        run.problems += [f"Something in {name} has changed." for name in before if before[name] != after[name]]
        rate = sum(run.answers.values()) / run.seconds
        with step(f"{count // OWN:,} calls that name a command which is out"):
            run.send(
                (path, islice(Bodies(seed, token, key, own=True), count // OWN // SERVERS))
                for path, token, key in known
            )
        log = here.server.log.read_text(errors="replace")
        run.problems += [f"A token stands in the log: {line[:300]}" for line in log.splitlines() if MARK in line]
        run.problems += here.server.unannounced()
        if "was refused" not in log:
            run.problems.append("The log does not tell of the calls that were refused.")
        say(f"The log of Odoo is {here.server.log}.")
    say("")
    for (kind, status), number in sorted(run.answers.items()):
        say(f"{kind:12}  {status}  {number:7,}")
    say(f"\n{rate:.0f} calls a second, nothing changed in {len(before)} tables")
    for problem in list(dict.fromkeys(run.problems))[:20]:
        say(f"WRONG: {problem}")
    say(f"{len(run.problems)} errors")
    return 1 if run.problems else 0


def _send_commands(here, tokens: list[str]) -> list[str]:
    """Give each KKM Server a command, and keep them from getting another one; the keys of the commands."""
    from tests.chaos.rpc import Client

    from .stand import PASSWORD

    client = Client(lambda: here.server.url, here.database, "accountant", PASSWORD)
    keys = []
    for server, token in zip(here.servers, tokens, strict=True):
        values = {"operation": "x_report", "register_id": server["register"], "employee_id": here.employee}
        client.call("fiscal.document", "action_post", [client.call("fiscal.document", "create", values)])
        body = json.dumps({"Command": "GetCommand", "Token": token, "ListRezult": []}).encode()
        status, answer = exchange(here.server.url, f"/fiscal/kkm/{server['path']}", body)
        (command,) = json.loads(answer)["ListCommand"] if status == 200 else ()
        keys.append(command["IdCommand"])
    later = "now() AT TIME ZONE 'UTC' + interval '1 day'"
    database.execute(f"UPDATE fiscal_register SET relay_until = {later}, kkm_server_asked_at = {later}", here.database)
    return keys


def _state(name: str) -> dict[str, str]:
    """How each table is."""
    tables = database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", dbname=name)
    rows = {table: "to_jsonb(t)" for table in tables} | {"fiscal_kkm_server": "to_jsonb(t) - 'last_seen'"}
    return {table: database.query(STATE.format(row, table), dbname=name)[0] for table, row in rows.items()}


class Run:
    """Sends calls and compares the answers."""

    def __init__(self, base: str):
        self.base = base
        self.answers: Counter = Counter()
        self.problems: list[str] = []
        self.seconds = 0.0
        self._lock = threading.Lock()

    def send(self, calls: Iterable[tuple[str, Iterator]]) -> None:
        """Send the calls of several KKM Servers, each in a row of its own."""
        begin = time.monotonic()
        threads = [threading.Thread(target=self._work, args=row) for row in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seconds += time.monotonic() - begin

    def _work(self, path: str, calls: Iterator) -> None:
        for call in calls:
            try:
                status, __ = exchange(self.base, path, call.body, call.headers, call.cut)
            except (OSError, ValueError, EOFError) as error:
                status = f"{type(error).__name__}: {error}"
            with self._lock:
                self.answers[call.kind, status] += 1
                if status != call.status:
                    text = f"{call.kind}: {status} instead of {call.status}: {call.headers} {call.body[:300]!r}"
                    self.problems.append(text)


def exchange(base: str, path: str, body: bytes, headers: dict | None = None, cut: bool = False) -> tuple[int, bytes]:
    """One request over a connection of its own."""
    host = urlsplit(base)
    lines = {
        **{"Host": host.netloc, "Content-Type": "application/json", "Authorization": "Basic Og=="},
        **{"Content-Length": len(body) + 100 * cut, "Connection": "close", **(headers or {})},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with socket.create_connection((host.hostname, host.port), timeout=60) as connection:
        try:
            connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            if cut:
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass  # the answer came before the whole body was sent
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, __, text = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        raise ValueError("no answer")
    return int(head.split()[1]), text


if __name__ == "__main__":
    sys.exit(main())
