from odoo import api, fields, models

from ...const import AGENT_DATA, AGENTS, MEASURES, PAYMENT_AGENTS, PAYMENT_METHOD_SIGNS, PAYMENT_SUBJECTS
from ...fields import Kopecks
from ...tools.marking_code import normalize
from ...tools.money import money, quantity
from ...tools.receipt import Line, Person


class FiscalDocumentLine(models.Model):
    """A line as it appears on the receipt. Frozen with its document."""

    _name = "fiscal.document.line"
    _inherit = "fiscal.row"
    _description = "Line of a fiscal document"
    _order = "document_id, sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    full_name = fields.Char(string="Whole text", help="The text before it was shortened to what a receipt may hold.")
    product_id = fields.Many2one("product.product", ondelete="set null")
    quantity = fields.Float(digits=(16, 3), default=1)
    price = Kopecks(help="Price of one unit before discount, taxes included.")
    amount = Kopecks(help="What the customer pays for the line.")
    discount = Kopecks(compute="_compute_discount", help="Price × quantity less the amount.")
    tax_code_id = fields.Many2one(
        "fiscal.tax.code", string="Tax code", ondelete="restrict", domain="[('vocabulary', '=', tax_vocabulary)]"
    )
    tax_vocabulary = fields.Char(related="document_id.register_id.tax_vocabulary")
    tax_code = fields.Char(help="VAT rate (FFD tag 1199) or tax group of the service.")
    tax_name = fields.Char(string="Tax")
    tax_rate = fields.Float(digits=(5, 2))
    without_tax = fields.Boolean()
    subject = fields.Selection(PAYMENT_SUBJECTS, string="Payment subject", default="1")
    method_sign = fields.Selection(PAYMENT_METHOD_SIGNS, string="Payment method sign", default="4")
    measure = fields.Selection(MEASURES, default="0")
    goods_code = fields.Char(string="Goods code (УКТЗЕД)")
    barcode = fields.Char()
    product_code = fields.Char()
    marking_code = fields.Char()
    agent = fields.Selection(AGENTS, help="In what role the goods of somebody else are sold (FFD tag 1222).")
    supplier_name = fields.Char()
    supplier_phone = fields.Char()
    supplier_tax_number = fields.Char()
    agent_data = fields.Json(readonly=True)
    agent_words = fields.Char(
        string="Data of the agent",
        compute="_compute_agent_words",
        help="Who moves the money for its owner, and how (FFD tag 1223). They come from the product.",
    )

    @api.depends("price", "quantity", "amount")
    def _compute_discount(self):
        for line in self:
            line.discount = float(money(money(line.price) * quantity(line.quantity)) - money(line.amount))

    @api.depends("agent_data")
    def _compute_agent_words(self):
        for line in self:
            data = line.agent_data or {}
            line.agent_words = ", ".join(data[key] for key in AGENT_DATA if key in data)

    def _as_line(self):
        """The line as plain data."""
        self.ensure_one()
        return Line(
            name=self.name,
            quantity=quantity(self.quantity),
            price=money(self.price),
            amount=money(self.amount),
            tax_code=self.tax_code or "",
            tax_rate=None if self.without_tax else money(self.tax_rate),
            subject=int(self.subject or 1),
            method_sign=int(self.method_sign or 4),
            measure=int(self.measure or 0),
            goods_code=self.goods_code or "",
            barcode=self.barcode or "",
            product_code=self.product_code or "",
            marking_code=self.marking_code or "",
            agent=int(self.agent) if self.agent else None,
            supplier=self._as_supplier(),
            extra=self._as_extra(),
        )

    def _as_extra(self):
        """What only some providers know: `agent`, the data of an agent that moves money (`tools.agent`)."""
        if not self.agent or int(self.agent) not in PAYMENT_AGENTS:
            return {}
        return {"agent": {"phone": self.company_id.phone or "", **(self.agent_data or {})}}

    def _as_supplier(self):
        if not self.agent:
            return None
        return Person(
            name=self.supplier_name or "",
            tax_number=self.supplier_tax_number or "",
            phone=self.supplier_phone or "",
        )

    @api.onchange("product_id")
    def _onchange_product_id(self):
        product = self.product_id
        if not product:
            return
        self.update(product._fiscal_line_vals())
        self.price = self.amount = product.lst_price
        register = self.document_id.register_id
        taxes = product.taxes_id.filtered(lambda tax: tax.company_id == register.company_id)
        if register.tax_vocabulary:
            code = register._tax_code(taxes)
            self.tax_code_id = code and self.env["fiscal.tax.code"].search(
                [("vocabulary", "=", register.tax_vocabulary), ("code", "=", code[0])], limit=1
            )
        elif code := register._tax_code(taxes):
            self.tax_code, self.tax_name, self.tax_rate, self.without_tax = code[:4]

    @api.onchange("marking_code")
    def _onchange_marking_code(self):
        self.marking_code = self.marking_code and normalize(self.marking_code)

    @api.onchange("tax_code_id")
    def _onchange_tax_code_id(self):
        if code := self.tax_code_id:
            self.update(
                {
                    "tax_code": code.code,
                    "tax_name": code.name,
                    "tax_rate": code.rate,
                    "without_tax": code.without_tax,
                }
            )

    @api.onchange("price", "quantity")
    def _onchange_price(self):
        self.amount = float(money(money(self.price) * quantity(self.quantity)))
