"""Receipts that were wrong, or never made (R40 to R47, U21 to U24), and what they read like."""

from datetime import date

import pytest

from addons.fiscal_base.compose import Russia, Ukraine, compose, correct, missed
from tests.pure.fiscal_base.cases import russia, ukraine
from tests.pure.fiscal_base.cases.words import card, cash, event, out, registered, shown, written
from tests.pure.fiscal_base.test_compose_cases import rules

SOURCE = registered(sign="1234567890", day=date(2026, 11, 3))


def sale(country, table, *paid):
    return compose(event(out(table.COFFEE, table.BREAD), *paid), rules(country))[0]


@pytest.fixture
def wrong():
    """Registered in cash."""
    return sale(Russia, russia, cash("551.90"))


@pytest.fixture
def right():
    """Paid by card in truth."""
    return sale(Russia, russia, card("551.90"))


def test_wrong_means_in_format_1_2(wrong, right):
    """R40: two corrections, both with all lines, the day of the settlement and the sign of the wrong receipt."""
    assert shown(correct(wrong, SOURCE, right, "1.2")) == written("""
        correction_sale_return
          Кофе 489.90 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by cash 551.90
          settled 03.11.2026, sign of the first 1234567890
        correction_sale
          Кофе 489.90 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by electronic 551.90
          settled 03.11.2026, sign of the first 1234567890
        """)


def test_wrong_means_in_format_1_05(wrong, right):
    """R41, R43: an ordinary return that mirrors the wrong receipt, an ordinary right sale, both with 1192."""
    undo, again = correct(wrong, SOURCE, right, "1.05")
    assert (undo.operation, again.operation) == ("sale_return", "sale")
    assert undo.rows == wrong.rows and undo.paid == wrong.paid
    assert undo.original.sign == again.original.sign == "1234567890"


def test_registered_twice(wrong):
    """R44: the first step alone."""
    (undo,) = correct(wrong, SOURCE, None, "1.2")
    assert undo.operation == "correction_sale_return"
    (undo,) = correct(wrong, SOURCE, None, "1.05")
    assert undo.operation == "sale_return"


def test_a_wrong_return_is_undone_by_a_sale(wrong):
    returned = compose(event(russia.CASES and [russia.back(russia.SOLD, "2"), russia.card_out("62.00")]), rules(Russia))
    (undo,) = correct(returned[0], SOURCE, None, "1.2")
    assert undo.operation == "correction_sale"


def test_not_registered(right):
    """R42: one correction for each settlement, with its lines."""
    (late,) = missed([right], date(2026, 11, 2), "1.2")
    assert (late.operation, late.day, late.rows) == ("correction_sale", date(2026, 11, 2), right.rows)


def test_ukraine_returns_and_sells_again():
    """U21: no corrections; a return of the wrong receipt, with an act, and the right sale."""
    wrong, right = sale(Ukraine, ukraine, cash("551.90")), sale(Ukraine, ukraine, card("551.90"))
    assert [receipt.operation for receipt in correct(wrong, SOURCE, right)] == ["sale_return", "sale"]
    assert missed([right], date(2026, 11, 2)) == (right,)
