"""Codes and values of Checkbox. `§` names a section of docs/protocols/checkbox.md."""

import re

#: address of the service (§1.1); test and production share it, the licence key tells them apart
URL = "https://api.checkbox.ua/api/v1"
#: public page of a receipt (§1.1)
PAGE = "https://check.checkbox.ua"

#: name of this client (§1.2). It never changes, since a shift remembers the name that opened it
CLIENT_NAME = "Odoo fiscal_checkbox"
CLIENT_VERSION = "19.0.1.0.0"

#: hours after which a token is renewed. Its lifetime is not documented (§1.3), so 401 renews it too
TOKEN_HOURS = 12

#: operations and the address that a document is sent to (§3, §4, §6)
PATHS = {
    "sale": "/receipts/sell",
    "sale_return": "/receipts/sell",
    "cash_in": "/receipts/service",
    "cash_out": "/receipts/service",
    "shift_open": "/shifts",
    "shift_close": "/shifts/close",
    "x_report": "/reports",
}
RECEIPTS = ("sale", "sale_return")
#: operations whose look-up is `GET /receipts/{id}`
BY_RECEIPT = (*RECEIPTS, "cash_in", "cash_out")

#: default label and code of a payment: kind → (label, code); §4.1
DEFAULT_FORMS = {"cash": ("Готівка", 1), "electronic": ("Картка", 1)}
#: longest label of a payment (§4.1)
LABEL_LENGTH = 128
#: data of a card payment: our name → field of the service, its longest value (§4.1)
CARD_FIELDS = {
    "card_mask": ("card_mask", 19),
    "card_system": ("payment_system", 128),
    "rrn": ("rrn", 128),
    "auth_code": ("auth_code", 128),
    "transaction_id": ("transaction_id", 128),
    "terminal_id": ("terminal", 128),
    "acquirer": ("bank_name", 128),
}

#: rounding of cash (§11): mode → step in kopecks
ROUNDING = {"ROUND_10": 10, "ROUND_50": 50}

#: a price is below this many kopecks (§4.1)
PRICE_LIMIT = 10**11
CODE_LENGTH = 256
BARCODE_LENGTH = 4096
PHONE = re.compile(r"380\d{9}")
#: a paper excise stamp; any other code of a piece is an electronic one (§4.1)
EXCISE_STAMP = re.compile(r"[A-ZА-ЯІЇЄҐ]{4}\d{6}")

#: code of “no tax”: the line has no tax code (§5: a seller without VAT may need none)
NO_TAX = "none"

#: ShiftStatus (§3.1)
OPENING = ("CREATED", "OPENING")
OPENED, CLOSING, CLOSED = "OPENED", "CLOSING", "CLOSED"
#: ReceiptType (§4.2): → operation
OPERATION_OF = {"SELL": "sale", "RETURN": "sale_return", "SERVICE_IN": "cash_in", "SERVICE_OUT": "cash_out"}
#: final ReceiptStatus (§4.2); CANCELLATION is not final and is decided by a person
DONE, ERRORS = "DONE", ("ERROR", "CANCELLED")

#: a shift may last so many hours (§3.4)
SHIFT_HOURS = 24
#: days before the end of a cashier's key from which the user is warned (§1.4)
KEY_WARNING_DAYS = 14

#: seconds between two receipts of one register (§8.2: 2 a second), and the pause after exceeding the limit
MIN_INTERVAL = 0.5
THROTTLED = 5
#: seconds for which the return of a prepayment may still arrive after its answer was lost; no id identifies a repeat
UNDER_WAY = 60
#: seconds after which a receipt, or a shift, is worth asking about (§4.2: about 2 s in all)
ASK_RECEIPT, ASK_SHIFT = 1, 2

#: what a refusal means, by the service's own code (§8.1): → kind of outcome, our code
REFUSALS = {
    "receipt.already_exists": ("unknown", "already_exists"),
    "shift.not_opened": ("blocked", "shift_closed"),
    "cash_register.invalid_license_key": ("blocked", "licence"),
    "base.credentials": ("blocked", "credentials"),
    "cashier.invalid_credentials": ("blocked", "sign_in"),
}
#: the same for refusals that only the text identifies; the first row that fits wins (§3.1, §1.4, §3.4)
REFUSAL_TEXTS = [
    (re.compile(pattern, re.I), kind, code)
    for pattern, kind, code in [
        (r"вже працює з даною касою", "blocked", "shift_open"),
        (r"зайнята іншим касиром", "blocked", "busy"),
        (r"більше 24|24 годин", "blocked", "shift_expired"),
        (r"термін дії ключа", "blocked", "key_expired"),
    ]
]
