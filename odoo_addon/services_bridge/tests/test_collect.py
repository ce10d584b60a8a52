import base64
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..outbox import insert
from .common import BridgeCase
from .services import make_employee, make_service_order


@tagged("post_install", "-at_install")
class TestCollect(BridgeCase):
    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Ada"})
        self.forget_events()

    def test_create_and_write_is_one_create(self):
        partner = self.env["res.partner"].create({"name": "Grace", "comment": "x"})
        partner.email = "grace@example.com"
        operation, names = self.event_of(partner)
        self.assertEqual(operation, "create")
        self.assertLessEqual({"name", "email"}, names)
        self.assertNotIn("comment", names, "a field that is not watched")

    def test_coalesced_over_several_flushes(self):
        partner = self.env["res.partner"].create({"name": "Grace"})
        self.env.cr.flush()
        event_id = self.row_of(partner).event_id
        partner.email = "grace@example.com"
        self.env.cr.flush()
        partner.phone = "1"
        operation, names = self.event_of(partner)
        self.assertEqual(operation, "create")
        self.assertLessEqual({"name", "email", "phone"}, names)
        self.assertEqual(self.row_of(partner).event_id, event_id)

    def test_writes_are_one_write(self):
        self.partner.email = "a@example.com"
        self.env.cr.flush()
        self.partner.write({"city": "Paris", "comment": "not watched"})
        self.assertEqual(self.event_of(self.partner), ("write", {"email", "city"}))

    def test_write_of_the_same_value_is_nothing(self):
        self.assertEqual(self.partner.name, "Ada")
        self.partner.write({"name": "Ada"})
        self.assertFalse(self.event_of(self.partner))

    def test_write_of_unwatched_fields_is_nothing(self):
        self.partner.comment = "x"
        self.assertFalse(self.event_of(self.partner))

    def test_create_and_unlink_is_nothing(self):
        at_once = self.env["res.partner"].create({"name": "Grace"})
        at_once.unlink()
        self.assertFalse(self.event_of(at_once))
        over_flushes = self.env["res.partner"].create({"name": "Grace"})
        self.env.cr.flush()
        over_flushes.unlink()
        self.assertFalse(self.event_of(over_flushes))

    def test_write_and_unlink_is_unlink(self):
        self.partner.email = "a@example.com"
        self.env.cr.flush()
        self.partner.unlink()
        self.assertEqual(self.event_of(self.partner), ("unlink", set()))

    def test_unlink_keeps_the_company(self):
        self.partner.company_id = self.env.company
        self.forget_events()
        partner = self.partner
        partner.unlink()
        self.assertEqual(self.row_of(partner).company_id, self.env.company)

    def test_row(self):
        self.partner.with_user(self.env.ref("base.user_admin")).write(
            {"company_id": self.env.company.id}
        )
        row = self.row_of(self.partner)
        [(transaction_id,)] = self.env.execute_query(SQL("SELECT txid_current()"))
        self.assertEqual(row.transaction_id, transaction_id)
        self.assertEqual(row.company_id, self.env.company)
        self.assertEqual(row.state, "pending")
        self.assertFalse(row.origin)
        self.assertEqual(row.tries, 0)

    def test_user_of_create(self):
        admin = self.env.ref("base.user_admin")
        partner = self.env["res.partner"].with_user(admin).create({"name": "Grace"})
        self.assertEqual(self.row_of(partner).user_id, admin)

    def test_many2many_is_seen_by_name(self):
        category = self.env["res.partner.category"].create({"name": "Gold"})
        self.partner.write({"category_id": [Command.link(category.id)]})
        self.assertEqual(self.event_of(self.partner), ("write", {"category_id"}))

    def test_one2many_is_seen_by_name(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        self.forget_events()
        product = self.env["product.product"].create({"name": "Hour"})
        order.write({"order_line": [Command.create({"product_id": product.id})]})
        operation, names = self.event_of(order)
        self.assertEqual(operation, "write")
        self.assertLessEqual({"order_line", "amount_total"}, names | {"amount_total"})
        self.assertFalse(self.event_of(order.order_line), "told with its order")

    def test_stored_computed_field_never_written(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_line_ids": [
                    Command.create({"name": "Hour", "price_unit": 100, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        self.forget_events()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 100}).action_create_payments()
        operation, names = self.event_of(invoice)
        self.assertEqual(operation, "write")
        self.assertLessEqual({"payment_state", "amount_residual"}, names)

    def test_hundreds_of_records_by_one_statement(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Partner {number}"} for number in range(300)]
        )
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env.cr.precommit.run()
        self.assertEqual(len(self.events_of(partners)), 300)

    def test_a_usual_change_costs_one_statement(self):
        """Of records with a company and without, of several models."""
        order = make_service_order(self.env)
        order.action_confirm()
        line = self.env["account.analytic.line"].create(
            {
                "name": "Design",
                "project_id": order.project_ids.id,
                "task_id": order.tasks_ids[:1].id,
                "employee_id": make_employee(self.env).id,
                "unit_amount": 2,
            }
        )
        milestone = self.env["project.milestone"].create(
            {"name": "Approved", "project_id": order.project_ids.id}
        )
        self.forget_events()
        self.env.invalidate_all()
        line.unit_amount = 3
        line.task_id.name = "Design and review"
        milestone.name = "Accepted"
        self.partner.email = "a@example.com"
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env.cr.precommit.run()
        self.assertEqual(self.row_of(line).company_id, line.company_id)
        for record in (line.task_id, order, milestone, self.partner):
            self.assertEqual(self.event_of(record)[0], "write", record)

    def test_what_the_cache_does_not_hold_is_looked_up(self):
        self.partner.company_id = self.env.company
        self.forget_events()
        gone = self.env["res.partner"].create({"name": "Grace"})
        self.env.cr.flush()
        self.partner.email = "a@example.com"
        gone.email = "g@example.com"
        self.env.flush_all()
        # past Odoo, as a cascade in the database does it
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [gone.id])
        self.env.invalidate_all(flush=False)
        with self.assertQueryCount(4):
            self.env.cr.precommit.run()
        self.assertEqual(self.event_of(self.partner), ("write", {"email"}))
        self.assertEqual(self.row_of(self.partner).company_id, self.env.company)
        self.assertFalse(self.event_of(gone), "created and deleted in one transaction")

    def test_deleted_company_does_not_hide_the_row(self):
        company = self.env["res.company"].create({"name": "Gone"})
        self.partner.company_id = company
        self.env.cr.flush()
        self.partner.company_id = False
        row = self.row_of(self.partner)
        self.env.cr.execute(
            "UPDATE services_bridge_event SET company_id = -1 WHERE id = %s", [row.id]
        )
        self.events.invalidate_model()
        self.assertFalse(row.company_id)
        manager = new_test_user(
            self.env, "manager", groups="services_bridge.group_manager"
        )
        self.assertIn(row, self.events.with_user(manager).search([]))
        self.assertEqual(dict(self.events._claim(100))[row.id]["company_id"], -1)

    def test_some_new_and_some_of_an_earlier_flush(self):
        """One flush that writes rows, merges into one and takes one back."""
        kept, gone = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        self.env.cr.flush()
        kept.email = "a@example.com"
        gone.unlink()
        self.partner.phone = "1"
        made = self.env["res.partner"].create({"name": "C"})
        events = self.events_of(kept + gone + self.partner + made)
        self.assertEqual(
            {record_id: operation for record_id, (operation, _) in events.items()},
            {kept.id: "create", self.partner.id: "write", made.id: "create"},
        )
        self.assertLessEqual({"name", "email"}, events[kept.id][1])
        self.assertEqual(events[self.partner.id][1], {"phone"})

    def test_more_rows_than_one_statement_takes(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Partner {number}"} for number in range(7)]
        )
        with patch.object(insert, "_ROWS_PER_STATEMENT", 3):
            self.assertEqual(len(self.events_of(partners)), 7)

    def test_unwatched_model_adds_no_query(self):
        category = self.env["res.partner.category"].create({"name": "Gold"})
        self.env.cr.flush()
        with self.assertQueryCount(1):
            category.name = "Silver"
            self.env.cr.flush()

    def test_field_with_an_attachment(self):
        watch = self.env.ref("services_bridge.watch_partner")
        watch.field_ids += self.env["ir.model.fields"]._get("res.partner", "image_1920")
        self.forget_events()
        self.partner.image_1920 = base64.b64encode(
            b"<svg xmlns='http://www.w3.org/2000/svg'/>"
        )
        self.assertEqual(self.event_of(self.partner), ("write", {"image_1920"}))

    def test_nothing_while_switched_off(self):
        self.settings.configure({"enabled": False})
        self.partner.name = "Grace"
        self.assertFalse(self.event_of(self.partner))
        self.settings.configure({"enabled": True})
        self.partner.name = "Ada"
        self.assertTrue(self.event_of(self.partner))

    def test_deleted_user_does_not_break_the_row(self):
        user = self.env["res.users"].create({"name": "Gone", "login": "gone"})
        self.env.cr.flush()
        self.partner.with_user(user).sudo().write({"category_id": [Command.clear()]})
        user_id = user.id
        user.unlink()
        row = self.row_of(self.partner)
        self.assertEqual(row.operation, "write")
        claimed = dict(self.events._claim(100))
        self.assertEqual(claimed[row.id]["user_id"], user_id, "a row tells what was")
        self.assertFalse(row.user_id)
        self.assertNotIn(row, self.events.search([("user_id", "!=", False)]))
        [shown] = row.web_read({"user_id": {"fields": {"display_name": {}}}})
        self.assertFalse(shown["user_id"])
