"""Calls as a client makes them: JSON-RPC over HTTP, in the session of a user, with any arguments and any context."""

from urllib.parse import urljoin

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import FiscalCase


class Refused(Exception):
    """The server has refused a call: `name` is the exception's, the text is what the user reads."""

    def __init__(self, error):
        super().__init__(error["data"]["message"])
        self.name = error["data"]["name"]


#: what an honest refusal looks like; anything else is a program that failed
REFUSALS = (
    "odoo.exceptions.AccessError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.MissingError",
)


@tagged("post_install", "-at_install")
class RpcCase(HttpCase, FiscalCase):
    def person(self, name, *groups, company=None):
        """A user of `company` with these groups and no others, whose password is the login."""
        company = company or self.company
        return new_test_user(
            self.env,
            f"rpc_{name}",
            ",".join(("base.group_user", *groups)),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def drain(self, register=None, order_uuids=None, seconds=5):
        (register or self.register)._run_lane(seconds, order_uuids)
        self.env.invalidate_all()

    def be(self, user):
        """Sign in as `user`."""
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        self.user = user

    def rpc(self, model, method, *args, context=None, **kwargs):
        """The result of `method`. :raises Refused: what the server refuses"""
        self.env.flush_all()
        context = {"allowed_company_ids": self.user.company_ids.ids, "lang": "en_US", **(context or {})}
        call = {"model": model, "method": method, "args": list(args), "kwargs": {**kwargs, "context": context}}
        url = urljoin(self.base_url(), f"/web/dataset/call_kw/{model}/{method}")
        with mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.models", "odoo.orm"):
            answer = self.opener.post(url, json={"jsonrpc": "2.0", "method": "call", "params": call}, timeout=30).json()
        self.env.invalidate_all()
        if "error" in answer:
            raise Refused(answer["error"])
        return answer.get("result")

    def assert_refused(self, model, method, *args, words="", **kwargs):
        """The call is refused in a sentence for the user, not by a program that fails."""
        with self.assertRaisesRegex(Refused, words) as refused:
            self.rpc(model, method, *args, **kwargs)
        self.assertIn(refused.exception.name, REFUSALS, refused.exception)
