"""Where things are: the checkout, its addons, and the cache that everything built or downloaded goes to."""

import ast
import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "tests" / "dev"
# Addons of others that addons of the suite bind it to, and the packages that bring them, for the tests alone.
FOREIGN = {"contract": "odoo-addon-contract==19.*"}


def cache() -> Path:
    """Return the cache folder of the user, made when it is missing."""
    chosen = os.environ.get("FISCAL_CACHE")
    if chosen:
        folder = Path(chosen).expanduser().resolve()
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fiscal-odoo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data() -> Path:
    """Return Odoo's data folder, which holds the files of the databases: one for each PostgreSQL server."""
    return cache() / os.environ.get("FISCAL_DATA", "data")


def foreign() -> Path:
    """Return the folder of the addons of others that the suite is tested with, whether it is there yet or not."""
    packages = hashlib.sha256(" ".join(sorted(FOREIGN.values())).encode()).hexdigest()[:10]
    return cache() / f"addons-{packages}" / "odoo" / "addons"


def suite() -> dict[str, list[str]]:
    """Return every addon of the suite with what it depends on, in alphabetical order."""
    manifests = {path.parent.name: ast.literal_eval(path.read_text()) for path in ROOT.glob("*/__manifest__.py")}
    return {name: manifests[name]["depends"] for name in sorted(manifests)}


def addons() -> list[str]:
    """Return the names of the suite's addons that can be installed here, in alphabetical order."""
    return [name for name in suite() if name not in left_out()]


def glue() -> dict[str, str]:
    """Return the addons of the suite that bind it to an addon of others, with the name of that one."""
    return {name: other for name, depends in suite().items() for other in depends if other in FOREIGN}


def left_out() -> dict[str, str]:
    """Return the part of `glue()` that cannot be installed because the other addon is not here."""
    return {name: other for name, other in glue().items() if not (foreign() / other).exists()}
