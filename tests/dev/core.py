"""`make test-core`: Odoo's own tests of the point of sale and of payments in accounting, without the suite and with it.

The suite must not change what they come to, one by one. TAGS runs a part, in the form of Odoo's --test-tags, and
`TAGS=account` the payments alone; all of them take about half an hour each way. A test that comes to something else is
run once more on both sides, because some of Odoo's tours fail now and then for want of time.
"""

import os
import re
import subprocess
import sys

from . import browser, database, environment, odoo_log, postgres
from .console import say, step, stop
from .environment import Environment
from .ports import free_ports

#: a company without a register: payments, their dialog, matching and the bank
ACCOUNT = ",".join(
    f"/account:{test}"
    for test in (
        *("TestAccountPayment", "TestAccountPaymentRegister", "TestAccountPaymentItems"),
        *("TestAccountPaymentMethodLine", "TestAccountPaymentDuplicateMoves", "TestAccountPaymentTerms"),
        *("TestAccountMovePaymentsWidget",),
        *("TestAccountEarlyPaymentDiscount", "TestAccountMoveReconcile", "TestAccountBankStatementLine"),
    )
)
TAGS = f"/point_of_sale,/pos_hr,{ACCOUNT}"


def run_tests(title: str, template: str, tags: str, env: Environment) -> odoo_log.Results:
    log = database.logs() / f"core-{template}-{os.getpid()}.log"
    with step(title), database.temporary(template) as copy, log.open("w") as output:
        http, gevent = free_ports(2)
        command = env.odoo_command(
            *("-d", copy, f"--test-tags={tags}", "--stop-after-init", "--max-cron-threads=0"),
            *("--http-interface=127.0.0.1", f"--http-port={http}", f"--gevent-port={gevent}"),
        )
        subprocess.run(
            command, env=env.variables(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        )
    results = odoo_log.read(log)
    if not results.finished or not results.started:
        stop(f"Odoo did not run its tests to the end; its log is {log}.")
    say(f"   {results.passed} passed, {len(results.broken)} failed, {len(results.skipped)} skipped; the log is {log}")
    return results


def outcomes(results: odoo_log.Results) -> dict[str, str]:
    """Return what each test came to."""
    found = dict.fromkeys(results.started, "passed")
    found.update(dict.fromkeys(results.skipped, "skipped"))
    found.update(dict.fromkeys(results.broken, "failed"))
    return found


def differences(without: dict[str, str], with_suite: dict[str, str]) -> list[str]:
    tests = {**without, **with_suite}
    return [test for test in tests if without.get(test) != with_suite.get(test)]


def tag(test: str) -> str:
    """Return the tag that runs one test again: `odoo.addons.pos.tests.test_x: Class.test_y` is `/pos:Class.test_y`."""
    match = re.match(r"odoo\.addons\.(\w+)\.[\w.]+: (?:setUpClass \([\w.]+\.)?(\w+(?:\.test\w*)?)", test)
    return f"/{match[1]}:{match[2]}"


def main() -> int:
    env = environment.enter()
    tags = {"": TAGS, "account": ACCOUNT}.get(os.environ.get("TAGS", ""), os.environ.get("TAGS"))
    if not browser.browser():
        stop("Odoo's tours need Chromium, and it is not here and could not be installed.")
    with postgres.server():
        database.drop_abandoned()
        template = database.suite_template(env)
        template.build(env)

        def both(wanted: str) -> tuple[dict[str, str], dict[str, str]]:
            sides = ("without the suite", template.below.name), ("with the suite", template.name)
            return tuple(outcomes(run_tests(f"Odoo's tests {side}", name, wanted, env)) for side, name in sides)

        without, with_suite = both(tags)
        different = differences(without, with_suite)
        if different:
            say(f"{len(different)} tests differ and are run once more.")
            again = both(",".join(sorted({tag(test) for test in different})))
            for before, after in zip((without, with_suite), again, strict=True):
                before.update(after)
            different = differences(without, with_suite)
    for test in different:
        say(f"{test}: {without.get(test, 'not run')} without the suite, {with_suite.get(test, 'not run')} with it")
    say(f"{len(with_suite) - len(different)} passed, {len(different)} failed, 0 skipped")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
