from odoo import api, fields, models


class FiscalShift(models.Model):
    """A shift of a register, from its opening to its Z report."""

    _name = "fiscal.shift"
    _description = "Fiscal shift"
    _order = "opened_at desc, id desc"

    register_id = fields.Many2one("fiscal.register", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="register_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    number = fields.Integer(readonly=True)
    state = fields.Selection([("open", "Open"), ("closed", "Closed")], default="open", required=True, readonly=True)
    opened_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    opened_by_id = fields.Many2one("hr.employee", string="Opened by", readonly=True)
    closed_by_id = fields.Many2one("hr.employee", string="Closed by", readonly=True)
    document_ids = fields.One2many("fiscal.document", "shift_id", readonly=True)
    document_count = fields.Integer(compute="_compute_totals")
    sale_total = fields.Monetary(string="Sales", compute="_compute_totals")
    return_total = fields.Monetary(string="Returns", compute="_compute_totals")
    cash_in_total = fields.Monetary(string="Cash in", compute="_compute_totals")
    cash_out_total = fields.Monetary(string="Cash out", compute="_compute_totals")
    z_data = fields.Json(string="Z report", readonly=True)

    @api.depends("register_id", "number")
    def _compute_display_name(self):
        for shift in self:
            shift.display_name = f"{shift.register_id.name} № {shift.number}"

    def _compute_totals(self):
        groups = self.env["fiscal.document"]._read_group(
            [("shift_id", "in", self.ids), ("state", "=", "done")],
            ["shift_id", "operation"],
            ["total:sum", "__count"],
        )
        sums = {(shift, operation): total for shift, operation, total, __ in groups}
        for shift in self:
            shift.document_count = sum(count for of, __, __, count in groups if of == shift)
            shift.sale_total = sums.get((shift, "sale"), 0)
            shift.return_total = sums.get((shift, "sale_return"), 0)
            shift.cash_in_total = sums.get((shift, "cash_in"), 0)
            shift.cash_out_total = sums.get((shift, "cash_out"), 0)
