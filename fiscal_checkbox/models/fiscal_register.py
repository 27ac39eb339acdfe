from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.fiscal_base.const import NEEDS_SHIFT
from odoo.addons.fiscal_base.models.register.secret import Secret
from odoo.addons.fiscal_base.tools.capabilities import Capabilities
from odoo.addons.fiscal_base.tools.outcome import Kind, Outcome, RegisterStatus
from odoo.addons.fiscal_base.tools.transport import send

from .. import const, protocol, texts

#: how many documents of a shift are searched for its id, which those decided by a person lack
NAMING = 50


class FiscalRegister(models.Model):
    """Software registers (пРРО) at Checkbox. What users start by a button is in
    `fiscal_register_service.py`.

    A register has one open shift at a time, which belongs to one cashier (§3.1). For a receipt of another cashier the
    shift is closed and theirs opened, or the opener of the shift signs: `checkbox_signer` decides.
    """

    _inherit = "fiscal.register"

    provider = fields.Selection(
        selection_add=[("checkbox", "Checkbox")],
        ondelete={"checkbox": lambda registers: registers._provider_removed(registers)},
    )
    checkbox_url = fields.Char(
        string="Address of Checkbox",
        default=const.URL,
        address="path",
        copy=False,
        groups="base.group_system",
        help="Test registers use the same address; their licence key begins with “test”.",
        names_the_register=True,
    )
    checkbox_licence_key = Secret(
        "Licence key of the register",
        required_if_provider="checkbox",
        help="In my.checkbox.ua under «Каси» → «Дії» → «Деталі».",
        names_the_register=True,
    )
    checkbox_account_ids = fields.One2many("fiscal.checkbox.account", "register_id", string="Cashiers at Checkbox")
    checkbox_form_ids = fields.One2many("fiscal.checkbox.form", "register_id", string="Forms of payment", copy=True)
    checkbox_signer = fields.Selection(
        [
            ("own", "That cashier: the open shift closes and theirs opens"),
            ("opener", "The cashier who opened the shift; the receipt names who is at the till"),
        ],
        string="When another cashier sells, the receipt is signed by",
        default="own",
        required=True,
        help="A register of Checkbox has one open shift, and that belongs to one cashier.",
    )
    checkbox_rounding = fields.Selection(
        [("ROUND_10", "To 10 kopecks"), ("ROUND_50", "To 50 kopecks")],
        string="Rounding of cash",
        help="As in Odoo's cash rounding of the point of sale. Only what is paid in cash alone is rounded by Checkbox.",
    )
    checkbox_header = fields.Text(string="Above the goods", help="Printed on every receipt.")
    checkbox_footer = fields.Text(string="Below the goods", help="Printed on every receipt.")
    checkbox_print_reference = fields.Boolean(string="Order number as bar code")
    checkbox_organization_id = fields.Char(string="Organisation at Checkbox", readonly=True, copy=False)
    checkbox_taxes_at = fields.Datetime(string="Taxes fetched", readonly=True, copy=False)
    checkbox_webhook_key = Secret("Key of the calls")
    checkbox_webhook = fields.Boolean(
        string="Checkbox calls Odoo", compute="_compute_checkbox_webhook", compute_sudo=True
    )
    checkbox_organization = fields.Char(string="Organisation", compute="_compute_checkbox_condition")
    checkbox_line = fields.Char(string="Connection to the tax service", compute="_compute_checkbox_condition")
    checkbox_codes = fields.Char(string="Offline codes", compute="_compute_checkbox_condition")
    checkbox_offline_time = fields.Char(
        string="Offline time",
        compute="_compute_checkbox_condition",
        help="In a row and in this month, as Checkbox counts. The law allows 36 and 168 hours.",
    )

    checkbox_warning = fields.Text(compute="_compute_checkbox_warning")

    @api.depends("checkbox_account_ids.key_until")
    def _compute_checkbox_warning(self):
        """Warn about cashiers whose electronic signature ends soon: without it no receipt can be signed (§1.4)."""
        soon = fields.Date.today() + timedelta(days=const.KEY_WARNING_DAYS)
        for register in self:
            ending = register.checkbox_account_ids.filtered(lambda one: one.key_until and one.key_until <= soon)
            register.checkbox_warning = "\n".join(
                self.env._(
                    "The electronic signature (КЕП) of %(cashier)s ends on %(date)s. Renew it in my.checkbox.ua.",
                    cashier=account.employee_id.name,
                    date=account.key_until.strftime("%d.%m.%Y"),
                )
                for account in ending
            )

    @api.depends("checkbox_webhook_key")
    def _compute_checkbox_webhook(self):
        for register in self:
            register.checkbox_webhook = bool(register.checkbox_webhook_key)

    @api.depends("status_data")
    def _compute_checkbox_condition(self):
        for register in self:
            extra = register._checkbox_extra()
            register.checkbox_organization = extra.get("organization")
            register.checkbox_codes = extra.get("codes")
            register.checkbox_offline_time = extra.get("offline_time")
            offline = (register.status_data or {}).get("offline")
            words = {True: self.env._("offline: receipts are delivered later"), False: self.env._("on line")}
            register.checkbox_line = words.get(offline)

    @api.depends("checkbox_organization_id")
    def _compute_tax_vocabulary(self):
        return super()._compute_tax_vocabulary()

    @api.constrains("checkbox_url")
    def _check_checkbox_url(self):
        for register in self.sudo():
            url = register.checkbox_url or const.URL
            if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
                raise ValidationError(self.env._("The address of Checkbox begins with https://."))

    # === Contract ===

    def _checkbox_capabilities(self):
        return Capabilities(
            operations=frozenset(const.PATHS),
            payment_kinds=frozenset({*const.DEFAULT_FORMS, "credit", "prepayment", *self._checkbox_kinds()}),
            tax_vocabulary=self._checkbox_vocabulary(),
            country="UA",
            deduplicates=True,
            wait=8.0,
            min_interval=const.MIN_INTERVAL,
            rounding=bool(self.checkbox_rounding),
            chains=True,
            delivers=frozenset({"email", "sms"}),
            test=self._checkbox_is_test(),
        )

    def _checkbox_validate(self, receipt):
        problems = protocol.problems(receipt, self._checkbox_settings())
        sentences = [(self.env._(texts.PROBLEMS[problem.code]), problem.values) for problem in problems]
        return [sentence % values for sentence, values in sentences]

    def _checkbox_cashier_problem(self, employee):
        if self._checkbox_accounts(employee) or (self.checkbox_signer == "opener" and self.checkbox_account_ids):
            return False
        return self.env._(
            "%(employee)s has no account at Checkbox for the register “%(register)s”. Open Fiscal → Registers → "
            "%(register)s and add the cashier with the PIN code, or login and password, that they have at Checkbox.",
            employee=employee.name,
            register=self.name,
        )

    def _checkbox_prepare(self, document, receipt):
        return protocol.build(receipt, self._checkbox_settings(), self._checkbox_circumstances(document))

    def _checkbox_submit(self, document, request):
        opened = self.shift_id.opened_at
        day = timedelta(hours=const.SHIFT_HOURS)
        if document.operation in NEEDS_SHIFT and opened and fields.Datetime.now() - opened >= day:
            # the law allows no more (§3.4); how the service would answer is not known
            return self._checkbox_in_words(Outcome.blocked("", code="shift_expired"))
        if document.chain_id and document.chain_id.state != "done":
            # not before the first receipt, which creates the chain; later documents do not wait for it
            return self._checkbox_in_words(Outcome.rejected("chain", document.chain_id.display_name))
        account = self._checkbox_signing(document)
        if not account:
            return self._checkbox_in_words(Outcome.blocked("", code="no_account"))
        outcome = self._checkbox_converse(protocol.submit(request), account)
        if outcome.code == "other_shift":
            outcome = self._checkbox_other_shift(document, request, outcome)
        return self._checkbox_in_words(outcome)

    def _checkbox_lookup(self, document, request):
        account = self._checkbox_signing(document) or self.checkbox_account_ids[:1]
        return self._checkbox_in_words(self._checkbox_converse(protocol.lookup(request), account))

    def _checkbox_status(self):
        accounts = self.checkbox_account_ids
        account = self._checkbox_accounts(self.shift_id.opened_by_id) or self._checkbox_accounts(self.employee_id)
        account = account or accounts[:1]
        now = fields.Datetime.now()
        found = self._checkbox_converse(protocol.condition(now, bool(account)), account)
        register, cashier = found.register, found.cashier
        organization = cashier.get("organization") or {}
        tz = self.tz or "UTC"
        return RegisterStatus(
            ready=not found.problem,
            problem=self._checkbox_sentence(found.problem, found.detail) if found.problem else "",
            reachable=found.reachable,
            name=protocol.words(register.get("title")) or protocol.words(register.get("address")),
            register_number=protocol.words(register.get("fiscal_number")),
            tax_number=protocol.words(organization.get("edrpou")) or protocol.words(organization.get("tax_number")),
            shift_open=bool(found.shift) if register else None,
            shift_expired=protocol.expired(found.shift, now) if found.shift else None,
            shift_number=found.shift.get("serial") if isinstance(found.shift.get("serial"), int) else None,
            clock=None,
            unsent=self._checkbox_undelivered_count() or None,
            expires=protocol.moment(cashier.get("certificate_end"), tz),
            test=register.get("is_test") is True,
            offline=register.get("offline_mode") if isinstance(register.get("offline_mode"), bool) else None,
            extra=self._checkbox_found(found),
        )

    def _checkbox_register_identity(self):
        return self._checkbox_status().register_number

    def _checkbox_receipt_views(self, document):
        data, name = document.service_data or {}, document.display_name
        views = [{"kind": "page", "name": name, "url": document.receipt_url}] if document.receipt_url else []
        if document.operation in const.BY_RECEIPT:
            base = f"{self._checkbox_address()}/receipts/{document._checkbox_id()}"
            for kind, ending in (("pdf", "pdf"), ("image", "png"), ("text", "text")):
                views.append({"kind": kind, "name": f"{name}.{ending}", "url": f"{base}/{ending}"})
        if data.get("text"):
            views.append({"kind": "text", "name": name, "content": data["text"].encode()})
        return views

    def _checkbox_secret_owners(self):
        return [self.checkbox_account_ids]

    # === Data for documents ===

    def _checkbox_is_test(self):
        """Whether this is a test register, by its status or by its licence key (§9)."""
        said = (self.status_data or {}).get("test") is True
        return said or (self.sudo().checkbox_licence_key or "").startswith("test")

    def _checkbox_address(self):
        return (self.sudo().checkbox_url or const.URL).strip().rstrip("/")

    def _checkbox_vocabulary(self):
        """The tax vocabulary: each organisation has its own tax codes (§5)."""
        return f"checkbox:{self.checkbox_organization_id}" if self.checkbox_organization_id else "checkbox"

    def _checkbox_kinds(self):
        return self.checkbox_form_ids.mapped("kind")

    def _checkbox_settings(self):
        return protocol.Settings(
            forms={
                (form.kind, form.payment_name or ""): protocol.Form(form.label.strip(), form.code)
                for form in self.checkbox_form_ids
            },
            rounding_mode=self.checkbox_rounding or "",
            header=self.checkbox_header or "",
            footer=self.checkbox_footer or "",
            print_reference=self.checkbox_print_reference,
            zone=self.tz or "UTC",
        )

    def _checkbox_circumstances(self, document):
        original = document.original_id
        if original.provider != "checkbox":
            original = original.browse()
        at = original.registered_at
        chain = document.chain_id or (original._chain() if original else original)
        return protocol.Circumstances(
            shift=self._checkbox_shift(),
            register=self._checkbox_extra().get("register_id", ""),
            test=self._checkbox_is_test(),
            printed_cashier=document.cashier_name or "" if self.checkbox_signer == "opener" else "",
            related=original.key or "",
            related_at=f"{at:%Y-%m-%dT%H:%M:%S}+00:00" if at else "",
            relation=chain._checkbox_relation() if chain else "",
        )

    def _registered(self, document):
        """When the first receipt of a prepayment is registered, queue those that were rejected for lack of it."""
        super()._registered(document)
        if self.provider != "checkbox" or document._chain() != document:
            return
        firsts = document
        while firsts[-1:].replaces_id:
            firsts += firsts[-1:].replaces_id
        held = [("chain_id", "in", firsts.ids), ("state", "=", "rejected"), ("error_code", "=", "chain")]
        for later in self.env["fiscal.document"].search(held, order="id"):
            if not later.register_id._problems(later._as_receipt()):
                later._engine().chain_id = document
                later._requeue()

    def _checkbox_shift(self):
        """`{"id", "serial"}` of the open shift at the service, from the last of its documents that names it."""
        shift = self.shift_id
        last = self.env["fiscal.document"].search(
            [("shift_id", "=", shift.id), ("state", "=", "done"), ("register_id", "=", self.id)], limit=NAMING
        )
        named = ((document.service_data or {}).get("shift_id") for document in last) if shift else ()
        key = next(filter(None, named), None)
        return {"id": key, "serial": shift.number or None} if key else {}

    def _checkbox_extra(self):
        return (self.status_data or {}).get("extra") or {}

    def _checkbox_undelivered_count(self):
        return self.env["fiscal.document"].search_count(
            [("register_id", "=", self.id), ("checkbox_undelivered", "=", True)]
        )

    # === Accounts ===

    def _checkbox_accounts(self, employee):
        return self.checkbox_account_ids.filtered(lambda account: employee and account.employee_id == employee)

    def _checkbox_signing(self, document):
        """The account that signs `document`."""
        own = self._checkbox_accounts(document.employee_id)
        opener = self._checkbox_accounts(self.shift_id.opened_by_id)
        if document.operation in ("shift_close", "x_report"):
            return opener or own or self.checkbox_account_ids[:1]
        if self.checkbox_signer == "opener":
            return opener or own or self._checkbox_accounts(self.employee_id) or self.checkbox_account_ids[:1]
        return own

    def _checkbox_other_shift(self, document, request, outcome):
        """The outcome if the open shift belongs to another cashier; it depends on whether that one is known here."""
        if not outcome.data:
            return replace(outcome, code="busy")
        self._checkbox_learn_cashiers()
        owner = self.checkbox_account_ids.filtered(
            lambda account: account.cashier_id and account.cashier_id == outcome.data.extra.get("cashier_id")
        )
        if not owner:
            return replace(outcome, code="busy")
        if document.operation == "shift_open":
            # a shift is open, as requested; its owner matters with the first receipt
            return Outcome.done(replace(outcome.data, number="", counters={}))
        if document.operation in ("shift_close", "x_report") or self.checkbox_signer == "opener":
            return self._checkbox_converse(protocol.submit(request), owner)
        # the base closes this shift and opens the next one before the document
        return replace(outcome, code="shift_expired", message=self._checkbox_sentence("other_shift", outcome.message))

    def _checkbox_learn_cashiers(self):
        """Sign in with accounts that never did, which tells which cashier of Checkbox each of them is."""
        for account in self.checkbox_account_ids.filtered(lambda account: not account.cashier_id):
            self._checkbox_converse(protocol.ask(protocol.get("/cashier/me")), account)

    # === The line ===

    def _checkbox_send(self, call):
        """Send one request. Licence key and token are never stored with it."""
        return send(protocol.http(call, self._checkbox_address(), self.sudo().checkbox_licence_key or ""))

    def _checkbox_converse(self, conversation, account):
        """Drive a conversation with Checkbox in the name of `account`, and return its result.

        A token that is renewed meanwhile is stored at once.
        """
        ticket = account._ticket()
        kept, reply = ticket.token, None
        conversation = protocol.authorized(conversation, ticket)
        while True:
            try:
                call = conversation.send(reply)
            except StopIteration as end:
                return end.value
            if ticket.token and ticket.token != kept:
                kept = ticket.token
                account._keep_token(kept, self._checkbox_who(kept))
            reply = self._checkbox_send(call)

    def _checkbox_who(self, token):
        """The service's data of the cashier with a new token; None if it gives none."""
        cashier = protocol.read(self._checkbox_send(replace(protocol.get("/cashier/me"), token=token)))
        return cashier if isinstance(cashier, dict) else None

    def _checkbox_found(self, found):
        """The parts of the status that only Checkbox has, as JSON values."""
        organization = found.cashier.get("organization") or {}
        codes, time = found.codes, found.offline.get("status")
        extra = {
            "code": found.problem,
            "register_id": protocol.words(found.register.get("id")),
            "organization_id": protocol.words(found.register.get("organization_id")),
            "organization": protocol.words(organization.get("title")),
            "cashier": protocol.words(found.cashier.get("full_name")),
        }
        if isinstance(codes.get("available"), int):
            extra["codes"] = str(codes["available"])
            if codes.get("enough_offline_codes") is False:
                extra["codes"] = self.env._("%s, too few: ask for more", codes["available"])
        if isinstance(time, dict):
            extra["offline_time"] = f"{time.get('current', 0)} / {time.get('total', 0)}"
        return {name: value for name, value in extra.items() if value}

    # === Words ===

    def _checkbox_in_words(self, outcome):
        """`outcome` with a message for the user, followed by the service's own words."""
        if outcome.kind in (Kind.DONE, Kind.WAITING) and not outcome.code:
            return outcome
        if outcome.code == "shift_expired" and outcome.message:
            return outcome
        return replace(outcome, message=self._checkbox_sentence(outcome.code, outcome.message))

    def _checkbox_sentence(self, code, detail):
        sentence = self.env._(texts.OUTCOMES[code]) if code in texts.OUTCOMES else ""
        return " ".join(filter(None, (sentence, f"({detail})" if detail and detail != code else "")))
