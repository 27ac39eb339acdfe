from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.fiscal_base.tools.capabilities import Capabilities
from odoo.addons.fiscal_base.tools.outcome import Kind
from odoo.addons.fiscal_base.tools.transport import send

from .. import const, protocol, texts


class FiscalRegister(models.Model):
    """Registers behind KKM Server (kkmserver.ru), which Odoo's server reaches over HTTP."""

    _inherit = "fiscal.register"

    provider = fields.Selection(
        selection_add=[("kkm_server", "KKM Server")],
        ondelete={"kkm_server": lambda registers: registers._provider_removed(registers)},
    )
    kkm_server_url = fields.Char(
        string="Address of KKM Server",
        default="http://127.0.0.1:5893",
        required_if_provider="kkm_server",
        copy=False,
        help="As Odoo's server reaches it: http:// or https://, computer, port.",
    )
    kkm_server_login = fields.Char(
        string="Login",
        default="User",
        copy=False,
        help="“User” may work with registers; “Admin” may change the settings of KKM Server too and is not needed.",
    )
    kkm_server_password = fields.Char(string="Password", groups="base.group_system", copy=False)
    kkm_server_serial_number = fields.Char(
        string="Serial number",
        copy=False,
        help="Serial number of the register (заводской номер ККТ). The surest way to name it.",
    )
    kkm_server_device_number = fields.Integer(
        string="Number in KKM Server",
        copy=False,
        help="Place of the register in KKM Server's list. Used when there is no serial number.",
    )
    kkm_server_timeout = fields.Integer(
        string="KKM Server waits (seconds)",
        default=10,
        help="How long KKM Server waits for the register before it answers “still printing”. Odoo then asks again.",
    )

    @api.constrains("kkm_server_timeout")
    def _check_kkm_server_timeout(self):
        # 1 means “do not wait” (§1.3); a lane should not hang on one register for longer than a minute
        if any(not 2 <= register.kkm_server_timeout <= 60 for register in self):
            raise ValidationError(self.env._("KKM Server can wait for the register between 2 and 60 seconds."))

    @api.constrains("kkm_server_login", "kkm_server_password")
    def _check_kkm_server_password(self):
        for register in self.sudo():
            if ":" in (register.kkm_server_login or "") + (register.kkm_server_password or ""):
                raise ValidationError(
                    self.env._("KKM Server takes no colon in a login or password. Choose another one there and here.")
                )

    def write(self, vals):
        if {"kkm_server_url", "kkm_server_serial_number", "kkm_server_device_number"} & vals.keys():
            # the number of the last document belongs to the register that printed it
            vals = {"last_number": False, **vals}
        if "kkm_server_url" in vals:
            # the password goes only to the address it was given for
            moved = self.sudo().filtered(lambda register: register.kkm_server_url != vals["kkm_server_url"])
            moved.filtered("kkm_server_password").kkm_server_password = False
        return super().write(vals)

    # === Contract ===

    def _kkm_server_capabilities(self):
        # A receipt opens a closed shift by itself, cash in and out do not (§3.2, §5.4): so Odoo opens it.
        return Capabilities(
            operations=frozenset(const.COMMANDS),
            payment_kinds=frozenset(const.PAYMENTS),
            tax_vocabulary="ru",
            wait=min(self.kkm_server_timeout, 10),
            under_way=const.UNDER_WAY,
        )

    def _kkm_server_validate(self, receipt):
        problems = protocol.problems(receipt, self._kkm_server_device())
        sentences = [(self.env._(texts.PROBLEMS[problem.code]), problem.values) for problem in problems]
        return [sentence % values for sentence, values in sentences]

    def _kkm_server_prepare(self, document, receipt):
        """The frozen body, and the number after which a look-up has to search (`protocol.lookup`)."""
        command = protocol.build(receipt, self._kkm_server_device(), self.kkm_server_timeout)
        last = self.last_number or ""
        return protocol.freeze(command, after=int(last) if last.isdecimal() else None)

    def _kkm_server_submit(self, document, request):
        return self._kkm_server_converse(protocol.submit(request))

    def _kkm_server_lookup(self, document, request):
        return self._kkm_server_converse(protocol.lookup(request))

    def _kkm_server_status(self):
        question = protocol.freeze(protocol.get_data_kkt(self._kkm_server_device()))
        status = protocol.parse_status(self._kkm_server_send(question))
        code = status.extra["code"]
        return replace(status, problem=self._kkm_server_sentence(code, status.problem)) if code else status

    def _kkm_server_secrets(self):
        return [self.kkm_server_password]

    # === KKM Server ===

    def _kkm_server_device(self):
        return protocol.Device(
            serial=(self.kkm_server_serial_number or "").strip(), number=self.kkm_server_device_number
        )

    def _kkm_server_send(self, request):
        """One request over the line. Login and password are added here and stand in nothing that is stored."""
        register = self.sudo()
        message = protocol.http(request, register.kkm_server_url or "")
        if register.kkm_server_login:
            message = replace(message, auth=(register.kkm_server_login, register.kkm_server_password or ""))
        return send(message)

    def _kkm_server_converse(self, conversation):
        """Carry the requests of a conversation to KKM Server and the replies back; its outcome in words."""
        request = next(conversation)
        while True:
            try:
                request = conversation.send(self._kkm_server_send(request))
            except StopIteration as end:
                return self._kkm_server_in_words(end.value)

    def _kkm_server_devices(self):
        """The registers that KKM Server knows.

        :raises UserError: when it cannot be asked
        """
        devices = protocol.parse_devices(self._kkm_server_send(protocol.freeze(protocol.list_devices())))
        if isinstance(devices, protocol.Failure):
            raise UserError(self._kkm_server_sentence(devices.code, devices.message))
        return devices

    def action_kkm_server_choose(self):
        """Let the user choose among the registers that KKM Server knows."""
        self.ensure_one()
        self.check_access("write")
        choices = self.env["fiscal.kkm.server.choice"]._offer(self)
        if not choices:
            raise UserError(self.env._("KKM Server has no register yet. Add it there under «Настройка оборудования»."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Registers of KKM Server"),
            "res_model": choices._name,
            "view_mode": "list",
            "domain": [("id", "in", choices.ids)],
            "target": "new",
        }

    def _kkm_server_in_words(self, outcome):
        """`outcome` with a sentence for people; the service's own words stay in it."""
        if outcome.kind is Kind.DONE and not outcome.code:
            return outcome
        return replace(outcome, message=self._kkm_server_sentence(outcome.code, outcome.message))

    def _kkm_server_sentence(self, code, detail):
        sentence = self.env._(texts.OUTCOMES[code]) if code in texts.OUTCOMES else ""
        return " ".join(filter(None, (sentence, f"({detail})" if detail and detail != code else "")))
