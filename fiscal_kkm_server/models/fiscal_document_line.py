from dataclasses import replace

from odoo import fields, models


class FiscalDocumentLine(models.Model):
    _inherit = "fiscal.document.line"

    kkm_server_department = fields.Integer(
        string="Department", readonly=True, help="Section (отдел) of the register, of the product or its category."
    )

    def _as_line(self):
        line = super()._as_line()
        if not self.kkm_server_department:
            return line
        return replace(line, extra={**line.extra, "department": self.kkm_server_department})
