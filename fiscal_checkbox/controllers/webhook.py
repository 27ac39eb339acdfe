import base64
import hashlib
import hmac
import json
import logging

from odoo import http
from odoo.http import request

_logger = logging.getLogger(__name__)

#: longest call that is read, in bytes
LONGEST = 1024 * 1024


class CheckboxWebhook(http.Controller):
    @http.route(
        "/fiscal_checkbox/webhook/<int:register_id>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def checkbox_webhook(self, register_id):
        """Checkbox reports a receipt or a shift. Its signature is verified before the body is parsed (§7)."""
        length = request.httprequest.content_length
        if length is None or length > LONGEST:
            return request.make_json_response({"ok": False}, status=413)
        body = request.httprequest.get_data()
        register = request.env["fiscal.register"].sudo().browse(register_id).exists()
        key = register.checkbox_webhook_key if register.provider == "checkbox" else ""
        signature = request.httprequest.headers.get("x-request-signature", "")
        if not _genuine(body, key or "", signature):
            _logger.info("a call of Checkbox for the register %s is not signed with its key", register_id)
            return request.make_json_response({"ok": False}, status=403)
        try:
            news = json.loads(body)
        except (ValueError, RecursionError):
            news = None
        if not isinstance(news, dict):
            return request.make_json_response({"ok": False}, status=400)
        register._checkbox_hear(news)
        return request.make_json_response({"ok": True})


def _genuine(body, key, signature):
    """Whether `signature` is Base64(HMAC-SHA256(key, body)); never without a key."""
    expected = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace")) and bool(key)
