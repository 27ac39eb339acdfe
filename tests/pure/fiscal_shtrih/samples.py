"""Receipts as the base gives them."""

from datetime import date, datetime
from decimal import Decimal

from addons.fiscal_base.tools.receipt import Correction, Line, Original, Payment, Person, Receipt

D = Decimal
CASHIER = Person(name="Анна Смирнова", tax_number="772345678901")
CODE = "0104600653105990215RgTq2hVx=a7k\x1d93Gk30"


def line(amount="199.00", quantity="1", tax="vat22", **values):
    return Line(
        name=values.pop("name", "Хлеб «Бородинский»"),
        quantity=D(quantity),
        price=D(amount),
        amount=D(amount),
        tax_code=tax,
        **values,
    )


def receipt(operation="sale", lines=None, payments=None, **values):
    lines = lines or (line(), line("74.95", "0.5", "vat10", measure=11, name="Яблоки"))
    total = sum(item.amount for item in lines)
    payments = payments or (Payment("cash", total),)
    change = sum(payment.amount for payment in payments) - total
    if operation.startswith("correction"):
        values.setdefault("correction", Correction(date=date(2026, 11, 20), reason="Сбой"))
        values.setdefault("original", Original(sign="123456"))
    return Receipt(
        operation=operation,
        key=values.pop("key", "k"),
        total=total,
        change=change,
        lines=tuple(lines),
        payments=tuple(payments),
        cashier=CASHIER,
        tax_system="ru_general",
        issued_at=datetime(2026, 11, 29, 12, 0),
        **values,
    )


def simple(operation, total="0.00"):
    return Receipt(operation=operation, key="k", total=D(total), cashier=CASHIER)
