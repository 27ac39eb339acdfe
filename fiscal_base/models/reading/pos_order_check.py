from odoo import api, models
from odoo.fields import Command

from ...tools.money import money

#: what an order of a till is asked about; all else it says is not read
ORDER = frozenset(
    {
        *("uuid", "amount_total", "amount_return", "partner_id", "fiscal_position_id", "employee_id", "user_id"),
        *("is_refund", "email", "mobile", "source"),
    }
)
LINE = frozenset(
    {
        *("uuid", "product_id", "full_product_name", "qty", "price_unit", "discount", "tax_ids", "price_subtotal"),
        *("price_subtotal_incl", "refunded_orderline_id", "fiscal_marking_code", "is_reward_line", "reward_id"),
        *("sale_order_origin_id", "sale_order_line_id"),
    }
)
PAYMENT = frozenset({"payment_method_id", "amount"})


class PosOrder(models.Model):
    """An order that is still at its till, read by the code that reads it when it is paid."""

    _inherit = "pos.order"

    @api.model
    def _fiscal_of_till(self, config, order):
        """The order of the till of `config` as a record that is not stored.

        Of what the till names, only what belongs to the company of the point of sale is looked at.
        """
        lines = [self._fiscal_own(config, "pos.order.line", vals, LINE) for vals in order.get("lines", ())]
        payments = [self._fiscal_own(config, "pos.payment", vals, PAYMENT) for vals in order.get("payments", ())]
        vals = self._fiscal_own(config, "pos.order", order, ORDER)
        if back := money(vals.get("amount_return") or 0):
            cash = config.payment_method_ids.filtered("is_cash_count")[:1]
            payments.append({"payment_method_id": cash.id, "amount": float(back), "is_change": True})
        paid = sum(payment.get("amount", 0.0) for payment in payments)
        session = config.current_session_id
        return self.sudo().new(
            {
                **vals,
                "session_id": session.id,
                "config_id": config.id,
                "company_id": config.company_id.id,
                "amount_paid": paid,
                "lines": [Command.create(line) for line in lines],
                "payment_ids": [Command.create(payment) for payment in payments],
            }
        )

    @api.model
    def _fiscal_own(self, config, model, vals, names):
        """Those of `vals` that are read, without references to records of other companies."""
        fields, own = self.env[model]._fields, {}
        for name in names & vals.keys() & fields.keys():
            field, value = fields[name], vals[name]
            if field.relational:
                ids = value if isinstance(value, list) else [value] if value else []
                records = self.env[field.comodel_name].sudo().browse([int(one) for one in ids]).exists()
                if "company_id" in records._fields and records._name != "res.users":
                    companies = config.company_id.parent_ids
                    records = records.filtered(lambda one, of=companies: not one.company_id or one.company_id in of)
                value = [Command.set(records.ids)] if field.type == "many2many" else records[:1].id
            own[name] = value
        return own

    def _fiscal_checked(self, register):
        """`{"problems", "warnings"}` of this order, which is not paid yet."""
        Document = self.env["fiscal.document"]
        __, receipts, problems = self._fiscal_composed(register, unpaid=True)
        problems = problems or self._fiscal_cashier_problems(register)
        warnings = []
        for receipt in receipts:
            problems += self._fiscal_receipt_problems(receipt, register)
            vals = {**self._fiscal_common_vals(register), **Document._composed_vals(receipt, register)}
            vals.update(pos_order_id=False, pos_session_id=False)
            problems += register._checked(lambda vals=vals: register._problems(register._receipt_of(vals)))
            warnings += Document._sentences(receipt.warnings)
        return {"problems": list(dict.fromkeys(problems)), "warnings": list(dict.fromkeys(warnings))}
