from odoo import api, fields, models
from odoo.tools import SQL

from ..delivery.backoff import backoff_seconds

# Longer than a request may take: while one process tries whether the bridge is back,
# no other does.
_TRYING_SECONDS = 30


class ServicesBridgeCircuit(models.Model):
    """Whether the bridge can be reached, as all processes know it; one row.

    After a failure nobody sends until ``retry_at``; then one process tries.
    """

    _name = "services.bridge.circuit"
    _description = "Circuit of the Services Bridge"
    _log_access = False

    failures = fields.Integer(help="Failures in a row.")
    retry_at = fields.Datetime(help="Empty while the bridge answers.")
    last_error = fields.Text()
    answered_at = fields.Datetime(help="When the bridge last answered well.")

    def init(self):
        self.env.cr.execute(
            """INSERT INTO services_bridge_circuit (failures)
               SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM services_bridge_circuit)"""
        )

    @api.model
    def _enter(self):
        """Ask to send.

        After a failure one process at a time is let in, to try.

        :return: ``(seconds to wait first, whether this process is the one that tries)``
        """
        row = self.env.execute_query(
            SQL("""
            SELECT EXTRACT(EPOCH FROM retry_at - clock_timestamp() AT TIME ZONE 'UTC')
              FROM services_bridge_circuit WHERE retry_at IS NOT NULL
            """)
        )
        if not row:
            return 0, False
        seconds = float(row[0][0])
        if seconds > 0:
            return seconds, False
        self._set_retry(_TRYING_SECONDS)
        return 0, True

    @api.model
    def _leave(self):
        """Let the next one in at once: nothing was tried, or things changed."""
        self._set_retry(0)

    def _set_retry(self, seconds):
        self.env.cr.execute(
            SQL(
                """UPDATE services_bridge_circuit
                      SET retry_at = clock_timestamp() AT TIME ZONE 'UTC'
                                     + %s * interval '1 second'
                    WHERE retry_at IS NOT NULL""",
                seconds,
            )
        )
        self.invalidate_model()

    @api.model
    def _note_answer(self):
        """The bridge answered: close the circuit."""
        # once a second at most: processes that send at the same time share this row
        self.env.cr.execute("""
            UPDATE services_bridge_circuit
               SET failures = 0, retry_at = NULL, last_error = NULL,
                   answered_at = date_trunc('second', now() AT TIME ZONE 'UTC')
             WHERE retry_at IS NOT NULL OR answered_at IS NULL
                OR answered_at < now() AT TIME ZONE 'UTC' - interval '1 second'
        """)
        self.invalidate_model()

    @api.model
    def _note_failure(self, message, asked_seconds):
        """Open the circuit and return the seconds until the next try.

        :param message: what a person reads
        :param asked_seconds: what the bridge asked for, or ``None``
        """
        [(failures,)] = self.env.execute_query(
            SQL("SELECT COALESCE(max(failures), 0) + 1 FROM services_bridge_circuit")
        )
        seconds = backoff_seconds(failures)
        if asked_seconds is not None:
            seconds = max(seconds, asked_seconds)
        self.env.cr.execute(
            SQL(
                """UPDATE services_bridge_circuit
                      SET failures = %s, last_error = %s,
                          retry_at = clock_timestamp() AT TIME ZONE 'UTC'
                                     + %s * interval '1 second'""",
                failures,
                message,
                seconds,
            )
        )
        self.invalidate_model()
        return seconds
