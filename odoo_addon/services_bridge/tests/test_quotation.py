from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import BridgeCase
from .services import make_product


@tagged("post_install", "-at_install")
class TestQuotation(BridgeCase):
    """As a user of the two service groups alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = make_product(cls.env, default_code="CONS")
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.salesperson = new_test_user(
            cls.env, "sally", groups="sales_team.group_sale_salesman"
        )
        cls.opportunity = cls.env["crm.lead"].create(
            {
                "name": "Platform",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.salesperson.id,
            }
        )
        cls.user = new_test_user(
            cls.env, "billing", groups="services_bridge.group_service_billing"
        )
        cls.as_billing = cls.facade.with_user(cls.user)

    def item(self, number=1, **values):
        """Each number has an opportunity of its own."""
        opportunity = self.opportunity if number == 1 else self.opportunity.copy()
        return {
            "reference": f"flow:quote:{number}",
            "opportunity_id": opportunity.id,
            "name": "Platform rollout",
            "product": "CONS",
            "amount": "12000.00",
            **values,
        }

    def make(self, *items):
        return self.as_billing.make_quotation(list(items))

    def order_of(self, answer):
        self.assertEqual(answer["result"], "created", answer)
        return self.env["sale.order"].browse(answer["id"])

    def assertRefused(self, kind, item, *words):
        [answer] = self.make(item)
        self.assertEqual(answer.get("error"), kind, answer)
        self.assertFalse(answer["id"])
        for word in words:
            self.assertIn(word, answer["message"])
        self.assertFalse(self.env["sale.order"].search([], limit=1))
        [known] = self.as_billing.lookup("sale.order", [item["reference"]])
        self.assertFalse(known["id"], "nothing is left of it")

    def test_draft_for_the_opportunity_and_its_customer(self):
        [answer] = self.make(self.item(hours="80"))
        order = self.order_of(answer)
        self.assertEqual(order.state, "draft")
        self.assertEqual(answer["number"], order.name)
        self.assertEqual(order.opportunity_id, self.opportunity)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.company_id, self.env.company)
        self.assertEqual(order.user_id, self.salesperson)
        [line] = order.order_line
        self.assertEqual(line.name, "Platform rollout")
        self.assertEqual(line.product_id, self.product)
        self.assertEqual((line.product_uom_qty, line.price_unit), (80, 150))
        self.assertEqual(order.amount_untaxed, 12000)
        self.assertEqual(self.row_of(order).origin, "bridge")

    def test_same_again_is_unchanged_whatever_people_did(self):
        [first] = self.make(self.item())
        order = self.order_of(first)
        order.order_line.price_unit = 7
        order.action_confirm()
        self.forget_events()
        [again] = self.make(self.item(amount="1", name="Other"))
        self.assertEqual(again, {**first, "result": "unchanged"})
        self.assertEqual(order.order_line.price_unit, 7)
        self.assertFalse(self.event_of(order))
        order._action_cancel()
        [again] = self.make(self.item())
        self.assertEqual(again["result"], "unchanged")
        self.assertEqual(
            self.as_billing.lookup("sale.order", ["flow:quote:1", "flow:quote:2"]),
            [
                {"reference": "flow:quote:1", "id": order.id},
                {"reference": "flow:quote:2", "id": False},
            ],
        )

    def test_one_quotation_for_an_opportunity(self):
        [first] = self.make(self.item())
        order = self.order_of(first)
        again = self.item(2, opportunity_id=self.opportunity.id)
        [answer] = self.make(again)
        self.assertEqual(
            answer, {**first, "reference": "flow:quote:2", "result": "unchanged"}
        )
        self.assertEqual(self.opportunity.order_ids, order)
        [known] = self.as_billing.lookup("sale.order", ["flow:quote:2"])
        self.assertFalse(known["id"], "the order keeps its own reference")
        order._action_cancel()
        [answer] = self.make(again)
        other = self.order_of(answer)
        self.assertEqual(self.opportunity.order_ids, order | other)

    def test_quotation_by_a_person_is_none_of_the_bridge(self):
        self.env["sale.order"].create(
            {"partner_id": self.customer.id, "opportunity_id": self.opportunity.id}
        )
        [answer] = self.make(self.item())
        self.assertEqual(self.order_of(answer).opportunity_id, self.opportunity)

    def test_deleted_by_a_person(self):
        [first] = self.make(self.item())
        self.order_of(first).unlink()
        [again] = self.make(self.item())
        self.assertEqual(again["result"], "created")

    def test_hours_by_the_list_price(self):
        [answer] = self.make(self.item(amount="1250.00"))
        line = self.order_of(answer).order_line
        self.assertEqual((line.product_uom_qty, line.price_unit), (12.5, 100))

    def test_total_to_the_cent(self):
        for number, (amount, hours) in enumerate(
            (("1000.00", "7"), ("0.01", "3"), ("9999.99", "13.37"), ("100.01", None)), 1
        ):
            item = self.item(number, amount=amount)
            [answer] = self.make({**item, "hours": hours} if hours else item)
            order = self.order_of(answer)
            self.assertEqual(f"{order.amount_untaxed:.2f}", amount)
            order.action_confirm()
            self.assertEqual(f"{order.amount_untaxed:.2f}", amount, "still so")

    def test_taxes_in_the_price_and_on_top(self):
        for number, included in enumerate(("tax_included", "tax_excluded"), 1):
            self.product.taxes_id = self.env["account.tax"].create(
                {
                    "name": included,
                    "amount": 19,
                    "price_include_override": included,
                    "type_tax_use": "sale",
                }
            )
            [answer] = self.make(self.item(number, amount="1000.00", hours="7"))
            order = self.order_of(answer)
            self.assertEqual(order.amount_untaxed, 1000)
            self.assertEqual(order.amount_tax, 190)

    def test_price_list_changes_neither_amount_nor_price(self):
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 50})
                ],
            }
        )
        [answer] = self.make(self.item(hours="100"))
        order = self.order_of(answer)
        self.assertEqual(order.amount_untaxed, 12000)
        self.assertEqual(order.order_line.discount, 0)

    def test_days(self):
        self.product.write(
            {"uom_id": self.env.ref("uom.product_uom_day").id, "list_price": 800}
        )
        [answer] = self.make(self.item(hours="20"))
        line = self.order_of(answer).order_line
        self.assertEqual(line.product_uom_qty, 2.5)
        self.assertEqual(line.price_subtotal, 12000)

    def test_what_is_not_sold_by_time(self):
        make_product(
            self.env,
            default_code="FIX",
            uom_id=self.env.ref("uom.product_uom_unit").id,
            service_policy="ordered_prepaid",
            list_price=0,
        )
        [answer] = self.make(self.item(product="FIX", hours="80"))
        line = self.order_of(answer).order_line
        self.assertEqual((line.product_uom_qty, line.price_unit), (1, 12000))

    def test_note_below_the_line(self):
        [answer] = self.make(self.item(note="Starts in March"))
        order = self.order_of(answer)
        line, note = order.order_line
        self.assertEqual(note.display_type, "line_note")
        self.assertEqual(note.name, "Starts in March")
        self.assertEqual(order.amount_untaxed, 12000)

    def test_product_that_is_not_there(self):
        self.assertRefused("missing", self.item(product="NONE"), "NONE", "Sales")

    def test_product_that_cannot_be_sold(self):
        self.product.sale_ok = False
        self.assertRefused("conflict", self.item(), "CONS", "not for sale")
        self.product.write({"sale_ok": True, "active": False})
        self.assertRefused("conflict", self.item(), "archived")
        self.product.active = True
        make_product(self.env, default_code="CONS")
        self.assertRefused("conflict", self.item(), "Several")

    def test_hours_that_nothing_says(self):
        self.product.list_price = 0
        self.assertRefused("conflict", self.item(), "no sales price")
        [answer] = self.make(self.item(hours=10))
        self.order_of(answer)

    def test_opportunity_without_customer(self):
        self.opportunity.partner_id = False
        self.assertRefused("conflict", self.item(), "Platform", "no customer")

    def test_opportunity_that_is_none(self):
        self.assertRefused("missing", self.item(opportunity_id=999_999_999))
        self.opportunity.type = "lead"
        self.assertRefused("conflict", self.item(), "lead")

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.product.company_id = other
        self.assertRefused("missing", self.item(), "CONS")
        self.user.company_ids += other
        facade = self.as_billing.with_context(
            allowed_company_ids=[self.env.company.id, other.id]
        )
        [answer] = facade.make_quotation([self.item()])
        self.assertEqual(answer["error"], "conflict")
        self.assertIn("another company", answer["message"])
        self.product.company_id = False
        self.opportunity.user_id = False
        self.opportunity.team_id = False
        self.opportunity.company_id = other
        [answer] = facade.make_quotation([self.item()])
        order = self.order_of(answer)
        self.assertEqual(order.company_id, other)
        self.assertEqual(order.order_line.company_id, other)
        self.customer.company_id = self.env.company
        order._action_cancel()
        again = {**self.item(), "reference": "flow:quote:2"}
        [answer] = facade.make_quotation([again])
        self.assertEqual(answer["error"], "conflict", answer)
        self.assertIn("Other", answer["message"])

    def test_company_that_the_caller_is_not_in(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.opportunity.user_id = False
        self.opportunity.team_id = False
        self.opportunity.company_id = other
        self.assertRefused("denied", self.item(), "company")

    def test_order_that_the_caller_may_not_see_any_more(self):
        [answer] = self.make(self.item())
        order = self.order_of(answer)
        other = self.env["res.company"].create({"name": "Other"})
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s", [other.id, order.id]
        )
        self.env.invalidate_all()
        [again] = self.make(self.item())
        self.assertEqual(again["error"], "denied")

    def test_currency(self):
        currency = self.env.company.currency_id.name
        self.order_of(self.make(self.item(currency=currency.lower()))[0])
        wrong = "EUR" if currency != "EUR" else "USD"
        [answer] = self.make(self.item(2, currency=wrong))
        self.assertEqual(answer["error"], "conflict")
        self.assertIn(wrong, answer["message"])

    def test_wrong_ones_among_good_ones(self):
        answers = self.make(
            self.item(1),
            self.item(2, product="NONE"),
            self.item(2),
            self.item(3, amount="0"),
            self.item(4, amount="nan"),
            self.item(5, amount="-5"),
            self.item(6, amount=True),
            self.item(7, opportunity_id="12"),
            self.item(8, name=" "),
            self.item(9, discount="5"),
            self.item(10, hours="some"),
            self.item(11),
            {"reference": ""},
            "none",
        )
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            ["created", "missing"] + ["invalid"] * 9 + ["created"] + ["invalid"] * 2,
        )
        orders = self.env["sale.order"].search([])
        self.assertEqual(len(orders), 2)

    def test_not_with_the_first_service_group_alone(self):
        with self.assertRaises(AccessError):
            self.as_service.make_quotation([self.item()])
        self.assertIs(self.as_service.describe()["calls"]["make_quotation"], False)
        self.assertIs(self.as_billing.describe()["calls"]["make_quotation"], True)
