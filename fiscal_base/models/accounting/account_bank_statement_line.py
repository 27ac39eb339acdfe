from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.money import ZERO, money
from .source import BACK, MADE, SALE, Choice, Settled

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

    def _fiscal_vals(self, choice):
        """The receipt of the invoices that are matched to the line and are on none of its receipts yet."""
        entry = self.sudo()
        register = choice.register.sudo()
        made = entry.fiscal_document_ids.filtered(lambda document: document.state in MADE)
        claims = entry.move_id.line_ids._fiscal_claims()
        settled = [
            Settled(move, claim, move._fiscal_owed() + claim, move._fiscal_total())
            for move, claim in claims.items()
            if move not in made.move_ids
        ]
        left = abs(money(entry.amount_total_signed)) - sum((money(document.total) for document in made), ZERO)
        operation = SALE if entry.amount > 0 else BACK
        parts = []
        for part in settled:
            share = min(part.claim, left, part.source._fiscal_of_line(entry))
            left -= share
            parts.append((part, share))
        chain, credit, chain_problems = self._fiscal_chain(register, operation, parts)
        lines, problems, total = self._fiscal_settled_lines(register, operation, parts, credit)
        if not total:
            return None
        originals = made.browse()
        for part in settled:
            originals |= part.source._fiscal_returned_receipts()
        means = entry.journal_id._fiscal_means(register)
        original, return_problems = self._fiscal_original(operation, originals, total, means["kind"])
        problems += return_problems + chain_problems
        problems += filter(None, (part.source._fiscal_covered(part.claim) for part in settled))
        moves = self.env["account.move"].sudo().union(*(part.source for part in settled))
        return self._fiscal_document_vals(
            choice,
            operation,
            total,
            lines,
            problems,
            entry.partner_id or moves.partner_id[:1],
            name=entry.payment_ref or entry.move_id.name,
            statement_line_id=entry.id,
            move_ids=[Command.set(moves.ids)],
            original_id=original.id,
            chain_id=chain.id,
            payment_ids=self._fiscal_paid(means, total, credit),
            **entry._fiscal_more_vals(list(moves)),
        )
