"""What must be registered in Russia, event by event. Amounts as they are written on a receipt.

Read a case: what happened, then what is registered, or `refused` with the reason. The number is that of the row in
docs/law_russia.md, of a section there, or of a rule; beside it the event in English and Russian, and where the rule
comes from. H: official act or letter; M: one secondary source, or general knowledge; L: practice or inference.

Coffee costs 489.90 at 22 %, bread 62.00 at 10 %: together 551.90.
"""

from datetime import date
from decimal import Decimal

from addons.fiscal_base.compose.event import (
    CreditCancelled,
    CreditPaid,
    Deposit,
    DepositReturned,
    Event,
    Money,
    PrepaymentRestored,
    PrepaymentReturned,
    TakenBack,
    Tip,
    Unrelated,
    Vat,
)

from .words import (
    Case,
    back,
    card,
    card_out,
    cash,
    cash_out,
    change,
    credit,
    discount,
    event,
    flat,
    goods,
    out,
    prepaid,
    registered,
    rounding,
    row,
    rub,
    transfer,
    used,
)

V22, V10, V5 = Vat("vat22", Decimal(22)), Vat("vat10", Decimal(10)), Vat("vat5", Decimal(5))
V20 = Vat("vat20", Decimal(20), legacy=True)
V120 = Vat("vat120", Decimal(20), calculated=True, legacy=True)
V122, V110, V105 = (Vat(f"vat1{rate:02}", Decimal(rate), calculated=True) for rate in (22, 10, 5))
NO_VAT = Vat("novat", None)
RATES = (V22, V10, V5, V20, V120, V122, V110, V105, NO_VAT)

COFFEE, BREAD = goods("Кофе", "489.90", V22), goods("Хлеб", "62.00", V10)
BREADS = goods("Хлеб", "496.00", V10, 8, price=rub(62))
PATENT = goods("Ремонт", "300.00", NO_VAT, subject=4, tax_system="ru_patent")
CIGARETTES = goods("Сигареты", "200.00", V22, subject=33, marked=True, code="0104…21", returnable=False)

SOLD = registered(row(COFFEE, "1"), row(BREAD, "2"), electronic="551.90", day=date(2026, 11, 3))
SOLD_CASH = registered(row(COFFEE, "1"), row(BREAD, "2"), cash="551.90")
SOLD_2025 = registered(row(COFFEE, "1", vat=V20), electronic="489.90")
ON_CREDIT = registered(row(COFFEE, "1", sign=6), row(BREAD, "2", sign=6), credit="551.90")
AFTER_200 = registered(
    row(goods("Кофе", "312.37", V22), "1", sign=6), row(goods("Хлеб", "39.53", V10), "2", sign=6), credit="351.90"
)
CREDIT_2025 = registered(row(COFFEE, "1", sign=6, vat=V20), credit="489.90")
ADVANCE_2025 = registered(row(goods("Аванс", "120.00", V120, subject=10), "1", sign=3), electronic="120.00")
PREPAID = registered(
    row(goods("Кофе", "177.53", V122, subject=10), "1", sign=2),
    row(goods("Хлеб", "22.47", V110, subject=10), "2", sign=2),
    electronic="200.00",
)
CARD_500 = registered(row(goods("Подарочная карта 500", "500.00", V122, subject=10), "1", sign=3), cash="500.00")

# fmt: off
CASES = [
    # === Money and goods at different times ===
    Case(
        "R1", "Sale in full", "Полный расчёт", "54-FZ art. 1.2, 4.7. M",
        [out(COFFEE, BREAD), cash("600.00"), change("48.10")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by cash 600.00, change 48.10
        """,
    ),
    Case(
        "R1", "Sale, part in cash and part by card", "Полный расчёт, наличные и карта", "FFD tags 1031, 1081. M",
        [out(COFFEE), cash("100.00"), card("389.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          by cash 100.00, electronic 389.90
        """,
    ),
    Case(
        "R2", "Bank transfer from a person", "Перевод от физического лица", "54-FZ art. 1.2 p. 5.3–5.4. H",
        [prepaid("489.90", COFFEE), transfer("489.90")],
        """
        sale
          Кофе 489.90 22/122 sign 1 subject 10
          by electronic 489.90
        """,
    ),
    Case(
        "R3", "Transfer between organisations", "Безнал между организациями", "54-FZ art. 2 p. 9. M",
        event(out(COFFEE), transfer("489.90"), organisation=True),
        "",
    ),
    Case(
        "R3", "An organisation shows its card", "Корпоративная карта предъявлена", "54-FZ art. 2 p. 9. M",
        event(out(COFFEE), card("489.90"), organisation=True),
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          by electronic 489.90
        """,
    ),
    Case(
        "R4", "Advance, goods unknown", "Аванс, товар неизвестен", "general knowledge of tag 1214. H",
        [prepaid("1000.00"), cash("1000.00")],
        """
        sale
          Аванс 1000.00 22/122 sign 3 subject 10
          by cash 1000.00
        """,
    ),
    Case(
        "R4", "Advance, and no calculated rate for the seller's", "Аванс, нет расчётной ставки", "as R4. H",
        [prepaid("1000.00"), cash("1000.00")],
        "refused vat_no_calculated",
        {"rates": (V22,)},
    ),
    Case(
        "R4", "Advance of a seller without VAT", "Аванс, продавец освобождён от НДС", "as R4. H",
        [prepaid("1000.00"), cash("1000.00")],
        """
        sale
          Аванс 1000.00 no VAT sign 3 subject 10
          by cash 1000.00
        """,
        {"main_vat": NO_VAT},
    ),
    Case(
        "R4", "Advance, and nobody has said the seller's rate", "Аванс, ставка не задана", "rule 15",
        [prepaid("1000.00"), cash("1000.00")],
        "refused advance_vat_missing",
        {"main_vat": None},
    ),
    Case(
        "R4", "Advance at a rate no longer in force", "Аванс по ставке 20 %", "law 425-FZ",
        [prepaid("1000.00"), cash("1000.00")],
        "refused vat_legacy",
        {"main_vat": V20},
    ),
    Case(
        "R5", "Prepaid in full on the Internet", "Предоплата 100 % на сайте", "FNS via its.1c.ru newsclar/497947. H",
        event(prepaid("551.90", COFFEE, BREAD), card("551.90"), remote=True, contact="buyer@example.com"),
        """
        sale
          Кофе 489.90 22/122 sign 1 subject 10
          Хлеб 62.00 10/110 sign 1 subject 10
          by electronic 551.90
          internet
        """,
    ),
    Case(
        "R6", "Down payment", "Частичная предоплата", "FNS via parrot.ru/ofd24/94. H, spreading: inference",
        [prepaid("200.00", COFFEE, BREAD), card("200.00")],
        """
        sale
          Кофе 177.53 22/122 sign 2 subject 10
          Хлеб 22.47 10/110 sign 2 subject 10
          by electronic 200.00
        """,
    ),
    Case(
        "R6", "Second part of a prepayment", "Вторая часть предоплаты", "as R6",
        [
            prepaid("351.90", goods("Кофе", "312.37", V22), goods("Хлеб", "39.53", V10), whole="551.90"),
            card("351.90"),
        ],
        """
        sale
          Кофе 312.37 22/122 sign 2 subject 10
          Хлеб 39.53 10/110 sign 2 subject 10
          by electronic 351.90
        """,
    ),
    Case(
        "R7", "Hand-over, nothing left to pay", "Передача предоплаченного, доплата 0", "FNS 2018–2025. H",
        [out(COFFEE, BREAD), used("551.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by prepayment 551.90
        """,
    ),
    Case(
        "R7", "Hand-over, the rest paid", "Передача с доплатой", "as above. H",
        [out(COFFEE, BREAD), used("200.00"), card("351.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by prepayment 200.00, electronic 351.90
        """,
    ),
    Case(
        "R7", "Advance of 2025 at 20/120, handed over now", "Аванс 2025 года, отгрузка в 2026", "FNS 15.12.2025. H",
        [out(goods("Кофе", "120.00", V22)), used("120.00")],
        """
        sale
          Кофе 120.00 22% sign 4 subject 1
          by prepayment 120.00
        """,
    ),
    Case(
        "R8", "Prepaid 200, the rest on credit", "Аванс и кредит", "FNS 20.02.2019 ЕД-4-20/2929. H",
        [out(COFFEE, BREAD), used("200.00"), credit("351.90")],
        """
        sale
          Кофе 489.90 22% sign 5 subject 1
          Хлеб 62.00 10% sign 5 subject 1
          by prepayment 200.00, credit 351.90
        """,
    ),
    Case(
        "R9", "First of two deliveries of 2 coffees, 500 prepaid", "Первая отгрузка", "L, inference",
        [out(COFFEE), used("489.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          by prepayment 489.90
        """,
    ),
    Case(
        "R9", "Second delivery", "Вторая отгрузка", "L, inference",
        [out(COFFEE), used("10.10"), cash("479.80")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          by prepayment 10.10, cash 479.80
        """,
    ),
    Case(
        "R10", "Wholly on credit", "Передача в кредит", "FNS 04.08.2020 ВД-4-20/12469@. H",
        [out(COFFEE, BREAD), credit("551.90")],
        """
        sale
          Кофе 489.90 22% sign 6 subject 1
          Хлеб 62.00 10% sign 6 subject 1
          by credit 551.90
        """,
    ),
    Case(
        "R10", "Credit on a register that cannot", "Кредит, касса не умеет", "said before the payment",
        [out(COFFEE), credit("489.90")],
        "refused kind_unsupported",
        {"kinds": {"cash", "electronic", "prepayment"}},
    ),
    Case(
        "R11", "Partly on credit", "Частичный расчёт и кредит", "FNS 04.02.2019 ЕД-4-20/1812@. H",
        [out(COFFEE, BREAD), cash("200.00"), credit("351.90")],
        """
        sale
          Кофе 489.90 22% sign 5 subject 1
          Хлеб 62.00 10% sign 5 subject 1
          by cash 200.00, credit 351.90
        """,
    ),
    Case(
        "R12", "Credit paid, first part", "Оплата кредита, часть 1", "FNS 15.12.2025 АБ-4-20/11248@. H, rate M",
        [CreditPaid(rub("200.00"), ON_CREDIT), cash("200.00")],
        """
        sale
          Кофе 177.53 22% sign 7 subject 10
          Хлеб 22.47 10% sign 7 subject 10
          by cash 200.00
        """,
    ),
    Case(
        "R12", "Credit paid, the rest", "Оплата кредита, остаток", "the same",
        [CreditPaid(rub("351.90"), AFTER_200), cash("351.90")],
        """
        sale
          Кофе 312.37 22% sign 7 subject 10
          Хлеб 39.53 10% sign 7 subject 10
          by cash 351.90
        """,
    ),
    Case(
        "R12", "Credit of 2025 paid in 2026", "Кредит 2025 года", "the same: the rate of the first receipt",
        [CreditPaid(rub("489.90"), CREDIT_2025), card("489.90")],
        """
        sale
          Кофе 489.90 20% sign 7 subject 10
          by electronic 489.90
        """,
    ),
    Case(
        "R12", "Credit paid, as 1C reads the law", "Оплата кредита, без НДС", "its.1c.ru kkt 2.2_004: a switch",
        [CreditPaid(rub("551.90"), ON_CREDIT), cash("551.90")],
        """
        sale
          Кофе 489.90 no VAT sign 7 subject 10
          Хлеб 62.00 no VAT sign 7 subject 10
          by cash 551.90
        """,
        {"credit_paid_vat": "without", "without_vat": NO_VAT},
    ),
    Case(
        "R12", "More than the credit", "Оплата больше кредита", "inference",
        [CreditPaid(rub("600.00"), ON_CREDIT), cash("600.00")],
        "refused part_exceeds",
    ),
    Case(
        "R12a", "A bank pays for the buyer in parts", "Рассрочка банка, «Долями»", "general knowledge. M",
        [out(COFFEE), card("489.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          by electronic 489.90
        """,
    ),
    Case(
        "R13", "Overpaid, the rest is kept", "Переплата, остаток в аванс", "L, inference",
        [out(COFFEE), prepaid("10.10"), cash("500.00")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Аванс 10.10 22/122 sign 3 subject 10
          by cash 500.00
        """,
    ),
    Case(
        "R14", "Advance moves to another order", "Перезачёт аванса", "mosnalogi.ru 14.05.2025. L",
        [Unrelated(rub("200.00"))],
        "",
    ),
    Case(
        "R15", "Prepayment given back", "Возврат предоплаты", "UFNS Moscow 01.04.2021 22-05/012166@. M",
        [PrepaymentReturned(PREPAID), card_out("200.00")],
        """
        sale_return
          Кофе 177.53 22/122 sign 2 subject 10
          Хлеб 22.47 10/110 sign 2 subject 10
          by electronic 200.00
        """,
    ),
    Case(
        "R15", "Advance of 2025 given back", "Возврат аванса 2025 года", "as R15: its own rate",
        [PrepaymentReturned(ADVANCE_2025), card_out("120.00")],
        """
        sale_return
          Аванс 120.00 20/120 sign 3 subject 10
          by electronic 120.00
        """,
    ),
    Case(
        "R16", "Bread cancelled, coffee delivered", "Отмена части, отгрузка остального", "M, inference",
        [PrepaymentReturned(PREPAID, rub("10.00")), out(COFFEE), used("190.00"), card("299.90"), card_out("10.00")],
        """
        sale_return
          Кофе 8.88 22/122 sign 2 subject 10
          Хлеб 1.12 10/110 sign 2 subject 10
          by electronic 10.00
        sale
          Кофе 489.90 22% sign 4 subject 1
          by prepayment 190.00, electronic 299.90
        """,
    ),
    Case(
        "R17", "Paid at the courier, delivery is a line", "Оплата курьеру, доставка строкой", "M",
        [out(COFFEE, goods("Доставка", "200.00", V22, subject=4)), card("689.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Доставка 200.00 22% sign 4 subject 4
          by electronic 689.90
        """,
    ),
    # === Cards, points, tips, exchange, deposits, rounding ===
    Case(
        "R20", "Gift card sold", "Продажа подарочной карты", "FNS 03.07.2018 ЕД-4-20/12717. H, rate M",
        [prepaid("500.00", name="Подарочная карта 500"), cash("500.00")],
        """
        sale
          Подарочная карта 500 500.00 22/122 sign 3 subject 10
          by cash 500.00
        """,
    ),
    Case(
        "R20", "Coffee and a gift card on one receipt", "Кофе и подарочная карта", "signs stand on the line. M",
        [out(COFFEE), prepaid("500.00", name="Подарочная карта 500"), card("989.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Подарочная карта 500 500.00 22/122 sign 3 subject 10
          by electronic 989.90
        """,
    ),
    Case(
        "R21", "Gift card pays a part", "Оплата картой 500 и доплата", "FNS 03.07.2018 ЕД-4-20/12717. H",
        [out(COFFEE, BREAD), used("500.00", "certificate"), card("51.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by prepayment 500.00, electronic 51.90
        """,
    ),
    Case(
        "R22", "Card of 1000 pays all", "Карта 1000 на покупку 551.90", "M, inference",
        [out(COFFEE, BREAD), used("551.90", "certificate")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by prepayment 551.90
        """,
    ),
    Case(
        "R22", "A card cannot pay more than the goods", "Карта больше покупки целиком", "R22",
        [out(COFFEE), used("500.00", "certificate")],
        "refused prepayment_exceeds",
    ),
    Case(
        "R23", "Card expires with money left", "Карта сгорела", "klerk.ru/news/668667. M",
        [Unrelated(rub("448.10"))],
        "",
    ),
    Case(
        "R24", "Card given back for money", "Возврат подарочной карты", "as R15. M",
        [PrepaymentReturned(CARD_500), cash_out("500.00")],
        """
        sale_return
          Подарочная карта 500 500.00 22/122 sign 3 subject 10
          by cash 500.00
        """,
    ),
    Case(
        "R25", "Wallet topped up", "Пополнение счёта", "as R4. M",
        [prepaid("300.00", name="Пополнение счёта"), card("300.00")],
        """
        sale
          Пополнение счёта 300.00 22/122 sign 3 subject 10
          by electronic 300.00
        """,
    ),
    Case(
        "R26", "Goods paid by a card come back, value to the card", "Возврат на подарочную карту", "L",
        [back(registered(row(COFFEE, "1"), prepayment="489.90"), "1"), PrepaymentRestored(rub("489.90"))],
        """
        sale_return
          Кофе 489.90 22% sign 4 subject 1
          by prepayment 489.90
        """,
    ),
    Case(
        "R27", "Points pay a part", "Баллы, часть цены", "FNS 26.09.2017 ЕД-3-20/6387@. H",
        [out(COFFEE, BREAD), discount("89.90", V22), card("462.00")],
        """
        sale
          Кофе 400.00 (discount 89.90) 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by electronic 462.00
        """,
    ),
    Case(
        "R27", "Coupon on everything", "Купон на весь чек", "the same: spread in proportion",
        [out(COFFEE, BREAD), discount("100.00"), card("451.90")],
        """
        sale
          Кофе 401.13 (discount 88.77) 22% sign 4 subject 1
          Хлеб 50.77 (discount 11.23) 10% sign 4 subject 1
          by electronic 451.90
        """,
    ),
    Case(
        "R28", "Points pay everything", "Баллы, 100 %", "FNS 30.04.2021 АБ-4-20/6093, 15.09.2023 ЗГ-3-20/11971@. H",
        [out(BREAD), discount("62.00", V10)],
        """
        sale
          Хлеб 0.00 (discount 62.00) 10% sign 4 subject 1
          by other 0.00
        """,
    ),
    Case(
        "R29", "One free, marked, keeps its code", "1+1, маркированный", "M, inference",
        [out(COFFEE, goods("Вода", "0.00", V22, subject=33, marked=True, code="0104…")), card("489.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Вода 0.00 22% sign 4 subject 33
          by electronic 489.90
        """,
    ),
    Case(
        "R30", "Tip after the order", "Чаевые в кассу отдельно", "FNS 11.06.2025 ЗГ-2-20/9776@. H",
        [Tip(rub("50.00")), card("50.00")],
        """
        sale
          Чаевые 50.00 22% sign 4 subject 13
          by electronic 50.00
        """,
        {"tip_vat": V22},
    ),
    Case("R31", "Tip to the waiter's own card", "Чаевые официанту", "the same. H", [Unrelated(rub("50.00"))], ""),
    Case(
        "R31a", "Nobody has said the rate of tips", "Ставка чаевых не задана", "L: a setting, no default",
        [Tip(rub("50.00")), card("50.00")],
        "refused tip_vat_missing",
    ),
    Case(
        "R32", "Exchange, equal", "Обмен равный", "FNS 17.12.2020 АБ-4-20/20854. H",
        [back(SOLD, "1"), out(goods("Чай", "489.90", V22))],
        """
        sale_return
          Кофе 489.90 22% sign 4 subject 1
          by other 489.90
        sale
          Чай 489.90 22% sign 4 subject 1
          by other 489.90
        """,
    ),
    Case(
        "R33", "Coffee for 8 breads, dearer", "Обмен с доплатой", "M, inference",
        [back(SOLD, "1"), out(BREADS), cash("6.10")],
        """
        sale_return
          Кофе 489.90 22% sign 4 subject 1
          by other 489.90
        sale
          Хлеб 8 × 62.00 = 496.00 10% sign 4 subject 1
          by other 489.90, cash 6.10
        """,
    ),
    Case(
        "R34", "Coffee for bread, cheaper", "Обмен с возвратом разницы", "M, inference",
        [back(SOLD, "1"), out(BREAD), card_out("427.90")],
        """
        sale_return
          Кофе 489.90 22% sign 4 subject 1
          by other 62.00, electronic 427.90
        sale
          Хлеб 62.00 10% sign 4 subject 1
          by other 62.00
        """,
    ),
    Case(
        "R35", "Exchange on a register without counter-provision", "Обмен, нет встречного представления", "M",
        [back(SOLD_CASH, "1"), out(BREADS), cash("6.10")],
        """
        sale_return
          Кофе 489.90 22% sign 4 subject 1
          by cash 489.90
        sale
          Хлеб 8 × 62.00 = 496.00 10% sign 4 subject 1
          by cash 496.00
        """,
        {"kinds": {"cash", "electronic"}},
    ),
    Case(
        "R35", "Equal exchange of goods paid by card, the same", "Обмен равный, нет 1217, карта", "asks for the means",
        [back(SOLD, "1"), out(goods("Чай", "489.90", V22))],
        "refused exchange_means",
        {"kinds": {"cash", "electronic"}},
    ),
    Case(
        "R36", "Bottle taken on deposit", "Залоговая тара", "L",
        [out(COFFEE), Deposit(goods("Залог: бутылка", "20.00", NO_VAT, subject=19)), cash("509.90")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          Залог: бутылка 20.00 no VAT sign 4 subject 19
          by cash 509.90
        """,
    ),
    Case(
        "R37", "Deposit given back while coffee is bought", "Возврат залога вместе с покупкой", "L, inference",
        [DepositReturned(goods("Залог: бутылка", "20.00", NO_VAT, subject=19)), out(COFFEE), cash("469.90")],
        """
        sale_return
          Залог: бутылка 20.00 no VAT sign 4 subject 19
          by other 20.00
        sale
          Кофе 489.90 22% sign 4 subject 1
          by other 20.00, cash 469.90
        """,
    ),
    Case(
        "R38", "Rounded down to the rouble", "Округление до рубля", "Saby help. M",
        [out(COFFEE, BREAD), rounding("-0.90", "1.00"), cash("551.00")],
        """
        sale
          Кофе 489.10 (discount 0.80) 22% sign 4 subject 1
          Хлеб 61.90 (discount 0.10) 10% sign 4 subject 1
          by cash 551.00
        """,
    ),
    Case(
        "R38", "Rounded up", "Округление вверх", "consumer law, vendor's reading. M",
        [out(COFFEE), rounding("0.10", "1.00"), cash("490.00")],
        "refused rounding_up",
    ),
    Case(
        "R39", "Rounded down to nothing", "Округление до нуля", "L, inference",
        [out(goods("Спички", "0.60", V22)), rounding("-0.60", "1.00")],
        """
        sale
          Спички 0.00 (discount 0.60) 22% sign 4 subject 1
          by other 0.00
        """,
    ),
    # === Returns ===
    Case(
        "R49", "Return of bread", "Возврат товара", "Minfin 20.11.2017 03-01-15/76525. H",
        [back(SOLD, "2"), card_out("62.00")],
        """
        sale_return
          Хлеб 62.00 10% sign 4 subject 1
          by electronic 62.00
        """,
    ),
    Case(
        "R49", "A part of the price of bread is paid back", "Возврат части цены", "as R49; inference",
        [back(SOLD, "2", amount="12.00"), card_out("12.00")],
        """
        sale_return
          Хлеб 12.00 10% sign 4 subject 1
          by electronic 12.00
        """,
    ),
    Case(
        "R49", "More is paid back than bread has cost", "Возврат больше цены", "as R55",
        [back(SOLD, "2", amount="70.00"), card_out("70.00")],
        "refused returned_sum",
    ),
    Case(
        "R49", "Sold in 2025 at 20 %, the tax is archived", "Возврат продажи 2025 года", "FNS 15.12.2025. H",
        [back(SOLD_2025, "1"), card_out("489.90")],
        """
        sale_return
          Кофе 489.90 20% sign 4 subject 1
          by electronic 489.90
        """,
    ),
    Case(
        "R49", "New sale at 20 %", "Новая продажа по 20 %", "law 425-FZ",
        [out(goods("Кофе", "489.90", V20)), card("489.90")],
        "refused vat_legacy",
    ),
    Case(
        "R50", "Return, the sale is not found", "Возврат без чека", "consumer law art. 25. H; never today's rate",
        [TakenBack(goods=goods("Кофе", "489.90", None)), cash_out("489.90")],
        "refused return_vat_missing",
    ),
    Case(
        "R50", "Return, the sale is not found, the rate was asked", "Возврат без чека, ставка указана", "the same",
        [TakenBack(goods=goods("Кофе", "489.90", V20)), cash_out("489.90")],
        """
        sale_return
          Кофе 489.90 20% sign 4 subject 1
          by cash 489.90
        """,
    ),
    Case(
        "R51", "Cash for a purchase by card", "Возврат наличными за карту", "CBR 3073-U p. 2. M: warn",
        [back(SOLD, "2"), cash_out("62.00")],
        """
        sale_return
          Хлеб 62.00 10% sign 4 subject 1
          by cash 62.00
          says refund_means
        """,
    ),
    Case(
        "R52", "Goods on credit come back, nothing paid", "Возврат кредита без оплаты", "M, inference",
        [back(ON_CREDIT, "1"), back(ON_CREDIT, "2"), CreditCancelled(rub("551.90"))],
        """
        sale_return
          Кофе 489.90 22% sign 6 subject 1
          Хлеб 62.00 10% sign 6 subject 1
          by credit 551.90
        """,
    ),
    Case(
        "R53", "Goods on credit come back, 200 paid", "Возврат кредита, часть оплачена", "L: open",
        [back(ON_CREDIT, "1"), back(ON_CREDIT, "2"), CreditCancelled(rub("351.90")), cash_out("200.00")],
        """
        sale_return
          Кофе 489.90 22% sign 5 subject 1
          Хлеб 62.00 10% sign 5 subject 1
          by cash 200.00, credit 351.90
          says refund_means
        """,
    ),
    Case(
        "R54", "Tobacco comes back", "Возврат табака", "RU decree 28.02.2019 № 224. M",
        [back(registered(row(CIGARETTES, "1", returnable=False), cash="200.00"), "1"), cash_out("200.00")],
        "refused not_returnable",
    ),
    Case(
        "R55", "More than was sold", "Возврат больше проданного", "inference",
        [back(SOLD, "2", 2), card_out("124.00")],
        "refused returned_more",
    ),
    Case(
        "R55", "Paid out more than was paid", "Выплачено больше уплаченного", "inference",
        [back(registered(row(goods("Хлеб", "50.00", V10), "1"), cash="50.00"), "1"), cash_out("62.00")],
        "refused returned_sum",
    ),
    # === Goods, people, form ===
    Case(
        "R60", "VAT 22 % and 22/122", "НДС 22 % с 2026 года", "law 425-FZ of 28.11.2025. H",
        [prepaid("489.90", COFFEE), cash("489.90")],
        """
        sale
          Кофе 489.90 22/122 sign 1 subject 10
          by cash 489.90
        """,
    ),
    Case(
        "R61", "Advance of a payer of 5 %", "УСН 5 %: аванс 5/105", "FNS ЕД-7-20/1038@. M",
        [prepaid("105.00"), cash("105.00")],
        """
        sale
          Аванс 105.00 5/105 sign 3 subject 10
          by cash 105.00
        """,
        {"main_vat": V5},
    ),
    Case(
        "R62", "Patent and general goods together", "Патент и другая СНО", "54-FZ, tag 1055. M",
        [out(COFFEE, PATENT), cash("1000.00"), change("210.10")],
        """
        sale
          Кофе 489.90 22% sign 4 subject 1
          by cash 489.90
        sale [ru_patent]
          Ремонт 300.00 no VAT sign 4 subject 4
          by cash 510.10, change 210.10
        """,
    ),
    Case(
        "R63", "Agent's fee", "Вознаграждение агента", "FNS 25.11.2020 АБ-4-20/19338@. H",
        [out(goods("Вознаграждение агента", "50.00", V22, subject=11)), card("50.00")],
        """
        sale
          Вознаграждение агента 50.00 22% sign 4 subject 11
          by electronic 50.00
        """,
    ),
    Case(
        "R64", "Marked, not scanned", "Маркированный без кода", "PP 21.11.2023 № 1944. H",
        [out(goods("Сигареты", "200.00", V22, subject=33, marked=True)), cash("200.00")],
        "refused code_missing",
    ),
    Case(
        "R64", "One code for two pieces", "Один код на две штуки", "one piece, one code. M",
        [out(goods("Сигареты", "400.00", V22, 2, subject=33, marked=True, code="0104…")), cash("400.00")],
        "refused code_quantity",
    ),
    Case(
        "R65", "Marked and weighed", "Маркированный весовой", "L",
        [out(goods("Сыр", "333.00", V10, "0.333", subject=33, measure=11, marked=True, code="0104…")), cash("333.00")],
        """
        sale
          Сыр 0.333 × 1000.00 = 333.00 10% sign 4 subject 33
          by cash 333.00
        """,
    ),
    Case(
        "R71", "Internet sale without a contact", "Интернет без адреса покупателя", "FNS 26.03.2025 ЕД-7-20/236@. H",
        event(prepaid("489.90", COFFEE), card("489.90"), remote=True),
        "refused contact_missing",
    ),
    Case(
        "R79", "Priced in dollars", "Другая валюта", "roubles only. M",
        Event(flat([out(COFFEE), cash("489.90")]), currency="USD"),
        "refused currency",
    ),
    Case(
        "R81a", "Service rendered after a full prepayment", "Услуга после предоплаты", "M",
        [out(goods("Занятие", "900.00", V22, subject=4)), used("900.00")],
        """
        sale
          Занятие 900.00 22% sign 4 subject 4
          by prepayment 900.00
        """,
    ),
    # === What no receipt may hide ===
    Case(
        "rule 15", "No tax on the line", "Ставка не найдена", "no lawful value stands for a missing one",
        [out(goods("Кофе", "489.90", None)), cash("489.90")],
        "refused vat_missing",
    ),
    Case(
        "rule 15", "No name", "Пустое наименование", "the same",
        [out(goods(" ", "489.90", V22)), cash("489.90")],
        "refused name_missing",
    ),
    Case(
        "rule 15", "Payment of no kind", "Вид оплаты не задан", "the same",
        [out(COFFEE), Money("", rub("489.90"))],
        "refused kind_missing",
    ),
    Case(
        "§6", "Gap beyond rounding", "Разница больше округления", "a repair has a bound",
        [out(COFFEE, BREAD), cash("550.00")],
        "refused sums_disagree",
    ),
    Case(
        "§6", "A kopeck of tax rounding", "Копейка округления налога", "within a kopeck a line",
        [out(COFFEE, BREAD), cash("551.89")],
        """
        sale
          Кофе 489.89 (discount 0.01) 22% sign 4 subject 1
          Хлеб 62.00 10% sign 4 subject 1
          by cash 551.89
        """,
    ),
    Case(
        "§6", "A payment below zero", "Отрицательная оплата", "the class of a meaning gives its direction",
        [out(COFFEE), card("500.00"), card("-10.10")],
        "refused amount_negative",
    ),
    Case(
        "§6", "Change from a card", "Сдача не с наличных", "change is of cash",
        [out(COFFEE), card("500.00"), change("10.10")],
        "refused change_beyond_cash",
    ),
    Case(
        "§6", "Money that nobody explained", "Деньги без основания", "ask what a bank line is for",
        [card("500.00")],
        "refused meaning_missing",
    ),
]

#: rows that no composing decides, and who does
ELSEWHERE = {
    "R18": "periodic offsets of transport and communications: not our case",
    "R19": "the restaurant's receipt before payment: the till's order of steps",
    "R40": "corrections: test_corrections", "R41": "the same", "R42": "the same", "R43": "the same", "R44": "the same",
    "R45": "a refused receipt: the right correction alone, as R42", "R46": "the rate of a correction: as R40",
    "R47": "wrong means, customer still there: as R40", "R48": "deadlines and fines",
    "R66": "sets: the till asks for each code", "R67": "tobacco prices: the marking check",
    "R68": "kegs: the marking system",
    "R69": "EGAIS", "R70": "the buyer's data: the document", "R72": "cashless details: not sent",
    "R73": "the cashier: the document", "R74": "machines: the register", "R75": "electronic receipts: the document",
    "R76": "cash in and out: no receipt", "R77": "shifts", "R78": "keeping", "R80": "branches: the register",
    "R81": "copies", "R82": "fines",
}
# fmt: on
