import time
from contextlib import closing

from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged

from .common import CommittingCase


@tagged("post_install", "-at_install")
class TestReadOutbox(CommittingCase):
    """With connections that commit, because order of commits is what this is about."""

    def setUp(self):
        super().setUp()
        self.switch_on()
        self.user_id = self.make_user("reading_bridge", "services_bridge.group_service")
        self.ids = [
            self.make("res.partner", {"name": f"Partner {number}"})
            for number in range(5)
        ]
        self.forget_events()

    def read(self, cursor="", **options):
        with self.committing(self.user_id) as env:
            return env["services.bridge.facade"].read_outbox(cursor, **options)

    def read_some(self, cursor="", **options):
        """Read what is committed. A transaction of another database that ends while
        this is asked may have been of this one: it holds back that one answer."""
        deadline = time.monotonic() + 10
        while not (answer := self.read(cursor, **options))["events"]:
            self.assertLess(time.monotonic(), deadline, "held back all the time")
        return answer

    def write(self, env, number):
        env["res.partner"].browse(self.ids[number]).name = f"Changed {number}"
        env.cr.flush()

    def res_ids(self, answer):
        return [self.ids.index(event["res_id"]) for event in answer["events"]]

    def test_late_commit_is_not_skipped(self):
        with self.committing() as late:
            self.write(late, 0)
            with self.committing() as quick:
                self.write(quick, 1)
            held_back = self.read()
            self.assertEqual(held_back["events"], [], "an older one still runs")
        both = self.read_some(held_back["cursor"])
        self.assertEqual(self.res_ids(both), [0, 1])

    def test_other_databases_hold_nothing_back(self):
        with closing(db_connect("postgres").cursor()) as elsewhere:
            elsewhere.execute("SELECT txid_current()")
            with self.committing() as env:
                self.write(env, 0)
            self.assertEqual(self.res_ids(self.read_some()), [0])

    def test_row_ids_against_the_order_of_commits(self):
        """The late one has the older transaction, but the newer row."""
        with self.committing() as late:
            late.cr.execute("SELECT txid_current()")
            with self.committing() as quick:
                self.write(quick, 1)
            first = self.read()
            self.write(late, 0)
        second = self.read_some(first["cursor"])
        self.assertEqual(self.res_ids(first) + self.res_ids(second), [0, 1])

    def test_pages(self):
        for number in range(5):
            with self.committing() as env:
                self.write(env, number)
        seen, cursor = [], ""
        while len(seen) < 5:
            page = self.read_some(cursor, limit=2)
            seen += self.res_ids(page)
            cursor = page["cursor"]
            self.assertLessEqual(len(page["events"]), 2)
        self.assertEqual(seen, [0, 1, 2, 3, 4])
        self.assertFalse(page["more"])
        self.assertEqual(
            self.read(cursor), {"events": [], "cursor": cursor, "more": False}
        )

    def test_event_is_that_of_the_webhook_without_none(self):
        with self.committing() as env:
            self.write(env, 0)
        [event] = self.read_some()["events"]
        self.assertEqual(event["operation"], "write")
        self.assertEqual(event["fields"], ["name"])
        self.assertIs(event["origin"], False)
        self.assertIs(event["company_id"], False)
        self.assertIsInstance(event["transaction"], str)

    def test_event_of_a_deleted_company_is_given(self):
        with self.committing() as env:
            self.write(env, 0)
            env.cr.execute("UPDATE services_bridge_event SET company_id = -1")
        [event] = self.read_some()["events"]
        self.assertEqual(event["company_id"], -1)

    def test_cursor_from_before_a_restore_elsewhere(self):
        with self.committing() as env:
            self.write(env, 0)
        answer = self.read_some("4611686018427387904:7")
        self.assertEqual(self.res_ids(answer), [0])

    def test_arguments(self):
        for cursor in ("x", "1", "1:2:3", 5):
            with self.assertRaises(UserError):
                self.read(cursor)
        for limit in (0, 501, "x"):
            with self.assertRaises(UserError):
                self.read(limit=limit)
