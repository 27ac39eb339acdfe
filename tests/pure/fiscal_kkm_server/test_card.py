"""The card terminal behind KKM Server (`kkm_server.md` §3.8)."""

import json
import time
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.transport import Answer, Lost, NotSent
from addons.fiscal_kkm_server import protocol
from tests.emulators.kkm_register import Register
from tests.emulators.kkm_server import Kkm, _encode
from tests.emulators.kkm_terminal import Terminal

from .samples import SERIAL

DEVICE = protocol.Device(number=10)


class Service:
    def __init__(self):
        self.terminal = Terminal()
        self.kkm = Kkm([Register(1, SERIAL)], terminals=[self.terminal])

    def send(self, command):
        return Answer(200, "  " + _encode(self.kkm.run(protocol.freeze(command)["body"].encode())))

    def finish(self, key, command):
        """Send `command` and ask until it is at its end, as a till does."""
        card = protocol.parse_card(key, self.send(command))
        for __ in range(100):
            if card.state != "running":
                return card
            time.sleep(0.01)
            card = protocol.parse_card(key, self.send(protocol.get_rezult(key)), asked=True)
        raise AssertionError("no end")


def test_paid_and_given_back():
    service = Service()
    card = service.finish("a", protocol.pay_by_card(DEVICE, "a", Decimal("489.90")))
    assert card.state == "done"
    assert card.data["card_mask"].startswith("****") and card.data["rrn"] and card.data["auth_code"]
    assert "ОДОБРЕНО" in card.data["slip"] and "\n" in card.data["slip"]
    of = card.data["universal_id"]
    assert service.finish("b", protocol.return_by_card(DEVICE, "b", Decimal("100.00"), of)).state == "done"
    back = service.finish("c", protocol.return_by_card(DEVICE, "c", Decimal("400.00"), of))
    assert (back.state, back.problem) == ("failed", "card_refused") and "больше суммы оплаты" in back.words
    assert service.finish("d", protocol.cancel_card(DEVICE, "d", Decimal("389.90"), of)).state == "done"
    assert [(each.kind, each.amount) for each in service.terminal.transactions] == [
        ("pay", Decimal("489.90")),
        ("return", Decimal("100.00")),
        ("cancel", Decimal("389.90")),
    ]
    assert service.kkm.unknown_fields == set()


def test_the_same_payment_is_not_taken_twice():
    service = Service()
    for __ in range(3):
        assert service.finish("a", protocol.pay_by_card(DEVICE, "a", Decimal("1.00"))).state == "done"
    assert len(service.terminal.transactions) == 1


def test_the_bank_declines():
    service = Service()
    service.terminal.declines.append("Недостаточно средств")
    card = service.finish("a", protocol.pay_by_card(DEVICE, "a", Decimal("1.00")))
    assert (card.state, card.words) == ("failed", "Недостаточно средств")
    # a new try under the same key is executed, since the first one ended with an error (§2.6)
    assert service.finish("a", protocol.pay_by_card(DEVICE, "a", Decimal("1.00"))).state == "done"


def test_reconciliation_and_a_terminal_that_is_not_there():
    service = Service()
    assert service.finish("s", protocol.settlement(DEVICE, "s")).state == "done"
    assert service.terminal.settled == 1
    card = service.finish("x", protocol.pay_by_card(protocol.Device(number=11), "x", Decimal("1.00")))
    assert card.state == "failed" and "не найдено" in card.words


@pytest.mark.parametrize(
    ("reply", "state", "problem"),
    [
        (NotSent("refused"), "failed", "connection"),
        (Lost("reset"), "unknown", "card_unknown"),
        (Answer(401, ""), "failed", "unauthorized"),
        (Answer(502, "<html>"), "unknown", "card_unknown"),
        (Answer(500, '{"Status":2,"Error":"x"}'), "unknown", "card_unknown"),
        (Answer(200, "<html>"), "unknown", "card_unknown"),
        (Answer(200, '{"Status":0,"IdCommand":"other"}'), "unknown", "foreign"),
        (Answer(200, '{"Command":"GetRezult","Status":3,"Rezult":{"Status":3}}'), "unknown", "card_unknown"),
        (Answer(200, '{"Status":4}'), "running", ""),
        (Answer(200, '{"Status":5}'), "running", ""),
        (Answer(200, '{"Command":"PayByPaymentCard"}'), "unknown", "card_unknown"),
        (Answer(200, '{"Status":0,"Error":"?"}'), "unknown", "card_unknown"),
        (Answer(200, '{"Status":2,"Error":"Отказ"}'), "failed", "card_refused"),
        (Answer(501, '{"Status":2,"Error":"Неопознанная команда"}'), "failed", "card_refused"),
        (Answer(200, '{"Status":0}'), "unknown", "card_unknown"),
        (Answer(200, '{"Command":"GetRezult","Status":0}'), "unknown", "card_unknown"),
        # the bank may have been asked before the line broke or the paper ended
        (Answer(200, '{"Status":2,"Error":"Нет связи с терминалом"}'), "unknown", "card_unknown"),
        (Answer(200, '{"Status":2,"Error":"В терминале нет бумаги"}'), "unknown", "card_unknown"),
    ],
)
def test_no_money_is_believed_that_the_terminal_does_not_name(reply, state, problem):
    card = protocol.parse_card("a", reply)
    assert (card.state, card.problem) == (state, problem)


@pytest.mark.parametrize(
    "reply",
    [
        NotSent("refused"),
        Answer(401, ""),
        Answer(400, '{"Status":2,"Error":"Ошибка разбора"}'),
        Answer(501, '{"Status":2,"Error":"Неопознанная команда"}'),
        Answer(200, '{"Command":"GetRezult","Status":2,"Error":"Не указан Id команды!"}'),
    ],
)
def test_trouble_with_asking_does_not_say_that_nothing_was_taken(reply):
    """The terminal may be charging the card at this moment; “failed” would let the till charge it again."""
    assert protocol.parse_card("a", reply, asked=True).state == "unknown"
    ended = {"Command": "PayByPaymentCard", "Status": 2, "Error": "Отказ", "IdCommand": "a"}
    said = Answer(200, json.dumps({"Command": "GetRezult", "Status": 0, "Rezult": ended}))
    assert protocol.parse_card("a", said, asked=True).state == "failed"


def test_what_it_says_inside_a_receipt():
    answer = {"Status": 0, "IdCommand": "a", "RezultProcessing": {"UniversalID": "CN:1", "RRNCode": 5}}
    assert protocol.parse_card("a", Answer(200, json.dumps(answer))).data == {"universal_id": "CN:1", "rrn": "5"}
