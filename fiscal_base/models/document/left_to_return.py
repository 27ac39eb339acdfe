from odoo import models

from ...const import RETURN_OF
from ...tools.money import ZERO, money
from ...tools.payment_sign import PREPAID
from ..reading.told import MADE

#: operations that take a receipt back
RETURNS = tuple(RETURN_OF.values())


class FiscalDocument(models.Model):
    """What can be returned of a receipt: the same figure for everybody. Only what was registered can be returned."""

    _inherit = "fiscal.document"

    def _left_to_return(self, besides=None):
        """What can still be returned of this receipt, in currency units; the returns `besides` do not count.

        Counts the whole company's returns, whatever the user may see. A return of several receipts of one sale names
        only one of them, so no receipt has more left than all of them together.
        """
        receipt = self.sudo()
        left = receipt._left_of_each(besides)
        return max(min(left[receipt], sum(left.values(), ZERO)), ZERO)

    def _returned(self):
        """What of this receipt has been returned, in currency units; where all of the sale has been, all of it."""
        receipt = self.sudo()
        left = receipt._left_to_return()
        if used := (receipt | receipt._told_together())._prepayments_used().get(receipt):
            left += used if receipt._left_together() else ZERO
        return money(receipt.total) - left

    def _left_together(self):
        """What can still be returned of these receipts and of those of the same sale, in currency units."""
        return max(sum(self.sudo()._left_of_each().values(), ZERO), ZERO)

    def _left_of_each(self, besides=None):
        """`{receipt: sum}`: its total less the returns that name it; below zero if these returned others too."""
        together = self | self._told_together()
        returns = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("original_id", "in", together.ids),
                ("operation", "in", RETURNS),
                ("state", "in", MADE),
            ]
        )
        left = {one: money(one.total) - money(one.rounding) for one in together}
        for document in returns - besides if besides else returns:
            left[document.original_id] -= money(document.total) - money(document.rounding)
        for document, used in together._prepayments_used().items():
            left[document] -= used
        return left

    # === Prepayments ===

    def _offset(self):
        """What of these receipts is paid by prepayments that others tell, in currency units."""
        payments = self.sudo().payment_ids.filtered(lambda payment: payment.kind == "prepayment")
        return sum((money(payment.amount) for payment in payments), ZERO)

    def _prepaid(self):
        """What this receipt says is paid for what leaves later, in currency units."""
        if self.register_id._law_country() == "UA" and "1" in self.line_ids.mapped("method_sign"):
            return ZERO  # paid in full beforehand is sold (U4)
        lines = self.sudo().line_ids.filtered(lambda line: line.method_sign in PREPAID)
        return sum((money(line.amount) for line in lines), ZERO)

    def _prepaid_left(self):
        """What of it has not been returned; whether it has been used is not asked."""
        prepaid = self._prepaid()
        if not prepaid:
            return ZERO
        back = sum((money(one.total) for one in self._returns(MADE)), ZERO)
        return max(prepaid - back, ZERO)

    def _prepayments_used(self):
        """`{receipt: sum}`: what settlements among these receipts of one sale have used of the prepayments among them,
        the oldest first; it can be returned as goods only.
        """
        used, offset = {}, self._offset()
        for receipt in self.sorted("id") if offset else self.browse():
            used[receipt] = min(receipt._prepaid(), offset)
            offset -= used[receipt]
        return used

    def _told_together(self):
        """The other receipts of what this one sells: its invoices paid in parts."""
        receipt = self.sudo()
        if not receipt.move_ids:
            return receipt.browse()
        return receipt.search(
            [
                ("company_id", "in", receipt.company_id.ids),
                ("move_ids", "in", receipt.move_ids.ids),
                ("operation", "in", tuple(set(receipt.mapped("operation")))),
                ("state", "in", MADE),
                ("id", "not in", receipt.ids),
            ]
        )

    def _to_return(self):
        """The receipt that a return names, among those of the same sale: a registered one if there is any."""
        for states in (MADE, ("rejected",), ("cancelled",)):
            if found := self.filtered(lambda document, states=states: document.state in states):
                return found[:1]
        return self.browse()

    def _not_made(self):
        """A sentence if this receipt is neither registered nor on its way, so that it cannot be returned."""
        receipt = self.sudo()
        if not receipt or receipt.state in MADE:
            return False
        if receipt.state == "cancelled":
            return self.env._(
                "“%s” was given up: the sale is not registered, so its return is not registered either. Give this "
                "document up too, or send it by hand from Fiscal → Operations where another register has the sale.",
                receipt.display_name,
            )
        return self.env._(
            "“%s” is not registered, so it cannot be returned yet. Correct what is wrong with that receipt and send it "
            "again; this return then goes by itself.",
            receipt.display_name,
        )
