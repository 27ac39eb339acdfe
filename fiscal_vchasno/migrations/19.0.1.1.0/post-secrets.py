from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Move secrets out of the rows that lanes write, into `fiscal.secret`."""
    secrets = api.Environment(cr, SUPERUSER_ID, {})["fiscal.secret"]
    secrets._move("fiscal.register", ["vchasno_token", "vchasno_proxy_token"])
