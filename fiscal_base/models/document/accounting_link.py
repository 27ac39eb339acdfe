from base64 import b64encode
from dataclasses import replace

from reportlab.graphics import renderSVG
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import RECEIPTS
from .document import OPEN

#: seconds for which one call of the browser waits for the outcome of documents
FOLLOW = 5
#: models whose records make documents, under the event `<model>:<id>`
SOURCES = ("account.payment", "account.move", "account.bank.statement.line")

#: Odoo's own picture of a receipt
REPORT = "fiscal_base.report_receipt"


class FiscalDocument(models.Model):
    """The record of accounting behind a document, who hears of its changes, and how the customer gets the receipt."""

    _inherit = "fiscal.document"

    account_payment_id = fields.Many2one(
        "account.payment", string="Payment in accounting", readonly=True, ondelete="set null", index="btree_not_null"
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    move_ids = fields.Many2many(
        "account.move", "fiscal_document_move_rel", "document_id", "move_id", string="Invoices", readonly=True
    )
    branch_id = fields.Many2one(
        "res.company",
        readonly=True,
        index="btree_not_null",
        help="Where it was sold, when that is a branch of the company whose register it is.",
    )
    deliver = fields.Char(string="To be sent by", readonly=True, help="email, sms, viber: as the customer agrees.")
    can_send = fields.Boolean(compute="_compute_can_send")

    @api.depends("state", "operation")
    def _compute_can_send(self):
        for document in self:
            document.can_send = document.state == "done" and document.operation in RECEIPTS

    def _as_receipt(self):
        receipt = super()._as_receipt()
        if not self.deliver:
            return receipt
        return replace(receipt, deliver=frozenset(self.deliver.split(",")))

    def _claimed(self):
        claimed = super()._claimed()
        if self.pos_order_id:
            return claimed  # a sale at the till is sold once, by its own event
        return [*claimed, self.account_payment_id, self.move_ids]

    # === Made again ===

    @api.model
    def _source_models(self):
        return SOURCES

    def _source(self):
        """The record of accounting that the document was made of, or None."""
        model, __, name = (self.event or "").partition(":")
        if model not in self._source_models():
            return None
        return self.env[model].browse(int(name.split(":")[0])).exists()

    def _corrected_copy(self, choice=None):
        """Made anew from the payment, invoice or order behind the document.

        :param choice: what a person has chosen; by default what the record and the settings say
        """
        source = self._source()
        if not source:
            return super()._corrected_copy()
        choice = choice or source._fiscal_choice()
        if not choice.register:
            choice = replace(choice, register=self.register_id)
        self._move("cancelled")
        copies = source._fiscal_enqueue(choice, event=self.event)
        copy = (copies.filtered(lambda one: one.event == self.event) or copies)[:1]
        if not copy:
            raise UserError(
                self.env._(
                    "Nothing of what “%s” says is left to be registered: other receipts tell it. Choose “Decide” to "
                    "give this document up.",
                    self.display_name,
                )
            )
        copy._engine().write({"replaces_id": self.id})
        return copy

    # === Everything live ===

    def _announce(self):
        result = super()._announce()
        self._tell_accounting()
        return result

    def _tell_accounting(self):
        """Tell open lists and forms of accounting which of their records have changed; they reload them."""
        for document in self.sudo():
            self.env.ref("fiscal_base.group_fiscal_cashier").sudo()._bus_send("fiscal_document", document._changed())

    def _changed(self):
        """`{model: ids}` of the records whose lists show the document."""
        return {records._name: records.ids for records in self._shown_in() if records}

    def _shown_in(self):
        """The records whose lists show the document."""
        return [self, self.account_payment_id, self.move_ids, self.pos_order_id]

    def _follow(self, following=None):
        """A client action: the browser waits for these documents, reports their outcome and opens the receipt.

        :param following: the action to run next
        """
        return {
            "type": "ir.actions.client",
            "tag": "fiscal_follow",
            "params": {"ids": self.ids, "next": following or False},
        }

    def fiscal_follow(self):
        """The state of these documents after their lanes had a moment to work on them, for the browser that waits.

        :returns: a list of `{id, state, name, problem, open, changed}`; `open`: the receipt is to be opened at once
        """
        documents = self.exists()
        documents.check_access("read")
        for register in documents.filtered(lambda document: document.state in OPEN).register_id.sudo():
            register._run_lane(FOLLOW)
        with self.pool.cursor() as cr:
            return [document._followed() for document in self.with_env(self.env(cr=cr)).browse(documents.ids)]

    def _followed(self):
        document = self.sudo()
        return {
            "id": document.id,
            "state": document.state,
            "name": document.display_name,
            "problem": document.error_message or "" if document.state in ("rejected", "unknown", "queued") else "",
            "open": document.register_id.open_receipt and document.state == "done",
            "changed": document._changed(),
        }

    # === The receipt, to open and to send ===

    def action_open_receipt(self):
        """Open the receipt in a new window: the service's page, its file, or Odoo's own picture of it."""
        self.ensure_one()
        if self.state != "done":
            raise UserError(self.env._("“%s” is not registered yet, so there is no receipt.", self.display_name))
        return {"type": "ir.actions.act_url", "url": f"/fiscal/receipt/{self.id}", "target": "new"}

    def _qr_picture(self):
        """The QR code as a data URL, sharp at every size."""
        drawing = createBarcodeDrawing("QR", value=self.qr_data, width=200, height=200, barBorder=2)
        return "data:image/svg+xml;base64," + b64encode(renderSVG.drawToString(drawing).encode()).decode()

    def _prints_pdf(self):
        return self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("ok", "upgrade")

    def _receipt_file_name(self):
        """Name and media type of the receipt as a file: a PDF, or HTML if the server cannot make one."""
        number = "".join(part if part.isalnum() else "_" for part in self.fiscal_number or str(self.id))
        return (
            (f"receipt_{number}.pdf", "application/pdf")
            if self._prints_pdf()
            else (f"receipt_{number}.html", "text/html")
        )

    def _receipt_file(self):
        Report = self.env["ir.actions.report"].sudo().with_context(lang=self.partner_id.lang or self.env.lang)
        render = Report._render_qweb_pdf if self._prints_pdf() else Report._render_qweb_html
        return render(REPORT, self.ids)[0]

    def _send_mail(self, address):
        """Put the receipt into Odoo's mail queue."""
        self.ensure_one()
        template = self.env.ref("fiscal_base.mail_template_receipt").sudo()
        files = self._receipt_attachments()
        template.send_mail(self.id, email_values={"email_to": address, "attachment_ids": files.ids})

    def action_send_receipt(self):
        """Open the dialog that sends the receipt to the customer again."""
        self.ensure_one()
        return self.env["fiscal.contact"]._resend(self)

    def fiscal_deliver(self, channel, address):
        """Send the receipt to the customer. This is a separate call that writes nothing except the note that it was
        sent, so Odoo does not repeat it because of what somebody else writes.

        :returns: a sentence that says that it was sent
        """
        self.ensure_one()
        self.check_access("read")
        document = self.sudo()
        if not document.can_send or channel not in ("email", "sms", "viber"):
            raise UserError(self.env._("“%s” is not registered yet, so there is no receipt.", self.display_name))
        register = document.register_id
        address = register._phone(address, required=True) if channel != "email" else address
        register._deliver(document, channel, address)
        words = self.env._(
            "The receipt was sent by %(channel)s to %(address)s.",
            channel=register._channel_words(channel),
            address=address,
        )
        document._engine().message_post(body=words, author_id=self.env.user.partner_id.id)
        return words
