"""Receipts to test with."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from addons.fiscal_base.tools.receipt import Line, Payment, Person, Receipt
from addons.fiscal_kkm_server.protocol import Device

KEY = "5b2c6f0e-7d0a-4d5a-9b6e-0f6f3a1c2d3e"
SERIAL = "0149060006000651"
DEVICE = Device(serial=SERIAL)
CASHIER = Person(name="Иванов И.И.", tax_number="430601071197")
TEA = Line("Чай чёрный, 100 г", Decimal("2"), Decimal("105.50"), Decimal("211.00"), tax_code="vat22")
CHEESE = Line("Сыр", Decimal("0.345"), Decimal("800.00"), Decimal("276.00"), tax_code="vat10", measure=11)


def cash(amount: str) -> Payment:
    return Payment("cash", Decimal(amount))


def card(amount: str) -> Payment:
    return Payment("electronic", Decimal(amount))


def sale(*payments: Payment, lines: tuple[Line, ...] = (TEA,), **fields) -> Receipt:
    """A sale of `lines`, paid in cash to the kopeck when nothing else is said."""
    total = sum((line.amount for line in lines), Decimal("0.00"))
    receipt = Receipt(
        operation="sale",
        key=KEY,
        total=total,
        lines=lines,
        payments=payments or (Payment("cash", total),),
        cashier=CASHIER,
        tax_system="ru_simplified_income",
        issued_at=datetime(2026, 11, 21, 12, 30),
    )
    return replace(receipt, **fields)


def operation(name: str, total: str = "0.00") -> Receipt:
    """Everything but sales and returns."""
    return Receipt(operation=name, key=KEY, total=Decimal(total), cashier=CASHIER)
