"""Tax numbers of companies and people in Russia and Ukraine; python-stdnum verifies the check digits."""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.ru import inn
from stdnum.ua import edrpou, rntrc

#: country → validators for a company's number, in the order in which they are tried
COMPANY = {"RU": (inn,), "UA": (edrpou, rntrc)}
#: country → (validator, number of digits) for a person's number
PERSON = {"RU": (inn, 12), "UA": (rntrc, 10)}


def company_number(number: str, country: str) -> str | None:
    """The compact form of a company's number (ИНН of 10 or 12 digits; ЄДРПОУ or РНОКПП), None if it is not valid.

    A sole trader has a person's number, which is valid here too. For countries without a rule any number is valid.
    """
    validators = COMPANY.get(country)
    if validators is None:
        return (number or "").strip() or None
    for validator in validators:
        if compact := _valid(validator, number):
            return compact
    return None


def person_number(number: str, country: str) -> str | None:
    """The compact form of a person's number (ИНН of 12 digits, FFD tag 1203; РНОКПП of 10), None if not valid."""
    rule = PERSON.get(country)
    if rule is None:
        return (number or "").strip() or None
    validator, digits = rule
    compact = _valid(validator, number)
    return compact if compact and len(compact) == digits else None


def _valid(validator, number: str) -> str | None:
    """The compact form of a number whose check digits are right. All zeros would pass, but no such number exists."""
    try:
        compact = validator.validate(number)
    except ValidationError:
        return None
    return compact if compact.strip("0") else None
