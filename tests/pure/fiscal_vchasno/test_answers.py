"""What an answer of the service comes to: the decision table (§1.3, §6), and everything that is no answer."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_vchasno import const, protocol
from addons.fiscal_vchasno.protocol import Settings, answers

from .samples import KEY, operation, sale

CLOUD = protocol.freeze(protocol.build(sale()))
DM = protocol.freeze(protocol.build(sale(), Settings(device="Каса 1")))
INFO = {"task": 1, "doccode": "TEST_1", "fisid": "4000123456", "dt": "20261121123000", "docno": 3, "shift_link": 7}


def said(res=0, action=0, **fields):
    return Answer(
        200,
        json.dumps(
            {"task": 1, "tag": KEY, "res": res, "res_action": action, "errortxt": "текст", "info": INFO, "warnings": []}
            | fields,
            ensure_ascii=False,
        ),
    )


def outcome(reply, request=CLOUD):
    made = protocol.parse(request, reply, "https://kasa.vchasno.ua")
    return made.kind.value, made.code


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (NotSent("refused"), ("not_sent", "connection")),
        (Lost("reset"), ("unknown", "lost")),
        (Answer(401, "{}"), ("blocked", "unauthorized")),
        (Answer(429, "slow down"), ("not_sent", "busy")),
        (Answer(500, "oops"), ("unknown", "service_error")),
        (Answer(502, "<html>"), ("unknown", "service_error")),
        (Answer(408, ""), ("unknown", "service_error")),
        (Answer(404, "<html>"), ("blocked", "wrong_address")),
        (Answer(302, ""), ("blocked", "wrong_address")),
        (Answer(200, "<html>Welcome</html>"), ("unknown", "no_json")),
        (Answer(200, "[]"), ("unknown", "no_json")),
        (Answer(200, '{"ok": true}'), ("unknown", "no_json")),
        (Answer(200, ""), ("unknown", "no_json")),
        (Answer(202, ""), ("unknown", "no_json")),
        (Answer(204, ""), ("unknown", "no_json")),
        (Answer(400, said(1001, 3).text), ("rejected", "invalid")),
    ],
)
def test_line(reply, expected):
    assert outcome(reply) == expected


@pytest.mark.parametrize(
    ("res", "action", "expected"),
    [
        # res_action first
        (2000, 1, ("unknown", "refused")),
        (2000, 2, ("unknown", "collision")),
        (2000, 3, ("rejected", "refused")),
        (1015, 1, ("not_sent", "busy")),
        (1015, 3, ("blocked", "busy")),
        (1001, 1, ("not_sent", "invalid")),
        (1001, 2, ("unknown", "invalid")),
        # a timeout stays open whatever the service promises
        (1016, 1, ("unknown", "slow")),
        (2002, 1, ("unknown", "tax_service")),
        (2002, 3, ("unknown", "tax_service")),
        (1016, 3, ("unknown", "slow")),
        (1006, 3, ("unknown", "service_error")),
        (2005, 3, ("unknown", "collision")),
        (2004, 3, ("blocked", "tax_service_stop")),
        # the code where there is no res_action
        (1015, None, ("not_sent", "busy")),
        (2005, None, ("unknown", "collision")),
        (4242, None, ("unknown", "refused")),
        (4242, 3, ("rejected", "refused")),
        (401, 3, ("blocked", "unauthorized")),
        (1001, 3, ("rejected", "invalid")),
        (1017, 3, ("blocked", "forbidden")),
        (2007, 3, ("blocked", "shift_closed")),
        (2008, 3, ("blocked", "shift_expired")),
        (2009, 3, ("blocked", "register_blocked")),
    ],
)
def test_cloud_codes(res, action, expected):
    assert outcome(said(res, action)) == expected


@pytest.mark.parametrize(
    ("res", "action", "expected"),
    [
        (1092, 3, ("blocked", "shift_closed")),
        (1105, 1, ("not_sent", "busy")),
        (1101, 3, ("rejected", "sums")),
        (1110, 3, ("rejected", "not_enabled")),
        (1111, 3, ("rejected", "other_group")),
        (1077, 3, ("rejected", "not_enough_cash")),
        (1075, 2, ("unknown", "collision")),
        (1075, 3, ("unknown", "collision")),
        (1082, 3, ("unknown", "device")),
        (1042, 3, ("blocked", "offline_limit")),
        (1124, 3, ("blocked", "shift_expired")),
        # the same number means another thing than in the cloud
        (2005, 3, ("blocked", "no_internet")),
    ],
)
def test_codes_of_device_manager(res, action, expected):
    assert outcome(said(res, action), DM) == expected


def test_every_vendor_code_has_its_row():
    assert {401, 1001, 1006, 1011, 1013, 1015, 1016, 1017, *range(2000, 2011)} == const.CLOUD_CODES.keys()
    assert {kind for kind, __ in (const.CLOUD_CODES | const.DM_CODES).values()} == {
        "unknown",
        "not_sent",
        "blocked",
        "rejected",
    }


def test_what_is_open_or_closed_already():
    opening = protocol.freeze(protocol.build(operation("shift_open")))
    closing = protocol.freeze(protocol.build(operation("shift_close")))
    assert outcome(said(2008, 3), opening) == ("rejected", "shift_open")
    assert outcome(said(2007, 3), closing) == ("rejected", "shift_closed")
    on_dm = Settings(device="Каса 1")
    assert outcome(said(1096, 3), protocol.freeze(protocol.build(operation("shift_open"), on_dm))) == (
        "rejected",
        "shift_open",
    )
    assert outcome(said(1006, 3), protocol.freeze(protocol.build(operation("shift_close"), on_dm))) == (
        "rejected",
        "shift_closed",
    )


def test_done():
    made = protocol.parse(
        CLOUD, said(warnings=[{"code": 3003, "wtxt": "Зміна відкрита більше 24 годин"}]), "https://x/"
    )
    assert made.kind.value == "done"
    assert made.message == "Зміна відкрита більше 24 годин"
    data = made.data
    assert (data.number, data.register_number, data.shift_number, data.receipt_number) == ("TEST_1", "4000123456", 7, 3)
    assert data.url == "https://x/c/TEST_1"
    assert data.registered_at.isoformat() == "2026-11-21T12:30:00"


def test_device_manager_writes_milliseconds():
    made = protocol.parse(DM, said(info={**INFO, "dt": "20250606151131081"}))
    assert made.data.registered_at.isoformat() == "2025-06-06T15:11:31"


@pytest.mark.parametrize(
    "fields",
    [{"info": {}}, {"info": {**INFO, "doccode": ""}}, {"tag": "another"}, {"tag": ""}, {"info": {**INFO, "task": 2}}],
)
def test_yes_without_a_number_or_for_another_document_is_unknown(fields):
    assert outcome(said(**fields))[0] == "unknown"


def test_tag_in_other_letters_is_ours():
    assert outcome(said(tag=KEY.upper())) == ("done", "")


def test_words_of_the_service_stay():
    made = protocol.parse(CLOUD, said(1001, 3, error_extra={"fiscal.receipt.sum": "не число"}))
    assert "текст" in made.message and "не число" in made.message


def test_proxy_trouble():
    assert outcome(Answer(200, '{"reason": "Device Manager is not connected", "code": 1}'), DM) == (
        "not_sent",
        "dm_not_connected",
    )
    for reason in ("no connection: closed while waiting", "Device Manager went offline", "Немає зв'язку"):
        answer = Answer(200, json.dumps({"reason": reason, "code": 1}))
        assert outcome(answer, DM) == ("unknown", "dm_proxy"), "it may have broken off on the way back"
    assert outcome(Answer(200, '{"reason": "timeout", "code": 2}'), DM) == ("unknown", "dm_proxy")
    assert outcome(Answer(200, '{"reason": "timeout", "code": 2}'), CLOUD) == ("unknown", "no_json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        name: JSON for name in ("res", "res_action", "tag", "task", "info", "warnings", "errortxt", "error_extra", "dt")
    },
)


@given(st.sampled_from([CLOUD, DM]), st.integers(100, 599), FIELDS | JSON)
def test_nothing_raises_and_nothing_strange_is_done(request, status, body):
    reply = Answer(status, json.dumps(body))
    made = protocol.parse(request, reply)
    if made.kind.value == "done":
        assert status == 200 or body["res"] == 0
        assert body["tag"].strip().casefold() == KEY and body["info"]["doccode"]
    protocol.parse_status(reply)
    protocol.parse_receipt(reply)
    protocol.parse_delivery(reply, "x")


@given(st.text(max_size=60))
def test_no_text_raises(text):
    assert protocol.parse(CLOUD, Answer(200, text)).kind.value in ("unknown", "rejected", "blocked", "not_sent")
    assert not protocol.parse_status(Answer(200, text)).ready


# === Status (§2.7) ===


def status(**info):
    info = {"fisid": "4000123456", "isFis": 1, "shift_status": 1, "shift_dt": "20261121090000", "safe": 10.5} | info
    return protocol.parse_status(
        Answer(200, json.dumps({"res": 0, "res_action": 0, "dt": "20261121123000", "info": info, "device": "1"}))
    )


def test_status():
    told = status(online_status=1, sign_status=-1)
    assert told.ready and told.shift_open and not told.shift_expired and told.offline and not told.test
    assert str(told.cash) == "10.50"
    assert status(safe=-1).cash is None
    assert status(shift_status=-1).shift_open is None
    assert status(shift_dt="20261120120000").shift_expired
    assert status(isFis=0).test


@pytest.mark.parametrize(
    ("info", "code"),
    [({"shift_status": 2}, "register_blocked"), ({"online_status": 2}, "offline_limit"), ({"sign_status": 3}, "key")],
)
def test_register_that_cannot_work(info, code):
    told = status(**info)
    assert (told.ready, told.extra["code"]) == (False, code)


def test_status_that_does_not_come():
    told = protocol.parse_status(NotSent("refused"))
    assert (told.ready, told.reachable) == (False, False)
    told = protocol.parse_status(Answer(401, ""))
    assert (told.ready, told.reachable, told.extra["code"]) == (False, True, "unauthorized")
    assert not protocol.parse_status(said(2009, 3)).ready


def test_what_the_lists_and_the_json_view_tell_is_compared():
    item = {"fiscal_number": "N1", "type": "chk", "status": 1, "flow": 1, "local_number": 2}
    listed = answers.found_in_list(item)
    assert (listed.data.operation, listed.data.total, listed.data.lines) == ("sale_return", None, None)
    view = {"check_flow": 0, "data": {"items": [{}, {}], "close": {"sum": "211.00", "to_pay": "211.00"}}}
    seen = answers.with_view(listed, view).data
    assert (seen.operation, seen.total, seen.lines) == ("sale", Decimal("211.00"), 2)
    assert answers.with_view(listed, {}).data == listed.data
    cash = answers.found_in_list({**item, "type": "service", "flow": 2})
    assert cash.data.operation == "", "the way of cash is not told"
