"""Where secrets are, and that no log, copy or neutralized database has them."""

import logging

import psycopg2.errors

from odoo import SUPERUSER_ID, api
from odoo.modules.neutralize import get_installed_modules, get_neutralization_queries
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..models.register.secret import Secret
from .common import FiscalCase

VALUE = "s3cr3t-value-of-a-test"


def secret_fields(registry):
    """`(model, field)` of every secret that is stored."""
    return [
        (model, field)
        for model in registry.models.values()
        for field in model._fields.values()
        if isinstance(field, Secret) and not field.related and not model._abstract
    ]


@tagged("post_install", "-at_install")
class TestSecretFields(FiscalCase):
    def test_what_follows_from_the_field(self):
        for model, field in secret_fields(self.registry):
            with self.subTest(str(field)):
                self.assertEqual(
                    (field.groups, bool(field.store), bool(field.copy)), ("base.group_system", False, False)
                )
                self.assertTrue(hasattr(model, "_own_secrets"))

    def test_none_stands_in_the_row_of_its_record(self):
        for model, field in secret_fields(self.registry):
            self.env.cr.execute(
                "SELECT FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
                [model._table, field.name],
            )
            self.assertFalse(self.env.cr.rowcount, field)

    def test_a_text_that_sounds_secret_is_one(self):
        for model in self.registry.models.values():
            if not model._name.startswith("fiscal.") or not model._auto or model._name == "fiscal.secret":
                continue
            for field in model._fields.values():
                sounds = field.name.endswith(("_token", "password", "_key", "pin_code")) or field.name == "token"
                if field.type == "char" and field.store and sounds and str(field) not in NO_SECRETS:
                    self.fail(f"{field} is to be a Secret field")

    def test_redaction(self):
        for field in [field for model, field in secret_fields(self.registry) if model._name == "fiscal.register"]:
            with self.subTest(field.name):
                self.register.write({field.name: VALUE})
                self.env.invalidate_all()
                self.assertEqual(self.register[field.name], VALUE)
                self.assertIn(VALUE, self.register._secrets())
                self.register.write({field.name: False})
                self.assertFalse(self.register[field.name])

    def test_unlink(self):
        name = next((f.name for m, f in secret_fields(self.registry) if m._name == "fiscal.register"), None)
        if name:
            register = self.env["fiscal.register"].create({"name": "Gone", name: VALUE})
            register.unlink()
            self.env.cr.execute("SELECT FROM fiscal_secret WHERE res_id = %s", register.ids)
            self.assertFalse(self.env.cr.rowcount)

    def test_neutralization_leaves_no_secret_and_no_address(self):
        """Filled from the fields themselves: a new provider cannot be forgotten."""
        marked = []
        for model, field in secret_fields(self.registry):
            self.env["fiscal.secret"]._set(model._name, 1, field.name, VALUE)
        for model in self.registry.models.values():
            ours = model._auto and not model._transient and not model._abstract
            for field in model._fields.values():
                is_address = field.name.endswith(("_url", "_server", "_address")) and field._module != "fiscal_base"
                if ours and (field._module or "").startswith("fiscal_") and is_address and field.store:
                    if field.type == "char" and str(field) not in NO_ADDRESSES:
                        marked.append((model._table, field.name))
        for table, column in marked:
            self.env.cr.execute(f'UPDATE "{table}" SET "{column}" = %s', [VALUE])
        self.run_neutralization()
        self.env.cr.execute("SELECT FROM fiscal_secret")
        self.assertFalse(self.env.cr.rowcount)
        for table, column in marked:
            self.env.cr.execute(f'SELECT FROM "{table}" WHERE "{column}" = %s', [VALUE])
            self.assertFalse(self.env.cr.rowcount, f"{table}.{column}")

    def test_neutralization_stops_card_terminals(self):
        terminals = [
            key
            for key, __ in self.env["pos.payment.method"]._get_payment_terminal_selection()
            if hasattr(self.register, f"_{key}_capabilities")
        ]
        method = self.shop.card
        for terminal in terminals:
            self.env.cr.execute(
                "UPDATE pos_payment_method SET use_payment_terminal = %s, payment_method_type = 'terminal' "
                "WHERE id = %s",
                [terminal, method.id],
            )
            self.run_neutralization()
            self.open_session()
            rows = self.env["pos.payment.method"]._load_pos_data_read(method, self.config)
            self.assertEqual(
                (rows[0]["use_payment_terminal"], rows[0]["payment_method_type"]), (False, "none"), terminal
            )
            self.assertFalse(rows[0].get("vchasno_settle"))

    def run_neutralization(self):
        self.env.flush_all()
        modules = [name for name in get_installed_modules(self.env.cr) if name.startswith("fiscal_")]
        for query in get_neutralization_queries(modules):
            self.env.cr.execute(query)
        self.env.invalidate_all()


#: texts whose name sounds secret and that are none
NO_SECRETS = {"fiscal.attempt.relay_token", "fiscal.document.key", "fiscal.attempt.key"}
#: texts whose name sounds like the address of a service and that are none: pages of receipts, addresses for people
NO_ADDRESSES = {"fiscal.document.receipt_url"}


@tagged("post_install", "-at_install")
class TestCollision(BaseCase):
    """Two real connections that write the same secret at the same moment."""

    def test_neither_the_value_nor_the_statement_reaches_the_log(self):
        registry = Registry(get_db_name())
        row = ("fiscal.test", 4711, "token")
        heard = []
        handler = logging.Handler()
        handler.emit = lambda record: heard.append(record.getMessage())
        logging.getLogger().addHandler(handler)
        self.addCleanup(logging.getLogger().removeHandler, handler)

        def secrets(cr):
            return api.Environment(cr, SUPERUSER_ID, {})["fiscal.secret"]

        def clear():
            with registry.cursor() as cr:
                cr.execute("DELETE FROM fiscal_secret WHERE model = 'fiscal.test'")

        self.addCleanup(clear)
        with registry.cursor() as cr:
            secrets(cr)._set(*row, "first")
        with registry.cursor() as late:
            late.execute("SELECT 1")  # its snapshot is older than what the other commits
            with registry.cursor() as cr:
                secrets(cr)._set(*row, "second")
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.SerializationFailure):
                secrets(late)._set(*row, VALUE)
            late.rollback()
        # once more, heard by every logger
        with registry.cursor() as late:
            late.execute("SELECT 1")
            with registry.cursor() as cr:
                secrets(cr)._set(*row, "third")
            with self.assertLogs("odoo.sql_db", "ERROR") as logs, self.assertRaises(psycopg2.Error):
                secrets(late)._set(*row, VALUE)
            late.rollback()
        self.assertIn("fiscal_secret", "".join(logs.output))
        self.assertNotIn(VALUE, "".join(heard + logs.output))

    def test_a_save_that_collides_with_a_lane_keeps_the_value_out_of_the_log(self):
        """The row of the register is written by a lane while somebody saves the form."""
        registry = Registry(get_db_name())
        name = next((f.name for m, f in secret_fields(registry) if m._name == "fiscal.register"), None)
        if not name:
            self.skipTest("no provider is installed")
        with registry.cursor() as cr:
            ident = self.register(cr).create({"name": "Collision"}).id

        def clear():
            with registry.cursor() as cr:
                self.register(cr).browse(ident).unlink()

        self.addCleanup(clear)
        with registry.cursor() as form:
            form.execute("SELECT 1")
            with registry.cursor() as lane:
                self.register(lane).browse(ident).write({"failures": 1})
            with self.assertLogs("odoo.sql_db", "ERROR") as logs, self.assertRaises(psycopg2.Error):
                self.register(form).browse(ident).write({name: VALUE, "close_at": 21})
                form.flush()
            form.rollback()
        self.assertIn("fiscal_register", "".join(logs.output))
        self.assertNotIn(VALUE, "".join(logs.output))
        with registry.cursor() as cr:
            self.register(cr).browse(ident).write({name: VALUE, "close_at": 21})  # as Odoo repeats it
        with registry.cursor() as cr:
            self.assertEqual(self.register(cr).browse(ident)[name], VALUE)

    def register(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})["fiscal.register"]
