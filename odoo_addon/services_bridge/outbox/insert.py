"""The outbox rows of a transaction.

A user waits for this, and each statement costs more than all the Python around it. So
the usual transaction has a single plain one: it writes the rows, and what they need to
know is in Odoo's cache already. The database is asked beforehand only about records
that the cache does not hold; and only when an earlier flush of the transaction wrote
rows for the same records, another statement merges into those.
"""

from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from odoo.tools import SQL

from ..delivery.sender import wake
from .uuid7 import uuid7

# A row that an earlier flush of the same transaction wrote as "create", for a record
# that is gone again: it was never there, nobody needs to hear of it.
_NEVER_WAS = "never_was"

# Keeps one statement of a mass import at a few hundred kilobytes.
_ROWS_PER_STATEMENT = 5000


class Row(NamedTuple):
    """What one row shall say; the statement adds transaction, time and state."""

    event_id: str
    model: str
    res_id: int
    operation: str
    field_names: str
    user_id: int
    company_id: int | None
    origin: str | None


_COLUMNS = SQL(", ").join(map(SQL.identifier, Row._fields))
# Quicker to plan than a table of arrays, which only the rare merge needs.
_VALUES = SQL(
    """(%s, %s, %s, %s, %s, %s, %s, %s,
    txid_current(), clock_timestamp() AT TIME ZONE 'UTC',
    'pending', 0, clock_timestamp() AT TIME ZONE 'UTC')""",
    *Row._fields,
)


def insert_events(env, by_model):
    """Write one row per record and transaction.

    :param by_model: ``{Watched: {record id: Collected}}``
    """
    cr = env.cr
    rows = _rows(by_model, _present(env, by_model))
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        _write(cr, rows[start : start + _ROWS_PER_STATEMENT])
    # Only a hint: it survives the rollback of a savepoint, so it carries nothing.
    dbname = cr.dbname
    cr.postcommit.add(lambda: wake(dbname))


def _present(env, by_model):
    """Return ``{(model, id): company id}`` of those records that exist by now.

    What is in Odoo's cache exists: a delete empties all of it, and so does whoever
    rolls back what Odoo's hooks did not hear of. Of everything else, the database has
    the last word.
    """
    present, unsure = {}, {}
    for watched, by_id in by_model.items():
        model = env[watched.model]
        for record_id, collected in by_id.items():
            company = _company_in_cache(model.browse(record_id), watched, collected)
            if company is _UNSURE:
                unsure.setdefault(watched, []).append(record_id)
            else:
                present[watched.model, record_id] = company
    if unsure:
        present.update(_present_in_database(env.cr, unsure))
    return present


_UNSURE = object()


def _company_in_cache(record, watched, collected):
    """Return the record's company id, ``_UNSURE`` when the cache does not hold it."""
    if collected.unlinked:
        return _UNSURE
    cache = record._cache
    if watched.has_company:
        return cache.get("company_id", _UNSURE)
    return None if any(name in cache for name in collected.fields) else _UNSURE


def _present_in_database(cr, record_ids):
    """
    :param record_ids: ``{Watched: [record id]}``
    :return: ``{(model, id): company id}`` of those that are there
    """
    cr.execute(
        SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, id, %s FROM %s WHERE id = ANY(%s)",
                watched.model,
                SQL.identifier("company_id")
                if watched.has_company
                else SQL("NULL::int4"),
                SQL.identifier(watched.table),
                ids,
            )
            for watched, ids in record_ids.items()
        )
    )
    return {(model, record_id): company for model, record_id, company in cr.fetchall()}


def _rows(by_model, present):
    """Return the ``Row`` of each record that is there, or was before."""
    rows = []
    for watched, by_id in by_model.items():
        for record_id, collected in by_id.items():
            key = watched.model, record_id
            there = key in present
            if collected.created and not there:
                continue
            rows.append(
                Row(
                    event_id=uuid7(),
                    model=watched.model,
                    res_id=record_id,
                    operation=_operation(collected, there),
                    field_names=",".join(sorted(collected.fields)) if there else "",
                    user_id=collected.user_id,
                    company_id=present.get(key) or collected.company_id,
                    origin=collected.origin,
                )
            )
    return rows


def _operation(collected, there):
    if not there:
        return "unlink"
    return "create" if collected.created else "write"


def _write(cr, rows):
    cr.execute(_insert_code(len(rows)), [*chain.from_iterable(rows)])
    if cr.rowcount < len(rows):
        _merge(cr, rows)


# few, because those of a mass import are long
@lru_cache(maxsize=16)
def _insert_code(count):
    """Return the SQL code that writes so many rows, without those there are."""
    return SQL(
        """
        INSERT INTO services_bridge_event (
            %s, transaction_id, occurred_at, state, tries, next_try_at
        )
        VALUES %s
            ON CONFLICT (transaction_id, model, res_id) DO NOTHING
        """,
        _COLUMNS,
        SQL(", ").join([_VALUES] * count),
    ).code


def _merge(cr, rows):
    """Add to what earlier flushes of this transaction wrote.

    Those that are new are left alone: they have the id that they were just given.
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
          FROM %(collected)s
         WHERE event.transaction_id = txid_current()
           AND event.model = collected.model AND event.res_id = collected.res_id
           AND event.event_id <> collected.event_id
     RETURNING event.operation
            """,
            never_was=_NEVER_WAS,
            collected=_table(rows),
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


def _table(rows):
    """The rows as a table of a statement, named ``collected``."""
    columns = map(list, zip(*rows, strict=True))
    return SQL(
        """unnest(%s::varchar[], %s::varchar[], %s::int4[], %s::varchar[], %s::text[],
                  %s::int4[], %s::int4[], %s::varchar[]) AS collected(%s)""",
        *columns,
        _COLUMNS,
    )
