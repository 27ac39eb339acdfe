"""`make clients`: clients that others have written, against the emulators."""

import hashlib
import os
import sys
from pathlib import Path

from tests.dev import console, environment, paths

HERE = Path(__file__).parent


def main() -> int:
    env = environment.enter()
    requirements = HERE / "requirements.txt"
    folder = paths.cache() / f"clients-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:10]}"
    if not folder.exists():
        partial = folder.with_name(f"{folder.name}.partial")
        pip = [env.python, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps", "--upgrade"]
        console.run([*pip, "--target", partial, "--requirement", requirements])
        partial.rename(folder)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    os.execv(env.python, [str(env.python), "-m", "pytest", "-q", str(HERE)])


if __name__ == "__main__":
    sys.exit(main())
