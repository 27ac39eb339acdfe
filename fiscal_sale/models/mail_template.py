from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        """Odoo's own e-mails of an order carry its registered receipts."""
        results = super()._generate_template_attachments(res_ids, render_fields, render_results)
        if self.model == "sale.order" and "attachment_ids" in render_fields:
            for order in self.env["sale.order"].sudo().browse(res_ids):
                receipts = order._fiscal_shown()._receipt_attachments()
                if receipts:
                    results[order.id]["attachment_ids"] = [*results[order.id]["attachment_ids"], *receipts.ids]
        return results
