"""Odoo's JSON-RPC as a browser speaks it."""

from __future__ import annotations

import requests


class Unreachable(Exception):
    """The connection broke, or something other than Odoo answered: nobody knows whether it was done."""


class Refused(Exception):
    """Odoo answered with an error."""


class Client:
    """One browser, logged in. Each thread has its own.

    :param base: gives the address, which changes when the server is started again
    """

    def __init__(self, base, database: str, login: str, password: str):
        self.base, self.database, self.login, self.password = base, database, login, password
        self.session = requests.Session()
        self.session.trust_env = False
        self.logged_in = False

    def call(self, model: str, method: str, *args, timeout: float = 60, **kwargs):
        """Call a method and return its result.

        :raises Unreachable: when there is no answer of Odoo
        :raises Refused: when there is one, and it is an error
        """
        if not self.logged_in:
            params = {"db": self.database, "login": self.login, "password": self.password}
            self._post("/web/session/authenticate", params, timeout)
            self.logged_in = True
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params, timeout)

    def _post(self, path: str, params: dict, timeout: float):
        request = {"jsonrpc": "2.0", "method": "call", "params": params}
        try:
            response = self.session.post(f"{self.base()}{path}", json=request, timeout=timeout)
            answer = response.json()
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        if "error" in answer:
            data = answer["error"].get("data") or {}
            raise Refused(f"{data.get('name')}: {data.get('message')}")
        return answer.get("result")
