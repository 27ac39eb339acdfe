"""`make bench`."""

import sys

from tests.dev import environment


def main() -> int:
    environment.enter()
    # only now are the packages there
    from .bench import bench

    return bench()


if __name__ == "__main__":
    sys.exit(main())
