"""Every row of the decision table (`kkm_server.md` §7.1) and what surrounds it."""

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Correction, Payment, Person
from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_kkm_server import protocol
from addons.fiscal_kkm_server.protocol import answers, storage

from .samples import DEVICE, KEY, TEA, card, cash, operation, sale

RECEIPT = protocol.freeze(protocol.build(sale(), DEVICE))
QR = "t=20261121T1230&s=211.00&fn=9999078900002838&i=17&fp=217861848&n=1"


def answer(command="RegisterCheck", status=200, **fields):
    return Answer(status, "  " + json.dumps({"Command": command, "IdCommand": KEY, **fields}, ensure_ascii=False))


def refused(text, **fields):
    return answer(Status=2, Error=text, **fields)


def request_of(name):
    return protocol.freeze(protocol.build(operation(name, "10.00"), DEVICE))


SURELY_NOT = [
    # text, kind, code
    (
        "Истек допустимый период постановки команды на исполнение из очереди. Команда отменена.",
        "not_sent",
        "queue_timeout",
    ),
    ("Устройство (с параметрами KktNumber=1 ) не найдено: не настроено или отключено.", "blocked", "device_not_found"),
    ("Нет лицензии.", "blocked", "licence"),
    (
        "Ошибка регистрации ( 61 : ККТ: Смена не открыта или смена превысила 24 часа – операция невозможна )",
        "blocked",
        "shift_closed",
    ),
    ("Ошибка регистрации ( 78 : ККТ: Смена превысила 24 часа )", "blocked", "shift_expired"),
    ("Ошибка регистрации ( 22 : ФН: Продолжительность смены более 24 часов )", "blocked", "shift_expired"),
    ("Ошибка регистрации ( 70 : ККТ: Не хватает наличных в кассе )", "rejected", "not_enough_cash"),
    ("Не указан кассир", "rejected", "refused"),
    ("ИНН кассира должен содержать 12 символов", "rejected", "refused"),
    ("Некорректный ИНН кассира", "rejected", "refused"),
    ("Некорректный ИНН клиента", "rejected", "refused"),
    ("Не правильно указана ставка НДС!", "rejected", "refused"),
    ("Сумма указанных оплат меньше чем сумма по строкам чека", "rejected", "refused"),
    (
        "Сумма по чеку больше чем сумма по указанной оплате наличными - не с чего давать сдачу",
        "rejected",
        "refused",
    ),
    ("В чеке нет фискальных строк!!!", "rejected", "refused"),
    ("Не указано наименование товара", "rejected", "refused"),
    ("Не указан признак способа расчета!", "rejected", "refused"),
    ("Не указан признак предмета расчета!", "rejected", "refused"),
    ("Нельзя указывать отрицательные суммы", "rejected", "refused"),
    ("Нельзя указывать количество товара/услуги = 0", "rejected", "refused"),
    ("142-ККТ: Нулевой итог чека", "rejected", "refused"),
]
MAYBE = [
    ("Ошибка регистрации ( 107 : ККТ: Нет чековой ленты )", "paper"),
    ("Ошибка регистрации ( 165 : ККТ: Нет связи с ФН )", "connection"),
    ("Ошибка регистрации ( 20 : ФН: Ресурс хранения ФД исчерпан )", "operator"),
    ("Не удалось подключиться к устройству", "connection"),
    ("Неверные дата и время", "storage"),
    ("Что-то совсем другое", "error"),
    ("", "error"),
]


@pytest.mark.parametrize(("text", "kind", "code"), SURELY_NOT)
def test_status_2_that_proves_that_nothing_was_registered(text, kind, code):
    outcome = protocol.parse(RECEIPT, refused(text))
    assert (outcome.kind.value, outcome.code, outcome.message) == (kind, code, text)


@pytest.mark.parametrize(("text", "code"), MAYBE)
def test_status_2_that_may_hide_a_registered_receipt(text, code):
    outcome = protocol.parse(RECEIPT, refused(text))
    assert (outcome.kind.value, outcome.code) == ("unknown", code)


@pytest.mark.parametrize(("text", "code"), MAYBE)
def test_an_x_report_hides_nothing(text, code):
    outcome = protocol.parse(request_of("x_report"), answer("XReport", Status=2, Error=text))
    assert outcome.kind.value == ("rejected" if code == "error" else "blocked")


def test_closing_a_closed_shift_is_the_documents_own_fault():
    text = SURELY_NOT[3][0]
    outcome = protocol.parse(request_of("shift_close"), answer("CloseShift", Status=2, Error=text))
    assert (outcome.kind.value, outcome.code) == ("rejected", "shift_closed")
    outcome = protocol.parse(request_of("cash_in"), answer("DepositingCash", Status=2, Error=text))
    assert (outcome.kind.value, outcome.code) == ("blocked", "shift_closed")


def test_opening_an_open_shift():
    text = "Ошибка регистрации ( 60 : ККТ: Смена открыта – операция невозможна )"
    outcome = protocol.parse(request_of("shift_open"), answer("OpenShift", Status=2, Error=text))
    assert (outcome.kind.value, outcome.code) == ("rejected", "shift_open")


@pytest.mark.parametrize("status", [1, 4, 5, "1", "4"])
def test_accepted_but_not_ended(status):
    outcome = protocol.parse(RECEIPT, answer(Status=status, Error="Команда уже была выполнена"))
    assert outcome.kind.value == "waiting"
    assert outcome.retry_after


def test_status_3():
    outcome = protocol.parse(RECEIPT, answer(Status=3, Error="не найдено"))
    assert (outcome.kind.value, outcome.code) == ("blocked", "device_not_found")


@pytest.mark.parametrize("status", [6, 7, -1, "x", None, True, [], {}, 10**30])
def test_a_status_that_does_not_exist(status):
    assert protocol.parse(RECEIPT, answer(Status=status)).kind.value == "unknown"


@pytest.mark.parametrize(
    ("status", "text", "kind", "code"),
    [
        (400, '{"Status":2,"Error":"Ошибка разбора (парсинга) команды: …"}', "rejected", "refused"),
        (501, '{"Status":2,"Error":"Неопознанная команда X"}', "rejected", "refused"),
        (400, "<html>Bad Request</html>", "blocked", "wrong_address"),
        (401, "", "blocked", "unauthorized"),
        (403, "<html>", "blocked", "wrong_address"),
        (404, "<html>", "blocked", "wrong_address"),
        (302, "", "blocked", "wrong_address"),
        (408, "", "unknown", "server_error"),
        (429, "", "not_sent", "throttled"),
        (500, '{"Status":2,"Error":"Ошибка выполнения команды: …"}', "unknown", "server_error"),
        (501, "<html>", "unknown", "server_error"),
        (502, "<html>", "unknown", "server_error"),
        (503, "<html>", "unknown", "server_error"),
        (504, "<html>", "unknown", "server_error"),
        (201, '{"Status":0,"Command":"RegisterCheck","CheckNumber":1}', "unknown", "server_error"),
        (200, "<html>", "unknown", "no_json"),
        (200, "", "unknown", "no_json"),
        (200, "[]", "unknown", "no_json"),
        (200, "{}", "unknown", "unexpected"),
        (200, '{"Status":0}', "unknown", "unexpected"),
        (200, "[" * 100000, "unknown", "no_json"),
        (200, '{"Status":1e99999999999999999999}', "unknown", "no_json"),
    ],
)
def test_http(status, text, kind, code):
    outcome = protocol.parse(RECEIPT, Answer(status, text))
    assert (outcome.kind.value, outcome.code) == (kind, code)
    assert outcome.response == text


def test_the_line():
    assert protocol.parse(RECEIPT, NotSent("refused")).kind.value == "not_sent"
    assert protocol.parse(RECEIPT, Lost("reset")).kind.value == "unknown"


@pytest.mark.parametrize("prefix", ["", "  ", "\ufeff", "\ufeff  \r\n"])
def test_what_stands_before_the_object(prefix):
    text = prefix + json.dumps({"Command": "RegisterCheck", "Status": "0", "CheckNumber": "17", "QRCode": QR})
    outcome = protocol.parse(RECEIPT, Answer(200, text))
    assert (outcome.kind.value, outcome.data.number) == ("done", "17")


def test_an_answer_that_is_not_ours():
    assert protocol.parse(RECEIPT, answer("OpenShift", Status=0)).code == "foreign"
    other = Answer(200, json.dumps({"Command": "RegisterCheck", "IdCommand": "other", "Status": 0, "CheckNumber": 1}))
    assert (protocol.parse(RECEIPT, other).kind.value, protocol.parse(RECEIPT, other).code) == ("unknown", "foreign")


def test_a_build_that_leaves_out_status_zero():
    assert protocol.parse(RECEIPT, answer(CheckNumber=17, QRCode=QR)).kind.value == "done"
    assert protocol.parse(RECEIPT, answer(QRCode=QR)).kind.value == "unknown"
    assert protocol.parse(RECEIPT, answer(CheckNumber=17, Error="Нет бумаги")).kind.value == "unknown"


def test_done_without_any_field():
    outcome = protocol.parse(RECEIPT, answer(Status=0))
    assert outcome.kind.value == "done"
    assert outcome.data.number == ""


def test_before_2017_the_qr_code_came_as_url():
    data = protocol.parse(RECEIPT, answer(Status=0, CheckNumber=17, URL=QR)).data
    assert (data.number, data.sign, data.total, data.qr, data.url) == ("17", "217861848", Decimal("211.00"), QR, "")
    assert data.registered_at == datetime(2026, 11, 21, 12, 30)


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("20261121T1230", datetime(2026, 11, 21, 12, 30)),
        ("20261121T123059", datetime(2026, 11, 21, 12, 30, 59)),
        ("20261121T123", None),
        ("20261321T1230", None),
    ],
)
def test_time_of_the_qr_code(stamp, moment):
    code = QR.replace("20261121T1230", stamp)
    assert protocol.parse(RECEIPT, answer(Status=0, QRCode=code)).data.registered_at == moment


def test_a_sum_or_type_that_was_not_sent_is_told():
    assert protocol.parse(RECEIPT, answer(Status=0, QRCode=QR)).code == ""
    assert protocol.parse(RECEIPT, answer(Status=0, QRCode=QR.replace("s=211.00", "s=211.01"))).code == "differs"
    assert protocol.parse(RECEIPT, answer(Status=0, QRCode=QR.replace("n=1", "n=2"))).code == "differs"
    assert protocol.parse(RECEIPT, answer(Status=0, QRCode=QR.replace("s=211.00", "s=211"))).code == ""


def test_warnings_are_shown():
    outcome = protocol.parse(RECEIPT, answer(Status=0, Warning="Мало бумаги.", Message="Смена открыта\nвчера"))
    assert outcome.message == "Мало бумаги. Смена открыта вчера"


def test_nothing_that_a_database_refuses():
    outcome = protocol.parse(RECEIPT, Answer(200, '{"Status":2,"Error":"a\\u0000\\ud800b"}\x00'))
    assert "\x00" not in outcome.message + outcome.response
    (outcome.message + outcome.response).encode()
    outcome = protocol.parse(
        RECEIPT, answer(Status=0, SessionNumber=2**31, SessionCheckNumber="9" * 40, URL="javascript:x")
    )
    assert (outcome.data.shift_number, outcome.data.receipt_number, outcome.data.url) == (None, None, "")


# === Questions ===

INFO = {
    "NameOrganization": "ООО «Рога и Копыта»",
    "TaxVariant": "0,3,5",
    "InnOrganization": "504404744207",
    "KktNumber": "0149060006000651",
    "RegNumber": "0149060006035849",
    "FN_IsFiscal": True,
    "OFD_NumErrorDoc": 32,
    "OFD_DateErrorDoc": "2017-01-13T14:56:00",
    "FN_DateEnd": "2018-02-01T00:00:00",
    "SessionState": 2,
}


def status_of(**info):
    return protocol.parse_status(answer("GetDataKKT", Status=0, CheckNumber=8, SessionNumber=24, Info={**INFO, **info}))


def test_status():
    status = status_of()
    assert status.ready
    assert (status.shift_open, status.shift_expired, status.shift_number) == (True, False, 24)
    assert (status.unsent, status.unsent_since) == (32, datetime(2017, 1, 13, 14, 56))
    assert (status.expires, status.last_number) == (datetime(2018, 2, 1), 8)
    assert status.tax_systems == ("ru_general", "ru_patent")
    assert (status.tax_number, status.serial_number) == ("504404744207", "0149060006000651")
    assert (status.test, status.offline) == (False, False)


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ({"OnOff": False}, "switched_off"),
        ({"Active": False}, "not_active"),
        ({"PaperOver": True}, "paper"),
        ({"FN_MemOverflowl": True}, "storage_full"),
    ],
)
def test_a_register_that_cannot_work(info, code):
    status = status_of(**info)
    assert (status.ready, status.extra["code"]) == (False, code)


def test_a_register_with_an_old_shift_can_still_close_it():
    status = status_of(SessionState=3)
    assert (status.ready, status.shift_expired, status.extra["code"]) == (True, True, "shift_expired")


def test_status_says_what_it_knows():
    assert status_of(BalanceCash=-1).cash is None
    assert status_of(BalanceCash=100.5).cash == Decimal("100.50")
    assert status_of(FN_IsFiscal=False).test
    assert status_of(LicenseExpirationDate="2017-12-01T00:00:00").expires == datetime(2017, 12, 1)
    assert status_of(LicenseExpirationDate="0001-01-01T00:00:00").expires == datetime(2018, 2, 1)
    assert status_of(DateTimeKKT="2017-12-14T04:40:21.1234567+03:00").clock == datetime(2017, 12, 14, 4, 40, 21)
    assert protocol.parse_status(answer("GetDataKKT", Status=0)).ready


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (NotSent("refused"), "no_connection"),
        (Lost("reset"), "no_connection"),
        (Answer(401, ""), "unauthorized"),
        (Answer(404, "<html>"), "wrong_address"),
        (Answer(502, "<html>"), "server_error"),
        (Answer(200, "<html>"), "no_json"),
        (answer("List", Status=0), "foreign"),
        (answer("GetDataKKT", Status=4), "busy"),
        (
            answer("GetDataKKT", Status=2, Error="Устройство не найдено: не настроено или отключено."),
            "device_not_found",
        ),
    ],
)
def test_status_that_cannot_be_had(reply, code):
    status = protocol.parse_status(reply)
    assert (status.ready, status.extra["code"]) == (False, code)
    assert status.reachable is isinstance(reply, Answer)


def test_devices():
    unit = {"NumDevice": 2, "KktNumber": "2149060506089651", "UnitName": "bar", "INN": "7701237650", "OnOff": True}
    devices = protocol.parse_devices(answer("List", Status=0, ListUnit=[unit, {"Active": False}, "?"]))
    assert [(device.number, device.serial, device.usable) for device in devices] == [
        (2, "2149060506089651", True),
        (0, "", False),
    ]
    assert protocol.parse_devices(answer("List", Status=0)) == []
    assert protocol.parse_devices(Answer(401, "")).code == "unauthorized"


# === What is refused early ===


def line(**changes):
    return sale(lines=(replace(TEA, **changes),))


@pytest.mark.parametrize(
    ("receipt", "codes"),
    [
        (sale(), []),
        (sale(cashier=Person()), ["no_cashier"]),
        (sale(cashier=Person("Иванов", "7701237650")), ["cashier_tax_number"]),
        (sale(cashier=Person("Иванов", "430601071198")), ["cashier_tax_number"]),
        (sale(cashier=Person("Иванов")), []),
        (sale(customer=Person("ООО", "7701237651")), ["customer_tax_number"]),
        (sale(customer=Person("GmbH", "DE123456789")), []),
        (sale(tax_system="ua_single"), ["tax_system"]),
        (sale(tax_system=""), []),
        (sale(lines=()), ["no_lines"]),
        (line(name=" "), ["line_name"]),
        (line(quantity=Decimal("0")), ["line_quantity"]),
        (line(quantity=Decimal("0.0001")), ["line_quantity"]),
        (line(price=Decimal("1.001")), ["line_amount"]),
        (line(tax_code="vat99"), ["line_tax"]),
        (line(tax_code="vat18"), ["line_tax_old"]),
        (line(tax_code="vat118"), ["line_tax_old"]),
        (line(subject=29), ["line_subject"]),
        (line(method_sign=0), ["line_method_sign"]),
        (line(measure=1), ["line_measure"]),
        (line(marking_code="01…"), ["line_marking"]),
        (line(agent=6), ["line_agent"]),
        (line(agent=7, supplier=Person("ООО", "7701237650")), ["line_agent"]),
        (line(agent=6, supplier=Person("ООО", "1")), ["line_agent"]),
        (line(agent=6, supplier=Person("ООО", "7701237650")), []),
        (sale(operation="correction_sale"), ["correction_date"]),
        (sale(operation="correction_sale", correction=Correction(date=date(2026, 1, 10))), []),
        (sale(change=Decimal("1.00")), ["change"]),
    ],
)
def test_problems(receipt, codes):
    assert [problem.code for problem in protocol.problems(receipt, DEVICE)] == codes


def test_problems_of_payments():
    def codes(*payments, **fields):
        return [problem.code for problem in protocol.problems(sale(*payments, **fields), DEVICE)]

    assert codes(cash("210.99")) == ["paid_too_little"]
    assert codes(cash("0.50"), card("211.00"), change=Decimal("0.50")) == []
    assert codes(cash("0.50"), card("211.50"), change=Decimal("1.00")) == ["change_not_from_cash"]
    assert codes(Payment("gold", Decimal("211.00"))) == ["payment_kind"]
    assert codes(card("-1.00"), cash("212.00")) == ["payment_amount"]


def test_problems_of_other_operations():
    assert protocol.problems(operation("x_report"), protocol.Device()) == [protocol.Problem("no_device", {})]
    assert protocol.problems(operation("x_report"), protocol.Device(number=1)) == []
    assert [problem.code for problem in protocol.problems(operation("cash_in"), DEVICE)] == ["cash_amount"]
    assert [problem.code for problem in protocol.problems(operation("levitate"), DEVICE)] == ["operation"]


def test_where_a_request_goes():
    for address in ("http://127.0.0.1:5893", "http://127.0.0.1:5893/", " http://127.0.0.1:5893/Execute/ "):
        assert protocol.http(RECEIPT, address).url == "http://127.0.0.1:5893/Execute"
    request = protocol.http(RECEIPT, "http://127.0.0.1:5893")
    assert request.read_timeout >= json.loads(request.body)["Timeout"] + 5
    assert request.auth is None


def test_a_register_is_named_by_serial_number_first():
    command = protocol.build(sale(), protocol.Device(serial="1", number=2))
    assert command["KktNumber"] == "1" and "NumDevice" not in command
    command = protocol.build(sale(), protocol.Device(number=2))
    assert command["NumDevice"] == 2 and "KktNumber" not in command


@pytest.mark.parametrize(
    ("type_check", "sign", "operation"),
    [(0, "1", "sale"), (1, "2", "sale_return"), (0, "2", "sale_return"), (2, "1", "correction_sale"), (0, "9", "")],
)
def test_the_registered_operation_is_that_of_the_qr_code(type_check, sign, operation):
    command = {"Command": "RegisterCheck", "TypeCheck": type_check}
    told = answers.fiscal_data(command, {"CheckNumber": 17, "QRCode": QR.replace("&n=1", f"&n={sign}")})
    assert (told.operation, told.total) == (operation, Decimal("211.00"))


def test_what_the_fiscal_storage_tells_is_not_what_was_sent():
    lines = [{"Name": "tea", "Amount": 100}, {"Name": "mug", "Amount": 100}]
    held = {"RegisterCheck": {"AllSumm": Decimal("200.00"), "Register": lines}}
    document = storage.Found(17, True, True, True, held, "")
    sent = {"Command": "RegisterCheck", "TypeCheck": 0, "CheckStrings": [{"Register": {"Amount": Decimal("211.00")}}]}
    told = storage.found(sent, document, 3).data
    assert (told.total, told.lines, told.number) == (Decimal("200.00"), 2, "17")
