"""Sending a command, and asking about one whose end is not known (`kkm_server.md` §7, items 1 to 4)."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Correction
from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_kkm_server import protocol

from .samples import CHEESE, DEVICE, KEY, SERIAL, TEA, cash, operation, sale

RECEIPT = protocol.freeze(protocol.build(sale(), DEVICE), after=16)
DONE = {"Command": "RegisterCheck", "Status": 0, "Error": "", "IdCommand": KEY, "CheckNumber": 17}
FORGOTTEN = {
    "Command": "GetRezult",
    "Status": 3,
    "Error": "Команда с таким IdCommand не найдена",
    "Rezult": {"IdCommand": KEY, "Status": 3, "Command": "<Не определено>", "Error": "<Не определено>"},
}


class Service:
    """Answers of a service that has lost its memory, with the documents of a fiscal storage."""

    def __init__(self, rezult, documents=None, state=2, last=None):
        self.rezult, self.documents, self.state = rezult, documents or {}, state
        self.last = max(self.documents, default=0) if last is None else last
        self.asked = []

    def __call__(self, request):
        command = json.loads(request["body"])
        self.asked.append(command)
        if command["Command"] == "GetRezult":
            assert command["IdCommand"] == KEY
            value = self.rezult
        elif command["Command"] == "GetDataKKT":
            assert command["KktNumber"] == SERIAL
            value = {"Command": "GetDataKKT", "Status": 0, "CheckNumber": self.last, "SessionNumber": 6}
            value["Info"] = {"SessionState": self.state}
        elif command["Command"] != "GetDataCheck":
            value = self.rezult
        else:
            assert command["NumberCopies"] == 0
            value = self.documents[command["FiscalNumber"]]
        return value if not isinstance(value, dict) else Answer(200, "  " + json.dumps(value))


def run(request, service, start=protocol.lookup):
    conversation = start(request)
    try:
        question = next(conversation)
        while True:
            question = conversation.send(service(question))
    except StopIteration as end:
        return end.value


def wrapped(result, times=1):
    for __ in range(times):
        result = {"Command": "GetRezult", "Status": 0, "Error": "", "IdCommand": "", "NumDevice": 0, "Rezult": result}
    return result


LINES = [{"Name": "Чай чёрный, 100 г", "Quantity": 2, "Amount": 211, "Tax": 22}]


def check(number, total="211.00", n=1, **fields):
    """A document of the fiscal storage, with the goods that were sent."""
    code = f"t=20261121T1230&s={total}&fn=9999078900002838&i={number}&fp=1&n={n}"
    told = {"FiscalNumber": number, "Register": LINES, **fields}
    return {"Command": "GetDataCheck", "Status": 0, "QRCode": code, "RegisterCheck": told}


def report(number):
    code = f"t=20261121T1230&fn=9999078900002838&i={number}&fp=1"
    return {"Command": "GetDataCheck", "Status": 0, "QRCode": code, "RegisterCheck": {"CheckType": "Открытие смены"}}


@pytest.mark.parametrize("times", [1, 2, 5])
def test_the_result_however_often_it_is_wrapped(times):
    service = Service(wrapped(DONE, times))
    outcome = run(RECEIPT, service)
    assert (outcome.kind.value, outcome.data.number) == ("done", "17")
    assert len(service.asked) == 1


@pytest.mark.parametrize("status", [1, 4])
def test_still_running(status):
    assert run(RECEIPT, Service(wrapped({**DONE, "Status": status}))).kind.value == "waiting"


@pytest.mark.parametrize("status", [1, 4])
def test_an_answer_in_an_answer_is_an_old_one(status):
    old = wrapped({**DONE, "Status": status}, times=2)
    outcome = run(RECEIPT, Service(old, {17: check(17)}))
    assert (outcome.kind.value, outcome.data.number) == ("done", "17")
    outcome = run(RECEIPT, Service(old, last=16))
    assert (outcome.kind.value, outcome.code) == ("unknown", "repeated")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (NotSent("refused"), "no_connection"),
        (Lost("reset"), "no_connection"),
        (Answer(401, ""), "unauthorized"),
        (Answer(404, "<html>"), "server_error"),
        (Answer(502, "<html>"), "server_error"),
        (Answer(200, "<html>"), "no_json"),
        ({"Command": "GetRezult", "Status": 2, "Error": "Не указан Id команды!"}, "unexpected"),
        (wrapped({**DONE, "IdCommand": "other"}), "foreign"),
    ],
)
def test_trouble_with_asking_says_nothing_about_the_document(reply, code):
    outcome = run(RECEIPT, Service(reply))
    assert (outcome.kind.value, outcome.code) == ("unknown", code)


def test_a_refusal_that_proves_itself():
    outcome = run(RECEIPT, Service(wrapped({**DONE, "Status": 2, "Error": "Не указан кассир"})))
    assert outcome.kind.value == "rejected"
    outcome = run(RECEIPT, Service(wrapped({**DONE, "Status": 2, "Error": "Истек допустимый период постановки"})))
    assert (outcome.kind.value, outcome.new_key) == ("not_sent", False)


# === Forgotten, or failed in a way that may hide a receipt ===

UNSURE = [
    (FORGOTTEN, ("not_sent", "not_found", True)),
    (wrapped({**DONE, "Status": 2, "Error": "Нет связи с ККТ"}), ("not_sent", "connection", False)),
    (wrapped({**DONE, "Status": 2, "Error": "Нет бумаги"}), ("not_sent", "paper", False)),
    (wrapped({**DONE, "Status": 2, "Error": "Что-то другое"}), ("rejected", "error", False)),
    (wrapped({**DONE, "Status": 5}), ("unknown", "repeated", False)),
]


@pytest.mark.parametrize(("rezult", "expected"), UNSURE)
def test_nothing_was_printed_since(rezult, expected):
    outcome = run(RECEIPT, Service(rezult, last=16))
    assert (outcome.kind.value, outcome.code, outcome.new_key) == expected


@pytest.mark.parametrize(("rezult", "expected"), UNSURE)
def test_only_others_were_printed_since(rezult, expected):
    documents = {17: report(17), 18: check(18, n=2), 19: check(19, "211.01")}
    service = Service(rezult, documents)
    outcome = run(RECEIPT, service)
    assert (outcome.kind.value, outcome.code, outcome.new_key) == expected
    assert [command.get("FiscalNumber") for command in service.asked[2:]] == [19, 18, 17]


@pytest.mark.parametrize("rezult", [rezult for rezult, __ in UNSURE])
def test_it_was_printed(rezult):
    outcome = run(RECEIPT, Service(rezult, {17: report(17), 18: check(18), 19: check(19, "5.00")}))
    assert outcome.kind.value == "done"
    assert (outcome.data.number, outcome.data.sign, outcome.data.total) == ("18", "1", Decimal("211.00"))


def test_by_words_where_there_is_no_qr_code():
    document = {
        "Command": "GetDataCheck",
        "Status": 0,
        "RegisterCheck": {
            "FiscalNumber": 17,
            "CheckType": "Приход",
            "AllSumm": 211.0,
            "FiscalSign": "42",
            "FiscalDate": "2026-11-21T12:30:00",
            "CashierName": "Иванов И.И.",
            "Register": LINES,
        },
    }
    outcome = run(RECEIPT, Service(FORGOTTEN, {17: document}))
    assert (outcome.kind.value, outcome.data.number, outcome.data.sign) == ("done", "17", "42")
    document["RegisterCheck"]["CheckType"] = "Возврат прихода"
    assert run(RECEIPT, Service(FORGOTTEN, {17: document})).kind.value == "not_sent"


@pytest.mark.parametrize(
    "document",
    [
        {"Command": "GetDataCheck", "Status": 2, "Error": "Нет данных"},
        {"Command": "GetDataCheck", "Status": 0},
        {"Command": "GetDataCheck", "Status": 0, "RegisterCheck": {"FiscalNumber": 17, "\x01": "\x02"}},
        # the service shows another document than the one it was asked for
        check(16, "5.00"),
        Lost("reset"),
        Answer(502, "<html>"),
    ],
)
def test_a_document_that_may_be_ours_leaves_it_to_a_person(document):
    outcome = run(RECEIPT, Service(FORGOTTEN, {17: document}))
    assert (outcome.kind.value, outcome.code) == ("unknown", "no_trace")


def test_two_that_look_alike():
    outcome = run(RECEIPT, Service(FORGOTTEN, {17: check(17), 18: check(18)}))
    assert (outcome.kind.value, outcome.code) == ("unknown", "ambiguous")


@pytest.mark.parametrize(
    ("taken", "documents", "expected"),
    [
        ({17: "1"}, {17: check(17)}, ("not_sent", "not_found")),
        ({17: "1"}, {17: check(17), 18: check(18)}, ("done", "18")),
        ({17: "1", 18: "1"}, {17: check(17), 18: check(18)}, ("not_sent", "not_found")),
        # the sign says that it is another one, of an earlier fiscal storage for example; or there is none to compare
        ({17: "2"}, {17: check(17)}, ("unknown", "compare")),
        ({17: ""}, {17: check(17)}, ("unknown", "compare")),
    ],
)
def test_the_receipt_of_another_sale_is_not_this_one(taken, documents, expected):
    """A sale that was set aside, and one behind it of the same sum, which was printed."""
    known = protocol.Known(taken=lambda storages: taken)
    outcome = run(RECEIPT, Service(FORGOTTEN, documents), lambda request: protocol.lookup(request, known))
    found = outcome.data.number if outcome.kind.value == "done" else outcome.code
    assert (outcome.kind.value, found) == expected


def test_the_number_before_it_is_not_known():
    request = {**RECEIPT, "after": None}
    assert (
        run(request, Service(FORGOTTEN, {number: check(number, "5.00") for number in range(1, 100)})).code == "no_trace"
    )
    assert (
        run(request, Service(FORGOTTEN, {100: check(100), **{n: check(n, "5.00") for n in range(80, 100)}})).data.number
        == "100"
    )
    # a storage with so few documents that all of them were read
    assert run(request, Service(FORGOTTEN, {1: report(1), 2: check(2, "5.00")})).kind.value == "not_sent"


def test_too_many_documents_since():
    documents = {number: check(number, "5.00") for number in range(17, 60)}
    assert run(RECEIPT, Service(FORGOTTEN, documents)).code == "no_trace"


def test_another_fiscal_storage_since():
    assert run(RECEIPT, Service(FORGOTTEN, last=3)).code == "no_trace"


def test_a_register_that_does_not_answer_the_second_question():
    class Dead(Service):
        def __call__(self, request):
            return super().__call__(request) if "GetRezult" in request["body"] else Lost("reset")

    assert run(RECEIPT, Dead(FORGOTTEN)).kind.value == "unknown"


def test_the_return_of_the_same_sum_is_not_the_sale():
    back = protocol.freeze(protocol.build(replace(sale(), operation="sale_return"), DEVICE), after=16)
    assert run(back, Service(FORGOTTEN, {17: check(17, n=1)})).kind.value == "not_sent"
    assert run(back, Service(FORGOTTEN, {17: check(17, n=2)})).kind.value == "done"


def test_a_correction_is_not_the_sale_of_the_same_sum():
    correction = sale(operation="correction_sale", correction=Correction(date=date(2026, 1, 10)))
    request = protocol.freeze(protocol.build(correction, DEVICE), after=16)
    for sought, kind, expected in (
        (request, "Коррекция прихода", "done"),
        (request, "Приход", "unknown"),
        (RECEIPT, "Коррекция прихода", "unknown"),
        (RECEIPT, "Приход", "done"),
    ):
        assert run(sought, Service(FORGOTTEN, {17: check(17, CheckType=kind)})).kind.value == expected
    # a QR code without sum and type may be a correction's; for a sale it is a report's
    bare = {"Command": "GetDataCheck", "Status": 0, "QRCode": "t=20261121T1230&fn=9&i=17&fp=1"}
    assert run(request, Service(FORGOTTEN, {17: bare})).kind.value == "unknown"
    assert run(RECEIPT, Service(FORGOTTEN, {17: bare})).kind.value == "not_sent"


def test_lines_are_compared_in_any_order():
    receipt = sale(cash("500.00"), lines=(TEA, CHEESE), change=Decimal("13.00"))
    request = protocol.freeze(protocol.build(receipt, DEVICE), after=16)
    cheese = {"Name": "Сыр", "Quantity": "0.345", "Amount": 276}
    document = check(17, "487.00", Register=[cheese, *LINES])
    assert run(request, Service(FORGOTTEN, {17: document})).kind.value == "done"


# === Not receipts ===


@pytest.mark.parametrize(
    ("name", "state", "kind"),
    [
        ("shift_open", 1, "not_sent"),
        ("shift_open", 2, "done"),
        ("shift_open", 3, "unknown"),
        ("shift_open", None, "unknown"),
        ("shift_close", 1, "done"),
        ("shift_close", 2, "not_sent"),
        ("shift_close", 3, "not_sent"),
        ("shift_close", None, "unknown"),
        ("x_report", 2, "not_sent"),
        ("cash_in", 2, "unknown"),
        ("cash_out", 2, "unknown"),
    ],
)
def test_other_operations(name, state, kind):
    request = protocol.freeze(protocol.build(operation(name, "10.00"), DEVICE), after=16)
    assert run(request, Service(FORGOTTEN, state=state, last=17)).kind.value == kind


def test_number_of_a_shift_report():
    for name, state, after, number in (
        ("shift_open", 2, 16, "17"),
        ("shift_open", 2, 15, ""),
        ("shift_open", 2, None, ""),
        ("shift_close", 1, 12, "17"),
    ):
        request = protocol.freeze(protocol.build(operation(name), DEVICE), after=after)
        data = run(request, Service(FORGOTTEN, state=state, last=17)).data
        assert (data.number, data.shift_number) == (number, 6)


# === Sending ===

CODE_61 = "Ошибка регистрации ( 61 : ККТ: Смена не открыта или смена превысила 24 часа – операция невозможна )"


@pytest.mark.parametrize(("state", "code"), [(1, "shift_closed"), (2, "shift_expired"), (3, "shift_expired")])
@pytest.mark.parametrize("name", ["cash_in", "sale"])
def test_which_of_the_two_code_61_means(name, state, code):
    receipt = sale() if name == "sale" else operation(name, "10.00")
    request = protocol.freeze(protocol.build(receipt, DEVICE))
    command = json.loads(request["body"])["Command"]
    service = Service({"Command": command, "Status": 2, "Error": CODE_61, "IdCommand": KEY}, state=state)
    outcome = run(request, service, protocol.submit)
    assert (outcome.kind.value, outcome.code, outcome.message) == ("blocked", code, CODE_61)


def test_it_is_asked_only_then():
    service = Service({**DONE})
    assert run(RECEIPT, service, protocol.submit).kind.value == "done"
    assert len(service.asked) == 1
    request = protocol.freeze(protocol.build(operation("shift_close"), DEVICE))
    service = Service({"Command": "CloseShift", "Status": 2, "Error": CODE_61, "IdCommand": KEY})
    assert run(request, service, protocol.submit).kind.value == "rejected"
    assert len(service.asked) == 1
