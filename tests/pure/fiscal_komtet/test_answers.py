"""The table of answers and outcomes (§1.5, §3, §5.4)."""

import json
from datetime import datetime
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.outcome import Kind
from addons.fiscal_base.tools.transport import Lost, NotSent
from addons.fiscal_komtet import protocol

from .samples import KEY, REQUEST, answered


def said(code, title="Ошибка", status=422, **more):
    return answered(json.dumps({"title": title, "code": code, "description": "подробно", **more}), status)


CREATED = answered(json.dumps({"id": 1001, "external_id": KEY, "print_queue_id": 3, "state": "new"}))
HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (CREATED, "waiting", ""),
        (NotSent("refused"), "not_sent", "connection"),
        (Lost("reset"), "unknown", "lost"),
        (answered(HTML, 502), "unknown", "gateway"),
        (answered(HTML, 503), "unknown", "gateway"),
        (answered(HTML, 504), "unknown", "gateway"),
        (answered(HTML), "unknown", "garbage"),
        (answered("[]"), "unknown", "garbage"),
        (answered('{"id": 5, "external_id": "another"}'), "unknown", "foreign"),
        (answered(f'{{"external_id": "{KEY}"}}'), "unknown", "foreign"),
        (said("SYS00", status=500), "unknown", "SYS00"),
        (said("AUT00", status=403), "blocked", "AUT00"),
        (answered("", 401), "blocked", "AUT00"),
        (said("SRV00", status=403), "blocked", "SRV00"),
        (said("SRV00", status=422), "blocked", "SRV00"),
        (said("VLD00"), "rejected", "VLD00"),
        (said("VLD12"), "rejected", "VLD12"),
        (said("VLD13"), "rejected", "VLD13"),
        (said("VLD99"), "rejected", "VLD99"),
        (said("VLD11", task={"id": 77, "uuid": "x"}), "waiting", ""),
        (said("VLD11"), "unknown", "VLD11"),
        (said("NEW01"), "unknown", "NEW01"),
        (answered(HTML, 404), "blocked", "no_queue"),
        (said("", status=404), "blocked", "no_queue"),
        (answered("", 301), "blocked", "wrong_address"),
        (answered(HTML, 405), "blocked", "wrong_address"),
        (answered("{}", 429), "not_sent", "throttled"),
    ],
)
def test_creating_a_task(reply, kind, code):
    outcome = protocol.parse_submit(REQUEST, reply)
    assert (outcome.kind.value, outcome.code) == (kind, code)
    assert outcome.new_key is False


def test_a_pause_that_the_service_asks_for():
    assert protocol.parse_submit(REQUEST, answered("{}", 429, Retry_After="17")).retry_after == 17
    assert protocol.parse_submit(REQUEST, answered("{}", 429, Retry_After="soon")).retry_after is None


def test_the_words_of_the_service_are_kept():
    outcome = protocol.parse_submit(REQUEST, said("VLD00", "Ошибка валидации"))
    assert outcome.message == "Ошибка валидации: подробно"


DATA = {
    **{"i": "111", "fn": "9251440300012345", "t": "20260105T1203", "n": 1, "fp": "3911234567", "s": "1220.00"},
    **{"rn": "0005551234567890", "sh": "12", "shn": "3"},
}


def task(state, **more):
    return answered(json.dumps({"id": 1001, "external_id": KEY, "state": state, **more}))


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (task("new"), "waiting", ""),
        (task("pending"), "waiting", ""),
        (task("никогда не виданное"), "waiting", ""),
        (task("done", fiscal_data=DATA), "done", ""),
        (task("done", fiscal_data={**DATA, "s": "1219.99"}), "done", "differs"),
        (task("done", fiscal_data={**DATA, "n": "2"}), "done", "differs"),
        (task("done"), "done", ""),
        (task("error", error_description="Отсутствует email(телефон) клиента"), "rejected", "no_contact"),
        (task("error", error_description="ИНН чека и ККМ не совпадают"), "rejected", "other_company"),
        (task("error", error_description="Ошибка проверки КМ"), "rejected", "marking"),
        (task("error", error_description="Смена превысила 24 часа"), "rejected", "shift_expired"),
        (task("error", error_description="Нет бумаги"), "rejected", "paper"),
        (task("error", error_description="Порт недоступен"), "rejected", "till_offline"),
        (task("error", error_description="Нет связи"), "unknown", "till_silent"),
        (task("error", error_description="Таймаут обмена с ККТ"), "unknown", "till_silent"),
        (task("error", error_description="Что-то ещё"), "rejected", "task_error"),
        (task("error"), "rejected", "task_error"),
        (
            task("error", error_description="System.NullReferenceException: Object reference not set"),
            "unknown",
            "program",
        ),
        (task("error", error_description="   at Agent.Kkt.Print(Task task) in Kkt.cs:line 12"), "unknown", "program"),
        (task("error", error_description="Traceback (most recent call last):\n  File 'a.py'"), "unknown", "program"),
        (task("error", error_description="KeyError: 'fn'"), "unknown", "program"),
        (task("error", error_description="Internal server error"), "unknown", "program"),
        (task("error", error_description="Внутренняя ошибка агента"), "unknown", "program"),
        (task("error", error_description="Ошибка 3807 (Error 3807): Нет бумаги"), "rejected", "paper"),
        (task("error", error_description="Error 155: неверная сумма"), "rejected", "task_error"),
        (answered(json.dumps({"id": 1001, "external_id": KEY})), "unknown", "unexpected"),
        (task(None), "unknown", "unexpected"),
        (task(""), "unknown", "unexpected"),
        (answered('{"id": 1001, "external_id": "another", "state": "done"}'), "unknown", "foreign"),
        (answered(HTML, 404), "unknown", "task_gone"),
        (NotSent("refused"), "blocked", "connection"),
        (Lost("reset"), "blocked", "connection"),
        (answered(HTML, 502), "blocked", "gateway"),
        (answered(HTML), "blocked", "garbage"),
        (said("AUT00", status=403), "blocked", "AUT00"),
        (said("SRV00", status=403), "blocked", "SRV00"),
        (answered("{}", 429, Retry_After="5"), "blocked", "throttled"),
    ],
)
def test_asking_for_a_task(reply, kind, code):
    outcome = protocol.parse_task(REQUEST, reply)
    assert (outcome.kind.value, outcome.code) == (kind, code)


def test_a_task_that_was_sent_under_an_earlier_key():
    former = answered(json.dumps({"id": 1000, "external_id": "former", "state": "done", "fiscal_data": DATA}))
    assert protocol.parse_task(REQUEST, former).code == "foreign"
    assert protocol.parse_task(REQUEST, former, "former").kind is Kind.DONE
    assert protocol.parse_task(REQUEST, task("done"), "former").code == "foreign"


def test_fiscal_data():
    outcome = protocol.parse_task(REQUEST, task("done", fiscal_data=DATA, receipt_url="https://ofd.example/1"))
    data = outcome.data
    assert (data.number, data.sign, data.storage) == ("111", "3911234567", "9251440300012345")
    assert (data.register_number, data.shift_number, data.receipt_number) == ("0005551234567890", 12, 3)
    assert data.registered_at == datetime(2026, 1, 5, 12, 3)
    assert (data.total, data.operation) == (Decimal("1220.00"), "sale")
    assert data.qr == "t=20260105T1203&s=1220.00&fn=9251440300012345&i=111&fp=3911234567&n=1"
    assert data.url == "https://ofd.example/1"
    assert data.extra == {"task": 1001}
    assert not data.test


@pytest.mark.parametrize(
    ("intent", "sign", "operation"),
    [
        ("sell", "1", "sale"),
        ("sell", "2", "sale_return"),
        ("sellReturn", "2", "sale_return"),
        ("sell", "3", "purchase"),
        ("sell", "4", "purchase_return"),
        ("sellCorrection", "1", "correction_sale"),
        ("sellCorrection", "2", "correction_sale_return"),
        ("sell", "", ""),
        ("sell", "5", ""),
    ],
)
def test_operation_that_was_registered(intent, sign, operation):
    request = {**REQUEST, "body": REQUEST["body"].replace('"sell"', f'"{intent}"')}
    assert protocol.parse_task(request, task("done", fiscal_data={**DATA, "n": sign})).data.operation == operation


def test_numbers_are_read_to_the_digit():
    reply = answered(task("done", fiscal_data={**DATA, "s": 0}).text.replace('"s": 0', '"s": 1220.10'))
    data = protocol.parse_task(REQUEST, reply).data
    assert data.total == Decimal("1220.10") and "&s=1220.10&" in data.qr


def test_a_storage_for_tests_and_a_link_that_is_none():
    data = {**DATA, "fn": "9999078900012345"}
    reply = task("done", fiscal_data=data, receipt_url="javascript:alert(1)")
    outcome = protocol.parse_task(REQUEST, reply)
    assert outcome.data.test and outcome.data.url == ""


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        ([CREATED.text], 1001),
        (["", "<html>", None, CREATED.text], 1001),
        ([json.dumps({"code": "VLD11", "task": {"id": 77}})], 77),
        ([json.dumps({"id": "88", "external_id": KEY, "state": "done"})], 88),
        ([json.dumps({"external_id": KEY, "state": "done"}), CREATED.text], 1001),
        ([json.dumps({"code": "VLD11"}), "[]", "{"], None),
        ([json.dumps({"id": 5, "external_id": "another"})], None),
        ([json.dumps({"id": 5, "external_id": "another"}), CREATED.text], 1001),
        ([], None),
    ],
)
def test_number_of_the_task(texts, number):
    assert protocol.task_id(KEY, texts) == number


@pytest.mark.parametrize(
    ("reply", "ready", "reachable", "code"),
    [
        (answered('{"id": 3, "name": "Очередь 1", "state": "active"}'), True, True, ""),
        (answered('{"id": 3, "name": "Очередь 1", "state": "passive"}'), False, True, "passive"),
        (answered('{"id": 3, "name": "Очередь 1", "state": "asleep"}'), False, True, "queue_state"),
        (answered(HTML), False, True, "garbage"),
        (answered(HTML, 404), False, True, "no_queue"),
        (answered(HTML, 502), False, True, "gateway"),
        (said("AUT00", status=403), False, True, "AUT00"),
        (said("SRV00", status=403), False, True, "SRV00"),
        (NotSent("refused"), False, False, "connection"),
        (Lost("reset"), False, False, "connection"),
    ],
)
def test_queue(reply, ready, reachable, code):
    status = protocol.parse_queue(reply)
    assert (status.ready, status.reachable, status.extra["code"]) == (ready, reachable, code)
    if ready:
        assert (status.extra["queue"], status.extra["state"]) == ("Очередь 1", "active")


def test_trouble_with_asking_never_moves_a_document_that_waits():
    for reply in (NotSent(""), Lost(""), answered(HTML, 500), answered(HTML), answered("{}", 429)):
        assert protocol.parse_task(REQUEST, reply).kind is Kind.BLOCKED
