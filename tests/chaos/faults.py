"""What goes wrong, one small class a kind. To add one, write a class and put it into `kinds`.

Services that call back will add theirs here: an answer before its request is stored, one that is forged, one that comes
twice, one for another company.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from .world import Till, World


class Fault:
    """Something that goes wrong now, or at the next opportunity, for the register of `till`.

    It is counted under `name` when it has struck, not when it is planned.
    """

    name: str

    def applies(self, world: World) -> bool:
        return True

    def inject(self, world: World, till: Till, rand: random.Random) -> None:
        raise LookupError(f"{type(self).__name__} does not say what it does")


@dataclass
class AtPoint(Fault):
    """In one of Odoo's processes, when it comes to `point` of the lane."""

    name: str
    point: str
    action: str
    value: object = ""

    def inject(self, world, till, rand):
        world.plan(self.name, self.point, self.action, self.value, till.register)


@dataclass
class KilledDuringCall(Fault):
    """The worker dies while the register is at work, and the register goes on."""

    name: str = "kill -9 during the call"

    def inject(self, world, till, rand):
        world.plan(self.name, "submit.start", "kill_later", round(rand.uniform(0.005, 0.05), 3), till.register)


@dataclass
class OnLine(Fault):
    """On the line to the service, or by the service itself: `kind` of the emulator."""

    name: str
    kind: str
    command: str = ""
    options: tuple = ()

    def inject(self, world, till, rand):
        service = world.service_of(till.serial)
        service.fault(self.kind, self.command, name=self.name, **dict(self.options))


class Down(Fault):
    """The service listens no more, for `seconds`."""

    name = "service down and back"

    def __init__(self, seconds: float):
        self.seconds = seconds

    def inject(self, world, till, rand):
        service = world.service_of(till.serial)
        if service._server:
            service.down(self.seconds)
            world.note_strike(self.name, *(register.serial for register in service.registers))


class Restarted(Fault):
    """KKM Server is started again between two requests and has forgotten its queue."""

    name = "KKM Server restarted"

    def inject(self, world, till, rand):
        world.service_of(till.serial).restart()
        world.note_strike(self.name, till.serial)


class Busy(Fault):
    """Another program of the shop keeps the register busy, beyond the limit of KKM Server's queue."""

    name = "register busy beyond the queue's limit"

    def inject(self, world, till, rand):
        service = world.service_of(till.serial)
        lock = service.kkm._busy[till.serial]

        def hold():
            if lock.acquire(timeout=5):
                world.note_strike(self.name, till.serial)
                time.sleep(service.kkm.queue_seconds + 1)
                lock.release()

        threading.Thread(target=hold, daemon=True).start()


class ShiftExpired(Fault):
    name = "shift older than 24 hours"

    def inject(self, world, till, rand):
        service = world.service_of(till.serial)
        service.fault("shift_expired")
        world.note_strike(self.name, till.serial)


class Inactive(Fault):
    """The register loses its cable for some seconds."""

    name = "register off line and back"

    def inject(self, world, till, rand):
        service = world.service_of(till.serial)
        service.fault("inactive")
        world.note_strike(self.name, till.serial)
        timer = threading.Timer(3, service.fault, ("inactive",), {"active": True})
        timer.daemon = True
        timer.start()


class PostgresRestarted(Fault):
    def __init__(self, crash: bool):
        self.crash = crash
        self.name = "PostgreSQL killed" if crash else "PostgreSQL restarted"

    def applies(self, world):
        return world.cluster is not None

    def inject(self, world, till, rand):
        world.note_strike(self.name)
        world.cluster.crash() if self.crash else world.cluster.restart()


class ClockJump(Fault):
    """The clock of Odoo's machine is wrong for some seconds."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.name = f"clock jumps {'ahead' if seconds > 0 else 'back'}"

    def inject(self, world, till, rand):
        world.note_strike(self.name)
        world.set_clock(self.seconds)
        time.sleep(3)
        world.set_clock(0)


class LockedRow(Fault):
    """Somebody else writes the register's row while the lane works: a real conflict."""

    name = "register's row written by others"

    def inject(self, world, till, rand):
        world.note_strike(self.name, till.serial)
        for __ in range(30):
            world.rows("UPDATE fiscal_register SET sequence = sequence WHERE id = %s RETURNING id", till.register)
            time.sleep(0.02)


#: the one fault after which nobody but a person can tell: cash in leaves no trace in the fiscal storage
CASH_FORGOTTEN = OnLine("cash moved, then KKM Server restarted", "restart", "DepositingCash")


def kinds(down: float) -> list[Fault]:
    """Every kind that the engine and the service settle between them, once.

    :param down: seconds for which a service is down
    """
    return [
        AtPoint("kill -9 in the sale", "enqueue.within", "kill"),
        AtPoint("kill -9 before commit 1", "enqueue.before", "kill"),
        AtPoint("kill -9 after commit 1", "enqueue.after", "kill"),
        AtPoint("kill -9 before commit 2", "begin.before", "kill"),
        AtPoint("kill -9 after commit 2", "begin.after", "kill"),
        KilledDuringCall(),
        AtPoint("kill -9 after the call", "submit.end", "kill"),
        AtPoint("kill -9 before commit 3", "finish.before", "kill"),
        AtPoint("kill -9 after commit 3", "finish.after", "kill"),
        AtPoint("serialization failure in the sale", "enqueue.before", "conflict"),
        AtPoint("serialization failure at commit 2", "begin.before", "conflict"),
        AtPoint("serialization failure at commit 3", "finish.before", "conflict"),
        AtPoint("connection to PostgreSQL lost before commit 2", "begin.before", "disconnect"),
        AtPoint("connection to PostgreSQL lost during the call", "submit.start", "disconnect"),
        AtPoint("connection to PostgreSQL lost before commit 3", "finish.before", "disconnect"),
        AtPoint("program error after the call", "submit.end", "bug"),
        LockedRow(),
        PostgresRestarted(crash=False),
        PostgresRestarted(crash=True),
        OnLine("connection reset before the body was read", "reset_before"),
        OnLine("connection reset before it was executed", "reset_before", "RegisterCheck"),
        OnLine("connection reset after it was executed", "reset_after", "RegisterCheck"),
        OnLine("answer cut in the middle", "cut", "RegisterCheck"),
        OnLine("answer dropped after it was executed", "drop", "RegisterCheck"),
        OnLine("answer too late", "delay", "RegisterCheck", (("seconds", 8),)),
        OnLine("500 of the service, executed", "internal_error", "RegisterCheck", (("execute", True),)),
        OnLine("502 of a proxy", "http_error", "RegisterCheck"),
        OnLine("502 of a proxy, executed", "http_error", "RegisterCheck", (("execute", True),)),
        OnLine("429, asked for a pause", "http_error", "RegisterCheck", (("status", 429),)),
        OnLine("HTML page in place of the answer", "garbage", "RegisterCheck"),
        OnLine("accepted, done later", "pending", "RegisterCheck", (("polls", 2),)),
        OnLine("register failed, not printed", "device_error", "RegisterCheck"),
        OnLine("register failed, printed", "device_error", "RegisterCheck", (("registered", True),)),
        OnLine("taken off the queue", "queue_timeout", "RegisterCheck"),
        OnLine("executed, then KKM Server restarted", "restart", "RegisterCheck"),
        OnLine("look-up fails", "http_error", "GetRezult"),
        Busy(),
        Restarted(),
        Down(down),
        Inactive(),
        ShiftExpired(),
        ClockJump(7200),
        ClockJump(-7200),
    ]
