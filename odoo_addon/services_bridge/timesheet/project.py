"""Time is booked on open projects only; Odoo itself asks that only in its forms."""

from ..facade.errors import ItemError


def refuse_closed_project(env, entries):
    """Return ``{reference: ItemError}`` of the ``Planned`` whose project is not open.

    Taking an entry back is possible all the same.
    """
    return {
        entry.reference: ItemError("conflict", reason)
        for entry in entries
        if not entry.deleted and (reason := _reason(env, entry.project))
    }


def _reason(env, project):
    if not project:
        return ""
    if not project.active:
        return env._(
            "The project %s is archived, so no time can be booked on it. Unarchive it "
            "in Odoo, or move the entry to another project.",
            project.display_name,
        )
    if not project.allow_timesheets:
        return env._(
            "The project %s takes no timesheets. Switch Timesheets on in the project's "
            "settings in Odoo, or move the entry to another project.",
            project.display_name,
        )
    if project.last_update_status == "on_hold":
        return env._(
            "The project %s is on hold, so no time can be booked on it. Set its status "
            "in Odoo to another one, or move the entry to another project.",
            project.display_name,
        )
    return ""
