from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import BridgeCase
from .services import make_employee, make_service_order


@tagged("post_install", "-at_install")
class TestOwner(BridgeCase):
    """What belongs to another record is announced as a change of that one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = make_service_order(cls.env)
        cls.line = cls.order.order_line

    def models_told(self):
        self.env.cr.flush()
        self.events.invalidate_model()
        return set(self.events.search([]).mapped("model"))

    def test_changed_line_is_a_changed_order(self):
        self.line.qty_delivered = 3
        self.assertEqual(self.event_of(self.order), ("write", {"order_line"}))
        self.assertNotIn("sale.order.line", self.models_told())
        self.assertEqual(self.row_of(self.order).company_id, self.order.company_id)

    def test_new_and_deleted_line(self):
        line = self.line.copy({"order_id": self.order.id})
        self.assertIn("order_line", self.event_of(self.order)[1])
        self.forget_events()
        line.unlink()
        operation, fields = self.event_of(self.order)
        self.assertEqual(operation, "write")
        self.assertIn("order_line", fields)

    def test_order_that_is_new_or_gone_itself(self):
        order = make_service_order(self.env)
        self.env.cr.flush()
        order.order_line.name = "Later in the same transaction"
        self.assertEqual(self.event_of(order)[0], "create")
        self.order.unlink()
        self.assertEqual(self.event_of(self.order)[0], "unlink")

    def test_rolled_back_line(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.line.qty_delivered = 3
            raise ZeroDivisionError
        self.assertFalse(self.event_of(self.order))

    def test_nobody_watches_the_order(self):
        self.env.ref("services_bridge.watch_order").active = False
        self.line.qty_delivered = 3
        self.assertEqual(self.models_told() & {"sale.order", "sale.order.line"}, set())

    def test_fields_that_nobody_watches(self):
        self.line.customer_lead = 5
        self.assertFalse(self.event_of(self.order))

    def test_contract_of_an_employee(self):
        employee = make_employee(self.env)
        self.assertEqual(self.event_of(employee)[0], "create")
        self.forget_events()
        employee.contract_date_start = "2026-01-01"
        operation, fields = self.event_of(employee)
        self.assertEqual(operation, "write")
        self.assertIn("version_ids", fields)
        self.assertNotIn("hr.version", self.models_told())
        self.forget_events()
        employee.departure_date = "2026-06-30"
        self.assertEqual(self.event_of(employee)[0], "write")
        self.forget_events()
        employee.wage = 5000
        self.assertFalse(self.event_of(employee), "wages are nobody's business")

    def test_reading_needs_no_right_on_the_part(self):
        described = self.as_service.describe()
        self.assertEqual(described["missing_rights"], [])
        self.assertNotIn("hr.version", described["watched"])
        self.assertFalse(
            self.env["hr.version"].with_user(self.service_user).has_access("read")
        )

    def test_only_a_link_of_the_model_itself(self):
        watch = self.env.ref("services_bridge.watch_order_line")
        fields = self.env["ir.model.fields"]
        for model, name in (
            ("sale.order.line", "name"),
            ("sale.order", "partner_id"),
            ("sale.order.line", "product_template_id"),
        ):
            with self.assertRaises(ValidationError):
                watch.owner_field_id = fields._get(model, name)
