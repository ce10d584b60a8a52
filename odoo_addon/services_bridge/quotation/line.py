"""The line of a quotation: how many of what, at which price."""

from odoo import fields

from ..facade.errors import ItemError
from ..timesheet.hours import hour_unit, is_time

_PROBE = 1_000_000


def line_values(order, product, amount, hours):
    """Return quantity and price of a line over ``amount`` without tax.

    :param hours: ``None`` when the product's own price says how many they are
    :raise ItemError: when nothing says it
    """
    quantity = 1.0
    if is_time(product.uom_id):
        quantity = _time_quantity(order, product, amount, hours)
    return {
        "product_id": product.id,
        "product_uom_qty": quantity,
        "price_unit": amount / quantity,
        # the price is agreed: neither a price list nor its discount changes it
        "discount": 0,
    }


def settle_price(line, amount):
    """Let the order's total without tax be the amount, to the cent.

    It is not yet where the product's taxes are part of its price.

    :param line: the only one of its order that has a price
    :raise ItemError: when no price gives that total
    """
    if _is_settled(line, amount):
        return
    net = line.price_unit
    # a million times the price shows how much of it is tax, without the cents' rounding
    line.price_unit = net * _PROBE
    if line.price_subtotal:
        share = line.price_subtotal / (net * _PROBE * line.product_uom_qty)
        line.price_unit = round(net / share, 8)
        if _is_settled(line, amount):
            return
    raise ItemError(
        "conflict",
        line.env._(
            "With the taxes of %(product)s no price gives a total of %(amount)s "
            "without tax. Change its taxes in Odoo, or make the quotation there.",
            product=line.product_id.display_name,
            amount=line.currency_id.format(amount),
        ),
    )


def _is_settled(line, amount):
    currency = line.currency_id
    return not any(
        currency.compare_amounts(total, amount)
        for total in (line.price_subtotal, line.order_id.amount_untaxed)
    )


def _time_quantity(order, product, amount, hours):
    env = order.env
    if hours:
        quantity = hour_unit(env)._compute_quantity(
            hours, product.uom_id, rounding_method="HALF-UP"
        )
    else:
        price = product.currency_id._convert(
            product.lst_price,
            order.currency_id,
            order.company_id,
            fields.Date.context_today(order),
            round=False,
        )
        if not price:
            raise ItemError(
                "conflict",
                env._(
                    "Nothing says how many hours are sold: the deal has no hours, and "
                    "%s has no sales price in Odoo. Enter one of them.",
                    product.display_name,
                ),
            )
        quantity = product.uom_id.round(amount / price)
    if not quantity:
        raise ItemError(
            "conflict",
            env._(
                "The quantity of %s would be zero. Enter more hours or a larger "
                "amount.",
                product.display_name,
            ),
        )
    return quantity
