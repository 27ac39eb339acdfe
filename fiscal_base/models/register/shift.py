from odoo import api, fields, models

from ...const import PAYMENT_KINDS
from ...fields import Kopecks
from ...tools.money import ZERO, money, spread


class FiscalShift(models.Model):
    """A shift of a register, from its opening to its Z report.

    Counters are sums by name. A provider that reports the service's own counters (`FiscalData.counters`) uses the same
    names, as far as the service has them:

    * `sale.count`, `sale.total`, `sale.cash`, `sale.electronic`, … (the keys of `const.PAYMENT_KINDS`), and the same
      for `sale_return`. Where the service keeps the receipts of a prepayment together (`Capabilities.chains`), each
      counts with what was paid then: the credit of the first is counted again with the later ones;
    * `sale.tax.<code>`, `sale_return.tax.<code>`: sums of the lines with that tax code;
    * `cash_in`, `cash_out`, `cash_withdrawal`;
    * `cash`: what the shift added to the drawer.
    """

    _name = "fiscal.shift"
    _description = "Fiscal shift"
    _order = "opened_at desc, id desc"

    register_id = fields.Many2one("fiscal.register", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="register_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    number = fields.Integer(readonly=True)
    state = fields.Selection([("open", "Open"), ("closed", "Closed")], default="open", required=True, readonly=True)
    opened_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    opened_by_id = fields.Many2one("hr.employee", string="Opened by", readonly=True)
    closed_by_id = fields.Many2one("hr.employee", string="Closed by", readonly=True)
    document_ids = fields.One2many("fiscal.document", "shift_id", readonly=True)
    document_count = fields.Integer(compute="_compute_totals")
    sale_total = Kopecks(string="Sales", compute="_compute_totals")
    return_total = Kopecks(string="Returns", compute="_compute_totals")
    cash_in_total = Kopecks(string="Cash in", compute="_compute_totals")
    cash_out_total = Kopecks(string="Cash out", compute="_compute_totals")
    cash_total = Kopecks(string="Cash in the drawer from this shift", compute="_compute_totals")
    z_data = fields.Json(string="Counters of the service", readonly=True)
    differs = fields.Boolean(readonly=True, help="The Z report of the service and Odoo's own counters do not agree.")
    counters_html = fields.Html(string="Counters", compute="_compute_counters_html", sanitize=False)

    @api.depends("register_id", "number")
    def _compute_display_name(self):
        for shift in self:
            shift.display_name = f"{shift.register_id.name} № {shift.number}"

    @api.depends("document_ids.state")
    def _compute_totals(self):
        for shift in self:
            counters = shift._counters()
            shift.document_count = len(shift.document_ids.filtered(lambda document: document.state == "done"))
            shift.sale_total = counters["sale.total"]
            shift.return_total = counters["sale_return.total"]
            shift.cash_in_total = counters["cash_in"]
            shift.cash_out_total = counters["cash_out"]
            shift.cash_total = counters["cash"]

    @api.depends("document_ids.state", "z_data")
    def _compute_counters_html(self):
        for shift in self:
            shift.counters_html = self.env["ir.qweb"]._render(
                "fiscal_base.shift_counters", {"shift": shift, "rows": shift._counter_rows()}
            )

    def _counters(self):
        """Odoo's own counters of the shift, as `Decimal` by name."""
        self.ensure_one()
        counters = {}
        for operation in ("sale", "sale_return"):
            counters |= {f"{operation}.count": 0, f"{operation}.total": ZERO, f"{operation}.cash": ZERO}
        counters |= {"cash_in": ZERO, "cash_out": ZERO}
        documents = self.sudo().document_ids.filtered(lambda document: document.state == "done")

        def add(name, amount):
            counters[name] = counters.get(name, ZERO) + amount

        chains = self.register_id._capabilities().chains
        for document in documents:
            operation = document.operation
            if operation in ("cash_in", "cash_out", "cash_withdrawal"):
                add(operation, money(document.total))
            if operation == "zero":
                add("sale.count", 1)  # a sale of nothing is one of its receipts
            if operation not in ("sale", "sale_return"):
                continue
            credit = document._credit() if chains else ZERO
            add(f"{operation}.count", (document.service_data or {}).get("receipts", 1))
            add(f"{operation}.total", money(document.total) - credit)
            add(f"{operation}.cash", -money(document.change))
            for payment in document.payment_ids:
                if not credit or payment.kind != "credit":
                    add(f"{operation}.{payment.kind}", money(payment.amount))
            lines = document.line_ids
            amounts = spread([money(line.amount) for line in lines], -credit)
            for line, amount in zip(lines, amounts, strict=True):
                add(f"{operation}.tax.{line.tax_code}", amount)
        counters["cash"] = (
            counters["sale.cash"] - counters["sale_return.cash"] + counters["cash_in"] - counters["cash_out"]
        ) - counters.get("cash_withdrawal", ZERO)
        return counters

    def _counter_rows(self):
        """`[{"label", "odoo", "service", "difference"}]` for reports; `service` is None if it reports nothing."""
        own, service = self._counters(), self.z_data or {}
        taxes = dict(self.sudo().document_ids.line_ids.mapped(lambda line: (line.tax_code, line.tax_name)))
        rows = []
        for name, value in own.items():
            told = money(service[name]) if name in service else None
            if not value and not told and not name.endswith(".total"):
                continue
            rows.append(
                {
                    "name": name,
                    "label": self._counter_label(name, taxes),
                    "odoo": value,
                    "service": told,
                    "difference": None if told is None else told - value,
                }
            )
        return sorted(rows, key=lambda row: list(self._counter_order()).index(row["name"].split(".tax.")[0]))

    @api.model
    def _counter_order(self):
        for operation in ("sale", "sale_return"):
            for name in ("count", "total", *(kind for kind, __ in PAYMENT_KINDS)):
                yield f"{operation}.{name}"
            yield operation  # its taxes
        yield from ("cash_in", "cash_out", "cash_withdrawal", "cash")

    def _counter_label(self, name, taxes):
        operations = dict(self.env["fiscal.document"]._fields["operation"]._description_selection(self.env))
        kinds = dict(self.env["fiscal.document.payment"]._fields["kind"]._description_selection(self.env))
        if name == "cash":
            return self.env._("Cash in the drawer from this shift")
        operation, __, rest = name.partition(".")
        if not rest:
            return operations[operation]
        if rest.startswith("tax."):
            what = taxes.get(rest.removeprefix("tax.")) or rest.removeprefix("tax.")
        else:
            what = {"count": self.env._("receipts"), "total": self.env._("total")}.get(rest) or kinds[rest]
        return f"{operations[operation]}: {what}"

    def _close(self, document):
        """End the shift with its Z report, and mark where the service's counters differ."""
        self.ensure_one()
        self.write(
            {
                "state": "closed",
                "closed_at": document.registered_at,
                "closed_by_id": document.employee_id.id,
                "z_data": (document.service_data or {}).get("counters") or False,
            }
        )
        self.differs = any(row["difference"] for row in self._counter_rows())

    def action_print(self):
        """The X report of an open shift, the Z report of a closed one, as a page to print. For all who may see it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/html/fiscal_base.report_shift/{self.id}",
            "target": "new",
        }
