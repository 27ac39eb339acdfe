"""One register is dead, its service takes requests and never answers: what do the tills of the others notice?"""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass
from decimal import Decimal

from .check import Result
from .ledger import Ledger, percentile
from .producers import Budget, Seller
from .rpc import Refused, Unreachable
from .run import come_to_rest, compared
from .world import Part

#: phases of equal length, so that a machine that gets slower meanwhile counts for neither side
PHASES = ("alive", "dead", "dead", "alive")


class Cashier(Seller):
    """Sells, and waits for each receipt before the next sale: the time from the one to the other is what counts.

    :param patient: waits until the receipt is there; not at the register that dies
    """

    phase = ""

    def __init__(self, *args, patient: bool):
        super().__init__(*args)
        self.patient = patient

    def work(self):
        self.open()
        self.move_cash("cash_in", Decimal(100_000))
        while not self.stop.wait(self.pause):
            phase, began = self.phase, time.monotonic()
            sale = self.sale()
            self.sync([sale])
            synced = time.monotonic() - began
            while not self.has_receipt(sale[1]["uuid"]) and self.patient and not self.stop.wait(0.1):
                pass
            if self.patient and phase == self.phase:
                self.ledger.waited(f"{phase}.sync", synced)
                self.ledger.waited(f"{phase}.receipt", time.monotonic() - began)

    def try_again(self):
        """The register is back, says the cashier, and what waits need not wait for the end of a pause."""
        uuids = list(self.follower.pending)
        for method in ("fiscal_retry", "fiscal_drive"):
            with contextlib.suppress(Unreachable, Refused):
                self.client.call("pos.config", method, [self.till.config], uuids)

    def has_receipt(self, uuid: str) -> bool:
        with contextlib.suppress(Unreachable, Refused):
            answer = self.client.call("pos.config", "fiscal_drive", [self.till.config], [uuid])
            return any(receipt["state"] == "done" for receipt in answer["receipts"].get(uuid, []))
        return False


@dataclass
class Delay:
    """Seconds that the tills of healthy registers waited, without and with a dead register beside them."""

    ledger: Ledger
    result: Result

    def median(self, what: str) -> float:
        return percentile(self.ledger.waits.get(what, []), 0.5)

    def most(self, what: str) -> float:
        return percentile(self.ledger.waits.get(what, []), 0.95)

    def table(self) -> str:
        lines = [
            "| Tills of the other registers | Sales | Sale until Odoo has it: median, 95 % | Sale until receipt |",
            "|---|---:|---|---|",
        ]
        for phase, words in (("alive", "every register is well"), ("dead", "one register is dead")):
            sales = len(self.ledger.waits.get(f"{phase}.sync", []))
            times = [
                f"{self.median(what):.2f} s, {self.most(what):.2f} s" for what in (f"{phase}.sync", f"{phase}.receipt")
            ]
            lines.append(f"| {words} | {sales} | {times[0]} | {times[1]} |")
        return "\n".join(lines)


def measure(part: Part, seed: int, seconds: float) -> Delay:
    """Let every till sell for `seconds`, the register of the last one being dead for half of the time."""
    rand, ledger = random.Random(seed), Ledger()
    service = part.world.service_of(part.tills[-1].serial)
    cashiers = [
        Cashier(part.world, ledger, rand.getrandbits(32), till, Budget(0), 0.3, patient=till is not part.tills[-1])
        for till in part.tills
    ]
    for cashier in cashiers:
        cashier.start()
    time.sleep(5)  # sessions are opened, caches filled
    for phase in PHASES:
        if phase == "dead":
            service.fault("drop", times=-1)
        else:
            service.faults.clear()
        for cashier in cashiers:
            cashier.phase = phase
        time.sleep(seconds / len(PHASES))
    for cashier in cashiers:
        cashier.stop.set()
    for __ in range(20):
        if come_to_rest(part, cashiers, 5):
            break
        cashiers[-1].try_again()
    return Delay(ledger, compared(part, ledger))
