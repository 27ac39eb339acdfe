from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.fiscal_base.models.accounting.source import SALE
from odoo.addons.fiscal_base.models.document.book_payments import OFFERED


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

    def _claimed(self):
        return [*super()._claimed(), self.sale_order_ids]

    def _shown_in(self):
        return [*super()._shown_in(), self.sale_order_ids]

    # === The operations book: an order that is paid ===

    open_order_ids = fields.Many2many("sale.order", string="Orders to be paid", compute="_compute_open_order_ids")

    @api.model
    def _editable(self):
        return super()._editable() | {"sale_order_ids"}

    @api.depends("partner_id", "operation", "register_id")
    def _compute_open_order_ids(self):
        for document in self:
            document.open_order_ids = document._open_orders()

    def _open_orders_domain(self):
        if self.operation != SALE:
            return Domain.FALSE
        return self._of_customer() & Domain("state", "=", "sale") & Domain("invoice_status", "!=", "invoiced")

    def _open_orders(self):
        orders = self.env["sale.order"].sudo().search(self._open_orders_domain(), limit=OFFERED)
        return orders.filtered(lambda order: order._fiscal_owed()).sudo(False)

    @api.onchange("sale_order_ids")
    def _onchange_sale_order_ids(self):
        if self.sale_order_ids and not self.name:
            self.name = ", ".join(self.sale_order_ids.mapped("name"))
        self._onchange_linked()

    def _linked(self):
        return super()._linked() or bool(self.sale_order_ids)

    def _linked_parts(self):
        orders = self.sudo().sale_order_ids._origin
        invoiced = self.sudo().move_ids._origin._fiscal_orders()
        return super()._linked_parts() + self._parts_of(orders - invoiced)

    def _link_problems(self):
        orders = self.sudo().sale_order_ids
        foreign = orders - orders.filtered_domain(self._of_customer())
        return [
            *super()._link_problems(),
            *(self.env._("The order “%s” belongs to another customer.", order.display_name) for order in foreign),
        ]
