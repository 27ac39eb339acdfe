"""`make test`: lint, pure tests, the addons' tests in Odoo, their browser tours, and real servers against emulators.

    make test                                       everything
    make test ONLY=fiscal_base                      one addon, with its linters and its pure tests
    make test ONLY=fiscal_base/tests/test_x.py      one file of Odoo tests
    make test ONLY=fiscal_base:TestClass.test_it    one class or method of Odoo tests
    make test ONLY=tests/pure/test_money.py::test_x one path or test of pytest
    make test ONLY=lint                             the linters alone

Several, separated by commas, may be given. The last line says `N passed, N failed, N skipped`.
"""

import ast
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import browser, database, environment, lint, odoo_log, postgres
from .console import say, step, stop
from .environment import Environment
from .paths import ROOT, addons, cache, left_out
from .ports import free_ports
from .stage import Stage

# Tours and everything else that needs a browser carries this tag.
BROWSER_TAG = "fiscal_browser"
# A test in Odoo never commits, so statistics that are taken beside it say that its tables are empty, and Odoo's own
# queries about payments then take seconds each.
NO_STATISTICS = """
    DO $$
    DECLARE
        found regclass;
    BEGIN
        FOR found IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
            EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', found);
        END LOOP;
    END $$
"""
BASE = "fiscal_base"
# What pytest runs only when it is asked to: long, or the tests of whole servers (a stage of their own).
APART = ("tests/e2e", "tests/chaos", "tests/bench", "tests/clients")


@dataclass
class Selection:
    """What ONLY asks for; everything when it asks for nothing."""

    lint: list[str]
    pytest: list[str]
    tags: list[str]
    servers: list[str]


def selection(only: str) -> Selection:
    """Read the variable ONLY."""
    words = only.replace(",", " ").split()
    if not words:
        servers = [path for path in ("tests/e2e", "tests/chaos") if (ROOT / path).is_dir()]
        return Selection(addons() + ["tests"], ["tests"], [f"/{addon}" for addon in addons()], servers)
    chosen = Selection([], [], [], [])
    for word in words:
        word = word.rstrip("/").removeprefix("./")
        first = Path(word.partition(":")[0]).parts[0]
        if word == "lint":
            chosen.lint = addons() + ["tests"]
        elif word in addons():
            chosen.lint.append(word)
            chosen.tags.append(f"/{word}")
            chosen.pytest += pytest_paths(word)
        elif first in addons():
            chosen.tags.append(f"/{word}")
        elif word.startswith("tests") and (ROOT / word.partition("::")[0]).exists():
            (chosen.servers if word.startswith(APART) else chosen.pytest).append(word)
        else:
            stop(f"ONLY={word}: there is no addon or path of that name. The addons are: {', '.join(addons())}.")
    return chosen


def pytest_paths(addon: str) -> list[str]:
    """Return the pure tests of one addon: files and folders named after it."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "pure").glob(f"*{addon}*"))


def pytest_stage(stage: Stage, paths: list[str], env: Environment) -> None:
    """Run pytest and count by its report."""
    if not env.has("pytest"):
        stage.skip(f"{env.python} has no pytest.")
        return
    say(f"\n== {stage.name}")
    ignored = [f"--ignore={path}" for path in APART if paths == ["tests"]]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [env.python, "-m", "pytest", "-q", f"--junitxml={report}", *ignored, *paths]
        code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
        for suite in ElementTree.parse(report).iter("testsuite") if report.exists() else []:
            broken = int(suite.get("failures")) + int(suite.get("errors"))
            stage.failed += broken
            stage.skipped += int(suite.get("skipped"))
            stage.passed += max(0, int(suite.get("tests")) - broken - int(suite.get("skipped")))
    if code == 5:
        stage.fail(f"pytest found no test in {', '.join(paths)}.")
    elif stage.failed:
        stage.problems.append(f"{stage.failed} failed in pytest; see its output above.")
    elif code:
        stage.fail(f"pytest ended with code {code}.")


def database_stage(stage: Stage, template: database.Template, env: Environment) -> None:
    """Build the template database; what its installation logged counts too."""
    template.build(env)
    for log in (template.below.log, template.log):
        for text in odoo_log.read(log).unannounced if log.exists() else []:
            stage.fail(f"Installing logged: {text}\nThe whole log is {log}.")


def odoo_stage(stage: Stage, tags: list[str], template: database.Template, env: Environment) -> None:
    """Run tests in Odoo on a copy of the template, and count by its log."""
    log = database.logs() / f"{stage.name.lower().replace(' ', '-')}-{os.getpid()}.log"
    screenshots = cache() / "screenshots"
    with database.temporary(template.name) as copy, log.open("w") as output:
        database.execute(NO_STATISTICS, copy)
        http, gevent = free_ports(2)
        command = env.odoo_command(
            *("-d", copy, f"--test-tags={','.join(tags)}", "--stop-after-init", "--max-cron-threads=0"),
            *("--http-interface=127.0.0.1", f"--http-port={http}", f"--gevent-port={gevent}"),
            f"--screenshots={screenshots}",
        )
        code = subprocess.run(
            command, env=env.variables(), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        ).returncode
    results = odoo_log.read(log)
    stage.passed += results.passed
    for test, texts in results.broken.items():
        stage.fail("\n".join([test, *texts]))
    for text in results.unannounced:
        stage.fail(f"Not announced by a test: {text}")
    for test, reason in results.skipped.items():
        if "chrome" in reason.lower():
            stage.skip(f"{test}: {reason}")
        else:
            say(f"SKIPPED: {test}: {reason}")
            stage.skipped += 1
    if not results.finished:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        stage.fail(f"{tail}\nOdoo ended with code {code} before its tests did.")
    elif not results.started and not stage.failed and not stage.skipped:
        stage.fail(f"Odoo found no test for {', '.join(tags)}.")
    if stage.failed:
        stage.problems.append(f"The whole log is {log}; screenshots of tours that failed are in {screenshots}.")


def odoo_stages(tags: list[str], env: Environment) -> list[Stage]:
    """Run the addons' tests, two parts at a time, each on a copy of one template: of the base and of the other addons,
    in Python and in a browser.
    """
    template = database.suite_template(env, only={addon_of(tag) for tag in tags})
    stages = [Stage("Database").timed(database_stage, template, env)]
    if not database.exists(template.name):
        return stages
    in_browser = any_test(tags, in_browser=True)
    has_browser = in_browser and env.has("websocket") and browser.browser()
    jobs = {}
    for name, part in parts(tags).items():
        if any_test(part, in_browser=False):
            jobs[f"Odoo tests{name}"] = [*part, f"-{BROWSER_TAG}"]
        if has_browser and any_test(part, in_browser=True):
            jobs[f"Browser tests{name}"] = [f"{BROWSER_TAG}{tag}" for tag in part]
    if in_browser and not has_browser:
        stages.append(Stage("Browser tests"))
        stages[-1].skip("There is no Chromium, or no Python package websocket-client, and neither could be installed.")
    jobs = dict(sorted(jobs.items(), key=lambda job: job[0].startswith("Browser")))  # the longest first
    if jobs:
        at_once = 1 if os.environ.get("JOBS") == "1" else 2
        with step(f"\n== {', '.join(jobs)}"), ThreadPoolExecutor(at_once) as pool:
            running = [pool.submit(Stage(name).timed, odoo_stage, jobs[name], template, env) for name in jobs]
            try:
                stages += [job.result() for job in running]
            except BaseException:  # told to end: what has not begun does not begin
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return stages


def parts(tags: list[str]) -> dict[str, list[str]]:
    """Divide the tags in two that take about as long: the base, and what stands on it. Keys end the names of stages."""
    base = [tag for tag in tags if addon_of(tag) == BASE]
    others = [tag for tag in tags if addon_of(tag) != BASE]
    return {f" of {BASE}": base, " of the others": others} if base and others else {"": tags}


def addon_of(tag: str) -> str:
    """Return the addon of a tag such as /addon, /addon:Class.method or /addon/tests/test_x.py."""
    return re.split("[/:]", tag)[1]


def any_test(tags: list[str], in_browser: bool) -> bool:
    """Tell whether there is a test class of this sort where the tags point; by its text, without importing it."""
    for tag in tags:
        target, _colon, wanted = tag.lstrip("/").partition(":")
        path = ROOT / target
        for file in [path] if path.is_file() else (path / "tests").rglob("test_*.py"):
            for name, its_browser in test_classes(file.read_text()):
                if its_browser == in_browser and wanted.partition(".")[0] in ("", name):
                    return True
    return False


def test_classes(source: str) -> list[tuple[str, bool]]:
    """Name the test classes of a file and tell whether each needs a browser. What they only share is none."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            own = any(isinstance(item, ast.FunctionDef) and item.name.startswith("test") for item in node.body)
            if own or node.decorator_list:
                found.append((node.name, any(BROWSER_TAG in ast.unparse(tag) for tag in node.decorator_list)))
    return found


def run(only: str) -> list[Stage]:
    env = environment.enter()
    chosen = selection(only)
    stages = []
    for addon, other in left_out().items() if not only else ():
        stages.append(Stage("Glue"))
        stages[-1].skip(f"{addon} binds the suite to “{other}”, which is not here.")
    if chosen.lint:
        say("== Lint")
        stages.append(Stage("Lint").timed(lint.check, chosen.lint, env))
    if chosen.pytest:
        stages.append(Stage("Pure tests").timed(pytest_stage, chosen.pytest, env))
    if chosen.tags or chosen.servers:
        with postgres.server():
            database.drop_abandoned()
            database.drop_old_logs()
            if chosen.tags:
                stages += odoo_stages(chosen.tags, env)
            if chosen.servers:
                stages.append(Stage("Server tests").timed(pytest_stage, chosen.servers, env))
    return stages


def main() -> int:
    stages = run(os.environ.get("ONLY", ""))
    total = Stage("Total")
    for stage in stages:
        for problem in stage.problems:
            say(f"\n-- {stage.name}: {problem}")
        total.passed += stage.passed
        total.failed += stage.failed
        total.skipped += stage.skipped
    say("")
    for stage in stages:
        say(f"   {stage.name:<28} {stage.seconds:6.0f} s   {stage.counts()}")
    if not total.passed and not total.failed:
        say("No test ran.")
        total.failed = 1
    say(total.counts())
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
