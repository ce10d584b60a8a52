from psycopg2 import errors

from odoo import api, fields, models
from odoo.tools import SQL

from ..facade.errors import ItemError


class ServicesBridgeReference(models.Model):
    """Which record an outside object became; a record has one reference at most.

    The references of records that were merged into one lead to it, too, but only one
    of them is its own.

    Written by SQL, under the rights of the facade's caller or of the person who merges
    records; nobody else writes it.
    """

    _name = "services.bridge.reference"
    _description = "External Reference"
    _rec_name = "name"

    model = fields.Char(required=True, readonly=True)
    name = fields.Char(string="Reference", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", readonly=True
    )
    merged_id = fields.Many2oneReference(
        string="Merged Into",
        model_field="model",
        readonly=True,
        help="The record that the reference's own record was merged into, which has "
        "another reference.",
    )
    adopted = fields.Boolean(
        readonly=True,
        help="The record was in Odoo before, or others were merged into it: the bridge "
        "may forget it, not delete it.",
    )

    _name_unique = models.Constraint("UNIQUE (model, name)")
    _record_unique = models.UniqueIndex("(model, res_id) WHERE res_id IS NOT NULL")
    _merged_index = models.Index("(model, merged_id) WHERE merged_id IS NOT NULL")

    @api.model
    def _resolve(self, target, names, lock=False):
        """Return ``{reference: record id}``; ``None`` when the record is gone.

        For a merged record it is the one that was kept.

        :param target: empty recordset of the records' model
        :param lock: keep others from resolving the same references until the end of
            the transaction
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT reference.name, record.id
                     FROM services_bridge_reference reference
                     LEFT JOIN %s record
                       ON record.id = COALESCE(reference.res_id, reference.merged_id)
                    WHERE reference.model = %s AND reference.name = ANY(%s)
                    ORDER BY reference.name %s""",
                SQL.identifier(target._table),
                target._name,
                list(names),
                SQL("FOR UPDATE OF reference") if lock else SQL(),
            )
        )
        return dict(rows)

    @api.model
    def _owners(self, target, record_ids):
        """Return ``{record id: reference}`` of those records that have one."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT res_id, name FROM services_bridge_reference
                        WHERE model = %s AND res_id = ANY(%s)""",
                    target._name,
                    list(record_ids),
                )
            )
        )

    @api.model
    def _merged(self, target, names):
        """Return ``{reference: id of the kept record}`` of those merged into a record
        that has another reference."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT name, merged_id FROM services_bridge_reference
                        WHERE model = %s AND name = ANY(%s) AND merged_id IS NOT NULL
                    """,
                    target._name,
                    list(names),
                )
            )
        )

    @api.model
    def _adopted(self, target, names):
        """Return those of the references whose record was in Odoo before them."""
        return {
            name
            for (name,) in self.env.execute_query(
                SQL(
                    """SELECT name FROM services_bridge_reference
                        WHERE model = %s AND name = ANY(%s) AND adopted""",
                    target._name,
                    list(names),
                )
            )
        }

    @api.model
    def _reserve(self, target, names):
        """Take new references before their records are made.

        Who comes second with the same reference waits here for the first to commit,
        and then fails with a serialization failure: Odoo repeats the call, which then
        finds the reference.
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO services_bridge_reference
                       (model, name, create_uid, write_uid, create_date, write_date)
                   SELECT %s, name, %s, %s,
                          now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM unnest(%s::varchar[]) AS name
                       ON CONFLICT (model, name) DO NOTHING""",
                target._name,
                self.env.uid,
                self.env.uid,
                sorted(names),
            )
        )

    @api.model
    def _point(self, target, record_ids, adopted):
        """Let references lead to records.

        :param record_ids: ``{reference: record id}``
        :param adopted: whether these records were there before
        :raise ItemError: when a record has another reference already
        """
        try:
            self.env.cr.execute(
                SQL(
                    """UPDATE services_bridge_reference reference
                          SET res_id = given.res_id, merged_id = NULL, adopted = %s,
                              write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                         FROM unnest(%s::varchar[], %s::int4[]) AS given(name, res_id)
                        WHERE reference.model = %s AND reference.name = given.name""",
                    adopted,
                    self.env.uid,
                    list(record_ids),
                    list(record_ids.values()),
                    target._name,
                )
            )
        except errors.UniqueViolation as error:
            # a call at the same time, or another item of this one, was first
            raise ItemError(
                "conflict",
                self.env._(
                    "Another reference adopted the same %s just now. A record can "
                    "carry one reference only.",
                    target._description,
                ),
            ) from error
        self.invalidate_model()

    @api.model
    def _merge(self, kept, sources):
        """Let the references of records that are merged lead to the one that is kept.

        It is never the bridge's alone from then on. Without a reference it gets the
        oldest of theirs; what finds it taken is remembered as merged into it.

        :param kept: the record that stays
        :param sources: the records that go away, without ``kept``
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id, COALESCE(res_id, merged_id), res_id
                     FROM services_bridge_reference
                    WHERE model = %(model)s
                      AND (res_id = ANY(%(ids)s) OR merged_id = ANY(%(ids)s))
                    ORDER BY id FOR UPDATE""",
                model=kept._name,
                ids=[kept.id, *sources.ids],
            )
        )
        owners = {res_id: row_id for row_id, _record_id, res_id in rows if res_id}
        own = owners.get(kept.id) or min(owners.values(), default=None)
        moved = [row_id for row_id, record_id, _res_id in rows if record_id != kept.id]
        if not moved and not own:
            return
        # given up first: the index allows no two references of a record in between
        self.env.cr.execute(
            SQL(
                """UPDATE services_bridge_reference
                      SET res_id = NULL, merged_id = %(kept)s, adopted = TRUE,
                          write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                    WHERE id = ANY(%(moved)s)""",
                kept=kept.id,
                uid=self.env.uid,
                moved=[row_id for row_id in moved if row_id != own],
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE services_bridge_reference
                      SET res_id = %(kept)s, merged_id = NULL, adopted = TRUE,
                          write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                    WHERE id = %(own)s""",
                kept=kept.id,
                uid=self.env.uid,
                own=own,
            )
        )
        self.invalidate_model()

    @api.model
    def _drop(self, target, names, reserved_only=False):
        """Forget references, or those of them that never got a record."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM services_bridge_reference
                    WHERE model = %s AND name = ANY(%s)
                      AND (COALESCE(res_id, merged_id) IS NULL OR NOT %s)
                """,
                target._name,
                list(names),
                reserved_only,
            )
        )
        self.invalidate_model()
