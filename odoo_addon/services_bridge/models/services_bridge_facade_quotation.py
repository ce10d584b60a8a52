from typing import NamedTuple

from odoo import api, models

from ..facade.call_item import CallItem
from ..facade.errors import ItemError
from ..quotation.line import line_values, settle_price
from ..quotation.product import sold_product


class _Quotation(NamedTuple):
    opportunity_id: int
    name: str
    product: str
    amount: float
    # None where the product's price says how many
    hours: float | None
    note: str
    currency: str


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def make_quotation(self, items):
        """Make a draft order for the opportunity of each item, once per reference.

        An opportunity that has one already, which is not cancelled, gets no other.

        :return: one answer per item, in order
        """
        self = self._entered()
        orders = self.env["sale.order"]
        orders.check_access("create")
        return self._make_once(
            orders,
            items,
            self._checked_quotation,
            self._quotation_of,
            find=self._earlier_quotation,
        )

    def _checked_quotation(self, item):
        fields = CallItem(self.env, item, _Quotation._fields)
        return _Quotation(
            opportunity_id=fields.record_id("opportunity_id"),
            name=fields.text("name"),
            product=fields.text("product"),
            amount=fields.positive("amount"),
            hours=fields.optional_positive("hours"),
            note=fields.optional_text("note"),
            currency=fields.optional_text("currency").upper(),
        )

    def _earlier_quotation(self, item):
        """Return the order that was made for the opportunity before, as long as it
        counts; a confirmed one first."""
        # the order may be of a company that the caller is not in
        orders = self.env["sale.order"].sudo()
        orders = orders.search(
            [("opportunity_id", "=", item.opportunity_id), ("state", "!=", "cancel")],
            order="id desc",
        )
        references = self.env["services.bridge.reference"]
        owners = references._owners(orders, orders.ids)
        adopted = references._adopted(orders, list(owners.values()))
        made = orders.filtered(
            lambda order: order.id in owners and owners[order.id] not in adopted
        )
        return (made.filtered(lambda order: order.state == "sale") or made)[:1].sudo(
            False
        )

    def _quotation_of(self, item):
        """Return the new order."""
        opportunity = self._opportunity(item.opportunity_id)
        company = opportunity.company_id or self.env.company
        # With more rights, because apps compute parts of an order from what only
        # salespeople may read; whether the caller may make this one is asked below.
        env = self.with_company(company).sudo().env
        customer = self._customer_of(opportunity, company)
        product = sold_product(self.with_company(company).env, company, item.product)
        order = env["sale.order"].create(
            {
                "partner_id": customer.id,
                "opportunity_id": opportunity.id,
                "company_id": company.id,
                "origin": opportunity.name,
                "campaign_id": opportunity.campaign_id.id,
                "medium_id": opportunity.medium_id.id,
                "source_id": opportunity.source_id.id,
                **({"user_id": user.id} if (user := opportunity.user_id) else {}),
                **({"team_id": team.id} if (team := opportunity.team_id) else {}),
            }
        )
        self._check_currency(order, item.currency)
        line = env["sale.order.line"].create(
            {
                "order_id": order.id,
                "name": item.name,
                **line_values(order, product, item.amount, item.hours),
            }
        )
        settle_price(line, item.amount)
        if item.note:
            env["sale.order.line"].create(
                {
                    "order_id": order.id,
                    "display_type": "line_note",
                    "name": item.note,
                    "sequence": line.sequence + 1,
                }
            )
        order = order.sudo(False)
        order.check_access("create")
        return order

    def _opportunity(self, opportunity_id):
        opportunity = self.env["crm.lead"].browse(opportunity_id)
        if not opportunity.exists():
            raise ItemError(
                "missing",
                self.env._("There is no opportunity with the id %s.", opportunity_id),
            )
        if not opportunity._filtered_access("read"):
            raise ItemError(
                "denied",
                self.env._(
                    "The bridge's user may not see the opportunity with the id %s. It "
                    "may belong to a company that the user is not in: add the company "
                    "to the user in Odoo.",
                    opportunity_id,
                ),
            )
        if opportunity.type != "opportunity":
            raise ItemError(
                "conflict",
                self.env._(
                    "%s is still a lead. Convert it to an opportunity in Odoo first.",
                    opportunity.name,
                ),
            )
        return opportunity

    def _customer_of(self, opportunity, company):
        customer = opportunity.partner_id
        if not customer:
            raise ItemError(
                "conflict",
                self.env._(
                    "The opportunity %s has no customer. Set the customer on it, in "
                    "the system where deals are kept.",
                    opportunity.name,
                ),
            )
        # the name of a customer of another company is none of the caller's business
        if (owner := customer.sudo().company_id) and owner != company:
            raise ItemError(
                "conflict",
                self.env._(
                    "The customer of the opportunity %(opportunity)s belongs to "
                    "another company than %(company)s, which the opportunity belongs "
                    "to. Share the customer between the companies in Odoo, or choose "
                    "another.",
                    opportunity=opportunity.name,
                    company=company.name,
                ),
            )
        return customer

    def _check_currency(self, order, wanted):
        offered = order.currency_id.name
        if wanted and wanted != offered:
            raise ItemError(
                "conflict",
                self.env._(
                    "The amount is in %(wanted)s, but Odoo offers to %(customer)s in "
                    "%(offered)s. Give the customer a price list in %(wanted)s in "
                    "Odoo, or change the deal's currency.",
                    wanted=wanted,
                    offered=offered,
                    customer=order.partner_id.display_name,
                ),
            )
