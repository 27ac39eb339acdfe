"""Runs in `odoo shell` of the earlier version: fills a database. Behind FACTS stands what it must hold later."""
# ruff: noqa: F821

import json

from odoo.tests import Form

from odoo.addons.fiscal_base.demo.shop import make_shop

VIEW = "fiscal_base.fiscal_operation_view_form"
STATES = ("queued", "waiting", "unknown", "rejected", "done", "cancelled")

facts = {}
shop = make_shop(env, "RU", tills=2)
env = shop.env
register, komtet = shop.registers
shop.registers.shift_policy = "first"
shop.employees[0].user_id = env.user

# one register for each provider, off: nobody is called
SECRETS = {
    "komtet": {"komtet_secret_key": "k-secret"},
    "kkm_server": {"kkm_server_password": "pass word"},
    "vchasno": {"vchasno_token": "v-token", "vchasno_proxy_token": "v-proxy"},
    "checkbox": {"checkbox_licence_key": "licence", "checkbox_webhook_key": "webhook"},
}
for provider, secrets in SECRETS.items():
    one = env["fiscal.register"].create(
        {"name": f"Of {provider}", "company_id": shop.company.id, "provider": provider, "state": "disabled", **secrets}
    )
    for name, value in secrets.items():
        facts[f"fiscal.register {one.id} {name}"] = value
    if provider == "checkbox":
        vals = {"password": "p-word", "pin_code": "1234567890", "token": "bearer"}
        account = env["fiscal.checkbox.account"].create(
            {"register_id": one.id, "employee_id": shop.employees[0].id, "login": "anna", **vals}
        )
        for name, value in vals.items():
            facts[f"fiscal.checkbox.account {account.id} {name}"] = value
    if provider == "kkm_server":
        server = env["fiscal.kkm.server"].create(
            {"name": "Server", "company_id": shop.company.id, "password": "call", "token": "t" * 40}
        )
        facts[f"fiscal.kkm.server {server.id} password"] = "call"
        facts[f"fiscal.kkm.server {server.id} token"] = "t" * 40
    one.active = provider != "vchasno"


def sale(of):
    with Form(env["fiscal.document"].with_context(default_operation="sale"), VIEW) as form:
        form.operation = "sale"
        form.register_id = of
        with form.line_ids.new() as line:
            line.product_id = shop.products["bread"]
        form.cash_amount = form.left_to_pay
    form.record.action_post_operation()
    assert form.record.state == "queued", form.record.state
    return form.record


documents = {(of, state): sale(of) for of in (register, komtet) for state in STATES}
env.flush_all()
for (of, state), document in documents.items():
    frozen = None if state == "queued" else {"total": "62.00", "of": document.id}
    env.cr.execute(
        "UPDATE fiscal_document SET state = %s, request = %s, fiscal_number = %s WHERE id = %s",
        [state, frozen and json.dumps(frozen), "7" if state == "done" else None, document.id],
    )
    facts[f"document {document.id}"] = [state, document.key, frozen]
    if of == komtet and state in ("waiting", "unknown", "done"):
        number = 1000 + document.id
        answer = json.dumps({"id": number, "external_id": document.key, "state": "new"})
        env.cr.execute(
            """
            INSERT INTO fiscal_attempt
                (document_id, company_id, kind, key, started_at, finished_at, user_id, outcome, response)
            VALUES (%s, %s, 'submit', %s, now(), now(), %s, 'waiting', %s)
            """,
            [document.id, shop.company.id, document.key, env.uid, answer],
        )
        facts[f"service_id {document.id}"] = str(number)
env.cr.execute(
    """
    UPDATE fiscal_register SET provider = 'komtet', state = 'disabled', komtet_shop_id = 's', komtet_queue_id = '1',
           komtet_secret_key = 'open' WHERE id = %s
    """,
    [komtet.id],
)
facts[f"fiscal.register {komtet.id} komtet_secret_key"] = "open"
# what waits or is open on the demo register would hold up its lane
env.cr.execute(
    "UPDATE fiscal_document SET state = 'done', fiscal_number = id::text WHERE register_id = %s AND state IN %s",
    [register.id, ("waiting", "unknown")],
)
for state in ("waiting", "unknown"):
    facts[f"document {documents[register, state].id}"][0] = "done"
queued = documents[register, "queued"]
del facts[f"document {queued.id}"]
facts[f"lane {register.id} {queued.id}"] = "done"
facts["columns left behind"] = []
env.cr.commit()
print("FACTS " + json.dumps(facts))
