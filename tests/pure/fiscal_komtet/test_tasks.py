"""What goes out for a receipt, field by field."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from addons.fiscal_base.const import AGENT_NEEDS, PAYMENT_AGENTS
from addons.fiscal_base.tools.positions import positions
from addons.fiscal_base.tools.receipt import Correction, Original, Payment, Person
from addons.fiscal_komtet import const, protocol
from addons.fiscal_komtet.protocol.tasks import mark_type, phone_number

from .samples import CALLBACK, CASHIER, CHEESE, KETTLE, KEY, SETTINGS, card, cash, sale, task_of


def test_a_sale_to_the_byte():
    receipt = sale(cash("1500.00"), change=Decimal("280.00"))
    assert protocol.freeze(protocol.build(receipt, SETTINGS))["body"] == (
        '{"external_id":"5b2c6f0e-7d0a-4d5a-9b6e-0f6f3a1c2d3e","intent":"sell","print":false,"client":{},'
        '"company":{"sno":0,"payment_address":"https://shop.example"},'
        '"payments":[{"type":"cash","sum":1220.00}],'
        '"positions":[{"name":"Чайник","price":610.00,"quantity":2,"total":1220.00,"measure":0,'
        '"payment_method":"full_payment","payment_object":"product","vat":"22"}],'
        '"cashier":{"name":"Анна Смирнова","inn":"772345678901"},"timezone":2,'
        f'"callback_url":"{CALLBACK}"}}'
    )


@pytest.mark.parametrize(("operation", "intent"), sorted(const.INTENTS.items()))
def test_intents(operation, intent):
    correction = Correction(date=date(2026, 3, 31)) if "correction" in operation else None
    assert task_of(sale(operation=operation, correction=correction))["intent"] == intent


@pytest.mark.parametrize(("code", "vat"), sorted(const.VAT.items()))
def test_every_rate(code, vat):
    (position,) = task_of(sale(lines=(replace(KETTLE, tax_code=code),)))["positions"]
    assert position["vat"] == vat


@pytest.mark.parametrize(("system", "sno"), sorted(const.TAX_SYSTEMS.items()))
def test_tax_systems(system, sno):
    assert task_of(sale(tax_system=system))["company"]["sno"] == sno


def test_every_payment():
    kinds = {"cash": "220.00", "electronic": "400.00", "prepayment": "300.00", "credit": "200.00", "other": "100.00"}
    receipt = sale(*(Payment(kind, Decimal(amount)) for kind, amount in kinds.items()))
    assert {payment["type"]: str(payment["sum"]) for payment in task_of(receipt)["payments"]} == {
        "cash": "220.00",
        "card": "400.00",
        "prepayment": "300.00",
        "credit": "200.00",
        "counter_provisioning": "100.00",
    }


def test_payments_of_one_kind_are_one_and_change_leaves_cash():
    receipt = sale(card("500.00"), card("220.00"), cash("1000.00"), change=Decimal("500.00"))
    assert task_of(receipt)["payments"] == [
        {"type": "card", "sum": Decimal("720.00")},
        {"type": "cash", "sum": Decimal("500.00")},
    ]


def test_a_gift_is_paid_with_nothing():
    receipt = sale(lines=(replace(KETTLE, amount=Decimal("0.00")),))
    assert task_of(receipt)["payments"] == [{"type": "cash", "sum": Decimal("0.00")}]


def test_numbers_have_the_digits_of_money_and_nothing_is_null():
    apples = replace(CHEESE, quantity=Decimal("0.1"), price=Decimal("0.30"), amount=Decimal("0.03"))
    body = protocol.freeze(protocol.build(sale(lines=(apples, KETTLE)), SETTINGS))["body"]
    assert "null" not in body
    numbers = re.findall(r'"(?:price|total|sum)":([\d.]+)', body)
    assert len(numbers) == 5
    assert all(re.fullmatch(r"\d+\.\d\d", number) for number in numbers)
    assert '"quantity":0.1,' in body


# === Names, places, people ===


def test_names_are_cut_at_128():
    name = "Кирпич облицовочный " * 12
    (position,) = task_of(sale(lines=(replace(KETTLE, name=name),)))["positions"]
    assert 100 < len(position["name"]) <= 128 and position["name"].endswith("Кирпич")


def test_the_place_of_the_register_comes_first():
    receipt = sale(settlement_address="Москва, Ильинка, 9")
    assert task_of(receipt, replace(SETTINGS, place="shop.ru"))["company"]["payment_address"] == "shop.ru"
    assert task_of(receipt)["company"]["payment_address"] == "https://shop.example"
    assert task_of(replace(receipt, settlement_place=""))["company"]["payment_address"] == "Москва, Ильинка, 9"


def test_the_cashier_of_the_cabinet():
    assert "cashier" not in task_of(sale(), replace(SETTINGS, names_cashier=False))
    long = Person(name="Константинопольский-Преображенский " * 3)
    assert len(task_of(sale(cashier=long))["cashier"]["name"]) <= 64
    assert "inn" not in task_of(sale(cashier=long))["cashier"]


def test_settings_of_the_register():
    settings = replace(SETTINGS, paper=True, inn="7707083893", attribute="Заказ", internet=True, zone=None)
    task = task_of(sale(customer=Person(email="olga@example.com")), settings)
    assert task["print"] is True and task["internet"] is True and "timezone" not in task
    assert task["company"]["inn"] == "7707083893"
    assert task["additional_user_props"] == {"name": "Заказ", "value": "Заказ 17"}
    assert "internet" not in task_of(sale())


OLGA = Person(name="ООО «Ромашка»", tax_number="7707083893", email="olga@example.com", phone="8 (912) 345-67-89")


@pytest.mark.parametrize(
    ("deliver", "internet", "client"),
    [
        ({"email", "sms"}, False, {"email": "olga@example.com"}),
        ({"sms"}, False, {"phone": "+79123456789"}),
        ({"viber"}, False, {}),
        (set(), False, {}),
        (set(), True, {"email": "olga@example.com"}),
    ],
)
def test_contact_only_where_it_may_be_used_or_has_to_be(deliver, internet, client):
    receipt = sale(customer=replace(OLGA, name="", tax_number=""), deliver=frozenset(deliver))
    assert task_of(receipt, replace(SETTINGS, internet=internet))["client"] == client


def test_a_company_that_buys():
    assert task_of(sale(customer=OLGA))["client"] == {"name": "ООО «Ромашка»", "inn": "7707083893"}
    assert task_of(sale(customer=replace(OLGA, tax_number="DE123456789")))["client"] == {}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+7 912 345-67-89", "+79123456789"),
        ("8 (912) 345-67-89", "+79123456789"),
        ("9123456789", "+79123456789"),
        ("79123456789", "+79123456789"),
        ("+380 67 123 45 67", ""),
        ("12345", ""),
        ("", ""),
    ],
)
def test_phone_numbers(text, number):
    assert phone_number(text) == number


@pytest.mark.parametrize(
    ("hours", "zone"), [(1.0, None), (2.0, 1), (3.0, 2), (5.5, None), (12.0, 11), (13.0, None), (-3.0, None)]
)
def test_time_zones(hours, zone):
    assert protocol.time_zone(timedelta(hours=hours)) == zone


# === Corrections ===


@pytest.mark.parametrize(("kind", "word"), [(0, "self"), (1, "instruction")])
@pytest.mark.parametrize(("ffd", "sign"), [("1.2", "3911234567"), ("1.05", None)])
def test_corrections_of_both_formats(kind, word, ffd, sign):
    receipt = sale(
        operation="correction_sale",
        correction=Correction(kind=kind, date=date(2026, 3, 1), number="К-11" if kind else ""),
        original=Original(number="17", sign="3911234567"),
    )
    task = task_of(receipt, replace(SETTINGS, ffd=ffd))
    number = {"base_number": "К-11"} if kind else {}
    assert task["correction_info"] == {"type": word, "base_date": "01.03.2026", **number}
    assert task.get("additional_check_props") == sign
    assert task["positions"] and task["intent"] == "sellCorrection"


def test_a_return_is_no_correction():
    task = task_of(sale(operation="sale_return", original=Original(sign="3911234567")))
    assert "additional_check_props" not in task and "correction_info" not in task


# === Goods ===


@pytest.mark.parametrize(("sign", "method"), [(1, "pre_payment_full"), (2, "pre_payment_part"), (3, "advance")])
def test_prepayments_are_payments_at_the_calculated_rate(sign, method):
    for code, vat in {"vat22": "122", "vat10": "110", "vat5": "105", "vat122": "122", "novat": "no"}.items():
        line = replace(KETTLE, method_sign=sign, tax_code=code, subject=1)
        (position,) = task_of(sale(lines=(line,)))["positions"]
        assert (position["payment_method"], position["payment_object"], position["vat"]) == (method, "payment", vat)


def test_subjects_methods_measures():
    for subject, word in const.SUBJECTS.items():
        (position,) = task_of(sale(lines=(replace(KETTLE, subject=subject),)))["positions"]
        assert position["payment_object"] == word
    for measure in const.MEASURES:
        (position,) = task_of(sale(lines=(replace(KETTLE, measure=measure),)))["positions"]
        assert position["measure"] == measure
    (position,) = task_of(sale(lines=(replace(KETTLE, method_sign=6),)), replace(SETTINGS, credit=True))["positions"]
    assert position["payment_method"] == "credit"


CODE = "0104607080188217215Qabc\x1d91EE10\x1d92dGVzdA=="
MARKED = replace(KETTLE, quantity=Decimal("1"), amount=Decimal("610.00"), marking_code=CODE)


@pytest.mark.parametrize(
    ("operation", "ffd", "expected"),
    [
        ("sale", "1.2", ("tm", 1)),
        ("sale_return", "1.2", ("tm", 3)),
        ("correction_sale", "1.2", ("tm", 255)),
        ("sale", "1.05", ("product", None)),
    ],
)
def test_marked_goods(operation, ffd, expected):
    correction = Correction(date=date(2026, 3, 1)) if "correction" in operation else None
    receipt = sale(lines=(MARKED,), operation=operation, correction=correction)
    (position,) = task_of(receipt, replace(SETTINGS, ffd=ffd))["positions"]
    assert (position["payment_object"], position.get("planned_status")) == expected
    assert position["mark_code"] == {"gs1m": CODE}


@pytest.mark.parametrize(
    ("code", "sort"),
    [
        (CODE, "gs1m"),
        ("0104607080188217215Qabc", "gs10"),
        ("46070801", "ean8"),
        ("4607080188217", "ean13"),
        ("14607080188214", "itf14"),
        ("RU-430302-ABC1234567", "unknown"),
    ],
)
def test_sorts_of_codes(code, sort):
    assert mark_type(code) == sort


def test_goods_of_somebody_else():
    supplier = Person(name="ИП Петров", tax_number="500100732259", phone="+7 (495) 123-45-67")
    (position,) = task_of(sale(lines=(replace(KETTLE, agent=5, supplier=supplier),)))["positions"]
    assert position["agent_info"] == {"type": "commissionaire"}
    assert position["supplier_info"] == {"name": "ИП Петров", "phones": ["+74951234567"], "inn": "500100732259"}


OWN = {
    "operation": "Приём платежей от населения",
    "phone": "8 (495) 123-45-67",
    "receiver_phone": "+74951234568",
    "transfer_phone": "+74951234569",
    "transfer_name": "ООО «Перевод»",
    "transfer_address": "Москва, ул. Ильинка, 9",
    "transfer_tax_number": "7701237650",
}


@pytest.mark.parametrize("sign", sorted(PAYMENT_AGENTS))
def test_agents_that_move_money_name_themselves(sign):
    supplier = Person(name="ИП Петров", tax_number="500100732259", phone="+74951234560")
    receipt = sale(lines=(replace(KETTLE, agent=sign, supplier=supplier, extra={"agent": OWN}),))
    assert protocol.problems(receipt, SETTINGS) == []
    (position,) = task_of(receipt)["positions"]
    assert position["agent_info"] == {
        "type": const.AGENTS[sign],
        "paying_agent": {"operation": "Приём платежей от", "phones": ["+74951234567"]},
        "receive_payments_operator": {"phones": ["+74951234568"]},
        "money_transfer_operator": {
            "phones": ["+74951234569"],
            "name": "ООО «Перевод»",
            "address": "Москва, ул. Ильинка, 9",
            "inn": "7701237650",
        },
    }
    for key in AGENT_NEEDS[sign]:
        line = replace(KETTLE, agent=sign, supplier=supplier, extra={"agent": {**OWN, key: ""}})
        assert [problem.code for problem in protocol.problems(sale(lines=(line,)), SETTINGS)] == ["line_agent_data"]


# === Discounts ===


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "parts"),
    [
        ("2", "610.00", "1220.00", [("2", "610.00", "1220.00")]),
        ("2", "610.00", "1000.00", [("2", "500.00", "1000.00")]),
        ("3", "100.00", "200.00", [("1", "66.66", "66.66"), ("2", "66.67", "133.34")]),
        ("3", "33.33", "100.00", [("2", "33.33", "66.66"), ("1", "33.34", "33.34")]),
        ("0.345", "800.00", "250.00", [("0.345", "724.64", "250.00")]),
        ("2.5", "4.00", "10.01", [("1.5", "4.00", "6.00"), ("1", "4.01", "4.01")]),
        ("200", "1.00", "1.01", [("99", "0.00", "0.00"), ("101", "0.01", "1.01")]),
        ("1", "100.00", "0.00", [("1", "0.00", "0.00")]),
    ],
)
def test_split(quantity, price, amount, parts):
    found = positions(Decimal(quantity), Decimal(price), Decimal(amount))
    assert [tuple(map(str, part)) for part in found] == parts


def test_a_task_is_the_same_to_the_byte_after_the_database():
    request = protocol.freeze(protocol.build(sale(lines=(KETTLE, CHEESE)), SETTINGS))
    assert json.loads(json.dumps(request)) == request
    assert protocol.thaw(request)["external_id"] == KEY
    assert CASHIER.name in request["body"]
