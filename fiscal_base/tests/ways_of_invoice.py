"""Ways to a receipt of what is sold by an invoice."""

from odoo.fields import Command

from .ways import IN_PROCESS, OTHER_MONEY, PAID, SUM, Impossible, Refused, way

#: ways by which an invoice comes to be paid in accounting; all but the bank line leave a payment to speak of
PAYING = (
    "fiscalize_payment",
    "match_bank_line",
    "note_payment_in_the_book",
    "pay_invoice",
    "pay_invoice_in_the_book",
    "pay_invoice_on_line",
)
#: ways that take an invoice that is still to be paid
OF_OPEN = (
    "match_bank_line",
    "note_invoice_in_the_book",
    "pay_invoice",
    "pay_invoice_in_the_book",
    "pay_invoice_on_line",
    "payment_without_an_entry",
)


class WaysOfInvoice:
    """Ways of what is sold by an invoice."""

    IMPOSSIBLE = {
        **{(first, second): PAID for first in PAYING for second in OF_OPEN},
        ("match_bank_line", "fiscalize_payment"): PAID,
        ("match_bank_line", "note_payment_in_the_book"): PAID,
        ("payment_without_an_entry", "payment_without_an_entry"): IN_PROCESS,
        ("payment_without_an_entry", "pay_invoice_on_line"): OTHER_MONEY,
    }

    @way
    def fiscalize_invoice_on_credit(self):
        self.confirm_dialog(self.the_invoice(), "credit")

    @way
    def fiscalize_invoice_as_paid(self):
        self.confirm_dialog(self.the_invoice(), "electronic")

    @way
    def fiscalize_payment(self):
        """A payment that was entered without a receipt, fiscalized by hand."""
        if "payment" not in self.thing:
            self.thing["payment"] = self.pay(self.open_invoice(), fiscal_print=False)
        self.confirm_dialog(self.thing["payment"], "electronic")

    @way
    def pay_invoice(self):
        self.thing["payment"] = self.pay(self.open_invoice())

    @way
    def match_bank_line(self):
        invoice = self.open_invoice()
        self.match(self.bank_entry(SUM), invoice)

    @way
    def payment_without_an_entry(self):
        """As of a journal without outstanding accounts: it is in process, and the bank line comes later."""
        invoice = self.open_invoice()
        if self.in_process(invoice):
            raise Impossible(IN_PROCESS)
        payment = self.payment(SUM, post=False, invoice_ids=[Command.set(invoice.ids)])
        payment.outstanding_account_id = False
        invoice.matched_payment_ids += payment
        payment.action_post()
        self.thing["payment"] = payment

    @way
    def pay_invoice_on_line(self):
        invoice = self.open_invoice()
        if self.in_process(invoice):
            raise Impossible(OTHER_MONEY)
        self.thing["payment"] = self.transaction(SUM, invoice_ids=[Command.set(invoice.ids)]).payment_id

    @way
    def pay_invoice_in_the_book(self):
        invoice = self.open_invoice()
        self.thing["payment"] = self.post(self.book_of_invoice(invoice)).operation_payment_ids

    @way
    def note_invoice_in_the_book(self):
        """An operation of the book that enters no payment in accounting."""
        invoice = self.open_invoice()
        form = self.book_of_invoice(invoice)
        form.enter_payment = False
        self.post(form)

    @way
    def note_payment_in_the_book(self):
        """An operation of the book that speaks of a payment."""
        if "payment" not in self.thing:
            self.thing["payment"] = self.pay(self.open_invoice(), fiscal_print=False)
        form = self.book()
        if self.thing["payment"] not in form.open_payment_ids[:]:
            raise Refused("the book does not offer the payment")
        form.operation_payment_ids.add(self.thing["payment"])
        self.post(form)
