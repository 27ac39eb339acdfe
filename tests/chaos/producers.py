"""Who produces documents: tills, and people of the back office. Each is a thread that does what they do.

To add one (a sale of the web shop, an invoice, a service that calls back), write a class with `work()` and put it into
`everybody`; what it produces goes into the ledger as an `Event`.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from uuid import uuid4

from .ledger import Event, Ledger
from .rpc import Client, Refused, Unreachable
from .world import PASSWORD, Part, Till, World

CENT = Decimal("0.01")
#: seconds before a till asks again about receipts that are not final; the last one repeats
PAUSES = (0.5, 1, 2, 3, 5, 10)
#: seconds after which a cashier presses “Try again”
IMPATIENT = 10
#: receipts of a till that wait, beyond which no customer queues up behind them
CROWD = 25
#: documents after which a till closes its session and opens the next one
DAY = 250


class Stop(Exception):
    """The run is over before the work is."""


class Budget:
    """How many documents are still to be made by all tills together.

    :param enough: is set when no more are needed; up to then tills go on beyond `count`, up to `limit`
    """

    def __init__(self, count: int, limit: int | None = None):
        self._made, self._count, self._limit = 0, count, limit or count
        self._lock = threading.Lock()
        self.enough = threading.Event()

    def take(self) -> bool:
        with self._lock:
            self._made += 1
            return self._made <= self._count or (self._made <= self._limit and not self.enough.is_set())


class Producer(threading.Thread):
    def __init__(self, world: World, ledger: Ledger, seed: int, name: str, login: str):
        super().__init__(name=name, daemon=True)
        self.world, self.ledger = world, ledger
        self.random = random.Random(seed)
        self.stop = threading.Event()
        self.failure: BaseException | None = None
        self.client = self.new_client(login)

    def new_client(self, login: str) -> Client:
        return Client(lambda: self.world.server.url, self.world.database, login, PASSWORD)

    def run(self):
        try:
            self.work()
        except Stop:
            pass
        except Exception as error:
            self.failure = error
        finally:
            self.client.session.close()

    def work(self):
        raise LookupError(f"{type(self).__name__} does not say what it does")

    def insist(self, label: str, model: str, method: str, *args, client: Client | None = None, **kwargs):
        """Call until Odoo has answered without an error, as a till does when the line is back."""
        client = client or self.client
        for number in range(1000):
            started = time.monotonic()
            try:
                result = client.call(model, method, *args, **kwargs)
            except Unreachable:
                pass
            except Refused as error:
                self.ledger.error(f"{method}: {str(error)[:200]}")
            else:
                self.ledger.waited(label, time.monotonic() - started)
                return result
            if self.stop.wait(min(2.0, 0.1 + 0.1 * number)):
                raise Stop
        raise Stop


class Seller(Producer):
    """One till: opens its session, sells, takes back, moves cash; a second thread of it follows its receipts."""

    #: how many in a hundred are returns, moves of cash, several sales at once; how many sales come from two tabs
    RETURNS, CASH, OFFLINE, TWO_TABS = 10, 4, 6, 8

    def __init__(self, world: World, ledger: Ledger, seed: int, till: Till, budget: Budget, pause: float = 0.2):
        super().__init__(world, ledger, seed, f"till {till.config}", till.login)
        self.till, self.budget, self.pause = till, budget, pause
        self.number = 0
        self.sold: list[tuple[Event, dict]] = []
        self.other_tab = self.new_client(till.login)
        self.follower = Follower(world, ledger, seed + 1, till)

    # === A day ===

    def work(self):
        self.open()
        self.move_cash("cash_in", Decimal(100_000) + self.till.config)
        self.follower.start()
        while not self.stop.is_set() and self.budget.take():
            self.serve()
            if not self.number % DAY:
                self.close()
                self.open()
            self.stop.wait(self.random.uniform(0, 2 * self.pause))
            while len(self.follower.pending) > CROWD and not self.stop.wait(0.5):
                pass
        self.close()
        self.follower.closing.set()

    def serve(self):
        """One customer, or one move of cash."""
        chance = self.random.randrange(100)
        if chance < self.RETURNS and self.sold:
            self.take_back()
        elif chance < self.RETURNS + self.CASH:
            kind = self.random.choice(["cash_in", "cash_out"])
            # no two moves of the shop have the same sum: it is all that the tape tells them apart by
            self.move_cash(kind, Decimal(self.number + 1) + Decimal(self.till.config) / 100)
        elif chance < self.RETURNS + self.CASH + self.OFFLINE:
            # the line was down for a while: what was sold meanwhile comes in one call
            self.sync([self.sale()] + [self.sale() for __ in range(2) if self.budget.take()])
        else:
            self.sync([self.sale()], twice=self.random.randrange(100) < self.TWO_TABS)

    def open(self):
        """Open the session of the point of sale as its page does."""
        self.insist("open", "pos.config", "open_ui", [self.till.config])
        config = self.insist("read", "pos.config", "read", [self.till.config], ["current_session_id"])
        self.session = config[0]["current_session_id"][0]
        self.insist("open", "pos.session", "set_opening_control", [self.session], 0, "")

    def close(self):
        """Close the session as its page does, again until it is closed. Sales of it are not taken back any more."""
        self.sold.clear()
        for __ in range(100):
            state = self.insist("read", "pos.session", "read", [self.session], ["state"])[0]["state"]
            if state == "closed":
                return
            with contextlib.suppress(Unreachable, Refused):
                if state == "opened":
                    self.client.call("pos.session", "post_closing_cash_details", [self.session], 0)
                    self.client.call("pos.session", "update_closing_control_state_session", [self.session], "")
                self.client.call("pos.session", "close_session_from_ui", [self.session], [])
            if self.stop.wait(0.5):
                raise Stop
        raise RuntimeError(f"The session of {self.name} could not be closed.")

    # === Sales ===

    def sale(self) -> tuple[Event, dict]:
        """A new sale of one to three lines, paid in cash, by card or both."""
        self.number += 1
        mark = f"{self.till.config}-{self.number}"
        lines, total = [], Decimal(0)
        for index in range(self.random.choice([1, 1, 2, 3])):
            product = self.random.choice(self.world.facts["products"])
            # few prices, so that many receipts come to the same sum
            price, count = Decimal(self.random.choice(["62.00", "489.90", "99.99"])), self.random.choice([1, 1, 2])
            name = f"{product['name']} №{mark}/{index}"
            lines.append(self.line(product, price, count, name))
            total += price * count
        how = self.random.choice(["cash", "exact", "card", "both"])
        handed = {
            "cash": {self.till.cash: (total // 500 + 1) * 500},
            "exact": {self.till.cash: total},
            "card": {self.till.card: total},
            "both": {self.till.cash: Decimal(50), self.till.card: total - 50},
        }[how]
        return self.order(lines, total, handed, mark, "sale")

    def line(self, product: dict, price: Decimal, count: int, name: str, **extra) -> list:
        full = price * count
        net = (full / (1 + Decimal(str(product["rate"])) / 100)).quantize(CENT, ROUND_HALF_UP)
        values = {
            "product_id": product["id"],
            "qty": count,
            "price_unit": float(price),
            "price_subtotal": float(net),
            "price_subtotal_incl": float(full),
            "tax_ids": [[6, 0, product["taxes"]]],
            "full_product_name": name,
            "uuid": str(uuid4()),
            **extra,
        }
        return [0, 0, values]

    def order(self, lines: list, total: Decimal, handed: dict, mark: str, kind: str) -> tuple[Event, dict]:
        """The event, and what the till sends for it."""
        sign = -1 if kind == "sale_return" else 1
        taxes = sum(Decimal(str(v["price_subtotal_incl"])) - Decimal(str(v["price_subtotal"])) for __, __, v in lines)
        paid = sum(handed.values())
        uuid = str(uuid4())
        data = {
            "uuid": uuid,
            "session_id": self.session,
            "company_id": self.world.facts["company"],
            "date_order": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
            "user_id": self.till.user,
            "employee_id": self.world.facts["employee"],
            "partner_id": False,
            "lines": lines,
            "payment_ids": [
                [0, 0, {"payment_method_id": method, "amount": float(sign * amount), "uuid": str(uuid4())}]
                for method, amount in handed.items()
            ],
            "amount_total": float(sign * total),
            "amount_tax": float(taxes),
            "amount_paid": float(sign * paid),
            "amount_return": float(total - paid) if paid > total else 0.0,
            "to_invoice": False,
            "state": "paid",
            "pricelist_id": False,
            "fiscal_position_id": False,
            "last_order_preparation_change": "{}",
            "sequence_number": self.number,
            "access_token": str(uuid4()),
        }
        fields = {self.till.cash: "Cash", self.till.card: "ElectronicPayment"}
        event = Event(
            kind=kind,
            serial=self.till.serial,
            name=f"pos.order:{uuid}",
            total=total.quantize(CENT),
            mark=mark,
            payments={fields[method]: amount.quantize(CENT) for method, amount in handed.items()},
            change=(paid - total).quantize(CENT),
        )
        return event, data

    def sync(self, orders: list[tuple[Event, dict]], twice: bool = False):
        """Bring orders to Odoo; `twice` from two tabs at the same moment."""
        for event, __ in orders:
            self.ledger.begin(event)
        call = ("sync", "pos.order", "sync_from_ui", [data for __, data in orders])
        if twice:
            with ThreadPoolExecutor(1) as pool:
                other = pool.submit(self.insist, *call, client=self.other_tab)
                result = self.insist(*call)
                with contextlib.suppress(Stop):
                    other.result()
        else:
            result = self.insist(*call)
        for event, data in orders:
            self.ledger.acknowledge(event)
            self.follower.follow(data["uuid"])
            if event.kind == "sale":
                self.remember(event, data, result)

    def remember(self, event: Event, data: dict, result: dict):
        """Keep some sales, to take them back later."""
        ids = {line["uuid"]: line["id"] for line in result["pos.order.line"]}
        for __, __, values in data["lines"]:
            values["id"] = ids[values["uuid"]]
        self.sold = [*self.sold[-20:], (event, data)]

    def take_back(self):
        """Return a whole sale, the money onto the card. Its receipt has the names that the sale's has."""
        sold, data = self.sold.pop(self.random.randrange(len(self.sold)))
        self.number += 1
        mark = sold.mark
        products = {product["id"]: product for product in self.world.facts["products"]}
        lines = []
        for index, (__, __, values) in enumerate(data["lines"]):
            product = products[values["product_id"]]
            price, count = Decimal(str(values["price_unit"])), -values["qty"]
            name = f"{product['name']} №{mark}/{index}"
            lines.append(self.line(product, price, count, name, refunded_orderline_id=values["id"]))
        self.sync([self.order(lines, sold.total, {self.till.card: sold.total}, mark, "sale_return")])

    # === Cash ===

    def move_cash(self, kind: str, amount: Decimal):
        """Put cash in or take it out; the page repeats the call under the key that it has made for it."""
        self.number += 1
        key = str(uuid4())
        event = self.ledger.begin(
            Event(kind=kind, serial=self.till.serial, name=f"pos.cash:{key}", total=amount.quantize(CENT))
        )
        extras = {"fiscal_key": key, "employee_id": self.world.facts["employee"], "translatedType": kind}
        direction = kind.removeprefix("cash_")
        args = ([self.session], direction, float(amount), "размен", False, extras)
        self.insist("cash", "pos.session", "try_cash_in_out", *args)
        self.ledger.acknowledge(event)
        self.follower.nudge.set()


class Follower(Producer):
    """The part of a till's page that drives the lane and waits for receipts, beside the selling."""

    def __init__(self, world: World, ledger: Ledger, seed: int, till: Till):
        super().__init__(world, ledger, seed, f"follower {till.config}", till.login)
        self.till = till
        self.pending: dict[str, float] = {}
        self.nudge = threading.Event()
        self.closing = threading.Event()

    def follow(self, uuid: str):
        self.pending[uuid] = time.monotonic()
        self.nudge.set()

    def work(self):
        asked = 0
        while not self.stop.is_set() and not (self.closing.is_set() and not self.pending):
            if self.nudge.wait(PAUSES[min(asked, len(PAUSES) - 1)]):
                asked = 0
            self.nudge.clear()
            asked += 1
            self.drive("fiscal_drive")
            if self.pending and time.monotonic() - min(list(self.pending.values())) > IMPATIENT and asked % 2 == 0:
                self.drive("fiscal_retry")

    def drive(self, method: str):
        """Ask about the receipts of this till. The page never sees an error of it."""
        asked = list(self.pending)
        started = time.monotonic()
        try:
            answer = self.client.call("pos.config", method, [self.till.config], asked)
        except (Unreachable, Refused):
            return
        self.ledger.waited(method, time.monotonic() - started)
        for uuid, receipts in answer["receipts"].items():
            if receipts and all(receipt["state"] == "done" for receipt in receipts):
                since = self.pending.pop(uuid, None)
                if since:
                    self.ledger.waited("receipt", time.monotonic() - since)


class Accountant(Producer):
    """Someone in the back office: tests connections, updates open documents, prints X reports."""

    def __init__(self, part: Part, ledger: Ledger, seed: int, pause: float = 2.0):
        super().__init__(part.world, ledger, seed, "accountant", "accountant")
        self.part, self.pause = part, pause

    def work(self):
        registers = sorted({till.register for till in self.part.tills})
        while not self.stop.wait(self.random.uniform(0, 2 * self.pause)):
            register = self.random.choice(registers)
            deed = self.random.choice([self.test_connection, self.update, self.report])
            with contextlib.suppress(Unreachable, Refused):
                deed(register)

    def test_connection(self, register: int):
        self.client.call("fiscal.register", "action_test_connection", [register])

    def update(self, register: int):
        domain = [["register_id", "=", register], ["state", "in", ["queued", "waiting", "unknown"]]]
        documents = self.client.call("fiscal.document", "search", domain, limit=5)
        if documents:
            self.client.call("fiscal.document", "action_update", documents)

    def report(self, register: int):
        self.client.call("fiscal.register", "action_x_report", [register])


class Responsible(Producer):
    """The person whom Odoo calls: acts on activities only, looks at the tape, and decides."""

    def __init__(self, part: Part, ledger: Ledger, seed: int):
        super().__init__(part.world, ledger, seed, "responsible", "accountant")
        self.part = part
        self.decisions: list[str] = []

    def work(self):
        while not self.stop.wait(2):
            with contextlib.suppress(Unreachable, Refused):
                self.look()

    def look(self):
        called = self.client.call(
            "mail.activity", "search_read", [["res_model", "=", "fiscal.register"]], ["res_id"], context={}
        )
        for register in {activity["res_id"] for activity in called} & {till.register for till in self.part.tills}:
            # what the service can tell is not for a person to decide
            domain = [["register_id", "=", register], ["state", "=", "unknown"], ["error_code", "=", "no_trace"]]
            for document in self.client.call("fiscal.document", "search_read", domain, ["key", "event"]):
                self.decide(register, document)

    def decide(self, register: int, document: dict):
        serial = next(till.serial for till in self.part.tills if till.register == register)
        printed = any(document["key"] == printed.key for printed in self.part.registers[serial].printed)
        values = {
            "document_ids": [[6, 0, [document["id"]]]],
            "decision": "registered" if printed else "not_registered",
            "reason": "seen on the tape",
            "fiscal_number": "-" if printed else False,
        }
        wizard = self.client.call("fiscal.decision", "create", values)
        self.client.call("fiscal.decision", "action_confirm", [wizard])
        self.decisions.append(document["event"])


def everybody(
    part: Part, ledger: Ledger, rand: random.Random, budget: Budget, pause: float
) -> list[Seller | Accountant | Responsible]:
    """Who produces documents in a run.

    :param pause: seconds that a till rests after a customer, on average
    """
    sellers = [Seller(part.world, ledger, rand.getrandbits(32), till, budget, pause) for till in part.tills]
    office = [kind(part, ledger, rand.getrandbits(32)) for kind in (Accountant, Responsible)]
    return [*sellers, *office]
