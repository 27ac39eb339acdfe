from odoo import fields, models


class FiscalDocument(models.Model):
    """The receipt as a file, to be mailed. It is made once and recognised by what the server has recorded.

    Users who may write to a document may attach files to it under any name, and change existing ones. So neither name
    nor place proves a receipt: a file is the receipt if it is the recorded one and its content is as recorded.
    """

    _inherit = "fiscal.document"

    receipt_file_id = fields.Many2one(
        "ir.attachment", string="Receipt as a file", readonly=True, copy=False, groups="base.group_system"
    )
    receipt_file_checksum = fields.Char(readonly=True, copy=False, groups="base.group_system")

    def _receipt_attachments(self):
        """The receipts as files to be mailed, one for each registered document."""
        files = self.env["ir.attachment"].sudo()
        for document in self.sudo().filtered("can_send"):
            known = document.receipt_file_id.exists()
            if not known or known.checksum != document.receipt_file_checksum:
                known = document._make_receipt_attachment()
            files |= known
        return files

    def _make_receipt_attachment(self):
        name, mimetype = self._receipt_file_name()
        vals = {"res_model": self._name, "res_id": self.id, "name": name, "mimetype": mimetype}
        made = self.env["ir.attachment"].sudo().create({**vals, "raw": self._receipt_file()})
        self._engine().write({"receipt_file_id": made.id, "receipt_file_checksum": made.checksum})
        return made
