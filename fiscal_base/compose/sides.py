"""The two sides of an event: what is given, what is taken back; as rows that come to what is owed, to the kopeck.

A sale and a return never share a receipt (FFD tag 1054; ФКЧ-1 and ФКЧ-2), so each side has receipts of its own.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ..tools.money import ZERO, money, settle, spread
from .event import (
    ONE,
    CreditPaid,
    Deposit,
    DepositReturned,
    Discount,
    Event,
    HandedOver,
    Prepayment,
    PrepaymentReturned,
    TakenBack,
    Tip,
)
from .problem import Refused
from .rules import Part, Rules


def given(event: Event, rules: Rules) -> list[Part]:
    """The rows of what is sold and of money that is taken for something else than goods that leave now."""
    goods = event.all(HandedOver)
    amounts = rules.cost([meaning.goods for meaning in goods], _discounted(event, goods))
    owed = iter(amounts)
    return [
        Part(row, meaning)
        for meaning in event.all(HandedOver, Tip, Deposit, Prepayment, CreditPaid)
        for row in _given(meaning, rules, next(owed) if isinstance(meaning, HandedOver) else ZERO)
    ]


def _given(meaning, rules: Rules, owed: Decimal) -> list:
    if isinstance(meaning, HandedOver):
        price = meaning.goods.price
        if price is None:
            price = money(meaning.goods.amount / meaning.goods.quantity)
        return [rules.sold(meaning.goods, amount=owed, price=price)]
    if isinstance(meaning, Deposit):
        return [rules.sold(meaning.goods, sign=rules.goods_sign(ZERO, meaning.goods.amount))]
    if isinstance(meaning, Tip):
        return [rules.tip(meaning)]
    return rules.prepayment(meaning) if isinstance(meaning, Prepayment) else rules.credit_paid(meaning)


def _discounted(event: Event, goods: list[HandedOver]) -> list[Decimal]:
    """What each line costs after discounts on the whole: off lines of the same rate first (R27, U12)."""
    discounts = event.all(Discount)
    amounts = [meaning.goods.amount for meaning in goods] + [-discount.amount for discount in discounts]
    rates = [meaning.goods.vat for meaning in goods] + [discount.vat for discount in discounts]
    return settle(amounts, rates, sum(amounts, ZERO))[: len(goods)]


def taken(event: Event, rules: Rules) -> list[Part]:
    """The rows of what comes back, composed from what was registered: names, prices, rates, subjects, signs."""
    parts = []
    for meaning in event.all(TakenBack):
        row = _taken_row(meaning) if meaning.receipt else rules.sold(meaning.goods)
        parts.append(Part(row, meaning, meaning.receipt))
    for meaning in event.all(DepositReturned):
        row = rules.sold(meaning.goods, sign=rules.goods_sign(ZERO, meaning.goods.amount))
        parts.append(Part(row, meaning))
    for meaning in event.all(PrepaymentReturned):
        rows, left = list(meaning.receipt.rows), sum((row.amount for row in meaning.receipt.rows), ZERO)
        amount = left if meaning.amount is None else meaning.amount
        if meaning.receipt.chain and amount != left:
            raise Refused("chain_return_whole", meaning.line, left=left)
        parts += [Part(row, meaning, meaning.receipt) for row in rules.shares(rows, amount, meaning.line)]
    return _exact(parts)


def _taken_row(meaning: TakenBack):
    """What comes back of a row: its part of the amount, and with the last piece all that is left; or an amount of it,
    which has no quantity.
    """
    row = next(row for row in meaning.receipt.rows if row.line == meaning.row)
    if meaning.amount is not None:
        if meaning.quantity is not None:
            return replace(row, quantity=meaning.quantity, amount=meaning.amount)
        return replace(row, quantity=ONE, price=None, measure=0, amount=meaning.amount)
    quantity = row.quantity if meaning.quantity is None else meaning.quantity
    return replace(row, quantity=quantity, amount=money(row.amount * quantity / row.quantity))


def _exact(parts: list[Part]) -> list[Part]:
    """Two parts of one row are rounded together: they never come to more than the row."""
    result, before = [], {}
    for part in parts:
        if not isinstance(part.meaning, TakenBack) or not part.receipt or part.meaning.amount is not None:
            result.append(part)
            continue
        source = next(row for row in part.receipt.rows if row.line == part.meaning.row)
        place = (part.receipt.ref, source.line)
        quantity, amount = before.get(place, (ZERO, ZERO))
        so_far = money(source.amount * (quantity + part.row.quantity) / source.quantity)
        result.append(replace(part, row=replace(part.row, amount=so_far - amount)))
        before[place] = (quantity + part.row.quantity, so_far)
    return result


def adjust(parts: list[Part], difference: Decimal) -> list[Part]:
    """Spread kopecks of rounding over the goods of a sale."""
    places = [place for place, part in enumerate(parts) if part.is_goods]
    amounts = spread([parts[place].row.amount for place in places], difference)
    result = list(parts)
    for place, amount in zip(places, amounts, strict=True):
        result[place] = replace(parts[place], row=replace(parts[place].row, amount=amount))
    return result


def _same_row(part: Part, other: Part) -> bool:
    return part.receipt and other.receipt and (part.receipt.ref, part.row.line) == (other.receipt.ref, other.row.line)


def adjust_taken(parts: list[Part], difference: Decimal) -> list[Part]:
    """Spread kopecks of rounding over what comes back, never above what is left of a row."""
    result = list(parts)
    for place, part in enumerate(parts):
        amount = part.row.amount + difference
        if difference > 0 and part.receipt and isinstance(part.meaning, TakenBack):
            source = next(row for row in part.receipt.rows if row.line == part.meaning.row)
            others = [
                other.row.amount for index, other in enumerate(result) if index != place and _same_row(other, part)
            ]
            amount = min(amount, source.amount - sum(others, ZERO))
        elif difference > 0 and isinstance(part.meaning, PrepaymentReturned):
            continue
        amount = max(amount, ZERO)
        difference -= amount - part.row.amount
        result[place] = replace(part, row=replace(part.row, amount=amount))
    if difference:
        left = sum((part.row.amount for part in result), ZERO)
        raise Refused("returned_sum", left=left, paid=left + difference)
    return result
