from odoo import fields, models


class FiscalDocument(models.Model):
    _inherit = "fiscal.document"

    sale_order_ids = fields.Many2many(
        "sale.order",
        "fiscal_document_sale_order_rel",
        "document_id",
        "order_id",
        string="Sales orders",
        readonly=True,
    )

    def _source_models(self):
        return (*super()._source_models(), "sale.order")

    def _shown_in(self):
        return [*super()._shown_in(), self.sale_order_ids]
