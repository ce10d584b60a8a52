from odoo.tests import tagged

from .common import BridgeCase
from .services import make_employee, make_service_order, timesheet_item


@tagged("post_install", "-at_install")
class TestTimesheet(BridgeCase):
    """As a user of the service group alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = make_service_order(cls.env)
        cls.order.action_confirm()
        cls.employee = make_employee(cls.env)

    def item(self, number=1, **values):
        return timesheet_item(number, self.order, self.employee, **values)

    def upsert(self, *items):
        return self.as_service.upsert("account.analytic.line", list(items))

    def test_on_the_right_order_line(self):
        [answer] = self.upsert(self.item(hours="2.50"))
        self.assertEqual(answer["result"], "created", answer)
        line = self.env["account.analytic.line"].browse(answer["id"])
        self.assertEqual(line.so_line, self.order.order_line)
        self.assertEqual(line.amount, -100)
        self.assertEqual(self.order.order_line.qty_delivered, 2.5)
        self.assertEqual(self.row_of(line).origin, "bridge")
        operation, names = self.event_of(self.order)
        self.assertEqual(operation, "write")
        self.assertIn("order_line", names)

    def test_same_again_is_unchanged(self):
        [first] = self.upsert(self.item(hours="2.50"))
        [again] = self.upsert(self.item(hours="2.50"))
        self.assertEqual(again, {**first, "result": "unchanged"})

    def test_changed_hours_move_the_order_line(self):
        self.upsert(self.item(hours=2))
        [answer] = self.upsert(self.item(hours=3))
        self.assertEqual(answer["result"], "updated")
        self.assertEqual(self.order.order_line.qty_delivered, 3)

    def test_wrong_ones_among_good_ones(self):
        archived = make_employee(self.env, "Gone")
        archived.active = False
        answers = self.upsert(
            self.item(1),
            self.item(2, task_id=999_999_999),
            self.item(3, employee_id=archived.id),
            self.item(4, unit_amount="many"),
            self.item(5, date="31.01.2026"),
            self.item(6),
        )
        self.assertEqual(
            [answer.get("error", answer["result"]) for answer in answers],
            ["created", "missing", "invalid", "invalid", "invalid", "created"],
        )
        self.assertIn("active employee", answers[2]["message"])
        self.assertEqual(self.order.order_line.qty_delivered, 4)

    def test_invoiced_is_locked(self):
        [answer] = self.upsert(self.item())
        invoice = self.order._create_invoices()
        for state in ("draft invoice", invoice.name):
            [changed] = self.upsert(self.item(hours=8))
            self.assertEqual(changed["error"], "conflict", state)
            self.assertIn("2.00 hours of Ada", changed["message"])
            [removed] = self.as_service.remove(
                "account.analytic.line", ["harvest:timesheet:1"]
            )
            self.assertEqual(removed["error"], "conflict")
            if invoice.state == "draft":
                self.assertIn("draft", changed["message"])
                invoice.action_post()
        self.assertIn(invoice.name, changed["message"])
        [same] = self.upsert(self.item())
        self.assertEqual(same["result"], "unchanged", "nothing to lock")
        [described] = self.upsert(self.item(name="Better words"))
        self.assertEqual(described["result"], "updated", "words are no money")
        line = self.env["account.analytic.line"].browse(answer["id"])
        self.assertEqual(line.unit_amount, 2)

    def test_free_again_after_a_credit_note(self):
        self.upsert(self.item())
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {"journal_id": invoice.journal_id.id, "reason": "Wrong hours"}
        ).refund_moves()
        refund = self.order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        refund.action_post()
        self.env.flush_all()
        [answer] = self.upsert(self.item(name="x"))
        self.assertIn(answer["result"], ("updated", "unchanged"))

    def test_removed(self):
        self.upsert(self.item())
        [answer] = self.as_service.remove(
            "account.analytic.line", ["harvest:timesheet:1"]
        )
        self.assertEqual(answer["result"], "removed", answer)
        self.assertEqual(self.order.order_line.qty_delivered, 0)
