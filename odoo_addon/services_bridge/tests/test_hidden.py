from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import BridgeCase
from .services import make_employee, make_service_order


@tagged("post_install", "-at_install")
class TestHidden(BridgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        cls.seen, cls.theirs, cls.gone = cls.env["res.partner"].create(
            [
                {"name": "Seen"},
                {"name": "Theirs", "company_id": cls.other_company.id},
                {"name": "Gone"},
            ]
        )
        cls.ids = (cls.seen + cls.theirs + cls.gone).ids
        cls.gone.unlink()

    def hidden(self, records):
        return self.as_service.hidden(records._name, records.ids)

    def test_only_what_is_there_and_may_not_be_read(self):
        self.assertEqual(
            self.as_service.hidden("res.partner", self.ids + self.ids),
            self.theirs.ids,
        )
        self.service_user.company_ids += self.other_company
        self.assertEqual(self.as_service.hidden("res.partner", self.ids), [])

    def test_archived_is_not_hidden(self):
        self.seen.active = False
        self.assertEqual(self.hidden(self.seen), [])

    def test_rule_of_an_administrator_hides(self):
        self.env["ir.rule"].create(
            {
                "name": "Not for the bridge",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.seen.id})]",
            }
        )
        self.assertEqual(self.hidden(self.seen), self.seen.ids)

    def test_what_is_no_business_of_the_bridge_is_not_hidden(self):
        order = make_service_order(self.env)
        order.action_confirm()
        line = self.env["account.analytic.line"].create(
            {
                "name": "Design",
                "project_id": order.project_ids.id,
                "employee_id": make_employee(self.env).id,
                "unit_amount": 2,
            }
        )
        self.assertEqual(self.hidden(line), [])
        account = order.project_ids.account_id
        cost, private = (
            self.env["account.analytic.line"].create(
                {"name": "No timesheet", "amount": -5, "account_id": account.id}
            ),
            self.env["project.task"].create({"name": "Private", "project_id": False}),
        )
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1})],
            }
        )
        for record in (cost, private, bill):
            self.assertFalse(record.with_user(self.service_user).has_access("read"))
            self.assertEqual(self.hidden(record), [])

    def test_only_of_models_that_the_caller_may_read(self):
        secret = self.env["services.bridge.secret"].search([], limit=1)
        self.assertTrue(secret)
        for model in ("services.bridge.secret", "ir.config_parameter", "no.model", 5):
            with self.assertRaises(AccessError):
                self.as_service.hidden(model, secret.ids)
        with self.assertRaises(AccessError):
            self.as_service.hidden("services.bridge.facade", [1])

    def test_payments_to_vendors(self):
        payments = self.env["account.payment"].create(
            [
                {"partner_type": partner_type, "partner_id": self.seen.id, "amount": 5}
                for partner_type in ("customer", "supplier")
            ]
        )
        self.assertEqual(self.hidden(payments), [])
        readable = payments.with_user(self.service_user)._filtered_access("read")
        self.assertEqual(readable, payments[0])

    def test_arguments(self):
        for ids in ([], "1", ["1"], [True], list(range(1, 502))):
            with self.assertRaises(UserError):
                self.as_service.hidden("res.partner", ids)
