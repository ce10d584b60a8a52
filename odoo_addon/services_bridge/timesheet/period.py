"""A closed period takes no hours any more, and gives none back."""

from odoo.tools import format_date

from ..facade.errors import ItemError


def refuse_closed_period(env, entries):
    """Return ``{reference: ItemError}`` of the ``Planned`` with a locked day."""
    locked_until = {}
    refused = {}
    for entry in entries:
        company = entry.company
        if not company:
            continue
        if company not in locked_until:
            locked_until[company] = _locked_until(company)
        day = min(entry.days)
        if day <= locked_until[company]:
            refused[entry.reference] = ItemError(
                "conflict",
                env._(
                    "%(day)s is in a closed period: %(company)s has locked its books "
                    "up to and including %(lock)s. Put the entry on a later day, or "
                    "let an accountant move the lock date in Accounting, Lock Dates, "
                    "or make an exception there for the bridge's user.",
                    day=format_date(env, day),
                    company=company.name,
                    lock=format_date(env, locked_until[company]),
                ),
            )
    return refused


def _locked_until(company):
    """Return the last day that is locked for the caller, exceptions respected.

    Time becomes sales: the dates that lock sales and everything count, not those for
    purchases and tax reports.
    """
    return max(
        company.user_fiscalyear_lock_date,
        company.user_sale_lock_date,
        company.user_hard_lock_date,
    )
