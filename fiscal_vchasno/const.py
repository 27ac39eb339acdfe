"""Codes and values of Vchasno.Kasa. `§` names a section of docs/protocols/vchasno.md."""

import re

#: where the service answers (§1.1)
URL = "https://kasa.vchasno.ua"
#: where Device Manager answers on its own computer (§8.1)
DM_URL = "http://localhost:3939"

#: operation by the flow of a receipt (§1.5, §7.3)
FLOWS = {0: "sale", 1: "sale_return", 14: "cash_withdrawal"}

#: `fiscal.task` by operation (§2)
TASKS = {
    "shift_open": 0,
    "sale": 1,
    "sale_return": 2,
    "cash_in": 3,
    "cash_out": 4,
    "x_report": 10,
    "shift_close": 11,
    "cash_withdrawal": 14,
    "zero": 1,
}
STATUS_TASK = 18
#: tasks whose answer carries no fiscal number (§2.6, §2.7)
UNNUMBERED = {10, 18}
#: operations that open the shift by themselves in the cloud (§5); Device Manager wants it open
OPENS_SHIFT = frozenset({"sale", "sale_return", "cash_in", "cash_out", "cash_withdrawal", "zero"})

#: `fiscal.subtask` (§2.10)
ADVANCE, SETTLEMENT = 1, 2

#: pay type by kind of payment (§3.4); for other kinds it must be chosen on the payment method
PAY_TYPES = {"cash": 0, "electronic": 2, "prepayment": 3, "credit": 5}
CASH = PAY_TYPES["cash"]
CARD = PAY_TYPES["electronic"]
#: `oper_type` of a card payment (§2.3, §3.4)
OPERATION_NAMES = {"sale": "Оплата", "sale_return": "Повернення"}

#: groups of taxes (§4)
TAX_GROUPS = range(1, 11)

#: name on the receipt of a product whose name, code and bar code the service cannot print (§1.4)
NAMELESS = "Товар"
#: longest name of a row that clients send (§3.3)
NAME_LENGTH = 128
#: longest name of a register (§10)
REGISTER_NAME_LENGTH = 32
#: rounding that a receipt may carry, either way (§3.2; Device Manager's code 1112)
MAX_ROUNDING = "0.99"

#: characters that the service takes besides letters, digits and the blank (§1.4)
SIGNS = frozenset("!.,\"№;:?\\*()<>|/@#$%^-_+=~'&{}[]®©«»°±‘’“”–•—™„‰‹›")
#: letters of the Cyrillic alphabets that the service's list has (§1.4)
CYRILLIC = frozenset("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяІіЇїҐґЄє")

#: timeout of a fiscal request in seconds: at least 25 (§1.1)
CLOUD_TIMEOUT = 30.0
#: the same for Device Manager; printing takes 6 more (§6.4)
DM_TIMEOUT = 26.0
#: timeout of a bank terminal in seconds (§6.4)
TERMINAL_TIMEOUT = 310
#: seconds for which the service may still process a request whose answer was lost (§6.4)
UNDER_WAY = 30

#: channels of `notifications/checks` (§7.2)
CHANNELS = frozenset({"email", "sms", "viber"})

#: `res_action` (§6.1)
OK, REPEAT, COLLISION, STOP = range(4)

#: Codes of the cloud (§6.2): what a code proves if `res_action` does not tell, and the key of its message.
#: Kinds:
#:   `unknown`   it may have been registered; the repeat under the same tag tells
#:   `not_sent`  not registered, the same may be sent again
#:   `blocked`   the register or its settings; nothing was registered
#:   `rejected`  refused for what the document says
CLOUD_CODES = {
    401: ("blocked", "unauthorized"),
    1001: ("rejected", "invalid"),
    1006: ("unknown", "service_error"),
    1011: ("blocked", "not_found"),
    1013: ("rejected", "not_possible"),
    1015: ("not_sent", "busy"),
    1016: ("unknown", "slow"),
    1017: ("blocked", "forbidden"),
    2000: ("unknown", "refused"),
    2001: ("unknown", "tax_service"),
    2002: ("unknown", "tax_service"),
    2003: ("unknown", "tax_service"),
    2004: ("blocked", "tax_service_stop"),
    2005: ("unknown", "collision"),
    2006: ("blocked", "chain"),
    2007: ("blocked", "shift_closed"),
    2008: ("blocked", "shift_expired"),
    2009: ("blocked", "register_blocked"),
    2010: ("unknown", "mode"),
}

#: Codes of Device Manager (§6.3), unrelated to those of the cloud
DM_CODES = {
    430: ("unknown", "device"),
    1006: ("blocked", "shift_closed"),
    1016: ("unknown", "service_error"),
    1032: ("blocked", "key"),
    1033: ("blocked", "key"),
    1034: ("unknown", "tax_service"),
    1035: ("unknown", "tax_service"),
    1036: ("blocked", "register_blocked"),
    1037: ("blocked", "chain"),
    1038: ("rejected", "refused"),
    1039: ("blocked", "clock"),
    1040: ("rejected", "refused"),
    1041: ("blocked", "chain"),
    1042: ("blocked", "offline_limit"),
    1043: ("blocked", "chain"),
    1044: ("blocked", "not_registered"),
    1045: ("blocked", "key"),
    1046: ("blocked", "chain"),
    1047: ("blocked", "chain"),
    1048: ("unknown", "service_error"),
    1052: ("blocked", "offline_limit"),
    1053: ("not_sent", "mode"),
    1054: ("not_sent", "mode"),
    1056: ("blocked", "offline_limit"),
    1058: ("not_sent", "no_such_tag"),
    1062: ("blocked", "shift_expired"),
    1063: ("rejected", "refused"),
    1064: ("rejected", "refused"),
    1065: ("rejected", "refused"),
    1069: ("blocked", "key"),
    1073: ("blocked", "collision_stop"),
    1074: ("blocked", "collision_stop"),
    1075: ("unknown", "collision"),
    1077: ("rejected", "not_enough_cash"),
    1081: ("unknown", "report"),
    1082: ("unknown", "device"),
    1083: ("blocked", "unauthorized"),
    1086: ("unknown", "report"),
    1091: ("blocked", "no_device"),
    1092: ("blocked", "shift_closed"),
    1095: ("blocked", "key"),
    1096: ("blocked", "shift_expired"),
    1097: ("rejected", "refused"),
    1101: ("rejected", "sums"),
    1102: ("rejected", "sums"),
    1105: ("not_sent", "busy"),
    1107: ("rejected", "refused"),
    1108: ("rejected", "refused"),
    1109: ("rejected", "refused"),
    1110: ("rejected", "not_enabled"),
    1111: ("rejected", "other_group"),
    1112: ("rejected", "rounding"),
    1115: ("rejected", "rounding_off"),
    1117: ("blocked", "key_expires"),
    1119: ("rejected", "refused"),
    1120: ("rejected", "refused"),
    1121: ("blocked", "clock"),
    1122: ("blocked", "offline_limit"),
    1123: ("blocked", "balance"),
    1124: ("blocked", "shift_expired"),
    1125: ("blocked", "version"),
    1157: ("rejected", "rounding"),
    2000: ("rejected", "invalid"),
    2003: ("blocked", "key"),
    2005: ("blocked", "no_internet"),
    2007: ("blocked", "no_device"),
    2009: ("not_sent", "busy"),
    2011: ("blocked", "no_device"),
    2013: ("blocked", "no_device"),
    2014: ("blocked", "no_device"),
    3003: ("blocked", "shift_expired"),
}
#: refusals that go away once the shift is opened or closed (§6.2: 2007, 2008)
SHIFT_TROUBLE = ("shift_closed", "shift_expired")
#: words of a refusal without a specific code (cloud: 2000) that mean that the cashier's key can no longer sign
KEY_WORDS = re.compile(
    r"(термін|строк) дії\W+(\w+\W+){0,3}?(ключ|сертифікат|кеп|підпис)"
    r"|(ключ|сертифікат|кеп|підпис)\w*\W+(\w+\W+){0,3}?(закінч|прострочен|недійсн|не дійсн|відклик)",
    re.I,
)
#: warning «the shift is open for more than 24 hours» (§5)
SHIFT_IS_OLD = 3003
#: `tag` is not known to Device Manager (§6.3)
NO_SUCH_TAG = 1058
