"""Messages for the user, by the codes that `protocol` returns."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: the outcome of a document, or why a question has no answer
OUTCOMES = {
    # the line
    "connection": _lt("Vchasno.Kasa cannot be reached. It is tried again by itself."),
    "no_connection": _lt("Vchasno.Kasa cannot be reached. Please try again in a moment."),
    "lost": _lt("It is not known yet whether Vchasno.Kasa has the document; it will be asked."),
    "unauthorized": _lt("Vchasno.Kasa refuses the token. Generate a new one in the cabinet and enter it on the form."),
    "wrong_address": _lt("Something other than Vchasno.Kasa answers at this address. Correct it on the form."),
    "service_error": _lt("Vchasno.Kasa, or a gateway before it, has an error of its own."),
    "no_json": _lt("The answer is not one of Vchasno.Kasa."),
    "foreign": _lt("Vchasno.Kasa answered for another document."),
    "no_number": _lt("Vchasno.Kasa gave no fiscal number."),
    "busy": _lt("The register is busy."),
    "slow": _lt("Vchasno.Kasa did not finish in time."),
    "dm_proxy": _lt("Vchasno.Kasa lost the connection to the Device Manager of the shop."),
    "dm_not_connected": _lt("The Device Manager of the shop is not connected to Vchasno.Kasa. Start it there."),
    "other_way": _lt("The document went to the cloud. Switch the register back to the cloud until it is cleared up."),
    "no_such_tag": _lt("Device Manager has never had the document."),
    # the document
    "invalid": _lt("Vchasno.Kasa refuses the document for what it says."),
    "refused": _lt("Vchasno.Kasa refuses the document."),
    "not_possible": _lt("Vchasno.Kasa cannot do this with such a document."),
    "sums": _lt("The sums of the receipt do not agree."),
    "not_enabled": _lt(
        "The pay type or the tax group is not switched on for the register. Switch it on in the cabinet of "
        "Vchasno.Kasa, then send the receipt again."
    ),
    "other_group": _lt(
        "An article of the receipt was already sold with another tax group in this shift. Give the product one tax, or "
        "close the shift first."
    ),
    "rounding": _lt("The rounding is larger than the register allows."),
    "rounding_off": _lt(
        "The pay type “Заокруглення” is not switched on for the register. Switch it on in the cabinet of Vchasno.Kasa, "
        "then send the receipt again."
    ),
    "not_enough_cash": _lt("There is not enough cash in the register. Put cash in, then send the document again."),
    "shift_open": _lt("The shift is open already."),
    # the register
    "not_found": _lt("Vchasno.Kasa does not know the register or the company."),
    "forbidden": _lt("Vchasno.Kasa forbids this: look at the tariff and the rights in the cabinet."),
    "shift_closed": _lt("The shift is closed. Open it."),
    "shift_expired": _lt("The shift has to be closed before anything else is registered."),
    "register_blocked": _lt("The register is blocked. Look into the cabinet of Vchasno.Kasa."),
    "tax_service": _lt("The tax service did not answer as it should."),
    "tax_service_stop": _lt("The tax service refuses the register. Look into the cabinet of Vchasno.Kasa."),
    "collision": _lt("The tax service has not answered yet; the same document is sent until it does."),
    "collision_stop": _lt("A document without an answer of the tax service has to be cleared up in Device Manager."),
    "chain": _lt(
        "The chain of documents is broken, for example because the register is used in two places. "
        "Ask the support of Vchasno.Kasa."
    ),
    "mode": _lt("The register changes between online and offline."),
    "key": _lt("Something is wrong with the cashier's key. Look at it in the cabinet or in Device Manager."),
    "key_expires": _lt("The cashier's key expires in less than three days. Put in a new one."),
    "clock": _lt("The clock is wrong. Set the date and the time of the computer with Device Manager."),
    "offline_limit": _lt("The register has been without the tax service for too long. Restore the connection."),
    "not_registered": _lt("The tax service does not know this register."),
    "no_device": _lt("Device Manager does not know this register. Correct its name on the form."),
    "balance": _lt("There is no money on the account at Vchasno."),
    "version": _lt("This version of Device Manager is too old. Update it."),
    "no_internet": _lt("Device Manager cannot reach Vchasno.Kasa."),
    "device": _lt("Device Manager reports an error of a device."),
    "report": _lt("The report failed."),
    # delivery
    "not_delivered": _lt("Vchasno.Kasa did not send the receipt."),
}

#: what must be corrected before a document can be queued
PROBLEMS = {
    "operation": _lt("Vchasno.Kasa cannot do this kind of document (%(operation)s)."),
    "cash_amount": _lt("The amount of cash has to be above zero."),
    "withdrawal_in_cash": _lt("Cash is handed out against a card, not against cash. Choose a card payment."),
    "line_quantity": _lt("“%(name)s”: the quantity has to be above zero, with at most three decimals."),
    "line_amount": _lt("“%(name)s”: price and amount must not be negative and have at most two decimals."),
    "line_price": _lt("“%(name)s”: price × quantity comes to nothing. Set a price."),
    "line_goods_code": _lt(
        "“%(name)s”: the goods code is neither one of УКТЗЕД (ten digits) nor one of ДКПП (as 62.01.11). Correct it on "
        "the product; a letter О looks like a zero."
    ),
    "line_tax": _lt("“%(name)s”: no tax group of Vchasno.Kasa. Name it in Fiscal → Registers → the register → Taxes."),
    "rounding": _lt("The rounding of %(rounding)s is more than 0.99. Set a smaller one in the point of sale."),
    "sums": _lt("The lines come to %(lines)s, %(paid)s was paid."),
    "change_not_from_cash": _lt("Change of %(change)s can be given from cash only."),
    "payment_amount": _lt("“%(name)s”: an amount paid must not be negative and has at most two decimals."),
    "payment_type": _lt(
        "“%(name)s” has no pay type of Vchasno.Kasa. Choose it on the payment method (or on the journal)."
    ),
    "payment_cash": _lt(
        "“%(name)s”: the pay type 0 is cash, and only cash is. Correct the pay type or the payment kind."
    ),
}
