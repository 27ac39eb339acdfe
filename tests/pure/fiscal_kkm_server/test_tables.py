"""Each word of the law in the words of KKM Server, written by hand from its documentation, through the whole command.

Nothing here is taken from `const.py`: a table there that mixes up two rows fails here.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Correction, Line, Payment
from addons.fiscal_kkm_server import protocol

from .samples import DEVICE, sale

ONE = Decimal("1")
HUNDRED = Decimal("100.00")
GOODS = Line("Товар", ONE, HUNDRED, HUNDRED, tax_code="vat22")


def command(receipt) -> dict:
    return protocol.build(receipt, DEVICE)


def register(**fields) -> dict:
    strings = command(sale(lines=(replace(GOODS, **fields),)))["CheckStrings"]
    return next(string["Register"] for string in strings if "Register" in string)


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("novat", -1),  # без НДС
        ("vat0", 0),
        ("vat5", 5),
        ("vat7", 7),
        ("vat10", 10),
        ("vat20", 20),
        ("vat22", 22),
        ("vat105", 105),
        ("vat107", 107),
        ("vat110", 110),
        ("vat120", 120),
        ("vat122", 122),
    ],
)
def test_vat(code, number):
    assert register(tax_code=code)["Tax"] == number


@pytest.mark.parametrize(
    ("operation", "number"),
    [
        ("sale", 0),
        ("sale_return", 1),
        ("correction_sale", 2),
        ("correction_sale_return", 3),
        ("purchase", 10),
        ("purchase_return", 11),
        ("correction_purchase", 12),
        ("correction_purchase_return", 13),
    ],
)
def test_type_of_receipt(operation, number):
    correction = Correction(kind=0, date=date(2026, 11, 20), reason="Чек не пробит")
    fields = {"correction": correction} if operation.startswith("correction") else {}
    assert command(sale(operation=operation, **fields))["TypeCheck"] == number


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("cash", "Cash"),  # 1031
        ("electronic", "ElectronicPayment"),  # 1081
        ("prepayment", "AdvancePayment"),  # 1215
        ("credit", "Credit"),  # 1216
        ("other", "CashProvision"),  # 1217
    ],
)
def test_means(kind, name):
    names = ("Cash", "ElectronicPayment", "AdvancePayment", "Credit", "CashProvision")
    found = command(sale(Payment(kind, HUNDRED), lines=(GOODS,)))
    assert {each: found[each] for each in names} == {each: HUNDRED if each == name else 0 for each in names}


@pytest.mark.parametrize(
    ("system", "number"),
    [
        ("ru_general", "0"),
        ("ru_simplified_income", "1"),
        ("ru_simplified_profit", "2"),
        ("ru_agricultural", "4"),
        ("ru_patent", "5"),
    ],
)
def test_tax_system(system, number):
    assert command(sale(tax_system=system))["TaxVariant"] == number


@pytest.mark.parametrize("sign", [1, 2, 3, 4, 5, 6, 7])
def test_method_sign_is_the_number_of_the_format(sign):
    assert register(method_sign=sign)["SignMethodCalculation"] == sign


@pytest.mark.parametrize("subject", [1, 2, 3, 4, 10, 11, 13, 19, 30, 31, 32, 33])
def test_subject_is_the_number_of_the_format(subject):
    assert register(subject=subject)["SignCalculationObject"] == subject


@pytest.mark.parametrize("measure", [0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 255])
def test_measure_is_the_number_of_the_format(measure):
    assert register(measure=measure)["MeasureOfQuantity"] == measure
