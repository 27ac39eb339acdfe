from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import TAX_SYSTEMS
from ...tools.tax_number import company_number


class ResCompany(models.Model):
    _inherit = "res.company"

    fiscal_tax_number = fields.Char(
        string="Tax number on receipts",
        compute="_compute_fiscal_tax_number",
        store=True,
        readonly=False,
        help="ИНН of 10 or 12 digits (FFD tag 1018); ЄДРПОУ of 8 digits or РНОКПП of 10.",
    )
    fiscal_tax_system = fields.Selection(TAX_SYSTEMS, string="Tax system", help="FFD tag 1055.")
    fiscal_default_tax_code_id = fields.Many2one(
        "fiscal.tax.code",
        string="VAT of lines without a tax",
        help="Stands on the receipt where a product has no tax in Odoo.",
    )
    fiscal_settlement_address = fields.Char(
        string="Address of settlement", help="Where the customer pays (FFD tag 1009). Empty: the company's address."
    )
    fiscal_settlement_place = fields.Char(
        string="Place of settlement", help="Name of the shop, or address of the website (FFD tag 1187)."
    )
    fiscal_sender_email = fields.Char(string="Sender of receipts", help="E-mail address of the sender (FFD tag 1117).")

    @api.depends("vat", "company_registry", "account_fiscal_country_id")
    def _compute_fiscal_tax_number(self):
        for company in self:
            country = company.account_fiscal_country_id.code
            candidates = (company.vat, company.company_registry)
            valid = [number for text in candidates if (number := company_number(text or "", country))]
            company.fiscal_tax_number = company.fiscal_tax_number or (valid[0] if valid else False)

    @api.constrains("fiscal_tax_number", "account_fiscal_country_id")
    def _check_fiscal_tax_number(self):
        for company in self:
            number, country = company.fiscal_tax_number, company.account_fiscal_country_id.code
            if number and not company_number(number, country):
                raise ValidationError(
                    self.env._(
                        "“%(number)s” is not a valid tax number for %(company)s: its check digits do not fit. "
                        "Please compare it with the registration certificate.",
                        number=number,
                        company=company.name,
                    )
                )

    def _fiscal_address(self):
        """Address of settlement on one line."""
        self.ensure_one()
        return self.fiscal_settlement_address or self.partner_id._display_address(without_company=True).replace(
            "\n", ", "
        ).strip(", ")
