"""Tax numbers: right ones pass in their compact form, one wrong digit does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.fiscal_base.tools.tax_number import company_number, person_number

COMPANIES = [
    ("7707083893", "RU"),
    ("7736050003", "RU"),
    ("500100732259", "RU"),
    ("32855961", "UA"),
    ("00032129", "UA"),
    ("1759013776", "UA"),
]
PEOPLE = [("500100732259", "RU"), ("772345678901", "RU"), ("1759013776", "UA"), ("3184710691", "UA")]


@pytest.mark.parametrize(("number", "country"), COMPANIES)
def test_company(number, country):
    assert company_number(number, country) == number
    assert company_number(f" {number[:4]} {number[4:]} ", country) == number


@pytest.mark.parametrize(("number", "country"), PEOPLE)
def test_person(number, country):
    assert person_number(number, country) == number


@pytest.mark.parametrize(
    ("number", "country"),
    [("7707083893", "RU"), ("32855961", "UA"), ("50010073225", "RU"), ("17590137761", "UA"), ("", "RU"), ("", "UA")],
)
def test_a_company_is_no_person(number, country):
    assert person_number(number, country) is None


@pytest.mark.parametrize(("number", "country"), COMPANIES)
@given(data=st.data())
def test_a_wrong_digit_is_found(number, country, data):
    """The check digits find every change of the last digit."""
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[-1]]))
    assert company_number(number[:-1] + wrong, country) is None


@pytest.mark.parametrize("country", ["RU", "UA"])
@pytest.mark.parametrize("length", [8, 10, 12])
def test_zeros_alone_belong_to_nobody(country, length):
    assert company_number("0" * length, country) is None
    assert person_number("0" * length, country) is None


@pytest.mark.parametrize("country", ["RU", "UA"])
@given(number=st.text(max_size=14) | st.text("0123456789", max_size=14))
def test_any_text_gets_an_answer(number, country):
    for check in (company_number, person_number):
        found = check(number, country)
        assert found is None or found.isdigit()


def test_other_countries_take_anything():
    assert company_number(" DE123 ", "DE") == person_number("DE123", "DE") == "DE123"
    assert company_number("", "DE") is None
    assert company_number("DE1", False) == "DE1"
