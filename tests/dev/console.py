"""What the tools say to the person in front of them: progress with times, and a last word when they give up."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> None:
    """End the program with a sentence that tells what to do."""
    sys.exit(f"\n{text}")


@contextlib.contextmanager
def step(title: str):
    """Show that a long step goes on: a mark every few seconds, then how long it took."""
    started = time.monotonic()
    done = threading.Event()
    print(f"{title} ", end="", flush=True)

    def tick() -> None:
        while not done.wait(3):
            print(".", end="", flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    except BaseException:
        done.set()
        ticker.join()
        say(" failed")
        raise
    done.set()
    ticker.join()
    say(f" {time.monotonic() - started:.0f} s")


def run(command: list, log: Path | None = None, input: str = "", **options) -> None:
    """Run a command quietly. When it fails, show the end of what it said and give up."""
    result = subprocess.run(
        [str(part) for part in command],
        input=input,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    if log:
        log.write_text(result.stdout)
    if result.returncode:
        tail = "\n".join(result.stdout.splitlines()[-30:])
        where = f" (all of it is in {log})" if log else ""
        stop(f"{tail}\nThe command failed with code {result.returncode}{where}: {' '.join(map(str, command))}")
