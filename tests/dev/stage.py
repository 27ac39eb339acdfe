"""What one part of a test run came to."""

import time
from dataclasses import dataclass, field

from .console import IN_CI, say


@dataclass
class Stage:
    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    problems: list[str] = field(default_factory=list)

    def fail(self, problem: str) -> None:
        self.failed += 1
        self.problems.append(problem)

    def skip(self, reason: str) -> None:
        """Leave something out, loudly; in CI that is a failure."""
        say(f"SKIPPED: {self.name}: {reason}")
        if IN_CI:
            self.fail(f"Skipped, which CI does not allow: {reason}")
        else:
            self.skipped += 1

    def timed(self, function, *arguments) -> "Stage":
        """Fill this stage with `function(stage, …)` and note how long it took."""
        started = time.monotonic()
        try:
            function(self, *arguments)
        except SystemExit as end:  # the tools end with a sentence; here it is what failed
            self.fail(str(end.code))
        self.seconds = time.monotonic() - started
        return self

    def counts(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
