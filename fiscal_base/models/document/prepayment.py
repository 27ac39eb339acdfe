from odoo import api, fields, models

from ...const import PAYMENT_KINDS
from ...tools.money import ZERO, money
from ..reading.told import BACK, MADE, SALE


class FiscalDocument(models.Model):
    """Receipts of one sale that is paid in parts, which a service may keep together (`Capabilities.chains`).

    The first one names everything sold, what is paid now, and a payment `credit` for the rest. Each later one contains
    only what is paid then, and names the first as its `chain_id`. A chain is returned as a whole.
    """

    _inherit = "fiscal.document"

    chain_id = fields.Many2one(
        "fiscal.document",
        string="First receipt of the prepayment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _claimed(self):
        return [*super()._claimed(), self.chain_id]

    def _credit(self):
        """What the receipt leaves to pay later."""
        return sum((money(payment.amount) for payment in self.sudo().payment_ids if payment.kind == "credit"), ZERO)

    def _credit_left(self):
        """What of the goods on this receipt is still to be paid, as far as receipts tell."""
        if self._chain():
            return self._chain_left()
        receipt = self.sudo()
        lines = self.env["fiscal.document.line"].sudo()
        paid = lines.search(
            [
                ("original_line_id", "in", receipt.line_ids.ids),
                ("document_id.operation", "=", SALE),
                ("document_id.state", "in", MADE),
            ]
        )
        back = sum((one._credit() for one in receipt._returns(MADE)), ZERO)
        return max(receipt._credit() - back - sum((money(line.amount) for line in paid), ZERO), ZERO)

    def _money(self):
        """The money that moves by this receipt: what other receipts tell is neither paid later nor in advance."""
        return money(self.total) - self._credit() - self._offset()

    def _chain(self):
        """The first receipt of the chain that this receipt belongs to; none if its service keeps no chains."""
        self.ensure_one()
        first = self.sudo().chain_id or self.sudo()
        register = first.register_id
        if first.operation != SALE or first.provider not in (False, register.provider):
            return self.browse()
        chained = register._capabilities().chains and first._credit()
        return first.with_env(self.env) if chained else self.browse()

    def _later(self):
        """The receipts after this first one, in any state except cancelled."""
        return self.sudo().search([("chain_id", "in", self.ids), ("state", "in", MADE)])

    def _chain_left(self):
        """What is left to pay of the chain that this receipt began, in currency units."""
        return self._credit() - sum((money(later.total) for later in self._later()), ZERO)

    # === Its return ===

    def _left_to_return(self, besides=None):
        """Of a chain, everything that was paid."""
        first = self.sudo()._chain()
        if not first:
            return super()._left_to_return(besides)
        return super(FiscalDocument, first)._left_to_return(besides) - first._chain_left()

    def _payments_of(self, total):
        """Of a chain, those of all its receipts: it is always returned as a whole."""
        first = self._chain()
        if not first:
            return super()._payments_of(total)
        return [
            payment
            for receipt in first | first._later()
            for payment in super(FiscalDocument, receipt)._payments_of(money(receipt.total))
            if payment["kind"] != "credit"
        ]

    def _means(self):
        """`{kind: sum}` of what was paid, change taken off; of a chain, by all its receipts."""
        self.ensure_one()
        return self._summed(self._payments_of(money(self.total)))

    @api.model
    def _summed(self, payments, change=ZERO):
        """`{kind: sum}` of values of `fiscal.document.payment`, less `change` in cash."""
        sums = {"cash": -change} if change else {}
        for payment in payments:
            sums[payment["kind"]] = sums.get(payment["kind"], ZERO) + money(payment["amount"])
        return sums

    def action_return(self):
        return super(FiscalDocument, self._chain() or self).action_return()

    @api.onchange("original_id")
    def _onchange_original_id(self):
        if self.operation == BACK and self.original_id:
            self.original_id = self.original_id._chain() or self.original_id
        return super()._onchange_original_id()

    def _draft_problems(self, employee):
        if self.operation == BACK and self.original_id:
            self.original_id = self.original_id._chain() or self.original_id
        return super()._draft_problems(employee)

    def _return_problem(self, original, total, means=None):
        """A chain is returned as a whole and by the means it was paid with: the service does it in one call."""
        if not original or not original._chain() or original._not_made():
            return super()._return_problem(original, total, means)
        original = original.sudo()
        left, paid = original._left_to_return(besides=self), original._means()
        if left <= 0:
            return self.env._("All of “%s” has been returned already.", original.display_name)
        if total == left and (self._means() if self else means) == paid:
            return False
        labels = dict(self.env["fiscal.document.payment"]._fields["kind"]._description_selection(self.env))
        return self.env._(
            "The prepayment “%(document)s” is returned as a whole and by the means it was paid with (%(paid)s), not in "
            "parts. Open that receipt and press “Return”.",
            document=original.display_name,
            paid=", ".join(f"{labels[kind]}: {paid[kind]}" for kind, __ in PAYMENT_KINDS if kind in paid),
        )

    @api.model
    def _open_chains(self, documents, register):
        """Among `documents`, the first receipts of chains for which `register` can register a further payment."""
        firsts = documents.filtered(
            lambda document: (
                document.state in MADE
                and not document.chain_id
                and document._chain()
                and document.register_id.provider == register.provider
            )
        )
        return firsts.filtered(lambda first: first._chain_left() > 0).sorted("id")
