"""What a contract lets be billed at most, in hours and in money."""

from typing import NamedTuple

from odoo.models import BaseModel
from odoo.tools import SQL

from ..facade.errors import ItemError
from .cap_used import Used
from .hours import hour_unit


class Share(NamedTuple):
    """The part of one entry."""

    order_line: BaseModel
    hours: float


def shares(env, changes):
    """Return ``{reference: Share}`` of the changes' entries as they are by now."""
    there = [change for change in changes if change.record]
    # one recordset, so that what is asked of one is read for all
    lines = env["account.analytic.line"].sudo()
    lines = lines.browse([change.record.id for change in there])
    return {
        change.reference: _share(line)
        for change, line in zip(there, lines, strict=True)
    }


def _share(line):
    hour = hour_unit(line.env)
    unit = line.product_uom_id or hour
    return Share(
        line.so_line, unit._compute_quantity(line.unit_amount, hour, round=False)
    )


def refuse_above_cap(env, written, before):
    """Find the entries that do not fit under the cap of their order.

    In their order, so those after one that does not fit may be taken. Entries that
    bring the total down always are.

    :param written: ``{reference: record}`` of the entries as they are by now
    :param before: ``{reference: Share}`` of those that were there before
    :return: ``{reference: ItemError}``
    """
    lines = env["account.analytic.line"].sudo()
    lines = lines.browse([record.id for record in written.values()])
    orders = lines.so_line.order_id.filtered(
        lambda order: (
            order.services_bridge_cap_hours or order.services_bridge_cap_amount
        )
    )
    if not orders:
        return {}
    _hold(env, orders)
    used = _used(env, orders)
    moves = {
        name: (before.get(name), _share(line))
        for name, line in zip(written, lines, strict=True)
    }
    for old, new in moves.values():
        _move(used, new, old)
    refused = {}
    for name, (old, new) in moves.items():
        order_used = used.get(new.order_line.order_id)
        was = order_used and order_used.so_far()
        _move(used, old, new)
        if order_used and (reason := order_used.excess(was)):
            refused[name] = ItemError("conflict", reason)
            _move(used, new, old)
    return refused


def _hold(env, orders):
    """Let nobody else use the same caps until this call is done.

    A lock would not do: who waited for it still sees the entries as they were before.
    A row that was written fails the other call, and Odoo repeats that one.
    """
    env.cr.execute(
        SQL(
            """UPDATE sale_order
                  SET services_bridge_cap_hours = services_bridge_cap_hours
                WHERE id = ANY(%s)""",
            orders.ids,
        )
    )


def _used(env, orders):
    """Return ``{order: Used}`` of all entries on these orders."""
    used = {order: Used(order) for order in orders}
    hour = hour_unit(env)
    groups = (
        env["account.analytic.line"]
        .sudo()
        ._read_group(
            [("order_id", "in", orders.ids), ("project_id", "!=", False)],
            ["so_line", "product_uom_id"],
            ["unit_amount:sum"],
        )
    )
    for order_line, unit, quantity in groups:
        hours = (unit or hour)._compute_quantity(quantity, hour, round=False)
        _add(used, Share(order_line, hours), 1)
    return used


def _move(used, old, new):
    if old:
        _add(used, old, -1)
    if new:
        _add(used, new, 1)


def _add(used, part, sign):
    order_used = used.get(part.order_line.order_id)
    if order_used:
        order_used.add(part.order_line, sign * part.hours)
