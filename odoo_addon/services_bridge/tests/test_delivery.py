from datetime import timedelta
from unittest.mock import patch

from requests import Session

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import _super_send

from ..delivery import post as post_module
from .common import OTHER_SECRET, SECRET, BridgeCase, accepted, refused


@tagged("post_install", "-at_install")
class TestDelivery(BridgeCase):
    def setUp(self):
        super().setUp()
        self.receiver = self.start_receiver()
        self.circuit = self.env["services.bridge.circuit"].search([])
        self.circuit._note_answer()
        self.partners = self.env["res.partner"].create(
            [{"name": f"Partner {number}"} for number in range(3)]
        )
        self.env.cr.flush()

    def rows(self):
        self.env.invalidate_all()
        return self.events.search([("model", "=", "res.partner")], order="id")

    def states(self):
        return self.rows().mapped("state")

    def let_time_pass(self):
        self.env.cr.execute(
            "UPDATE services_bridge_circuit SET retry_at = now() - interval '1 day'"
            " WHERE retry_at IS NOT NULL"
        )
        self.env.cr.execute(
            "UPDATE services_bridge_event SET next_try_at = now() - interval '1 day'"
            " WHERE state = 'pending'"
        )
        self.env.invalidate_all()

    def test_looks_again_only_after_a_full_batch(self):
        for batch_size, looks in ((100, 1), (2, 2)):
            self.events.search([]).action_send_again()
            self.settings.configure({"batch_size": batch_size})
            claim = type(self.events)._claim
            with patch.object(
                type(self.events), "_claim", autospec=True, side_effect=claim
            ) as claimed:
                self.assertIsNone(self.deliver())
            self.assertEqual(set(self.states()), {"sent"})
            self.assertEqual(claimed.call_count, looks, batch_size)

    def test_message(self):
        self.assertIsNone(self.deliver())
        [request] = self.receiver.requests
        self.assertEqual(request.path, "/intake/odoo")
        self.assertEqual(
            request.headers["Content-Type"], "application/json; charset=utf-8"
        )
        self.assertTrue(request.is_signed_with(SECRET))
        self.assertFalse(request.is_signed_with(OTHER_SECRET))
        message = request.message
        self.assertEqual(message["version"], 1)
        self.assertEqual(
            message["database"],
            self.env["ir.config_parameter"].get_param("database.uuid"),
        )
        instant = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
        self.assertRegex(message["sent_at"], instant)
        event = request.events[0]
        self.assertRegex(event["occurred_at"], instant)
        row = self.rows()[0]
        self.assertEqual(
            {key: event[key] for key in event if key not in ("occurred_at", "fields")},
            {
                "id": row.event_id,
                "model": "res.partner",
                "res_id": self.partners[0].id,
                "operation": "create",
                "user_id": self.env.uid,
                "company_id": None,
                "transaction": str(row.transaction_id),
                "origin": None,
            },
        )
        self.assertEqual(event["fields"], sorted(event["fields"]))
        self.assertEqual(self.states(), ["sent"] * 3)
        self.assertTrue(all(self.rows().mapped("sent_at")))

    def test_batches_of_the_settings(self):
        self.settings.configure({"batch_size": 2})
        self.deliver()
        self.assertEqual([len(r.events) for r in self.receiver.requests], [2, 1])

    def test_two_secrets_sign_both_then_only_the_new_one(self):
        self.settings.configure({"secret": OTHER_SECRET})
        self.deliver()
        self.assertTrue(self.receiver.requests[0].is_signed_with(SECRET))
        self.assertTrue(self.receiver.requests[0].is_signed_with(OTHER_SECRET))
        self.env["services.bridge.secret"].search([], order="id")[0].unlink()
        self.partners[0].name = "Ada"
        self.rows().action_send_again()
        self.deliver()
        self.assertFalse(self.receiver.requests[1].is_signed_with(SECRET))
        self.assertTrue(self.receiver.requests[1].is_signed_with(OTHER_SECRET))

    def test_same_ids_when_sent_again(self):
        self.receiver.answers.append("break")
        wait = self.deliver()
        self.assertGreater(wait, 0)
        self.assertEqual(self.states(), ["pending"] * 3)
        self.let_time_pass()
        self.deliver()
        first, second = self.receiver.requests
        self.assertEqual(first.events, second.events)
        self.assertEqual(first.headers["webhook-id"], second.headers["webhook-id"])
        self.assertEqual(self.states(), ["sent"] * 3)
        self.assertEqual(self.rows().mapped("tries"), [2] * 3)

    def test_crash_before_noting_it_down(self):
        """The answer came, the process died: the lease ends, the same is sent again."""
        with self.other_cursor() as env:
            env["services.bridge.event"]._claim(100)
        self.assertIsNone(self.deliver())
        self.assertFalse(self.receiver.requests, "leased to the dead process")
        self.let_time_pass()
        self.deliver()
        self.assertEqual(self.states(), ["sent"] * 3)

    def test_nobody_sends_while_the_bridge_is_away(self):
        self.receiver.answers.append(refused(503, "stopping"))
        wait = self.deliver()
        self.assertGreater(wait, 0)
        self.assertLessEqual(wait, 2)
        again = self.deliver()
        self.assertGreater(again, 0)
        self.assertEqual(len(self.receiver.requests), 1)
        self.assertIn("about to stop", self.circuit.last_error)
        self.assertIn("about to stop", self.rows()[0].last_error)

    def test_waits_grow_and_end_with_an_answer(self):
        waits = []
        for _ in range(4):
            self.receiver.answers.append(refused(500, "broken"))
            waits.append(self.deliver())
            self.let_time_pass()
        for wait, longest in zip(waits, [2, 4, 8, 16], strict=True):
            self.assertTrue(longest / 2 <= wait <= longest, waits)
        self.assertIsNone(self.deliver())
        self.assertEqual(self.circuit.failures, 0)
        self.assertFalse(self.circuit.retry_at)
        self.assertFalse(self.circuit.last_error)
        self.assertTrue(self.circuit.answered_at)

    def test_retry_after(self):
        self.receiver.answers.append(
            refused(429, "too_many_requests", Retry_After="120")
        )
        self.assertEqual(self.deliver(), 120)
        wait = self.circuit.retry_at - fields.Datetime.now()
        self.assertTrue(115 <= wait.total_seconds() <= 121)

    def test_changed_settings_are_tried_at_once(self):
        self.receiver.answers.append(refused(401, "bad_signature", Retry_After="3600"))
        self.assertEqual(self.deliver(), 3600)
        self.settings.configure({"secret": OTHER_SECRET})
        self.assertIsNone(self.deliver())
        self.assertEqual(self.states(), ["sent"] * 3)

    def test_plain_words(self):
        for status, error, words in (
            (401, "bad_signature", "does not know this secret"),
            (401, "bad_timestamp", "clocks"),
            (409, "wrong_database", "another database"),
            (404, "", "not the way a bridge does"),
            (302, "", "not the way a bridge does"),
        ):
            self.receiver.answers.append(refused(status, error))
            self.assertGreater(self.deliver(), 0)
            self.assertIn(words, self.circuit.last_error)
            self.let_time_pass()
        self.assertEqual(self.states(), ["pending"] * 3)

    def test_a_200_of_somebody_else_is_no_acceptance(self):
        self.receiver.answers.append(lambda _request: (200, "<html>", {}))
        self.assertGreater(self.deliver(), 0)
        self.assertEqual(self.states(), ["pending"] * 3)

    def test_connection_refused(self):
        self.settings.configure({"address": "http://127.0.0.1:9"})
        self.assertGreater(self.deliver(), 0)
        self.assertIn("refused the connection", self.circuit.last_error)

    def test_no_answer(self):
        self.receiver.answers.append("hang")
        with (
            patch.object(Session, "send", _super_send),
            patch.object(post_module, "TIMEOUT_SECONDS", 0.2),
        ):
            self.assertGreater(self.deliver(), 0)
        self.assertIn("did not answer", self.circuit.last_error)
        self.assertEqual(self.states(), ["pending"] * 3)

    def test_too_large_is_sent_in_halves(self):
        def most_two(request):
            if len(request.events) > 2:
                return refused(413, "too_large")(request)
            return accepted(request)

        self.receiver.answers.extend([most_two] * 10)
        self.assertIsNone(self.deliver())
        self.assertEqual(self.states(), ["sent"] * 3)
        self.assertEqual(self.rows().mapped("tries"), [1] * 3, "a split is no try")
        self.assertFalse(self.circuit.retry_at)

    def test_one_bad_row_holds_up_nobody(self):
        bad = self.rows()[1]

        def refuse_bad(request):
            if bad.event_id in [event["id"] for event in request.events]:
                return refused(400, "invalid_body")(request)
            return accepted(request)

        self.receiver.answers.extend([refuse_bad] * 20)
        self.assertIsNone(self.deliver())
        self.assertEqual(self.states(), ["sent", "pending", "sent"])
        self.assertGreater(bad.next_try_at, fields.Datetime.now())
        self.assertIn("same version", bad.last_error)

    def test_bad_row_is_given_up_and_can_be_sent_again(self):
        bad = self.rows()[0]
        (self.rows() - bad)._note_sent((self.rows() - bad).ids)
        self.receiver.answers.extend([refused(400, "invalid_body")] * 10)
        for _ in range(10):
            self.assertEqual(bad.state, "pending")
            self.deliver()
            self.let_time_pass()
        self.assertEqual((bad.state, bad.tries), ("dead", 10))
        self.assertFalse(bad.next_try_at)
        self.deliver()
        self.assertEqual(len(self.receiver.requests), 10, "given up")

        bad.with_user(self.env.ref("base.user_admin")).action_send_again()
        self.assertEqual((bad.state, bad.tries), ("pending", 0))
        self.deliver()
        self.assertEqual(self.rows()[0].state, "sent")

    def test_outages_are_no_refusals(self):
        row = self.rows()[0]
        (self.rows() - row)._note_sent((self.rows() - row).ids)
        for _ in range(9):
            self.receiver.answers.append(refused(400, "invalid_body"))
            self.deliver()
            self.let_time_pass()
            self.receiver.answers.append(refused(503, "stopping"))
            self.deliver()
            self.let_time_pass()
        self.assertEqual((row.state, row.tries, row.refusals), ("pending", 18, 9))
        self.receiver.answers.append(refused(400, "invalid_body"))
        self.deliver()
        self.env.invalidate_all()
        self.assertEqual((row.state, row.refusals), ("dead", 10))

    def test_lost_leases_are_no_refusals(self):
        row = self.rows()[0]
        (self.rows() - row)._note_sent((self.rows() - row).ids)
        for _ in range(10):
            with self.other_cursor() as env:
                self.assertTrue(env["services.bridge.event"]._claim(1))
            self.let_time_pass()
        self.receiver.answers.append(refused(400, "invalid_body"))
        self.deliver()
        self.assertEqual((row.state, row.refusals), ("pending", 1))
        self.assertLess(row.next_try_at, fields.Datetime.now() + timedelta(seconds=10))

    def test_rows_outlive_days_without_the_bridge(self):
        self.env.cr.execute(
            "UPDATE services_bridge_event SET occurred_at = now() - interval '29 days',"
            " tries = 1000"
        )
        self.receiver.answers.append(refused(503, "stopping"))
        self.deliver()
        self.assertEqual(self.states(), ["pending"] * 3)
        self.let_time_pass()
        self.env.cr.execute(
            "UPDATE services_bridge_event SET occurred_at = now() - interval '31 days'"
        )
        self.receiver.answers.append(refused(503, "stopping"))
        self.deliver()
        self.assertEqual(self.states(), ["dead"] * 3)

    def test_redirect_is_not_followed(self):
        self.receiver.answers.append(
            refused(307, "", Location=self.receiver.address + "/elsewhere")
        )
        self.deliver()
        self.assertEqual(len(self.receiver.requests), 1)

    def test_cron_sends(self):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref("services_bridge.cron_deliver").method_direct_trigger()
        self.assertEqual(self.states(), ["sent"] * 3)

    def test_sent_rows_are_removed_after_days(self):
        self.deliver()
        self.settings.configure({"retention_days": 5})
        old, dead, young = self.rows()
        self.env.cr.execute(
            "UPDATE services_bridge_event SET sent_at = now() - interval '6 days'"
            " WHERE id IN %s",
            [(old.id, dead.id)],
        )
        self.env.cr.execute(
            "UPDATE services_bridge_event SET state = 'dead' WHERE id = %s", [dead.id]
        )
        with self.enter_registry_test_mode():
            self.env.ref("services_bridge.cron_clear_away").method_direct_trigger()
        self.assertEqual(self.rows(), dead + young)

    def test_rows_do_not_wait_for_ever(self):
        """Neither what nobody may send, nor what was given up."""
        self.settings.configure({"enabled": False})
        old, older, young = self.rows()
        for row, days in ((old, 31), (older, 91)):
            self.env.cr.execute(
                "UPDATE services_bridge_event"
                " SET occurred_at = now() - %s * interval '1 day' WHERE id = %s",
                [days, row.id],
            )
        with self.enter_registry_test_mode():
            self.env.ref("services_bridge.cron_clear_away").method_direct_trigger()
        self.assertEqual(self.rows(), old + young)
        self.assertEqual((old + young).mapped("state"), ["dead", "pending"])
        self.assertEqual(old.last_error, "Nothing could be sent for 30 days.")
        self.assertFalse(self.receiver.requests)

    def test_secrets_are_in_no_log(self):
        self.receiver.answers.append(refused(401, "bad_signature"))
        with self.assertLogs(level="DEBUG") as log:
            self.deliver()
        text = "\n".join(record.getMessage() for record in log.records)
        self.assertNotIn(SECRET.removeprefix("whsec_"), text)
