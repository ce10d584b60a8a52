from odoo.tests import new_test_user, tagged

from .common import BridgeCase


@tagged("post_install", "-at_install")
class TestMerge(BridgeCase):
    """People merge duplicates; the bridge must not bring them back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.writable = cls.env.ref("services_bridge.writable_partner")
        cls.writable.active = True
        cls.writable.allow_remove = True
        cls.env.ref("services_bridge.writable_lead").active = True
        cls.env.ref("services_bridge.partner_service").perm_unlink = True

    def made(self, *numbers, model="res.partner"):
        """Return the records that the bridge made for references of these numbers."""
        answers = self.upsert(*numbers, model=model)
        self.assertEqual({answer["result"] for answer in answers}, {"created"})
        return self.env[model].browse([answer["id"] for answer in answers])

    def upsert(self, *numbers, model="res.partner", **values):
        items = [
            {"reference": f"crm:{number}", "values": {"name": f"Twin {number}"}}
            for number in numbers
        ]
        for item in items:
            item["values"].update(values)
        return self.as_service.upsert(model, items)

    def lookup(self, *numbers, model="res.partner"):
        answers = self.as_service.lookup(model, [f"crm:{n}" for n in numbers])
        return [answer["id"] for answer in answers]

    def merge(self, kept, *others):
        records = kept.browse([kept.id, *(other.id for other in others)])
        self.env["base.partner.merge.automatic.wizard"]._merge(records.ids, kept)
        self.assertEqual(records.exists(), kept)

    def by_hand(self, model="res.partner", **values):
        return self.env[model].create({"name": "Twin, by hand", **values})

    def test_record_without_a_reference_gets_the_others(self):
        kept, twin = self.by_hand(), self.made(1)
        self.merge(kept, twin)
        self.assertEqual(self.lookup(1), [kept.id])
        count = self.env["res.partner"].search_count([])
        [answer] = self.upsert(1, email="a@example.com")
        self.assertEqual((answer["result"], answer["id"]), ("updated", kept.id))
        self.assertEqual(kept.email, "a@example.com")
        self.assertEqual(self.env["res.partner"].search_count([]), count)
        [removed] = self.as_service.remove("res.partner", ["crm:1"])
        self.assertEqual(removed["result"], "removed")
        self.assertTrue(kept.exists(), "it was there before the bridge knew it")
        self.assertEqual(self.lookup(1), [False])

    def test_record_with_a_reference_keeps_it(self):
        kept, twin = self.made(1, 2)
        self.merge(kept, twin)
        self.assertEqual(self.lookup(1, 2), [kept.id, kept.id])
        count = self.env["res.partner"].search_count([])
        first, second, third = self.upsert(1, 2, 3, email="a@example.com")
        self.assertEqual((first["result"], first["id"]), ("updated", kept.id))
        self.assertEqual(third["result"], "created")
        self.assertEqual((second["error"], second["id"]), ("conflict", False))
        self.assertIn(str(kept.id), second["message"])
        self.assertIn("crm:1", second["message"])
        self.assertEqual(self.env["res.partner"].search_count([]), count + 1)
        for adopted in (kept, self.by_hand()):
            [answer] = self.as_service.upsert(
                "res.partner",
                [{"reference": "crm:2", "id": adopted.id, "values": {"name": "x"}}],
            )
            self.assertEqual(answer["error"], "conflict")
        self.assertEqual(kept.name, "Twin 1")

    def test_nothing_that_was_merged_is_removed(self):
        kept, twin = self.made(1, 2)
        self.merge(kept, twin)
        for number in (2, 1):
            [removed] = self.as_service.remove("res.partner", [f"crm:{number}"])
            self.assertEqual(removed["result"], "removed")
            self.assertTrue(kept.exists())
            self.assertEqual(self.lookup(number), [False])
        [answer] = self.upsert(2)
        self.assertEqual(answer["result"], "created")

    def test_record_of_the_bridge_that_takes_in_a_persons_is_not_removed(self):
        kept = self.made(1)
        self.merge(kept, self.by_hand())
        self.as_service.remove("res.partner", ["crm:1"])
        self.assertTrue(kept.exists())

    def test_merged_reference_alone(self):
        kept, twin = self.made(1, 2)
        self.merge(kept, twin)
        self.as_service.remove("res.partner", ["crm:1"])
        [answer] = self.upsert(2)
        self.assertEqual(answer["error"], "conflict")
        self.assertIn(str(kept.id), answer["message"])

    def test_several_at_once_into_one_without_a_reference(self):
        kept, twins = self.by_hand(), self.made(1, 2)
        self.merge(kept, *twins)
        self.assertEqual(self.lookup(1, 2), [kept.id, kept.id])
        first, second = self.upsert(1, 2)
        self.assertEqual((first["result"], first["id"]), ("updated", kept.id))
        self.assertEqual(second["error"], "conflict")

    def test_merged_again(self):
        kept, second, third = self.made(1, 2, 3)
        self.merge(second, third)
        self.merge(kept, second)
        self.assertEqual(self.lookup(1, 2, 3), [kept.id] * 3)
        last = self.by_hand()
        self.merge(last, kept)
        self.assertEqual(self.lookup(1, 2, 3), [last.id] * 3)
        answers = self.upsert(1, 2, 3)
        self.assertEqual(
            [answer.get("error", answer["id"]) for answer in answers],
            [last.id, "conflict", "conflict"],
        )

    def test_deleted_after_it_was_merged(self):
        kept, twin = self.made(1, 2)
        self.merge(kept, twin)
        kept.unlink()
        self.assertEqual(self.lookup(1, 2), [False, False])
        again = self.made(1, 2)
        self.assertEqual(len(again), 2)
        self.as_service.remove("res.partner", ["crm:2"])
        self.assertEqual(again.exists(), again[0], "made anew it is the bridge's")

    def test_opportunities(self):
        kept = self.by_hand("crm.lead", type="opportunity", probability=90)
        first, second = self.made(1, 2, model="crm.lead")
        merged = (kept + first + second).merge_opportunity()
        self.assertEqual((kept + first + second).exists(), merged)
        self.assertEqual(self.lookup(1, 2, model="crm.lead"), [merged.id] * 2)
        count = self.env["crm.lead"].search_count([])
        answers = self.upsert(1, 2, model="crm.lead")
        self.assertEqual(
            sorted(answer.get("error", "") for answer in answers), ["", "conflict"]
        )
        self.assertEqual(self.env["crm.lead"].search_count([]), count)

    def test_another_models_references_are_left_alone(self):
        kept, twin = self.by_hand(), self.by_hand()
        rows, leads = self.env["services.bridge.reference"], self.env["crm.lead"]
        rows._reserve(leads, {"crm:1"})
        rows._point(leads, {"crm:1": twin.id}, adopted=False)
        self.merge(kept, twin)
        row = rows.search([("name", "=", "crm:1")])
        self.assertEqual((row.model, row.res_id), ("crm.lead", twin.id))

    def test_person_without_rights_on_references(self):
        leads = self.made(1, 2, model="crm.lead")
        person = new_test_user(
            self.env, "person", groups="sales_team.group_sale_manager"
        )
        merged = leads.with_user(person).merge_opportunity()
        self.assertEqual(self.lookup(1, 2, model="crm.lead"), [merged.id] * 2)
