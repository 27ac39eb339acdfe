from zlib import crc32

from odoo import fields, models

from ...const import OPERATIONS, PAYMENT_KINDS
from ...tools.capabilities import Capabilities
from ...tools.outcome import FiscalData, Outcome, RegisterStatus


class FiscalRegister(models.Model):
    """The demo register: no network, no account, no law. The suite works with it right after installation.

    It keeps no state: everything it “prints” follows from the document, so a look-up gives the same answer as the first
    submission.
    """

    _inherit = "fiscal.register"

    def _demo_capabilities(self):
        country = self.company_id.account_fiscal_country_id.code
        return Capabilities(
            operations=frozenset(operation for operation, __ in OPERATIONS),
            payment_kinds=frozenset(kind for kind, __ in PAYMENT_KINDS),
            tax_vocabulary={"RU": "ru", "UA": "ua"}.get(country, ""),
            test=True,
        )

    def _demo_validate(self, receipt):
        return []

    def _demo_prepare(self, document, receipt):
        return {"operation": receipt.operation, "key": receipt.key, "total": str(receipt.total)}

    def _demo_submit(self, document, request):
        now = self._local(fields.Datetime.now()).replace(second=0, microsecond=0)
        Document = self.env["fiscal.document"]
        mine = [("register_id", "=", self.id), ("id", "<=", document.id)]
        number = f"TEST-{Document.search_count(mine)}"
        if document.operation == "shift_open":
            shift = Document.search_count([*mine, ("operation", "=", "shift_open")])
        else:
            shift = self.shift_id.number
        sign = str(crc32(document.key.encode()))
        sums = f"&s={request['total']}" if document.line_ids else ""
        return Outcome.done(
            FiscalData(
                number=number,
                sign=sign,
                storage="TEST",
                register_number=f"TEST-{self.id}",
                shift_number=shift or None,
                receipt_number=len(self.shift_id.document_ids) or None,
                registered_at=now,
                qr=f"TEST, not fiscal: t={now:%Y%m%dT%H%M}{sums}&fn=TEST&i={number}&fp={sign}",
                counters=self.shift_id._counters() if document.operation == "shift_close" and self.shift_id else {},
                test=True,
            )
        )

    def _demo_lookup(self, document, request):
        return self._demo_submit(document, request)

    def _demo_status(self):
        return RegisterStatus(
            ready=True,
            name=self.name,
            serial_number=f"TEST-{self.id}",
            shift_open=bool(self.shift_id),
            shift_number=self.shift_id.number or None,
            clock=self._local(fields.Datetime.now()),
            test=True,
        )
