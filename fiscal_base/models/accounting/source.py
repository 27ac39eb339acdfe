from dataclasses import dataclass, replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...compose import Problems, compose
from ...compose.event import CreditCancelled, Prepayment, TakenBack
from ...const import STATES
from ...tools.money import ZERO, CannotSettle
from ..reading.money import MoneyReader
from ..reading.told import BACK, MADE, SALE, Told

#: how the names of the receipts of one record end
ENDINGS = ("", ":return", ":also2", ":also3", ":return:also2", ":return:also3")
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
    :param coming: what receipts that are made with this one will say was prepaid, in currency units
    :param handed_over: a person says that the goods leave now
    """

    register: models.BaseModel
    employee: models.BaseModel
    email: str = ""
    phone: str = ""
    kind: str = "credit"
    coming: Decimal = ZERO
    handed_over: bool = False


@dataclass(frozen=True)
class Settled:
    """What a payment settles of one invoice or order.

    :param source: the invoice or order: has `_fiscal_rows`, `_fiscal_receipts_of_its_own`
    :param claim: settled by the payment, in currency units of the company
    :param owed: what was to be paid before it
    :param total: of the whole
    :param downpaid: it is a down payment, so that its goods leave later
    :param to_come: what others have paid of it whose receipts have an error, and so are still to be made
    :param coming: as of `Choice`
    """

    source: models.BaseModel
    claim: Decimal
    owed: Decimal
    total: Decimal
    downpaid: bool = False
    to_come: Decimal = ZERO
    coming: Decimal = ZERO


@dataclass(frozen=True)
class Sold:
    """A line of an invoice or order.

    :param amount: with taxes, in the company's currency; negative for discounts and for what comes back
    :param vals: values of `fiscal.document.line` besides its tax and amount
    :param comes_back: goods of a negative quantity, at a price
    :param line: names it among the others
    """

    amount: Decimal
    taxes: models.BaseModel
    vals: dict
    comes_back: bool = False
    line: str = ""


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
        names = {record._fiscal_event() for record in self}
        events = {f"{name}{ending}" for name in names for ending in ENDINGS}
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
            own.payment_ids.filtered(lambda payment: payment.kind != "prepayment")[:1].kind or "credit",
        )

    def _fiscal_vals(self, choice):
        """Values of the documents, with `problems`; none where nothing is left to be registered."""
        return []

    def _fiscal_refusal(self):
        """A sentence that says why no receipt can be made of this record, or False."""
        return False

    def _fiscal_enqueue(self, choice=None, event=None):
        """Leave the fiscal documents of each record in the outbox, in this transaction. Never refuses.

        :param event: make the document of this event, also where the record has others already
        :returns: the documents, those that were there already among them
        """
        documents = self.env["fiscal.document"].sudo()
        for source in self:
            made = source._fiscal_own_document()
            if made and not event:
                documents |= made
                continue
            own = choice or source._fiscal_choice()
            for vals in source._fiscal_vals(own) if own.register else ():
                if not made or vals["event"] == event:
                    documents |= own.register._enqueue(vals)
        return documents

    def _fiscal_default_employee(self, register):
        """The cashier: the employee of the current user, else the one of the register."""
        user = self.env.user
        mine = user._fiscal_employee(register.company_id) if not user._is_public() and not user.share else False
        return mine or register.sudo().employee_id

    def _fiscal_document_vals(self, choice, partner, **vals):
        """Values that every receipt of accounting has."""
        Document = self.env["fiscal.document"]
        register = choice.register
        employee = choice.employee or register.employee_id
        problem = employee._fiscal_problem(register)
        return {
            "event": self._fiscal_event(),
            "branch_id": self._fiscal_company().id,
            **Document._cashier_vals(employee),
            **Document._customer_vals(partner, choice.email, choice.phone),
            "tax_system": register.company_id.fiscal_tax_system,
            **vals,
            "problems": list(dict.fromkeys(([problem] if problem else []) + vals.get("problems", []))),
        }

    def _fiscal_more_vals(self, sources):
        """Hook: more values of a document that is made of these invoices and orders."""
        return {}

    # === As what is paid for ===

    def _fiscal_foreign(self):
        """Whether it is in another currency than the company's, so that it costs what is paid for it."""
        return self.currency_id != self.company_id.currency_id

    def _fiscal_day(self):
        """The day on which it was sold, as far as it says so."""
        return False

    def _fiscal_chained(self):
        """Hook: the receipts of its payments, with which a further one may go on."""
        return self.env["fiscal.document"].sudo()

    def _fiscal_deducted(self):
        """Hook: prepayments that its own lines take off, in currency units."""
        return ZERO

    def _fiscal_netted(self):
        """Hook: `{credit note: sum}` of other sales that are set against it and are on no receipt."""
        return {}

    def _fiscal_advanced(self):
        """Hook: what of advances that name neither invoice nor order is matched with it, in currency units."""
        return ZERO

    def _fiscal_prepaid(self):
        """What receipts say was paid of it in advance, and no other receipt has used; in currency units."""
        receipts = self._fiscal_chained().filtered(lambda one: one.state in MADE and one.operation == SALE)
        if any(one._chain() for one in receipts):
            return ZERO
        mine = receipts.filtered(lambda one: len(one.move_ids) <= 1)
        prepaid = sum((one._prepaid_left() for one in mine), self._fiscal_advanced())
        return max(prepaid - receipts._offset(), ZERO)

    def _fiscal_handed_over(self, choice, operation, owed, **vals):
        """Values of the receipt of an invoice or order itself: `owed` of it is paid by `choice.kind`."""
        total = self._fiscal_total()
        chosen = Settled(self, owed, owed, total, coming=choice.coming if operation == SALE else ZERO)
        told = self._fiscal_tell(replace(choice, handed_over=True), operation, [(chosen, owed)], kind=choice.kind)
        chain = bool(told.first)
        if not told.what or (chain and choice.kind == "credit"):
            return []  # the first receipt of a prepayment has left the rest on credit
        means = {"kind": choice.kind}
        vals = {"name": self.name, **vals, **self._fiscal_more_vals([self])}
        return self._fiscal_receipts(told, choice, means, self.partner_id, **vals)

    def _fiscal_receipts_of(self, choice, operation, parts):
        """Values of receipts by which `parts` are paid by `choice.kind`, as an operation of the book tells them."""
        told = self._fiscal_tell(choice, operation, parts, kind=choice.kind)
        partner = self.partner_id
        return self._fiscal_receipts(told, choice, {"kind": choice.kind}, partner) if told.what else []

    # === What a receipt says ===

    def _fiscal_tell(self, choice, operation, parts, rest=ZERO, kind="electronic", own=None):
        """What money means that settles `parts`, and `rest` that settles nothing; what other receipts tell is left out.

        :param parts: `(Settled, the money for it)`
        :param kind: the means by which money goes back
        :param own: receipts that are returned besides those of the credit notes
        """
        reader = MoneyReader(choice.register)
        parts = list(self._fiscal_parts(operation, parts))
        total = sum((share for __, share, __ in parts), rest)
        told = Told(reader, operation, total, self.env["account.move"].sudo())
        if not total and not any(part.source._fiscal_prepaid() + part.coming for part, *__ in parts):
            return told
        try:
            if operation == SALE:
                self._fiscal_tell_sale(told, choice, parts, rest)
            else:
                self._fiscal_tell_return(told, parts, rest, kind, own)
        except CannotSettle:
            told.problems.append(self.env._("The discounts exceed the lines."))
        return told

    def _fiscal_tell_sale(self, told, choice, parts, rest):
        first, problems = self._fiscal_chain(told.reader.register, parts, rest)
        told.first, told.problems = first, told.problems + problems
        for part, share, on_credit in parts:
            netted = part.source._fiscal_netted()
            told.what += self._fiscal_tell_netted(told, netted)
            against = sum(netted.values(), ZERO)
            part, share = replace(part, claim=part.claim + against, owed=part.owed + against), share + against
            if choice.handed_over:
                told.what += told.reader.handed_over(part, part.claim, part.claim - share, first)
            else:
                told.what += told.reader.pays(part, share, on_credit, first)
        for receipt in self._fiscal_till_credits(choice) if rest else ():
            left = receipt._credit_left()
            if share := min(left, rest):
                told.what.append(told.reader.credit_of(receipt, share, left))
                rest -= share
        if rest:
            told.what += told.reader.advance(rest, self._fiscal_rest_vals(choice))

    def _fiscal_till_credits(self, choice):
        """Receipts of a till by which this customer has bought on account, without an invoice; the oldest first."""
        Document = self.env["fiscal.document"].sudo()
        payer = self.partner_id.commercial_partner_id
        if not payer:
            return Document
        return Document.search(
            [
                ("company_id", "=", choice.register.company_id.id),
                ("partner_id", "child_of", payer.id),
                ("pos_order_id", "!=", False),
                ("pos_order_id.account_move", "=", False),
                ("operation", "=", SALE),
                ("state", "in", MADE),
                ("payment_ids.kind", "=", "credit"),
            ],
            order="id",
        )

    def _fiscal_tell_netted(self, told, netted):
        """What comes back by credit notes that are set against an invoice instead of being paid out."""
        for note, amount in netted.items():
            told.notes |= note
            original, problems = self._fiscal_original(BACK, note._fiscal_returned_receipts(), amount, "electronic")
            told.problems += problems
            goods, __ = told.reader.shared(note, amount, amount >= note._fiscal_total())
            receipts = self._fiscal_registered(original, note._fiscal_returned_receipts())
            yield from told.reader.returns([(one, one.amount) for one in goods], receipts)

    def _fiscal_rest_vals(self, choice):
        """`name` and `full_name` of the line of money that settles nothing."""
        return {"name": self.env._("Advance")}

    def _fiscal_tell_return(self, told, parts, rest, kind, own):
        originals = own if own is not None else self.env["fiscal.document"].sudo()
        for part, *__ in parts:
            originals |= part.source._fiscal_returned_receipts()
        told.original, told.problems = self._fiscal_original(BACK, originals, told.total, kind)
        receipts = self._fiscal_registered(told.original, originals)
        wanted = [(None, rest)] if rest else []
        for part, share, __ in parts:
            goods, __ = told.reader.shared(part.source, share, part.claim >= part.total)
            wanted += [(one, one.amount) for one in goods]
        told.what += told.reader.returns(wanted, receipts)
        if chain := told.original and told.original._chain():
            told.what = [TakenBack(receipts[0], row.line) for row in receipts[0].rows if row.amount]
            if left := chain._chain_left():
                told.what.append(CreditCancelled(left))

    def _fiscal_registered(self, original, originals):
        """What is left of the receipts that are returned, the one that the return names first."""
        if not original or original._not_made():
            return []
        sales = originals.filtered(lambda one: one.operation == SALE and one.state in MADE)
        firsts = sales.filtered(lambda one: not one._chain()) if not original._chain() else original
        own = self._fiscal_own_document()
        return [one._registered(besides=own) for one in original | (firsts - original).sorted("id", reverse=True)]

    def _fiscal_receipts(self, told, choice, means, partner, remote=False, **vals):
        """Values of the documents that say what was told; of one that cannot be composed what is known of it.

        :param means: values of `fiscal.document.payment` of the money that moves
        """
        reader, register = told.reader, choice.register.sudo()
        common = self._fiscal_document_vals(choice, partner, **vals)
        problems = common.pop("problems") + told.problems
        facts = {"remote": remote, "contact": common["customer_email"] or common["customer_phone"] or ""}
        event = reader.event(told.what, means, told.total, told.operation == BACK, **facts)
        advances = any(not meaning.goods for meaning in event.all(Prepayment))
        result = compose(event, register._compose_rules(advances=advances)) if told.what else Problems()
        Document = self.env["fiscal.document"]
        if isinstance(result, Problems):
            problems = list(dict.fromkeys(problems + Document._sentences(result)))
            return [{**common, **told.raw(means), "problems": problems, "composed": False}]
        found = []
        for receipt, event_name in zip(result, self._fiscal_events(result), strict=True):
            composed = Document._composed_vals(receipt, register)
            told.name_signs(composed, receipt)
            if receipt.operation != told.operation:
                composed["move_ids"] = [Command.set(told.notes.ids)]
            if receipt.operation == BACK and not receipt.original:
                composed["original_id"] = told.original.id if told.operation == BACK else False
            found.append({**common, **composed, "event": event_name, "problems": list(dict.fromkeys(problems))})
        return found

    def _fiscal_events(self, receipts):
        """The names of the receipts: that of the record; of a return beside a sale it ends in `:return`, and of a
        further one in `:also2`.
        """
        both = len({receipt.operation for receipt in receipts}) > 1
        names, counts = [], {}
        for receipt in receipts:
            name = self._fiscal_event() + (":return" if both and receipt.operation == BACK else "")
            counts[name] = counts.get(name, 0) + 1
            names.append(name if counts[name] == 1 else f"{name}:also{counts[name]}")
        return names

    def _fiscal_parts(self, operation, parts):
        """`(Settled, the money for it, whether it was handed over on credit)` of what the receipt speaks of."""
        for part, share in parts:
            own = part.source._fiscal_receipts_of_its_own()
            on_credit = "credit" in own.payment_ids.mapped("kind")
            left = part.source._fiscal_beyond_noted(part, share)
            if left < 0 or (not left and share) or (own and not on_credit):
                continue
            part = replace(part, claim=part.claim - (share - left), to_come=self._fiscal_to_come(part.source))
            yield self._fiscal_whole(part) if operation == SALE else part, left, on_credit

    # === Paid in parts, where the service keeps the receipts together ===

    def _fiscal_whole(self, part):
        """Hook: what a part payment is a part of, as `Settled`."""
        return part

    def _fiscal_chain(self, register, parts, rest=ZERO):
        """The chain of receipts that the receipt of a payment goes on with (`Capabilities.chains`).

        :param parts: as `_fiscal_parts` gives them
        :param rest: money that settles nothing
        :returns: `(first receipt of the chain, problems)`
        """
        none = self.env["fiscal.document"].sudo()
        if not register._capabilities().chains:
            return none, []
        chains = {part.source: none._open_chains(part.source._fiscal_chained(), register) for part, *__ in parts}
        if len(parts) != 1:
            return none, [self._fiscal_apart(first) for first in none.union(*chains.values())[:1]]
        part, share, __ = parts[0]
        if not (found := chains[part.source]):
            return none, []
        left = {first: first._chain_left() for first in found}
        first = next((first for first in found if left[first] >= share + rest), found[0])
        return first, [] if left[first] >= share + rest else [self._fiscal_beyond(first, left[first])]

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
        return sum((document._money() for document in refused), ZERO)

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
