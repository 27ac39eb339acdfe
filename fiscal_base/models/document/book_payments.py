from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...tools.money import ZERO, money
from ...tools.payment_sign import PAYMENT_ONLY
from ..accounting.source import Choice, Settled
from ..reading.told import BACK, MADE, SALE
from .cashier_book import MEANS
from .document import DECIDES

#: what an operation of the book can settle: its invoices and the direction of its payments
SETTLES = {SALE: (("out_invoice", "out_receipt"), "inbound"), BACK: (("out_refund",), "outbound")}
#: maximum number of a customer's open invoices and payments that are offered
OFFERED = 200


class FiscalDocument(models.Model):
    """An operation of the cashier's book that settles invoices or covers payments, and the payments it makes.

    Its receipt covers the money, so neither the linked payments nor those that it makes get a receipt.
    """

    _inherit = "fiscal.document"

    operation_payment_ids = fields.Many2many(
        "account.payment",
        "fiscal_document_account_payment_rel",
        "document_id",
        "payment_id",
        string="Payments of the operation",
        readonly=True,
        copy=False,
    )
    open_move_ids = fields.Many2many("account.move", string="Open invoices", compute="_compute_open")
    open_payment_ids = fields.Many2many("account.payment", string="Payments without a receipt", compute="_compute_open")
    enter_payment = fields.Boolean(
        string="Enter the payment in accounting",
        compute="_compute_enter_payment",
        store=True,
        readonly=False,
        copy=False,
        help="A payment of the customer for each means, matched with the invoices.",
    )

    @api.depends("partner_id", "register_id")
    def _compute_enter_payment(self):
        enters = self.env.user.has_group(DECIDES)
        for document in self:
            if document.state == "draft":
                known = document.partner_id and document.register_id.sudo().journal_ids
                document.enter_payment = bool(enters and known)

    @api.depends("partner_id", "operation", "register_id")
    def _compute_open(self):
        for document in self:
            document.open_move_ids = document._open_moves()
            document.open_payment_ids = document._open_payments()

    def _of_customer(self):
        """A domain for what belongs to the customer of the operation."""
        if self.operation not in SETTLES or not self.partner_id or not self.register_id:
            return Domain.FALSE
        payer = self.partner_id.commercial_partner_id
        return Domain("company_id", "child_of", self.register_id.company_id.id) & Domain(
            "partner_id", "child_of", payer.id
        )

    def _open_moves_domain(self):
        types, __ = SETTLES.get(self.operation, ((), ""))
        return (
            self._of_customer()
            & Domain("move_type", "in", types)
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", ("not_paid", "partial"))
        )

    def _open_payments_domain(self):
        __, direction = SETTLES.get(self.operation, ((), ""))
        return (
            self._of_customer()
            & Domain("partner_type", "=", "customer")
            & Domain("payment_type", "=", direction)
            & Domain("state", "in", ("draft", "in_process", "paid"))
            & Domain("pos_session_id", "=", False)
        )

    def _open_moves(self):
        return self.env["account.move"].sudo().search(self._open_moves_domain(), limit=OFFERED).sudo(False)

    def _open_payments(self):
        payments = self.env["account.payment"].sudo().search(self._open_payments_domain(), limit=OFFERED)
        return payments.filtered(lambda payment: not payment._fiscal_made()).sudo(False)

    # === Lines ===

    @api.onchange("move_ids", "operation_payment_ids")
    def _onchange_linked(self):
        """Fill in the lines from the linked invoices and payments, and the means from existing payments."""
        if self.operation not in SETTLES or not self.register_id:
            return
        receipts = self._linked_receipts()
        lines = [line for receipt in receipts for line in receipt["line_ids"]]
        if lines or not self._linked():
            self.line_ids = [Command.clear(), *lines]
        self._set_offset(sum((self._offset_of(receipt) for receipt in receipts), ZERO))
        self.name = self.name or ", ".join(self.move_ids.mapped("name")) or self.operation_payment_ids[:1].memo
        for kind, name in MEANS.items():
            known = self._linked_paid(kind)
            self[name] = max(self[name], float(known))

    def _linked(self):
        """Whether any invoice or payment is linked."""
        return bool(self.move_ids or self.operation_payment_ids)

    @api.model
    def _offset_of(self, receipt):
        payments = (command[2] for command in receipt["payment_ids"])
        return sum((money(one["amount"]) for one in payments if one["kind"] == "prepayment"), ZERO)

    def _set_offset(self, amount):
        """What was prepaid of the linked invoices pays for their goods."""
        if amount == self._paid("prepayment"):
            return
        own = self.payment_ids.filtered(lambda payment: payment.kind == "prepayment")
        vals = {"kind": "prepayment", "amount": float(amount)}
        self.payment_ids = [
            *(Command.delete(payment.id) for payment in own),
            *([Command.create(vals)] if amount else []),
        ]

    def _keep_offset(self):
        """The short form keeps the sums of cash and card alone, so what was prepaid is put beside them when posted."""
        if not self._linked():
            return
        offset = sum((self._offset_of(receipt) for receipt in self._linked_receipts()), ZERO)
        paid = sum((money(one.amount) for one in self.payment_ids if one.kind != "prepayment"), ZERO)
        total = sum((money(line.amount) for line in self.line_ids), ZERO)
        self._engine()._set_offset(max(min(offset, total - paid), ZERO))

    def _linked_receipts(self):
        """Values of receipts for what is open of the linked invoices, and for the linked payments."""
        register = self.register_id.sudo()
        choice = Choice(register, self.employee_id, kind="electronic")
        receipts = []
        if parts := self._linked_parts():
            receipts += parts[0][0].source._fiscal_receipts_of(choice, self.operation, parts)
        for payment in self.sudo().operation_payment_ids._origin:
            receipts += payment._fiscal_vals(choice)
        return [receipt for receipt in receipts if receipt["operation"] == self.operation]

    def _linked_parts(self):
        """What is open of the linked invoices, as `(Settled, the money for it)`."""
        return self._parts_of(self.sudo().move_ids._origin)

    @api.model
    def _parts_of(self, sources):
        parts = []
        for source in sources:
            owed = max(source._fiscal_owed() - source._fiscal_noted(), ZERO)
            parts.append((Settled(source, owed, owed, source._fiscal_total()), owed))
        return parts

    def _linked_paid(self, kind):
        """The sum of the linked payments by this means."""
        payments = self.sudo().operation_payment_ids
        mine = payments.filtered(lambda payment: payment._fiscal_means(self.register_id)["kind"] == kind)
        return sum((abs(money(payment.amount_company_currency_signed)) for payment in mine), ZERO)

    # === Posting ===

    def _draft_problems(self, employee):
        return [*super()._draft_problems(employee), *self._settlement_problems(), *self._chain_problems()]

    def _chain_problems(self):
        """What is wrong with a sale that continues the chain of a prepayment."""
        parts = self._linked_parts() if self.operation == SALE else []
        if not parts:
            return []
        total = money(self.total)
        shares = [(part, owed if len(parts) > 1 else total) for part, owed in parts]
        source = parts[0][0].source
        chain, problems = source._fiscal_chain(self.register_id.sudo(), list(source._fiscal_parts(SALE, shares)))
        self._engine().chain_id = chain
        return problems

    def _settlement_problems(self):
        if self.operation not in SETTLES:
            return []
        problems = self._link_problems() + self._told_problems()
        problems += self._made_problems()
        labels = dict(self.env["fiscal.document.payment"]._fields["kind"]._description_selection(self.env))
        for kind, amount in self._new_money().items():
            if amount < 0:
                problems.append(
                    self.env._(
                        "The linked payments come to %(sum)s more by “%(kind)s” than the receipt says.",
                        sum=-amount,
                        kind=labels[kind],
                    )
                )
            elif amount and self.enter_payment and not self._journal_of(kind):
                problems.append(
                    self.env._(
                        "“%(register)s” has no journal for “%(kind)s”, so the payment cannot be entered. Choose one in "
                        "Fiscal → Registers → How it works, or untick “Enter the payment in accounting”.",
                        register=self.register_id.name,
                        kind=labels[kind],
                    )
                )
        if self.enter_payment and not self.partner_id:
            problems.append(self.env._("A payment in accounting needs the customer."))
        return problems

    def _link_problems(self):
        """A sentence for each linked record that is not open or not this customer's."""
        document = self.sudo()
        return [
            self.env._(
                "“%s” is not open any more, or belongs to another customer. Take it off the operation.",
                record.display_name,
            )
            for linked, domain in (
                (document.move_ids, self._open_moves_domain()),
                (document.operation_payment_ids, self._open_payments_domain()),
            )
            for record in linked - linked.filtered_domain(domain)
        ]

    def _told_problems(self):
        """A sentence where receipts tell of the linked invoices already, so that this operation would do so twice."""
        moves = self.sudo().move_ids
        goods = not self.chain_id and any(line.method_sign not in PAYMENT_ONLY for line in self.line_ids)
        told = sum((move._fiscal_told(goods) for move in moves), ZERO)
        whole = sum((move._fiscal_total() for move in moves), ZERO)
        if not told or told + money(self.total) - self._offset() <= whole:
            return []
        return [
            self.env._(
                "%(told)s of %(invoices)s is on receipts already, so %(left)s is left for this operation.",
                told=told,
                invoices=", ".join(f"“{name}”" for name in moves.mapped("display_name")),
                left=max(whole - told, ZERO),
            )
        ]

    def _made_problems(self):
        """A sentence for each linked payment that has a receipt of its own."""
        problems = []
        for payment in self.sudo().operation_payment_ids:
            if made := payment._fiscal_made() - self:
                problems.append(
                    self.env._(
                        "Payment %(payment)s has its receipt already: “%(document)s”.",
                        payment=payment.display_name,
                        document=made[0].display_name,
                    )
                )
        return problems

    def _problems_again(self):
        """What was registered of the same invoices and payments since this operation was refused."""
        problems = super()._problems_again()
        if self.operation not in SETTLES or not self.event.startswith("manual:"):
            return problems
        return problems + self._told_problems() + self._made_problems()

    def _new_money(self):
        """What was paid beyond the linked payments, by means; change is taken off cash."""
        paid = {kind: self._paid(kind) - self._linked_paid(kind) for kind in MEANS}
        paid["cash"] -= money(self.change)
        return paid

    def _journal_of(self, kind):
        """The journal of the register that takes money of this kind."""
        journals = self.register_id.sudo().journal_ids
        return journals.filtered(lambda journal: journal._fiscal_means(self.register_id)["kind"] == kind)[:1]

    def action_post(self):
        for document in self.filtered(lambda document: document.state == "draft" and document.operation == SALE):
            document._keep_offset()
        result = super().action_post()
        for document in self.filtered(lambda document: document.operation in SETTLES):
            document._settle()
        return result

    def _settle(self):
        """Confirm the linked payments and enter new ones for the rest. This operation's receipt covers all of them."""
        linked = self.sudo().operation_payment_ids
        drafts = linked.filtered(lambda payment: payment.state == "draft")
        drafts.fiscal_print = False
        drafts.with_context(fiscal_ask=False, fiscal_later=True).action_post()
        if not self.enter_payment:
            return
        for kind, amount in self._new_money().items():
            if amount > 0:
                linked |= self._enter_payment(self._journal_of(kind), amount)
        self._engine().operation_payment_ids = [Command.set(linked.ids)]

    def _enter_payment(self, journal, amount):
        """A confirmed payment of the customer, matched with what is open of the invoices."""
        common = {
            "journal_id": journal.id,
            "currency_id": self.currency_id.id,
            "fiscal_print": False,
            "fiscal_employee_id": self.employee_id.id,
        }
        open_moves = self.sudo().move_ids.filtered(lambda move: move.payment_state in ("not_paid", "partial"))
        if open_moves:
            wizard = (
                self.env["account.payment.register"]
                .sudo()
                .with_context(active_model="account.move", active_ids=open_moves.ids, dont_redirect_to_payments=True)
                .create({**common, "group_payment": True})
            )
            wizard.amount = float(amount)
            return wizard._create_payments()
        payment = (
            self.env["account.payment"]
            .sudo()
            .create(
                {
                    **common,
                    "partner_id": self.partner_id.commercial_partner_id.id,
                    "partner_type": "customer",
                    "payment_type": SETTLES[self.operation][1],
                    "amount": float(amount),
                    "memo": self.name or self.display_name,
                }
            )
        )
        payment.with_context(fiscal_ask=False, fiscal_later=True).action_post()
        return payment

    def _claimed(self):
        payments = self.sudo().operation_payment_ids
        return [*super()._claimed(), payments, payments.invoice_ids | payments.reconciled_invoice_ids]

    def _shown_in(self):
        return [*super()._shown_in(), self.operation_payment_ids]

    def action_operation_payments(self):
        """Open the payments that the operation covers."""
        return self.operation_payment_ids._get_records_action(context={"create": False})


class AccountPayment(models.Model):
    """A payment that the receipt of an operation of the cashier's book covers."""

    _inherit = "account.payment"

    fiscal_operation_ids = fields.Many2many(
        "fiscal.document",
        "fiscal_document_account_payment_rel",
        "payment_id",
        "document_id",
        string="Operations",
        copy=False,
    )

    def _fiscal_shown(self):
        return super()._fiscal_shown() | self.fiscal_operation_ids

    @api.depends("fiscal_operation_ids.state", "fiscal_operation_ids.error_message")
    def _compute_fiscal_state(self):
        return super()._compute_fiscal_state()

    def _fiscal_made(self):
        """The receipts that cover the payment."""
        return self.sudo()._fiscal_shown().filtered(lambda document: document.state in MADE)

    def _fiscal_operations(self):
        """The operations whose receipt covers the payment; one with an error is sent again, no second one is made."""
        return self.sudo().fiscal_operation_ids.filtered(lambda document: document.state in (*MADE, "rejected"))

    def _fiscal_own_document(self):
        return super()._fiscal_own_document() | self._fiscal_operations()

    def _fiscal_enqueue(self, choice=None, event=None):
        others = self.filtered(lambda payment: not payment._fiscal_operations())
        return super(AccountPayment, others)._fiscal_enqueue(choice, event) | self._fiscal_operations()
