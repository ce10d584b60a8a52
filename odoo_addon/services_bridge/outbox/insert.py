"""The outbox rows of a transaction.

Planning is most of what a statement costs here, so the usual transaction has two plain
ones: read which records are there, and write the rows. Only when an earlier flush of
the transaction wrote rows for the same records, a third one merges into those.
"""

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


# Quicker to plan than a table of arrays, which only the rare merge needs.
_VALUES = """(%s, %s, %s, %s, %s, %s, %s, %s,
    txid_current(), clock_timestamp() AT TIME ZONE 'UTC',
    'pending', 0, clock_timestamp() AT TIME ZONE 'UTC')"""
_COLUMNS = SQL(", ").join(map(SQL.identifier, Row._fields))


def insert_events(cr, by_model):
    """Write one row per record and transaction.

    :param by_model: ``{Watched: {record id: Collected}}``
    """
    rows = _rows(by_model, _present(cr, by_model))
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        _write(cr, rows[start : start + _ROWS_PER_STATEMENT])
    # Only a hint: it survives the rollback of a savepoint, so it carries nothing.
    dbname = cr.dbname
    cr.postcommit.add(lambda: wake(dbname))


def _present(cr, by_model):
    """Return ``{(model, id): company id}`` of those records that exist by now.

    The database has the last word on what was created or deleted: a savepoint that
    does not flush can be rolled back without Odoo's hooks hearing of it.
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
                list(by_id),
            )
            for watched, by_id in by_model.items()
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
    written = _insert(cr, rows)
    if len(written) < len(rows):
        _merge(cr, [row for row in rows if (row.model, row.res_id) not in written])


def _insert(cr, rows):
    """Return ``{(model, record id)}`` of the rows that are new in this transaction."""
    cr.execute(
        SQL(
            """
        INSERT INTO services_bridge_event (
            %s, transaction_id, occurred_at, state, tries, next_try_at
        )
        VALUES %s
            ON CONFLICT (transaction_id, model, res_id) DO NOTHING
     RETURNING model, res_id
            """,
            _COLUMNS,
            SQL(", ".join([_VALUES] * len(rows)), *chain.from_iterable(rows)),
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
          FROM %(collected)s
         WHERE event.transaction_id = txid_current()
           AND event.model = collected.model AND event.res_id = collected.res_id
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
