from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..facade.errors import ItemError
from .common import BridgeCase, CommittingCase


@tagged("post_install", "-at_install")
class TestUpsert(BridgeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.writable = cls.env.ref("services_bridge.writable_partner")
        cls.writable.active = True
        cls.writable.allow_remove = True
        cls.service_user.group_ids += cls.env.ref("base.group_partner_manager")

    def upsert(self, *items):
        return self.as_service.upsert("res.partner", list(items))

    def item(self, number, **values):
        values.setdefault("name", f"Partner {number}")
        return {"reference": f"crm:company:{number}", "values": values}

    def test_created_then_unchanged_then_updated(self):
        [created] = self.upsert(self.item(1, email="a@example.com"))
        self.assertEqual(created["result"], "created")
        self.assertEqual(created["reference"], "crm:company:1")
        partner = self.env["res.partner"].browse(created["id"])
        self.assertEqual((partner.name, partner.email), ("Partner 1", "a@example.com"))
        self.assertEqual(partner.create_uid, self.service_user)

        self.forget_events()
        [again] = self.upsert(self.item(1, email="a@example.com"))
        self.assertEqual(again, {**created, "result": "unchanged"})
        self.assertFalse(self.event_of(partner))

        [changed] = self.upsert(self.item(1, email="b@example.com"))
        self.assertEqual(changed, {**created, "result": "updated"})
        self.assertEqual(self.event_of(partner), ("write", {"email"}))

    def test_events_carry_the_origin(self):
        mine = self.env["res.partner"].create({"name": "Before"})
        mine.name = "Written by a person, not flushed yet"
        [answer] = self.upsert(self.item(1))
        after = self.env["res.partner"].create({"name": "After"})
        partner = self.env["res.partner"].browse(answer["id"])
        self.assertEqual(self.row_of(partner).origin, "bridge")
        self.assertFalse(self.row_of(mine).origin)
        self.assertFalse(self.row_of(after).origin)

    def test_origin_of_a_record_that_a_person_changes_too(self):
        [answer] = self.upsert(self.item(1))
        self.env["res.partner"].browse(answer["id"]).email = "a@example.com"
        row = self.row_of(self.env["res.partner"].browse(answer["id"]))
        self.assertFalse(row.origin, "no echo alone, so it must be looked at")

    def test_many_by_one_create(self):
        answers = self.upsert(*(self.item(number) for number in range(200)))
        self.assertEqual({answer["result"] for answer in answers}, {"created"})
        self.assertEqual(
            [answer["reference"] for answer in answers],
            [f"crm:company:{number}" for number in range(200)],
        )
        self.assertEqual(len({answer["id"] for answer in answers}), 200)

    def test_bad_items_leave_nothing_and_touch_nobody(self):
        before = self.env["res.partner"].search_count([])
        answers = self.upsert(
            self.item(1),
            self.item(2, country_id=999_999_999),
            self.item(3, lang="xx_XX"),
            self.item(4, nonsense="x"),
            self.item(5, credit_limit=5),
            {"reference": "", "values": {}},
            {"reference": "crm:company:1", "values": {"name": "Twice"}},
            "no item",
            self.item(6, name=False),
            self.item(7),
            {**self.item(8), "id": 999_999_999},
        )
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            [
                "created",
                "missing",
                "invalid",
                "invalid",
                "denied",
                "invalid",
                "invalid",
                "invalid",
                "invalid",
                "created",
                "missing",
            ],
        )
        self.assertEqual(self.env["res.partner"].search_count([]), before + 2)
        for answer in answers:
            if answer["result"] == "error":
                self.assertIs(answer["id"], False)
                self.assertTrue(answer["message"])
                self.assertNotIn("Traceback", answer["message"])
        self.assertIn("999999999", answers[1]["message"])
        self.assertIn("nonsense", answers[3]["message"])
        self.assertIn("Writable Models", answers[4]["message"])
        lookup = self.as_service.lookup(
            "res.partner", [f"crm:company:{number}" for number in (1, 2, 3, 7)]
        )
        self.assertEqual(
            [bool(entry["id"]) for entry in lookup], [True, False, False, True]
        )
        [mended] = self.upsert(self.item(2))
        self.assertEqual(mended["result"], "created")

    def test_odoos_own_words(self):
        parent = self.env["res.partner"].create({"name": "Parent"})
        child = self.env["res.partner"].create(
            {"name": "Child", "parent_id": parent.id}
        )
        self.upsert({**self.item(1), "id": parent.id})
        [answer] = self.upsert(self.item(1, parent_id=child.id))
        self.assertEqual(answer["error"], "invalid")
        self.assertIn("recursive", answer["message"].lower())
        self.assertFalse(parent.parent_id)

    def test_adopted(self):
        partner = self.env["res.partner"].create({"name": "Here already"})
        [answer] = self.upsert({**self.item(1), "id": partner.id})
        self.assertEqual(answer["result"], "adopted")
        self.assertEqual(answer["id"], partner.id)
        self.assertEqual(partner.name, "Partner 1")
        [answer] = self.upsert({**self.item(1), "id": partner.id})
        self.assertEqual(answer["result"], "unchanged")
        other = self.env["res.partner"].create({"name": "Other"})
        [answer] = self.upsert({**self.item(1), "id": other.id})
        self.assertEqual(answer["error"], "conflict")

    def test_one_record_has_one_reference(self):
        partner = self.env["res.partner"].create({"name": "Here already"})
        self.upsert({**self.item(1), "id": partner.id})
        [second, third] = self.upsert({**self.item(2), "id": partner.id}, self.item(3))
        self.assertEqual(second["error"], "conflict")
        self.assertIn("crm:company:1", second["message"])
        self.assertEqual(third["result"], "created")
        self.assertEqual(partner.name, "Partner 1")

    def test_one_record_adopted_twice_in_one_call(self):
        partner = self.env["res.partner"].create({"name": "Here already"})
        [first, second] = self.upsert(
            {**self.item(1), "id": partner.id}, {**self.item(2), "id": partner.id}
        )
        self.assertEqual(first["result"], "adopted")
        self.assertEqual(second["error"], "conflict")
        self.assertEqual(partner.name, "Partner 1")

    def test_database_refuses_a_second_reference(self):
        partner = self.env["res.partner"].create({"name": "Here already"})
        rows = self.env["services.bridge.reference"]
        rows._reserve(partner, {"a", "b"})
        rows._point(partner, {"a": partner.id}, adopted=True)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(ItemError) as raised,
            self.env.cr.savepoint(),
        ):
            rows._point(partner, {"b": partner.id}, adopted=True)
        self.assertEqual(raised.exception.kind, "conflict")

    def test_remove_of_an_adopted_record_forgets_its_reference(self):
        partner = self.env["res.partner"].create({"name": "Here already"})
        self.upsert({**self.item(1), "id": partner.id})
        removed = self.as_service.remove("res.partner", ["crm:company:1"])
        self.assertEqual(
            removed, [{"reference": "crm:company:1", "id": False, "result": "removed"}]
        )
        self.assertTrue(partner.exists())
        self.assertEqual(
            self.as_service.lookup("res.partner", ["crm:company:1"])[0]["id"], False
        )
        [again] = self.as_service.remove("res.partner", ["crm:company:1"])
        self.assertEqual(again["result"], "absent")

    def test_record_made_anew_after_an_adopted_one_is_the_bridges(self):
        partner = self.env["res.partner"].create({"name": "Here already"})
        self.upsert({**self.item(1), "id": partner.id})
        partner.unlink()
        [created] = self.upsert(self.item(1))
        self.assertEqual(created["result"], "created")
        self.as_service.remove("res.partner", ["crm:company:1"])
        self.assertFalse(self.env["res.partner"].browse(created["id"]).exists())

    def test_record_that_is_gone_is_made_again(self):
        [first] = self.upsert(self.item(1))
        self.env["res.partner"].browse(first["id"]).unlink()
        self.assertEqual(
            self.as_service.lookup("res.partner", ["crm:company:1"]),
            [{"reference": "crm:company:1", "id": False}],
        )
        [second] = self.upsert(self.item(1))
        self.assertEqual(second["result"], "created")
        self.assertNotEqual(second["id"], first["id"])

    def test_remove(self):
        [answer] = self.upsert(self.item(1))
        removed = self.as_service.remove("res.partner", ["crm:company:1", "never"])
        self.assertEqual(
            removed,
            [
                {"reference": "crm:company:1", "id": False, "result": "removed"},
                {"reference": "never", "id": False, "result": "absent"},
            ],
        )
        self.assertFalse(self.env["res.partner"].browse(answer["id"]).exists())
        [again] = self.as_service.remove("res.partner", ["crm:company:1"])
        self.assertEqual(again["result"], "absent")

    def test_remove_that_odoo_refuses(self):
        [used, free] = self.upsert(self.item(1), self.item(2))
        new_test_user(self.env, "person", partner_id=used["id"])
        answers = self.as_service.remove(
            "res.partner", ["crm:company:1", "crm:company:2"]
        )
        self.assertEqual([a["result"] for a in answers], ["error", "removed"])
        self.assertTrue(self.env["res.partner"].browse(used["id"]).exists())
        self.assertFalse(self.env["res.partner"].browse(free["id"]).exists())
        self.writable.allow_remove = False
        with self.assertRaises(UserError):
            self.as_service.remove("res.partner", ["crm:company:1"])

    def test_many2many_is_only_linked(self):
        self.writable.field_ids += self.env["ir.model.fields"]._get(
            "res.partner", "category_id"
        )
        gold, silver = self.env["res.partner.category"].create(
            [{"name": "Gold"}, {"name": "Silver"}]
        )
        [answer] = self.upsert(self.item(1, category_id=[gold.id]))
        partner = self.env["res.partner"].browse(answer["id"])
        self.assertEqual(partner.category_id, gold)
        for value, expected in (
            ([[4, silver.id]], gold + silver),
            ([[3, gold.id, 0]], silver),
            ([[6, 0, [gold.id]]], gold),
            ([[5]], gold.browse()),
            ([gold.id, silver.id], gold + silver),
            (None, gold.browse()),
        ):
            [answer] = self.upsert(self.item(1, category_id=value))
            self.assertEqual(answer["result"], "updated", value)
            self.assertEqual(partner.category_id, expected)
        before = self.env["res.partner.category"].search([])
        for value, error in (
            ([[0, 0, {"name": "Made"}]], "denied"),
            ([[1, gold.id, {"name": "Changed"}]], "denied"),
            ([[2, gold.id]], "denied"),
            ([[4, gold.id], [2, gold.id]], "denied"),
            ([{"name": "Made"}], "denied"),
            ([[6, 0, [[0, 0, {"name": "Made"}]]]], "invalid"),
            ([[4, gold.id], silver.id], "invalid"),
            ([["4", gold.id]], "invalid"),
            ([[4]], "invalid"),
            (["Gold"], "invalid"),
            ("Gold", "invalid"),
            ([999_999_999], "missing"),
        ):
            [answer] = self.upsert(self.item(1, category_id=value))
            self.assertEqual(answer.get("error"), error, value)
        self.assertEqual(self.env["res.partner.category"].search([]), before)
        self.assertEqual(gold.name, "Gold")

    def test_one2many_is_never_written(self):
        # a row from before such fields were refused
        field = self.env["ir.model.fields"]._get("res.partner", "child_ids")
        with patch.object(type(self.writable), "_refusal_of_field", return_value=""):
            self.writable.field_ids += field
        other = self.env["res.partner"].create({"name": "Somebody else's"})
        [answer] = self.upsert(self.item(1, child_ids=[[4, other.id]]))
        self.assertEqual(answer["error"], "denied")
        self.assertFalse(other.parent_id)

    def test_values_of_the_protocol(self):
        self.env.ref("services_bridge.writable_task").active = True
        self.service_user.group_ids += self.env.ref("project.group_project_user")
        project = self.env["project.project"].create({"name": "Project"})
        [answer] = self.as_service.upsert(
            "project.task",
            [
                {
                    "reference": "psa:task:1",
                    "values": {
                        "name": "Task",
                        "project_id": project.id,
                        "allocated_hours": "12.50",
                        "date_deadline": "2026-01-31T09:15:02.000Z",
                        "description": None,
                    },
                }
            ],
        )
        task = self.env["project.task"].browse(answer["id"])
        self.assertEqual(task.allocated_hours, 12.5)
        self.assertEqual(str(task.date_deadline), "2026-01-31 09:15:02")

    def test_arguments(self):
        with self.assertRaises(UserError):
            self.as_service.upsert("res.partner", [])
        with self.assertRaises(UserError):
            self.upsert(*(self.item(number) for number in range(501)))
        with self.assertRaises(UserError):
            self.as_service.upsert("res.partner", [self.item(1)], {"mode": "x"})
        with self.assertRaises(AccessError):
            self.as_service.upsert("account.move", [self.item(1)])
        with self.assertRaises(AccessError):
            self.as_service.lookup("no.model", ["x"])

    def test_rights_are_the_callers(self):
        self.service_user.group_ids -= self.env.ref("base.group_partner_manager")
        self.env.ref("services_bridge.partner_service").perm_create = False
        answers = self.upsert(self.item(1), self.item(2))
        self.assertEqual([answer["error"] for answer in answers], ["denied"] * 2)
        self.assertFalse(
            self.env["services.bridge.reference"].search(
                [("model", "=", "res.partner")]
            )
        )


@tagged("post_install", "-at_install")
class TestUpsertAtTheSameTime(CommittingCase):
    """Two calls with one reference, on connections that commit."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.delete_partner)
        self.user_id = self.make_user("racing_bridge", "services_bridge.group_service")

    def delete_partner(self):
        with self.committing() as env:
            known = env["services.bridge.reference"]._resolve(
                env["res.partner"], ["race:1"]
            )
            env["res.partner"].browse(filter(None, known.values())).unlink()

    def upsert(self, name):
        return lambda facade: facade.upsert(
            "res.partner", [{"reference": "race:1", "values": {"name": name}}]
        )

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_one_reference_one_record(self):
        [one], [two] = self.race(
            self.user_id, self.upsert("First"), self.upsert("Second")
        )
        self.assertEqual(one["result"], "created")
        self.assertEqual(two["result"], "updated")
        self.assertEqual(one["id"], two["id"])
        with self.committing() as env:
            self.assertEqual(env["res.partner"].browse(one["id"]).name, "Second")
