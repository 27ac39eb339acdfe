"""Receipts to test with, and the vendor's own examples."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from addons.fiscal_base.tools.receipt import Line, Payment, Person, Receipt
from addons.fiscal_vchasno.protocol import Access

KEY = "5b2c6f0e-7d0a-4d5a-9b6e-0f6f3a1c2d3e"
TOKEN = "token-of-the-register"
CASHIER = Person(name="Оксана Шевченко", tax_number="1759013776")
CUSTOMER = Person(name="", email="iryna@example.com", phone="+380 67 123 45 67")
TEA = Line("Чай чорний, 100 г", Decimal("2"), Decimal("105.50"), Decimal("211.00"), tax_code="1")
CHEESE = Line("Сир", Decimal("0.345"), Decimal("800.00"), Decimal("276.00"), tax_code="4")

#: requests and answers of the vendor's documentation, by (task or path)
EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "vchasno_examples.json").read_text(), parse_float=Decimal)


def example(task: int) -> dict:
    """The vendor's example of a task: `{"request": …, "answer": …}`."""
    return next(each for each in EXAMPLES if each["request"] and each["request"].get("fiscal", {}).get("task") == task)


def example_of(path: str) -> dict:
    return next(each for each in EXAMPLES if each["path"].startswith(path))


def cloud(url: str = "http://127.0.0.1:1") -> Access:
    return Access("cloud", url, TOKEN)


def cash(amount: str) -> Payment:
    return Payment("cash", Decimal(amount))


def card(amount: str, **extra: str) -> Payment:
    return Payment("electronic", Decimal(amount), extra=extra)


def sale(*payments: Payment, lines: tuple[Line, ...] = (TEA,), **fields) -> Receipt:
    """A sale of `lines`, paid in cash to the kopeck when nothing else is said."""
    rounding = fields.get("rounding", Decimal("0.00"))
    total = sum((line.amount for line in lines), Decimal("0.00")) + rounding
    receipt = Receipt(
        operation="sale",
        key=KEY,
        total=total,
        lines=lines,
        payments=payments or (Payment("cash", total),),
        cashier=CASHIER,
        issued_at=datetime(2026, 11, 21, 12, 30),
    )
    return replace(receipt, **fields)


def operation(name: str, total: str = "0.00", **fields) -> Receipt:
    """Everything but sales and returns."""
    return Receipt(operation=name, key=KEY, total=Decimal(total), cashier=CASHIER, **fields)
