"""What `make demo` puts into its database, run by `odoo shell`: a Russian and a Ukrainian shop, ready to sell.

`env` is the shell's own. Registers stand on services that the demo emulates on this machine.
"""

from odoo.fields import Command

from odoo.addons.fiscal_base.demo.shop import make_shop

#: country → login, language of its cashier
CASHIERS = {"RU": ("anna", "ru_RU"), "UA": ("oksana", "uk_UA")}


def install(env):
    """Make the shops, a cashier for each, and let the administrator see them all."""
    admin = env.ref("base.user_admin")
    installed = set(env["ir.module.module"].search([("state", "=", "installed")]).mapped("name"))
    for country, (login, lang) in CASHIERS.items():
        shop = make_shop(env, country, tills=2)
        if country == "RU" and "fiscal_kkm_server" in installed:
            _on_kkm_server(shop.registers[1])
            _called_by_kkm_server(shop)
        if country == "RU" and "fiscal_shtrih" in installed:
            _on_shtrih(shop)
        if country == "RU" and "fiscal_komtet" in installed:
            _on_komtet(shop)
        if country == "UA" and "fiscal_checkbox" in installed:
            _on_checkbox(shop)
        if country == "UA" and "fiscal_vchasno" in installed:
            _on_vchasno(shop.registers[0])
        groups = ("base.group_user", "point_of_sale.group_pos_manager", "account.group_account_invoice")
        user = env["res.users"].create(
            {
                "name": shop.employees[0].name,
                "login": login,
                "password": login,
                "lang": lang,
                "tz": shop.facts["tz"],
                "company_id": shop.company.id,
                "company_ids": [Command.set(shop.company.ids)],
                "group_ids": [Command.link(env.ref(group).id) for group in groups],
            }
        )
        shop.employees[0].user_id = user
        admin.company_ids |= shop.company
        env["hr.employee"].create(
            {"name": admin.name, "user_id": admin.id, "company_id": shop.company.id, "fiscal_cashier": True}
            | ({"fiscal_tax_number": shop.employees[1].fiscal_tax_number})
        )
        shop.registers.user_id = admin


def _on_kkm_server(register):
    register.write(
        {
            "provider": "kkm_server",
            "name": f"{register.name} (KKM Server)",
            "kkm_server_device_number": 1,
            "shift_policy": "first",
        }
    )


def _called_by_kkm_server(shop):
    """A register in a shop without an address: its KKM Server calls, as tests/emulators/kkm_callback.py does."""
    register = shop.register.copy({"name": "Киоск (KKM Server, обратный вызов)"})
    register.write(
        {
            "provider": "kkm_server",
            "kkm_server_connection": "callback",
            "kkm_server_device_number": 1,
            "shift_policy": "first",
            "state": "enabled",
        }
    )
    register.kkm_server_id.write({"path": "demo", "token": "token-of-the-demo-shop", "interval": 3})
    shop.registers |= register


def _on_shtrih(shop):
    """A register in the shop's network, to be chosen for a point of sale."""
    register = shop.register.copy({"name": "Касса (Штрих-М в сети)"})
    register.write(
        {"provider": "shtrih", "shtrih_address": "127.0.0.1:7778", "shift_policy": "first", "state": "enabled"}
    )
    shop.registers |= register


def _on_komtet(shop):
    """A register for payments that come to the bank."""
    register = shop.register.copy(
        {
            "name": "Интернет-касса (Комтет Касса)",
            "provider": "komtet",
            "komtet_server": "http://127.0.0.1:8181",
            "komtet_shop_id": "shop-1",
            "komtet_secret_key": "secret-key",
            "komtet_queue_id": "3",
            "komtet_place": "https://romashka.example.com",
            "state": "enabled",
        }
    )
    shop.card.journal_id.fiscal_register_id = register
    shop.registers |= register


def _on_checkbox(shop):
    """The second till's register; whoever sells, the first cashier of the emulated account signs."""
    register, cashiers = shop.registers[1], zip(shop.employees, ("1111111", "2222222"), strict=True)
    register.write(
        {
            "provider": "checkbox",
            "name": f"{register.name} (Checkbox)",
            "checkbox_url": "http://127.0.0.1:8790/api/v1",
            "checkbox_licence_key": "test0123456789abcdef0001",
            "checkbox_signer": "opener",
            "checkbox_account_ids": [
                Command.create({"employee_id": employee.id, "pin_code": pin}) for employee, pin in cashiers
            ],
            "shift_policy": "first",
        }
    )
    taxes = [(1, "А", "ПДВ 20%", 20, False), (2, "Б", "ПДВ 7%", 7, False), (8, "З", "Без ПДВ", 0, True)]
    names = ("code", "symbol", "label", "rate", "no_vat")
    register._checkbox_take_taxes("demo", [dict(zip(names, tax, strict=True)) for tax in taxes])


def _on_vchasno(register):
    """The first till's register: the test register of the emulated cloud."""
    register.write(
        {
            "provider": "vchasno",
            "name": f"{register.name} (Вчасно.Каса)",
            "vchasno_url": "http://127.0.0.1:3938",
            "vchasno_token": "token-of-the-register",
            "shift_policy": "first",
        }
    )


if "env" in globals():
    install(env)  # noqa: F821
    env.cr.commit()  # noqa: F821
