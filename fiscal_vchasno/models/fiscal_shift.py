from odoo import models

from odoo.addons.fiscal_base.tools.money import CENT, money, spread


class FiscalShift(models.Model):
    _inherit = "fiscal.shift"

    def _counters(self):
        """A sale that settles a prepayment counts only with the rest, as in the Z report: the prepayment was counted
        when it was taken.
        """
        counters = super()._counters()
        settling = self.sudo().document_ids.filtered(lambda one: one.state == "done" and one.vchasno_advance_id)
        for document in settling:
            prepaid = document._vchasno_prepaid()
            counters["sale.total"] -= prepaid
            counters["sale.prepayment"] -= prepaid
            lines = document.line_ids.filtered("amount")
            most = [money(line.amount) - CENT for line in lines]
            for line, full, left in zip(lines, most, spread(most, -prepaid), strict=True):
                counters[f"sale.tax.{line.tax_code}"] -= full - left
        return counters
