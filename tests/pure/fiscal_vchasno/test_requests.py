"""What the addon sends, field by field."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Line, Original, Payment
from addons.fiscal_vchasno import protocol
from addons.fiscal_vchasno.protocol import Access, Settings

from .samples import CHEESE, CUSTOMER, KEY, TEA, TOKEN, card, cash, cloud, operation, sale

CLOUD = Settings()


def receipt(document, settings=CLOUD):
    return protocol.build(document, settings)["fiscal"]["receipt"]


# === Envelope ===


def test_cloud_request():
    request = protocol.http(protocol.freeze(protocol.build(sale())), cloud("https://kasa.vchasno.ua/"))
    assert (request.method, request.url) == ("POST", "https://kasa.vchasno.ua/api/v3/fiscal/execute")
    assert request.headers["Authorization"] == TOKEN
    assert request.read_timeout >= 25
    body = json.loads(request.body)
    assert body["tag"] == KEY
    assert "device" not in body and "ver" not in body
    assert TOKEN not in request.body


def test_device_manager_request():
    task = protocol.build(sale(), Settings(device="Каса 1"))
    assert {name: task[name] for name in ("ver", "device", "type", "tag")} == {
        "ver": 6,
        "device": "Каса 1",
        "type": 1,
        "tag": KEY,
    }
    frozen = protocol.freeze(task)
    request = protocol.http(frozen, Access("dm", "http://localhost:3939"))
    assert request.url == "http://localhost:3939/dm/execute"
    assert "Authorization" not in request.headers
    printing = protocol.http(frozen, Access("dm", "http://localhost:3939/", printer=""))
    assert printing.url == "http://localhost:3939/dm/execute-prn"
    named = protocol.http(frozen, Access("dm", "http://localhost:3939", printer="чек 1"))
    assert named.url.startswith("http://localhost:3939/dm/execute-prn?dev_id=%D1%87")


def test_device_manager_by_way_of_the_service():
    frozen = protocol.freeze(protocol.build(sale(), Settings(device="Каса 1")))
    request = protocol.http(frozen, Access("proxy", "https://kasa.vchasno.ua", "proxy-token", printer=""))
    assert request.url == "https://kasa.vchasno.ua/ws/ap/dm-proxy"
    assert request.headers["X-AP-DM-PROXY-TOKEN"] == "proxy-token"
    body = json.loads(request.body)
    assert (body["method"], body["url"]) == ("POST", "/dm/execute-prn")
    assert body["body"] == json.loads(frozen["body"])


def test_the_frozen_body_keeps_every_digit():
    body = protocol.freeze(protocol.build(sale(lines=(CHEESE,))))["body"]
    assert '"cnt":0.345,"price":800.00,' in body
    assert '"sum":276.00' in body


# === Text (§1.4) ===


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Здоровʼя", "Здоров'я"),
        ("Чай\u00a0чорний\t100\u2009г", "Чай чорний 100 г"),
        ("Торт 🎂 святковий", "Торт святковий"),
        ("Café crème", "Cafe creme"),
        ("Піца «4 сири» 30 см ½", "Піца «4 сири» 30 см 1/2"),
        ("Дошка 1½ м²", "Дошка 1 1/2 м2"),
        ("10³ одиниць", "10 3 одиниць"),
        ("Łódź, Ørsted, straße", "Lodz, Orsted, strasse"),
        ("Кабель 3×2,5 мм", "Кабель 3x2,5 мм"),
        ("Ще\u200bдрик — ґудзик №5", "Щедрик — ґудзик №5"),
        ("100 €", "100 EUR"),
        ("", ""),
        (None, ""),
    ],
)
def test_clean(text, cleaned):
    assert protocol.clean(text) == cleaned


# === Rows (§3.3) ===


def test_row():
    line = replace(
        TEA, product_code="TEA-1", barcode="4820000000017", goods_code="0902", amount=Decimal("200.00"), name="Чай 🍵"
    )
    (row,) = receipt(sale(lines=(line,)))["rows"]
    assert row == {
        "code": "TEA-1",
        "code1": "4820000000017",
        "code2": "0902",
        "name": "Чай",
        "cnt": Decimal(2),
        "price": Decimal("105.50"),
        "disc": Decimal("11.00"),
        "taxgrp": 1,
    }


def test_surcharge_is_a_negative_discount():
    (row,) = receipt(sale(lines=(replace(TEA, amount=Decimal("220.00")),)))["rows"]
    assert row["disc"] == Decimal("-9.00")


def test_cost_is_named_where_rounding_leaves_a_choice():
    line = Line("Цукерки", Decimal("0.333"), Decimal("99.95"), Decimal("33.28"), tax_code="1")
    (row,) = receipt(sale(lines=(line,)))["rows"]
    assert row["cost"] == Decimal("33.28")
    (row,) = receipt(sale(lines=(TEA,)))["rows"]
    assert "cost" not in row


def test_excise_stamps():
    one, two = replace(TEA, excise_stamps=("AA1",)), replace(TEA, excise_stamps=("AA1", "AA2"))
    assert receipt(sale(lines=(one,)))["rows"][0]["code_a"] == "AA1"
    row = receipt(sale(lines=(two,)))["rows"][0]
    assert row["code_aa"] == ["AA1", "AA2"] and "code_a" not in row
    scanned = replace(TEA, marking_code="BB7")
    assert receipt(sale(lines=(scanned,)))["rows"][0]["code_a"] == "BB7"


def test_what_is_free_does_not_get_onto_the_receipt():
    free = replace(TEA, amount=Decimal("0.00"))
    assert len(receipt(sale(lines=(free, CHEESE)))["rows"]) == 1
    nothing = receipt(sale(lines=(free,)))
    assert (nothing["sum"], nothing["rows"], nothing["pays"]) == (0, [], [])


# === Sums and pays (§3.4, §3.5) ===


def test_rounding_with_change_as_the_vendor_shows_it():
    """79.83 and a note of 100: round −0.03, change 20.20."""
    line = Line("Товар", Decimal(1), Decimal("79.83"), Decimal("79.83"), tax_code="2")
    made = receipt(sale(cash("100.00"), lines=(line,), rounding=Decimal("-0.03"), change=Decimal("20.20")))
    assert (made["sum"], made["round"]) == (Decimal("79.83"), Decimal("-0.03"))
    assert made["pays"] == [{"type": 0, "sum": Decimal("79.80"), "change": Decimal("20.20")}]


def test_change_is_taken_off_cash_alone():
    made = receipt(sale(card("111.00"), cash("50.00"), cash("100.00"), change=Decimal("50.00")))
    assert [(pay["type"], pay["sum"]) for pay in made["pays"]] == [(2, Decimal("111.00")), (0, Decimal("100.00"))]


def test_pay_types():
    payments = (
        Payment("electronic", Decimal("11.00"), code="16"),
        Payment("prepayment", Decimal("100.00")),
        Payment("credit", Decimal("100.00")),
    )
    assert [pay["type"] for pay in receipt(sale(*payments))["pays"]] == [16, 3, 5]


def test_card_data():
    paid = card(
        "211.00",
        card_mask="5168****1234",
        card_system="MASTERCARD",
        rrn="000019148585",
        auth_code="123456",
        terminal_id="S1A1",
        acquirer="ПриватБанк",
        transaction_id="ours",
    )
    (pay,) = receipt(sale(paid))["pays"]
    assert pay == {
        "type": 2,
        "sum": Decimal("211.00"),
        "paysys": "MASTERCARD",
        "rrn": "000019148585",
        "cardmask": "5168****1234",
        "term_id": "S1A1",
        "bank_id": "ПриватБанк",
        "auth_code": "123456",
        "oper_type": "Оплата",
    }
    (back,) = receipt(sale(paid, operation="sale_return"))["pays"]
    assert back["oper_type"] == "Повернення"
    assert receipt(sale(card("211.00")))["pays"] == [{"type": 2, "sum": Decimal("211.00")}]


# === Returns, prepayment, other documents ===


def test_return_names_the_purchase():
    back = sale(operation="sale_return")
    named = receipt(back, Settings(purchase=("TEST_abc", "4000123456")))
    assert (named["purchase_receipt_fisn"], named["purchase_rro_fisn"]) == ("TEST_abc", "4000123456")
    assert "purchase_receipt_fisn" not in receipt(back)
    assert "purchase_receipt_fisn" not in receipt(sale(), Settings(purchase=("TEST_abc", "4000123456")))


def test_prepayment_is_a_plain_sale_by_default():
    advance = sale(lines=(replace(TEA, method_sign=3),))
    task = protocol.build(advance)
    assert "subtask" not in task["fiscal"] and task["fiscal"]["receipt"]["rows"][0]["name"] == TEA.name


def test_prepayment_as_a_subtask():
    advance = sale(card("487.00"), lines=(replace(TEA, method_sign=1), replace(CHEESE, method_sign=1)))
    fiscal = protocol.build(advance, Settings(subtasks=True))["fiscal"]
    assert fiscal["subtask"] == 1
    assert [(row["name"], row["cnt"], row["price"], row["taxgrp"]) for row in fiscal["receipt"]["rows"]] == [
        ("Передплата", 0, Decimal("211.00"), 1),
        ("Передплата", 0, Decimal("276.00"), 4),
    ]
    assert [row["cost"] for row in fiscal["receipt"]["rows_pre_payment"]] == [Decimal("211.00"), Decimal("276.00")]


def test_settlement_as_a_subtask():
    paid = (Payment("prepayment", Decimal("300.00")), cash("200.00"))
    document = sale(*paid, lines=(TEA, CHEESE), change=Decimal("13.00"), original=Original(number="TEST_adv"))
    task = protocol.build(document, Settings(subtasks=True))
    made = task["fiscal"]["receipt"]
    assert (task["post_payment_of_check_fn"], task["fiscal"]["subtask"]) == ("TEST_adv", 2)
    assert made["sum"] == Decimal("187.00")
    assert sum(row["cost"] - row["disc"] for row in made["rows"]) == Decimal("187.00")
    assert all(row["disc_apply_type"] == 1 and row["cost"] - row["disc"] >= Decimal("0.01") for row in made["rows"])
    assert made["pays"] == [{"type": 0, "sum": Decimal("187.00"), "change": Decimal("13.00")}]


def test_settlement_without_a_rest_is_a_plain_sale():
    document = sale(Payment("prepayment", Decimal("211.00")), original=Original(number="TEST_adv"))
    task = protocol.build(document, Settings(subtasks=True))
    assert "subtask" not in task["fiscal"]
    assert task["fiscal"]["receipt"]["pays"] == [{"type": 3, "sum": Decimal("211.00")}]


def test_zero_receipt():
    task = protocol.build(operation("zero"))
    assert task["fiscal"] == {
        "task": 1,
        "cashier": "Оксана Шевченко",
        "receipt": {"sum": 0, "rows": [], "pays": []},
    }


# === To whom (§1.2, §7) ===


def test_contact_goes_only_where_it_may():
    assert "userinfo" not in protocol.build(sale(customer=CUSTOMER))
    mail = protocol.build(sale(customer=CUSTOMER, deliver=frozenset({"email"})))
    assert mail["userinfo"] == {"email": "iryna@example.com"}
    both = protocol.build(sale(customer=CUSTOMER, deliver=frozenset({"email", "viber"})))
    assert both["userinfo"] == {"email": "iryna@example.com", "phone": "+380671234567"}
    wrong = protocol.build(sale(customer=replace(CUSTOMER, email="?", phone="12"), deliver=frozenset({"email", "sms"})))
    assert "userinfo" not in wrong


@pytest.mark.parametrize(
    ("address", "phone"),
    [
        ("+380 67 123 45 67", "+380671234567"),
        ("067 123-45-67", "+380671234567"),
        ("8 (067) 123 45 67", "+380671234567"),
        ("+7 912 345 67 89", ""),
        ("+48 601 234 567", ""),
        ("671234567", ""),
        ("", ""),
    ],
)
def test_phone(address, phone):
    assert protocol.recipient("sms", address) == phone


# === Checks ===


def codes(document):
    return [problem.code for problem in protocol.problems(document)]


def test_nothing_wrong():
    assert codes(sale()) == []
    assert codes(operation("x_report")) == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (sale(operation="purchase"), "operation"),
        (operation("cash_in"), "cash_amount"),
        (operation("cash_withdrawal", "10.00", payments=(cash("10.00"),)), "withdrawal_in_cash"),
        (sale(lines=(replace(TEA, goods_code="19О5901000"),)), "line_goods_code"),
        (sale(lines=(replace(TEA, goods_code="0901"),)), "line_goods_code"),
        (sale(lines=(replace(TEA, quantity=Decimal("1.0001")),)), "line_quantity"),
        (sale(lines=(replace(TEA, price=Decimal("0.00")),)), "line_price"),
        (sale(lines=(replace(TEA, price=Decimal("-1.00")),)), "line_amount"),
        (sale(lines=(replace(TEA, tax_code="11"),)), "line_tax"),
        (sale(lines=(replace(TEA, tax_code=""),)), "line_tax"),
        (sale(rounding=Decimal("1.00")), "rounding"),
        (sale(cash("200.00")), "sums"),
        (sale(card("221.00"), change=Decimal("10.00")), "change_not_from_cash"),
        (sale(Payment("other", Decimal("211.00"))), "payment_type"),
        (sale(Payment("electronic", Decimal("211.00"), code="0")), "payment_cash"),
        (sale(Payment("cash", Decimal("211.00"), code="2")), "payment_cash"),
        (sale(cash("212.00"), card("-1.00")), "payment_amount"),
    ],
)
def test_problem(document, code):
    assert code in codes(document)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "🎂"}, "Товар"),
        ({"name": "🎂", "product_code": "CAKE-1"}, "CAKE-1"),
        ({"name": "…★★★", "barcode": "4820000000017"}, "4820000000017"),
        ({"name": "", "product_code": "★"}, "Товар"),
    ],
)
def test_a_name_that_cannot_be_printed_has_a_stand_in(fields, name):
    document = sale(lines=(replace(TEA, **{"product_code": "", "barcode": "", **fields}),))
    assert codes(document) == []
    (row,) = protocol.build(document)["fiscal"]["receipt"]["rows"]
    assert row["name"] == name


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("1905901000", {"code2": "1905901000"}),
        ("1905 90 10 00", {"code2": "1905901000"}),
        ("62.01.11", {"code3": "62.01.11"}),
        ("62.02.30-00.00", {"code3": "62.02.30-00.00"}),
        ("", {}),
    ],
)
def test_goods_codes(code, fields):
    document = sale(lines=(replace(TEA, goods_code=code),))
    assert codes(document) == []
    (row,) = protocol.build(document)["fiscal"]["receipt"]["rows"]
    assert {name: row[name] for name in ("code2", "code3") if name in row} == fields
