"""What is measured: a database with many KKM Servers and documents, and Odoo workers that serve it."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from tests.dev import database, environment, postgres
from tests.dev.console import step
from tests.dev.server import OdooServer

HERE = Path(__file__).resolve().parent
PASSWORD = "bench"
#: as many as Odoo advises for two cores
WORKERS = 5
#: registered documents with their attempts, spread over the registers; `%(…)s` as psycopg2 fills them in
FILL = """
    INSERT INTO fiscal_document (
        name, operation, event, company_id, register_id, provider, date, priority, employee_id, cashier_name, total,
        change, state, key, tries, fiscal_number, fiscal_sign, fiscal_storage, shift_number, receipt_number,
        registered_at, create_date, write_date, create_uid, write_uid
    )
    SELECT 'Order ' || n, 'sale', 'bench:' || n, %(company)s, (%(registers)s)[1 + n %% %(count)s], 'kkm_server',
           now() - n * interval '7 seconds', 0, %(employee)s, 'Анна Смирнова', 62.00, 0, 'done',
           gen_random_uuid()::text, 0, (n / %(count)s + 1)::text, '2178618479', '9999078900002838',
           n / %(count)s / 300 + 1, n / %(count)s %% 300 + 1, now() - n * interval '7 seconds', now(), now(), 1, 1
      FROM generate_series(1, %(documents)s) n;
    INSERT INTO fiscal_attempt (
        document_id, company_id, kind, key, started_at, finished_at, user_id, outcome, create_date, write_date
    )
    SELECT id, company_id, 'submit', key, date, date, 1, 'done', now(), now()
      FROM fiscal_document WHERE event LIKE 'bench:%%';
"""
#: a line of Odoo's log about a call: path, status, SQL queries
CALL = re.compile(r'werkzeug: \S+ - - \[.*?\] "(?:POST|PUT) /fiscal/kkm/(\S+) HTTP/1\.\d" (\d+) \S+ (\d+) ')


@dataclass(frozen=True)
class Stand:
    """A running Odoo and what it knows.

    :param servers: `register`, `serial`, `path` and `token` of each KKM Server
    """

    server: OdooServer
    database: str
    servers: list[dict]
    company: int
    employee: int

    def queries(self, since: int) -> list[int]:
        """SQL queries of each call that Odoo has answered with 200, from a place in its log on."""
        with self.server.log.open(errors="replace") as log:
            log.seek(since)
            return [int(found[3]) for found in CALL.finditer(log.read()) if found[2] == "200"]


@contextlib.contextmanager
def stand(count: int, documents: int, workers: int = WORKERS, cron_threads: int = 1) -> Iterator[Stand]:
    """Odoo with `count` KKM Servers and `documents` registered documents, until the block ends."""
    env = environment.prepare()
    with postgres.server():
        database.drop_abandoned()
        template = database.suite_template(env, only=["fiscal_kkm_server"])
        template.build(env)
        with database.temporary(template.name) as name:
            with step(f"Making {count} KKM Servers"):
                facts = _make(env, name, count)
            with step(f"Writing {documents:,} documents"):
                _fill(name, facts, documents)
            # with a filter Odoo lists all databases at each call that has no cookie, over a connection of its own
            with OdooServer(name, "--db-filter=", workers=workers, cron_threads=cron_threads) as server:
                yield Stand(server, name, facts["servers"], facts["company"], facts["employee"])


def _make(env: environment.Environment, name: str, count: int) -> dict:
    command = env.odoo_command("-d", name, "--no-http")
    command.insert(3, "shell")
    script = (HERE / "make_servers.py").read_text().replace("SPEC", repr(json.dumps([count, PASSWORD])))
    done = subprocess.run(command, input=script, env=env.variables(), text=True, capture_output=True, check=False)
    facts = re.search(r"^FACTS (.*)$", done.stdout, re.M)
    if not facts:
        raise RuntimeError(f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}\nThe KKM Servers could not be made.")
    return json.loads(facts[1])


def _fill(name: str, facts: dict, documents: int) -> None:
    registers = [server["register"] for server in facts["servers"]]
    values = {
        **{"company": facts["company"], "employee": facts["employee"], "documents": documents},
        **{"registers": registers, "count": len(registers)},
    }
    with contextlib.closing(database.connect(name)) as connection, connection.cursor() as cursor:
        cursor.execute(FILL, values)
        cursor.execute("VACUUM ANALYZE")
        with contextlib.suppress(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CHECKPOINT")  # calls are measured, not how the million reaches the disk
