"""Makes the pure code of the addons importable without Odoo.

`addons.<name>` stands for each addon without running its `__init__.py`, which imports Odoo. So a test, an emulator or a
benchmark writes `from addons.fiscal_base.tools.money import …`, and the relative imports between addons work as they do
below `odoo.addons`.
"""

import sys
from importlib.abc import MetaPathFinder
from types import ModuleType

from .paths import ROOT
from .paths import addons as addon_names


class NoOdoo(MetaPathFinder):
    """Keeps `odoo` from being imported, so that pure code is seen to be pure."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "odoo":
            raise ModuleNotFoundError("Pure code must not import odoo.", name=name)


def make_importable() -> None:
    """Put the package `addons` in place."""
    if "addons" in sys.modules:
        return
    package = namespace("addons", ROOT)
    for name in addon_names():
        setattr(package, name, namespace(f"addons.{name}", ROOT / name))


def namespace(name: str, folder) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module
    return module
