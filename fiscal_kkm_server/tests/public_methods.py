"""Who may call what of this addon; see `fiscal_base/tests/public_methods.py`."""

from odoo.addons.fiscal_base.tests.public_methods import (
    ACCOUNTANT,
    MANAGER,
    OWN_COMPANY,
    OWN_DIALOG,
    OWN_REGISTER,
    OWN_TILL,
    SEES,
    TILL,
)

METHODS = {
    "fiscal.register": {
        "create": (MANAGER, OWN_COMPANY, [{"name": "x"}]),
        "write": (MANAGER, OWN_COMPANY, {"name": "x"}),
        "action_test_connection": (SEES, "own registers; administrators choose among those of KKM Server"),
        "action_kkm_server_slip": (MANAGER, OWN_COMPANY),
        "action_kkm_server_drawer": (MANAGER, OWN_COMPANY),
        "action_kkm_server_ofd_report": (MANAGER, OWN_COMPANY),
        "action_kkm_server_choose": (MANAGER, OWN_COMPANY),
        "kkm_server_job": (MANAGER, "own companies; a copy of a document: accountants", "drawer", {}),
        "kkm_server_job_said": (MANAGER, "own companies; a copy of a document: accountants", "drawer", {}),
    },
    "fiscal.document": {"action_kkm_server_copy": (ACCOUNTANT, OWN_REGISTER)},
    "fiscal.kkm.server.choice": {"action_choose": (MANAGER, OWN_DIALOG)},
    "pos.config": {"kkm_server_check_marking": (TILL, OWN_TILL, "x", "0104")},
    "pos.payment.method": {"kkm_server_card": (TILL, "payment methods of this till", "config", "ask", {"key": "x"})},
}

ROUTES = {"/fiscal/kkm/<string:path>": ("a KKM Server", "its own registers; proves itself by path, token and login")}
