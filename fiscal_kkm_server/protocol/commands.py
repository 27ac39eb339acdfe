"""Commands: a `Receipt` in, the exact JSON text of one command out (§3, §5)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal

from ...fiscal_base.tools import transport
from ...fiscal_base.tools.money import ZERO, money, quantity
from ...fiscal_base.tools.receipt import Line, Receipt
from ...fiscal_base.tools.tax_number import company_number
from ...fiscal_base.tools.text import one_line, shorten
from .. import const

#: seconds for which the service may wait for the register before it answers “still running” (§1.3)
TIMEOUT = 10
#: seconds by which our own wait is longer, so that the service is the one to give up (§1.3)
MARGIN = 5

_PHONE = re.compile(r"\+7\d{10}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
#: `<` and `>` lay out text on the tape (§5.2)
_NO_MARKUP = str.maketrans("<>", "()")


@dataclass(frozen=True)
class Device:
    """Which register of KKM Server is meant (§1.4).

    :param serial: its serial number; survives a new set-up of KKM Server, so it comes first
    :param number: its place in KKM Server's list, 1 and up
    """

    serial: str = ""
    number: int = 0

    def selector(self) -> dict:
        return {"KktNumber": self.serial} if self.serial else {"NumDevice": self.number}


def encode(value: object) -> str:
    """JSON text of `value` in which a Decimal is a number with the very digits it has."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def freeze(command: dict, after: int | None = None) -> dict:
    """What is kept with the document before anything is sent; plain JSON values.

    `body` is the text that goes out, so no number passes through a float on its way into the database and back, and a
    repeat is the same to the byte.

    :param after: number of the last fiscal document known before this one, for `lookup`
    """
    return {"body": encode(command), "after": after}


def thaw(request: dict) -> dict:
    """The command of a frozen request, amounts as Decimal."""
    return json.loads(request["body"], parse_float=Decimal)


def http(request: dict, url: str) -> transport.Request:
    """The HTTP request that carries a frozen request (§1), without login and password.

    :param url: address of KKM Server, with or without `/Execute`
    """
    address = url.strip().rstrip("/")
    return transport.Request(
        method="POST",
        url=address if address.lower().endswith("/execute") else f"{address}/Execute",
        body=request["body"],
        headers={"Content-Type": "application/json; charset=UTF-8", "Accept": "application/json"},
        read_timeout=thaw(request).get("Timeout", TIMEOUT) + MARGIN,
    )


# === Documents ===


def build(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """The command for `receipt`, whatever its operation.

    :param timeout: seconds that KKM Server waits for the register; 1 would mean not at all (§1.3)
    :raises KeyError: for an operation, tax, tax system or payment that `checks.problems` reports
    """
    return _BUILDERS[receipt.operation](receipt, device, timeout)


def register_check(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """A receipt: sale, purchase, their returns and corrections (§3.10, §5).

    Amounts are positive in all of them; `TypeCheck` alone tells them apart.
    `Cash` is what was handed over: KKM Server takes what exceeds the total as change (§5.4).
    """
    tax_number = _customer_tax_number(receipt)
    return _present(
        {
            **_head("RegisterCheck", receipt, device, timeout),
            "IsFiscalCheck": True,
            "TypeCheck": const.CHECK_TYPES[receipt.operation],
            "NotPrint": False,
            "NumberCopies": 0,
            **_correction(receipt),
            **_cashier(receipt),
            "ClientAddress": _customer_contact(receipt),
            "ClientInfo": shorten(receipt.customer.name, 128) if tax_number else None,
            "ClientINN": tax_number,
            "SenderEmail": receipt.sender_email,
            "AddressSettle": one_line(receipt.settlement_address),
            "PlaceMarket": one_line(receipt.settlement_place),
            "TaxVariant": str(const.TAX_VARIANTS[receipt.tax_system]) if receipt.tax_system else None,
            "PayByProcessing": False,
            "CheckStrings": [*map(_text, _remarks(receipt)), *map(_register, receipt.lines)],
            **{name: _paid(receipt, kind) for kind, name in const.PAYMENTS.items()},
        }
    )


def open_shift(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """§3.1"""
    return {**_head("OpenShift", receipt, device, timeout), **_cashier(receipt), "NotPrint": False}


def close_shift(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """Z report (§3.1)."""
    return {**_head("CloseShift", receipt, device, timeout), **_cashier(receipt), "NotPrint": False}


def x_report(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """§3.1; needs no cashier."""
    return _head("XReport", receipt, device, timeout)


def depositing_cash(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """Cash in (§3.2)."""
    return {
        **_head("DepositingCash", receipt, device, timeout),
        "Amount": money(receipt.total),
        **_cashier(receipt),
    }


def payment_cash(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """Cash out (§3.2)."""
    return {
        **_head("PaymentCash", receipt, device, timeout),
        "Amount": money(receipt.total),
        **_cashier(receipt),
    }


_BUILDERS = {
    **dict.fromkeys(const.CHECK_TYPES, register_check),
    "shift_open": open_shift,
    "shift_close": close_shift,
    "x_report": x_report,
    "cash_in": depositing_cash,
    "cash_out": payment_cash,
}


# === Questions; they carry no IdCommand, so they leave no trace in the list of executed commands (§2.6) ===


def get_rezult(key: str) -> dict:
    """What became of the command with this key (§2.5, §3.7)."""
    return {"Command": "GetRezult", "IdCommand": key}


def get_data_kkt(device: Device) -> dict:
    """State of a register (§3.3)."""
    return {"Command": "GetDataKKT", **device.selector(), "Timeout": TIMEOUT}


def get_data_check(device: Device, number: int) -> dict:
    """A document from the fiscal storage, nothing printed (§3.5)."""
    return {
        "Command": "GetDataCheck",
        **device.selector(),
        "FiscalNumber": number,
        "NumberCopies": 0,
        "Timeout": TIMEOUT,
    }


def list_devices() -> dict:
    """Every device of this KKM Server (§3.4)."""
    return {"Command": "List", "Timeout": TIMEOUT}


# === Parts ===


def _present(fields: dict) -> dict:
    """`fields` without those that have nothing to say; zero and false stay."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _head(name: str, receipt: Receipt, device: Device, timeout: int) -> dict:
    return {"Command": name, **device.selector(), "IdCommand": receipt.key, "Timeout": timeout}


def _cashier(receipt: Receipt) -> dict:
    """FFD tags 1021 and 1203; an empty ИНН is left out (§5.1)."""
    return _present(
        {
            "CashierName": shorten(receipt.cashier.name, 64),
            "CashierVATIN": receipt.cashier.tax_number.strip(),
        }
    )


def _correction(receipt: Receipt) -> dict:
    """FFD tags 1173, 1178, 1179. The service wants a number in any case (§5.4): “б/н” says that there is none."""
    if receipt.correction is None:
        return {}
    return {
        "CorrectionType": receipt.correction.kind,
        "CorrectionBaseDate": f"{receipt.correction.date:%Y-%m-%dT00:00:00}",
        "CorrectionBaseNumber": one_line(receipt.correction.number) or "б/н",
    }


def _customer_contact(receipt: Receipt) -> str:
    """FFD tag 1008: an e-mail address or a phone number of the form +7…; anything else is left out (§5.1)."""
    phone = re.sub(r"[\s()-]", "", receipt.customer.phone)
    if _EMAIL.fullmatch(receipt.customer.email.strip()):
        return receipt.customer.email.strip()
    return phone if _PHONE.fullmatch(phone) else ""


def _customer_tax_number(receipt: Receipt) -> str:
    """FFD tag 1228; a number that is no Russian ИНН (a foreign company's) is left out, since it would be refused."""
    return company_number(receipt.customer.tax_number.strip().removeprefix("RU"), "RU") or ""


def _remarks(receipt: Receipt) -> list[str]:
    """Lines for the tape above the goods; not fiscal."""
    lines = [receipt.reference, *receipt.comment.splitlines()]
    return [text for line in lines if (text := one_line(line).translate(_NO_MARKUP))]


def _text(text: str) -> dict:
    return {"PrintText": {"Text": text}}


def _register(line: Line) -> dict:
    """A line (§5.2). The discount is what lies between Price × Quantity and Amount (§5.4)."""
    return {
        "Register": _present(
            {
                "Name": shorten(line.name, const.NAME_LENGTH),
                "Quantity": quantity(line.quantity),
                "Price": money(line.price),
                "Amount": money(line.amount),
                "Department": 0,
                "Tax": const.TAXES[line.tax_code],
                "SignMethodCalculation": line.method_sign,
                "SignCalculationObject": line.subject,
                "MeasureOfQuantity": line.measure,
                "GoodCodeData": _marking(line.marking_code) if line.marking_code else None,
                **_agent(line),
            }
        )
    }


def _marking(code: str) -> dict:
    """FFD tags 2000, 1162; group separators stay (§3.9)."""
    return {"BarCode": code, "ContainsSerialNumber": True, "AcceptOnBad": False}


def _agent(line: Line) -> dict:
    """Goods of somebody else: FFD tags 1222, 1224 to 1226, 1171 (§5.2)."""
    if line.agent is None or line.supplier is None:
        return {}
    supplier = {
        "PurveyorPhone": line.supplier.phone,
        "PurveyorName": one_line(line.supplier.name),
        "PurveyorVATIN": line.supplier.tax_number,
    }
    return {"AgentSign": line.agent, "PurveyorData": _present(supplier)}


def _paid(receipt: Receipt, kind: str) -> Decimal:
    """What was handed over by `kind`, change not taken off (§5.3, §5.4)."""
    return money(sum((payment.amount for payment in receipt.payments if payment.kind == kind), ZERO))
