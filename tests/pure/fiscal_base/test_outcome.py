"""The six answers, and what each carries."""

import dataclasses

import pytest

from addons.fiscal_base.tools.outcome import FiscalData, Kind, Outcome, RegisterStatus

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
