"""Messages for the user, by the codes that `protocol` returns."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: the outcome of a document, or why a question has no answer
OUTCOMES = {
    # the line
    "connection": _lt("KKM Server cannot be reached. Check that it runs and that its address is right."),
    "no_connection": _lt("KKM Server cannot be reached. Check that it runs and that its address is right."),
    "beside": _lt(
        "Check that KKM Server runs on this computer, and that its login and password are entered in this browser."
    ),
    "lost": _lt("It is not known yet whether KKM Server has the document; it will be asked."),
    "unauthorized": _lt("KKM Server refuses the login or the password. Correct them on the register's form."),
    "wrong_address": _lt("Something other than KKM Server answers at this address. Correct it on the register's form."),
    "throttled": _lt("KKM Server, or a proxy before it, asks for a pause."),
    "server_error": _lt("KKM Server, or a proxy before it, answers with an error of its own."),
    "no_json": _lt("The answer is not one of KKM Server. Check the address on the register's form."),
    "foreign": _lt("KKM Server answered for another command."),
    "unexpected": _lt("The answer of KKM Server could not be understood."),
    "busy": _lt("The register is busy."),
    # the document
    "refused": _lt("KKM Server refuses the document for what it says."),
    "error": _lt("The register refuses the document."),
    "not_enough_cash": _lt("There is not enough cash in the drawer. Put cash in, then send the document again."),
    "shift_open": _lt("The shift is open already."),
    "queue_timeout": _lt("The register was busy for too long; the document was taken back and will be sent again."),
    "differs": _lt("Attention: the register printed another sum or another type of receipt than was sent."),
    # the register
    "device_not_found": _lt("KKM Server does not know this register, or it is switched off there."),
    "licence": _lt("KKM Server has no licence for this register. Enter one in its settings."),
    "shift_closed": _lt("The shift is not open, or it is older than 24 hours: close it, then open a new one."),
    "shift_expired": _lt("The shift is older than 24 hours. Close it; the next receipt opens a new one."),
    "paper": _lt("The register has no paper. Put in a new roll."),
    "storage": _lt("The register reports trouble with its fiscal storage, its clock or its operator of fiscal data."),
    "storage_full": _lt("The fiscal storage is full and has to be replaced."),
    "switched_off": _lt("The register is switched off in KKM Server. Switch it on in its settings."),
    "operator": _lt(
        "The fiscal storage holds as many documents as it can that the operator of fiscal data (ОФД) has not received. "
        "Connect the register to the Internet."
    ),
    "clock": _lt("The clock of the register is wrong or not confirmed. Set its date and time."),
    "receipt_open": _lt("A receipt is open on the register. Cancel it there, then try again."),
    "register_password": _lt("KKM Server has a wrong password for the register. Correct it in its settings."),
    "printing": _lt("The register is still printing, or waits for its paper to be confirmed."),
    "cover": _lt("The cover of the register is open. Close it."),
    "marking": _lt("A marking code was refused: the piece must not be sold."),
    # a card terminal
    "card_refused": _lt("The terminal refused: nothing was taken and nothing was given back."),
    "card_unknown": _lt("It is not known whether the card was charged. Look at the slip of the terminal."),
    "not_active": _lt("KKM Server has no connection to the register. Check that it is switched on, and its cable."),
    # asking back
    "not_found": _lt("KKM Server does not remember the document, and the register has not printed it."),
    "repeated": _lt("KKM Server has had this document before and does not say what became of it."),
    "ambiguous": _lt("Several receipts of the register look like this one. Compare them with the tape and decide."),
    "compare": _lt(
        "The register holds a receipt of this type and sum, and does not tell enough to say whether it is this one. "
        "Compare both and decide."
    ),
    "twice": _lt(
        "Attention: the register may have printed this receipt twice, since the browser sent it again. Compare with "
        "the tape; a receipt too many is taken back by a return."
    ),
    "program": _lt("KKM Server failed inside; it is not a refusal. If it goes on, restart KKM Server."),
    "no_trace": _lt(
        "It cannot be told from the register whether the document was printed. Look at the tape and decide."
    ),
}

#: the results of jobs
JOBS = {
    "slip": _lt("The register has printed a slip. It is no fiscal document."),
    "drawer": _lt("The drawer is open."),
    "ofd_report": _lt("The register has printed its report on the state of settlements."),
    "copy": _lt("The register has printed a copy."),
}

#: what must be corrected before a document can be queued
PROBLEMS = {
    "no_device": _lt(
        "Choose the register: enter its serial number, or its number in KKM Server, on the register's form."
    ),
    "operation": _lt("KKM Server cannot do this kind of document (%(operation)s)."),
    "no_cashier": _lt("The cashier is not known. Choose who works at the till."),
    "cashier_tax_number": _lt(
        "The tax number (ИНН) of the cashier “%(name)s” is not valid: a person's number has 12 digits."
    ),
    "cash_amount": _lt("The amount of cash has to be above zero."),
    "tax_system": _lt("The tax system is not a Russian one. Choose it in the settings of the company."),
    "customer_tax_number": _lt("The customer's tax number (ИНН) %(number)s is not valid."),
    "no_lines": _lt("There is nothing on the receipt."),
    "correction_date": _lt("A correction needs the date of the settlement that it corrects."),
    "line_name": _lt("A line of the receipt has no name."),
    "line_quantity": _lt("“%(name)s”: the quantity has to be above zero, with at most three decimals."),
    "line_amount": _lt("“%(name)s”: price and amount must not be negative and have at most two decimals."),
    "line_tax": _lt("“%(name)s”: KKM Server does not know this VAT rate."),
    "line_tax_old": _lt(
        "“%(name)s”: the VAT rates of 18 percent are no longer accepted. Set the present rate on the product."
    ),
    "line_subject": _lt("“%(name)s”: KKM Server does not know this payment subject."),
    "line_method_sign": _lt("“%(name)s”: KKM Server does not know this payment method sign."),
    "line_measure": _lt("“%(name)s”: KKM Server does not know this measure of quantity."),
    "line_agent": _lt("“%(name)s” is sold for somebody else: the supplier with a valid tax number (ИНН) is missing."),
    "line_agent_data": _lt(
        "“%(name)s” is sold by an agent who moves money. On the product, enter the agent's operation and the operators "
        "with telephone number, name, address and tax number (ИНН), and the telephone number of the company."
    ),
    "line_marking": _lt("“%(name)s”: a marked piece stands on a line of its own with the quantity 1."),
    "payment_kind": _lt("KKM Server does not know this kind of payment (%(kinds)s)."),
    "payment_amount": _lt("An amount paid must not be negative and has at most two decimals."),
    "paid_too_little": _lt("%(paid)s was paid, less than the total of %(total)s."),
    "change_not_from_cash": _lt("%(paid)s was paid for %(total)s; change can be given from cash only."),
    "change": _lt("The change is %(change)s and should be %(due)s."),
}
