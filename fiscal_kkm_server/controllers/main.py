import logging

from werkzeug.exceptions import RequestEntityTooLarge

from odoo.http import Controller, request, route

from ..protocol import callback

_logger = logging.getLogger(__name__)

#: longest call in bytes; the results of the 100 commands that KKM Server remembers, with slips, are shorter
LONGEST = 2 * 1024 * 1024


class KkmServerController(Controller):
    @route(
        "/fiscal/kkm/<string:path>",
        type="http",
        auth="none",
        readonly=False,
        methods=["POST", "PUT"],
        csrf=False,
        save_session=False,
    )
    def call(self, path):
        """The call of a KKM Server (§2): it delivers results and fetches commands.

        | answer | when |
        |---|---|
        | 413 | the body is too long |
        | 401 | address, token, login or password are wrong |
        | 200 `{"ListCommand":[…]}` | the results are stored, the commands handed over |
        """
        body = _body(request.httprequest)
        if body is None:
            return request.make_response("", status=413)
        call = callback.read(body)
        authorization = request.httprequest.headers.get("Authorization")
        # the token is verified below; `auth="public"` would read the public user from PostgreSQL at each call
        request.update_env(user=request.env["ir.model.data"]._xmlid_to_res_id("base.public_user"))
        server = request.env["fiscal.kkm.server"]._known(path, call.token if call else "", authorization)
        if not server:
            _logger.info("KKM Server: a call to /fiscal/kkm/%.6s… was refused", path)
            return request.make_response("", [("WWW-Authenticate", 'Basic realm="Odoo"')], status=401)
        text = callback.answer(server._call(call.results))
        headers = [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")]
        return request.make_response(text, headers)


def _body(httprequest):
    """The body of a request, None if it is too long. It is cached: after a conflict Odoo repeats the request."""
    httprequest.max_content_length = LONGEST
    try:
        body = httprequest.get_data()
    except RequestEntityTooLarge:
        return None
    return body if len(body) <= LONGEST else None
