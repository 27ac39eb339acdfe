from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.fiscal_base.models.register.secret import Secret
from odoo.addons.fiscal_base.tools.capabilities import Capabilities
from odoo.addons.fiscal_base.tools.outcome import Kind, Outcome
from odoo.addons.fiscal_base.tools.transport import NotSent, send

from .. import const, protocol, texts
from ..protocol.callbacks import RESULTS


class FiscalRegister(models.Model):
    """Registers behind Komtet Kassa (kassa.komtet.ru), by its Shop API v2.

    The service takes a task and prints it when the register gets to it, so a document is `waiting` for seconds or for
    as long as the register is off line. The task's number is found among the attempts of the document.
    """

    _inherit = "fiscal.register"

    provider = fields.Selection(
        selection_add=[("komtet", "Komtet Kassa")],
        ondelete={"komtet": lambda registers: registers._provider_removed(registers)},
    )
    komtet_server = fields.Char(
        string="Address of the service",
        default=const.SERVER,
        required_if_provider="komtet",
        address="host",
        groups="base.group_system",
        copy=False,
        help="Stays as it is, save for tests. Whoever stands there is trusted with the receipts.",
        names_the_register=True,
    )
    komtet_shop_id = fields.Char(
        string="Shop id",
        required_if_provider="komtet",
        copy=False,
        help="«ID магазина» in the cabinet: «Фискализация» → «Магазины» → the shop.",
        names_the_register=True,
    )
    komtet_secret_key = Secret(
        "Secret key",
        required_if_provider="komtet",
        help="«Секретный ключ магазина» in the cabinet, on the page of the shop.",
    )
    komtet_queue_id = fields.Char(
        string="Queue id",
        required_if_provider="komtet",
        copy=False,
        help="«ID очереди» in the cabinet, on the page of the shop: a number.",
        names_the_register=True,
    )
    komtet_queue = fields.Char(string="Queue", compute="_compute_komtet_queue")
    komtet_print = fields.Boolean(
        string="Print on paper",
        help="The register prints the receipt on paper too, not only for the customer's e-mail.",
    )
    komtet_ffd = fields.Selection(
        const.FORMATS,
        string="Format version (FFD)",
        default="1.2",
        required=True,
        help="As the register is registered with the tax service. It decides what a correction can be, and how marked "
        "goods are named.",
    )
    komtet_internet = fields.Boolean(
        string="Sales on the Internet",
        help="The settlement is made on the Internet (FFD tag 1125): every receipt needs the customer's e-mail address "
        "or phone number, and the place of settlement is the address of the website.",
    )
    komtet_place = fields.Char(
        string="Place of settlement",
        help="Address of the website, or name of the shop (FFD tag 1187). Empty: that of the company.",
    )
    komtet_default_tax_code_id = fields.Many2one(
        related="company_id.fiscal_default_tax_code_id", readonly=False, string="VAT of lines without a tax"
    )
    komtet_cashier = fields.Selection(
        [("odoo", "Who works in Odoo: name and ИНН of the employee"), ("service", "As set in the service's cabinet")],
        string="Cashier on the receipt",
        default="odoo",
        required=True,
    )
    komtet_attribute = fields.Char(
        string="Name of the additional attribute",
        help="Name of an additional attribute of the receipt (FFD tag 1085), for example «Заказ». Its value is the "
        "number of the order or payment. Empty: no such attribute.",
    )
    komtet_credit = fields.Boolean(
        string="Sales on credit",
        help="Switch this on only after a receipt on credit of this register has shown the right payment method sign "
        "(FFD tag 1214: 6 handed over on credit, 7 payment of a credit): programs beside registers have been seen to "
        "swap the two.",
    )
    komtet_address = fields.Char(
        string="Address of Odoo",
        default=lambda self: self._komtet_own_address(),
        copy=False,
        help="As it is seen from the Internet, for the results that the service tells by itself.",
    )
    komtet_success_url = fields.Char(string="Success url", compute="_compute_komtet_urls")
    komtet_failure_url = fields.Char(string="Failure url", compute="_compute_komtet_urls")
    komtet_warning = fields.Char(string="Warning", compute="_compute_komtet_warning")

    def _komtet_own_address(self):
        return self.env["ir.config_parameter"].sudo().get_param("web.base.url")

    @api.depends("status_data", "provider")
    def _compute_komtet_queue(self):
        states = {const.ACTIVE: self.env._("works"), const.PASSIVE: self.env._("switched off")}
        for register in self:
            said = (register.status_data or {}).get("extra", {}) if register.provider == "komtet" else {}
            state = said.get("state", "")
            register.komtet_queue = " – ".join(filter(None, (said.get("queue"), states.get(state, state)))) or False

    @api.depends("komtet_address")
    def _compute_komtet_urls(self):
        for register in self:
            register.komtet_success_url = register._komtet_url("success")
            register.komtet_failure_url = register._komtet_url("failure")

    @api.depends("komtet_address")
    def _compute_komtet_warning(self):
        for register in self:
            problem = protocol.address_problem(register.komtet_address)
            register.komtet_warning = problem and self.env._(texts.ADDRESSES[problem])

    @api.constrains("komtet_server")
    def _check_komtet_server(self):
        for register in self.sudo().filtered("komtet_server"):
            problem = protocol.address_problem(register.komtet_server)
            if problem in ("none", "not_https"):
                raise ValidationError(self.env._("The address of the service begins with https://."))

    @api.constrains("komtet_shop_id", "komtet_queue_id")
    def _check_komtet_ids(self):
        for register in self:
            shop = register.komtet_shop_id or ""
            if not (shop.isascii() and shop.isprintable()):
                raise ValidationError(
                    self.env._("A shop id has Latin letters, digits and dashes only. Copy it from the cabinet.")
                )
            queue = register.komtet_queue_id
            if queue and not (queue.isascii() and queue.isdecimal()):
                raise ValidationError(self.env._("A queue id is a number. Copy it from the cabinet."))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._komtet_clean(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._komtet_clean(vals))

    @api.model
    def _komtet_clean(self, vals):
        """`vals` without surrounding blanks, which come along when a value is copied from a web page."""
        names = {"komtet_server", "komtet_shop_id", "komtet_secret_key", "komtet_queue_id", "komtet_address"}
        return {name: value.strip() if name in names and value else value for name, value in vals.items()}

    # === Contract ===

    def _komtet_capabilities(self):
        # The agent beside the register opens the shift with the first receipt; cash in and out are not offered.
        operations = frozenset(const.INTENTS) - (const.RETURN_CORRECTIONS if self.komtet_ffd != "1.2" else set())
        return Capabilities(
            operations=operations,
            payment_kinds=frozenset(const.PAYMENTS) - (set() if self.komtet_credit else {"credit"}),
            tax_vocabulary="ru",
            country="RU",
            own_queue=True,
            opens_shift=operations,
            deduplicates=True,
        )

    def _komtet_validate(self, receipt):
        problems = protocol.problems(receipt, self._komtet_settings(receipt))
        sentences = [(self.env._(texts.PROBLEMS[problem.code]), problem.values) for problem in problems]
        return [sentence % values for sentence, values in sentences]

    def _komtet_prepare(self, document, receipt):
        return protocol.freeze(protocol.build(receipt, self._komtet_settings(receipt)))

    def _komtet_submit(self, document, request):
        return self._komtet_in_words(self._komtet_numbered(document.key, self._komtet_make(document, request)))

    def _komtet_make(self, document, request):
        """Create the task, unless an earlier sending of the same settlement has not failed."""
        return self._komtet_former(document, request) or protocol.parse_submit(request, self._komtet_post(request))

    def _komtet_numbered(self, key, outcome):
        """`outcome` with the number of the task of `key`, if its answer names it."""
        number = protocol.task_id(key, [outcome.response])
        return outcome if number is None else replace(outcome, service_id=str(number))

    def _komtet_former(self, document, request):
        """The outcome of an earlier sending of `document` under another key; None if every such task has failed.

        A failed task can be sent again from the cabinet, and the cabinet does not know that Odoo sends it anew.
        """
        former = document
        while former[-1].replaces_id:
            former += former[-1].replaces_id
        attempts = former.filtered(lambda earlier: earlier.register_id == self).attempt_ids
        for key, told in attempts.filtered(lambda attempt: attempt.key != document.key).grouped("key").items():
            number = told._komtet_task()
            if not number:
                continue
            outcome = protocol.parse_task(request, self._komtet_send(f"tasks/{number}"), key)
            if outcome.kind is Kind.DONE:
                outcome = replace(outcome, service_id=number)  # unless it is done, the number belongs to that other key
            if outcome.kind is Kind.WAITING:
                return replace(outcome, code="sent_again")
            if outcome.kind in (Kind.DONE, Kind.BLOCKED):
                return outcome
        return None

    def _komtet_lookup(self, document, request):
        """Ask by the number of the task. If the number is not known because the answer was lost, the same task is sent
        once more: the service refuses a second one with the same `external_id` and names the first (§5.4).

        If the service still gives the answer for which a person was called, and that person found nothing printed, the
        document needs a new key: the service keeps refusing this one.
        """
        attempts = document.attempt_ids.filtered(lambda attempt: attempt.key == document.key)
        number = document.service_id or attempts._komtet_task()
        if number:
            outcome = protocol.parse_task(request, self._komtet_send(f"tasks/{number}"))
        else:
            outcome = self._komtet_numbered(document.key, self._komtet_make(document, request))
            if outcome.kind is Kind.NOT_SENT or (outcome.kind is Kind.REJECTED and outcome.code not in const.CONTENT):
                # that is true of the repeat only; the outcome of the first sending is still open
                outcome = replace(outcome, kind=Kind.UNKNOWN)
        called = attempts.filtered(lambda attempt: attempt.code == outcome.code in const.FOR_A_PERSON)[-1:]
        if called and attempts.filtered(
            lambda attempt: attempt.kind == "person" and attempt.outcome == "not_sent" and attempt.id > called.id
        ):
            return Outcome.not_sent(outcome.message, 0, outcome.response, new_key=True)
        return self._komtet_in_words(outcome)

    def _komtet_status(self):
        status = protocol.parse_queue(self._komtet_send(f"queues/{self.komtet_queue_id}"))
        last = self.env["fiscal.document"].search(
            [("register_id", "=", self.id), ("state", "=", "done"), ("provider", "=", "komtet")], limit=1
        )
        code = status.extra["code"]
        return replace(
            status,
            problem=self._komtet_sentence(code, status.problem) if code else "",
            register_number=last.register_number or "",
        )

    # === The service ===

    def _komtet_settings(self, receipt):
        zone = self._timezone().localize(receipt.issued_at).utcoffset() if receipt.issued_at else None
        return protocol.Settings(
            ffd=self.komtet_ffd,
            paper=self.komtet_print,
            internet=self.komtet_internet,
            place=self.komtet_place or "",
            inn=self.company_id.fiscal_tax_number or "",
            names_cashier=self.komtet_cashier == "odoo",
            attribute=self.komtet_attribute or "",
            credit=self.komtet_credit,
            zone=protocol.time_zone(zone),
            callback_url=self._komtet_url("task") or "",
        )

    def _komtet_post(self, request):
        return self._komtet_send(f"queues/{self.komtet_queue_id}/task", request["body"])

    def _komtet_send(self, path, body=""):
        """Send one signed request. Shop id and key are added here and are never stored."""
        register = self.sudo()
        needed = (register.komtet_server, register.komtet_shop_id, register.komtet_secret_key, register.komtet_queue_id)
        if not all(needed):
            missing = texts.OUTCOMES["not_set_up"]
            return NotSent(self.env._(missing))
        server, shop, secret, __ = needed
        return send(protocol.request_to(server, path, shop, secret, body))

    # === Callbacks ===

    def _komtet_url(self, result):
        """Our callback address for one of `RESULTS`; False if there is none yet."""
        self.ensure_one()
        register = self._origin.id or self.id
        if protocol.address_problem(self.komtet_address) == "none" or not isinstance(register, int):
            return False
        return protocol.callback_url(self.komtet_address, register, result)

    def _komtet_knows(self, signature, body):
        """Whether `body` has a valid signature of the service for one of our callback addresses (§4.2)."""
        if not self or self.provider != "komtet":
            return False
        urls = [url for result in RESULTS if (url := self._komtet_url(result))]
        return protocol.is_genuine(self.sudo().komtet_secret_key or "", signature, urls, body)

    def _komtet_told(self, callback, text):
        """The task of `callback` has ended: ask for it at once, in the background.

        :param text: the callback as received. It is stored with the document, since it names the task even if the
            answer that did was lost.
        """
        key = callback.external_id
        document = self.env["fiscal.document"].sudo().search([("register_id", "=", self.id), ("key", "=", key)])
        if not document:
            attempts = self.env["fiscal.attempt"].sudo().search([("key", "=", key)], limit=1)
            document = attempts.document_id.filtered(lambda former: former.register_id == self)
        if not document:
            return
        document._told(key, self._komtet_numbered(key, Outcome.waiting(0, response=text)), self)
        if callback.state == const.DONE and (key != document.key or document.state in ("rejected", "cancelled")):
            attempts = document.attempt_ids.filtered(lambda attempt: attempt.key == key)
            number = attempts._komtet_task() or str(protocol.task_id(key, [text]) or "")
            self._komtet_came_to_life(document, number)

    def _komtet_came_to_life(self, document, number):
        """Alert a person: a task that had failed was sent again from the cabinet and is registered now.

        :param number: of the task; nobody is alerted if the document, or its corrected copy, has it already
        """
        live = document
        while copy := live.search([("replaces_id", "=", live.id)], limit=1):
            live = copy
        if live.state == "done" and live.service_id == number:
            return
        words = self.with_context(lang=self._responsible().lang).env._(
            "Komtet Kassa says that an earlier sending of this document, which had failed, is registered after all. "
            "If it shows an error, send it again: what is registered is taken over, and nothing is printed. "
            "If it is registered, compare both in the cabinet; a receipt too many is taken back by a return."
        )
        if not any(words in (activity.note or "") for activity in live.activity_ids):
            live._alert(words)
            live._engine().message_post(body=words)  # the activity is closed when the document changes its state

    # === Words ===

    def _status_notification(self, status):
        """Add the state of the queue, and whether the service can call Odoo."""
        action = super()._status_notification(status)
        if self.provider != "komtet":
            return action
        params = action["params"]
        found = [self.komtet_queue and self.env._("Queue: %s", self.komtet_queue), params["message"]]
        if self.komtet_warning:
            found.append(self.komtet_warning)
            params.update(type="warning" if status.ready else params["type"], sticky=True)
        params["message"] = " · ".join(filter(None, found))
        return action

    def _missing_contact(self, partner, email, phone):
        """In accounting, ask for the customer's contact before a receipt that requires one."""
        needed = self.provider == "komtet" and self.komtet_internet
        if needed and not protocol.first_contact(email or "", phone or ""):
            return ["email", "sms"]
        return super()._missing_contact(partner, email, phone)

    def _till_status(self):
        """Tell the till whether receipts require the customer's contact."""
        return {**super()._till_status(), "needs_contact": self.provider == "komtet" and self.komtet_internet}

    def _komtet_in_words(self, outcome):
        """`outcome` with a message for the user, followed by the service's own words."""
        if not outcome.code:
            return outcome
        return replace(outcome, message=self._komtet_sentence(outcome.code, outcome.message))

    def _komtet_sentence(self, code, detail):
        known = next((key for key in (code, code[:3]) if key in texts.OUTCOMES), None)
        sentence = self.env._(texts.OUTCOMES[known]) if known else ""
        return " ".join(filter(None, (sentence, f"({detail})" if detail else "")))
