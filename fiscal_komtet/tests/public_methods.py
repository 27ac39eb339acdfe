"""Who may call what of this addon; see `fiscal_base/tests/public_methods.py`."""

from odoo.addons.fiscal_base.tests.public_methods import MANAGER, OWN_COMPANY

METHODS = {
    "fiscal.register": {
        "create": (MANAGER, OWN_COMPANY, [{"name": "x"}]),
        "write": (MANAGER, OWN_COMPANY, {"name": "x"}),
    },
}

ROUTES = {
    "/fiscal_komtet/<int:register_id>/<any(…):result>": ("Komtet Kassa", "this register; proves itself by a signature"),
}
