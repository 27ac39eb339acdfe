"""An emulator of Device Manager, Vchasno.Kasa's program in the shop.

`python -m tests.emulators.vchasno_dm --port 3939`

The registers are those of the cloud's emulator with Device Manager's own codes: no shift opens by itself, a tag can be
asked for, and a bank terminal stands beside them. `§` names a section of docs/protocols/vchasno.md.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from .common import Emulator, Fault, HttpAnswer, HttpRequest, html_answer, main
from .vchasno import NAMES, answer, encode
from .vchasno_register import STOP, Printed, Register
from .vchasno_terminal import REFUSALS, Terminal, TerminalRefused

#: `type` (§8.3)
SEARCH, FISCAL, TERMINAL = 0, 1, 3
PAY_NAMES = {1: "pay", 2: "refund", 3: "cancel", 10: "terminal_x", 11: "settlement", 17: "last"}


class DeviceManagerEmulator(Emulator):
    """Device Manager on a port of this machine.

    :param registers: one test register by default, `Kasa 1`
    :param terminals: one by default, `Terminal 1`
    """

    title = "Device Manager (емулятор)"
    default_port = 3939
    FAULTS = {
        "busy": "1105: the register is at work; nothing is registered",
        "code": "an error; options `res`, `res_action` (3), `text`, `execute` (false)",
        "shift_expired": "at once: the open shift becomes 25 hours old",
        "offline": "at once: the register works without the tax service; option `online` (false)",
        "blocked": "at once: the register is blocked; option `blocked` (true)",
        **{kind: f"terminal: {code} «{text}»; option `execute` (false)" for kind, (code, text) in REFUSALS.items()},
    }

    def __init__(
        self,
        port: int = 0,
        registers: list[Register] | None = None,
        terminals: list[Terminal] | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ):
        super().__init__(port)
        self.registers = registers or [Register(clock=clock, token="")]
        for register in self.registers:
            register.auto_open = False
        self.terminals = terminals or [Terminal()]
        #: refuse what does not say that it is JSON; what Device Manager does is not documented
        self.json_only = False
        #: names of printers on which something was printed
        self.paper: list[str] = []
        self._lock = threading.RLock()
        self._terminal = threading.Lock()

    @property
    def documents(self) -> list[Printed]:
        return sorted((each for register in self.registers for each in register.printed), key=lambda each: each.dataid)

    @property
    def oddities(self) -> list[str]:
        return [oddity for register in self.registers for oddity in register.oddities]

    def documents_json(self) -> list[dict]:
        return [printed.as_json() for printed in self.documents]

    def tapes(self) -> list[str]:
        words = {1: "ОПЛАТА", 2: "ПОВЕРНЕННЯ", 3: "СКАСУВАННЯ"}
        slips = [
            f"ТЕРМІНАЛ {terminal.name}\n{words[each.task]} {each.amount}\nRRN {each.rrn}"
            for terminal in self.terminals
            for each in terminal.transactions
        ]
        return [*slips, *(printed.tape for printed in self.documents)]

    def strike(self, fault: Fault) -> bool:
        for register in self.registers:
            if fault.kind == "shift_expired" and register.shift:
                register.shift.opened_at -= timedelta(hours=25)
            elif fault.kind == "offline":
                register.online = fault.options.get("online", False)
            elif fault.kind == "blocked":
                register.blocked = fault.options.get("blocked", True)
        return fault.kind in ("shift_expired", "offline", "blocked")

    def name_of(self, request: HttpRequest) -> str:
        try:
            body = json.loads(request.body)
            if body.get("type") == SEARCH:
                return "search"
            if body.get("type") == TERMINAL and body.get("transaction_search") == 1:
                return "transaction_search"
            if body.get("type") == TERMINAL:
                return PAY_NAMES[body["pay"]["task"]]
            return NAMES[body["fiscal"]["task"]]
        except (ValueError, KeyError, TypeError):
            return request.path

    # === HTTP (§8.2) ===

    def answer(self, request: HttpRequest, fault: Fault | None) -> HttpAnswer:
        path, query = urlsplit(request.path).path, parse_qs(urlsplit(request.path).query)
        if request.method != "POST" or path not in ("/dm/execute", "/dm/execute-prn"):
            return html_answer("<html><body>404</body></html>", 404)
        if self.json_only and not request.headers.get("Content-Type", "").startswith("application/json"):
            return html_answer("<html><body>415</body></html>", 415)
        try:
            body = json.loads(request.body, parse_float=Decimal)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return self._json({"res": 2000, "res_action": STOP, "errortxt": "Очікується JSON", "info": {}})
        result = self._execute(body, fault)
        if path == "/dm/execute-prn" and not result["res"] and body.get("type") == FISCAL:
            self.paper.append(query.get("dev_id", ["prn"])[0])
            result["info"]["isprint"] = 1
        return self._json(result)

    def _execute(self, body: dict, fault: Fault | None) -> dict:
        if body.get("ver") != 6:
            return self._error(body, 2000, "Невідома версія")
        if body.get("type") == TERMINAL:
            return self._pay(body, fault)
        register = next((each for each in self.registers if each.device == body.get("device")), None)
        if register is None:
            return self._error(body, 1091, "Пристрій не знайдено")
        with self._lock:
            if body.get("type") == SEARCH and fault and fault.kind == "code":
                return self._error(body, fault.options["res"], fault.options.get("text", "Помилка"))
            if body.get("type") == SEARCH:
                return self._search(register, body)
            if body.get("type") != FISCAL or (not body.get("tag") and body.get("fiscal", {}).get("task") != 18):
                return self._error(body, 2000, "Невідомий тип запиту")
            if fault and fault.kind == "busy":
                return self._error(body, 1105, "Пристрій зайнятий", action=1)
            return self._done(answer(register, {**body, "tag": body.get("tag", "")}, fault, {}))

    def _search(self, register: Register, body: dict) -> dict:
        """§2.8: never creates anything."""
        stored = register.answers.get(body.get("tag", ""))
        if stored is None:
            return self._error(body, 1058, "Чек з кодом синхронізації не знайдено")
        return self._done(dict(stored[1]))

    def _pay(self, body: dict, fault: Fault | None) -> dict:
        terminal = next((each for each in self.terminals if each.name == body.get("device")), None)
        if terminal is None:
            return self._error(body, 303, "Термінал не знайдено")
        if not self._terminal.acquire(blocking=False):
            return self._error(body, 5022, "Термінал зайнятий")
        try:
            info = terminal.execute(body, fault)
        except TerminalRefused as refusal:
            return self._error(body, refusal.code, refusal.text, info={"restxt": refusal.text})
        finally:
            self._terminal.release()
        return self._done(self._error(body, 0, "", action=0, info=info))

    def _error(self, body: dict, res: int, text: str, action: int = STOP, info: dict | None = None) -> dict:
        return self._done(
            {
                "task": (body.get("fiscal") or body.get("pay") or {}).get("task"),
                "type": body.get("type"),
                "ver": 6,
                "source": body.get("source", ""),
                "device": body.get("device", ""),
                "tag": body.get("tag", ""),
                "dt": f"{datetime.now():%Y%m%d%H%M%S}",
                "res": res,
                "res_action": action,
                "errortxt": text,
                "warnings": [],
                "info": info or {},
            }
        )

    def _done(self, result: dict) -> dict:
        """§8.3: what Device Manager adds; its dates have milliseconds."""
        dates = {"dt": f"{result['dt'][:14]}081"} if result.get("dt") else {}
        return {**result, **dates, "resp_ver": 4, "task_status": 3 if result["res"] else 2, "vacant_off_nums": 2000}

    def _json(self, value: object) -> HttpAnswer:
        headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
        return HttpAnswer(200, encode(value).encode(), headers)

    def preflight(self, request: HttpRequest) -> HttpAnswer:
        """Browsers ask first (§8.6); without a body, so that the connection is ready for the request itself.

        What Device Manager answers is not known; a shop may need a proxy before it.
        """
        return HttpAnswer(
            200,
            b"",
            {
                "Access-Control-Allow-Origin": request.headers.get("Origin", "*"),
                "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
                "Access-Control-Allow-Headers": request.headers.get("Access-Control-Request-Headers", ""),
                "Access-Control-Allow-Private-Network": "true",
            },
        )


if __name__ == "__main__":
    main(DeviceManagerEmulator, "An emulator of Device Manager of Vchasno.Kasa for tests and demonstrations.")
