"""Requests to the field: examples, and the schemas (`checkbox.md` §4)."""

import json
from dataclasses import replace
from decimal import Decimal

import jsonschema
import pytest

from addons.fiscal_base.tools.receipt import Payment, Person
from addons.fiscal_checkbox import protocol
from addons.fiscal_checkbox.protocol import Form, Settings
from tests.emulators import checkbox_schemas as schemas

from .samples import BREAD, CHEESE, KEY, SETTINGS, card, cash, frozen, operation, sale

SCHEMAS = {
    "/receipts/sell": schemas.SELL,
    "/receipts/service": schemas.SERVICE,
    "/prepayment-receipts": schemas.PREPAYMENT,
    "/shifts": schemas.OPEN_SHIFT,
    "/shifts/close": schemas.CLOSE_SHIFT,
}


def closed(schema):
    """The schema without room for a name that it does not have."""
    if isinstance(schema, dict):
        schema = {name: closed(part) for name, part in schema.items()}
        if schema.get("type") == "object" and schema.get("properties"):
            schema["additionalProperties"] = False
        return schema
    return [closed(part) for part in schema] if isinstance(schema, list) else schema


def body_of(receipt, settings=SETTINGS, **around):
    """The body of a receipt, held against its schema."""
    request = frozen(receipt, settings, **around)
    body = json.loads(request["body"])
    schema = SCHEMAS.get(request["path"], schemas.PREPAYMENT_NEXT)
    jsonschema.validate(body, closed(schema), format_checker=jsonschema.FormatChecker())
    assert schemas.check(schema, body) == []
    return body


def test_the_sale_of_the_notes():
    coffee = replace(
        BREAD,
        name="Кава зернова 1 кг",
        price=Decimal("450.00"),
        amount=Decimal("850.00"),
        product_code="SKU-1001",
        tax_code="8",
        goods_code="0901210000",
        barcode="4820000000000",
    )
    cheese = replace(
        CHEESE,
        name="Сир ваговий",
        product_code="SKU-2002",
        quantity=Decimal("2.25"),
        amount=Decimal("720.00"),
    )
    paid = card(
        "1000.00",
        extra={
            "card_mask": "444455******1111",
            "acquirer": "Bank",
            "card_system": "VISA",
            "rrn": "123456789012",
            "auth_code": "123456",
            "terminal_id": "T0000001",
        },
    )
    receipt = sale(
        paid,
        cash("570.00"),
        lines=(coffee, cheese),
        customer=Person(email="client@example.com", phone="+380 50 111 22 33"),
        deliver=frozenset({"email", "sms"}),
        reference="Shop/0007",
    )
    assert body_of(receipt, Settings(footer="Дякуємо!"), printed_cashier="Олена К.") == {
        "id": KEY,
        "cashier_name": "Олена К.",
        "goods": [
            {
                "good": {
                    "code": "SKU-1001",
                    "name": "Кава зернова 1 кг",
                    "price": 45000,
                    "tax": [8],
                    "uktzed": "0901210000",
                    "barcode": "4820000000000",
                },
                "quantity": 2000,
                "discounts": [{"type": "DISCOUNT", "mode": "VALUE", "value": 5000, "name": "Знижка"}],
            },
            {"good": {"code": "SKU-2002", "name": "Сир ваговий", "price": 32000, "tax": [8]}, "quantity": 2250},
        ],
        "payments": [
            {
                "type": "CASHLESS",
                "value": 100000,
                "code": 1,
                "label": "Картка",
                "card_mask": "444455******1111",
                "bank_name": "Bank",
                "payment_system": "VISA",
                "rrn": "123456789012",
                "auth_code": "123456",
                "terminal": "T0000001",
            },
            {"type": "CASH", "value": 57000, "label": "Готівка"},
        ],
        "delivery": {"emails": ["client@example.com"], "phone": "380501112233"},
        "footer": "Дякуємо!",
        "context": {"odoo_key": KEY, "odoo_reference": "Shop/0007"},
    }


def test_the_return_of_the_notes():
    line = replace(BREAD, quantity=Decimal("1"), price=Decimal("450.00"), amount=Decimal("425.00"), tax_code="8")
    body = body_of(
        replace(sale(card("425.00"), lines=(line,)), operation="sale_return"),
        related="0b0b7f0e-0b3a-4c1b-8e0f-7d3b5d9b6a11",
        related_at="2026-11-21T10:30:00+00:00",
    )
    assert body["related_receipt_id"] == "0b0b7f0e-0b3a-4c1b-8e0f-7d3b5d9b6a11"
    assert body["related_receipt_created_at"] == "2026-11-21T10:30:00+00:00"
    (good,) = body["goods"]
    assert good["is_return"] is True and good["quantity"] == 1000 and good["good"]["price"] == 45000
    assert good["discounts"][0]["value"] == 2500
    assert body["payments"] == [{"type": "CASHLESS", "value": 42500, "code": 1, "label": "Картка"}]


def test_a_sale_names_no_original():
    assert "related_receipt_id" not in body_of(sale(), related="0b0b7f0e-0b3a-4c1b-8e0f-7d3b5d9b6a11")


def test_nothing_is_said_where_there_is_nothing_to_say():
    body = body_of(sale())
    assert body.keys() == {"id", "goods", "payments", "context"}
    assert body["goods"][0].keys() == {"good", "quantity"}


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "expected"),
    [
        ("2", "32.50", "65.00", (3250, 0)),
        ("2", "32.50", "60.00", (3250, 500)),
        ("3", "33.33", "100.00", (3334, 2)),  # the amount needs a higher price than Odoo shows
        ("0.5", "0.01", "0.01", (2, 0)),  # half a kopeck
        ("0.5", "10.01", "5.01", (1002, 0)),
        ("0.5", "10.01", "5.00", (1002, 1)),
        ("1.5", "0.33", "0.50", (34, 1)),
        ("0.001", "5.00", "0.01", (1000, 0)),
        ("1", "100.00", "0.00", (10000, 10000)),
        ("1000", "0.01", "10.00", (1, 0)),
    ],
)
def test_price_and_discount(quantity, price, amount, expected):
    line = replace(BREAD, quantity=Decimal(quantity), price=Decimal(price), amount=Decimal(amount))
    assert protocol.documents.priced(line) == expected


def test_a_line_without_a_tax_code():
    for code in ("", "none"):
        assert "tax" not in body_of(sale(lines=(replace(BREAD, tax_code=code),)))["goods"][0]["good"]


def test_code_of_a_good_is_never_empty():
    for line, code in (
        (BREAD, "BREAD"),
        (replace(BREAD, product_code="", barcode="482"), "482"),
        (replace(BREAD, product_code=""), "Хліб"),
    ):
        assert body_of(sale(lines=(line,)))["goods"][0]["good"]["code"] == code


def test_excise_stamps():
    line = replace(BREAD, marking_code="ABCD123456", excise_stamps=("0104607080218187211234567",))
    good = body_of(sale(lines=(line,)))["goods"][0]["good"]
    assert good["excise_barcodes"] == ["ABCD123456"]
    assert good["e_excise_barcodes"] == ["0104607080218187211234567"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+380 67 123 45 67", "380671234567"),
        ("067 123-45-67", "380671234567"),
        ("380671234567", "380671234567"),
        ("+7 912 345-67-89", ""),
        ("", ""),
    ],
)
def test_phone(number, expected):
    assert protocol.phone(number) == expected


def test_nothing_is_sent_to_the_customer_unasked():
    customer = Person(email="client@example.com", phone="+380501112233")
    assert "delivery" not in body_of(sale(customer=customer))
    assert body_of(sale(customer=customer, deliver=frozenset({"sms"})))["delivery"] == {"phone": "380501112233"}
    foreign = Person(phone="+7 912 345-67-89")
    assert "delivery" not in body_of(sale(customer=foreign, deliver=frozenset({"sms", "email"})))


def test_forms_of_payment():
    settings = Settings(
        forms={
            ("electronic", ""): Form("Інтернет еквайринг", 2),
            ("electronic", "LiqPay"): Form("Платіж через інтегратора LiqPay", 3),
            ("other", ""): Form("Подарунковий сертифікат", 4),
        }
    )
    receipt = sale(card("20.00", label="LiqPay"), card("20.00", label="Сайт"), Payment("other", Decimal("25.00")))
    assert [(p["label"], p["code"]) for p in body_of(receipt, settings)["payments"]] == [
        ("Платіж через інтегратора LiqPay", 3),
        ("Інтернет еквайринг", 2),
        ("Подарунковий сертифікат", 4),
    ]


# === Rounding (§11) ===


@pytest.mark.parametrize(
    ("mode", "total", "rounded"),
    [
        ("ROUND_10", 4, 0),
        ("ROUND_10", 5, 10),
        ("ROUND_10", 14, 10),
        ("ROUND_10", 15, 20),
        ("ROUND_50", 24, 0),
        ("ROUND_50", 25, 50),
        ("ROUND_50", 74, 50),
        ("ROUND_50", 75, 100),
    ],
)
def test_tables_of_the_national_bank(mode, total, rounded):
    assert protocol.documents.rounded(total, mode) == rounded


def rounded_sale(*payments, rounding="0.10"):
    line = replace(BREAD, quantity=Decimal("1"), price=Decimal("64.90"), amount=Decimal("64.90"))
    total = Decimal("64.90") + Decimal(rounding)
    return sale(*payments, lines=(line,), total=total, rounding=Decimal(rounding))


def test_cash_is_rounded_by_the_service():
    body = body_of(rounded_sale(cash("65.00")), Settings(rounding_mode="ROUND_50"))
    assert body["rounding_mode"] == "ROUND_50" and "discounts" not in body
    assert body["payments"][0]["value"] == 6500


@pytest.mark.parametrize(
    ("receipt", "mode"),
    [
        (rounded_sale(cash("60.00"), card("5.00")), "ROUND_50"),
        (rounded_sale(cash("65.00")), ""),
        (rounded_sale(cash("65.00")), "ROUND_10"),  # 64.90 is no case for it
    ],
)
def test_rounding_that_is_not_the_services_own_is_a_charge(receipt, mode):
    body = body_of(receipt, Settings(rounding_mode=mode))
    assert "rounding_mode" not in body
    assert body["discounts"] == [{"type": "EXTRA_CHARGE", "mode": "VALUE", "value": 10, "name": "Заокруглення"}]
    back = body_of(rounded_sale(cash("64.80"), rounding="-0.10"), Settings())
    assert back["discounts"][0]["type"] == "DISCOUNT"


def test_no_rounding_where_odoo_does_not_round():
    assert "rounding_mode" not in body_of(sale(), Settings(rounding_mode="ROUND_50"))


# === Other documents ===


def test_cash():
    assert body_of(operation("cash_in", "500.00"))["payment"] == {"type": "CASH", "value": 50000, "label": "Готівка"}
    assert body_of(operation("cash_out", "500.00"))["payment"]["value"] == -50000


def test_shifts_and_reports():
    assert body_of(operation("shift_open")) == {"id": KEY}
    assert body_of(operation("shift_close")) == {"skip_client_name_check": True}, "no report of ours"
    assert frozen(operation("x_report"))["body"] == ""


def test_prepayment():
    receipt = sale(cash("20.00"), Payment("credit", Decimal("45.00")))
    request = frozen(receipt)
    assert request["path"] == "/prepayment-receipts"
    body = body_of(receipt)
    assert body["payments"] == [{"type": "CASH", "value": 2000, "label": "Готівка"}]
    assert body["custom_relation_id"] == KEY
    rest = sale(card("65.00"))
    assert frozen(rest, relation=KEY)["path"] == f"/prepayment-receipts/{KEY}"
    body = body_of(rest, relation=KEY)
    assert body["payments"] == [{"type": "CASHLESS", "value": 6500, "code": 1, "label": "Картка"}]
    assert "goods" not in body, "the service knows them"
    assert protocol.problems(rest, Settings()) == []


def test_a_frozen_request_is_json_and_the_same_in_every_repeat():
    request = frozen(sale())
    assert json.loads(json.dumps(request)) == request
    assert frozen(sale())["body"] == request["body"]


# === Problems ===


def codes(receipt, settings=SETTINGS):
    return [problem.code for problem in protocol.problems(receipt, settings)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (replace(BREAD, price=Decimal("0.00"), amount=Decimal("0.00")), "line_price"),
        (replace(BREAD, price=Decimal("2000000000.00"), amount=Decimal("65.00")), "line_price"),
        (replace(BREAD, quantity=Decimal("0.0005")), "line_digits"),
        (replace(BREAD, amount=Decimal("65.001")), "line_digits"),
        (replace(BREAD, tax_code="А"), "line_tax"),
        (replace(BREAD, goods_code="1" * 65), "line_goods_code"),
        (replace(BREAD, barcode="1" * 4097), "line_barcode"),
    ],
)
def test_problems_of_a_line(line, code):
    assert code in codes(sale(cash("65.00"), lines=(BREAD, line)))


def test_problems_of_a_receipt():
    assert codes(sale()) == []
    assert codes(operation("cash_in")) == ["cash_amount"]
    assert codes(operation("shift_open")) == []
    free = replace(BREAD, amount=Decimal("0.00"))
    assert codes(sale(lines=(free,))) == ["nothing_to_pay"]
    assert codes(sale(Payment("credit", Decimal("65.00")))) == ["credit"]
    back = replace(sale(cash("5.00"), Payment("credit", Decimal("60.00"))), operation="sale_return")
    assert codes(back) == ["credit"]
    assert codes(sale(Payment("other", Decimal("65.00")))) == ["payment_form"]
    assert codes(sale(Payment("prepayment", Decimal("65.00")))) == ["payment_form"]
