"""Odoo's log as a part of the tests: counts what ran, and finds each warning or error that no test announced.

A test announces a message that it provokes with `mute_logger` or `assertLogs`; then it does not reach the log.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>[\w.]+): (?P<text>.*)",
    re.DOTALL,
)
STARTED = re.compile(r"Starting (\S+\.\w+) \.\.\.")
SKIPPED = re.compile(r"skipped (.*?) : (.*)", re.DOTALL)
BROKEN = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(\w+ \(odoo\.\S+\)|\S+)")
TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database")
# Sums of failures that were reported one by one before.
SUMS = re.compile(r"Module \w+: \d+ failures, \d+ errors of|Test suite halted: max failed tests")

# (logger, start of the message): why it says nothing about the suite.
ALLOWED = {
    ("odoo.addons.base.models.ir_actions_report", "You need Wkhtmltopdf"): "PDF needs a program Debian no longer has",
    ("odoo.registry", "Could not create extension pg_trgm"): "PostgreSQL without its contrib modules",
}


@dataclass
class Results:
    """What a run of Odoo's tests came to."""

    started: list[str] = field(default_factory=list)
    broken: dict[str, list[str]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    unannounced: list[str] = field(default_factory=list)
    finished: bool = False

    @property
    def passed(self) -> int:
        return len([test for test in self.started if test not in self.broken and test not in self.skipped])

    @property
    def failed(self) -> int:
        return len(self.broken) + len(self.unannounced)


def records(text: str):
    """Give each record of a log as a match, with the lines that follow its first in the text."""
    lines: list[str] = []
    for line in text.splitlines():
        if RECORD.match(line) and lines:
            yield RECORD.match("\n".join(lines))
            lines = []
        if lines or RECORD.match(line):
            lines.append(line)
    if lines:
        yield RECORD.match("\n".join(lines))


def read(log: Path, announced: Sequence[str] = ()) -> Results:
    """Return the results that a log tells of. Messages that start as `announced` are expected."""
    results = Results()
    unannounced = []
    for record in records(log.read_text(errors="replace")):
        logger, text = record["logger"], record["text"]
        started, skipped, broken = STARTED.match(text), SKIPPED.match(text), BROKEN.match(text)
        if record["level"] == "INFO" and started:
            results.started.append(f"{logger}: {started[1]}")
        elif record["level"] == "INFO" and skipped:
            results.skipped[f"{logger}: {skipped[1]}"] = skipped[2]
        elif record["level"] == "ERROR" and broken:
            results.broken.setdefault(f"{logger}: {broken[1]}", []).append(text)
        elif TOTAL.match(text):
            results.finished = True
        elif record["level"] in ("WARNING", "ERROR", "CRITICAL") and not SUMS.match(text):
            if not allowed(logger, text) and not text.startswith(tuple(announced)):
                unannounced.append((logger, f"{record['level']} {logger}: {text}"))
    # What the browser of a tour complained of is told by the failure of the tour already.
    told = tuple(test.replace(": ", ".") for test in results.broken)
    results.unannounced = [text for logger, text in unannounced if not logger.startswith(told)]
    return results


def allowed(logger: str, text: str) -> bool:
    return any(logger == name and text.startswith(start) for name, start in ALLOWED)
