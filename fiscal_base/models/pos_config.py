from odoo import api, fields, models
from odoo.exceptions import AccessError


class PosConfig(models.Model):
    _inherit = "pos.config"

    fiscal_register_id = fields.Many2one(
        "fiscal.register",
        string="Fiscal register",
        check_company=True,
        index="btree_not_null",
        copy=False,
        help="Receipts of this point of sale are made on this register.",
    )

    @api.model
    def _load_pos_data_read(self, records, config):
        """Give the till what its register light and its checks before payment need; settings stay on the server."""
        rows = super()._load_pos_data_read(records, config)
        for row in rows:
            register = self.browse(row["id"]).sudo().fiscal_register_id
            row["_fiscal_register"] = register._till_status() if register else False
            row["_fiscal_unmapped_taxes"] = register._unmapped_taxes() if register else {}
        return rows

    def fiscal_drive(self, order_uuids):
        """Drain the lane of this point of sale's register in the interest of `order_uuids`, for a bounded time.

        Called by the till in a request of its own once the orders are committed. Nothing of it can fail the sale.

        :param list[str] order_uuids: orders whose receipts the till waits for; empty for cash moves and shifts
        :returns: `{"register": {…}, "receipts": {uuid: {…}}}` as the till shows them
        """
        self.ensure_one()
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only users of the point of sale can print its receipts."))
        self.check_access("read")
        register = self.sudo().fiscal_register_id
        if not register:
            return {"register": False, "receipts": {}}
        return register._drive(self.id, list(order_uuids))
