"""Kinds of columns that the outbox needs and Odoo does not have."""

from odoo import fields
from odoo.tools import SQL


class BigInteger(fields.Integer):
    """64 bits, as PostgreSQL's transaction ids have."""

    _column_type = ("int8", "int8")


class LooseMany2one(fields.Many2one):
    """A link without a foreign key, empty for Odoo once its record is gone.

    A row of the outbox tells what was: it costs no look-up and locks nothing when it is
    written, it cannot fail because its user was deleted in the same transaction, and
    deleting a user or a company does not walk through a million rows.
    """

    def update_db_foreign_key(self, model, column):
        """Do not create one."""

    def to_sql(self, model, alias):
        return SQL(
            "(SELECT id FROM %s WHERE id = %s)",
            SQL.identifier(model.env[self.comodel_name]._table),
            super().to_sql(model, alias),
        )
