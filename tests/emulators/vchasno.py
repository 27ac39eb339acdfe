"""An emulator of the cloud of Vchasno.Kasa: `python -m tests.emulators.vchasno --port 3938`.

As strict as the service: token, form of a task, sums, groups and pay types that are switched on, shifts, and one
receipt for one tag. `§` names a section of docs/protocols/vchasno.md.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from .common import Emulator, Fault, HttpAnswer, HttpRequest, html_answer, main
from .vchasno_register import ERRORS, FLOWS, STOP, Printed, Refused, Register, Shift

EXECUTE = "/api/v3/fiscal/execute"
#: names of tasks, for faults
NAMES = {0: "open", 1: "sale", 2: "return", 3: "cash_in", 4: "cash_out", 10: "x", 11: "z"}
NAMES |= {14: "withdrawal", 18: "status"}


class VchasnoEmulator(Emulator):
    """The cloud on a port of this machine.

    :param registers: one test register by default
    :param clock: local time of Kyiv
    :param dm: a Device Manager that keeps a connection to the cabinet (`dm-proxy`, §8.7), by its address
    """

    title = "Вчасно.Каса (емулятор)"
    default_port = 3938
    FAULTS = {
        "busy": "1015, res_action 1: the register is locked; nothing is registered",
        "code": "an error; options `res`, `res_action` (3), `text`, `execute` (false: registered all the same)",
        "collision": "2005, res_action 2; registered when the same tag comes again, or with the next request; "
        "option `registered` (false): it was already",
        "no_number": "registered, answered with res 0 and without a fiscal number",
        "unauthorized": "401 whatever the token",
        "lists_down": "the lists of shifts and receipts answer 500",
        "shift_expired": "at once: the open shift becomes 25 hours old",
        "auto_close": "at once: the cabinet closes the shift",
        "offline": "at once: the register works without the tax service; option `online` (false)",
        "blocked": "at once: the register is blocked; option `blocked` (true)",
        "key_expired": "at once: the cashier's key signs no more; option `expired` (true)",
    }

    def __init__(
        self,
        port: int = 0,
        registers: list[Register] | None = None,
        clock: Callable[[], datetime] = datetime.now,
        dm: str = "",
        dm_token: str = "token-of-the-proxy",
    ):
        super().__init__(port)
        self.registers = registers or [Register(clock=clock)]
        self.dm, self.dm_token = dm, dm_token
        #: what was sent to customers: channel, recipient, number
        self.sent: list[tuple[str, str, str]] = []
        self._lock = threading.RLock()
        self._collisions: dict[str, dict] = {}

    def up(self) -> None:
        super().up()
        for register in self.registers:
            register.site = self.url

    @property
    def documents(self) -> list[Printed]:
        """Everything that was registered, by time."""
        return sorted((each for register in self.registers for each in register.printed), key=lambda each: each.dataid)

    @property
    def oddities(self) -> list[str]:
        return [oddity for register in self.registers for oddity in register.oddities]

    def documents_json(self) -> list[dict]:
        return [printed.as_json() for printed in self.documents]

    def tapes(self) -> list[str]:
        return [printed.tape for printed in self.documents]

    def strike(self, fault: Fault) -> bool:
        for register in self.registers:
            if fault.kind == "shift_expired" and register.shift:
                register.shift.opened_at -= timedelta(hours=25)
            elif fault.kind == "auto_close":
                register.auto_close()
            elif fault.kind == "offline":
                register.online = fault.options.get("online", False)
            elif fault.kind == "blocked":
                register.blocked = fault.options.get("blocked", True)
            elif fault.kind == "key_expired":
                register.key_expired = fault.options.get("expired", True)
        return fault.kind in ("shift_expired", "auto_close", "offline", "blocked", "key_expired")

    def name_of(self, request: HttpRequest) -> str:
        path = request.path.partition("?")[0]
        if path != EXECUTE:
            return path.rpartition("/")[2] if path.startswith("/api/") else path
        try:
            return NAMES[json.loads(request.body)["fiscal"]["task"]]
        except (ValueError, KeyError, TypeError):
            return path

    # === HTTP (§1) ===

    def answer(self, request: HttpRequest, fault: Fault | None) -> HttpAnswer:
        path = urlsplit(request.path).path
        if path == "/ws/ap/dm-proxy":
            return self._proxy(request)
        if request.method == "GET" and path.startswith("/c/"):
            return self._page(unquote(path[3:]))
        register = self._register(request)
        if register is None or (fault and fault.kind == "unauthorized"):
            return _json({"detail": "Unauthorized"}, 401)
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        with self._lock:
            match request.method, path:
                case "POST", "/api/v3/fiscal/execute":
                    return self._execute(register, request.body, fault)
                case "POST", "/api/v3/notifications/checks":
                    return self._notify(register, request.body)
                case "GET", "/api/v3/shifts" | "/api/v3/shift/checks" if fault and fault.kind == "lists_down":
                    return html_answer("<html><body>500</body></html>", 500)
                case "GET", "/api/v3/shifts":
                    shifts = sorted(register.shifts, key=lambda shift: shift.closed_at or shift.opened_at, reverse=True)
                    return _list([_shift(register, shift) for shift in shifts], query)
                case "GET", "/api/v3/shift/checks":
                    shift = next((shift for shift in register.shifts if shift.id == query.get("shift_id")), None)
                    if shift is None:
                        return _json({"detail": "Not found"}, 404)
                    return _list([_check(each) for each in reversed(shift.printed)], query)
                case "GET", _ if path.startswith("/api/v3/check-task/"):
                    return self._task(register, path.rpartition("/")[2])
        return _json({"detail": "Not found"}, 404)

    def _register(self, request: HttpRequest) -> Register | None:
        """§1.1: the raw token, no `Bearer`; it alone chooses the register."""
        token = request.headers.get("Authorization") or ""
        return next((register for register in self.registers if token and register.token == token), None)

    def _execute(self, register: Register, body: bytes, fault: Fault | None) -> HttpAnswer:
        try:
            task = json.loads(body, parse_float=Decimal)
        except ValueError:
            task = None
        if not isinstance(task, dict):
            return _json(_envelope(register, {}, res=1001, action=STOP, text="Очікується JSON"))
        task = {**task, "tag": task.get("tag") or uuid4().hex}
        known = len(register.answers)
        said = answer(register, task, fault, self._collisions)
        if len(register.answers) > known:
            self._send(register, task)
        return _json(said)

    def _send(self, register: Register, task: dict) -> None:
        """§7.1: what was registered is sent at once; an address that is none never fails the receipt."""
        info = task.get("userinfo") or {}
        number = register.answers[task["tag"]][1]["info"]["doccode"] if task["tag"] in register.answers else ""
        if "@" in info.get("email", ""):
            self.sent.append(("email", info["email"], number))
        if info.get("phone", "").startswith("+380"):
            self.sent.append(("viber", info["phone"], number))

    def _notify(self, register: Register, body: bytes) -> HttpAnswer:
        """§7.2"""
        try:
            asked = json.loads(body)
            channel, recipient, number = asked["channel"], asked["recipient"], asked["check"]
        except (ValueError, KeyError, TypeError):
            return _json({"detail": "Validation error"}, 400)
        if channel not in ("email", "sms", "viber", "cascade"):
            return _json({"detail": "channel"}, 400)
        is_email = "@" in recipient
        is_phone = recipient.startswith("+380") and len(recipient) == 13
        if not (is_email if channel == "email" else is_phone):
            return _json({"detail": "Невірний отримувач"}, 400)
        if number not in {each.number for each in register.printed}:
            return _json({"detail": "Чек не знайдено"}, 404)
        self.sent.append((channel, recipient, number))
        return _json({"recipient": recipient, "channel": channel, "check_id": str(uuid4())})

    def _page(self, name: str) -> HttpAnswer:
        number = name.removesuffix(".json")
        for register in self.registers:
            view = register.view(number)
            if view and name.endswith(".json"):
                return _json(view)
            printed = next((each for each in register.printed if each.number == number), None)
            if printed and not name.endswith(".json"):
                return html_answer(f"<html><meta charset='utf-8'><body><pre>{printed.tape}</pre></body></html>")
        return html_answer("<html><body>404</body></html>", 404)

    def _task(self, register: Register, number: str) -> HttpAnswer:
        printed = next((each for each in register.printed if each.number == number), None)
        if printed is None:
            return _json({"detail": "Not found"}, 404)
        return _json({"fiscal_number": number, "task": {"tag": printed.tag, "fiscal": printed.request}})

    def _proxy(self, request: HttpRequest) -> HttpAnswer:
        """§8.7: 401 for a wrong token; trouble with the connection as 200 with `reason` and no `task_status`."""
        if request.headers.get("X-AP-DM-PROXY-TOKEN") != self.dm_token:
            return _json({"detail": "Unauthorized"}, 401)
        try:
            asked = json.loads(request.body, parse_float=Decimal)
            message = urllib.request.Request(
                self.dm + asked["url"], encode(asked["body"]).encode(), {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(message, timeout=30) as reply:
                return HttpAnswer(200, reply.read(), {"Content-Type": "application/json"})
        except (ValueError, KeyError, TypeError):
            return _json({"detail": "Validation error"}, 400)
        except (urllib.error.URLError, OSError) as error:
            refused = isinstance(getattr(error, "reason", error), ConnectionRefusedError) or not self.dm
            return _json({"reason": "Device Manager is not connected" if refused else str(error), "code": 1})


def answer(register: Register, task: dict, fault: Fault | None, collisions: dict[str, dict]) -> dict:
    """What a register says to a task, one receipt for one tag (§6.4); the same for the cloud and Device Manager.

    :param collisions: tasks that the tax service has not answered, by the register's number (§6.1)
    """
    tag, kind, options = task["tag"], fault and fault.kind, fault.options if fault else {}
    if kind == "busy":
        return _envelope(register, task, res=1015, action=1, text="Каса зайнята")
    pending = collisions.pop(register.fisid, None)
    if pending:
        _run(register, pending)
    if kind == "collision":
        if options.get("registered"):
            _run(register, task)
        collisions[register.fisid] = task
        return _envelope(register, task, res=2005, action=2, text="Колізія: відповідь ДПС не отримано")
    if kind == "code":
        if options.get("execute"):
            _run(register, task)
        text = options.get("text", "Помилка")
        return _envelope(register, task, res=options["res"], action=options.get("res_action", STOP), text=text)
    result = _run(register, task)
    if kind == "no_number" and isinstance(result.get("info"), dict):
        return {**result, "info": {**result["info"], "doccode": ""}}
    if register.answers.get(tag, ({}, {}))[1] and not _same(register.answers[tag][0], task):
        register.oddities.append(f"another body under the tag {tag}")
    return result


def _same(first: dict, second: dict) -> bool:
    return first == second


def _run(register: Register, task: dict) -> dict:
    tag = task["tag"]
    if tag in register.answers:
        return register.answers[tag][1]
    try:
        info = register.execute(task)
    except Refused as refusal:
        dm, cloud, text = ERRORS[refusal.name]
        code = cloud if register.auto_open else dm
        extra = {refusal.field: text} if refusal.field and code == 1001 else None
        return _envelope(register, task, res=code, action=STOP, text=text, extra=extra)
    result = _envelope(register, task, info=info)
    if task["fiscal"]["task"] not in (10, 18):
        register.answers[tag] = (task, result)
    return result


def _envelope(register, task, info=None, res=0, action=0, text="", extra=None) -> dict:
    """§1.3"""
    fiscal = task.get("fiscal")
    return {
        "task": fiscal.get("task") if isinstance(fiscal, dict) else None,
        "type": 1,
        "ver": 6,
        "source": task.get("source", ""),
        "device": register.fisid if register.auto_open else register.device,
        "tag": task.get("tag", ""),
        "dt": f"{register.clock():%Y%m%d%H%M%S}",
        "res": res,
        "res_action": action,
        "errortxt": text,
        "warnings": [{"code": 3003, "wtxt": "Поточна зміна відкрита більше 24 годин тому"}] if register.expired else [],
        "info": info or {},
        "error_extra": extra,
    }


def _list(items: list[dict], query: dict) -> HttpAnswer:
    page, size = int(query.get("page", 1)), int(query.get("limit", 100))
    part = items[(page - 1) * size : page * size]
    return _json(
        {
            "page_num": page,
            "page_size": size,
            "has_prev": page > 1,
            "has_next": page * size < len(items),
            "items": part,
        }
    )


def _shift(register: Register, shift: Shift) -> dict:
    """§1.5: sums of cash in kopecks."""
    current = int((register.cash if shift.cash_closed is None else shift.cash_closed) * 100)
    return {
        "id": shift.id,
        "date_started": _zoned(shift.opened_at),
        "date_closed": _zoned(shift.closed_at) if shift.closed_at else None,
        "cash_started": int(shift.cash_started * 100),
        "cash_current": current,
        "cash_closed": current if shift.closed_at else None,
    }


def _check(printed: Printed) -> dict:
    return {
        "id": str(uuid4()),
        "shift_id": printed.shift_id,
        "local_number": printed.docno,
        "fiscal_number": printed.number,
        "type": {0: "service", 11: "z_report"}.get(printed.task, "chk"),
        "status": printed.status,
        "source": printed.source,
        "date_created": _zoned(printed.moment),
        "data_id": printed.dataid,
        "check_hash": "",
        "flow": FLOWS[printed.task],
        "safe_cash": None,
        "tag": printed.tag,
        "is_offline": printed.offline,
    }


def _zoned(moment: datetime) -> str:
    return moment.isoformat() + "+02:00"


def _json(value: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, encode(value).encode(), {"Content-Type": "application/json"})


def encode(value: object) -> str:
    """JSON text; amounts as numbers without trailing zeros, as the service writes them."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main(VchasnoEmulator, "An emulator of the cloud of Vchasno.Kasa for tests and demonstrations.")
