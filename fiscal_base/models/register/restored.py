import logging

from odoo import fields, models
from odoo.tools import SQL

from ...tools.outcome import Outcome
from ...tools.transport import OutOfTime

_logger = logging.getLogger(__name__)

#: operations that need not change the number of the register's last document
UNNUMBERED = ("cash_in", "cash_out")


class FiscalRegister(models.Model):
    """A database that was restored from a backup: what is queued in it may have been registered since.

    A restored database is another one, or its PostgreSQL was started after the last sending: either changes the marker
    that the lane keeps. Then, before anything is sent, the number of the register's last document is compared with the
    one that Odoo knows. Where they are not the same, or the register does not tell, what is queued is asked about by
    its key first, as a document whose outcome is unknown; cash moves always, for they need not have a number. Until the
    register has answered, no other one gets it.
    """

    _inherit = "fiscal.register"

    run_marker = fields.Char(readonly=True, copy=False, groups="base.group_system")

    def _marker(self):
        """What changes with every restored database, and with every start of PostgreSQL."""
        self.env.cr.execute(
            SQL("SELECT oid || ' ' || pg_postmaster_start_time() FROM pg_database WHERE datname = current_database()")
        )
        return self.env.cr.fetchone()[0]

    def _after_a_gap(self):
        """See to it that nothing is sent twice after the database was another one.

        :returns: whether the lane may go on; not while the register does not answer
        """
        marker = self._marker()
        if marker == self.run_marker:
            return True
        capabilities = self._capabilities()
        queued = self.env["fiscal.document"].search([("register_id", "=", self.id), ("state", "=", "queued")])
        if not self.run_marker or not queued or not capabilities.lookup:
            self._once(lambda: self.write({"run_marker": marker}))
            return True
        last = None
        if capabilities.status and not capabilities.relay:
            if self._pauses(self.retry_at, fields.Datetime.now()):
                return False
            try:
                status = self._probe()
            except OutOfTime:
                return False
            if not status.reachable:
                self._once(lambda: self._note_outcome(Outcome.not_sent(status.problem)))
                return False
            last = status.last_number
        if last is not None and str(last) == self.last_number:
            queued = queued.filtered(lambda document: document.operation in UNNUMBERED)
        if queued:
            _logger.info("fiscal register %s: asks about %s documents before it sends them", self.id, len(queued))
            self._once(lambda: self._ask_first(queued, last))
        self._once(lambda: self.write({"run_marker": marker}))
        return True

    def _in_doubt(self, documents):
        """Those of `documents` that may have been registered since the copy of the database was made, as the register
        has not answered since: all of a restored database, and what is older than this run of PostgreSQL.
        """
        if not self.run_marker or self.run_marker == self._marker() or not self._capabilities().lookup:
            return documents.browse()
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM fiscal_document
                WHERE id = ANY(%s) AND (
                    create_date <= pg_postmaster_start_time() AT TIME ZONE 'UTC'
                    OR %s <> (SELECT oid::text FROM pg_database WHERE datname = current_database()))
                """,
                documents.ids,
                self.run_marker.partition(" ")[0],
            )
        )
        return documents.browse(row[0] for row in self.env.cr.fetchall())

    def _asked_first(self):
        return self.env._("The database was restored, or the server was started again: the service is asked first.")

    def _ask_first(self, documents, last):
        """Look `documents` up before they are sent; say so where the register is ahead of Odoo. Their requests are
        frozen now, with what the copy of the database knew.
        """
        documents._move("unknown", error_message=self._asked_first(), retry_at=False)
        if "last_number" in (self.status_data or {}):
            # it may have been told since, and then counts the very receipts that are looked for
            self.status_data = {name: value for name, value in self.status_data.items() if name != "last_number"}
        for document in documents.filtered(lambda document: not document.request):
            self._prepare(document, "lookup")
        known = self.last_number or ""
        if last is not None and known.isdecimal() and last > int(known):
            self._message_log(
                body=self.env._(
                    "The last document of the register is %(last)s, Odoo knows of %(known)s. If the database was "
                    "restored from a backup, compare the receipts between them with the sales in Odoo.",
                    last=last,
                    known=known,
                )
            )
