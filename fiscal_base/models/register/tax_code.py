from typing import NamedTuple

from odoo import api, fields, models, tools


class Code(NamedTuple):
    """A `fiscal.tax.code` outside a transaction."""

    code: str
    name: str
    rate: float
    without_tax: bool
    calculated: bool
    legacy: bool


class FiscalTaxCode(models.Model):
    """A rate or group as a register knows it: a Russian VAT rate (FFD tag 1199), a Ukrainian tax group."""

    _name = "fiscal.tax.code"
    _description = "Fiscal tax code"
    _order = "vocabulary, sequence, id"
    _rec_name = "name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="As the register or the service writes it.")
    vocabulary = fields.Char(
        required=True, help="The list this code belongs to: the law's own, or that of one service."
    )
    sequence = fields.Integer(default=10)
    rate = fields.Float(digits=(5, 2), help="Percent. Empty together with “without tax”.")
    without_tax = fields.Boolean(help="The sale is not subject to the tax at all, which is not the same as 0 %.")
    calculated = fields.Boolean(help="Calculated rate such as 22/122: the tax inside a prepayment.")
    legacy = fields.Boolean(
        string="Returns only",
        help="No longer in force: used for returns and corrections of older sales, refused for new ones.",
    )
    active = fields.Boolean(default=True)

    _unique_code = models.Constraint(
        "unique(vocabulary, code)", "This code exists already. Change the one that is there."
    )

    @api.model
    @tools.ormcache("vocabulary", "self.env.lang")
    def _of(self, vocabulary):
        """The active codes of `vocabulary` in their order, as `Code`. Cached, since a sale looks one up for each of its
        lines.
        """
        return tuple(
            Code(code.code, code.name, code.rate, code.without_tax, code.calculated, code.legacy)
            for code in self.search([("vocabulary", "=", vocabulary)])
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
