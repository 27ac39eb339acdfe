"""Finds what KKM Server would refuse, before a document is queued (§5)."""

from __future__ import annotations

from decimal import Decimal

from ...fiscal_base.tools.agent import agent_is_known
from ...fiscal_base.tools.money import CENT, MILLI, ZERO
from ...fiscal_base.tools.problem import Problem
from ...fiscal_base.tools.receipt import Line, Receipt
from ...fiscal_base.tools.tax_number import company_number, person_number
from .. import const
from .commands import Device


def problems(receipt: Receipt, device: Device) -> list[Problem]:
    """Every problem of `receipt` that can be found without asking the service."""
    found = [] if device.serial or device.number > 0 else [Problem("no_device", {})]
    if receipt.operation not in const.COMMANDS:
        return [*found, Problem("operation", {"operation": receipt.operation})]
    if receipt.operation != "x_report":
        found += _cashier_problems(receipt)
    if receipt.operation in ("cash_in", "cash_out") and not _amount(receipt.total, above_zero=True):
        found.append(Problem("cash_amount", {}))
    if receipt.operation in const.CHECK_TYPES:
        found += _header_problems(receipt)
        for line in receipt.lines:
            found += [Problem(code, {"name": line.name}) for code in _line_problems(line)]
        found += _payment_problems(receipt)
    return found


def _amount(value: Decimal, above_zero: bool = False) -> bool:
    """Whether `value` is money with at most two decimals, not negative."""
    return value == value.quantize(CENT) and (value > 0 if above_zero else value >= 0)


def _cashier_problems(receipt: Receipt) -> list[Problem]:
    """§5.1: «Не указан кассир», «ИНН кассира должен содержать 12 символов», «Некорректный ИНН кассира»."""
    found = []
    if not receipt.cashier.name.strip():
        found.append(Problem("no_cashier", {}))
    number = receipt.cashier.tax_number.strip()
    if number and person_number(number, "RU") != number:
        found.append(Problem("cashier_tax_number", {"name": receipt.cashier.name}))
    return found


def _header_problems(receipt: Receipt) -> list[Problem]:
    """§4 TaxVariant, §5.1 «Некорректный ИНН клиента», §5.4 «В чеке нет фискальных строк!!!», «Не указана дата …»."""
    found = []
    if receipt.tax_system and receipt.tax_system not in const.TAX_VARIANTS:
        found.append(Problem("tax_system", {}))
    number = receipt.customer.tax_number.strip()
    # the number of a foreign company is left out; one with the length of an ИНН is taken for an ИНН
    if number.isdigit() and len(number) in (10, 12) and not company_number(number, "RU"):
        found.append(Problem("customer_tax_number", {"number": number}))
    if not receipt.lines:
        found.append(Problem("no_lines", {}))
    if receipt.operation in const.CORRECTIONS and (receipt.correction is None or receipt.correction.date is None):
        found.append(Problem("correction_date", {}))
    return found


def _line_problems(line: Line) -> list[str]:
    """Codes of the problems of one line (§4, §5.2, §5.4)."""
    checks = {
        "line_name": bool(line.name.strip()),
        "line_quantity": line.quantity > 0 and line.quantity == line.quantity.quantize(MILLI),
        "line_amount": _amount(line.price) and _amount(line.amount),
        "line_tax": line.tax_code in const.TAXES,
        "line_tax_old": line.tax_code not in const.OLD_TAXES,
        "line_subject": line.subject in const.SUBJECTS,
        "line_method_sign": line.method_sign in const.METHOD_SIGNS,
        "line_measure": line.measure in const.MEASURES,
        "line_agent": line.agent is None or (line.agent in const.AGENTS and _supplier(line)),
        "line_agent_data": agent_is_known(line),
        "line_marking": not line.marking_code or line.measure != 0 or line.quantity == 1,
    }
    return [code for code, passed in checks.items() if not passed]


def _supplier(line: Line) -> bool:
    """Whether the supplier of goods that are sold for somebody else has a valid ИНН (FFD tag 1226)."""
    return line.supplier is not None and bool(company_number(line.supplier.tax_number, "RU"))


def _payment_problems(receipt: Receipt) -> list[Problem]:
    """§5.4: payments cover the lines; what exceeds them is change, and change is given from cash."""
    found = []
    unknown = {payment.kind for payment in receipt.payments} - const.PAYMENTS.keys()
    if unknown:
        found.append(Problem("payment_kind", {"kinds": ", ".join(sorted(unknown))}))
    if not all(_amount(payment.amount) for payment in receipt.payments):
        found.append(Problem("payment_amount", {}))
    total = sum((line.amount for line in receipt.lines), ZERO)
    paid = sum((payment.amount for payment in receipt.payments), ZERO)
    cash = sum((payment.amount for payment in receipt.payments if payment.kind == "cash"), ZERO)
    if paid < total:
        found.append(Problem("paid_too_little", {"paid": paid, "total": total}))
    elif paid - total > cash:
        found.append(Problem("change_not_from_cash", {"paid": paid, "total": total}))
    elif paid - total != receipt.change:
        found.append(Problem("change", {"change": receipt.change, "due": paid - total}))
    return found
