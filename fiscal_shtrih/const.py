"""The words of the Shtrih-M protocol. `§` names a section of docs/protocols/shtrih.md."""

#: operation → type of document (8Dh, §6.3), operation of its lines (FF46h, FFD tag 1054)
RECEIPTS = {
    "sale": (0x00, 1),
    "purchase": (0x01, 3),
    "sale_return": (0x02, 2),
    "purchase_return": (0x03, 4),
    "correction_sale": (0x80, 1),
    "correction_purchase": (0x81, 3),
    "correction_sale_return": (0x82, 2),
    "correction_purchase_return": (0x83, 4),
}
CORRECTIONS = frozenset(operation for operation in RECEIPTS if operation.startswith("correction"))
#: FFD 1.05 corrects these two alone, with FF4Ah: operation → sign (§8.3)
OLD_CORRECTIONS = {"correction_sale": 1, "correction_purchase": 3}
#: documents without lines
OTHERS = frozenset({"shift_open", "shift_close", "cash_in", "cash_out", "x_report"})

#: kind of payment → place in FF45h, from 0 (§6.3)
PAYMENTS = {"cash": 0, "electronic": 1, "prepayment": 13, "credit": 14, "other": 15}

#: bit of the tax system (FFD tag 1055)
TAX_SYSTEMS = {
    "ru_general": 0x01,
    "ru_simplified_income": 0x02,
    "ru_simplified_profit": 0x04,
    "ru_agricultural": 0x10,
    "ru_patent": 0x20,
}

#: row of table 6 → code of the rate in FF46h, on registers in general and on ШТРИХ-НАНО-Ф (§9)
VAT_CODES = dict(enumerate((0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x81, 0x82, 0x84, 0x88, 0xCB, 0xCC), 1))
VAT_CODES_NANO = VAT_CODES | {11: 0x90, 12: 0xA0}
#: code in the tax table "ru" → hundredths of a percent, calculated rate (x/1xx); None: without VAT
RATES = {
    "novat": None,
    "vat0": (0, False),
    "vat5": (500, False),
    "vat7": (700, False),
    "vat10": (1000, False),
    "vat20": (2000, False),
    "vat22": (2200, False),
    "vat105": (500, True),
    "vat107": (700, True),
    "vat110": (1000, True),
    "vat120": (2000, True),
    "vat122": (2200, True),
}
#: rates that have a place in FF4Ah (§8.3), in its order; 22 % only in the place of 20 % where the register swaps them
OLD_CORRECTION_RATES = ("vat20", "vat10", "vat0", "novat", "vat120", "vat110")

#: payment subjects (FFD tag 1212) of the two formats (§14.1)
SUBJECTS = {2: frozenset(range(1, 20)), 4: frozenset({*range(1, 28), *range(30, 34)})}
METHOD_SIGNS = frozenset(range(1, 8))
#: measure (FFD tag 2108) → text of tag 1197 in FFD 1.05
UNITS = {
    **{0: "шт.", 10: "г", 11: "кг", 12: "т", 20: "см", 21: "дм", 22: "м", 30: "см2", 31: "дм2", 32: "м2", 40: "мл"},
    **{41: "л", 42: "м3", 50: "кВт.ч", 51: "Гкал", 70: "сутки", 71: "час", 72: "мин", 73: "с", 80: "Кбайт"},
    **{81: "Мбайт", 82: "Гбайт", 83: "Тбайт", 255: "ед."},
}
#: subjects of marked goods with a code (FFD 1.2)
MARKED = frozenset({31, 33})

#: value of the field of the format's version → as people write it (§10)
FFD_105, FFD_12 = 2, 4
FORMATS = {1: "1.0", FFD_105: "1.05", 3: "1.1", FFD_12: "1.2"}

#: modes and submodes (§7)
DUMP, OPEN, EXPIRED, CLOSED, DATE, DOCUMENT, RESET = 1, 2, 3, 4, 6, 8, 9
IDLE, NO_PAPER, PAPER_OUT, CONTINUE, REPORTING, PRINTING = range(6)

#: errors that the conversations know by number (§13)
STORAGE_NO_DATA = 0x08
NOT_SUPPORTED = 0x37
PRINTS = 0x50
NO_SUCH_TABLE = 0x5D
CONTINUE_FIRST = 0x58

#: bits of F7h (§6.1)
CASH_CORE, FRAMES_2, CORRECTIONS_12, SELF_CANCELS = 23, 28, 48, 53
#: models that take the tags of a line before the line, as those with a cash core do (§8.1)
TAGS_FIRST_MODELS = frozenset({16, 19, 20, 21, 45, 46})
NANO = 152

#: types of documents of the fiscal storage (FF0Ah, §6.5)
FD_OPENING, FD_RECEIPT, FD_CLOSING, FD_CORRECTION, FD_FORM_CORRECTION = 2, 3, 5, 31, 41
#: documents that the storage has open (FF01h)
FN_RECEIPT, FN_CORRECTION = 0x04, 0x14

#: speeds to try, the likely ones first (§1)
SPEEDS = (115200, 4800, 9600, 19200, 38400, 57600, 2400)
PORT = 7778
#: where a register on USB that plays a network card (RNDIS) is
RNDIS = "192.168.137.111"

#: longest name of a line (FFD tag 1030) and of a TLV in one command
NAME_LENGTH, TLV_LENGTH = 128, 250
#: money and quantity that a command can carry
MONEY_LIMIT, QUANTITY_LIMIT = 256**5 - 2, 256**6 - 1

#: bits of the check of a marking code (FFD tags 2004 and 2106): checked, right; status asked, status right
CODE_CHECKED, CODE_RIGHT, STATUS_CHECKED, STATUS_RIGHT = 1, 2, 4, 8

#: register of money: cash in the drawer (§6.1)
CASH_IN_DRAWER = 241
