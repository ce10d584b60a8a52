from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import BridgeCase
from .services import make_service_order


@tagged("post_install", "-at_install")
class TestOutboxView(BridgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "manager", groups="services_bridge.group_manager"
        )

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Ada"})
        self.forget_events()

    def row_of(self, record):
        return super().row_of(record).with_user(self.manager)

    def row_of_a_model_that_is_gone(self):
        self.partner.email = "a@example.com"
        row = self.row_of(self.partner)
        self.env.cr.execute(
            "UPDATE services_bridge_event SET model = 'x_gone' WHERE id = %s", [row.id]
        )
        self.events.invalidate_model()
        return row

    def shown(self, row):
        """Return model and id as lists and forms show them, which ask for names."""
        names = {"fields": {"display_name": {}}}
        [values] = row.web_read({"model": names, "res_id": names, "record_name": {}})
        return values["model"], values["res_id"], values["record_name"]

    def test_row_names_its_record(self):
        self.partner.email = "a@example.com"
        self.assertEqual(
            self.shown(self.row_of(self.partner)),
            ("res.partner", self.partner.id, "Ada"),
        )

    def test_row_of_a_record_that_one_may_not_see_has_its_id(self):
        order = make_service_order(self.env)
        self.assertEqual(
            self.shown(self.row_of(order)), ("sale.order", order.id, str(order.id))
        )

    def test_row_of_a_deleted_record_says_which(self):
        self.partner.unlink()
        self.assertEqual(
            self.shown(self.row_of(self.partner)),
            ("res.partner", self.partner.id, str(self.partner.id)),
        )

    def test_row_of_a_model_that_is_gone_can_be_read(self):
        row = self.row_of_a_model_that_is_gone()
        self.assertEqual(
            self.shown(row), ("x_gone", self.partner.id, str(self.partner.id))
        )

    def test_ids_are_not_added_up(self):
        self.partner.email = "a@example.com"
        self.env.cr.flush()
        self.assertNotIn("aggregator", self.events.fields_get(["res_id"])["res_id"])

    def test_open(self):
        self.partner.email = "a@example.com"
        action = self.row_of(self.partner).action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.partner.id)
        )

    def assertOpensNot(self, row, words):
        with self.assertRaises(UserError) as raised:
            row.action_open_record()
        self.assertIs(type(raised.exception), UserError)
        self.assertIn(words, str(raised.exception))

    def test_open_what_was_deleted(self):
        self.partner.unlink()
        row = self.row_of(self.partner)
        self.assertOpensNot(row, f"There is no Contact with the id {self.partner.id}")

    def test_open_what_has_no_model(self):
        self.assertOpensNot(self.row_of_a_model_that_is_gone(), "no model x_gone")

    def test_open_what_one_may_not_see(self):
        order = make_service_order(self.env)
        self.assertOpensNot(self.row_of(order), f"may not see the {order._description}")

    def test_open_what_moved_to_another_company(self):
        self.partner.email = "a@example.com"
        row = self.row_of(self.partner)
        other = self.env["res.company"].create({"name": "Other"})
        # past Odoo, as the row of this transaction would move with it
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s",
            [other.id, self.partner.id],
        )
        self.env.invalidate_all()
        self.assertOpensNot(row, "may not see the Contact")
