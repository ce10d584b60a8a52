import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_MOST_EVENTS = 500
_CURSOR = re.compile(r"(-?\d{1,19}):(\d{1,10})")

# The oldest transaction that this one does not see the end of. Those of other databases
# of the same server write no row here, and must not hold back what has been committed
# here for as long as they like. One that has ended meanwhile is in no list any more, so
# it may have been of this database. Locks show the last 32 bits of a transaction's id.
_OLDEST_RUNNING = SQL(
    """SELECT COALESCE(MIN(running), txid_snapshot_xmax(txid_current_snapshot()))
         FROM txid_snapshot_xip(txid_current_snapshot()) running
        WHERE running %% 4294967296 NOT IN (
              SELECT lock.transactionid::text::bigint
                FROM pg_locks lock JOIN pg_stat_activity activity USING (pid)
               WHERE lock.locktype = 'transactionid' AND lock.mode = 'ExclusiveLock'
                 AND lock.granted AND activity.datname <> current_database())"""
)


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def read_outbox(self, cursor="", limit=_MOST_EVENTS):
        """Return outbox rows in an order that no late commit can break.

        Row ids are not in the order of commits. Only rows of transactions that are
        older than every running one of this database are given, so nothing can appear
        behind a cursor.

        :param cursor: of the answer before, ``""`` to start with the oldest row
        """
        self = self._entered()
        if type(limit) is not int or not 1 <= limit <= _MOST_EVENTS:
            raise UserError(self.env._("The limit must be 1 to %s.", _MOST_EVENTS))
        events = self.env["services.bridge.event"]
        events._forget_earlier_life()
        after = self._checked_cursor(cursor)
        rows = self.env.execute_query(
            SQL(
                """SELECT %(columns)s FROM services_bridge_event event
                    WHERE (transaction_id, id) > (%(transaction_id)s, %(row_id)s)
                      AND transaction_id < (%(oldest_running)s)
                      AND (company_id IS NULL OR company_id = ANY(%(company_ids)s)
                           OR NOT EXISTS (SELECT FROM res_company company
                                           WHERE company.id = event.company_id))
                    ORDER BY transaction_id, id LIMIT %(limit)s""",
                oldest_running=_OLDEST_RUNNING,
                columns=events._event_columns(),
                transaction_id=after[0],
                row_id=after[1],
                company_ids=self.env.companies.ids,
                limit=limit + 1,
            )
        )
        more = len(rows) > limit
        rows = rows[:limit]
        if rows:
            row_id, *_names, transaction_id, _occurred_at, _origin = rows[-1]
            cursor = f"{transaction_id}:{row_id}"
        return {
            "events": [
                # XML-RPC carries no None
                {name: False if value is None else value for name, value in row.items()}
                for _row_id, row in events._events_of(rows)
            ],
            "cursor": cursor,
            "more": more,
        }

    def _checked_cursor(self, cursor):
        """Return ``(transaction id, row id)`` to read after."""
        oldest = (-(2**63), 0)
        if not cursor:
            return oldest
        match = isinstance(cursor, str) and _CURSOR.fullmatch(cursor)
        if not match:
            raise UserError(
                self.env._(
                    "%s is no cursor of this outbox. Start with an empty one.", cursor
                )
            )
        transaction_id, row_id = int(match[1]), int(match[2])
        [(newest,)] = self.env.execute_query(
            SQL("SELECT txid_snapshot_xmax(txid_current_snapshot())")
        )
        # From before the database was restored elsewhere: read everything again, the
        # bridge knows the ids it has seen.
        return oldest if transaction_id > newest else (transaction_id, row_id)
