from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import BridgeCase


@tagged("post_install", "-at_install")
class TestCustomFields(BridgeCase):
    """Fields that an administrator adds, and opens to the bridge without any code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segment = cls.add_field(
            "x_test_segment",
            ttype="selection",
            selection_ids=[
                Command.create({"value": "gold", "name": "Gold", "sequence": 1}),
                Command.create({"value": "silver", "name": "Silver", "sequence": 2}),
            ],
        )
        cls.score = cls.add_field("x_test_score", ttype="float")
        cls.watch = cls.env.ref("services_bridge.watch_partner")
        cls.writable = cls.env.ref("services_bridge.writable_partner")
        cls.writable.active = True
        cls.service_user.group_ids += cls.env.ref("base.group_partner_manager")
        cls.partner = cls.env["res.partner"].create({"name": "Ada"})

    def setUp(self):
        # the models are as in the database again once a test is rolled back
        self.addCleanup(lambda: self.registry._setup_models__(self.env.cr))
        super().setUp()

    @classmethod
    def add_field(cls, name, model="res.partner", **values):
        return cls.env["ir.model.fields"].create(
            {
                "name": name,
                "field_description": name,
                "model_id": cls.env["ir.model"]._get_id(model),
                "state": "manual",
                **values,
            }
        )

    def open_fields(self):
        fields = self.segment + self.score
        self.watch.field_ids += fields
        self.writable.field_ids += fields
        self.forget_events()

    def upsert(self, **values):
        [answer] = self.as_service.upsert(
            "res.partner",
            [{"reference": "crm:company:1", "id": self.partner.id, "values": values}],
        )
        return answer

    def test_closed_until_an_administrator_opens_them(self):
        self.partner.x_test_segment = "gold"
        self.assertFalse(self.event_of(self.partner))
        answer = self.upsert(x_test_segment="silver")
        self.assertEqual((answer["result"], answer["error"]), ("error", "denied"))
        described = self.as_service.describe()
        for opened in ("watched", "writable"):
            self.assertNotIn("x_test_segment", described[opened]["res.partner"])

    def test_change_is_announced(self):
        self.open_fields()
        self.partner.x_test_segment = "gold"
        self.assertEqual(self.event_of(self.partner), ("write", {"x_test_segment"}))
        self.partner.x_test_score = 1.5
        self.assertEqual(
            self.event_of(self.partner), ("write", {"x_test_segment", "x_test_score"})
        )

    def test_computed_custom_field_is_announced(self):
        doubled = self.add_field(
            "x_test_doubled",
            ttype="float",
            store=True,
            depends="x_test_score",
            compute="for r in self: r['x_test_doubled'] = 2 * r.x_test_score",
        )
        self.watch.field_ids += doubled
        self.forget_events()
        self.partner.x_test_score = 4
        self.assertEqual(self.event_of(self.partner), ("write", {"x_test_doubled"}))

    def test_written_by_the_bridge(self):
        self.open_fields()
        answer = self.upsert(x_test_segment="gold", x_test_score="12.50")
        self.assertEqual(answer["result"], "adopted")
        self.assertEqual(self.partner.x_test_segment, "gold")
        self.assertEqual(self.partner.x_test_score, 12.5)
        self.assertEqual(self.row_of(self.partner).origin, "bridge")
        answer = self.upsert(x_test_segment="gold", x_test_score="12.5")
        self.assertEqual(answer["result"], "unchanged")
        self.upsert(x_test_segment=False)
        self.assertFalse(self.partner.x_test_segment)

    def test_value_that_is_none(self):
        self.open_fields()
        for values in ({"x_test_segment": "bronze"}, {"x_test_score": "much"}):
            answer = self.upsert(name="Grace", **values)
            self.assertEqual((answer["result"], answer["error"]), ("error", "invalid"))
        self.assertEqual(self.partner.name, "Ada")

    def test_described(self):
        self.open_fields()
        described = self.as_service.describe()
        for opened in ("watched", "writable"):
            names = described[opened]["res.partner"]
            self.assertLessEqual({"name", "x_test_segment", "x_test_score"}, set(names))
            self.assertEqual(names, sorted(names))

    def test_writable_is_described_only_as_far_as_it_is_open(self):
        limit = self.env["ir.model.fields"]._get("res.partner", "credit_limit")
        self.writable.field_ids += limit + self.segment
        described = self.as_service.describe()["writable"]
        self.assertIn("x_test_segment", described["res.partner"])
        self.assertNotIn("credit_limit", described["res.partner"], "of another group")
        answer = self.upsert(credit_limit="1")
        self.assertEqual((answer["result"], answer["error"]), ("error", "denied"))
        self.writable.active = False
        self.assertNotIn("res.partner", self.as_service.describe()["writable"])

    def test_renamed(self):
        self.open_fields()
        self.segment.name = "x_test_class"
        self.partner.x_test_class = "gold"
        self.assertEqual(self.event_of(self.partner), ("write", {"x_test_class"}))
        self.assertEqual(self.upsert(x_test_class="silver")["result"], "adopted")

    def test_deleted(self):
        self.open_fields()
        self.partner.write({"x_test_segment": "gold", "x_test_score": 1})
        self.env.cr.flush()
        self.segment.unlink()
        self.assertNotIn("x_test_segment", self.env["res.partner"]._fields)
        described = self.as_service.describe()
        for opened in ("watched", "writable"):
            self.assertNotIn("x_test_segment", described[opened]["res.partner"])
            self.assertIn("x_test_score", described[opened]["res.partner"])
        self.forget_events()
        self.partner.x_test_score = 2
        self.assertEqual(self.event_of(self.partner), ("write", {"x_test_score"}))
        self.assertEqual(self.upsert(x_test_score="3")["result"], "adopted")
        answer = self.upsert(x_test_segment="gold")
        self.assertEqual((answer["result"], answer["error"]), ("error", "invalid"))

    def test_field_of_another_model_s_record(self):
        """Writing a related field would write a record that nobody opened."""
        country_code = self.add_field(
            "x_test_country_code",
            ttype="char",
            related="country_id.code",
            readonly=False,
        )
        with self.assertRaises(ValidationError) as raised:
            self.writable.field_ids += country_code
        self.assertIn("another record", str(raised.exception))
