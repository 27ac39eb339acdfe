"""`compose(event, rules)`: zero, one or several receipts, or what is wrong.

1. The two sides become rows that come to what is owed (`sides.py`).
2. What is owed and what moved must agree; cash rounding and kopecks find their place, within a bound.
3. Where goods go both ways, one side pays the other (counter-provision), or both are paid by the same means.
4. Rows that cannot share a receipt part, and each receipt takes its payments from the purse.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from ..tools.money import CENT, ZERO
from . import checks
from .event import (
    Change,
    CreditCancelled,
    CreditGiven,
    Discount,
    Event,
    Money,
    PaidOut,
    PrepaymentRestored,
    PrepaymentUsed,
    Rounding,
    TakenBack,
)
from .problem import Problem, Problems, Refused
from .receipt import Paid, Receipt
from .rules import Part, Rules
from .sides import adjust, adjust_taken, given, taken


class Coin(NamedTuple):
    """Something that pays. `for_goods`: only goods that change hands."""

    paid: Paid
    for_goods: bool = False


class Side(NamedTuple):
    """One direction of an event, ready to be shared among its receipts."""

    operation: str
    parts: list[Part]
    purse: list[Coin]
    rounding: Decimal = ZERO
    change: Decimal = ZERO


def compose(event: Event, rules: Rules) -> tuple[Receipt, ...] | Problems:
    """The receipts of `event`, the return before the sale; () where the law asks for none; or every problem."""
    if not rules.is_settlement(event):
        return () if event.sells or event.takes_back else _unsold(event)
    if problems := [*checks.problems(event, rules), *rules.problems(event)]:
        return Problems(problems)
    try:
        sale, back = given(event, rules), taken(event, rules)
        sale, back, rounding = _settled(event, rules, sale, back)
        sides = _sides(event, rules, sale, back, rounding)
        return tuple(receipt for side in sides for receipt in _receipts(side, event, rules))
    except Refused as refused:
        return Problems([refused.problem])


def _unsold(event: Event) -> tuple[Receipt, ...] | Problems:
    """Money that moves for nothing that is known: someone has to say what it is for."""
    moved = event.sum(Money) - event.sum(Change) - event.sum(PaidOut)
    return Problems([Problem("meaning_missing", "", {"amount": abs(moved)})]) if moved else ()


def _total(parts: list[Part]) -> Decimal:
    return sum((part.row.amount for part in parts), ZERO)


def _owed(event: Event, sale: list[Part], back: list[Part]) -> tuple[Decimal, Decimal]:
    """What is to be paid in money, and what is to be paid out, before one is set against the other."""
    pay = _total(sale) - event.sum(PrepaymentUsed, CreditGiven)
    return pay, _total(back) - event.sum(PrepaymentRestored, CreditCancelled)


def _settled(event: Event, rules: Rules, sale: list[Part], back: list[Part]):
    """Both sides as they agree with the money that moved, and the rounding that the receipt names as a sum of its own.

    Kopecks that taxes leave are spread: at most one for each row and discount. Cash rounding is below its step. What
    lies beyond is no rounding, and nothing repairs it.
    """
    pay, out = _owed(event, sale, back)
    moved = event.sum(Money) - event.sum(Change) - event.sum(PaidOut)
    outward = moved < 0 or (not moved and pay < out)
    sign = -1 if outward else 1
    difference = sign * (moved - (pay - out))
    rounding = event.sum(Rounding)
    if outward and abs(difference) < max((part.step for part in event.all(Rounding)), default=ZERO):
        rounding = difference  # what comes back costs what was registered, which need not be what the source says
    gap = difference - rounding
    if abs(gap) > CENT * (len(sale) + len(back) + len(event.all(Discount))):
        if outward and not sale:
            raise Refused("returned_sum", left=out, paid=-moved)
        raise Refused("sums_disagree", expected=sign * (pay - out) + rounding, paid=abs(moved))
    rounding = rules.own_rounding(rounding)
    gap = difference - rounding
    if gap and outward:
        back = adjust_taken(back, gap)
    elif gap:
        sale = _adjusted(sale, gap, pay - out + rounding, moved)
    return sale, back, rounding


def _adjusted(sale: list[Part], gap: Decimal, expected: Decimal, paid: Decimal) -> list[Part]:
    goods = sum((part.row.amount for part in sale if part.is_goods), ZERO)
    if not any(part.is_goods for part in sale) or goods + gap < 0:
        raise Refused("sums_disagree", expected=expected, paid=paid)
    return adjust(sale, gap)


def _sides(event: Event, rules: Rules, sale: list[Part], back: list[Part], rounding: Decimal) -> list[Side]:
    """The return, then the sale, each with what pays it."""
    pay, out = _owed(event, sale, back)
    outward = pay < out
    pay, out = (pay, out + rounding) if outward else (pay + rounding, out)
    change = event.sum(Change)
    money = _less_change([Coin(Paid(rules.pays(part), part.amount, part.about)) for part in event.all(Money)], change)
    spent = [Coin(Paid(rules.pays(part), part.amount, part.about)) for part in event.all(PaidOut)]
    against = pay - (event.sum(Money) - change)
    if against < 0:
        raise Refused("sums_disagree", expected=pay, paid=event.sum(Money) - change)
    if against:
        coin = [Coin(Paid(_means(event, rules, against), against))]
        money, spent = _merged(coin, money), _merged(coin, spent)
    used = [Coin(rules.offset(part), True) for part in event.all(PrepaymentUsed)]
    restored = [Coin(Paid("prepayment", part.amount), True) for part in event.all(PrepaymentRestored)]
    credit = [Coin(Paid("credit", part.amount), True) for part in event.all(CreditGiven)]
    cancelled = [Coin(Paid("credit", part.amount), True) for part in event.all(CreditCancelled)]
    given_back = Side("sale_return", back, restored + spent + cancelled, rounding if outward else ZERO)
    sold = Side("sale", sale, used + money + credit, ZERO if outward else rounding, change)
    return [side for side in (given_back, sold) if side.parts]


def _less_change(purse: list[Coin], change: Decimal) -> list[Coin]:
    """The purse without the cash that goes back at once."""
    result = []
    for coin in purse:
        back = min(change, coin.paid.amount) if coin.paid.kind == "cash" else ZERO
        change -= back
        result.append(Coin(replace(coin.paid, amount=coin.paid.amount - back)))
    return result


def _merged(coin: list[Coin], purse: list[Coin]) -> list[Coin]:
    """What one side pays the other, as one payment with plain money of the same kind; a card stays a payment apart."""
    mine = coin[0].paid
    for place, other in enumerate(purse):
        if other.paid.kind == mine.kind and mine.kind == "cash":
            whole = replace(other.paid, amount=other.paid.amount + mine.amount)
            return [*purse[:place], Coin(whole), *purse[place + 1 :]]
    return [*coin, *purse]


def _means(event: Event, rules: Rules, amount: Decimal) -> str:
    """How goods are paid that are exchanged for others: counter-provision (R32), or full amounts by the same means
    (R35, U15): that of the money that moves, else cash where the goods were paid in cash.
    """
    if rules.counter():
        return "other"
    moved = sorted(event.all(Money, PaidOut), key=lambda money: -money.amount)
    if moved:
        return rules.pays(moved[0])
    paid = {kind for back in event.all(TakenBack) if back.receipt for kind, sum_ in back.receipt.paid.items() if sum_}
    if paid == {"cash"}:
        return "cash"
    raise Refused("exchange_means", amount=amount)


def _receipts(side: Side, event: Event, rules: Rules) -> list[Receipt]:
    """The receipts of one side: rows that cannot share one part, and the purse pays them one after the other."""
    groups: dict[object, list[Part]] = {}
    for part in side.parts:
        groups.setdefault(rules.apart(part), []).append(part)
    purse = [[coin, coin.paid.amount] for coin in side.purse]
    receipts, rounding = [], side.rounding
    for number, parts in enumerate(groups.values(), 1):
        own = rounding if number == len(groups) else ZERO
        paid = _take(purse, parts, own)
        receipts.append(_receipt(side.operation, parts, paid, own, rules))
    if left := sum((left for __, left in purse), ZERO):
        raise Refused("sums_disagree", expected=sum((part.total for part in receipts), ZERO), paid=left)
    if side.change:
        receipts = _with_change(receipts, side.change)
    return [
        rules.finish(_warned(receipt, event), parts, event)
        for receipt, parts in zip(receipts, groups.values(), strict=True)
    ]


def _take(purse: list[list], parts: list[Part], rounding: Decimal) -> list[Paid]:
    """Pay these rows out of the purse, what is for goods alone first."""
    goods = sum((part.row.amount for part in parts if part.is_goods), ZERO)
    rest = _total(parts) + rounding
    taken_coins: dict[int, Decimal] = {}
    for for_goods in (True, False):
        for place, (coin, left) in enumerate(purse):
            if coin.for_goods != for_goods or not left:
                continue
            amount = min(left, rest, goods) if for_goods else min(left, rest)
            purse[place][1] -= amount
            rest -= amount
            goods -= amount if for_goods else ZERO
            taken_coins[place] = amount
    if rest:
        raise Refused("sums_disagree", expected=_total(parts) + rounding, paid=_total(parts) + rounding - rest)
    return _summed([replace(purse[place][0].paid, amount=taken_coins[place]) for place in sorted(taken_coins)])


def _summed(paid: list[Paid]) -> list[Paid]:
    """Payments that nothing tells apart are one."""
    result: list[Paid] = []
    for part in paid:
        same = [place for place, other in enumerate(result) if (other.kind, other.about) == (part.kind, part.about)]
        if same:
            result[same[0]] = replace(part, amount=result[same[0]].amount + part.amount)
        elif part.amount:
            result.append(part)
    return result


def _receipt(operation: str, parts: list[Part], paid: list[Paid], rounding: Decimal, rules: Rules) -> Receipt:
    goods = sum((part.row.amount for part in parts if part.is_goods), ZERO)
    credit = sum((part.amount for part in paid if part.kind == "credit"), ZERO)
    rows = []
    for part in parts:
        rows.append(replace(part.row, sign=rules.goods_sign(credit, goods)) if part.is_goods else part.row)
    total = _total(parts) + rounding
    return Receipt(
        operation,
        tuple(rows),
        tuple(paid) if total else rules.nothing_paid(),
        total,
        rounding=rounding,
        tax_system=rows[0].tax_system,
        original=next((part.receipt for part in parts if part.receipt), None),
    )


def _with_change(receipts: list[Receipt], change: Decimal) -> list[Receipt]:
    """Change is of the last receipt that cash pays."""
    place = max((place for place, receipt in enumerate(receipts) if receipt.paid_by("cash")), default=-1)
    receipt = receipts[place]
    last = max((index for index, paid in enumerate(receipt.paid) if paid.kind == "cash"), default=None)
    paid = [
        replace(part, amount=part.amount + change) if index == last else part for index, part in enumerate(receipt.paid)
    ]
    if last is None:
        paid.append(Paid("cash", change))
    receipts[place] = replace(receipt, paid=tuple(paid), change=change)
    return receipts


def _warned(receipt: Receipt, event: Event) -> Receipt:
    """Money that goes back another way than it came may break the cash rules (R51, U17): said, not refused."""
    original = receipt.original
    if receipt.operation != "sale_return" or not original or not original.paid:
        return receipt
    warnings = []
    for paid in receipt.paid:
        before = original.paid.get(paid.kind, ZERO)
        if paid.kind in ("cash", "electronic") and paid.amount > before:
            values = {"kind": paid.kind, "amount": paid.amount, "paid": before}
            warnings.append(Problem("refund_means", "", values))
    return replace(receipt, warnings=(*receipt.warnings, *warnings))
