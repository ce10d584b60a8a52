from odoo import models
from odoo.tools import format_date

# What changes hours or money; Odoo lets nobody change these once invoiced.
_LOCKED_FIELDS = {
    "amount",
    "date",
    "employee_id",
    "project_id",
    "so_line",
    "task_id",
    "unit_amount",
}


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    def _services_bridge_conflict(self, values):
        """Return why the bridge may not make this change, ``""`` when it may.

        :param values: what would be written, ``None`` for deleting
        """
        self.ensure_one()
        if values is not None and not _LOCKED_FIELDS.intersection(values):
            return ""
        # only to see whether and where it is invoiced
        line = self.sudo()
        if line._is_not_billed():
            return ""
        invoice = line.timesheet_invoice_id
        details = {
            "hours": f"{line.unit_amount:.2f}",
            "employee": line.employee_id.name or "",
            "day": format_date(self.env, line.date),
        }
        if invoice.state == "draft":
            return self.env._(
                "%(hours)s hours of %(employee)s on %(day)s are on a draft invoice. "
                "Delete the draft or remove its line first.",
                **details,
            )
        return self.env._(
            "%(hours)s hours of %(employee)s on %(day)s are invoiced already, on "
            "%(invoice)s. To correct them, make a credit note first.",
            **details,
            invoice=invoice.display_name,
        )
