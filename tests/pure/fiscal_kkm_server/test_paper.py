"""What a receipt shows besides what the law asks for (`kkm_server.md` §5.1, §5.2), as the register prints it."""

import base64
import struct
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.fiscal_base.const import AGENT_DATA, AGENT_NEEDS, PAYMENT_AGENTS
from addons.fiscal_base.tools.receipt import Correction, Person
from addons.fiscal_kkm_server import const, protocol
from addons.fiscal_kkm_server.protocol.commands import barcode_text, thaw
from tests.emulators.kkm_register import WIDTH, Register
from tests.emulators.kkm_server import Kkm

from .samples import DEVICE, SERIAL, TEA, sale


def bitmap(bits: int = 1) -> str:
    """A picture of 8 × 1 pixels."""
    head = struct.pack("<2sIHHI", b"BM", 66, 0, 0, 62) + struct.pack(
        "<IiiHHIIiiII", 40, 8, 1, 1, bits, 0, 4, 0, 0, 2, 2
    )
    return base64.b64encode(head + b"\0\0\0\0\xff\xff\xff\0" + b"\xaa\0\0\0").decode()


def printed(receipt, **paper):
    register = Register(1, SERIAL)
    kkm = Kkm([register])
    answer = kkm.run(protocol.prepare(receipt, DEVICE, paper=protocol.Paper(**paper))["body"].encode())
    assert (answer["Status"], answer["Error"]) == (0, "")
    assert kkm.unknown_fields == set()
    return register.printed[-1]


def test_nothing_is_added_without_being_asked_for():
    command = thaw(protocol.prepare(sale(reference="S1"), DEVICE))
    assert command["NotPrint"] is False and command["NumberCopies"] == 0 and command["PayByProcessing"] is False
    assert not {"UserAttribute", "AdditionalAttribute"} & command.keys()
    assert [next(iter(item)) for item in command["CheckStrings"]] == ["PrintText", "Register"]


def test_header_footer_picture_and_bar_code_stand_where_they_belong():
    tape = printed(
        sale(reference="S00042"),
        header=(">#2#<ООО «Ромашка»", "<<=>>", "Ленина, 1<#10#>тел. 5"),
        footer=("Спасибо!",),
        picture=bitmap(),
        barcode="QR",
    ).tape.split("\n")
    order = [
        "[ рисунок ]",
        "ООО «Ромашка»",
        "=" * WIDTH,
        "Ленина, 1" + " " * (WIDTH - 15) + "тел. 5",
        "S00042",
        "Чай чёрный, 100 г",
        "Спасибо!",
        "[ QR S00042 ]",
    ]
    places = [next(place for place, row in enumerate(tape) if row.strip() == text.strip()) for text in order]
    assert places == sorted(places)


def test_a_picture_that_has_more_than_two_colours_is_refused_by_the_service():
    command = protocol.prepare(sale(), DEVICE, paper=protocol.Paper(picture=bitmap(24)))
    assert "двухцветный" in Kkm([Register(1, SERIAL)]).run(command["body"].encode())["Error"]


def test_attributes_department_and_copies():
    tape = printed(sale(reference="S00042"), attribute="Заказ", remark="Гарантия 14 дней", department=3, copies=2)
    assert tape.header["UserAttribute"] == {"Name": "Заказ", "Value": "S00042"}
    assert tape.header["AdditionalAttribute"] == "Гарантия 14 дней"
    assert tape.header["NumberCopies"] == 2
    assert tape.lines[0]["Department"] == 3
    line = replace(TEA, extra={"department": 5})
    assert printed(sale(lines=(line,)), department=3).lines[0]["Department"] == 5
    # without a reference there is nothing to say
    assert "UserAttribute" not in printed(sale(), attribute="Заказ").header


@pytest.mark.parametrize(
    ("customer", "electronic", "expected"),
    [
        (Person(email="a@example.com"), True, True),
        (Person(phone="+7 (495) 123-45-67"), True, True),
        (Person(email="a@example.com"), False, False),
        # nothing would be left in the customer's hands
        (Person(), True, False),
        (Person(phone="12345"), True, False),
    ],
)
def test_paper_is_saved_only_where_the_customer_gets_the_receipt_otherwise(customer, electronic, expected):
    receipt = sale(customer=customer, deliver=frozenset({"email", "sms"}))
    assert printed(receipt, electronic=electronic).header["NotPrint"] is expected


@pytest.mark.parametrize(
    ("deliver", "expected"),
    [({"email", "sms"}, "a@example.com"), ({"sms", "viber"}, "+79123456789"), ({"viber"}, ""), (set(), "")],
)
def test_an_address_goes_out_only_where_the_receipt_may_be_sent_there(deliver, expected):
    customer = Person(email="a@example.com", phone="+79123456789")
    tape = printed(sale(customer=customer, deliver=frozenset(deliver)), electronic=True)
    assert tape.header.get("ClientAddress", "") == expected
    assert tape.header["NotPrint"] is bool(expected)


def test_agents_that_move_money_name_themselves():
    own = {
        "operation": "Приём платежа",
        "phone": "+74951234567",
        "receiver_phone": "+74951234568",
        "transfer_phone": "+74951234569",
        "transfer_name": "ООО «Перевод»",
        "transfer_address": "Москва",
        "transfer_tax_number": "7701237650",
    }
    supplier = Person(name="ООО «Вектор»", tax_number="7701237650", phone="+74951234560")
    assert own.keys() == const.AGENT_DATA.keys() == AGENT_DATA.keys()
    for sign in range(7):
        line = replace(TEA, agent=sign, supplier=supplier, extra={"agent": own})
        (there,) = printed(sale(lines=(line,))).lines
        assert there["AgentSign"] == sign and there["PurveyorVATIN"] == "7701237650"
        expected = {field: own[key] for key, field in const.AGENT_DATA.items()} if sign in PAYMENT_AGENTS else {}
        assert there["AgentData"] == expected


@pytest.mark.parametrize(("sign", "needed"), AGENT_NEEDS.items())
def test_agents_that_move_money_without_their_data(sign, needed):
    """What is missing is told before the register says so, and nothing else is wanted of them."""
    whole = {**dict.fromkeys(AGENT_DATA, "Приём"), **dict.fromkeys(AGENT_DATA, "+74951234567")}
    whole |= {"operation": "Приём", "transfer_name": "ООО", "transfer_address": "Москва"}
    whole["transfer_tax_number"] = "7701237650"
    supplier = Person(name="ООО «Вектор»", tax_number="7701237650", phone="+74951234560")

    def codes(data):
        line = replace(TEA, agent=sign, supplier=supplier, extra={"agent": data})
        receipt = sale(lines=(line,))
        found = [problem.code for problem in protocol.problems(receipt, DEVICE)]
        answer = Kkm([Register(1, SERIAL)]).run(protocol.prepare(receipt, DEVICE)["body"].encode())
        assert (answer["Status"] == 0) is (not found), answer
        return found

    assert codes({key: whole[key] for key in needed}) == []
    for key in needed:
        assert codes({**whole, key: ""}) == ["line_agent_data"], key
    assert codes({**whole, "phone": "call us"}) == ["line_agent_data"]


@pytest.mark.parametrize("operation", sorted(const.CHECK_TYPES))
def test_every_kind_of_receipt(operation):
    register = Register(1, SERIAL)
    register.cash = Decimal("1000.00")
    correction = Correction(date=date(2026, 1, 10), number="7") if operation in const.CORRECTIONS else None
    receipt = sale(operation=operation, correction=correction)
    assert protocol.problems(receipt, DEVICE) == []
    answer = Kkm([register]).run(protocol.prepare(receipt, DEVICE)["body"].encode())
    assert answer["Status"] == 0 and register.printed[-1].type == operation
    assert answer["QRCode"].endswith(f"n={const.QR_TYPES[const.CHECK_TYPES[operation]]}")


@settings(max_examples=300)
@given(st.sampled_from(const.BARCODES), st.text(max_size=40))
def test_a_bar_code_is_one_or_is_left_out(kind, text):
    code = barcode_text(kind, text)
    if kind == "EAN13" and code:
        assert len(code) == 13
        assert sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code)) % 10 == 0
    if kind in ("CODE39", "CODE128"):
        assert code.isascii()


def test_text_that_is_no_fiscal_document():
    register = Register(1, SERIAL)
    answer = Kkm([register]).run(protocol.freeze(protocol.slip(DEVICE, "k", ["Проверка", "связи"]))["body"].encode())
    assert answer["Status"] == 0
    (slip,) = register.printed
    assert slip.type == "slip" and not slip.number and "Проверка\nсвязи" in slip.tape


def test_drawer_report_and_copy():
    register = Register(1, SERIAL)
    kkm = Kkm([register])
    kkm.run(protocol.prepare(sale(), DEVICE)["body"].encode())
    for command, kind in (
        (protocol.open_drawer(DEVICE, "a"), "drawer"),
        (protocol.ofd_report(DEVICE, "b", Person("Иванов")), "ofd_report"),
        (protocol.get_data_check(DEVICE, 2, copies=1), "copy"),
    ):
        assert kkm.run(protocol.freeze(command)["body"].encode())["Status"] == 0
        assert register.printed[-1].type == kind
    # drawer and copy are no fiscal documents, the report is
    assert [each.number for each in register.printed] == [1, 2, 0, 3, 0]
