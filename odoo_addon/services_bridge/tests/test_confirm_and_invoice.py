from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import new_test_user, tagged

from .common import BridgeCase
from .services import make_employee, make_service_order, timesheet_item


@tagged("post_install", "-at_install")
class TestConfirmAndInvoice(BridgeCase):
    """As a user of the two service groups alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = make_service_order(cls.env)
        cls.employee = make_employee(cls.env)
        user = new_test_user(
            cls.env, "billing", groups="services_bridge.group_service_billing"
        )
        cls.as_billing = cls.facade.with_user(user)

    def book(self, number, **values):
        [answer] = self.as_billing.upsert(
            "account.analytic.line",
            [timesheet_item(number, self.order, self.employee, **values)],
        )
        self.assertEqual(answer["result"], "created", answer)
        return self.env["account.analytic.line"].browse(answer["id"])

    def test_confirm_makes_project_and_task_once(self):
        answer = self.as_billing.confirm_order(self.order.id)
        self.assertEqual(answer["id"], self.order.id)
        self.assertEqual(answer["state"], "sale")
        self.assertEqual(answer["project_ids"], self.order.project_ids.ids)
        self.assertEqual(answer["task_ids"], self.order.tasks_ids.ids)
        self.assertTrue(answer["project_ids"] and answer["task_ids"])
        self.assertEqual(self.as_billing.confirm_order(self.order.id), answer)
        self.assertEqual(self.row_of(self.order).origin, "bridge")

    def test_confirm_what_cannot_be(self):
        self.order._action_cancel()
        with self.assertRaises(UserError):
            self.as_billing.confirm_order(self.order.id)
        with self.assertRaises(MissingError):
            self.as_billing.confirm_order(999_999_999)

    def test_invoice_up_to_a_day(self):
        self.as_billing.confirm_order(self.order.id)
        self.book(1, hours=2, day="2026-01-31")
        self.book(2, hours=3, day="2026-02-01")
        self.assertEqual(
            self.as_billing.make_draft_invoice([self.order.id], "2026-01-30"),
            {"invoice_ids": [], "nothing_to_invoice": True},
        )
        self.assertEqual(self.order.order_line.qty_to_invoice, 5, "nothing is left")

        january = self.as_billing.make_draft_invoice([self.order.id], "2026-01-31")
        invoice = self.env["account.move"].browse(january["invoice_ids"])
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(invoice.invoice_line_ids.mapped("quantity"), [2])
        self.assertEqual(invoice.amount_untaxed, 200)

        rest = self.as_billing.make_draft_invoice([self.order.id])
        invoice = self.env["account.move"].browse(rest["invoice_ids"])
        self.assertEqual(invoice.invoice_line_ids.mapped("quantity"), [3])
        self.assertTrue(
            self.as_billing.make_draft_invoice([self.order.id])["nothing_to_invoice"]
        )

    def test_orders_without_anything_among_others(self):
        idle = make_service_order(self.env)
        idle.action_confirm()
        self.as_billing.confirm_order(self.order.id)
        self.book(1, hours=2)
        answer = self.as_billing.make_draft_invoice([idle.id, self.order.id])
        self.assertEqual(len(answer["invoice_ids"]), 1)
        self.assertFalse(answer["nothing_to_invoice"])

    def test_bad_day(self):
        with self.assertRaises(UserError):
            self.as_billing.make_draft_invoice([self.order.id], "31.01.2026")

    def test_not_with_the_first_service_group_alone(self):
        with self.assertRaises(AccessError):
            self.as_service.confirm_order(self.order.id)
        self.order.action_confirm()
        with self.assertRaises(AccessError):
            self.as_service.make_draft_invoice([self.order.id])
