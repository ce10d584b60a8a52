from odoo.fields import Command
from odoo.tests import tagged

from .common import BridgeCase
from .services import make_employee, make_service_order

# What the bridge reads beside the watched fields, to say them in its own words.
_READ = {
    "account.analytic.account": ("name", "code"),
    "account.fiscal.position": ("name",),
    "account.move": ("invoice_line_ids", "fiscal_position_id", "reversed_entry_id"),
    "account.move.line": ("sale_line_ids", "quantity", "price_subtotal"),
    "account.payment": (
        "invoice_ids",
        "is_reconciled",
        "payment_method_line_id",
        "memo",
    ),
    "account.payment.term": ("name",),
    "crm.stage": ("name", "is_won"),
    "hr.employee": ("name", "work_email", "parent_id"),
    # of the same people, what every colleague sees
    "hr.employee.public": ("department_id", "job_title", "resource_calendar_id"),
    "hr.expense": ("sale_order_id", "sale_order_line_id", "account_move_id", "tax_ids"),
    "product.product": (
        "default_code",
        "can_be_expensed",
        "service_policy",
        "service_type",
        "invoice_policy",
        "uom_id",
    ),
    "project.milestone": ("is_reached", "quantity_percentage", "sale_line_id"),
    "project.project": ("sale_order_id", "sale_line_id", "last_update_status"),
    "project.sale.line.employee.map": ("employee_id", "sale_line_id", "price_unit"),
    "sale.order": (
        "invoice_ids",
        "invoice_status",
        "opportunity_id",
        "fiscal_position_id",
        "payment_term_id",
        "services_bridge_cap_hours",
        "services_bridge_cap_amount",
    ),
    "sale.order.line": (
        "qty_delivered",
        "qty_invoiced",
        "qty_to_invoice",
        "untaxed_amount_invoiced",
        "untaxed_amount_to_invoice",
        "price_unit",
        "product_id",
        "product_uom_id",
        "remaining_hours",
    ),
    "uom.uom": ("name", "factor"),
}


@tagged("post_install", "-at_install")
class TestReading(BridgeCase):
    """As a user of the service group alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = make_service_order(cls.env)
        cls.order.action_confirm()
        cls.project = cls.order.project_ids
        cls.employee = make_employee(cls.env)
        cls.project.write(
            {
                "milestone_ids": [Command.create({"name": "Accepted"})],
                "sale_line_employee_ids": [
                    Command.create(
                        {
                            "employee_id": cls.employee.id,
                            "sale_line_id": cls.order.order_line.id,
                        }
                    )
                ],
            }
        )
        cls.order.order_line.qty_delivered = 2
        invoice = cls.order._create_invoices()
        invoice.action_post()
        cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 50}).action_create_payments()
        cls.env["hr.expense"].create(
            {"name": "Taxi", "employee_id": cls.employee.id, "total_amount": 10}
        )

    def test_what_the_processes_need(self):
        # what was computed for somebody else is in the cache for everybody
        self.env.invalidate_all()
        for name, fields in _READ.items():
            model = self.env[name].with_user(self.service_user)
            closed = [
                field
                for field in fields
                if not model._has_field_access(model._fields[field], "read")
            ]
            self.assertEqual(closed, [], name)
            records = model.search([], limit=5)
            if name not in ("account.analytic.account", "account.fiscal.position"):
                self.assertTrue(records, name)
            for row in records.read(fields):
                self.assertLessEqual(set(fields), set(row), name)

    def test_invoices_of_a_payment(self):
        payment = self.env["account.payment"].search(
            [("partner_id", "=", self.order.partner_id.id)]
        )
        self.env.invalidate_all()
        [row] = payment.with_user(self.service_user).read(["invoice_ids"])
        self.assertEqual(row["invoice_ids"], self.order.invoice_ids.ids)

    def test_rate_of_an_employee_is_announced(self):
        self.assertEqual(
            self.event_of(self.project.sale_line_employee_ids), None, "nothing yet"
        )
        self.order.order_line.price_unit = 120
        rate = self.project.sale_line_employee_ids
        self.assertEqual(self.event_of(rate), ("write", {"price_unit"}))
        self.forget_events()
        rate.unlink()
        self.assertEqual(self.event_of(rate)[0], "unlink")
