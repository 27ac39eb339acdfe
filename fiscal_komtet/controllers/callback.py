import logging

from odoo import http
from odoo.http import request

from .. import protocol
from ..protocol.callbacks import RESULTS

_logger = logging.getLogger(__name__)

#: longest callback in bytes; a real one has hundreds
LARGEST = 65536


class KomtetCallback(http.Controller):
    """The endpoint that Komtet Kassa calls when a task has ended (§4)."""

    @http.route(
        f"/fiscal_komtet/<int:register_id>/<any({','.join(RESULTS)}):result>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=LARGEST,
    )
    def callback(self, register_id, result, **_ignored):
        """Take a callback. Its signature is verified before the body is parsed. Even then its content is only a hint:
        the task is asked for. So a callback that comes twice, late, early or replayed does no harm.

        Answers: 401 without a signature, 403 with a wrong one, 400 for a body that is no callback, else 200.
        """
        given = request.httprequest.headers.get("X-HMAC-Signature")
        if not given:
            return _answer(401)
        body = request.httprequest.get_data()
        register = request.env["fiscal.register"].sudo().search([("id", "=", register_id)])
        if not register._komtet_knows(given, body):
            _logger.info("a callback for the fiscal register %s does not carry the signature of its shop", register_id)
            return _answer(403)
        callback = protocol.parse_callback(body)
        if not callback:
            return _answer(400)
        register._komtet_told(callback, body.decode())
        return _answer(200)


def _answer(status):
    return request.make_response("", status=status)
