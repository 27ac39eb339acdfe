"""Every reference to a page of docs/ finds what it names there.

| In the source | Means |
|---|---|
| `docs/x.md`, a link to it, `x.md` as code | that page |
| `§4.2` | that heading of the page named before it on the line, else of the provider's or the country's own page |
| `§7, item 4`, `trap 6` | that item of a numbered list: of the section, of the section “Traps” |
| `rule 5` | that rule of docs/architecture.md |
| `R12a`, `U4` in the composer and its cases | that row of docs/law_russia.md, docs/law_ukraine.md |
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dev.paths import ROOT

DOCS = ROOT / "docs"
PAGES = {path.name: path for path in DOCS.rglob("*.md")}
LAWS = {"R": "law_russia.md", "U": "law_ukraine.md"}
#: word in the path of a file → the page that its references mean
OWN_PAGES = {path.stem.split("_")[0]: path.name for path in (DOCS / "protocols").glob("*.md")}
OWN_PAGES |= {"russia": LAWS["R"], "ukraine": LAWS["U"]}
RULES = "architecture.md"
SOURCES = ("py", "js", "xml", "md", "csv", "sql", "sh", "scss", "cfg")
COMPOSER = ("fiscal_base/compose/", "fiscal_base/cases/", "test_corrections.py")

NUMBERS = r"\d+(?:(?:, | and | to |–)\d+)*"
SECTION = re.compile(rf"§ ?(?P<section>\d+(?:\.\d+)*)(?:,? items? (?P<items>{NUMBERS}))?")
#: the sign itself, where a module says what it stands for
ITSELF = re.compile(r"`§`")
PAGE = re.compile(r"\b(\w+\.md)\b")
#: a file of docs/, by its path, by a link, or by its name as code
DOCUMENT = re.compile(r"(?:\bdocs/(?:\w+/)*|\]\((?:\.\./|\w+/)*|`)([a-z][\w-]*\.md)\b")
TRAPS = re.compile(rf"\btraps? (?P<items>{NUMBERS})")
RULE = re.compile(rf"\b[Rr]ules? (?P<items>{NUMBERS})")
ROW = re.compile(r"\b(?P<law>[RU])(?P<row>\d+[ab]?)\b")


def page_of(path: str, before: str = "") -> str | None:
    """The page that a reference in `path` means, `before` being what stands before it on its line."""
    named = [name for name in PAGE.findall(before) if name in PAGES]
    if named:
        return named[-1]
    if path.startswith("docs/"):
        return Path(path).name
    words = re.split(r"[/_.]", path)
    return next((page for word, page in OWN_PAGES.items() if word in words), None)


def sections(text: str) -> dict[str, str]:
    """Number of each heading → its text, with the headings below it."""
    heads = list(re.finditer(r"^(#+) (\d+(?:\.\d+)*)\.? .*$", text, re.MULTILINE))
    found = {}
    for index, head in enumerate(heads):
        ends = (other.start() for other in heads[index + 1 :] if len(other[1]) <= len(head[1]))
        found[head[2]] = text[head.start() : next(ends, len(text))]
    return found


def items(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)}


def numbers(text: str) -> set[int]:
    """The numbers of “4”, “2 to 5”, “3, 4 and 7”."""
    text = re.sub(r"(\d+)(?: to |–)(\d+)", lambda ends: " ".join(map(str, range(int(ends[1]), int(ends[2]) + 1))), text)
    return set(map(int, re.findall(r"\d+", text)))


def of_page(name: str) -> str:
    return PAGES[name].read_text()


def dead(path: str, text: str) -> Iterator[str]:
    """`file:line: what is missing` for each reference of a file that finds nothing."""
    composes = any(part in path for part in COMPOSER)
    for number, line in enumerate(text.splitlines(), 1):
        missing = [*_pages(line), *_sections(path, line), *_lists(path, line), *(_rows(line) if composes else ())]
        yield from (f"{path}:{number}: {what}" for what in missing)


def _pages(line: str) -> Iterator[str]:
    yield from (f"docs/ has no {name}" for name in DOCUMENT.findall(line) if name not in PAGES)


def _sections(path: str, line: str) -> Iterator[str]:
    signs = len(re.findall("§", line)) - len(ITSELF.findall(line)) - len(SECTION.findall(line))
    if signs:
        yield "§ without the number of a section"
    for found in SECTION.finditer(line):
        page = page_of(path, line[: found.start()])
        if page is None:
            yield f"{found[0]} names no page: write it before, as in “komtet.md §4.2”"
            continue
        section = sections(of_page(page)).get(found["section"])
        if section is None:
            yield f"{page} has no section {found['section']}"
        elif found["items"]:
            yield from _beyond(page, f"§{found['section']}", numbers(found["items"]) - items(section))


def _lists(path: str, line: str) -> Iterator[str]:
    for found in RULE.finditer(line):
        rules = of_page(RULES).partition("\n## Rules\n")[2].partition("\n## ")[0]
        yield from _beyond(RULES, "Rules", numbers(found["items"]) - items(rules))
    for found in TRAPS.finditer(line):
        page = page_of(path, line[: found.start()])
        traps = of_page(page).partition(" Traps\n")[2].partition("\n## ")[0] if page else ""
        yield from _beyond(page, "Traps", numbers(found["items"]) - items(traps))


def _beyond(page: str | None, where: str, left: set[int]) -> Iterator[str]:
    yield from (f"{page}, {where}, has no item {number}" for number in sorted(left))


def _rows(line: str) -> Iterator[str]:
    for found in ROW.finditer(line):
        if f"| {found[0]} |" not in of_page(LAWS[found["law"]]):
            yield f"{LAWS[found['law']]} has no row {found[0]}"


def sources() -> dict[str, str]:
    """Text of every file that may name a page."""
    hidden = (".git", "node_modules", "__pycache__")
    paths = (path for ending in SOURCES for path in ROOT.rglob(f"*.{ending}"))
    paths = (path for path in paths if path.is_file() and not any(part in path.parts for part in hidden))
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths if path != Path(__file__)}


def test_every_reference_finds_what_it_names():
    missing = [what for path, text in sorted(sources().items()) for what in dead(path, text)]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    ("path", "line", "missing"),
    [
        ("fiscal_komtet/const.py", "#: as they say (§4.2, §99)", ["komtet.md has no section 99"]),
        ("tests/emulators/kkm_register.py", "# §7, items 2 to 15", ["kkm_server.md, §7, has no item 15"]),
        ("fiscal_vchasno/x.js", "/** §6.3, `shtrih.md` §6.9 */", ["shtrih.md has no section 6.9"]),
        ("fiscal_shtrih/protocol/link.py", "trap 12, traps 1 and 13", ["shtrih.md, Traps, has no item 13"]),
        ("fiscal_base/tests/test_rules.py", "Rules 16 to 18, rule 5", ["architecture.md, Rules, has no item 18"]),
        ("fiscal_base/compose/russia.py", "R12a, R82, U40", ["law_ukraine.md has no row U40"]),
        ("fiscal_base/tools/x.py", "§1", ["§1 names no page: write it before, as in “komtet.md §4.2”"]),
        ("fiscal_checkbox/const.py", "`§` names a section, § none", ["§ without the number of a section"]),
        (
            "README.md",
            "[here](docs/law_spain.md), docs/protocols/atol.md",
            ["docs/ has no law_spain.md", "docs/ has no atol.md"],
        ),
        ("docs/protocols/komtet.md", "see §12", ["komtet.md has no section 12"]),
        ("fiscal_komtet/const.py", "fits: §1, §2.4, rule 17", []),
    ],
)
def test_a_reference_to_nothing_is_found(path, line, missing):
    assert list(dead(path, f"\n{line}")) == [f"{path}:2: {what}" for what in missing]
