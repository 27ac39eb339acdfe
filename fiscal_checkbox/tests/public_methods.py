"""Who may call what of this addon; see `fiscal_base/tests/public_methods.py`."""

from odoo.addons.fiscal_base.tests.public_methods import MANAGER, OWN_COMPANY, OWN_REGISTER, SEES

METHODS = {
    "fiscal.register": {
        "action_test_connection": (SEES, "own registers; taxes are fetched for administrators only"),
        "action_checkbox_taxes": (MANAGER, OWN_COMPANY),
        "action_checkbox_ask_codes": (MANAGER, OWN_COMPANY),
        "action_checkbox_ping": (SEES, OWN_REGISTER),
        "action_checkbox_go_online": (MANAGER, OWN_COMPANY),
        "action_checkbox_webhook": (MANAGER, OWN_COMPANY),
        "action_checkbox_webhook_off": (MANAGER, OWN_COMPANY),
    },
    "fiscal.document": {"action_checkbox_open": (SEES, OWN_REGISTER)},
    "fiscal.checkbox.account": dict.fromkeys(("create", "write"), (MANAGER, OWN_COMPANY)),
}

ROUTES = {
    "/fiscal_checkbox/webhook/<int:register_id>": ("Checkbox", "this register; proves itself by a signature"),
}
