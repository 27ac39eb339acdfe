"""Each word of the law in the words of the service, written by hand from its documentation, through the whole request.

Nothing here is taken from `const.py`: a table there that mixes up two rows fails here.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Correction, Line, Payment

from .samples import SETTINGS, sale, task_of

ONE = Decimal("1")
HUNDRED = Decimal("100.00")
GOODS = Line("Товар", ONE, HUNDRED, HUNDRED, tax_code="vat22")


def position(**fields) -> dict:
    return task_of(sale(lines=(replace(GOODS, **fields),)))["positions"][0]


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("novat", "no"),  # without VAT, FFD 1199 = 6
        ("vat0", "0"),  # 0 %, 5
        ("vat5", "5"),  # 5 %, 7
        ("vat7", "7"),  # 7 %, 8
        ("vat10", "10"),  # 10 %, 2
        ("vat22", "22"),  # 22 %, 11
        ("vat105", "105"),  # 5/105, 9
        ("vat107", "107"),  # 7/107, 10
        ("vat110", "110"),  # 10/110, 4
        ("vat122", "122"),  # 22/122, 12
    ],
)
def test_vat(code, word):
    assert position(tax_code=code)["vat"] == word


@pytest.mark.parametrize(("code", "word"), [("vat20", "20"), ("vat120", "120")])
def test_vat_of_2025_on_a_return(code, word):
    receipt = sale(operation="sale_return", lines=(replace(GOODS, tax_code=code),))
    assert task_of(receipt)["positions"][0]["vat"] == word


@pytest.mark.parametrize(
    ("code", "word"),
    [("novat", "no"), ("vat0", "0"), ("vat5", "105"), ("vat7", "107"), ("vat10", "110"), ("vat22", "122")],
)
@pytest.mark.parametrize(("sign", "method"), [(1, "pre_payment_full"), (2, "pre_payment_part"), (3, "advance")])
def test_prepayment_is_a_payment_at_the_calculated_rate(code, word, sign, method):
    found = position(tax_code=code, method_sign=sign)
    assert (found["vat"], found["payment_method"], found["payment_object"]) == (word, method, "payment")


@pytest.mark.parametrize(("sign", "method"), [(4, "full_payment"), (5, "credit_part")])
def test_method_sign(sign, method):
    assert position(method_sign=sign)["payment_method"] == method


@pytest.mark.parametrize(
    ("subject", "word"),
    [
        (1, "product"),  # товар
        (2, "product_practical"),  # подакцизный товар
        (3, "work"),  # работа
        (4, "service"),  # услуга
        (5, "gambling_bet"),
        (6, "gambling_win"),
        (7, "lottery_bet"),
        (8, "lottery_win"),
        (9, "rid"),
        (10, "payment"),  # платёж
        (11, "commission"),  # агентское вознаграждение
        (12, "composite"),
        (13, "other"),
        (14, "property_right"),
        (15, "non_operating"),
        (16, "insurance"),
        (17, "sales_tax"),
        (18, "resort_fee"),
        (19, "deposit"),  # залог
        (20, "consumption"),  # расход
    ],
)
def test_subject(subject, word):
    assert position(subject=subject)["payment_object"] == word


@pytest.mark.parametrize(
    "measure", [0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255]
)
def test_measure_is_the_number_of_the_format(measure):
    assert position(measure=measure)["measure"] == measure


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("cash", "cash"),  # 1031
        ("electronic", "card"),  # 1081
        ("prepayment", "prepayment"),  # 1215
        ("other", "counter_provisioning"),  # 1217
    ],
)
def test_means(kind, word):
    task = task_of(sale(Payment(kind, HUNDRED), lines=(GOODS,)))
    assert task["payments"] == [{"type": word, "sum": HUNDRED}]


@pytest.mark.parametrize(
    ("operation", "intent"),
    [("sale", "sell"), ("sale_return", "sellReturn"), ("purchase", "buy"), ("purchase_return", "buyReturn")],
)
def test_intent(operation, intent):
    assert task_of(sale(operation=operation))["intent"] == intent


@pytest.mark.parametrize(
    ("operation", "intent"),
    [
        ("correction_sale", "sellCorrection"),
        ("correction_sale_return", "sellReturnCorrection"),
        ("correction_purchase", "buyCorrection"),
        ("correction_purchase_return", "buyReturnCorrection"),
    ],
)
@pytest.mark.parametrize(("kind", "word"), [(0, "self"), (1, "instruction")])
def test_correction(operation, intent, kind, word):
    reason = Correction(kind=kind, date=date(2026, 11, 20), number="17-А" if kind else "", reason="Чек не пробит")
    task = task_of(sale(operation=operation, correction=reason))
    assert (task["intent"], task["correction_info"]["type"]) == (intent, word)


@pytest.mark.parametrize(
    ("system", "number"),
    [
        ("ru_general", 0),  # ОСН
        ("ru_simplified_income", 1),  # УСН доход
        ("ru_simplified_profit", 2),  # УСН доход минус расход
        ("ru_agricultural", 4),  # ЕСХН
        ("ru_patent", 5),  # ПСН
    ],
)
def test_tax_system(system, number):
    assert task_of(sale(tax_system=system))["company"]["sno"] == number


@pytest.mark.parametrize(("sign", "method"), [(6, "credit"), (7, "credit_pay")])
def test_credit_where_the_register_allows_it(sign, method):
    receipt = sale(Payment("credit", HUNDRED), lines=(replace(GOODS, method_sign=sign),))
    task = task_of(receipt, replace(SETTINGS, credit=True))
    assert task["positions"][0]["payment_method"] == method
    assert task["payments"] == [{"type": "credit", "sum": HUNDRED}]  # 1216
