"""The legal vocabularies. FFD is the Russian format of fiscal documents; each table names its tag.

Labels are plain text: Odoo collects and translates them as labels of the selection fields that use the tables.
"""

#: what a fiscal document does (FFD tag 1054 for receipts)
OPERATIONS = [
    ("sale", "Sale"),
    ("sale_return", "Sale return"),
    ("purchase", "Purchase"),
    ("purchase_return", "Purchase return"),
    ("correction_sale", "Correction of a sale"),
    ("correction_sale_return", "Correction of a sale return"),
    ("correction_purchase", "Correction of a purchase"),
    ("correction_purchase_return", "Correction of a purchase return"),
    ("shift_open", "Opening of a shift"),
    ("shift_close", "Closing of a shift (Z report)"),
    ("cash_in", "Cash in"),
    ("cash_out", "Cash out"),
    ("cash_withdrawal", "Cash handed out against a card"),
    ("zero", "Zero receipt"),
    ("x_report", "X report"),
]
#: operations with lines and payments
CORRECTIONS = ("correction_sale", "correction_sale_return", "correction_purchase", "correction_purchase_return")
RECEIPTS = ("sale", "sale_return", "purchase", "purchase_return", *CORRECTIONS)
#: the return of a receipt, by its operation
RETURN_OF = {"sale": "sale_return", "purchase": "purchase_return"}
#: the correction of a receipt, by its operation
CORRECTION_OF = {
    "sale": "correction_sale",
    "sale_return": "correction_sale_return",
    "purchase": "correction_purchase",
    "purchase_return": "correction_purchase_return",
}
#: operations that are refused while a shift is closed
NEEDS_SHIFT = (*RECEIPTS, "cash_in", "cash_out", "cash_withdrawal", "zero")
#: why a correction is made: FFD tag 1173
CORRECTION_KINDS = [
    ("0", "By own initiative"),
    ("1", "By order of the tax service"),
]

#: life of a document; `fiscal.document` has the table of moves
STATES = [
    ("draft", "Draft"),
    ("queued", "In queue"),
    ("sending", "Sending"),
    ("waiting", "Sent"),
    ("unknown", "Unknown"),
    ("done", "Registered"),
    ("rejected", "Error"),
    ("cancelled", "Cancelled"),
]

#: means of payment: FFD tags 1031, 1081, 1215, 1216, 1217
PAYMENT_KINDS = [
    ("cash", "Cash"),
    ("electronic", "Card or other electronic"),
    ("prepayment", "Prepayment or advance offset"),
    ("credit", "Credit (paid later)"),
    ("other", "Other (counter provision)"),
]

#: tax systems: FFD tag 1055 for Russia; groups of the single tax for Ukraine
TAX_SYSTEMS = [
    ("ru_general", "General (ОСН)"),
    ("ru_simplified_income", "Simplified, income (УСН доход)"),
    ("ru_simplified_profit", "Simplified, income minus expenses (УСН доход − расход)"),
    ("ru_agricultural", "Agricultural (ЕСХН)"),
    ("ru_patent", "Patent (ПСН)"),
    ("ua_general", "General, Ukraine"),
    ("ua_general_vat", "General with VAT, Ukraine"),
    ("ua_single", "Single tax, Ukraine"),
    ("ua_single_vat", "Single tax with VAT, Ukraine"),
]

#: payment subject: FFD tag 1212
PAYMENT_SUBJECTS = [
    ("1", "Goods"),
    ("2", "Excisable goods"),
    ("3", "Work"),
    ("4", "Service"),
    ("5", "Bet (gambling)"),
    ("6", "Winnings (gambling)"),
    ("7", "Lottery ticket"),
    ("8", "Lottery winnings"),
    ("9", "Rights to intellectual property"),
    ("10", "Payment"),
    ("11", "Agent's fee"),
    ("12", "Composite subject"),
    ("13", "Other subject"),
    ("14", "Property right"),
    ("15", "Non-operating income"),
    ("16", "Insurance contributions"),
    ("17", "Trade fee"),
    ("18", "Resort fee"),
    ("19", "Pledge"),
    ("20", "Expense"),
    ("30", "Excisable goods to be marked, without a code"),
    ("31", "Excisable goods with a marking code"),
    ("32", "Goods to be marked, without a code"),
    ("33", "Goods with a marking code"),
]

#: agent: FFD tag 1222
AGENTS = [
    ("0", "Bank payment agent"),
    ("1", "Bank payment subagent"),
    ("2", "Payment agent"),
    ("3", "Payment subagent"),
    ("4", "Attorney"),
    ("5", "Commission agent"),
    ("6", "Other agent"),
]
#: bank payment agents and payment agents: they move money for others, and the line carries their data too (FFD tag
#: 1223)
BANK_AGENTS, MONEY_AGENTS = frozenset({0, 1}), frozenset({2, 3})
PAYMENT_AGENTS = BANK_AGENTS | MONEY_AGENTS
#: these data: key of `Line.extra["agent"]` → FFD tag
AGENT_DATA = {
    "operation": 1044,
    "phone": 1073,
    "receiver_phone": 1074,
    "transfer_phone": 1075,
    "transfer_name": 1026,
    "transfer_address": 1005,
    "transfer_tax_number": 1016,
}
#: those that the law requires of an agent
AGENT_NEEDS = {
    **dict.fromkeys(MONEY_AGENTS, ("phone", "receiver_phone")),
    **dict.fromkeys(BANK_AGENTS, tuple(key for key in AGENT_DATA if key != "receiver_phone")),
}

#: payment method sign: FFD tag 1214
PAYMENT_METHOD_SIGNS = [
    ("1", "Full prepayment"),
    ("2", "Partial prepayment"),
    ("3", "Advance"),
    ("4", "Full payment"),
    ("5", "Partial payment and credit"),
    ("6", "Handed over on credit"),
    ("7", "Payment of a credit"),
]

#: measure of quantity: FFD tag 2108
MEASURES = [
    ("0", "piece"),
    ("10", "gram"),
    ("11", "kilogram"),
    ("12", "tonne"),
    ("20", "centimetre"),
    ("21", "decimetre"),
    ("22", "metre"),
    ("30", "square centimetre"),
    ("31", "square decimetre"),
    ("32", "square metre"),
    ("40", "millilitre"),
    ("41", "litre"),
    ("42", "cubic metre"),
    ("50", "kilowatt hour"),
    ("51", "gigacalorie"),
    ("70", "day"),
    ("71", "hour"),
    ("72", "minute"),
    ("73", "second"),
    ("80", "kilobyte"),
    ("81", "megabyte"),
    ("82", "gigabyte"),
    ("83", "terabyte"),
    ("255", "other measure"),
]

#: the text for a payment that names no goods, by country and by what is known: its invoice, its order, or nothing (an
#: advance); `tools/receipt_text.py` explains the tags
DETAILS = {
    "RU": {"invoice": "Оплата по счёту {invoice}", "order": "Оплата по заказу {order}", "": "Аванс"},
    "UA": {"invoice": "Оплата за рахунком {invoice}", "order": "Оплата за замовленням {order}", "": "Передоплата"},
    "": {"invoice": "Payment of invoice {invoice}", "order": "Payment of order {order}", "": "Advance payment"},
}

#: XML id of Odoo's unit of measure → measure of quantity (FFD tag 2108)
UNIT_MEASURES = {
    "uom.product_uom_unit": "0",
    "uom.product_uom_gram": "10",
    "uom.product_uom_kgm": "11",
    "uom.product_uom_ton": "12",
    "uom.product_uom_cm": "20",
    "uom.product_uom_meter": "22",
    "uom.product_uom_square_meter": "32",
    "uom.product_uom_milliliter": "40",
    "uom.product_uom_litre": "41",
    "uom.product_uom_cubic_meter": "42",
    "uom.product_uom_kwh": "50",
    "uom.product_uom_day": "70",
    "uom.product_uom_hour": "71",
    "uom.product_uom_minute": "72",
}
