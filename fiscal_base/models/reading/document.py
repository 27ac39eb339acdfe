from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Command

from ...compose.event import Registered, Vat
from ...compose.receipt import Row
from ...const import RETURN_OF
from ...texts import PROBLEMS
from ...tools.money import ZERO, money, quantity, spread
from .told import MADE

#: fields of a line that a row names itself; all others are carried with it
OF_ROW = frozenset(
    {
        *("document_id", "sequence", "name", "quantity", "price", "amount", "subject", "method_sign", "measure"),
        *("marking_code", "tax_code_id", "tax_code", "tax_name", "tax_rate", "without_tax", "pos_line_id"),
    }
)
RETURNS = tuple(RETURN_OF.values())


class FiscalDocumentLine(models.Model):
    _inherit = "fiscal.document.line"

    pos_line_id = fields.Many2one(
        "pos.order.line",
        string="Line of the order",
        readonly=True,
        ondelete="set null",
        copy=False,
        index="btree_not_null",
        help="What is sold by this line of the receipt.",
    )
    original_line_id = fields.Many2one(
        "fiscal.document.line",
        string="Line of the original receipt",
        readonly=True,
        ondelete="set null",
        copy=False,
        index="btree_not_null",
        help="What is taken back by this line of a return.",
    )

    def _as_row(self, count, amount):
        """What is left of the line, as the composer knows it; `Row.line` is its id."""
        self.ensure_one()
        about = {name: value for name, value in self.copy_data()[0].items() if name not in OF_ROW}
        known = {vat.code: vat for vat in self.document_id.register_id._vats()}.get(self.tax_code)
        rate = None if self.without_tax else money(self.tax_rate)
        return Row(
            self.name,
            amount,
            Vat(self.tax_code or "", rate, bool(known and known.calculated), bool(known and known.legacy)),
            count,
            money(self.price),
            int(self.subject or 1),
            int(self.method_sign or 4),
            self.document_id.tax_system or "",
            int(self.measure or 0),
            self.marking_code or "",
            line=str(self.id),
            about={**about, "tax_name": self.tax_name, "original_line_id": self.id},
        )

    def _is_part(self, line):
        """Whether `line` of a return pays back an amount of this one without a word on the quantity."""
        amount = money(line.amount)
        return bool(self.amount) and line.quantity == 1 and amount == money(line.price) != money(self.price)

    def _is_taken_back_by(self, line):
        """Whether `line` of a return takes this one back; an older return does not name it."""
        if line.original_line_id:
            return line.original_line_id == self
        return (line.product_id, line.name, line.tax_code) == (self.product_id, self.name, self.tax_code)


class FiscalDocument(models.Model):
    """Between the composer and the outbox: what was registered, and what a composed receipt becomes."""

    _inherit = "fiscal.document"

    def _registered(self, besides=None):
        """This receipt as far as it has not been returned, as `compose.event.Registered`; `besides` do not count.

        What was rounded when a part came back is not added to the next part: of each line is left the share that its
        remaining quantity has of its amount, at most.
        """
        self.ensure_one()
        receipt = self.sudo()
        returns = receipt._returns(MADE) - (besides or receipt.browse())
        free = {line: [quantity(line.quantity), money(line.amount)] for line in returns.line_ids}
        rows = []
        for line in receipt.line_ids:
            count, paid_back = quantity(line.quantity), ZERO
            amount = whole = money(line.amount)
            for back, left in free.items():
                if line._is_taken_back_by(back) and line._is_part(back):
                    paid_back += money(back.amount)
                elif line._is_taken_back_by(back):
                    taken, left[0] = min(left[0], count), max(left[0] - count, ZERO)
                    count -= taken
                    amount -= min(left[1], amount)
            share = money(whole * count / quantity(line.quantity)) if line.quantity else ZERO
            amount = max(min(amount, share) - paid_back, ZERO)
            if paid_back:
                count = quantity(quantity(line.quantity) * amount / whole) if amount else ZERO
            rows.append(line._as_row(count, amount))
        return Registered(
            receipt.id,
            tuple(rows),
            receipt._paid_and_not_returned(returns),
            receipt.fiscal_sign or receipt.fiscal_number or "",
            receipt.date.date(),
            bool(receipt._chain()),
        )

    def _paid_and_not_returned(self, returns):
        paid = dict(self._means())
        for back in returns:
            for kind, amount in back._means().items():
                paid[kind] = paid.get(kind, ZERO) - amount
        return {kind: amount for kind, amount in paid.items() if amount > 0}

    # === From a composed receipt ===

    @api.model
    def _composed_vals(self, receipt, register, sources=None):
        """Values of a document that says what a composed `receipt` does; a chain as `document/prepayment.py` has it.

        :param dict sources: ids of lines of an order by `Row.line`
        """
        rows, paid, total = list(receipt.rows), list(receipt.paid), receipt.total
        chain = receipt.chain if register._capabilities().chains else None
        credit = receipt.paid_by("credit")
        payments = [self._payment_vals(one) for one in paid if one.amount]
        if chain and chain.step == "first" and not credit:
            rows, total = list(chain.order), sum((row.amount for row in chain.order), ZERO)
            payments.append({"kind": "credit", "amount": float(chain.left)})
        elif chain and chain.receipt:
            rows, payments, total = self._without(rows, payments, total, "prepayment")
        elif receipt.original and receipt.original.chain:
            rows, payments, total = self._without(rows, payments, total, "credit")
        return {
            "operation": receipt.operation,
            "original_id": receipt.original.ref if receipt.original else False,
            "chain_id": chain.receipt.ref if chain and chain.receipt else False,
            "tax_system": receipt.tax_system or False,
            "line_ids": [Command.create(self._row_vals(row, register, sources or {})) for row in rows],
            "payment_ids": [Command.create(one) for one in payments],
            "total": float(total),
            "change": float(receipt.change),
            "rounding": float(receipt.rounding),
        }

    @api.model
    def _without(self, rows, payments, total, kind):
        """Rows, payments and total without what is paid by `kind`, which other receipts of the chain say."""
        off = sum((money(one["amount"]) for one in payments if one["kind"] == kind), ZERO)
        amounts = spread([row.amount for row in rows], -off)
        rows = [replace(row, amount=amount) for row, amount in zip(rows, amounts, strict=True)]
        return rows, [one for one in payments if one["kind"] != kind], total - off

    @api.model
    def _row_vals(self, row, register, sources):
        """Values of `fiscal.document.line`."""
        about = dict(row.about)
        return {
            **{name: value for name, value in about.items() if name != "tax_name"},
            "name": row.name,
            "quantity": float(row.quantity),
            "price": float(row.unit_price),
            "amount": float(row.amount),
            **register._vat_vals(row.vat, about.get("tax_name")),
            "subject": str(row.subject or 1),
            "method_sign": str(row.sign or 4),
            "measure": str(row.measure),
            "marking_code": row.code or False,
            "pos_line_id": sources.get(row.line, False),
        }

    @api.model
    def _payment_vals(self, paid):
        """Values of `fiscal.document.payment`."""
        about = {name: value for name, value in paid.about.items() if name != "label"}
        return {"name": paid.about.get("label"), **about, "kind": paid.kind, "amount": float(paid.amount)}

    @api.model
    def _sentences(self, problems):
        """What the composer says, in words, each once."""
        labels = dict(self.env["fiscal.document.payment"]._fields["kind"]._description_selection(self.env))
        operations = dict(self._fields["operation"]._description_selection(self.env))
        words = []
        for problem in problems:
            values = dict(problem.values)
            values.update({"kind": labels.get(values["kind"], values["kind"])} if "kind" in values else {})
            if "operation" in values:
                values["operation"] = operations.get(values["operation"], values["operation"])
            sentence = self.env._(PROBLEMS[problem.code])
            words.append(sentence % values)
        return list(dict.fromkeys(words))
