"""Runs in `odoo shell`: a shop, and KKM Servers that call it, each with a register of its own.

The name in `json.loads` stands for the text of `[number of servers, password]`, which is put in its place. What was
made is printed as JSON behind the word FACTS.
"""
# ruff: noqa: F821

import json

from odoo import fields
from odoo.fields import Command

from odoo.addons.fiscal_base.demo.shop import make_shop

count, password = json.loads(SPEC)
shop = make_shop(env, "RU", tills=0)
env = shop.env(context={**shop.env.context, "tracking_disable": True})
registers = env["fiscal.register"].create(
    [
        {
            "name": f"Register {number}",
            "company_id": shop.company.id,
            "provider": "kkm_server",
            "kkm_server_connection": "callback",
            "kkm_server_serial_number": f"{149060006000000 + number:016}",
            "shift_policy": "manual",
            "state": "enabled",
            # how it is has just been asked
            "health": "ready",
            "kkm_server_asked_at": fields.Datetime.now(),
            "last_seen": fields.Datetime.now(),
        }
        for number in range(count)
    ]
)
registers.kkm_server_id.interval = 1
groups = ["base.group_system", "point_of_sale.group_pos_manager", "account.group_account_manager"]
env["res.users"].create(
    {
        "name": "Accountant",
        "login": "accountant",
        "password": password,
        "company_id": shop.company.id,
        "company_ids": [Command.set(shop.company.ids)],
        "group_ids": [Command.link(env.ref(g).id) for g in [*groups, "fiscal_base.group_fiscal_accountant"]],
    }
)
# the scheduled actions of other addons would only take time
env["ir.cron"].search([("id", "not in", registers.cron_id.ids)]).active = False
env.cr.commit()
servers = [
    {
        "register": register.id,
        "serial": register.kkm_server_serial_number,
        "path": register.kkm_server_id.path,
        "token": register.kkm_server_id.token,
    }
    for register in registers
]
print("FACTS " + json.dumps({"servers": servers, "company": shop.company.id, "employee": shop.employees[0].id}))
