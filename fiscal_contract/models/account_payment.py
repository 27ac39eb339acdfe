from odoo import api, fields, models

from odoo.addons.fiscal_base.tools.receipt_text import Contract


class AccountPayment(models.Model):
    """The contract behind a payment, for the text of its receipt line."""

    _inherit = "account.payment"

    contract_id = fields.Many2one(
        "contract.contract",
        check_company=True,
        index="btree_not_null",
        domain="[('contract_type', '=', 'sale'), ('id', 'in', contract_ids)]",
        help="The account of the customer that the payment is for. Empty: that of the invoices, or the only one that "
        "the customer has on the day of the payment.",
    )
    contract_ids = fields.Many2many(
        "contract.contract", string="Contracts of the customer", compute="_compute_contract_ids"
    )

    @api.depends("partner_id", "company_id")
    def _compute_contract_ids(self):
        for payment in self:
            payment.contract_ids = payment._contracts_of(payment.partner_id.commercial_partner_id)

    def _contracts_of(self, payer):
        """Contracts whose customer or payer belongs to `payer`."""
        if not payer:
            return self.env["contract.contract"]
        return self.env["contract.contract"].search(
            [
                ("contract_type", "=", "sale"),
                ("company_id", "in", (False, self.company_id.id)),
                "|",
                ("partner_id", "child_of", payer.id),
                ("invoice_partner_id", "child_of", payer.id),
            ]
        )

    def _details_contract(self):
        contracts = self.contract_id or self._details_invoices().invoice_line_ids.contract_line_id.contract_id
        contracts = contracts or self._running_contract()
        return contracts._details(self.date) if contracts else super()._details_contract()

    def _running_contract(self):
        """The only contract of the person served that runs on the day of the payment, else the payer's only one."""
        running = self._contracts_of(self.partner_id.commercial_partner_id).filtered(
            lambda contract: contract._runs(self.date)
        )
        mine = running.filtered(lambda contract: contract.partner_id == self.partner_id)
        found = mine or running
        return found if len(found) == 1 else found.browse()


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _runs(self, day):
        """Whether any line of the contract is in force on `day`."""
        return bool(self._lines_on(day))

    def _lines_on(self, day):
        """Lines of a product that are in force on `day`."""
        return self.contract_line_ids.filtered(
            lambda line: (
                not line.display_type
                and not line.is_canceled
                and (not line.date_start or line.date_start <= day)
                and (not line.date_end or day <= line.date_end)
            )
        )

    def _details(self, day):
        """What a receipt of a payment on `day` may say of these contracts."""
        lines = self._lines_on(day) or self.contract_line_ids.filtered(lambda line: not line.display_type)
        begins = [line.date_start for line in self.contract_line_ids if line.date_start and not line.display_type]
        ends = [contract.date_end for contract in self]
        payers = (self.invoice_partner_id or self.partner_id).commercial_partner_id
        customers = self.partner_id - payers
        return Contract(
            name=", ".join(contract.name or contract.code or "" for contract in self),
            subjects=tuple(dict.fromkeys(line.product_id.name or line.name for line in lines)),
            begin=min(begins, default=None),
            end=max(ends) if all(ends) else None,
            payer=", ".join(payers.mapped("name")),
            customer=", ".join(name for name in customers.mapped("name") if name),
        )
