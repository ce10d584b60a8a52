"""Where timesheets would stand after a change, looked up once for all of a call."""

from typing import NamedTuple

from odoo import fields
from odoo.models import BaseModel

# What changes hours or money, or whom they are billed to.
_WEIGHTY_FIELDS = {
    "amount",
    "date",
    "employee_id",
    "is_so_line_edited",
    "project_id",
    "so_line",
    "task_id",
    "unit_amount",
}


class Planned(NamedTuple):
    reference: str
    # the entry as it is, with more rights: only to look; empty when it is new
    line: BaseModel
    deleted: bool
    project: BaseModel
    company: BaseModel
    # those that it leaves and comes to; the same one as a rule
    days: frozenset


def planned(env, changes):
    """Return the ``Planned`` of each change that weighs, in order.

    A change of the description alone moves neither hours nor money.
    """
    weighty = [
        change
        for change in changes
        if not change.record
        or change.values is None
        or _WEIGHTY_FIELDS.intersection(change.values)
    ]
    found = {
        name: _found(env[model], weighty, name)
        for name, model in (
            ("employee_id", "hr.employee"),
            ("project_id", "project.project"),
            ("task_id", "project.task"),
        )
    }
    # one recordset, so that what is asked of one is read for all
    lines = env["account.analytic.line"].sudo().browse(_ids(weighty))
    line_by_id = {line.id: line for line in lines}
    return [
        _planned(change, line_by_id.get(change.record.id, lines.browse()), found)
        for change in weighty
    ]


def _ids(changes):
    return [change.record.id for change in changes if change.record]


def _found(model, changes, name):
    """Return ``{id: record}`` of what the changes name in a field."""
    values = (change.values or {} for change in changes)
    ids = dict.fromkeys(given[name] for given in values if given.get(name))
    return {record.id: record for record in model.sudo().browse(ids)}


def _planned(change, line, found):
    values = change.values or {}

    def given(name):
        return found[name].get(values.get(name), line[name].browse())

    task = given("task_id") if "task_id" in values else line.task_id
    if "task_id" in values and task:
        # as Odoo does: a task's entry is in the task's project
        project = task.project_id
    else:
        project = given("project_id") if "project_id" in values else line.project_id
    employee = given("employee_id") if "employee_id" in values else line.employee_id
    company = task.company_id or project.company_id or employee.company_id
    return Planned(
        reference=change.reference,
        line=line,
        deleted=change.values is None,
        project=project,
        company=line.company_id if change.values is None else company,
        days=frozenset(_days(change, line)),
    )


def _days(change, line):
    if line:
        yield line.date
    if change.values and change.values.get("date"):
        yield fields.Date.to_date(change.values["date"])
    elif not line:
        yield fields.Date.context_today(line)
