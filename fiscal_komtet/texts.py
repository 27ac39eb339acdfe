"""Messages for the user, by the codes that `protocol` returns."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: the outcome of a document, or why a question has no answer
OUTCOMES = {
    # the line
    "connection": _lt("Komtet Kassa cannot be reached. It will be tried again."),
    "lost": _lt("It is not known yet whether Komtet Kassa has the document; it will be asked."),
    "gateway": _lt("Komtet Kassa, or a proxy before it, answers with an error of its own. It will be tried again."),
    "garbage": _lt("The answer is not one of Komtet Kassa. Check the address of the service on the register's form."),
    "foreign": _lt("Komtet Kassa answered for another document. It will be asked again."),
    "unexpected": _lt("The answer of Komtet Kassa could not be understood. It will be asked again."),
    "throttled": _lt("Komtet Kassa asks for a pause. It will be tried again."),
    "wrong_address": _lt(
        "Something other than Komtet Kassa answers. Check the address of the service on the register's form."
    ),
    "not_set_up": _lt("Enter the shop id, the secret key and the queue id on the register's form."),
    # the account
    "AUT": _lt(
        "Komtet Kassa refuses the shop id or the secret key. Copy both again from the cabinet: «Фискализация» → "
        "«Магазины» → the shop."
    ),
    "SRV": _lt(
        "The shop has no paid service at Komtet Kassa. Pay for it in the cabinet; what waits is sent by itself then."
    ),
    "no_queue": _lt(
        "Komtet Kassa knows no queue with this id. Copy it again from the cabinet: «Фискализация» → «Магазины» → "
        "the shop."
    ),
    "passive": _lt(
        "The queue is switched off at Komtet Kassa. Switch it on in the cabinet, and check that the register is on "
        "line."
    ),
    "queue_state": _lt("The queue does not work at the moment."),
    # the document
    "SYS": _lt("Komtet Kassa had an error of its own; it will be asked again."),
    "VLD": _lt("Komtet Kassa refuses the document for what it says. Correct it, then send it again."),
    "VLD11": _lt(
        "Komtet Kassa has this document and does not say under which number. Look for it in the cabinet and decide."
    ),
    "VLD12": _lt("A unit price has fractions of a kopeck. Correct it, then send the document again."),
    "VLD13": _lt("The cost of a line does not fit its price and quantity. Correct it, then send the document again."),
    "task_gone": _lt("Komtet Kassa does not find the document any more. Look for it in the cabinet and decide."),
    "task_error": _lt("The register did not print the receipt. Put right what it says, then send the document again."),
    "no_contact": _lt(
        "The register works on the Internet only and needs the customer's e-mail address or phone number. "
        "Enter it, then send the document again."
    ),
    "other_company": _lt(
        "The register belongs to another company. Compare the tax number of the company with the register's."
    ),
    "marking": _lt("A marking code was not accepted. Scan it again, or check the connection to the marking system."),
    "shift_expired": _lt("The shift is older than 24 hours. Close it on the register, then send the document again."),
    "paper": _lt("The register has no paper. Put it in, then send the document again."),
    "till_offline": _lt("The program beside the register finds no register. Check both, then send the document again."),
    "till_silent": _lt(
        "The register fell silent over this document and may have printed it all the same. Look at its last receipts "
        "and decide."
    ),
    "program": _lt(
        "The program beside the register broke down over this document; the register may have printed it all the "
        "same. Look at its last receipts and decide."
    ),
    "sent_again": _lt("An earlier sending of this document was taken up again in the cabinet. It is waited for."),
    "differs": _lt("Attention: the register printed another sum or another type of receipt than was sent."),
}

#: what must be corrected before a document can be queued
PROBLEMS = {
    "operation": _lt("Komtet Kassa cannot do this kind of document."),
    "tax_system": _lt("The tax system is missing or not a Russian one. Choose it on the register's form."),
    "place": _lt(
        "The place of settlement is missing: the address of the website or the name of the shop. "
        "Enter it on the register's form."
    ),
    "company_tax_number": _lt("The tax number (ИНН) %(number)s of the company is not valid."),
    "no_cashier": _lt("The cashier is not known. Choose who works at the till."),
    "cashier_tax_number": _lt(
        "The tax number (ИНН) of the cashier “%(name)s” is not valid: a person's number has 12 digits."
    ),
    "contact": _lt(
        "A receipt of a sale on the Internet goes to the customer: choose a customer with an e-mail address or a "
        "Russian phone number."
    ),
    "customer_tax_number": _lt("The customer's tax number (ИНН) %(number)s is not valid."),
    "correction_date": _lt("A correction needs the date of the settlement that it corrects."),
    "correction_number": _lt("A correction by order of the tax service needs the number of the order."),
    "correction_format": _lt(
        "In the format 1.05 a return is not corrected. Make a return of the wrong receipt and a new sale instead."
    ),
    "line_name": _lt("A line of the receipt has no name."),
    "line_quantity": _lt("“%(name)s”: the quantity has to be above zero, with at most three decimals."),
    "line_amount": _lt(
        "“%(name)s”: price and amount must not be negative, have at most two decimals, and fit on a receipt."
    ),
    "line_tax": _lt("“%(name)s”: Komtet Kassa does not know this VAT rate. Set the present rate on the product."),
    "line_subject": _lt("“%(name)s”: Komtet Kassa does not know this payment subject."),
    "line_method_sign": _lt("“%(name)s”: Komtet Kassa does not know this payment method sign."),
    "line_credit": _lt("“%(name)s”: sales on credit are not switched on for this register; see its form."),
    "line_measure": _lt("“%(name)s”: Komtet Kassa does not know this measure of quantity."),
    "line_agent": _lt(
        "“%(name)s” is sold for somebody else: the supplier with name, phone number and valid tax number (ИНН) is "
        "missing."
    ),
    "line_agent_data": _lt(
        "“%(name)s” is sold by an agent who moves money. On the product, enter the agent's operation and the operators "
        "with telephone number, name, address and tax number (ИНН), and the telephone number of the company."
    ),
    "line_marking": _lt("“%(name)s”: a marked piece stands on a line of its own with the quantity 1."),
    "payment_kind": _lt("Komtet Kassa does not know this kind of payment (%(kinds)s)."),
    "payment_amount": _lt("An amount paid must not be negative and has at most two decimals."),
    "sums": _lt("%(paid)s was paid for %(total)s."),
    "change_not_from_cash": _lt("Change can be given from cash only."),
}

#: why Komtet Kassa cannot call Odoo
ADDRESSES = {
    "none": _lt("Enter the address of Odoo as it is seen from the Internet, beginning with https://."),
    "local": _lt(
        "Komtet Kassa cannot call Odoo at this address, which is known in the local network only. Results are asked "
        "for every minute instead; enter the address of Odoo on the Internet to have them at once."
    ),
    "not_https": _lt("The address of Odoo should begin with https://: results come over an open line otherwise."),
}
