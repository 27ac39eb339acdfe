from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class FiscalContact(models.TransientModel):
    """Asks for the customer's address when a receipt is to be sent and the address or the consent is missing.

    It precedes a button that makes a receipt, and presses that button whatever the answer: no receipt is held up.
    Opened from a registered receipt, it sends that again.

    The customer is always that of the record behind the dialog, which the user may see. The customer's card gets what
    the user may write there. Users who may not edit contacts may still fill in a missing address of a customer of their
    own record, by virtue of the right to this dialog, which every cashier has. The card of a person who can log in to
    Odoo is never changed, because their password can be reset through that address.
    """

    _name = "fiscal.contact"
    _inherit = "fiscal.dialog"
    _description = "Where the fiscal receipt is sent"
    _ASKED = frozenset({"email", "phone", "save", "agree"})

    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    method = fields.Char(readonly=True)
    document_id = fields.Many2one("fiscal.document", readonly=True)
    register_id = fields.Many2one("fiscal.register", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", compute="_compute_partner_id")
    ask_email = fields.Boolean(readonly=True)
    ask_phone = fields.Boolean(readonly=True)
    email = fields.Char(string="E-mail")
    phone = fields.Char()
    save = fields.Boolean(string="Save in the customer's card", default=True)
    agree = fields.Boolean(string="The customer agrees to receive receipts in this way", default=True)

    #: the buttons that the dialog may precede
    _BUTTONS = frozenset(
        {
            ("account.payment", "action_post"),
            ("account.payment.register", "action_create_payments"),
            ("fiscal.fiscalize", "action_confirm"),
        }
    )

    @api.model
    def _ask(self, record, method, register, partner, email, phone):
        """The dialog before `record.method()`, or False if nothing is missing.

        `record` keeps the answer in `fiscal_email` and `fiscal_phone`.
        """
        missing = register.sudo()._missing_contact(partner.sudo(), email, phone) if register and partner else ()
        if not missing:
            return False
        record.check_access("read")
        wizard = self._opened(
            {
                "res_model": record._name,
                "res_id": record.id,
                "method": method,
                "register_id": register.id,
                "ask_email": "email" in missing,
                "ask_phone": "sms" in missing,
                "email": email,
                "phone": phone,
            }
        )
        return wizard._dialog(self.env._("Send the receipt to the customer"))

    @api.model
    def _resend(self, document):
        """The dialog that sends the registered receipt of `document`."""
        document.check_access("read")
        register = document.sudo().register_id
        channels = register._capabilities().delivers
        wizard = self._opened(
            {
                "document_id": document.id,
                "register_id": register.id,
                "ask_email": True,
                "ask_phone": bool({"sms", "viber"} & channels),
                "email": document.customer_email or document.partner_id.email,
                "phone": False,
                "save": False,
                "agree": False,
            }
        )
        return wizard._dialog(self.env._("Send the receipt again"))

    def _record(self):
        """The record behind the dialog, which the user may see."""
        record = self.document_id or self.env[self.res_model].browse(self.res_id).exists()
        record.check_access("read")
        return record

    @api.depends("res_model", "res_id", "document_id")
    def _compute_partner_id(self):
        for wizard in self:
            record = wizard._record()
            wizard.partner_id = record.partner_id

    def action_send(self):
        """Use the addresses, save what is to be saved, and go on."""
        self.ensure_one()
        email, phone = self._checked()
        if not email and not phone:
            raise UserError(
                self.env._("Enter an address, or choose “Print or download”: the receipt is made in any case.")
            )
        self._save(email, phone)
        if self.document_id:
            return self._send_again(email, phone)
        return self._go_on({"fiscal_email": email, "fiscal_phone": phone})

    def action_skip(self):
        """Go on without sending: the receipt is printed or downloaded."""
        self.ensure_one()
        if self.document_id:
            return self.document_id.action_open_receipt()
        return self._go_on({})

    def _checked(self):
        """The addresses, checked; False for one that was not entered."""
        email = phone = False
        if self.ask_email and self.email:
            email = email_normalize(self.email)
            if not email:
                raise UserError(
                    self.env._("“%s” is not an e-mail address. It looks like name@example.com.", self.email)
                )
        if self.ask_phone and self.phone:
            phone = self.register_id.sudo()._phone(self.phone, required=True)
        return email, phone

    def _save(self, email, phone):
        """Save to the customer's card, if the boxes are ticked and the user may."""
        given = {"email": email, "phone": phone}
        partner = self.partner_id.sudo()
        if not partner or partner.with_context(active_test=False).user_ids:
            return
        edits = self.partner_id.has_access("write")
        vals = {}
        if self.save:
            vals = {name: value for name, value in given.items() if value and (edits or not partner[name])}
        if self.agree:
            for name, agreed in (("email", "fiscal_agree_email"), ("phone", "fiscal_agree_sms")):
                # the consent is for the address in the card
                if given[name] and (name in vals or self._same(name, partner[name], given[name])):
                    vals[agreed] = True
        if edits:
            self.partner_id.write(vals)
        elif vals and self.partner_id.has_access("read"):
            partner.write(vals)  # nothing is overwritten

    def _same(self, name, known, given):
        """Whether two addresses are the same, regardless of spelling."""
        if name == "email":
            return email_normalize(known or "") == given
        return bool(known) and self.register_id.sudo()._phone(known) == given

    def _go_on(self, vals):
        """Press the button that the dialog precedes."""
        if (self.res_model, self.method) not in self._BUTTONS:
            raise UserError(self.env._("Please start again."))
        record = self.env[self.res_model].browse(self.res_id)
        vals = {name: value for name, value in vals.items() if value}
        if vals:
            record.write(vals)
        return getattr(record.with_context(fiscal_ask=False), self.method)()

    def _send_again(self, email, phone):
        channels = self.register_id.sudo()._capabilities().delivers
        by = "sms" if "sms" in channels else "viber"
        return {
            "type": "ir.actions.client",
            "tag": "fiscal_deliver",
            "params": {
                "id": self.document_id.id,
                "channels": [[channel, to] for channel, to in (("email", email), (by, phone)) if to],
            },
        }
