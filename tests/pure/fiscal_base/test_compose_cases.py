"""The tables of cases: what the law wants of each event, in Russia and in Ukraine (`cases/`)."""

from decimal import Decimal

import pytest

from addons.fiscal_base.compose import Russia, Ukraine, compose
from addons.fiscal_base.compose.event import Event
from addons.fiscal_base.tools.capabilities import Capabilities
from tests.pure.fiscal_base.cases import russia, ukraine
from tests.pure.fiscal_base.cases.words import event, shown, written

KINDS = frozenset({"cash", "electronic", "prepayment", "credit", "other"})
BOTH = frozenset({"sale", "sale_return"})


def rules(country, kinds=KINDS, operations=BOTH, **changes):
    able = Capabilities(
        operations=operations, payment_kinds=frozenset(kinds), rounding=country is Ukraine, chains=country is Ukraine
    )
    table = russia if country is Russia else ukraine
    main = {"rates": table.RATES, "main_vat": table.RATES[0], **changes}
    if not main.pop("rounding_named", True):
        able = Capabilities(operations=operations, payment_kinds=frozenset(kinds))
    return country(capabilities=able, **main)


def composed(country, case):
    what = case.event if isinstance(case.event, Event) else event(*case.event)
    return compose(what, rules(country, **case.rules))


def names(cases):
    return [f"{case.number} {case.english}" for case in cases]


@pytest.mark.parametrize("case", russia.CASES, ids=names(russia.CASES))
def test_russia(case):
    assert shown(composed(Russia, case)) == written(case.receipts)


@pytest.mark.parametrize("case", ukraine.CASES, ids=names(ukraine.CASES))
def test_ukraine(case):
    assert shown(composed(Ukraine, case)) == written(case.receipts)


def rows(letter, last, extra=()):
    return {f"{letter}{number}" for number in range(1, last + 1)} | set(extra)


def missing(module, wanted):
    told = {case.number for case in module.CASES} | set(module.ELSEWHERE)
    return wanted - told


def test_every_row_of_the_law_is_in_the_tables():
    assert not missing(russia, (rows("R", 82, ("R12a", "R31a", "R81a")) - {"R56", "R57", "R58", "R59"}))
    assert not missing(ukraine, rows("U", 38, ("U36a", "U36b")))


def test_the_vat_inside_the_example():
    """88.34 in coffee at 22/122, 5.64 in bread at 10/110."""
    case = next(case for case in russia.CASES if case.number == "R5")
    (receipt,) = composed(Russia, case)
    assert [row.tax for row in receipt.rows] == [Decimal("88.34"), Decimal("5.64")]
