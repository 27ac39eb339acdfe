import logging
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.fiscal_base.tools.capabilities import Capabilities
from odoo.addons.fiscal_base.tools.outcome import Kind, Outcome, RegisterStatus

from .. import const, protocol, texts
from ..transport import Busy, LineError, Session, open_line
from ..transport.lines import canonical

_logger = logging.getLogger(__name__)

#: documents of a register whose numbers are known to a look-up
LAST = 200
#: the two framings
LINKS = {"1": protocol.Link1, "2": protocol.Link2}


class FiscalRegister(models.Model):
    """Registers of Shtrih-M and RR-Electro on a serial port of Odoo's server, or in its network.

    A document is frozen as a plan without bytes; the bytes follow from it and from the tables of the register on the
    line. Before the first of them leaves, the state of its storage is on the disk (`fiscal.shtrih.memory`).
    """

    _inherit = "fiscal.register"

    provider = fields.Selection(
        selection_add=[("shtrih", "Shtrih-M, RR-Electro (cable or network)")],
        ondelete={"shtrih": lambda registers: registers._provider_removed(registers)},
    )
    shtrih_address = fields.Char(
        string="Port or address",
        required_if_provider="shtrih",
        copy=False,
        names_the_register=True,
        help="A serial port of Odoo's server (/dev/serial/by-id/…, /dev/ttyUSB0), an address in the network "
        "(192.168.137.111, port 7778 unless another is named), or rfc2217://host:port of a serial port server.",
    )
    shtrih_speed = fields.Selection(
        [(str(speed), str(speed)) for speed in const.SPEEDS], string="Speed (baud)", default="115200", required=True
    )
    shtrih_framing = fields.Selection(
        [("1", "Standard (1)"), ("2", "Extended (2), with numbers")],
        string="Exchange protocol",
        default="1",
        required=True,
        help="The register keeps to the one that it was first spoken to in after it was switched on. “Test connection” "
        "finds out which it is.",
    )
    shtrih_password = fields.Integer(
        string="Operator's password",
        default=30,
        copy=False,
        groups="base.group_system",
        help="Number of the operator in the register's table 2; 30 is the system administrator of a new register.",
    )
    shtrih_text = fields.Text(
        string="Text on receipts", help="One line of the tape per line, printed before the goods."
    )
    shtrih_department = fields.Integer(
        string="Department of the register", default=1, help="Number of the section (отдел), 0 to 16."
    )

    @api.constrains("shtrih_address", "provider", "active")
    def _check_shtrih_address(self):
        """One port belongs to one register."""
        for register in self.filtered(lambda register: register.provider == "shtrih" and register.shtrih_address):
            place = register._shtrih_place()
            others = self.sudo().search(
                [("provider", "=", "shtrih"), ("shtrih_address", "!=", False), ("id", "!=", register.id)]
            )
            for other in others:
                if other._shtrih_place() == place:
                    raise ValidationError(
                        self.env._(
                            "“%(other)s” is on the port %(port)s already. A register answers to one program at a time.",
                            other=other.name,
                            port=register.shtrih_address,
                        )
                    )

    def _shtrih_place(self):
        try:
            return canonical(self.shtrih_address)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%s” is no port. Enter a serial port such as /dev/ttyUSB0, or an address such as 192.168.137.111.",
                    self.shtrih_address,
                )
            ) from error

    @api.constrains("shtrih_department", "shtrih_password")
    def _check_shtrih_numbers(self):
        for register in self.sudo():
            if not 0 <= register.shtrih_department <= 16:
                raise ValidationError(self.env._("A register has the departments 1 to 16; 0 names none."))
            if register.shtrih_password < 0:
                raise ValidationError(self.env._("The password of an operator is a number of up to 8 digits."))

    def write(self, vals):
        if "shtrih_address" in vals:
            # the number of the last document belongs to the register that printed it
            vals = {"last_number": False, **vals}
        return super().write(vals)

    # === Contract ===

    def _shtrih_capabilities(self):
        return Capabilities(
            operations=frozenset(const.RECEIPTS) | const.OTHERS,
            payment_kinds=frozenset(const.PAYMENTS),
            tax_vocabulary="ru",
            country="RU",
            wait=10.0,
        )

    def _shtrih_validate(self, receipt):
        problems = protocol.problems(receipt, self._shtrih_profile())
        sentences = [(self.env._(texts.PROBLEMS[problem.code]), problem.values) for problem in problems]
        return [sentence % values for sentence, values in sentences]

    def _shtrih_prepare(self, document, receipt):
        text = tuple(line for line in (self.shtrih_text or "").splitlines() if line.strip())
        return protocol.prepare(receipt, protocol.Paper(text=text, department=self.shtrih_department))

    def _shtrih_submit(self, document, request):
        def keep(before):
            # On the lane's own cursor, on which nothing else is pending: write ahead, then send.
            self.env["fiscal.shtrih.memory"]._keep(self, document, before)
            self._commit()

        conversation = protocol.submit(request, self._shtrih_operator(), self._shtrih_profile())
        sent = self._shtrih_run(conversation, keep)
        if isinstance(sent, Outcome):
            return self._shtrih_in_words(sent)
        renewed = sent.profile.as_json() if sent.profile else None
        if document.operation == "shift_open" and sent.outcome.kind is Kind.DONE:
            renewed = {}  # tables change between shifts: the next document reads them again
        if renewed is not None:
            self.env["fiscal.shtrih.memory"]._keep(self, None, renewed)
            self._commit()
        return self._shtrih_in_words(sent.outcome)

    def _shtrih_lookup(self, document, request):
        before = self.env["fiscal.shtrih.memory"]._recall(self, document)
        taken = self._shtrih_taken(document)
        conversation = protocol.lookup(request, before, self._shtrih_operator(), self._shtrih_profile(), taken)
        found = self._shtrih_run(conversation)
        if found.kind is Kind.NOT_SENT and found.code in ("no_line", "busy"):
            # the register could not be asked: that says nothing about the document
            found = replace(found, kind=Kind.UNKNOWN)
        return self._shtrih_in_words(found)

    def _shtrih_status(self):
        now = self._local(fields.Datetime.now())
        seen = self._shtrih_run(protocol.status(self._shtrih_operator(), now, self._shtrih_profile()))
        if isinstance(seen, Outcome):
            return RegisterStatus(ready=False, reachable=False, problem=self._shtrih_in_words(seen).message)
        if seen.profile and seen.profile != self._shtrih_profile():
            self.env["fiscal.shtrih.memory"]._keep(self, None, seen.profile.as_json())
        return replace(seen.status, problem=" ".join(self._shtrih_sentence(*fault) for fault in seen.faults))

    def _shtrih_register_identity(self):
        """The serial number of the register on the line; "" where it does not answer."""
        return self._shtrih_status().serial_number

    # === The register on the line ===

    def _shtrih_operator(self):
        return self.sudo().shtrih_password

    def _shtrih_profile(self):
        return protocol.Profile.from_json(self.env["fiscal.shtrih.memory"]._recall(self))

    def _shtrih_taken(self, document):
        """Documents of the fiscal storage that others than `document` have (`protocol.lookup`)."""
        others = self.env["fiscal.document"].search(
            [
                ("register_id", "=", self.id),
                ("id", "!=", document.id),
                ("state", "=", "done"),
                ("fiscal_number", "!=", False),
            ],
            order="id desc",
            limit=LAST,
        )
        numbered = others.filtered(lambda other: other.fiscal_number.isdecimal())
        return {int(other.fiscal_number): other.fiscal_sign or "" for other in reversed(numbered)}

    def _shtrih_run(self, conversation, keep=lambda before: None, framing=None):
        """Hold the port and drive one conversation over it.

        :returns: its result, or the outcome `not_sent` where there is no line: not a byte has left then
        """
        link = LINKS[framing or self.shtrih_framing]()
        try:
            with open_line(self.shtrih_address or "", int(self.shtrih_speed)) as port:
                port.connect()
                return Session(port, link, keep).run(conversation)
        except Busy:
            return Outcome.not_sent("", code="busy")
        except LineError as error:
            _logger.info("fiscal register %s: %s", self.id, error)
            return Outcome.not_sent("", code="no_line")

    # === Words ===

    def _shtrih_in_words(self, outcome):
        """`outcome` with a sentence for people; the register's own words stand behind it."""
        if outcome.kind is Kind.DONE and not outcome.code:
            return outcome
        return replace(outcome, message=self._shtrih_sentence(outcome.code, outcome.message))

    def _shtrih_sentence(self, code, detail=""):
        sentence = self.env._(texts.OUTCOMES[code]) if code in texts.OUTCOMES else self.env._(texts.OUTCOMES["error"])
        return f"{sentence} ({detail})" if detail else sentence
