from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import BridgeCase
from .services import make_employee, make_product, make_service_order, timesheet_item


@tagged("post_install", "-at_install")
class TestCap(BridgeCase):
    """As a user of the service group alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = make_service_order(cls.env)
        cls.order.action_confirm()
        cls.employee = make_employee(cls.env)

    def book(self, *hours, first=1, order=None):
        """Book hours under numbers from ``first`` on, and return the answers."""
        return self.as_service.upsert(
            "account.analytic.line",
            [
                timesheet_item(number, order or self.order, self.employee, hours=each)
                for number, each in enumerate(hours, first)
            ],
        )

    def results(self, answers):
        return [answer.get("error", answer["result"]) for answer in answers]

    def test_no_cap(self):
        self.assertEqual(self.results(self.book(500, 500)), ["created"] * 2)

    def test_hours_of_one_call_count_together(self):
        self.order.services_bridge_cap_hours = 10
        answers = self.book(4, 5, 2, 1, 0.5)
        self.assertEqual(
            self.results(answers),
            ["created", "created", "conflict", "created", "conflict"],
        )
        self.assertIn("10.00 hours", answers[2]["message"])
        self.assertIn("1.00 are left", answers[2]["message"])
        self.assertIn("takes 2.00", answers[2]["message"])
        self.assertIn("0.00 are left", answers[4]["message"])
        self.assertIn(self.order.name, answers[2]["message"])
        self.assertEqual(self.order.order_line.qty_delivered, 10)

    def test_refused_leaves_nothing_and_is_taken_later(self):
        self.order.services_bridge_cap_hours = 3
        self.book(2)
        self.forget_events()
        [answer] = self.book(2, first=2)
        self.assertEqual(answer["error"], "conflict")
        self.assertFalse(self.events.search([]))
        [known] = self.as_service.lookup(
            "account.analytic.line", ["harvest:timesheet:2"]
        )
        self.assertFalse(known["id"])
        self.order.services_bridge_cap_hours = 4
        [answer] = self.book(2, first=2)
        self.assertEqual(answer["result"], "created")

    def test_changed_hours(self):
        self.order.services_bridge_cap_hours = 10
        self.book(6, 3)
        answers = self.book(8, 3)
        self.assertEqual(self.results(answers), ["conflict", "unchanged"])
        self.assertIn("1.00 are left", answers[0]["message"])
        self.assertEqual(self.results(self.book(7, 3)), ["updated", "unchanged"])
        # room that one makes is there for the next ones
        self.assertEqual(self.results(self.book(2, 8)), ["updated", "updated"])

    def test_already_above_the_cap(self):
        self.book(6, 6)
        self.order.services_bridge_cap_hours = 10
        self.assertEqual(self.results(self.book(1, first=3)), ["conflict"])
        self.assertEqual(self.results(self.book(5)), ["updated"])
        [removed] = self.as_service.remove(
            "account.analytic.line", ["harvest:timesheet:1"]
        )
        self.assertEqual(removed["result"], "removed")

    def test_words_only(self):
        self.book(6, 6)
        self.order.services_bridge_cap_hours = 10
        [answer] = self.as_service.upsert(
            "account.analytic.line",
            [timesheet_item(1, self.order, self.employee, hours=6, name="Words")],
        )
        self.assertEqual(answer["result"], "updated")

    def test_value_at_the_price_after_discount(self):
        self.order.order_line.discount = 25
        self.order.services_bridge_cap_amount = 300
        answers = self.book(3, 1.01, 1)
        self.assertEqual(self.results(answers), ["created", "conflict", "created"])
        self.assertIn("300", answers[1]["message"])
        self.assertIn("75.75", answers[1]["message"])
        self.assertIn("75.00", answers[1]["message"])

    def test_moved_to_another_contract(self):
        other = make_service_order(self.env)
        other.action_confirm()
        other.services_bridge_cap_hours = 1
        self.order.services_bridge_cap_hours = 2
        self.book(2)
        [moved] = self.book(2, order=other)
        self.assertEqual(moved["error"], "conflict")
        self.assertIn(other.name, moved["message"])
        other.services_bridge_cap_hours = 2
        [moved] = self.book(2, order=other)
        self.assertEqual(moved["result"], "updated")
        self.assertEqual(self.results(self.book(2, first=2)), ["created"])

    def test_bad_item_among_those_that_fit(self):
        self.order.services_bridge_cap_hours = 10
        answers = self.as_service.upsert(
            "account.analytic.line",
            [
                timesheet_item(1, self.order, self.employee, hours=6),
                timesheet_item(
                    2, self.order, self.employee, employee_id=self.gone().id
                ),
                timesheet_item(3, self.order, self.employee, hours=6),
                timesheet_item(4, self.order, self.employee, hours=4),
            ],
        )
        self.assertEqual(
            self.results(answers), ["created", "invalid", "conflict", "created"]
        )

    def gone(self):
        employee = make_employee(self.env, "Gone")
        employee.active = False
        return employee

    def test_days_and_hours(self):
        order = make_service_order(
            self.env,
            product={
                "uom_id": self.env.ref("uom.product_uom_day").id,
                "list_price": 800,
            },
        )
        order.action_confirm()
        order.services_bridge_cap_amount = 1000
        self.assertEqual(
            self.results(self.book(8, 3, 2, order=order)),
            ["created", "conflict", "created"],
        )

    def test_fixed_price_is_not_billed_by_hours(self):
        unit = self.env.ref("uom.product_uom_unit")
        order = make_service_order(
            self.env,
            product={
                "uom_id": unit.id,
                "list_price": 9000,
                "service_policy": "ordered_prepaid",
            },
        )
        order.action_confirm()
        order.services_bridge_cap_hours = 1
        order.services_bridge_cap_amount = 1
        self.assertEqual(self.results(self.book(50, order=order)), ["created"])

    def test_retainer_is_used_up_by_hours(self):
        order = make_service_order(
            self.env, product={"service_policy": "ordered_prepaid"}
        )
        order.action_confirm()
        order.services_bridge_cap_hours = 10
        self.assertEqual(
            self.results(self.book(6, 6, order=order)), ["created", "conflict"]
        )

    def test_several_lines_of_one_order(self):
        dearer = make_product(
            self.env, name="Senior", list_price=200, service_tracking="no"
        )
        self.order.order_line = [
            Command.create({"product_id": dearer.id, "product_uom_qty": 1})
        ]
        senior = make_employee(self.env, "Senior")
        project = self.order.project_ids[:1]
        project.sale_line_employee_ids = [
            Command.create(
                {
                    "employee_id": senior.id,
                    "sale_line_id": self.order.order_line[-1:].id,
                }
            )
        ]
        self.order.services_bridge_cap_amount = 500
        task = self.order.tasks_ids.filtered(
            lambda task: task.sale_line_id == self.order.order_line[:1]
        )
        values = {"project_id": task.project_id.id, "task_id": task.id}
        answers = self.as_service.upsert(
            "account.analytic.line",
            [
                timesheet_item(n, self.order, employee, hours=hours, **values)
                for n, (employee, hours) in enumerate(
                    ((senior, 2), (self.employee, 2), (senior, 0.5)), 1
                )
            ],
        )
        self.assertEqual(self.results(answers), ["created", "conflict", "created"])
        lines = self.env["account.analytic.line"].search(
            [("order_id", "=", self.order.id)]
        )
        value = sum(line.so_line.price_unit * line.unit_amount for line in lines)
        self.assertEqual(value, 500)

    def test_people_set_it_on_the_order(self):
        form = Form(self.order)
        form.services_bridge_cap_amount = 1000
        form.services_bridge_cap_hours = 12.5
        form.save()
        self.assertEqual(self.order.services_bridge_cap_hours, 12.5)
        event = self.event_of(self.order)
        self.assertIn("services_bridge_cap_hours", event[1])
        self.assertIn("services_bridge_cap_amount", event[1])
        self.assertIn(
            "services_bridge_cap_amount",
            self.as_service.describe()["watched"]["sale.order"],
        )

    def test_customers_do_not_see_it(self):
        self.order.services_bridge_cap_hours = 10
        customer = new_test_user(self.env, "customer", groups="base.group_portal")
        self.order.partner_id = customer.partner_id
        theirs = self.order.with_user(customer)
        self.assertEqual(theirs.read(["name"])[0]["name"], self.order.name)
        for field in ("services_bridge_cap_hours", "services_bridge_cap_amount"):
            self.assertFalse(theirs.fields_get([field]))
            with self.assertRaises(AccessError):
                theirs.read([field])

    @mute_logger("odoo.sql_db")
    def test_not_below_zero(self):
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.order.services_bridge_cap_hours = -1
            self.env.flush_all()

    def test_queries_do_not_grow_with_items(self):
        self.order.services_bridge_cap_hours = 1000
        lines = self.env["account.analytic.line"].browse(
            [answer["id"] for answer in self.book(*[1] * 40)]
        )
        counts = []
        for many in (2, 40):
            written = {str(line.id): line for line in lines[:many]}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(lines._services_bridge_excess(written, {}), {})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
