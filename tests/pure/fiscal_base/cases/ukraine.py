"""What must be registered in Ukraine, event by event. Amounts as they are written on a receipt.

Read a case as in `russia.py`. `sale` is form ФКЧ-1, `sale_return` ФКЧ-2. Coffee costs 489.90, bread 62.00, both with
tax letter A (20 %): together 551.90. The register rounds cash to 0.50 and keeps the receipts of one order together.
"""

from datetime import date
from decimal import Decimal

from addons.fiscal_base.compose.event import (
    CreditPaid,
    Deposit,
    DepositReturned,
    Event,
    Money,
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

A, C, NO_VAT = Vat("A", Decimal(20)), Vat("C", Decimal(7)), Vat("E", None)
RATES = (A, C, NO_VAT)

COFFEE, BREAD = goods("Кава", "489.90", A), goods("Хліб", "62.00", A)
BREADS = goods("Хліб", "496.00", A, 8, price=rub(62))
PILLS = goods("Ліки", "100.00", C)

SOLD = registered(row(COFFEE, "1", sign=0), row(BREAD, "2", sign=0), electronic="551.90", day=date(2026, 11, 3))
SOLD_CASH = registered(row(COFFEE, "1", sign=0), row(BREAD, "2", sign=0), cash="551.90")
FIRST = registered(row(goods("аванс за Кава, Хліб", "200.00", A), "1", sign=0), chain=True, electronic="200.00")
ON_CREDIT = registered(
    row(goods("Кава", "312.37", A), "1", sign=0), row(goods("Хліб", "39.53", A), "2", sign=0), chain=True
)

# fmt: off
CASES = [
    Case(
        "U1", "Sale in full", "Продаж", "law 265/95. H",
        [out(COFFEE, BREAD), cash("600.00"), change("48.10")],
        """
        sale
          Кава 489.90 20%
          Хліб 62.00 20%
          by cash 600.00, change 48.10
        """,
    ),
    Case("U2", "Paid by IBAN", "Оплата на рахунок IBAN", "buh24.com.ua. H", [out(COFFEE), transfer("489.90")], ""),
    Case(
        "U2", "Paid by IBAN, the owner wants a receipt", "IBAN, чек за бажанням", "a setting",
        [out(COFFEE), transfer("489.90")],
        """
        sale
          Кава 489.90 20%
          by electronic 489.90
        """,
        {"receipt_for_transfer": True},
    ),
    Case(
        "U3", "Advance of 200 for an order", "Аванс", "tax service 11.2023 (730325). H",
        [prepaid("200.00", COFFEE, BREAD), card("200.00")],
        """
        sale
          аванс за Кава, Хліб 200.00 20%
          by electronic 200.00
          first of the order, left 351.90
        """,
    ),
    Case(
        "U3", "Advance for goods of two tax letters", "Аванс за товари двох ставок", "one line a letter. inference",
        [prepaid("100.00", goods("Кава", "100.00", A), PILLS), cash("100.00")],
        """
        sale
          аванс за Кава 50.00 20%
          аванс за Ліки 50.00 7%
          by cash 100.00
          first of the order, left 100.00
        """,
    ),
    Case(
        "U4", "Last receipt, rest in cash", "Остаточний розрахунок", "tax service 11.2023; cash rounding U25. H",
        [out(COFFEE, BREAD), used("200.00", receipt=FIRST), rounding("0.10", "0.50"), cash("352.00")],
        """
        sale
          Кава 489.90 20%
          Хліб 62.00 20%
          rounding +0.10 to pay 352.00
          by prepayment 200.00, cash 352.00
          last of the order, left 0.00
        """,
    ),
    Case(
        "U4", "Last receipt, nothing left to pay", "Остаточний розрахунок, доплата 0", "the same. H",
        [out(COFFEE, BREAD), used("551.90", receipt=FIRST)],
        """
        sale
          Кава 489.90 20%
          Хліб 62.00 20%
          by prepayment 551.90
          last of the order, left 0.00
        """,
    ),
    Case(
        "U4", "Prepaid in full at once", "Передоплата 100 %", "no service has a chain for it: sold now, and said",
        [prepaid("551.90", COFFEE, BREAD), card("551.90")],
        """
        sale
          Кава 489.90 20%
          Хліб 62.00 20%
          by electronic 551.90
          says prepaid_sold
        """,
    ),
    Case(
        "U4", "Hand-over of what that receipt has sold", "Передача вже проданого", "the same",
        [out(COFFEE, BREAD), used("551.90", sold=True)],
        "",
    ),
    Case(
        "U5", "A further part", "Чергова сплата", "tax service 15.03.2024. H",
        [
            prepaid("100.00", goods("Кава", "312.37", A), goods("Хліб", "39.53", A), whole="551.90", receipt=FIRST),
            card("100.00"),
        ],
        """
        sale
          аванс за Кава, Хліб 100.00 20%
          by electronic 100.00
          next of the order, left 251.90
        """,
    ),
    Case(
        "U6", "Advance by IBAN, rest in cash", "Аванс на IBAN, решта готівкою", "13.03.2024. M, proposal",
        [out(COFFEE, BREAD), used("200.00"), cash("351.90")],
        """
        sale
          Кава 489.90 20%
          Хліб 62.00 20%
          by prepayment 200.00, cash 351.90
        """,
    ),
    Case(
        "U7", "Partly on credit", "Розстрочка, перший чек", "ternotg.org.ua/21504. M",
        [out(COFFEE, BREAD), cash("200.00"), credit("351.90")],
        """
        sale
          Кава 489.90 20%
          Хліб 62.00 20%
          by cash 200.00, credit 351.90
          first of the order, left 351.90
        """,
    ),
    Case(
        "U7", "Credit paid", "Оплата розстрочки", "the same. M",
        [CreditPaid(rub("351.90"), ON_CREDIT), card("351.90")],
        """
        sale
          оплата за Кава 312.37 20%
          оплата за Хліб 39.53 20%
          by electronic 351.90
          last of the order, left 0.00
        """,
    ),
    Case(
        "U7", "Wholly unpaid", "Без оплати", "no settlement in law; the method is not offered. M",
        [out(COFFEE), credit("489.90")],
        "refused credit_whole",
    ),
    Case(
        "U8", "Cash on delivery by a carrier", "Післяплата перевізника", "fin.org.ua/1517292. H",
        [out(COFFEE), Money("carrier", rub("489.90"))],
        "",
    ),
    Case(
        "U9", "Gift certificate sold", "Продаж сертифіката", "letter 21.10.2016 № 22779. M",
        [prepaid("500.00", name="Подарунковий сертифікат 500"), cash("500.00")],
        """
        sale
          Подарунковий сертифікат 500 500.00 20%
          by cash 500.00
        """,
    ),
    Case(
        "U10", "Certificate used", "Оплата сертифікатом", "buhplatforma.com.ua/21163. H",
        [out(COFFEE, BREAD), used("500.00", "certificate"), card("51.90")],
        """
        sale
          Кава 489.90 20%
          Хліб 62.00 20%
          by prepayment 500.00 “Подарунковий сертифікат”, electronic 51.90
        """,
    ),
    Case(
        "U11", "… by a payer of the single tax", "Сертифікат, єдиний податок", "letter 03.04.2025. H: warn",
        [out(COFFEE), used("489.90", "certificate")],
        """
        sale
          Кава 489.90 20%
          by prepayment 489.90 “Подарунковий сертифікат”
          says certificate_single_tax
        """,
        {"single_tax": True},
    ),
    Case(
        "U12", "Bonuses are a discount", "Бонуси", "uteka 03.12.2019. M",
        [out(COFFEE), discount("89.90", A), card("400.00")],
        """
        sale
          Кава 400.00 (discount 89.90) 20%
          by electronic 400.00
        """,
    ),
    Case(
        "U13", "Tip in the bill", "Чайові в чеку", "L: a row of its own",
        [out(COFFEE), Tip(rub("50.00")), card("539.90")],
        """
        sale
          Кава 489.90 20%
          Чайові 50.00 20%
          by electronic 539.90
        """,
        {"tip_vat": A},
    ),
    Case(
        "U14", "Bottle taken on deposit", "Заставна тара", "gb.expertus.com.ua. L",
        [Deposit(goods("Застава: пляшка", "20.00", NO_VAT)), cash("20.00")],
        """
        sale
          Застава: пляшка 20.00 no VAT
          by cash 20.00
        """,
    ),
    Case(
        "U14", "Deposit given back while coffee is bought", "Повернення застави з покупкою", "two receipts. L",
        [DepositReturned(goods("Застава: пляшка", "20.00", NO_VAT)), out(COFFEE), cash("469.90")],
        """
        sale_return
          Застава: пляшка 20.00 no VAT
          by cash 20.00
        sale
          Кава 489.90 20%
          by cash 489.90
        """,
    ),
    Case(
        "U15", "Exchange, dearer", "Обмін з доплатою", "full amounts by the same means. L",
        [back(SOLD_CASH, "1"), out(BREADS), cash("6.10")],
        """
        sale_return
          Кава 489.90 20%
          by cash 489.90
          act
        sale
          Хліб 8 × 62.00 = 496.00 20%
          by cash 496.00
        """,
    ),
    Case(
        "U15", "Exchange, equal, paid in cash", "Обмін рівний, готівка", "the same. L",
        [back(SOLD_CASH, "2"), out(goods("Чай", "62.00", A))],
        """
        sale_return
          Хліб 62.00 20%
          by cash 62.00
        sale
          Чай 62.00 20%
          by cash 62.00
        """,
    ),
    Case(
        "U15", "Exchange, equal, paid by card", "Обмін рівний, картка", "ask for cash. L",
        [back(SOLD, "2"), out(goods("Чай", "62.00", A))],
        "refused exchange_means",
    ),
    Case(
        "U16", "Return below 100 UAH", "Повернення до 100 грн", "Order 547 sect. III p. 7–8. H",
        [back(SOLD, "2"), card_out("62.00")],
        """
        sale_return
          Хліб 62.00 20%
          by electronic 62.00
        """,
    ),
    Case(
        "U16", "Return above 100 UAH needs an act", "Повернення понад 100 грн", "the same. H",
        [back(SOLD, "1"), card_out("489.90")],
        """
        sale_return
          Кава 489.90 20%
          by electronic 489.90
          act
        """,
    ),
    Case(
        "U17", "Cash for a purchase by card", "Повернення готівкою за картку", "28.09.2025: may change. Warn",
        [back(SOLD, "2"), cash_out("62.00")],
        """
        sale_return
          Хліб 62.00 20%
          by cash 62.00
          says refund_means
        """,
    ),
    Case(
        "U19", "Return, the sale is not found", "Повернення без чека", "M; the rate is asked",
        [TakenBack(goods=goods("Кава", "62.00", None)), cash_out("62.00")],
        "refused return_vat_missing",
    ),
    Case(
        "U20", "Prepayment given back", "Повернення передоплати", "05.03.2024. H",
        [PrepaymentReturned(FIRST), card_out("200.00")],
        """
        sale_return
          аванс за Кава, Хліб 200.00 20%
          by electronic 200.00
          act
        """,
    ),
    Case(
        "U20", "A part of the prepayment given back", "Повернення частини передоплати", "the service: all or nothing",
        [PrepaymentReturned(FIRST, rub("100.00")), card_out("100.00")],
        "refused chain_return_whole",
    ),
    Case(
        "U25", "Cash rounded to 0.50, mixed payment", "Заокруглення, змішана оплата", "NBU 115 of 17.09.2025. H",
        [out(COFFEE), rounding("0.10", "0.50"), card("200.00"), cash("290.00")],
        """
        sale
          Кава 489.90 20%
          rounding +0.10 to pay 490.00
          by electronic 200.00, cash 290.00
        """,
    ),
    Case(
        "U25", "Rounding on a register that has none", "Заокруглення, каса не вміє", "said before the payment",
        [out(COFFEE), rounding("0.10", "0.50"), cash("490.00")],
        "refused rounding_unsupported",
        {"rounding_named": False},
    ),
    Case(
        "U26", "Return, the payout is rounded", "Заокруглення повернення", "L: the same way, shown",
        [back(SOLD_CASH, "1"), rounding("0.10", "0.50"), cash_out("490.00")],
        """
        sale_return
          Кава 489.90 20%
          rounding +0.10 to pay 490.00
          by cash 490.00
          act
        """,
    ),
    Case(
        "U27", "A free line", "Нульова ціна", "L: refused",
        [out(COFFEE, goods("Подарунок", "0.00", A)), cash("489.90")],
        "refused free_line",
    ),
    Case(
        "U27", "A free line at 0.01", "Подарунок за 0,01", "L: the shops' practice, a setting",
        [out(COFFEE, goods("Подарунок", "0.00", A)), cash("489.90")],
        """
        sale
          Кава 489.89 (discount 0.01) 20%
          Подарунок 0.01 (discount -0.01) 20%
          by cash 489.90
        """,
        {"free": "kopeck"},
    ),
    Case(
        "U36", "Priced in euro", "Інша валюта", "UAH only. H",
        Event(flat([out(COFFEE), cash("489.90")]), currency="EUR"),
        "refused currency",
    ),
    Case("U13", "Tip to the waiter's hand", "Чайові на руки", "outside. L", [Unrelated(rub("50.00"))], ""),
    Case(
        "U36b", "A service", "Послуга", "as goods. L",
        [out(goods("Заняття", "900.00", A, subject=4)), card("900.00")],
        """
        sale
          Заняття 900.00 20%
          by electronic 900.00
        """,
    ),
]

#: rows that no composing decides, and who does
ELSEWHERE = {
    "U18": "not enough cash in the drawer: the till and the book",
    "U21": "wrong sum or means: test_corrections", "U22": "the same", "U23": "late: the ordinary receipt",
    "U24": "wrong letter: as U21",
    "U28": "excise stamps: the till asks, the row carries them", "U29": "group names: the product",
    "U30": "float: the session", "U31": "shifts", "U32": "electronic receipts: the document",
    "U33": "internet: as U2, U3", "U34": "machines", "U35": "card details: the payment carries them",
    "U36a": "place and cashier: the register", "U37": "keeping", "U38": "fines",
}
# fmt: on
