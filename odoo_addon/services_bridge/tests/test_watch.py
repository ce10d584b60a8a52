from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import BridgeCase


@tagged("post_install", "-at_install")
class TestWatch(BridgeCase):
    def model(self, name):
        return self.env["ir.model"]._get(name)

    def field(self, model, name):
        return self.env["ir.model.fields"]._get(model, name)

    def test_shipped_models(self):
        watched = self.env["services.bridge.watch"]._watched_by_model()
        self.assertEqual(
            set(watched),
            {
                "account.analytic.line",
                "account.move",
                "account.payment",
                "crm.lead",
                "hr.employee",
                "hr.expense",
                "hr.version",
                "project.milestone",
                "project.project",
                "project.sale.line.employee.map",
                "project.task",
                "res.partner",
                "sale.order",
                "sale.order.line",
            },
        )
        for model, name in (
            ("account.move", "payment_state"),
            ("account.move", "amount_residual"),
            ("crm.lead", "won_status"),
            ("sale.order", "invoice_status"),
            ("sale.order.line", "qty_delivered"),
            ("project.milestone", "is_reached"),
        ):
            self.assertIn(name, watched[model].fields)
        self.assertEqual(watched["sale.order"].relations, {"order_line"})

    def test_change_counts_at_once(self):
        watch = self.env["services.bridge.watch"].create(
            {
                "model_id": self.model("res.partner.category").id,
                "field_ids": self.field("res.partner.category", "name").ids,
            }
        )
        category = self.env["res.partner.category"].create({"name": "Gold"})
        self.assertEqual(self.event_of(category)[0], "create")
        self.forget_events()
        watch.active = False
        category.name = "Silver"
        self.assertFalse(self.event_of(category))
        watch.active = True
        category.name = "Bronze"
        self.assertEqual(self.event_of(category), ("write", {"name"}))
        self.forget_events()
        watch.unlink()
        category.name = "Lead"
        self.assertFalse(self.event_of(category))

    def test_model_without_fields_announces_create_and_unlink(self):
        self.env["services.bridge.watch"].create(
            {"model_id": self.model("res.partner.category").id}
        )
        category = self.env["res.partner.category"].create({"name": "Gold"})
        self.assertEqual(self.event_of(category), ("create", set()))
        self.forget_events()
        category.name = "Silver"
        self.assertFalse(self.event_of(category))
        category.unlink()
        self.assertEqual(self.event_of(category), ("unlink", set()))

    def test_what_cannot_be_watched(self):
        for values, words in (
            ({"model_id": self.model("res.config.settings").id}, "not kept in a table"),
            ({"model_id": self.model("mail.thread").id}, "not kept in a table"),
            ({"model_id": self.model("services.bridge.event").id}, "bridge itself"),
            (
                {
                    "model_id": self.model("res.country").id,
                    "field_ids": self.field("res.partner", "name").ids,
                },
                "no field of",
            ),
            (
                {
                    "model_id": self.model("res.country").id,
                    "field_ids": self.field("res.country", "image_url").ids,
                },
                "cannot be watched",
            ),
        ):
            with self.assertRaises(ValidationError) as raised:
                self.env["services.bridge.watch"].create(values)
            self.assertIn(words, str(raised.exception))

    def test_what_can_never_be_written(self):
        for name in (
            "account.move",
            "account.move.line",
            "account.payment",
            "account.payment.term",
            "account.tax",
            "mail.alias",
            "res.currency",
            "res.currency.rate",
            "res.partner.bank",
            "res.users",
            "ir.rule",
            "services.bridge.secret",
        ):
            with self.assertRaises(ValidationError) as raised:
                self.env["services.bridge.writable"].create(
                    {"model_id": self.model(name).id}
                )
            self.assertIn("never be written", str(raised.exception))

    def test_fields_that_write_other_models(self):
        for model, field, words in (
            ("res.partner", "user_ids", "another model"),
            ("res.partner", "bank_ids", "another model"),
            ("res.partner", "child_ids", "another model"),
            ("project.task", "user_ids", "never be written"),
            ("sale.order.line", "tax_ids", "never be written"),
        ):
            writables = self.env["services.bridge.writable"].with_context(
                active_test=False
            )
            writables.search([("model", "=", model)]).unlink()
            with self.assertRaises(ValidationError) as raised:
                writables.create(
                    {
                        "model_id": self.model(model).id,
                        "field_ids": self.field(model, field).ids,
                    }
                )
            self.assertIn(words, str(raised.exception))

    def test_field_that_is_gone_is_left_out(self):
        partner = self.env["res.partner"]
        watched = self.env["services.bridge.watch"]._watched(
            partner, ["name", "of_another_edition"]
        )
        self.assertEqual(watched.fields, {"name"})
