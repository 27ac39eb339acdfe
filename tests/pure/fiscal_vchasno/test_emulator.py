"""The emulator is as strict as the service is described. Talks to it with the standard library alone."""

import http.client
import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from tests.emulators.vchasno import VchasnoEmulator
from tests.emulators.vchasno_register import Register

TOKEN = "token-of-the-register"
ROW = {"name": "Чай", "cnt": 2, "price": 10.5, "taxgrp": 1, "code": "T1"}
PAY = {"type": 0, "sum": 21}


@pytest.fixture
def emulator():
    with VchasnoEmulator() as emulator:
        yield emulator


def call(emulator, path, body=None, token=TOKEN):
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    headers = {"Authorization": token} if token else {}
    try:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        connection.request("POST" if data is not None else "GET", path, data, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def execute(emulator, task, tag="", **fiscal):
    status, text = call(emulator, "/api/v3/fiscal/execute", {"tag": tag, "fiscal": {"task": task, **fiscal}})
    assert status == 200
    return json.loads(text)


def receipt(rows=(ROW,), pays=(PAY,), total=21, **fields):
    return {"receipt": {"sum": total, "rows": list(rows), "pays": list(pays), **fields}}


def sell(emulator, task=1, tag="", **fields):
    return execute(emulator, task, tag, **receipt(**fields))


@pytest.mark.parametrize("token", ["", "Bearer token-of-the-register", "other"])
def test_token(emulator, token):
    assert call(emulator, "/api/v3/fiscal/execute", {"fiscal": {"task": 18}}, token)[0] == 401
    assert call(emulator, "/api/v3/shifts", token=token)[0] == 401


def test_sale(emulator):
    said = sell(emulator, tag="t1")
    assert (said["res"], said["res_action"], said["tag"], said["info"]["docno"]) == (0, 0, "t1", 1)
    assert said["info"]["doccode"].startswith("TEST_") and said["info"]["dtype"] == 0
    assert said["info"]["safe"] == 21
    assert emulator.oddities == []


def test_one_tag_one_receipt(emulator):
    assert sell(emulator, tag="t1")["info"] == sell(emulator, tag="t1")["info"]
    assert sell(emulator, tag="t2")["info"]["docno"] == 2
    assert sell(emulator)["tag"] != sell(emulator)["tag"]
    assert len([printed for printed in emulator.documents if printed.task == 1]) == 4


def test_another_body_under_a_tag_is_noticed(emulator):
    sell(emulator, tag="t1")
    sell(emulator, tag="t1", comment_up="інше")
    assert emulator.oddities == ["another body under the tag t1"]


def test_what_was_refused_may_be_mended_under_any_tag(emulator):
    assert sell(emulator, tag="t1", total=22)["res"] == 1001
    assert sell(emulator, tag="t1")["res"] == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"total": 21.01},
        {"total": "21"},
        {"total": 21.001},
        {"round": 1},
        {"round": 0.05},
        {"pays": [{"type": 0, "sum": 20.99}]},
        {"pays": [PAY, {"type": 2, "sum": 0}]},
        {"pays": [{"type": 0, "sum": 22}, {"type": 2, "sum": -1}]},
        {"pays": [{"type": 2, "sum": 21, "change": 5}]},
        {"pays": [{"type": 0, "sum": 21, "change": -5}]},
        {"pays": [{"type": 7, "sum": 21}]},
        {"pays": []},
        {"rows": []},
        {"rows": [{**ROW, "name": ""}]},
        {"rows": [{**ROW, "name": "Ч" * 129}]},
        {"rows": [{**ROW, "name": "Торт 🎂"}]},
        {"rows": [{**ROW, "name": "Чай\u00a0чорний"}]},
        {"rows": [{**ROW, "cnt": "2"}]},
        {"rows": [{**ROW, "cnt": 2.0001}]},
        {"rows": [{**ROW, "cost": 21.01}]},
        {"rows": [{**ROW, "disc": 21}], "total": 0, "pays": []},
        {"rows": [{**ROW, "disc": 1}]},
        {"rows": [{**ROW, "taxgrp": 11}]},
        {"rows": [{**ROW, "taxgrp": "А"}]},
        {"rows": [{**ROW, "code_a": "1", "code_aa": ["2", "3"]}]},
    ],
)
def test_refused(emulator, fields):
    said = sell(emulator, **fields)
    assert (said["res"], said["res_action"]) == (1001, 3), said
    assert said["error_extra"] and not emulator.documents


def test_what_is_not_switched_on(emulator):
    register = emulator.registers[0]
    register.groups, register.pay_types, register.rounds = frozenset({2}), frozenset({2}), False
    assert "дозволені" in sell(emulator)["errortxt"]
    assert "дозволені" in sell(emulator, rows=[{**ROW, "taxgrp": 2}])["errortxt"]
    said = sell(emulator, rows=[{**ROW, "taxgrp": 2}], pays=[{"type": 2, "sum": 21.1}], round=0.1)
    assert "Заокруглення" in said["errortxt"]


def test_article_keeps_its_group_in_a_shift(emulator):
    assert sell(emulator)["res"] == 0
    assert sell(emulator, rows=[{**ROW, "taxgrp": 4}])["res"] == 1001
    execute(emulator, 11)
    assert sell(emulator, rows=[{**ROW, "taxgrp": 4}])["res"] == 0


def test_no_more_cash_than_there_is(emulator):
    assert sell(emulator, task=2)["res"] == 2000
    assert execute(emulator, 4, cash={"type": 0, "sum": 1})["res"] == 2000
    assert execute(emulator, 3, cash={"type": 0, "sum": 21})["res"] == 0
    assert sell(emulator, task=2)["info"]["safe"] == 0
    assert execute(emulator, 3, cash={"type": 0, "sum": 0})["res"] == 1001
    assert execute(emulator, 14, cash={"type": 0, "sum": 1})["res"] == 1001


def test_shift(emulator):
    assert execute(emulator, 11)["res"] == 2007
    assert execute(emulator, 0)["res"] == 0
    assert execute(emulator, 0)["res"] == 2008
    emulator.fault("shift_expired")
    said = sell(emulator)
    assert (said["res"], said["warnings"][0]["code"]) == (2008, 3003)
    assert execute(emulator, 11)["info"]["docno"] == 1
    assert sell(emulator)["info"]["shift_link"] == 2


def test_lists(emulator):
    sell(emulator, tag="t1")
    emulator.fault("auto_close")
    sell(emulator, tag="t2")
    __, text = call(emulator, "/api/v3/shifts?page=1&limit=100")
    newest, oldest = json.loads(text)["items"]
    assert newest["date_closed"] is None and oldest["cash_closed"] == 2100
    __, text = call(emulator, f"/api/v3/shift/checks?shift_id={oldest['id']}&limit=2")
    page = json.loads(text)
    assert page["has_next"] and [item["type"] for item in page["items"]] == ["z_report", "chk"]
    assert page["items"][0]["source"] == 4 and page["items"][1]["tag"] == "t1"
    assert call(emulator, "/api/v3/shift/checks?shift_id=none")[0] == 404


def test_receipt_for_the_customer(emulator):
    number = sell(emulator, tag="t1")["info"]["doccode"]
    status, text = call(emulator, f"/c/{number}.json", token="")
    assert status == 200 and json.loads(text)["data"]["close"] == {"sum": "21.00", "to_pay": "21.00"}
    assert number in call(emulator, f"/c/{number}", token="")[1]
    assert call(emulator, "/c/none.json")[0] == 404
    __, text = call(emulator, f"/api/v3/check-task/{number}")
    assert json.loads(text)["task"]["tag"] == "t1"


@pytest.mark.parametrize(
    ("channel", "recipient", "status"),
    [
        ("email", "a@example.com", 200),
        ("viber", "+380671234567", 200),
        ("email", "+380671234567", 400),
        ("sms", "0671234567", 400),
        ("fax", "+380671234567", 400),
    ],
)
def test_notification(emulator, channel, recipient, status):
    number = sell(emulator)["info"]["doccode"]
    asked = {"channel": channel, "recipient": recipient, "check": number}
    assert call(emulator, "/api/v3/notifications/checks", asked)[0] == status
    assert call(emulator, "/api/v3/notifications/checks", {**asked, "check": "none"})[0] in (400, 404)
    assert len(emulator.sent) == (status == 200)


def test_blocked_and_offline(emulator):
    emulator.fault("offline")
    assert sell(emulator)["info"]["isoffline"] is True
    emulator.fault("blocked")
    assert sell(emulator)["res"] == 2009
    assert execute(emulator, 18)["info"]["shift_status"] == 2


def test_no_json_and_no_task(emulator):
    assert json.loads(call(emulator, "/api/v3/fiscal/execute", b"{")[1])["res"] == 1001
    assert execute(emulator, 99)["res"] == 1013
    assert call(emulator, "/api/v3/nothing")[0] == 404


def test_old_shift_shows_in_its_status():
    now = [datetime(2026, 11, 21, 9)]
    register = Register(clock=lambda: now[0])
    with VchasnoEmulator(registers=[register]) as emulator:
        execute(emulator, 0)
        now[0] += timedelta(hours=25)
        assert execute(emulator, 18)["warnings"]
        assert execute(emulator, 18)["info"]["shift_dt"] == "20261121090000"
