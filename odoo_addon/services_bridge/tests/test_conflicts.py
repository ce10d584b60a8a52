from datetime import date

from odoo.tests import tagged

from .common import BridgeCase
from .services import make_employee, make_service_order, timesheet_item


@tagged("post_install", "-at_install")
class TestTimesheetConflicts(BridgeCase):
    """As a user of the service group alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = make_service_order(cls.env)
        cls.order.action_confirm()
        cls.project = cls.order.project_ids
        cls.employee = make_employee(cls.env)

    def item(self, number=1, **values):
        return timesheet_item(number, self.order, self.employee, **values)

    def upsert(self, *items):
        return self.as_service.upsert("account.analytic.line", list(items))

    def remove(self, number=1):
        return self.as_service.remove(
            "account.analytic.line", [f"harvest:timesheet:{number}"]
        )

    def assertConflict(self, answer, *words):
        self.assertEqual(answer.get("error"), "conflict", answer)
        for word in words:
            self.assertIn(word, answer["message"])

    def test_closed_period_for_new_changed_and_removed(self):
        self.upsert(self.item(1, day="2026-01-31"), self.item(2, day="2026-02-01"))
        self.env.company.fiscalyear_lock_date = "2026-01-31"
        answers = self.upsert(
            self.item(1, day="2026-01-31", hours=3),
            self.item(2, day="2026-01-31"),
            self.item(3, day="2026-01-15"),
            self.item(4, day="2026-02-01"),
        )
        for answer in answers[:3]:
            self.assertConflict(answer, "closed period", self.env.company.name)
        self.assertEqual(answers[3]["result"], "created")
        [moved] = self.upsert(self.item(1, day="2026-02-02"))
        self.assertConflict(moved, "01/31/2026")
        [removed] = self.remove(1)
        self.assertConflict(removed, "closed period")
        [unchanged] = self.upsert(self.item(1, day="2026-01-31"))
        self.assertEqual(unchanged["result"], "unchanged")
        [described] = self.upsert(self.item(1, day="2026-01-31", name="Words"))
        self.assertEqual(described["result"], "updated")
        [removed] = self.remove(2)
        self.assertEqual(removed["result"], "removed")
        self.assertEqual(self.order.order_line.qty_delivered, 4)

    def test_lock_dates_that_count(self):
        for name, counts in (
            ("fiscalyear_lock_date", True),
            ("sale_lock_date", True),
            ("purchase_lock_date", False),
            ("tax_lock_date", False),
        ):
            self.env.company[name] = "2026-01-31"
            [answer] = self.upsert(self.item(1, day="2026-01-31"))
            if counts:
                self.assertConflict(answer, "closed period")
            else:
                self.assertIn(answer["result"], ("created", "unchanged"))
            self.env.company[name] = False

    def test_exception_for_the_user(self):
        self.env.company.fiscalyear_lock_date = "2026-01-31"
        self.env["account.lock_exception"].create(
            {
                "company_id": self.env.company.id,
                "user_id": self.service_user.id,
                "fiscalyear_lock_date": False,
                "end_datetime": False,
            }
        )
        self.env.invalidate_all()
        [answer] = self.upsert(self.item(1, day="2026-01-31"))
        self.assertEqual(answer["result"], "created", answer)

    def test_project_that_is_not_open(self):
        self.upsert(self.item(1))
        other = make_service_order(self.env)
        other.action_confirm()
        for change, words in (
            ({"last_update_status": "on_hold"}, "on hold"),
            ({"allow_timesheets": False}, "no timesheets"),
            ({"active": False}, "archived"),
        ):
            before = {name: self.project[name] for name in change}
            self.project.write(change)
            new, changed, words_only, elsewhere = self.upsert(
                self.item(2),
                self.item(1, hours=5),
                self.item(
                    3, task_id=other.tasks_ids.id, project_id=other.project_ids.id
                ),
                timesheet_item(4, other, self.employee),
            )
            self.assertConflict(new, words, self.project.name)
            self.assertConflict(changed, words)
            self.assertIn(words_only["result"], ("created", "unchanged"))
            self.assertIn(elsewhere["result"], ("created", "unchanged"))
            # the status cannot be written back like a value
            if "last_update_status" in before:
                before["last_update_status"] = "on_track"
            self.project.write(before)
        [answer] = self.upsert(self.item(2))
        self.assertEqual(answer["result"], "created", answer)

    def test_leaving_a_closed_project(self):
        self.upsert(self.item(1), self.item(2))
        self.project.active = False
        other = make_service_order(self.env)
        other.action_confirm()
        [moved] = self.upsert(timesheet_item(1, other, self.employee))
        self.assertEqual(moved["result"], "updated", moved)
        [removed] = self.remove(2)
        self.assertEqual(removed["result"], "removed")

    def test_removing_tells_nothing_of_what_is_hidden(self):
        [answer] = self.upsert(self.item(1))
        other = self.env["res.company"].create({"name": "Other"})
        self.env.cr.execute(
            "UPDATE account_analytic_line SET company_id = %s WHERE id = %s",
            [other.id, answer["id"]],
        )
        self.env.invalidate_all()
        self.env.company.fiscalyear_lock_date = "2026-01-31"
        [removed] = self.remove(1)
        self.assertEqual(removed["error"], "denied")

    def test_queries_do_not_grow_with_items(self):
        """What is looked at before anything is written."""
        lines = self.env["account.analytic.line"].browse(
            [answer["id"] for answer in self.upsert(*map(self.item, range(40)))]
        )
        target = lines.browse().with_user(self.service_user)
        self.env.company.fiscalyear_lock_date = date(2026, 1, 1)
        counts = []
        for many in (2, 40):
            changes = [
                target_change(target, line, {"unit_amount": 5}) for line in lines[:many]
            ] + [
                target_change(target, None, self.item(1000 + number)["values"])
                for number in range(many)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(target._services_bridge_refusals(changes), {})
            target._services_bridge_remembered(changes)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


def target_change(target, line, values):
    from ..facade.change import Change

    record = target.browse(line.id) if line else target
    return Change(f"test:{line and line.id}:{id(values)}", record, values)
