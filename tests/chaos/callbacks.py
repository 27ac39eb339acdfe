"""Accountants sell on registers behind a service that calls back: early, twice, forged, replayed, at the wrong door."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

import requests

from tests.emulators.komtet import sign

from .ledger import Ledger
from .producers import Producer
from .rpc import Refused, Unreachable
from .world import CallingService, World

#: how callbacks and answers go wrong, in turn: kind of fault, what it strikes, options
ON_LINE = [
    ("callback", "task", {"how": "early"}),
    ("callback", "task", {"how": "none"}),
    ("reset_after", "task", {}),
    ("callback", "task", {"how": "double"}),
    ("internal_error", "task", {"execute": True}),
    ("callback", "task", {"how": "wrong"}),
    ("http_error", "status", {}),
    ("drop", "task", {}),
    ("still_new", "task", {"polls": 2}),
    ("callback", "task", {"how": "unsigned"}),
    ("throttled", "task", {"retry_after": 1}),
]
#: where workers are killed, in turn
KILLS = ["submit.start", "submit.end", "finish.before", "begin.after", "finish.after"]
ROWS = """
    SELECT l.name, d.state, d.total, d.fiscal_number AS number, d.company_id,
           EXISTS(SELECT FROM mail_activity m WHERE m.active AND m.res_model = 'fiscal.document' AND m.res_id = d.id
                  OR m.active AND m.res_model = 'fiscal.register' AND m.res_id = d.register_id) AS calls
    FROM fiscal_document d JOIN fiscal_document_line l ON l.document_id = d.id
    WHERE d.register_id = %s AND d.operation = 'sale' AND d.state NOT IN ('draft', 'cancelled')
"""
OPEN = """
    SELECT count(*) AS count FROM fiscal_document
    WHERE register_id = ANY(%s) AND state IN ('queued', 'sending', 'waiting', 'unknown')
"""


class Clerk(Producer):
    """An accountant who writes sales by hand and posts them."""

    def __init__(self, world: World, ledger: Ledger, seed: int, facts: dict, documents: int):
        super().__init__(world, ledger, seed, facts["login"], facts["login"])
        self.facts, self.documents = facts, documents
        #: mark → sum of what was posted
        self.posted: dict[str, Decimal] = {}

    def work(self):
        for number in range(self.documents):
            mark, total = f"№{self.facts['register']}-{number}", Decimal(self.random.randrange(100, 99_999)) / 100
            document = self.insist("create", "fiscal.document", "create", self.sale(mark, total))
            self.post(document)
            self.posted[mark] = total
            self.stop.wait(self.random.uniform(0, 0.3))

    def sale(self, mark: str, total: Decimal) -> dict:
        line = {"name": f"Услуга {mark}", "quantity": 1, "price": float(total), "amount": float(total)}
        return {
            "operation": "sale",
            "register_id": self.facts["register"],
            "employee_id": self.facts["employee"],
            "customer_email": "olga@example.com",
            "line_ids": [[0, 0, {**line, **self.facts["tax"]}]],
            "payment_ids": [[0, 0, {"kind": "electronic", "amount": float(total)}]],
            "total": float(total),
        }

    def post(self, document: int):
        """Press “Post” until the document is posted; what was pressed twice is refused, and is one document still."""
        while not self.stop.is_set():
            try:
                self.client.call("fiscal.document", "action_post", [document])
                return
            except Unreachable:
                pass
            except Refused as refusal:
                (row,) = self.insist("read", "fiscal.document", "read", [document], ["state"])
                if row["state"] != "draft":
                    return
                self.ledger.error(str(refusal))
            self.stop.wait(0.2)


class Forger(threading.Thread):
    """Somebody who has recorded what was called back, and knows the addresses, but no secret save one of his own."""

    def __init__(self, world: World, seed: int):
        super().__init__(name="forger", daemon=True)
        self.world, self.random, self.stop = world, random.Random(seed), threading.Event()
        self.statuses: Counter = Counter()
        #: what was answered that ought not to be
        self.surprises: list[str] = []

    def run(self):
        while not self.stop.wait(self.random.uniform(0.02, 0.2)):
            service = self.random.choice(self.world.calling)
            if not service.said:
                continue
            url, body, headers = self.random.choice(service.said)
            deed = self.random.choice([self.replayed, self.changed, self.unsigned, self.of_another])
            allowed, url, body, headers = deed(service, url, body, headers)
            try:
                status = requests.post(url, body, headers=headers, timeout=20).status_code
            except requests.RequestException:
                continue  # no worker is there just now
            self.statuses[f"{deed.__name__}: {status}"] += 1
            if status not in allowed:
                self.surprises.append(f"{deed.__name__}: {status}")

    def replayed(self, service: CallingService, url, body, headers):
        return {200, 401, 403}, url, body, headers

    def changed(self, service: CallingService, url, body, headers):
        return {401, 403}, url, body.replace(b'"done"', b'"error"') + b" ", headers

    def unsigned(self, service: CallingService, url, body, headers):
        return {401}, url, body, {}

    def of_another(self, service: CallingService, url, body, headers):
        """News of one company's task at the address of another, signed with the secret of the first."""
        others = [other for other in self.world.calling if other is not service and other.said]
        if not others:
            return {401}, url, body, {}
        victim = self.random.choice(others).said[0][0]
        return {403}, victim, body, {"X-HMAC-Signature": sign(service.secret, "POST", victim, body)}


@dataclass
class Outcome:
    """What the run came to."""

    documents: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    #: what was forged and how it was answered → how often
    statuses: Counter = field(default_factory=Counter)

    @property
    def problems(self) -> list[str]:
        names = "lost", "doubled", "differing", "stuck", "surprises"
        return [f"{name}: {text}" for name in names for text in getattr(self, name)]


def run(world: World, seed: int, documents: int, rest: float) -> Outcome:
    """Let every clerk post so many documents while all of it goes wrong; compare with the tapes.

    :param rest: seconds that everything has at the end to come to rest
    """
    rand, ledger = random.Random(seed), Ledger()
    clerks = [Clerk(world, ledger, rand.getrandbits(32), facts, documents) for facts in world.facts["callers"]]
    forger = Forger(world, rand.getrandbits(32))
    outcome = Outcome(documents * len(clerks))
    for one in [*clerks, forger]:
        one.start()
    turn = 0
    while any(clerk.is_alive() for clerk in clerks):
        kind, command, options = ON_LINE[turn % len(ON_LINE)]
        for service in world.calling:
            service.fault(kind, command, name=kind, **options)
        register = clerks[turn % len(clerks)].facts["register"]
        world.plan("kill -9 of a caller's worker", KILLS[turn % len(KILLS)], "kill", register=register)
        turn += 1
        time.sleep(rand.uniform(0.5, 1.5))
    for service in world.calling:
        service.faults.clear()
    world.end_faults()
    registers = [clerk.facts["register"] for clerk in clerks]
    deadline = time.monotonic() + rest
    while world.rows(OPEN, registers)[0]["count"] and time.monotonic() < deadline:
        time.sleep(0.5)
    forger.stop.set()
    forger.join(30)
    for clerk in clerks:
        if clerk.failure:
            raise clerk.failure
    outcome.surprises, outcome.statuses = forger.surprises, forger.statuses
    for clerk, service in zip(clerks, world.calling, strict=True):
        _compare(outcome, clerk, service, world.rows(ROWS, clerk.facts["register"]))
    return outcome


def _compare(outcome: Outcome, clerk: Clerk, service: CallingService, rows: list[dict]) -> None:
    """Hold what was posted against the tape of the service and the rows of Odoo."""

    def mark(name: str) -> str:
        return name.rpartition(" ")[2]

    tape = [(mark(printed.lines[0]["name"]), printed) for printed in service.documents if printed.intent == "sell"]
    printed_for = Counter(name for name, __ in tape)
    rows_for = Counter(mark(row["name"]) for row in rows)
    of_mark = {mark(row["name"]): row for row in rows}
    for name, total in clerk.posted.items():
        row, printed = of_mark.get(name), [printed for each, printed in tape if each == name]
        if printed_for[name] > 1 or rows_for[name] > 1:
            outcome.doubled.append(f"{name}: printed {printed_for[name]} times, {rows_for[name]} rows")
        if not row or (row["state"] == "done" and not printed):
            outcome.lost.append(f"{name}: {row and row['state']}, not printed")
        elif row["state"] != "done":
            outcome.stuck.append(f"{name}: {row['state']}, printed {len(printed)} times, calls: {row['calls']}")
        elif not total == printed[0].total == row["total"] or row["number"] != str(printed[0].fiscal["i"]):
            outcome.differing.append(f"{name}: {total}, printed {printed[0].total}, Odoo has {row['total']}")
    strangers = printed_for.keys() - clerk.posted.keys()
    outcome.doubled += [f"{name}: printed, and nobody posted it" for name in strangers]
