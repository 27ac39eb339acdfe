"""The emulator is as strict as the service is described. Talks to it with the standard library alone."""

import base64
import hashlib
import hmac
import http.client
import json
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.emulators.checkbox import CheckboxEmulator, default_organisation

KEY = "test0123456789abcdef0001"
HEADERS = {"User-Agent": "Test/1", "X-Client-Name": "Test", "X-License-Key": KEY}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 11, 21, 10, tzinfo=timezone.utc)

    def __call__(self):
        return self.now

    def pass_(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def emulator(clock):
    with CheckboxEmulator(organisation=default_organisation(clock=clock), pace=False) as emulator:
        yield emulator


def call(emulator, method, path, body=None, token="", **changes):
    headers = {**HEADERS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    headers = {name: value for name, value in headers.items() if value}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    try:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        connection.request(method, f"/api/v1{path}", data, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
    finally:
        connection.close()
    try:
        return response.status, json.loads(text)
    except ValueError:
        return response.status, text


@pytest.fixture
def token(emulator):
    return sign_in(emulator)


def sign_in(emulator, pin="1111111"):
    status, body = call(emulator, "POST", "/cashier/signinPinCode", {"pin_code": pin})
    assert status == 200 and body["token_type"] == "bearer"
    return body["access_token"]


def open_shift(emulator, token, key=None):
    status, shift = call(emulator, "POST", "/shifts", {"id": key or str(uuid4())}, token)
    assert (status, shift["status"]) == (202, "CREATED")
    assert call(emulator, "GET", f"/shifts/{shift['id']}", token=token)[1]["status"] == "OPENED"
    return shift["id"]


def goods(price=1000, quantity=1000, **fields):
    good = {"code": "1", "name": "Хліб", "price": price, "tax": [8]}
    return {"good": {**good, **fields.pop("good", {})}, "quantity": quantity, **fields}


def sell(emulator, token, *items, cash=0, card=0, **fields):
    payments = [{"type": kind, "value": value} for kind, value in (("CASH", cash), ("CASHLESS", card)) if value]
    body = {"id": str(uuid4()), "goods": list(items) or [goods()], "payments": payments, **fields}
    return call(emulator, "POST", "/receipts/sell", body, token)


# === The door ===


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"X_License_Key": "test0"}, 401, "cash_register.invalid_license_key"),
        ({"X_License_Key": ""}, 422, "validation.custom"),
        ({"X_Client_Name": ""}, 422, "validation.custom"),
    ],
)
def test_headers(emulator, changes, status, code):
    got, body = call(emulator, "GET", "/cash-registers/info", **changes)
    assert (got, body["code"]) == (status, code)


def test_scripts_are_turned_away_by_the_network(emulator):
    for agent in ("", "python-requests/2.32"):
        status, text = call(emulator, "GET", "/cash-registers/info", User_Agent=agent)
        assert status == 403 and "1010" in text


def test_signing_in(emulator, token):
    assert call(emulator, "POST", "/cashier/signin", {"login": "oksana", "password": "oksana-secret"})[0] == 200
    for path, body in (
        ("/cashier/signin", {"login": "oksana", "password": "x"}),
        ("/cashier/signinPinCode", {"pin_code": "0000"}),
    ):
        status, error = call(emulator, "POST", path, body)
        assert (status, error["code"]) == (403, "cashier.invalid_credentials")
    assert call(emulator, "GET", "/cashier/me")[1] == {"code": None, "message": "Not authenticated"}
    assert call(emulator, "GET", "/cashier/me", token="x")[1]["code"] == "base.credentials"
    assert call(emulator, "GET", "/cashier/me", token=token)[1]["organization"]["edrpou"] == "32855961"
    emulator.fault("expired_tokens")
    assert call(emulator, "GET", "/cashier/me", token=token)[0] == 401


def test_no_expiry_is_told_in_the_token(token):
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims.keys() == {"token_type", "jti", "sub", "iat"}


# === Shifts ===


def test_life_of_a_shift(emulator, token):
    assert call(emulator, "GET", "/cashier/shift", token=token) == (200, None)
    key = open_shift(emulator, token)
    status, error = call(emulator, "POST", "/shifts", {}, token)
    assert (status, error["code"], error["message"]) == (400, "base.bad_request", "Касир вже працює з даною касою")
    other = sign_in(emulator, "2222222")
    assert call(emulator, "POST", "/shifts", {}, other)[1]["message"] == "Каса зайнята іншим касиром"
    assert sell(emulator, other, cash=1000)[1]["code"] == "shift.not_opened"
    status, shift = call(emulator, "POST", "/shifts/close", {}, token)
    assert (status, shift["status"], shift["z_report"]["fiscal_code"]) == (202, "CLOSING", None)
    shift = call(emulator, "GET", f"/shifts/{key}", token=token)[1]
    assert shift["status"] == "CLOSED" and shift["z_report"]["fiscal_code"]
    assert call(emulator, "GET", "/cashier/shift", token=token)[1] is None
    assert call(emulator, "POST", "/shifts/close", {}, token)[1]["code"] == "shift.not_opened"
    assert "Z-ЗВІТ" in call(emulator, "GET", f"/reports/{shift['z_report']['id']}/text", token=token)[1]


def test_a_shift_that_does_not_open_or_close(emulator, token):
    emulator.fault("opening_error", message="немає зв'язку")
    shift = call(emulator, "POST", "/shifts", {}, token)[1]
    shift = call(emulator, "GET", f"/shifts/{shift['id']}", token=token)[1]
    assert (shift["status"], shift["opened_at"]) == ("CLOSED", None)
    assert shift["initial_transaction"]["response_error_message"] == "немає зв'язку"
    key = open_shift(emulator, token)
    emulator.fault("closing_error", message="помилка")
    call(emulator, "POST", "/shifts/close", {}, token)
    shift = call(emulator, "GET", f"/shifts/{key}", token=token)[1]
    assert shift["status"] == "OPENED" and shift["closing_transaction"]["response_error_message"] == "помилка"


def test_time_of_automatic_closing(emulator, token):
    status, error = call(emulator, "POST", "/shifts", {"auto_close_at": "2026-11-22T23:00:00+02:00"}, token)
    assert (status, error["message"]) == (422, "Дата закриття може бути лише в рамках поточного дня!")
    assert call(emulator, "POST", "/shifts", {"auto_close_at": "2026-11-21T23:00:00+02:00"}, token)[0] == 202


def test_a_shift_of_a_day(emulator, clock, token):
    open_shift(emulator, token)
    clock.pass_(hours=23, minutes=59)
    assert sell(emulator, token, cash=1000)[0] == 201
    clock.pass_(minutes=1)
    status, error = sell(emulator, token, cash=1000)
    assert status == 400 and "24" in error["message"]
    assert call(emulator, "POST", "/shifts/close", {}, token)[0] == 202


# === Receipts ===


def test_life_of_a_receipt(emulator, clock, token):
    emulator.fault("slow", seconds=2)
    call(emulator, "POST", "/shifts", {}, token)
    assert sell(emulator, token, cash=1000)[1]["code"] == "shift.not_opened"
    clock.pass_(seconds=2)
    status, receipt = sell(emulator, token, cash=1500)
    assert (status, receipt["status"], receipt["fiscal_code"], receipt["total_rest"]) == (201, "CREATED", None, 500)
    assert receipt["shift"]["serial"] == 1
    assert call(emulator, "POST", "/shifts/close", {}, token)[0] == 400  # a transaction is under way
    clock.pass_(seconds=2)
    status, done = call(emulator, "GET", f"/receipts/{receipt['id']}", token=token)
    assert done["status"] == "DONE" and done["fiscal_code"].startswith("TEST-") and "shift" not in done
    assert done["tax_url"] != call(emulator, "GET", f"/receipts/{receipt['id']}", token=token)[1]["tax_url"]  # mac
    status, error = sell(emulator, token, id=receipt["id"])
    assert (status, error["code"]) == (400, "receipt.already_exists")
    status, error = call(emulator, "GET", f"/receipts/{uuid4()}", token=token)
    assert status == 404 and "not_found#404" in error["message"]
    assert emulator.documents_json()[0]["change"] == "5.00"
    assert "ТЕСТОВИЙ ЧЕК" in call(emulator, "GET", f"/receipts/{receipt['id']}/text", User_Agent="Browser")[1]


def test_an_id_of_a_failed_receipt_is_used_up(emulator, token):
    open_shift(emulator, token)
    emulator.fault("receipt_error", message="помилка ДПС")
    __, receipt = sell(emulator, token, cash=1000)
    got = call(emulator, "GET", f"/receipts/{receipt['id']}", token=token)[1]
    assert (got["status"], got["transaction"]["response_error_message"]) == ("ERROR", "помилка ДПС")
    assert sell(emulator, token, cash=1000, id=receipt["id"])[1]["code"] == "receipt.already_exists"
    assert emulator.receipts == []


@pytest.mark.parametrize(
    ("items", "fields", "status"),
    [
        ([goods()], {"cash": 999}, 422),
        ([goods()], {"card": 1001}, 422),
        ([goods()], {"cash": 1, "card": 1001}, 422),
        ([goods(price=0)], {"cash": 1000}, 422),
        ([goods(price=10.5)], {"cash": 1000}, 422),
        ([goods(quantity=0)], {"cash": 1000}, 422),
        ([goods(quantity=1.5)], {"cash": 1000}, 422),
        ([goods(good={"tax": [7]})], {"cash": 1000}, 422),
        ([goods(good={"tax": [8, 1, 2]})], {"cash": 1000}, 422),
        ([goods(good={"code": 1})], {"cash": 1000}, 422),
        ([goods(good={"code": ""})], {"cash": 1000}, 422),
        ([goods(good={"name": ""})], {"cash": 1000}, 422),
        ([goods(good={"uktzed": "1" * 65})], {"cash": 1000}, 422),
        ([goods(total_sum=1000)], {"cash": 1000}, 400),
        ([goods(discounts=[{"type": "DISCOUNT", "mode": "VALUE", "value": 1001}])], {"cash": 1000}, 422),
        ([goods(discounts=[{"type": "DISCOUNT", "mode": "VALUE", "value": -1}])], {"cash": 1000}, 422),
        ([goods(), goods(is_return=True)], {"cash": 2000}, 422),
        ([goods()], {"card": 1000, "rounding_mode": "ROUND_10"}, 422),
        ([goods()], {"cash": 1000, "delivery": {"phone": "0671234567"}}, 422),
        ([goods()], {"cash": 1000, "id": "1"}, 422),
        ([goods()], {"payments": [{"type": "CARD", "value": 1000}]}, 422),
        ([goods()], {"payments": [{"type": "CASHLESS", "value": 1000, "code": 10}]}, 422),
        ([goods()], {"payments": [{"type": "CASH", "value": 1000, "label": "x" * 129}]}, 422),
        ([goods(is_return=True)], {"cash": 1000, "related_receipt_id": str(uuid4())}, 400),
    ],
)
def test_what_is_refused(emulator, token, items, fields, status):
    open_shift(emulator, token)
    got, error = sell(emulator, token, *items, **fields)
    assert got == status, error
    assert error["code"] and error["message"]
    if status == 422:
        assert error["detail"][0].keys() == {"loc", "msg", "type", "ctx"}
    assert emulator.receipts == []


def test_goods_are_wanted(emulator, token):
    open_shift(emulator, token)
    error = call(emulator, "POST", "/receipts/sell", {"goods": []}, token)[1]
    assert error["detail"][0]["loc"] == ["body", "goods"]
    assert error["detail"][0]["type"] == "value_error.list.min_items"


def test_sums(emulator, token):
    open_shift(emulator, token)
    line = goods(price=32000, quantity=2250, discounts=[{"type": "DISCOUNT", "mode": "VALUE", "value": 2000}])
    __, receipt = sell(emulator, token, line, card=50000, cash=20000)
    assert (receipt["total_sum"], receipt["goods"][0]["sum"]) == (70000, 72000)
    line = goods(price=1003)
    __, receipt = sell(emulator, token, line, cash=1000, rounding_mode="ROUND_10")
    assert (receipt["total_sum"], receipt["round_sum"]) == (1000, -3)
    __, receipt = sell(
        emulator, token, goods(), cash=900, discounts=[{"type": "DISCOUNT", "mode": "PERCENT", "value": 10}]
    )
    assert receipt["total_sum"] == 900


def test_returns(emulator, token):
    open_shift(emulator, token)
    __, receipt = sell(emulator, token, cash=1000)
    back = {"is_return": True}
    assert sell(emulator, token, goods(**back), cash=1000, related_receipt_id=receipt["id"])[1]["type"] == "RETURN"
    assert sell(emulator, token, goods(**back), cash=1000, related_receipt_id=receipt["id"])[0] == 400
    emulator.organisation.cashiers[0].permissions["free_return"] = False
    assert sell(emulator, token, goods(**back), cash=1000)[0] == 403


def test_cash_moves_and_reports(emulator, token):
    open_shift(emulator, token)
    for value, kind in ((50000, "SERVICE_IN"), (-20000, "SERVICE_OUT")):
        body = {"payment": {"type": "CASH", "value": value}}
        assert call(emulator, "POST", "/receipts/service", body, token)[1]["type"] == kind
    sell(emulator, token, cash=1500)
    shift = call(emulator, "GET", "/cashier/shift", token=token)[1]
    assert shift["balance"]["balance"] == 31000
    status, report = call(emulator, "POST", "/reports", None, token)
    assert (status, report["fiscal_code"], report["balance"]) == (201, None, 31000)


def test_prepayment(emulator, token):
    open_shift(emulator, token)
    body = {"id": str(uuid4()), "goods": [goods()], "payments": [{"type": "CASH", "value": 1000}]}
    assert call(emulator, "POST", "/prepayment-receipts", body, token)[0] == 422  # all of it
    body["payments"][0]["value"] = 300
    relation = call(emulator, "POST", "/prepayment-receipts", body, token)[1]["pre_payment_relation_id"]
    assert call(emulator, "GET", f"/prepayment-receipts/{relation}", token=token)[1]["left_to_pay"] == 700
    last = {"payments": [{"type": "CASHLESS", "value": 700}]}
    assert call(emulator, "POST", f"/prepayment-receipts/{relation}", last, token)[0] == 201
    assert (
        call(emulator, "GET", f"/prepayment-receipts/{relation}", token=token)[1]["pre_payment_status"] == "FULL_PAID"
    )
    more = {"payments": [{"type": "CASH", "value": 100}]}
    assert call(emulator, "POST", f"/prepayment-receipts/{relation}", more, token)[0] == 422, "nothing is left to pay"


def test_return_of_a_prepayment(emulator, token):
    open_shift(emulator, token)
    body = {"id": str(uuid4()), "goods": [goods()], "payments": [{"type": "CASH", "value": 300}]}
    relation = call(emulator, "POST", "/prepayment-receipts", body, token)[1]["pre_payment_relation_id"]
    path = f"/prepayment-receipts/{relation}"
    call(emulator, "POST", path, {"payments": [{"type": "CASHLESS", "value": 700}]}, token)
    plain = {"goods": [{**goods(), "is_return": True}], "payments": [{"type": "CASH", "value": 1000}]}
    assert call(emulator, "POST", "/receipts/sell", {**plain, "related_receipt_id": body["id"]}, token)[0] == 400
    status, returns = call(emulator, "POST", f"{path}/return", {}, token)
    assert (status, [row["total_sum"] for row in returns]) == (201, [300, 700])
    assert {row["type"] for row in returns} == {"RETURN"}
    assert call(emulator, "POST", f"{path}/return", {}, token)[0] == 400, "once"
    assert call(emulator, "POST", path, {"payments": [{"type": "CASH", "value": 1}]}, token)[0] == 422
    chain = call(emulator, "GET", path, token=token)[1]
    assert chain["pre_payment_status"] == "CANCELLED"
    sold, back = chain["receipts_chain"], chain["receipt_chain"]["returned_receipts"]
    assert [row["total_sum"] for row in sold["pre_payment_receipts"]] == [1000], "of the whole order"
    assert sold["after_payment_receipt"]["type"] == "SELL"
    assert back == [row["id"] for row in returns]
    assert chain["receipt_chain"]["returned_receipts_mapping"][body["id"]] == back[0]


def test_a_prepayment_that_is_not_accepted(emulator, token):
    open_shift(emulator, token)
    relation, body = str(uuid4()), {"goods": [goods()], "payments": [{"type": "CASH", "value": 300}]}
    emulator.fault("receipt_error")
    receipt = call(emulator, "POST", "/prepayment-receipts", {**body, "custom_relation_id": relation}, token)[1]
    assert call(emulator, "GET", f"/receipts/{receipt['id']}", token=token)[1]["status"] == "ERROR"
    assert call(emulator, "GET", f"/prepayment-receipts/{relation}", token=token)[0] == 404
    relation = call(emulator, "POST", "/prepayment-receipts", body, token)[1]["pre_payment_relation_id"]
    emulator.fault("receipt_error")
    last = {"payments": [{"type": "CASHLESS", "value": 700}]}
    assert call(emulator, "POST", f"/prepayment-receipts/{relation}", last, token)[0] == 201
    assert call(emulator, "GET", f"/prepayment-receipts/{relation}", token=token)[1]["left_to_pay"] == 700


def test_pace():
    with CheckboxEmulator() as emulator:
        token = sign_in(emulator)
        open_shift(emulator, token)
        assert [sell(emulator, token, cash=1000)[0] for __ in range(4)] == [201, 201, 429, 429]
        other = emulator.organisation.registers[1].licence_key
        token = sign_in(emulator, "2222222")
        call(emulator, "POST", "/shifts", {}, token, X_License_Key=other)
        body = {"goods": [goods()], "payments": [{"type": "CASH", "value": 1000}]}
        assert call(emulator, "POST", "/receipts/sell", body, token, X_License_Key=other)[0] == 201


# === Offline ===


def test_a_test_register_delivers_nothing(emulator, clock, token):
    open_shift(emulator, token)
    emulator.fault("offline")
    __, receipt = sell(emulator, token, cash=1000)
    emulator.fault("offline", active=False)
    call(emulator, "POST", "/cash-registers/go-online", {}, token)
    got = call(emulator, "GET", f"/receipts/{receipt['id']}", token=token)[1]
    assert got["is_sent_dps"] is False and "is_test" not in got


def test_a_list_of_shifts_names_no_cashier(emulator, token):
    open_shift(emulator, token)
    (row,) = call(emulator, "GET", "/cash-registers/shifts?statuses=OPENED")[1]["results"]
    assert not {"cashier", "cash_register"} & row.keys()


def test_offline(emulator, clock, token):
    emulator.organisation.registers[0].is_test = False
    open_shift(emulator, token)
    emulator.fault("offline")
    __, receipt = sell(emulator, token, cash=1000)
    got = call(emulator, "GET", f"/receipts/{receipt['id']}", token=token)[1]
    assert (got["is_created_offline"], got["is_sent_dps"], got["fiscal_code"]) == (True, False, "OFF000001")
    assert call(emulator, "GET", "/cash-registers/info")[1]["offline_mode"] is True
    assert call(emulator, "GET", "/cash-registers/get-offline-codes-count", token=token)[1]["available"] == 1999
    assert call(emulator, "POST", "/cash-registers/ping-tax-service", {}, token)[1]["status"] == "TIMEOUT"
    clock.pass_(hours=1)
    assert call(emulator, "GET", "/cash-registers/get-offline-time")[1]["status"]["current"] == 60
    emulator.fault("offline", active=False)
    assert call(emulator, "POST", "/cash-registers/go-online", {}, token)[1] == {"status": "ok"}
    assert call(emulator, "GET", f"/receipts/{receipt['id']}", token=token)[1]["is_sent_dps"] is True


# === Telling ===


class Receiver(HTTPServer):
    """Notes what it is told; refuses the first call."""

    def __init__(self):
        self.told = []
        super().__init__(("127.0.0.1", 0), self.Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.told.append((body, self.headers["x-request-signature"]))
            self.send_response(500 if len(self.server.told) == 1 else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            return


def test_webhook(emulator, token):
    receiver = Receiver()
    try:
        url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
        status, hook = call(emulator, "POST", "/webhook", {"url": url}, token)
        assert status == 200 and hook["key"]
        assert "key" not in call(emulator, "GET", "/webhook", token=token)[1]
        open_shift(emulator, token)
        sell(emulator, token, cash=1000)
        deadline = time.monotonic() + 10
        while len(receiver.told) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        keys = {next(iter(json.loads(body))) for body, __ in receiver.told}
        assert keys == {"shift", "receipt"}
        for body, signature in receiver.told:
            expected = base64.b64encode(hmac.new(hook["key"].encode(), body, hashlib.sha256).digest()).decode()
            assert signature == expected
        assert call(emulator, "DELETE", "/webhook", token=token)[1] == {"ok": True}
    finally:
        receiver.shutdown()
        receiver.server_close()


def test_mail(emulator, token):
    open_shift(emulator, token)
    __, receipt = sell(emulator, token, cash=1000)
    path = f"/receipts/{receipt['id']}"
    assert call(emulator, "POST", f"{path}/email", ["a@example.com"], token)[0] == 200
    assert call(emulator, "POST", f"{path}/email", {"emails": []}, token)[0] == 422
    assert call(emulator, "POST", f"{path}/sms", {"phone": "380671234567"}, token)[0] == 200
    emulator.organisation.can_send_sms = False
    assert call(emulator, "POST", f"{path}/sms", {"phone": "380671234567"}, token)[0] == 400
    assert [row[:2] for row in emulator.mail] == [("email", "a@example.com"), ("sms", "380671234567")]
