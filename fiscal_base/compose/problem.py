"""What stands against a receipt, as codes with values; `texts.py` of the addon has the sentences and the cures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: code → what its values name
CODES = {
    # a fact is missing: no lawful value stands for it
    "name_missing": (),
    "vat_missing": ("name",),
    "vat_legacy": ("name", "rate"),
    "vat_no_calculated": ("name", "rate"),
    "advance_vat_missing": (),
    "tip_vat_missing": (),
    "subject_missing": ("name",),
    "code_missing": ("name",),
    "code_quantity": ("name",),
    "kind_missing": ("amount",),
    "contact_missing": (),
    "meaning_missing": ("amount",),
    # the sums
    "currency": ("currency", "expected"),
    "negative": ("name",),
    "amount_negative": ("amount",),
    "quantity": ("name",),
    "discount_exceeds": ("discount", "goods"),
    "prepayment_exceeds": ("used", "goods"),
    "credit_exceeds": ("credit", "goods"),
    "part_exceeds": ("amount", "left"),
    "sums_disagree": ("expected", "paid"),
    "rounding_step": ("rounding", "step"),
    "rounding_up": ("rounding",),
    "change_beyond_cash": ("change", "cash"),
    "free_line": ("name",),
    # returns
    "return_vat_missing": ("name",),
    "return_row_missing": (),
    "returned_more": ("name", "left", "quantity"),
    "returned_sum": ("left", "paid"),
    "not_returnable": ("name",),
    "exchange_means": ("amount",),
    # what the register or its service cannot do
    "operation_unsupported": ("operation",),
    "kind_unsupported": ("kind", "amount"),
    "rounding_unsupported": ("rounding",),
    "credit_whole": (),
    "chain_return_whole": ("left",),
    # said, not refused
    "refund_means": ("kind", "amount", "paid"),
    "prepaid_sold": (),
    "certificate_single_tax": (),
}
#: those that are only said
WARNINGS = frozenset({"refund_means", "prepaid_sold", "certificate_single_tax"})


@dataclass(frozen=True)
class Problem:
    """One thing to put right, or to know of (`WARNINGS`).

    :param code: a key of `CODES`
    :param line: the line of the source that it concerns, "" for the whole
    :param values: what the sentence names: texts and Decimals
    """

    code: str
    line: str = ""
    values: Mapping = field(default_factory=dict)

    def __post_init__(self):
        if set(self.values) != set(CODES[self.code]):
            raise TypeError(f"“{self.code}” names {CODES[self.code]}, not {tuple(self.values)}")


class Problems(tuple):
    """Every `Problem` of an event for which no receipt is made; never empty."""

    __slots__ = ()


class Refused(Exception):
    """Ends the composing where going on makes no sense. Stays inside of `compose`."""

    def __init__(self, code: str, line: str = "", **values):
        super().__init__(code)
        self.problem = Problem(code, line, values)
