"""The outbox rows of a transaction.

The usual transaction costs one statement, kept simple because planning is most of its
time. Only when an earlier flush of the transaction wrote rows for the same records, a
second statement merges into those.
"""

from odoo.tools import SQL

from ..delivery.sender import wake
from .uuid7 import uuid7

# A row that an earlier flush of the same transaction wrote as "create", for a record
# that is gone again: it was never there, nobody needs to hear of it.
_NEVER_WAS = "never_was"

# Keeps one statement of a mass import at a few hundred kilobytes.
_ROWS_PER_STATEMENT = 5000


def insert_events(cr, by_model):
    """Write one row per record and transaction.

    :param by_model: ``{Watched: {record id: Collected}}``
    """
    rows = [
        (watched, record_id, collected)
        for watched, by_id in by_model.items()
        for record_id, collected in by_id.items()
    ]
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        _write(cr, rows[start : start + _ROWS_PER_STATEMENT])
    # Only a hint: it survives the rollback of a savepoint, so it carries nothing.
    dbname = cr.dbname
    cr.postcommit.add(lambda: wake(dbname))


def _write(cr, rows):
    written = _insert(cr, rows)
    if len(written) < len(rows):
        _merge(cr, [row for row in rows if (row[0].model, row[1]) not in written])


def _insert(cr, rows):
    """Return ``{(model, record id)}`` of the rows that are new in this transaction."""
    cr.execute(
        SQL(
            """
        INSERT INTO services_bridge_event (
            event_id, model, res_id, operation, field_names, user_id, company_id,
            transaction_id, occurred_at, origin, state, tries, next_try_at
        )
        SELECT event_id, model, res_id, operation, field_names, user_id, company_id,
               txid_current(), clock_timestamp() AT TIME ZONE 'UTC', origin,
               'pending', 0, clock_timestamp() AT TIME ZONE 'UTC'
          FROM (%s) AS collected
            ON CONFLICT (transaction_id, model, res_id) DO NOTHING
     RETURNING model, res_id
            """,
            _collected(rows),
        )
    )
    return set(cr.fetchall())


def _merge(cr, rows):
    """Add to what earlier flushes of this transaction wrote.

    Records that were created and are gone again have no row; nothing happens to them.
    """
    cr.execute(
        SQL(
            """
        UPDATE services_bridge_event AS event SET
            operation = CASE
                WHEN event.operation <> 'create' THEN collected.operation
                WHEN collected.operation = 'unlink' THEN %(never_was)s
                ELSE 'create' END,
            field_names = CASE WHEN collected.operation = 'unlink' THEN '' ELSE (
                SELECT COALESCE(string_agg(DISTINCT name, ',' ORDER BY name), '')
                  FROM unnest(string_to_array(
                      event.field_names || ',' || collected.field_names, ',')) AS name
                 WHERE name <> '') END,
            company_id = COALESCE(collected.company_id, event.company_id),
            origin = CASE WHEN event.origin = collected.origin THEN event.origin END
          FROM (%(collected)s) AS collected
         WHERE event.transaction_id = txid_current()
           AND event.model = collected.model AND event.res_id = collected.res_id
     RETURNING event.operation
            """,
            never_was=_NEVER_WAS,
            collected=_collected(rows),
        )
    )
    if any(operation == _NEVER_WAS for (operation,) in cr.fetchall()):
        cr.execute(
            SQL(
                """DELETE FROM services_bridge_event
                    WHERE transaction_id = txid_current() AND operation = %s""",
                _NEVER_WAS,
            )
        )


def _collected(rows):
    """Query for what the rows shall say.

    The database has the last word on what was created or deleted: a savepoint that
    does not flush can be rolled back without Odoo's hooks hearing of it.
    """
    return SQL(
        """
        SELECT c.event_id, c.model, c.res_id,
               CASE WHEN present.id IS NULL THEN 'unlink'
                    WHEN c.created THEN 'create'
                    ELSE 'write' END AS operation,
               CASE WHEN present.id IS NULL THEN '' ELSE c.fields END AS field_names,
               c.user_id, COALESCE(present.company_id, c.company_id) AS company_id,
               c.origin
          FROM unnest(
                %(event_ids)s::varchar[], %(models)s::varchar[], %(res_ids)s::int4[],
                %(created)s::bool[], %(fields)s::text[], %(user_ids)s::int4[],
                %(company_ids)s::int4[], %(origins)s::varchar[]
               ) AS c(event_id, model, res_id, created, fields, user_id, company_id,
                      origin)
          LEFT JOIN (%(present)s) AS present
                 ON present.model = c.model AND present.id = c.res_id
         WHERE present.id IS NOT NULL OR NOT c.created
        """,
        event_ids=[uuid7() for _row in rows],
        models=[watched.model for watched, _record_id, _collected in rows],
        res_ids=[record_id for _watched, record_id, _collected in rows],
        created=[collected.created for *_key, collected in rows],
        fields=[",".join(sorted(collected.fields)) for *_key, collected in rows],
        user_ids=[collected.user_id for *_key, collected in rows],
        company_ids=[collected.company_id for *_key, collected in rows],
        origins=[collected.origin for *_key, collected in rows],
        present=_present(rows),
    )


def _present(rows):
    """Query for the model, id and company of those records that exist by now."""
    ids_by_watched = {}
    for watched, record_id, _collected in rows:
        ids_by_watched.setdefault(watched, []).append(record_id)
    return SQL(" UNION ALL ").join(
        SQL(
            "SELECT %s::varchar AS model, id, %s AS company_id FROM %s"
            " WHERE id = ANY(%s)",
            watched.model,
            SQL.identifier("company_id") if watched.has_company else SQL("NULL::int4"),
            SQL.identifier(watched.table),
            record_ids,
        )
        for watched, record_ids in ids_by_watched.items()
    )
