from urllib.parse import urlsplit

from odoo.http import Controller, content_disposition, request, route

#: media types of the receipt files that services provide
TYPES = {"pdf": "application/pdf", "image": "image/png", "text": "text/plain; charset=utf-8"}


class FiscalReceipt(Controller):
    @route("/fiscal/receipt/<int:document_id>", type="http", auth="user", methods=["GET"], readonly=True)
    def receipt(self, document_id):
        """The receipt in a separate window: the service's page or file, else Odoo's picture of it."""
        document = request.env["fiscal.document"].browse(document_id).exists()
        if not document:
            return request.not_found()
        document.check_access("read")
        for view in document.sudo().register_id._receipt_views(document.sudo()):
            url = view.get("url") or ""
            if urlsplit(url).scheme in ("http", "https"):
                return request.redirect(url, local=False)
            if view.get("content") and view["kind"] in TYPES:
                name = content_disposition(view["name"], disposition_type="inline")
                headers = [("Content-Type", TYPES[view["kind"]]), ("Content-Disposition", name)]
                return request.make_response(view["content"], [*headers, ("X-Content-Type-Options", "nosniff")])
        html = request.env["ir.actions.report"].sudo()._render_qweb_html("fiscal_base.report_receipt", document.ids)[0]
        return request.make_response(html, [("Content-Type", "text/html; charset=utf-8")])
