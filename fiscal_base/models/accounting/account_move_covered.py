from odoo import models

from ...tools.money import ZERO, money
from .source import BACK, MADE, SALE


class AccountMove(models.Model):
    """What of an invoice is on receipts of its payments already, whatever has become of those payments."""

    _inherit = "account.move"

    def _fiscal_owed(self, besides=None):
        """What is still to be paid, in the company's currency; payments that have no entry are paid too.

        :param besides: a payment that does not count
        """
        payments = self.sudo().matched_payment_ids.filtered(lambda one: not one.move_id and one.state == "in_process")
        payments -= besides or payments.browse()
        paid = sum((abs(money(one.amount_company_currency_signed)) for one in payments), ZERO)
        return max(super()._fiscal_owed() - paid, ZERO)

    def _fiscal_money_receipts(self):
        """Receipts of payments and bank statement lines for this invoice."""
        operation = BACK if self.move_type == "out_refund" else SALE
        return self.sudo().fiscal_document_ids.filtered(
            lambda one: (
                one.state in MADE and one.operation == operation and (one.account_payment_id or one.statement_line_id)
            )
        )

    def _fiscal_part_of(self, receipt):
        """The money on `receipt` that is for this invoice: all, or of several invoices this one where each is whole."""
        paid = receipt._money()
        if receipt.operation == SALE:
            paid -= receipt._returned()
        if len(receipt.move_ids) == 1:
            return max(paid, ZERO)
        whole = sum((move._fiscal_total() for move in receipt.move_ids), ZERO)
        return min(self._fiscal_total(), max(paid, ZERO)) if whole <= money(receipt.total) else ZERO

    def _fiscal_of_line(self, entry):
        """What the bank statement line `entry` has paid of this invoice beyond the payments without an entry, whose
        money it may be and which have their receipts: those of the same sum first, then in the order of the lines.
        """
        move = self.sudo()
        receipts = move._fiscal_money_receipts() - move._fiscal_gone()
        without_entry = receipts.filtered(lambda one: one.account_payment_id and not one.account_payment_id.move_id)
        sums = [self._fiscal_part_of(one) for one in without_entry]
        lines = (move._get_reconciled_statement_lines() - receipts.statement_line_id).sorted("id")
        claims = {line: line.move_id.line_ids._fiscal_claims().get(move, ZERO) for line in lines}
        for line in lines:
            if claims[line] in sums:
                sums.remove(claims[line])
                claims[line] = ZERO
        left = sum(sums, ZERO)
        for line in lines:
            covered = min(claims[line], left)
            claims[line] -= covered
            left -= covered
        return claims.get(entry, ZERO)

    def _fiscal_gone(self):
        """Receipts of money that once paid this invoice and does not pay it any more."""
        move = self.sudo()
        payments = move.matched_payment_ids.filtered(lambda one: not one.move_id) | move._get_reconciled_payments()
        lines = move._get_reconciled_statement_lines()
        return move._fiscal_money_receipts().filtered(
            lambda one: not (one.account_payment_id & payments or one.statement_line_id & lines)
        )

    def _fiscal_in_process(self, payment):
        """A sentence where other payments, which have no entry yet and have their receipts, pay what `payment` pays."""
        receipts = self._fiscal_money_receipts() - self._fiscal_gone() - payment.sudo().fiscal_document_ids
        receipts = receipts.filtered(lambda one: one.account_payment_id and not one.account_payment_id.move_id)
        told = sum((self._fiscal_part_of(one) for one in receipts), ZERO)
        owed = super()._fiscal_owed()  # pylint: disable=super-method-mismatch; whatever receipts say
        paid = self._fiscal_total() - owed
        if not told or not payment.move_id or paid + told <= self._fiscal_total():
            return False
        return self.env._(
            "“%(invoice)s” is on the receipt “%(document)s” already; the bank transaction of that payment is still to "
            "come. Where the customer has paid twice, return that receipt and send this one again; else undo this "
            "payment.",
            invoice=self.display_name,
            document=receipts[0].display_name,
        )

    def _fiscal_covered(self, claim):
        """A sentence where `claim` of this invoice is on the receipt of money that does not pay it any more."""
        gone = self._fiscal_gone()
        covered = sum((self._fiscal_part_of(one) for one in gone), ZERO)
        if not covered or covered <= self._fiscal_total() - claim:
            return False
        return self.env._(
            "“%(invoice)s” is on the receipt “%(document)s” already, whose money does not pay it any more. Match that "
            "money with the invoice again and give this document up; or return that receipt, and send this one again.",
            invoice=self.display_name,
            document=gone[0].display_name,
        )

    def _fiscal_warn_rematched(self):
        """Call a person where this entry of money pays another invoice now than its receipt says."""
        entry = self.sudo()
        paid = self.env["account.move"].union(*entry.line_ids._fiscal_claims())
        for receipt in entry.origin_payment_id.fiscal_document_ids | entry.statement_line_id.fiscal_document_ids:
            others = paid - entry.statement_line_id.fiscal_document_ids.move_ids - receipt.move_ids
            if receipt.state in MADE and receipt.move_ids and others:
                receipt._warn(
                    self.env._(
                        "The money of this receipt pays “%(now)s” now; the receipt names “%(before)s”. "
                        "Correct the receipt, or match the money as it was.",
                        now=", ".join(others.mapped("name")),
                        before=", ".join(receipt.move_ids.mapped("name")),
                    )
                )
