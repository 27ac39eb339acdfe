"""Marking codes are normalized by the rules of the till: one table of cases for both."""

import json

import pytest

from addons.fiscal_base.tools.marking_code import normalize
from tests.dev.paths import ROOT

TABLE = (ROOT / "fiscal_base/static/tests/unit/utils/marking_cases.js").read_text(encoding="utf-8")
CASES = json.loads(TABLE[TABLE.index("[") : TABLE.rindex("]") + 1])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_normalize(case):
    assert normalize(case["given"]) == case["code"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_what_is_normalized_stays_as_it_is(case):
    assert normalize(case["code"]) == case["code"]
