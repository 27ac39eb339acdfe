"""One emulated software register (пРРО) of Vchasno.Kasa: shift, drawer, tape, one receipt a tag, the service's checks.

`§` names a section of docs/protocols/vchasno.md. The cloud and Device Manager share the register and differ in
their codes: what Device Manager says with a code of its own, the cloud says with 1001 and `error_extra` (§6.2, §6.3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from uuid import uuid4

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

#: §4: number → letter, name, VAT percent, name and percent of the additional tax
GROUPS = {
    1: ("А", "ПДВ 20%", 20, "", Decimal(0)),
    2: ("Б", "Без ПДВ", 0, "", Decimal(0)),
    3: ("ГД", "ПДВ 20% + акциз 5%", 20, "Акцизний податок 5% Д", Decimal(5)),
    4: ("В", "ПДВ 7%", 7, "", Decimal(0)),
    5: ("Е", "ПДВ 0%", 0, "", Decimal(0)),
    6: ("Ж", "Без ПДВ + акциз 5%", 0, "Акцизний податок 5% Ж", Decimal(5)),
    7: ("З", "Не є об'єктом ПДВ", 0, "", Decimal(0)),
    8: ("ИК", "ПДВ 20% + ПФ 7.5%", 20, "ПФ 7.5% К", Decimal("7.5")),
    9: ("Л", "ПДВ 14%", 14, "", Decimal(0)),
    10: ("М", "ПДФО 18% ВЗ 1.5%", 18, "ВЗ 1.5%", Decimal("1.5")),
}
#: §3.4
PAY_TYPES = {
    0: "Готівка",
    1: "Безготівка",
    2: "Картка",
    3: "Передплата",
    4: "Післясплата",
    5: "Кредит",
    6: "Сертифікат",
    8: "Чек",
    11: "Бонусні бали",
    12: "Погашення кредиту",
    **{13: "QR-код", 14: "Переказ з картки", 15: "Переказ з рахунку", 16: "Інтернет еквайринг"},
    **{17: "LiqPay", 18: "RozetkaPay", 19: "Portmone", 20: "NovaPay"},
}
#: §1.4
LETTERS = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяІіЇїҐґЄє"
ALLOWED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 "
    + LETTERS
    + "!.,\"№;:?\\*()<>|/@#$%^-_+=~'&{}[]®©«»°±‘’“”–•—™„‰‹›"
)
#: `flow` of a task (§1.5)
FLOWS = {0: 8, 1: 0, 2: 1, 3: 2, 4: 2, 14: 14, 11: None}
WORDS = {
    0: "ВІДКРИТТЯ ЗМІНИ",
    1: "ФІСКАЛЬНИЙ ЧЕК",
    2: "ВИДАТКОВИЙ ЧЕК",
    3: "СЛУЖБОВЕ ВНЕСЕННЯ",
    4: "СЛУЖБОВА ВИДАЧА",
    11: "Z-ЗВІТ",
    14: "ВИДАЧА ГОТІВКИ",
}
WIDTH = 42

#: what is refused: Device Manager's code, the cloud's code (§6.2, §6.3), words
ERRORS = {
    "invalid": (2000, 1001, "Помилка валідації вхідних даних"),
    "shift_closed": (1092, 2007, "Зміна закрита, потрібно відкрити зміну"),
    "shift_open": (1096, 2008, "Зміна вже відкрита"),
    "close_closed": (1006, 2007, "Зміна вже закрита"),
    "shift_expired": (1096, 2008, "Поточна зміна відкрита більше 24 годин тому, потрібно закрити зміну"),
    "no_rows": (1097, 1001, "Немає товарів, але є сума"),
    "sum": (1101, 1001, "Сума чеку не дорівнює сумі товарів"),
    "pays": (1102, 1001, "Сума чеку не дорівнює сумі оплат"),
    "product": (1107, 1001, "Добуток кількості на ціну відрізняється від вартості"),
    "discount": (1108, 1001, "Знижка дорівнює вартості товару"),
    "zero_pay": (1109, 1001, "Сума оплати дорівнює 0"),
    "not_enabled": (1110, 1001, "Тип оплати або податкова група не дозволені для каси"),
    "other_group": (1111, 1001, "Товар з таким кодом вже продавався з іншою податковою групою"),
    "round": (1112, 1001, "Заокруглення поза межами -0.99…0.99"),
    "round_off": (1115, 1001, "Тип оплати «Заокруглення» не дозволений для каси"),
    "cash": (1077, 2000, "Недостатньо готівки в касі"),
    "negative": (1063, 1001, "Від'ємна сума"),
    "change": (1065, 1001, "Від'ємна решта"),
    "card_only": (1119, 1001, "Видача готівки не може бути готівкою"),
    "blocked": (1036, 2009, "Каса заблокована"),
    # no code of the cloud is documented for it: the general one
    "key": (1069, 2000, "Термін дії ключа закінчився"),
    "task": (2000, 1013, "Не реалізовано для таких вхідних даних"),
}
#: errors that only a person mends: `res_action` 3; of the others the shift's too
STOP = 3

RECEIPT_FIELDS = {
    *("sum", "round", "disc", "disc_type", "comment_up", "comment_down", "rows", "pays", "rows_pre_payment"),
    *("purchase_receipt_fisn", "purchase_rro_fisn"),
}
ROW_FIELDS = {
    *("code", "code1", "code2", "code3", "code_a", "code_aa", "name", "cnt", "price", "cost", "disc", "disc_type"),
    *("disc_apply_type", "taxgrp", "comment"),
}
PAY_FIELDS = {
    *("type", "sum", "change", "comment", "commission", "paysys", "rrn", "cardmask", "term_id", "bank_id"),
    *("bank_name", "auth_code", "oper_type", "show_additional_info"),
}
CASH_FIELDS = (PAY_FIELDS | {"comment_up", "comment_down"}) - {"change"}


class Refused(Exception):
    """An answer with `res` above 0.

    :param name: key of `ERRORS`
    :param field: what is wrong, for `error_extra`
    """

    def __init__(self, name: str, field: str = ""):
        super().__init__(name)
        self.name, self.field = name, field


@dataclass
class Printed:
    """One registered document; money positive, as on the tape."""

    task: int
    tag: str
    number: str
    dataid: int
    docno: int
    shift: int
    shift_id: str
    moment: datetime
    total: Decimal = ZERO
    rounding: Decimal = ZERO
    rows: list[dict] = field(default_factory=list)
    pays: list[dict] = field(default_factory=list)
    request: dict = field(default_factory=dict)
    offline: bool = False
    source: int = 3
    qr: str = ""
    status: int = 1

    def as_json(self) -> dict:
        """Amounts as text with two decimals."""
        return {
            "task": self.task,
            "tag": self.tag,
            "number": self.number,
            "docno": self.docno,
            "shift": self.shift,
            "moment": self.moment.isoformat(timespec="seconds"),
            "total": str(self.total),
            "rounding": str(self.rounding),
            "rows": _texts(self.rows),
            "pays": _texts(self.pays),
            "request": _texts(self.request),
        }

    @property
    def tape(self) -> str:
        lines = [WORDS[self.task].center(WIDTH), f"{self.moment:%d.%m.%Y %H:%M:%S}".center(WIDTH), ""]
        for row in self.rows:
            lines += [row["name"][:WIDTH], f"{row['cnt']} x {row['price']}".ljust(24) + f"{row['total']:>18}"]
        if self.task in (1, 2):
            lines += ["-" * WIDTH, "СУМА".ljust(24) + f"{self.total - self.rounding:>18}"]
            if self.rounding:
                lines.append("ЗАОКРУГЛЕННЯ".ljust(24) + f"{self.rounding:>18}")
        for pay in self.pays:
            lines.append(pay["name"].upper().ljust(24) + f"{pay['sum']:>18}")
            for label, name in (("ЕПЗ", "cardmask"), ("RRN", "rrn"), ("КОД АВТ.", "auth_code"), ("РЕШТА", "change")):
                if pay.get(name):
                    lines.append(f"  {label}".ljust(24) + f"{pay[name]!s:>18}")
        if self.task in (3, 4, 14):
            lines.append("СУМА".ljust(24) + f"{self.total:>18}")
        lines += ["", f"ЧЕК ФН {self.number}", "ОФЛАЙН" if self.offline else "ОНЛАЙН"]
        return "\n".join(lines)


def _texts(value: object) -> object:
    if isinstance(value, dict):
        return {name: _texts(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_texts(part) for part in value]
    return str(value) if isinstance(value, Decimal) else value


def cents(value: object, name: str) -> Decimal:
    """An amount: a JSON number with at most two decimals (§3.5)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused("invalid", name)
    amount = Decimal(value)
    if abs(amount) >= 10**12 or amount != amount.quantize(CENT):
        raise Refused("invalid", name)
    return amount.quantize(CENT)


def half_up(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Shift:
    number: int
    id: str
    opened_at: datetime
    cash_started: Decimal
    closed_at: datetime | None = None
    cash_closed: Decimal | None = None
    printed: list[Printed] = field(default_factory=list)
    #: article → group of taxes (Device Manager's code 1111)
    groups: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=lambda: {"p": 0, "m": 0, "service": 0, "14": 0})


@dataclass
class Register:
    """One register. The cloud knows it by `token`, Device Manager by `device` (§1.1, §8.1).

    :param auto_open: a receipt opens a closed shift; the cloud does so, Device Manager does not (§5)
    :param site: where the page of a receipt lies
    """

    fisid: str = "4000123456"
    token: str = "token-of-the-register"
    device: str = "Kasa 1"
    name: str = "Тестова каса"
    clock: Callable[[], datetime] = datetime.now
    test: bool = True
    auto_open: bool = True
    groups: frozenset[int] = frozenset(GROUPS)
    pay_types: frozenset[int] = frozenset(PAY_TYPES)
    rounds: bool = True
    site: str = "https://kasa.vchasno.ua"
    online: bool = True
    blocked: bool = False
    key_expired: bool = False
    #: no receipt opens the shift, although the cloud promises it (2007 is one of its codes)
    wants_opening: bool = False
    cash: Decimal = ZERO
    shift: Shift | None = None
    shifts: list[Shift] = field(default_factory=list)
    dataid: int = 0
    first_shift: int = 1
    #: answers by tag (§6.4)
    answers: dict[str, tuple[dict, dict]] = field(default_factory=dict)
    #: what a strict reader would not have let pass: unknown fields, another body under a known tag
    oddities: list[str] = field(default_factory=list)
    numbers: count = field(default_factory=lambda: count(1))

    @property
    def printed(self) -> list[Printed]:
        return [printed for shift in self.shifts for printed in shift.printed]

    @property
    def expired(self) -> bool:
        return self.shift is not None and self.clock() - self.shift.opened_at > timedelta(hours=24)

    # === A task ===

    def execute(self, request: dict) -> dict:
        """The `info` of the answer.

        :raises Refused: when nothing was registered
        """
        fiscal = request.get("fiscal")
        if not isinstance(fiscal, dict) or not isinstance(fiscal.get("task"), int):
            raise Refused("invalid", "fiscal.task")
        task = fiscal["task"]
        self._texts(request)
        self._note(request, {"tag", "source", "userinfo", "fiscal", "ver", "device", "type", "dt"}, "")
        self._note(fiscal, {"task", "subtask", "cashier", "receipt", "cash"}, "fiscal")
        if task == 18:
            return self.status()
        if self.blocked:
            raise Refused("blocked")
        if task == 10:
            return self._report(fiscal, 10)
        if self.key_expired:
            raise Refused("key")
        if task == 0:
            if self.shift:
                raise Refused("shift_open")
            return self._open(request)
        if task == 11:
            return self._close(request)
        if task not in (1, 2, 3, 4, 14):
            raise Refused("task", "fiscal.task")
        if self.expired:
            raise Refused("shift_expired")
        if not self.shift and (not self.auto_open or self.wants_opening):
            raise Refused("shift_closed")
        content = self._receipt(request, task) if task in (1, 2) else self._money(fiscal, task)
        if not self.shift:
            self._open({"tag": uuid4().hex, "fiscal": {"task": 0, "cashier": fiscal.get("cashier", "")}})
        return self._register(request, task, *content)

    def _note(self, value: dict, known: set[str], where: str) -> None:
        known = known | {"post_payment_of_check_fn"} if not where else known
        self.oddities += [f"unknown field {where}.{name}" for name in value if name not in known]

    def _texts(self, value: object, name: str = "") -> None:
        """§1.4: the cloud refuses what is not in its list."""
        if isinstance(value, dict):
            for key, part in value.items():
                self._texts(part, key)
        elif isinstance(value, list):
            for part in value:
                self._texts(part, name)
        elif isinstance(value, str) and not ALLOWED.issuperset(value):
            raise Refused("invalid", name)

    # === Receipts (§3) ===

    def _receipt(self, request: dict, task: int) -> tuple[Decimal, Decimal, list[dict], list[dict]]:
        receipt = request["fiscal"].get("receipt")
        if not isinstance(receipt, dict):
            raise Refused("invalid", "fiscal.receipt")
        self._note(receipt, RECEIPT_FIELDS, "receipt")
        total = cents(receipt.get("sum", 0), "sum")
        rounding = cents(receipt.get("round", 0), "round")
        if total < 0:
            raise Refused("negative", "sum")
        if abs(rounding) > Decimal("0.99"):
            raise Refused("round", "round")
        if rounding and not self.rounds:
            raise Refused("round_off", "round")
        rows = [self._row(row) for row in receipt.get("rows") or []]
        if not rows and total:
            raise Refused("no_rows", "rows")
        if sum((row["total"] for row in rows), ZERO) != total:
            raise Refused("sum", "sum")
        to_pay = total - self._discount(receipt, total) + rounding
        pays = [self._pay(pay) for pay in receipt.get("pays") or []]
        if sum((pay["sum"] for pay in pays), ZERO) != to_pay:
            raise Refused("pays", "pays")
        cash = sum((pay["sum"] for pay in pays if pay["type"] == 0), ZERO)
        if task == 2 and cash > self.cash:
            raise Refused("cash")
        subtask = request["fiscal"].get("subtask")
        if subtask == 2 and request.get("post_payment_of_check_fn") not in {each.number for each in self.printed}:
            raise Refused("invalid", "post_payment_of_check_fn")
        if subtask not in (None, 1, 2) or (subtask == 1 and not receipt.get("rows_pre_payment")):
            raise Refused("invalid", "subtask")
        for row in rows:
            self._group(row)
        return to_pay, rounding, rows, pays

    def _discount(self, receipt: dict, total: Decimal) -> Decimal:
        discount = cents(receipt.get("disc", 0), "disc")
        if receipt.get("disc_type", 0) == 1:
            return half_up(total * discount / 100)
        return discount

    def _row(self, row: object) -> dict:
        if not isinstance(row, dict):
            raise Refused("invalid", "rows")
        self._note(row, ROW_FIELDS, "rows")
        name = row.get("name")
        if not isinstance(name, str) or not name.strip() or len(name) > 128:
            raise Refused("invalid", "name")
        count_, price = row.get("cnt"), cents(row.get("price", 0), "price")
        if isinstance(count_, bool) or not isinstance(count_, int | Decimal):
            raise Refused("invalid", "cnt")
        quantity = Decimal(count_)
        if quantity < 0 or quantity != quantity.quantize(Decimal("0.001")):
            raise Refused("invalid", "cnt")
        product = half_up(quantity * price) if quantity else price  # §2.10: an advance has cnt 0
        cost = cents(row["cost"], "cost") if "cost" in row else product
        if cost != product or not cost:
            raise Refused("product", "cost")
        discount = cents(row.get("disc", 0), "disc")
        if row.get("disc_type", 0) == 1:
            discount = half_up(cost * discount / 100)
        if cost - discount < CENT:
            raise Refused("discount", "disc")
        if "code_a" in row and "code_aa" in row:
            raise Refused("invalid", "code_aa")
        group = row.get("taxgrp")
        if isinstance(group, str) and group.isdigit():
            group = int(group)
        if group not in GROUPS or isinstance(group, bool):
            raise Refused("invalid", "taxgrp")
        if group not in self.groups:
            raise Refused("not_enabled", "taxgrp")
        return {**row, "cnt": quantity, "price": price, "cost": cost, "disc": discount, "taxgrp": group} | {
            "total": cost - discount
        }

    def _group(self, row: dict) -> None:
        """Device Manager's code 1111."""
        code = row.get("code")
        if not code or not self.shift:
            return
        if self.shift.groups.get(code, row["taxgrp"]) != row["taxgrp"]:
            raise Refused("other_group", "taxgrp")

    def _pay(self, pay: object) -> dict:
        if not isinstance(pay, dict):
            raise Refused("invalid", "pays")
        self._note(pay, PAY_FIELDS, "pays")
        kind, amount, change = pay.get("type"), cents(pay.get("sum"), "sum"), cents(pay.get("change", 0), "change")
        if kind not in PAY_TYPES or isinstance(kind, bool):
            raise Refused("invalid", "type")
        if kind not in self.pay_types:
            raise Refused("not_enabled", "type")
        if not amount:
            raise Refused("zero_pay", "sum")
        if amount < 0:
            raise Refused("negative", "sum")
        if change < 0 or (change and kind != 0):
            raise Refused("change", "change")
        return {**pay, "name": PAY_TYPES[kind], "sum": amount, "change": change}

    def _money(self, fiscal: dict, task: int) -> tuple[Decimal, Decimal, list[dict], list[dict]]:
        """§2.4, §2.5"""
        cash = fiscal.get("cash")
        if not isinstance(cash, dict):
            raise Refused("invalid", "fiscal.cash")
        self._note(cash, CASH_FIELDS, "cash")
        amount, commission = cents(cash.get("sum"), "sum"), cents(cash.get("commission", 0), "commission")
        if amount <= 0 or commission < 0:
            raise Refused("negative", "sum")
        if (task == 14) is (cash.get("type") == 0):
            raise Refused("card_only", "type")
        if task in (4, 14) and amount > self.cash:
            raise Refused("cash")
        return amount, ZERO, [], [{**cash, "name": PAY_TYPES[cash["type"]], "sum": amount, "commission": commission}]

    # === The tape ===

    def _open(self, request: dict) -> dict:
        number = self.shifts[-1].number + 1 if self.shifts else self.first_shift
        self.shift = Shift(number, str(uuid4()), self.clock(), self.cash)
        self.shifts.append(self.shift)
        return self._register(request, 0, ZERO, ZERO, [], [])

    def _close(self, request: dict, source: int = 3) -> dict:
        if not self.shift:
            raise Refused("close_closed")
        report = self._report(request["fiscal"], 11)
        info = self._register(request, 11, ZERO, ZERO, [], [], source)
        self.shift.closed_at, self.shift.cash_closed, self.shift = self.clock(), self.cash, None
        return info | {name: report[name] for name in report if name not in info} | {"docno": info["shift_link"]}

    def auto_close(self) -> None:
        """The cabinet closes the shift by its schedule (§5)."""
        if self.shift:
            self._close({"tag": uuid4().hex, "fiscal": {"task": 11, "cashier": ""}}, source=4)

    def _register(self, request, task, total, rounding, rows, pays, source=3) -> dict:
        shift, fiscal = self.shift, request["fiscal"]
        counter = {1: "p", 2: "m", 14: "14"}.get(task, "service")
        docno = 0
        if task not in (0, 11):
            shift.counters[counter] += 1
            docno = shift.counters[counter]
        cash = sum((pay["sum"] for pay in pays if task in (1, 2) and pay["type"] == 0), ZERO)
        self.cash += {1: cash, 2: -cash, 3: total, 4: -total, 14: -total}.get(task, ZERO)
        self.dataid += 1
        number = self._number()
        printed = Printed(
            task, request["tag"], number, self.dataid, docno, shift.number, shift.id, self.clock(), total, rounding
        )
        printed.rows, printed.pays, printed.request, printed.source = rows, pays, fiscal, source
        printed.offline = not self.online
        shift.printed.append(printed)
        if task in (1, 2):
            for row in rows:
                if row.get("code"):
                    shift.groups[row["code"]] = row["taxgrp"]
        info = self._common(task, fiscal, printed)
        if task not in (0, 11):
            printed.qr = self._qr(printed)
            info |= {"docno": docno, "cancelid": number, "qr": printed.qr}
        return info

    def _common(self, task: int, fiscal: dict, printed: Printed | None) -> dict:
        return {
            "task": task,
            "fisid": self.fisid,
            "dataid": printed.dataid if printed else 0,
            "doccode": printed.number if printed else "",
            "dt": f"{(printed.moment if printed else self.clock()):%Y%m%d%H%M%S}",
            "cashier": fiscal.get("cashier", ""),
            "dtype": 0 if self.test else 1,
            "isprint": 0,
            "isoffline": not self.online,
            "safe": self.cash,
            "shift_link": printed.shift if printed else 0,
        }

    def _number(self) -> str:
        digest = hashlib.sha256(f"{self.fisid}:{next(self.numbers)}".encode()).hexdigest()
        return f"TEST_{digest[:14]}" if self.test else str(10**9 + int(digest[:7], 16))

    def _qr(self, printed: Printed) -> str:
        commission = sum((pay.get("commission", ZERO) for pay in printed.pays if printed.task == 14), ZERO)
        mac = hashlib.sha256(f"{printed.number}{printed.total}".encode()).hexdigest()
        return (
            f"{self.site}/c/{printed.number}?id={printed.number}&date={printed.moment:%Y%m%d}"
            f"&time={printed.moment:%H:%M:%S}&fn={self.fisid}&sm={printed.total - printed.rounding + commission:.2f}"
            f"&mac={mac}"
        )

    # === Reports (§2.6) ===

    def _report(self, fiscal: dict, task: int) -> dict:
        printed = self.shift.printed if self.shift else []
        sales, returns = ([each for each in printed if each.task == kind] for kind in (1, 2))
        taxes = [self._tax(group, sales, returns) for group in sorted(self._groups(sales + returns))]
        return {
            **self._common(task, fiscal, None),
            "docno": 0,
            "receipt": {
                "count_p": len(sales),
                "count_m": len(returns),
                "count_14": sum(each.task == 14 for each in printed),
                "count_transfer": 0,
                "last_docno_p": len(sales),
                "last_docno_m": len(returns),
            },
            "summary": {
                "base_p": sum((row["total"] for each in sales for row in each.rows), ZERO),
                "base_m": sum((row["total"] for each in returns for row in each.rows), ZERO),
                "taxex_p": sum((tax["tax_sum_p"] + tax["ex_sum_p"] for tax in taxes), ZERO),
                "taxex_m": sum((tax["tax_sum_m"] + tax["ex_sum_m"] for tax in taxes), ZERO),
                "disc_p": sum((row["disc"] for each in sales for row in each.rows), ZERO),
                "disc_m": sum((row["disc"] for each in returns for row in each.rows), ZERO),
            },
            "taxes": taxes,
            "pays": self._pays(printed, {1: "p", 2: "m"}),
            "money": self._pays(printed, {3: "p", 4: "m"}),
            "cash": self._pays(printed, {14: "m"}),
            "money_transfer": [],
        }

    def _groups(self, receipts: list[Printed]) -> set[int]:
        return {row["taxgrp"] for each in receipts for row in each.rows}

    def _tax(self, group: int, sales: list[Printed], returns: list[Printed]) -> dict:
        letter, title, percent, extra_name, extra = GROUPS[group]
        result = {
            "gr_code": group,
            "tax_name": f"ПДВ_{letter[0]}",
            "tax_fname": title,
            "tax_lit": letter,
            "tax_percent": percent,
            "ex_name": extra_name,
            "ex_percent": extra,
        }
        for sign, receipts in (("p", sales), ("m", returns)):
            base = sum((row["total"] for each in receipts for row in each.rows if row["taxgrp"] == group), ZERO)
            excise = half_up(base * extra / (100 + extra))
            result |= {
                f"base_sum_{sign}": base,
                f"base_tax_sum_{sign}": base - excise,
                f"base_ex_sum_{sign}": base if extra else ZERO,
                f"tax_sum_{sign}": half_up((base - excise) * percent / (100 + percent)),
                f"ex_sum_{sign}": excise,
            }
        return result

    def _pays(self, printed: list[Printed], signs: dict[int, str]) -> list[dict]:
        sums: dict[int, dict] = {}
        for each in (each for each in printed if each.task in signs):
            sign = signs[each.task]
            for index, pay in enumerate(each.pays):
                row = sums.setdefault(
                    pay["type"],
                    {"type": pay["type"], "name": PAY_TYPES[pay["type"]], "sum_p": ZERO, "sum_m": ZERO}
                    | {name: ZERO for name in ("round_pu", "round_pd", "round_mu", "round_md")},
                )
                row[f"sum_{sign}"] += pay["sum"]
                rounding = pay.get("commission", ZERO) if each.task == 14 else each.rounding if not index else ZERO
                row[f"round_{sign}{'u' if rounding > 0 else 'd'}"] += abs(rounding)
        return [sums[kind] for kind in sorted(sums)]

    def status(self) -> dict:
        """§2.7"""
        last = self.shifts[-1].opened_at if self.shifts else None
        return {
            "fisid": self.fisid,
            "isFis": 0 if self.test else 1,
            "shift_status": 2 if self.blocked else 1 if self.shift else 0,
            "shift_dt": f"{last:%Y%m%d%H%M%S}" if last else "0",
            "online_status": 0 if self.online else 1,
            "sign_status": -1,
            "safe": self.cash,
        }

    # === What the service tells of a receipt (§7.3) ===

    def view(self, number: str) -> dict | None:
        printed = next((each for each in self.printed if each.number == number), None)
        if printed is None or printed.task not in (1, 2):
            return None
        receipt = printed.request["receipt"]
        return {
            "fiscal_number": number,
            "company_name": 'ТОВ "Волошка"',
            "rro_fiscal_number": self.fisid,
            "is_offline": printed.offline,
            "is_test": self.test,
            "date_created": printed.moment.isoformat() + "+02:00",
            "check_flow": FLOWS[printed.task],
            "check_url": f"{self.site}/c/{number}",
            "qr_content": printed.qr,
            "target_url": printed.qr,
            "data": {
                "cash": None,
                "check_type": "0",
                "items": [_item(row) for row in printed.rows],
                "close": {"sum": str(printed.total - printed.rounding), "to_pay": str(printed.total)},
                "pays": [
                    {name: _texts(value) for name, value in pay.items() if name != "type"}
                    | {"pay_sum": str(pay["sum"] + pay["change"])}
                    for pay in printed.pays
                ],
                "top_comment": [receipt["comment_up"]] if receipt.get("comment_up") else [],
                "last_comment": [receipt["comment_down"]] if receipt.get("comment_down") else [],
                "date": printed.moment.isoformat(timespec="seconds") + "+02:00",
                "rounding": str(printed.rounding),
                "service_move_data": None,
            },
        }


def _item(row: dict) -> dict:
    letter, discount = GROUPS[row["taxgrp"]][0], row["disc"]
    stamps = row.get("code_aa") or ([row["code_a"]] if row.get("code_a") else [])
    return {
        "name": row["name"],
        "tg_print": letter,
        "sum": str(row["cost"]),
        "cnt": f"{row['cnt']:.3f}",
        "price": str(row["price"]),
        **{name: row.get(name, "") for name in ("code", "code1", "code2")},
        "comment": [row["comment"]] if row.get("comment") else [],
        "excise_codes": stamps,
        "discount": {"sum": str(discount), "tg_print": letter} if discount > 0 else None,
        "markup": {"sum": str(-discount), "tg_print": letter} if discount < 0 else None,
    }
