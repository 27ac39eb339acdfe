"""Messages for the user, by the codes that `protocol` returns."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: the outcome of a document, or why a question has no answer
OUTCOMES = {
    # the line
    "connection": _lt("Checkbox cannot be reached. Check the connection of Odoo's server to the Internet."),
    "no_connection": _lt("Checkbox cannot be reached. Check the connection of Odoo's server to the Internet."),
    "lost": _lt("It is not known yet whether Checkbox has the document; it will be asked."),
    "throttled": _lt("Checkbox asks for a pause; it will be asked again."),
    "server_error": _lt("Checkbox, or a proxy before it, answers with an error of its own."),
    "wrong_address": _lt("Something other than Checkbox answers. Correct the address on the register's form."),
    "user_agent": _lt("The network before Checkbox refuses the request. Try again later, or ask Checkbox's support."),
    "no_json": _lt("The answer is not one of Checkbox. Check the address on the register's form."),
    "foreign": _lt("Checkbox answered for another document."),
    "unexpected": _lt("The answer of Checkbox could not be understood."),
    # the settings
    "licence": _lt("Checkbox does not know the licence key. Correct it on the register's form."),
    "credentials": _lt("Checkbox does not accept the cashier's sign-in. Check the account on the register's form."),
    "sign_in": _lt("PIN code, login or password of the cashier is wrong. Correct it on the register's form."),
    "no_account": _lt("No cashier has an account on this register yet. Add one on the register's form."),
    # the cashier and the register
    "cashier_blocked": _lt("The cashier is blocked at Checkbox. Unblock the cashier in my.checkbox.ua."),
    "key_expired": _lt("The cashier's electronic signature is no longer valid. Renew it in my.checkbox.ua."),
    "agent_offline": _lt(
        "The signing program of the cashier does not run. Start it on the computer where it is installed."
    ),
    "emergency": _lt("Checkbox has stopped the register. Ask Checkbox's support why."),
    "busy": _lt(
        "Another cashier has a shift on this register. Close it where it was opened, or add that cashier's account on "
        "the register's form."
    ),
    "other_shift": _lt("The open shift is that of another cashier: it is closed, and a new one is opened."),
    "elsewhere": _lt("The cashier has an open shift on another register. Close it there first."),
    # the shift
    "shift_open": _lt("The shift is being opened."),
    "shift_closed": _lt("The shift is not open."),
    "shift_expired": _lt("The shift is open for more than 24 hours. It is closed, and a new one is opened."),
    "opening_failed": _lt("The shift could not be opened; it will be tried again."),
    "closing_failed": _lt("The shift could not be closed; it will be tried again."),
    # the document
    "validation": _lt("Checkbox refuses the document for what it says. Correct that, then send it again."),
    "refused": _lt("Checkbox refuses the document."),
    "chain": _lt(
        "The first receipt of the prepayment is not registered, so Checkbox can take no further payment. Send that one "
        "again; this one follows it."
    ),
    "chain_paid": _lt(
        "Checkbox counts another sum as paid in advance than Odoo, and returns all of it. Compare the receipts of the "
        "prepayment in my.checkbox.ua with those in Odoo before anything is returned."
    ),
    "error": _lt("The tax service has not accepted the document."),
    "differs": _lt("Attention: Checkbox registered another total than was sent. Compare its receipt with the order."),
    "other_register": _lt(
        "Attention: Checkbox registered it on another register, where the cashier has an open shift. Close that shift "
        "before the next sale."
    ),
    "already_exists": _lt("Checkbox has this document already; it will be asked about it."),
    "not_found": _lt("Checkbox has never seen the document; it is sent again."),
    "no_trace": _lt("Checkbox says that it has this document, and does not show it. It will be asked again."),
}

#: what must be corrected before a document can be queued
PROBLEMS = {
    "cash_amount": _lt("The amount of cash has to be above zero."),
    "nothing_to_pay": _lt("The total of the receipt is zero. Checkbox registers only what is paid."),
    "credit": _lt(
        "Checkbox has no receipt for goods that are not paid at all. Take a part of the sum now: it becomes a "
        "prepayment, and the rest goes onto the next receipt."
    ),
    "payment_form": _lt(
        "“%(name)s” has no form on Checkbox receipts. Add it in Fiscal → Registers, on the page “Checkbox”, under "
        "“Forms of payment”."
    ),
    "line_digits": _lt("“%(name)s”: a quantity has at most three decimals, a price and an amount two."),
    "line_price": _lt("“%(name)s”: the price has to be above zero and below 1,000,000,000."),
    "line_tax": _lt("“%(name)s”: this tax code is not one of Checkbox. Fetch the taxes on the register's form."),
    "line_goods_code": _lt(
        "“%(name)s”: the goods code is neither one of УКТЗЕД (ten digits) nor one of ДКПП (as 62.01.11). Correct it on "
        "the product; a letter О looks like a zero."
    ),
    "line_barcode": _lt("“%(name)s”: the bar code is too long."),
}
