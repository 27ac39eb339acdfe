"""Random orders: whatever a shop sells, the service finds that the sums agree (§3.5)."""

import json
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.fiscal_base.tools.money import CENT, ZERO, money, quantity
from addons.fiscal_base.tools.receipt import Line, Original, Payment
from addons.fiscal_vchasno import protocol
from addons.fiscal_vchasno.protocol import Settings
from addons.fiscal_vchasno.protocol.requests import encode
from tests.emulators.vchasno_register import Refused, Register

from .samples import sale

ORDERS = 10_000
STEPS = (None, Decimal("0.10"), Decimal("0.50"))


def rounded(amount: Decimal, step: Decimal | None) -> Decimal:
    """Half up to `step`, as the rules of the National Bank have it (§11)."""
    return money((amount / step + Decimal("0.5")).to_integral_value("ROUND_FLOOR") * step) if step else amount


def random_line(dice: random.Random) -> Line:
    """A row with up to three decimals of quantity, and a discount, a surcharge, or neither."""
    count = quantity(Decimal(dice.randint(1, 5000)) / dice.choice((1, 1, 10, 100, 1000)))
    price = Decimal(dice.randint(1, 250_000)) / 100
    full = money(count * price)
    change = dice.choice((0, 0, 0, 1, 10, 33, 50, 99, 100, -10))
    amount = max(full - money(full * change / 100), ZERO)
    return Line(
        dice.choice(("Кава мелена 250 г", "Хліб «Український» 🍞", "Здоровʼя — сік №5", "T-shirt XL")),
        count,
        price,
        amount,
        tax_code=str(dice.randint(1, 10)),
        product_code=f"A{dice.randint(1, 10**9)}",
        excise_stamps=("AA123456",) * dice.randint(0, 1),
    )


def random_sale(dice: random.Random, key: str):
    """An order paid in part by card, prepayment and bonus, the rest in cash, rounded as cash is, with change."""
    lines = tuple(
        line for line in (random_line(dice) for __ in range(dice.randint(1, 8))) if money(line.price * line.quantity)
    )
    total = sum((line.amount for line in lines), ZERO)
    payments, left = [], total
    for kind, code in dice.sample((("electronic", ""), ("prepayment", ""), ("other", "11"), ("credit", "")), k=2):
        if dice.random() < 0.5 and left:
            part = Decimal(dice.randint(1, int(left * 100))) / 100
            payments.append(Payment(kind, part, code=code))
            left -= part
    step = dice.choice(STEPS)
    due = rounded(left, step)
    change = ZERO
    if due:
        change = Decimal(dice.choice((0, 0, dice.randint(1, 50_000)))) / 100
        payments.append(Payment("cash", due + change))
    document = sale(*payments, lines=lines, rounding=due - left, change=change, key=key)
    if not payments:
        document = replace(document, payments=())
    return document


def test_ten_thousand_orders_are_accepted():
    dice = random.Random(20261121)
    register = Register(cash=Decimal("100000000.00"))
    taken, with_rounding, with_change = ZERO, 0, 0
    for number in range(ORDERS):
        document = random_sale(dice, f"order-{number}")
        assert protocol.problems(document) == [], document
        register.execute(json.loads(encode(protocol.build(document)), parse_float=Decimal))
        taken += document.total
        with_rounding += bool(document.rounding)
        with_change += bool(document.change)
        if number % 1000 == 999:
            register.auto_close()
    assert sum((printed.total for printed in register.printed if printed.task == 1), ZERO) == taken
    assert len([printed for printed in register.printed if printed.task == 1]) == ORDERS
    assert register.oddities == []
    assert with_rounding > ORDERS / 10 and with_change > ORDERS / 10, "the orders are worth something"


def test_a_kopeck_more_or_less_is_refused():
    """The emulator does check: of the same orders, each falls with a kopeck on any sum."""
    dice = random.Random(7)
    register = Register(cash=Decimal("100000000.00"))
    for number in range(300):
        task = protocol.build(random_sale(dice, f"order-{number}"))
        receipt = task["fiscal"]["receipt"]
        spoil = dice.choice(("sum", "round", "disc", "pay"))
        if spoil == "disc" and receipt["rows"]:
            receipt["rows"][0]["disc"] = receipt["rows"][0].get("disc", ZERO) - CENT
        elif spoil == "pay" and receipt["pays"]:
            receipt["pays"][0]["sum"] += CENT
        elif spoil == "round":
            receipt["round"] = receipt.get("round", ZERO) + CENT
        else:
            receipt["sum"] += CENT
        with pytest.raises(Refused):
            register.execute(json.loads(encode(task), parse_float=Decimal))
    assert not register.printed


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=200, deadline=None)
def test_settlements_are_accepted(seed, in_full):
    dice = random.Random(seed)
    lines = tuple(
        line
        for line in (random_line(dice) for __ in range(dice.randint(1, 6)))
        if line.amount and money(line.price * line.quantity)
    )
    total = sum((line.amount for line in lines), ZERO)
    if not total:
        return
    register = Register()
    advance = sale(
        Payment("electronic", total), lines=tuple(replace(line, method_sign=3) for line in lines), key="advance"
    )
    subtasks = Settings(subtasks=True)
    info = register.execute(json.loads(encode(protocol.build(advance, subtasks)), parse_float=Decimal))
    part = total if in_full else Decimal(dice.randint(1, int(total * 100))) / 100
    payments = [Payment("prepayment", part)] + ([Payment("cash", total - part)] if total > part else [])
    goods = sale(*payments, lines=lines, original=Original(number=info["doccode"]), key="goods")
    task = json.loads(encode(protocol.build(goods, subtasks)), parse_float=Decimal)
    register.execute(task)
    assert ("subtask" in task["fiscal"]) or part > total - CENT * len(lines)


@given(st.text(max_size=200))
def test_cleaned_text_is_accepted(text):
    cleaned = protocol.clean(text)
    register = Register()
    register._texts({"name": cleaned})
    assert protocol.clean(cleaned) == cleaned
