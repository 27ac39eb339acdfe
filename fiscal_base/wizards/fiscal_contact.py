from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class FiscalContact(models.TransientModel):
    """Asks for the customer's address where a receipt is to be sent and it, or the consent, is missing.

    It stands before a button that makes a receipt, and goes on with that button whatever is answered: a receipt is
    never held up. From a registered receipt it sends it again.
    """

    _name = "fiscal.contact"
    _description = "Where the fiscal receipt is sent"

    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    method = fields.Char(readonly=True)
    document_id = fields.Many2one("fiscal.document", readonly=True)
    register_id = fields.Many2one("fiscal.register", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    ask_email = fields.Boolean(readonly=True)
    ask_phone = fields.Boolean(readonly=True)
    email = fields.Char(string="E-mail")
    phone = fields.Char()
    save = fields.Boolean(string="Save in the customer's card", default=True)
    agree = fields.Boolean(string="The customer agrees to receive receipts in this way", default=True)

    #: the buttons that the dialog may stand before
    _BUTTONS = frozenset(
        {
            ("account.payment", "action_post"),
            ("account.payment.register", "action_create_payments"),
            ("fiscal.fiscalize", "action_confirm"),
        }
    )

    @api.model
    def _ask(self, record, method, register, partner, email, phone):
        """The dialog before `record.method()`, or False where nothing is missing.

        `record` keeps the answer in `fiscal_email` and `fiscal_phone`.
        """
        missing = register.sudo()._missing_contact(partner.sudo(), email, phone) if register and partner else ()
        if not missing:
            return False
        wizard = self.create(
            {
                "res_model": record._name,
                "res_id": record.id,
                "method": method,
                "register_id": register.id,
                "partner_id": partner.id,
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
        register = document.register_id
        channels = register.sudo()._capabilities().delivers
        wizard = self.create(
            {
                "document_id": document.id,
                "register_id": register.id,
                "partner_id": document.partner_id.id,
                "ask_email": True,
                "ask_phone": bool({"sms", "viber"} & channels),
                "email": document.customer_email or document.partner_id.email,
                "phone": False,
                "save": False,
                "agree": False,
            }
        )
        return wizard._dialog(self.env._("Send the receipt again"))

    def _dialog(self, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_send(self):
        """Take the addresses, save what is to be saved, and go on."""
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
        """The addresses as they are used, each checked; False where none was entered."""
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
        """Into the customer's card, as far as the boxes are ticked."""
        vals = {}
        if self.save:
            vals.update({name: value for name, value in (("email", email), ("phone", phone)) if value})
        if self.agree:
            vals.update({"fiscal_agree_email": True} if email else {}, **({"fiscal_agree_sms": True} if phone else {}))
        if vals and self.partner_id:
            self.partner_id.check_access("read")
            self.partner_id.sudo().write(vals)  # a cashier may not edit customers, but takes their address

    def _go_on(self, vals):
        """Press the button that the dialog stands before."""
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
