from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from .services_bridge_event import DAYS_OF_UNSENT_ROW

_DAYS_OF_DEAD_ROW = 90
_CLEARED_AT_ONCE = 10_000


class ServicesBridgeEvent(models.Model):
    """What keeps the outbox from growing for ever."""

    _inherit = "services.bridge.event"

    @api.model
    def _cron_clear_away(self):
        """Give up what has waited too long, and remove what nobody needs any more, some
        at a time: whether anything can be sent now or not.
        """
        settings = self.env["services.bridge.settings"]._load()
        now = fields.Datetime.now()
        sent_before = now - timedelta(days=settings.retention_days)
        unsent_before = now - timedelta(days=DAYS_OF_UNSENT_ROW)
        dead_before = now - timedelta(days=_DAYS_OF_DEAD_ROW)
        for clear in (
            partial(self._remove, SQL("state = 'sent' AND sent_at < %s", sent_before)),
            partial(self._give_up_unsent, unsent_before),
            partial(
                self._remove, SQL("state = 'dead' AND occurred_at < %s", dead_before)
            ),
        ):
            while cleared := clear(_CLEARED_AT_ONCE):
                if not self.env["ir.cron"]._commit_progress(cleared, remaining=1):
                    return
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _give_up_unsent(self, unsent_before, limit):
        """Return how many rows were given up that nobody could send for so long."""
        self.env.cr.execute(
            SQL(
                """UPDATE services_bridge_event
                      SET state = 'dead', next_try_at = NULL,
                          last_error = COALESCE(last_error, %s)
                    WHERE id IN (
                       SELECT id FROM services_bridge_event
                        WHERE state = 'pending' AND occurred_at < %s
                        LIMIT %s FOR UPDATE SKIP LOCKED)""",
                self.env._("Nothing could be sent for %s days.", DAYS_OF_UNSENT_ROW),
                unsent_before,
                limit,
            )
        )
        self.invalidate_model()
        return self.env.cr.rowcount

    @api.model
    def _remove(self, old, limit):
        """Return how many rows were removed.

        :param old: condition of those that nobody needs any more
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM services_bridge_event WHERE id IN (
                       SELECT id FROM services_bridge_event
                        WHERE %s LIMIT %s FOR UPDATE SKIP LOCKED)""",
                old,
                limit,
            )
        )
        self.invalidate_model()
        return self.env.cr.rowcount
