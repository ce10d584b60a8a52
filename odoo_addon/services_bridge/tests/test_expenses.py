from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import BridgeCase


@tagged("post_install", "-at_install")
class TestExpenses(BridgeCase):
    """As a user of the service group alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approver = new_test_user(
            cls.env, "approver", groups="hr_expense.group_hr_expense_user"
        )
        person = new_test_user(cls.env, "ada", groups="base.group_user")
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Ada",
                "user_id": person.id,
                "expense_manager_id": cls.approver.id,
                "work_email": "ada@example.com",
            }
        )
        cls.category = cls.env["product.product"].create(
            {
                "name": "Travel",
                "type": "service",
                "can_be_expensed": True,
                "standard_price": 0,
                "supplier_taxes_id": [],
            }
        )

    def item(self, number=1, **values):
        return {
            "reference": f"harvest:expense:{number}",
            "values": {
                "name": "Train",
                "employee_id": self.employee.id,
                "product_id": self.category.id,
                "date": "2026-01-15",
                "total_amount_currency": "37.50",
                "payment_mode": "own_account",
                **values,
            },
        }

    def upsert(self, *items):
        return self.as_service.upsert("hr.expense", list(items))

    def make(self, number=1, **values):
        [answer] = self.upsert(self.item(number, **values))
        self.assertEqual(answer["result"], "created", answer)
        return self.env["hr.expense"].browse(answer["id"])

    def submit(self, *expenses):
        return self.as_service.submit_expenses([expense.id for expense in expenses])

    def approve(self, expense):
        expense.with_user(self.approver).action_approve()
        self.assertEqual(expense.state, "approved")

    def post(self, expense):
        expense.sudo()._post_without_wizard()
        self.assertTrue(expense.account_move_id)

    def test_life_of_an_expense(self):
        expense = self.make()
        self.assertEqual(expense.employee_id, self.employee)
        self.assertEqual(expense.total_amount, 37.5)
        self.assertEqual(expense.state, "draft")
        self.assertEqual(self.row_of(expense).origin, "bridge")
        [answer] = self.submit(expense)
        self.assertEqual(
            answer, {"id": expense.id, "result": "submitted", "state": "submitted"}
        )
        self.assertEqual(expense.manager_id, self.approver)
        self.assertEqual(
            expense.activity_ids.user_id, self.approver, "who is asked to approve"
        )
        [answer] = self.submit(expense)
        self.assertEqual(answer["result"], "unchanged")
        [answer] = self.upsert(self.item(total_amount_currency="40"))
        self.assertEqual(answer["result"], "updated", "nobody approved it yet")
        self.assertEqual(expense.total_amount, 40)
        self.approve(expense)
        [answer] = self.submit(expense)
        self.assertEqual((answer["result"], answer["state"]), ("unchanged", "approved"))

    def test_nobody_is_approver(self):
        self.employee.write({"expense_manager_id": False, "parent_id": False})
        expense = self.make()
        [answer] = self.submit(expense)
        self.assertEqual(answer["state"], "submitted", "a person approves it")
        by_hand = self.env["hr.expense"].create(self.item()["values"])
        by_hand.action_submit()
        self.assertEqual(by_hand.state, "approved", "as Odoo does it for people")

    def test_approved_and_posted_are_locked(self):
        expense = self.make()
        self.submit(expense)
        self.approve(expense)
        for words in ("approved", "in the books"):
            [changed] = self.upsert(self.item(total_amount_currency="99"))
            self.assertEqual(changed["error"], "conflict", words)
            self.assertIn(words, changed["message"])
            self.assertIn("Ada", changed["message"])
            [removed] = self.as_service.remove("hr.expense", ["harvest:expense:1"])
            self.assertEqual(removed["error"], "conflict")
            [same] = self.upsert(self.item(total_amount_currency="37.5"))
            self.assertEqual(same.get("result"), "unchanged", same)
            if not expense.account_move_id:
                self.post(expense)
        [answer] = self.submit(expense)
        self.assertEqual(answer["result"], "unchanged")

    def test_withdrawn_before_approval(self):
        expense = self.make()
        self.submit(expense)
        [removed] = self.as_service.remove("hr.expense", ["harvest:expense:1"])
        self.assertEqual(removed["result"], "removed", removed)
        self.assertFalse(expense.exists())

    def test_refused_by_a_person(self):
        expense = self.make()
        self.submit(expense)
        expense.with_user(self.approver)._do_refuse("Too dear")
        [answer] = self.submit(expense)
        self.assertEqual(answer["error"], "conflict")
        self.assertIn("refused", answer["message"])
        [changed] = self.upsert(self.item(total_amount_currency="20"))
        self.assertEqual(changed["result"], "updated")

    def test_wrong_ones_among_good_ones(self):
        good, empty, without = (
            self.make(1),
            self.make(2, total_amount_currency=0),
            self.make(3, product_id=False),
        )
        answers = self.as_service.submit_expenses(
            [empty.id, 999_999_999, without.id, good.id]
        )
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            ["invalid", "missing", "conflict", "submitted"],
        )
        self.assertEqual(empty.state, "draft")
        self.assertIn("category", answers[2]["message"])

    def test_wrong_one_among_good_ones_leaves_the_mark(self):
        empty, good = self.make(1, total_amount_currency=0), self.make(2)
        self.forget_events()
        answers = self.submit(empty, good)
        self.assertEqual(
            [answer["result"] for answer in answers], ["error", "submitted"]
        )
        self.assertEqual(self.row_of(good).origin, "bridge")

    def test_company_is_the_employees(self):
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.env["hr.employee"].create(
            {"name": "Grace", "company_id": other.id}
        )
        item = self.item(employee_id=elsewhere.id)
        [answer] = self.upsert(item)
        self.assertEqual(answer["error"], "denied", answer)
        self.service_user.company_ids += other
        [answer] = self.as_service.with_context(
            allowed_company_ids=[self.env.company.id, other.id]
        ).upsert("hr.expense", [item])
        self.assertEqual(answer["result"], "created", answer)
        expense = self.env["hr.expense"].browse(answer["id"])
        self.assertEqual(expense.company_id, other)
        [answer] = self.as_service.with_context(
            allowed_company_ids=self.env.company.ids
        ).submit_expenses(expense.ids)
        self.assertEqual(answer["error"], "denied", "without that company")

    def test_analytics_can_be_corrected(self):
        expense = self.make()
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "Platform", "plan_id": plan.id}
        )
        distribution = {str(account.id): 100}
        [answer] = self.upsert(self.item(analytic_distribution=distribution))
        self.assertEqual(answer["result"], "updated", answer)
        self.assertEqual(expense.analytic_distribution, distribution)
        [answer] = self.upsert(self.item(analytic_distribution=distribution))
        self.assertEqual(answer["result"], "unchanged")

    def test_category_with_a_price_of_its_own(self):
        """Odoo may price such an expense itself; the amount that was spent counts."""
        self.category.standard_price = 0.42
        expense = self.make(total_amount_currency="37.50")
        self.assertEqual(expense.total_amount, 37.5)
        self.upsert(self.item(total_amount_currency="41", date="2026-01-16"))
        self.assertEqual(expense.total_amount, 41)
        self.submit(expense)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((expense.state, expense.total_amount), ("submitted", 41))

    def test_foreign_currency(self):
        currency = self.env["res.currency"].create({"name": "XBR", "symbol": "B"})
        currency.rate_ids = [
            Command.create({"name": "2026-01-01", "rate": 2, "company_id": company.id})
            for company in self.env.company
        ]
        expense = self.make(currency_id=currency.id)
        self.assertEqual(expense.total_amount_currency, 37.5)
        self.assertEqual(expense.total_amount, 18.75)

    def test_bridge_approves_nothing(self):
        expense = self.make()
        self.submit(expense)
        mine = expense.with_user(self.service_user)
        with self.assertRaises(UserError):
            mine.action_approve()
        self.assertEqual(expense.state, "submitted")
        self.approve(expense)
        with self.assertRaises(AccessError):
            mine.write({"name": "Smuggled"})
        with self.assertRaises(AccessError):
            mine.unlink()
