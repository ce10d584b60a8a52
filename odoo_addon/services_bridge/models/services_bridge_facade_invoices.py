from typing import NamedTuple

from odoo import api, models

from ..facade.call_item import CallItem
from ..facade.errors import ItemError


class _Billing(NamedTuple):
    order_id: int
    # last day of the timesheets, False for all of them
    until: object


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def make_draft_invoices(self, items):
        """Make a draft invoice for the order of each item, once per reference.

        :return: one answer per item, in order
        """
        self = self._entered()
        self.env["sale.order"].check_access("write")
        return self._make_once(
            self.env["account.move"], items, self._checked_billing, self._bill
        )

    def _checked_billing(self, item):
        fields = CallItem(self.env, item, _Billing._fields)
        return _Billing(
            order_id=fields.record_id("order_id"),
            until=fields.optional_day("until") or False,
        )

    def _bill(self, item):
        """Return the new draft invoice, empty when there is nothing to bill."""
        order = self._locked_orders([item.order_id])
        if order.state != "sale":
            raise ItemError(
                "conflict",
                self.env._(
                    "The order %s is cancelled, so nothing of it can be billed.",
                    order.name,
                )
                if order.state == "cancel"
                else self.env._(
                    "The order %s is not confirmed, so nothing of it can be billed. "
                    "Confirm it in Odoo.",
                    order.name,
                ),
            )
        return self.env["account.move"].browse(
            self._invoice_order(order, item.until)[:1]
        )
