"""Sentences for people, by the codes that `protocol` gives."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: what became of a document, what a register says of itself
OUTCOMES = {
    # the line
    "no_line": _lt(
        "The port of the register cannot be opened. Check the cable or the network, that the register is switched on, "
        "and the port on its form."
    ),
    "busy": _lt("Another program uses the port of the register. End it: a register answers to one at a time."),
    "no_answer": _lt("The register does not answer. Check its cable, its power, and the speed on its form."),
    "lost": _lt("It is not known yet whether the register has the document; it will be asked."),
    "subtotal": _lt("The register added up another total, so the receipt was cancelled. It will be sent again."),
    # asking back
    "never_sent": _lt("Nothing of the document has been sent to the register."),
    "not_found": _lt("The fiscal storage has no such document. It will be sent again."),
    "other_storage": _lt(
        "Another fiscal storage is in the register than when the document was sent. Look at the tape and decide."
    ),
    "ambiguous": _lt("Several receipts of the register look like this one. Compare them with the tape and decide."),
    "no_trace": _lt(
        "It cannot be told from the register whether the document was registered. Look at the tape and decide."
    ),
    "differs": _lt("Attention: the register registered another number or change than was expected."),
    "printed_later": _lt("The receipt is registered. It is printed as soon as paper is in the register."),
    # the document
    "error": _lt("The register refuses the document."),
    "data": _lt("The register refuses what the document says."),
    "no_data": _lt("The register has no such data."),
    "settings": _lt("The register is not set up for this document."),
    "not_supported": _lt("This model of register cannot do that."),
    "sums": _lt("The register refuses the sums of the document."),
    "not_enough_cash": _lt("There is not enough cash in the drawer. Put cash in, then send the document again."),
    "operation": _lt("The register refuses this operation in the state in which it is."),
    "too_many_lines": _lt("The receipt has more lines than the register takes. Split it."),
    "nothing_to_repeat": _lt("There is no receipt to be printed again."),
    "zero_total": _lt("The register takes no receipt with the total of zero."),
    "marking": _lt("A marking code was refused: the piece must not be sold."),
    "shift_open": _lt("The shift is open already."),
    "shift_closed": _lt("The shift is closed."),
    "vat_missing": _lt("The register has no such VAT rate. Its software may have to be renewed."),
    "vat_swapped": _lt(
        "The register is set to replace 20 percent by 22, so it cannot register 20. Let its service set field 71 of "
        "table 17 to 2."
    ),
    "subject": _lt("The format of the register does not know this payment subject."),
    "code_of_105": _lt("The marking code cannot be written in format 1.05, which this register uses."),
    "correction_12": _lt("This register cannot register corrections with lines."),
    "correction_105": _lt("Format 1.05 corrects sales and purchases, no returns."),
    "correction_rate": _lt("Format 1.05 has no place for this VAT rate in a correction."),
    # the register
    "shift_expired": _lt("The shift is older than 24 hours. Close it; the next receipt opens a new one."),
    "paper": _lt("The register has no paper. Put in a new roll."),
    "printing": _lt("The register is still printing."),
    "continue": _lt("The register waits to continue printing. Press “Continue printing”."),
    "printer": _lt("The printer of the register reports a fault. Check its cover, paper and cutter."),
    "password": _lt("The register refuses the operator's password. Correct it on the register's form."),
    "other_cashier": _lt("A receipt of another operator is open on the register. Cancel it there."),
    "receipt_open": _lt("The register was in another state than expected. It will be tried again."),
    "mode": _lt("The register is in a mode in which it cannot register. Its service has to bring it out of it."),
    "restart": _lt("Switch the register off and on again."),
    "power": _lt("The register reports trouble with its power. Check it."),
    "service": _lt("The register reports a fault. Call its service."),
    "close_shift_first": _lt("The shift has to be closed first."),
    "date": _lt("The register waits for its date to be confirmed. Confirm it at the register."),
    "clock": _lt("The clock of the register differs from that of its fiscal storage. Set it."),
    "clock_off": _lt("The clock of the register is wrong by more than 5 minutes. Set it."),
    "storage": _lt("The fiscal storage does not answer. Switch the register off and on; then call its service."),
    "storage_state": _lt("The fiscal storage has another document open. It will be tried again."),
    "storage_life": _lt("The fiscal storage is not registered with the tax service, or it is closed."),
    "storage_full": _lt("The fiscal storage is full and has to be replaced."),
    "storage_replace": _lt("The fiscal storage has to be replaced within 3 days."),
    "storage_ends": _lt("The fiscal storage has to be replaced within 30 days."),
    "storage_nearly_full": _lt("The fiscal storage is nearly full. Restore the connection to the operator of data."),
    "operator": _lt(
        "The fiscal storage takes no more documents before the operator of fiscal data (ОФД) has received some. "
        "Connect the register to the Internet."
    ),
    "operator_silent": _lt(
        "The operator of fiscal data (ОФД) has not taken documents for more than a day. Connect the register to the "
        "Internet; it stops after 30 days."
    ),
    "tax_mode": _lt("The register is set not to compute VAT by itself. Let its service set “Начисление налогов” to 0."),
    "format": _lt("The register uses a format other than 1.05 and 1.2. Its service has to change that."),
}

#: what has to be put right before a document can be queued
PROBLEMS = {
    "operation": _lt("Registers of Shtrih-M cannot do this kind of document (%(operation)s)."),
    "no_cashier": _lt("The cashier is not known. Choose who works at the till."),
    "cashier_tax_number": _lt(
        "The tax number (ИНН) of the cashier “%(name)s” is not valid: a person's number has 12 digits."
    ),
    "cash_amount": _lt("The amount of cash has to be above zero."),
    "tax_system": _lt("The tax system is not a Russian one. Choose it in the settings of the company."),
    "customer_tax_number": _lt("The customer's tax number (ИНН) %(number)s is not valid."),
    "correction_date": _lt("A correction needs the date of the settlement that it corrects."),
    "correction_number": _lt("A correction by order of the tax service needs the number of the order."),
    "line_name": _lt("A line of the receipt has no name."),
    "line_quantity": _lt("“%(name)s”: the quantity has to be above zero, with at most three decimals."),
    "line_amount": _lt("“%(name)s”: price and amount must not be negative and have at most two decimals."),
    "line_tax": _lt("“%(name)s”: registers of Shtrih-M do not know this VAT rate."),
    "line_subject": _lt("“%(name)s”: the register does not know this payment subject."),
    "line_method_sign": _lt("“%(name)s”: the register does not know this payment method sign."),
    "line_measure": _lt("“%(name)s”: the register does not know this measure of quantity."),
    "line_department": _lt("“%(name)s”: a register has the departments 1 to 16."),
    "line_agent": _lt("“%(name)s” is sold for somebody else: the supplier with a valid tax number (ИНН) is missing."),
    "line_agent_data": _lt(
        "“%(name)s” is sold by an agent who moves money. On the product, enter the agent's operation and the operators "
        "with telephone number, name, address and tax number (ИНН), and the telephone number of the company."
    ),
    "line_marking": _lt("“%(name)s”: a marked piece stands on a line of its own with the quantity 1."),
    "payment_kind": _lt("The register does not know this kind of payment (%(kinds)s)."),
    "payment_amount": _lt("An amount paid must not be negative and has at most two decimals."),
    "paid_too_little": _lt("%(paid)s was paid, less than the total of %(total)s."),
    "change_not_from_cash": _lt("%(paid)s was paid for %(total)s; change can be given from cash only."),
    "change": _lt("The change is %(change)s and should be %(due)s."),
    "vat_missing": _lt("“%(name)s”: the register has no such VAT rate. Its software may have to be renewed."),
    "vat_swapped": _lt(
        "“%(name)s”: the register is set to replace 20 percent by 22, so it cannot register 20. Let its service set "
        "field 71 of table 17 to 2."
    ),
    "subject": _lt("“%(name)s”: the format of the register does not know this payment subject."),
    "code_of_105": _lt("“%(name)s”: the marking code cannot be written in format 1.05, which the register uses."),
    "tax_mode": OUTCOMES["tax_mode"],
    "format": OUTCOMES["format"],
    "correction_12": OUTCOMES["correction_12"],
    "correction_105": OUTCOMES["correction_105"],
    "correction_rate": _lt("“%(name)s”: format 1.05 has no place for this VAT rate in a correction."),
}
