from odoo import api, fields, models

from ..tools.money import ZERO, money
from .abstract_source import MADE, SALE


class FiscalDocument(models.Model):
    """Receipts of one sale that is paid in parts, which a service may keep together (`Capabilities.chains`).

    The first names all that is sold, what is paid of it, and a payment `credit` for the rest. Each later one says only
    what is paid then, and names the first as its `chain_id`. What a chain was paid is returned as a whole.
    """

    _inherit = "fiscal.document"

    chain_id = fields.Many2one(
        "fiscal.document",
        string="First receipt of the prepayment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _claimed(self):
        return super()._claimed() + [self.chain_id] if self.chain_id else super()._claimed()

    def _credit(self):
        """What the receipt leaves to be paid later."""
        return sum((money(payment.amount) for payment in self.payment_ids if payment.kind == "credit"), ZERO)

    def _chain(self):
        """The first receipt of the chain that this receipt belongs to, none where its service keeps none."""
        self.ensure_one()
        first = self.sudo().chain_id or self.sudo()
        register = first.register_id
        if first.operation != SALE or first.provider not in (False, register.provider) or not first._credit():
            return self.browse()
        return first.with_env(self.env) if register._capabilities().chains else self.browse()

    def _later(self):
        """The receipts after this first one, whatever has become of them but those that are given up."""
        return self.sudo().search([("chain_id", "in", self.ids), ("state", "in", MADE)])

    def _chain_left(self):
        """What is still to be paid of the chain that this receipt began, in currency units."""
        return self._credit() - sum((money(later.total) for later in self._later()), ZERO)

    @api.model
    def _open_chains(self, documents, register):
        """The first receipts among `documents` of chains on which `register` can register a further payment."""
        firsts = documents.filtered(
            lambda document: (
                document.state in MADE
                and not document.chain_id
                and document._chain()
                and document.register_id.provider == register.provider
            )
        )
        return firsts.filtered(lambda first: first._chain_left() > 0).sorted("id")
