"""How much of an order's cap is used."""

from collections import defaultdict
from typing import NamedTuple

from odoo.tools import float_compare, formatLang

from .hours import hour_unit, is_time

# Hours come from minutes: 2:20 is 2.3333…
_HOUR_DIGITS = 4


class SoFar(NamedTuple):
    hours: float
    # value without tax
    amount: float


class Used:
    """What the entries on one order come to, while they come and go."""

    def __init__(self, order):
        self.order = order
        # {order line: hours}
        self.hours_of = defaultdict(float)

    def so_far(self):
        return SoFar(
            sum(self.hours_of.values()),
            sum(_value(line, hours) for line, hours in self.hours_of.items()),
        )

    def excess(self, was):
        """Return why an entry does not fit, ``""`` when it does.

        :param was: what it came to before the entry
        """
        env, order, now = self.order.env, self.order, self.so_far()
        cap = order.services_bridge_cap_hours
        if cap and _is_above(now.hours, max(cap, was.hours), _HOUR_DIGITS):
            return env._(
                "The contract %(order)s is capped at %(cap)s hours, of which %(left)s "
                "are left; this entry takes %(entry)s. Raise the billing cap on the "
                "order in Odoo, under Other Info, or book the time elsewhere.",
                order=order.name,
                cap=formatLang(env, cap),
                left=formatLang(env, max(cap - was.hours, 0)),
                entry=formatLang(env, now.hours - was.hours),
            )
        cap, currency = order.services_bridge_cap_amount, order.currency_id
        if cap and _is_above(now.amount, max(cap, was.amount), currency.decimal_places):
            return env._(
                "The contract %(order)s is capped at %(cap)s, of which %(left)s are "
                "left; this entry is worth %(entry)s. Raise the billing cap on the "
                "order in Odoo, under Other Info, or book the time elsewhere.",
                order=order.name,
                cap=currency.format(cap),
                left=currency.format(max(cap - was.amount, 0)),
                entry=currency.format(now.amount - was.amount),
            )
        return ""


def counts(order_line):
    """Whether hours on an order line are billed, or used up, as hours.

    Hours on a fixed price tell what the work cost, not what is billed for it.
    """
    return order_line.qty_delivered_method == "timesheet" and (
        order_line.product_id.invoice_policy == "delivery"
        or is_time(order_line.product_uom_id)
    )


def _value(order_line, hours):
    """Return what hours cost the customer without tax, rounded as Odoo bills them."""
    quantity = hour_unit(order_line.env)._compute_quantity(
        hours, order_line.product_uom_id, rounding_method="HALF-UP"
    )
    if order_line.product_uom_qty:
        return quantity * order_line.price_subtotal / order_line.product_uom_qty
    return quantity * order_line.price_unit * (1 - order_line.discount / 100)


def _is_above(value, limit, digits):
    return float_compare(value, limit, precision_digits=digits) > 0
