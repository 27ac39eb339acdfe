from odoo import fields, models


class FiscalTaxMapping(models.Model):
    """The code of an Odoo tax on a register, chosen by hand where the rate alone does not determine it."""

    _name = "fiscal.tax.mapping"
    _description = "Fiscal tax mapping"
    _order = "register_id, id"
    _rec_name = "tax_id"

    register_id = fields.Many2one("fiscal.register", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="register_id.company_id", store=True)
    tax_vocabulary = fields.Char(related="register_id.tax_vocabulary")
    tax_id = fields.Many2one(
        "account.tax",
        string="Odoo tax",
        required=True,
        ondelete="cascade",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('company_id', 'parent_of', company_id)]",
    )
    tax_code_id = fields.Many2one(
        "fiscal.tax.code",
        string="On the receipt",
        required=True,
        ondelete="restrict",
        domain="[('vocabulary', '=', tax_vocabulary)]",
    )

    _unique_tax = models.Constraint(
        "unique(register_id, tax_id)", "A tax stands on a receipt in one way only. Keep one row for it."
    )
