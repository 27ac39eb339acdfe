from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...const import RETURN_OF, STATES
from ...tools.money import ZERO, money
from ...tools.payment_sign import method_sign

#: the operation of a receipt and of what takes it back
SALE, BACK = "sale", RETURN_OF["sale"]
#: states of the documents that count as the receipt of something
MADE = ("queued", "sending", "waiting", "unknown", "done")
#: the state that a list shows where a record has several documents: what needs a person comes first
WORST_FIRST = ("rejected", "unknown", "waiting", "sending", "queued", "done")


@dataclass(frozen=True)
class Choice:
    """How a receipt is to be made: by a person's choice, or as the settings say.

    :param register: `fiscal.register`, empty for no receipt at all
    :param employee: the cashier
    :param email: for this receipt; empty: the customer's own
    :param phone: likewise
    :param kind: means of payment of what nobody has paid in Odoo yet, a key of `const.PAYMENT_KINDS`
    """

    register: models.BaseModel
    employee: models.BaseModel
    email: str = ""
    phone: str = ""
    kind: str = "credit"


@dataclass(frozen=True)
class Settled:
    """What a payment settles of one invoice or order.

    :param source: the invoice or order: has `_fiscal_rows`, `_fiscal_receipts_of_its_own`
    :param claim: settled by the payment, in currency units of the company
    :param owed: what was to be paid before it
    :param total: of the whole
    """

    source: models.BaseModel
    claim: object
    owed: object
    total: object


class FiscalSource(models.AbstractModel):
    """A record of accounting that leaves a fiscal document in the outbox: a payment, an invoice, an order.

    `<model>:<id>` is its event, so it has one document that is not cancelled, whatever happens to it meanwhile.
    """

    _name = "fiscal.source"
    _description = "Source of a fiscal document"

    def _fiscal_event(self):
        return f"{self._name}:{self.id}"

    def _fiscal_company(self):
        """The company whose register is asked for."""
        return self.company_id

    def _fiscal_own_document(self):
        """The document of this very record, or none."""
        events = {record._fiscal_event() for record in self}
        return self.env["fiscal.document"].sudo().search([("event", "in", list(events)), ("state", "!=", "cancelled")])

    def _fiscal_own_register(self):
        """The register that the record itself names, or none."""
        return self.env["fiscal.register"]

    def _fiscal_choice(self):
        """How the receipt is made when nobody is asked: as the one that is there."""
        own = self._fiscal_own_document()[:1]
        return Choice(
            own.register_id,
            own.employee_id,
            own.customer_email or "",
            own.customer_phone or "",
            own.payment_ids[:1].kind or "credit",
        )

    def _fiscal_vals(self, choice):
        """Values of the document, with `problems`; None where nothing is left to be registered."""
        return None

    def _fiscal_refusal(self):
        """A sentence that says why no receipt can be made of this record, or False."""
        return False

    def _fiscal_enqueue(self, choice=None):
        """Leave the fiscal document of each record in the outbox, in this transaction. Never refuses.

        :returns: the documents, those that were there already among them
        """
        documents = self.env["fiscal.document"].sudo()
        for source in self:
            own = choice or source._fiscal_choice()
            vals = own.register and source._fiscal_vals(own)
            if vals:
                documents |= own.register._enqueue(vals)
        return documents

    def _fiscal_default_employee(self, register):
        """The cashier: the employee of the current user, else the one of the register."""
        user = self.env.user
        mine = user._fiscal_employee(register.company_id) if not user._is_public() and not user.share else False
        return mine or register.sudo().employee_id

    def _fiscal_document_vals(self, choice, operation, total, lines, problems, partner, **vals):
        """Values that every receipt of accounting has. `lines` are values of `fiscal.document.line`."""
        Document = self.env["fiscal.document"]
        register = choice.register
        employee = choice.employee or register.employee_id
        problem = employee._fiscal_problem(register)
        return {
            "operation": operation,
            "event": self._fiscal_event(),
            "branch_id": self._fiscal_company().id,
            **Document._cashier_vals(employee),
            **Document._customer_vals(partner, choice.email, choice.phone),
            "tax_system": register.company_id.fiscal_tax_system,
            "line_ids": [Command.create(line) for line in lines],
            "total": float(total),
            "problems": list(dict.fromkeys(([problem] if problem else []) + problems)),
            **vals,
        }

    def _fiscal_more_vals(self, sources):
        """Hook: more values of a document that is made of these invoices and orders."""
        return {}

    def _fiscal_settled_lines(self, register, operation, parts, credit=ZERO):
        """Lines for what a payment settles. What a receipt of its own speaks of already is left out.

        :param parts: `(Settled, the money for it)`
        :param credit: of the only part, what the receipt names besides, to be paid later
        :returns: `(values of fiscal.document.line, problems, total)`
        """
        lines, problems, total = [], [], ZERO
        for part, share, on_credit in self._fiscal_parts(register, operation, parts):
            sign = method_sign(register.settlement, part.total, part.owed, part.claim, on_credit)
            part_lines, part_problems = register._receipt_lines(
                part.source._fiscal_rows(register), share + credit, sign, operation, part.claim + credit >= part.total
            )
            lines += part_lines
            problems += part_problems
            total += share + credit
        return lines, problems, total

    def _fiscal_parts(self, register, operation, parts):
        """`(Settled, the money for it, whether it was handed over on credit)` of what the receipt speaks of."""
        chained = operation == SALE and register._capabilities().chains
        for part, share in parts:
            own = part.source._fiscal_receipts_of_its_own()
            on_credit = "credit" in own.payment_ids.mapped("kind")
            share = part.source._fiscal_beyond_noted(part, share)
            if share > 0 and (not own or on_credit):
                yield self._fiscal_whole(part) if chained else part, share, on_credit

    # === Paid in parts, where the service keeps the receipts together ===

    def _fiscal_whole(self, part):
        """Hook: what a part payment is a part of, as `Settled`."""
        return part

    def _fiscal_chain(self, register, operation, parts, rest=ZERO):
        """How the receipt of a payment goes on with a chain of receipts, or begins one (`Capabilities.chains`).

        :param parts: as for `_fiscal_settled_lines`
        :param rest: money that settles nothing
        :returns: `(first receipt of the chain, what a new chain leaves to be paid, problems)`
        """
        none = self.env["fiscal.document"].sudo()
        if operation != SALE or not register._capabilities().chains:
            return none, ZERO, []
        parts = list(self._fiscal_parts(register, operation, parts))
        chains = {part.source: none._open_chains(part.source._fiscal_chained(), register) for part, *__ in parts}
        if len(parts) != 1:
            return none, ZERO, [self._fiscal_apart(first) for first in none.union(*chains.values())[:1]]
        part, share, on_credit = parts[0]
        if found := chains[part.source]:
            left = {first: first._chain_left() for first in found}
            first = next((first for first in found if left[first] >= share + rest), found[0])
            return first, ZERO, [] if left[first] >= share + rest else [self._fiscal_beyond(first, left[first])]
        owed = min(part.owed + self._fiscal_to_come(part.source), part.total)
        if rest or on_credit or part.claim >= owed:
            return none, ZERO, []
        return none, owed - part.claim, []

    def _fiscal_to_come(self, source):
        """What other payments of `source` have paid whose receipts have an error, and so are still to be made."""
        refused = source._fiscal_chained().filtered(
            lambda document: (
                document.state == "rejected"
                and document.operation == SALE
                and (document.account_payment_id or document.statement_line_id)
                and document.event != self._fiscal_event()
                and len(document.move_ids) <= 1
            )
        )
        return sum((money(document.total) - document._credit() for document in refused), ZERO)

    def _fiscal_apart(self, first):
        return self.env._(
            "“%s” is the first receipt of a prepayment, and what follows it needs a payment of its own. "
            "Undo this payment, and pay each invoice by itself.",
            first.display_name,
        )

    def _fiscal_beyond(self, first, left):
        return self.env._(
            "After the prepayment “%(document)s” %(left)s is still to be paid. "
            "Undo this payment, and enter two: one of %(left)s, and one of the rest.",
            document=first.display_name,
            left=left,
        )

    @api.model
    def _fiscal_paid(self, means, total, credit):
        """The payments of a receipt of `total`, `credit` of which is to be paid later."""
        rows = [{**means, "amount": float(total - credit)}, {"kind": "credit", "amount": float(credit)}]
        return [Command.create(row) for row in rows if row["amount"]]

    def _fiscal_original(self, operation, originals, total, kind):
        """The receipt that a return of `total` by `kind` goes back to, none for a sale; and what is wrong with it."""
        if operation != BACK:
            return originals.browse(), []
        sales = originals.filtered(lambda document: document.operation == SALE)
        if problem := sales._to_return()._not_made():
            return sales._to_return(), [problem]
        return self._fiscal_returned(sales.filtered(lambda document: document.state in MADE), total, kind)

    @api.model
    def _fiscal_returned(self, originals, total, kind):
        """The receipt that a return of `total` goes back to, and a problem where less can be returned.

        :param originals: the receipts of what is returned; of a chain, the first stands for all
        """
        originals = originals.union(*(document._chain() for document in originals)).filtered(
            lambda document: document._chain() in (document, originals.browse())
        )
        left = {document: document._left_to_return() for document in originals.sorted("id", reverse=True)}
        if not left:
            return originals, []
        fitting = [document for document, amount in left.items() if amount >= total]
        original = fitting[0] if fitting else max(left, key=left.get)
        if original._chain():
            problem = self.env["fiscal.document"]._return_problem(original, total, {kind: total})
            return original, [problem] if problem else []
        possible = min(sum(left.values(), ZERO), originals._left_together())
        if possible >= total:
            return original, []
        return original, [
            self.env._(
                "Of “%(document)s” %(left)s can still be returned, not %(total)s.",
                document=original.display_name,
                left=possible,
                total=total,
            )
        ]


class FiscalShown(models.AbstractModel):
    """How the receipts of a record are shown in its lists and forms.

    The model gives `fiscal_document_ids`; the fields here are read in the name of everybody who may see the record.
    """

    _name = "fiscal.shown"
    _description = "Fiscal status"

    fiscal_state = fields.Selection(
        STATES, string="Fiscal", compute="_compute_fiscal_state", compute_sudo=True, search="_search_fiscal_state"
    )
    fiscal_error = fields.Text(string="Fiscal problem", compute="_compute_fiscal_state", compute_sudo=True)
    fiscal_count = fields.Integer(string="Receipts", compute="_compute_fiscal_state", compute_sudo=True)
    fiscal_served = fields.Boolean(string="Has a fiscal register", compute="_compute_fiscal_served")

    @api.depends("company_id")
    def _compute_fiscal_served(self):
        Register = self.env["fiscal.register"]
        for record in self:
            record.fiscal_served = Register._serve(record.company_id)

    def _fiscal_shown(self):
        """The documents that tell the status of the record."""
        return self.fiscal_document_ids

    @api.depends("fiscal_document_ids.state", "fiscal_document_ids.error_message")
    def _compute_fiscal_state(self):
        for record in self:
            shown = record._fiscal_shown().filtered(lambda document: document.state in WORST_FIRST)
            worst = min(shown, key=lambda document: WORST_FIRST.index(document.state), default=shown)
            record.fiscal_state = worst.state
            record.fiscal_error = worst.state != "done" and worst.error_message
            record.fiscal_count = len(shown)

    @api.model
    def _search_fiscal_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        values = set(value)
        domain = Domain("fiscal_document_ids.state", "in", list(values - {False}))
        if False in values:
            domain |= Domain("fiscal_document_ids", "=", False)
        return domain

    def action_fiscal_documents(self):
        """Open the receipts of the record. For whoever sees the record."""
        self.ensure_one()
        self.check_access("read")
        documents = self.sudo()._fiscal_shown().sudo(False)
        return documents._get_records_action(name=self.env._("Fiscal documents"), context={"create": False})

    def action_fiscalize(self):
        """Open the dialog that shows what will be printed. For cashiers and accountants who see the records."""
        return self.env["fiscal.fiscalize"]._open(self)

    def action_fiscal_update(self):
        """Ask the services now about the receipts whose outcome is open, and show how they are.

        For whoever sees the records.
        """
        self.check_access("read")
        documents = self.sudo()._fiscal_shown()
        documents.action_update()
        return documents._follow()
