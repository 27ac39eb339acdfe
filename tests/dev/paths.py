"""Where things are: the checkout, its addons, and the cache that everything built or downloaded goes to."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "tests" / "dev"


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


def addons() -> list[str]:
    """Return the names of the suite's addons, in alphabetical order."""
    return sorted(manifest.parent.name for manifest in ROOT.glob("*/__manifest__.py"))
