from odoo import fields, models

from ...tools.outcome import Outcome

#: code of an outcome: what was sent cannot be read any more
UNREADABLE = "unreadable"
#: seconds until such a document is tried again, perhaps by a version that can read it
LATER = 3600


class FiscalDocument(models.Model):
    _inherit = "fiscal.document"

    request_format = fields.Char(
        readonly=True, copy=False, help="Who put the document into a request, and in which form: provider/version."
    )

    def _unreadable(self):
        """Why its register cannot read the frozen request now, as a sentence; "" if it can.

        A request without a format is older than formats: the provider of its register froze it.
        """
        register, frozen = self.register_id, self.sudo().request_format
        if not self.sudo().request or not frozen or frozen == register._request_format():
            return ""
        return self.env._(
            "It was put into a request by “%(frozen)s”, which “%(now)s” cannot read. Nothing more is sent. Look at the "
            "register or in the service's cabinet whether it was registered, then decide about it here.",
            frozen=frozen,
            now=register._request_format(),
        )


class FiscalRegister(models.Model):
    """A frozen request is read only by the provider that froze it, and only in the format that it writes now."""

    _inherit = "fiscal.register"

    def _request_format(self):
        """Name of the format in which this register's provider freezes requests."""
        return f"{self.provider}/{self._capabilities().request_format}"

    def _begin(self, document, kind):
        """A request that cannot be read is built again if it was never sent; if it may have left, its document is
        unknown.
        """
        document.invalidate_recordset()
        words = document._unreadable()
        if words and kind == "submit" and document.state == "queued":
            if document._may_have_left():
                document._move("sending")
                attempt = self.env["fiscal.attempt"].create(
                    {"document_id": document.id, "kind": kind, "key": document.key}
                )
                outcome = Outcome.unknown(words, LATER, code=UNREADABLE)
                document._apply(outcome, attempt)
                self._remedy(document, outcome)
                return None
            document._engine().write({"request": False})
        fresh = not document.request
        attempt = super()._begin(document, kind)
        if attempt and fresh and kind == "submit":
            document._engine().write({"request_format": self._request_format()})
        return attempt

    def _call(self, document, method):
        if words := document._unreadable():
            return Outcome.unknown(words, LATER, code=UNREADABLE)
        return super()._call(document, method)

    def _relay_said(self, document, request, kind, replies):
        if document and (words := document._unreadable()):
            return Outcome.unknown(words, LATER, code=UNREADABLE)
        return super()._relay_said(document, request, kind, replies)

    def _remedy(self, document, outcome):
        if outcome.code == UNREADABLE and document.state == "unknown" and not document.activity_ids:
            document._alert(outcome.message)
        return super()._remedy(document, outcome)
