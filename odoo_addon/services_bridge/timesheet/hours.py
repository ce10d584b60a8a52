"""Quantities of time, in hours."""


def hour_unit(env):
    """Return the unit; unlike ``env.ref`` without asking the database each time."""
    return env["uom.uom"].browse(
        env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_hour")
    )


def is_time(unit):
    return unit._has_common_reference(hour_unit(unit.env))
