import logging

import psycopg2
import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ...const import RECEIPTS
from ...tools.outcome import RegisterStatus, storable
from ...tools.text import one_line
from ..document.document import OPEN

_logger = logging.getLogger(__name__)


class FiscalRegister(models.Model):
    """A cash register, and the contract of the provider behind it.

    **How to write a provider.** Extend `provider` with `selection_add` and
    `ondelete={"<p>": lambda registers: registers._provider_removed(registers)}`, give your fields its prefix,
    mark those it needs with `required_if_provider`, its address with `address="host"` (`address.py`), and write
    these methods (`<p>` is the key of the selection):

    ``_<p>_capabilities(self) -> tools.capabilities.Capabilities``
        What the register can do with its present settings.
    ``_<p>_validate(self, receipt) -> list[str]``
        Every problem of a `tools.receipt.Receipt`, as sentences for the user. Called before it is queued. No I/O.
    ``_<p>_prepare(self, document, receipt) -> dict``
        The request as JSON values, complete except for secrets (they are added when it is sent). It is frozen on the
        document and committed before a byte leaves; a repeat gets the same value. A pure mapping into `protocol.py`.
    ``_<p>_submit(self, document, request: dict) -> tools.outcome.Outcome``
        Sends `request` once and says what became of it. Writes nothing. An exception counts as unknown.
    ``_<p>_lookup(self, document, request: dict) -> tools.outcome.Outcome``
        Asks by `document.key` and never creates anything. `not_sent` means that the service has never executed it. If
        it could not be asked (no connection, wrong key), return `unknown` or `blocked`; the document stays as it is.
    ``_<p>_status(self) -> tools.outcome.RegisterStatus``
        The health check.
    ``_<p>_receipt_views(self, document) -> list[dict]``
        `{"kind": "page" | "pdf" | "image" | "text", "name": str, "url": str or "content": bytes}`, to open, print and
        mail. Optional; by default the page at `document.receipt_url`.
    ``_<p>_register_identity(self) -> str``
        Registration or serial number of the register, as the service reports it now; "" if it does not. Proves that a
        new token or address names the same register (`models/register/identity.py`). Asks the service. Optional.
    ``_<p>_secret_owners(self) -> list[recordset]``
        Records besides the register whose `Secret` fields belong to it, such as accounts of cashiers. Optional.
    ``_<p>_secrets(self) -> list[str]``
        Values besides those of `Secret` fields that must never be stored with an attempt or shown. Optional.
    ``_<p>_readable(self, response) -> bool``
        Whether a text is an answer of the service, to be stored with the attempt for accountants to read; by default
        JSON is. What a gateway or a wrong address answers instead is not stored. Optional.
    ``_<p>_cashier_problem(self, employee) -> str | False``
        Why `employee` cannot be the cashier of this register, for example because it has no account at the service.
        Asked when the till opens and before a document is queued. Optional, no I/O.
    ``_<p>_deliver(self, document, channel, address)``
        Let the service send a registered receipt to the customer by one of `Capabilities.delivers`; raise `UserError`
        if it cannot. Needed only with such channels.

    Tokens, passwords and keys are `Secret` fields (`secret.py`): they are stored in rows that no lane writes, masked in
    everything that is stored, and removed from a neutralized copy. `_keep` stores what a service issues.

    A callback is verified first. Then `fiscal.document._told` takes its news, or `_ask_now` has the document looked up
    at once. The lane polls as well, so a lost callback loses nothing.

    A register that only a browser beside it can reach, or that calls Odoo, has `_<p>_conversation` instead of
    `_<p>_submit`, `_<p>_lookup` and `_<p>_status`: see `models/register/relay.py`.

    The engine around it is in `models/register/lane.py`. A provider holds no state machine.
    """

    _name = "fiscal.register"
    _description = "Fiscal register"
    _inherit = ["mail.thread", "mail.activity.mixin", "fiscal.secret.mixin", "fiscal.address"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, tracking=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    provider = fields.Selection(
        [("demo", "Demo (nothing is fiscal)")], required=True, default="demo", tracking=True, copy=False
    )
    state = fields.Selection(
        [("disabled", "Off"), ("enabled", "On")],
        default="disabled",
        required=True,
        copy=False,
        tracking=True,
        help="A register that is off takes documents in its queue and sends none.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        required=True,
        default=lambda self: self.env.user.tz or "Europe/Kyiv",
        help="The register's clock: times are shown and sent in it.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Is told when a document or the register needs a person.",
    )
    employee_id = fields.Many2one(
        "hr.employee",
        string="Cashier when there is none",
        check_company=True,
        help="Named on documents without a person at the till: kiosks, online orders, automatic closing.",
    )
    shift_policy = fields.Selection(
        [
            ("manual", "By hand"),
            ("session", "With the session of the point of sale"),
            ("first", "With the first receipt"),
        ],
        string="Shift opens",
        default="session",
        required=True,
        help="A shift that opens by hand also closes by hand. In the other cases it closes with the last session.",
    )
    close_daily = fields.Boolean(
        string="Shift closes at a set time", help="A shift is closed before its 24 hours are over in any case."
    )
    close_at = fields.Float(string="Shift closes at", default=22.0, help="Local time of the register.")
    backup_id = fields.Many2one(
        "fiscal.register",
        string="Backup register",
        check_company=True,
        domain="[('id', '!=', id), ('company_id', '=', company_id)]",
        help="Takes over receipts that were surely not sent. One whose outcome is unknown never goes there.",
    )
    backup_after = fields.Integer(
        string="Backup takes over after (minutes)", help="0: only when a cashier or accountant decides so."
    )
    alert_after = fields.Integer(
        string="Alert after (minutes)",
        default=15,
        help="The responsible person gets an activity when a document has waited for so long.",
    )
    till_wait = fields.Float(
        string="Till waits (seconds)",
        compute="_compute_till_wait",
        store=True,
        readonly=False,
        help="How long a till waits for the result before the receipt says “pending”, at most 10 seconds. "
        "The till can be used meanwhile.",
    )
    tax_system = fields.Selection(
        related="company_id.fiscal_tax_system", readonly=False, string="Tax system of the company"
    )

    # What it serves
    pos_config_ids = fields.One2many("pos.config", "fiscal_register_id", string="Points of sale")
    journal_ids = fields.One2many("account.journal", "fiscal_register_id", string="Journals")
    pos_payment_method_ids = fields.Many2many(
        "pos.payment.method", compute="_compute_pos_payment_method_ids", string="Payment methods", readonly=False
    )
    tax_mapping_ids = fields.One2many("fiscal.tax.mapping", "register_id", string="Taxes named by hand")
    tax_vocabulary = fields.Char(compute="_compute_tax_vocabulary")

    # How it is
    cron_id = fields.Many2one("ir.cron", string="Scheduled action", readonly=True, copy=False, ondelete="set null")
    retry_at = fields.Datetime(string="Next try", readonly=True, copy=False)
    failures = fields.Integer(readonly=True, copy=False)
    health = fields.Selection(
        [("new", "Not checked"), ("ready", "Ready"), ("problem", "Problem"), ("offline", "No connection")],
        default="new",
        required=True,
        readonly=True,
        copy=False,
    )
    health_message = fields.Text(string="What it says", readonly=True, copy=False)
    last_seen = fields.Datetime(string="Last answer", readonly=True, copy=False)
    shift_id = fields.Many2one("fiscal.shift", string="Current shift", readonly=True, copy=False, ondelete="set null")
    shift_open = fields.Boolean(compute="_compute_shift_open")
    status_data = fields.Json(readonly=True, copy=False)
    last_number = fields.Char(string="Last document", readonly=True, copy=False)
    document_ids = fields.One2many("fiscal.document", "register_id")
    open_count = fields.Integer(string="In queue", compute="_compute_counts")
    error_count = fields.Integer(string="Errors", compute="_compute_counts")
    unknown_count = fields.Integer(string="Unknown", compute="_compute_counts")

    def _valid_field_parameter(self, field, name):
        return name == "required_if_provider" or super()._valid_field_parameter(field, name)

    @api.depends("pos_config_ids.payment_method_ids")
    def _compute_pos_payment_method_ids(self):
        for register in self:
            register.pos_payment_method_ids = register.pos_config_ids.payment_method_ids

    @api.depends("provider", "company_id.account_fiscal_country_id")
    def _compute_tax_vocabulary(self):
        for register in self:
            register.tax_vocabulary = register._capabilities().tax_vocabulary

    @api.depends("provider")
    def _compute_till_wait(self):
        for register in self:
            register.till_wait = register._capabilities().wait

    @api.depends("shift_id")
    def _compute_shift_open(self):
        for register in self:
            register.shift_open = bool(register.shift_id)

    def _compute_counts(self):
        groups = self.env["fiscal.document"]._read_group(
            [("register_id", "in", self.ids), ("state", "in", [*OPEN, "rejected"])],
            ["register_id", "state"],
            ["__count"],
        )
        for register in self:
            counts = {state: count for of, state, count in groups if of == register}
            register.error_count = counts.pop("rejected", 0)
            register.unknown_count = counts.get("unknown", 0)
            register.open_count = sum(counts.values())

    @api.constrains("till_wait")
    def _check_till_wait(self):
        if any(register.till_wait > 10 for register in self):
            raise ValidationError(
                self.env._("A till waits at most 10 seconds; then the receipt says “pending” and comes later.")
            )

    @api.constrains("backup_id", "provider")
    def _check_backup(self):
        for register in self:
            backup = register.backup_id
            if backup == register:
                raise ValidationError(self.env._("A register cannot be its own backup."))
            if backup and backup.tax_vocabulary != register.tax_vocabulary:
                raise ValidationError(
                    self.env._(
                        "“%(backup)s” names taxes in another way than “%(register)s”, so it cannot stand in for it.",
                        backup=backup.name,
                        register=register.name,
                    )
                )

    @api.constrains("company_id")
    def _check_company_unchanged(self):
        for register in self:
            if self.env["fiscal.document"].search_count(
                [("register_id", "=", register.id), ("company_id", "!=", register.company_id.id)], limit=1
            ):
                raise ValidationError(
                    self.env._("“%s” has documents of another company. Make a new register.", register.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        registers = super().create(vals_list)
        registers._check_required_if_provider()
        registers._ensure_lane()
        return registers

    def write(self, vals):
        if vals.get("state") != "disabled" and any(
            register.provider != vals.get("provider", register.provider) and register.open_count for register in self
        ):
            raise UserError(
                self.env._(
                    "Documents are still in the queue of this register. Let them finish, then change the provider."
                )
            )
        shown = {"name", "state", "health", "till_wait"} & vals.keys()
        changed = self.filtered(lambda register: any(register[name] != vals[name] for name in shown))
        result = super().write(vals)
        changed._tell_tills()
        if {"state", "provider"} & vals.keys() or any(
            getattr(self._fields[name], "required_if_provider", None) for name in vals
        ):
            self._check_required_if_provider()
        if {"state", "active", "name"} & vals.keys():
            self._ensure_lane()
        if vals.get("state") == "enabled":
            self._wake()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(register.document_ids for register in self.sudo()):
            raise UserError(self.env._("This register has documents. Archive it instead of deleting it."))
        self.sudo().cron_id.unlink()

    def _check_required_if_provider(self):
        """Refuse to switch a register on while a setting that its provider needs is empty."""
        for register in self.filtered(lambda register: register.state == "enabled"):
            missing = [
                field._description_string(self.env)
                for name, field in self._fields.items()
                if getattr(field, "required_if_provider", None) == register.provider and not register.sudo()[name]
            ]
            if missing:
                raise ValidationError(
                    self.env._(
                        "Please fill in before you switch “%(name)s” on: %(fields)s.",
                        name=register.name,
                        fields=", ".join(missing),
                    )
                )

    # === Contract ===

    def _call_provider(self, method, *args):
        """Run `_<provider>_<method>`, with a clear error where the provider has none."""
        self.ensure_one()
        function = getattr(self.sudo(), f"_{self.provider}_{method}", None)
        if function is None:
            raise UserError(
                self.env._(
                    "The addon of “%(provider)s” is not installed or has no “%(method)s”. Install it again under Apps.",
                    provider=self.provider,
                    method=method,
                )
            )
        return function(*args)

    def _capabilities(self):
        return self._call_provider("capabilities")

    def _secrets(self):
        """Values that must never be stored with an attempt: those of every `Secret` field, whichever provider is set
        now, and of the records that the provider names.
        """
        owners = [self]
        if hasattr(self, f"_{self.provider}_secret_owners"):
            owners += self._call_provider("secret_owners")
        secrets = [secret for owner in owners for secret in owner._own_secrets()]
        if hasattr(self, f"_{self.provider}_secrets"):
            secrets += [secret for secret in self._call_provider("secrets") if secret]
        return secrets

    def _cashier_problem(self, employee):
        """A sentence that says why `employee` cannot be the cashier of this register, or False."""
        if not hasattr(self, f"_{self.provider}_cashier_problem"):
            return False
        problems = self._checked(lambda: [self._call_provider("cashier_problem", employee)])
        return problems[0] or False

    def _receipt_views(self, document):
        if hasattr(self, f"_{self.provider}_receipt_views"):
            return self._call_provider("receipt_views", document)
        if not document.receipt_url:
            return []
        return [{"kind": "page", "name": document.display_name, "url": document.receipt_url}]

    # === Checks before a document is queued ===

    def _problems(self, receipt):
        """Every reason why the register would refuse `receipt`, as sentences for the user. Never raises what a
        provider's check raises: a paid sale is not turned back because a program fails.
        """
        self.ensure_one()
        return self._checked(lambda: self._found_problems(receipt))

    def _checked(self, check):
        """The sentences that `check()` gives, or one that says that it failed."""
        try:
            return check()
        except psycopg2.Error:
            raise  # the transaction is lost, and Odoo repeats it where that helps
        except Exception as error:
            _logger.exception("fiscal register %s: a check of a receipt failed", self.id)
            return [
                self.env._(
                    "The program failed while it checked this receipt for “%(register)s” (%(error)s). The receipt is "
                    "kept. Tell your administrator, then choose “Send again”.",
                    register=self.name,
                    error=type(error).__name__,
                )
            ]

    def _found_problems(self, receipt):
        capabilities = self._capabilities()
        if receipt.operation not in capabilities.operations:
            return [self.env._("“%s” cannot do this kind of document.", self.name)]
        problems = []
        if sums := self.env["fiscal.document"]._sum_problem(receipt):
            problems.append(sums)
        if receipt.operation in RECEIPTS:
            problems += self._receipt_problems(receipt, capabilities)
        return problems + self._call_provider("validate", receipt)

    def _receipt_problems(self, receipt, capabilities):
        problems = []
        if not receipt.lines:
            problems.append(self.env._("There is nothing on the receipt."))
        if receipt.change and receipt.paid("cash") < 0:
            problems.append(self.env._("Change can be given from cash only."))
        labels = dict(self.env["fiscal.document.payment"]._fields["kind"]._description_selection(self.env))
        for kind in {payment.kind for payment in receipt.payments} - capabilities.payment_kinds:
            problems.append(
                self.env._(
                    "“%(register)s” cannot register the payment kind “%(kind)s”.", register=self.name, kind=labels[kind]
                )
            )
        for line in receipt.lines:
            if not one_line(line.name):
                problems.append(self.env._("A line of the receipt has no name."))
            if line.quantity <= 0:
                problems.append(self.env._("“%s” has no quantity.", line.name))
            if line.amount < 0:
                problems.append(self.env._("“%s” has a negative amount.", line.name))
        return problems

    # === Taxes ===

    def _tax_code(self, taxes):
        """The code of `taxes` (those of one line) on the receipt.

        :returns: `(code, name, rate, without_tax, legacy)`, or None if they are not mapped
        """
        self.ensure_one()
        vocabulary = self._capabilities().tax_vocabulary
        if not vocabulary:
            rate = sum(tax.amount for tax in taxes if tax.amount_type != "fixed")
            return f"{rate:g}", ", ".join(taxes.mapped("name")) or self.env._("Without VAT"), rate, not taxes, False
        mapped = self.tax_mapping_ids.filtered(lambda mapping: mapping.tax_id in taxes).tax_code_id[:1]
        code = mapped or self._tax_code_by_rate(taxes, vocabulary)
        return code and (code.code, code.name, code.rate, code.without_tax, code.legacy)

    def _tax_code_by_rate(self, taxes, vocabulary):
        """The code that fits by rate: 22 % → 22, 22/122 of the price (“division”) → 22/122, none → the default."""
        codes = self.env["fiscal.tax.code"]._of(vocabulary)
        if not taxes:
            default = self.company_id.fiscal_default_tax_code_id
            if default.vocabulary == vocabulary:
                return default
            return next((code for code in codes if code.without_tax), None)
        if len(taxes) != 1 or taxes.amount_type not in ("percent", "division"):
            return None
        rate, calculated = taxes.amount, False
        if taxes.amount_type == "division":
            # the price holds rate / (100 + rate) of tax; Odoo states that share in percent
            rate, calculated = 100 * rate / (100 - rate), True
        for code in codes:
            if not code.without_tax and code.calculated == calculated and abs(code.rate - rate) < 0.01:
                return code
        return None

    def _unmapped_taxes(self):
        """`{tax id: sentence}` of the company's sale taxes that have no place on a receipt, for the till's check."""
        self.ensure_one()
        taxes = self.env["account.tax"].search(
            [
                ("type_tax_use", "=", "sale"),
                ("company_id", "parent_of", self.company_id.id),
                ("amount_type", "!=", "group"),
            ]
        )
        problems = {}
        for tax in taxes:
            if problem := self._tax_problem(tax, self._tax_code(tax), "sale"):
                problems[tax.id] = problem
        return problems

    def _tax_problem(self, taxes, code, operation):
        """A sentence when `taxes` cannot stand on a receipt, else False."""
        if not code:
            return self.env._(
                "The tax “%(tax)s” is not known to the register “%(register)s”. "
                "Name its rate in Fiscal → Registers → %(register)s → Taxes.",
                tax=", ".join(taxes.mapped("name")) or self.env._("without tax"),
                register=self.name,
            )
        if code[4] and operation == "sale":
            return self.env._(
                "The rate of “%(tax)s” is no longer in force; it is for returns of older sales only. "
                "Set the present rate on the product.",
                tax=", ".join(taxes.mapped("name")),
            )
        return False

    # === Health ===

    def _timezone(self):
        return pytz.timezone(self.tz or "UTC")

    def _local(self, moment):
        """A UTC moment as the register's clock shows it, naive."""
        return moment and pytz.utc.localize(moment).astimezone(self._timezone()).replace(tzinfo=None)

    def _wait(self):
        """Seconds for which a till waits for a result, 0 to 10."""
        self.ensure_one()
        return max(0.0, min(self.till_wait, 10.0))

    def _status(self):
        """Check the register's health, store the result and return it."""
        self.ensure_one()
        status = self._call_provider("status")
        self._note_status(status)
        return status

    def _note_status(self, status: RegisterStatus):
        status = storable(status)
        vals = {
            "health": "ready" if status.ready else "problem" if status.reachable else "offline",
            "health_message": status.problem or False,
            "status_data": self._status_json(status),
        }
        if status.reachable:
            vals["last_seen"] = fields.Datetime.now()
        self.sudo().write(vals)

    def _status_json(self, status):
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else str(value) if name == "cash" else value
            for name, value in vars(status).items()
            if value not in (None, "", (), {})
        }

    def action_test_connection(self):
        """Check the register and report the result in plain words. For all who may see the register."""
        self.ensure_one()
        self.check_access("read")
        if self._capabilities().relay:
            return self._relay_ask()
        return self._status_notification(self._status())

    def _status_notification(self, status):
        found = [
            (self.env._("Register"), " ".join(filter(None, (status.name, status.serial_number)))),
            (self.env._("Registration number"), status.register_number),
            (self.env._("Tax number"), status.tax_number),
            (self.env._("Format"), status.format_version),
            (self.env._("Shift"), self._shift_words(status)),
            (self.env._("Not yet delivered"), status.unsent),
            (self.env._("Valid until"), status.expires and status.expires.strftime("%d.%m.%Y")),
        ]
        lines = [f"{label}: {value}" for label, value in found if value not in (None, "", False)]
        own = self.company_id.fiscal_tax_number
        if status.tax_number and own and status.tax_number != own:
            lines.append(
                self.env._(
                    "Attention: the register belongs to %(other)s, this company is %(own)s.",
                    other=status.tax_number,
                    own=own,
                )
            )
        if status.test:
            lines.append(self.env._("TEST, not fiscal"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Ready") if status.ready else status.problem,
                "message": " · ".join(lines),
                "type": "success" if status.ready else "danger",
                "sticky": not status.ready,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _shift_words(self, status):
        if status.shift_expired:
            return self.env._("open for more than 24 hours")
        if status.shift_open is None:
            return ""
        return self.env._("open") if status.shift_open else self.env._("closed")

    def _till_status(self):
        """The register light of a till, as JSON values, without settings and secrets."""
        self.ensure_one()
        shift = self.shift_id
        health = "off" if self.state != "enabled" else self.health
        return {
            "id": self.id,
            "name": self.name,
            "health": health,
            "message": self.health_message or "" if health in ("problem", "offline") else "",
            "shift": shift.number or 0,
            "shift_open": bool(shift),
            "shift_since": shift.opened_at and self._local(shift.opened_at).strftime("%d.%m.%Y %H:%M"),
            "unsent": self.open_count,
            "errors": self.error_count,
            "wait": self._wait(),
            "relays": self.relays,
            "test": self._capabilities().test,
        }

    def _tell_tills(self):
        """Update the register light of every open till."""
        for register in self:
            for config in register.sudo().pos_config_ids.filtered("current_session_id"):
                config._notify("FISCAL", {"register": register._till_status(), "order": False})

    def action_documents(self):
        self.ensure_one()
        return self.env["fiscal.document"]._list_action("register_id", self)
