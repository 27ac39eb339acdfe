"""Fields of the suite's own records."""

from odoo import fields

from .tools.money import money


class Kopecks(fields.Monetary):
    """A sum as on a receipt: to the kopeck, even if the company's currency is set up without decimals."""

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        return str(money(value or 0))

    def convert_to_cache(self, value, record, validate=True):
        return float(money(value or 0))
