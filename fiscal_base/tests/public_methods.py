"""Every method and address of this addon that a client can call, who may, and on whose records.

`test_public_methods.py` compares the table with the source of the addon, and calls each method as people who may not.
A provider has a table of its own in the file of the same name.

METHODS: model → {method: (who, on whose records[, arguments of the call in the test])}
ROUTES: address → (who, on whose records)
"""

#: an override of a method of Odoo: Odoo's own rights hold, and we only refuse more
ODOO = "as in Odoo"
#: whoever has read access to the record; nobody outside its company, and no one who is not a cashier at least
SEES = "sees the record"
#: group_fiscal_cashier, which every user of the point of sale has
CASHIER = "cashier"
#: group_pos_user, and a cashier of the till's register (`cashier_user_ids`)
TILL = "user of the till"
#: group_fiscal_accountant
ACCOUNTANT = "accountant"
#: group_fiscal_manager
MANAGER = "administrator"

OWN_COMPANY = "own companies"
OWN_REGISTER = "registers of which the user is a cashier"
OWN_TILL = "this till, its register, its orders and sessions"
OWN_DRAFT = "own drafts; those of others: accountants"
OWN_DIALOG = "the dialog that the server has opened for the user"

METHODS = {
    "fiscal.register": {
        "create": (MANAGER, OWN_COMPANY, [{"name": "x"}]),
        "write": (MANAGER, OWN_COMPANY, {"name": "x"}),
        "unlink": (MANAGER, OWN_COMPANY),
        "action_open_shift": (CASHIER, OWN_REGISTER),
        "action_close_shift": (CASHIER, OWN_REGISTER),
        "action_x_report": (CASHIER, OWN_REGISTER),
        "action_test_connection": (SEES, OWN_REGISTER),
        "action_documents": (SEES, OWN_REGISTER),
        "action_relay": (SEES, OWN_REGISTER),
        "relay": (ACCOUNTANT, "registers of own companies; a token only by whom it was handed to"),
        "relay_status": (ACCOUNTANT, OWN_COMPANY, []),
        "details_help": (SEES, OWN_REGISTER),
        "details_preview": (SEES, "own registers; payments that the user may read", "{note}"),
    },
    "fiscal.document": {
        "create": (CASHIER, "drafts on own registers", [{"operation": "cash_in", "register_id": "register"}]),
        "write": (CASHIER, OWN_DRAFT, {"name": "x"}),
        "unlink": (CASHIER, OWN_DRAFT),
        "copy": ("nobody", "a document has no copy"),
        "default_get": (CASHIER, "a new draft", ["register_id"]),
        "action_post": (CASHIER, "own drafts; what only an accountant may post: `models/document/rights.py`"),
        "action_post_operation": (CASHIER, "as action_post"),
        "action_return": (CASHIER, OWN_REGISTER),
        "action_correct": (ACCOUNTANT, OWN_COMPANY),
        "action_retry": (ACCOUNTANT, OWN_COMPANY),
        "action_decide": (ACCOUNTANT, OWN_COMPANY),
        "action_use_backup": (ACCOUNTANT, OWN_COMPANY),
        "action_update": (SEES, OWN_REGISTER),
        "action_open_receipt": (SEES, OWN_REGISTER),
        "action_send_receipt": (SEES, OWN_REGISTER),
        "action_operation_payments": (SEES, OWN_REGISTER),
        "fiscal_follow": (SEES, OWN_REGISTER),
        "fiscal_deliver": (SEES, OWN_REGISTER, "email", "a@example.com"),
    },
    "fiscal.attempt": {"write": ("nobody", "attempts are a record", {"code": "x"})},
    "fiscal.shift": {"action_print": (SEES, OWN_REGISTER)},
    "fiscal.row": {
        "create": (CASHIER, "rows of " + OWN_DRAFT),
        "write": (CASHIER, "rows of " + OWN_DRAFT),
    },
    "fiscal.tax.code": {
        "create": (MANAGER, "all", [{"name": "x"}]),
        "write": (MANAGER, "all", {"name": "x"}),
        "unlink": (MANAGER, "all"),
    },
    "fiscal.secret.mixin": {"unlink": (ODOO, "whoever may delete the record; its secrets go with it")},
    "fiscal.shown": {
        "action_fiscal_documents": (SEES, "payments, invoices and orders that the user may read"),
        "action_fiscalize": (SEES, "the same; needs the right to the dialog, so a cashier"),
        "action_fiscal_update": (SEES, "payments, invoices and orders that the user may read"),
    },
    "fiscal.dialog": {"write": (CASHIER, OWN_DIALOG, {"fiscal_email": "a@example.com"})},
    "fiscal.contact": {
        "action_send": (CASHIER, OWN_DIALOG),
        "action_skip": (CASHIER, OWN_DIALOG),
    },
    "fiscal.decision": {"action_confirm": (ACCOUNTANT, "own dialog, documents of own companies")},
    "fiscal.fiscalize": {"action_confirm": (CASHIER, "own dialog, records and registers that the user may read")},
    "pos.config": {
        "create": (ODOO, "cash rounding as the receipt can say it"),
        "write": (ODOO, "fiscal_register_id: administrators of the point of sale or of registers"),
        "fiscal_x_report": (TILL, OWN_TILL),
        "fiscal_z_report": (TILL, OWN_TILL, 0),
        "fiscal_check": (TILL, "of this till; only what belongs to its company is read", {}),
        "fiscal_drive": (TILL, OWN_TILL, []),
        "fiscal_relay": (TILL, "as above; a token only by whom it was handed to", [], "x", {}),
        "fiscal_retry": (TILL, OWN_TILL, []),
        "fiscal_open_documents": (ACCOUNTANT, OWN_TILL),
        "fiscal_decide": (ACCOUNTANT, OWN_TILL, 0, "postpone", "x"),
    },
    "pos.session": {
        "action_pos_session_closing_control": (ODOO, "own companies; not with paid orders that are drafts"),
        "try_cash_in_out": (ODOO, "own companies; the named employee only where employees log in"),
        "delete_cash_in_out": (ODOO, "own companies"),
    },
    "pos.order": {
        "sync_from_ui": (ODOO, "own companies"),
        "action_pos_order_paid": (ODOO, "own companies; makes no second receipt"),
        "write": (ODOO, "what was fiscalized is frozen"),
        "action_fiscal_documents": (SEES, OWN_COMPANY),
    },
    "pos.order.line": dict.fromkeys(("create", "write", "unlink"), (ODOO, "what was fiscalized is frozen")),
    "pos.payment": dict.fromkeys(("create", "write", "unlink"), (ODOO, "what was fiscalized is frozen")),
    "pos.pack.operation.lot": dict.fromkeys(("create", "write", "unlink"), (ODOO, "what was fiscalized is frozen")),
    "account.move": dict.fromkeys(("write", "button_draft", "button_cancel"), (ODOO, "what was fiscalized is frozen")),
    "account.move.line": dict.fromkeys(("create", "write", "unlink"), (ODOO, "what was fiscalized is frozen")),
    "account.bank.statement.line": dict.fromkeys(("write", "unlink"), (ODOO, "what was fiscalized is frozen")),
    "account.payment": {
        "action_post": (ODOO, "makes the receipt"),
        "write": (ODOO, "what was fiscalized is frozen"),
        "unlink": (ODOO, "what was fiscalized is frozen"),
    },
    "account.payment.register": {"action_create_payments": (ODOO, "makes the receipts")},
    "hr.employee": {"action_fiscal_documents": (SEES, "opens a list; its documents follow their own rules")},
    "res.partner": {"action_fiscal_documents": (SEES, "opens a list; its documents follow their own rules")},
}

ROUTES = {"/fiscal/receipt/<int:document_id>": (SEES, OWN_REGISTER)}
