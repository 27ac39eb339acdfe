"""A bank terminal behind Device Manager (§8.5), as far as a till sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .common import Fault

CENT = Decimal("0.01")

#: what goes wrong at a terminal (§6.3): fault → code, words
REFUSALS = {
    "declined": (5015, "Відмова банку"),
    "cancelled": (5001, "Операцію скасовано користувачем"),
    "no_funds": (5018, "Недостатньо коштів"),
    "no_bank": (5004, "Немає зв'язку з банком"),
    "not_connected": (5014, "Термінал не підключено"),
    "device_busy": (5022, "Термінал зайнятий"),
    "no_answer": (411, "Час очікування відповіді терміналу вичерпано"),
    "device_error": (430, "Помилка пристрою"),
    "closed": (1016, "Connection Closed Gracefully"),
    "technical": (5006, "Технічна помилка"),
    "bank_down": (5021, "Банк недоступний"),
    "no_connection": (5028, "Немає з'єднання"),
}


class TerminalRefused(Exception):
    def __init__(self, code: int, text: str):
        super().__init__(text)
        self.code, self.text = code, text


@dataclass
class Transaction:
    """What the bank has: an operation with its reference number (RRN) and number on the terminal."""

    key: str
    task: int
    amount: Decimal
    rrn: str
    number: str
    cancelled: bool = False
    refunded: Decimal = Decimal("0.00")

    def as_json(self) -> dict:
        return {
            "key": self.key,
            "task": self.task,
            "amount": str(self.amount),
            "rrn": self.rrn,
            "cancelled": self.cancelled,
            "refunded": str(self.refunded),
        }


@dataclass
class Terminal:
    """One terminal of Device Manager, by its name there."""

    name: str = "Terminal 1"
    terminal_id: str = "S1A00001"
    transactions: list[Transaction] = field(default_factory=list)
    #: failures by the id of the operation, which Device Manager stores like successes (§6.4: for 90 days)
    failures: dict[str, TerminalRefused] = field(default_factory=dict)
    #: which of two operations under one id a search finds; not documented, so a client must not depend on it
    finds_last: bool = False
    batches: int = 0

    @property
    def money(self) -> Decimal:
        """What the bank owes the shop."""
        return sum((_worth(each) for each in self.transactions), Decimal("0.00"))

    def execute(self, request: dict, fault: Fault | None) -> dict:
        """The `info` of a task. The id is looked at by a search alone: what is sent twice is carried out twice (§8.5).

        :raises TerminalRefused: with the code of §6.3
        """
        pay = request.get("pay")
        task = pay.get("task") if isinstance(pay, dict) else None
        if task not in (1, 2, 3, 10, 11, 17):
            raise TerminalRefused(5029, "Завдання не підтримується терміналом")
        key = request.get("transaction_id") or ""
        if request.get("transaction_search") == 1:
            return self._found(key)
        try:
            return self._carry_out(task, key, pay, fault)
        except TerminalRefused as refusal:
            self.failures[key] = refusal
            raise

    def _found(self, key: str) -> dict:
        known = [each for each in self.transactions if key and each.key == key]
        if known:
            return self._info(known[-1 if self.finds_last else 0])
        raise self.failures.get(key) or TerminalRefused(5013, "Транзакцію не знайдено")

    def _carry_out(self, task: int, key: str, pay: dict, fault: Fault | None) -> dict:
        if fault and fault.kind in REFUSALS and not fault.options.get("execute"):
            raise TerminalRefused(*REFUSALS[fault.kind])
        if task == 17:
            if not self.transactions:
                raise TerminalRefused(5013, "Транзакцію не знайдено")
            return self._info(self.transactions[-1])
        if task in (10, 11):
            self.batches += task == 11
            return {"restxt": "Успішно", "receipt": f"ОПЕРАЦІЙ {len(self.transactions)}\nСУМА {self.money}"}
        info = self._info(self._book(task, key, pay))
        if fault and fault.kind in REFUSALS:
            raise TerminalRefused(*REFUSALS[fault.kind])
        return info

    def _book(self, task: int, key: str, pay: dict) -> Transaction:
        if task == 3:
            paid = next((each for each in self.transactions if each.number == pay.get("cancelid")), None)
            if paid is None or paid.cancelled or paid.refunded:
                raise TerminalRefused(5027, "Операцію для скасування не знайдено")
            paid.cancelled = True
            amount = paid.amount
        else:
            amount = pay.get("sum")
            if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
                raise TerminalRefused(5016, "Невірна сума")
            amount = Decimal(amount)
            if amount <= 0 or amount != amount.quantize(CENT):
                raise TerminalRefused(5016, "Невірна сума")
        if task == 2:
            payments = (each for each in self.transactions if each.task == 1)
            paid = next((each for each in payments if each.rrn == pay.get("refundid")), None)
            if paid is None or paid.cancelled or paid.refunded + amount > paid.amount:
                raise TerminalRefused(5025, "Невірний RRN")
            paid.refunded += amount
        number = len(self.transactions) + 1
        booked = Transaction(key, task, amount.quantize(CENT), f"{19_148_584 + number:012}", f"{number:06}")
        self.transactions.append(booked)
        return booked

    def _info(self, booked: Transaction) -> dict:
        """§8.5"""
        return {
            "refundid": booked.rrn,
            "cancelid": booked.number,
            "payid": f"{100_000 + int(booked.number)}",
            "cardmask": "5168********1234",
            "paysys": "MASTERCARD",
            "bankname": "ПриватБанк",
            "term_id": self.terminal_id,
            "sum": booked.amount,
            "restxt": "Успішно",
            "receipt": f"ТЕРМІНАЛ {self.terminal_id}\nСУМА {booked.amount}\nRRN {booked.rrn}",
        }


def _worth(transaction: Transaction) -> Decimal:
    if transaction.task == 1 and not transaction.cancelled:
        return transaction.amount
    return -transaction.amount if transaction.task == 2 else Decimal("0.00")
