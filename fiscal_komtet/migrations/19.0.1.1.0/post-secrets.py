from odoo import SUPERUSER_ID, api

from odoo.addons.fiscal_komtet import protocol


def migrate(cr, version):
    """Move secrets out of the rows that lanes write, into `fiscal.secret`, and copy task numbers into `service_id`."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    secrets = env["fiscal.secret"]
    secrets._move("fiscal.register", ["komtet_secret_key"])
    attempts = env["fiscal.attempt"].search(
        [("document_id.register_id.provider", "=", "komtet"), ("response", "!=", False), ("service_id", "=", False)]
    )
    for attempt in attempts:
        number = protocol.task_id(attempt.key, [attempt.response])
        if number is not None:
            attempt._engine().write({"service_id": str(number)})
            document = attempt.document_id
            if attempt.key == document.key and not document.service_id:
                document._engine().write({"service_id": str(number)})
