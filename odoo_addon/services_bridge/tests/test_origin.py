from odoo.tests import new_test_user, tagged

from ..outbox.collector import origin
from .common import BridgeCase, CommittingCase


@tagged("post_install", "-at_install")
class TestOrigin(BridgeCase):
    """What one item of a call undoes leaves the mark on all others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        writable = cls.env.ref("services_bridge.writable_partner")
        writable.active = True
        writable.allow_remove = True
        cls.service_user.group_ids += cls.env.ref("base.group_partner_manager")

    def upsert(self, *items):
        return self.as_service.upsert("res.partner", list(items))

    def item(self, number, **values):
        values.setdefault("name", f"Partner {number}")
        return {"reference": f"crm:company:{number}", "values": values}

    def rows(self, answers):
        """Return the outbox rows of answers, in order."""
        return [
            self.row_of(self.env["res.partner"].browse(answer["id"]))
            for answer in answers
        ]

    def test_upsert_of_a_bad_item_among_good_ones(self):
        answers = self.upsert(
            self.item(1),
            self.item(2, name=False),
            self.item(3),
            {**self.item(4), "id": 999_999_999},
            self.item(5),
        )
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            ["created", "invalid", "created", "missing", "created"],
        )
        after = self.env["res.partner"].create({"name": "After"})
        self.assertEqual(
            [row.origin for row in self.rows(answers[::2])], ["bridge"] * 3
        )
        self.assertFalse(self.row_of(after).origin, "the call is over")

    def test_remove_of_one_that_odoo_refuses_among_others(self):
        answers = self.upsert(self.item(1), self.item(2))
        new_test_user(self.env, "person", partner_id=answers[0]["id"])
        self.forget_events()
        removed = self.as_service.remove(
            "res.partner", ["crm:company:1", "crm:company:2"]
        )
        self.assertEqual([a["result"] for a in removed], ["error", "removed"])
        [row] = self.rows(answers[1:])
        self.assertEqual((row.operation, row.origin), ("unlink", "bridge"))

    def test_call_inside_a_call(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        self.forget_events()
        with origin(self.env.cr, "outer"):
            with origin(self.env.cr, "inner"):
                pass
            partner.email = "a@example.com"
        self.assertEqual(self.row_of(partner).origin, "outer")

    def test_call_that_fails(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            with origin(self.env.cr, "bridge"):
                raise ZeroDivisionError
        after = self.env["res.partner"].create({"name": "After"})
        self.assertFalse(self.row_of(after).origin)


@tagged("post_install", "-at_install")
class TestOriginOfTransactions(CommittingCase):
    def setUp(self):
        super().setUp()
        # no address: rows are collected, and none is sent
        self.switch_on()
        self.partner_id = self.make("res.partner", {"name": "Ada"})
        self.forget_events()

    def test_next_transaction_of_the_cursor_is_nobodys(self):
        for end in ("commit", "rollback"):
            with self.subTest(end), self.committing() as env:
                partner = env["res.partner"].browse(self.partner_id)
                with origin(env.cr, "outer"), origin(env.cr, "bridge"):
                    partner.email = f"{end}@example.com"
                    getattr(env.cr, end)()
                    partner.phone = end
                    env.cr.flush()
                partner.city = end
                env.cr.flush()
                env.cr.execute(
                    """SELECT field_names, origin FROM services_bridge_event
                        WHERE res_id = %s AND transaction_id = txid_current()""",
                    [self.partner_id],
                )
                self.assertEqual(env.cr.fetchall(), [("city,phone", None)])
