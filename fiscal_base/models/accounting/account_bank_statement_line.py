from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.money import ZERO, money
from .source import BACK, MADE, SALE, Choice

#: what a receipt says of a bank transaction
FROZEN = frozenset({"amount", "amount_currency", "currency_id", "foreign_currency_id", "journal_id", "company_id"})


class AccountBankStatementLine(models.Model):
    """Money that came straight to the account and was matched to an invoice, where the register's setting says so."""

    _name = "account.bank.statement.line"
    _inherit = ["account.bank.statement.line", "fiscal.source"]

    fiscal_document_ids = fields.One2many("fiscal.document", "statement_line_id", string="Fiscal documents")

    def _fiscal_event(self):
        """Another invoice that is matched later, from the same money, is an event of its own."""
        made = self.sudo().fiscal_document_ids.filtered(lambda document: document.state in MADE)
        return f"{self._name}:{self.id}:{len(made)}" if made else f"{self._name}:{self.id}"

    def _fiscal_matched(self):
        """Leave the receipts of lines that were just matched to invoices in the outbox."""
        wanted = self.filtered(
            lambda line: not line.pos_session_id and line.journal_id.sudo().fiscal_register_id.print_statement
        )
        return wanted._fiscal_enqueue()

    # === Frozen ===

    def write(self, vals):
        if FROZEN & vals.keys() and self.env["fiscal.register"]._serve(self.company_id):
            for entry in self:
                changed = (
                    name
                    for name in FROZEN & vals.keys()
                    if entry._fields[name].convert_to_write(entry[name], entry) != vals[name]
                )
                if any(changed):
                    entry._fiscal_check_frozen()
        return super().write(vals)

    def unlink(self):
        if self.env["fiscal.register"]._serve(self.company_id):
            self._fiscal_check_frozen()
            refused = self.sudo().fiscal_document_ids.filtered(lambda document: document.state == "rejected")
            refused._move("cancelled")
        return super().unlink()

    def _fiscal_check_frozen(self):
        made = self.sudo().fiscal_document_ids.filtered(lambda document: document.state in MADE)
        if made:
            raise UserError(
                self.env._(
                    "The receipt “%s” was made of this bank transaction, so the transaction stays as it is. "
                    "Make a return or a correction instead.",
                    made[0].display_name,
                )
            )

    def _fiscal_own_register(self):
        return self.journal_id.sudo().fiscal_register_id

    def _fiscal_choice(self):
        register = self._fiscal_own_register()
        return Choice(register, self._fiscal_default_employee(register))

    def _fiscal_till_debt(self, choice, made):
        """What the line pays of sales on account at a till, which the entry of its session has as a receivable."""
        lines = self.move_id.line_ids
        partials = lines.matched_debit_ids
        tills = self.env["pos.session"].sudo().search([("move_id", "in", partials.debit_move_id.move_id.ids)]).move_id
        debts = partials.filtered(lambda one: one.debit_move_id.move_id in tills)
        told = sum((one._money() for one in made if not one.move_ids), ZERO)
        claimed = sum((money(one.amount) for one in debts), ZERO) - told
        if claimed <= 0:
            return ZERO
        left = sum((one._credit_left() for one in self._fiscal_till_credits(choice)), ZERO)
        return min(claimed, left)

    def _fiscal_vals(self, choice):
        """The receipts of the invoices that are matched to the line and are on none of its receipts yet."""
        entry = self.sudo()
        made = entry.fiscal_document_ids.filtered(lambda document: document.state in MADE)
        settled = [part for part in entry.move_id.line_ids._fiscal_settles() if part.source not in made.move_ids]
        told_before = sum((document._money() for document in made), ZERO)
        left = abs(money(entry.amount_total_signed)) - told_before
        operation = SALE if entry.amount > 0 else BACK
        parts, claims = [], entry.move_id.line_ids._fiscal_claims()
        for part in settled:
            covered = claims[part.source] - part.source._fiscal_of_line(entry)
            share = min(part.claim - covered, left)
            left -= max(share, ZERO)
            if share > 0:
                parts.append((part, share))
        means = entry.journal_id._fiscal_means(choice.register.sudo())
        debt = min(entry._fiscal_till_debt(choice, made), left) if operation == SALE else ZERO
        told = entry._fiscal_tell(choice, operation, parts, debt, kind=means["kind"])
        if not told.total:
            return []
        covered = (part.source._fiscal_covered(part.claim) for part in settled)
        told.problems += filter(None, covered)
        moves = self.env["account.move"].sudo().union(*(part.source for part in settled))
        return entry._fiscal_receipts(
            told,
            choice,
            means,
            entry.partner_id or moves.partner_id[:1],
            name=entry.payment_ref or entry.move_id.name,
            statement_line_id=entry.id,
            move_ids=[Command.set(moves.ids)],
            **entry._fiscal_more_vals(list(moves)),
        )
