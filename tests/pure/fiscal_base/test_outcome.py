"""The six answers, and what each carries."""

import dataclasses
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.fiscal_base.tools.outcome import FiscalData, Kind, Outcome, RegisterStatus, storable

BUILT = {
    Kind.DONE: Outcome.done(FiscalData(number="7"), response="{}", message="paper ends"),
    Kind.WAITING: Outcome.waiting(5, response="{}", message="accepted"),
    Kind.NOT_SENT: Outcome.not_sent("refused", 5, response="{}", new_key=True, code="429"),
    Kind.UNKNOWN: Outcome.unknown("lost", 5, response="{}", code="502"),
    Kind.REJECTED: Outcome.rejected("7", "no such tax", response="{}"),
    Kind.BLOCKED: Outcome.blocked("no paper", 5, response="{}", code="12"),
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_its_method(kind):
    outcome = BUILT[kind]
    assert outcome.kind is kind
    assert outcome.response == "{}"
    assert outcome.message
    assert (outcome.data is not None) == (kind is Kind.DONE)
    assert outcome.new_key == (kind is Kind.NOT_SENT)
    assert (outcome.retry_after is None) == (kind in (Kind.DONE, Kind.REJECTED))


@pytest.mark.parametrize("value", [BUILT[Kind.DONE], FiscalData(), RegisterStatus(ready=True)])
def test_an_answer_is_not_changed_afterwards(value):
    for name in (field.name for field in dataclasses.fields(value)):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, None)


def test_a_pause_is_left_to_the_base_unless_it_is_said():
    assert Outcome.unknown("lost").retry_after is None
    assert Outcome.waiting().retry_after is None
    assert Outcome.not_sent("busy", 0).retry_after == 0


@given(st.text(st.characters()))
def test_storable_text_can_be_kept_by_a_database(text):
    kept = storable(text)
    assert "\0" not in kept.encode().decode()
    assert len(kept) == len(text)
    assert kept == text or "\0" in text or any(0xD800 <= ord(character) < 0xE000 for character in text)


def test_storable_goes_into_everything():
    data = FiscalData(number="1\0", total=Decimal("1.50"), extra={"a\0": ["\0", ("\ud800", 7)]})
    kept = storable(Outcome.done(data, response="\0", message="\ud800"))
    assert (kept.kind, kept.response, kept.message) == (Kind.DONE, "\ufffd", "?")
    assert kept.data == FiscalData(number="1\ufffd", total=Decimal("1.50"), extra={"a\ufffd": ["\ufffd", ("?", 7)]})
    status = RegisterStatus(ready=True, problem="\0", tax_systems=("x\0",), clock=datetime(2026, 1, 1))
    assert storable(status) == dataclasses.replace(status, problem="\ufffd", tax_systems=("x\ufffd",))
