"""A receipt of the base as the frozen request: JSON values, complete and exact, without anything of the register.

The bytes follow from it and from the register's own tables (`receipt.py`), which are read when it is sent.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ...fiscal_base.tools.agent import agent_data
from ...fiscal_base.tools.money import minor
from ...fiscal_base.tools.receipt import Line, Receipt
from ...fiscal_base.tools.tax_number import company_number
from ...fiscal_base.tools.text import one_line, shorten
from .. import const

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?\d{5,18}")


class Paper(NamedTuple):
    """What the shop wants of its receipts.

    :param text: lines of the tape, printed before the goods
    :param department: section (отдел) of lines that name none, 0 to 16
    """

    text: tuple[str, ...] = ()
    department: int = 1


PLAIN = Paper()


def prepare(receipt: Receipt, paper: Paper = PLAIN) -> dict:
    """The request. Money in kopecks, quantities in millionths."""
    plan = {
        "operation": receipt.operation,
        "key": receipt.key,
        "total": minor(receipt.total),
        "cashier": [one_line(receipt.cashier.name), receipt.cashier.tax_number.strip()],
    }
    if receipt.operation not in const.RECEIPTS:
        return plan
    return plan | {
        "change": minor(receipt.change),
        "payments": _payments(receipt),
        "lines": [part for line in receipt.lines for part in _parts(line, receipt.operation, paper)],
        "tax_system": const.TAX_SYSTEMS.get(receipt.tax_system, 0),
        "contact": contact(receipt),
        "sender": receipt.sender_email.strip(),
        "place": one_line(receipt.settlement_place),
        "customer": _customer(receipt),
        "correction": _correction(receipt),
        "text": [one_line(line) for line in paper.text],
    }


def _payments(receipt: Receipt) -> dict[str, int]:
    """Kopecks handed over by kind."""
    paid: dict[str, int] = {}
    for payment in receipt.payments:
        paid[payment.kind] = paid.get(payment.kind, 0) + minor(payment.amount)
    return {kind: amount for kind, amount in paid.items() if amount}


def contact(receipt: Receipt) -> str:
    """Where the operator of fiscal data sends the receipt (FFD tag 1008); "" for nowhere."""
    email, phone = receipt.customer.email.strip(), re.sub(r"[\s()-]", "", receipt.customer.phone)
    if "email" in receipt.deliver and _EMAIL.fullmatch(email) and len(email) <= 64:
        return email
    return phone if "sms" in receipt.deliver and _PHONE.fullmatch(phone) else ""


def _customer(receipt: Receipt) -> list[str]:
    """Name and ИНН of a company or person that wants to be named; [] without a valid number."""
    number = company_number(receipt.customer.tax_number.strip().removeprefix("RU"), "RU") or ""
    return [shorten(receipt.customer.name, 128), number] if number else []


def _correction(receipt: Receipt) -> dict | None:
    if receipt.operation not in const.CORRECTIONS or receipt.correction is None:
        return None
    correction = receipt.correction
    return {
        "kind": correction.kind,
        "date": correction.date.isoformat() if correction.date else "",
        "number": one_line(correction.number),
        "reason": one_line(correction.reason),
        "sign": receipt.original.sign if receipt.original else "",
    }


def _parts(line: Line, operation: str, paper: Paper) -> list[dict]:
    base = {
        "name": shorten(line.name, const.NAME_LENGTH),
        "tax": line.tax_code,
        "method": line.method_sign,
        "subject": line.subject,
        "measure": line.measure,
        "department": int(line.extra.get("department") or paper.department),
    }
    if line.marking_code:
        base["code"] = line.marking_code
    if line.agent is not None and line.supplier is not None:
        base["agent"] = {
            "kind": line.agent,
            "supplier": one_line(line.supplier.name),
            "phone": re.sub(r"[\s()-]", "", line.supplier.phone),
            "number": company_number(line.supplier.tax_number, "RU") or "",
            "data": agent_data(line),
        }
    return [
        base | {"quantity": quantity, "price": price, "amount": amount}
        for quantity, price, amount in split(line.quantity, minor(line.amount))
    ]


def split(quantity: Decimal, amount: int) -> list[tuple[int, int, int]]:
    """`(quantity in millionths, price, amount)` of the lines that say `quantity` for `amount`, both to the last digit.

    A register takes an amount only where it is price × quantity to the kopeck (FF46h, §6.3), and the price is one
    after discounts (FFD tag 1079). 7 pieces for 100.00 have no such price: 4 for 14.29 and 3 for 14.28 have.
    """
    millionths = int(quantity * 1_000_000)
    if fits(millionths, price := _nearest(amount, quantity), amount):
        return [(millionths, price, amount)]
    price = int(amount / quantity)
    dearer = min(int(amount - price * quantity), int(quantity))
    first, rest = dearer * (price + 1), millionths - dearer * 1_000_000
    parts = [(dearer * 1_000_000, price + 1, first)] if dearer else []
    return [*parts, (rest, price, amount - first)] if rest else parts


def _nearest(amount: int, quantity: Decimal) -> int:
    return int((amount / quantity).quantize(Decimal(1), ROUND_HALF_UP))


def fits(millionths: int, price: int, amount: int) -> bool:
    """Whether the register takes `amount` for a line: within a kopeck of price × quantity."""
    return abs(price * millionths - amount * 1_000_000) <= 1_000_000
