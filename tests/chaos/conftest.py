"""One shop and one Odoo for all tests of this folder; they run in the order in which they stand."""

import pytest

from .scenario import MUTATIONS
from .world import World


@pytest.fixture(scope="session")
def world():
    """The world of the short run: registers that die, registers in chaos, and one register for each mutation."""
    layout = {
        "person": [[1]],
        "dead": [[1], [1], [1]],
        "office": [[1]],
        "people": [[2], [1]],
        "chaos": [[2, 1], [1], [1]],
        "mutations": [[1]] * len(MUTATIONS),
    }
    with World(layout, workers=6, callers=2) as world:
        yield world
