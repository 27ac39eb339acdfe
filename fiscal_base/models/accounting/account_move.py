from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.money import ZERO, money
from ..other.frozen import changed
from .source import BACK, MADE, SALE, Settled, Sold

#: what a receipt says of an invoice, and what makes it another one
FROZEN_MOVE = frozenset({"state", "journal_id", "currency_id", "move_type", "company_id"})
FROZEN_MOVE_LINE = frozenset(
    {
        *("move_id", "account_id", "currency_id", "debit", "credit", "balance", "amount_currency"),
        *("product_id", "quantity", "price_unit", "discount", "tax_ids", "display_type"),
    }
)


class AccountMove(models.Model):
    """An invoice: what its payments' receipts say, and a receipt of its own where nobody has paid it in Odoo."""

    _name = "account.move"
    _inherit = ["account.move", "fiscal.source", "fiscal.shown"]

    fiscal_document_ids = fields.Many2many(
        "fiscal.document", "fiscal_document_move_rel", "move_id", "document_id", string="Fiscal documents", copy=False
    )

    def _fiscal_shown(self):
        return self.fiscal_document_ids | self.pos_order_ids.fiscal_document_ids

    # === As the source of lines ===

    def _fiscal_moves(self):
        return self

    def _fiscal_chained(self):
        """The receipts with which a further payment of it may go on."""
        return self.sudo()._fiscal_shown()

    def _fiscal_total(self):
        """The whole, in the company's currency."""
        return abs(money(self.amount_total_signed))

    def _fiscal_owed(self):
        """What is still to be paid, in the company's currency."""
        return abs(money(self.amount_residual_signed))

    def _fiscal_settled_by(self, claim, theirs):
        """As `Settled`, by money of `claim` in the company's currency, which are `theirs` in that of the invoice."""
        if not self._fiscal_foreign() or not theirs:
            return Settled(self, claim, self._fiscal_owed() + claim, self._fiscal_total())
        rate = claim / money(theirs)
        owed = money(money(self.amount_residual) * rate)
        return Settled(self, claim, owed + claim, max(money(money(self.amount_total) * rate), claim))

    def _fiscal_day(self):
        return self.invoice_date

    def _fiscal_advanced(self):
        """Of a payment that came before the invoice: what of it is matched with the invoice now."""
        lines = self.sudo().line_ids
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        advances = ZERO
        for partial in partials:
            line = (partial.debit_move_id | partial.credit_move_id) - lines
            receipts = line.move_id.origin_payment_id.fiscal_document_ids.filtered(
                lambda one: one.state in MADE and one.operation == SALE and not one.move_ids
            )
            if receipts:
                advances += min(money(partial.amount), sum((one._prepaid_left() for one in receipts), ZERO))
        return advances

    def _fiscal_netted(self):
        """`{credit note: sum}` of other sales that are set against this invoice and are on no receipt."""
        netted = {}
        for partial in self.sudo().line_ids.matched_credit_ids:
            note = partial.credit_move_id.move_id
            mine = note.reversed_entry_id == self
            if note.move_type == "out_refund" and not mine and not note._fiscal_receipts_of_its_own():
                if not note._fiscal_money_receipts():
                    netted[note] = netted.get(note, ZERO) + money(partial.amount)
        return netted

    def _fiscal_rows(self, register):
        """Lines of the invoice as `Sold`, in the company's currency."""
        rate = abs(self.amount_total_signed / self.amount_total) if self.amount_total else 1
        return [
            Sold(
                money(line.price_total * rate),
                line.tax_ids,
                register._sold_line(line, line.quantity, money(abs(line.price_total) * rate)),
                line.quantity < 0 < line.price_unit,
                str(line.id),
            )
            for line in self._fiscal_sold_lines()
        ]

    def _fiscal_sold_lines(self):
        """The lines that say what is sold."""
        return self.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    def _fiscal_receipts_of_its_own(self):
        """Receipts that were made of the sale itself, not of a payment: at the till, or by “Fiscalize”."""
        till = self.sudo().pos_order_ids.fiscal_document_ids
        return (self._fiscal_own_document() | till).filtered(lambda document: document.state in MADE)

    def _fiscal_returned_receipts(self):
        """Receipts of what a credit note takes back."""
        sold = self.sudo().reversed_entry_id
        return sold.fiscal_document_ids | sold.pos_order_ids.fiscal_document_ids

    # === As a source of its own ===

    def _fiscal_refusal(self):
        if not self.is_sale_document(include_receipts=True):
            return self.env._("Receipts are made of invoices and credit notes to customers only.")
        if self.state == "cancel":
            return self.env._("The invoice is cancelled, so there is nothing to fiscalize.")
        if self.state != "posted":
            return self.env._("The invoice is a draft. Confirm it first.")
        if self.sudo().pos_order_ids.fiscal_document_ids:
            return self.env._("The invoice belongs to a sale at the till, which has its receipt.")
        return False

    def _fiscal_payments(self):
        """The sources behind what has been paid: payments and bank statement lines that have no receipt yet."""
        payments = self.matched_payment_ids.filtered(lambda payment: not payment._fiscal_refusal())
        payments |= self._get_reconciled_payments().filtered(lambda payment: not payment._fiscal_refusal())
        return payments, self._get_reconciled_statement_lines()

    def _fiscal_vals(self, choice):
        """The receipt of what is still to be paid of the invoice, and of goods that leave after they were prepaid."""
        move = self.sudo()
        operation = BACK if move.move_type == "out_refund" else SALE
        if move._fiscal_receipts_of_its_own() - move._fiscal_own_document():
            return []
        return move._fiscal_handed_over(choice, operation, move._fiscal_left(), move_ids=[Command.set(move.ids)])

    # === Frozen ===

    def _fiscal_documents(self):
        """Fiscal documents that were made of these entries."""
        moves = self.sudo()
        documents = moves.pos_order_ids.fiscal_document_ids
        documents = documents.filtered(lambda document: document.state not in ("draft", "cancelled"))
        if self.env["fiscal.register"]._serve(self.company_id):
            made = moves.fiscal_document_ids | moves.origin_payment_id._fiscal_shown()
            made |= moves.statement_line_id.fiscal_document_ids
            documents |= made.filtered(lambda document: document.state in MADE)
        return documents

    def _fiscal_check_frozen(self):
        documents = self._fiscal_documents()
        if documents:
            raise UserError(
                self.env._(
                    "The receipt “%s” has gone to the register, so what it was made of stays. "
                    "Make a return or a correction instead.",
                    documents[0].display_name,
                )
            )

    def write(self, vals):
        """Also where the button is not pressed: `state` is a field as any other for a client."""
        if FROZEN_MOVE & vals.keys() and self.env["fiscal.register"]._companies():
            undone = vals.get("state") in ("draft", "cancel")
            posted = self.filtered(lambda move: move.state == "posted")
            posted.filtered(lambda move: undone or changed(move, vals, FROZEN_MOVE - {"state"}))._fiscal_check_frozen()
        return super().write(vals)

    def button_draft(self):
        self._fiscal_check_frozen()
        return super().button_draft()

    def button_cancel(self):
        self._fiscal_check_frozen()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fiscalized(self):
        self._fiscal_check_frozen()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _fiscal_settles(self):
        """What these lines of a payment or bank entry settle, as `Settled`: `claim` is the money for it, whatever rate
        the invoice had.
        """
        settled, exchanged = {}, ZERO
        for line in self:
            rate = abs(line.balance / line.amount_currency) if line.amount_currency else 1
            for partial in line.matched_debit_ids | line.matched_credit_ids:
                debit = partial.debit_move_id == line
                move = (partial.credit_move_id if debit else partial.debit_move_id).move_id
                if move.is_sale_document(include_receipts=True):
                    mine = partial.debit_amount_currency if debit else partial.credit_amount_currency
                    theirs = partial.credit_amount_currency if debit else partial.debit_amount_currency
                    claim, part = settled.get(move, (ZERO, 0))
                    settled[move] = claim + money(mine * rate), part + theirs
                elif move.journal_id == move.company_id.currency_exchange_journal_id:
                    exchanged += money(partial.amount)
        parts = []
        for move, (claim, theirs) in settled.items():
            gained, exchanged = (exchanged, ZERO) if move._fiscal_foreign() else (ZERO, exchanged)
            if claim:
                parts.append(move._fiscal_settled_by(claim + gained, theirs))
        return parts

    def _fiscal_check_frozen(self):
        """Refuse a change of lines of what a receipt was made of.

        Those of a bank statement line are matched with one invoice after the other; the money itself is guarded there.
        """
        if self.env["fiscal.register"]._companies():
            moves = self.move_id.filtered(lambda move: move.state == "posted" and not move.statement_line_id)
            moves._fiscal_check_frozen()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._fiscal_check_frozen()
        return lines

    def write(self, vals):
        changing = self.browse()
        if FROZEN_MOVE_LINE & vals.keys() and self.env["fiscal.register"]._companies():
            changing = self.filtered(lambda line: changed(line, vals, FROZEN_MOVE_LINE))
            changing._fiscal_check_frozen()
        result = super().write(vals)
        if "move_id" in vals:
            changing._fiscal_check_frozen()
        return result

    def unlink(self):
        self._fiscal_check_frozen()
        return super().unlink()

    def _fiscal_claims(self):
        """What these lines of a payment or bank entry settle: `{invoice: amount in the company's currency}`."""
        claims = {}
        for line in self:
            for partial in line.matched_debit_ids | line.matched_credit_ids:
                other = (partial.debit_move_id | partial.credit_move_id) - line
                move = other.move_id
                if move.is_sale_document(include_receipts=True):
                    claims[move] = claims.get(move, ZERO) + money(partial.amount)
        return {move: claim for move, claim in claims.items() if claim}

    def _reconcile_post_hook(self, data):
        result = super()._reconcile_post_hook(data)
        if self.env["fiscal.register"]._companies():
            self.move_id.statement_line_id._fiscal_matched()
            for entry in self.move_id.filtered(lambda move: move.origin_payment_id or move.statement_line_id):
                entry._fiscal_warn_rematched()
        return result
