from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CommittingCase
from .services import make_employee, make_product, make_service_order, timesheet_item


@tagged("post_install", "-at_install")
class TestCallsAtTheSameTime(CommittingCase):
    """Two calls on connections that commit: each deed is done once."""

    def setUp(self):
        super().setUp()
        self.user_id = self.make_user(
            "racing_bridge", "services_bridge.group_service_billing"
        )
        self.addCleanup(self.delete_all)
        with self.committing() as env:
            order = make_service_order(env)
            order.action_confirm()
            self.product_id = make_product(env, default_code="RACE").id
            self.order_id = order.id
            self.employee_id = make_employee(env).id
            self.opportunity_id = (
                env["crm.lead"]
                .create(
                    {
                        "name": "Platform",
                        "type": "opportunity",
                        "partner_id": order.partner_id.id,
                    }
                )
                .id
            )

    def delete_all(self):
        with self.committing() as env:
            order = env["sale.order"].browse(self.order_id)
            opportunity = env["crm.lead"].browse(self.opportunity_id)
            orders = order | opportunity.order_ids
            projects = order.project_ids
            env["account.analytic.line"].search(
                [("project_id", "in", projects.ids)]
            ).with_context(force_delete=True).write({"timesheet_invoice_id": False})
            orders.invoice_ids.unlink()
            env["account.analytic.line"].search(
                [("project_id", "in", projects.ids)]
            ).unlink()
            projects.with_context(active_test=False).tasks.unlink()
            projects.unlink()
            orders._action_cancel()
            products = orders.order_line.product_id
            products |= products.browse(self.product_id)
            customer = order.partner_id
            orders.unlink()
            opportunity.unlink()
            products.product_tmpl_id.unlink()
            env["hr.employee"].browse(self.employee_id).unlink()
            customer.unlink()

    def book(self, number, hours):
        def work(facade):
            order = facade.env["sale.order"].browse(self.order_id)
            employee = facade.env["hr.employee"].browse(self.employee_id)
            return facade.upsert(
                "account.analytic.line",
                [timesheet_item(number, order, employee, hours=hours)],
            )

        return work

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_one_quotation(self):
        def work(facade):
            return facade.make_quotation(
                [
                    {
                        "reference": "race:quote",
                        "opportunity_id": self.opportunity_id,
                        "name": "Platform",
                        "product": "RACE",
                        "amount": "1000",
                    }
                ]
            )

        [one], [two] = self.race(self.user_id, work, work)
        self.assertEqual(one["result"], "created", one)
        self.assertEqual(two["result"], "unchanged", two)
        self.assertEqual(one["id"], two["id"])
        with self.committing() as env:
            opportunity = env["crm.lead"].browse(self.opportunity_id)
            self.assertEqual(opportunity.order_ids.ids, [one["id"]])

    def bill(self, reference):
        return lambda facade: facade.make_draft_invoices(
            [{"reference": reference, "order_id": self.order_id}]
        )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_one_invoice_for_one_reference(self):
        self.call(self.user_id, self.book(1, 2))
        work = self.bill("race:bill")
        [one], [two] = self.race(self.user_id, work, work)
        self.assertEqual((one["result"], two["result"]), ("created", "unchanged"))
        self.assertEqual(one["id"], two["id"])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_hours_are_billed_once_under_two_references(self):
        self.call(self.user_id, self.book(1, 2))
        [one], [two] = self.race(
            self.user_id, self.bill("race:one"), self.bill("race:two")
        )
        self.assertEqual((one["result"], two["result"]), ("created", "nothing"))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_a_cap_holds_for_both(self):
        with self.committing() as env:
            env["sale.order"].browse(self.order_id).services_bridge_cap_hours = 10
        [one], [two] = self.race(self.user_id, self.book(1, 6), self.book(2, 6))
        self.assertEqual(one["result"], "created")
        self.assertEqual(two["error"], "conflict", two)
        self.assertIn("4.00 are left", two["message"])
