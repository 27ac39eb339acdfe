"""The service's own Python SDK as a second opinion: the same signature, the same meaning of the JSON.

The SDK is no part of the project; where it is not installed, these tests are left out.
"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.receipt import Correction, Original, Person
from addons.fiscal_komtet import const, protocol

from .samples import CALLBACK, KETTLE, KEY, SECRET, SETTINGS, SHOP, card, cash, sale, task_of

sdk = pytest.importorskip("komtet_kassa_sdk.v2", reason="komtet-kassa-sdk is not installed")
check = pytest.importorskip("komtet_kassa_sdk.v2.check")
agent = pytest.importorskip("komtet_kassa_sdk.v2.agent")


def plain(value):
    """JSON values in which numbers of the same size are equal."""
    return json.loads(json.dumps(value, default=float), parse_int=float)


def test_signature(monkeypatch):
    seen = {}

    def post(url, headers, data):
        seen.update(url=url, headers=headers, data=data)
        raise ConnectionError

    monkeypatch.setattr("requests.post", post)
    client = sdk.Client(SHOP, SECRET).set_host("https://kassa.komtet.ru")
    with pytest.raises(ConnectionError):
        client.create_task({"external_id": "S-1", "name": "Чайник"}, 3)
    ours = protocol.request_to("https://kassa.komtet.ru", "queues/3/task", SHOP, SECRET, seen["data"])
    assert (ours.url, dict(ours.headers)) == (seen["url"], seen["headers"])


def test_a_sale_of_every_kind():
    supplier = Person(name="ИП Петров", tax_number="500100732259", phone="+74951234567")
    mark = "0104607080188217215Qabc\x1d91EE10"
    lines = (
        KETTLE,
        replace(KETTLE, name="Мёд", agent=5, supplier=supplier, amount=Decimal("1000.00")),
        replace(KETTLE, name="Сыр", quantity=Decimal(1), amount=Decimal("610.00"), marking_code=mark),
    )
    receipt = sale(
        card("1830.00"),
        cash("1500.00"),
        lines=lines,
        change=Decimal("500.00"),
        customer=Person(name="ООО «Ромашка»", tax_number="7707083893", email="olga@example.com"),
    )
    settings = replace(SETTINGS, paper=True, internet=True, inn="7707083893", attribute="Заказ")

    theirs = check.Check(KEY, check.Intent.SELL)
    theirs.set_print(True)
    theirs.set_client(email="olga@example.com", name="ООО «Ромашка»", inn="7707083893")
    theirs.set_company("https://shop.example", check.TaxSystem.COMMON, "7707083893")
    theirs.set_cashier("Анна Смирнова", "772345678901")
    theirs.add_payment(1830, check.PaymentType.CARD).add_payment(1000, check.PaymentType.CASH)
    theirs.set_additional_user_props("Заказ", "Заказ 17")
    theirs.set_callback_url(CALLBACK).set_internet(True).set_timezone(check.TimeZone.TIME_ZONE_2)
    goods = {"measure": 0, "payment_method": check.PaymentMethod.FULL_PAYMENT, "vat": "22"}
    product = check.PaymentObject.PRODUCT
    theirs.add_position(check.Position("Чайник", 610, 2, payment_object=product, **goods))
    honey = check.Position("Мёд", 500, 2, payment_object=product, total=1000, **goods)
    honey.set_agent(agent.Agent(agent.AgentType.COMMISSIONAIRE, "+74951234567", "ИП Петров", "500100732259"))
    theirs.add_position(honey)
    cheese = check.Position("Сыр", 610, 1, payment_object=check.PaymentObject.TM, **goods)
    cheese.set_mark_code(check.MarkTypes.GS1M, mark)
    cheese.set_planned_status(check.PlannedStatus.PLANNED_STATUS_1)
    theirs.add_position(cheese)
    assert plain(task_of(receipt, settings)) == plain(dict(theirs))


@pytest.mark.parametrize(("kind", "word"), [(0, "SELF"), (1, "INSTRUCTION")])
def test_a_correction(kind, word):
    receipt = sale(
        operation="correction_sale_return",
        correction=Correction(kind=kind, date=date(2026, 3, 31), number="К11"),
        original=Original(sign="3911234567"),
    )
    theirs = check.CorrectionCheck(KEY, check.Intent.SELL_RETURN_CORRECTION)
    theirs.set_print(False)
    theirs.set_company("https://shop.example", check.TaxSystem.COMMON)
    theirs.set_cashier("Анна Смирнова", "772345678901")
    theirs.set_correction_info(getattr(check.CorrectionType, word), "31.03.2026", "К11")
    theirs.set_additional_check_props("3911234567")
    theirs.set_callback_url(CALLBACK)
    theirs.set_timezone(2)
    theirs.add_payment(1220, check.PaymentType.CASH)
    theirs.add_position(check.Position("Чайник", 610, 2, 0, "product", "full_payment", vat="22"))
    assert plain(task_of(receipt)) == plain(dict(theirs))


def words(of):
    return {value for name, value in vars(of).items() if name.isupper()}


def test_vocabularies():
    assert set(const.VAT.values()) == set(check.VatRate.get_rates())
    assert set(const.PAYMENTS.values()) == words(check.PaymentType)
    assert set(const.METHOD_SIGNS.values()) == words(check.PaymentMethod)
    assert set(const.SUBJECTS.values()) == words(check.PaymentObject) - {"pay"}
    assert set(const.INTENTS.values()) == words(check.Intent)
    assert set(const.TAX_SYSTEMS.values()) == words(check.TaxSystem)
    assert set(const.AGENTS.values()) == words(agent.AgentType)
    assert words(check.MeasureTypes) == const.MEASURES
    assert set(const.CORRECTION_TYPES.values()) == words(check.CorrectionType)
