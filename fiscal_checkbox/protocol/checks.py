"""Finds what Checkbox would refuse, before a document is queued (§4)."""

from __future__ import annotations

from ...fiscal_base.tools.goods_code import dkpp, uktzed
from ...fiscal_base.tools.money import CENT, MILLI
from ...fiscal_base.tools.problem import Problem
from ...fiscal_base.tools.receipt import Line, Receipt
from ...fiscal_base.tools.text import one_line
from .. import const
from .documents import Settings, priced


def problems(receipt: Receipt, settings: Settings) -> list[Problem]:
    """The problems of `receipt` that only Checkbox has, found without asking the service."""
    if receipt.operation in ("cash_in", "cash_out") and receipt.total <= 0:
        return [Problem("cash_amount", {})]
    if receipt.operation not in const.RECEIPTS:
        return []
    found = [Problem(code, {"name": one_line(line.name)}) for line in receipt.lines for code in _line_problems(line)]
    return found + _payment_problems(receipt, settings)


def _line_problems(line: Line) -> list[str]:
    if line.quantity <= 0 or line.amount < 0:
        return []  # the base says so
    if line.quantity != line.quantity.quantize(MILLI) or {line.price, line.amount} != {
        line.price.quantize(CENT),
        line.amount.quantize(CENT),
    }:
        return ["line_digits"]
    checks = {
        "line_price": bool(line.price or line.amount) and priced(line)[0] < const.PRICE_LIMIT,
        "line_tax": line.tax_code in ("", const.NO_TAX) or (line.tax_code.isascii() and line.tax_code.isdigit()),
        "line_goods_code": not line.goods_code.strip() or bool(uktzed(line.goods_code) or dkpp(line.goods_code)),
        "line_barcode": len(line.barcode.strip()) <= const.BARCODE_LENGTH,
    }
    return [code for code, passed in checks.items() if not passed]


def _payment_problems(receipt: Receipt, settings: Settings) -> list[Problem]:
    if receipt.total <= 0:
        return [Problem("nothing_to_pay", {})]
    credit = receipt.paid("credit")
    if credit and (receipt.operation != "sale" or credit >= receipt.total):
        return [Problem("credit", {})]
    nameless = {
        payment.label or payment.kind
        for payment in receipt.payments
        if payment.kind != "credit" and not settings.form(payment)
    }
    return [Problem("payment_form", {"name": name}) for name in sorted(nameless)]
