"""What becomes of a document, whatever the service and the line do (`checkbox.md` §3, §4.2, §8.3)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.outcome import Outcome
from addons.fiscal_base.tools.receipt import Payment
from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_checkbox import const, protocol
from addons.fiscal_checkbox.protocol import Ticket, answers
from tests.emulators.checkbox import CheckboxEmulator

from .samples import BREAD, KEY, SETTINGS, Client, card, cash, frozen, operation, sale

SALE = frozen(sale())
OTHER = "11111111-2222-4333-8444-555555555555"
THIRD = "33333333-3333-4333-8333-333333333333"
RELATED = "0b0b7f0e-0b3a-4c1b-8e0f-7d3b5d9b6a11"


@pytest.fixture
def emulator():
    with CheckboxEmulator(pace=False) as emulator:
        yield emulator


@pytest.fixture
def client(emulator):
    client = Client(emulator)
    client.open_shift()
    return client


def answer(code=200, text=None, headers=None, /, **fields):
    body = json.dumps(fields, ensure_ascii=False) if text is None else text
    return Answer(code, body, headers or {})


def refusal(http, message="", code=None, **fields):
    return answer(http, code=code, message=message, **fields)


def run(conversation, *replies):
    """The result of a conversation with these replies, and the calls it made."""
    calls, reply, rest = [], None, list(replies)
    while True:
        try:
            calls.append(conversation.send(reply))
        except StopIteration as end:
            assert not rest, "replies are left"
            return end.value, calls
        reply = rest.pop(0)


def submit(*replies, request=SALE):
    return run(protocol.submit(request), *replies)[0]


def lookup(*replies, request=SALE):
    return run(protocol.lookup(request), *replies)[0]


def kind_and_code(outcome: Outcome):
    return outcome.kind.value, outcome.code


# === A service that answers ===


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (NotSent("refused"), ("not_sent", "connection")),
        (Lost("reset"), ("unknown", "lost")),
        (refusal(401, "Невірний ключ ліцензії каси", "cash_register.invalid_license_key"), ("blocked", "licence")),
        (refusal(401, "Could not validate credentials", "base.credentials"), ("blocked", "credentials")),
        (refusal(403, "Not authenticated"), ("blocked", "credentials")),
        (refusal(403, "Невірний пінкод", "cashier.invalid_credentials"), ("blocked", "sign_in")),
        (refusal(403, "Недостатньо прав", "cashier.x"), ("rejected", "refused")),
        (answer(403, "error code: 1010"), ("blocked", "user_agent")),
        (answer(404, "<html>"), ("blocked", "wrong_address")),
        (answer(404, detail="Not Found"), ("blocked", "wrong_address")),
        (answer(301, ""), ("blocked", "wrong_address")),
        (refusal(400, "Каса зайнята іншим касиром"), ("blocked", "busy")),
        (refusal(400, "Зміну відкрито більше 24 годин тому"), ("blocked", "shift_expired")),
        (refusal(400, "Термін дії ключа закінчився"), ("blocked", "key_expired")),
        (refusal(400, "Щось інше", "organization.option_disabled"), ("rejected", "refused")),
        (refusal(400, "", "some.code"), ("rejected", "refused")),
        (refusal(429, "Too Many"), ("unknown", "throttled")),
        (answer(408, ""), ("unknown", "server_error")),
        (answer(500, "<html>"), ("unknown", "server_error")),
        (refusal(503, "Maintenance"), ("unknown", "server_error")),
        (answer(201, "<html>"), ("unknown", "no_json")),
        (answer(201, "[]"), ("unknown", "no_json")),
        (answer(201, "null"), ("unknown", "no_json")),
        (answer(201, id=OTHER, status="DONE"), ("unknown", "foreign")),
        (answer(201, id=KEY, status="CREATED"), ("waiting", "")),
        (answer(201, id=KEY, status="NEW_WORD"), ("unknown", "unexpected")),
        (answer(201, id=KEY, status="DONE", fiscal_code="1"), ("done", "")),
        (answer(201, id=KEY, status="ERROR"), ("rejected", "error")),
        (answer(201, id=KEY, status="CANCELLED"), ("rejected", "error")),
        (answer(201, id=KEY, status="CANCELLATION"), ("unknown", "unexpected")),  # it may stay as it was
    ],
)
def test_answers_to_a_sale(reply, expected):
    assert kind_and_code(submit(reply)) == expected


def test_a_key_that_ended_is_no_fault_of_the_receipt():
    ended = {"response_error_message": "Термін дії ключа закінчився"}
    outcome = submit(answer(201, id=KEY, status="ERROR", transaction=ended))
    assert kind_and_code(outcome) == ("not_sent", "key_expired") and outcome.new_key


def test_words_of_a_validation_error():
    detail = [{"loc": ["body", "goods", 0, "good", "price"], "msg": "must be above 0", "type": "x", "ctx": {}}]
    outcome = submit(refusal(422, "Помилка валідації", "validation.custom", detail=detail))
    assert kind_and_code(outcome) == ("rejected", "validation")
    assert outcome.message == "Помилка валідації; goods.0.good.price: must be above 0"


def test_a_pause_that_the_service_asks_for():
    assert submit(refusal(429)).retry_after == const.THROTTLED
    assert submit(answer(429, "{}", {"Retry-After": "30"})).retry_after == 30
    for value in ("-1", "x", "9" * 30, "Wed, 21 Oct 2026 07:28:00 GMT"):
        assert submit(answer(429, "{}", {"retry-after": value})).retry_after == const.THROTTLED


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (NotSent("refused"), ("unknown", "no_connection")),
        (Lost("reset"), ("unknown", "no_connection")),
        (refusal(401, "Невірний ключ ліцензії каси", "cash_register.invalid_license_key"), ("unknown", "licence")),
        (refusal(403, "Невірний пінкод", "cashier.invalid_credentials"), ("unknown", "sign_in")),
        (answer(404, "<html>nginx"), ("unknown", "wrong_address")),
        (answer(404, "{}"), ("unknown", "wrong_address")),
        (answer(404, detail="Not Found"), ("unknown", "wrong_address")),  # no such path: whatever serves it says so
        (refusal(404, "Сталась помилка при запиті до архіву чеків: [not_found#404]"), ("not_sent", "not_found")),
        (refusal(429), ("unknown", "throttled")),
        (answer(502, "<html>"), ("unknown", "server_error")),
        (answer(200, "<html>"), ("unknown", "no_json")),
        (answer(200, "null"), ("unknown", "no_json")),
        (answer(200, "[]"), ("unknown", "no_json")),
        (answer(200, id=OTHER, status="DONE"), ("unknown", "foreign")),
        (answer(200, id=KEY.upper(), status="DONE"), ("done", "")),
        (answer(200, id=KEY, status="CREATED"), ("waiting", "")),
        (answer(200, id=KEY, status="ERROR", transaction={"response_error_message": "ДПС"}), ("rejected", "error")),
    ],
)
def test_answers_to_a_look_up(reply, expected):
    outcome = lookup(reply)
    assert kind_and_code(outcome) == expected
    assert not outcome.new_key, "the id is taken again: the service itself removes duplicates by it"


def test_the_id_is_known_already():
    exists = refusal(400, "Вказаний id чеку вже існує", "receipt.already_exists")
    assert submit(exists, answer(200, id=KEY, status="DONE", fiscal_code="7")).data.number == "7"
    assert submit(exists, answer(200, id=KEY, status="CREATED")).kind.value == "waiting"
    assert kind_and_code(submit(exists, refusal(404, "Not Found"))) == ("unknown", "no_trace")
    assert submit(exists, Lost("reset")).kind.value == "unknown"


def test_the_shift_is_closed():
    closed = refusal(400, "Зміну не відкрито", "shift.not_opened")
    assert kind_and_code(submit(closed, answer(200, "[]"))) == ("blocked", "shift_closed")
    other = {"id": OTHER, "status": "OPENED", "serial": 4}
    for rows in ([other], {"results": [other]}):
        whole = {**other, "cashier": {"id": "c2", "full_name": "Бондар Т. П."}}
        outcome, calls = run(protocol.submit(SALE), closed, answer(200, json.dumps(rows)), answer(200, **whole))
        assert calls[-1].path == f"/shifts/{OTHER}"
        assert kind_and_code(outcome) == ("blocked", "other_shift")
        assert outcome.message == "Бондар Т. П." and outcome.data.extra["cashier_id"] == "c2"


def test_a_shift_is_not_taken_for_closed_where_the_register_cannot_be_asked():
    closed = refusal(400, "Зміну не відкрито", "shift.not_opened")
    assert kind_and_code(submit(closed, Lost("reset"))) == ("not_sent", "no_connection")
    row = json.dumps([{"id": OTHER, "status": "OPENED"}])
    assert kind_and_code(submit(closed, answer(200, row), answer(502, "<html>"))) == ("not_sent", "server_error")


def test_a_closed_shift_that_cannot_be_asked_about_is_not_given_up():
    closed, never = refusal(400, "Зміну не відкрито", "shift.not_opened"), refusal(404, "Not Found")
    request = frozen(operation("shift_close"), shift={"id": "s1", "serial": 1})
    for reply in (Lost("reset"), answer(502, "<html>"), refusal(429)):
        assert submit(reply, closed, reply, request=request).kind.value == "unknown"
    assert kind_and_code(submit(never, closed, never, answer(200, "[]"), request=request)) == (
        "rejected",
        "shift_closed",
    )


def test_a_shift_that_is_closed_already_leaves_the_next_one_open(emulator, client):
    """Closed by the clock of the service; the cashier has opened another one since, here or on another register."""
    shift = {"id": emulator.shifts[0].id, "serial": 1}
    client.submit(operation("shift_close"))
    number = emulator.shifts[0].report["fiscal_code"]
    other = Client(emulator, register=1)
    other.open_shift(OTHER)
    outcome = client.submit(operation("shift_close"), shift=shift)
    assert (outcome.kind.value, outcome.data.number) == ("done", number)
    assert [one.status for one in emulator.shifts] == ["CLOSED", "OPENED"]


def test_a_receipt_on_another_register_is_told(emulator, client):
    """It goes where the cashier has the open shift."""
    other = Client(emulator, register=1)
    outcome = other.submit(sale(), register=other.register.id)
    assert (*kind_and_code(outcome), outcome.message) == ("done", "other_register", "TEST000001")
    assert kind_and_code(client.submit(sale(key=OTHER), register=client.register.id)) == ("done", "")


# === Fiscal data ===

DONE = {
    "id": KEY,
    "serial": 5,
    "status": "DONE",
    "fiscal_code": "TEST-ABC123",
    "fiscal_date": "2026-11-21T10:30:15.123456+00:00",
    "total_sum": 6500,
    "tax_url": "https://cabinet.tax.gov.ua/cashregs/check?id=TEST-ABC123&fn=TEST000001&sm=65.00&mac=1",
    "is_test": True,
    "is_created_offline": False,
    "is_sent_dps": False,
}


def test_fiscal_data_of_both_forms():
    nested = submit(answer(201, **DONE, shift={"id": "s1", "serial": 3, "cash_register": {"fiscal_number": "F1"}}))
    assert (nested.data.shift_number, nested.data.register_number) == (3, "F1")
    request = {**SALE, "shift": {"id": "s1", "serial": 3}}
    flat = lookup(answer(200, **DONE, shift_id="s1"), request=request)
    data = flat.data
    assert (data.number, data.shift_number, data.receipt_number) == ("TEST-ABC123", 3, 5)
    assert data.registered_at == datetime(2026, 11, 21, 12, 30, 15)
    assert (data.total, data.test, data.register_number) == (Decimal("65.00"), True, "TEST000001")
    assert data.qr == DONE["tax_url"] and data.url == f"https://check.checkbox.ua/{KEY}"
    assert data.extra == {"shift_id": "s1"}


def test_number_of_a_shift_that_odoo_does_not_know():
    data = lookup(answer(200, **DONE, shift_id="s2"), answer(200, id="s2", serial=9)).data
    assert (data.shift_number, data.extra["shift_id"]) == (9, "s2")
    assert lookup(answer(200, **DONE, shift_id="s2"), Lost("reset")).kind.value == "done"


def test_an_offline_receipt_is_marked_until_it_is_delivered():
    told = {**DONE, "is_created_offline": True, "control_number": "9933", "is_test": False}
    data = lookup(answer(200, **told)).data
    assert (data.extra, data.sign) == ({"offline": True, "undelivered": True}, "9933")
    data = lookup(answer(200, **{**DONE, "is_created_offline": True, "is_sent_dps": True})).data
    assert data.extra == {"offline": True}
    data = lookup(answer(200, **told), request=frozen(sale(), test=True)).data
    assert (data.extra, data.test) == ({"offline": True}, True), "a test register never delivers anything"


def test_a_total_that_was_not_sent_is_told():
    outcome = lookup(answer(200, **{**DONE, "total_sum": 6501}))
    assert kind_and_code(outcome) == ("done", "differs") and outcome.message == "65.01"


@pytest.mark.parametrize("value", [None, True, "1", 10**40, -1, [], {}])
def test_numbers_that_are_none(value):
    data = lookup(answer(200, **{**DONE, "serial": value, "total_sum": value, "fiscal_code": value})).data
    assert data.receipt_number in (None, -1)


# === Against the emulator: shifts ===


def test_a_shift_is_asked_about_until_it_is_open(emulator):
    emulator.fault("slow", seconds=0.2)
    client = Client(emulator)
    request = frozen(operation("shift_open"))
    assert client.run(protocol.submit(request)).kind.value == "waiting"
    outcome = client.run(protocol.lookup(request))
    assert outcome.kind.value == "waiting"
    assert kind_and_code(client.run(protocol.submit(frozen(replace(operation("shift_open"), key=OTHER))))) == (
        "blocked",
        "shift_open",
    )
    emulator.fault("slow", seconds=0)
    while outcome.kind.value == "waiting":
        outcome = client.run(protocol.lookup(request))
    assert outcome.kind.value == "done"
    assert (outcome.data.shift_number, outcome.data.number) == (1, "")
    assert outcome.data.extra["shift_id"] == KEY


def test_an_opening_that_fails(emulator):
    emulator.fault("opening_error", message="немає зв'язку з ДПС")
    outcome = Client(emulator).submit(operation("shift_open"))
    assert (*kind_and_code(outcome), outcome.new_key) == ("not_sent", "opening_failed", True)
    assert outcome.message == "немає зв'язку з ДПС"


def test_a_shift_opened_elsewhere_is_taken_over(emulator, client):
    outcome = Client(emulator).submit(replace(operation("shift_open"), key=OTHER))
    assert outcome.kind.value == "done"
    assert (outcome.data.shift_number, outcome.data.extra["cashier_id"]) == (1, client.cashier.id)
    assert len(emulator.shifts) == 1


def test_a_cashier_who_works_elsewhere(emulator, client):
    other = Client(emulator, register=1)
    outcome = other.submit(replace(operation("shift_open"), key=OTHER), register=other.register.id)
    assert (*kind_and_code(outcome), outcome.message) == ("blocked", "elsewhere", "Каса 1")


def test_a_shift_is_taken_over_on_this_register_only(emulator, client):
    """Also where Odoo does not know yet which one of the service it is: a sale goes where the cashier's shift is."""
    other = Client(emulator, register=1)
    assert kind_and_code(other.submit(replace(operation("shift_open"), key=OTHER))) == ("blocked", "elsewhere")
    exists = refusal(400, "Касир вже працює з даною касою", "base.bad_request")
    shift = answer(200, id=OTHER, status="OPENED", cash_register={"id": "r1"})
    request = frozen(operation("shift_open"))
    for reply, expected in (
        (answer(200, id="r1"), "done"),
        (answer(200, id="r2"), "blocked"),
        (answer(200, "null"), "not_sent"),
        (Lost("reset"), "not_sent"),
    ):
        assert submit(exists, shift, reply, request=request).kind.value == expected


def test_a_shift_that_another_program_opened(emulator, client):
    emulator.shifts[0].client = "Checkbox Kasa"
    outcome = client.submit(operation("shift_close"), shift={"id": emulator.shifts[0].id, "serial": 1})
    assert (outcome.kind.value, emulator.shifts[0].status) == ("done", "CLOSED")


def test_an_x_report_names_its_shift(emulator, client):
    assert client.submit(operation("x_report")).data.extra["shift_id"] == emulator.shifts[0].id


def test_a_test_receipt_that_is_looked_up_stays_one(emulator, client):
    emulator.fault("reset_after", "POST /receipts/sell")
    request = frozen(sale(), test=True)
    assert client.run(protocol.submit(request)).kind.value == "unknown"
    assert client.run(protocol.lookup(request)).data.test is True


def test_a_register_with_the_shift_of_another_cashier(emulator, client):
    other = Client(emulator, cashier=1)
    for receipt in (replace(operation("shift_open"), key=OTHER), sale()):
        outcome = other.submit(receipt)
        assert kind_and_code(outcome) == ("blocked", "other_shift")
        assert outcome.data.extra["cashier_id"] == client.cashier.id
        assert outcome.data.extra["shift_id"] == emulator.shifts[0].id


def test_closing(emulator, client):
    client.submit(sale(cash("100.00"), change=Decimal("35.00")))
    shift = {"id": emulator.shifts[0].id, "serial": 1}
    outcome = client.submit(operation("shift_close"), shift=shift)
    assert outcome.kind.value == "done"
    data = outcome.data
    assert data.number.startswith("TEST-") and data.shift_number == 1
    assert "Z-ЗВІТ" in data.extra["text"]
    assert data.counters == {
        "sale.count": 1,
        "sale.total": Decimal("65.00"),
        "sale.cash": Decimal("65.00"),
        "sale_return.count": 0,
        "sale_return.total": 0,
        "sale_return.cash": 0,
        "cash_in": 0,
        "cash_out": 0,
    }
    again = client.submit(operation("shift_close"), shift=shift)
    assert again.data.number == data.number, "closed already: its Z report"
    assert kind_and_code(client.submit(operation("shift_close"))) == ("rejected", "shift_closed")


def test_closing_the_shift_of_another_cashier(emulator, client):
    outcome = Client(emulator, cashier=1).submit(operation("shift_close"), shift={"id": emulator.shifts[0].id})
    assert kind_and_code(outcome) == ("blocked", "other_shift")
    assert outcome.data.extra["cashier_id"] == client.cashier.id


@pytest.mark.parametrize("known", [True, False])
def test_a_closing_whose_answer_is_lost(emulator, client, known):
    shift = {"id": emulator.shifts[0].id, "serial": 1} if known else {}
    emulator.fault("reset_after", "POST /shifts/close")
    request = frozen(operation("shift_close"), shift=shift)
    assert client.run(protocol.submit(request)).kind.value == "unknown"
    outcome = client.run(protocol.lookup(request))
    assert outcome.kind.value == "done" and outcome.data.number


@pytest.mark.parametrize("known", [True, False])
def test_a_closing_that_never_arrived(emulator, client, known):
    shift = {"id": emulator.shifts[0].id, "serial": 1} if known else {}
    outcome = client.run(protocol.lookup(frozen(operation("shift_close"), shift=shift)))
    assert kind_and_code(outcome) == ("not_sent", "not_found")


def test_a_closing_that_fails(emulator, client):
    emulator.fault("closing_error", message="помилка ДПС")
    outcome = client.submit(operation("shift_close"), shift={"id": emulator.shifts[0].id, "serial": 1})
    assert (*kind_and_code(outcome), outcome.message) == ("not_sent", "closing_failed", "помилка ДПС")


def test_x_report(emulator, client):
    outcome = client.submit(operation("x_report"))
    assert outcome.kind.value == "done" and outcome.data.number == ""
    assert "X-ЗВІТ" in outcome.data.extra["text"]
    assert protocol.lookup(frozen(operation("x_report"))) is not None
    assert kind_and_code(run(protocol.lookup(frozen(operation("x_report"))))[0]) == ("not_sent", "not_found")


# === Against the emulator: receipts ===


def test_sale_return_and_cash(emulator, client):
    assert client.submit(sale(card("65.00"))).data.number.startswith("TEST-")
    back = replace(sale(card("65.00")), operation="sale_return", key=OTHER)
    assert client.submit(back, related=KEY, related_at="2026-11-21T10:00:00+00:00").kind.value == "done"
    assert client.submit(replace(operation("cash_in", "500.00"), key=RELATED)).kind.value == "done"
    types = [receipt.type for receipt in emulator.receipts]
    assert types == ["SELL", "RETURN", "SERVICE_IN"]
    assert emulator.unknown_fields == set()


@pytest.mark.parametrize("kind", ["reset_after", "cut", "garbage", "internal_error"])
def test_a_lost_answer_is_one_receipt(emulator, client, kind):
    emulator.fault(kind, "POST /receipts/sell", **({"execute": True} if kind == "internal_error" else {}))
    outcome = client.submit(sale())
    assert outcome.kind.value == "unknown"
    assert client.run(protocol.lookup(SALE)).kind.value == "done"
    assert client.submit(sale()).kind.value == "done", "the same id again"
    assert len(emulator.receipts) == 1


@pytest.mark.parametrize("kind", ["reset_before", "throttled", "http_error"])
def test_a_sale_that_never_arrived(emulator, client, kind):
    command = "" if kind == "reset_before" else "POST /receipts/sell"
    emulator.fault(kind, command)
    assert client.submit(sale()).kind.value == "unknown"
    assert kind_and_code(client.run(protocol.lookup(SALE))) == ("not_sent", "not_found")
    assert client.submit(sale()).kind.value == "done"
    assert len(emulator.receipts) == 1


def test_a_sale_that_ends_in_error(emulator, client):
    emulator.fault("receipt_error", message="ДПС не прийняла")
    outcome = client.submit(sale())
    assert (*kind_and_code(outcome), outcome.message) == ("rejected", "error", "ДПС не прийняла")


def test_a_shift_of_more_than_a_day(emulator, client):
    emulator.fault("shift_expired")
    assert kind_and_code(client.submit(sale())) == ("blocked", "shift_expired")
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    shift = emulator.organisation.shift_json(emulator.shifts[0])
    assert protocol.expired(shift, now) and not protocol.expired(shift, now - timedelta(hours=2))


def test_offline(emulator, client):
    client.register.is_test = False
    emulator.fault("offline")
    data = client.submit(sale()).data
    assert data.extra["undelivered"] and data.number.startswith("OFF")
    emulator.fault("offline", active=False)
    client.run(protocol.ask(protocol.post("/cash-registers/go-online", {})))
    assert "undelivered" not in client.run(protocol.lookup(SALE)).data.extra


def prepaid(client):
    """A chain of two payments, and its return."""
    first = sale(cash("20.00"), Payment("credit", Decimal("45.00")))
    data = client.submit(first).data
    assert data.extra["relation_id"] == KEY
    rest = replace(sale(card("45.00"), key=OTHER), total=Decimal("45.00"))
    assert client.submit(rest, relation=KEY).kind.value == "done"
    return replace(sale(cash("20.00"), card("45.00"), key=THIRD), operation="sale_return")


def test_prepayment_chain(emulator, client):
    prepaid(client)
    chain = client.run(protocol.ask(protocol.get(f"/prepayment-receipts/{KEY}"))).json()
    assert chain["pre_payment_status"] == "FULL_PAID"


def test_return_of_a_chain(emulator, client):
    back = prepaid(client)
    assert client.submit(replace(back, total=Decimal("60.00")), relation=KEY).code == "chain_paid"
    assert client.submit(back, relation=OTHER).code == "refused", "such a chain there is not"
    outcome = client.submit(back, relation=KEY)
    outcome = outcome if outcome.kind.value == "done" else client.run(protocol.lookup(frozen(back, relation=KEY)))
    assert (outcome.kind.value, outcome.data.total) == ("done", Decimal("65.00"))
    returns = [receipt for receipt in emulator.receipts if receipt.type == "RETURN"]
    assert outcome.data.extra["numbers"] == [receipt.fiscal_code for receipt in returns]
    sent = len([request for request in emulator.requests if request.path.endswith("/return")])
    assert client.submit(back, relation=KEY).data.extra == outcome.data.extra
    assert len([request for request in emulator.requests if request.path.endswith("/return")]) == sent == 1


@pytest.mark.parametrize("fault", ["reset_after", "cut", "garbage"])
def test_return_of_a_chain_whose_answer_is_lost(emulator, client, fault):
    back = prepaid(client)
    emulator.fault(fault, "POST /prepayment-receipts/{id}/return")
    assert client.submit(back, relation=KEY).kind.value == "unknown"
    outcome = client.run(protocol.lookup(frozen(back, relation=KEY)))
    assert (outcome.kind.value, outcome.data.total, outcome.code) == ("done", Decimal("65.00"), "")


def test_a_chain_whose_returns_cannot_be_read(emulator, client):
    back = prepaid(client)
    client.submit(back, relation=KEY)
    request = frozen(back, relation=KEY)
    emulator.fault("http_error", "GET /receipts/{id}", times=2)
    assert client.run(protocol.lookup(request)).kind.value == "unknown"
    outcome, sent = client.run(protocol.submit(request)), len(emulator.receipts)
    assert (outcome.kind.value, len(emulator.receipts)) == ("unknown", sent), "it is never returned twice"


def test_a_chain_that_counts_another_sum_is_not_returned(emulator, client):
    back = prepaid(client)
    emulator.organisation.chains[KEY]["receipts"][0].paid += 1
    assert client.submit(back, relation=KEY).code == "chain_paid"


def test_return_of_a_chain_that_was_never_seen(emulator, client):
    back = prepaid(client)
    outcome = client.run(protocol.lookup(frozen(back, relation=KEY)))
    assert kind_and_code(outcome) == ("not_sent", "not_found")
    assert outcome.under_way == const.UNDER_WAY, "no id of its own would tell a repeat"


@pytest.mark.parametrize(
    "statuses, kind",
    [
        ((), None),
        (("DONE", "CREATED"), "waiting"),
        (("CREATED",), "waiting"),
        (("ERROR", "ERROR"), "rejected"),
        (("DONE", "DONE"), "done"),
        (("DONE", "CANCELLATION"), "waiting"),
    ],
)
def test_what_the_receipts_of_a_chain_say_of_its_return(statuses, kind):
    rows = [{"type": "RETURN", "status": status, "id": KEY, "total_sum": 3250} for status in statuses]
    request = frozen(replace(sale(), operation="sale_return"), relation=KEY)
    outcome = answers.chain_returned(request, [{"type": "SELL", "status": "DONE"}, "?", *rows], "")
    assert (outcome and outcome.kind.value) == kind


# === Signing in ===


def tokens(emulator):
    return [request for request in emulator.requests if "/cashier/signin" in request.path]


def test_signs_in_once(emulator, client):
    client.submit(sale())
    assert len(tokens(emulator)) == 1 and client.ticket.token


def test_by_login_and_password(emulator):
    client = Client(emulator)
    client.ticket = Ticket(login="oksana", password="oksana-secret")
    client.open_shift()
    assert tokens(emulator)[0].path.endswith("/cashier/signin")


def test_a_token_is_renewed_once(emulator, client):
    old = client.ticket.token
    emulator.fault("expired_tokens")
    assert client.submit(sale()).kind.value == "done"
    assert len(tokens(emulator)) == 2 and client.ticket.token not in ("", old)
    assert len(emulator.receipts) == 1


def test_a_token_that_is_refused_again_and_again(emulator, client):
    ticket = Ticket(pin="1", token="old")
    refused = refusal(401, "Could not validate credentials", "base.credentials")
    fresh = answer(200, access_token="new")
    outcome, calls = run(protocol.authorized(protocol.submit(SALE), ticket), refused, fresh, refused)
    assert kind_and_code(outcome) == ("blocked", "credentials")
    assert [call.token for call in calls] == ["old", "", "new"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (refusal(403, "Невірний пінкод", "cashier.invalid_credentials"), ("blocked", "sign_in")),
        # whatever else is wrong with signing in is no word about the sale
        (refusal(404, "Касира не знайдено"), ("blocked", "sign_in")),
        (refusal(400, "Вхід заборонено", "cashier.other"), ("blocked", "sign_in")),
        (refusal(422, "Помилка валідації", "validation.custom"), ("blocked", "sign_in")),
        (refusal(400, "", "receipt.already_exists"), ("blocked", "sign_in")),
        (NotSent("refused"), ("not_sent", "connection")),
        # nothing of the sale has left when signing in does not end well
        (Lost("reset"), ("not_sent", "connection")),
        (answer(502, "<html>"), ("not_sent", "connection")),
        (refusal(429), ("not_sent", "connection")),
        (answer(200, "<html>"), ("not_sent", "connection")),
        (answer(200, access_token=""), ("not_sent", "connection")),
        (answer(200, access_token=5), ("not_sent", "connection")),
    ],
)
def test_signing_in_that_fails(reply, expected):
    outcome, calls = run(protocol.authorized(protocol.submit(SALE), Ticket(pin="1")), reply)
    assert kind_and_code(outcome) == expected and len(calls) == 1


@pytest.mark.parametrize("name", ["sale", "shift_open", "shift_close"])
@pytest.mark.parametrize("http", [400, 404, 422])
def test_signing_in_that_fails_says_nothing_about_a_document(name, http):
    request = SALE if name == "sale" else frozen(operation(name), shift={"id": "s1"})
    conversation = protocol.authorized(protocol.lookup(request), Ticket(pin="1"))
    outcome = run(conversation, refusal(http, "Касира не знайдено"))[0]
    assert (*kind_and_code(outcome), outcome.message) == ("unknown", "sign_in", "Касира не знайдено")


def test_a_conversation_without_a_call_needs_no_token():
    request = frozen(operation("x_report"))
    assert run(protocol.authorized(protocol.lookup(request), Ticket()))[1] == []


def test_secrets_stand_in_their_headers_only():
    call = replace(protocol.post("/receipts/sell", {"a": 1}), token="t0ken")
    request = protocol.http(call, "https://api.checkbox.ua/api/v1/", "test-key")
    assert request.url == "https://api.checkbox.ua/api/v1/receipts/sell"
    assert request.headers["Authorization"] == "Bearer t0ken" and request.headers["X-License-Key"] == "test-key"
    assert "t0ken" not in request.body + request.url and "test-key" not in request.body + request.url
    assert "Authorization" not in protocol.http(protocol.get("/tax"), "http://x", "k").headers


# === How the register is ===

NOW = datetime(2026, 11, 21, 12)


def condition(client, **options):
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    return client.run(protocol.condition(now, **options))


def test_condition(emulator, client):
    found = condition(client)
    assert found.problem == "" and found.reachable
    assert found.register["fiscal_number"] == "TEST000001" and found.register["is_test"] is True
    assert found.cashier["organization"]["title"] == "ТОВ «Волошка»"
    assert found.shift["serial"] == 1 and found.codes["available"] == 2000
    assert found.offline["status"]["total"] == 0


def test_a_register_without_an_account(emulator):
    client = Client(emulator)
    found = condition(client, signed=False)
    assert found.problem == "no_account" and found.register["title"] == "Каса 1"
    assert not tokens(emulator)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"blocked": True}, "cashier_blocked"),
        ({"certificate_end": datetime(2020, 1, 1, tzinfo=timezone.utc)}, "key_expired"),
        ({"signature_type": "AGENT", "online": False}, "agent_offline"),
        ({"signature_type": "AGENT"}, ""),
        ({"pin": "x"}, "sign_in"),
    ],
)
def test_a_cashier_who_cannot_work(emulator, change, problem):
    client = Client(emulator)
    for name, value in change.items():
        setattr(client.cashier, name, value)
    assert condition(client).problem == problem


@pytest.mark.parametrize(
    ("reply", "problem", "reachable"),
    [
        (NotSent("refused"), "no_connection", False),
        (Lost("reset"), "no_connection", False),
        (refusal(401, "Невірний ключ", "cash_register.invalid_license_key"), "licence", True),
        (answer(404, "<html>"), "wrong_address", True),
        (refusal(404, "Not Found"), "wrong_address", True),
        (answer(200, "<html>"), "no_json", True),
        (answer(200, "null"), "no_json", True),
        (answer(200, "[]"), "no_json", True),
        (answer(502, ""), "server_error", True),
    ],
)
def test_a_register_that_cannot_be_asked(reply, problem, reachable):
    found = run(protocol.condition(NOW), reply)[0]
    assert (found.problem, found.reachable) == (problem, reachable)


def test_settings_do_not_change_the_conversation():
    assert frozen(sale(), SETTINGS) == SALE and BREAD.amount


# === What the base compares with the document ===


@pytest.mark.parametrize(
    ("name", "total", "kind"),
    [("cash_in", "50.00", "cash_in"), ("cash_out", "20.00", "cash_out"), ("sale", "", "sale")],
)
def test_what_was_registered_is_told(emulator, client, name, total, kind):
    client.submit(replace(operation("cash_in", "100.00"), key=OTHER))
    outcome = client.submit(operation(name, total) if total else sale())
    assert (outcome.data.operation, outcome.data.total) == (kind, Decimal(total or "65.00"))
    assert (outcome.service_id, outcome.data.lines) == (KEY, None if total else 1)
