from odoo import api, fields, models

from ...const import PAYMENT_KINDS


class AccountJournal(models.Model):
    _inherit = "account.journal"

    fiscal_register_id = fields.Many2one(
        "fiscal.register",
        string="Fiscal register",
        check_company=True,
        index="btree_not_null",
        copy=False,
        help="Receipts for payments of this journal are made on this register.",
    )
    fiscal_payment_kind = fields.Selection(
        PAYMENT_KINDS,
        string="Payment kind on receipts",
        compute="_compute_fiscal_payment_kind",
        store=True,
        readonly=False,
    )

    fiscal_details_template = fields.Char(
        string="Text of the receipt line",
        help="What the receipt says of a payment of this journal without an invoice. Empty: the text of the register.",
    )

    @api.constrains("fiscal_details_template")
    def _check_fiscal_details_template(self):
        for journal in self:
            self.env["fiscal.register"]._check_details(journal.fiscal_details_template)

    @api.depends("type")
    def _compute_fiscal_payment_kind(self):
        for journal in self:
            if not journal.fiscal_payment_kind or journal.fiscal_payment_kind in ("cash", "electronic"):
                journal.fiscal_payment_kind = "cash" if journal.type == "cash" else "electronic"

    def _fiscal_payment_code(self):
        """Code of this means of payment at the service of the register; False where the kind says enough."""
        return False

    def _fiscal_means(self, register):
        """How money of this journal is named on a receipt of `register`, as values of `fiscal.document.payment`."""
        kinds = dict(PAYMENT_KINDS)
        return {
            "kind": self.fiscal_payment_kind if self.fiscal_payment_kind in kinds else "electronic",
            "name": self.name,
            "code": self._fiscal_payment_code(),
        }
