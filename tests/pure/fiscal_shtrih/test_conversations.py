"""Documents on the emulated register, with the line cut at every byte of them."""

import os
import random
import time
from collections import Counter
from decimal import Decimal

import pytest

from addons.fiscal_base.tools.outcome import Kind
from addons.fiscal_base.tools.receipt import Payment
from addons.fiscal_shtrih import const
from addons.fiscal_shtrih.protocol import lookup, plan, prepare, problems, status, submit
from addons.fiscal_shtrih.protocol.examine import Seen
from tests.emulators.shtrih_register import Register
from tests.pure.fiscal_shtrih.samples import CODE, D, line, receipt, simple
from tests.pure.fiscal_shtrih.wire import POWER, Wire, run

FRAMINGS = (1, 2)
#: of how many bytes one is the last; EVERY=1 cuts at each
STEP = int(os.environ.get("EVERY") or 17)
#: receipts of the chaos test
COUNT = int(os.environ.get("COUNT") or 300)
#: of its random choices
SEED = int(os.environ.get("SEED") or 1)


def opened(framing=1, **settings):
    wire = Wire(Register(**settings))
    outcome = run(wire, submit(prepare(simple("shift_open")), 30), framing).outcome
    assert outcome.kind is Kind.DONE, outcome
    return wire


def sent(wire, document, framing=1, kept=None):
    return run(wire, submit(prepare(document), 30, kept), framing)


def done(wire, document, framing=1):
    outcome = sent(wire, document, framing).outcome
    assert outcome.kind is Kind.DONE, outcome
    return outcome


@pytest.mark.parametrize("framing", FRAMINGS)
def test_sale(framing):
    wire = opened(framing)
    payments = (Payment("cash", D("100.00")), Payment("electronic", D("200.00")))
    outcome = done(wire, receipt(payments=payments), framing)
    document = wire.register.documents[-1]
    assert (document.type, document.operation, document.total, document.change) == (3, 1, 27395, 2605)
    assert document.payments[:2] == (10000, 20000)
    first, second = document.lines
    assert (first.quantity, first.price, first.amount, first.vat, first.name) == (
        1_000_000,
        19900,
        19900,
        0xCB,
        "Хлеб «Бородинский»",
    )
    assert (second.quantity, second.amount, second.vat, second.tags) == (500_000, 7495, 0x02, {2108: b"\x0b"})
    assert document.tags == {1021: "Анна Смирнова".encode("cp866"), 1203: b"772345678901"}
    data = outcome.data
    assert (data.number, data.sign) == (str(document.number), str(document.sign))
    assert (data.shift_number, data.receipt_number, data.register_number) == (1, 1, "0000000001012345")
    moment = f"{document.moment:%Y%m%dT%H%M}"
    assert data.qr == f"t={moment}&s=273.95&fn=9999078902001234&i=2&fp={document.sign}&n=1"
    assert wire.register.cash == 7395


def test_return_prepayment_credit_and_other():
    wire = opened()
    done(wire, receipt())
    done(wire, receipt("sale_return"))
    assert wire.register.documents[-1].operation == 2
    assert wire.register.cash == 0
    payments = tuple(Payment(kind, D("50.00")) for kind in ("prepayment", "credit", "other"))
    done(wire, receipt(lines=(line("150.00"),), payments=payments))
    assert wire.register.documents[-1].payments == (0,) * 13 + (5000, 5000, 5000)


def test_correction_with_lines():
    wire = opened()
    done(wire, receipt("correction_sale"))
    document = wire.register.documents[-1]
    assert (document.type, document.operation) == (31, 1)
    assert document.tags[1173] == b"\0"
    assert document.tags[1178] == (1795132800).to_bytes(4, "little")  # 20.11.2026
    assert document.tags[1192] == b"123456"


def test_correction_of_105():
    wire = opened(version=2, swaps=1, rows=10)
    document = receipt("correction_sale", lines=(line("122.00"), line("110.00", tax="vat10")))
    done(wire, document)
    assert (wire.register.documents[-1].type, wire.register.documents[-1].total) == (31, 23200)
    outcome = sent(wire, receipt("correction_sale_return")).outcome
    assert (outcome.kind, outcome.code) == (Kind.REJECTED, "correction_105")


def test_rates_that_the_register_does_not_have():
    """20 % is never sent in the place of 22 %, nor 22 % in that of 20 %."""
    for settings, tax, code in (
        ({"rows": 10, "swaps": None}, "vat22", "vat_missing"),
        ({"swaps": 1}, "vat20", "vat_swapped"),
    ):
        wire = opened(**settings)
        outcome = sent(wire, receipt(lines=(line(tax=tax),))).outcome
        assert (outcome.kind, outcome.code) == (Kind.REJECTED, code)
        assert len(wire.register.documents) == 1
    wire = opened(rows=10, swaps=1)
    done(wire, receipt(lines=(line(tax="vat22"),)))
    assert wire.register.documents[-1].lines[0].vat == 0x01


def test_shift_cash_and_report():
    wire = opened()
    assert sent(wire, simple("shift_open")).outcome.code == "shift_open"
    done(wire, simple("cash_in", "1000.50"))
    assert wire.register.cash == 100050
    outcome = sent(wire, simple("cash_out", "2000.00")).outcome
    assert (outcome.kind, outcome.code) == (Kind.REJECTED, "not_enough_cash")
    done(wire, simple("cash_out", "1000.50"))
    done(wire, simple("x_report"))
    closed = done(wire, simple("shift_close"))
    assert (closed.data.number, closed.data.shift_number) == ("2", 1)
    assert wire.register.documents[-1].tags[1203] == b"772345678901"
    assert sent(wire, simple("shift_close")).outcome.code == "shift_closed"
    assert sent(wire, receipt()).outcome.code == "shift_closed"


def test_marking():
    wire = opened()
    sold = receipt(lines=(line(subject=33, marking_code=CODE),))
    done(wire, sold)
    assert wire.register.documents[-1].lines[0].code == CODE.encode()
    wire.register.bad_codes.add(CODE.encode())
    outcome = sent(wire, sold).outcome
    assert (outcome.kind, outcome.code) == (Kind.REJECTED, "marking")
    assert (len(wire.register.documents), wire.register.mode) == (2, const.OPEN)


def test_marking_of_105():
    wire = opened(version=2)
    code = "010460065310599021" + "15RgTq2hVx=a7" + "\x1d93Gk30"
    done(wire, receipt(lines=(line(marking_code=code),)))
    tag = wire.register.documents[-1].lines[0].tags[1162]
    assert tag == b"\x44\x4d" + (4600653105990).to_bytes(6, "big") + b"15RgTq2hVx=a7"


def test_paper():
    """What ran out while a receipt was printed is printed on, and nothing is registered twice."""
    wire = opened()
    wire.register.paper_runs_out = True
    outcome = done(wire, receipt())
    assert outcome.code == "printed_later"
    assert sent(wire, receipt()).outcome.code == "paper"
    wire.register.paper_in()
    done(wire, receipt())
    assert len(wire.register.documents) == 3


def test_error_of_the_printer_after_the_storage_has_it():
    wire = opened()
    kept = []
    original = wire.register._ff45

    def registered_and_failed(body):
        original(body)
        wire.register.errors.clear()
        from tests.emulators.shtrih_register import Error

        raise Error(0x77)

    wire.register._ff45 = registered_and_failed
    outcome = run(wire, submit(prepare(receipt()), 30), keep=kept.append).outcome
    assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, "lost")
    found = run(wire, lookup(prepare(receipt()), kept[0], 30, None, {}))
    assert (found.data.operation, found.data.total) == ("sale", Decimal("273.95")), "as the storage tells it"
    assert (found.kind, found.data.number) == (Kind.DONE, "2")


def test_status():
    wire = opened()
    wire.register.warnings, wire.register.messages = 0b0100, 3
    seen = run(wire, status(30, wire.register.clock()))
    assert isinstance(seen, Seen)
    assert seen.status.ready
    assert (seen.status.tax_number, seen.status.format_version, seen.status.unsent) == ("7707083893", "1.2", 3)
    assert [code for code, __ in seen.faults] == ["storage_nearly_full"]
    wire.register.take_paper()
    assert run(wire, status(30, wire.register.clock())).faults[0][0] == "paper"
    assert run(wire, status(29, wire.register.clock())).faults[0][0] == "password"


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("how", ["cable", POWER])
@pytest.mark.parametrize("operation", ["sale", "correction_sale", "shift_close", "cash_in", "x_report"])
def test_cut_at_every_byte(operation, how, framing):
    """Whatever byte is the last: asked as the lane asks, each document is registered exactly once."""
    document = receipt(operation) if operation in const.RECEIPTS else simple(operation, "100.00")
    whole = opened(framing)
    before = whole.passed
    done(whole, document, framing)
    length = whole.passed - before
    profile = sent(opened(framing), simple("x_report"), framing).profile
    for at in range(0, length, STEP if operation == "sale" else 4 * STEP):
        wire = opened(framing)
        wire.cut_after, wire.how = at, how
        ended = as_the_lane(wire, document, framing, profile if at % 2 else None)
        assert ended.kind in (Kind.DONE, Kind.UNKNOWN), (at, ended)
        register = wire.register
        if operation == "cash_in":
            assert register.cash == (10000 if ended.kind is Kind.DONE else register.cash), at
        elif operation != "x_report":
            assert ended.kind is Kind.DONE, (at, ended)
            assert len(register.documents) == 2, (at, ended)
            assert ended.data.number == "2"


def as_the_lane(wire, document, framing, kept=None, happened=None):
    """Send, ask, and send again, as `fiscal_base` does.

    :param happened: counts what was asked back, and what was sent again after that
    """
    happened = Counter() if happened is None else happened
    request, before = prepare(document), []
    for _left in range(6):
        before.clear()
        outcome = run(wire, submit(request, 30, kept), framing, before.append).outcome
        if outcome.kind is Kind.REJECTED and outcome.code in ("shift_open", "shift_closed"):
            raise AssertionError(outcome)
        for _asked in range(3):
            if outcome.kind is not Kind.UNKNOWN:
                break
            happened["asked back"] += 1
            outcome = run(wire, lookup(request, before[0] if before else None, 30, kept, {}), framing)
        if outcome.kind in (Kind.DONE, Kind.UNKNOWN):
            return outcome
        happened["sent again"] += 1
        assert outcome.kind is not Kind.REJECTED, outcome
    raise AssertionError(outcome)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_chaos(framing, capfd):
    """Receipts of equal sums with the line cut at random bytes: each exactly once in the storage."""
    chance = random.Random(SEED)
    wire, happened = opened(framing), Counter()
    profile = sent(wire, simple("x_report"), framing).profile
    for number in range(1, COUNT + 1):
        wire.how = chance.choice(["cable", POWER])
        wire.cut_after = chance.randrange(900) if chance.random() < 0.7 else None
        wire.register.paper_runs_out = chance.random() < 0.1
        if wire.register.submode:
            happened["paper out"] += 1
            wire.register.paper_in()
        planned = wire.cut_after is not None
        ended = as_the_lane(wire, receipt(), framing, profile, happened)
        happened[wire.how] += planned and wire.cut_after is None
        assert ended.kind is Kind.DONE, ended
        assert ended.data.number == str(number + 1)
        assert len(wire.register.documents) == number + 1
    assert happened["cable"] and happened[POWER] and happened["paper out"] and happened["asked back"]
    with capfd.disabled():
        counts = ", ".join(f"{what}: {count}" for what, count in sorted(happened.items()))
        print(f"\nframing {framing}, SEED={SEED}: {COUNT} receipts, each once; {counts}")


@pytest.mark.parametrize(
    ("quantity", "amount"), [("7", "100.00"), ("3", "100.00"), ("7.5", "100.00"), ("0.333", "49.99"), ("1", "0.01")]
)
def test_amounts_that_no_price_gives(quantity, amount):
    parts = plan.split(Decimal(quantity), int(Decimal(amount) * 100))
    assert sum(part[0] for part in parts) == Decimal(quantity) * 1_000_000
    assert sum(part[2] for part in parts) == Decimal(amount) * 100
    assert all(plan.fits(*part) for part in parts)


def test_problems():
    codes = [problem.code for problem in problems(receipt(lines=(line(tax="vat18"),)), None)]
    assert codes == ["line_tax"]
    assert problems(receipt(), None) == []


@pytest.mark.parametrize("framing", FRAMINGS)
def test_own_time(framing):
    """A receipt takes less than 5 ms of our own processor time; that of the emulator is not counted."""
    wire, emulated = opened(framing), 0.0
    profile = sent(wire, simple("x_report"), framing).profile
    feed = wire.device.feed

    def measured(data):
        nonlocal emulated
        begin = time.process_time()
        answer = feed(data)
        emulated += time.process_time() - begin
        return answer

    wire.device.feed = measured
    begin = time.process_time()
    for _number in range(100):
        assert sent(wire, receipt(), framing, profile).outcome.kind is Kind.DONE
    assert (time.process_time() - begin - emulated) / 100 < 0.005
