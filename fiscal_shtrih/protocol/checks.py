"""What a register would refuse, told before anything is queued (§6.3, §8, §14)."""

from __future__ import annotations

from decimal import Decimal

from ...fiscal_base.tools.agent import agent_is_known
from ...fiscal_base.tools.money import CENT, MILLI, ZERO
from ...fiscal_base.tools.problem import Problem
from ...fiscal_base.tools.receipt import Line, Receipt
from ...fiscal_base.tools.tax_number import company_number, person_number
from .. import const
from . import marking, plan, receipt
from .profile import Profile


def problems(document: Receipt, profile: Profile | None) -> list[Problem]:
    """Every problem of `document`, none of them found by asking the register.

    :param profile: what is known of the register; without it, what depends on its tables is found when it is sent
    """
    if document.operation not in const.RECEIPTS and document.operation not in const.OTHERS:
        return [Problem("operation", {"operation": document.operation})]
    found = []
    if document.operation != "x_report":
        found += _cashier_problems(document)
    if document.operation in ("cash_in", "cash_out") and not _amount(document.total, above_zero=True):
        found.append(Problem("cash_amount", {}))
    if document.operation in const.RECEIPTS:
        found += _header_problems(document)
        lines = [Problem(code, {"name": line.name}) for line in document.lines for code in _line_problems(line)]
        found += lines + _payment_problems(document)
        if profile and not found:
            found += _register_problems(document, profile)
    return found


def _amount(value: Decimal, above_zero: bool = False) -> bool:
    """Whether `value` is money with at most two decimals that a command can carry, not negative."""
    exact = value == value.quantize(CENT) and value * 100 <= const.MONEY_LIMIT
    return exact and (value > 0 if above_zero else value >= 0)


def _cashier_problems(document: Receipt) -> list[Problem]:
    """FFD tags 1021, 1203."""
    found = [] if document.cashier.name.strip() else [Problem("no_cashier", {})]
    number = document.cashier.tax_number.strip()
    if number and person_number(number, "RU") != number:
        found.append(Problem("cashier_tax_number", {"name": document.cashier.name}))
    return found


def _header_problems(document: Receipt) -> list[Problem]:
    found = []
    if document.tax_system not in const.TAX_SYSTEMS:
        found.append(Problem("tax_system", {}))
    number = document.customer.tax_number.strip()
    # a foreign company's number is left out; one that has the length of an ИНН was meant as one
    if number.isdigit() and len(number) in (10, 12) and not company_number(number, "RU"):
        found.append(Problem("customer_tax_number", {"number": number}))
    if document.operation in const.CORRECTIONS:
        correction = document.correction
        if correction is None or correction.date is None:
            found.append(Problem("correction_date", {}))
        elif correction.kind == 1 and not correction.number.strip():
            found.append(Problem("correction_number", {}))
    return found


def _line_problems(line: Line) -> list[str]:
    """Codes of what is wrong with one line."""
    checks = {
        "line_name": bool(line.name.strip()),
        "line_quantity": 0 < line.quantity <= const.QUANTITY_LIMIT // 1_000_000
        and line.quantity == line.quantity.quantize(MILLI),
        "line_amount": _amount(line.price) and _amount(line.amount),
        "line_tax": line.tax_code in const.RATES,
        "line_subject": line.subject in const.SUBJECTS[const.FFD_12],
        "line_method_sign": line.method_sign in const.METHOD_SIGNS,
        "line_measure": line.measure in const.UNITS,
        "line_department": 0 <= int(line.extra.get("department") or 0) <= 16,
        "line_agent": line.agent is None or (line.agent in range(7) and _supplier(line)),
        "line_agent_data": agent_is_known(line),
        "line_marking": not line.marking_code or _marking(line),
    }
    return [code for code, passed in checks.items() if not passed]


def _supplier(line: Line) -> bool:
    """Whether the supplier of goods that are sold for somebody else has a valid ИНН (FFD tag 1226)."""
    return line.supplier is not None and bool(company_number(line.supplier.tax_number, "RU"))


def _marking(line: Line) -> bool:
    """One code stands for one line of the register: a single piece, or a measure whose sum needs no second line."""
    try:
        marking.wire(line.marking_code)
    except ValueError:
        return False
    if not line.measure:
        return line.quantity == 1
    return line.quantity > 0 and _amount(line.amount) and len(plan.split(line.quantity, int(line.amount * 100))) == 1


def _payment_problems(document: Receipt) -> list[Problem]:
    """Errors 45h, 4Dh: payments cover the lines; what exceeds them is change, and change is given from cash."""
    found = []
    unknown = {payment.kind for payment in document.payments} - const.PAYMENTS.keys()
    if unknown:
        found.append(Problem("payment_kind", {"kinds": ", ".join(sorted(unknown))}))
    if not all(_amount(payment.amount) for payment in document.payments):
        found.append(Problem("payment_amount", {}))
    total = sum((line.amount for line in document.lines), ZERO)
    paid = sum((payment.amount for payment in document.payments), ZERO)
    cash = sum((payment.amount for payment in document.payments if payment.kind == "cash"), ZERO)
    if paid < total:
        found.append(Problem("paid_too_little", {"paid": paid, "total": total}))
    elif paid - total > cash:
        found.append(Problem("change_not_from_cash", {"paid": paid, "total": total}))
    elif paid - total != document.change:
        found.append(Problem("change", {"change": document.change, "due": paid - total}))
    return found


def _register_problems(document: Receipt, profile: Profile) -> list[Problem]:
    try:
        receipt.unfit(plan.prepare(document), profile)
    except receipt.Unfit as reason:
        return [Problem(reason.code, {"name": "", "version": "", **reason.values_named})]
    return []
