"""One organisation of the emulated Checkbox: cashiers, registers, shifts, receipts, and the rules for their sums.

`§` names a section of docs/protocols/checkbox.md. Texts in Ukrainian are the service's own where the
page gives them, else plain sentences of the same kind. Sums are kopecks, quantities thousandths.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from uuid import NAMESPACE_URL, uuid4, uuid5

UTC = timezone.utc

WIDTH = 42


def stable_id(name: str) -> str:
    """A uuid that is the same in every run."""
    return str(uuid5(NAMESPACE_URL, f"https://checkbox.invalid/{name}"))


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str | None, message: str, detail: list | None = None):
        super().__init__(message)
        self.status, self.code, self.message, self.detail = status, code, message, detail


def invalid(message: str, *where: object) -> Refused:
    """422 for what no schema says (§8.1)."""
    row = {"loc": ["body", *where], "msg": message, "type": "value_error", "ctx": {}}
    return Refused(422, "validation.custom", "Помилка валідації", [row])


def iso(moment: datetime | None) -> str | None:
    return moment and moment.isoformat()


@dataclass
class Cashier:
    """§1.4. A cashier works with a PIN on the registers of the branch, or with login and password."""

    name: str
    login: str
    password: str
    pin: str
    signature_type: str = "TEST"
    certificate_end: datetime | None = None
    online: bool = True
    blocked: bool = False
    permissions: dict = field(
        default_factory=lambda: {
            **dict.fromkeys(("sales", "returns", "self_return", "free_return", "service_in", "service_out"), True),
            **dict.fromkeys(("card_payment", "cash_payment", "other_payment", "mixed_payment", "add_discounts"), True),
        }
    )

    @property
    def id(self) -> str:
        return stable_id(f"cashier/{self.login}")


@dataclass
class CashRegister:
    """§2."""

    licence_key: str
    number: int
    title: str
    is_test: bool = True
    offline: bool = False
    codes: list[str] = field(default_factory=lambda: [f"OFF{number:06}" for number in range(1, 2001)])
    codes_used: int = 0
    online_at: datetime | None = None
    offline_since: datetime | None = None
    offline_total: float = 0.0
    webhook: dict | None = None
    webhook_key: str = ""
    balance: int = 0
    document: int = 0
    shift_serial: int = 0
    receipt_serial: int = 0

    @property
    def id(self) -> str:
        return stable_id(f"register/{self.licence_key}")

    @property
    def fiscal_number(self) -> str:
        return f"TEST{self.number:06}" if self.is_test else f"4000{self.number:06}"


@dataclass
class Shift:
    """§3.2."""

    id: str
    serial: int
    register: CashRegister
    cashier: Cashier
    client: str
    created_at: datetime
    status: str = "CREATED"
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    due: datetime | None = None
    fails: str = ""
    opening: dict = field(default_factory=dict)
    closing: dict | None = None
    report: dict | None = None
    initial: int = 0
    sums: dict = field(
        default_factory=lambda: dict.fromkeys(
            ("cash_sales", "card_sales", "cash_returns", "card_returns", "service_in", "service_out"), 0
        )
    )
    counts: dict = field(default_factory=lambda: {"SELL": 0, "RETURN": 0})

    @property
    def balance(self) -> int:
        sums = self.sums
        taken = sums["cash_returns"] + sums["service_out"]
        return self.initial + sums["cash_sales"] + sums["service_in"] - taken


@dataclass
class Receipt:
    """§4.2."""

    id: str
    type: str
    shift: Shift
    body: dict
    created_at: datetime
    due: datetime
    serial: int
    status: str = "CREATED"
    goods: list[dict] = field(default_factory=list)
    taxes: list[dict] = field(default_factory=list)
    total: int = 0
    paid: int = 0
    rest: int = 0
    round_sum: int = 0
    cash: int = 0
    card: int = 0
    fails: str = ""
    fiscal_code: str | None = None
    fiscal_date: datetime | None = None
    is_offline: bool = False
    is_sent: bool = False
    relation: str | None = None


class Organisation:
    """What stands behind one account at the service. Everything is in memory.

    :param clock: aware time
    :param latency: seconds from acceptance to the end of a document
    :param half: how half a kopeck of price × quantity is rounded; not documented (§4.1), so a client must not depend
    """

    def __init__(
        self,
        cashiers: list[Cashier],
        registers: list[CashRegister],
        taxes: list[dict] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        latency: float = 0.0,
        half: str = ROUND_HALF_UP,
    ):
        self.cashiers, self.registers = cashiers, registers
        self.clock, self.latency, self.half = clock, latency, half
        self.taxes = taxes if taxes is not None else [dict(tax) for tax in TAXES]
        self.title, self.edrpou = "ТОВ «Волошка»", "32855961"
        self.can_send_sms = True
        self.dps_answers = True
        self.shifts: dict[str, Shift] = {}
        self.receipts: dict[str, Receipt] = {}
        self.reports: dict[str, dict] = {}
        self.chains: dict[str, dict] = {}
        self.failures: dict[str, list[str]] = {"receipt": [], "opening": [], "closing": []}
        #: told to whoever listens, in order: (register, key, object)
        self.news: list[tuple[CashRegister, str, dict]] = []

    @property
    def id(self) -> str:
        return stable_id(f"organisation/{self.edrpou}")

    # === Time passes ===

    def settle(self) -> None:
        """Bring to its end what is due."""
        now = self.clock()
        for register in self.registers:
            if register.online_at and now >= register.online_at:
                self._come_online(register)
        for shift in self.shifts.values():
            if shift.due and now >= shift.due:
                self._settle_shift(shift, now)
        for receipt in self.receipts.values():
            if receipt.status == "CREATED" and now >= receipt.due:
                self._settle_receipt(receipt, now)

    def _due(self) -> datetime:
        return self.clock() + timedelta(seconds=self.latency)

    def _failure(self, kind: str) -> str:
        return self.failures[kind].pop(0) if self.failures[kind] else ""

    def _settle_shift(self, shift: Shift, now: datetime) -> None:
        shift.due = None
        if shift.status == "CREATED":
            if shift.fails:
                shift.status = "CLOSED"
                shift.opening = self._transaction("SHIFT_OPEN", "ERROR", shift.fails)
                return
            shift.status, shift.opened_at = "OPENED", now
            shift.opening = self._transaction("SHIFT_OPEN", "DONE")
        elif shift.status == "CLOSING":
            if shift.fails:
                shift.status, shift.closing = "OPENED", self._transaction("Z_REPORT", "ERROR", shift.fails)
                shift.report = None
                return
            shift.status, shift.closed_at = "CLOSED", now
            shift.closing = self._transaction("Z_REPORT", "DONE")
            shift.report["fiscal_code"] = self.fiscal_code(shift.register)
            shift.register.balance = shift.balance
        self.news.append((shift.register, "shift", self.shift_json(shift)))

    def _settle_receipt(self, receipt: Receipt, now: datetime) -> None:
        if receipt.fails:
            receipt.status = "ERROR"
            return
        shift, register = receipt.shift, receipt.shift.register
        receipt.status, receipt.fiscal_date = "DONE", now
        receipt.is_offline = register.offline
        receipt.is_sent = not register.offline and not register.is_test
        receipt.fiscal_code = self.offline_code(register) if register.offline else self.fiscal_code(register)
        if receipt.type in shift.counts:
            shift.counts[receipt.type] += 1
        word = {"SELL": "sales", "RETURN": "returns"}.get(receipt.type)
        if word:
            shift.sums[f"cash_{word}"] += receipt.cash
            shift.sums[f"card_{word}"] += receipt.card
        else:
            shift.sums[receipt.type.lower()] += receipt.cash
        key = "receipt" if word else "service_receipt"
        self.news.append((register, key, self.receipt_json(receipt, nested=True)))

    def fiscal_code(self, register: CashRegister) -> str:
        register.document += 1
        if not register.is_test:
            return str(3_000_000_000 + register.document)
        digest = hashlib.sha256(f"{register.id}/{register.document}".encode()).digest()
        return "TEST-" + base64.b32encode(digest).decode()[:6]

    def offline_code(self, register: CashRegister) -> str:
        if not register.codes:
            raise Refused(400, None, "Немає офлайн кодів")
        register.codes_used += 1
        return register.codes.pop(0)

    # === Offline (§2.2) ===

    def tax_service(self, answers: bool) -> None:
        """Whether the tax service answers. When it stops, registers go offline by themselves."""
        self.dps_answers = answers
        for register in self.registers:
            if not answers and not register.offline:
                register.offline, register.offline_since = True, self.clock()

    def go_online(self, register: CashRegister) -> None:
        if self.dps_answers and register.offline:
            register.online_at = self.clock()

    def _come_online(self, register: CashRegister) -> None:
        since = register.offline_since or self.clock()
        register.offline_total += (self.clock() - since).total_seconds() / 3600
        register.offline, register.online_at, register.offline_since = False, None, None
        for receipt in self.receipts.values():
            if receipt.shift.register is register and receipt.is_offline:
                receipt.is_sent = not register.is_test  # §9: nothing of a test register goes to the tax service

    # === Shifts (§3) ===

    def open_of(self, cashier: Cashier) -> Shift | None:
        return next((s for s in self.shifts.values() if s.cashier is cashier and s.status != "CLOSED"), None)

    def on(self, register: CashRegister) -> Shift | None:
        return next((s for s in self.shifts.values() if s.register is register and s.status != "CLOSED"), None)

    def open_shift(self, cashier: Cashier, register: CashRegister, body: dict, client: str) -> Shift:
        busy = self.on(register)
        if busy and busy.cashier is not cashier:
            raise Refused(400, None, "Каса зайнята іншим касиром")
        if busy or self.open_of(cashier):
            raise Refused(400, "base.bad_request", "Касир вже працює з даною касою")
        if cashier.certificate_end and cashier.certificate_end <= self.clock():
            raise Refused(400, None, "Термін дії ключа закінчився")
        key = body.get("id") or str(uuid4())
        if key in self.shifts:
            raise Refused(400, "shift.already_exists", "Вказаний id зміни вже існує")
        register.shift_serial += 1
        shift = Shift(
            key, register.shift_serial, register, cashier, client, self.clock(), due=self._due(),
            fails=self._failure("opening"), initial=register.balance,
            opening=self._transaction("SHIFT_OPEN", "PENDING"),
        )  # fmt: skip
        if cashier.signature_type == "AGENT" and not cashier.online:
            shift.fails = "Агент підпису не в мережі"
        self.shifts[key] = shift
        return shift

    def working_shift(self, cashier: Cashier) -> Shift:
        """The open shift in which `cashier` may work now."""
        shift = self.open_of(cashier)
        if not shift or shift.status != "OPENED":
            raise Refused(400, "shift.not_opened", "Зміну не відкрито")
        if self.clock() - shift.opened_at >= timedelta(hours=24):
            # the service's own words are not known (§3.4)
            raise Refused(400, None, "Зміну відкрито більше 24 годин тому")
        return shift

    def close_shift(self, cashier: Cashier, body: dict, client: str, shift: Shift | None = None) -> Shift:
        shift = shift or self.open_of(cashier)
        if not shift or shift.status not in ("OPENED", "CLOSING"):
            raise Refused(400, "shift.not_opened", "Зміну не відкрито")
        if shift.client != client and not body.get("skip_client_name_check"):
            raise Refused(400, None, "Зміну відкрито іншою програмою-клієнтом")
        if any(receipt.shift is shift and receipt.status == "CREATED" for receipt in self.receipts.values()):
            raise Refused(400, None, "Не всі транзакції зміни завершено")
        if shift.status == "OPENED":
            shift.status, shift.due = "CLOSING", self._due()
            shift.fails = self._failure("closing")
            shift.closing = self._transaction("Z_REPORT", "PENDING")
            shift.report = self.make_report(shift, is_z=True)
        return shift

    def make_report(self, shift: Shift, is_z: bool) -> dict:
        """§6"""
        sums = shift.sums
        payment = {"provider_type": None, "cash_withdrawal": 0, "transfers_sum": 0}
        report = {
            "id": str(uuid4()),
            "shift_id": shift.id,
            "fiscal_code": None,
            "serial": len(self.reports) + 1,
            "is_z_report": is_z,
            "payments": [
                {**payment, "type": "CASH", "code": 0, "label": "Готівка", "sell_sum": sums["cash_sales"],
                 "return_sum": sums["cash_returns"], "service_in": sums["service_in"],
                 "service_out": sums["service_out"]},
                {**payment, "type": "CASHLESS", "code": 1, "label": "Картка", "sell_sum": sums["card_sales"],
                 "return_sum": sums["card_returns"], "service_in": 0, "service_out": 0},
            ],
            "taxes": [],
            "sell_receipts_count": shift.counts["SELL"],
            "return_receipts_count": shift.counts["RETURN"],
            "balance": shift.balance,
            "initial": shift.initial,
            "created_at": iso(self.clock()),
        }  # fmt: skip
        self.reports[report["id"]] = report
        return report

    # === Receipts (§4) ===

    def sell(self, cashier: Cashier, body: dict) -> Receipt:
        shift = self.working_shift(cashier)
        key = self._new_id(body)
        returns = {bool(item.get("is_return")) for item in body["goods"]}
        if len(returns) > 1:
            raise invalid("Продаж і повернення не можуть бути в одному чеку", "goods")
        is_return = returns == {True}
        self._may(cashier, "returns" if is_return else "sales")
        receipt = Receipt(
            key, "RETURN" if is_return else "SELL", shift, body, self.clock(), self._due(), 0,
            fails=self._failure("receipt"),
        )  # fmt: skip
        self._count_goods(receipt)
        if is_return:
            self._check_original(cashier, receipt)
        self._count_payments(receipt, receipt.total)
        return self._keep(receipt)

    def prepay(self, cashier: Cashier, body: dict) -> Receipt:
        """§4.4: the whole order, less than its total paid."""
        shift = self.working_shift(cashier)
        relation = body.get("custom_relation_id") or str(uuid4())
        if relation in self.chains:
            raise invalid("custom_relation_id вже існує", "custom_relation_id")
        self._may(cashier, "sales")
        receipt = Receipt(
            self._new_id(body), "SELL", shift, body, self.clock(), self._due(), 0, fails=self._failure("receipt")
        )
        self._count_goods(receipt)
        paid = sum(payment["value"] for payment in body.get("payments", []))
        if not 0 < paid < receipt.total:
            raise invalid("Сума передплати повинна бути меншою за суму чека", "payments")
        self._count_payments(receipt, paid)
        receipt.relation = relation
        self.chains[relation] = {"total": receipt.total, "receipts": [receipt]}
        return self._keep(receipt)

    def prepay_next(self, cashier: Cashier, relation: str, body: dict) -> Receipt:
        chain = self.chain(relation)
        shift = self.working_shift(cashier)
        self._may(cashier, "sales")
        if self.of_chain(chain, "RETURN"):
            raise invalid("Передплату повернено", "payments")
        left = chain["total"] - self.paid(chain)
        if not left:
            raise invalid("Замовлення вже оплачено повністю", "payments")
        receipt = Receipt(
            self._new_id(body), "SELL", shift, body, self.clock(), self._due(), 0, relation=relation,
            fails=self._failure("receipt"),
        )  # fmt: skip
        paid = sum(payment["value"] for payment in body.get("payments", []))
        if paid <= 0:
            raise invalid("Немає оплат", "payments")
        self._count_payments(receipt, min(paid, left))
        chain["receipts"].append(receipt)
        return self._keep(receipt)

    def chain(self, relation: str) -> dict:
        if relation not in self.chains or self.chains[relation]["receipts"][0].status == "ERROR":
            raise Refused(404, None, "Not Found")
        return self.chains[relation]

    def of_chain(self, chain: dict, kind: str) -> list[Receipt]:
        """Its receipts of this type that count."""
        return [receipt for receipt in chain["receipts"] if receipt.type == kind and receipt.status != "ERROR"]

    def paid(self, chain: dict) -> int:
        return sum(receipt.paid - receipt.rest for receipt in self.of_chain(chain, "SELL"))

    def prepay_return(self, cashier: Cashier, relation: str, body: dict) -> list[Receipt]:
        """§4.4: all that the chain was paid, by the means it was paid with, and once: nothing in the request tells a
        repeat. A return receipt for each of its receipts.
        """
        chain = self.chain(relation)
        shift = self.working_shift(cashier)
        self._may(cashier, "returns")
        if self.of_chain(chain, "RETURN"):
            raise Refused(400, "prepayment.returned", "Передплату вже повернено")
        sold = self.of_chain(chain, "SELL")
        if any(receipt.status != "DONE" for receipt in sold):
            raise Refused(400, None, "Не всі чеки передплати фіскалізовано")
        returns = []
        for one in sold:
            value = {**body, "payments": one.body["payments"], "related_receipt_id": one.id}
            receipt = Receipt(
                str(uuid4()), "RETURN", shift, value, self.clock(), self._due(), 0, relation=relation,
                total=one.paid - one.rest, paid=one.paid - one.rest, cash=one.cash, card=one.card,
                fails=self._failure("receipt"),
            )  # fmt: skip
            returns.append(self._keep(receipt))
        chain["receipts"] += returns
        return returns

    def service(self, cashier: Cashier, body: dict) -> Receipt:
        """§4.3: plus is in, minus is out."""
        shift = self.working_shift(cashier)
        key, value = self._new_id(body), body["payment"]["value"]
        if not value:
            raise invalid("Сума повинна бути більше нуля", "payment", "value")
        kind = "SERVICE_IN" if value > 0 else "SERVICE_OUT"
        self._may(cashier, kind.lower())
        receipt = Receipt(
            key, kind, shift, body, self.clock(), self._due(), 0, total=abs(value), paid=abs(value), cash=abs(value),
            fails=self._failure("receipt"),
        )  # fmt: skip
        return self._keep(receipt)

    def _new_id(self, body: dict) -> str:
        key = body.get("id") or str(uuid4())
        if key in self.receipts:
            raise Refused(400, "receipt.already_exists", "Вказаний id чеку вже існує")
        return key

    def _keep(self, receipt: Receipt) -> Receipt:
        receipt.shift.register.receipt_serial += 1
        receipt.serial = receipt.shift.register.receipt_serial
        self.receipts[receipt.id] = receipt
        return receipt

    def _may(self, cashier: Cashier, permission: str) -> None:
        if cashier.blocked or not cashier.permissions.get(permission):
            raise Refused(403, "cashier.permission_denied", "Недостатньо прав")

    def line_sum(self, price: int, quantity: int) -> int:
        """§4.1: price × quantity / 1000, rounded to a kopeck."""
        return int((Decimal(price) * quantity / 1000).quantize(Decimal(1), self.half))

    def _count_goods(self, receipt: Receipt) -> None:
        sums: dict[int, int] = {}
        for index, item in enumerate(receipt.body["goods"]):
            if "total_sum" in item:
                raise Refused(
                    400,
                    "organization.option_disabled",
                    "У організації вимкнено розрахунок вартості товару від суми",
                )
            good = item["good"]
            full = self.line_sum(good["price"], item["quantity"])
            total = self._discounted(full, item.get("discounts", []), "goods", index)
            taxes = [self._tax(code, index) for code in good.get("tax", [])]
            for tax in taxes:
                sums[tax["code"]] = sums.get(tax["code"], 0) + total
            receipt.goods.append({**item, "sum": full, "total_sum": total, "taxes": [t["code"] for t in taxes]})
        before = sum(item["total_sum"] for item in receipt.goods)
        receipt.total = self._discounted(before, receipt.body.get("discounts", []), "discounts")
        if receipt.total <= 0:
            raise invalid("Сума чека повинна бути більше нуля", "goods")
        receipt.taxes = [{**self._tax(code), "value": self._tax_value(code, total)} for code, total in sums.items()]
        if mode := receipt.body.get("rounding_mode"):
            if any(payment["type"] != "CASH" for payment in receipt.body.get("payments", [])):
                raise invalid("Заокруглення можливе лише для готівки", "rounding_mode")  # §11: not seen
            step = {"ROUND_10": 10, "ROUND_50": 50}[mode]
            rounded = int((Decimal(receipt.total) / step).quantize(Decimal(1), ROUND_HALF_UP)) * step
            receipt.round_sum, receipt.total = rounded - receipt.total, rounded

    def _discounted(self, total: int, discounts: list[dict], *where: object) -> int:
        for discount in discounts:
            value = Decimal(str(discount["value"]))
            if discount["mode"] == "PERCENT":
                value = total * value / 100
            elif value != int(value):
                raise invalid("Знижка повинна бути цілим числом копійок", *where)
            change = int(value.quantize(Decimal(1), ROUND_HALF_UP))
            total += change if discount["type"] == "EXTRA_CHARGE" else -change
        if total < 0:
            raise invalid("Знижка більша за суму", *where)
        return total

    def _tax(self, code: int | str, index: int = 0) -> dict:
        for tax in self.taxes:
            if code in (tax["code"], tax["symbol"]):
                return tax
        raise invalid(f"Податкову ставку {code} не знайдено", "goods", index, "good", "tax")

    def _tax_value(self, code: int, total: int) -> int:
        rate = Decimal(str(self._tax(code)["rate"]))
        return int((total * rate / (100 + rate)).quantize(Decimal(1), ROUND_HALF_UP))

    def _check_original(self, cashier: Cashier, receipt: Receipt) -> None:
        related = receipt.body.get("related_receipt_id")
        if not related:
            return self._may(cashier, "free_return")
        original = self.receipts.get(related)
        if not original or original.type != "SELL" or original.status != "DONE":
            raise Refused(400, "receipt.related_not_found", "Чек продажу не знайдено")
        if original.relation:
            # an assumption: §4.4 knows no other return of a prepayment than that of the whole chain
            raise Refused(400, "receipt.prepayment", "Чек передплати повертається лише разом з усією передплатою")
        returned = sum(
            other.total
            for other in self.receipts.values()
            if other.body.get("related_receipt_id") == related and other.status != "ERROR"
        )
        if returned + receipt.total > original.total:
            raise Refused(400, "receipt.return_sum", "Сума повернення перевищує суму чека продажу")
        return None

    def _count_payments(self, receipt: Receipt, total: int) -> None:
        """§4.1: payments are the total; only cash may exceed it, the surplus is change."""
        payments = receipt.body.get("payments", [])
        if any(payment["value"] <= 0 for payment in payments):
            raise invalid("Сума оплати повинна бути більше нуля", "payments")
        cash = sum(payment["value"] for payment in payments if payment["type"] == "CASH")
        card = sum(payment["value"] for payment in payments if payment["type"] == "CASHLESS")
        if cash + card < total:
            raise invalid("Сума оплат менша за суму чека", "payments")
        if card > total:
            raise invalid("Безготівкова оплата перевищує суму чека", "payments")
        receipt.paid, receipt.rest = cash + card, cash + card - total
        receipt.cash, receipt.card = cash - receipt.rest, card

    # === As JSON ===

    def _transaction(self, kind: str, status: str, message: str = "") -> dict:
        return {
            "id": str(uuid4()),
            "type": kind,
            "serial": 0,
            "status": status,
            "response_status": "OK" if status == "DONE" else "ERROR" if status == "ERROR" else None,
            "response_error_message": message or None,
            "response_id": None,
            "offline_id": None,
            "created_at": iso(self.clock()),
        }

    def register_json(self, register: CashRegister) -> dict:
        shift = self.on(register)
        return {
            "id": register.id,
            "organization_id": self.id,
            "fiscal_number": register.fiscal_number,
            "number": str(register.number),
            "address": "Київ, вул. Хрещатик, 1",
            "title": register.title,
            "offline_mode": register.offline,
            "stay_offline": False,
            "has_shift": bool(shift),
            "documents_state": {"last_receipt_code": register.document, "last_report_code": 0, "last_z_report_code": 0},
            "emergency_date": None,
            "emergency_details": None,
            "is_test": register.is_test,
            "type": "DEFAULT",
        }

    def cashier_json(self, cashier: Cashier, full: bool = False) -> dict:
        row = {"id": cashier.id, "full_name": cashier.name, "nin": "", "key_id": "", "is_test": True}
        row |= {"signature_type": cashier.signature_type, "permissions": cashier.permissions}
        row |= {"certificate_end": iso(cashier.certificate_end), "blocked": cashier.blocked}
        if full:
            row["organization"] = {
                "id": self.id,
                "title": self.title,
                "edrpou": self.edrpou,
                "tax_number": self.edrpou,
                "is_vat": True,
                "can_send_sms": self.can_send_sms,
                "subscription_exp": None,
                "allowed_offline_duration": 36,
            }
        return row

    def shift_json(self, shift: Shift, whole: bool = True) -> dict:
        """`ShiftWithCashierAndCashRegister`, or the `ShiftModel` of the lists, which names neither (§2.1)."""
        balance = {"initial": shift.initial, "balance": shift.balance, **shift.sums}
        row = {
            "id": shift.id,
            "serial": shift.serial,
            "status": shift.status,
            "z_report": shift.report,
            "opened_at": iso(shift.opened_at),
            "closed_at": iso(shift.closed_at),
            "initial_transaction": shift.opening,
            "closing_transaction": shift.closing,
            "created_at": iso(shift.created_at),
            "balance": {**balance, "discounts_sum": 0, "extra_charge_sum": 0},
            "taxes": [],
            "emergency_close": False,
        }
        if not whole:
            return row
        return {
            **row,
            "cash_register": self.register_json(shift.register),
            "cashier": self.cashier_json(shift.cashier),
        }

    def receipt_json(self, receipt: Receipt, nested: bool) -> dict:
        """The long form with the shift in it, which a POST answers, or the flat one of a GET (§4.2)."""
        register = receipt.shift.register
        row = {
            "id": receipt.id,
            "serial": receipt.serial,
            "type": receipt.type,
            "status": receipt.status,
            "goods": receipt.goods,
            "payments": receipt.body.get("payments") or [receipt.body.get("payment")],
            "total_sum": receipt.total,
            "total_payment": receipt.paid,
            "total_rest": receipt.rest,
            "round_sum": receipt.round_sum,
            "taxes": receipt.taxes,
            "discounts": receipt.body.get("discounts", []),
            "fiscal_code": receipt.fiscal_code,
            "fiscal_date": iso(receipt.fiscal_date),
            "created_at": iso(receipt.created_at),
            "is_created_offline": receipt.is_offline,
            "is_sent_dps": receipt.is_sent,
            "tax_url": self._tax_url(receipt),
            "control_number": "9933" if receipt.is_offline else None,
            "related_receipt_id": receipt.body.get("related_receipt_id"),
            "pre_payment_relation_id": receipt.relation,
            "context": receipt.body.get("context"),
            "transaction": self._receipt_transaction(receipt),
        }
        if nested:
            # the flat form has no `is_test` (§9)
            return {**row, "is_test": register.is_test, "shift": self.shift_json(receipt.shift)}
        return {
            **row,
            "shift_id": receipt.shift.id,
            "cashier_id": receipt.shift.cashier.id,
            "cash_register_id": register.id,
            "organization_id": self.id,
        }

    def _receipt_transaction(self, receipt: Receipt) -> dict:
        if receipt.status == "ERROR":
            return self._transaction("RECEIPT", "ERROR", receipt.fails)
        return self._transaction("RECEIPT", "DONE" if receipt.status == "DONE" else "PENDING")

    def _tax_url(self, receipt: Receipt) -> str | None:
        if receipt.status != "DONE":
            return None
        when = receipt.fiscal_date
        return (
            f"https://cabinet.tax.gov.ua/cashregs/check?id={receipt.fiscal_code}&date={when:%Y%m%d}&time={when:%H%M%S}"
            f"&fn={receipt.shift.register.fiscal_number}&sm={receipt.total / 100:.2f}&mac={uuid4().hex}"
        )

    # === On paper ===

    def tape(self, receipt: Receipt) -> str:
        register = receipt.shift.register
        name = receipt.body.get("cashier_name") or receipt.shift.cashier.name
        titles = {"SELL": "ЧЕК", "RETURN": "ЧЕК ПОВЕРНЕННЯ", "SERVICE_IN": "СЛУЖБОВЕ ВНЕСЕННЯ"}
        rows = [self.title.center(WIDTH), *([receipt.body["header"]] if receipt.body.get("header") else [])]
        if register.is_test:
            rows.append("ТЕСТОВИЙ ЧЕК".center(WIDTH))
        rows += [titles.get(receipt.type, "СЛУЖБОВА ВИДАЧА").center(WIDTH), f"Касир: {name}"]
        for item in receipt.goods:
            good = item["good"]
            rows += [good["name"], _row(f"  {item['quantity'] / 1000:g} x {good['price'] / 100:.2f}", item["sum"])]
            if item["sum"] != item["total_sum"]:
                rows.append(_row("  ЗНИЖКА", item["sum"] - item["total_sum"]))
            if good.get("uktzed"):
                rows.append(f"  УКТЗЕД {good['uktzed']}")
        rows += ["-" * WIDTH, _row("СУМА", receipt.total)]
        if receipt.round_sum:
            rows.append(_row("ЗАОКРУГЛЕННЯ", receipt.round_sum))
        for tax in receipt.taxes:
            rows.append(_row(f"{tax['label']} {tax['symbol']}", tax["value"]))
        for payment in receipt.body.get("payments") or []:
            rows.append(_row(payment.get("label", "Картка").upper(), payment["value"]))
        if receipt.rest:
            rows.append(_row("РЕШТА", receipt.rest))
        rows += [f"ФН чека {receipt.fiscal_code}", f"ФН ПРРО {register.fiscal_number}"]
        rows.append("ОФЛАЙН" if receipt.is_offline else "ОНЛАЙН")
        return "\n".join([*rows, receipt.body.get("footer", "")])

    def report_text(self, report: dict) -> str:
        shift = self.shifts[report["shift_id"]]
        rows = [("Z-ЗВІТ" if report["is_z_report"] else "X-ЗВІТ").center(WIDTH), f"Зміна {shift.serial}"]
        rows += [_row(f"Продаж {row['label']}", row["sell_sum"]) for row in report["payments"]]
        rows += [_row(f"Повернення {row['label']}", row["return_sum"]) for row in report["payments"]]
        return "\n".join([*rows, _row("Залишок", report["balance"]), f"ФН {report['fiscal_code'] or '—'}"])


def _row(label: str, kopecks: int) -> str:
    value = f"{kopecks / 100:.2f}"
    return f"{label}{value:>{max(1, WIDTH - len(label))}}"


def _tax_row(code, label, symbol, rate, extra=0, no_vat=False) -> dict:
    return {
        "id": stable_id(f"tax/{code}"),
        "code": code,
        "label": label,
        "symbol": symbol,
        "rate": rate,
        "extra_rate": extra,
        "included": True,
        "is_gambling": False,
        "is_default": False,
        "no_vat": no_vat,
        "decimal_rate": rate,
        "decimal_extra_rate": extra,
        "type": "INCLUDED",
        "created_at": "2026-01-01T00:00:00+00:00",
    }


#: §5: an organisation's own; the numbers are made up, since those of a VAT payer are not known
TAXES = [
    _tax_row(1, "ПДВ 20%", "А", 20),
    _tax_row(2, "ПДВ 7%", "Б", 7),
    _tax_row(3, "ПДВ 20% + акциз 5%", "Д", 20, extra=5),
    _tax_row(8, "Без ПДВ", "З", 0, no_vat=True),
]
