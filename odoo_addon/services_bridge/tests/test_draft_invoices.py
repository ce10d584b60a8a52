from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import BridgeCase
from .services import make_employee, make_service_order, timesheet_item


@tagged("post_install", "-at_install")
class TestDraftInvoices(BridgeCase):
    """As a user of the two service groups alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = make_employee(cls.env)
        cls.user = new_test_user(
            cls.env, "billing", groups="services_bridge.group_service_billing"
        )
        cls.as_billing = cls.facade.with_user(cls.user)
        cls.order = cls.confirmed()

    @classmethod
    def confirmed(cls, **product):
        order = make_service_order(cls.env, product=product)
        order.action_confirm()
        return order

    def book(self, number, **values):
        [answer] = self.as_billing.upsert(
            "account.analytic.line",
            [timesheet_item(number, self.order, self.employee, **values)],
        )
        self.assertEqual(answer["result"], "created", answer)

    def item(self, number=1, order=None, **values):
        return {
            "reference": f"flow:bill:{number}",
            "order_id": (order or self.order).id,
            **values,
        }

    def make(self, *items):
        return self.as_billing.make_draft_invoices(list(items))

    def invoice_of(self, answer):
        self.assertEqual(answer["result"], "created", answer)
        return self.env["account.move"].browse(answer["id"])

    def test_twice_the_same_reference(self):
        self.book(1, hours=2)
        [first] = self.make(self.item())
        invoice = self.invoice_of(first)
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(invoice.amount_untaxed, 200)
        self.assertEqual(first["number"], "")
        self.book(2, hours=3)
        [again] = self.make(self.item())
        self.assertEqual(again, {**first, "result": "unchanged"})
        self.assertEqual(self.order.invoice_ids, invoice)
        invoice.action_post()
        [posted] = self.make(self.item())
        self.assertEqual(posted["id"], invoice.id)
        self.assertEqual(posted["number"], invoice.name)
        [rest] = self.make(self.item(2))
        self.assertEqual(self.invoice_of(rest).amount_untaxed, 300)
        self.assertEqual(
            self.as_billing.lookup("account.move", ["flow:bill:2"]),
            [{"reference": "flow:bill:2", "id": rest["id"]}],
        )

    def test_nothing_is_no_error_and_is_not_kept(self):
        [answer] = self.make(self.item())
        self.assertEqual(
            answer,
            {
                "reference": "flow:bill:1",
                "id": False,
                "number": "",
                "result": "nothing",
            },
        )
        self.book(1, hours=2)
        [answer] = self.make(self.item())
        self.invoice_of(answer)

    def test_draft_that_was_deleted(self):
        self.book(1, hours=2)
        [first] = self.make(self.item())
        self.invoice_of(first).unlink()
        [again] = self.make(self.item())
        self.assertEqual(self.invoice_of(again).amount_untaxed, 200)

    def test_up_to_a_day(self):
        self.book(1, hours=2, day="2026-01-31")
        self.book(2, hours=3, day="2026-02-01")
        [none] = self.make(self.item(until="2026-01-30"))
        self.assertEqual(none["result"], "nothing")
        self.assertEqual(self.order.order_line.qty_to_invoice, 5, "nothing is left")
        [answer] = self.make(self.item(until="2026-01-31"))
        self.assertEqual(self.invoice_of(answer).amount_untaxed, 200)

    def test_several_orders_of_one_customer(self):
        other = self.confirmed(service_policy="ordered_prepaid")
        other.partner_id = self.order.partner_id
        self.book(1, hours=2)
        one, two = self.make(self.item(1), self.item(2, other))
        self.assertNotEqual(one["id"], two["id"])
        self.assertEqual(self.invoice_of(one).amount_untaxed, 200)
        self.assertEqual(self.invoice_of(two).amount_untaxed, 1000)

    def test_same_order_under_two_references(self):
        self.book(1, hours=2)
        one, two = self.make(self.item(1), self.item(2))
        self.assertEqual([one["result"], two["result"]], ["created", "nothing"])

    def test_all_billing_methods(self):
        unit = self.env.ref("uom.product_uom_unit").id
        prepaid = self.confirmed(service_policy="ordered_prepaid")
        fixed = self.confirmed(service_policy="ordered_prepaid", uom_id=unit)
        by_milestone = self.confirmed(
            service_policy="delivered_milestones", uom_id=unit
        )
        by_hand = self.confirmed(service_policy="delivered_manual", uom_id=unit)
        by_milestone.project_ids.milestone_ids = [
            Command.create(
                {
                    "name": "Half",
                    "sale_line_id": by_milestone.order_line.id,
                    "quantity_percentage": 0.5,
                    "is_reached": True,
                }
            )
        ]
        by_hand.order_line.qty_delivered = 1
        answers = self.make(
            *(
                self.item(number, order)
                for number, order in enumerate((prepaid, fixed, by_milestone, by_hand))
            )
        )
        self.assertEqual(
            [self.invoice_of(answer).amount_untaxed for answer in answers],
            [1000, 1000, 500, 100],
        )

    def test_what_cannot_be_billed(self):
        quotation = make_service_order(self.env)
        cancelled = make_service_order(self.env)
        cancelled._action_cancel()
        self.book(1, hours=2)
        answers = self.make(
            self.item(1, quotation),
            self.item(2, cancelled),
            self.item(3, order_id=999_999_999),
            self.item(4, order_id="5"),
            self.item(5, until="31.01.2026"),
            self.item(6, company=5),
            self.item(7),
        )
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            ["conflict", "conflict", "missing", "invalid", "invalid", "invalid"]
            + ["created"],
        )
        self.assertIn("not confirmed", answers[0]["message"])
        self.assertIn("cancelled", answers[1]["message"])

    def test_bad_order_among_good_ones_leaves_the_mark(self):
        self.book(1, hours=2)
        quotation = make_service_order(self.env)
        bad, good = self.make(self.item(1, quotation), self.item(2))
        self.assertEqual(bad["error"], "conflict")
        self.assertEqual(self.row_of(self.invoice_of(good)).origin, "bridge")

    def test_order_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = make_service_order(self.env, company_id=other.id)
        [answer] = self.make(self.item(1, order))
        self.assertEqual(answer["error"], "denied", answer)

    def test_rolled_back_bills_again(self):
        self.book(1, hours=2)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.make(self.item())
            raise ZeroDivisionError
        self.env.invalidate_all()
        self.assertFalse(self.order.invoice_ids)
        [answer] = self.make(self.item())
        self.invoice_of(answer)

    def test_not_with_the_first_service_group_alone(self):
        with self.assertRaises(AccessError):
            self.as_service.make_draft_invoices([self.item()])
