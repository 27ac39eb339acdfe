"""The emulator is as strict as the service is described. Talks to it with the standard library alone."""

import base64
import http.client
import json
import threading
import time
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from tests.emulators.kkm_register import Register, tax_number_is_valid
from tests.emulators.kkm_server import KkmServerEmulator

SERIAL = "0149060006000651"


@pytest.fixture
def emulator():
    with KkmServerEmulator() as emulator:
        yield emulator


def call(emulator, path, body=None, method=None, **headers):
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    try:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        connection.request(method or ("POST" if data is not None else "GET"), path, data, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def execute(emulator, command, **fields):
    status, text = call(emulator, "/Execute", {"Command": command, "KktNumber": SERIAL, **fields})
    assert status == 200 and text.startswith("  {")
    return json.loads(text)


def basic(login, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


LINE = {
    "Name": "Чай",
    "Quantity": 2,
    "Price": 10.50,
    "Amount": 20.00,
    "Tax": 22,
    "SignMethodCalculation": 4,
    "SignCalculationObject": 1,
}


def check(emulator, line=None, **fields):
    command = {"CashierName": "Иванов", "TaxVariant": "1", "IsFiscalCheck": True, "TypeCheck": 0, "Cash": 20}
    command["CheckStrings"] = [{"Register": {**LINE, **(line or {})}}]
    return execute(emulator, "RegisterCheck", **{**command, **fields})


def test_a_receipt(emulator):
    answer = check(emulator, Cash=50, IdCommand="a")
    assert (answer["Status"], answer["Error"], answer["IdCommand"]) == (0, "", "a")
    # the shift was opened by itself and is document 1
    assert (answer["CheckNumber"], answer["SessionNumber"], answer["SessionCheckNumber"]) == (2, 1, 1)
    assert "s=20.00" in answer["QRCode"] and answer["QRCode"].endswith("&n=1")
    assert "ElectronicPayment" not in answer
    opening, sale = emulator.documents
    assert (opening.type, opening.number) == ("shift_open", 1)
    assert (sale.type, str(sale.total), str(sale.change), sale.key) == ("sale", "20.00", "30.00", "a")
    listed = json.loads(call(emulator, "/_emulator/documents")[1])["documents"]
    assert listed[1]["payments"]["Cash"] == "50.00" and listed[1]["lines"][0]["Amount"] == "20.00"
    page = call(emulator, "/")[1]
    assert "ПРИХОД" in page and "СКИДКА" in page and "СДАЧА" in page


@pytest.mark.parametrize(
    ("line", "fields", "error"),
    [
        ({}, {"CashierName": ""}, "Не указан кассир"),
        ({}, {"CashierVATIN": "7707083893"}, "ИНН кассира должен содержать 12 символов"),
        ({}, {"CashierVATIN": "430601071198"}, "Некорректный ИНН кассира"),
        ({}, {"ClientINN": "7701237658"}, "Некорректный ИНН клиента"),
        ({}, {"Cash": 19.99}, "Сумма указанных оплат меньше чем сумма по строкам чека"),
        ({}, {"Cash": 1, "ElectronicPayment": 21}, "не с чего давать сдачу"),
        ({}, {"CheckStrings": []}, "В чеке нет фискальных строк!!!"),
        ({}, {"Cash": -1}, "Нельзя указывать отрицательные суммы"),
        ({}, {"NotPrint": True}, "Не указан телефон или e-mail клиента"),
        ({}, {"TaxVariant": ""}, "Не указана система налогообложения"),
        ({}, {"TaxVariant": "5"}, "не найдено: не настроено или отключено."),
        ({}, {"TypeCheck": 1}, "Не хватает наличных"),
        ({}, {"TypeCheck": 8}, "Не правильно указан тип чека"),
        ({}, {"TypeCheck": 2}, "Не указан номер корректировки"),
        ({}, {"TypeCheck": 2, "CorrectionBaseNumber": "1"}, "Не указана дата корректировки"),
        ({"Name": ""}, {}, "Не указано наименование"),
        ({"Tax": 18}, {}, "Не правильно указана ставка НДС!"),
        ({"Tax": None}, {}, "Не правильно указана ставка НДС!"),
        ({"SignMethodCalculation": None}, {}, "Не указан признак способа расчета!"),
        ({"SignCalculationObject": 28}, {}, "Не указан признак предмета расчета!"),
        ({"Quantity": 0}, {}, "Нельзя указывать количество товара/услуги = 0"),
        ({"Amount": -1}, {}, "Нельзя указывать отрицательные суммы"),
        ({"MeasureOfQuantity": 1}, {}, "Не правильно указана мера"),
    ],
)
def test_what_is_refused(emulator, line, fields, error):
    answer = check(emulator, line, **fields)
    assert answer["Status"] == 2 and error in answer["Error"]
    assert emulator.documents == []


def test_numbers_may_be_text_but_not_empty(emulator):
    assert check(emulator, {"Amount": "20.00"}, Cash="20,00", NumDevice="1")["Status"] == 0
    status, text = call(emulator, "/Execute", {"Command": "XReport", "NumDevice": ""})
    assert status == 400 and "Ошибка разбора" in text


@pytest.mark.parametrize("body", [b"", b"?", b"[]", b"{", b'{"Command":', b'{"Command":"XReport","NotPrint":"x"}'])
def test_what_cannot_be_read(emulator, body):
    assert call(emulator, "/Execute", body)[0] == 400


def test_bytes_before_the_object_are_skipped(emulator):
    assert call(emulator, "/Execute", b"\xef\xbb\xbf  " + b'{"Command":"List"}')[0] == 200


def test_unknown_command_and_address(emulator):
    status, text = call(emulator, "/Execute", {"Command": "Fly"})
    assert status == 501 and "Неопознанная команда Fly" in text
    assert call(emulator, "/elsewhere", {})[0] == 404
    assert json.loads(call(emulator, "/VersionJSON")[1])["Version"]
    assert call(emulator, "/Execute", method="OPTIONS")[0] == 200


def test_logins():
    command = {"Command": "List"}
    with KkmServerEmulator() as emulator:
        assert call(emulator, "/Execute", command)[0] == 200
        assert call(emulator, "/Execute", command, **basic("Admin", ""))[0] == 200
        assert call(emulator, "/Execute", command, **basic("Admin", "x"))[0] == 401
    with KkmServerEmulator(passwords={"Admin": "Secret", "User": "user"}) as emulator:
        assert call(emulator, "/Execute", command)[0] == 401
        assert call(emulator, "/Execute", command, **basic("aDMIN", "Secret"))[0] == 200
        assert call(emulator, "/Execute", command, **basic("Admin", "secret"))[0] == 401
        assert call(emulator, "/Execute", command, **basic("User", "user"))[0] == 200
        assert call(emulator, "/Execute", command, Authorization="Basic ?")[0] == 401
    with KkmServerEmulator(passwords={"Admin": "a:b"}) as emulator:
        assert call(emulator, "/Execute", command, **basic("Admin", "a:b"))[0] == 401


# === Shifts and the drawer ===


def test_shift(emulator):
    cashier = {"CashierName": "Иванов"}
    assert "( 61 :" in execute(emulator, "CloseShift", **cashier)["Error"]
    assert "( 61 :" in execute(emulator, "DepositingCash", Amount=10, **cashier)["Error"]
    assert execute(emulator, "OpenShift")["Error"] == "Не указан кассир"
    opened = execute(emulator, "OpenShift", **cashier)
    assert (opened["Status"], opened["CheckNumber"], opened["SessionNumber"]) == (0, 1, 1)
    assert "s=" not in opened["QRCode"]
    assert "( 60 :" in execute(emulator, "OpenShift", **cashier)["Error"]
    assert execute(emulator, "XReport")["Status"] == 0
    assert execute(emulator, "DepositingCash", Amount=10, **cashier)["Status"] == 0
    assert "( 70 :" in execute(emulator, "PaymentCash", Amount=10.01, **cashier)["Error"]
    assert execute(emulator, "PaymentCash", Amount=10, **cashier)["Status"] == 0
    assert execute(emulator, "CloseShift", **cashier)["Status"] == 0
    assert execute(emulator, "GetDataKKT")["Info"]["SessionState"] == 1
    assert [printed.type for printed in emulator.documents] == [
        "shift_open",
        "x_report",
        "cash_in",
        "cash_out",
        "shift_close",
    ]


def test_a_shift_of_more_than_24_hours(emulator):
    check(emulator)
    emulator.fault("shift_expired")
    assert execute(emulator, "GetDataKKT")["Info"]["SessionState"] == 3
    assert "превысила 24 часа" in check(emulator)["Error"]
    assert "( 61 :" in execute(emulator, "DepositingCash", Amount=1, CashierName="Иванов")["Error"]
    assert execute(emulator, "CloseShift", CashierName="Иванов")["Status"] == 0
    assert check(emulator)["SessionNumber"] == 2


def test_the_clock_is_the_registers():
    now = datetime(2026, 11, 21, 12, 30)
    register = Register(1, SERIAL, clock=lambda: now)
    with KkmServerEmulator(registers=[register]) as emulator:
        assert "t=20261121T1230&" in check(emulator)["QRCode"]
        now += timedelta(hours=24, seconds=1)
        assert register.expired


def test_returns_take_from_the_drawer(emulator):
    check(emulator)
    assert check(emulator, TypeCheck=1)["QRCode"].endswith("n=2")
    assert str(emulator.registers[0].cash) == "0.00"
    assert check(emulator, TypeCheck=1, Cash=0, ElectronicPayment=20)["Status"] == 0


def test_documents_of_the_fiscal_storage(emulator):
    number = check(emulator)["CheckNumber"]
    answer = execute(emulator, "GetDataCheck", FiscalNumber=0)
    assert answer["RegisterCheck"]["FiscalNumber"] == number
    assert (answer["RegisterCheck"]["CheckType"], answer["RegisterCheck"]["AllSumm"]) == ("Приход", 20.0)
    assert execute(emulator, "GetDataCheck", FiscalNumber=1)["RegisterCheck"]["CheckType"] == "Открытие смены"
    assert execute(emulator, "GetDataCheck", FiscalNumber=99)["Status"] == 2


# === Devices ===


def test_devices(emulator):
    units = execute(emulator, "List")["ListUnit"]
    numbers = [(unit["NumDevice"], unit.get("KktNumber")) for unit in units]
    assert numbers == [(1, SERIAL), (2, "0149060006000652"), (10, None)]
    by_number = call(emulator, "/Execute", {"Command": "GetDataKKT", "NumDevice": 2})[1]
    assert json.loads(by_number)["Info"]["KktNumber"] == "0149060006000652"
    assert "не найдено" in call(emulator, "/Execute", {"Command": "GetDataKKT", "NumDevice": 3})[1]
    assert "не найдено" in call(emulator, "/Execute", {"Command": "GetDataKKT", "KktNumber": SERIAL, "NumDevice": 2})[1]
    # without a filter the one that was used least recently; List uses none
    for expected in (1, 2, 1):
        assert json.loads(call(emulator, "/Execute", {"Command": "GetDataKKT"})[1])["NumDevice"] == expected


# === The queue (§2.6) ===


def test_a_repeat_is_not_executed(emulator):
    check(emulator, IdCommand="a")
    again = check(emulator, IdCommand="a")
    assert again["Status"] == 5 and "уже была выполнена" in again["Error"]
    assert len(emulator.documents) == 2
    rezult = execute(emulator, "GetRezult", IdCommand="a")
    assert (rezult["Status"], rezult["Rezult"]["CheckNumber"]) == (0, 2)


def test_a_repeat_after_an_error_is_executed(emulator):
    assert check(emulator, IdCommand="a", CashierName="")["Status"] == 2
    assert check(emulator, IdCommand="a")["Status"] == 0


def test_without_a_key_nothing_is_recognised(emulator):
    check(emulator)
    assert check(emulator)["Status"] == 0


def test_a_restart_forgets(emulator):
    check(emulator, IdCommand="a")
    emulator.restart()
    rezult = execute(emulator, "GetRezult", IdCommand="a")
    assert (rezult["Status"], rezult["Rezult"]["Status"], rezult["Rezult"]["IdCommand"]) == (3, 3, "a")
    assert check(emulator, IdCommand="a")["Status"] == 0
    assert execute(emulator, "GetRezult")["Error"] == "Не указан Id команды!"


def test_a_hundred_later_commands_push_it_out(emulator):
    check(emulator, IdCommand="a")
    for number in range(100):
        execute(emulator, "GetLineLength", IdCommand=str(number))
    assert execute(emulator, "GetRezult", IdCommand="a")["Status"] == 3


def test_timeout_1_does_not_wait(emulator):
    assert check(emulator, IdCommand="a", Timeout=1)["Status"] in (1, 4)
    deadline = time.monotonic() + 5
    while (rezult := execute(emulator, "GetRezult", IdCommand="a")["Rezult"])["Status"] in (1, 4):
        assert time.monotonic() < deadline
    assert rezult["CheckNumber"] == 2


def test_a_command_that_waits_too_long_for_the_register_is_cancelled():
    with KkmServerEmulator(queue_seconds=0.2) as emulator:
        busy = emulator.kkm._busy[SERIAL]
        with busy:
            answer = check(emulator, IdCommand="a")
        assert answer["Status"] == 2 and "Истек допустимый период" in answer["Error"]
        assert emulator.documents == []
        assert check(emulator, IdCommand="a")["Status"] == 0


def test_one_register_works_while_another_is_busy(emulator):
    with emulator.kkm._busy[SERIAL]:
        text = call(emulator, "/Execute", {"Command": "GetDataKKT", "NumDevice": 2})[1]
        assert json.loads(text)["Status"] == 0


def test_ten_at_once_are_ten_receipts(emulator):
    threads = [threading.Thread(target=check, args=(emulator,), kwargs={"IdCommand": str(n)}) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [printed.number for printed in emulator.documents]
    assert sorted(numbers) == list(range(1, 12))


# === Faults ===


def fault(emulator, **options):
    return call(emulator, "/_emulator/fault", options)[0]


def test_faults_over_http(emulator):
    assert fault(emulator, kind="no_paper", command="RegisterCheck", times=2) == 200
    assert json.loads(call(emulator, "/_emulator/faults")[1])["faults"] == [
        {"kind": "no_paper", "command": "RegisterCheck", "times": 2}
    ]
    assert execute(emulator, "XReport")["Status"] == 0
    assert "чековой ленты" in check(emulator)["Error"]
    assert "чековой ленты" in check(emulator)["Error"]
    assert check(emulator)["Status"] == 0
    assert fault(emulator, kind="nonsense") == 400
    assert fault(emulator) == 400
    assert call(emulator, "/_emulator/fault", b"?")[0] == 400
    fault(emulator, kind="no_paper", times=-1)
    assert call(emulator, "/_emulator/clear", {})[0] == 200
    assert check(emulator)["Status"] == 0


def test_an_error_after_the_receipt_was_registered(emulator):
    emulator.fault("device_error", registered=True)
    assert check(emulator, IdCommand="a")["Status"] == 2
    assert [printed.key for printed in emulator.documents] == ["", "a"]


def test_pending(emulator):
    emulator.fault("pending", status=4, polls=2)
    assert check(emulator, IdCommand="a")["Status"] == 4
    states = [execute(emulator, "GetRezult", IdCommand="a")["Rezult"]["Status"] for __ in range(3)]
    assert states == [4, 4, 0]
    emulator.fault("pending", text="Истек допустимый период постановки")
    check(emulator, IdCommand="b")
    assert [execute(emulator, "GetRezult", IdCommand="b")["Rezult"]["Status"] for __ in range(2)] == [1, 2]


@pytest.mark.parametrize(
    ("kind", "options", "registered"),
    [
        ("reset_before", {}, False),
        ("reset_after", {}, True),
        ("drop", {"seconds": 0.2}, True),
        ("cut", {}, True),
        ("restart", {"command": "RegisterCheck"}, True),
    ],
)
def test_the_line_breaks(emulator, kind, options, registered):
    emulator.fault(kind, **options)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        check(emulator, IdCommand="a")
    assert bool(emulator.documents) is registered
    known = execute(emulator, "GetRezult", IdCommand="a")["Status"] == 0
    assert known is (registered and kind != "restart")


@pytest.mark.parametrize(
    ("kind", "options", "status", "registered"),
    [
        ("http_error", {}, 502, False),
        ("http_error", {"status": 504, "execute": True}, 504, True),
        ("internal_error", {}, 500, False),
        ("internal_error", {"execute": True}, 500, True),
        ("unauthorized", {}, 401, False),
        ("garbage", {}, 200, True),
    ],
)
def test_wrong_answers(emulator, kind, options, status, registered):
    emulator.fault(kind, **options)
    body = {"Command": "OpenShift", "KktNumber": SERIAL, "CashierName": "Иванов"}
    code, text = call(emulator, "/Execute", body)
    assert code == status and (kind == "internal_error" or "<html>" in text)
    assert bool(emulator.documents) is registered


def test_down_and_up_again(emulator):
    emulator.fault("down")
    with pytest.raises(ConnectionRefusedError):
        check(emulator)
    emulator.up()
    assert check(emulator)["Status"] == 0
    assert fault(emulator, kind="down", seconds=0.3) == 200
    time.sleep(0.2)
    with pytest.raises(ConnectionRefusedError):
        check(emulator)
    time.sleep(0.5)
    assert check(emulator)["Status"] == 0


def test_a_register_off_line(emulator):
    emulator.fault("inactive")
    assert execute(emulator, "GetDataKKT")["Info"]["Active"] is False


@pytest.mark.parametrize(
    ("number", "valid"),
    [("7707083893", True), ("7707083894", False), ("430601071197", True), ("430601071187", False), ("1", False)],
)
def test_check_digits(number, valid):
    assert tax_number_is_valid(number) is valid


# === Connections (HTTP/1.1) ===


@pytest.fixture
def kept(emulator):
    """A connection that is used again, as a browser's."""
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    connection.auto_open = False
    connection.connect()
    yield connection
    connection.close()


def ask(connection, command, method="POST", **fields):
    body = json.dumps({"Command": command, "KktNumber": SERIAL, **fields}) if method == "POST" else None
    connection.request(method, "/Execute", body)
    response = connection.getresponse()
    return response, response.read()


def test_a_connection_is_kept(kept):
    response, body = ask(kept, "", method="OPTIONS")
    assert (response.status, body, response.headers["Connection"]) == (200, b"", None)
    for __ in range(2):
        assert json.loads(ask(kept, "GetDataKKT")[1])["Status"] == 0


def test_a_client_that_wants_it_closed(emulator, kept):
    kept.request("POST", "/Execute", json.dumps({"Command": "List"}), {"Connection": "close"})
    kept.getresponse().read()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        ask(kept, "List")


@pytest.mark.parametrize("execute_it", [True, False])
@pytest.mark.parametrize("reset", [True, False])
def test_read_on_a_reused_connection_and_then_closed(emulator, kept, execute_it, reset):
    """What lets a browser send a request again by itself; a preflight is enough to make the connection a used one."""
    emulator.fault("reused", "OpenShift", execute=execute_it, reset=reset)
    ask(kept, "", method="OPTIONS")
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        ask(kept, "OpenShift", CashierName="Иванов", IdCommand="a")
    assert bool(emulator.documents) is execute_it
    assert not emulator.faults.listed()


def test_a_fresh_connection_is_not_closed(emulator):
    emulator.fault("reused", "OpenShift")
    assert execute(emulator, "OpenShift", CashierName="Иванов")["Status"] == 0
    assert [fault["kind"] for fault in emulator.faults.listed()] == ["reused"]


def test_who_does_not_listen_answers_on_no_connection(emulator, kept):
    ask(kept, "List")
    emulator.down()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        ask(kept, "List")
