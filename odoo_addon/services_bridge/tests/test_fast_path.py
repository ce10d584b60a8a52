import threading
import time
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..delivery import sender as sender_module
from ..delivery.sender import Sender, wake
from .common import CommittingCase, Receiver


@tagged("post_install", "-at_install")
class TestSender(BaseCase):
    def setUp(self):
        super().setUp()
        self.delivered = threading.Semaphore(0)
        self.answers = []

    def sender(self, **options):
        def deliver():
            self.delivered.release()
            answer = self.answers.pop(0) if self.answers else None
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return Sender("no-database", deliver, **options)

    def assertDelivers(self):
        self.assertTrue(self.delivered.acquire(timeout=10))

    def test_delivers_once_woken(self):
        sender = self.sender(idle_seconds=10)
        sender.wake()
        self.assertDelivers()
        sender.wake()
        self.assertDelivers()

    def test_ends_when_idle_and_starts_again(self):
        sender = self.sender(idle_seconds=0.01)
        sender.wake()
        self.assertDelivers()
        self.assertTrue(sender.join(10))
        sender.wake()
        self.assertDelivers()
        self.assertTrue(sender.join(10))

    def test_tries_again_after_the_wait(self):
        self.answers = [0.01, 0.01, None]
        self.sender(idle_seconds=10).wake()
        for _ in range(3):
            self.assertDelivers()

    def test_resume_ends_the_wait(self):
        self.answers = [3600]
        sender = self.sender(idle_seconds=10)
        sender.wake()
        self.assertDelivers()
        sender.resume()
        self.assertDelivers()

    def test_survives_an_error(self):
        self.answers = [ZeroDivisionError()]
        sender = self.sender(idle_seconds=10)
        with self.assertLogs("odoo.addons.services_bridge", "ERROR"):
            sender.wake()
            self.assertDelivers()
            sender.resume()
            self.assertDelivers()

    def test_starts_again_whatever_ended_the_thread(self):
        self.answers = [SystemExit()]
        sender = self.sender(idle_seconds=10)
        sender.wake()
        self.assertDelivers()
        self.assertTrue(sender.join(10))
        sender.wake()
        self.assertDelivers()

    def test_starts_again_with_work_left_behind(self):
        sender = self.sender(idle_seconds=10)
        died_before_clearing = patch.object(
            sender, "_wait_for_work", side_effect=SystemExit
        )
        with died_before_clearing:
            sender.wake()
            self.assertTrue(sender.join(10))
        sender.wake()
        self.assertDelivers()

    def test_starts_once_threads_can_be_had_again(self):
        sender = self.sender(idle_seconds=10)
        with (
            patch.dict(sender_module._senders, {"no-database": sender}),
            self.assertLogs("odoo.addons.services_bridge", "ERROR"),
        ):
            no_threads = RuntimeError("can't start new thread")
            with patch.object(threading.Thread, "start", side_effect=no_threads):
                wake("no-database")
            self.assertTrue(sender.join(0), "none runs")
            wake("no-database")
        self.assertDelivers()

    def test_wake_never_raises(self):
        with (
            patch.object(Sender, "wake", side_effect=RuntimeError("no more threads")),
            self.assertLogs("odoo.addons.services_bridge", "ERROR"),
        ):
            wake("no-database")


@tagged("post_install", "-at_install")
class TestFastPath(CommittingCase):
    """From a commit to the bridge, with everything real."""

    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.end_sender)
        self.partner_id = self.make("res.partner", {"name": "Ada"})
        self.switch_on(address=self.receiver.address)

    def end_sender(self):
        """Before the settings are removed, so that it ends with what it is at."""
        self.receiver.close()
        if sender := sender_module._senders.pop(self.registry.db_name, None):
            sender._idle_seconds = 0
            with self.committing() as env:
                env["services.bridge.settings"].configure({"enabled": False})
            sender.wake()
            sender.resume()
            self.assertTrue(sender.join(20))

    def write(self, name):
        with self.committing() as env:
            env["res.partner"].browse(self.partner_id).name = name

    def await_request(self):
        self.assertTrue(self.receiver.arrived.acquire(timeout=20))

    def test_sent_right_after_the_commit(self):
        self.write("Grace")
        self.await_request()
        [event] = self.receiver.requests[0].events
        self.assertEqual(event["res_id"], self.partner_id)
        self.assertEqual(event["fields"], ["name"])

    def test_hanging_bridge_holds_up_nobody(self):
        self.receiver.answers.append("hang")
        self.write("First")
        self.await_request()
        started = time.monotonic()
        for number in range(20):
            self.write(f"Name {number}")
        seconds = time.monotonic() - started
        self.assertFalse(self.receiver.released.is_set(), "the bridge still hangs")
        self.assertLess(seconds, 5, "twenty commits while the bridge hangs")
        self.assertEqual(len(self.receiver.requests), 1)
        self.receiver.released.set()
        while len(self.receiver.event_ids()) < 21:
            self.await_request()
        self.assertEqual(len(set(self.receiver.event_ids())), 21, "each once")

    def test_absent_bridge_holds_up_nobody(self):
        self.receiver.close()
        started = time.monotonic()
        for number in range(20):
            self.write(f"Name {number}")
        self.assertLess(time.monotonic() - started, 5)
        with self.committing() as env:
            waiting = env["services.bridge.event"].search_count(
                [("state", "=", "pending")]
            )
        self.assertEqual(waiting, 20)

    def test_rolled_back_work_sends_nothing(self):
        with self.committing() as env:
            with self.assertRaises(ZeroDivisionError), env.cr.savepoint():
                env["res.partner"].browse(self.partner_id).name = "Lost"
                env.cr.flush()
                raise ZeroDivisionError
        self.write("Kept")
        self.await_request()
        self.assertEqual(len(self.receiver.event_ids()), 1, "only what was kept")
