from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..delivery.backoff import backoff_seconds
from ..delivery.message import instant
from ..delivery.sender import wake
from ..outbox.columns import BigInteger, LooseMany2one

# Longer than a request may take: a row whose sender died is due again after this.
_LEASE_SECONDS = 60
# A row that the bridge refuses by itself, with its waits between: about two hours.
_REFUSALS_OF_A_ROW = 10
# A row that could not leave because the bridge was away.
DAYS_OF_UNSENT_ROW = 30


class ServicesBridgeEvent(models.Model):
    """The outbox: one row per record and transaction, written with the change."""

    _name = "services.bridge.event"
    _description = "Outbox Event"
    _order = "id desc"
    _rec_name = "event_id"
    # written by SQL only, and who changed what is part of the event
    _log_access = False

    event_id = fields.Char(
        string="Event", required=True, readonly=True, help="Never changes."
    )
    model = fields.Char(required=True, readonly=True)
    # No reference: the web client could not show rows whose record or model is gone.
    res_id = fields.Integer(
        string="Record ID", required=True, readonly=True, aggregator=None
    )
    record_name = fields.Char(
        string="Record",
        compute="_compute_record_name",
        help="Its name now, or its id where it is gone or not for you to see.",
    )
    operation = fields.Selection(
        [("create", "Created"), ("write", "Changed"), ("unlink", "Deleted")],
        required=True,
        readonly=True,
    )
    field_names = fields.Text(
        string="Changed Fields", readonly=True, help="Names, sorted, without values."
    )
    user_id = LooseMany2one("res.users", readonly=True)
    company_id = LooseMany2one("res.company", readonly=True)
    transaction_id = BigInteger(
        string="Transaction", required=True, readonly=True, aggregator=None
    )
    occurred_at = fields.Datetime(string="Occurred", required=True, readonly=True)
    origin = fields.Char(
        readonly=True, help="“bridge” when the bridge itself made the change."
    )
    state = fields.Selection(
        [("pending", "Waiting"), ("sent", "Sent"), ("dead", "Given Up")],
        required=True,
        readonly=True,
        default="pending",
    )
    tries = fields.Integer(readonly=True, aggregator=None)
    refusals = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How often the bridge was there and refused this row by itself.",
    )
    next_try_at = fields.Datetime(string="Next Try", readonly=True)
    sent_at = fields.Datetime(string="Sent", readonly=True)
    last_error = fields.Text(readonly=True)

    _event_unique = models.Constraint("UNIQUE (event_id)")
    _change_unique = models.Constraint("UNIQUE (transaction_id, model, res_id)")
    _order_index = models.Index("(transaction_id, id)")
    _due_index = models.Index("(next_try_at, id) WHERE state = 'pending'")
    _sent_index = models.Index("(sent_at) WHERE state = 'sent'")
    _dead_index = models.Index("(id) WHERE state = 'dead'")

    def action_send_again(self):
        """Put the selected rows back in line, given up or sent ones alike."""
        # nobody may write a row, and whoever may see it may send it again
        self.check_access("read")
        self.sudo().write(
            {
                "state": "pending",
                "tries": 0,
                "refusals": 0,
                "next_try_at": fields.Datetime.now(),
                "sent_at": False,
            }
        )
        dbname = self.env.cr.dbname
        self.env.cr.postcommit.add(lambda: wake(dbname))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s rows are waiting to be sent again.", len(self)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.depends_context("uid", "allowed_company_ids", "lang")
    @api.depends("model", "res_id")
    def _compute_record_name(self):
        for model, rows in self.grouped("model").items():
            names = {}
            if model in self.env:
                records = self.env[model].browse(rows.mapped("res_id")).exists()
                seen = records._filtered_access("read")
                # a name may be made of what the user may not see
                names = {record.id: record.display_name for record in seen.sudo()}
            for row in rows:
                row.record_name = names.get(row.res_id) or str(row.res_id)

    def action_open_record(self):
        """Open what the row is about.

        :raise UserError: when it is gone, or the user may not see it
        """
        self.ensure_one()
        if self.model not in self.env:
            raise UserError(
                self.env._(
                    "There is no model %s in this database any more, so there is "
                    "nothing to open. Its app may have been uninstalled.",
                    self.model,
                )
            )
        record = self.env[self.model].browse(self.res_id)
        words = {"model": record._description, "id": record.id}
        if not record.exists():
            raise UserError(
                self.env._(
                    "There is no %(model)s with the id %(id)s any more: it was deleted "
                    "after this change.",
                    **words,
                )
            )
        if not record.has_access("read"):
            raise UserError(
                self.env._(
                    "You may not see the %(model)s with the id %(id)s. It may belong "
                    "to a company that you have not chosen, or your groups may not "
                    "read it.",
                    **words,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    @api.model
    def _claim(self, limit):
        """Lease the rows that are longest due, and return them as protocol events.

        Must be the first statement of its transaction: rows that another process
        changed since the transaction began would fail it.

        :return: ``[(row id, event)]``, oldest first
        """
        # Losing a lease in a crash is harmless; waiting for the disk is not.
        self.env.cr.execute("SET LOCAL synchronous_commit TO OFF")
        self.env.cr.execute(self._claim_query(limit))
        self.invalidate_model()
        return sorted(self._events_of(self.env.cr.fetchall()), key=lambda row: row[0])

    @api.model
    def _claim_query(self, limit):
        return SQL(
            """
            WITH due AS (
                SELECT id FROM services_bridge_event
                 WHERE state = 'pending'
                   AND next_try_at <= clock_timestamp() AT TIME ZONE 'UTC'
                 ORDER BY next_try_at, id LIMIT %s
                   FOR UPDATE SKIP LOCKED
            )
            UPDATE services_bridge_event event
               SET tries = tries + 1,
                   next_try_at = clock_timestamp() AT TIME ZONE 'UTC'
                                 + %s * interval '1 second'
              FROM due WHERE event.id = due.id
            RETURNING %s
            """,
            limit,
            _LEASE_SECONDS,
            self._event_columns(),
        )

    @api.model
    def _event_columns(self):
        names = (
            "id, event_id, model, res_id, operation, field_names, user_id, company_id,"
            " transaction_id, occurred_at, origin"
        )
        return SQL(", ").join(SQL.identifier("event", n) for n in names.split(", "))

    @api.model
    def _events_of(self, rows):
        """Return ``[(row id, event of the protocol)]`` of rows of `_event_columns`."""
        return [
            (
                row_id,
                {
                    "id": event_id,
                    "model": model,
                    "res_id": res_id,
                    "operation": operation,
                    "fields": field_names.split(",") if field_names else [],
                    "user_id": user_id,
                    "company_id": company_id,
                    "transaction": str(abs(transaction_id)),
                    "occurred_at": instant(occurred_at),
                    "origin": origin,
                },
            )
            for (
                row_id,
                event_id,
                model,
                res_id,
                operation,
                field_names,
                user_id,
                company_id,
                transaction_id,
                occurred_at,
                origin,
            ) in rows
        ]

    @api.model
    def _note_sent(self, row_ids):
        self._update_rows(
            row_ids,
            SQL("""state = 'sent', sent_at = now() AT TIME ZONE 'UTC',
                   next_try_at = NULL, last_error = NULL"""),
        )

    @api.model
    def _note_split(self, row_ids):
        """Due again at once, in a smaller batch; this try does not count."""
        self._update_rows(
            row_ids,
            SQL("""tries = tries - 1,
                   next_try_at = clock_timestamp() AT TIME ZONE 'UTC'"""),
        )

    @api.model
    def _note_refused(self, row_id, message):
        """The bridge refuses this row alone: it waits, and is given up some day.

        Only these refusals count for that. A try of any kind may fail for reasons
        that are none of the row's.
        """
        refusals = self.browse(row_id).refusals + 1
        self._note_failed(
            [row_id],
            message,
            given_up=SQL("%s", refusals >= _REFUSALS_OF_A_ROW),
            due=SQL(
                "clock_timestamp() AT TIME ZONE 'UTC' + %s * interval '1 second'",
                backoff_seconds(refusals),
            ),
            refusals=refusals,
        )

    @api.model
    def _note_unsent(self, row_ids, message):
        """The bridge was away: the circuit waits, the rows keep their place in line."""
        self._note_failed(
            row_ids,
            message,
            given_up=SQL(
                "occurred_at < now() AT TIME ZONE 'UTC' - %s * interval '1 day'",
                DAYS_OF_UNSENT_ROW,
            ),
            due=SQL("occurred_at"),
        )

    def _note_failed(self, row_ids, message, given_up, due, refusals=None):
        self._update_rows(
            row_ids,
            SQL(
                """state = CASE WHEN %(given_up)s THEN 'dead' ELSE 'pending' END,
                   next_try_at = CASE WHEN %(given_up)s THEN NULL ELSE %(due)s END,
                   refusals = COALESCE(%(refusals)s, refusals),
                   last_error = %(message)s""",
                refusals=refusals,
                given_up=given_up,
                due=due,
                message=message,
            ),
        )

    def _update_rows(self, row_ids, assignments):
        self.env.cr.execute("SET LOCAL synchronous_commit TO OFF")
        # a row that was sent by someone else meanwhile stays sent
        self.env.cr.execute(
            SQL(
                """UPDATE services_bridge_event SET %s
                    WHERE id = ANY(%s) AND state = 'pending'""",
                assignments,
                row_ids,
            )
        )
        self.invalidate_model()

    @api.model
    def _forget_earlier_life(self):
        """Mark the rows that a restored database brought from another cluster.

        There the transaction ids counted from elsewhere. Their ids become negative:
        so they come first in order, and no new transaction can meet its own id.
        """
        self.env.cr.execute("""
            UPDATE services_bridge_event SET transaction_id = -transaction_id
             WHERE transaction_id > GREATEST(
                txid_snapshot_xmax(txid_current_snapshot()),
                COALESCE(txid_current_if_assigned(), 0))
        """)
        self.invalidate_model()
