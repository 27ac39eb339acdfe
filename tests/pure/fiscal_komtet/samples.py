"""Receipts to test with."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from addons.fiscal_base.tools.receipt import Line, Payment, Person, Receipt
from addons.fiscal_base.tools.transport import Answer
from addons.fiscal_komtet import protocol

KEY = "5b2c6f0e-7d0a-4d5a-9b6e-0f6f3a1c2d3e"
SHOP, SECRET = "shop-1", "secret-key"
CALLBACK = "https://shop.example/fiscal_komtet/7/task"
SETTINGS = protocol.Settings(zone=2, callback_url=CALLBACK)
CASHIER = Person(name="Анна Смирнова", tax_number="772345678901")
KETTLE = Line("Чайник", Decimal("2"), Decimal("610.00"), Decimal("1220.00"), tax_code="vat22")
CHEESE = Line("Сыр", Decimal("0.345"), Decimal("800.00"), Decimal("276.00"), tax_code="vat10", measure=11)


def cash(amount: str) -> Payment:
    return Payment("cash", Decimal(amount))


def card(amount: str) -> Payment:
    return Payment("electronic", Decimal(amount))


def sale(*payments: Payment, lines: tuple[Line, ...] = (KETTLE,), **fields) -> Receipt:
    """A sale of `lines`, paid in cash to the kopeck when nothing else is said."""
    total = sum((line.amount for line in lines), Decimal("0.00"))
    receipt = Receipt(
        operation="sale",
        key=KEY,
        total=total,
        lines=lines,
        payments=payments or (Payment("cash", total),),
        cashier=CASHIER,
        tax_system="ru_general",
        settlement_place="https://shop.example",
        reference="Заказ 17",
        issued_at=datetime(2026, 11, 21, 12, 30),
    )
    return replace(receipt, **fields)


def task_of(receipt: Receipt, settings: protocol.Settings = SETTINGS) -> dict:
    """The task as the service reads it, amounts as Decimal."""
    assert protocol.problems(receipt, settings) == []
    return protocol.thaw(protocol.freeze(protocol.build(receipt, settings)))


REQUEST = protocol.freeze(protocol.build(sale(), SETTINGS))


def answered(text: str, status: int = 200, **headers: str) -> Answer:
    return Answer(status, text, {name.replace("_", "-"): value for name, value in headers.items()})
