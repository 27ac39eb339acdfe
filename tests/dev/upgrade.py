"""`make test-upgrade`: whether a database of an earlier version of the suite keeps everything when it is updated.

The version before secrets moved to rows of their own is taken from git, so the clone must have its history. It is
installed and filled (`upgrade_fill.py`), then updated with today's code and looked at (`upgrade_check.py`).
"""

import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from . import database, environment, odoo_log, postgres
from .console import run, say, step, stop
from .environment import Environment
from .paths import DEV, ROOT, addons, data

#: the file with which secrets got rows of their own
MOVED = "fiscal_base/models/fiscal_secret.py"


def earlier() -> str:
    """Return the commit before the one that added `MOVED`."""
    found = git("log", "--diff-filter=A", "--format=%H", "--", MOVED).decode().split()
    if not found:
        stop("The history of this clone does not go back far enough: git fetch --unshallow brings all of it.")
    return f"{found[-1]}^"


def git(*args: str) -> bytes:
    return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, check=True).stdout


def shell(env: Environment, command: list[str], script: str) -> str:
    """Run a script of this folder in `odoo shell`, and return the JSON text behind the word FACTS."""
    command = [*command[:3], "shell", *command[3:], "--no-http"]
    text = (DEV / script).read_text()
    done = subprocess.run(command, input=text, env=env.variables(), text=True, capture_output=True, check=False)
    found = re.search(r"^FACTS (.*)$", done.stdout, re.M)
    if not found:
        stop(f"{done.stdout[-2000:]}\n{done.stderr[-6000:]}\n{script} failed.")
    return found[1]


def main() -> int:
    env = environment.enter()
    with postgres.server(), tempfile.TemporaryDirectory() as folder:
        database.drop_abandoned()
        below = database.suite_template(env).below
        below.build(env)
        commit = earlier()
        with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
            archive.extractall(folder, filter="data")
        names = [name for name in addons() if Path(folder, name, "__manifest__.py").exists()]
        old = [str(env.python), "-m", "odoo", f"--addons-path={folder}", f"--data-dir={data()}"]
        with database.temporary(below.name) as name:
            there, quiet = ["-d", name], ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
            log = database.logs() / f"upgrade-{name}.log"
            with step(f"Installing the suite before {commit[:12]}"):
                run([*old, *there, "-i", ",".join(names), *quiet], log=log, env=env.variables())
            with step("Filling it"):
                before = json.loads(shell(env, [*old, *there], "upgrade_fill.py"))
            with step("Updating it"):
                run(env.odoo_command(*there, "-u", ",".join(names), *quiet), log=log, env=env.variables())
            after = json.loads(shell(env, env.odoo_command(*there), "upgrade_check.py"))
    problems = [f"Updating logged: {text}" for text in odoo_log.read(log).unannounced]
    for what, value in before.items():
        if after.get(what) != value:
            problems.append(f"{what}: {after.get(what)!r} instead of {value!r}")
    for problem in problems:
        say(f"WRONG: {problem}")
    say(f"{len(before) - len(problems)} passed, {len(problems)} failed, 0 skipped")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
