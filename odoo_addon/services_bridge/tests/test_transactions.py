import threading

from psycopg2 import errors

from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BridgeCase, CommittingCase


@tagged("post_install", "-at_install")
class TestSavepoints(BridgeCase):
    def test_rolled_back_savepoint_leaves_nothing(self):
        kept = self.env["res.partner"].create({"name": "Kept"})
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            lost = self.env["res.partner"].create({"name": "Lost"})
            kept.email = "lost@example.com"
            raise ZeroDivisionError
        self.assertFalse(self.event_of(lost))
        self.assertEqual(self.event_of(kept)[0], "create")

    def test_rolled_back_savepoint_that_does_not_flush(self):
        kept = self.env["res.partner"].create({"name": "Kept"})
        self.env.cr.flush()
        self.forget_events()
        savepoint = self.env.cr.savepoint(flush=False)
        lost = self.env["res.partner"].create({"name": "Lost"})
        kept.unlink()
        savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        self.assertFalse(self.event_of(lost), "it never was")
        self.assertNotEqual((self.event_of(kept) or ["write"])[0], "unlink")

    def test_dry_run_import_leaves_nothing(self):
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": b"name,email\nImported,imported@example.com\n",
                "file_type": "text/csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True}
        columns = ["name", "email"]
        result = wizard.execute_import(columns, columns, options, dryrun=True)
        self.assertFalse(result["messages"])
        self.env.cr.flush()
        rows = self.events.search([("model", "=", "res.partner")])
        self.assertFalse(rows)

        result = wizard.execute_import(columns, columns, options)
        partner = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(self.event_of(partner)[0], "create")

    def test_failed_load_leaves_nothing(self):
        result = self.env["res.partner"].load(
            ["name", "country_id/.id"], [["Good", ""], ["Bad", "999999999"]]
        )
        self.assertFalse(result["ids"])
        self.env.cr.flush()
        self.assertFalse(self.events.search([("model", "=", "res.partner")]))


@tagged("post_install", "-at_install")
class TestRealTransactions(CommittingCase):
    def setUp(self):
        super().setUp()
        # no address: rows are collected, and none is sent
        self.switch_on()
        self.partner_id = self.make("res.partner", {"name": "Ada"})
        self.forget_events()

    def rows(self):
        with self.committing() as env:
            rows = env["services.bridge.event"].search(
                [("model", "=", "res.partner"), ("res_id", "=", self.partner_id)]
            )
            return [(row.operation, row.field_names) for row in rows]

    def test_commit_and_rollback(self):
        with self.committing() as env:
            env["res.partner"].browse(self.partner_id).email = "a@example.com"
            env.cr.flush()
            env.cr.rollback()
        self.assertEqual(self.rows(), [])
        with self.committing() as env:
            env["res.partner"].browse(self.partner_id).email = "b@example.com"
        self.assertEqual(self.rows(), [("write", "email")])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_serialization_retry_gives_one_row(self):
        """Another transaction changes the record between our snapshot and our write."""
        tries = []
        with self.committing() as env:

            def work():
                partner = env["res.partner"].browse(self.partner_id)
                partner.read(["phone"])
                if not tries:
                    with self.committing() as other:
                        other.cr.execute(
                            "UPDATE res_partner SET comment = 'x' WHERE id = %s",
                            [self.partner_id],
                        )
                tries.append(partner.phone)
                partner.phone = f"{len(tries)}"

            retrying(work, env)
        self.assertEqual(len(tries), 2)
        self.assertEqual(self.rows(), [("write", "phone")])

    def test_two_processes_claim_different_rows(self):
        ids = [self.make("res.partner", {"name": f"Partner {n}"}) for n in range(4)]
        with self.committing() as one, self.committing() as two:
            first = one["services.bridge.event"]._claim(2)
            second = two["services.bridge.event"]._claim(10)
        claimed = [event["res_id"] for _, event in first + second]
        self.assertEqual(len(first), 2)
        self.assertEqual(sorted(claimed), ids)
        with self.committing() as env:
            self.assertEqual(env["services.bridge.event"]._claim(10), [], "leased")

    @mute_logger("odoo.sql_db")
    def test_one_process_tries_after_a_failure(self):
        with self.committing() as env:
            env["services.bridge.circuit"]._note_failure("down", None)
            env.cr.execute(
                "UPDATE services_bridge_circuit SET retry_at = now() - interval '1 day'"
            )
        looked, results = threading.Event(), []

        def enter():
            try:
                with self.committing() as two:
                    two.cr.execute("SELECT 1 FROM services_bridge_circuit")
                    looked.set()
                    results.append(two["services.bridge.circuit"]._enter())
            except errors.SerializationFailure as error:
                results.append(error)

        with self.committing() as one:
            self.assertEqual(one["services.bridge.circuit"]._enter(), (0, True))
            # the other sees the row as it was before, and must not try too
            thread = threading.Thread(target=enter)
            thread.start()
            self.assertTrue(looked.wait(10))
        thread.join(10)
        [result] = results
        self.assertIsInstance(result, errors.SerializationFailure)
