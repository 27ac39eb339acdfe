"""Who may call what of this addon; see `fiscal_base/tests/public_methods.py`."""

from odoo.addons.fiscal_base.tests.public_methods import MANAGER, OWN_COMPANY, OWN_REGISTER, SEES

METHODS = {
    "fiscal.register": {
        "write": (MANAGER, OWN_COMPANY, {"name": "x"}),
        "action_test_connection": (SEES, OWN_REGISTER),
        "action_shtrih_find": (MANAGER, OWN_COMPANY),
        "shtrih_find_at": (MANAGER, "own companies; a place that the search has offered", "/dev/ttyUSB0", 115200),
        "action_shtrih_drawer": (MANAGER, OWN_COMPANY),
        "action_shtrih_copy": (MANAGER, OWN_COMPANY),
        "action_shtrih_continue": (MANAGER, OWN_COMPANY),
        "action_shtrih_slip": (MANAGER, OWN_COMPANY),
        "action_shtrih_clock": (MANAGER, OWN_COMPANY),
    },
}

ROUTES = {}
