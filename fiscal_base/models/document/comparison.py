from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const import OPERATIONS, PAYMENT_KINDS, RECEIPTS
from ...tools.money import ZERO, money

#: operations that carry a sum
WITH_SUM = (*RECEIPTS, "cash_in", "cash_out")


class FiscalDocument(models.Model):
    """What the service says it registered, compared with what was sent. A document that differs stays registered; the
    till's receipt, the register's card and an activity for the responsible person say so.
    """

    _inherit = "fiscal.document"

    warning = fields.Text(readonly=True, copy=False, help="What the service registered otherwise than it was sent.")
    shared_call_ids = fields.Many2many(
        "mail.activity",
        "fiscal_document_shared_call_rel",
        "document_id",
        "activity_id",
        string="Calls that speak of it too",
        readonly=True,
        copy=False,
    )

    @api.model
    def _differing(self):
        """A domain of documents that were registered differently and whose alert is still open."""
        called = Domain("activity_ids.active", "=", True) | Domain("shared_call_ids.active", "=", True)
        return Domain("warning", "!=", False) & called  # alerts that are done are kept, archived

    def _warning(self, outcome):
        """Everything about a registration that a person has to look at, as sentences; False if all is well.

        :param outcome: `tools.outcome.Outcome.done`. A provider that finds a difference itself sets `code` and
            `message`; the code `differs` means that it has compared the sums itself.
        """
        register = self.register_id
        document = self.with_context(lang=register._responsible().lang)
        sentences = [outcome.message] if outcome.code and outcome.message else []
        if outcome.code != "differs":
            sentences += document._differences(outcome.data)
        if twin := document._same_number(outcome.data.number, outcome.data.storage):
            sentences.append(
                document.env._(
                    "The service gave the fiscal number %(number)s twice: to this document and to “%(other)s” of "
                    "%(date)s. Compare both with the register.",
                    number=outcome.data.number,
                    other=twin.name or twin.display_name,
                    date=twin.registered_at and twin._local(twin.registered_at).strftime("%d.%m.%Y %H:%M"),
                )
            )
        return "\n".join(sentences) or False

    def _differences(self, data):
        """Each difference between `FiscalData` and this document, as a sentence."""
        sentences = []
        if data.operation and data.operation != self.operation:
            names = dict(self._fields["operation"]._description_selection(self.env))
            assert data.operation in dict(OPERATIONS), data.operation
            sentences.append(
                self.env._(
                    "“%(sent)s” was sent, the service registered “%(registered)s”. Compare with the register.",
                    sent=names[self.operation],
                    registered=names[data.operation],
                )
            )
        # a service may keep the receipts of a prepayment together, with totals of the whole (`Capabilities.chains`)
        if self.operation not in WITH_SUM or (self.operation in RECEIPTS and (self.chain_id or self._chain())):
            return sentences
        total, rounding = money(self.total), money(self.rounding)
        if data.total is not None and money(data.total) not in (total, total - rounding):
            sentences.append(
                self.env._(
                    "%(sent)s was sent, the service registered %(registered)s. Compare the receipt with the order; a "
                    "wrong sum is put right by a return or a correction.",
                    sent=total,
                    registered=money(data.total),
                )
            )
        if data.lines is not None and self.line_ids and data.lines != len(self.line_ids):
            sentences.append(
                self.env._(
                    "%(sent)s lines were sent, the service registered %(registered)s. Compare the receipt with the "
                    "order.",
                    sent=len(self.line_ids),
                    registered=data.lines,
                )
            )
        return sentences + self._payment_differences(data)

    def _payment_differences(self, data):
        if not data.payments or not self.payment_ids:
            return []
        sent = dict.fromkeys(data.payments, ZERO)
        for payment in self.payment_ids:
            sent[payment.kind] = sent.get(payment.kind, ZERO) + money(payment.amount)
        change = money(self.change)
        labels = dict(self.env["fiscal.document.payment"]._fields["kind"]._description_selection(self.env))
        sentences = []
        for kind, __ in PAYMENT_KINDS:
            given, paid = data.payments.get(kind, ZERO), sent.get(kind, ZERO)
            # services report cash with the change or without it
            if money(given) not in (paid, paid - change if kind == "cash" else paid):
                sentences.append(
                    self.env._(
                        "“%(kind)s”: %(sent)s was sent, the service registered %(registered)s. Compare the receipt "
                        "with the order.",
                        kind=labels[kind],
                        sent=paid,
                        registered=money(given),
                    )
                )
        return sentences

    def _same_number(self, number, storage):
        """Another registered document with the fiscal number of this one, if any.

        The fiscal storage counts the numbers; without one (Ukraine) the register does.
        """
        if not number or self.operation not in WITH_SUM:
            return self.browse()
        domain = [("id", "!=", self.id), ("fiscal_number", "=", number), ("state", "=", "done")]
        domain += [("operation", "in", WITH_SUM), ("is_test", "=", False)]
        if storage:
            domain.append(("fiscal_storage", "=", storage))
        else:
            domain += [("register_id", "=", self.register_id.id), ("fiscal_storage", "=", False)]
            domain.append(("provider", "in", (False, self.register_id.provider)))
        return self.sudo().search(domain, limit=1)

    def _check_number_is_free(self, data):
        """Refuse another receipt's fiscal number when a person says that this document was registered.

        If no storage is named, the one that the register had last is meant.

        :raises UserError: naming the receipt that has the number
        """
        for document in self:
            last = self.sudo().search(
                [
                    ("register_id", "=", document.register_id.id),
                    ("state", "=", "done"),
                    ("fiscal_storage", "!=", False),
                ],
                order="registered_at desc, id desc",
                limit=1,
            )
            storage = data.storage or last.fiscal_storage
            twin = document._same_number(data.number, storage) or document._same_number(data.number, "")
            if twin:
                raise UserError(
                    self.env._(
                        "“%(other)s” has the fiscal number %(number)s already. Look at the receipt again: each receipt "
                        "has a number of its own. If the fiscal storage was changed since, enter the number of the "
                        "storage too.",
                        other=twin.display_name,
                        number=data.number,
                    )
                )
