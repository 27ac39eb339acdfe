"""An emulator of Komtet Kassa's Shop API v2: `python -m tests.emulators.komtet --port 8181`.

As strict as the service: signature, JSON schema, `external_id`, queues, tasks that take their time, and the agent on
the till, which maps, splits and refuses. `§` names a section of docs/protocols/komtet.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from uuid import uuid4

import jsonschema

from .common import Emulator, Fault, HttpAnswer, HttpRequest, html_answer, json_answer, main

CENT = Decimal("0.01")

# === What a task may say (§2) ===

_TEXT = {"type": "string", "minLength": 1}
_MONEY = {"type": "number", "minimum": 0, "maximum": 42949672.95}
_PHONES = {"type": "array", "items": _TEXT}


def _texts(*names: str, required: tuple[str, ...] = (), **others: dict) -> dict:
    properties = {name: _TEXT for name in names} | others
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _limited(length: int) -> dict:
    return {**_TEXT, "maxLength": length}


_DATE = {**_TEXT, "pattern": r"^\d\d\.\d\d\.\d{4}$"}
_SECTORAL = {
    "type": "array",
    "items": _texts("federal_id", "number", "value", required=("federal_id", "date", "number", "value"), date=_DATE),
}
VAT = ["no", "0", "5", "7", "10", "20", "22", "105", "107", "110", "120", "122"]
METHODS = ["pre_payment_full", "pre_payment_part", "advance", "full_payment", "credit_part", "credit", "credit_pay"]
OBJECTS = [
    *("product", "product_practical", "work", "service", "gambling_bet", "gambling_win", "lottery_bet", "lottery_win"),
    *("rid", "payment", "commission", "composite", "pay", "other", "property_right", "non_operating", "insurance"),
    *("sales_tax", "resort_fee", "deposit", "consumption", "sole_proprietor_cpi_contributins", "cpi_contributins"),
    *("sole_proprietor_cmi_contributins", "cmi_contributins", "csi_contributins", "casino_payment"),
    *("payment_of_the_money", "atnm", "atm", "tnm", "tm"),
]
MEASURES = [0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255]
MARKS = ["unknown", "ean8", "ean13", "itf14", "gs10", "gs1m", "short", "fur", "egais20", "egais30"]
AGENTS = [
    *("bank_payment_agent", "bank_payment_subagent", "payment_agent", "payment_subagent", "solicitor"),
    *("commissionaire", "agent"),
]
INTENTS = {
    **{"sell": ("приход", 1), "sellReturn": ("возврат прихода", 2), "buy": ("расход", 3)},
    **{"buyReturn": ("возврат расхода", 4), "sellCorrection": ("коррекция прихода", 1)},
    **{"sellReturnCorrection": ("коррекция возврата прихода", 2), "buyCorrection": ("коррекция расхода", 3)},
    **{"buyReturnCorrection": ("коррекция возврата расхода", 4)},
}
PAYMENTS = {"card": "БЕЗНАЛИЧНЫМИ", "cash": "НАЛИЧНЫМИ", "prepayment": "ПРЕДОПЛАТА"} | {
    "credit": "ПОСТОПЛАТА",
    "counter_provisioning": "ВСТРЕЧНОЕ ПРЕДСТАВЛЕНИЕ",
}

POSITION = {
    "type": "object",
    "properties": {
        "id": {"type": ["string", "integer"]},
        "name": _limited(128),
        "price": _MONEY,
        "quantity": {"type": "number", "exclusiveMinimum": 0},
        "total": _MONEY,
        "vat": {"enum": VAT},
        "measure": {"enum": MEASURES},
        "payment_method": {"enum": METHODS},
        "payment_object": {"enum": OBJECTS},
        "user_data": _limited(64),
        "excise": _MONEY,
        "country_code": {**_TEXT, "pattern": r"^\d{3}$"},
        "declaration_number": _limited(32),
        "mark_code": {
            **{"type": "object", "properties": {name: _TEXT for name in MARKS}, "additionalProperties": False},
            **{"minProperties": 1, "maxProperties": 1},
        },
        "mark_quantity": {
            "type": "object",
            "properties": {"numerator": {"type": "integer"}, "denominator": {"type": "integer"}},
            "required": ["numerator", "denominator"],
            "additionalProperties": False,
        },
        "wholesale": {"type": "boolean"},
        "planned_status": {"enum": [1, 2, 3, 4, 5, 6, 255]},
        "sectoral_item_props": _SECTORAL,
        "agent_info": {
            "type": "object",
            "properties": {
                "type": {"enum": AGENTS},
                "paying_agent": _texts(required=("phones",), operation=_limited(24), phones=_PHONES),
                "receive_payments_operator": _texts(phones=_PHONES),
                "money_transfer_operator": _texts("name", "address", "inn", phones=_PHONES),
            },
            "required": ["type"],
            "additionalProperties": False,
        },
        "supplier_info": _texts("name", "inn", phones=_PHONES),
    },
    "required": ["name", "price", "quantity", "total", "vat", "measure", "payment_method", "payment_object"],
    "additionalProperties": False,
}

TASK = {
    "type": "object",
    "properties": {
        "external_id": {"type": ["string", "integer"], "minLength": 1},
        "intent": {"enum": list(INTENTS)},
        "print": {"type": "boolean"},
        "client": _texts(
            *("name", "inn", "citizenship", "document_code", "document_data", "address"),
            email={**_limited(64), "pattern": r"^[^@\s]+@[^@\s]+$"},
            phone={**_TEXT, "pattern": r"^\+7\d{10}$"},
            birthdate=_DATE,
        ),
        "company": _texts(
            "inn", required=("sno",), sno={"enum": [0, 1, 2, 4, 5]}, payment_address=_limited(256), place_address=_TEXT
        ),
        "payments": {
            "type": "array",
            "minItems": 1,
            "items": _texts(required=("type", "sum"), type={"enum": list(PAYMENTS)}, sum=_MONEY),
        },
        "positions": {"type": "array", "minItems": 1, "items": POSITION},
        "cashier": _texts(required=("name",), name=_limited(64), inn={**_TEXT, "pattern": r"^\d{12}$"}),
        "additional_check_props": _limited(16),
        "additional_user_props": _texts(required=("name", "value"), name=_limited(64), value=_limited(256)),
        "sectoral_check_props": _SECTORAL,
        "operating_check_props": _texts("name", "value", "timestamp", required=("name", "value", "timestamp")),
        "internet": {"type": "boolean"},
        "cashless_payments": {"type": "array"},
        "timezone": {"enum": list(range(1, 12))},
        "callback_url": {**_TEXT, "pattern": r"^https?://", "maxLength": 256},
        "correction_info": _texts(
            "base_number", required=("type", "base_date"), type={"enum": ["self", "instruction"]}, base_date=_DATE
        ),
        "authorised_person": _texts("name", "inn", required=("name",)),
    },
    "required": ["external_id", "intent", "company", "payments", "positions"],
    "additionalProperties": False,
}
#: numbers are read as Decimal here, so that every digit that was sent can be looked at
_TYPES = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
    "number", lambda _, value: isinstance(value, int | Decimal) and not isinstance(value, bool)
)
VALIDATOR = jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=_TYPES)(TASK)


class Refused(Exception):
    """An answer that is an error of the service (§1.5)."""

    def __init__(self, status: int, code: str, title: str, description: str = "", **more):
        super().__init__(code)
        self.status = status
        self.body = {"title": title, "code": code, "description": description, **more}


# === What there is ===


@dataclass
class Queue:
    id: int
    name: str
    state: str = "active"


@dataclass
class Till:
    """The register and the agent beside it, which turns a task into a receipt (§2.3).

    :param internet_only: the register works in Internet mode alone, so a contact is obligatory (§2.2)
    """

    inn: str = "7707083893"
    ffd: str = "1.2"
    storage: str = "9999078900012345"
    registration: str = "0005551234567890"
    internet_only: bool = False
    number: int = 0
    shift: int = 1
    in_shift: int = 0
    cash: Decimal = Decimal("0.00")


@dataclass
class Printed:
    """A receipt on the tape."""

    key: str
    intent: str
    task: dict
    lines: list[dict]
    total: Decimal
    fiscal: dict
    paper: bool
    splits: int = 0

    @property
    def payments(self) -> dict[str, Decimal]:
        return {payment["type"]: Decimal(payment["sum"]) for payment in self.task["payments"]}

    def as_json(self) -> dict:
        return {
            "key": self.key,
            "intent": self.intent,
            "total": str(self.total),
            "payments": {kind: str(total.quantize(CENT)) for kind, total in self.payments.items()},
            "lines": [{name: str(value) for name, value in line.items()} for line in self.lines],
            "fiscal_data": self.fiscal,
            "task": json.loads(json.dumps(self.task, default=str)),
        }


@dataclass
class Task:
    id: int
    uuid: str
    queue: Queue
    content: dict
    state: str = "new"
    error: str | None = None
    printed: Printed | None = None
    #: for so many more questions it looks `new`
    polls: int = 0
    callback: str = "good"

    @property
    def external_id(self) -> str:
        return str(self.content["external_id"])


class Service:
    """The service without HTTP.

    :param clock: the register's local time
    """

    def __init__(self, shops: dict[str, str], clock: Callable[[], datetime] = datetime.now):
        self.shops = shops
        self.clock = clock
        self.queues = {3: Queue(3, "Касса на Ильинке"), 4: Queue(4, "Запасная")}
        self.till = Till()
        self.tasks: list[Task] = []
        self.printed: list[Printed] = []
        #: §5.4: whether the refusal of a repeat names the task (not certain for v2)
        self.names_task = True
        #: why the till refuses the next tasks
        self.till_errors: list[str] = []
        self.lock = threading.RLock()

    # === Requests ===

    def create(self, queue: Queue, body: bytes) -> Task:
        """§2, §5.4"""
        content = self.read(body)
        with self.lock:
            for task in self.tasks:
                if task.external_id == str(content["external_id"]):
                    known = {"task": {"id": task.id, "uuid": task.uuid}} if self.names_task else {}
                    raise Refused(
                        422,
                        "VLD11",
                        f"Чек с внешнем идентификатором {task.external_id} существует",
                        "Измените внешний идентификатор или прекратите попытки",
                        **known,
                    )
            task = Task(len(self.tasks) + 1001, str(uuid4()), queue, content)
            self.tasks.append(task)
            return task

    def read(self, body: bytes) -> dict:
        """The task in `body`, if it is one.

        :raises Refused: `VLD00`, `VLD12`, `VLD13`
        """
        try:
            content = json.loads(body, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise Refused(422, "VLD00", "Ошибка валидации", f"body: {error}") from error
        for error in sorted(VALIDATOR.iter_errors(content), key=lambda error: list(map(str, error.path))):
            where = "->".join(map(str, error.path)) or "body"
            raise Refused(422, "VLD00", "Ошибка валидации данных", f"{where}: {error.message}")
        for position in content["positions"]:
            price, quantity, total = (Decimal(position[name]) for name in ("price", "quantity", "total"))
            if price != price.quantize(CENT):
                raise Refused(422, "VLD12", "Цена позиции содержит доли копейки", position["name"])
            if total != total.quantize(CENT) or total > (price * quantity).quantize(CENT, ROUND_HALF_UP):
                raise Refused(422, "VLD13", "Неверная стоимость позиции", position["name"])
            if quantity != quantity.quantize(Decimal("0.001")):
                raise Refused(422, "VLD00", "Ошибка валидации данных", "quantity: more than three decimals")
        for payment in content["payments"]:
            if Decimal(payment["sum"]) != Decimal(payment["sum"]).quantize(CENT):
                raise Refused(422, "VLD00", "Ошибка валидации данных", "payments->sum: fractions of a kopeck")
        if content["intent"].endswith("Correction") != ("correction_info" in content):
            raise Refused(422, "VLD00", "Ошибка валидации данных", "correction_info: does not fit the intent")
        return content

    def shown(self, task: Task) -> dict:
        """§3.2"""
        if task.polls > 0 and task.state != "new":
            task.polls -= 1
            return {"id": task.id, "external_id": task.external_id, "state": "new", "error_description": None}
        return {
            "id": task.id,
            "external_id": task.content["external_id"],
            "state": task.state,
            "error_description": task.error,
            "fiscal_data": task.printed.fiscal if task.printed else None,
            **({"receipt_url": self.url_of(task)} if task.printed else {}),
        }

    def url_of(self, task: Task) -> str:
        return f"https://receipts.example/{task.uuid}"

    # === The agent on the till ===

    def print_all(self) -> list[Task]:
        """Let the till take what waits in active queues; the tasks that ended."""
        with self.lock:
            due = [task for task in self.tasks if task.state == "new" and task.queue.state == "active"]
            for task in due:
                self._print(task)
            return due

    def send_again(self, task: Task) -> None:
        """Take up a failed task again, as a person does in the cabinet."""
        with self.lock:
            if task.state == "error":
                task.state, task.error = "new", None

    def print_one(self, task: Task) -> bool:
        with self.lock:
            if task.state != "new" or task.queue.state != "active":
                return False
            self._print(task)
            return True

    def _print(self, task: Task) -> None:
        try:
            task.printed = self._receipt(task)
            task.state = "done"
        except TillError as error:
            task.state, task.error = "error", str(error)

    def _receipt(self, task: Task) -> Printed:
        content, till = task.content, self.till
        if self.till_errors:
            raise TillError(self.till_errors.pop(0))
        if content["company"].get("inn", till.inn) != till.inn:
            raise TillError("ИНН чека и ККМ не совпадают")
        client = content.get("client", {})
        if till.internet_only and not (client.get("email") or client.get("phone")):
            raise TillError("Отсутствует email(телефон) клиента для режима Интернет")
        correction = "correction_info" in content
        if not correction and not content["company"].get("payment_address"):
            raise TillError("'payment_address'")
        if till.ffd == "1.05" and content["intent"] in ("sellReturnCorrection", "buyReturnCorrection"):
            raise TillError("Неверный тип чека")
        lines, splits = [], 0
        for position in content["positions"]:
            parts = self._lines(position)
            splits += len(parts) - 1
            lines += parts
        total = sum((line["total"] for line in lines), Decimal("0.00"))
        paid = sum((Decimal(payment["sum"]) for payment in content["payments"]), Decimal("0.00"))
        if paid != total:
            raise TillError("Ошибка закрытия чека: сумма оплат не равна сумме позиций")
        self._move_cash(content)
        till.number += 1
        till.in_shift += 1
        sign = str(int(hashlib.sha256(task.external_id.encode()).hexdigest()[:8], 16)).zfill(10)[:10]
        fiscal = {
            "i": str(till.number),
            "fn": till.storage,
            "t": f"{self.clock():%Y%m%dT%H%M}",
            "n": INTENTS[content["intent"]][1],
            "fp": sign,
            "s": f"{total:.2f}",
            "rn": till.registration,
            "sh": str(till.shift),
            "shn": str(till.in_shift),
        }
        printed = Printed(
            task.external_id, content["intent"], content, lines, total, fiscal, bool(content.get("print")), splits
        )
        self.printed.append(printed)
        return printed

    def _lines(self, position: dict) -> list[dict]:
        """§2.3: a discount becomes a lower unit price; what that cannot hold, a second line with the quantity 1."""
        price, quantity, total = (Decimal(position[name]) for name in ("price", "quantity", "total"))
        if "supplier_info" in position and set(position["supplier_info"]) != {"name", "phones", "inn"}:
            raise TillError("'supplier_info'")
        if "mark_code" in position and position["measure"] == 0 and quantity != 1:
            raise TillError("Ошибка проверки КМ")
        discount = ((price * quantity - total) / quantity).quantize(CENT, ROUND_HALF_EVEN)
        price -= discount
        _check_agent(position.get("agent_info", {}))
        known = {name: position[name] for name in ("name", "vat", "measure", "payment_method", "payment_object")}
        known |= {name: position[name] for name in ("agent_info", "supplier_info") if name in position}
        if total == (price * quantity).quantize(CENT, ROUND_HALF_UP):
            return [{**known, "price": price, "quantity": quantity, "total": total.quantize(CENT)}]
        if quantity <= 1:
            raise TillError(f"Ошибка регистрации позиции {position['name']}")
        base = (price * (quantity - 1)).quantize(CENT, ROUND_HALF_UP)
        rest = (total - base).quantize(CENT)
        return [
            {**known, "price": price, "quantity": quantity - 1, "total": base},
            {**known, "price": rest, "quantity": Decimal(1), "total": rest},
        ]

    def _move_cash(self, content: dict) -> None:
        cash = sum((Decimal(p["sum"]) for p in content["payments"] if p["type"] == "cash"), Decimal("0.00"))
        incoming = content["intent"] in ("sell", "sellCorrection", "buyReturn", "buyReturnCorrection")
        self.till.cash += cash if incoming else -cash


class TillError(Exception):
    """The text with which the agent ends a task (§3.2)."""


#: what the fiscal storage wants of those who move money (FFD tag 1223 and its parts), by the beginning of `type`
_AGENT_DATA = {
    "bank_payment_": {
        "paying_agent": {"operation", "phones"},
        "money_transfer_operator": {"phones", "name", "address", "inn"},
    },
    "payment_": {"paying_agent": {"phones"}, "receive_payments_operator": {"phones"}},
}


def _check_agent(info: dict) -> None:
    for beginning, parts in _AGENT_DATA.items():
        for part, fields in parts.items() if info.get("type", "").startswith(beginning) else ():
            given = info.get(part, {})
            if not all(given.get(field) for field in fields):
                raise TillError("Отсутствуют данные агента")


# === HTTP ===


class KomtetEmulator(Emulator):
    """Komtet Kassa on a port of this machine.

    :param shops: id → secret key
    :param seconds: after which the till has printed a task; None: only `print_all()` lets it
    :param clock: the register's local time
    """

    title = "Комтет Касса (эмулятор)"
    default_port = 8181
    FAULTS = {
        "unauthorized": "403 AUT00 whatever the signature",
        "unpaid": "SRV00, the shop has no active service; option `status` (403)",
        "internal_error": "500 SYS00; option `execute` (false)",
        "throttled": "429; option `retry_after`",
        "refused": "422 with option `code` (VLD00)",
        "anonymous": "a repeat is refused without the number of the task that is there",
        "till_error": "at once: the till ends the next task with option `text`",
        "still_new": "with a task: for option `polls` more questions it looks `new`",
        "passive": "at once: every queue is passive; option `state`",
        "callback": "with a task: how it calls back; option `how` (good, none, unsigned, wrong, double, early)",
    }

    def __init__(
        self,
        port: int = 0,
        shops: dict[str, str] | None = None,
        seconds: float | None = 1.0,
        clock: Callable[[], datetime] = datetime.now,
    ):
        super().__init__(port)
        self.service = Service(shops or {"shop-1": "secret-key"}, clock)
        self.service.url_of = lambda task: f"{self.url}/receipt/{task.uuid}"
        self.seconds = seconds
        #: the cabinet's Success url and Failure url (§4.1)
        self.success_url = self.failure_url = ""
        #: what was called back: (address, status of the answer or None)
        self.calls: list[tuple[str, int | None]] = []

    @property
    def documents(self) -> list[Printed]:
        return list(self.service.printed)

    @property
    def till(self) -> Till:
        return self.service.till

    def documents_json(self) -> list[dict]:
        return [printed.as_json() for printed in self.documents]

    def tapes(self) -> list[str]:
        return [tape(printed) for printed in self.documents]

    def strike(self, fault: Fault) -> bool:
        if fault.kind == "till_error":
            text = fault.options.get("text", "Ошибка открытия чека: смена превысила 24 часа")
            self.service.till_errors += [text] * fault.times
        elif fault.kind == "passive":
            for queue in self.service.queues.values():
                queue.state = fault.options.get("state", "passive")
        elif fault.kind == "anonymous":
            self.service.names_task = False
        else:
            return False
        return True

    def name_of(self, request: HttpRequest) -> str:
        """`task` creates, `status` asks for a task, `queue` for a queue."""
        if request.method == "POST":
            return "task"
        return {"tasks": "status", "queues": "queue"}.get(request.path.split("/")[-2], request.path)

    def answer(self, request: HttpRequest, fault: Fault | None) -> HttpAnswer:
        if request.method == "GET" and request.path.startswith("/receipt/"):
            return self._receipt_page(request.path.rpartition("/")[2])
        try:
            return json_answer(self._serve(request, fault))
        except Refused as refusal:
            return json_answer(refusal.body, refusal.status)
        except NotThere:
            return html_answer("<html><body><h1>404 Not Found</h1></body></html>", 404)
        except Throttled as pause:
            return json_answer({"title": "Слишком много запросов"}, 429, Retry_After=str(pause))

    def _serve(self, request: HttpRequest, fault: Fault | None) -> dict:
        self._check_signature(request, fault)
        kind = fault.kind if fault else ""
        if kind == "unpaid":
            raise Refused(fault.options.get("status", 403), "SRV00", "Нет активной услуги", "Оплатите услугу")
        if kind == "throttled":
            raise Throttled(fault.options.get("retry_after", 7))
        path = re.fullmatch(r"/api/shop/v2/(queues|tasks)/(\d+)(/task)?", request.path)
        if not path or (path[3] is not None) != (request.method == "POST"):
            raise NotThere
        if path[1] == "tasks":
            return self._task(int(path[2]))
        queue = self.service.queues.get(int(path[2]))
        if queue is None:
            raise NotThere
        if request.method == "GET":
            if kind == "internal_error":
                raise Refused(500, "SYS00", "Внутренняя ошибка")
            return {"id": queue.id, "name": queue.name, "state": queue.state}
        if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            raise Refused(422, "VLD00", "Ошибка валидации данных", "Content-Type")
        if kind == "refused":
            raise Refused(422, fault.options.get("code", "VLD00"), "Ошибка валидации данных", "positions->0->vat")
        if kind == "internal_error" and not fault.options.get("execute"):
            raise Refused(500, "SYS00", "Внутренняя ошибка")
        answer = self._create(queue, request.body, fault)
        if kind == "internal_error":
            raise Refused(500, "SYS00", "Внутренняя ошибка")
        return answer

    def _check_signature(self, request: HttpRequest, fault: Fault | None) -> None:
        """§1.2, §1.3: over the absolute address and the bytes that were sent."""
        shop = request.headers.get("Authorization", "")
        secret = self.service.shops.get(shop, "")
        given = request.headers.get("X-HMAC-Signature", "")
        signed = sign(secret, request.method, f"{self.url}{request.path}", request.body)
        if (fault and fault.kind == "unauthorized") or not secret or not hmac.compare_digest(signed, given):
            raise Refused(403, "AUT00", "Ошибка авторизации", "Проверьте идентификатор магазина и секретный ключ")

    def _create(self, queue: Queue, body: bytes, fault: Fault | None) -> dict:
        task = self.service.create(queue, body)
        if fault and fault.kind == "still_new":
            task.polls = fault.options.get("polls", 1)
        if fault and fault.kind == "callback":
            task.callback = fault.options.get("how", "none")
        if task.callback == "early":
            self.service.print_one(task)
            self.call_back(task)
        elif self.seconds is not None:
            timer = threading.Timer(self.seconds, self._print_later, [task])
            timer.daemon = True
            timer.start()
        return {
            "id": task.id,
            "uuid": task.uuid,
            "external_id": task.content["external_id"],
            "print_queue_id": queue.id,
            "state": "new",
        }

    def _task(self, number: int) -> dict:
        task = next((task for task in self.service.tasks if task.id == number), None)
        if task is None:
            raise NotThere
        with self.service.lock:
            return self.service.shown(task)

    def _print_later(self, task: Task) -> None:
        if self.service.print_one(task):
            self.call_back(task)

    def print_all(self) -> None:
        """Let the till take what waits, and call back."""
        for task in self.service.print_all():
            self.call_back(task)

    def _receipt_page(self, uuid: str) -> HttpAnswer:
        task = next((task for task in self.service.tasks if task.uuid == uuid and task.printed), None)
        if task is None:
            return html_answer("<html><body>404</body></html>", 404)
        page = f"<html><head><title>Чек {task.printed.fiscal['i']}</title></head><body><pre id='receipt'>"
        return html_answer(f"{page}{tape(task.printed)}</pre></body></html>")

    # === Callbacks (§4) ===

    def news(self, task: Task) -> bytes:
        body = {"id": task.id, "external_id": task.content["external_id"], "state": task.state}
        if task.error:
            body["error_description"] = task.error
        return json.dumps(body, ensure_ascii=False).encode()

    def call_back(self, task: Task) -> None:
        """Tell the result to the task's own address, and to that of the cabinet."""
        if task.callback == "none":
            return
        secret = next(iter(self.service.shops.values()))
        body = self.news(task)
        for url in filter(
            None, (task.content.get("callback_url"), self.failure_url if task.error else self.success_url)
        ):
            signature = sign(secret if task.callback != "wrong" else f"{secret}?", "POST", url, body)
            headers = {} if task.callback == "unsigned" else {"X-HMAC-Signature": signature}
            for __ in range(2 if task.callback == "double" else 1):
                self.calls.append((url, self._post(url, body, headers)))

    def _post(self, url: str, body: bytes, headers: dict) -> int | None:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json", **headers}, method="POST")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None


class NotThere(Exception):
    """404. Nothing is known of how the service says it (§1.5)."""


class Throttled(Exception):
    """429. Nothing is known of how the service says it (§1.6)."""


def sign(secret: str, method: str, url: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{method}{url}".encode() + body, hashlib.md5).hexdigest()


def tape(printed: Printed) -> str:
    """The receipt as text, 40 characters wide."""
    content, fiscal = printed.task, printed.fiscal
    rows = [content["company"].get("payment_address", ""), INTENTS[printed.intent][0].upper()]
    for line in printed.lines:
        rows.append(line["name"])
        rows.append(f"{line['quantity']} × {line['price']} = {line['total']}  НДС {line['vat']}".rjust(40))
    rows.append(f"ИТОГ = {printed.total}".rjust(40))
    rows += [f"{PAYMENTS[kind]} = {total}".rjust(40) for kind, total in printed.payments.items()]
    cashier = content.get("cashier", {})
    rows.append(f"Кассир: {cashier.get('name', 'СИС. АДМИНИСТРАТОР')} {cashier.get('inn', '')}".rstrip())
    rows += [f"Эл. адр. покупателя: {contact}" for contact in content.get("client", {}).values()]
    rows.append(f"ФД {fiscal['i']}  ФП {fiscal['fp']}  ФН {fiscal['fn']}")
    rows.append(f"РН ККТ {fiscal['rn']}  смена {fiscal['sh']}  чек {fiscal['shn']}  {fiscal['t']}")
    return "\n".join(rows)


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether `condition` comes true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


if __name__ == "__main__":
    main(KomtetEmulator, "An emulator of Komtet Kassa for tests and demonstrations.")
