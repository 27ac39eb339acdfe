"""Builds the exact JSON text of a command from a `Receipt` (§3, §5)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ...fiscal_base.tools import transport
from ...fiscal_base.tools.agent import agent_data
from ...fiscal_base.tools.exact_json import encode
from ...fiscal_base.tools.money import ZERO, money, quantity
from ...fiscal_base.tools.receipt import Line, Person, Receipt
from ...fiscal_base.tools.tax_number import company_number
from ...fiscal_base.tools.text import one_line, shorten
from .. import const

#: seconds for which the service may wait for the register before it answers “still running” (§1.3)
TIMEOUT = 10
#: seconds by which our own timeout is longer, so that the service gives up first (§1.3)
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


@dataclass(frozen=True)
class Paper:
    """What a receipt shows beyond what the law requires, and whether it is printed (§5.1, §5.2).

    :param header: lines above the goods; may use the service's markup (`>#2#<centred`, `left<#10#>right`, `<<->>`)
    :param footer: lines below the goods
    :param picture: base64 of a two-coloured bmp, above everything
    :param barcode: kind of bar code that shows the reference of the sale, one of `const.BARCODES`; "" for none
    :param copies: printed besides the first
    :param electronic: not printed if the customer gets it by e-mail or telephone
    :param department: department of lines that name none
    :param attribute: name of an additional attribute (FFD tag 1085) whose value is the reference; "" for none
    :param remark: additional attribute of the receipt (FFD tag 1192)
    :param check_marking: marking codes are checked before the receipt is sent
    """

    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    picture: str = ""
    barcode: str = ""
    copies: int = 0
    electronic: bool = False
    department: int = 0
    attribute: str = ""
    remark: str = ""
    check_marking: bool = False


def freeze(command: dict, after: int | None = None, first: str = "") -> dict:
    """The request that is stored with the document before anything is sent; plain JSON values.

    `body` is the text that is sent, so no number passes through a float on its way into the database and back, and a
    repeat is identical byte for byte.

    :param after: number of the last fiscal document known before this one, for `lookup`
    :param first: what `submit` asks first: "marking", "counters" or "drawer"
    """
    return {"body": encode(command), "after": after, **({"first": first} if first else {})}


def thaw(request: dict) -> dict:
    """The command of a frozen request, amounts as Decimal."""
    return json.loads(request["body"], parse_float=Decimal)


def http(request: dict, url: str) -> transport.Request:
    """The HTTP request for a frozen request (§1), without login and password.

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


def build(receipt: Receipt, device: Device, timeout: int = TIMEOUT, paper: Paper = Paper()) -> dict:
    """The command for `receipt`, for any operation.

    :param timeout: seconds that KKM Server waits for the register; 1 would mean not at all (§1.3)
    :raises KeyError: for an operation, tax, tax system or payment that `checks.problems` reports
    """
    if receipt.operation in const.CHECK_TYPES:
        return register_check(receipt, device, timeout, paper)
    return _BUILDERS[receipt.operation](receipt, device, timeout)


def prepare(
    receipt: Receipt, device: Device, timeout: int = TIMEOUT, paper: Paper = Paper(), after: int | None = None
) -> dict:
    """The frozen request for `receipt`, with what must be asked before it (`conversations.submit`).

    Marking codes are checked only for sales: a returned piece was sold, so its code may not be sold again.

    :param after: number of the last fiscal document known before this one
    """
    first = {"shift_close": "counters", "cash_in": "drawer", "cash_out": "drawer"}.get(receipt.operation, "")
    if paper.check_marking and receipt.operation == "sale" and any(line.marking_code for line in receipt.lines):
        first = "marking"
    return freeze(build(receipt, device, timeout, paper), after, first)


def register_check(receipt: Receipt, device: Device, timeout: int = TIMEOUT, paper: Paper = Paper()) -> dict:
    """A receipt: sale, purchase, their returns and corrections (§3.10, §5).

    Amounts are positive in all of them; only `TypeCheck` differs.
    `Cash` is what was handed over: KKM Server takes what exceeds the total as change (§5.4).
    """
    tax_number = _customer_tax_number(receipt)
    contact = _customer_contact(receipt)
    reference = one_line(receipt.reference)
    attribute = {"Name": one_line(paper.attribute), "Value": reference} if paper.attribute and reference else None
    return _present(
        {
            **_head("RegisterCheck", receipt, device, timeout),
            "IsFiscalCheck": True,
            "TypeCheck": const.CHECK_TYPES[receipt.operation],
            # the service requires an address if nothing is printed (§5.1)
            "NotPrint": paper.electronic and bool(contact),
            "NumberCopies": paper.copies,
            **_correction(receipt),
            **_cashier(receipt.cashier),
            "ClientAddress": contact,
            "ClientInfo": shorten(receipt.customer.name, 128) if tax_number else None,
            "ClientINN": tax_number,
            "SenderEmail": receipt.sender_email,
            "AddressSettle": one_line(receipt.settlement_address),
            "PlaceMarket": one_line(receipt.settlement_place),
            "TaxVariant": str(const.TAX_VARIANTS[receipt.tax_system]) if receipt.tax_system else None,
            "UserAttribute": attribute,
            "AdditionalAttribute": one_line(paper.remark),
            # cards are charged at the till, before the receipt (§3.8)
            "PayByProcessing": False,
            "CheckStrings": [
                *_above(receipt, paper),
                *(_register(line, paper.department) for line in receipt.lines),
                *_below(reference, paper),
            ],
            **{name: _paid(receipt, kind) for kind, name in const.PAYMENTS.items()},
        }
    )


def open_shift(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """§3.1"""
    return {**_head("OpenShift", receipt, device, timeout), **_cashier(receipt.cashier), "NotPrint": False}


def close_shift(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """Z report (§3.1)."""
    return {**_head("CloseShift", receipt, device, timeout), **_cashier(receipt.cashier), "NotPrint": False}


def x_report(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """§3.1; needs no cashier."""
    return _head("XReport", receipt, device, timeout)


def depositing_cash(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """Cash in (§3.2)."""
    return {
        **_head("DepositingCash", receipt, device, timeout),
        "Amount": money(receipt.total),
        **_cashier(receipt.cashier),
    }


def payment_cash(receipt: Receipt, device: Device, timeout: int = TIMEOUT) -> dict:
    """Cash out (§3.2)."""
    return {
        **_head("PaymentCash", receipt, device, timeout),
        "Amount": money(receipt.total),
        **_cashier(receipt.cashier),
    }


_BUILDERS = {
    "shift_open": open_shift,
    "shift_close": close_shift,
    "x_report": x_report,
    "cash_in": depositing_cash,
    "cash_out": payment_cash,
}


# === Questions; they carry no IdCommand, so they leave no trace in the list of executed commands (§2.6) ===


def get_rezult(key: str) -> dict:
    """The result of the command with this key (§2.5, §3.7)."""
    return {"Command": "GetRezult", "IdCommand": key}


def get_data_kkt(device: Device) -> dict:
    """State of a register (§3.3)."""
    return {"Command": "GetDataKKT", **device.selector(), "Timeout": TIMEOUT}


def get_data_check(device: Device, number: int, copies: int = 0) -> dict:
    """A document from the fiscal storage; nothing is printed without `copies` (§3.5)."""
    return {
        "Command": "GetDataCheck",
        **device.selector(),
        "FiscalNumber": number,
        "NumberCopies": copies,
        "Timeout": TIMEOUT,
    }


def get_counters(device: Device, cyrillic: bool = False) -> dict:
    """The counters of the register (§3.6). Older builds spell the command with a Cyrillic «С»."""
    return {"Command": "GetСounters" if cyrillic else "GetCounters", **device.selector(), "Timeout": TIMEOUT}


class Marked(NamedTuple):
    """A piece with a marking code that is to be checked."""

    name: str
    code: str
    quantity: Decimal = Decimal(1)
    measure: int = 0


def marked(command: Mapping) -> list[Marked]:
    """The marked pieces of a `RegisterCheck`."""
    lines = [item["Register"] for item in command.get("CheckStrings", ()) if "Register" in item]
    return [
        Marked(line["Name"], line["GoodCodeData"]["BarCode"], line["Quantity"], line["MeasureOfQuantity"])
        for line in lines
        if "GoodCodeData" in line
    ]


def validate_marking(device: Device, pieces: Iterable[Marked]) -> dict:
    """Ask whether these pieces may be sold (§3.9). The service answers for each of them, the refused ones too."""
    return {
        "Command": "ValidationMarkingCode",
        **device.selector(),
        "Timeout": TIMEOUT,
        "GoodCodeDatas": [
            {
                "Name": shorten(piece.name, const.NAME_LENGTH),
                "BarCode": piece.code,
                "Quantity": piece.quantity,
                "MeasureOfQuantity": piece.measure,
                "AcceptOnBad": True,
                "WaitForResult": True,
            }
            for piece in pieces
        ],
    }


def list_devices() -> dict:
    """Every device of this KKM Server (§3.4)."""
    return {"Command": "List", "Timeout": TIMEOUT}


# === Jobs ===


def slip(device: Device, key: str, lines: Iterable[str]) -> dict:
    """Text on the tape that is no fiscal document (§3.10)."""
    return {
        "Command": "RegisterCheck",
        **device.selector(),
        "IdCommand": key,
        "Timeout": TIMEOUT,
        "IsFiscalCheck": False,
        "CheckStrings": [*map(_text, lines)],
    }


def ofd_report(device: Device, key: str, cashier: Person) -> dict:
    """The report on the state of settlements and on what has not reached the OFD; a fiscal document (§3.7)."""
    return {
        "Command": "OfdReport",
        **device.selector(),
        "IdCommand": key,
        "Timeout": TIMEOUT,
        **_cashier(cashier),
    }


def open_drawer(device: Device, key: str) -> dict:
    """§3.7"""
    return {"Command": "OpenCashDrawer", **device.selector(), "IdCommand": key, "Timeout": TIMEOUT}


# === The card terminal behind KKM Server (§3.8). Nothing waits for it: `get_rezult` asks for its state ===


def pay_by_card(device: Device, key: str, amount: Decimal) -> dict:
    return {**_at_once("PayByPaymentCard", device, key), "Amount": money(amount), "CardNumber": ""}


def return_by_card(device: Device, key: str, amount: Decimal, universal_id: str) -> dict:
    """:param universal_id: the terminal's id of the payment that is refunded"""
    return {
        **_at_once("ReturnPaymentByPaymentCard", device, key),
        "Amount": money(amount),
        "CardNumber": "",
        "UniversalID": universal_id,
    }


def cancel_card(device: Device, key: str, amount: Decimal, universal_id: str) -> dict:
    """Take back a payment of the same day, before the terminal has settled."""
    return {
        **_at_once("CancelPaymentByPaymentCard", device, key),
        "Amount": money(amount),
        "CardNumber": "",
        "UniversalID": universal_id,
    }


def settlement(device: Device, key: str) -> dict:
    """The terminal's reconciliation with its bank at the end of the day."""
    return _at_once("Settlement", device, key)


def _at_once(name: str, device: Device, key: str) -> dict:
    return {"Command": name, **device.selector(), "IdCommand": key, "Timeout": 1}


# === Parts ===


def _present(fields: dict) -> dict:
    """`fields` without the empty ones; zero and false stay."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _head(name: str, receipt: Receipt, device: Device, timeout: int) -> dict:
    return {"Command": name, **device.selector(), "IdCommand": receipt.key, "Timeout": timeout}


def _cashier(person: Person) -> dict:
    """FFD tags 1021 and 1203; an empty ИНН is left out (§5.1)."""
    return _present({"CashierName": shorten(person.name, 64), "CashierVATIN": person.tax_number.strip()})


def _correction(receipt: Receipt) -> dict:
    """FFD tags 1173, 1178, 1179. The service requires a number (§5.4): “б/н” means that there is none."""
    if receipt.correction is None:
        return {}
    return {
        "CorrectionType": receipt.correction.kind,
        "CorrectionBaseDate": f"{receipt.correction.date:%Y-%m-%dT00:00:00}",
        "CorrectionBaseNumber": one_line(receipt.correction.number) or "б/н",
    }


def _customer_contact(receipt: Receipt) -> str:
    """FFD tag 1008: an e-mail address or a phone number of the form +7…; anything else is left out (§5.1).

    The operator of fiscal data sends the receipt there, so only with the customer's consent.
    """
    email, phone = receipt.customer.email.strip(), re.sub(r"[\s()-]", "", receipt.customer.phone)
    if "email" in receipt.deliver and _EMAIL.fullmatch(email):
        return email
    return phone if "sms" in receipt.deliver and _PHONE.fullmatch(phone) else ""


def _customer_tax_number(receipt: Receipt) -> str:
    """FFD tag 1228; a number that is no Russian ИНН (a foreign company's) is left out, since it would be refused."""
    return company_number(receipt.customer.tax_number.strip().removeprefix("RU"), "RU") or ""


def _remarks(receipt: Receipt) -> list[str]:
    """Lines for the tape above the goods; not fiscal."""
    lines = [receipt.reference, *receipt.comment.splitlines()]
    return [text for line in lines if (text := one_line(line).translate(_NO_MARKUP))]


def _text(text: str) -> dict:
    return {"PrintText": {"Text": text}}


def _above(receipt: Receipt, paper: Paper) -> list[dict]:
    """Picture, header and remarks (§5.2)."""
    picture = [{"PrintImage": {"Image": paper.picture}}] if paper.picture else []
    return [*picture, *map(_text, paper.header), *map(_text, _remarks(receipt))]


def _below(reference: str, paper: Paper) -> list[dict]:
    """Footer, and the reference as a bar code (§5.2)."""
    code = barcode_text(paper.barcode, reference) if paper.barcode else ""
    codes = [{"BarCode": {"BarcodeType": paper.barcode, "Barcode": code}}] if code else []
    return [*map(_text, paper.footer), *codes]


def barcode_text(kind: str, text: str) -> str:
    """`text` as a bar code of `kind` can hold it, "" if it cannot: EAN13 has 13 digits, the last a check digit."""
    if kind == "EAN13":
        digits = re.sub(r"\D", "", text)[-12:].zfill(12)
        odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
        return digits + str(-(odd + 3 * even) % 10) if any(map(int, digits)) else ""
    if kind == "CODE39":
        text = text.upper()
        return text if re.fullmatch(r"[0-9A-Z .$/+%-]+", text) else ""
    if kind == "CODE128":
        return text if text.isascii() and text.isprintable() else ""
    return text


def _register(line: Line, department: int) -> dict:
    """A line (§5.2). The discount is Price × Quantity − Amount (§5.4)."""
    return {
        "Register": _present(
            {
                "Name": shorten(line.name, const.NAME_LENGTH),
                "Quantity": quantity(line.quantity),
                "Price": money(line.price),
                "Amount": money(line.amount),
                "Department": line.extra.get("department") or department,
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
    """Goods of somebody else: FFD tags 1222, 1223 with its parts, 1224 to 1226, 1171 (§5.2)."""
    if line.agent is None or line.supplier is None:
        return {}
    supplier = {
        "PurveyorPhone": line.supplier.phone,
        "PurveyorName": one_line(line.supplier.name),
        "PurveyorVATIN": line.supplier.tax_number,
    }
    agent = {const.AGENT_DATA[key]: text for key, text in agent_data(line).items()}
    return {
        "AgentSign": line.agent,
        **({"AgentData": agent} if agent else {}),
        "PurveyorData": _present(supplier),
    }


def _paid(receipt: Receipt, kind: str) -> Decimal:
    """The sum handed over by `kind`, change not deducted (§5.3, §5.4)."""
    return money(sum((payment.amount for payment in receipt.payments if payment.kind == kind), ZERO))
