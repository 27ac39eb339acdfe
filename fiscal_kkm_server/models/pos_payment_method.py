from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.fiscal_base.tools.money import money

from .. import protocol
from .fiscal_register_by_hand import _reply

#: steps of a till with a terminal
STEPS = ("pay", "return", "cancel", "ask")


class PosPaymentMethod(models.Model):
    """Cards on a terminal behind KKM Server (§3.8), for methods that are integrated with it.

    The till starts the payment and polls for its result; no worker waits for the customer's card. The key of a payment
    is the uuid of its line at the till, by which KKM Server recognises a repeat.
    """

    _inherit = "pos.payment.method"

    kkm_server_terminal_number = fields.Integer(
        string="Terminal's number in KKM Server", help="Place of the card terminal in KKM Server's list of devices."
    )

    def _get_payment_terminal_selection(self):
        return [*super()._get_payment_terminal_selection(), ("kkm_server", "KKM Server")]

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "kkm_server_terminal_number"]

    @api.constrains("use_payment_terminal", "kkm_server_terminal_number")
    def _check_kkm_server_terminal_number(self):
        for method in self:
            if method.use_payment_terminal == "kkm_server" and method.kkm_server_terminal_number < 1:
                raise ValidationError(
                    self.env._("Enter the number that the card terminal has in KKM Server's list of devices.")
                )

    def kkm_server_card(self, config_id, step, payment, reply=None):
        """One step with the card terminal, for a till.

        :param step: one of `STEPS`
        :param dict payment: `key`; `amount`; for a return `order`: uuid of the order that is taken back; for a
            cancellation `order`: uuid of the order on the screen, and `transaction`: what the terminal said of the
            payment
        :param reply: of KKM Server, where the till's browser has carried the request
        :returns: `{"call": …}` for the browser to carry, or `{"state", "message", "data"}` as `protocol.Card`
        """
        self.ensure_one()
        register = self._kkm_server_register(config_id)
        key = str(payment.get("key") or "")[:40]
        if step not in STEPS or not key:
            raise UserError(self.env._("The card terminal cannot do that."))
        if reply is None:
            command = self._kkm_server_card_command(step, key, payment)
            if isinstance(command, str):
                return {"state": "failed", "message": command, "data": {}}
            request = protocol.freeze(command)
            if register.kkm_server_connection == "browser":
                return {"call": register._relay_call(register._kkm_server_http(request), "")}
            said = register._kkm_server_send(request)
        else:
            said = _reply(reply)
        card = protocol.parse_card(key, said, asked=step == "ask")
        message = register._kkm_server_sentence(card.problem, card.words) if card.problem else ""
        return {"state": card.state, "message": message, "data": dict(card.data)}

    def _kkm_server_register(self, config_id):
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only cashiers can use the card terminal."))
        config = self.env["pos.config"].browse(config_id)
        config.check_access("read")
        register = config.sudo().fiscal_register_id
        if (
            self not in config.payment_method_ids
            or self.use_payment_terminal != "kkm_server"
            or register.provider != "kkm_server"
        ):
            raise UserError(
                self.env._("“%s” works with a register behind KKM Server only. Choose one for this till.", self.name)
            )
        if register.kkm_server_connection == "callback":
            raise UserError(
                self.env._(
                    "A card terminal cannot wait for the next call of KKM Server. "
                    "Choose another connection on the register's form."
                )
            )
        return register

    def _kkm_server_card_command(self, step, key, payment):
        """The command of a step, or a sentence that says why there is none."""
        device = protocol.Device(number=self.kkm_server_terminal_number)
        if step == "ask":
            return protocol.get_rezult(key)
        try:
            amount = money(abs(float(payment.get("amount") or 0)))
        except (TypeError, ValueError, ArithmeticError):
            amount = 0
        if amount <= 0:
            return self.env._("Enter an amount above zero.")
        if step == "pay":
            return protocol.pay_by_card(device, key, amount)
        order = str(payment.get("order") or "")
        if step == "return":
            of, problem = self._kkm_server_paid(order, amount)
            return problem or protocol.return_by_card(device, key, amount, of)
        of = str(payment.get("transaction") or "")
        problem = self._kkm_server_cancel_problem(of, order, amount)
        return problem or protocol.cancel_card(device, key, amount, of)

    def _kkm_server_paid(self, order_uuid, amount):
        """A payment of an order on this terminal of which `amount` can still be refunded.

        :returns: what the terminal said of it (`UniversalID`), or "", and a sentence where there is none
        """
        Payment = self.env["pos.payment"]
        mine = [("payment_method_id", "=", self.id)]
        paid = Payment.search(
            [*mine, ("pos_order_id.uuid", "=", order_uuid), ("transaction_id", "!=", False), ("amount", ">", 0)]
        )
        if not order_uuid or not paid:
            return "", self.env._("This order was not paid on this terminal. Give the money back in another way.")
        refunds = paid.pos_order_id.lines.refund_orderline_ids.order_id
        back = Payment.search(
            [*mine, ("pos_order_id", "in", refunds.ids), ("amount", "<", 0), ("transaction_id", "!=", False)]
        )
        left = money(sum(paid.mapped("amount")) + sum(back.mapped("amount")))
        fitting = paid.filtered(lambda payment: money(payment.amount) >= amount)[:1]
        if amount > left or not fitting:
            return "", self.env._("Of this order %s can still be given back to one card. Enter no more.", left)
        return fitting.transaction_id, ""

    def _kkm_server_cancel_problem(self, transaction, order_uuid, amount):
        """Why a payment cannot be cancelled, "" if it can.

        The payment is a line of an order that is still on the screen, so Odoo may not have it yet. If Odoo has it, it
        must belong to this order and this method and be at least as large.
        """
        if not transaction:
            return self.env._("This order was not paid on this terminal. Give the money back in another way.")
        known = self.env["pos.payment"].sudo().search([("transaction_id", "=", transaction)])
        if any(
            payment.payment_method_id != self
            or payment.pos_order_id.uuid != order_uuid
            or money(payment.amount) < amount
            for payment in known
        ):
            return self.env._("Only a payment of this very order can be cancelled, and at most its sum.")
        return ""
