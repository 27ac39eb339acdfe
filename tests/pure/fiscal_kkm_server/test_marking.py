"""Marking codes are checked before the receipt is sent (`kkm_server.md` §3.9)."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_kkm_server import protocol
from tests.emulators.kkm_register import Register
from tests.emulators.kkm_server import Kkm

from .samples import DEVICE, SERIAL, TEA, sale

CODE = "010460708021818721&dAIMqnpEQnQ!\x1d910058\x1d921gx=="
PIECE = replace(TEA, name="Сапоги", quantity=Decimal(1), amount=Decimal("105.50"), subject=33, marking_code=CODE)
RECEIPT = protocol.prepare(sale(lines=(PIECE, TEA)), DEVICE, paper=protocol.Paper(check_marking=True))


def run(request, kkm, asked=None):
    """Carry the conversation to the emulated service."""
    conversation = protocol.submit(request)
    try:
        question = next(conversation)
        while True:
            if asked is not None:
                asked.append(json.loads(question["body"]))
            reply = kkm(question) if callable(kkm) else Answer(200, _text(kkm.run(question["body"].encode())))
            question = conversation.send(reply)
    except StopIteration as end:
        return end.value


def _text(answer):
    return json.dumps(answer, default=str)


def service(result=None, **fields):
    register = Register(1, SERIAL, **fields)
    if result is not None:
        register.marking[CODE] = result
    return register, Kkm([register])


def test_a_good_code_is_sold():
    register, kkm = service()
    asked = []
    outcome = run(RECEIPT, kkm, asked)
    assert (outcome.kind.value, outcome.message) == ("done", "")
    assert [command["Command"] for command in asked] == ["ValidationMarkingCode", "RegisterCheck"]
    (piece,) = asked[0]["GoodCodeDatas"]
    assert piece["BarCode"] == CODE and piece["Name"] == "Сапоги"
    assert register.printed[-1].lines[0]["BarCode"] == CODE


@pytest.mark.parametrize("result", [1, 5, 7])
def test_a_bad_code_is_refused_before_anything_is_registered(result):
    register, kkm = service(result)
    asked = []
    outcome = run(RECEIPT, kkm, asked)
    assert (outcome.kind.value, outcome.code) == ("rejected", "marking")
    assert "Сапоги" in outcome.message and "[М-]" in outcome.message
    assert len(asked) == 1 and register.printed == []


@pytest.mark.parametrize("result", [0, 3])
def test_a_code_that_could_not_be_checked_to_the_end_is_sold_and_said(result):
    register, kkm = service(result)
    outcome = run(RECEIPT, kkm)
    assert outcome.kind.value == "done" and "[М]" in outcome.message
    assert register.printed[-1].type == "sale"


def test_a_register_that_checks_none_sells():
    __, kkm = service(ffd="1.05")
    assert run(RECEIPT, kkm).kind.value == "done"


@pytest.mark.parametrize("reply", [NotSent("refused"), Lost("reset"), Answer(501, "{}"), Answer(200, "<html>")])
def test_trouble_with_asking_refuses_no_sale(reply):
    __, kkm = service()

    def carry(question):
        if "ValidationMarkingCode" in question["body"]:
            return reply
        return Answer(200, _text(kkm.run(question["body"].encode())))

    assert run(RECEIPT, carry).kind.value == "done"


def test_it_is_asked_only_where_there_are_codes_and_it_is_wanted():
    for request in (
        protocol.prepare(sale(), DEVICE, paper=protocol.Paper(check_marking=True)),
        protocol.prepare(sale(lines=(PIECE,)), DEVICE),
        protocol.prepare(
            sale(lines=(PIECE,), operation="sale_return"), DEVICE, paper=protocol.Paper(check_marking=True)
        ),
    ):
        asked = []
        register, kkm = service()
        register.cash = Decimal("1000.00")
        assert run(request, kkm, asked).kind.value == "done"
        assert [command["Command"] for command in asked] == ["RegisterCheck"]


def test_an_older_build_says_it_in_the_row_itself():
    row = {"Name": "x", "BarCode": CODE, "ValidationResult": "7", "DecryptionResult": "[М-]"}
    answer = {"Command": "ValidationMarkingCode", "Status": 0, "MarkingCodeValidation": [row]}
    (verdict,) = protocol.parse_marking(Answer(200, json.dumps(answer)))
    assert (verdict.code, verdict.allowed, verdict.certain, verdict.words) == (CODE, False, True, "[М-]")


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ({"ValidationResult": True}, True),
        ({"ValidationResult": False}, False),
        ({"ValidationResult": False, "ValidationDisabled": True}, True),
        ({}, True),
    ],
)
def test_the_permission_mode_has_the_last_word(permission, allowed):
    row = {"BarCode": CODE, "ValidationPR": permission, "ValidationKKT": {"ValidationResult": 15}}
    answer = {"Command": "ValidationMarkingCode", "Status": 0, "MarkingCodeValidation": [row]}
    (verdict,) = protocol.parse_marking(Answer(200, json.dumps(answer)))
    assert verdict.allowed is allowed


def test_no_answer_is_no_verdict():
    assert isinstance(protocol.parse_marking(Lost("x")), protocol.Failure)
    for rows in (None, 3, [3], [{}], {"a": 1}):
        answer = {"Command": "ValidationMarkingCode", "Status": 0, "MarkingCodeValidation": rows}
        assert all(verdict.allowed for verdict in protocol.parse_marking(Answer(200, json.dumps(answer))))
