from odoo import models

from ...tools.money import ZERO
from .source import BACK, MADE, SALE


class FiscalSource(models.AbstractModel):
    """What of an invoice or order is on operations of the cashier's book that entered no payment in accounting."""

    _inherit = "fiscal.source"

    def _fiscal_noted_by(self):
        """Hook: operations of the book that name this invoice or order, and that no payment stands behind."""
        return self.env["fiscal.document"].sudo()

    def _fiscal_noted(self):
        """What they come to, less what was returned, in currency units."""
        return sum((one._left_to_return() for one in self._fiscal_noted_by()), ZERO)

    def _fiscal_beyond_noted(self, part, share):
        """What of `share`, money for `part`, is on no operation of the book yet: the first money that comes is theirs.

        :param part: `Settled` of this invoice or order
        """
        noted = self._fiscal_noted()
        if not noted:
            return share
        paid = part.total - (part.owed - part.claim)
        return min(share, max(paid - noted - self._fiscal_money_told(), ZERO))

    def _fiscal_money_told(self):
        """Hook: what receipts of payments and bank statement lines tell of this invoice or order."""
        return ZERO


class AccountMove(models.Model):
    _inherit = "account.move"

    def _fiscal_noted_by(self):
        operation = BACK if self.move_type == "out_refund" else SALE
        return super()._fiscal_noted_by() | self.sudo().fiscal_document_ids.filtered(
            lambda one: (
                one.state in MADE
                and one.operation == operation
                and one.event.startswith("manual:")
                and not one.operation_payment_ids
                and not one.chain_id
                and not one._credit()
            )
        )

    def _fiscal_money_told(self):
        return sum((self._fiscal_part_of(one) for one in self._fiscal_money_receipts()), ZERO)

    def _fiscal_left(self):
        """What is neither paid nor on an operation of the book."""
        return max(self._fiscal_owed() - self._fiscal_noted(), ZERO)

    def _fiscal_told(self, goods):
        """What receipts tell of this invoice, whatever they were made of, in currency units.

        :param goods: what was handed over on credit counts too, not the money alone
        """
        move = self.sudo()
        own = move._fiscal_own_document().filtered(lambda one: one.state in MADE)
        payments = move.matched_payment_ids | move._get_reconciled_payments()
        written = (move.fiscal_document_ids | payments.fiscal_operation_ids).filtered(
            lambda one: one.state in MADE and one.operation_payment_ids and one.event.startswith("manual:")
        )
        receipts = own | written | move._fiscal_noted_by() | move._fiscal_money_receipts()
        told = sum((move._fiscal_part_of(one) for one in receipts), ZERO)
        return told + sum((one._credit() for one in own), ZERO) if goods else told

    def _fiscal_told_by_others(self, payment):
        """A sentence where receipts of other money tell all of this invoice, so that `payment`, which has no entry and
        pays it, is that money or was paid twice.
        """
        receipts = self._fiscal_money_receipts() - payment.sudo().fiscal_document_ids
        if not receipts or sum((self._fiscal_part_of(one) for one in receipts), ZERO) < self._fiscal_total():
            return False
        return self.env._(
            "“%(invoice)s” is on the receipt “%(document)s” already. If that is the money of this payment, give this "
            "document up; if the customer has paid twice, return that receipt and send this one again.",
            invoice=self.display_name,
            document=receipts[0].display_name,
        )
