"""By which ways the same goods or money reach a receipt: each is named here once, and every ordered pair is tried.

A test class names its ways with `@way`; `pairs_of` gives it a test for each way, which goes that way first and every
way after it on the same thing. A pair that cannot be is named in the table `IMPOSSIBLE` of the class with the reason.
"""

from contextlib import contextmanager
from copy import deepcopy
from itertools import combinations_with_replacement
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form

from ..models.accounting.source import MADE, SALE
from ..tools.money import ZERO, money
from ..tools.outcome import Outcome
from .common import Service
from .test_operation import VIEW
from .test_payments import AccountingCase

#: what is sold: one course
SUM = 1000
#: why a way cannot be gone
PAID = "Odoo takes no money for an invoice that is paid"
IN_PROCESS = "the payment is there, and its bank line comes later"
OTHER_MONEY = "what comes on line is other money than that of the payment in process"
#: signs of lines that pay what was handed over before (FFD tag 1214)
PAID_LATER = ("7",)


class Impossible(Exception):
    """The way cannot be gone on this thing; the text says why."""


class Refused(UserError):
    """The form does not offer the way, which is an answer as well."""


def way(function):
    """Mark a method that lets the thing reach a receipt by one way; `UserError` is an answer too: it is refused."""
    function.is_way = True
    return function


def ways_of(cls):
    return [name for name in dir(cls) if getattr(getattr(cls, name), "is_way", False)]


def pairs_of(cls):
    """Give the class a test for each of its ways, with every other one after it."""
    for first in ways_of(cls):

        def test(self, first=first):
            self.try_all_after(first)

        test.__doc__ = f"“{first}”, then every way on the same thing."
        setattr(cls, f"test_after_{first}", test)
    cls.test_two_at_once = lambda self: self.try_two_at_once()
    return cls


class WaysCase(AccountingCase):
    """Pairs of ways on one thing, each undone afterwards."""

    #: `{(first, second): reason}`
    IMPOSSIBLE = {}
    #: how a pair is gone: one after the other; or the register refuses the receipt of the first way, which is sent
    #: again when the second has been gone
    COURSES = ("plain", "refused")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.registers.shift_policy = "manual"
        cls.register.write({"print_statement": True, "print_refund": True})
        cls.Document = cls.env["fiscal.document"]

    def try_all_after(self, first):
        for course in self.COURSES:
            self.service, self.thing = Service(), {}
            with self.undone():
                self.begin(getattr(self, first), course)
                service, thing = self.service, self.thing
                for second in ways_of(type(self)):
                    self.service, self.thing = deepcopy(service), dict(thing)
                    with self.subTest(first=first, second=second, course=course), self.undone():
                        self.try_second(first, second, course)

    def try_second(self, first, second, course):
        expected = type(self).IMPOSSIBLE.get((first, second))
        try:
            self.finish(getattr(self, second), course)
        except Impossible as reason:
            self.assertEqual(str(reason), expected, "say in IMPOSSIBLE why it cannot be")
        else:
            self.assertFalse(expected, "it can be")
            self.assert_once()

    def try_two_at_once(self):
        """Any two ways claim a row in common, so that PostgreSQL refuses the later of two transactions at once, and
        Odoo repeats it when the first is there to be seen (`fiscal.document._claim`).
        """
        self.service, self.thing = Service(), {}
        with self.undone():
            self.prepare_for_two()
            claims = {name: self.claims_of(name) for name in ways_of(type(self))}
        claims = {name: rows for name, rows in claims.items() if rows is not None}
        self.assertGreater(len(claims), 1)
        for first, second in combinations_with_replacement(claims, 2):
            with self.subTest(first=first, second=second):
                self.assertTrue(claims[first] & claims[second], (claims[first], claims[second]))

    def prepare_for_two(self):
        """Hook: what is there when both begin."""
        self.prepare()
        self.the_invoice()

    def claims_of(self, name):
        """The rows that the documents of a way claim, as `(model, id)`; None where it cannot be gone."""
        rows, thing = set(), dict(self.thing)
        Document = self.env.registry["fiscal.document"]
        claim = Document._claim

        def noted(documents):
            rows.update((records._name, record.id) for records in documents._claimed() for record in records)
            return claim(documents)

        with self.undone(), patch.object(Document, "_claim", noted):
            try:
                gone = self.go(getattr(self, name))
            except Impossible:
                gone = False
        self.thing = thing
        return rows if gone else None

    @contextmanager
    def undone(self):
        """What is done inside is undone afterwards."""
        with self.env.cr.savepoint(flush=False) as point:
            try:
                yield
            finally:
                self.env.flush_all()
                point.rollback()
                self.env.invalidate_all()

    # === Courses ===

    def go(self, way):
        """Whether it was not refused. What a refusal has done is undone, as in a request."""
        before = dict(self.thing)
        try:
            with self.env.cr.savepoint():
                way()
        except UserError:
            self.thing = before
            return False
        return True

    def begin(self, first, course):
        self.prepare()
        self.assertTrue(self.go(first), "the first way leads to a receipt")
        if course == "refused":
            self.refuse()

    def refuse(self):
        """The register refuses what waits."""
        waiting = self.documents().filtered(lambda one: one.state == "queued")
        self.service.plan = [Outcome.rejected("7", "paper is blue") for __ in waiting]
        self.drain()

    def finish(self, second, course):
        """Go the second way; what was refused before it is sent again after it."""
        refused = self.documents().filtered(lambda one: one.state == "rejected")
        self.go(second)
        self.drain()
        for document in refused.filtered(lambda one: one.state == "rejected"):
            self.go(document.action_retry)
            self.drain()

    # === What came of it ===

    def prepare(self):
        """Hook: what is there before the first way."""

    def documents(self):
        return self.Document.search([("company_id", "=", self.company.id)], order="id")

    def registered(self, operation):
        """`(goods, money)` that the receipts of `operation` tell, in currency units."""
        goods, paid = ZERO, ZERO
        for document in self.documents().filtered(lambda one: one.operation == operation and one.state in MADE):
            if not document.chain_id:
                lines = document.line_ids.filtered(lambda line: line.method_sign not in PAID_LATER)
                goods += sum((money(line.amount) for line in lines), ZERO)
            paid += money(document.total) - document._credit()
        return goods, paid

    def told(self):
        return "\n".join(
            f"{one.event} {one.operation} {one.state} {one.total} {one.line_ids.mapped('method_sign')}"
            f" {one.payment_ids.mapped('kind')} {one.error_message or ''}"
            for one in self.documents()
        )

    def assert_once(self):
        goods, paid = self.registered(SALE)
        self.assertEqual(goods, SUM, self.told())
        self.assertLessEqual(paid, SUM, self.told())

    # === Things ===

    def the_invoice(self):
        """The invoice of the thing, made where there is none yet."""
        if "invoice" not in self.thing:
            self.thing["invoice"] = self.make_invoice()
        return self.thing["invoice"]

    def make_invoice(self):
        if order := self.thing.get("order"):
            order.action_pos_order_invoice()
            return order.account_move
        return self.invoice()

    def open_invoice(self):
        invoice = self.the_invoice()
        if not invoice.amount_residual:
            raise Impossible(PAID)
        return invoice

    def in_process(self, invoice):
        return invoice.matched_payment_ids.filtered(lambda one: not one.move_id and one.state == "in_process")

    def confirm_dialog(self, record, kind):
        wizard = self.env["fiscal.fiscalize"].browse(record.action_fiscalize()["res_id"])
        wizard.kind = kind
        wizard.action_confirm()

    def match(self, entry, invoice):
        __, suspense, other = entry._seek_for_lines()
        due = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        line = suspense or other
        line.account_id = due.account_id
        (line + due).reconcile()

    def bank_entry(self, amount):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "amount": amount,
                "payment_ref": "transfer",
                "date": fields.Date.today(),
                "partner_id": self.customer.id,
            }
        )

    def book(self, operation="sale"):
        form = Form(self.Document.with_context(default_operation=operation), VIEW)
        form.partner_id = self.customer
        return form

    def book_of_invoice(self, invoice, operation="sale"):
        form = self.book(operation)
        if invoice not in form.open_move_ids[:]:
            raise Refused("the book does not offer the invoice")
        form.move_ids.add(invoice)
        if not form.total:
            raise Refused("nothing is left to be paid")
        return form

    def post(self, form, field="card_amount"):
        form[field] = form.total
        document = form.save()
        document.action_post_operation()
        return document

    def provider(self):
        """A payment provider whose money comes to the bank journal, one for the whole thing."""
        if "provider" not in self.thing:
            provider = self.env["payment.provider"].create(
                {"name": "Acquirer", "code": "none", "company_id": self.company.id, "state": "test"}
            )
            method = self.env.ref("account.account_payment_method_manual_in").id
            line = {"name": "Acquirer", "journal_id": self.bank.id, "payment_method_id": method}
            self.env["account.payment.method.line"].create({**line, "payment_provider_id": provider.id})
            provider.journal_id = self.bank
            self.thing["provider"] = provider
        return self.thing["provider"]

    def transaction(self, amount, **vals):
        """A payment on line that a customer has made, as the notification of its provider leaves it."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider().id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "reference": f"on line {len(self.thing)}",
                "amount": amount,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_redirect",
                **vals,
            }
        )
        self.thing["transaction"] = transaction
        transaction._set_done()
        transaction._post_process()
        return transaction
