import re
from functools import cache

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from ...const import DETAILS
from ...tools import receipt_text as texts
from ...tools.money import money

#: the model whose custom fields are tags
SOURCE = "account.payment"
#: where Odoo keeps the definitions of properties that belong to a whole model
OF_MODEL = "properties.base.definition"
#: types of custom fields that have a place in a text
TYPES = (
    *("char", "text", "html", "selection", "many2one", "many2many", "tags"),
    *("integer", "float", "monetary", "date", "datetime", "boolean"),
)


class FiscalRegister(models.Model):
    """What a receipt says about a payment that names no goods: the details template, a text with tags in braces."""

    _inherit = "fiscal.register"

    details_template = fields.Char(
        string="Text of the receipt line",
        help="What the receipt says of a payment without an invoice. Tags in braces are replaced: {customer}, {note}.",
    )

    @api.constrains("details_template")
    def _check_details_template(self):
        for register in self:
            register._check_details(register.details_template)

    # === The text ===

    def _details_text(self, payment, employee=None):
        """The text of the receipt line for `payment`, at most 128 characters.

        :param payment: an `account.payment`
        :param employee: the cashier; without one that of the register
        """
        return self._details_vals(payment, employee)["name"]

    def _details_vals(self, payment, employee=None):
        """`name` for the line of `payment`'s receipt, and `full_name` where the text had to be shortened."""
        text = self._details_fill(self._details_template_of(payment.journal_id, payment), payment, employee)
        name, whole = texts.cut(text or payment.memo or payment.name or self.env._("Payment"))
        return {"name": name, "full_name": whole or False}

    def _details_template_of(self, journal, payment=None):
        """The template in force: that of the journal, of the register, or the default of the country."""
        return journal.fiscal_details_template or self.details_template or self._details_default(payment)

    def _details_default(self, payment=None):
        """The country's text for what `payment` is known to pay: its invoice, its order, else an advance."""
        company = self.company_id or self.env.company
        words = DETAILS.get(company.account_fiscal_country_id.code, DETAILS[""])
        if payment and any(payment.sudo()._details_invoices().mapped("name")):
            return words["invoice"]
        return words["order"] if payment and payment.sudo()._details_orders() else words[""]

    def _details_fill(self, template, payment, employee=None):
        """`template` with the values of `payment`, of any length."""
        register = self.sudo().with_context(lang=payment.company_id.sudo().partner_id.lang or self.env.lang)
        value_of = register._details_value_of(payment.sudo(), (employee or register.employee_id).sudo())
        return texts.fill(template, value_of)

    def _details_value_of(self, payment, employee):
        """A function that gives the text of a tag for `payment`; nothing is read that no tag asks for."""
        contract = cache(lambda: payment._details_contract() or texts.Contract())
        values = {
            "legal": lambda: contract().payer or self._details_names(payment._details_payers()),
            "customer": lambda: contract().customer or self._details_names(payment._details_customers()),
            "note": lambda: payment.memo,
            "amount": lambda: str(money(payment.amount)),
            "date": lambda: self._details_date(payment.date),
            "invoice": lambda: ", ".join(name for name in payment._details_invoices().mapped("name") if name),
            "order": lambda: ", ".join(payment._details_orders()),
            "company": lambda: payment.company_id.name,
            "cashier": lambda: employee.name,
            "pay.ctt.tariff_name": lambda: contract().name,
            "pay.ctt.subjects": lambda: ", ".join(contract().subjects),
            "pay.ctt.b_date": lambda: self._details_date(contract().begin),
            "pay.ctt.e_date": lambda: self._details_date(contract().end),
        }
        custom = cache(self._details_custom)

        def value_of(tag):
            if tag in values:
                return values[tag]() or ""
            found = tag.startswith("custom_") and custom().get(tag)
            return self._details_custom_value(payment, *found[:2]) if found else ""

        return value_of

    @api.model
    def _details_names(self, partners):
        return ", ".join(partner.name or partner.commercial_partner_id.name or "" for partner in partners)

    @api.model
    def _details_date(self, day):
        return day and day.strftime("%d.%m.%Y")

    # === Tags ===

    @api.model
    def _details_tags(self):
        """`{name: (meaning, example)}` of the tags, in the order in which they are shown."""
        tags = {
            "legal": (self.env._("Who pays"), self.env._("Peter Smith")),
            "customer": (self.env._("The person served"), self.env._("Anthony Smith")),
            "note": (self.env._("Memo of the payment"), self.env._("for October")),
            "amount": (self.env._("Sum"), "4500.00"),
            "date": (self.env._("Date of the payment"), "05.10.2026"),
            "invoice": (self.env._("Invoices that are paid"), "INV/2026/00042"),
            "order": (self.env._("Orders that are paid"), "S00042"),
            "company": (self.env._("Your company"), self.env.company.name),
            "cashier": (self.env._("Cashier"), self.env._("Anna Brown")),
            "pay.ctt.tariff_name": (self.env._("Contract: name"), self.env._("English, twice a week")),
            "pay.ctt.subjects": (self.env._("Contract: subjects"), self.env._("English, Mathematics")),
            "pay.ctt.b_date": (self.env._("Contract: first day"), "01.10.2026"),
            "pay.ctt.e_date": (self.env._("Contract: last day"), "31.12.2026"),
        }
        for tag, (__, __, label) in self._details_custom(short=False).items():
            tags[tag] = (label, f"… {label} …")
        return tags

    @api.model
    def _details_custom(self, short=True):
        """`{tag: (field, property definition or None, label)}` of the custom fields of payments.

        :param short: also the names without `x_`, as far as they are not ambiguous
        """
        custom, aliases = {}, {}
        for name, field in self.env[SOURCE]._fields.items():
            if field.manual and field.type in TYPES:
                found = (field, None, field._description_string(self.env))
                custom[f"custom_{name}".casefold()] = found
                alias = re.sub("^x_(studio_)?", "", name)
                aliases.setdefault(f"custom_{alias}".casefold(), []).append(found)
            elif field.type == "properties" and field.definition_record and not field.groups:
                for definition in self._details_property_definitions(field):
                    found = (field, definition["name"], definition["string"])
                    label = re.sub(r"\W+", "_", definition["string"]).strip("_")
                    custom[f"custom_{label or definition['name']}".casefold()] = found
                    aliases.setdefault(f"custom_{definition['name']}".casefold(), []).append(found)
        if short:
            custom |= {tag: found[0] for tag, found in aliases.items() if len(found) == 1 and tag not in custom}
        return custom

    @api.model
    def _details_property_definitions(self, field):
        container = self.env[self.env[SOURCE]._fields[field.definition_record].comodel_name].sudo()
        if container._name == OF_MODEL:
            records = container._get_definition_for_property_field(SOURCE, field.name)
        else:
            records = container.search([(field.definition_record_field, "!=", False)])
        for record in records:
            for definition in record[field.definition_record_field] or ():
                if definition.get("type") in TYPES and definition.get("string"):
                    yield definition

    def _details_custom_value(self, payment, field, prop=None):
        """The value of a custom field or property of `payment`, as text."""
        payment = payment.with_context(lang=self.env.lang)
        if prop is None:
            selection = field._description_selection(self.env) if field.type == "selection" else ()
            value = payment[field.name]
            names = value.mapped("display_name") if field.type in ("many2one", "many2many") else value
            return self._details_as_text(field.type, names, dict(selection))
        for definition in payment.read([field.name])[0][field.name]:
            if definition["name"] == prop:
                value = definition.get("value") or False
                if definition["type"] == "many2one":
                    value = [value[1]] if value else []
                elif definition["type"] == "many2many":
                    value = [name for __, name in value or ()]
                labels = (
                    {option[0]: option[1] for option in definition.get(definition["type"]) or ()}
                    if (definition["type"] in ("selection", "tags"))
                    else {}
                )
                return self._details_as_text(definition["type"], value, labels)
        return ""

    def _details_as_text(self, kind, value, labels):
        if kind == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if not value:
            return ""
        if kind == "selection":
            return labels.get(value, "")
        if kind in ("many2one", "many2many", "tags"):
            return ", ".join(labels.get(name, name) for name in value)
        if kind == "html":
            return html2plaintext(value)
        if kind == "datetime":
            return self._local(fields.Datetime.to_datetime(value)).strftime("%d.%m.%Y %H:%M")
        if kind == "date":
            return self._details_date(fields.Date.to_date(value))
        return f"{value:.10g}" if isinstance(value, float) else str(value)

    # === Checks and the editor ===

    @api.model
    def _details_problems(self, template):
        """Every problem of a template, as sentences for the user."""
        problems = []
        for tag, meant in texts.unknown(template, [*self._details_tags(), *self._details_custom()]):
            if meant:
                problems.append(
                    self.env._("“{%(tag)s}” is not a tag. Did you mean “{%(meant)s}”?", tag=tag, meant=meant)
                )
            else:
                problems.append(
                    self.env._("“{%(tag)s}” is not a tag. Take one from the list of tags beside the text.", tag=tag)
                )
        if texts.stray_brace(template):
            problems.append(self.env._("A brace has no partner. A tag stands between “{” and “}”."))
        return problems

    @api.model
    def _check_details(self, template):
        if problems := self._details_problems(template):
            raise ValidationError("\n".join(problems))

    def details_help(self, company_id=False):
        """What the editor of a template shows beside it.

        :returns: `tags`: a list of `{tag, meaning, example}`; `default`: the text in force while the template is
            empty; `payments`: whether the user may choose a payment to try it on
        """
        self.check_access("read")
        company = self.env["res.company"].browse(company_id) or self.company_id or self.env.company
        return {
            "tags": [
                {"tag": f"{{{name}}}", "meaning": meaning, "example": example or ""}
                for name, (meaning, example) in self.with_company(company)._details_tags().items()
            ],
            "default": (self or self.with_company(company))._details_template_of(self.env["account.journal"]),
            "payments": self.env["account.payment"].has_access("read"),
        }

    def details_preview(self, template, payment_id=False):
        """What `template` says about a payment, or about the examples if none is given.

        :param template: if it is empty, the default is shown
        :returns: `text` as on the receipt; `whole`, the full text, if it had to be shortened, else ""; `problems`:
            sentences
        """
        self.check_access("read")
        payment = self.env["account.payment"].browse(payment_id or ())
        payment.check_access("read")
        if payment:
            template = template or self._details_template_of(payment.journal_id, payment)
            text = self._details_fill(template, payment, self.env.user._fiscal_employee(payment.company_id))
        else:
            tags = self._details_tags()
            template = template or self._details_template_of(self.env["account.journal"])
            text = texts.fill(template, lambda tag: tags.get(tag, ("", ""))[1])
        name, whole = texts.cut(text)
        return {"text": name, "whole": whole, "problems": self._details_problems(template)}
