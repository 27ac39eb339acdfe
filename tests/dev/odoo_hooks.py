"""Where the suite hangs on Odoo's core: methods it extends, symbols of the till it patches, views it inherits.

    python -m tests.dev.odoo_hooks      print every hook with its signature in this Odoo, as rows of docs/odoo-hooks.md

Everything is read from source, without importing it, so it tells of any Odoo that ODOO_HOME names.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from .paths import ROOT, foreign, suite

#: how the code of a till or of the backend imports what it patches
IMPORT = re.compile(r"import\s*(?:\{([^}]*)\}|(\w+))\s*from\s*[\"']@(\w+)/([^\"']+)[\"']")
#: in place of a signature
EXPORTED, VIEW, TEMPLATE = "exported", "view", "template"
#: `patch(Target.prototype, {` or `patch(Target, {`
PATCH = re.compile(r"^patch\((\w+)(?:\.prototype)?,\s*\{", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Hook:
    """One place where a change of Odoo can break the suite.

    `core` names it as Odoo does (`pos.order.sync_from_ui`, `PosStore.printReceipt`, `account.view_move_form`), `where`
    is our file, `signature` is what Odoo declares, or None where Odoo has no such thing any more.
    """

    core: str
    where: str
    signature: str | None


@dataclass
class Model:
    """What the classes of one model declare: signatures by method, and the models they are made from."""

    methods: dict[str, str] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)


class Core:
    """The source of Odoo's own addons, and of the addons of others that the suite is bound to."""

    def __init__(self, odoo: Path):
        self.framework = odoo / "odoo"
        self.folders = [self.framework / "addons", odoo / "addons", foreign()]

    def addon(self, name: str) -> Path | None:
        return next((folder / name for folder in self.folders if (folder / name / "__manifest__.py").exists()), None)

    @cached_property
    def addons(self) -> list[Path]:
        """Every addon below the suite: what it depends on, directly or not, and what installs itself with that."""
        manifests = {}
        for folder in self.folders:
            for path in folder.glob("*/__manifest__.py"):
                manifests.setdefault(path.parent.name, ast.literal_eval(path.read_text()))
        wanted = {name for depends in suite().values() for name in depends if name in manifests} | {"base"}
        while True:
            below = {name for addon in wanted for name in manifests[addon].get("depends", [])} - wanted
            if not below:
                return sorted(filter(None, map(self.addon, wanted)))
            wanted |= below

    @cached_property
    def models(self) -> dict[str, Model]:
        found = defaultdict(Model)
        for addon in self.addons:
            for path in addon.rglob("*.py"):
                if not {"tests", "migrations"} & set(path.relative_to(addon).parts):
                    for name, parents, node in model_classes(path):
                        found[name].parents += parents
                        found[name].methods.update(methods_of(node))
        base = found["base"]
        for node in ast.walk(ast.parse((self.framework / "orm" / "models.py").read_text())):
            if isinstance(node, ast.ClassDef) and node.name in ("BaseModel", "Model"):
                base.methods.update(methods_of(node))
        return found

    def signature(self, model: str, method: str) -> str | None:
        """Return what Odoo declares of `method`, looked for in the model, what it is made from, and the ORM."""
        seen, queue = set(), [model]
        while queue:
            name = queue.pop(0)
            if name in seen or name not in self.models:
                continue
            seen.add(name)
            if method in self.models[name].methods:
                return self.models[name].methods[method]
            queue += self.models[name].parents
        return self.models["base"].methods.get(method)

    def script(self, addon: str, path: str) -> str | None:
        """Return the text of `@addon/path`, or None where it is gone."""
        folder = self.addon(addon)
        file = folder and folder / "static" / "src" / f"{path}.js"
        return file.read_text() if file and file.exists() else None

    def has_view(self, xml_id: str) -> bool:
        addon, _dot, name = xml_id.partition(".")
        folder = self.addon(addon)
        pattern = re.compile(rf"id=[\"']{re.escape(name)}[\"']")
        return bool(folder) and any(pattern.search(path.read_text()) for path in folder.rglob("*.xml"))


def model_classes(path: Path) -> Iterator[tuple[str, list[str], ast.ClassDef]]:
    """Give name, parents and node of each class of a model in a file."""
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.ClassDef):
            continue
        name, parents = None, []
        for item in node.body:
            target = item.targets[0] if isinstance(item, ast.Assign) else None
            if isinstance(target, ast.Name) and target.id in ("_name", "_inherit"):
                try:
                    value = ast.literal_eval(item.value)
                except ValueError:
                    continue
                if target.id == "_name":
                    name = value
                else:
                    parents = [value] if isinstance(value, str) else list(value or [])
        if name or parents:
            yield name or parents[0], [parent for parent in parents if parent != (name or parents[0])], node


def methods_of(node: ast.ClassDef) -> dict[str, str]:
    return {
        item.name: f"({ast.unparse(item.args).removeprefix('self, ').removeprefix('self')})"
        for item in node.body
        if isinstance(item, ast.FunctionDef)
    }


def calls_super(function: ast.FunctionDef) -> bool:
    """Tell whether a method goes on to the one of the same name that it extends."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == function.name
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", "") == "super"
        for node in ast.walk(function)
    )


def own_files(ending: str, *folders: str) -> Iterator[tuple[str, Path]]:
    for addon in suite():
        for folder in folders:
            for path in sorted((ROOT / addon / folder).rglob(f"*.{ending}")):
                yield addon, path


def extended_methods(core: Core) -> Iterator[Hook]:
    """Methods of Odoo's models that the suite extends; not those that one of its addons has of another."""
    extended, own = [], set()
    for _addon, path in own_files("py", "models", "wizards"):
        for name, _parents, node in model_classes(path):
            for item in node.body:
                if not isinstance(item, ast.FunctionDef):
                    continue
                if not calls_super(item):
                    own.add(item.name)  # on an abstract model of the suite too
                elif name in core.models:
                    extended.append((name, item.name, str(path.relative_to(ROOT))))
    for name, method, where in extended:
        signature = core.signature(name, method)
        if signature or method not in own:
            yield Hook(f"{name}.{method}", where, signature)


def patched_symbols(core: Core) -> Iterator[Hook]:
    """Symbols of Odoo's JavaScript that the suite patches, with the methods that it extends; others that it imports."""
    for _addon, path in own_files("js", "static/src"):
        text, where = path.read_text(), str(path.relative_to(ROOT))
        imported = {}
        for names, default, addon, module in IMPORT.findall(text):
            if addon in suite() or addon == "odoo":
                continue
            for name in filter(None, [default, *(name.split(" as ")[0].strip() for name in names.split(","))]):
                imported[name] = source = core.script(addon, module)
                pattern = r"^export default\b" if name == default else rf"export\b[^;\n]*\b{name}\b"
                exported = source and re.search(pattern, source, re.MULTILINE)
                yield Hook(f"@{addon}/{module} {name}", where, EXPORTED if exported else None)
        for match in PATCH.finditer(text):
            source = imported.get(match[1])
            if source is not None:
                for method in sorted(set(re.findall(r"super\.(\w+)", block(text, match.end() - 1)))):
                    yield Hook(f"{match[1]}.{method}", where, js_signature(source, method))


def block(text: str, start: int) -> str:
    """Return the text from the brace at `start` to the one that closes it."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return text[start:place]
    return text[start:]


def js_signature(source: str, method: str) -> str | None:
    found = re.search(rf"^    (?:static |async |get )*{method}\(((?:[^()]|\([^()]*\))*)\) \{{", source, re.MULTILINE)
    return found and f"({' '.join(found[1].split())})"


def inherited_views(core: Core) -> Iterator[Hook]:
    """Views and templates of Odoo that the suite changes. That each xpath finds its place, Odoo checks itself."""
    for _addon, path in own_files("xml", "views", "wizards", "report", "static/src"):
        root, where = ElementTree.parse(path).getroot(), str(path.relative_to(ROOT))
        names = {node.get("ref", "") for node in root.iter("field") if node.get("name") == "inherit_id"}
        names |= {node.get("inherit_id") for node in root.iter("template") if node.get("inherit_id")}
        for name in sorted(names):
            if "." in name and name.partition(".")[0] not in suite():
                yield Hook(name, where, VIEW if core.has_view(name) else None)
        for name in sorted({node.get("t-inherit") for node in root.iter("t") if node.get("t-inherit")}):
            if name.partition(".")[0] not in suite():
                folder = core.addon(name.partition(".")[0])
                there = any(f't-name="{name}"' in file.read_text() for file in (folder / "static").rglob("*.xml"))
                yield Hook(name, where, TEMPLATE if there else None)


def hooks(odoo: Path) -> list[Hook]:
    """Return every hook of the suite into the Odoo in this folder, in alphabetical order."""
    core = Core(odoo)
    return sorted([*extended_methods(core), *patched_symbols(core), *inherited_views(core)], key=lambda hook: hook.core)


def documented(hook: Hook) -> bool:
    """Tell whether a hook stands in docs/odoo-hooks.md: all but what every Odoo addon imports from `web`."""
    return not hook.core.startswith("@web/")


def main() -> int:
    from . import environment

    found = defaultdict(list)
    for hook in filter(documented, hooks(environment.prepare().odoo)):
        found[hook.core, hook.signature].append(f"`{hook.where}`")
    for (core, signature), where in found.items():
        print(f"| `{core}` | `{signature}` | {', '.join(dict.fromkeys(where))} | |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
