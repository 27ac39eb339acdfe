from odoo import api, fields, models
from odoo.exceptions import UserError

#: how a receipt can reach the customer
CHANNELS = ("email", "sms", "viber")


class FiscalRegister(models.Model):
    """How the receipt reaches the customer: with the request where the setting and the customer allow it, or later."""

    _inherit = "fiscal.register"

    send_email = fields.Boolean(
        string="Send by e-mail", help="To customers who agree. The service sends it, or the operator of fiscal data."
    )
    send_sms = fields.Boolean(
        string="Send by SMS or Viber", help="To customers who agree. The service sends it and may charge for it."
    )
    open_receipt = fields.Boolean(
        string="Open the receipt for printing or download",
        help="As soon as a receipt from accounting is registered, it opens in a new window of the browser.",
    )

    def _enqueue(self, vals):
        """Freeze with the document by which channels it may reach the customer."""
        if (self.send_email or self.send_sms) and "deliver" not in vals:
            partner = self.env["res.partner"].sudo().browse(vals.get("partner_id"))
            vals.update(self._sending(partner, vals.get("customer_email"), vals.get("customer_phone")))
        return super()._enqueue(vals)

    def _sending(self, partner, email, phone):
        """Values of the document that say where its receipt is sent.

        An address that was given for this sale implies consent.
        """
        vals = {"deliver": ""}
        channels = []
        if self.send_email and email and (partner.fiscal_agree_email or email != partner.email):
            channels.append("email")
        number = self.send_sms and phone and self._phone(phone)
        if number and (partner.fiscal_agree_sms or number != self._phone(partner.phone or "")):
            channels += ["sms", "viber"]
            vals["customer_phone"] = number
        vals["deliver"] = ",".join(channels)
        return vals

    def _phone(self, number, required=False):
        """`number` as +380671234567, read as one of the company's country; False where it is not a phone number.

        :param required: raise Odoo's sentence about what is wrong with it instead
        """
        company = self.company_id.sudo()
        country = company.account_fiscal_country_id or company.country_id
        return self.env["res.partner"]._phone_format_number(number, country, raise_exception=required)

    def _missing_contact(self, partner, email, phone):
        """What keeps a receipt from being sent: a list of `email` and `sms`, empty if nothing does."""
        sending = self._sending(partner, email, phone)["deliver"].split(",")
        missing = ["email"] if self.send_email and "email" not in sending else []
        return missing + (["sms"] if self.send_sms and "sms" not in sending else [])

    # === Later ===

    def _deliver(self, document, channel, address):
        """Send the registered receipt to the customer (again).

        :param channel: one of `CHANNELS`
        :raises UserError: if it cannot be sent, with the reason
        """
        if channel in self._capabilities().delivers:
            self._call_provider("deliver", document, channel, address)
        elif channel == "email":
            document._send_mail(address)
        else:
            raise UserError(
                self.env._("“%s” cannot send receipts in this way. Send it by e-mail, or print it.", self.name)
            )

    def _demo_deliver(self, document, channel, address):
        """The demo register sends nothing; the document's history notes that it was asked."""

    @api.model
    def _channel_words(self, channel):
        return {"email": self.env._("e-mail"), "sms": self.env._("SMS"), "viber": "Viber"}[channel]
