from odoo.tests import tagged

from .common import BridgeCase


@tagged("post_install", "-at_install")
class TestOpportunities(BridgeCase):
    """As a user of the service group alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.stages = cls.env["crm.stage"]

    def item(self, number=1, **values):
        return {
            "reference": f"hubspot:opportunity:{number}",
            "values": {
                "name": "Platform",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "expected_revenue": "12000.00",
                "date_deadline": "2026-03-31",
                **values,
            },
        }

    def upsert(self, *items):
        return self.as_service.upsert("crm.lead", list(items))

    def lead_of(self, answer, result="created"):
        self.assertEqual(answer["result"], result, answer)
        return self.env["crm.lead"].browse(answer["id"])

    def test_won_from_the_start(self):
        [answer] = self.upsert(self.item(won_status="won"))
        lead = self.lead_of(answer)
        self.assertEqual(lead.won_status, "won")
        self.assertTrue(lead.stage_id.is_won)
        self.assertEqual(lead.probability, 100)
        self.assertTrue(lead.date_closed)
        self.assertEqual(lead.expected_revenue, 12000)
        row = self.row_of(lead)
        self.assertEqual((row.operation, row.origin), ("create", "bridge"))
        self.forget_events()
        [again] = self.upsert(self.item(won_status="won"))
        self.assertEqual(again["result"], "unchanged")
        self.assertFalse(self.event_of(lead))

    def test_every_way_between_the_three(self):
        [answer] = self.upsert(self.item())
        lead = self.lead_of(answer)
        first_stage = lead.stage_id
        self.assertEqual(lead.won_status, "pending")
        for status in ("won", "lost", "won", "pending", "lost", "pending"):
            [answer] = self.upsert(self.item(won_status=status))
            self.lead_of(answer, "updated")
            self.assertEqual(lead.won_status, status)
            self.assertEqual(lead.active, status != "lost")
            self.assertEqual(lead.stage_id.is_won, status == "won")
        self.assertEqual(lead.stage_id, first_stage)
        self.assertFalse(lead.date_closed)

    def test_lost_from_the_start_and_found_again(self):
        [answer] = self.upsert(self.item(won_status="lost"))
        lead = self.lead_of(answer)
        self.assertEqual((lead.won_status, lead.active), ("lost", False))
        [again] = self.upsert(self.item(won_status="lost", name="Platform 2"))
        self.assertEqual((again["id"], again["result"]), (lead.id, "updated"))
        self.assertEqual(lead.won_status, "lost")

    def test_each_team_has_its_stages(self):
        team = self.env["crm.team"].create({"name": "Data"})
        other = self.env["crm.team"].create({"name": "Cloud"})
        stages = self.stages.create(
            [
                {
                    "name": name,
                    "sequence": sequence,
                    "is_won": True,
                    "team_ids": [(6, 0, of.ids)],
                }
                for name, sequence, of in (
                    ("Cloud won", 2, other),
                    ("Data won", 3, team),
                )
            ]
        )
        answers = self.upsert(
            self.item(1, team_id=team.id, won_status="won"),
            self.item(2, team_id=other.id, won_status="won"),
        )
        self.assertEqual(
            [self.lead_of(answer).stage_id.name for answer in answers],
            ["Data won", "Cloud won"],
        )
        self.assertTrue(stages)

    def test_no_stage_is_won(self):
        self.stages.search([]).is_won = False
        refused, opened = self.upsert(self.item(1, won_status="won"), self.item(2))
        self.assertEqual(refused["error"], "conflict")
        self.assertIn("Is Won Stage", refused["message"])
        self.assertEqual(opened["result"], "created")

    def test_values_that_make_no_sense(self):
        stage = self.stages.search([], limit=1)
        answers = self.upsert(
            self.item(1, won_status="maybe"),
            self.item(2, won_status="won", stage_id=stage.id),
            self.item(3, probability=3),
            self.item(4, stage_id=stage.id),
        )
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            ["invalid", "invalid", "denied", "created"],
        )

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        [answer] = self.upsert(self.item(company_id=other.id))
        self.assertEqual(answer["error"], "denied", answer)

    def test_rolled_back(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            [answer] = self.upsert(self.item(won_status="won"))
            raise ZeroDivisionError
        self.assertFalse(self.env["crm.lead"].browse(answer["id"]).exists())
        [known] = self.as_service.lookup("crm.lead", ["hubspot:opportunity:1"])
        self.assertFalse(known["id"])

    def test_customer_is_created_too(self):
        [answer] = self.as_service.upsert(
            "res.partner",
            [
                {
                    "reference": "hubspot:customer:1",
                    "values": {"name": "New", "is_company": True, "city": "Bonn"},
                }
            ],
        )
        self.assertEqual(answer["result"], "created", answer)

    def test_currency_is_that_of_the_company(self):
        own = self.env.company.currency_id
        foreign = self.env.ref("base.EUR" if own.name != "EUR" else "base.USD")
        foreign.active = True
        other = self.env["res.company"].create(
            {"name": "Other", "currency_id": foreign.id}
        )
        self.as_service.env.user.company_ids += other
        theirs = self.env["res.partner"].create(
            {"name": "Customer of Other", "company_id": other.id}
        )
        there = {"partner_id": theirs.id, "company_id": other.id}
        answers = self.upsert(
            self.item(1, company_currency=own.id),
            self.item(2, company_currency=foreign.id),
            self.item(3, company_currency=foreign.id, **there),
            self.item(4, company_currency=own.id, **there),
        )
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            ["created", "conflict", "created", "conflict"],
        )
        self.assertIn("Other", answers[3]["message"])
        self.assertIn(own.name, answers[3]["message"])
        [again] = self.upsert(self.item(1, company_currency=own.id))
        self.assertEqual(again["result"], "unchanged")
        [wrong] = self.upsert(
            self.item(1, company_currency=foreign.id, expected_revenue="7.00")
        )
        self.assertEqual(wrong["error"], "conflict")
        lead = self.env["crm.lead"].browse(again["id"])
        self.assertEqual(lead.expected_revenue, 12000, "nothing of it was written")
