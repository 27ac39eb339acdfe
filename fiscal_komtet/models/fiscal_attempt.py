from odoo import models


class FiscalAttempt(models.Model):
    _inherit = "fiscal.attempt"

    def _komtet_task(self):
        """Number of the task as the service told it to these attempts, all of one key; "" if it did not."""
        return next((attempt.service_id for attempt in self if attempt.service_id), "")
