"""A worker that sends one receipt, in a process of its own, so that it can be killed.

python -m tests.pure.fiscal_shtrih.worker PORT FRAMING FILE
"""

import json
import os
import sys

from tests.dev import pure

pure.make_importable()

from addons.fiscal_shtrih.protocol import Link1, Link2, prepare, submit  # noqa: E402
from addons.fiscal_shtrih.transport import Session, open_line  # noqa: E402
from tests.pure.fiscal_shtrih.samples import receipt  # noqa: E402


def main(port, framing, path):
    def keep(before):
        with open(path, "w") as file:
            json.dump(before, file)
            file.flush()
            os.fsync(file.fileno())

    with open_line(port, 115200) as line:
        line.connect()
        Session(line, Link2() if framing == "2" else Link1(), keep).run(submit(prepare(receipt()), 30))


if __name__ == "__main__":
    main(*sys.argv[1:])
