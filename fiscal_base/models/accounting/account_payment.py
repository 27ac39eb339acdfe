from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import sql

from ...tools.money import ZERO, money
from ...tools.payment_sign import allocate
from .source import BACK, MADE, SALE, Choice, Settled

#: what a receipt says of a payment
FROZEN = frozenset({"amount", "currency_id", "payment_type", "partner_type", "journal_id", "company_id"})
#: states in which a payment does not exist any more
UNDONE = ("draft", "canceled", "rejected")
POSTED = ("in_process", "paid")


class AccountPayment(models.Model):
    """A payment of a customer leaves its fiscal document in the outbox when it is posted."""

    _name = "account.payment"
    _inherit = ["account.payment", "fiscal.source", "fiscal.shown"]

    fiscal_document_ids = fields.One2many("fiscal.document", "account_payment_id", string="Fiscal documents")
    fiscal_register_id = fields.Many2one(
        "fiscal.register",
        string="Register",
        compute="_compute_fiscal_register_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        check_company=True,
    )
    fiscal_print = fields.Boolean(
        string="Print fiscal receipt",
        compute="_compute_fiscal_print",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    fiscal_employee_id = fields.Many2one(
        "hr.employee",
        string="Cashier",
        compute="_compute_fiscal_employee_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        domain="[('id', 'in', fiscal_employee_ids)]",
    )
    fiscal_employee_ids = fields.Many2many(
        "hr.employee", string="Cashiers to choose from", compute="_compute_fiscal_employee_ids", compute_sudo=True
    )
    fiscal_email = fields.Char(
        string="E-mail for the receipt",
        compute="_compute_fiscal_contact",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    fiscal_phone = fields.Char(
        string="Phone for the receipt",
        compute="_compute_fiscal_contact",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )

    def _auto_init(self):
        # Payments from before the suite are not gone through: their columns stay empty.
        for column, kind in (
            ("fiscal_register_id", "int4"),
            ("fiscal_print", "bool"),
            ("fiscal_employee_id", "int4"),
            ("fiscal_email", "varchar"),
            ("fiscal_phone", "varchar"),
        ):
            if sql.table_exists(self.env.cr, self._table) and not sql.column_exists(self.env.cr, self._table, column):
                sql.create_column(self.env.cr, self._table, column, kind)
        return super()._auto_init()

    # === How its receipt is made ===

    @api.depends("journal_id", "partner_type")
    def _compute_fiscal_register_id(self):
        for payment in self:
            register = payment.journal_id.sudo().fiscal_register_id
            payment.fiscal_register_id = register if payment._fiscal_of_customer() else False

    def _fiscal_of_customer(self):
        """Whether the payment is money of a customer that no other receipt speaks of."""
        return self.partner_type == "customer" and not self._fiscal_of_till() and not self._fiscal_transfer()

    def _fiscal_of_till(self):
        """Whether it is money of sales at a till, which have receipts of their own."""
        return bool(self.pos_session_id)

    def _fiscal_transfer(self):
        return bool(self.paired_internal_transfer_payment_id)

    @api.depends("fiscal_register_id", "payment_type")
    def _compute_fiscal_print(self):
        for payment in self:
            payment.fiscal_print = bool(payment.fiscal_register_id) and payment._fiscal_preset()

    def _fiscal_preset(self):
        """Whether the settings want a receipt of such a payment."""
        register = self.fiscal_register_id.sudo()
        return register.print_refund if self.payment_type == "outbound" else register.print_invoice

    @api.depends("fiscal_register_id")
    def _compute_fiscal_employee_id(self):
        for payment in self:
            register = payment.fiscal_register_id
            payment.fiscal_employee_id = payment._fiscal_default_employee(register) if register else False

    @api.depends("fiscal_register_id")
    def _compute_fiscal_employee_ids(self):
        for payment in self:
            payment.fiscal_employee_ids = payment.fiscal_register_id._cashiers()

    @api.depends("fiscal_register_id", "partner_id")
    def _compute_fiscal_contact(self):
        for payment in self:
            partner = payment.partner_id if payment.fiscal_register_id else self.env["res.partner"]
            payment.fiscal_email = partner.email
            payment.fiscal_phone = partner.phone

    def _fiscal_own_register(self):
        return self.fiscal_register_id or self.journal_id.sudo().fiscal_register_id

    def _fiscal_choice(self):
        none = self.env["fiscal.register"]
        return Choice(
            self.fiscal_register_id.sudo() if self.fiscal_print else none,
            self.fiscal_employee_id,
            self.fiscal_email or "",
            self.fiscal_phone or "",
        )

    # === Into the outbox ===

    def action_post(self):
        mine = self.filtered("fiscal_register_id")
        if mine and self.env.context.get("fiscal_ask") and (dialog := mine._fiscal_ask("action_post")):
            return dialog
        result = (
            super(AccountPayment, self.with_context(fiscal_ask=False)).action_post() if mine else super().action_post()
        )
        if not mine or self.env.context.get("fiscal_later"):
            return result
        documents = mine._fiscal_posted()
        return documents._follow() if documents and result in (None, True, False) else result

    def _fiscal_posted(self):
        """Leave the receipts of payments that were just posted in the outbox."""
        posted = self.filtered(lambda payment: payment.state in POSTED and payment._fiscal_of_customer())
        return posted._fiscal_enqueue()

    def _fiscal_ask(self, method):
        """The dialog that asks for the customer's contact, where the receipt is to be sent and it is missing."""
        if len(self) != 1 or self.fiscal_print is False or self.state != "draft":
            return False
        return self.env["fiscal.contact"]._ask(
            self, method, self.fiscal_register_id, self.partner_id, self.fiscal_email, self.fiscal_phone
        )

    def _fiscal_refusal(self):
        if self._fiscal_of_till():
            return self.env._("This payment sums up sales of a point of sale; each has its own receipt.")
        if self.partner_type != "customer" or self._fiscal_transfer():
            return self.env._("Receipts are made of payments of customers only.")
        if self.state not in POSTED:
            return self.env._("The payment is not confirmed. Confirm it first.")
        return False

    def _fiscal_vals(self, choice):
        payment = self.sudo()
        operation = SALE if payment.payment_type == "inbound" else BACK
        paid = abs(money(payment.amount_company_currency_signed))
        settled = payment._fiscal_settled(paid)
        shares, rest = allocate(paid, [part.claim for part in settled])
        means = payment._fiscal_means(choice.register.sudo())
        parts = list(zip(settled, shares, strict=True))
        own = payment._fiscal_returned_receipts()
        told = payment._fiscal_tell(choice, operation, parts, rest, means["kind"], own)
        if not told.total:
            return []
        for invoice in (part for part in settled if part.source._name == "account.move"):
            told.problems += [invoice.source._fiscal_covered(invoice.claim), invoice.source._fiscal_in_process(payment)]
        if rest and not payment.move_id:
            told.problems += [invoice._fiscal_told_by_others(payment) for invoice in payment.invoice_ids]
        told.problems = [problem for problem in told.problems if problem]
        moves = self.env["account.move"].sudo().union(*(part.source._fiscal_moves() for part in settled))
        return payment._fiscal_receipts(
            told,
            choice,
            means,
            payment.partner_id,
            remote=operation == SALE and payment._fiscal_remote(),
            name=payment.name or payment.memo,
            account_payment_id=payment.id,
            move_ids=[Command.set(moves.ids)],
            **payment._fiscal_more_vals([part.source for part in settled]),
        )

    def _fiscal_rest_vals(self, choice):
        return choice.register.sudo()._details_vals(self, choice.employee)

    def _fiscal_remote(self):
        """Whether the customer has paid on line, so that nobody stands before a till."""
        return "payment_transaction_id" in self._fields and bool(self["payment_transaction_id"])

    def _fiscal_means(self, register):
        """How the customer pays, as values of `fiscal.document.payment`."""
        return self.journal_id._fiscal_means(register)

    def _fiscal_source_payment(self):
        """Hook: the payment that this one gives back."""
        return self.browse()

    def _fiscal_settled(self, paid):
        """What the payment settles, as `Settled`: what is reconciled with it, then what it was made for."""
        settled = self.move_id.line_ids._fiscal_settles()
        left = paid - sum((part.claim for part in settled), ZERO)
        known = [part.source for part in settled]
        for move in self.invoice_ids.filtered(lambda move: move.is_sale_document(include_receipts=True)):
            owed, total = move._fiscal_owed(besides=self), move._fiscal_total()
            if move._fiscal_foreign() and move.currency_id == self.currency_id and self.amount:
                rate = paid / money(self.amount)  # it costs what is paid for it
                owed, total = money(money(move.amount_residual) * rate), money(money(move.amount_total) * rate)
            claim = min(owed, left)
            if move not in known and claim > 0 and move.state != "cancel":
                settled.append(Settled(move, claim, owed, total))
                left -= claim
        return settled

    # === Frozen ===

    def write(self, vals):
        if self._fiscal_touched(vals):
            self._fiscal_check_frozen(vals)
        return super().write(vals)

    def _fiscal_touched(self, vals):
        return bool(FROZEN & vals.keys() or vals.get("state") in UNDONE) and self.env["fiscal.register"]._serve(
            self.company_id
        )

    def _fiscal_check_frozen(self, vals):
        """Refuse a change of what a receipt was made of; a receipt with an error is given up instead."""
        for payment in self:
            undone = vals.get("state") in UNDONE
            same = not undone and all(
                payment.currency_id.compare_amounts(payment.amount, vals[name]) == 0
                if name == "amount"
                else payment._fields[name].convert_to_write(payment[name], payment) == vals[name]
                for name in FROZEN & vals.keys()
            )
            documents = payment.sudo()._fiscal_shown() if not same else self.env["fiscal.document"]
            made = documents.filtered(lambda document: document.state in MADE)
            if made:
                raise UserError(
                    self.env._(
                        "The receipt “%(document)s” of payment %(payment)s has gone to the register, so the payment "
                        "stays as it is. Pay the money back instead: that makes the receipt of the return.",
                        document=made[0].display_name,
                        payment=payment.display_name,
                    )
                )
            if undone:
                documents.filtered(lambda document: document.state == "rejected")._move("cancelled")

    def unlink(self):
        if self.env["fiscal.register"]._serve(self.company_id):
            self._fiscal_check_frozen({"state": "draft"})
        return super().unlink()
