"""Everything that the suite hangs on in Odoo is there, declared as docs/odoo-hooks.md says."""

import re

import pytest

from tests.dev import environment
from tests.dev.odoo_hooks import EXPORTED, TEMPLATE, VIEW, Hook, block, documented, hooks, js_signature
from tests.dev.paths import ROOT

TABLE = "docs/odoo-hooks.md"
ROW = re.compile(r"^\| `([^`]+)` \| `?([^|`]+(?:\|[^|`]+)*)`? \| (.*) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def found() -> list[Hook]:
    return hooks(environment.prepare().odoo)


@pytest.fixture(scope="module")
def table() -> dict[str, tuple[str, str]]:
    text = (ROOT / TABLE).read_text().partition("## Methods, symbols and views")[2]
    return {core: (signature.strip(), purpose) for core, signature, purpose in ROW.findall(text)}


def test_every_hook_is_there(found):
    gone = [f"{hook.where} extends {hook.core}, which this Odoo has no more." for hook in found if not hook.signature]
    assert not gone, "\n".join(gone)
    assert {EXPORTED, VIEW, TEMPLATE} < {hook.signature for hook in found}, "a whole sort of hooks was not found"


def test_the_signature_is_the_one_that_the_suite_was_written_for(found, table):
    changed = {
        f"{hook.core} was {table[hook.core][0]} and is {hook.signature} now: look at {hook.where}, then at {TABLE}."
        for hook in found
        if hook.core in table and hook.signature and table[hook.core][0] != hook.signature
    }
    assert not changed, "\n".join(sorted(changed))


def test_table_is_complete(found, table):
    used = {hook.core for hook in found if documented(hook)}
    missing = [f"{core} has no row in {TABLE}." for core in sorted(used - table.keys())]
    stale = [
        f"{core} has a row in {TABLE}, but nothing of the suite hangs on it." for core in sorted(table.keys() - used)
    ]
    silent = [f"{core}: {TABLE} does not say what for." for core, (_signature, purpose) in table.items() if not purpose]
    assert not missing + stale + silent, "\n".join(missing + stale + silent)


CORE = """
export class Till {
    setup() {
        this.open = true;
    }
    async printReceipt({
        order = this.getOrder(),
        basic = false,
    } = {}) {
        return basic;
    }
    get total() {
        return 0;
    }
}
"""


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("setup", "()"),
        ("printReceipt", "({ order = this.getOrder(), basic = false, } = {})"),
        ("getOrder", None),  # called, not declared
        ("closeSession", None),
    ],
)
def test_signature_of_javascript(method, signature):
    assert js_signature(CORE, method) == signature


def test_block_ends_with_its_own_brace():
    assert block("patch(A, { f() { if (x) { y } } }); super.other()", 9) == "{ f() { if (x) { y } } "
