from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Move secrets out of the rows that lanes write, into `fiscal.secret`."""
    secrets = api.Environment(cr, SUPERUSER_ID, {})["fiscal.secret"]
    secrets._move("fiscal.register", ["checkbox_licence_key", "checkbox_webhook_key"])
    secrets._move("fiscal.checkbox.account", ["password", "pin_code", "token"])
