import logging

import psycopg2.extensions

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: conflicts with another transaction before `_keep` gives up
CONFLICTS = 5


class Secret(fields.Char):
    """A token, password, key or PIN: a `fields.Char` whose value is stored in a row of `fiscal.secret`.

    When two requests collide, Odoo logs the statement that failed and repeats the request. A lane writes the row of its
    register all the time, so no secret is stored there. A secret can be read by the system administrator alone, is not
    copied, is masked in stored requests and answers (`_secrets`), and is removed from a neutralized copy of the
    database. It cannot be searched for.

    Only for models that inherit `fiscal.secret.mixin`.
    """

    secret = True

    def __init__(self, string=None, **options):
        own = {
            "groups": "base.group_system",
            "copy": False,
            "compute": self._load,
            "inverse": self._save,
            "compute_sudo": True,
        }
        super().__init__(**({"string": string} if string else {}), **{**own, **options})

    def _load(self, records):
        # all secrets of the records in one query: to verify a call takes a token, a login and a password
        values = records.env["fiscal.secret"]._values(records._name, records._origin.ids)
        for name, field in records._fields.items():
            if isinstance(field, Secret):
                for record in records:
                    value = values.get((record._origin.id, name))
                    if field is self:
                        record[name] = value or False
                    elif record.id not in field._get_cache(record.env):
                        field._update_cache(record, value or None)

    def _save(self, records):
        for record in records:
            record.env["fiscal.secret"]._set(record._name, record.id, self.name, record[self.name] or None)


class FiscalSecret(models.Model):
    """Values of `Secret` fields, one per row. No user has access rights to it; the fields are the only way in."""

    _name = "fiscal.secret"
    _description = "Secret"

    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="model", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    value = fields.Char(readonly=True)

    _unique_owner = models.UniqueIndex("(model, res_id, name)")

    @api.model
    def _values(self, model, ids):
        """`{(id of the record, name of the field): value}`."""
        self.env.cr.execute(
            SQL("SELECT res_id, name, value FROM fiscal_secret WHERE model = %s AND res_id = ANY(%s)", model, list(ids))
        )
        return {(res_id, name): value for res_id, name, value in self.env.cr.fetchall()}

    @api.model
    def _set(self, model, res_id, name, value):
        """Store one value. A conflict shows up in the first two statements, which do not contain the value, so neither
        Odoo nor PostgreSQL logs it.
        """
        cr = self.env.cr
        row = (model, res_id, name)
        cr.execute(
            SQL("INSERT INTO fiscal_secret (model, res_id, name) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", *row)
        )
        where = SQL("WHERE model = %s AND res_id = %s AND name = %s", *row)
        cr.execute(SQL("SELECT FROM fiscal_secret %s FOR UPDATE", where))
        cr.execute(SQL("UPDATE fiscal_secret SET value = %s %s", value, where), log_exceptions=False)

    @api.model
    def _move(self, model, names):
        """For migrations: move the values out of columns that held secrets, and drop these columns."""
        table = self.env[model]._table
        for name in names:
            self.env.cr.execute(
                SQL(
                    "SELECT FROM information_schema.columns WHERE table_name = %s AND column_name = %s "
                    "AND table_schema = current_schema",
                    table,
                    name,
                )
            )
            if not self.env.cr.rowcount:
                continue
            self.env.cr.execute(
                SQL(
                    "INSERT INTO fiscal_secret (model, res_id, name, value) SELECT %s, id, %s, %s FROM %s "
                    "WHERE %s IS NOT NULL ON CONFLICT DO NOTHING",
                    model,
                    name,
                    SQL.identifier(name),
                    SQL.identifier(table),
                    SQL.identifier(name),
                )
            )
            self.env.cr.execute(SQL("ALTER TABLE %s DROP COLUMN %s", SQL.identifier(table), SQL.identifier(name)))

    @api.autovacuum
    def _gc_secrets(self):
        """Delete the secrets of records that no longer exist."""
        self.env.cr.execute("SELECT DISTINCT model FROM fiscal_secret")
        for (model,) in self.env.cr.fetchall():
            if model in self.env:
                table = SQL.identifier(self.env[model]._table)
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM fiscal_secret WHERE model = %s AND res_id NOT IN (SELECT id FROM %s)", model, table
                    )
                )


class FiscalSecretMixin(models.AbstractModel):
    """What a model with `Secret` fields can do."""

    _name = "fiscal.secret.mixin"
    _description = "Record with secrets"

    def _own_secrets(self):
        """The values of all secret fields of these records, in one query, except PINs: to mask a few digits would mask
        sums and numbers too. No stored request contains a PIN; where one is named, its name masks it.
        """
        if not self.ids:
            return []
        self.env.cr.execute(
            SQL(
                "SELECT value FROM fiscal_secret WHERE model = %s AND res_id = ANY(%s) AND value <> ''",
                self._name,
                self.ids,
            )
        )
        values = [value for (value,) in self.env.cr.fetchall()]
        return [value for value in values if not (value.isdecimal() and len(value) < 6)]

    def unlink(self):
        model, ids = self._name, self.ids
        result = super().unlink()
        self.env.cr.execute(SQL("DELETE FROM fiscal_secret WHERE model = %s AND res_id = ANY(%s)", model, ids))
        return result

    def _keep(self, vals):
        """Write what a provider has obtained from its service, such as a token, in a separate transaction: the caller's
        is rolled back after each call. A conflict is retried and never undoes the call.

        :param dict vals: as for `write`
        """
        if not self:
            return
        for left in range(CONFLICTS - 1, -1, -1):
            try:
                with self.pool.cursor() as cr:
                    api.Environment(cr, SUPERUSER_ID, {})[self._name].browse(self.ids).exists().write(vals)
                break
            except psycopg2.extensions.TransactionRollbackError:
                if not left:
                    _logger.info("%s %s: what the service gave could not be kept", self._name, self.ids)
        self.invalidate_recordset(list(vals))
