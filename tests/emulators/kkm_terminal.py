"""An emulated card terminal behind KKM Server (`kkm_server.md` §3.8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .kkm_register import Refused, money


@dataclass
class Transaction:
    """Money that a terminal took or gave back.

    :param kind: "pay", "return" or "cancel"
    :param of: UniversalID of the payment that is given back
    """

    kind: str
    key: str
    amount: Decimal
    universal_id: str
    of: str = ""


@dataclass
class Terminal:
    """A card terminal. Everything is in memory.

    :param declines: words with which the bank declines the next payments
    """

    number: int = 10
    name: str = "Терминал"
    clock: Callable[[], datetime] = datetime.now
    declines: list[str] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    settled: int = 0

    @property
    def serial(self) -> str:
        return f"T{self.number:07}"

    def pay(self, command: dict) -> dict:
        amount = self._amount(command)
        if self.declines:
            raise Refused(self.declines.pop(0))
        number = len(self.transactions) + 1
        universal_id = f"CN:************{4000 + number};RN:{number};RRN:{10**11 + number};AC:{100000 + number}"
        self.transactions.append(Transaction("pay", command.get("IdCommand") or "", amount, universal_id))
        return self._done(universal_id, amount, "ОПЛАТА")

    def give_back(self, command: dict) -> dict:
        return self._against(command, "return", "ВОЗВРАТ ПОКУПКИ")

    def cancel(self, command: dict) -> dict:
        return self._against(command, "cancel", "ОТМЕНА")

    def settle(self, command: dict) -> dict:
        self.settled += 1
        return {"Slip": "СВЕРКА ИТОГОВ: ИТОГИ СОВПАЛИ"}

    def _amount(self, command: dict) -> Decimal:
        amount = money(command.get("Amount"))
        if amount <= 0:
            raise Refused("Не указана сумма оплаты")
        return amount

    def _against(self, command: dict, kind: str, words: str) -> dict:
        """Money goes back only for a payment that the terminal knows, and no more than was taken."""
        amount, of = self._amount(command), command.get("UniversalID") or ""
        taken = sum(each.amount for each in self.transactions if each.kind == "pay" and each.universal_id == of)
        given = sum(each.amount for each in self.transactions if each.of == of)
        if not taken:
            raise Refused("Не найдена исходная операция. Укажите UniversalID")
        if given + amount > taken:
            raise Refused("Сумма возврата больше суммы оплаты")
        universal_id = f"RN:{len(self.transactions) + 1}"
        self.transactions.append(Transaction(kind, command.get("IdCommand") or "", amount, universal_id, of))
        return self._done(universal_id, amount, words)

    def _done(self, universal_id: str, amount: Decimal, words: str) -> dict:
        parts = dict(part.split(":", 1) for part in universal_id.split(";"))
        return {
            "UniversalID": universal_id,
            "Amount": amount,
            "CardNumber": parts.get("CN", ""),
            "RRNCode": parts.get("RRN", ""),
            "AuthorizationCode": parts.get("AC", ""),
            "ReceiptNumber": parts["RN"],
            "TerminalID": self.serial,
            "TransDate": self.clock(),
            "Slip": f"{words}\n{amount} RUB\n{parts.get('CN', '')}\nОДОБРЕНО",
        }

    def unit(self) -> dict:
        """Item of `ListUnit` (§3.4): a device that is no register."""
        return {
            "NumDevice": self.number,
            "OnOff": True,
            "Active": True,
            "TypeDevice": "Эквайринговый терминал",
            "IdTypeDevice": "EmulatorTerminal",
            "NameDevice": "Эмулятор терминала",
            "UnitName": self.name,
        }
