"""Runs in `odoo shell` after the update: what `upgrade_fill.py` expects, found in today's database."""
# ruff: noqa: F821

import json

from odoo.addons.fiscal_base.models.register.secret import Secret

env = env(context={**env.context, "active_test": False})
facts, left = {}, []
for model in ("fiscal.register", "fiscal.checkbox.account", "fiscal.kkm.server"):
    names = [name for name, field in env[model]._fields.items() if isinstance(field, Secret)]
    for record in env[model].search([]):
        facts |= {f"{model} {record.id} {name}": record[name] for name in names}
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name = ANY(%s)",
        [env[model]._table, names],
    )
    left += [f"{model}.{name}" for (name,) in env.cr.fetchall()]
facts["columns left behind"] = left
for document in env["fiscal.document"].search([]):
    facts[f"document {document.id}"] = [document.state, document.key, document.request or None]
    facts[f"service_id {document.id}"] = document.service_id
for document in env["fiscal.document"].search([("state", "=", "queued"), ("register_id.provider", "=", "demo")]):
    register = document.register_id
    register._run_lane(10)
    env.cr.rollback()  # the lane has committed on a connection of its own
    facts[f"lane {register.id} {document.id}"] = document.state
print("FACTS " + json.dumps(facts))
