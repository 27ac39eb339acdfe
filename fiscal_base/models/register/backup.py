from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import RECEIPTS

#: documents that one transaction hands over at most
SLICE = 100


class FiscalRegister(models.Model):
    """The backup register: what surely was not sent may be registered there instead, once.

    Only the holder of the lane hands over, after the lane has sent what it can, and only while its register fails.
    """

    _inherit = "fiscal.register"

    def _hand_over(self):
        """Give receipts that surely were not sent, and have waited long enough, to the backup register."""
        if not self.backup_id or self.backup_after <= 0 or not self._fails_now() or self.backup_id._unfit_as_backup():
            return
        long_ago = fields.Datetime.now() - timedelta(minutes=self.backup_after)
        waiting = [
            ("register_id", "=", self.id),
            ("state", "=", "queued"),
            ("operation", "in", RECEIPTS),
            ("create_date", "<=", long_ago),
            ("handed_from_id", "=", False),
        ]
        self._use_backup(self.env["fiscal.document"].search(waiting, order="id"))

    def _fails_now(self):
        """Whether the register sends nothing at present: its last call failed, or nobody comes to carry a request."""
        if not self._capabilities().relay:
            return bool(self.failures)
        silent = fields.Datetime.now() - timedelta(minutes=self.backup_after)
        return bool(self.failures) or not self.last_seen or self.last_seen <= silent

    def _unfit_as_backup(self):
        """A sentence that says why this register cannot stand in for another one now, or False."""
        if self.active and self.state == "enabled" and not self.failures and self.health in ("new", "ready"):
            return False
        return self.env._(
            "The backup register “%s” cannot take receipts over: it is off, archived, or does not work at the moment.",
            self.name,
        )

    def _use_backup_now(self, documents):
        """By decision of a person: move `documents` to the backup register, unless the lane is just at work.

        :returns: whether the lane was free
        :raises UserError: where the backup register cannot take them
        """
        if problem := self.backup_id._unfit_as_backup():
            raise UserError(problem)
        with self._lane() as register:
            if not register:
                return False
            mine = register.env["fiscal.document"].search(
                [("id", "in", documents.ids), ("register_id", "=", self.id), ("state", "=", "queued")], order="id"
            )
            refused = register._use_backup(mine)
        if refused:
            raise UserError("\n".join(dict.fromkeys(refused)))
        return True

    def _use_backup(self, documents):
        """Move `documents` to the backup register, in short transactions. What may have left, in any attempt or before
        the database was restored, is never given to another register, nor what the backup would refuse.

        :returns: sentences about those that stay
        """
        doubtful = self._in_doubt(documents)
        documents -= doubtful
        moved, refused = 0, [self._asked_first()] if doubtful else []
        for start in range(0, len(documents), SLICE):
            part = documents[start : start + SLICE]
            count, problems = self._once(lambda part=part: self._hand_over_slice(part))
            moved += count
            refused += problems
        if moved:
            self._once(lambda: self._note_handed_over(moved))
        return refused

    def _hand_over_slice(self, documents):
        """:returns: how many were moved, and sentences about those that the backup would refuse"""
        backup = self.backup_id
        documents = documents.filtered(lambda document: document._may_use_backup())
        problems = {document.id: backup._problems(document._as_receipt()) for document in documents}
        self.env.cr.execute(
            SQL(
                """
                UPDATE fiscal_document
                SET register_id = %s, handed_from_id = register_id, key = gen_random_uuid()::text, request = NULL,
                    service_id = NULL, retry_at = NULL, tries = 0, write_date = now() AT TIME ZONE 'UTC', write_uid = %s
                WHERE id = ANY(%s) AND register_id = %s AND state = 'queued'
                """,
                backup.id,
                self.env.uid,
                [document.id for document in documents if not problems[document.id]],
                self.id,
            )
        )
        moved = self.env.cr.rowcount
        self.env["fiscal.document"].invalidate_model()
        return moved, [problem for found in problems.values() for problem in found]

    def _note_handed_over(self, count):
        self._message_log(
            body=self.env._("Receipts handed over to “%(backup)s”: %(count)s.", backup=self.backup_id.name, count=count)
        )
        self.backup_id._wake()
