"""What a record of accounting tells: its meanings, on their way to documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from odoo.fields import Command

from ...compose.event import HandedOver, Prepayment, TakenBack
from ...const import RETURN_OF

#: the operation of a receipt and of what takes it back
SALE, BACK = "sale", RETURN_OF["sale"]
#: states of the documents that count as the receipt of something
MADE = ("queued", "sending", "waiting", "unknown", "done")


@dataclass
class Told:
    """What is told of one movement of money.

    :param reader: `MoneyReader`
    :param operation: of the money: comes in or goes back
    :param total: how much of it is to be registered
    :param notes: credit notes that are set against what is sold
    :param what: the meanings, without the money itself
    :param problems: sentences
    :param original: the receipt that a return names
    :param first: the first receipt of the chain that a sale goes on with
    """

    reader: object
    operation: str
    total: Decimal
    notes: object
    what: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    original: object = None
    first: object = None

    def raw(self, means: dict) -> dict:
        """Values of a document of which no receipt can be composed: for people to see what is to be put right."""
        goods = [meaning.goods for meaning in self.what if isinstance(meaning, HandedOver | TakenBack)]
        goods += [one for meaning in self.what if isinstance(meaning, Prepayment) for one in meaning.goods]
        lines = []
        for one in filter(None, goods):
            vals = {name: value for name, value in one.about.items() if name != "tax_name"}
            vals.update(name=one.name, quantity=float(one.quantity), price=float(one.price or 0))
            vals.update(amount=float(one.amount), tax_name=one.about.get("tax_name"), subject=str(one.subject or 1))
            vals.update(self.reader.register._vat_vals(one.vat) if one.vat else {})
            lines.append(vals)
        payments = [{**means, "amount": float(self.total)}] if self.total else []
        return {
            "operation": self.operation,
            "original_id": self.original.id if self.original else False,
            "line_ids": [Command.create(line) for line in lines],
            "payment_ids": [Command.create(payment) for payment in payments],
            "total": float(self.total),
        }

    def name_signs(self, vals: dict, receipt) -> None:
        """Where the law has no signs, the document says nevertheless that goods leave later: those who settle the
        prepayment look for it.
        """
        prepaid = [meaning for meaning in self.what if isinstance(meaning, Prepayment)]
        if not prepaid or any(row.sign for row in receipt.rows):
            return
        if any(isinstance(meaning, HandedOver) for meaning in self.what):
            return
        sign = "3" if not prepaid[0].goods else "1" if prepaid[0].amount == prepaid[0].whole else "2"
        for __, __, line in vals["line_ids"]:
            line["method_sign"] = sign
