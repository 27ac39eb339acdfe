"""Finds what Vchasno.Kasa would refuse, before a document is queued (§3)."""

from __future__ import annotations

from decimal import Decimal

from ...fiscal_base.const import RECEIPTS
from ...fiscal_base.tools.goods_code import dkpp, uktzed
from ...fiscal_base.tools.money import CENT, MILLI, ZERO, money
from ...fiscal_base.tools.problem import Problem
from ...fiscal_base.tools.receipt import Line, Payment, Receipt
from .. import const
from .requests import pay_type


def problems(receipt: Receipt) -> list[Problem]:
    """Every problem of `receipt` that can be found without asking the service."""
    if receipt.operation not in const.TASKS:
        return [Problem("operation", {"operation": receipt.operation})]
    found = []
    if receipt.operation in ("cash_in", "cash_out", "cash_withdrawal") and receipt.total <= 0:
        found.append(Problem("cash_amount", {}))
    if receipt.operation == "cash_withdrawal":
        # Device Manager's code 1119
        found += [Problem("withdrawal_in_cash", {}) for payment in receipt.payments if payment.kind == "cash"]
    if receipt.operation in RECEIPTS:
        for line in receipt.lines:
            found += [Problem(code, {"name": line.name}) for code in _line_problems(line)]
        found += _sum_problems(receipt)
    for payment in receipt.payments:
        found += _payment_problems(payment)
    return found


def _amount(value: Decimal) -> bool:
    """Whether `value` is money with at most two decimals, not negative."""
    return value >= 0 and value == value.quantize(CENT)


def _line_problems(line: Line) -> list[str]:
    """Codes of the problems of one line (§3.3); a line that is free of charge is not put on the receipt."""
    if line.amount == 0:
        return []
    checks = {
        "line_quantity": line.quantity > 0 and line.quantity == line.quantity.quantize(MILLI),
        "line_amount": _amount(line.price) and _amount(line.amount),
        # Device Manager's code 1107
        "line_price": money(line.price * line.quantity) > 0,
        "line_goods_code": not line.goods_code.strip() or bool(uktzed(line.goods_code) or dkpp(line.goods_code)),
        "line_tax": line.tax_code.isdigit() and int(line.tax_code) in const.TAX_GROUPS,
    }
    return [code for code, passed in checks.items() if not passed]


def _sum_problems(receipt: Receipt) -> list[Problem]:
    """§3.5"""
    found = []
    lines = sum((line.amount for line in receipt.lines), ZERO)
    paid = sum((payment.amount for payment in receipt.payments), ZERO) - receipt.change
    if abs(receipt.rounding) > Decimal(const.MAX_ROUNDING):
        found.append(Problem("rounding", {"rounding": receipt.rounding}))
    if lines + receipt.rounding != paid:
        found.append(Problem("sums", {"lines": lines + receipt.rounding, "paid": paid}))
    if receipt.change > sum((payment.amount for payment in receipt.payments if payment.kind == "cash"), ZERO):
        found.append(Problem("change_not_from_cash", {"change": receipt.change}))
    return found


def _payment_problems(payment: Payment) -> list[Problem]:
    """§3.4"""
    found = []
    if not _amount(payment.amount):
        found.append(Problem("payment_amount", {"name": payment.label}))
    try:
        is_cash = pay_type(payment) == const.CASH
    except (KeyError, ValueError):
        return [*found, Problem("payment_type", {"name": payment.label or payment.kind})]
    if is_cash != (payment.kind == "cash"):
        found.append(Problem("payment_cash", {"name": payment.label or payment.kind}))
    return found
