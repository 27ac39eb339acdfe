"""Two people in the office who make a receipt of the same invoice at the same moment, each in a way of its own."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from .rpc import Client, Refused
from .world import PASSWORD, Part

PRICE = 1000
RECEIPTS = """
    SELECT d.event, d.state, d.total
    FROM fiscal_document d JOIN fiscal_document_move_rel r ON r.document_id = d.id
    WHERE r.move_id = %s AND d.state NOT IN ('draft', 'cancelled')
"""


def settle_at_once(part: Part, invoices: int) -> list[str]:
    """Let one fiscalize each invoice while the other registers its payment.

    :returns: what is wrong: more receipts than one, or none
    """
    world, till = part.world, part.tills[0]
    first, second = (Client(lambda: world.server.url, world.database, "accountant", PASSWORD) for __ in range(2))
    journal = first.call("account.journal", "search", [["type", "=", "bank"]], limit=1)[0]
    product = world.facts["products"][0]
    customer = first.call("res.partner", "create", {"name": "Ольга Кузнецова"})
    problems = []
    with ThreadPoolExecutor(2) as pool:
        for __ in range(invoices):
            line = {"product_id": product["id"], "quantity": 1, "price_unit": PRICE}
            line["tax_ids"] = [[6, 0, product["taxes"]]]
            values = {"move_type": "out_invoice", "partner_id": customer, "invoice_line_ids": [[0, 0, line]]}
            invoice = first.call("account.move", "create", values)
            first.call("account.move", "action_post", [invoice])
            wizard = first.call("account.move", "action_fiscalize", [invoice])["res_id"]
            first.call("fiscal.fiscalize", "write", [wizard], {"register_id": till.register, "kind": "electronic"})
            context = {"active_model": "account.move", "active_ids": [invoice]}
            values = {"journal_id": journal, "fiscal_register_id": till.register, "fiscal_print": True}
            payment = second.call("account.payment.register", "create", values, context=context)
            together = threading.Barrier(2)

            def do(client, model, method, record, together=together, **kwargs):
                together.wait()
                # nothing is left to fiscalize, or to pay, says Odoo to whoever was later
                with contextlib.suppress(Refused):
                    client.call(model, method, [record], **kwargs)

            deeds = [
                pool.submit(do, first, "fiscal.fiscalize", "action_confirm", wizard),
                pool.submit(do, second, "account.payment.register", "action_create_payments", payment, context=context),
            ]
            for deed in deeds:
                deed.result()
            rows = world.rows(RECEIPTS, invoice)
            if [Decimal(row["total"]) for row in rows] != [PRICE]:
                problems.append(", ".join(f"{row['event']} {row['state']} {row['total']}" for row in rows) or "none")
    return problems
