"""The words in which the tables of cases are written: events, and receipts as they read on paper."""

from dataclasses import dataclass, field
from decimal import Decimal

from addons.fiscal_base.compose import event as happened
from addons.fiscal_base.compose.problem import Problems
from addons.fiscal_base.compose.receipt import Row


def rub(amount):
    return Decimal(str(amount)).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Case:
    """One row of the table.

    :param event: the meanings, or an `Event`
    :param receipts: as `shown` writes them; "" for none; `refused …` with the codes of the problems
    :param rules: changes of the country's usual register
    """

    number: str
    english: str
    local: str
    source: str
    event: object
    receipts: str
    rules: dict = field(default_factory=dict)


def goods(name, amount, vat, quantity=1, **more):
    return happened.Goods(name, rub(amount), vat, Decimal(str(quantity)), **more)


def out(*items):
    return [happened.HandedOver(item) for item in items]


def row(item, line, **more):
    """Goods as they stand on a registered receipt."""
    facts = {"quantity": item.quantity, "subject": item.subject, **more}
    return Row(item.name, item.amount, facts.pop("vat", item.vat), line=line, **facts)


def registered(*rows, chain=False, sign="1234567890", day=None, **paid):
    sums = {kind: rub(amount) for kind, amount in paid.items()}
    return happened.Registered("first", rows, sums, sign, day, chain)


def cash(amount):
    return happened.Money("cash", rub(amount))


def card(amount):
    return happened.Money("electronic", rub(amount))


def transfer(amount):
    return happened.Money("transfer", rub(amount))


def cash_out(amount):
    return happened.PaidOut("cash", rub(amount))


def card_out(amount):
    return happened.PaidOut("electronic", rub(amount))


def change(amount):
    return happened.Change(rub(amount))


def used(amount, means="prepayment", **more):
    return happened.PrepaymentUsed(rub(amount), means, **more)


def credit(amount):
    return happened.CreditGiven(rub(amount))


def discount(amount, vat=None):
    return happened.Discount(rub(amount), vat)


def prepaid(amount, *items, whole=None, **more):
    whole = sum((item.amount for item in items), rub(0)) if whole is None else rub(whole)
    return happened.Prepayment(rub(amount), items, whole, **more)


def back(receipt, line, quantity=None, amount=None):
    count = None if quantity is None else Decimal(str(quantity))
    return happened.TakenBack(receipt, line, count, amount=None if amount is None else rub(amount))


def rounding(amount, step):
    return happened.Rounding(rub(amount), rub(step))


def flat(parts):
    """Meanings, some of them in lists."""
    return tuple(one for part in parts for one in (part if isinstance(part, list) else [part]))


def event(*parts, **more):
    return happened.Event(flat(parts), **more)


# === Receipts as they read ===


def rate(vat):
    if vat.rate is None:
        return "no VAT"
    return f"{vat.rate}/{100 + vat.rate}" if vat.calculated else f"{vat.rate}%"


def shown_row(row):
    counted = f"{row.quantity} × {row.unit_price} = " if row.quantity != 1 else ""
    off = (row.unit_price * row.quantity).quantize(Decimal("0.01")) - row.amount
    less = f" (discount {off})" if off and row.quantity == 1 else ""
    sign = f" sign {row.sign} subject {row.subject}" if row.sign else ""
    return f"  {row.name} {counted}{row.amount}{less} {rate(row.vat)}{sign}"


def shown_receipt(receipt):
    yield receipt.operation + (f" [{receipt.tax_system}]" if receipt.tax_system else "")
    yield from map(shown_row, receipt.rows)
    if receipt.rounding:
        yield f"  rounding {receipt.rounding:+} to pay {receipt.total - receipt.paid_by('prepayment')}"
    means = [f"{paid.kind} {paid.amount}{shown_label(paid)}" for paid in receipt.paid]
    yield "  by " + ", ".join(means) + (f", change {receipt.change}" if receipt.change else "")
    if receipt.chain:
        yield f"  {receipt.chain.step} of the order, left {receipt.chain.left}"
    if receipt.day:
        yield f"  settled {receipt.day:%d.%m.%Y}, sign of the first {receipt.original.sign if receipt.original else ''}"
    notes = ["internet"] * receipt.internet + ["act"] * receipt.act + [f"says {part.code}" for part in receipt.warnings]
    if notes:
        yield "  " + ", ".join(notes)


def shown_label(paid):
    return f" “{paid.about['label']}”" if paid.about.get("label") else ""


def shown(receipts):
    """What `compose` gives, as the tables write it."""
    if isinstance(receipts, Problems):
        return "refused " + " ".join(problem.code for problem in receipts)
    return "\n".join(line for receipt in receipts for line in shown_receipt(receipt))


def written(text):
    """The text of a table without the indentation of the file it stands in."""
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    lines = [line for line in lines if line.strip()]
    if not lines:
        return ""
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return "\n".join(line[margin:] for line in lines).strip()
