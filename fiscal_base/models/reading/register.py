from odoo import models

from ...compose import Elsewhere, Russia, Ukraine
from ...compose.event import Vat
from ...tools.money import money

#: country → its law
LAWS = {"RU": Russia, "UA": Ukraine}


class FiscalRegister(models.Model):
    """A register as the composer knows it: the law of its country, and what it can do."""

    _inherit = "fiscal.register"

    def _compose_rules(self, advances=False, tip_vat=None):
        """The rules by which receipts of this register are composed.

        :param advances: money is taken for goods that nobody knows yet: it bears the seller's main rate, that of the
            default sales tax of the company
        :param tip_vat: the rate of the tips of an order; None: nobody has stated one
        """
        self.ensure_one()
        company = self.company_id
        law = LAWS.get(self._law_country(), Elsewhere)
        return law(
            capabilities=self._capabilities(),
            rates=self._vats(),
            main_vat=self._stated_vat(company.account_sale_tax_id) if advances else None,
            tip_vat=tip_vat,
            tax_system=company.fiscal_tax_system or "",
        )

    def _law_country(self):
        """ISO code of the country whose law the receipts obey: the service's own, else the company's; "" if unknown."""
        return self._capabilities().country or self.company_id.account_fiscal_country_id.code or ""

    def _vats(self):
        """Every rate that the register prints; () where it takes any."""
        return tuple(
            Vat(code.code, None if code.without_tax else money(code.rate), code.calculated, code.legacy)
            for code in self._vat_codes()
        )

    def _vat_codes(self):
        vocabulary = self._capabilities().tax_vocabulary
        return self.env["fiscal.tax.code"]._of(vocabulary) if vocabulary else ()

    def _vat(self, taxes):
        """The rate under which `taxes` (those of one line) stand on a receipt, None where they have no place there."""
        code = self._tax_code(taxes)
        if not code:
            return None
        known = {vat.code: vat for vat in self._vats()}
        return known.get(code[0]) or Vat(code[0], None if code[3] else money(code[2]), legacy=code[4])

    def _stated_vat(self, taxes):
        """As `_vat`, but without taxes only what the company says of lines that have none, which is no default."""
        return self._vat(taxes) if taxes or self.company_id.fiscal_default_tax_code_id else None

    def _vat_vals(self, vat, name=""):
        """Values of `fiscal.document.line` that name a rate.

        :param name: as it is called where the register has no table of rates
        """
        names = {code.code: code.name for code in self._vat_codes()}
        return {
            "tax_code": vat.code,
            "tax_name": names.get(vat.code) or name,
            "tax_rate": float(vat.rate or 0),
            "without_tax": vat.rate is None,
        }
