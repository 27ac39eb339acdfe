"""What happened in the shop, written down by those who did it: the measure of what Odoo and the registers hold."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Event:
    """One business event that asks for one document.

    :param kind: operation of the document
    :param serial: serial number of the register that has to register it
    :param mark: what the tape names it by (name of a line); "" for documents without lines
    :param name: what Odoo names it by (`fiscal.document.event`)
    :param total: money of the document
    :param payments: field of KKM Server → amount
    :param acknowledged: when Odoo first said that it has it; 0 while it has not
    """

    kind: str
    serial: str
    name: str
    total: Decimal
    mark: str = ""
    payments: dict[str, Decimal] = field(default_factory=dict)
    change: Decimal = Decimal("0.00")
    started: float = 0.0
    acknowledged: float = 0.0


class Ledger:
    """The events of all producers, and how long these had to wait."""

    def __init__(self):
        self._lock = threading.Lock()
        self.events: list[Event] = []
        #: seconds of each call by name of the call
        self.waits: dict[str, list[float]] = {}
        #: answers of Odoo that a person at a till would have seen as an error
        self.errors: list[str] = []

    def begin(self, event: Event) -> Event:
        event.started = time.time()
        with self._lock:
            self.events.append(event)
        return event

    def acknowledge(self, event: Event) -> None:
        event.acknowledged = event.acknowledged or time.time()

    def waited(self, call: str, seconds: float) -> None:
        with self._lock:
            self.waits.setdefault(call, []).append(seconds)

    def error(self, text: str) -> None:
        with self._lock:
            self.errors.append(text)


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of `values` do not exceed; 0 for no values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
