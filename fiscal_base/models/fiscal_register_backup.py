from datetime import timedelta

from odoo import fields, models

from ..const import RECEIPTS


class FiscalRegister(models.Model):
    """The backup register: what surely was not sent may be registered there instead."""

    _inherit = "fiscal.register"

    def _hand_over(self):
        """Give receipts that were surely not sent, and have waited long enough, to the backup register."""
        if not self.backup_id or self.backup_after <= 0:
            return
        long_ago = fields.Datetime.now() - timedelta(minutes=self.backup_after)
        self._use_backup(
            self.env["fiscal.document"].search(
                [
                    ("register_id", "=", self.id),
                    ("state", "=", "queued"),
                    ("operation", "in", RECEIPTS),
                    ("create_date", "<=", long_ago),
                ],
                order="id",
            )
        )

    def _use_backup_now(self, documents):
        """By decision of a person: move `documents` to the backup register, unless the lane is just at work.

        :returns: whether they were moved
        """
        with self._lane() as register:
            if not register:
                return False
            mine = register.env["fiscal.document"].search(
                [("id", "in", documents.ids), ("register_id", "=", self.id), ("state", "=", "queued")]
            )
            register._once(lambda: register._use_backup(mine))
        return True

    def _use_backup(self, documents):
        """Move `documents` to the backup register. Only for the holder of the lane; what may have left, in any attempt,
        is never given to another register.
        """
        backup = self.backup_id
        documents = documents.filtered(lambda document: document._may_use_backup())
        for document in documents:
            document._engine().write(
                {
                    "register_id": backup.id,
                    "key": document._new_key(),
                    "request": False,
                    "retry_at": False,
                    "tries": 0,
                }
            )
            document.message_post(
                body=self.env._(
                    "Handed over from “%(register)s” to “%(backup)s”.", register=self.name, backup=backup.name
                )
            )
        if documents:
            backup._wake()
