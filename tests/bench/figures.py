"""Figures and the targets that stand beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` percent of `values` do not exceed; nan of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * part / 100) - 1)] if ordered else math.nan


@dataclass
class Timing:
    """Durations of one kind of call.

    :param seconds: of each call that was answered rightly
    :param errors: what was wrong with the others
    :param target: milliseconds that 99 percent should not exceed, None where there is no target
    """

    name: str
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    target: float | None = None

    @property
    def missed(self) -> bool:
        return self.target is not None and not percentile(self.seconds, 99) * 1000 <= self.target

    def row(self) -> list[str]:
        figures = [f"{percentile(self.seconds, part) * 1000:.1f}" for part in (50, 95, 99, 100)]
        target = f"p99 <= {self.target:g}" if self.target is not None else ""
        return [self.name, str(len(self.seconds)), str(len(self.errors)), *figures, target]


def table(timings: Sequence[Timing]) -> str:
    head = ["", "calls", "errors", "p50 ms", "p95 ms", "p99 ms", "longest", "target"]
    rows = [head, *(timing.row() for timing in timings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, len(head) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
