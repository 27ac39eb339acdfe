import json
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.fiscal_base.const import PAYMENT_KINDS
from odoo.addons.fiscal_base.models.register.secret import Secret
from odoo.addons.fiscal_base.tools.capabilities import Capabilities
from odoo.addons.fiscal_base.tools.outcome import Kind, Outcome, storable
from odoo.addons.fiscal_base.tools.transport import Answer, send

from .. import const, protocol, texts

#: lease of a browser in seconds
LEASE = 90
#: most receipts whose JSON one run of the scheduled action fetches, and for how many hours it tries
VIEWS, VIEW_HOURS = 20, 2


class FiscalRegister(models.Model):
    """Software registers (пРРО) of Vchasno.Kasa: in the cloud, or in Device Manager on a computer of the shop."""

    _inherit = "fiscal.register"

    provider = fields.Selection(
        selection_add=[("vchasno", "Vchasno.Kasa")],
        ondelete={"vchasno": lambda registers: registers._provider_removed(registers)},
    )
    vchasno_mode = fields.Selection(
        [
            ("cloud", "Cloud"),
            ("dm", "Device Manager in the same network"),
            ("dm_browser", "Device Manager on the cashier's computer"),
            ("dm_proxy", "Device Manager by way of the cloud"),
        ],
        string="Where the register works",
        default="cloud",
        help="Cloud: the key lies in the cabinet of Vchasno.Kasa and nothing is installed. Device Manager: the program "
        "of Vchasno.Kasa in the shop, which prints, works without the Internet and drives a bank terminal.",
    )
    vchasno_url = fields.Char(
        string="Address of Vchasno.Kasa",
        default=const.URL,
        required_if_provider="vchasno",
        address="host",
        copy=False,
        names_the_register=True,
    )
    vchasno_token = Secret(
        "Token of the register",
        help="Cabinet of Vchasno.Kasa → Торгові точки та каси → the register → Налаштувати касу → Токен. It is shown "
        "there only once, and each register has its own.",
        names_the_register=True,
    )
    vchasno_proxy_token = Secret(
        "Token of the proxy",
        help="Lets Vchasno.Kasa carry requests to the Device Manager of the shop.",
        names_the_register=True,
    )
    vchasno_dm_url = fields.Char(
        string="Address of Device Manager",
        default=const.DM_URL,
        address="host",
        copy=False,
        help="http:// or https://, computer, port; as Odoo's server reaches it, or the cashier's browser.",
        names_the_register=True,
    )
    vchasno_device = fields.Char(
        string="Name in Device Manager",
        copy=False,
        help="The name that the register has in Device Manager.",
        names_the_register=True,
    )
    vchasno_print = fields.Boolean(
        string="Print on the printer of Device Manager", help="Receipts and reports; the cash drawer opens too."
    )
    vchasno_printer = fields.Char(string="Printer", help="Its name in Device Manager. Empty: its default printer.")
    vchasno_tax_code_id = fields.Many2one(
        "fiscal.tax.code",
        string="Tax group of lines without a tax",
        domain="[('vocabulary', '=', 'vchasno')]",
        help="Who does not pay VAT takes “Without VAT” (2). It has to be switched on in the register's settings at "
        "Vchasno.Kasa.",
    )
    vchasno_return_numbers = fields.Boolean(
        string="Returns name the purchase",
        default=True,
        help="The fiscal numbers of the purchase's receipt and register stand on the return "
        "(for “Національний кешбек”).",
    )
    vchasno_subtasks = fields.Boolean(
        string="Prepayment as a receipt of its own kind",
        help="A prepayment and its settlement go as such to Vchasno.Kasa, linked by the fiscal number. Without it they "
        "are sales with the pay type “Передплата”. Try it on the test register first.",
    )

    # === Settings ===

    @api.constrains("vchasno_token")
    def _check_vchasno_token(self):
        everyone = self.sudo().with_context(active_test=False).search([("provider", "=", "vchasno")])
        for register in self.sudo().filtered("vchasno_token"):
            if any(other.vchasno_token == register.vchasno_token for other in everyone - register):
                raise ValidationError(
                    self.env._(
                        "Another register of this database has this token already. Each register has a token of its "
                        "own: generate one in the cabinet of Vchasno.Kasa."
                    )
                )

    @api.constrains("name", "provider")
    def _check_vchasno_name(self):
        for register in self:
            if register.provider == "vchasno" and len(register.name) > const.REGISTER_NAME_LENGTH:
                raise ValidationError(
                    self.env._("Vchasno.Kasa takes names of at most 32 characters. Please shorten “%s”.", register.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        registers = super().create(vals_list)
        registers._check_vchasno_mode()
        return registers

    def _check_vchasno_mode(self):
        """Not a constraint: Odoo would check it on a new register before its secrets are set."""
        needed = {
            "cloud": ["vchasno_token"],
            "dm": ["vchasno_dm_url", "vchasno_device"],
            "dm_browser": ["vchasno_dm_url", "vchasno_device"],
            "dm_proxy": ["vchasno_proxy_token", "vchasno_device"],
        }
        for register in self.sudo():
            if register.provider != "vchasno" or register.state != "enabled":
                continue
            missing = [
                self._fields[name]._description_string(self.env)
                for name in needed.get(register.vchasno_mode, ["vchasno_mode"])
                if not register[name]
            ]
            if missing:
                raise ValidationError(
                    self.env._(
                        "Please fill in before you switch “%(name)s” on: %(fields)s.",
                        name=register.name,
                        fields=", ".join(missing),
                    )
                )

    def write(self, vals):
        if "vchasno_url" in vals:
            # tokens go only to the address they were given for
            moved = self.sudo().filtered(lambda register: register.vchasno_url != vals["vchasno_url"])
            for name in ("vchasno_token", "vchasno_proxy_token"):
                if name not in vals:
                    moved.filtered(name).write({name: False})
        if {"vchasno_token", "vchasno_mode", "vchasno_device"} & vals.keys():
            # whether it is a test register depends on the one that is asked now
            vals = {"status_data": False, **vals}
        named = {"vchasno_mode", "vchasno_device"} & vals.keys()
        changed = self.filtered(lambda register: any(register[name] != vals[name] for name in named))
        result = super().write(vals)
        ways = {"vchasno_mode", "vchasno_token", "vchasno_proxy_token", "vchasno_dm_url", "vchasno_device"}
        if {*ways, "state", "provider"} & vals.keys():
            self._check_vchasno_mode()
        changed._vchasno_prepare_anew()
        return result

    def _vchasno_prepare_anew(self):
        """Prepare queued documents anew, since the frozen request holds the place and name of the register. They were
        certainly not executed, so a wrong name can be corrected.
        """
        queued = self.env["fiscal.document"].sudo().search([("register_id", "in", self.ids), ("state", "=", "queued")])
        queued.filtered("request")._engine().write({"request": False})

    def _tax_code_by_rate(self, taxes, vocabulary):
        if not taxes and vocabulary == "vchasno" and self.vchasno_tax_code_id:
            return self.vchasno_tax_code_id
        return super()._tax_code_by_rate(taxes, vocabulary)

    # === Contract ===

    def _vchasno_capabilities(self):
        cloud = self.vchasno_mode == "cloud"
        return Capabilities(
            operations=frozenset(const.TASKS),
            payment_kinds=frozenset(kind for kind, __ in PAYMENT_KINDS),
            tax_vocabulary="vchasno",
            country="UA",
            opens_shift=const.OPENS_SHIFT if cloud else frozenset(),
            deduplicates=True,
            rounding=True,
            delivers=const.CHANNELS if self.sudo().vchasno_token else frozenset(),
            relay=LEASE if self.vchasno_mode == "dm_browser" else 0,
            under_way=const.UNDER_WAY,
            test=(self.status_data or {}).get("test") is True,
        )

    def _vchasno_validate(self, receipt):
        problems = protocol.problems(receipt)
        words = [(self.env._(texts.PROBLEMS[problem.code]), problem.values) for problem in problems]
        sentences = [sentence % values for sentence, values in words]
        if self.company_id.currency_id.name != "UAH":
            sentences.append(self.env._("Vchasno.Kasa registers hryvnias only; the company's currency is another one."))
        return sentences

    def _vchasno_prepare(self, document, receipt):
        """The frozen body, and the time from which a look-up searches (`protocol.lookup`)."""
        settings = self._vchasno_settings()
        if self.vchasno_return_numbers and receipt.operation == "sale_return":
            original = document.original_id
            settings = replace(settings, purchase=(original.fiscal_number or "", original.register_number or ""))
        advance = document._vchasno_advance() if self.vchasno_subtasks else document.browse()
        if advance:
            receipt = replace(receipt, original=advance._as_original())
        task = protocol.build(receipt, settings)
        if advance and task["fiscal"].get("subtask") == const.SETTLEMENT:
            document._engine().vchasno_advance_id = advance
        since = receipt.issued_at.isoformat(timespec="seconds") if receipt.issued_at else ""
        return protocol.freeze(task, since)

    def _vchasno_conversation(self, document, request, kind):
        """The conversation for `kind`, whoever carries its requests; its outcome has a message for the user."""
        url = self.vchasno_url or ""
        if kind == "status":
            status = yield from protocol.status(self._vchasno_settings(), self._vchasno_access())
            code = status.extra["code"]
            return replace(status, problem=self._vchasno_sentence(code, status.problem)) if code else status
        access = self._vchasno_access(dm='"device":' in request["body"])
        if self.vchasno_mode == "dm_browser" and access.token:
            # the requests go to a browser, which must not get a token
            return self._vchasno_in_words(Outcome.unknown("", code="other_way"))
        said = yield from (protocol.lookup if kind == "lookup" else protocol.submit)(request, access, url)
        return self._vchasno_in_words(said)

    def _vchasno_submit(self, document, request):
        return self._vchasno_converse(self._vchasno_conversation(document, request, "submit"))

    def _vchasno_lookup(self, document, request):
        return self._vchasno_converse(self._vchasno_conversation(document, request, "lookup"))

    def _vchasno_status(self):
        return self._vchasno_converse(self._vchasno_conversation(None, {}, "status"))

    def _vchasno_register_identity(self):
        """The fiscal number, if Odoo's server reaches the register."""
        return "" if self.vchasno_mode == "dm_browser" else self._vchasno_status().register_number

    def _vchasno_deliver(self, document, channel, address):
        """Have the service send the receipt, which it finds by its fiscal number (§7.2)."""
        recipient = protocol.recipient(channel, address or "")
        if not recipient:
            raise UserError(
                self.env._("“%s” is not a valid e-mail address.", address or "")
                if channel == "email"
                else self.env._("“%s” is not a Ukrainian phone number, for example +380 67 123 45 67.", address or "")
            )
        number = document.fiscal_number or ""
        request = protocol.notification(number, channel, recipient, self._vchasno_access(dm=False))
        taken, code, told = protocol.parse_delivery(send(request), number)
        if not taken:
            raise UserError(self._vchasno_sentence(code, told))

    def _vchasno_receipt_views(self, document):
        """The page of the receipt, and its JSON once it is stored (§7.3)."""
        views = []
        if document.receipt_url:
            views.append({"kind": "page", "name": document.display_name, "url": document.receipt_url})
        if document.vchasno_receipt:
            content = json.dumps(document.vchasno_receipt, ensure_ascii=False, indent=1).encode()
            views.append({"kind": "text", "name": f"{document.fiscal_number}.json", "content": content})
        return views

    # === Scheduled ===

    def _cron_lane(self):
        result = super()._cron_lane()
        if self.exists().provider == "vchasno" and self.state == "enabled":
            self._vchasno_keep_views()
        return result

    def _vchasno_keep_views(self):
        """Fetch and store the JSON of registered receipts, apart from the sale."""
        if self.vchasno_mode != "cloud":
            return
        since = fields.Datetime.now() - timedelta(hours=VIEW_HOURS)
        with self._lane() as register:
            documents = self.env["fiscal.document"]
            if register:
                documents = register.env["fiscal.document"].search(
                    [
                        ("register_id", "=", self.id),
                        ("provider", "=", "vchasno"),
                        ("state", "=", "done"),
                        ("operation", "in", ("sale", "sale_return")),
                        ("vchasno_has_receipt", "=", False),
                        ("registered_at", ">=", since),
                    ],
                    limit=VIEWS,
                    order="id",
                )
            for document in documents:
                request = protocol.receipt_view(document.fiscal_number, register._vchasno_access(dm=False))
                reply = send(request)
                if not isinstance(reply, Answer):
                    return
                if view := protocol.parse_receipt(reply):
                    vals = {"vchasno_receipt": storable(view), "vchasno_has_receipt": True}
                    register._once(lambda of=document, vals=vals: of._engine().write(vals))

    def _note_status(self, status):
        """Also notice a shift that the cabinet has closed, if nothing was sold since."""
        result = super()._note_status(status)
        minute_ago = fields.Datetime.now() - timedelta(minutes=1)
        for register in self.sudo():
            shift = register.shift_id
            if register.provider != "vchasno" or status.shift_open is not False or not shift:
                continue
            # a shift that was recorded just now may have been opened after the register was asked
            if shift.create_date <= minute_ago and not register.open_count:
                register._forget_shift()
        return result

    def _status_notification(self, status):
        action = super()._status_notification(status)
        if self.provider != "vchasno" or not status.reachable:
            return action
        found = []
        if status.offline is not None:
            found.append(self.env._("offline") if status.offline else self.env._("online"))
        if status.cash is not None:
            found.append(self.env._("Cash: %s", status.cash))
        action["params"]["message"] = " · ".join(filter(None, [action["params"]["message"], *found]))
        return action

    # === Vchasno.Kasa ===

    def _vchasno_settings(self):
        return protocol.Settings(
            device=(self.vchasno_device or "").strip() if self.vchasno_mode != "cloud" else "",
            subtasks=self.vchasno_subtasks,
        )

    def _vchasno_access(self, dm=None):
        """How the register is reached. Tokens are added here and are never stored.

        :param dm: whether the request is for Device Manager; by default as set on the register
        """
        register = self.sudo()
        if dm is None:
            dm = register.vchasno_mode != "cloud"
        if not dm:
            return protocol.Access("cloud", register.vchasno_url or "", register.vchasno_token or "")
        printer = (register.vchasno_printer or "") if register.vchasno_print else None
        if register.vchasno_mode == "dm_proxy":
            return protocol.Access("proxy", register.vchasno_url or "", register.vchasno_proxy_token or "", printer)
        return protocol.Access("dm", register.vchasno_dm_url or "", printer=printer)

    def _vchasno_converse(self, conversation):
        """Drive a conversation with the service, and return its result."""
        reply = None
        while True:
            try:
                request = conversation.send(reply)
            except StopIteration as end:
                return end.value
            reply = send(request)

    def _vchasno_in_words(self, outcome):
        """`outcome` with a message for the user, followed by the service's own words."""
        if outcome.kind is Kind.DONE:
            return outcome
        return replace(outcome, message=self._vchasno_sentence(outcome.code, outcome.message))

    def _vchasno_sentence(self, code, detail):
        sentence = self.env._(texts.OUTCOMES[code]) if code in texts.OUTCOMES else ""
        return " ".join(filter(None, (sentence, f"({detail})" if detail and detail != code else "")))
