from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import BridgeCase
from .services import make_employee, make_service_order


@tagged("post_install", "-at_install")
class TestRights(BridgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = make_service_order(cls.env)
        cls.order.action_confirm()
        cls.employee = make_employee(cls.env)
        cls.person = new_test_user(cls.env, "person", groups="base.group_user")
        cls.manager = new_test_user(
            cls.env, "manager", groups="services_bridge.group_manager"
        )

    def test_service_user_reads_what_is_watched(self):
        described = self.as_service.describe()
        self.assertEqual(described["missing_rights"], [])
        for name, names in described["watched"].items():
            records = self.env[name].with_user(self.service_user).search([], limit=5)
            records.read(names)

    def test_few_watched_fields_are_closed_to_the_service_user(self):
        watched = self.env["services.bridge.watch"]._configured()
        closed = {
            f"{name}.{field}"
            for name, names in self.as_service.describe()["watched"].items()
            for field in watched[name].fields.difference(names)
        }
        # a feature that is switched off at first
        self.assertEqual(closed, {"project.project.stage_id"})

    def test_service_user_reads_others_records(self):
        project = self.order.project_ids.with_user(self.service_user)
        project.sudo().privacy_visibility = "followers"
        self.assertTrue(project.read(["name"]))
        self.assertTrue(project.tasks.read(["name"]))
        expense = self.env["hr.expense"].create(
            {"name": "Taxi", "employee_id": self.employee.id, "total_amount": 10}
        )
        self.assertTrue(expense.with_user(self.service_user).read(["name", "state"]))

    def test_service_user_cannot_do_what_it_need_not(self):
        env = self.env(user=self.service_user)
        vendor_bill = self.env["account.move"].create({"move_type": "in_invoice"})
        with self.assertRaises(AccessError):
            vendor_bill.with_env(env).read(["name"])
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.order.partner_id.id}
        )
        invoice.with_env(env).read(["name", "payment_state"])
        for records, operation in (
            (invoice, "write"),
            (invoice, "unlink"),
            (self.order, "write"),
            (self.order, "create"),
            (self.order.partner_id, "unlink"),
            (self.order.opportunity_id, "unlink"),
            (self.order.project_ids, "write"),
            (self.order.tasks_ids, "write"),
            (self.employee, "write"),
            (self.env["services.bridge.event"], "read"),
            (self.env["services.bridge.watch"], "read"),
            (self.env["services.bridge.reference"], "write"),
            (self.env["services.bridge.secret"], "read"),
            (self.env["ir.config_parameter"], "read"),
            (self.env["res.users"], "create"),
        ):
            self.assertFalse(
                records.with_env(env).has_access(operation),
                f"{operation} of {records._name}",
            )
        other_cost = self.env["account.analytic.line"].create(
            {"name": "No timesheet", "amount": -5}
        )
        with self.assertRaises(AccessError):
            other_cost.with_env(env).read(["name"])

    def test_facade_is_for_the_service_group_only(self):
        for user in (self.person, self.manager, self.env.ref("base.user_admin")):
            facade = self.facade.with_user(user)
            for method, arguments in (
                ("describe", ()),
                ("upsert", ("res.partner", [{}])),
                ("lookup", ("res.partner", ["x"])),
                ("hidden", ("res.partner", [1])),
                ("remove", ("res.partner", ["x"])),
                ("confirm_order", (self.order.id,)),
                ("make_draft_invoice", ([self.order.id],)),
                ("read_outbox", ()),
            ):
                with self.assertRaises(AccessError):
                    getattr(facade, method)(*arguments)

    def test_people_see_nothing_of_it(self):
        env = self.env(user=self.person)
        for name in ("event", "watch", "writable", "reference", "secret", "circuit"):
            self.assertFalse(env[f"services.bridge.{name}"].has_access("read"), name)

    def test_manager_steers_but_reads_no_secret(self):
        env = self.env(user=self.manager)
        self.env["res.partner"].create({"name": "Ada"})
        self.env.cr.flush()
        rows = env["services.bridge.event"].search([])
        self.assertTrue(rows)
        rows.action_send_again()
        with self.assertRaises(AccessError):
            rows.write({"state": "sent"})
        self.env.ref("services_bridge.watch_partner").with_env(env).active = False
        self.assertFalse(env["services.bridge.secret"].has_access("read"))

    def test_nobody_reads_a_secret(self):
        admin = self.env.ref("base.user_admin")
        secret = self.env["services.bridge.secret"].with_user(admin).search([])
        self.assertTrue(secret.hint)
        with self.assertRaises(AccessError):
            secret.read(["value"])
        self.assertNotIn("value", secret.read()[0])
        with self.assertRaises(AccessError):
            secret.search([("value", "like", "whsec_%")])

    def test_events_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        mine, theirs, nobodys = self.env["res.partner"].create(
            [
                {"name": "Mine", "company_id": self.env.company.id},
                {"name": "Theirs", "company_id": other.id},
                {"name": "Nobody's"},
            ]
        )
        self.env.cr.flush()
        self.assertEqual(self.row_of(theirs).company_id, other)
        seen = (
            self.events.with_user(self.manager)
            .search([("model", "=", "res.partner")])
            .mapped("res_id")
        )
        self.assertIn(mine.id, seen)
        self.assertIn(nobodys.id, seen)
        self.assertNotIn(theirs.id, seen)
        with self.assertRaises(AccessError):
            self.row_of(theirs).with_user(self.manager).action_send_again()
        # as if another transaction had written them: one's own are not read
        self.env.cr.execute("UPDATE services_bridge_event SET transaction_id = 3")
        given = {event["res_id"] for event in self.as_service.read_outbox()["events"]}
        self.assertLessEqual({mine.id, nobodys.id}, given)
        self.assertNotIn(theirs.id, given)

    def test_no_context_opens_an_archived_row(self):
        project = self.order.project_ids[:1]
        items = [
            {
                "reference": "harvest:task:1",
                "values": {"name": "Smuggled", "project_id": project.id},
            }
        ]
        facade = self.as_service.with_context(active_test=False)
        with self.assertRaises(AccessError):
            facade.upsert("project.task", items)
        self.assertEqual(facade.describe()["missing_rights"], [])

    def test_no_context_writes_other_fields(self):
        self.env.ref("services_bridge.writable_partner").active = True
        self.service_user.group_ids += self.env.ref("base.group_partner_manager")
        items = [{"reference": "crm:company:1", "values": {"name": "Ada"}}]
        [answer] = self.as_service.with_context(
            default_credit_limit=5, default_function="Smuggled", lang="en_US"
        ).upsert("res.partner", items)
        partner = self.env["res.partner"].browse(answer["id"])
        self.assertEqual(partner.name, "Ada")
        self.assertFalse(partner.function)

    def test_no_context_changes_how_an_order_is_invoiced(self):
        self.service_user.group_ids += self.env.ref(
            "services_bridge.group_service_billing"
        )
        order = make_service_order(self.env)
        self.as_service.with_context(default_name="Smuggled").confirm_order(order.id)
        self.assertTrue(order.project_ids)
        self.assertNotIn("Smuggled", order.project_ids.mapped("name"))

    def test_describe(self):
        described = self.as_service.describe()
        self.assertEqual(described["protocol"], 1)
        self.assertEqual(described["odoo"], "19.0")
        self.assertEqual(described["user"]["login"], "bridge")
        self.assertIs(described["enabled"], True)
        self.assertIs(described["neutralized"], False)
        self.assertIn("payment_state", described["watched"]["account.move"])

    def test_describe_names_missing_rights(self):
        self.env.ref("services_bridge.writable_milestone").active = True
        self.assertEqual(
            self.as_service.describe()["missing_rights"],
            [
                {"model": "project.milestone", "operation": "create"},
                {"model": "project.milestone", "operation": "write"},
            ],
        )
