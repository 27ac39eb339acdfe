"""Addresses of services as people enter them."""

import pytest

from addons.fiscal_base.tools.address import address_problem


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://127.0.0.1:5893", ""),
        ("https://kasa.vchasno.ua/", ""),
        (" https://кассы.рф ", ""),
        ("http://[::1]:5893", ""),
        ("kassa.komtet.ru", "no_address"),
        ("ftp://kassa.komtet.ru", "no_address"),
        ("https://", "no_address"),
        ("https://host:port", "no_address"),
        ("https://a b", "no_address"),
        ("https://[::1", "no_address"),
        ("https://user:secret@kassa.komtet.ru", "login"),
        ("https://@kassa.komtet.ru", "login"),
        ("https://kassa.komtet.ru/?token=1", "query"),
        ("https://kassa.komtet.ru?", "query"),
        ("https://kassa.komtet.ru#x", "query"),
        ("https://kassa.komtet.ru/api", "path"),
    ],
)
def test_address_of_a_service_without_a_path(address, problem):
    assert address_problem(address) == problem


def test_address_of_a_service_with_a_path():
    assert address_problem("https://api.checkbox.ua/api/v1", path=True) == ""
    assert address_problem("https://api.checkbox.ua/api/v1?x=1", path=True) == "query"
