from odoo import api, models
from odoo.tools import mute_logger

from ..facade.errors import ItemError, item_error
from ..outbox.collector import origin
from .hr_expense import SUBMITTING
from .services_bridge_facade_upsert import ORIGIN


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def submit_expenses(self, expense_ids):
        """Hand expenses in for approval; none is approved by that.

        :return: one answer per id, in order
        """
        self = self._entered()
        expenses = self._checked_records(
            "hr.expense", expense_ids, self.env._("expense_ids")
        )
        there = expenses.exists()
        readable = there._filtered_access("read")
        with origin(self.env.cr, ORIGIN):
            return [
                self._submit_one(expense, expense in there, expense in readable)
                for expense in expenses
            ]

    def _submit_one(self, expense, is_there, is_readable):
        try:
            if not is_there:
                raise ItemError(
                    "missing",
                    self.env._("There is no expense with the id %s.", expense.id),
                )
            if not is_readable:
                raise ItemError(
                    "denied",
                    self.env._(
                        "The bridge's user may not see the expense with the id %s. It "
                        "may belong to a company that the user is not in.",
                        expense.id,
                    ),
                )
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                result = self._submit(expense)
        except Exception as error:
            failure = item_error(expense, error)
            return {
                "id": expense.id,
                "result": "error",
                "error": failure.kind,
                "message": failure.message,
            }
        return {"id": expense.id, "result": result, "state": expense.state}

    def _submit(self, expense):
        if expense.state == "refused":
            raise ItemError(
                "conflict",
                self.env._(
                    "The expense %(expense)s of %(employee)s was refused in Odoo. "
                    "Reset it to draft there, or withdraw its approval where it "
                    "comes from.",
                    expense=expense.name,
                    employee=expense.employee_id.name,
                ),
            )
        if expense.state != "draft":
            return "unchanged"
        expense.check_access("write")
        if not expense.product_id:
            raise ItemError(
                "conflict",
                self.env._(
                    "The expense %(expense)s of %(employee)s has no category. Choose "
                    "one in Odoo.",
                    expense=expense.name,
                    employee=expense.employee_id.name,
                ),
            )
        # Odoo lets only approvers hand in the expenses of others, and an approver could
        # also approve them: so this one step is done without that right.
        expense.with_context(**{SUBMITTING: True}).sudo().action_submit()
        return "submitted"
