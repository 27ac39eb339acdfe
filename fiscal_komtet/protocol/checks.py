"""Finds what Komtet Kassa or the register behind it would refuse, before a document is queued (§1.5, §2)."""

from __future__ import annotations

from decimal import Decimal

from ...fiscal_base.tools.agent import agent_is_known
from ...fiscal_base.tools.money import CENT, MILLI, ZERO
from ...fiscal_base.tools.positions import positions
from ...fiscal_base.tools.problem import Problem
from ...fiscal_base.tools.receipt import Line, Receipt
from ...fiscal_base.tools.tax_number import company_number, person_number
from ...fiscal_base.tools.text import one_line
from .. import const
from .tasks import Settings, contact, customer_number, place, supplier_phone


def problems(receipt: Receipt, settings: Settings) -> list[Problem]:
    """Every problem of `receipt` that can be found without asking the service."""
    if receipt.operation not in const.INTENTS:
        return [Problem("operation", {})]
    found = _company_problems(receipt, settings) + _people_problems(receipt, settings)
    if receipt.correction:
        found += _correction_problems(receipt, settings)
    for line in receipt.lines:
        found += [Problem(code, {"name": line.name}) for code in _line_problems(line, settings)]
    return found + _payment_problems(receipt)


def _company_problems(receipt: Receipt, settings: Settings) -> list[Problem]:
    """§2.2"""
    found = []
    if receipt.tax_system not in const.TAX_SYSTEMS:
        found.append(Problem("tax_system", {}))
    if settings.inn and not company_number(settings.inn, "RU"):
        found.append(Problem("company_tax_number", {"number": settings.inn}))
    if not place(receipt, settings):
        found.append(Problem("place", {}))
    return found


def _people_problems(receipt: Receipt, settings: Settings) -> list[Problem]:
    """On the Internet the customer's contact is required; tax numbers must be valid (§2.1, §2.2)."""
    found = []
    if settings.names_cashier:
        number = receipt.cashier.tax_number.strip()
        if not one_line(receipt.cashier.name):
            found.append(Problem("no_cashier", {}))
        if number and person_number(number, "RU") != number:
            found.append(Problem("cashier_tax_number", {"name": receipt.cashier.name}))
    if settings.internet and not contact(receipt, settings):
        found.append(Problem("contact", {}))
    number = receipt.customer.tax_number.strip()
    # the number of a foreign company is left out; one with the length of an ИНН is taken for an ИНН
    if number.isdigit() and len(number) in (10, 12) and not customer_number(receipt.customer):
        found.append(Problem("customer_tax_number", {"number": number}))
    return found


def _correction_problems(receipt: Receipt, settings: Settings) -> list[Problem]:
    """Format 1.05 corrects only sales and purchases that were made without a register (§2.5, §6)."""
    found = []
    if receipt.correction.date is None:
        found.append(Problem("correction_date", {}))
    if receipt.correction.kind == 1 and not one_line(receipt.correction.number):
        found.append(Problem("correction_number", {}))
    if settings.ffd != "1.2" and receipt.operation in const.RETURN_CORRECTIONS:
        found.append(Problem("correction_format", {}))
    return found


def _amount(value: Decimal) -> bool:
    """Whether `value` has no fractions of a kopeck (§1.5 VLD12), is not negative, and fits on a receipt (§2.7)."""
    return value == value.quantize(CENT) and 0 <= value <= const.LARGEST


def _line_problems(line: Line, settings: Settings) -> list[str]:
    """Codes of the problems of one line (§2.3, §2.4)."""
    prepaid = line.method_sign in const.PREPAYMENTS
    checks = {
        "line_name": bool(one_line(line.name)),
        "line_quantity": line.quantity > 0 and line.quantity == line.quantity.quantize(MILLI),
        "line_amount": _amount(line.price) and _amount(line.amount) and _prices(line),
        "line_tax": line.tax_code in const.VAT,
        "line_subject": prepaid or line.subject in const.SUBJECTS,
        "line_method_sign": line.method_sign in const.METHOD_SIGNS,
        "line_credit": settings.credit or line.method_sign not in const.CREDITS,
        "line_measure": line.measure in const.MEASURES,
        "line_agent": line.agent is None or (line.agent in const.AGENTS and _supplier(line)),
        "line_agent_data": agent_is_known(line),
        "line_marking": not line.marking_code or line.measure != 0 or line.quantity == 1,
    }
    return [code for code, passed in checks.items() if not passed]


def _prices(line: Line) -> bool:
    """Whether the unit prices that are sent fit on a receipt."""
    return line.quantity <= 0 or all(
        _amount(price) for __, price, __ in positions(line.quantity, line.price, line.amount)
    )


def _supplier(line: Line) -> bool:
    """Whether the supplier has all that the law requires (FFD tags 1225, 1171, 1226) and the agent reads (§2.3)."""
    supplier = line.supplier
    return bool(
        supplier and one_line(supplier.name) and supplier_phone(supplier) and company_number(supplier.tax_number, "RU")
    )


def _payment_problems(receipt: Receipt) -> list[Problem]:
    """Payments less change must equal the sum of the lines, and change is given from cash (§2.3, §2.4)."""
    found = []
    unknown = {payment.kind for payment in receipt.payments} - const.PAYMENTS.keys()
    if unknown:
        found.append(Problem("payment_kind", {"kinds": ", ".join(sorted(unknown))}))
    if not all(_amount(payment.amount) for payment in receipt.payments):
        found.append(Problem("payment_amount", {}))
    total = sum((line.amount for line in receipt.lines), ZERO)
    paid = sum((payment.amount for payment in receipt.payments), ZERO) - receipt.change
    if paid != total:
        found.append(Problem("sums", {"paid": paid, "total": total}))
    if receipt.paid("cash") < 0:
        found.append(Problem("change_not_from_cash", {}))
    return found
