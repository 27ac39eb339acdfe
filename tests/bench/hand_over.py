"""`make bench-hand-over`: how long one transaction holds the lane while a queue goes to the backup register.

COUNT=4687    sales in the queue of a register that is out of reach

The end is 1 where a document stays behind, or a transaction takes longer than the target.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.dev import database, environment, postgres
from tests.dev.console import say, step

HERE = Path(__file__).resolve().parent
#: seconds that one transaction may take
TARGET = 2


def main() -> int:
    env = environment.enter()
    count = int(os.environ.get("COUNT") or 4687)
    with postgres.server():
        database.drop_abandoned()
        template = database.suite_template(env, only=["fiscal_base"])
        template.build(env)
        with database.temporary(template.name) as name, step(f"Handing over {count:,} sales"):
            command = env.odoo_command("-d", name, "--no-http")
            command.insert(3, "shell")
            script = (HERE / "make_queue.py").read_text().replace("COUNT", str(count))
            done = subprocess.run(
                command, input=script, env=env.variables(), text=True, capture_output=True, check=False
            )
    found = re.search(r"^FACTS (.*)$", done.stdout, re.M)
    if not found:
        say(f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}\nNothing was handed over.")
        return 1
    facts = json.loads(found[1])
    longest = max(seconds for seconds, __ in facts["slices"])
    say(f"{facts['moved']:,} of {count:,} sales were handed over in {facts['seconds']:.1f} s.")
    say(f"{len(facts['slices'])} transactions, the longest {longest:.2f} s (target: {TARGET} s)")
    return 1 if facts["moved"] != count or longest > TARGET else 0


if __name__ == "__main__":
    sys.exit(main())
