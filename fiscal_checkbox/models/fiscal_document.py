import logging

from odoo import api, fields, models

from odoo.addons.fiscal_base.tools.outcome import Kind

from .. import protocol

_logger = logging.getLogger(__name__)

#: most receipts that one run of the scheduled action asks about
BATCH = 100
#: forms in which the service shows a receipt
VIEWS = ("pdf", "png", "text", "qrcode")


class FiscalDocument(models.Model):
    _inherit = "fiscal.document"

    checkbox_delivery = fields.Selection(
        [("waiting", "Registered offline, not delivered yet"), ("delivered", "Registered offline, delivered since")],
        string="Tax service",
        compute="_compute_checkbox_delivery",
        store=True,
        precompute=True,  # no extra SQL statement at the till
        help="While the tax service does not answer, Checkbox registers receipts offline and delivers them later.",
    )
    checkbox_undelivered = fields.Boolean(
        string="Not delivered yet", compute="_compute_checkbox_delivery", store=True, precompute=True, index=True
    )
    checkbox_text = fields.Text(string="Report", compute="_compute_checkbox_text")

    @api.depends("service_data", "provider", "is_test")
    def _compute_checkbox_delivery(self):
        for document in self:
            # receipts of a test register are never delivered
            fiscal = document.provider == "checkbox" and not document.is_test
            data = (document.service_data or {}) if fiscal else {}
            document.checkbox_undelivered = bool(data.get("undelivered"))
            document.checkbox_delivery = data.get("offline") and ("waiting" if data.get("undelivered") else "delivered")

    @api.depends("service_data", "provider")
    def _compute_checkbox_text(self):
        for document in self:
            data = (document.service_data or {}) if document.provider == "checkbox" else {}
            document.checkbox_text = data.get("text")

    def _checkbox_id(self):
        """The service's id of the receipt: our key, except for the return of a prepayment (§4.4)."""
        return (self.service_data or {}).get("receipt_id") or self.key

    def _checkbox_relation(self):
        """The service's id of the prepayment chain that this receipt began (§4.4)."""
        return (self.service_data or {}).get("relation_id") or self.key

    @api.model
    def _cron_checkbox_delivery(self):
        """Ask whether the tax service has received the receipts that were registered offline."""
        documents = self.search([("checkbox_undelivered", "=", True)], order="id", limit=BATCH)
        left = len(documents)
        for document in documents:
            left -= 1
            try:
                with self.env.cr.savepoint():
                    document._checkbox_ask_delivery()
            except Exception:
                _logger.exception("fiscal document %s: its delivery cannot be asked for", document.key)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    def _checkbox_ask_delivery(self):
        self.ensure_one()
        register = self.register_id
        if register.provider != "checkbox" or register.state != "enabled":
            return
        test = self.is_test or register._checkbox_is_test()
        request = {**(self.sudo().request or {}), "test": test}
        account = register._checkbox_signing(self) or register.checkbox_account_ids[:1]
        outcome = register._checkbox_converse(protocol.lookup(request), account)
        if outcome.kind is Kind.DONE and not outcome.data.extra.get("undelivered"):
            data = {name: value for name, value in self.service_data.items() if name != "undelivered"}
            self._engine().write({"service_data": data})

    def action_checkbox_open(self):
        """Open the receipt as the button's context says: `pdf`, `png`, `text` or `qrcode`, in a new window."""
        self.ensure_one()
        self.check_access("read")
        ending = self.env.context.get("checkbox_view")
        if ending not in VIEWS:
            ending = VIEWS[0]
        url = f"{self.register_id._checkbox_address()}/receipts/{self._checkbox_id()}/{ending}"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}
