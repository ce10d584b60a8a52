"""The outbox rows of a transaction, written by one statement."""

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
        _insert(cr, rows[start : start + _ROWS_PER_STATEMENT])
    # Only a hint: it survives the rollback of a savepoint, so it carries nothing.
    dbname = cr.dbname
    cr.postcommit.add(lambda: wake(dbname))


def _insert(cr, rows):
    ids_by_watched = {}
    for watched, record_id, _collected in rows:
        ids_by_watched.setdefault(watched, []).append(record_id)
    cr.execute(
        SQL(
            """
        WITH collected AS (
            SELECT * FROM unnest(
                %(event_ids)s::varchar[], %(models)s::varchar[], %(res_ids)s::int4[],
                %(created)s::bool[], %(fields)s::text[], %(user_ids)s::int4[],
                %(company_ids)s::int4[], %(origins)s::varchar[]
            ) AS c(event_id, model, res_id, created, fields, user_id, company_id,
                   origin)
        ), present AS (%(present)s)
        INSERT INTO services_bridge_event AS event (
            event_id, model, res_id, operation, field_names, user_id, company_id,
            transaction_id, occurred_at, origin, state, tries, next_try_at
        )
        SELECT c.event_id, c.model, c.res_id,
               CASE WHEN present.id IS NULL THEN 'unlink'
                    WHEN c.created THEN 'create'
                    ELSE 'write' END,
               CASE WHEN present.id IS NULL THEN '' ELSE c.fields END,
               res_users.id, res_company.id,
               txid_current(), clock_timestamp() AT TIME ZONE 'UTC', c.origin,
               'pending', 0, clock_timestamp() AT TIME ZONE 'UTC'
          FROM collected c
          LEFT JOIN present ON present.model = c.model AND present.id = c.res_id
          LEFT JOIN res_users ON res_users.id = c.user_id
          LEFT JOIN res_company
                 ON res_company.id = COALESCE(present.company_id, c.company_id)
         WHERE present.id IS NOT NULL OR NOT c.created
        ON CONFLICT (transaction_id, model, res_id) DO UPDATE SET
            operation = CASE
                WHEN event.operation <> 'create' THEN EXCLUDED.operation
                WHEN EXCLUDED.operation = 'unlink' THEN %(never_was)s
                ELSE 'create' END,
            field_names = CASE WHEN EXCLUDED.operation = 'unlink' THEN '' ELSE (
                SELECT COALESCE(string_agg(DISTINCT name, ',' ORDER BY name), '')
                  FROM unnest(string_to_array(
                      event.field_names || ',' || EXCLUDED.field_names, ',')) AS name
                 WHERE name <> '') END,
            company_id = COALESCE(EXCLUDED.company_id, event.company_id),
            origin = CASE WHEN event.origin IS NOT DISTINCT FROM EXCLUDED.origin
                          THEN event.origin END
        RETURNING operation
            """,
            event_ids=[uuid7() for _row in rows],
            models=[watched.model for watched, _record_id, _collected in rows],
            res_ids=[record_id for _watched, record_id, _collected in rows],
            created=[collected.created for *_key, collected in rows],
            fields=[",".join(sorted(collected.fields)) for *_key, collected in rows],
            user_ids=[collected.user_id for *_key, collected in rows],
            company_ids=[collected.company_id for *_key, collected in rows],
            origins=[collected.origin for *_key, collected in rows],
            present=_present(ids_by_watched),
            never_was=_NEVER_WAS,
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


def _present(ids_by_watched):
    """Query for the model, id and company of the records that exist by now.

    The database has the last word on what was created or deleted: a savepoint that
    does not flush can be rolled back without Odoo's hooks hearing of it.
    """
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
