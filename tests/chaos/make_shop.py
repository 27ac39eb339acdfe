"""Runs in `odoo shell`: a shop with a till for each entry of the specification, several of them on one register.

The name in `json.loads` stands for the text of `[[{"serial": …, "url": …, "timeout": …}, …], password,
[{"server": …, "shop": …, "secret": …}, …], address of Odoo]`, which is put in its place. What was made is printed as
JSON behind the word FACTS.
"""
# ruff: noqa: F821

import json

from odoo.fields import Command

from odoo.addons.fiscal_base.demo.shop import make_shop


def make_user(name, login, groups):
    return env["res.users"].create(
        {
            "name": name,
            "login": login,
            "password": password,
            "company_id": shop.company.id,
            "company_ids": [Command.set(shop.company.ids)],
            "group_ids": [Command.link(env.ref(group).id) for group in groups],
        }
    )


spec, password, callers, address = json.loads(SPEC)
shop = make_shop(env, "RU", tills=len(spec), provider="kkm_server", register_vals={"state": "disabled"})
env = shop.env
registers, facts = {}, {"tills": [], "company": shop.company.id, "employee": shop.employees[0].id}
for config, own, till in zip(shop.configs, shop.registers, spec, strict=True):
    register = registers.setdefault(till["serial"], own)
    if register == own:
        register.write(
            {
                "kkm_server_url": till["url"],
                "kkm_server_serial_number": till["serial"],
                "kkm_server_timeout": till["timeout"],
                "alert_after": 1,
                "state": "enabled",
            }
        )
    config.fiscal_register_id = register
    # the second group lets a cashier put cash in and take it out
    user = make_user(config.name, f"till{config.id}", ["point_of_sale.group_pos_user", "account.group_account_invoice"])
    methods = config.payment_method_ids
    facts["tills"].append(
        {
            "config": config.id,
            "register": register.id,
            "serial": till["serial"],
            "login": user.login,
            "user": user.id,
            "cash": methods.filtered("is_cash_count").id,
            "card": methods.filtered(lambda method: method.type == "bank").id,
        }
    )
people = ["point_of_sale.group_pos_manager", "account.group_account_manager", "base.group_system"]
make_user("Accountant", "accountant", [*people, "fiscal_base.group_fiscal_accountant"])
facts["products"] = [
    {"id": product.id, "name": product.name, "taxes": product.taxes_id.ids, "rate": product.taxes_id.amount}
    for product in (shop.products["bread"], shop.products["coffee"])
]
lanes, facts["callers"] = shop.registers.cron_id | env.ref("fiscal_base.cron_watch"), []
for number, caller in enumerate(callers):
    # a company of its own for each register behind a service that calls back
    settings = {
        "komtet_server": caller["server"],
        "komtet_shop_id": caller["shop"],
        "komtet_secret_key": caller["secret"],
        "komtet_queue_id": "3",
        "komtet_address": address,
        "alert_after": 1,
    }
    shop.company.name += f" {number}"  # no two companies of one name
    shop = make_shop(env, "RU", tills=1, provider="komtet", register_vals=settings)
    env = shop.env
    lanes |= shop.register.cron_id
    clerk = make_user(f"Clerk {number}", f"clerk{number}", ["account.group_account_invoice"])
    code = env["fiscal.tax.code"].search([("vocabulary", "=", "ru"), ("rate", "=", 22), ("calculated", "=", False)])
    facts["callers"].append(
        {
            "register": shop.register.id,
            "login": clerk.login,
            "employee": shop.employees[0].id,
            "tax": {"tax_code_id": code.id, "tax_code": code.code, "tax_name": code.name, "tax_rate": code.rate},
        }
    )
# the scheduled actions of other addons would only take time
env["ir.cron"].search([("id", "not in", lanes.ids)]).active = False
env.cr.commit()
print("FACTS " + json.dumps(facts))
