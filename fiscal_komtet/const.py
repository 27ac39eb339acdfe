"""Codes and values of Komtet Kassa's Shop API v2. `§` names a section of docs/protocols/komtet.md."""

import re
from decimal import Decimal

#: where the service answers (§1.1)
SERVER = "https://kassa.komtet.ru"
#: seconds; the service itself names none (§1.6)
CONNECT_TIMEOUT, READ_TIMEOUT = 5.0, 20.0

#: `intent` by operation (§2.4, FFD tag 1054 and the kind of document)
INTENTS = {
    "sale": "sell",
    "sale_return": "sellReturn",
    "purchase": "buy",
    "purchase_return": "buyReturn",
    "correction_sale": "sellCorrection",
    "correction_sale_return": "sellReturnCorrection",
    "correction_purchase": "buyCorrection",
    "correction_purchase_return": "buyReturnCorrection",
}
#: corrections that format 1.05 does not have (§6)
RETURN_CORRECTIONS = {"correction_sale_return", "correction_purchase_return"}
#: `n` of the fiscal data by the beginning of an intent, the longest first (§3.2)
SETTLEMENT_SIGNS = {"sellReturn": "2", "buyReturn": "4", "sell": "1", "buy": "3"}

#: `company.sno` (§2.4, FFD tag 1055); 3, ЕНВД, is abolished
TAX_SYSTEMS = {
    "ru_general": 0,
    "ru_simplified_income": 1,
    "ru_simplified_profit": 2,
    "ru_agricultural": 4,
    "ru_patent": 5,
}

#: `vat` by code of the tax table "ru" (§2.4, FFD tag 1199); 18 and 18/118 are gone (§6)
VAT = {
    "novat": "no",
    "vat0": "0",
    "vat5": "5",
    "vat7": "7",
    "vat10": "10",
    "vat20": "20",
    "vat22": "22",
    "vat105": "105",
    "vat107": "107",
    "vat110": "110",
    "vat120": "120",
    "vat122": "122",
}
#: rate → the calculated rate of a prepayment (§6)
CALCULATED = {"vat5": "vat105", "vat7": "vat107", "vat10": "vat110", "vat20": "vat120", "vat22": "vat122"}

#: `payments[].type` (§2.4, FFD tags 1081, 1031, 1215, 1216, 1217)
PAYMENTS = {
    "cash": "cash",
    "electronic": "card",
    "prepayment": "prepayment",
    "credit": "credit",
    "other": "counter_provisioning",
}

#: `payment_method` (§2.4, FFD tag 1214)
METHOD_SIGNS = {
    1: "pre_payment_full",
    2: "pre_payment_part",
    3: "advance",
    4: "full_payment",
    5: "credit_part",
    6: "credit",
    7: "credit_pay",
}
#: method signs of what is paid for before it is handed over
PREPAYMENTS = {1, 2, 3}
#: method signs that one agent of the service has been seen to swap (§2.4)
CREDITS = {6, 7}

#: `payment_object` (§2.4, FFD tag 1212); the spelling is the service's own
SUBJECTS = {
    1: "product",
    2: "product_practical",
    3: "work",
    4: "service",
    5: "gambling_bet",
    6: "gambling_win",
    7: "lottery_bet",
    8: "lottery_win",
    9: "rid",
    10: "payment",
    11: "commission",
    12: "composite",
    13: "other",
    14: "property_right",
    15: "non_operating",
    16: "insurance",
    17: "sales_tax",
    18: "resort_fee",
    19: "deposit",
    20: "consumption",
    21: "sole_proprietor_cpi_contributins",
    22: "cpi_contributins",
    23: "sole_proprietor_cmi_contributins",
    24: "cmi_contributins",
    25: "csi_contributins",
    26: "casino_payment",
    27: "payment_of_the_money",
    30: "atnm",
    31: "atm",
    32: "tnm",
    33: "tm",
}
PAYMENT_SUBJECT = 10
#: goods that carry a marking code, FFD 1.2: goods → goods with a code, excisable goods → excisable goods with a code
WITH_CODE = {1: 33, 32: 33, 2: 31, 30: 31}
#: subjects of marked goods in FFD 1.05, which has none for them
BEFORE_MARKING = {30: 2, 31: 2, 32: 1, 33: 1}

#: `measure` (§2.4, FFD tag 2108)
MEASURES = {0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255}

#: `agent_info.type` (§2.3, FFD tag 1222)
AGENTS = {
    0: "bank_payment_agent",
    1: "bank_payment_subagent",
    2: "payment_agent",
    3: "payment_subagent",
    4: "solicitor",
    5: "commissionaire",
    6: "agent",
}
#: parts of `agent_info` (§2.3, FFD tag 1223): key of `fiscal_base.const.AGENT_DATA` → part, field
AGENT_DATA = {
    "operation": ("paying_agent", "operation"),
    "phone": ("paying_agent", "phones"),
    "receiver_phone": ("receive_payments_operator", "phones"),
    "transfer_phone": ("money_transfer_operator", "phones"),
    "transfer_name": ("money_transfer_operator", "name"),
    "transfer_address": ("money_transfer_operator", "address"),
    "transfer_tax_number": ("money_transfer_operator", "inn"),
}

#: `planned_status` of marked goods (§2.4, FFD tag 2003) by operation, (a piece, measured goods); corrections: none
PLANNED_STATUS = {
    **dict.fromkeys(("sale", "purchase"), (1, 2)),
    **dict.fromkeys(("sale_return", "purchase_return"), (3, 4)),
}
UNCHANGED = (255, 255)

#: `correction_info.type` (§2.5, FFD tag 1173)
CORRECTION_TYPES = {0: "self", 1: "instruction"}

#: versions of the format of fiscal documents that registers behind the service have
FORMATS = [("1.2", "1.2"), ("1.05", "1.05")]

#: longest texts (§2.7, FFD tags 1030, 1021, 1008, 1187, 1227 and 1225, 1192, 1085, 1086)
NAME, CASHIER, CONTACT, PLACE, CUSTOMER, CHECK_PROPS, PROP_NAME, PROP_VALUE = 128, 64, 64, 256, 256, 16, 64, 256
#: the largest sum of a receipt or a line (§2.7)
LARGEST = Decimal("42949672.95")

#: `state` of a task (§3.2); any other means that it is still being processed
DONE, ERROR = "done", "error"
#: `state` of a queue (§3.1)
ACTIVE, PASSIVE = "active", "passive"

#: Codes of refusals (§1.5). Of those that are not listed, VLD… is a fault of the document; AUT… and SRV…, of the
#: register's settings or the account.
EXISTS = "VLD11"
#: refusals because of the content of a task. Only these would have been given to the first sending as well
CONTENT = {"VLD00", "VLD12", "VLD13"}

#: beginning of the serial numbers of test fiscal storages; their receipts have no legal force
TEST_STORAGE = "9999"

#: code of a failed task whose receipt may have been printed all the same: the register stopped answering
SILENT = "till_silent"
#: code of a failed task whose text tells of a crash of the agent, perhaps after the register had printed
BROKEN = "program"
#: codes of tasks that the service knows without telling how they ended: a person looks and decides
FOR_A_PERSON = {EXISTS, "task_gone", SILENT, BROKEN}
#: what the register's text of a failed task means; the first that fits
TASK_ERRORS = [
    (re.compile(pattern, re.I), code)
    for pattern, code in [
        # §2.2
        (r"отсутствует\s+(e-?mail|телефон)", "no_contact"),
        (r"инн чека и ккм не совпадают", "other_company"),
        # marked goods: the register asks the system of marking before it prints
        (r"проверки км|сервер исм", "marking"),
        (r"смена превысила 24|смены превысила 24|24 ?час", "shift_expired"),
        (r"бумаг|чековой ленты", "paper"),
        (r"порт недоступен", "till_offline"),
        (r"нет связи|таймаут|timeout|не отвечает", SILENT),
        (
            r"traceback|stack ?trace|\b[a-z_.]*(exception|[a-z]error)\b|\binternal( server)? error|внутренняя ошибка",
            BROKEN,
        ),
        (r"необработанное исключение|object reference|\bat [\w.]+\(|nonetype", BROKEN),
    ]
]
