import base64
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.fiscal_base.models.register.secret import Secret
from odoo.addons.fiscal_base.tools.capabilities import Capabilities
from odoo.addons.fiscal_base.tools.outcome import Kind
from odoo.addons.fiscal_base.tools.transport import send

from .. import const, protocol, texts
from ..protocol.picture import two_colours

#: Marks the context of a call; compared by identity, so a context that comes from a browser cannot contain it.
CALL = object()
#: seconds that the lease of a browser lasts beyond the time for which KKM Server waits for the register
BROWSER_MARGIN = 30


class FiscalRegister(models.Model):
    """Registers behind KKM Server (kkmserver.ru), reached in one of three ways.

    * `direct`: Odoo's server calls KKM Server over HTTP.
    * `callback`: KKM Server calls Odoo every few seconds and fetches its commands (`fiscal_kkm_server.py`).
    * `browser`: the till's or accountant's browser carries requests to the KKM Server on its own computer.

    Commands and the meaning of answers are the same in all of them: the conversations of `protocol`.
    """

    _inherit = "fiscal.register"

    provider = fields.Selection(
        selection_add=[("kkm_server", "KKM Server")],
        ondelete={"kkm_server": lambda registers: registers._provider_removed(registers)},
    )

    # The way to it
    kkm_server_connection = fields.Selection(
        [
            ("direct", "Odoo calls KKM Server"),
            ("callback", "KKM Server calls Odoo (callback)"),
            ("browser", "The browser beside KKM Server calls it"),
        ],
        string="Connection",
        default="direct",
        required=True,
        help="Odoo calls KKM Server: both in one network. Callback: Odoo is somewhere on the Internet; a result comes "
        "with the next call. Browser: KKM Server runs on the computer of the till; a result comes at once.",
    )
    kkm_server_url = fields.Char(
        string="Address of KKM Server",
        default="http://127.0.0.1:5893",
        required_if_provider="kkm_server",
        address="host",
        copy=False,
        help="http:// or https://, computer, port; as Odoo's server reaches it, or the browser on that computer.",
        names_the_register=True,
    )
    kkm_server_login = fields.Char(
        string="Login",
        default="User",
        copy=False,
        help="“User” may work with registers; “Admin” may change the settings of KKM Server too and is not needed.",
    )
    kkm_server_password = Secret("Password")
    kkm_server_id = fields.Many2one(
        "fiscal.kkm.server",
        string="KKM Server",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Registers of one KKM Server share its call. Empty: a new one is made.",
        names_the_register=True,
    )
    kkm_server_callback_url = fields.Char(related="kkm_server_id.url", string="URL of the call")
    kkm_server_token = fields.Char(
        related="kkm_server_id.token", string="Token", readonly=False, groups="base.group_system"
    )
    kkm_server_interval = fields.Integer(related="kkm_server_id.interval", string="Interval (seconds)", readonly=False)
    kkm_server_last_call = fields.Datetime(related="kkm_server_id.last_seen", string="Last call")

    # Which register
    kkm_server_serial_number = fields.Char(
        string="Serial number",
        copy=False,
        help="Serial number of the register (заводской номер ККТ). The surest way to name it.",
        names_the_register=True,
    )
    kkm_server_device_number = fields.Integer(
        string="Number in KKM Server",
        copy=False,
        help="Place of the register in KKM Server's list. Used when there is no serial number.",
        names_the_register=True,
    )
    kkm_server_timeout = fields.Integer(
        string="KKM Server waits (seconds)",
        default=10,
        help="How long KKM Server waits for the register before it answers “still printing”. Odoo then asks again.",
    )

    # What receipts look like
    kkm_server_header = fields.Text(
        string="Text above the goods", help="One line of the tape per line. >#2#<text is centred, <<->> draws a line."
    )
    kkm_server_footer = fields.Text(string="Text below the goods")
    kkm_server_picture = fields.Binary(
        string="Picture", attachment=True, help="Printed above everything, in black and white."
    )
    kkm_server_barcode = fields.Selection(
        [(kind, kind) for kind in const.BARCODES],
        string="Bar code",
        help="Printed below the goods; it holds the number of the order.",
    )
    kkm_server_copies = fields.Integer(string="Extra copies", help="Printed besides the receipt itself.")
    kkm_server_electronic = fields.Boolean(
        string="No paper for electronic receipts",
        help="What the customer gets by e-mail or telephone is not printed. Some registers print it all the same.",
    )
    kkm_server_department = fields.Integer(string="Department", help="Number of the section (отдел), 0 to 16.")
    kkm_server_attribute = fields.Char(
        string="Name of the order's attribute",
        help="Puts the number of the order on the receipt as an additional attribute of this name (FFD tag 1084). "
        "By it a receipt whose answer was lost is found in the fiscal storage. Without it, and where the register does "
        "not tell the lines of its receipts either, a person is called to compare.",
    )
    kkm_server_remark = fields.Char(string="Additional attribute", help="On every receipt (FFD tag 1192).")
    kkm_server_check_marking = fields.Boolean(
        string="Check marking codes first",
        default=True,
        help="Marked goods are sold only when their code may be. Needs a register of FFD 1.2; others ignore it.",
    )

    @api.depends("kkm_server_connection")
    def _compute_till_wait(self):
        return super()._compute_till_wait()

    @api.constrains("kkm_server_timeout")
    def _check_kkm_server_timeout(self):
        # 1 means “do not wait” (§1.3); a lane should not hang on one register for longer than a minute
        if any(not 2 <= register.kkm_server_timeout <= 60 for register in self):
            raise ValidationError(self.env._("KKM Server can wait for the register between 2 and 60 seconds."))

    @api.constrains("kkm_server_login")
    def _check_kkm_server_login(self):
        self._check_no_colon("kkm_server_login")

    # separate, since Odoo would check a field with an inverse before it is set if a stored field stood beside it
    @api.constrains("kkm_server_password")
    def _check_kkm_server_password(self):
        self._check_no_colon("kkm_server_password")

    def _check_no_colon(self, name):
        if any(":" in (register[name] or "") for register in self.sudo()):
            raise ValidationError(
                self.env._("KKM Server takes no colon in a login or password. Choose another one there and here.")
            )

    @api.constrains("kkm_server_copies", "kkm_server_department")
    def _check_kkm_server_numbers(self):
        if any(not 0 <= register.kkm_server_copies <= 10 for register in self):
            raise ValidationError(self.env._("A receipt can have up to 10 extra copies."))
        if any(not 0 <= register.kkm_server_department <= 16 for register in self):
            raise ValidationError(self.env._("A register has the departments 1 to 16; 0 names none."))

    @api.constrains("kkm_server_picture")
    def _check_kkm_server_picture(self):
        for register in self:
            try:
                register._kkm_server_picture()
            except ValueError as error:
                raise ValidationError(
                    self.env._("The picture cannot be read. Take one of the kind PNG, JPEG or BMP.")
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        registers = super().create(vals_list)
        registers._kkm_server_ensure_call()
        return registers

    def write(self, vals):
        if {"kkm_server_url", "kkm_server_serial_number", "kkm_server_device_number", "kkm_server_id"} & vals.keys():
            # the number of the last document belongs to the register that printed it
            vals = {"last_number": False, **vals}
        if "kkm_server_url" in vals:
            # the password goes only to the address it was given for
            moved = self.sudo().filtered(lambda register: register.kkm_server_url != vals["kkm_server_url"])
            moved.filtered("kkm_server_password").kkm_server_password = False
        if vals.get("kkm_server_connection") == "browser":
            # with this connection only the browser keeps it
            vals = {**vals, "kkm_server_password": False}
        result = super().write(vals)
        if {"provider", "kkm_server_connection", "kkm_server_id"} & vals.keys():
            self._kkm_server_ensure_call()
        return result

    def _kkm_server_ensure_call(self):
        """Create the record with address and token of a KKM Server that calls Odoo, unless there is one."""
        for register in self:
            if register._kkm_server_calls() and not register.kkm_server_id:
                register.kkm_server_id = (
                    self.env["fiscal.kkm.server"]
                    .sudo()
                    .create({"name": register.name, "company_id": register.company_id.id})
                )

    def _kkm_server_calls(self):
        return self.provider == "kkm_server" and self.kkm_server_connection == "callback"

    # === Contract ===

    def _kkm_server_capabilities(self):
        # A receipt opens a closed shift by itself, cash in and out do not (§3.2, §5.4): so Odoo opens it.
        return Capabilities(
            operations=frozenset(const.COMMANDS),
            payment_kinds=frozenset(const.PAYMENTS),
            tax_vocabulary="ru",
            country="RU",
            wait=1.0 if self.kkm_server_connection == "callback" else min(self.kkm_server_timeout, 10),
            under_way=const.UNDER_WAY,
            relay=self._kkm_server_lease(),
        )

    def _kkm_server_lease(self):
        """Lease of a carrier in seconds; see `Capabilities.relay`."""
        if self.kkm_server_connection == "callback":
            return self.kkm_server_id._lease()
        return self.kkm_server_timeout + BROWSER_MARGIN if self.kkm_server_connection == "browser" else 0.0

    def _kkm_server_validate(self, receipt):
        problems = protocol.problems(receipt, self._kkm_server_device())
        sentences = [(self.env._(texts.PROBLEMS[problem.code]), problem.values) for problem in problems]
        return [sentence % values for sentence, values in sentences]

    def _kkm_server_prepare(self, document, receipt):
        """The frozen body, and the document number from which a look-up searches (`protocol.lookup`)."""
        return protocol.prepare(
            receipt,
            self._kkm_server_device(),
            self.kkm_server_timeout,
            self._kkm_server_paper(),
            after=self._kkm_server_after(),
        )

    def _kkm_server_submit(self, document, request):
        return self._kkm_server_converse(protocol.submit(request, self._kkm_server_known(document)))

    def _kkm_server_lookup(self, document, request):
        known, drawer = self._kkm_server_known(document), self._kkm_server_drawer(document)
        outcome = self._kkm_server_converse(protocol.lookup(request, known, drawer))
        return replace(outcome, kind=Kind.UNKNOWN) if self._kkm_server_insists(document, outcome) else outcome

    def _kkm_server_status(self):
        return self._kkm_server_said_status(self._kkm_server_send(self._kkm_server_question()))

    def _kkm_server_register_identity(self):
        """The serial number, if Odoo's server reaches the register."""
        return self._kkm_server_status().serial_number if self.kkm_server_connection == "direct" else ""

    def _kkm_server_conversation(self, document, request, kind):
        """The same conversations for a carrier: a browser, or a KKM Server that calls.

        In a callback, a command that this build of KKM Server does not know is lost silently, together with the rest of
        the list (§2.4). So counters are not read there, and marking codes are checked only once.
        """
        if kind == "status":
            return self._kkm_server_said_status((yield self._kkm_server_http(self._kkm_server_question())))
        calls = self.kkm_server_connection == "callback"
        if calls and (request.get("first") in ("counters", "drawer") or document.tries):
            request = {name: value for name, value in request.items() if name != "first"}
        known = self._kkm_server_known(document, document.attempt_ids[:1].create_date or fields.Datetime.now())
        if kind == "submit":
            conversation = protocol.submit(request, known)
        else:
            conversation = protocol.lookup(request, known, self._kkm_server_drawer(document))
        question = next(conversation)
        while True:
            try:
                question = conversation.send((yield self._kkm_server_http(question)))
            except StopIteration as end:
                outcome = end.value
                break
        if calls and kind == "lookup" and outcome.kind is Kind.NOT_SENT:
            # KKM Server keeps the question under the document's key, and would refuse the key itself (§2.5)
            outcome = replace(outcome, new_key=True)
        if kind != "submit" and self._kkm_server_insists(document, outcome):
            outcome = replace(outcome, kind=Kind.UNKNOWN, new_key=False)
        return self._kkm_server_in_words(outcome)

    def _relay_take(self):
        """Give a browser nothing for a KKM Server that calls: it could not deliver it and would block the next call."""
        if self._kkm_server_calls() and self.env.context.get("kkm_server_call") is not CALL:
            return None
        return super()._relay_take()

    def _kkm_server_take_request(self):
        """The next request, for a call of KKM Server."""
        return self.with_context(kkm_server_call=CALL)._relay_take()

    @api.depends("kkm_server_connection")
    def _compute_relays(self):
        result = super()._compute_relays()
        self.filtered(lambda register: register._kkm_server_calls()).relays = False
        return result

    def _kkm_server_secret_owners(self):
        return [self.kkm_server_id]

    # === KKM Server ===

    def _kkm_server_device(self):
        return protocol.Device(
            serial=(self.kkm_server_serial_number or "").strip(), number=self.kkm_server_device_number
        )

    def _kkm_server_paper(self):
        return protocol.Paper(
            header=tuple((self.kkm_server_header or "").splitlines()),
            footer=tuple((self.kkm_server_footer or "").splitlines()),
            picture=self._kkm_server_picture(),
            barcode=self.kkm_server_barcode or "",
            copies=self.kkm_server_copies,
            electronic=self.kkm_server_electronic,
            department=self.kkm_server_department,
            attribute=self.kkm_server_attribute or "",
            remark=self.kkm_server_remark or "",
            check_marking=self.kkm_server_check_marking,
        )

    def _kkm_server_picture(self):
        """The picture as Base64, as the tape takes it. :raises ValueError: if it is no picture"""
        picture = self.with_context(bin_size=False).kkm_server_picture
        return two_colours(base64.b64decode(picture)) if picture else ""

    def _kkm_server_http(self, request):
        """The HTTP request for a frozen one, without login and password."""
        return protocol.http(request, self.sudo().kkm_server_url or "")

    def _kkm_server_send(self, request):
        """Send one request. Login and password are added here and are never stored."""
        register = self.sudo()
        message = self._kkm_server_http(request)
        if register.kkm_server_login:
            message = replace(message, auth=(register.kkm_server_login, register.kkm_server_password or ""))
        return send(message)

    def _kkm_server_converse(self, conversation):
        """Drive a conversation with KKM Server, and return its outcome with a message for the user."""
        request = next(conversation)
        while True:
            try:
                request = conversation.send(self._kkm_server_send(request))
            except StopIteration as end:
                return self._kkm_server_in_words(end.value)

    def _kkm_server_question(self):
        return protocol.freeze(protocol.get_data_kkt(self._kkm_server_device()))

    def _kkm_server_said_status(self, reply):
        """The status, with a message for the user."""
        status = protocol.parse_status(reply)
        code = status.extra["code"]
        return replace(status, problem=self._kkm_server_sentence(code, status.problem)) if code else status

    def _kkm_server_in_words(self, outcome):
        """`outcome` with a message for the user, followed by the service's own words."""
        if outcome.kind is Kind.DONE and not outcome.code:
            return outcome
        sentences = [self._kkm_server_sentence(outcome.code, outcome.message)]
        extra = outcome.data.extra if outcome.data else {}
        if extra.get("held"):
            # both sides, for a person to compare
            sentences.append(self.env._("Sent: %s", extra["sent"]))
            sentences += [self.env._("The register holds: %s", held) for held in extra["held"]]
        return replace(outcome, message="\n".join(sentences))

    def _kkm_server_sentence(self, code, detail):
        codes = [code]
        if self.kkm_server_connection == "browser" and code in ("lost", "no_connection", "card_unknown"):
            # a browser does not tell why a request failed (§1: CORS), not even for a wrong password
            codes = [code, "beside"] if code != "no_connection" else ["beside"]
        sentences = [self.env._(texts.OUTCOMES[code]) for code in codes if code in texts.OUTCOMES]
        return " ".join([*sentences, *([f"({detail})"] if detail and detail != code else [])])
