from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.fiscal_base.models.document.document import OPEN

from .. import const, protocol

#: sequence of the code for lines without a tax code, behind all codes of the organisation
LAST = 1000


class FiscalRegister(models.Model):
    """What users start by a button: fetching taxes, offline codes, calls of the service, sending receipts."""

    _inherit = "fiscal.register"

    def _checkbox_ask(self, call, account=None):
        """The answer to one call.

        :raises UserError: with a message, if there is none
        """
        account = account if account is not None else self.checkbox_account_ids[:1]
        if call.bearer and not account:
            raise UserError(self._checkbox_sentence("no_account", ""))
        answer = protocol.read(self.sudo()._checkbox_converse(protocol.ask(call), account))
        if isinstance(answer, protocol.Failure):
            raise UserError(self._checkbox_sentence(answer.code, answer.message))
        return answer

    def _checkbox_notice(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": message,
                "type": kind,
                "sticky": kind != "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_test_connection(self):
        """Also report organisation, cashier, connection to the tax service and offline codes; fetch taxes once."""
        action = super().action_test_connection()
        if self.provider != "checkbox":
            return action
        extra = self._checkbox_extra()
        found = [
            (self.env._("Organisation"), self.checkbox_organization),
            (self.env._("Cashier"), extra.get("cashier")),
            (self.env._("Tax service"), self.checkbox_line),
            (self.env._("Offline codes"), self.checkbox_codes),
        ]
        lines = [action["params"]["message"], *(f"{label}: {value}" for label, value in found if value)]
        if extra.get("register_id") and not self.checkbox_taxes_at and self.has_access("write"):
            lines.append(self._checkbox_fetch_taxes())
        lines.append(self.checkbox_warning)
        action["params"]["message"] = " · ".join(filter(None, lines))
        return action

    # === Taxes (§5) ===

    def action_checkbox_taxes(self):
        """Fetch the tax codes of the organisation."""
        self.ensure_one()
        self.check_access("write")
        message = self._checkbox_fetch_taxes()
        problems = self.tax_mapping_ids._checkbox_problems()
        return self._checkbox_notice("\n".join([message, *problems]), "warning" if problems else "success")

    def _checkbox_fetch_taxes(self):
        """Update the tax codes to those of the organisation; codes that no longer exist are archived.

        :returns: a sentence that names what was found
        """
        info = self._checkbox_ask(protocol.get("/cash-registers/info", bearer=False))
        organization = protocol.words(info.get("organization_id")) if isinstance(info, dict) else ""
        if not organization:
            raise UserError(self._checkbox_sentence("unexpected", ""))
        return self._checkbox_take_taxes(
            organization, protocol.listed(self._checkbox_ask(protocol.get("/tax", bearer=False)))
        )

    def _checkbox_take_taxes(self, organization, rows):
        """Make `rows` of the service the tax codes of the organisation with this id."""
        register = self.sudo()
        register.write({"checkbox_organization_id": organization, "checkbox_taxes_at": fields.Datetime.now()})
        vocabulary = register._checkbox_vocabulary()
        wanted = {vals["code"]: vals for index, row in enumerate(rows) if (vals := self._checkbox_tax(row, index))}
        wanted[const.NO_TAX] = {
            "code": const.NO_TAX,
            "name": self.env._("No tax code on the receipt"),
            "without_tax": True,
            "sequence": LAST,
        }
        Code = self.env["fiscal.tax.code"].sudo().with_context(active_test=False)
        known = {code.code: code for code in Code.search([("vocabulary", "=", vocabulary)])}
        for code, vals in wanted.items():
            if code in known:
                known[code].write({**vals, "active": True})
            else:
                Code.create({**vals, "vocabulary": vocabulary})
        for code in known.keys() - wanted.keys():
            known[code].active = False
        self.env.registry.clear_cache()
        names = ", ".join(vals["name"] for code, vals in wanted.items() if code != const.NO_TAX)
        return self.env._("Taxes: %s", names or self.env._("none"))

    def _checkbox_tax(self, row, index):
        """Values of the `fiscal.tax.code` for one row, None if it has no code."""
        code, rate, extra = row.get("code"), _number(row, "rate"), _number(row, "extra_rate")
        if isinstance(code, bool) or not isinstance(code, int):
            return None
        words = [protocol.words(row.get("symbol")), protocol.words(row.get("label"))]
        return {
            "code": str(code),
            "name": " ".join(filter(None, words)) or str(code),
            "rate": rate,
            "checkbox_extra_rate": extra,
            "without_tax": row.get("no_vat") is True,
            # a tax with a duty besides VAT must not be found by the VAT rate alone
            "sequence": index + (100 if extra else 0),
        }

    # === Offline work (§2) ===

    def action_checkbox_ask_codes(self):
        """Have Checkbox request offline codes from the tax service."""
        self.ensure_one()
        self.check_access("write")
        answer = self._checkbox_ask(protocol.get("/cash-registers/ask-offline-codes?count=2000&sync=true"))
        return self._checkbox_tell(answer, self.env._("Offline codes are asked for."))

    def action_checkbox_ping(self):
        """Ask whether the tax service answers Checkbox. For users who may read the register."""
        self.ensure_one()
        self.check_access("read")
        answer = self._checkbox_ask(protocol.post("/cash-registers/ping-tax-service", {}))
        return self._checkbox_tell(answer, self.env._("The tax service answers."))

    def action_checkbox_go_online(self):
        """Have the register go on line; Checkbox also does so on its own, at most once in two minutes."""
        self.ensure_one()
        self.check_access("write")
        answer = self._checkbox_ask(protocol.post("/cash-registers/go-online", {}))
        return self._checkbox_tell(answer, self.env._("The register goes on line. Test the connection in a minute."))

    def _checkbox_tell(self, answer, good):
        """A notification with the result of an action of the register."""
        status = protocol.words(answer.get("status")).upper() if isinstance(answer, dict) else ""
        if status in ("OK", "DONE"):
            return self._checkbox_notice(good)
        reason = protocol.words(answer.get("error")) if isinstance(answer, dict) else ""
        detail = f"{status} {reason}".strip()
        return self._checkbox_notice(
            self.env._("The tax service does not answer now (%s). Try again later.", detail), "warning"
        )

    # === Calls of the service (§7) ===

    def action_checkbox_webhook(self):
        """Have Checkbox call Odoo when a receipt is registered or a shift closes."""
        self.ensure_one()
        self.check_access("write")
        url = f"{self.get_base_url()}/fiscal_checkbox/webhook/{self.id}"
        answer = self._checkbox_ask(protocol.post("/webhook", {"url": url}))
        key = answer.get("key") if isinstance(answer, dict) else None
        if not isinstance(key, str) or not key:
            raise UserError(self._checkbox_sentence("unexpected", ""))
        self.sudo().checkbox_webhook_key = key
        return self._checkbox_notice(self.env._("Checkbox calls %s from now on.", url))

    def action_checkbox_webhook_off(self):
        """Stop the calls of Checkbox; Odoo polls as before."""
        self.ensure_one()
        self.check_access("write")
        self._checkbox_ask(protocol.Call("DELETE", "/webhook"))
        self.sudo().checkbox_webhook_key = False
        return self._checkbox_notice(self.env._("Checkbox calls no more; Odoo asks by itself as before."))

    def _checkbox_hear(self, news):
        """Process a verified call. Its content is only a hint: the service is asked (§7)."""
        for kind in ("receipt", "service_receipt"):
            key = protocol.words((news.get(kind) or {}).get("id")) if isinstance(news.get(kind), dict) else ""
            document = key and self.env["fiscal.document"].search(
                [("key", "=", key.lower()), ("register_id", "=", self.id)], limit=1
            )
            if document:
                document._ask_now()
        shift = news.get("shift")
        if not isinstance(shift, dict):
            return
        key = protocol.words(shift.get("id")).lower()
        documents = self.env["fiscal.document"].search([("register_id", "=", self.id), ("key", "=", key)])
        documents._ask_now()
        closing = [("register_id", "=", self.id), ("operation", "=", "shift_close"), ("state", "=", "waiting")]
        self.env["fiscal.document"].search(closing)._ask_now()
        if shift.get("status") == const.CLOSED and self._checkbox_shift().get("id") == key:
            waiting = self.env["fiscal.document"].search_count(
                [("register_id", "=", self.id), ("operation", "=", "shift_close"), ("state", "in", OPEN)], limit=1
            )
            if not waiting:
                # closed by the schedule of the service, or elsewhere: fetch its Z report as for our own closing
                self._enqueue_simple(
                    "shift_close", f"shift:{self.shift_id.id}:close", self.shift_id.opened_by_id or self.employee_id
                )

    # === To the customer (§4.3) ===

    def _checkbox_deliver(self, document, channel, address):
        """Let Checkbox send a registered receipt.

        :raises UserError: with a message, if it cannot
        """
        account = self._checkbox_signing(document) or self.checkbox_account_ids[:1]
        path = f"/receipts/{document._checkbox_id()}"
        if channel == "email":
            call = protocol.post(f"{path}/email", [address.strip()])
        elif phone := protocol.phone(address or ""):
            call = protocol.post(f"{path}/sms", {"phone": phone})
        else:
            raise UserError(
                self.env._("“%s” is not a Ukrainian phone number; Checkbox sends SMS to +380 numbers.", address)
            )
        reply = self._checkbox_converse(protocol.ask(call), account)
        if failure := protocol.failed(reply):
            if failure.code != "no_json":  # no JSON means that it was sent; the answer is not documented
                raise UserError(self._checkbox_sentence(failure.code, failure.message))


def _number(row, name):
    """A rate, from its exact form if there is one."""
    value = row.get(f"decimal_{name}", row.get(name))
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return 0.0
