"""Builds the exact JSON text of a task from a `Receipt` (§2)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ...fiscal_base.tools.agent import agent_data
from ...fiscal_base.tools.exact_json import encode
from ...fiscal_base.tools.money import money
from ...fiscal_base.tools.positions import positions
from ...fiscal_base.tools.receipt import Line, Person, Receipt
from ...fiscal_base.tools.tax_number import company_number
from ...fiscal_base.tools.text import one_line, shorten
from .. import const

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(?:\+7|7|8|)(\d{10})")
#: sorts of codes by their form (FFD tags 1301 to 1305); any other is `unknown` (FFD tag 1300)
_MARKS = [
    (re.compile(r"01\d{14}21[^\x1d]{1,20}\x1d9[0-9].+", re.S), "gs1m"),
    (re.compile(r"01\d{14}21[^\x1d]{1,20}\x1d?"), "gs10"),
    (re.compile(r"\d{8}"), "ean8"),
    (re.compile(r"\d{13}"), "ean13"),
    (re.compile(r"\d{14}"), "itf14"),
]


@dataclass(frozen=True)
class Settings:
    """The settings of a register that apply to all its receipts.

    :param ffd: version of the format of fiscal documents, a key of `const.FORMATS`
    :param paper: whether the register prints on paper too
    :param internet: settlement on the Internet (FFD tag 1125); then the customer's contact is required
    :param place: place of settlement (FFD tag 1187), "" for the company's own
    :param inn: tax number of the company (FFD tag 1018); the service compares it with the register's
    :param names_cashier: whether the receipt names the cashier of Odoo, else that of the service's cabinet
    :param attribute: name of the additional attribute (FFD tag 1085) whose value is the document's reference
    :param credit: whether receipts on credit are allowed (`const.CREDITS`)
    :param zone: number of the time zone (FFD tag 1011), None if it has none
    :param callback_url: address that the service calls with the result
    """

    ffd: str = "1.2"
    paper: bool = False
    internet: bool = False
    place: str = ""
    inn: str = ""
    names_cashier: bool = True
    attribute: str = ""
    credit: bool = False
    zone: int | None = None
    callback_url: str = ""


# === JSON ===


def freeze(task: dict) -> dict:
    """The request that is stored with the document before anything is sent: the exact text of every sending."""
    return {"body": encode(task)}


def thaw(request: dict) -> dict:
    """The task of a frozen request, amounts as Decimal."""
    return json.loads(request["body"], parse_float=Decimal)


def present(fields: dict) -> dict:
    """`fields` without the empty ones, since null is refused (§1.4). Zero and false stay."""
    return {name: value for name, value in fields.items() if value not in (None, "", {}, [])}


# === The task ===


def build(receipt: Receipt, settings: Settings) -> dict:
    """The task for `receipt` (§2.1, §2.5).

    :raises KeyError: for an operation, tax, tax system or payment that `checks.problems` reports
    """
    return {
        "external_id": receipt.key,
        "intent": const.INTENTS[receipt.operation],
        "print": settings.paper,
        "client": _client(receipt, settings),
        "company": present(
            {
                "inn": settings.inn,
                "sno": const.TAX_SYSTEMS[receipt.tax_system],
                "payment_address": place(receipt, settings),
            }
        ),
        "payments": _payments(receipt),
        "positions": [part for line in receipt.lines for part in _positions(line, receipt, settings)],
        **present(
            {
                "cashier": _cashier(receipt, settings),
                "correction_info": _correction(receipt),
                "additional_check_props": _wrong_sign(receipt, settings),
                "additional_user_props": _attribute(receipt, settings),
                "timezone": settings.zone,
                "callback_url": settings.callback_url,
            }
        ),
        **({"internet": True} if settings.internet else {}),
    }


def place(receipt: Receipt, settings: Settings) -> str:
    """Place of settlement (FFD tag 1187): the register's, else the company's, else the address of settlement."""
    places = (settings.place, receipt.settlement_place, receipt.settlement_address)
    return next((found for text in places if (found := shorten(text, const.PLACE))), "")


def contact(receipt: Receipt, settings: Settings) -> dict:
    """The address that the receipt is sent to (FFD tag 1008): an e-mail address, else a phone number (§2.2).

    Only with the customer's consent, except for sales on the Internet, where the law requires an address.
    """
    email = receipt.customer.email if settings.internet or "email" in receipt.deliver else ""
    phone = receipt.customer.phone if settings.internet or "sms" in receipt.deliver else ""
    return first_contact(email, phone)


def first_contact(email: str, phone: str) -> dict:
    """The first of the two that the service accepts; {} if it accepts neither."""
    email, phone = email.strip(), phone_number(phone)
    if _EMAIL.fullmatch(email) and len(email) <= const.CONTACT:
        return {"email": email}
    return {"phone": phone} if phone else {}


def phone_number(text: str) -> str:
    """A Russian phone number as `+7XXXXXXXXXX`, the only form that is accepted (§2.2); "" for any other."""
    digits = _PHONE.fullmatch(re.sub(r"[\s()./–-]", "", text))
    return f"+7{digits[1]}" if digits else ""


def _client(receipt: Receipt, settings: Settings) -> dict:
    """The client (§2.2), with name and number only for a buyer with a Russian tax number (FFD tags 1227, 1228)."""
    number = customer_number(receipt.customer)
    company = {"name": shorten(receipt.customer.name, const.CUSTOMER), "inn": number} if number else {}
    return present({**contact(receipt, settings), **company})


def customer_number(customer: Person) -> str:
    """The buyer's ИНН; "" if there is none, or only a number of another country."""
    return company_number(customer.tax_number.strip().upper().removeprefix("RU"), "RU") or ""


def _cashier(receipt: Receipt, settings: Settings) -> dict:
    """The cashier (FFD tags 1021, 1203); without it the service takes that of its cabinet (§2.1)."""
    if not settings.names_cashier:
        return {}
    return present(
        {"name": shorten(receipt.cashier.name, const.CASHIER), "inn": receipt.cashier.tax_number.strip()},
    )


def _payments(receipt: Receipt) -> list[dict]:
    """The payments (§2.4). Change is deducted from cash, since payments must equal the positions (§2.3)."""
    kinds = dict.fromkeys(payment.kind for payment in receipt.payments)
    paid = [{"type": const.PAYMENTS[kind], "sum": receipt.paid(kind)} for kind in kinds]
    return [payment for payment in paid if payment["sum"]] or paid[:1] or [{"type": "cash", "sum": money(0)}]


def _correction(receipt: Receipt) -> dict:
    """§2.5, FFD tags 1173, 1178, 1179."""
    if receipt.correction is None:
        return {}
    return present(
        {
            "type": const.CORRECTION_TYPES[receipt.correction.kind],
            "base_date": f"{receipt.correction.date:%d.%m}.{receipt.correction.date.year:04}",
            "base_number": shorten(receipt.correction.number, 32),
        }
    )


def _wrong_sign(receipt: Receipt, settings: Settings) -> str:
    """FFD tag 1192: in format 1.2 a correction has the fiscal sign of the receipt that it corrects (§6)."""
    if receipt.correction is None or receipt.original is None or settings.ffd != "1.2":
        return ""
    return one_line(receipt.original.sign)[: const.CHECK_PROPS]


def _attribute(receipt: Receipt, settings: Settings) -> dict:
    """FFD tag 1084."""
    name, value = shorten(settings.attribute, const.PROP_NAME), shorten(receipt.reference, const.PROP_VALUE)
    return {"name": name, "value": value} if name and value else {}


# === Positions ===


def _positions(line: Line, receipt: Receipt, settings: Settings) -> list[dict]:
    """The positions of a line (§2.3). There is no field for a discount: it is in the amount. If no unit price in whole
    kopecks gives that amount, the agent would split the position in its own way; so it is split here instead.
    """
    subject, tax = _subject_and_tax(line, settings)
    rest = present(
        {
            "measure": line.measure,
            "payment_method": const.METHOD_SIGNS[line.method_sign],
            "payment_object": const.SUBJECTS[subject],
            "vat": const.VAT[tax],
            "mark_code": {mark_type(line.marking_code): line.marking_code} if line.marking_code else None,
            "planned_status": _planned_status(line, receipt, settings),
            **_agent(line),
        }
    )
    return [
        {"name": shorten(line.name, const.NAME), "price": price, "quantity": quantity, "total": amount, **rest}
        for quantity, price, amount in positions(line.quantity, line.price, line.amount)
    ]


def _subject_and_tax(line: Line, settings: Settings) -> tuple[int, str]:
    """A prepayment has the subject “payment” and the calculated rate (§6); marked goods have their own subjects."""
    if line.method_sign in const.PREPAYMENTS:
        return const.PAYMENT_SUBJECT, const.CALCULATED.get(line.tax_code, line.tax_code)
    if settings.ffd != "1.2":
        return const.BEFORE_MARKING.get(line.subject, line.subject), line.tax_code
    return const.WITH_CODE.get(line.subject, line.subject) if line.marking_code else line.subject, line.tax_code


def mark_type(code: str) -> str:
    """The sort of a marking code (§2.3)."""
    return next((name for pattern, name in _MARKS if pattern.fullmatch(code)), "unknown")


def _planned_status(line: Line, receipt: Receipt, settings: Settings) -> int | None:
    """FFD tag 2003: sold or returned, a piece or a measured part of it."""
    if not line.marking_code or settings.ffd != "1.2":
        return None
    return const.PLANNED_STATUS.get(receipt.operation, const.UNCHANGED)[line.measure != 0]


def _agent(line: Line) -> dict:
    """Goods of somebody else (FFD tags 1222, 1223, 1225, 1171, 1226); the supplier stands beside the agent (§2.3)."""
    if line.agent is None:
        return {}
    supplier = line.supplier or Person()
    return {
        "agent_info": {"type": const.AGENTS[line.agent], **_agent_data(line)},
        "supplier_info": present(
            {
                "name": shorten(supplier.name, const.CUSTOMER),
                "phones": [phone] if (phone := supplier_phone(supplier)) else [],
                "inn": company_number(supplier.tax_number, "RU"),
            }
        ),
    }


def _agent_data(line: Line) -> dict:
    """The agents that move the money (FFD tags 1044, 1073 to 1075, 1026, 1005, 1016), in parts (§2.3)."""
    parts = {}
    for key, text in agent_data(line).items():
        part, field = const.AGENT_DATA[key]
        parts.setdefault(part, {})[field] = [text] if field == "phones" else text
    return parts


def supplier_phone(supplier: Person) -> str:
    """Phone number of a supplier (FFD tag 1171): Russian ones in the usual form, others with their country code."""
    compact = re.sub(r"[\s()./–-]", "", supplier.phone)
    return phone_number(supplier.phone) or (compact if re.fullmatch(r"\+\d{7,15}", compact) else "")


def time_zone(offset: timedelta | None) -> int | None:
    """Number of a time zone (FFD tag 1011): 1 is UTC+2, 2 is Moscow, 11 is UTC+12; None for any other offset (§2.1)."""
    hours, rest = divmod(offset or timedelta(), timedelta(hours=1))
    return hours - 1 if not rest and 2 <= hours <= 12 else None
