from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Move secrets out of the rows that lanes write, into `fiscal.secret`."""
    secrets = api.Environment(cr, SUPERUSER_ID, {})["fiscal.secret"]
    secrets._move("fiscal.register", ["kkm_server_password"])
    secrets._move("fiscal.kkm.server", ["token", "password"])
