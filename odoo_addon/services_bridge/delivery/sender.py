"""The fast path: one thread per process and database that sends after a commit.

A commit only sets an event; it never waits, whatever the bridge does. The thread has
its own cursor and claims rows with SKIP LOCKED, so processes do not disturb each
other. It may die with its worker at any moment: the cron job sends what is left.
Started on first need, so a fork of the server never takes a dead thread along, and
ended when there was nothing to do for a while.
"""

import logging
import os
import threading

import psycopg2

import odoo
from odoo import api
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)

_IDLE_SECONDS = 300
# After an error of our own: the cron job comes around in that time anyway.
_SECONDS_AFTER_ERROR = 60

_senders = {}


def wake(dbname):
    """Have the database's sender look for rows to send. Never raises, never waits."""
    try:
        sender = _senders.get(dbname)
        if sender is None:
            sender = _senders.setdefault(dbname, Sender(dbname))
        sender.wake()
    except Exception:
        # an exception here would reach the user, after the work was committed
        _logger.exception("The sender could not be woken; the cron job will send.")


def resume(dbname):
    """Like ``wake``, and end the wait after a failure: the bridge was just seen."""
    wake(dbname)
    if sender := _senders.get(dbname):
        sender.resume()


class Sender:
    """Use ``wake``; an instance of one's own is for tests."""

    def __init__(self, dbname, deliver=None, idle_seconds=_IDLE_SECONDS):
        """
        :param deliver: sends all that is due and returns the seconds to wait before
            the next try, or ``None`` when nothing is left
        """
        self._dbname = dbname
        self._deliver = deliver or (lambda: deliver_due(dbname))
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._resumed = threading.Event()
        self._thread = None

    def wake(self):
        if self._work.is_set() and self._thread is not None:
            return
        with self._lock:
            self._work.set()
            if self._thread is None:
                thread = threading.Thread(
                    target=self._run,
                    name=f"services_bridge.sender.{self._dbname}",
                    daemon=True,
                )
                # raises when there are no more threads to be had: the next wake tries
                # again, so one that never ran must not be kept
                thread.start()
                self._thread = thread

    def resume(self):
        self._resumed.set()

    def join(self, seconds):
        """Wait until the idle thread has ended; whether it did."""
        thread = self._thread
        if thread:
            thread.join(seconds)
        return self._thread is None

    def _run(self):
        # Odoo's log and profiler look for the database on the thread
        threading.current_thread().dbname = self._dbname
        try:
            while self._wait_for_work():
                self._work.clear()
                seconds = self._deliver_safely()
                while seconds is not None:
                    self._resumed.wait(seconds)
                    self._resumed.clear()
                    self._work.clear()
                    seconds = self._deliver_safely()
        finally:
            self._end()

    def _wait_for_work(self):
        if self._work.wait(self._idle_seconds):
            return True
        with self._lock:
            if self._work.is_set():
                return True
            self._thread = None
            return False

    def _end(self):
        """Let the next wake start a thread, whatever ended this one.

        After an idle end the next one may run already; it is left alone.
        """
        with self._lock:
            if self._thread is threading.current_thread():
                self._thread = None

    def _deliver_safely(self):
        try:
            return self._deliver()
        except psycopg2.OperationalError:
            # the server stops, or the database was renamed or dropped
            _logger.info("The sender lost its database connection.")
            return None
        except Exception:
            _logger.exception("The sender failed; the cron job will send.")
            return _SECONDS_AFTER_ERROR


def deliver_due(dbname):
    """Send everything that is due, with a cursor of our own."""
    registry = Registry(dbname)
    if "services.bridge.delivery" not in registry:
        return None
    with registry.cursor() as cr:
        env = api.Environment(cr, odoo.SUPERUSER_ID, {})
        return env["services.bridge.delivery"]._deliver_due()


# A worker forked from a process that already sent must start with none of its threads.
os.register_at_fork(after_in_child=_senders.clear)
