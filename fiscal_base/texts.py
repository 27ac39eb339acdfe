"""Sentences by the codes of `compose`: what is wrong with a receipt, and what to do about it."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: code of `compose.problem.CODES` → sentence and cure
PROBLEMS = {
    # a fact is missing
    "name_missing": _lt("A line has no name. Give the product a name."),
    "vat_missing": _lt(
        "The register does not know the tax of “%(name)s”. Map it in Fiscal → Registers → Taxes, or correct the "
        "product."
    ),
    "vat_legacy": _lt(
        "“%(name)s” is sold at %(rate)s %%, which is no longer in force. Correct the tax of the product."
    ),
    "vat_no_calculated": _lt(
        "A prepayment for “%(name)s” needs the calculated rate of %(rate)s %%, and the register has none. "
        "Add it to the tax codes."
    ),
    "advance_vat_missing": _lt(
        "An advance bears the seller's main rate, and none is set. Set the default sales tax of the company."
    ),
    "tip_vat_missing": _lt("No rate is set for tips. Give the tip product the tax that your accountant names."),
    "subject_missing": _lt("“%(name)s” has no payment subject. Choose it on the product."),
    "code_missing": _lt("“%(name)s” needs its marking code. Take it off the order and scan it again."),
    "code_quantity": _lt("One marking code is one piece. Scan each piece of “%(name)s”."),
    "kind_missing": _lt(
        "A payment of %(amount)s has no kind. Choose the payment kind on receipts for this payment method."
    ),
    "contact_missing": _lt("A sale over the Internet needs the customer's e-mail or telephone number. Ask for it."),
    "meaning_missing": _lt("It is not known what the %(amount)s are for. Choose the invoice or order that is paid."),
    # the sums
    "currency": _lt("The order is in %(currency)s, and the register registers %(expected)s only."),
    "negative": _lt("“%(name)s” has a price below zero. Enter a discount, or make a return."),
    "amount_negative": _lt("An amount is below zero: %(amount)s. Make the return an order of its own."),
    "quantity": _lt("The quantity of “%(name)s” must be above zero and have at most three decimals."),
    "discount_exceeds": _lt(
        "The discounts (%(discount)s) exceed the goods (%(goods)s). Take a discount off the order."
    ),
    "prepayment_exceeds": _lt(
        "Prepayment or gift card pays %(used)s, and the goods cost %(goods)s. Use no more of it than that."
    ),
    "credit_exceeds": _lt("%(credit)s are to be paid later, and the goods leave only %(goods)s to be paid."),
    "part_exceeds": _lt("Of this %(left)s are left, not %(amount)s. Enter the rest as an advance of its own."),
    "sums_disagree": _lt("The goods come to %(expected)s, and %(paid)s is paid. Correct the payments."),
    "rounding_step": _lt("A rounding of %(rounding)s is more than its step, %(step)s. Correct the cash rounding."),
    "rounding_up": _lt(
        "Cash is rounded up by %(rounding)s, and a receipt may only be rounded down. "
        "Set the rounding method of the point of sale to “Down”."
    ),
    "change_beyond_cash": _lt(
        "The change (%(change)s) exceeds the cash (%(cash)s). Change is given from cash only: lower the other payments."
    ),
    "free_line": _lt("“%(name)s” costs nothing, which the register does not take. Give it a price, or take it off."),
    # returns
    "return_vat_missing": _lt(
        "At what rate “%(name)s” was sold is not known. Make the return from the sale, or state its rate."
    ),
    "return_row_missing": _lt("What comes back is not on the receipt. Make the return from the sale that sold it."),
    "returned_more": _lt("Of “%(name)s” %(left)s can still be returned, not %(quantity)s."),
    "returned_sum": _lt("%(left)s was paid for what comes back, not %(paid)s. Correct the amount that is paid out."),
    "not_returnable": _lt("“%(name)s” cannot be taken back by law."),
    "exchange_means": _lt(
        "Goods of %(amount)s are exchanged, and this register needs a means of payment for both receipts. "
        "Make the return and the sale two orders."
    ),
    # the register
    "operation_unsupported": _lt("The register has no operation “%(operation)s”. Use another register."),
    "kind_unsupported": _lt(
        "The register takes no payment “%(kind)s” (%(amount)s). Choose another payment method for it."
    ),
    "rounding_unsupported": _lt(
        "The register cannot show a rounding of %(rounding)s. Turn on its rounding, or that of the point of sale off."
    ),
    "credit_whole": _lt("The register makes no receipt on which nothing is paid. Take a part of the money now."),
    "chain_return_whole": _lt("The prepayment is returned as a whole, %(left)s. The rest is sold anew."),
    # said, not refused
    "refund_means": _lt(
        "%(amount)s goes back by “%(kind)s”, and %(paid)s was paid in this way. "
        "Give money back as it was paid where you can."
    ),
    "prepaid_sold": _lt("The order is paid in full beforehand, so this receipt sells the goods already."),
    "certificate_single_tax": _lt(
        "The tax service holds that taking gift cards is not allowed on the single tax. Ask your accountant."
    ),
}
