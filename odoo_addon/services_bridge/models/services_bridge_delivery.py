import time
from functools import partial
from typing import NamedTuple

import requests
from psycopg2 import errors

from odoo import api, models

from ..delivery.message import body_of, message_id_of
from ..delivery.post import post
from ..delivery.signature import sign
from ..delivery.words import words_for

# Processes that send at the same time may disturb each other; a second look helps.
_TRIES_OF_TRANSACTION = 5


class Batch(NamedTuple):
    row_ids: list
    events: list


class ServicesBridgeDelivery(models.AbstractModel):
    """Brings outbox rows to the bridge: claim, send, note down; a commit after each.

    No transaction is open while the network is waited for. A crash in between leaves
    rows that are sent again with the same ids.
    """

    _name = "services.bridge.delivery"
    _description = "Delivery to the Bridge"

    @api.model
    def _cron_deliver(self):
        """Send what the fast path left, as long as the job may run."""
        cron = self.env["ir.cron"]

        def proceed(sent):
            if cron._commit_progress(sent):
                return True
            cron._commit_progress(remaining=1)
            return False

        self.env["services.bridge.event"]._forget_earlier_life()
        self._deliver_due(proceed)

    @api.model
    def _deliver_due(self, proceed=None):
        """Send everything that is due.

        :param proceed: called after each batch with its size; a falsy answer stops
        :return: the seconds until the next try after a failure, else ``None``
        """
        circuit = self.env["services.bridge.circuit"]
        limit = None
        with requests.Session() as session:
            while True:
                # a transaction of its own: settings may change between two batches
                settings = self._in_transaction(
                    self.env["services.bridge.settings"]._load
                )
                if settings.refusal(self.env):
                    return None
                wait, trying = self._in_transaction(circuit._enter)
                if wait:
                    return wait
                limit = min(limit or settings.batch_size, settings.batch_size)
                batch = self._in_transaction(partial(self._claim, limit))
                if not batch.events:
                    if trying:
                        self._in_transaction(circuit._leave)
                    return None
                answer = self._post(session, settings, batch.events)
                all_sent = answer.accepted and len(batch.events) < limit
                limit, wait = self._in_transaction(
                    partial(self._settle, batch, answer, settings)
                )
                if wait:
                    return wait
                if proceed and not proceed(len(batch.events)):
                    return None
                if all_sent:
                    # nothing more was due; who commits a row meanwhile wakes a sender
                    return None

    @api.model
    def _test(self):
        """Send an empty batch.

        :return: ``(whether the bridge accepted it, message for a person)``
        """
        settings = self.env["services.bridge.settings"]._load()
        refusal = settings._replace(enabled=True).refusal(self.env)
        if refusal:
            return False, refusal
        with requests.Session() as session:
            answer = self._post(session, settings, [])
        if not answer.accepted:
            return False, words_for(self.env, answer, settings.address)
        self.env["services.bridge.circuit"]._note_answer()
        return True, self.env._(
            "The bridge answered in %s ms. Address, secret and database are right.",
            max(1, round(answer.seconds * 1000)),
        )

    def _claim(self, limit):
        rows = self.env["services.bridge.event"]._claim(limit)
        return Batch([row_id for row_id, _ in rows], [event for _, event in rows])

    def _post(self, session, settings, events):
        body = body_of(settings.database, events)
        message_id = message_id_of(events) if events else f"msg_test_{time.time_ns()}"
        headers = sign(settings.secrets, message_id, int(time.time()), body)
        return post(session, settings.address, headers, body)

    def _settle(self, batch, answer, settings):
        """Note down what became of a batch.

        :return: ``(most rows in the next batch, seconds to wait or None)``
        """
        rows = self.env["services.bridge.event"]
        circuit = self.env["services.bridge.circuit"]
        size = len(batch.row_ids)
        if answer.accepted:
            rows._note_sent(batch.row_ids)
            circuit._note_answer()
            return size * 2, None
        message = words_for(self.env, answer, settings.address)
        if answer.about_the_batch:
            if size > 1:
                rows._note_split(batch.row_ids)
            else:
                rows._note_refused(batch.row_ids[0], message)
            circuit._note_answer()
            return max(1, size // 2), None
        wait = circuit._note_failure(message, answer.retry_after)
        rows._note_unsent(batch.row_ids, message)
        return size, wait

    def _in_transaction(self, work):
        """Return what ``work()`` returns, done in one transaction and committed.

        Repeated when another process changed the same rows; leases and results must
        be seen by the others at once.
        """
        cr = self.env.cr
        for tries_left in reversed(range(_TRIES_OF_TRANSACTION)):
            try:
                result = work()
                cr.commit()  # pylint: disable=invalid-commit
                return result
            except (errors.SerializationFailure, errors.DeadlockDetected):
                cr.rollback()  # pylint: disable=invalid-commit
                if not tries_left:
                    raise
