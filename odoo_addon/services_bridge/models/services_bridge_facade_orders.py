from odoo import api, models
from odoo.exceptions import MissingError, UserError
from odoo.tools import SQL

from ..facade.values import checked_day
from ..outbox.collector import origin
from .services_bridge_facade_upsert import ORIGIN


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def confirm_order(self, order_id):
        """Confirm a quotation; Odoo makes the projects and tasks of its products.

        :return: the order's state, projects and tasks; the same when it was confirmed
            before
        """
        self = self._entered()
        with origin(self.env.cr, ORIGIN):
            order = self._locked_orders([order_id])
            if order.state != "sale":
                order.action_confirm()
        # read with more rights only to know their ids: who may see them is asked next
        projects = order.sudo().project_ids.sudo(False)
        tasks = order.sudo().tasks_ids.sudo(False)
        return {
            "id": order.id,
            "state": order.state,
            "project_ids": sorted(projects._filtered_access("read").ids),
            "task_ids": sorted(tasks._filtered_access("read").ids),
        }

    @api.model
    def make_draft_invoice(self, order_ids, until=False):
        """Make one draft invoice for each order that has something delivered.

        :param until: last day of the timesheets, ``False`` for all of them
        """
        self = self._entered()
        order_ids = self._checked_list(order_ids, self.env._("order_ids"))
        try:
            until = checked_day(until) if until else False
        except ValueError as error:
            raise UserError(
                self.env._("%s is no day. It looks like 2026-01-31.", until)
            ) from error
        invoice_ids = []
        with origin(self.env.cr, ORIGIN):
            for order in self._locked_orders(order_ids):
                invoice_ids += self._invoice_order(order, until)
        return {"invoice_ids": invoice_ids, "nothing_to_invoice": not invoice_ids}

    def _invoice_order(self, order, until):
        """Return the ids of the order's new draft invoices."""
        savepoint = self.env.cr.savepoint()
        invoice_ids = []
        try:
            wizard = self.env["sale.advance.payment.inv"].create(
                {
                    "advance_payment_method": "delivered",
                    "sale_order_ids": order.ids,
                    "date_end_invoice_timesheet": until,
                }
            )
            invoices = wizard.with_context(
                raise_if_nothing_to_invoice=False
            )._create_invoices(order.with_context(raise_if_nothing_to_invoice=False))
            invoice_ids = invoices.ids
        finally:
            # Odoo limits by a day by writing the quantities to invoice: undone when
            # no invoice came out of it
            savepoint.close(rollback=not invoice_ids)
        return invoice_ids

    def _locked_orders(self, order_ids):
        """Return the orders, which nobody else changes until this call is done."""
        if not all(type(order_id) is int for order_id in order_ids):
            raise UserError(self.env._("The id of an order must be a number."))
        orders = self.env["sale.order"].browse(dict.fromkeys(order_ids))
        if missing := orders - orders.exists():
            raise MissingError(
                self.env._("There is no sales order with the id %s.", missing[0].id)
            )
        orders.check_access("write")
        # The second of two calls waits here; when the first has changed the order,
        # this fails as a serialization failure, and Odoo repeats the call.
        self.env.execute_query(
            SQL(
                "SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE",
                orders.ids,
            )
        )
        return orders
