"""A shop with everything a till needs, in its own company: for demonstrations and tests."""

from types import SimpleNamespace

from odoo.fields import Command

#: what differs between the countries; numbers are made up, with valid check digits
COUNTRIES = {
    "RU": {
        "company": "ООО «Ромашка»",
        "currency": "base.RUB",
        "lang": "ru_RU",
        "tz": "Europe/Moscow",
        "tax_number": "7707083893",
        "tax_system": "ru_general",
        "address": "109097, Москва, ул. Ильинка, 9",
        "place": "Магазин «Ромашка»",
        "taxes": {"standard": ("НДС 22%", 22), "reduced": ("НДС 10%", 10)},
        "cash": "Наличные",
        "card": "Карта",
        "prepaid": "Лицевой счёт",
        "shop": "Ромашка, касса {}",
        "register": "Касса {}",
        "people": [("Анна Смирнова", "772345678901"), ("Пётр Иванов", "500100732259")],
        "customer": ("Ольга Кузнецова", "olga@example.com", "+7 912 345-67-89"),
        "products": {
            "bread": ("Хлеб «Бородинский» 400 г", 62.00, "reduced", "consu"),
            "coffee": ("Кофе молотый 250 г", 489.90, "standard", "consu"),
            "apples": ("Яблоки «Голден»", 149.90, "reduced", "weighed"),
            "delivery": ("Доставка по городу", 300.00, None, "service"),
        },
    },
    "UA": {
        "company": "ТОВ «Волошка»",
        "currency": "base.UAH",
        "lang": "uk_UA",
        "tz": "Europe/Kyiv",
        "tax_number": "32855961",
        "tax_system": "ua_general_vat",
        "address": "01001, Київ, вул. Хрещатик, 1",
        "place": "Магазин «Волошка»",
        "taxes": {"standard": ("ПДВ 20%", 20), "reduced": ("ПДВ 7%", 7)},
        "cash": "Готівка",
        "card": "Картка",
        "prepaid": "Рахунок покупця",
        "shop": "Волошка, каса {}",
        "register": "Каса {}",
        "people": [("Оксана Шевченко", "1759013776"), ("Тарас Бондар", "3184710691")],
        "customer": ("Ірина Коваль", "iryna@example.com", "+380 67 123 45 67"),
        "products": {
            "bread": ("Хліб «Український» 400 г", 32.50, "standard", "consu"),
            "coffee": ("Кава мелена 250 г", 189.90, "standard", "consu"),
            "apples": ("Яблука «Голден»", 39.90, "standard", "weighed"),
            "delivery": ("Доставка містом", 80.00, None, "service"),
        },
    },
}


def make_shop(env, country="RU", tills=1, provider="demo", register_vals=None):
    """Create a company of `country` with `tills` points of sale, a register each, products, cashiers and a customer.

    :returns: a namespace: `env` (in the company), `company`, `configs`, `registers`, `products`, `taxes`, `cash`,
        `card`, `employees`, `customer`
    """
    facts = COUNTRIES[country]
    currency = env.ref(facts["currency"])
    currency.active = True
    country_record = env.ref(f"base.{country.lower()}")
    # without this context Odoo would install the country's localization and replace our chart of accounts
    company = (
        env["res.company"]
        .with_context(chart_template_load=True)
        .create({"name": facts["company"], "country_id": country_record.id, "currency_id": currency.id})
    )
    env.user.write({"company_ids": [Command.link(company.id)]})
    env = env(context={**env.context, "allowed_company_ids": [company.id], "lang": "en_US"})
    company = company.with_env(env)
    env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    env["account.tax"].search([("company_id", "=", company.id)]).active = False
    company.write(
        {
            "account_fiscal_country_id": country_record.id,
            "currency_id": currency.id,
            "fiscal_tax_number": facts["tax_number"],
            "fiscal_tax_system": facts["tax_system"],
            "fiscal_settlement_address": facts["address"],
            "fiscal_settlement_place": facts["place"],
            "fiscal_sender_email": "shop@example.com",
            "point_of_sale_use_ticket_qr_code": False,
        }
    )
    shop = SimpleNamespace(env=env, company=company, facts=facts)
    shop.taxes = {key: _tax(env, company, country_record, *tax) for key, tax in facts["taxes"].items()}
    company.account_sale_tax_id = shop.taxes["standard"]
    shop.products = {key: _product(env, company, shop.taxes, *product) for key, product in facts["products"].items()}
    shop.employees = env["hr.employee"].create(
        [
            {"name": name, "company_id": company.id, "fiscal_cashier": True, "fiscal_tax_number": number, "pin": pin}
            for (name, number), pin in zip(facts["people"], ("1111", "2222"), strict=True)
        ]
    )
    name, email, phone = facts["customer"]
    shop.customer = env["res.partner"].create(
        {"name": name, "email": email, "phone": phone, "company_id": company.id, "country_id": country_record.id}
    )
    shop.registers, shop.configs = env["fiscal.register"], env["pos.config"]
    for number in range(1, tills + 1):
        _till(shop, number, provider, register_vals or {})
    shop.register, shop.config = shop.registers[:1], shop.configs[:1]
    shop.cash = shop.config.payment_method_ids.filtered("is_cash_count")
    shop.card = shop.config.payment_method_ids.filtered(lambda method: method.type == "bank")
    return shop


def _tax(env, company, country, name, rate):
    group = env["account.tax.group"].create({"name": name, "company_id": company.id, "country_id": country.id})
    return env["account.tax"].create(
        {
            "name": name,
            "amount": rate,
            "amount_type": "percent",
            "type_tax_use": "sale",
            "price_include_override": "tax_included",
            "tax_group_id": group.id,
            "company_id": company.id,
            "country_id": country.id,
            "invoice_label": name,
        }
    )


def _product(env, company, taxes, name, price, tax, kind):
    return env["product.product"].create(
        {
            "name": name,
            "list_price": price,
            "type": "service" if kind == "service" else "consu",
            "uom_id": env.ref("uom.product_uom_kgm" if kind == "weighed" else "uom.product_uom_unit").id,
            "taxes_id": [Command.set(taxes[tax].ids if tax else [])],
            "available_in_pos": True,
            "company_id": company.id,
        }
    )


def _till(shop, number, provider, register_vals):
    env, facts = shop.env, shop.facts
    register = env["fiscal.register"].create(
        {
            "name": facts["register"].format(number),
            "company_id": shop.company.id,
            "provider": provider,
            "tz": facts["tz"],
            "employee_id": shop.employees[0].id,
            "state": "enabled",
            **register_vals,
        }
    )
    Journal = env["account.journal"]
    cash = Journal.create({"name": f"{facts['cash']} {number}", "type": "cash", "code": f"КС{number}"})
    bank = Journal.search([("type", "=", "bank"), ("company_id", "=", shop.company.id)], limit=1)
    Method = env["pos.payment.method"]
    card = shop.configs[:1].payment_method_ids.filtered(lambda method: method.type == "bank") or Method.create(
        {"name": facts["card"], "journal_id": bank.id, "company_id": shop.company.id}
    )
    methods = Method.create({"name": facts["cash"], "journal_id": cash.id, "company_id": shop.company.id}) | card
    config = env["pos.config"].create(
        {
            "name": facts["shop"].format(number),
            "company_id": shop.company.id,
            "payment_method_ids": [Command.set(methods.ids)],
            "fiscal_register_id": register.id,
            "module_pos_hr": False,
        }
    )
    shop.registers |= register
    shop.configs |= config
