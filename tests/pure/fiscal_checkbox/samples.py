"""Receipts to test with, and a driver that carries conversations to an emulator."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from addons.fiscal_base.tools.receipt import Line, Payment, Person, Receipt
from addons.fiscal_base.tools.transport import send
from addons.fiscal_checkbox import protocol
from addons.fiscal_checkbox.protocol import Circumstances, Settings, Ticket

KEY = "5b2c6f0e-7d0a-4d5a-9b6e-0f6f3a1c2d3e"
SETTINGS = Settings()
CASHIER = Person(name="Шевченко Оксана Іванівна", tax_number="1759013776")
BREAD = Line("Хліб", Decimal("2"), Decimal("32.50"), Decimal("65.00"), tax_code="1", product_code="BREAD")
CHEESE = Line("Сир", Decimal("0.345"), Decimal("320.00"), Decimal("110.40"), tax_code="8", measure=11)


def cash(amount: str, **fields) -> Payment:
    return Payment("cash", Decimal(amount), **fields)


def card(amount: str, **fields) -> Payment:
    return Payment("electronic", Decimal(amount), **fields)


def sale(*payments: Payment, lines: tuple[Line, ...] = (BREAD,), **fields) -> Receipt:
    """A sale of `lines`, paid in cash to the kopeck when nothing else is said."""
    total = sum((line.amount for line in lines), Decimal("0.00"))
    receipt = Receipt(
        operation="sale",
        key=KEY,
        total=total,
        lines=lines,
        payments=payments or (Payment("cash", total),),
        cashier=CASHIER,
        reference="0001-001-0001",
        issued_at=datetime(2026, 11, 21, 12, 30),
    )
    return replace(receipt, **fields)


def operation(name: str, total: str = "0.00", **fields) -> Receipt:
    """Everything but sales and returns."""
    return Receipt(operation=name, key=KEY, total=Decimal(total), cashier=CASHIER, **fields)


def frozen(receipt: Receipt, settings: Settings = SETTINGS, **around) -> dict:
    return protocol.build(receipt, settings, Circumstances(**around))


class Client:
    """A cashier at a register of an emulator."""

    def __init__(self, emulator, cashier: int = 0, register: int = 0):
        self.emulator = emulator
        self.register = emulator.organisation.registers[register]
        self.cashier = emulator.organisation.cashiers[cashier]
        self.ticket = Ticket(pin=self.cashier.pin)

    def run(self, conversation):
        conversation = protocol.authorized(conversation, self.ticket)
        reply = None
        while True:
            try:
                call = conversation.send(reply)
            except StopIteration as end:
                return end.value
            reply = send(protocol.http(call, self.emulator.api, self.register.licence_key))

    def submit(self, receipt: Receipt, settings: Settings = SETTINGS, **around):
        """Send and ask until there is an end."""
        request = frozen(receipt, settings, **around)
        outcome = self.run(protocol.submit(request))
        while outcome.kind.value == "waiting":
            outcome = self.run(protocol.lookup(request))
        return outcome

    def open_shift(self, key: str = "00000000-0000-4000-8000-000000000001"):
        outcome = self.submit(replace(operation("shift_open"), key=key))
        assert outcome.kind.value == "done", outcome
        return outcome
