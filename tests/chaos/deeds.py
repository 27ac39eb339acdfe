"""What people do with settings and buttons while everything else goes wrong, as faults that strike.

Each deed takes its time in a thread of its own and is counted when Odoo has carried it out.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .faults import Fault
from .rpc import Client, Refused, Unreachable
from .world import PASSWORD, Part, Till, World

#: first half of the advisory lock of a lane
LANE = 0x0F15CA1
#: the queue of a database that is older than the last receipts that its register has printed; the lane is not at work
#: meanwhile, since Odoo does not run while its database is restored
RESTORE = """
    WITH held AS (
        SELECT pg_advisory_xact_lock(%(lane)s, %(register)s)
    ), printed AS (
        SELECT d.id, d.fiscal_number::int AS number FROM held, fiscal_document d
        WHERE d.register_id = %(register)s AND d.state = 'done' AND d.operation = 'sale'
          AND d.fiscal_number ~ '^[0-9]+$' AND NOT EXISTS (SELECT FROM fiscal_document r WHERE r.original_id = d.id)
        ORDER BY d.fiscal_number::int DESC LIMIT %(count)s
    ), back AS (
        UPDATE fiscal_document SET state = 'queued', fiscal_number = NULL, fiscal_sign = NULL, fiscal_storage = NULL,
               registered_at = NULL, shift_id = NULL, request = NULL, tries = 0
        WHERE id IN (SELECT id FROM printed) AND state = 'done' RETURNING id, event
    ), forgotten AS (
        DELETE FROM fiscal_attempt WHERE document_id IN (SELECT id FROM back)
    ), register AS (
        UPDATE fiscal_register SET run_marker = 'the server before', status_data = NULL,
               last_number = (SELECT min(number) - 1 FROM printed)::text
        WHERE id = %(register)s AND EXISTS (SELECT FROM back)
    )
    SELECT event FROM back
"""
#: what is in the queue of a register and may be about to be sent
WAITING = (["state", "=", "queued"], ["operation", "in", ["sale", "sale_return"]])


@dataclass
class Office:
    """Those who do it, for one part of the test.

    :param moved: events that a person let others overtake: set aside, sent again
    """

    part: Part
    moved: set[str] = field(default_factory=set)

    def client(self) -> Client:
        return Client(lambda: self.part.world.server.url, self.part.world.database, "accountant", PASSWORD)

    @property
    def backups(self) -> dict[str, Till]:
        """Serial number of a register → a till of the one that is its backup and whose backup it is: one of another
        service, as far as there is one.
        """
        one = {till.serial: till for till in self.part.tills}
        serials, pairs = sorted(one), {}
        half = len(serials) // 2
        for first, second in zip(serials[:half], serials[half:], strict=False):
            pairs |= {first: one[second], second: one[first]}
        return pairs

    def groups(self) -> dict[str, str]:
        """Serial number → name of the group of registers that stand in for one another."""
        pairs = self.backups
        return {serial: min(serial, till.serial) for serial, till in pairs.items()}


class Deed(Fault):
    """:param do: is called with the client of the one who does it, and the till whose register it is about

    It gives True once it has done it, and is called again for at most `patience` seconds until then.
    """

    def __init__(self, name: str, office: Office, do: Callable[[Client, Till], bool], patience: float = 12):
        self.name, self.office, self.do, self.patience = name, office, do, patience

    def inject(self, world: World, till: Till, rand: random.Random) -> None:
        threading.Thread(target=self._work, args=(world, till), daemon=True).start()

    def _work(self, world: World, till: Till) -> None:
        client = self.office.client()
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            with contextlib.suppress(Unreachable, Refused):
                if self.do(client, till):
                    world.note_strike(self.name, till.serial)
                    return
            time.sleep(0.3)


def deeds(office: Office) -> list[Fault]:
    """Every deed, once."""
    return [
        Deed("register switched off and on", office, lambda client, till: off_and_on(client, till.register)),
        Deed("registers made each other's backup", office, lambda client, till: back_up(office, client, till)),
        Deed("receipts sent to the backup by hand", office, lambda client, till: use_backup(office, client, till)),
        Deed("unknown documents set aside", office, lambda client, till: set_aside(office, client, till)),
        Deed("refused return sent again by two people", office, lambda client, till: send_again(office, client, till)),
        Deed("shared register driven by all its tills at once", office, lambda client, __: drive(office, client)),
        Deed("restored from a backup", office, lambda __, till: bool(restore(office, till))),
    ]


def off_and_on(client: Client, register: int, seconds: float = 3) -> bool:
    client.call("fiscal.register", "write", [register], {"state": "disabled"})
    time.sleep(seconds)
    while True:
        with contextlib.suppress(Unreachable, Refused):
            client.call("fiscal.register", "write", [register], {"state": "enabled"})
            return True
        time.sleep(0.5)


def back_up(office: Office, client: Client, till: Till) -> bool:
    """Each of the two gets after a minute what the other has not sent."""
    other = office.backups.get(till.serial)
    if other:
        for register, backup in ((till.register, other.register), (other.register, till.register)):
            client.call("fiscal.register", "write", [register], {"backup_id": backup, "backup_after": 1})
    return bool(other)


def use_backup(office: Office, client: Client, till: Till) -> bool:
    """The service is down for a while, and somebody is in a hurry."""
    if not back_up(office, client, till):
        return False
    service = office.part.world.service_of(till.serial)
    if service._server:
        service.down(6)
    return any([_tried(client, "action_use_backup", document) for document in _found(client, till, *WAITING)])


def set_aside(office: Office, client: Client, till: Till) -> bool:
    """Everything that is unknown, without a look at the register."""
    service = office.part.world.service_of(till.serial)
    if not any(fault["kind"] == "drop" for fault in service.faults.listed()):
        service.fault("drop", "RegisterCheck", name="answer dropped after it was executed")
        service.fault("http_error", "GetRezult", times=2, name="look-up fails")
    done = False
    for document in _found(client, till, ["state", "=", "unknown"]):
        event = client.call("fiscal.document", "read", [document], ["event"])[0]["event"]
        office.moved.add(event)
        values = {"document_ids": [[6, 0, [document]]], "decision": "postpone", "reason": "in a hurry"}
        with contextlib.suppress(Unreachable, Refused):
            wizard = client.call("fiscal.decision", "create", values)
            client.call("fiscal.decision", "action_confirm", [wizard])
            done = True
    return done


def send_again(office: Office, client: Client, till: Till) -> bool:
    """Two people press the same button at the same moment, and the till its own."""
    office.part.world.service_of(till.serial).refuse_return = True
    domain = [["register_id", "in", sorted({one.register for one in office.part.tills})], ["state", "=", "rejected"]]
    done = False
    for document in client.call("fiscal.document", "search_read", domain, ["event", "operation"]):
        office.moved.add(document["event"])
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(_tried, one, "action_retry", document["id"]) for one in (client, office.client())]
        done |= any([one.result() for one in both]) and document["operation"] == "sale_return"
    return done


def drive(office: Office, client: Client) -> bool:
    """Each till that shares a register presses “Try again” and drives the lane, all at the same moment."""
    shared = [
        [one for one in office.part.tills if one.serial == serial]
        for serial in {one.serial for one in office.part.tills}
    ]
    tills = max(shared, key=len)
    if len(tills) < 2:
        return False

    def press(till: Till) -> bool:
        one = office.client()
        with contextlib.suppress(Unreachable, Refused):
            for method in ("fiscal_retry", "fiscal_drive"):
                one.call("pos.config", method, [till.config], [])
            return True
        return False

    with ThreadPoolExecutor(len(tills)) as pool:
        return all(list(pool.map(press, tills)))


def restore(office: Office, till: Till, count: int = 2) -> list[str]:
    """:returns: events that are queued again though their receipts are printed"""
    values = {"lane": LANE, "register": till.register, "count": count}
    with contextlib.suppress(Exception):  # PostgreSQL may be away
        return [row["event"] for row in office.part.world.rows(RESTORE, values)]
    return []


def _found(client: Client, till: Till, *terms: list) -> Iterator[int]:
    yield from client.call("fiscal.document", "search", [["register_id", "=", till.register], *terms])


def _tried(client: Client, method: str, document: int) -> bool:
    with contextlib.suppress(Unreachable, Refused):
        client.call("fiscal.document", method, [document])
        return True
    return False
