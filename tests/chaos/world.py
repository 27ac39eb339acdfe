"""The stage: a PostgreSQL that may be restarted, emulated services, a shop with many tills, and real Odoo workers.

Everything here is started by this process and ended by it; nothing of it is shared with other test runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.dev import database, environment, postgres
from tests.dev.console import run, say
from tests.dev.paths import ROOT, cache
from tests.dev.ports import free_ports
from tests.dev.server import OdooServer
from tests.emulators.common import Fault, Faults
from tests.emulators.kkm_register import NOT_ENOUGH_CASH, Register
from tests.emulators.kkm_server import KkmServerEmulator
from tests.emulators.komtet import KomtetEmulator

HERE = Path(__file__).resolve().parent
ADDONS = HERE / "addons"
PASSWORD = "chaos"
#: seconds that KKM Server waits for a register, by part of the test; Odoo waits five longer
TIMEOUT = {"dead": 5}
#: what Odoo logs because PostgreSQL was away, because two transactions met, or because the test forced it
EXPECTED = re.compile(
    r"psycopg2\.|bad query|connection|server closed|forced by the test|could not serialize|could not obtain lock"
    # a person decided in the moment in which the lane learnt it by itself
    r"|This decision is for documents|has moved on meanwhile"
    # a button that did not fit any more when it was pressed
    r"|is just being|surely not sent|The backup register “|the service is asked first|is in the queue of its register"
    r"|It is not known whether|is registered and stays|was given up and stays|The service has accepted|” has an error"
    r"|can still be returned|has not been registered"
    # Odoo's cursor cannot end quietly when it never got a connection
    r"|Some modules are not loaded|Cursor not closed explicitly"
)
#: what a worker must not leave behind: a lane that is locked, a transaction that is open
LEFT = """
    SELECT 'a lane is locked' AS what FROM pg_locks WHERE locktype = 'advisory' AND granted
    UNION ALL SELECT 'a transaction is open: ' || left(query, 100) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'idle in transaction' AND xact_start < now() - interval '20 s'
"""


class CountedFaults(Faults):
    """Faults of the line that say when they strike."""

    def __init__(self, struck):
        super().__init__()
        self._struck = struck

    def take(self, command, reused=False):
        fault = super().take(command, reused)
        if fault:
            self._struck(fault.options.get("name") or fault.kind)
        return fault


class Service(KkmServerEmulator):
    """A KKM Server whose registers take their time.

    :param struck: is called with this service and the name of each fault that strikes
    """

    #: seconds that a register needs
    latency = 0.03
    #: whether the next return meets a drawer that is empty
    refuse_return = False

    def __init__(self, registers, struck):
        super().__init__(registers=registers, queue_seconds=4)
        self.faults = CountedFaults(lambda name: struck(self, name))

    def answer(self, request, fault):
        time.sleep(self.latency)
        if self.refuse_return and not fault and b"RegisterCheck" in request.body:
            command = json.loads(request.body)
            if command.get("Command") == "RegisterCheck" and command.get("TypeCheck") == 1:
                self.refuse_return = False
                fault = Fault("device_error", options={"text": NOT_ENOUGH_CASH})
        return super().answer(request, fault)


class CallingService(KomtetEmulator):
    """A service that calls back; what it has called is kept, for those who replay it."""

    def __init__(self, shop: str, secret: str):
        super().__init__(shops={shop: secret}, seconds=0.5)
        self.shop, self.secret = shop, secret
        self.said: list[tuple[str, bytes, dict]] = []

    def _post(self, url: str, body: bytes, headers: dict) -> int | None:
        self.said.append((url, body, headers))
        return super()._post(url, body, headers)


@dataclass(frozen=True)
class Strike:
    """A fault that has struck: which, when, and on which registers (serial numbers; empty for all)."""

    name: str
    at: float
    serials: tuple[str, ...] = ()


@dataclass(frozen=True)
class Till:
    """A point of sale, by ids of Odoo, and the serial number of its register."""

    config: int
    register: int
    serial: str
    login: str
    user: int
    cash: int
    card: int


class World:
    """Everything of one run, from `with` to its end.

    :param layout: for each part of the test its services, for each service the number of tills at each of its
        registers: `{"chaos": [[2, 1], [1]]}`
    :param callers: how many companies have a register behind a service that calls back, and an accountant
    """

    def __init__(self, layout: dict[str, list[list[int]]], workers: int = 3, cron_threads: int = 2, callers: int = 0):
        self.layout, self.workers, self.cron_threads = layout, workers, cron_threads
        self.calling = [CallingService(f"shop-{number}", f"secret-of-{number}") for number in range(callers)]
        self.port = 0
        self.cluster: DurableCluster | None = None
        self.services: list[Service] = []
        self.parts: dict[str, Part] = {}
        self.strikes: list[Strike] = []
        #: file name of a planned fault → how it is called
        self._planned: dict[str, str] = {}
        self._serial_of: dict[int, str] = {}

    # === Life ===

    def __enter__(self) -> World:
        with contextlib.ExitStack() as stack:
            self._prepare(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error) -> None:
        self._stack.close()

    def _prepare(self, stack: contextlib.ExitStack) -> None:
        env = environment.prepare()
        stack.enter_context(_own_postgres(self))
        self.database = stack.enter_context(database.temporary(_template(env, self.cluster)))
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fiscal-chaos-")))
        for name in ("planned", "struck", "mutations"):
            (self.folder / name).mkdir()
        self.port = free_ports(1)[0]
        spec = self._start_services(stack)
        for service in self.calling:
            stack.enter_context(service)
        self._make_shop(env, spec)
        self.server = OdooServer(
            self.database,
            f"--addons-path={ROOT},{ADDONS}",
            "--load=base,web,fiscal_chaos",
            workers=self.workers,
            cron_threads=self.cron_threads,
            port=self.port,
            variables={"FISCAL_CHAOS": str(self.folder)},
        )
        stack.callback(self.server.stop)
        self.server.start()
        closing = threading.Event()
        supervisor = threading.Thread(target=self._supervise, args=(closing,), daemon=True)
        supervisor.start()
        stack.callback(supervisor.join, 120)
        stack.callback(closing.set)

    def _start_services(self, stack: contextlib.ExitStack) -> list[dict]:
        """Start the emulators; what the shop has to know of each till."""
        spec, device = [], 0
        for part, services in self.layout.items():
            for tills in services:
                registers = []
                for count in tills:
                    device += 1
                    register = Register(len(registers) + 1, f"01490600060{device:05}", name=f"Касса {device}")
                    registers.append(register)
                    spec += [{"part": part, "serial": register.serial, "service": len(self.services)}] * count
                service = stack.enter_context(Service(registers, self._struck))
                self.services.append(service)
        for till in spec:
            till.update(url=self.services[till["service"]].url, timeout=TIMEOUT.get(till["part"], 2))
        return spec

    def _make_shop(self, env, spec: list[dict]) -> None:
        command = env.odoo_command("-d", self.database, "--no-http")
        command.insert(3, "shell")
        callers = [{"server": service.url, "shop": service.shop, "secret": service.secret} for service in self.calling]
        facts = [spec, PASSWORD, callers, f"http://127.0.0.1:{self.port}"]
        script = (HERE / "make_shop.py").read_text().replace("SPEC", json.dumps(json.dumps(facts)))
        result = subprocess.run(
            command, env=env.variables(), input=script, capture_output=True, text=True, check=False, timeout=300
        )
        line = next((line for line in result.stdout.splitlines() if line.startswith("FACTS ")), None)
        if not line:
            raise RuntimeError(f"The shop could not be made.\n{result.stdout[-2000:]}\n{result.stderr[-4000:]}")
        self.facts = json.loads(line.removeprefix("FACTS "))
        tills = [Till(**till) for till in self.facts["tills"]]
        self._serial_of = {till.register: till.serial for till in tills}
        for name in self.layout:
            mine = [till for till, of in zip(tills, spec, strict=True) if of["part"] == name]
            self.parts[name] = Part(self, mine)

    def _supervise(self, closing: threading.Event) -> None:
        """Start Odoo again when it has ended, as a service manager does: its parent process ends with PostgreSQL."""
        while not closing.wait(0.5):
            if self.server.process.poll() is not None:
                self.server.kill()
                with contextlib.suppress(RuntimeError):
                    self.server.start()

    # === Faults ===

    def _struck(self, service: Service, name: str) -> None:
        self.note_strike(name, *(register.serial for register in service.registers))

    def note_strike(self, name: str, *serials: str) -> None:
        self.strikes.append(Strike(name, time.time(), serials))

    def plan(self, name: str, point: str, action: str, value: object = "", register: int = 0) -> None:
        """Plan a fault in one of Odoo's processes; see `addons/fiscal_chaos/faults.py`. `register` is an id of Odoo."""
        file = f"{len(self._planned):07}~{point}~{register}~{action}~{value}"
        self._planned[file] = name
        (self.folder / "planned" / file).touch()

    def collect_strikes(self) -> None:
        """Note the faults that have struck in Odoo's processes since the last time."""
        for path in list((self.folder / "struck").iterdir()):
            words = path.read_text().split()
            if len(words) == 2:
                path.unlink()
                serial = self._serial_of.get(int(words[1]))
                name = self._planned[path.name]
                self.strikes.append(Strike(name, float(words[0]), (serial,) if serial else ()))

    def end_faults(self) -> None:
        """Take back every fault that has not struck yet; services that are down come back."""
        for path in (self.folder / "planned").iterdir():
            path.unlink(missing_ok=True)
        for service in self.services:
            service.faults.clear()
            service.refuse_return = False
            service.up()

    def set_clock(self, seconds: float) -> None:
        """Let the clock of Odoo's machine be wrong by so much."""
        new = self.folder / "clock.new"
        new.write_text(str(seconds))
        new.rename(self.folder / "clock")

    def mutate(self, register: int, name: str) -> None:
        """Take a safeguard out of the engine for one register; see `addons/fiscal_chaos/mutations.py`."""
        (self.folder / "mutations" / str(register)).write_text(name)

    # === What is there ===

    def service_of(self, serial: str) -> Service:
        return next(s for s in self.services for register in s.registers if register.serial == serial)

    def rows(self, statement: str, *values) -> list[dict]:
        """Rows of Odoo's database; `values` are those of the statement, or one dictionary of them."""
        import psycopg2.extras

        with contextlib.closing(database.connect(self.database)) as connection:
            cursor = connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
            cursor.execute(statement, values[0] if values and isinstance(values[0], dict) else values)
            return [dict(row) for row in cursor.fetchall()]

    def unexpected_errors(self) -> list[str]:
        """What Odoo logged as a warning or an error and no fault explains."""
        return [text for text in self.server.unannounced() if not EXPECTED.search(text)]

    def left_behind(self) -> list[str]:
        """Locks and transactions that stay although nothing is under way; a lane that is at work now ends soon."""
        for __ in range(20):
            left = [row["what"] for row in self.rows(LEFT)]
            if not left:
                break
            time.sleep(0.5)
        return left


@dataclass(frozen=True)
class Part:
    """The tills of one part of the test, and their registers."""

    world: World
    tills: list[Till]

    @property
    def registers(self) -> dict[str, Register]:
        serials = {till.serial for till in self.tills}
        every = (register for service in self.world.services for register in service.registers)
        return {register.serial: register for register in every if register.serial in serials}

    def of(self, serial: str) -> Part:
        return Part(self.world, [till for till in self.tills if till.serial == serial])


# === PostgreSQL ===


@contextlib.contextmanager
def _own_postgres(world: World):
    """Give `world` a cluster of its own, or the server that the user has named, which is never restarted."""
    if not _is_ours():
        say("SKIPPED: PostgreSQL is not restarted, since DATABASE_URL or PGHOST names a server that is not ours.")
        with postgres.server():
            yield
        return
    with postgres.server():
        # held while we run, so that the template can be copied from it
        shared = {name: os.environ[name] for name in ("PGHOST", "PGPORT", "PGUSER", "FISCAL_DATA")}
        cluster = DurableCluster(cache() / "postgres-chaos", shared)
        with (cluster.folder / "users.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            cluster.start()
            with _variables({**shared, "PGHOST": str(cluster.socket), "FISCAL_DATA": "data-chaos"}):
                world.cluster = cluster
                try:
                    database.drop_abandoned()
                    yield
                finally:
                    cluster.stop()


def _is_ours() -> bool:
    """Whether the tools start PostgreSQL themselves (and may have told us through PGHOST)."""
    foreign = os.environ.get("DATABASE_URL") or os.environ.get("PGHOST")
    return not foreign or os.environ.get("FISCAL_DATA") == "data"


@contextlib.contextmanager
def _variables(values: dict[str, str]):
    before = {name: os.environ[name] for name in values if name in os.environ}
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.update(before)


class DurableCluster(postgres.Cluster):
    """A server that keeps what it has committed when it is killed (the machine itself is not).

    :param shared: variables of the server that the templates are on
    """

    def __init__(self, folder: Path, shared: dict[str, str]):
        super().__init__(folder)
        self.shared = shared

    def create(self) -> None:
        super().create()
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("synchronous_commit = on\nfull_page_writes = on\n")

    def crash(self) -> None:
        """Stop at once, as when it is killed, and start again: it recovers from its log."""
        command = [*self.prefix, self.programs / "pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop"]
        run(command, cwd="/")
        self.start()

    def restart(self) -> None:
        self.stop()
        self.start()

    def program(self, name: str) -> str:
        own = self.programs / name
        return str(own) if own.exists() else shutil.which(name) or name


def _template(env, cluster: DurableCluster | None) -> str:
    """The name of a database with the suite installed; on a cluster of our own a copy from the shared one."""
    suite = database.suite_template(env)
    if not cluster:
        suite.build(env)
        return suite.name
    with _variables(cluster.shared):
        suite.build(env)
        files = database.filestore(suite.name)
    if database.exists(suite.name) and database.filestore(suite.name).exists():
        return suite.name
    for name in database.query("SELECT datname FROM pg_database WHERE starts_with(datname, 'fiscal_template_')"):
        database.drop(name)
    building = f"{suite.name}_building"
    database.execute(f'CREATE DATABASE "{building}" TEMPLATE template0')
    command = [cluster.program("pg_dump"), "-d", suite.name]
    with subprocess.Popen(command, env={**os.environ, **cluster.shared}, stdout=subprocess.PIPE) as dump:
        command = [cluster.program("psql"), "-q", "-X", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-d", building]
        subprocess.run(command, stdin=dump.stdout, check=True)
    shutil.copytree(files, database.filestore(suite.name), copy_function=os.link, dirs_exist_ok=True)
    database.execute(f'ALTER DATABASE "{building}" RENAME TO "{suite.name}"')
    return suite.name
