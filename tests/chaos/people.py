"""People and settings as faults: mutual backups, a register switched off and on, “set aside”, a restored database.

Two registers are each other's backup; each has a till, and the second till of the first one shares it. What is sold is
printed once, on either of them.
"""

from __future__ import annotations

import contextlib
import random
import time

from .check import Result, compare
from .ledger import Ledger
from .producers import Budget, Seller
from .rpc import Client, Refused, Unreachable
from .run import come_to_rest, rows
from .world import PASSWORD, Part

#: the queue of a database that is older than what its register has printed since
RESTORE = """
    WITH back AS (
        UPDATE fiscal_document SET state = 'queued', fiscal_number = NULL, fiscal_sign = NULL, registered_at = NULL,
               shift_id = NULL, request = NULL, tries = 0
        WHERE id = (SELECT max(id) FROM fiscal_document
                    WHERE register_id = %s AND state = 'done' AND operation = 'sale')
        RETURNING id, register_id
    ), forgotten AS (
        DELETE FROM fiscal_attempt WHERE document_id IN (SELECT id FROM back)
    )
    UPDATE fiscal_register SET run_marker = 'the server before', last_number = (
        SELECT max(fiscal_number::int)::text FROM fiscal_document
        WHERE register_id = %s AND state = 'done' AND id < (SELECT id FROM back) AND fiscal_number ~ '^[0-9]+$')
    WHERE id = (SELECT register_id FROM back) RETURNING id
"""


def meddle(part: Part, seed: int, seconds: float) -> Result:
    """Sell while people change settings; what the comparison finds once everything has come to rest."""
    world, rand, ledger = part.world, random.Random(seed), Ledger()
    office = Client(lambda: world.server.url, world.database, "accountant", PASSWORD)
    first, second = sorted({till.register for till in part.tills})
    office.call("fiscal.register", "write", [first], {"backup_id": second, "backup_after": 1})
    office.call("fiscal.register", "write", [second], {"backup_id": first, "backup_after": 1})
    sellers = [Seller(world, ledger, rand.getrandbits(32), till, Budget(8), pause=1.0) for till in part.tills]
    for seller in sellers:
        seller.start()
    serial = {till.register: till.serial for till in part.tills}
    deeds = [
        lambda: _off_and_on(office, first),
        lambda: world.service_of(serial[first]).down(75),
        lambda: _set_aside(office, (first, second)),
        lambda: _off_and_on(office, second),
        lambda: world.service_of(serial[second]).down(75),
        lambda: _use_backup(office, (first, second)),
    ]
    for deed in deeds:
        time.sleep(rand.uniform(0.5, 1.5))
        with contextlib.suppress(Unreachable, Refused):
            deed()
    come_to_rest(part, sellers, seconds)
    for register in (first, second):
        world.rows(RESTORE, register, register)
        with contextlib.suppress(Unreachable, Refused):
            office.call("fiscal.register", "write", [register], {"state": "enabled"})  # it wakes the lane
    come_to_rest(part, sellers, seconds)
    for seller in sellers:
        seller.stop.set()
        seller.follower.stop.set()
    failures = [f"{seller.name}: {seller.failure!r}" for seller in sellers if seller.failure]
    if failures:
        raise RuntimeError("\n".join(failures))
    tapes = {number: list(register.printed) for number, register in part.registers.items()}
    return compare(ledger.events, tapes, rows(part), together=True)


def _off_and_on(office: Client, register: int) -> None:
    office.call("fiscal.register", "write", [register], {"state": "disabled"})
    time.sleep(3)
    while True:
        with contextlib.suppress(Unreachable, Refused):
            office.call("fiscal.register", "write", [register], {"state": "enabled"})
            return
        time.sleep(0.5)


def _set_aside(office: Client, registers: tuple[int, ...]) -> None:
    """Everything that is unknown, without a look at the register."""
    for document in office.call(
        "fiscal.document", "search", [["register_id", "in", registers], ["state", "=", "unknown"]]
    ):
        values = {"document_ids": [[6, 0, [document]]], "decision": "postpone", "reason": "in a hurry"}
        wizard = office.call("fiscal.decision", "create", values)
        office.call("fiscal.decision", "action_confirm", [wizard])


def _use_backup(office: Client, registers: tuple[int, ...]) -> None:
    domain = [["register_id", "in", registers], ["state", "=", "queued"], ["operation", "in", ["sale", "sale_return"]]]
    for document in office.call("fiscal.document", "search", domain):
        with contextlib.suppress(Unreachable, Refused):
            office.call("fiscal.document", "action_use_backup", [document])
