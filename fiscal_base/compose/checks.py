"""What is wrong with an event in every country: missing facts, impossible sums, means that the register lacks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..tools.money import CENT, MILLI, ZERO
from .event import (
    Change,
    CreditGiven,
    CreditPaid,
    Deposit,
    DepositReturned,
    Discount,
    Event,
    Goods,
    HandedOver,
    Money,
    PaidOut,
    Prepayment,
    PrepaymentReturned,
    PrepaymentUsed,
    Rounding,
    TakenBack,
)
from .problem import Problem
from .rules import Rules


def problems(event: Event, rules: Rules) -> list[Problem]:
    """Everything that can be told before the receipts are made, each thing once."""
    facts = [*_currency(event, rules), *_negative(event), *_goods(event), *_back(event)]
    found = [*facts, *_sums(event), *_means(event, rules)]
    return list({(problem.code, problem.line, str(problem.values)): problem for problem in found}.values())


def _currency(event: Event, rules: Rules) -> Iterator[Problem]:
    if event.currency and rules.currency and event.currency != rules.currency:
        yield Problem("currency", "", {"currency": event.currency, "expected": rules.currency})


def _negative(event: Event) -> Iterator[Problem]:
    """The class of a meaning gives its direction, so no amount is below zero but that of a rounding."""
    for meaning in event.what:
        amount = getattr(meaning, "amount", None)
        if amount is not None and amount < 0 and not isinstance(meaning, Rounding):
            yield Problem("amount_negative", getattr(meaning, "line", ""), {"amount": amount})


def _goods(event: Event) -> Iterator[Problem]:
    """A missing name, rate or code is a problem: no lawful value stands for it."""
    sold = [meaning.goods for meaning in event.all(HandedOver, Deposit)]
    known = [goods for meaning in event.all(Prepayment) for goods in meaning.goods]
    for goods in [*sold, *known]:
        yield from _described(goods, "vat_missing")
        if goods.vat and goods.vat.legacy:
            yield Problem("vat_legacy", goods.line, {"name": goods.name, "rate": goods.vat.rate})
    for meaning in event.all(CreditPaid):
        for row in meaning.receipt.rows:
            if row.vat is None:
                yield Problem("vat_missing", meaning.line, {"name": row.name})
    for goods in sold:
        if goods.marked and not goods.code:
            yield Problem("code_missing", goods.line, {"name": goods.name})
        if goods.code and not goods.measure and goods.quantity != 1:
            yield Problem("code_quantity", goods.line, {"name": goods.name})


def _described(goods: Goods, vat_missing: str) -> Iterator[Problem]:
    if not goods.name.strip():
        yield Problem("name_missing", goods.line)
    if goods.vat is None:
        yield Problem(vat_missing, goods.line, {"name": goods.name})
    if goods.amount < 0 or (goods.price or ZERO) < 0:
        yield Problem("negative", goods.line, {"name": goods.name})
    if goods.quantity <= 0 or goods.quantity != goods.quantity.quantize(MILLI):
        yield Problem("quantity", goods.line, {"name": goods.name})


def _back(event: Event) -> Iterator[Problem]:
    """What comes back was sold, at the rate at which it was sold, and not more of it."""
    taken: dict[tuple, Decimal] = {}
    for meaning in event.all(TakenBack):
        if not meaning.receipt:
            yield from _described(meaning.goods, "return_vat_missing")
            if not meaning.goods.returnable:
                yield Problem("not_returnable", meaning.line, {"name": meaning.goods.name})
            continue
        row = next((row for row in meaning.receipt.rows if row.line == meaning.row), None)
        if row is None:
            yield Problem("return_row_missing", meaning.line)
            continue
        if not row.returnable:
            yield Problem("not_returnable", meaning.line, {"name": row.name})
        place = (meaning.receipt.ref, row.line)
        wanted = row.quantity if meaning.quantity is None else meaning.quantity
        if meaning.amount is not None and (meaning.amount > row.amount or meaning.quantity is None):
            if meaning.amount > row.amount:
                yield Problem("returned_sum", meaning.line, {"left": row.amount, "paid": meaning.amount})
            continue
        taken[place] = taken.get(place, ZERO) + wanted
        if taken[place] > row.quantity or row.quantity <= 0:
            values = {"name": row.name, "left": row.quantity, "quantity": taken[place]}
            yield Problem("returned_more", meaning.line, values)
        elif wanted <= 0:
            yield Problem("quantity", meaning.line, {"name": row.name})
    for meaning in event.all(DepositReturned):
        yield from _described(meaning.goods, "return_vat_missing")
    for meaning in event.all(PrepaymentReturned):
        left = sum((row.amount for row in meaning.receipt.rows), ZERO)
        if meaning.amount is not None and meaning.amount > left:
            yield Problem("part_exceeds", meaning.line, {"amount": meaning.amount, "left": left})


def _sums(event: Event) -> Iterator[Problem]:
    goods = sum((meaning.goods.amount for meaning in event.all(HandedOver)), ZERO)
    if (discount := event.sum(Discount)) > goods:
        yield Problem("discount_exceeds", "", {"discount": discount, "goods": goods})
        return
    goods -= discount
    if (used := event.sum(PrepaymentUsed)) > goods:
        yield Problem("prepayment_exceeds", "", {"used": used, "goods": goods})
    elif (credit := event.sum(CreditGiven)) > goods - used:
        yield Problem("credit_exceeds", "", {"credit": credit, "goods": goods - used})
    cash = sum((money.amount for money in event.all(Money) if money.kind == "cash"), ZERO)
    if (change := event.sum(Change)) > cash:
        yield Problem("change_beyond_cash", "", {"change": change, "cash": cash})
    for rounding in event.all(Rounding):
        if abs(rounding.amount) >= max(rounding.step, CENT):
            yield Problem("rounding_step", "", {"rounding": rounding.amount, "step": rounding.step})


def _means(event: Event, rules: Rules) -> Iterator[Problem]:
    """The register can do what the event needs; said before the money is taken."""
    for money in event.all(Money, PaidOut):
        if not money.kind:
            yield Problem("kind_missing", money.line, {"amount": money.amount})
        elif not rules.can_pay(rules.pays(money)):
            yield Problem("kind_unsupported", money.line, {"kind": money.kind, "amount": money.amount})
    for meaning, kind in ((PrepaymentUsed, "prepayment"), (CreditGiven, "credit")):
        if (amount := event.sum(meaning)) and not rules.can_pay(kind):
            yield Problem("kind_unsupported", "", {"kind": kind, "amount": amount})
    for operation, needed in (("sale", event.sells), ("sale_return", event.takes_back)):
        if needed and operation not in rules.capabilities.operations:
            yield Problem("operation_unsupported", "", {"operation": operation})
