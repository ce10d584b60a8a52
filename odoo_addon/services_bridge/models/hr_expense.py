from odoo import api, models

from ..facade.errors import ItemError

# What its employee may correct; later it belongs to the approver and the books.
_OPEN_STATES = ("draft", "submitted", "refused")

SUBMITTING = "services_bridge_submitting"


class HrExpense(models.Model):
    _inherit = "hr.expense"

    @api.model
    def _services_bridge_refusals(self, changes):
        refused = super()._services_bridge_refusals(changes)
        expenses = self.sudo().browse(
            [change.record.id for change in changes if change.record]
        )
        locked = {
            expense.id: expense
            for expense in expenses
            if expense.state not in _OPEN_STATES
        }
        for change in changes:
            expense = locked.get(change.record.id)
            # nothing to write, nothing to lock
            if expense and change.values != {}:
                refused[change.reference] = ItemError(
                    "conflict", expense._services_bridge_locked_reason()
                )
        return refused

    def _services_bridge_locked_reason(self):
        names = {
            "expense": self.name,
            "employee": self.employee_id.name,
            "amount": self.currency_id.format(self.total_amount_currency),
        }
        if self.account_move_id:
            return self.env._(
                "The expense %(expense)s of %(employee)s (%(amount)s) is in the books "
                "already, as %(entry)s. To correct it, an accountant has to reverse "
                "that entry and reset the expense to draft in Odoo first.",
                **names,
                entry=self.account_move_id.display_name,
            )
        return self.env._(
            "The expense %(expense)s of %(employee)s (%(amount)s) is approved in Odoo "
            "already. To correct it, an approver has to reset it to draft there first.",
            **names,
        )

    @api.model
    def _services_bridge_create(self, vals_list):
        """An expense belongs to its employee's company, not to the bridge's user's."""
        employees = (
            self.env["hr.employee"]
            .sudo()
            .browse(dict.fromkeys(filter(None, map(_employee_id, vals_list))))
        )
        company_of = {employee.id: employee.company_id.id for employee in employees}
        return super()._services_bridge_create(
            [
                {"company_id": company_of[employee_id], **values}
                if (employee_id := _employee_id(values)) in company_of
                else values
                for values in vals_list
            ]
        )

    def _can_be_autovalidated(self):
        """What the bridge submits is approved by a person, never by itself."""
        return SUBMITTING not in self.env.context and super()._can_be_autovalidated()

    def _compute_is_editable(self):
        """The bridge's user also corrects what it may write, taxes and analytics."""
        super()._compute_is_editable()
        if self.env.user.has_group("services_bridge.group_service"):
            for expense in self:
                if expense.state in _OPEN_STATES:
                    expense.is_editable = True


def _employee_id(values):
    return values.get("employee_id")
