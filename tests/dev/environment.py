"""The Python that runs Odoo, the tests and the linters.

Without ODOO_HOME it is a virtual environment in the cache, made from requirements.txt. With ODOO_HOME it is
ODOO_PYTHON, or else the `python3` that comes first on the PATH (so an active virtual environment), and nothing is
installed.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .apt import Apt
from .console import run, say, step, stop
from .odoo_source import odoo_home, unpack, unpacked_path
from .paths import DEV, FOREIGN, ROOT, addons, cache, data, foreign

SUPPORTED = [(3, 13), (3, 12), (3, 11), (3, 10)]


@dataclass(frozen=True)
class Environment:
    python: Path
    odoo: Path  # the folder that holds the package `odoo`

    def variables(self) -> dict[str, str]:
        """Return the environment variables in which `python -m odoo` works."""
        path = os.pathsep.join(filter(None, [str(self.odoo), os.environ.get("PYTHONPATH")]))
        # A configuration file of the user's own must not change what is run here.
        return {**os.environ, "PYTHONPATH": path, "ODOO_RC": "/dev/null", "PYTHONUNBUFFERED": "1"}

    def odoo_command(self, *options: str) -> list[str]:
        """Return the command line that starts Odoo with the suite on its addons path."""
        folders = [str(folder) for folder in (ROOT, foreign()) if folder.exists()]
        path = [f"--addons-path={','.join(folders)}"] if addons() else []
        return [str(self.python), "-m", "odoo", *path, f"--data-dir={data()}", *map(str, options)]

    def has(self, module: str) -> bool:
        """Tell whether this Python has a package."""
        find = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
        return not subprocess.run([self.python, "-c", find], capture_output=True, check=False).returncode

    def bin(self, name: str) -> str | None:
        """Return the path of a program that belongs to this Python, or one that is on the PATH."""
        own = self.python.parent / name
        return str(own) if own.exists() else shutil.which(name)


def enter() -> Environment:
    """Return the environment; when the running script runs elsewhere, start it again inside."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    environment = prepare()
    if os.environ.get("FISCAL_ENTERED") != str(environment.python):
        os.environ["FISCAL_ENTERED"] = str(environment.python)
        os.execv(environment.python, [str(environment.python), *sys.orig_argv[1:]])
    return environment


def end(number: int, _frame) -> None:
    """Take the programs that this one has started along when it is told to end, and tidy up on the way out."""
    for tasks in Path("/proc/self/task").glob("*/children"):
        for pid in tasks.read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGTERM)
    sys.exit(128 + number)


def prepare() -> Environment:
    """Return the environment, making what is missing."""
    if odoo_home():
        chosen = os.environ.get("ODOO_PYTHON") or shutil.which("python3")
        python = Path(shutil.which(chosen) or chosen).absolute()
        if not python.exists():
            stop(f"ODOO_PYTHON is {chosen}, and no program is there.")
        return Environment(python, odoo_home())
    with (cache() / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        base, version = base_python()
        requirements = (DEV / "requirements.txt").read_bytes()
        folder = cache() / f"venv-{version}-{hashlib.sha256(requirements).hexdigest()[:10]}"
        odoo = unpacked_path()
        missing = {}
        if not (folder / "complete").exists():
            missing["Python packages"] = lambda: make_virtual_environment(base, folder)
        if not odoo.exists():
            missing["Odoo 19 (123 MB)"] = unpack
        if missing:
            with step(f"Downloading and installing {' and '.join(missing)}"), ThreadPoolExecutor() as pool:
                for job in [pool.submit(function) for function in missing.values()]:
                    job.result()
        if not foreign().exists():
            fetch_foreign_addons(folder / "bin" / "python")
        return Environment(folder / "bin" / "python", odoo)


def make_virtual_environment(base: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    if has_pip(base):
        run([base, "-m", "venv", folder])
    else:
        run([base, "-m", "venv", "--without-pip", folder])
        install_pip(python)
    pip = [python, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
    run([*pip, "--requirement", DEV / "requirements.txt"], log=cache() / "pip.log")
    (folder / "complete").touch()


def fetch_foreign_addons(python: Path) -> None:
    """Download the addons of others; the addons that bind to one that cannot be had are left out."""
    root = foreign().parents[1]
    partial = root.with_name(f"{root.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps", "--disable-pip-version-check"]
    try:
        with step(f"Downloading {', '.join(FOREIGN.values())}"):
            run([*pip, "--target", partial, *FOREIGN.values()])
    except SystemExit as end:
        say(f"{end.code}\nThe addons that need them are left out.")
    else:
        partial.rename(root)


def base_python() -> tuple[str, str]:
    """Return a Python that Odoo 19 runs on, and its version: the running one when it will do."""
    names = [sys.executable, "python3", *(f"python{major}.{minor}" for major, minor in SUPPORTED)]
    for name in names:
        path = shutil.which(name)
        probe = [path, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
        result = path and subprocess.run(probe, capture_output=True, text=True, check=False)
        version = result.stdout.strip() if result and not result.returncode else ""
        if version in [f"{major}.{minor}" for major, minor in SUPPORTED]:
            return path, version
    stop("Odoo 19 needs Python 3.10, 3.11, 3.12 or 3.13, and this machine has none of them on its PATH.")


def has_pip(python: str) -> bool:
    """Tell whether this Python can put pip into an environment; Debian's cannot without a further package."""
    return not subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode


def install_pip(python: Path) -> None:
    target = cache() / "pip"
    if not list(target.rglob("pip-*.whl")):
        apt = Apt(cache() / "apt-pip")
        apt.update()
        apt.unpack(["python3-pip-whl"], target)
    wheel = next(target.rglob("pip-*.whl"))
    run([python, wheel / "pip", "install", "--quiet", wheel])


if __name__ == "__main__":
    print(prepare().python)
