from datetime import timedelta

from odoo import fields, models

from .. import protocol

#: how many numbers of registered documents a look-up gets; it reads the last 20 documents of the fiscal storage
LAST = 100
#: after so many sendings that ended with an exception inside KKM Server, a person is asked
EXCEPTIONS = 3


class FiscalRegister(models.Model):
    """What Odoo knows of a document and its neighbours before it asks the fiscal storage (`protocol.Known`)."""

    _inherit = "fiscal.register"

    def _kkm_server_known(self, document, now=None):
        """:param now: when this look-up began, if its requests are carried; by default the clock is read"""
        sent = document.attempt_ids.filtered(lambda attempt: attempt.kind == "submit").mapped("create_date")
        away = 2 * self._kkm_server_lease() if now else 0
        return protocol.Known(
            taken=lambda storages: self._kkm_server_taken(document, storages),
            sent=self._local(min(sent)) if sent else None,
            now=lambda: self._local(now or fields.Datetime.now()),
            away=timedelta(seconds=away),
            twice=self.kkm_server_connection == "browser",
        )

    def _kkm_server_taken(self, document, storages):
        """`{number: fiscal sign}` of the last registered documents other than `document`: of every register of Odoo
        that stands for the same device, and of every register that has used one of `storages`.
        """
        others = self.env["fiscal.document"].search(
            [
                ("id", "!=", document.id),
                ("state", "=", "done"),
                ("fiscal_number", "!=", False),
                "|",
                ("register_id", "in", self._kkm_server_same_device().ids),
                ("fiscal_storage", "in", sorted(storages)),
            ],
            order="id desc",
            limit=LAST,
        )
        numbered = others.filtered(
            lambda other: (
                other.fiscal_number.isdecimal()
                and (not other.fiscal_storage or not storages or other.fiscal_storage in storages)
            )
        )
        # the newest wins: numbers of a new storage begin with 1 again, and a document may name no storage
        return {int(other.fiscal_number): other.fiscal_sign or "" for other in reversed(numbered)}

    def _kkm_server_same_device(self):
        """The registers of Odoo, of any company, that stand for the same device."""
        registers = self.sudo().with_context(active_test=False)
        same = registers.browse(self.id)
        if serial := (self.kkm_server_serial_number or "").strip():
            same |= registers.search([("kkm_server_serial_number", "=like", f"%{serial}%")]).filtered(
                lambda register: (register.kkm_server_serial_number or "").strip() == serial
            )
        if self.kkm_server_device_number:
            same |= registers.search(
                [
                    ("kkm_server_device_number", "=", self.kkm_server_device_number),
                    ("kkm_server_url", "=", self.kkm_server_url),
                    ("kkm_server_id", "=", self.kkm_server_id.id),
                ]
            )
        return same

    def _kkm_server_after(self):
        """The number of the last document known to be in the fiscal storage, None if none is known.

        It is the greater of the number in the health check and that of the last document that Odoo has sent; if they
        are of different storages, the lower, so that a look-up rather reads too much.
        """
        told = (self.status_data or {}).get("last_number")
        last = int(self.last_number) if (self.last_number or "").isdecimal() else None
        if last is None or not isinstance(told, int):
            return told if last is None else last
        storage = ((self.status_data or {}).get("extra") or {}).get("storage")
        newest = self.env["fiscal.document"].search(
            [("register_id", "=", self.id), ("state", "=", "done"), ("fiscal_storage", "!=", False)], limit=1
        )
        return max(last, told) if not storage or newest.fiscal_storage in (False, storage) else min(last, told)

    def _kkm_server_drawer(self, document):
        """The answer about the drawer from before the last cash in or out, as JSON text."""
        sent = document.attempt_ids.filtered(lambda attempt: attempt.kind == "submit" and attempt.key == document.key)
        said = sent[:1].response or ""
        return said if "GetDataKKT" in said else ""

    def _kkm_server_insists(self, document, outcome):
        """Whether every sending of `document` under its key has ended with an exception inside KKM Server."""
        if outcome.code != "program":
            return False
        sent = document.attempt_ids.filtered(lambda attempt: attempt.kind == "submit" and attempt.key == document.key)
        return len(sent) >= EXCEPTIONS
