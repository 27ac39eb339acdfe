"""Codes and values of KKM Server. `§` names a section of docs/protocols/kkm_server.md."""

import re

#: TaxVariant (§4, FFD tag 1055). ЕНВД (3) is abolished
TAX_VARIANTS = {
    "ru_general": 0,
    "ru_simplified_income": 1,
    "ru_simplified_profit": 2,
    "ru_agricultural": 4,
    "ru_patent": 5,
}

#: Tax (§4, FFD tag 1199): code in the tax table "ru" → the service's number
TAXES = {
    "novat": -1,
    "vat0": 0,
    "vat5": 5,
    "vat7": 7,
    "vat10": 10,
    "vat18": 18,
    "vat20": 20,
    "vat22": 22,
    "vat105": 105,
    "vat107": 107,
    "vat110": 110,
    "vat118": 118,
    "vat120": 120,
    "vat122": 122,
}
#: rates that builds of today refuse with «Не правильно указана ставка НДС!» (§4)
OLD_TAXES = {"vat18", "vat118"}

#: TypeCheck (§3.10, FFD tag 1054)
CHECK_TYPES = {
    "sale": 0,
    "sale_return": 1,
    "correction_sale": 2,
    "correction_sale_return": 3,
    "purchase": 10,
    "purchase_return": 11,
    "correction_purchase": 12,
    "correction_purchase_return": 13,
}
CORRECTIONS = {operation for operation in CHECK_TYPES if operation.startswith("correction")}
#: `n` of the QR code for a TypeCheck (§6)
QR_TYPES = {0: "1", 1: "2", 2: "1", 3: "2", 10: "3", 11: "4", 12: "3", 13: "4"}

#: Command by operation (§3)
COMMANDS = {
    **dict.fromkeys(CHECK_TYPES, "RegisterCheck"),
    "shift_open": "OpenShift",
    "shift_close": "CloseShift",
    "cash_in": "DepositingCash",
    "cash_out": "PaymentCash",
    "x_report": "XReport",
}

#: commands whose answer gives no number of a document
WITHOUT_NUMBER = {"DepositingCash", "PaymentCash", "XReport"}

#: field of a receipt by kind of payment (§5.3, FFD tags 1031, 1081, 1215, 1216, 1217)
PAYMENTS = {
    "cash": "Cash",
    "electronic": "ElectronicPayment",
    "prepayment": "AdvancePayment",
    "credit": "Credit",
    "other": "CashProvision",
}

#: SignCalculationObject (§4, FFD tag 1212)
SUBJECTS = {*range(1, 28), *range(30, 34)}
#: SignMethodCalculation (§4, FFD tag 1214)
METHOD_SIGNS = {*range(1, 8)}
#: MeasureOfQuantity (§4, FFD tag 2108)
MEASURES = {0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255}

#: AgentSign (§4, FFD tag 1222)
AGENTS = {*range(7)}
#: AgentData (§5.2, FFD tag 1223): key of `fiscal_base.const.AGENT_DATA` → field
AGENT_DATA = {
    "operation": "PayingAgentOperation",
    "phone": "PayingAgentPhone",
    "receiver_phone": "ReceivePaymentsOperatorPhone",
    "transfer_phone": "MoneyTransferOperatorPhone",
    "transfer_name": "MoneyTransferOperatorName",
    "transfer_address": "MoneyTransferOperatorAddress",
    "transfer_tax_number": "MoneyTransferOperatorVATIN",
}

#: BarcodeType (§4)
BARCODES = ("QR", "CODE128", "CODE39", "EAN13", "PDF417")

#: names of counters of `fiscal.shift` → ReceiptType of GetCounters (§3.6)
COUNTED = {"sale": "Shell", "sale_return": "ShellReturn"}

#: bits of ValidationResult (§3.9, FFD tag 2106): the code was checked by its key, and rightly; the state's system of
#: marking was asked about its status, and lets it be sold
MARKING_CHECKED, MARKING_GOOD, STATUS_CHECKED, STATUS_GOOD = 1, 2, 4, 8

#: Status of an answer (§4)
OK, RUNNING, ERROR, NOT_FOUND, QUEUED, REPEATED = 0, 1, 2, 3, 4, 5

#: SessionState of GetDataKKT (§3.3)
SHIFT_CLOSED, SHIFT_OPEN, SHIFT_EXPIRED = 1, 2, 3

#: seconds for which a command may be on its way into the list of KKM Server, where `GetRezult` finds it (§2.6)
UNDER_WAY = 15

#: how many commands KKM Server remembers, those of other clients included (§2.6)
CALLBACK_QUEUE = 100

#: longest name of a line (§5.2, FFD tag 1030)
NAME_LENGTH = 128

#: “( 107 : ККТ: Нет чековой ленты )”: the number of an error and its source
NUMBERED = re.compile(r"\(\s*(\d{1,3})\s*:\s*(ККТ|ФН)\s*:")
#: The same as `ERRORS`, for numbers whose meaning the maker of registers states (§8.2). Those below 33 are the fiscal
#: storage's own and mean other things on registers without one, so they count only where the text says «ФН».
NUMBERS = {
    ("ФН", 22): ("blocked", "shift_expired"),
    ("ККТ", 60): ("rejected", "shift_open"),
    ("ККТ", 61): ("blocked", "shift_closed"),
    ("ККТ", 69): ("rejected", "refused"),
    ("ККТ", 70): ("rejected", "not_enough_cash"),
    ("ККТ", 73): ("rejected", "refused"),
    ("ККТ", 77): ("rejected", "refused"),
    ("ККТ", 78): ("blocked", "shift_expired"),
    ("ККТ", 142): ("rejected", "refused"),
    ("ККТ", 192): ("blocked", "clock"),
    ("ФН", 7): ("device", "clock"),
    ("ФН", 18): ("device", "storage_full"),
    ("ФН", 20): ("device", "operator"),
    ("ФН", 23): ("device", "clock"),
    ("ККТ", 74): ("device", "receipt_open"),
    ("ККТ", 79): ("device", "register_password"),
    ("ККТ", 80): ("device", "printing"),
    ("ККТ", 88): ("device", "printing"),
    ("ККТ", 107): ("device", "paper"),
    ("ККТ", 124): ("device", "clock"),
}

#: What an error text proves. The first row that fits wins, so the uncertain rows stand before those that prove that
#: nothing was registered. Kinds:
#:   `device`    the register failed; a receipt may have been closed before it did (§7, item 4)
#:   `blocked`   the register cannot work; refused before anything was done
#:   `not_sent`  removed from the queue before the register saw it
#:   `rejected`  refused for what the document says
#:   `program`   an exception inside KKM Server: it proves nothing, not even that the register was asked
ERRORS = [
    (re.compile(pattern, re.I), kind, code)
    for pattern, kind, code in [
        # §1.3: cancelled while still queued
        (r"истек допустимый период постановки", "not_sent", "queue_timeout"),
        # §1, HTTP 500: texts of .NET, in the two languages in which it may have them
        (
            r"ошибка выполнения команды|\bexception\b|исключени|\bsystem\.\w|object reference|ссылк\w* на объект"
            r"|экземпляр\w* объект|cannot be null|не может быть неопредел|input string|входная строка"
            r"|out of range|outside the bounds|вне границ|вне диапазона|given key was not present|ключ отсутств"
            r"|sequence contains|последовательность (не )?содержит|collection was modified|коллекция была изменена"
            r"|unable to cast|specified cast|приведени\w* (типа|объекта)|disposed object|stack ?trace|\bat \w+\.\w+",
            "program",
            "program",
        ),
        # §1.4, §7 item 11
        (r"устройство .*не найдено|не настроено или отключено", "blocked", "device_not_found"),
        (r"нет лицензии", "blocked", "licence"),
        # §7 item 1, §8.2 codes 4Eh and 16h; §3.1 code 61. 61 does not say which of the two it is
        (r"смена не открыта", "blocked", "shift_closed"),
        (r"смена превысила 24 ?час|смены более 24 ?час|смены превысила 24 ?час", "blocked", "shift_expired"),
        # §3.1 code 60
        (r"смена (уже )?открыта", "rejected", "shift_open"),
        # §8.2 codes 6Bh, 50h, 58h; §7 items 4, 6, 12, 13
        (r"бумаг|чековой ленты", "device", "paper"),
        (r"крышк", "device", "cover"),
        (r"нет связи|связь|соединен|подключ|порт|таймаут|время ожидания|timeout|не отвечает", "device", "connection"),
        (r"\bфн\b|фискальн\w+ накопител|\bофд\b|дат[аы] и врем|неверн\w+ (дата|время)", "device", "storage"),
        # §3.9: refused by the check of the marking code
        (r"код\w* маркировки|\bкм\b", "device", "marking"),
        # §8.2 code 46h
        (r"не ?хватает (денег|наличн)|недостаточно (денег|наличн)", "rejected", "not_enough_cash"),
        # §5.1, §5.4, §4, §7 item 8: refused before the register is asked
        (r"не указан[аоы]?\b", "rejected", "refused"),
        (r"не ?правильно указан", "rejected", "refused"),
        (r"некорректный инн|инн кассира должен", "rejected", "refused"),
        (r"сумма указанных оплат меньше|не с чего давать сдачу", "rejected", "refused"),
        (r"в чеке нет фискальных строк|нулевой итог чека", "rejected", "refused"),
        (r"нельзя указывать", "rejected", "refused"),
        (r"ошибка разбора|неопознанная команда", "rejected", "refused"),
    ]
]

#: Texts that prove that a card terminal refused: the bank, the card, the person at the terminal, or a check before
#: anything was sent to the bank (§3.8 lists none; these are words that banks and terminals use)
CARD_REFUSED = re.compile(
    r"недостаточно средств|не ?хватает средств|отказ|отклонен|не одобрен|нет прав|запрещен|declined|insufficient"
    r"|отменен[ао]? (клиент|кассир|оператор|пользовател|держател)|отмена (клиент|кассир|оператор|пользовател)"
    r"|(операция|оплата|транзакция|ввод) (прерван|отменен)|cancell?ed"
    r"|карта .{0,20}(просрочен|заблокирован|недействительн|не обслуживается|не вставлена|не считана|не поддерживается)"
    r"|срок (действия )?карты|неверный (пин|pin)|incorrect pin|(превышен|исчерпан)\w* (лимит|сумм|число|количество)"
    r"|неопознанная команда|ошибка разбора|не найдена исходная|сумма возврата больше|не указана сумма"
    r"|указана неверная сумма",
    re.I,
)
