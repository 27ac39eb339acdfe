from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import AGENTS, MEASURES, PAYMENT_AGENTS, PAYMENT_SUBJECTS
from ...tools.goods_code import dkpp, uktzed
from ...tools.text import one_line


class ProductTemplate(models.Model):
    _inherit = "product.template"

    fiscal_subject = fields.Selection(
        PAYMENT_SUBJECTS,
        string="Payment subject",
        compute="_compute_fiscal_subject",
        store=True,
        readonly=False,
        help="What is sold, in the words of the receipt (FFD tag 1212).",
    )
    fiscal_measure = fields.Selection(
        MEASURES,
        string="Measure on receipts",
        help="Measure of quantity (FFD tag 2108). Empty: that of the product's unit.",
    )
    fiscal_goods_code = fields.Char(
        string="Goods code (УКТЗЕД)", help="Needed on Ukrainian receipts for excisable and imported goods."
    )
    fiscal_marking_required = fields.Boolean(
        string="Marking code required", help="Each piece carries a marking code that is scanned when it is sold."
    )

    fiscal_agent = fields.Selection(
        AGENTS, string="Sold as agent", help="In what role goods of somebody else are sold (FFD tag 1222)."
    )
    fiscal_supplier_id = fields.Many2one(
        "res.partner", string="Supplier on receipts", help="Whose goods they are (FFD tags 1224 to 1226)."
    )
    fiscal_agent_operation = fields.Char(
        string="Agent's operation", size=24, help="What the agent does with the money, in a word or two (FFD tag 1044)."
    )
    fiscal_payment_operator_id = fields.Many2one(
        "res.partner",
        string="Operator that receives the payments",
        help="Its telephone number stands on the receipt of a payment agent (FFD tag 1074).",
    )
    fiscal_transfer_operator_id = fields.Many2one(
        "res.partner",
        string="Operator that transfers the money",
        help="Its name, address, tax number and telephone number stand on the receipt of a bank's agent "
        "(FFD tags 1026, 1005, 1016, 1075).",
    )

    @api.depends("type")
    def _compute_fiscal_subject(self):
        for template in self:
            if template.fiscal_subject not in (False, "1", "4"):
                continue
            template.fiscal_subject = "4" if template.type == "service" else "1"

    @api.constrains("fiscal_goods_code")
    def _check_fiscal_goods_code(self):
        for template in self:
            code = template.fiscal_goods_code or ""
            if code.strip() and not (uktzed(code) or dkpp(code)):
                raise ValidationError(
                    self.env._(
                        "“%(product)s”: the goods code “%(code)s” is neither one of УКТЗЕД (ten digits) nor one of "
                        "ДКПП (as 62.01.11). A letter О looks like a zero.",
                        product=template.display_name,
                        code=code,
                    )
                )


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _fiscal_line_vals(self):
        """What a receipt line says about the product, besides its amount and tax."""
        self.ensure_one()
        supplier = self.fiscal_supplier_id.sudo() if self.fiscal_agent else self.env["res.partner"]
        return {
            "name": one_line(self.display_name),
            "product_id": self.id,
            "subject": self.fiscal_subject or "1",
            "method_sign": "4",
            "measure": self.fiscal_measure or self.uom_id.fiscal_measure or "0",
            "goods_code": self.fiscal_goods_code,
            "barcode": self.barcode,
            "product_code": self.default_code,
            "agent": self.fiscal_agent,
            "supplier_name": supplier.name,
            "supplier_phone": supplier.phone,
            "supplier_tax_number": supplier.vat,
            "agent_data": self._fiscal_agent_data() or False,
        }

    def _fiscal_agent_data(self):
        """Who moves the money for the owner of the goods, keys as in `const.AGENT_DATA`. The agent's telephone number
        is the company's and comes with the document.
        """
        if not self.fiscal_agent or int(self.fiscal_agent) not in PAYMENT_AGENTS:
            return {}
        receiver, transfer = self.fiscal_payment_operator_id.sudo(), self.fiscal_transfer_operator_id.sudo()
        data = {
            "operation": self.fiscal_agent_operation,
            "receiver_phone": receiver.phone,
            "transfer_phone": transfer.phone,
            "transfer_name": transfer.name,
            "transfer_address": transfer
            and ", ".join(filter(None, transfer._display_address(without_company=True).splitlines())),
            "transfer_tax_number": transfer.vat,
        }
        return {key: text for key, text in data.items() if text}

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "fiscal_marking_required"]
