"""One emulated register behind KKM Server: shift, drawer, fiscal storage, tape, and the checks of the service.

`§` names a section of docs/protocols/kkm_server.md. Texts in «» there are the service's own; where the page
gives none, the text here is plain Russian of the same kind.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from uuid import uuid4

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

#: TypeCheck (§3.10) → kind of document, words on the tape, `n` of the QR code (§6), direction of the money
RECEIPTS = {
    0: ("sale", "Приход", 1, 1),
    1: ("sale_return", "Возврат прихода", 2, -1),
    2: ("correction_sale", "Коррекция прихода", 1, 1),
    3: ("correction_sale_return", "Коррекция возврата прихода", 2, -1),
    10: ("purchase", "Расход", 3, -1),
    11: ("purchase_return", "Возврат расхода", 4, 1),
    12: ("correction_purchase", "Коррекция расхода", 3, -1),
    13: ("correction_purchase_return", "Коррекция возврата расхода", 4, 1),
}
CORRECTIONS = {2, 3, 12, 13}
#: §4
TAXES = {-1: "без НДС", 0: "НДС 0%", 5: "НДС 5%", 7: "НДС 7%", 10: "НДС 10%", 20: "НДС 20%", 22: "НДС 22%"} | {
    100 + rate: f"НДС {rate}/{100 + rate}" for rate in (5, 7, 10, 20, 22)
}
METHOD_SIGNS = range(1, 8)
SUBJECTS = {*range(1, 28), *range(30, 34)}
MEASURES = {0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255}
#: §5.3
PAYMENTS = {
    "Cash": "НАЛИЧНЫМИ",
    "ElectronicPayment": "БЕЗНАЛИЧНЫМИ",
    "AdvancePayment": "ЗАЧЁТ АВАНСА",
    "Credit": "КРЕДИТ",
    "CashProvision": "ВСТРЕЧНОЕ ПРЕДСТАВЛЕНИЕ",
}
WIDTH = 48

SHIFT_IS_OPEN = "Ошибка регистрации ( 60 : ККТ: Смена открыта – операция невозможна )"
SHIFT_IS_CLOSED = "Ошибка регистрации ( 61 : ККТ: Смена не открыта или смена превысила 24 часа – операция невозможна )"
SHIFT_IS_OLD = "Ошибка регистрации ( 78 : ККТ: Смена превысила 24 часа )"
BARCODES = {"EAN13", "CODE39", "CODE128", "QR", "PDF417"}
#: §5.2; FFD tags 1223 and its parts
AGENT_DATA = (
    *("PayingAgentOperation", "PayingAgentPhone", "ReceivePaymentsOperatorPhone", "MoneyTransferOperatorPhone"),
    *("MoneyTransferOperatorName", "MoneyTransferOperatorAddress", "MoneyTransferOperatorVATIN"),
)
#: what the law wants of bank payment agents and of payment agents
BANK_AGENT = {*AGENT_DATA} - {"ReceivePaymentsOperatorPhone"}
MONEY_AGENT = {"PayingAgentPhone", "ReceivePaymentsOperatorPhone"}

NOT_ENOUGH_CASH = "Ошибка регистрации ( 70 : ККТ: Не хватает наличных в кассе )"


class Refused(Exception):
    """Status 2 with this text."""


@dataclass
class Printed:
    """One document as the register printed it; money positive, as on the tape."""

    type: str
    key: str
    device: str
    shift: int
    moment: datetime
    number: int = 0
    sign: str = ""
    receipt_number: int = 0
    total: Decimal = ZERO
    payments: dict[str, Decimal] = field(default_factory=dict)
    change: Decimal = ZERO
    lines: list[dict] = field(default_factory=list)
    header: dict = field(default_factory=dict)
    tape: str = ""
    qr: str = ""

    def as_json(self) -> dict:
        """Amounts as text with two decimals, quantities as text."""
        return {
            "type": self.type,
            "IdCommand": self.key,
            "device": self.device,
            "shift": self.shift,
            "number": self.number,
            "receipt_number": self.receipt_number,
            "moment": self.moment.isoformat(timespec="seconds"),
            "total": str(self.total),
            "payments": {name: str(amount) for name, amount in self.payments.items()},
            "change": str(self.change),
            "lines": [{name: str(value) for name, value in line.items()} for line in self.lines],
            "header": self.header,
            "qr": self.qr,
        }


def tax_number_is_valid(number: str) -> bool:
    """Check digits of an ИНН of 10 or 12 digits."""
    if not number.isascii() or not number.isdigit() or len(number) not in (10, 12):
        return False
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    digits = [int(digit) for digit in number]

    def check(upto):
        return sum(weight * digit for weight, digit in zip(weights[11 - upto :], digits, strict=False)) % 11 % 10

    if len(number) == 10:
        return check(9) == digits[9]
    return check(10) == digits[10] and check(11) == digits[11]


@dataclass
class Register:
    """A register with a fiscal storage. Everything is in memory.

    :param clock: local time of the register
    :param qr_seconds: `t` of the QR code with seconds or without; both are met (§6)
    """

    number: int
    serial: str
    inn: str = "7701237650"
    name: str = "Эмулятор"
    organization: str = 'ООО "Вектор"'
    tax_variants: tuple[str, ...] = ("0", "1")
    clock: Callable[[], datetime] = datetime.now
    qr_seconds: bool = False
    on: bool = True
    active: bool = True
    paper_over: bool = False
    #: whether BalanceCash is told; −1 stands there where it is not (§3.3)
    tells_cash: bool = True
    #: OFD_NumErrorDoc (§3.3)
    unsent: int = 0
    #: of the register and its fiscal storage; without "1.2" it knows no counters (§3.6) and checks no marking codes
    ffd: str = "1.2"
    #: what the state's system of marking says of a code: code → ValidationResult (§3.9); 15 for all others
    marking: dict[str, int] = field(default_factory=dict)
    identifier: str = field(default_factory=lambda: str(uuid4()))
    shift: int = 0
    opened_at: datetime | None = None
    document: int = 0
    receipt: int = 0
    cash: Decimal = ZERO
    printed: list[Printed] = field(default_factory=list)

    @property
    def storage(self) -> str:
        return f"99{self.serial[-14:]:0>14}"

    @property
    def expired(self) -> bool:
        return bool(self.opened_at) and self.clock() - self.opened_at > timedelta(hours=24)

    @property
    def session_state(self) -> int:
        """§3.3: 1 closed, 2 open, 3 expired."""
        return 3 if self.expired else 2 if self.opened_at else 1

    # === Commands: a command with numbers already read as numbers in, the fields of the answer out ===

    def open_shift(self, command: dict) -> dict:
        self._check_cashier(command)
        if self.opened_at:
            raise Refused(SHIFT_IS_OPEN)
        return self._shift_report(self._open(command))

    def close_shift(self, command: dict) -> dict:
        self._check_cashier(command)
        if not self.opened_at:
            raise Refused(SHIFT_IS_CLOSED)
        printed = self._print("shift_close", command, "ОТЧЁТ О ЗАКРЫТИИ СМЕНЫ", fiscal=True)
        self.opened_at = None
        return self._shift_report(printed)

    def x_report(self, command: dict) -> dict:
        self._print("x_report", command, "X-ОТЧЁТ")
        return {}

    def depositing_cash(self, command: dict) -> dict:
        return self._move_cash(command, "cash_in", "ВНЕСЕНИЕ", 1)

    def ofd_report(self, command: dict) -> dict:
        """§3.7"""
        self._check_cashier(command)
        printed = self._print("ofd_report", command, "ОТЧЁТ О ТЕКУЩЕМ СОСТОЯНИИ РАСЧЁТОВ", fiscal=True)
        return {"CheckNumber": printed.number, "SessionNumber": self.shift, "QRCode": printed.qr, "Info": self.info()}

    def open_drawer(self, command: dict) -> dict:
        self._print("drawer", command, "ДЕНЕЖНЫЙ ЯЩИК ОТКРЫТ")
        return {}

    def counters(self, command: dict) -> dict:
        """§3.6, in the spelling of the command."""
        spelling = command["Command"][3]
        if self.ffd != "1.2":
            raise Refused("Команда не поддерживается данным устройством")
        rows = []
        names = {"sale": "Shell", "sale_return": "ShellReturn", "purchase": "Buy", "purchase_return": "BuyReturn"}
        for scope in ("Total", "Shift"):
            for kind, name in names.items():
                printed = [
                    each
                    for each in self.printed
                    if each.type == kind and (scope == "Total" or (self.opened_at and each.shift == self.shift))
                ]
                sums = {field: sum((each.payments[field] for each in printed), ZERO) for field in PAYMENTS}
                sums["Cash"] -= sum((each.change for each in printed), ZERO)
                rows.append(
                    compact(
                        {
                            f"{spelling}ountersType": scope,
                            "ReceiptType": name,
                            "Count": len(printed),
                            "Sum": sum((each.total for each in printed), ZERO),
                            **sums,
                        }
                    )
                )
        return {f"{spelling}ounters": rows}

    def validate_marking(self, command: dict) -> dict:
        """§3.9"""
        if self.ffd != "1.2":
            raise Refused("Команда не поддерживается данным устройством")
        goods = command.get("GoodCodeDatas") or []
        if not goods:
            raise Refused("Не указаны коды маркировки")
        rows = []
        for good in goods:
            code = good.get("BarCode") or ""
            if not code:
                raise Refused("Не указан код маркировки")
            result = self.marking.get(code, 15)
            refused = bool(result & 1 and not result & 2) or bool(result & 4 and not result & 8)
            if refused and not good.get("AcceptOnBad"):
                raise Refused(f"Проверка кода маркировки: {_marking_words(result)}")
            rows.append(
                {
                    "Name": good.get("Name"),
                    "BarCode": code,
                    "ValidationPR": {"ValidationResult": not refused} if result & 4 else {"ValidationDisabled": True},
                    "ValidationKKT": {"ValidationResult": result, "DecryptionResult": _marking_words(result)},
                }
            )
        return {"MarkingCodeValidation": rows}

    def payment_cash(self, command: dict) -> dict:
        return self._move_cash(command, "cash_out", "ВЫПЛАТА", -1)

    def _move_cash(self, command: dict, kind: str, words: str, direction: int) -> dict:
        """§3.2: neither opens the shift."""
        amount = money(command.get("Amount"))
        if amount <= 0:
            raise Refused("Нельзя указывать отрицательные суммы и нулевые суммы")
        if not self.opened_at or self.expired:
            raise Refused(SHIFT_IS_CLOSED)
        if self.cash + direction * amount < 0:
            raise Refused(NOT_ENOUGH_CASH)
        self.cash += direction * amount
        self._print(kind, command, words, total=amount, payments={"Cash": amount})
        return {}

    def register_check(self, command: dict) -> dict:
        """§3.10, §5."""
        self._check_strings(command)
        if command.get("IsFiscalCheck") is False:
            self._print("slip", command, "НЕФИСКАЛЬНЫЙ ДОКУМЕНТ")
            return {}
        kind, words, qr_type, direction = RECEIPTS.get(command.get("TypeCheck", 0), (None,) * 4)
        if kind is None:
            raise Refused("Не правильно указан тип чека!")
        self._check_cashier(command)
        self._check_customer(command)
        self._check_correction(command)
        if len(self.tax_variants) > 1 and not command.get("TaxVariant"):
            raise Refused("Не указана система налогообложения")
        lines = [self._line(item["Register"]) for item in command.get("CheckStrings") or [] if item.get("Register")]
        if not lines and command.get("TypeCheck") not in CORRECTIONS:
            raise Refused("В чеке нет фискальных строк!!!")
        total = sum((line["Amount"] for line in lines), ZERO) if lines else money(command.get("Amount"))
        payments, change = self._payments(command, total)
        if self.paper_over:
            raise Refused("Ошибка регистрации ( 107 : ККТ: Нет чековой ленты )")
        if self.expired:
            raise Refused(SHIFT_IS_OLD)
        cash = direction * (payments["Cash"] - change)
        if self.cash + cash < 0:
            raise Refused(NOT_ENOUGH_CASH)
        if not self.opened_at:
            self._open({**command, "IdCommand": ""})
        self.cash += cash
        self.receipt += 1
        printed = self._print(
            kind, command, words, fiscal=True, total=total, payments=payments, change=change, lines=lines, n=qr_type
        )
        return {
            "CheckNumber": printed.number,
            "SessionNumber": printed.shift,
            "SessionCheckNumber": printed.receipt_number,
            "URL": f"https://ofd.example/rec?fn={self.storage}&i={printed.number}&fp={printed.sign}",
            "QRCode": printed.qr,
            **{name: amount for name, amount in payments.items() if amount},
        }

    # === Checks (§5.1, §5.4) ===

    def _check_cashier(self, command: dict) -> None:
        if not (command.get("CashierName") or "").strip():
            raise Refused("Не указан кассир")
        number = command.get("CashierVATIN") or ""
        if number and len(number) != 12:
            raise Refused("ИНН кассира должен содержать 12 символов")
        if number and not tax_number_is_valid(number):
            raise Refused("Некорректный ИНН кассира")

    def _check_customer(self, command: dict) -> None:
        number = command.get("ClientINN") or ""
        if number and not tax_number_is_valid(number):
            raise Refused("Некорректный ИНН клиента")
        if command.get("NotPrint") and not command.get("ClientAddress"):
            raise Refused("Не указан телефон или e-mail клиента")

    def _check_correction(self, command: dict) -> None:
        if command.get("TypeCheck") in CORRECTIONS:
            if not command.get("CorrectionBaseNumber"):
                raise Refused("Не указан номер корректировки")
            if not command.get("CorrectionBaseDate"):
                raise Refused("Не указана дата корректировки")

    def _check_strings(self, command: dict) -> None:
        """§5.2: what is printed beside the goods; §5.1 UserAttribute."""
        for item in command.get("CheckStrings") or []:
            if barcode := item.get("BarCode"):
                kind, text = barcode.get("BarcodeType"), barcode.get("Barcode") or ""
                if kind not in BARCODES or not text:
                    raise Refused("Не правильно указан штрихкод!")
                if kind == "EAN13" and not _is_ean13(text):
                    raise Refused("Не правильно указан штрихкод EAN13!")
            if picture := item.get("PrintImage"):
                _check_bitmap(picture.get("Image") or "")
        attribute = command.get("UserAttribute")
        if attribute is not None and not (attribute.get("Name") and attribute.get("Value")):
            raise Refused("Не указан дополнительный реквизит пользователя")
        if not 0 <= (command.get("NumberCopies") or 0) <= 10:
            raise Refused("Не правильно указано количество копий")

    def _line(self, line: dict) -> dict:
        name = (line.get("Name") or "").strip()
        if not name:
            raise Refused("Не указано наименование товара или услуги")
        quantity = Decimal(line.get("Quantity") or 0).quantize(Decimal("0.001"), ROUND_HALF_EVEN)
        price, amount = money(line.get("Price")), money(line.get("Amount"))
        if quantity < 0 or price < 0 or amount < 0:
            raise Refused("Нельзя указывать отрицательные суммы и количество")
        if not quantity:
            raise Refused("Нельзя указывать количество товара/услуги = 0")
        if line.get("Tax") not in TAXES:
            raise Refused("Не правильно указана ставка НДС!")
        if line.get("SignMethodCalculation") not in METHOD_SIGNS:
            raise Refused("Не указан признак способа расчета!")
        if line.get("SignCalculationObject") not in SUBJECTS:
            raise Refused("Не указан признак предмета расчета!")
        measure = line.get("MeasureOfQuantity", 0 if quantity == quantity.to_integral_value() else 255)
        if measure not in MEASURES:
            raise Refused("Не правильно указана мера количества!")
        self._check_agent(line)
        if not 0 <= (line.get("Department") or 0) <= 16:
            raise Refused("Не правильно указана секция (отдел)")
        code = (line.get("GoodCodeData") or {}).get("BarCode", "")
        if code and measure == 0 and quantity != 1:
            raise Refused("Для маркированного товара количество должно быть равно 1")
        if code and self.ffd == "1.2" and not line["GoodCodeData"].get("AcceptOnBad"):
            result = self.marking.get(code, 15)
            if (result & 1 and not result & 2) or (result & 4 and not result & 8):
                raise Refused(f"Проверка кода маркировки: {_marking_words(result)}")
        return {
            "Name": name if len(name) <= 128 else name[:126] + "..",
            "Quantity": quantity.normalize() + 0,
            "Price": price,
            "Amount": amount,
            "Tax": line["Tax"],
            "SignMethodCalculation": line["SignMethodCalculation"],
            "SignCalculationObject": line["SignCalculationObject"],
            "MeasureOfQuantity": measure,
            "BarCode": code,
            "Department": line.get("Department") or 0,
            "AgentSign": line.get("AgentSign"),
            "AgentData": {name: text for name, text in (line.get("AgentData") or {}).items() if text},
            "PurveyorVATIN": (line.get("PurveyorData") or {}).get("PurveyorVATIN", ""),
        }

    def _check_agent(self, line: dict) -> None:
        """§4 AgentSign, §5.2 PurveyorData."""
        agent, supplier = line.get("AgentSign"), line.get("PurveyorData") or {}
        if agent is not None and agent not in range(7):
            raise Refused("Не правильно указан признак агента!")
        data = line.get("AgentData") or {}
        if data and (agent is None or data.keys() - set(AGENT_DATA)):
            raise Refused("Не правильно указаны данные агента!")
        if any(not text or not isinstance(text, str) for text in data.values()):
            raise Refused("Не правильно указаны данные агента!")
        needed = {0: BANK_AGENT, 1: BANK_AGENT, 2: MONEY_AGENT, 3: MONEY_AGENT}.get(agent, set())
        if needed - data.keys():
            raise Refused("Не указаны данные агента!")
        number = data.get("MoneyTransferOperatorVATIN")
        if number and not tax_number_is_valid(number):
            raise Refused("Некорректный ИНН оператора перевода")
        if agent is not None and not tax_number_is_valid(supplier.get("PurveyorVATIN") or ""):
            raise Refused("Некорректный ИНН поставщика")

    def _payments(self, command: dict, total: Decimal) -> tuple[dict[str, Decimal], Decimal]:
        payments = {name: money(command.get(name)) for name in PAYMENTS}
        if min(payments.values()) < 0:
            raise Refused("Нельзя указывать отрицательные суммы оплат")
        change = sum(payments.values()) - total
        if change < 0:
            raise Refused("Сумма указанных оплат меньше чем сумма по строкам чека")
        if change > payments["Cash"]:
            raise Refused("Сумма по чеку больше чем сумма по указанной оплате наличными - не с чего давать сдачу")
        return payments, change

    # === The tape ===

    def _open(self, command: dict) -> Printed:
        self.shift += 1
        self.receipt = 0
        self.opened_at = self.clock()
        return self._print("shift_open", command, "ОТЧЁТ ОБ ОТКРЫТИИ СМЕНЫ", fiscal=True)

    def _shift_report(self, printed: Printed) -> dict:
        return {"CheckNumber": 1, "SessionNumber": printed.shift, "QRCode": printed.qr, "Info": self.info()}

    def _print(self, kind: str, command: dict, words: str, fiscal: bool = False, n: int = 0, **fields) -> Printed:
        moment = self.clock()
        printed = Printed(kind, command.get("IdCommand") or "", self.serial, self.shift, moment, **fields)
        printed.header = {name: value for name, value in command.items() if isinstance(value, str | bool)}
        printed.header |= {name: command[name] for name in ("UserAttribute", "NumberCopies") if command.get(name)}
        if fiscal:
            self.document += 1
            printed.number = self.document
            printed.sign = str(10**9 + zlib.crc32(f"{self.storage}{self.document}{printed.total}".encode()) % 10**9)
            stamp = moment.strftime("%Y%m%dT%H%M%S" if self.qr_seconds else "%Y%m%dT%H%M")
            head, tail = (f"&s={printed.total}", f"&n={n}") if n else ("", "")
            printed.qr = f"t={stamp}{head}&fn={self.storage}&i={printed.number}&fp={printed.sign}{tail}"
        if n:
            printed.receipt_number = self.receipt
        printed.tape = self._tape(printed, words, command)
        self.printed.append(printed)
        return printed

    def _tape(self, printed: Printed, words: str, command: dict) -> str:
        above, below = [], []
        for item in command.get("CheckStrings") or []:
            rows = below if below or "Register" in item else above
            if "Register" in item:
                below = below or [""]
            if item.get("PrintImage"):
                rows.append("[ рисунок ]".center(WIDTH))
            if item.get("PrintText"):
                rows.append(_laid_out(item["PrintText"].get("Text") or ""))
            if item.get("BarCode"):
                rows.append(f"[ {item['BarCode']['BarcodeType']} {item['BarCode']['Barcode']} ]".center(WIDTH))
        rows = [self.organization.center(WIDTH), f"ИНН {self.inn}".center(WIDTH), words.upper().center(WIDTH)]
        rows += [f"Кассир {command['CashierName']}"] if command.get("CashierName") else []
        rows += [f"Покупатель {command['ClientAddress']}"] if command.get("ClientAddress") else []
        rows += [*above, "-" * WIDTH]
        for line in printed.lines:
            full = (line["Price"] * line["Quantity"]).quantize(CENT, ROUND_HALF_EVEN)
            rows += [line["Name"], _columns(f"  {line['Quantity']} × {line['Price']}", f"={full}")]
            if full != line["Amount"]:
                rows.append(_columns("  СКИДКА" if full > line["Amount"] else "  НАДБАВКА", abs(full - line["Amount"])))
            rows.append(_columns(f"  {TAXES[line['Tax']]}", f"={line['Amount']}"))
        if printed.total or printed.lines:
            rows.append(_columns("ИТОГО", f"={printed.total}"))
        rows += [_columns(PAYMENTS[name], f"={amount}") for name, amount in printed.payments.items() if amount]
        rows += [_columns("СДАЧА", f"={printed.change}")] if printed.change else []
        moment = printed.moment.strftime("%d.%m.%Y %H:%M")
        rows.append(_columns(f"СМЕНА {printed.shift}  ЧЕК {printed.receipt_number}", moment))
        if printed.number:
            rows.append(_columns(f"ФН {self.storage}", f"ФД {printed.number}"))
            rows.append(_columns(f"ККТ {self.serial}", f"ФП {printed.sign}"))
        if attribute := command.get("UserAttribute"):
            rows.append(f"{attribute['Name']}: {attribute['Value']}")
        rows += [command["AdditionalAttribute"]] if command.get("AdditionalAttribute") else []
        rows += [line for line in below if line]
        return "\n".join(rows)

    # === What it says about itself ===

    def info(self) -> dict:
        """`Info` of GetDataKKT (§3.3)."""
        return {
            "UrlServerOfd": "ofd.example",
            "NameOFD": "ОФД",
            "NameOrganization": self.organization,
            "TaxVariant": ",".join(self.tax_variants),
            "InnOrganization": self.inn,
            "KktNumber": self.serial,
            "FnNumber": self.storage,
            "RegNumber": f"20{self.serial[-14:]:0>14}",
            "FN_IsFiscal": True,
            "FN_MemOverflowl": False,
            "FN_DateEnd": (self.clock() + timedelta(days=400)).replace(hour=0, minute=0, second=0, microsecond=0),
            "OFD_Error": "",
            "OFD_NumErrorDoc": self.unsent,
            "OFD_DateErrorDoc": self.clock() - timedelta(days=1) if self.unsent else datetime(1, 1, 1),
            "FFDVersion": self.ffd,
            "OnOff": self.on,
            "Active": self.active,
            "PaperOver": self.paper_over,
            "BalanceCash": self.cash if self.tells_cash else -1,
            "DateTimeKKT": self.clock(),
            "Firmware_Version": "1.0",
            "SessionState": self.session_state,
        }

    def unit(self) -> dict:
        """Item of `ListUnit` (§3.4)."""
        info = self.info()
        return {
            "NumDevice": self.number,
            "IdDevice": self.identifier,
            "TypeDevice": "Фискальный регистратор",
            "IdTypeDevice": "KktEmulator",
            "NameDevice": "KKT Эмулятор",
            "UnitName": self.name,
            "INN": self.inn,
            **{
                name: info[name]
                for name in ("OnOff", "Active", "KktNumber", "RegNumber", "FnNumber", "NameOrganization", "TaxVariant")
            },
            **{name: info[name] for name in ("FN_DateEnd", "FN_IsFiscal", "FN_MemOverflowl", "PaperOver")},
            **compact({name: info[name] for name in ("FFDVersion", "OFD_NumErrorDoc", "OFD_DateErrorDoc")}),
        }

    def data_check(self, number: int, copies: int = 0) -> dict:
        """GetDataCheck (§3.5): a document of the fiscal storage; 0 is the last one. Copies are no fiscal documents."""
        fiscal = [printed for printed in self.printed if printed.number]
        wanted = [printed for printed in fiscal if printed.number == number] if number else fiscal[-1:]
        if not wanted:
            raise Refused("Ошибка чтения документа ( 8 : ФН: Нет запрошенных данных )")
        printed = wanted[0]
        for __ in range(copies):
            copy = self._print("copy", {}, f"КОПИЯ ДОКУМЕНТА {printed.number}")
            copy.tape = f"{'КОПИЯ'.center(WIDTH)}\n{printed.tape}"
        words = {kind: text for kind, text, __, __ in RECEIPTS.values()}
        shifts = {
            "shift_open": "Открытие смены",
            "shift_close": "Закрытие смены",
            "ofd_report": "Отчёт о текущем состоянии расчётов",
        }
        return {
            "Slip": printed.tape,
            "QRCode": printed.qr,
            "RegisterCheck": compact(
                {
                    "FiscalNumber": printed.number,
                    "FiscalDate": printed.moment,
                    "CheckType": words.get(printed.type) or shifts[printed.type],
                    "FiscalSign": printed.sign,
                    "CashierName": printed.header.get("CashierName"),
                    "ClientAddress": printed.header.get("ClientAddress"),
                    "Register": [
                        {name: line[name] for name in ("Name", "Quantity", "Amount", "Tax")} for line in printed.lines
                    ],
                    **printed.payments,
                    "AllSumm": printed.total,
                }
            ),
        }


def money(value: Decimal | None) -> Decimal:
    """§5.4: rounded on arrival, half to even."""
    return Decimal(value or 0).quantize(CENT, ROUND_HALF_EVEN)


def compact(fields: dict) -> dict:
    """§1: what has its default value is left out of an answer."""
    return {name: value for name, value in fields.items() if value is False or value not in (None, "", 0, [])}


def _laid_out(text: str) -> str:
    """The markup of the service (§5.2) as it looks on the tape."""
    if fill := re.fullmatch(r"<<([-=*])>>", text):
        return fill[1] * WIDTH
    if centred := re.fullmatch(r">#(\d+)#<(.*)", text):
        return centred[2].center(WIDTH)
    if columns := re.fullmatch(r"(.*)<#(\d+)#>(.*)", text):
        return _columns(columns[1], columns[3])
    return text


def _is_ean13(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{13}", text):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text)) % 10 == 0


def _check_bitmap(image: str) -> None:
    """A picture is base64 of a bmp with two colours (§5.2)."""
    try:
        raw = base64.b64decode(image, validate=True)
    except binascii.Error as error:
        raise Refused("Не правильно указан рисунок!") from error
    if raw[:2] != b"BM" or len(raw) < 62 or struct.unpack_from("<H", raw, 28)[0] != 1:
        raise Refused("Не правильно указан рисунок: нужен двухцветный bmp!")


def _marking_words(result: int) -> str:
    """DecryptionResult of a ValidationResult (FFD tag 2106)."""
    if result & 1 and not result & 2:
        return "[М-] Код маркировки не прошёл проверку"
    if result & 4 and not result & 8:
        return "[М-] Реализация товара запрещена"
    return "[М+] Проверка успешна" if result & 4 else "[М] Проверка не завершена"


def _columns(left: str, right: object) -> str:
    right = str(right)
    return left + " " * max(1, WIDTH - len(left) - len(right)) + right
