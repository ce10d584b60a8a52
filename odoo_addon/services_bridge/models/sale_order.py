from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # between the firm and the bridge: customers in the portal do not see what they
    # have not been told
    services_bridge_cap_hours = fields.Float(
        string="Billing Cap in Hours",
        digits="Product Unit",
        tracking=True,
        groups="base.group_user",
        help="Most hours that may be booked on this order's lines from outside. Zero "
        "for no limit.",
    )
    services_bridge_cap_amount = fields.Monetary(
        string="Billing Cap",
        tracking=True,
        groups="base.group_user",
        help="Most that hours on this order's lines may come to without tax, at the "
        "lines' prices. Zero for no limit. What would go beyond it is refused, and "
        "whoever sent it is told.",
    )

    _services_bridge_cap_not_negative = models.Constraint(
        "CHECK (services_bridge_cap_hours >= 0 AND services_bridge_cap_amount >= 0)",
        "A billing cap cannot be less than zero.",
    )

    def _services_bridge_number(self):
        self.ensure_one()
        return self.name or ""
