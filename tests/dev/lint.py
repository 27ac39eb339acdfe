"""`make lint`: ruff, pylint with the plugin for Odoo, XML that parses, and eslint and prettier where Node.js is there.

Each tool reads its settings itself: ruff `.ruff.toml`, pylint `setup.cfg`, prettier `.prettierrc.json`, and eslint
`tests/dev/eslint.config.cjs`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from .console import run, say, step
from .environment import Environment, enter
from .odoo_source import may_download
from .paths import DEV, ROOT, addons, cache
from .stage import Stage


def check(stage: Stage, folders: list[str], env: Environment) -> None:
    """Run every linter on these folders, and count each as one test."""
    for name, linter in LINTERS.items():
        problem = linter(stage, folders, env)
        if problem is None:
            continue
        if problem:
            stage.fail(f"{name}:\n{problem}")
        else:
            stage.passed += 1
        say(f"{name}: {'failed' if problem else 'ok'}")


def output_of(command: list, **options) -> str:
    result = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if not result.returncode:
        return ""
    return (result.stdout + result.stderr).strip() or f"ended with code {result.returncode}"


def ruff(stage: Stage, folders: list[str], env: Environment) -> str | None:
    program = env.bin("ruff")
    if not program:
        return stage.skip("ruff is not installed.")
    steps = [["check", "--quiet"], ["format", "--check"]]
    complaints = [output_of([program, *words, "--no-cache", *folders]) for words in steps]
    return "\n".join(filter(None, complaints))


def pylint(stage: Stage, folders: list[str], env: Environment) -> str | None:
    if not env.has("pylint_odoo"):
        return stage.skip("pylint-odoo is not installed.")
    mine = [folder for folder in folders if folder in addons()]
    return output_of([env.python, "-m", "pylint", *mine]) if mine else None


def xml(stage: Stage, folders: list[str], env: Environment) -> str | None:
    problems = []
    for path in files(folders, "xml"):
        try:
            ElementTree.parse(ROOT / path)
        except ElementTree.ParseError as error:
            problems.append(f"{path}: {error}")
    return "\n".join(problems)


def eslint(stage: Stage, folders: list[str], env: Environment) -> str | None:
    return node(stage, "eslint", files(folders, "js"), "--config", DEV / "eslint.config.cjs", "--max-warnings=0")


def prettier(stage: Stage, folders: list[str], env: Environment) -> str | None:
    return node(stage, "prettier", files(folders, "js", "scss"), "--check", "--log-level=warn")


# Each gives what it complains of (nothing when it is content), or None when it has nothing to look at or cannot run.
LINTERS = {"ruff": ruff, "pylint-odoo": pylint, "XML": xml, "eslint": eslint, "prettier": prettier}


def files(folders: list[str], *endings: str) -> list[str]:
    """Return the suite's own files of a sort, without third-party libraries."""
    found = [path for folder in folders for ending in endings for path in (ROOT / folder).rglob(f"*.{ending}")]
    ours = [path.relative_to(ROOT) for path in found if "lib" not in path.parts and "node_modules" not in path.parts]
    return sorted(map(str, ours))


def node(stage: Stage, name: str, paths: list[str], *options) -> str | None:
    """Run a linter of Node.js."""
    if not paths:
        return None
    modules = node_modules()
    if not modules:
        return stage.skip(f"{name} needs Node.js 20 with npm, and is not downloaded when ODOO_HOME is set.")
    # The configuration is CommonJS, because only that finds its modules by NODE_PATH.
    return output_of([modules / ".bin" / name, *options, *paths], env={**os.environ, "NODE_PATH": str(modules)})


def node_modules() -> Path | None:
    """Return the folder with the linters of Node.js, installed into the cache when they are not there yet."""
    wanted = [DEV / "package.json", DEV / "package-lock.json"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in wanted)).hexdigest()[:10]
    folder = cache() / f"node-{digest}"
    if not (folder / "complete").exists():
        if not shutil.which("npm") or not may_download():
            return None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for path in wanted:
            shutil.copy(path, folder)
        with step("Installing eslint and prettier"):
            run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder)
        (folder / "complete").touch()
    return folder / "node_modules"


def main() -> int:
    env = enter()
    only = os.environ.get("ONLY", "").replace(",", " ").split()
    stage = Stage("Lint")
    check(stage, only or [*addons(), "tests"], env)
    for problem in stage.problems:
        say(f"\n{problem}")
    say(stage.counts())
    return 1 if stage.failed else 0


if __name__ == "__main__":
    sys.exit(main())
