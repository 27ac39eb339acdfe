"""Databases: templates that are built once for what they depend on, and copies of them that cost a second.

A template is built in two layers. The lower one has the modules of Odoo that the suite stands on, in three languages;
the upper one adds the suite. A change to an addon so rebuilds only the upper one.
"""

import ast
import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from .console import run, step
from .environment import Environment
from .paths import ROOT, addons, cache, data, glue

# The first becomes the language of everybody who has chosen none.
LANGUAGES = "en_US,ru_RU,uk_UA"
# Modules of Odoo that the suite must get along with in the tests, without depending on them.
BESIDE = ("pos_loyalty",)
# Files of an addon that leave no trace in a database: what they say is read when the server runs.
NOT_STORED = {"tests", "static", "readme", "__pycache__"}
KEPT = 4
# Scripts for `odoo shell` that pack what the browser loads when the template is built, and not at the first click.
PACK_ALL = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""
PACK_FOR_DEMO = """
for name in ("web.assets_frontend", "web.assets_frontend_lazy", "web.assets_web", "point_of_sale.assets_prod"):
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=True, js=True)
    bundle.css()
    bundle.js()
env.cr.commit()
"""


@dataclass
class Template:
    """A database to copy: `modules` on top of the template `below`."""

    kind: str
    modules: list[str]
    digest: str
    demo: bool = False
    below: "Template | None" = None
    options: list[str] = field(default_factory=list)
    script: str = ""  # to run in `odoo shell` at the end

    @property
    def name(self) -> str:
        return f"fiscal_template_{self.kind}_{self.digest}"

    @property
    def log(self) -> Path:
        return logs() / f"{self.name}.log"

    def build(self, env: Environment) -> None:
        """Make the template unless it is there already."""
        with (cache() / f"{self.name.rsplit('_', 1)[0]}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if exists(self.name) and filestore(self.name).exists():
                return
            if self.below:
                self.below.build(env)
            with step(f"Building a database with {self.title()}"):
                building = f"{self.name}_building"
                drop(self.name)
                drop(building)
                if self.below:
                    copy(self.below.name, building)
                options = ["--with-demo"] if self.demo else []
                command = env.odoo_command(
                    *("-d", building, "-i", ",".join(self.modules), *options, *self.options),
                    *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
                )
                run(command, log=self.log, env=env.variables())
                if self.script:
                    shell = env.odoo_command("-d", building, "--no-http")
                    shell.insert(3, "shell")
                    run(shell, env=env.variables(), input=self.script)
                filestore(building).mkdir(parents=True, exist_ok=True)
                filestore(building).rename(filestore(self.name))
                execute(f'ALTER DATABASE "{building}" RENAME TO "{self.name}"')
            self.drop_older()

    def title(self) -> str:
        data = "demo data" if self.demo else "no demo data"
        what = ", ".join(self.modules) if len(self.modules) < 8 else f"{len(self.modules)} modules"
        return f"{what} and {data}"

    def drop_older(self) -> None:
        """Keep a few templates of this kind, for those who go back and forth between branches."""
        names = query(
            "SELECT datname FROM pg_database WHERE datname ~ %s ORDER BY oid DESC",
            f"^fiscal_template_{self.kind}_[0-9a-f]+$",
        )
        unfinished = query(
            "SELECT datname FROM pg_database WHERE datname ~ %s", f"^fiscal_template_{self.kind}_.*_building$"
        )
        for name in names[KEPT:] + unfinished:
            with contextlib.suppress(Exception):  # another run may be copying it
                drop(name)
                (logs() / f"{name}.log").unlink(missing_ok=True)


def suite_template(env: Environment, demo: bool = False, only: Collection[str] = ()) -> Template:
    """Return the template with the suite and nothing of others, or with `only` some and what they depend on."""
    suite = [name for name in addons() if name not in glue()]
    depends = {name for addon in suite for name in manifest(addon)["depends"]} - set(suite)
    wanted = sorted(depends if demo else depends | set(BESIDE))
    kind = "demo" if demo else "test"
    pack = PACK_FOR_DEMO if demo else PACK_ALL
    digest = digest_of(odoo_identity(env), LANGUAGES, pack, *wanted)
    options = [f"--load-language={LANGUAGES}"]
    lower = Template(f"odoo{kind}", wanted, digest, demo=demo, options=options, script="" if demo else pack)
    chosen = sorted(closure(only)) or suite
    script = Path(__file__).with_name("demo_shops.py").read_text() + pack if demo else ""
    digest = digest_of(digest, *chosen, suite_digest(chosen), script)
    return Template(kind, chosen, digest, demo=demo, below=lower, script=script)


def closure(names: Collection[str]) -> set[str]:
    """Return these addons of the suite with those of the suite that they depend on."""
    found = set(names)
    for name in names:
        found |= closure(set(manifest(name)["depends"]) & set(addons()))
    return found


def manifest(addon: str) -> dict:
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())


def digest_of(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def suite_digest(names: Collection[str]) -> str:
    """Return a hash of the files of these addons that shape a database."""
    digest = hashlib.sha256()
    for addon in names:
        for path in sorted((ROOT / addon).rglob("*")):
            if path.is_file() and not NOT_STORED & set(path.relative_to(ROOT / addon).parts):
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def odoo_identity(env: Environment) -> str:
    """Return something that changes when Odoo does."""
    head = env.odoo / ".git" / "HEAD"
    text = head.read_text().strip() if head.exists() else ""
    if text.startswith("ref: "):
        ref = env.odoo / ".git" / text[5:]
        text = ref.read_text() if ref.exists() else text
    return f"{env.odoo} {(env.odoo / 'odoo' / 'release.py').stat().st_mtime_ns} {text}"


def connect(dbname: str = "postgres"):
    import psycopg2

    connection = psycopg2.connect(dbname=dbname)
    connection.autocommit = True
    return connection


def execute(statement: str, dbname: str = "postgres") -> None:
    with contextlib.closing(connect(dbname)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def query(statement: str, *values, dbname: str = "postgres") -> list:
    """Return the first column of a query's rows."""
    with contextlib.closing(connect(dbname)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def exists(name: str) -> bool:
    return bool(query("SELECT 1 FROM pg_database WHERE datname = %s", name))


def filestore(name: str) -> Path:
    return data() / "filestore" / name


def logs() -> Path:
    folder = cache() / "logs"
    folder.mkdir(exist_ok=True)
    return folder


def drop_old_logs(days: int = 7) -> None:
    for log in logs().glob("*.log"):
        if not log.name.startswith("fiscal_template") and time.time() - log.stat().st_mtime > days * 86400:
            log.unlink(missing_ok=True)


def copy(source: str, name: str) -> None:
    """Copy a database with its files; the files never change, so links to them will do."""
    execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    shutil.rmtree(filestore(name), ignore_errors=True)
    shutil.copytree(filestore(source), filestore(name), copy_function=os.link)


def drop(name: str) -> None:
    execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


_copies = 0


def fresh_database(template: str) -> str:
    """Return the name of a new copy of a template, for the caller to drop."""
    global _copies
    _copies += 1
    name = f"fiscal_run_{socket.gethostname().lower()[:20]}_{os.getpid()}_{_copies}"
    copy(template, name)
    return name


@contextlib.contextmanager
def temporary(template: str):
    """Give the name of a copy of a template, dropped at the end."""
    name = fresh_database(template)
    try:
        yield name
    finally:
        drop(name)


def drop_abandoned() -> None:
    """Drop the copies of runs on this machine that were killed before they could do it themselves."""
    prefix = f"fiscal_run_{socket.gethostname().lower()[:20]}_"
    for name in query("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", prefix):
        pid = name[len(prefix) :].split("_")[0]
        if not Path("/proc", pid).exists():
            drop(name)
