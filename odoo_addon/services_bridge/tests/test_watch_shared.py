import threading

from odoo.tests import tagged

from .common import CommittingCase


@tagged("post_install", "-at_install")
class TestWatchShared(CommittingCase):
    """What transactions beside each other go by while the settings change."""

    def watched_by(self, env):
        return set(env["services.bridge.watch"]._watched_by_model())

    def watched_later(self):
        with self.committing() as env:
            return self.watched_by(env)

    def switch_off(self, env):
        env["services.bridge.settings"].configure({"enabled": False})

    def change_as_a_request(self, **values):
        """In a thread of its own, as Odoo tells other processes by thread."""

        def request():
            with self.committing() as env:
                env["services.bridge.settings"].configure(values)
            self.registry.signal_changes()

        thread = threading.Thread(target=request)
        thread.start()
        thread.join(60)

    def test_transaction_from_before_leaves_nothing_behind(self):
        self.switch_on()
        self.change_as_a_request(enabled=False)
        with self.committing() as before:
            before.cr.execute("SELECT 1")
            self.change_as_a_request(enabled=True)
            self.assertEqual(self.watched_by(before), set())
        self.assertIn("res.partner", self.watched_later())

    def test_transaction_from_before_goes_by_what_others_found(self):
        self.switch_on()
        self.change_as_a_request(enabled=False)
        with self.committing() as before:
            before.cr.execute("SELECT 1")
            self.change_as_a_request(enabled=True)
            self.assertIn("res.partner", self.watched_later())
            self.assertIn("res.partner", self.watched_by(before))

    def test_change_is_its_own_until_it_is_committed(self):
        self.change_as_a_request(enabled=True)
        with self.committing() as changing:
            self.switch_off(changing)
            self.assertEqual(self.watched_by(changing), set())
            self.assertIn("res.partner", self.watched_later())
        self.assertEqual(self.watched_later(), set())

    def test_change_that_is_undone_was_never_there(self):
        self.change_as_a_request(enabled=True)
        with self.committing() as changing:
            self.switch_off(changing)
            self.assertEqual(self.watched_by(changing), set())
            changing.cr.rollback()
            changing.registry.reset_changes()
            self.assertIn("res.partner", self.watched_by(changing))
        self.assertIn("res.partner", self.watched_later())

    def test_change_within_a_savepoint_that_is_undone(self):
        self.change_as_a_request(enabled=True)
        with self.committing() as changing:
            with self.assertRaises(ZeroDivisionError), changing.cr.savepoint():
                self.switch_off(changing)
                self.assertEqual(self.watched_by(changing), set())
                raise ZeroDivisionError
            self.assertIn("res.partner", self.watched_by(changing))
        self.assertIn("res.partner", self.watched_later())

    def test_change_before_a_savepoint_that_is_undone(self):
        self.change_as_a_request(enabled=True)
        with self.committing() as changing:
            self.switch_off(changing)
            with self.assertRaises(ZeroDivisionError), changing.cr.savepoint():
                raise ZeroDivisionError
            self.assertEqual(self.watched_by(changing), set())
            self.assertIn("res.partner", self.watched_later())
        self.assertEqual(self.watched_later(), set())

    def test_other_processes_are_told_with_the_commit(self):
        self.change_as_a_request(enabled=True)
        with self.committing() as env:
            before = self.registry.get_sequences(env.cr)
        self.switch_on(enabled=False)
        with self.committing() as env:
            self.assertNotEqual(self.registry.get_sequences(env.cr), before)

    def test_found_once_for_all(self):
        self.change_as_a_request(enabled=True)
        self.watched_later()
        with self.committing() as env:
            before = env.cr.sql_log_count
            self.watched_by(env)
            self.assertEqual(env.cr.sql_log_count, before)
