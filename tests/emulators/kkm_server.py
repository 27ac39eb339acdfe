"""An emulator of KKM Server (kkmserver.ru): `python -m tests.emulators.kkm_server --port 5893`.

As strict as the service: login, JSON, devices, the queue with its de-duplication, `Timeout`, sums, cashiers, shifts.
`§` names a section of docs/protocols/kkm_server.md.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from .common import Emulator, Fault, HttpAnswer, HttpRequest, html_answer, json_answer, main
from .kkm_register import AGENT_DATA, Printed, Refused, Register, compact
from .kkm_terminal import Terminal

#: Status (§4)
OK, RUNNING, ERROR, NOT_FOUND, QUEUED, REPEATED = range(6)

#: what is typed as a number in a command; anything else there is a parsing error (§1, §1.4)
INTEGERS = {
    *("NumDevice", "Timeout", "TypeCheck", "NumberCopies", "FiscalNumber", "CorrectionType", "Department", "Tax"),
    *("SignMethodCalculation", "SignCalculationObject", "MeasureOfQuantity", "PackageQuantity", "Font", "Intensity"),
    *("AgentSign", "NumDeviceByProcessing"),
}
DECIMALS = {
    *("Amount", "Quantity", "Price", "Cash", "ElectronicPayment", "AdvancePayment", "Credit", "CashProvision"),
}
BOOLEANS = {"IsFiscalCheck", "NotPrint", "PayByProcessing", "ContainsSerialNumber", "AcceptOnBad", "WaitForResult"}
TEXTS = {
    *("Command", "IdDevice", "KktNumber", "InnKkm", "TaxVariant", "IdCommand", "CashierName", "CashierVATIN"),
    *("ClientAddress", "ClientInfo", "ClientINN", "SenderEmail", "AddressSettle", "PlaceMarket", "Name", "Text"),
    *("AdditionalAttribute", "CorrectionBaseDate", "CorrectionBaseNumber", "BarCode", "BarcodeType", "Barcode"),
    *("Value", "MeasurementUnit", "CountryOfOrigin", "CustomsDeclaration", "MarkingCodeBase64"),
    *("PurveyorPhone", "PurveyorName", "PurveyorVATIN", "Image", "CardNumber", "UniversalID", "ReceiptNumber"),
    *AGENT_DATA,
}
OBJECTS = {
    *("CheckStrings", "PrintText", "Register", "GoodCodeData", "UserAttribute", "PurveyorData", "AgentData"),
    *("GoodCodeDatas", "PrintImage"),
}

QUEUE_TEXT = "Истек допустимый период постановки команды на исполнение из очереди. Команда отменена."
#: faults that are an answer with Status 2 (§7): kind → default text
REFUSALS = {
    "device_error": "Ошибка регистрации ( 165 : ККТ: Нет связи с ФН )",
    "no_paper": "Ошибка регистрации ( 107 : ККТ: Нет чековой ленты )",
    "no_licence": "Нет лицензии.",
    "queue_timeout": QUEUE_TEXT,
}


class BadCommand(Exception):
    """HTTP 400: the JSON cannot be read as a command."""


class UnknownCommand(Exception):
    """HTTP 501."""


@dataclass
class Entry:
    """A command in the queue (§2.6)."""

    key: str
    name: str
    status: int = QUEUED
    result: dict = field(default_factory=dict)
    finished: threading.Event = field(default_factory=threading.Event)
    #: a fault: for so many GetRezult the status is still `shown`
    polls: int = 0
    shown: int = QUEUED


class Kkm:
    """The service without HTTP.

    :param queue_seconds: «Интервал ожидания команды в очереди» (§1.3)
    :param terminals: card terminals (§3.8)
    :param cyrillic: an older build, which spells counters with a Cyrillic «С» (§3.6)
    """

    QUEUE = 100

    def __init__(
        self,
        registers: list[Register],
        queue_seconds: float = 30,
        terminals: list[Terminal] | None = None,
        cyrillic: bool = False,
    ):
        self.registers = registers
        self.terminals = terminals or []
        self.queue_seconds = queue_seconds
        self.cyrillic = cyrillic
        self.unknown_fields: set[str] = set()
        self.lock = threading.RLock()
        self.queue: list[Entry] = []
        self._busy = {device.serial: threading.Lock() for device in [*registers, *self.terminals]}
        self._used: list[str] = [register.serial for register in registers]

    def restart(self) -> None:
        """§2.6: what was executed is forgotten."""
        with self.lock:
            self.queue.clear()

    # === A command ===

    def run(self, body: bytes, fault: Fault | None = None) -> dict:
        """Execute the command in `body`.

        :raises BadCommand: when it cannot be read
        :raises UnknownCommand: when there is no such command
        """
        command = self.read(body)
        name = command.get("Command") or ""
        if name == "GetRezult":
            return self._get_rezult(command)
        if name == "List":
            return self.answer_to(
                command, {"ListUnit": [device.unit() for device in [*self.registers, *self.terminals]]}
            )
        if not self.knows(name):
            raise UnknownCommand(f"Неопознанная команда {name}")
        with self.lock:
            entry = self.enter(command)
            if entry is None:
                text = "Команда уже была выполнена или выполняется в текущий момент"
                return self.answer_to(command, {}, REPEATED, text)
            if fault and fault.kind == "pending":
                entry.polls, entry.shown = fault.options.get("polls", 1), fault.options.get("status", RUNNING)
        threading.Thread(target=self.work, args=(entry, command, fault), daemon=True).start()
        seconds = command.get("Timeout") or 60
        if entry.polls or seconds == 1 or not entry.finished.wait(min(seconds, 600)):
            shown = entry.shown if entry.polls else entry.status if entry.status in (RUNNING, QUEUED) else RUNNING
            return self.answer_to(command, {}, shown)
        return entry.result

    def knows(self, name: str) -> bool:
        if name in ("GetCounters", "GetСounters"):
            return (name == "GetСounters") is self.cyrillic
        return name in _EXECUTE or name in _CHARGE

    def enter(self, command: dict) -> Entry | None:
        """§2.6: a place in the queue; None for a repeat of what is queued, running or done."""
        key = command.get("IdCommand") or ""
        for entry in [entry for entry in self.queue if key and entry.key == key]:
            if entry.status != ERROR:
                return None
            self.queue.remove(entry)
        entry = Entry(key, command["Command"])
        self.queue = [*self.queue, entry][-self.QUEUE :]
        return entry

    def work(self, entry: Entry, command: dict, fault: Fault | None) -> None:
        try:
            entry.result = self.answer_to(command, *self._execute(entry, command, fault))
        except Refused as refusal:
            entry.result = self.answer_to(command, {}, ERROR, str(refusal))
        entry.status = entry.result["Status"]
        entry.finished.set()

    def _execute(self, entry: Entry, command: dict, fault: Fault | None) -> tuple[dict, int, str]:
        """The fields of the answer, its status and error text."""
        is_card = command["Command"] in _CHARGE
        register = self._choose_terminal(command) if is_card else self._choose(command)
        busy = self._busy[register.serial]
        if not busy.acquire(timeout=self.queue_seconds):
            raise Refused(QUEUE_TEXT)
        try:
            entry.status = RUNNING
            text = fault and fault.options.get("text", REFUSALS.get(fault.kind))
            if text and not fault.options.get("registered"):
                raise Refused(text)
            with self.lock:
                if not any(each is entry for each in self.queue):
                    raise Refused("Сервер был перезапущен.")  # what had not begun went with the queue
                fields = (_CHARGE if is_card else _EXECUTE)[command["Command"]](register, command)
            if text:
                raise Refused(text)
            return {**fields, "NumDevice": register.number, "UnitName": register.name}, OK, ""
        finally:
            busy.release()

    def _choose(self, command: dict) -> Register:
        """§1.4: every filter that is given has to fit; of several the active and least recently used one."""
        wanted = {name: command.get(name) for name in ("NumDevice", "KktNumber", "IdDevice", "InnKkm", "TaxVariant")}
        fitting = [
            register
            for register in self.registers
            if register.on
            and (not wanted["NumDevice"] or wanted["NumDevice"] == register.number)
            and (not wanted["KktNumber"] or wanted["KktNumber"] == register.serial)
            and (not wanted["IdDevice"] or wanted["IdDevice"] == register.identifier)
            and (not wanted["InnKkm"] or wanted["InnKkm"] == register.inn)
            and (not wanted["TaxVariant"] or wanted["TaxVariant"] in register.tax_variants)
        ]
        if not fitting:
            given = "".join(f"{name}={value} " for name, value in wanted.items() if value)
            raise Refused(f"Устройство (с параметрами {given}) не найдено: не настроено или отключено.")
        register = min(fitting, key=lambda register: (not register.active, self._used.index(register.serial)))
        with self.lock:
            self._used.remove(register.serial)
            self._used.append(register.serial)
        return register

    def _choose_terminal(self, command: dict) -> Terminal:
        wanted = command.get("NumDevice")
        fitting = [terminal for terminal in self.terminals if not wanted or terminal.number == wanted]
        if not fitting:
            raise Refused(f"Устройство (с параметрами NumDevice={wanted}) не найдено: не настроено или отключено.")
        return fitting[0]

    def answer_to(self, command: dict, fields: dict, status: int = OK, error: str = "") -> dict:
        """§1: common fields always, the others only when they are not empty."""
        return {
            **compact(fields),
            "Command": command["Command"],
            "Error": error,
            "Status": status,
            "IdCommand": command.get("IdCommand") or "",
        }

    def _get_rezult(self, command: dict) -> dict:
        """§2.5, §3.7."""
        key = command.get("IdCommand") or ""
        if not key:
            return self.answer_to(command, {}, ERROR, "Не указан Id команды!")
        with self.lock:
            entry = next((entry for entry in self.queue if entry.key == key), None)
            if entry is None:
                unknown = "<Не определено>"
                inner = {"IdCommand": key, "Status": NOT_FOUND, "Command": unknown, "Error": unknown}
                return self.answer_to(command, {"Rezult": inner}, NOT_FOUND, "Команда с таким IdCommand не найдена")
            running = {"Command": entry.name, "Error": "", "Status": entry.status, "IdCommand": key}
            if entry.polls:
                entry.polls -= 1
                return self.answer_to({**command, "IdCommand": ""}, {"Rezult": {**running, "Status": entry.shown}})
            return self.answer_to({**command, "IdCommand": ""}, {"Rezult": entry.result or running})

    # === Reading (§1) ===

    def read(self, body: bytes) -> dict:
        text = body.decode("utf-8", "replace")
        start = text.find("{")
        try:
            command = json.loads(text[start:], parse_float=Decimal) if start >= 0 else None
        except (ValueError, ArithmeticError, RecursionError) as error:
            raise BadCommand(f"Ошибка разбора (парсинга) команды: {error}") from error
        if not isinstance(command, dict):
            raise BadCommand("Ошибка разбора (парсинга) команды: нет объекта JSON")
        return self._typed(command)

    def _typed(self, value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: self._typed(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self._typed(item, name) for item in value]
        if value is None:
            return None
        for names, read in ((INTEGERS, _integer), (DECIMALS, _decimal), (BOOLEANS, _boolean), (TEXTS, _text)):
            if name in names:
                return read(value, name)
        if name not in OBJECTS:
            self.unknown_fields.add(name)
        return value


def _bad(value: object, name: str) -> BadCommand:
    return BadCommand(f"Ошибка разбора (парсинга) команды: Could not convert {value!r}. Path '{name}'")


def _integer(value: object, name: str) -> int:
    """A number or a numeric text; empty text is neither."""
    number = _decimal(value, name)
    if number != number.to_integral_value() or abs(number) > 2**31:
        raise _bad(value, name)
    return int(number)


def _decimal(value: object, name: str) -> Decimal:
    try:
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
            raise _bad(value, name)
        number = Decimal(value.replace(",", ".") if isinstance(value, str) else value)
    except InvalidOperation as error:
        raise _bad(value, name) from error
    if not number.is_finite() or abs(number) > 10**15:
        raise _bad(value, name)
    return number


def _boolean(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return value
    raise _bad(value, name)


def _text(value: object, name: str) -> str:
    if isinstance(value, dict | list):
        raise _bad(value, name)
    return str(value)


#: the commands that a register executes (§3)
_EXECUTE: dict[str, Callable[[Register, dict], dict]] = {
    "RegisterCheck": Register.register_check,
    "OpenShift": Register.open_shift,
    "CloseShift": Register.close_shift,
    "ZReport": Register.close_shift,
    "XReport": Register.x_report,
    "DepositingCash": Register.depositing_cash,
    "PaymentCash": Register.payment_cash,
    "GetLineLength": lambda register, command: {"LineLength": 48},
    "OpenCashDrawer": Register.open_drawer,
    "OfdReport": Register.ofd_report,
    "GetCounters": Register.counters,
    "GetСounters": Register.counters,
    "ValidationMarkingCode": Register.validate_marking,
    "GetDataCheck": lambda register, command: register.data_check(
        command.get("FiscalNumber") or 0, command.get("NumberCopies") or 0
    ),
    "GetDataKKT": lambda register, command: {
        "CheckNumber": register.document,
        "SessionNumber": register.shift,
        "LineLength": 48,
        "Info": register.info(),
    },
}


#: the commands that a card terminal executes (§3.8)
_CHARGE: dict[str, Callable[[Terminal, dict], dict]] = {
    "PayByPaymentCard": Terminal.pay,
    "ReturnPaymentByPaymentCard": Terminal.give_back,
    "CancelPaymentByPaymentCard": Terminal.cancel,
    "Settlement": Terminal.settle,
}


class KkmServerEmulator(Emulator):
    """KKM Server on a port of this machine.

    :param passwords: of `Admin` and `User`; both are empty after an installation (§1.1)
    :param registers: two with different serial numbers by default
    :param clock: the PC's local time
    :param cyrillic: an older build (§3.6)
    """

    title = "KKM Server (эмулятор)"
    default_port = 5893
    FAULTS = {
        **{kind: f"Status 2 «{text}»; options `text`, `registered` (false)" for kind, text in REFUSALS.items()},
        "unauthorized": "401 whatever the password",
        "pending": "options `status` (1 or 4), `polls` (1): so many GetRezult before the end; `text`: a bad end",
        "internal_error": "500 «Ошибка выполнения команды»; option `execute` (false)",
        "shift_expired": "at once: the open shift of every register becomes 25 hours old",
        "restart": "at once: the queue is lost. With `command`: after executing it, and without an answer",
        "inactive": "at once: every register is off line; option `active` (false)",
    }

    def __init__(
        self,
        port: int = 0,
        registers: list[Register] | None = None,
        passwords: dict[str, str] | None = None,
        clock: Callable[[], datetime] = datetime.now,
        queue_seconds: float = 30,
        cyrillic: bool = False,
    ):
        super().__init__(port)
        self.registers = registers or [
            Register(1, "0149060006000651", name="Касса 1", clock=clock),
            Register(2, "0149060006000652", name="Касса 2", clock=clock, qr_seconds=True),
        ]
        self.passwords = {"admin": "", "user": ""} | {
            login.lower(): password for login, password in (passwords or {}).items()
        }
        self.terminal = Terminal(clock=clock)
        self.kkm = Kkm(self.registers, queue_seconds, [self.terminal], cyrillic)

    @property
    def documents(self) -> list[Printed]:
        """Everything that was printed, by time."""
        every = [printed for register in self.registers for printed in register.printed]
        return sorted(every, key=lambda printed: printed.moment)

    def documents_json(self) -> list[dict]:
        return [printed.as_json() for printed in self.documents]

    def tapes(self) -> list[str]:
        return [printed.tape for printed in self.documents]

    def restart(self) -> None:
        self.kkm.restart()

    def strike(self, fault: Fault) -> bool:
        if fault.kind == "shift_expired":
            for register in self.registers:
                if register.opened_at:
                    register.opened_at -= timedelta(hours=25)
            return True
        if fault.kind == "inactive":
            for register in self.registers:
                register.active = fault.options.get("active", False)
            return True
        if fault.kind == "restart" and not fault.command:
            self.restart()
            return True
        if fault.kind == "restart":
            fault.kind = "reset_after"
            fault.options["restart"] = True
        return False

    def struck(self, fault: Fault) -> None:
        if fault.options.get("restart"):
            self.restart()

    def name_of(self, request: HttpRequest) -> str:
        try:
            return str(json.loads(request.body)["Command"])
        except (ValueError, KeyError, TypeError):
            return request.path

    def answer(self, request: HttpRequest, fault: Fault | None) -> HttpAnswer:
        """§1"""
        path = request.path.partition("?")[0].rstrip("/").lower()
        if path == "/versionjson":
            return json_answer({"Version": "2.2.10.25"})
        if path not in ("/execute", "/execute/sync", "/execute/async") or request.method != "POST":
            return html_answer("<html><body>404</body></html>", 404)
        if (fault and fault.kind == "unauthorized") or not self._known(request):
            answer = html_answer("<html><body>401</body></html>", 401)
            return HttpAnswer(401, answer.body, {**answer.headers, "WWW-Authenticate": 'Basic realm="Please login!"'})
        if fault and fault.kind == "internal_error":
            if fault.options.get("execute"):
                self.kkm.run(request.body)
            text = "Ошибка выполнения команды: Object reference not set to an instance of an object."
            return self._json({"Status": ERROR, "Error": text}, 500)
        try:
            return self._json(self.kkm.run(request.body, fault))
        except BadCommand as error:
            return self._json({"Status": ERROR, "Error": str(error)}, 400)
        except UnknownCommand as error:
            return self._json({"Status": ERROR, "Error": str(error)}, 501)

    def _known(self, request: HttpRequest) -> bool:
        """§1.1: Basic; nothing is needed while the administrator has no password."""
        header = request.headers.get("Authorization")
        if header is None:
            return not self.passwords["admin"]
        scheme, __, encoded = header.partition(" ")
        try:
            pair = base64.b64decode(encoded, validate=True).decode().split(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return (
            scheme.lower() == "basic"
            and len(pair) == 2
            and pair[0].lower() in self.passwords
            and self.passwords[pair[0].lower()] == pair[1]
        )

    def _json(self, value: dict, status: int = 200) -> HttpAnswer:
        """Two blanks first (§1); amounts as JSON numbers, dates local without a zone."""
        body = "  " + _encode(value)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "no-store, no-cache, must-revalidate",
        }
        return HttpAnswer(status, body.encode(), headers)

    def preflight(self, request: HttpRequest) -> HttpAnswer:
        """§1: without a body, so that the connection is ready for the request itself."""
        return HttpAnswer(
            200,
            b"",
            {
                "Access-Control-Allow-Origin": request.headers.get("Origin", "*"),
                "Access-Control-Allow-Methods": "GET,POST,OPTION",
                "Access-Control-Allow-Headers": request.headers.get("Access-Control-Request-Headers", ""),
                "Access-Control-Allow-Private-Network": "true",
                "Access-Control-Allow-Credentials": "true",
            },
        )


def _encode(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_encode, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return f'"{value.year:04}-{value:%m-%dT%H:%M:%S}"'
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main(KkmServerEmulator, "An emulator of KKM Server for tests and demonstrations.")
