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
        # {order line: hours} of those lines that count
        self._hours_of = defaultdict(float)
        # looked up once: each entry of a call asks for it
        self._prices = {}

    def add(self, order_line, hours):
        """Take hours in, or out when they are negative."""
        if order_line not in self._prices:
            self._prices[order_line] = _price(order_line)
        if self._prices[order_line] is not None:
            self._hours_of[order_line] += hours

    def so_far(self):
        return SoFar(
            sum(self._hours_of.values()),
            sum(
                _quantity(line, hours) * self._prices[line]
                for line, hours in self._hours_of.items()
            ),
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


def _price(order_line):
    """Return what one of a line costs without tax, ``None`` when it does not count.

    Hours on a fixed price tell what the work cost, not what is billed for it.
    """
    if order_line.qty_delivered_method != "timesheet" or not (
        order_line.product_id.invoice_policy == "delivery"
        or is_time(order_line.product_uom_id)
    ):
        return None
    if order_line.product_uom_qty:
        return order_line.price_subtotal / order_line.product_uom_qty
    return order_line.price_unit * (1 - order_line.discount / 100)


def _quantity(order_line, hours):
    """Return hours in the line's unit, rounded as Odoo bills them."""
    return hour_unit(order_line.env)._compute_quantity(
        hours, order_line.product_uom_id, rounding_method="HALF-UP"
    )


def _is_above(value, limit, digits):
    return float_compare(value, limit, precision_digits=digits) > 0
