"""Hours that stand on an invoice are locked."""

from odoo.tools import format_date

from ..facade.errors import ItemError


def refuse_invoiced(env, entries):
    """Return ``{reference: ItemError}`` of those of the ``Planned`` that are billed."""
    return {
        entry.reference: ItemError("conflict", _reason(env, entry.line))
        for entry in entries
        if entry.line and not entry.line._is_not_billed()
    }


def _reason(env, line):
    invoice = line.timesheet_invoice_id
    details = {
        "hours": f"{line.unit_amount:.2f}",
        "employee": line.employee_id.name or "",
        "day": format_date(env, line.date),
    }
    if invoice.state == "draft":
        return env._(
            "%(hours)s hours of %(employee)s on %(day)s are on a draft invoice. "
            "Delete the draft or remove its line first.",
            **details,
        )
    return env._(
        "%(hours)s hours of %(employee)s on %(day)s are invoiced already, on "
        "%(invoice)s. To correct them, make a credit note first.",
        **details,
        invoice=invoice.display_name,
    )
