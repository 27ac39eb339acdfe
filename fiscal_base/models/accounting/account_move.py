from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.money import ZERO, money
from ..other.frozen import changed
from .source import BACK, MADE, SALE, Settled

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

    def _fiscal_rows(self, register):
        """Lines of the invoice as `fiscal.register._receipt_lines` takes them, in the company's currency."""
        rate = abs(self.amount_total_signed / self.amount_total) if self.amount_total else 1
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        return [
            (
                money(line.price_total * rate),
                line.tax_ids,
                register._sold_line(line, line.quantity, money(abs(line.price_total) * rate)),
            )
            for line in lines
        ]

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
        """The receipt of what is still to be paid of the invoice."""
        move = self.sudo()
        register = choice.register.sudo()
        operation = BACK if move.move_type == "out_refund" else SALE
        total = move._fiscal_left()
        if not total or move._fiscal_receipts_of_its_own() - move._fiscal_own_document():
            return None
        parts = [(Settled(move, total, total, move._fiscal_total()), total)]
        chain, __, problems_of_chain = self._fiscal_chain(register, operation, parts)
        if chain and choice.kind == "credit":
            return None  # the first receipt of the prepayment has left it on credit
        sign = "6" if choice.kind == "credit" else "4"
        whole = total == move._fiscal_total()
        lines, problems = register._receipt_lines(move._fiscal_rows(register), total, sign, operation, whole)
        returned = move._fiscal_returned_receipts()
        original, return_problems = self._fiscal_original(operation, returned, total, choice.kind)
        problems += return_problems + problems_of_chain
        return self._fiscal_document_vals(
            choice,
            operation,
            total,
            lines,
            problems,
            move.partner_id,
            name=move.name,
            move_ids=[Command.set(move.ids)],
            original_id=original.id,
            chain_id=chain.id,
            payment_ids=[Command.create({"kind": choice.kind, "amount": float(total)})],
            **move._fiscal_more_vals([move]),
        )

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
