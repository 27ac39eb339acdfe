from odoo import api, fields, models, tools

from ...const import PAYMENT_SUBJECTS
from ...tools.money import money, quantity
from ...tools.text import one_line


class FiscalRegister(models.Model):
    """The register as accounting uses it: which payments make a receipt, and what its lines say."""

    _inherit = "fiscal.register"
    #: a branch uses the registers of its company
    _check_company_domain = models.check_company_domain_parent_of

    print_invoice = fields.Boolean(
        string="Payments of invoices", default=True, help="Also payments that are entered without an invoice."
    )
    print_order = fields.Boolean(string="Payments of sales orders", default=True)
    print_refund = fields.Boolean(string="Refunds to customers", default=True)
    print_statement = fields.Boolean(
        string="Bank statement lines matched to an invoice",
        help="For money that comes straight to the bank account, without a payment in Odoo.",
    )
    settlement = fields.Selection(
        [
            ("payment", "When it is paid"),
            ("before", "Later: what is paid is a prepayment"),
            ("after", "Earlier: what is paid was sold on credit"),
        ],
        string="Goods and services are handed over",
        default="payment",
        required=True,
        help="Decides on the payment method sign (FFD tag 1214) of payments in accounting.",
    )
    payment_subject = fields.Selection(
        PAYMENT_SUBJECTS,
        string="Subject of lines without a product",
        default="4",
        required=True,
        help="FFD tag 1212 of a payment that no invoice stands behind.",
    )
    cashier_user_ids = fields.Many2many(
        "res.users",
        string="Cashiers",
        domain="[('share', '=', False)]",
        help="The cashiers that work with this register and see its documents. Empty: all of the company. "
        "Accountants and administrators see every register of their companies.",
    )

    # === Cheap answers for companies without a register ===

    @api.model
    @tools.ormcache()
    def _companies(self):
        """Ids of the companies that have a register, whether it is on or not."""
        registers = self.sudo().with_context(active_test=False).search_fetch([], ["company_id"])
        return frozenset(registers.company_id.ids)

    @api.model
    def _serve(self, companies):
        """Whether any of `companies` has a register, of its own or of a company above it."""
        served = self._companies()
        return bool(served) and any(not served.isdisjoint(company.parent_ids.ids) for company in companies)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "company_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === Checked before ===

    def _problems_of(self, vals):
        """Every reason why a document with `vals` would be refused."""
        composed = vals.get("composed", True)
        return [*vals["problems"], *(self._problems(self._receipt_of(vals)) if composed else ())]

    # === Lines ===

    def _sold_line(self, line, count, full):
        """What the receipt says about a line of an invoice or order, besides its tax and amount.

        :param line: `account.move.line` or `sale.order.line`
        :param count: its quantity
        :param full: what is paid for all of it, with taxes
        """
        product = line.product_id
        count = abs(quantity(count)) or 1
        if line.discount and line.discount < 100:
            full = money(float(full) / (1 - line.discount / 100))
        return {
            **(product._fiscal_line_vals() if product else {"subject": self.payment_subject, "measure": "0"}),
            "name": one_line(line.name or product.display_name) or self.env._("Sale"),
            "quantity": float(count),
            "price": float(money(full / count)),
        }

    # === Cashiers ===

    def _cashiers(self):
        """The employees that may be named as the cashier of a receipt of this register."""
        Employee = self.env["hr.employee"].sudo()
        if not self:
            return Employee
        return Employee.search([("company_id", "=", self.company_id.id), ("fiscal_cashier", "=", True)])
