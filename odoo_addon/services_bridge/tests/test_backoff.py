from odoo.tests import BaseCase, tagged

from ..delivery.backoff import asked_seconds, backoff_seconds


@tagged("post_install", "-at_install")
class TestBackoff(BaseCase):
    def test_doubles_up_to_ten_minutes(self):
        longest = [backoff_seconds(failures, lambda: 1) for failures in range(1, 12)]
        self.assertEqual(longest, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600])
        self.assertEqual(backoff_seconds(10_000, lambda: 1), 600)

    def test_jitter_takes_away_up_to_a_half(self):
        self.assertEqual(backoff_seconds(3, lambda: 0), 4)

    def test_retry_after_in_seconds_or_as_date(self):
        self.assertEqual(asked_seconds("7"), 7)
        self.assertEqual(
            asked_seconds("Sat, 31 Jan 2026 09:15:30 GMT", now=lambda: 1769850900), 30
        )

    def test_retry_after_makes_no_sense(self):
        self.assertIsNone(asked_seconds(None))
        self.assertIsNone(asked_seconds("soon"))
        self.assertIsNone(asked_seconds("nan"))
        self.assertEqual(asked_seconds("-5"), 0)
        self.assertEqual(asked_seconds("999999999"), 3600)
