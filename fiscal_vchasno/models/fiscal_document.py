from odoo import fields, models

from odoo.addons.fiscal_base.tools.money import ZERO, money


class FiscalDocument(models.Model):
    _inherit = "fiscal.document"

    vchasno_receipt = fields.Json(
        string="Receipt as JSON", readonly=True, copy=False, help="As Vchasno.Kasa shows it, fetched after the sale."
    )
    vchasno_advance_id = fields.Many2one(
        "fiscal.document",
        string="Prepayment that is settled",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The receipt of the prepayment that Vchasno.Kasa takes off this one.",
    )
    vchasno_has_receipt = fields.Boolean(string="JSON is kept", readonly=True, copy=False)

    def _vchasno_prepaid(self):
        """The part of the receipt that was paid in advance."""
        return sum((money(payment.amount) for payment in self.payment_ids if payment.kind == "prepayment"), ZERO)

    def _vchasno_advance(self):
        """The registered prepayment that this sale settles (§2.10): the oldest of the same customer and sum that no
        other sale has settled. None if the customer is not known.
        """
        self.ensure_one()
        prepaid = self._vchasno_prepaid()
        if self.operation != "sale" or not prepaid or not self.partner_id:
            return self.browse()
        advances = self.search(
            [
                ("register_id", "=", self.register_id.id),
                ("provider", "=", "vchasno"),
                ("operation", "=", "sale"),
                ("state", "=", "done"),
                ("partner_id.commercial_partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("line_ids.method_sign", "in", ("1", "2", "3")),
                ("id", "!=", self.id),
            ],
            order="id",
        )
        fitting = advances.filtered(lambda advance: advance.fiscal_number and money(advance.total) == prepaid)
        used = self.search(
            [("vchasno_advance_id", "in", fitting.ids), ("id", "!=", self.id), ("state", "!=", "cancelled")]
        )
        return (fitting - used.vchasno_advance_id)[:1]
