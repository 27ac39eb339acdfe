import logging

from werkzeug.exceptions import RequestEntityTooLarge

from odoo.http import Controller, request, route

from ..protocol import callback

_logger = logging.getLogger(__name__)

#: longest call in bytes: the results of the 100 commands that KKM Server remembers, with slips, take less
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
        """A KKM Server calls (§2): it brings results and takes commands.

        | answer | when |
        |---|---|
        | 413 | the body is too long |
        | 401 | address, token, login or password are not those of a KKM Server of ours |
        | 200 `{"ListCommand":[…]}` | the results are taken, the commands are in its hands |
        """
        body = _body(request.httprequest)
        if body is None:
            return request.make_response("", status=413)
        call = callback.read(body)
        authorization = request.httprequest.headers.get("Authorization")
        # who proves nothing is nobody; `auth="public"` would ask PostgreSQL at each call whether nobody still exists
        request.update_env(user=request.env["ir.model.data"]._xmlid_to_res_id("base.public_user"))
        server = request.env["fiscal.kkm.server"]._known(path, call.token if call else "", authorization)
        if not server:
            _logger.info("KKM Server: a call to /fiscal/kkm/%.6s… was refused", path)
            return request.make_response("", [("WWW-Authenticate", 'Basic realm="Odoo"')], status=401)
        text = callback.answer(server._call(call.results))
        headers = [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")]
        return request.make_response(text, headers)


def _body(httprequest):
    """The body of a request, None when it is too long. It is kept: after a conflict Odoo asks for it once more."""
    httprequest.max_content_length = LONGEST
    try:
        body = httprequest.get_data()
    except RequestEntityTooLarge:
        return None
    return body if len(body) <= LONGEST else None
