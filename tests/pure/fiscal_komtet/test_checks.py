"""What is told before anything is queued."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Correction, Payment, Person
from addons.fiscal_komtet import protocol

from .samples import KETTLE, SETTINGS, card, cash, sale

INTERNET = replace(SETTINGS, internet=True)
OLD = replace(SETTINGS, ffd="1.05")
CORRECTION = Correction(date=date(2026, 3, 1))


def line(**values):
    return sale(lines=(replace(KETTLE, **values),))


@pytest.mark.parametrize(
    ("code", "receipt", "settings"),
    [
        ("operation", sale(operation="shift_open"), SETTINGS),
        ("operation", sale(operation="cash_in"), SETTINGS),
        ("tax_system", sale(tax_system=""), SETTINGS),
        ("tax_system", sale(tax_system="ua_general"), SETTINGS),
        ("place", sale(settlement_place=""), SETTINGS),
        ("company_tax_number", sale(), replace(SETTINGS, inn="7707083894")),
        ("no_cashier", sale(cashier=Person()), SETTINGS),
        ("cashier_tax_number", sale(cashier=Person(name="А", tax_number="7707083893")), SETTINGS),
        ("customer_tax_number", sale(customer=Person(tax_number="7707083894")), SETTINGS),
        ("contact", sale(), INTERNET),
        ("contact", sale(customer=Person(phone="+380671234567")), INTERNET),
        ("contact", sale(customer=Person(email="nobody")), INTERNET),
        ("correction_date", sale(operation="correction_sale", correction=Correction()), SETTINGS),
        ("correction_number", sale(operation="correction_sale", correction=replace(CORRECTION, kind=1)), SETTINGS),
        ("correction_format", sale(operation="correction_sale_return", correction=CORRECTION), OLD),
        ("correction_format", sale(operation="correction_purchase_return", correction=CORRECTION), OLD),
        ("line_name", line(name=" \x07 "), SETTINGS),
        ("line_quantity", line(quantity=Decimal("0.0001")), SETTINGS),
        ("line_amount", line(price=Decimal("1.001")), SETTINGS),
        ("line_amount", line(price=Decimal("99999999.00")), SETTINGS),
        ("line_amount", line(quantity=Decimal("0.001"), amount=Decimal("42949.68")), SETTINGS),
        ("line_tax", line(tax_code="vat18"), SETTINGS),
        ("line_tax", line(tax_code=""), SETTINGS),
        ("line_subject", line(subject=28), SETTINGS),
        ("line_method_sign", line(method_sign=8), SETTINGS),
        ("line_credit", line(method_sign=6), SETTINGS),
        ("line_measure", line(measure=99), SETTINGS),
        ("line_agent", line(agent=5), SETTINGS),
        ("line_agent", line(agent=5, supplier=Person(name="А", tax_number="500100732259")), SETTINGS),
        ("line_marking", line(marking_code="123"), SETTINGS),
        ("payment_kind", sale(Payment("bitcoin", Decimal("1220.00"))), SETTINGS),
        ("payment_amount", sale(cash("1220.001")), SETTINGS),
        ("sums", sale(cash("1219.99")), SETTINGS),
        ("change_not_from_cash", sale(card("1500.00"), change=Decimal("280.00")), SETTINGS),
    ],
)
def test_problem(code, receipt, settings):
    assert code in [problem.code for problem in protocol.problems(receipt, settings)]


@pytest.mark.parametrize(
    ("receipt", "settings"),
    [
        (sale(), SETTINGS),
        (sale(cashier=Person()), replace(SETTINGS, names_cashier=False)),
        (sale(customer=Person(phone="+7 912 345-67-89")), INTERNET),
        (sale(operation="correction_sale", correction=CORRECTION), OLD),
        (sale(operation="correction_purchase_return", correction=CORRECTION), SETTINGS),
        (line(method_sign=6), replace(SETTINGS, credit=True)),
        (sale(customer=Person(tax_number="DE123456789")), SETTINGS),
    ],
)
def test_no_problem(receipt, settings):
    assert protocol.problems(receipt, settings) == []


def test_every_problem_is_told_at_once():
    receipt = sale(tax_system="", lines=(replace(KETTLE, tax_code="", measure=99), replace(KETTLE, name="")))
    codes = [problem.code for problem in protocol.problems(receipt, SETTINGS)]
    assert codes == ["tax_system", "line_tax", "line_measure", "line_name"]
