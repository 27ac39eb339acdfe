"""Runs in `odoo shell`: a shop of two tills whose first register is out of reach, with COUNT sales in its queue;
then the second takes them over. What it took is printed as JSON behind the word FACTS.
"""
# ruff: noqa: F821

import json
import time
from datetime import timedelta

from odoo import fields
from odoo.tests import Form

from odoo.addons.fiscal_base.demo.shop import make_shop

#: the other columns of a copy are those of the first sale
OWN = {"id", "event", "key", "document_id"}

shop = make_shop(env, "RU", tills=2)
env = shop.env
register, backup = shop.registers
shop.registers.shift_policy = "manual"
register.write({"backup_id": backup.id, "backup_after": 10})
shop.employees[0].user_id = env.user
with Form(
    env["fiscal.document"].with_context(default_operation="sale"), "fiscal_base.fiscal_operation_view_form"
) as form:
    form.operation = "sale"
    form.register_id = register
    for product in shop.products.values():
        with form.line_ids.new() as line:
            line.product_id = product
    form.cash_amount = form.left_to_pay
form.record.action_post_operation()
first = form.record
assert first.state == "queued", first.state


def multiply(table, own, source):
    """Copy the rows of the first sale in `table`; `own` are the columns that `source`, a subquery `each`, gives."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'", [table]
    )
    names = [name for (name,) in env.cr.fetchall() if name not in OWN]
    env.cr.execute(
        f"""
        INSERT INTO {table} ({", ".join([*own, *names])})
        SELECT {", ".join([f"each.{name}" for name in own] + [f"t.{name}" for name in names])}
          FROM {table} t, ({source}) each
         WHERE t.{"document_id" if "document_id" in own else "id"} = %s
        """,
        [first.id],
    )


env.flush_all()
source = f"SELECT 'bench:' || n AS event, gen_random_uuid()::text AS key FROM generate_series(2, {COUNT}) n"
multiply("fiscal_document", ("event", "key"), source)
for table in ("fiscal_document_line", "fiscal_document_payment"):
    multiply(table, ("document_id",), "SELECT id AS document_id FROM fiscal_document WHERE event LIKE 'bench:%%'")
env.cr.execute(
    "UPDATE fiscal_document SET create_date = create_date - interval '1 hour' WHERE register_id = %s", [register.id]
)
env.cr.execute(
    "UPDATE fiscal_register SET failures = 1, health = 'offline', retry_at = %s WHERE id = %s",
    [fields.Datetime.now() + timedelta(hours=1), register.id],
)
env.cr.commit()
env.cr.execute("ANALYZE")
env.cr.commit()
env.invalidate_all()

Register, slices = env.registry["fiscal.register"], []
once = Register._once


def timed(register, step):
    begin, queries = time.monotonic(), register.env.cr.sql_log_count
    result = once(register, step)
    slices.append((time.monotonic() - begin, register.env.cr.sql_log_count - queries))
    return result


Register._once = timed
begin = time.monotonic()
with register._lane() as holder:
    holder._hand_over()
seconds = time.monotonic() - begin
env.cr.rollback()
moved = env["fiscal.document"].search_count([("register_id", "=", backup.id), ("handed_from_id", "=", register.id)])
print("FACTS " + json.dumps({"moved": moved, "seconds": seconds, "slices": slices}))
