"""A KKM Server that calls a site and fetches its commands (`kkm_server.md` §2).

    python -m tests.emulators.kkm_callback --port 5895 --url https://…/fiscal/kkm/… --token …

Without `--url` and `--token` it calls the demo.

The call itself is as described there, with its traps, each of which can be switched off:

* `early`: a command that is still queued or printing is reported once as it is, and its end never comes by itself;
* `nesting`: a repeated `GetRezult` may answer with an earlier answer to `GetRezult`;
* `shadowing`: a `GetRezult` is kept under the key that it asks about, so the command itself is refused afterwards.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from .kkm_server import (
    ERROR,
    NOT_FOUND,
    OK,
    QUEUE_TEXT,
    REPEATED,
    BadCommand,
    Entry,
    KkmServerEmulator,
    UnknownCommand,
    _encode,
)

TRAPS = frozenset({"early", "nesting", "shadowing"})
#: «Интервал вызова (сек)» of a new installation (§2.1)
INTERVAL = 30


@dataclass
class Order:
    """A command that came through the call."""

    entry: Entry
    command: dict
    at: float = field(default_factory=time.monotonic)
    returned: bool = False


class Caller:
    """One row of «Список вызовов».

    `poll` makes one call and `work` executes what has come, so a test decides what lies between; `start` does both by
    itself every `interval` seconds.

    :param method: POST or PUT (§2.1)
    :param traps: see above
    :param timeout: seconds for which an answer is awaited
    """

    def __init__(
        self,
        emulator: KkmServerEmulator,
        url: str,
        token: str,
        login: str = "",
        password: str = "",
        method: str = "POST",
        interval: float = INTERVAL,
        traps: frozenset[str] = TRAPS,
        timeout: float = 100,
    ):
        self.kkm, self.faults = emulator.kkm, emulator.faults
        self.url, self.token, self.pair = url, token, f"{login}:{password}"
        self.method, self.interval, self.traps, self.timeout = method, interval, traps, timeout
        #: «Последняя ошибка callback:»
        self.error = ""
        #: of the last call: status, and the names of the commands that it brought
        self.status = 0
        self.received: list[str] = []
        #: every command that ever came, as text
        self.commands: list[dict] = []
        self.calls = 0
        #: more headers of the call
        self.headers: dict[str, str] = {}
        self._orders: list[Order] = []
        self._lock = threading.RLock()
        self._stop = threading.Event()

    # === One call (§2.2 to §2.4) ===

    def poll(self) -> list[str]:
        """Make one call.

        :returns: the names of the commands that it brought
        """
        self.calls += 1
        self.error, self.status, self.received = "", 0, []
        with self._lock:
            told = [order for order in self._orders if not order.returned]
            if "early" not in self.traps:
                told = [order for order in told if order.entry.finished.is_set()]
            results = [self._result(order) for order in told]
        body = {
            "Command": "GetCommand",
            "Token": self.token,
            "ListRezult": results,
            "LabelTime": datetime.now().replace(microsecond=0),
        }
        try:
            self.status, answer = self._send(_encode(body).encode())
            commands = json.loads(answer) if self.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.error = f"{type(error).__name__}: {error}"
            return []
        if not isinstance(commands, dict):
            self.error = f"HTTP {self.status}"
            return []
        for order in told:
            order.returned = True
        try:
            for item in commands["ListCommand"]:
                self._take(item)
        except (BadCommand, UnknownCommand, KeyError, TypeError) as error:
            self.error = f"{type(error).__name__}: {error}"
        return self.received

    def _send(self, body: bytes) -> tuple[int, bytes]:
        """No redirect is followed. Login and password go with every call, also when they are empty."""
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=self.timeout)
        try:
            headers = {
                "Authorization": "Basic " + base64.b64encode(self.pair.encode()).decode(),
                "User-Agent": "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 Chrome/53.0",
                "Cache-Control": "no-store",
                "Content-Type": "application/json",
                **self.headers,
            }
            connection.request(self.method, parts.path or "/", body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _result(self, order: Order) -> dict:
        """The result as it is now, also of what has not ended (§2.5)."""
        if order.entry.finished.is_set():
            return order.entry.result
        return self.kkm.answer_to(order.command, {}, order.entry.status)

    # === Commands (§2.5, §2.6) ===

    def _take(self, item: dict) -> None:
        """Put one command into the queue. What is wrong with it takes the rest of the list with it (§2.4)."""
        command = self.kkm.read(json.dumps(item, ensure_ascii=False).encode())
        name = command.get("Command") or ""
        self.commands.append(item)
        if name == "GetRezult":
            entry = self._ask(command)
        else:
            if name != "List" and not self.kkm.knows(name):
                raise UnknownCommand(f"Неопознанная команда {name}")
            with self.kkm.lock:
                entry = self.kkm.enter(command)
            if entry is None:
                text = "Команда уже была выполнена или выполняется в текущий момент"
                entry = self._ended(command, self.kkm.answer_to(command, {}, REPEATED, text))
        self.received.append(name)
        with self._lock:
            self._orders.append(Order(entry, command))

    def _ended(self, command: dict, result: dict) -> Entry:
        entry = Entry(command.get("IdCommand") or "", command["Command"], OK, result)
        entry.finished.set()
        return entry

    def _ask(self, command: dict) -> Entry:
        """`GetRezult`, kept under the key that it asks about."""
        key = command.get("IdCommand") or ""
        with self.kkm.lock:
            known = [entry for entry in self.kkm.queue if key and entry.key == key]
            if "nesting" not in self.traps:
                known = [entry for entry in known if entry.name != "GetRezult"]
            if not key:
                result = self.kkm.answer_to(command, {}, ERROR, "Не указан Id команды!")
            elif not known:
                lost = "<Не определено>"
                inner = {"IdCommand": key, "Status": NOT_FOUND, "Command": lost, "Error": lost}
                text = "Команда с таким IdCommand не найдена"
                result = self.kkm.answer_to(command, {"Rezult": inner}, NOT_FOUND, text)
            else:
                last = known[-1]
                inner = last.result or {"Command": last.name, "Error": "", "Status": last.status, "IdCommand": key}
                result = self.kkm.answer_to({**command, "IdCommand": ""}, {"Rezult": inner})
            entry = self._ended(command, result)
            if "shadowing" in self.traps and key:
                self.kkm.queue.append(entry)
        return entry

    def work(self) -> None:
        """Let the devices execute what has come, in order."""
        with self._lock:
            waiting = [order for order in self._orders if not order.entry.finished.is_set()]
        for order in waiting:
            if order.entry not in self.kkm.queue:
                continue  # a restart has taken it
            if time.monotonic() - order.at > self.kkm.queue_seconds:
                order.entry.result = self.kkm.answer_to(order.command, {}, ERROR, QUEUE_TEXT)
                order.entry.status = ERROR
                order.entry.finished.set()
            elif order.command["Command"] == "List":
                units = [device.unit() for device in [*self.kkm.registers, *self.kkm.terminals]]
                order.entry.result = self.kkm.answer_to(order.command, {"ListUnit": units})
                order.entry.status = OK
                order.entry.finished.set()
            else:
                self.kkm.work(order.entry, order.command, self.fault_for(order.command["Command"]))

    def fault_for(self, name: str):
        """The fault that waits for a command of this name; see `KkmServerEmulator.FAULTS`."""
        return self.faults.take(name)

    def restart(self) -> None:
        """The program starts anew: what it had in mind is lost (§2.6)."""
        with self._lock:
            self.kkm.restart()
            self._orders.clear()

    # === By itself ===

    def start(self) -> Caller:
        for loop in (self._call_for_ever, self._work_for_ever):
            threading.Thread(target=loop, daemon=True).start()
        return self

    def stop(self) -> None:
        self._stop.set()

    def _call_for_ever(self) -> None:
        while not self._stop.wait(self.interval):
            self.poll()

    def _work_for_ever(self) -> None:
        while not self._stop.wait(0.05):
            self.work()


def main() -> None:
    parser = argparse.ArgumentParser(description="An emulated KKM Server that calls a site by itself.")
    parser.add_argument("--port", type=int, default=5895)
    parser.add_argument("--url", default=f"http://127.0.0.1:{os.environ.get('PORT') or 8069}/fiscal/kkm/demo")
    parser.add_argument("--token", default="token-of-the-demo-shop")
    parser.add_argument("--login", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--method", default="POST", choices=("POST", "PUT"))
    parser.add_argument("--interval", type=float, default=3)
    options = parser.parse_args()
    emulator = KkmServerEmulator(port=options.port).start()
    row = Caller(
        emulator,
        options.url,
        options.token,
        login=options.login,
        password=options.password,
        method=options.method,
        interval=options.interval,
    ).start()
    print(f"{emulator.title}: {emulator.url}, calls {options.url} every {options.interval:g} s", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        row.stop()
        emulator.stop()


if __name__ == "__main__":
    main()
