"""Each operation and means in the numbers of Vchasno.Kasa, written by hand from its documentation, through the request.

Nothing here is taken from `const.py`: a table there that mixes up two rows fails here.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Line, Payment
from addons.fiscal_vchasno import protocol

from .samples import operation, sale

HUNDRED = Decimal("100.00")
GOODS = Line("Товар", Decimal("1"), HUNDRED, HUNDRED, tax_code="1")


def fiscal(receipt) -> dict:
    return protocol.build(receipt)["fiscal"]


@pytest.mark.parametrize(
    ("receipt", "task"),
    [
        (operation("shift_open"), 0),
        (sale(lines=(GOODS,)), 1),
        (sale(operation="sale_return", lines=(GOODS,)), 2),
        (operation("cash_in", "100.00"), 3),  # службове внесення
        (operation("cash_out", "100.00"), 4),  # службова видача
        (operation("x_report"), 10),
        (operation("shift_close"), 11),
    ],
)
def test_task(receipt, task):
    assert fiscal(receipt)["task"] == task


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("cash", 0),  # готівка
        ("electronic", 2),  # картка
        ("prepayment", 3),  # передплата
        ("credit", 5),  # кредит
    ],
)
def test_means(kind, number):
    pays = fiscal(sale(Payment(kind, HUNDRED), lines=(GOODS,)))["receipt"]["pays"]
    assert [(pay["type"], pay["sum"]) for pay in pays] == [(number, HUNDRED)]


@pytest.mark.parametrize("group", ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
def test_tax_group_is_the_number_of_the_service(group):
    rows = fiscal(sale(lines=(replace(GOODS, tax_code=group),)))["receipt"]["rows"]
    assert [str(row["taxgrp"]) for row in rows] == [group]
