"""The sources of a receipt are frozen: whether a write would change them."""

from odoo import fields, models


def changed(record, vals, names):
    """Whether writing `vals` changes one of the fields `names` of `record`.

    Odoo rewrites sums and the like unchanged; that does not count. Rows of a one2many count as changed as soon as there
    is a command for them.
    """
    return any(_differs(record, name, vals[name]) for name in names & vals.keys())


def _differs(record, name, value):
    field, known = record._fields[name], record[name]
    if field.type in ("one2many", "many2many"):
        return bool(value)
    if field.type == "many2one":
        return known.id != (value.id if isinstance(value, models.BaseModel) else value or False)
    if field.type in ("float", "monetary"):
        return abs(known - (value or 0)) >= 0.000001
    if field.type == "datetime":
        return known != fields.Datetime.to_datetime(value or False)
    return (known or False) != (value or False)
