from odoo import api, models

from ..timesheet.cap import refuse_above_cap, shares
from ..timesheet.invoiced import refuse_invoiced
from ..timesheet.period import refuse_closed_period
from ..timesheet.planned import planned
from ..timesheet.project import refuse_closed_project

# in the order in which a person would want to know
_REFUSALS = (refuse_invoiced, refuse_closed_period, refuse_closed_project)


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    @api.model
    def _services_bridge_refusals(self, changes):
        refused = super()._services_bridge_refusals(changes)
        entries = planned(self.env, changes)
        for refuse in _REFUSALS:
            left = [entry for entry in entries if entry.reference not in refused]
            refused.update(refuse(self.env, left))
        return refused

    @api.model
    def _services_bridge_remembered(self, changes):
        return shares(self.env, changes)

    @api.model
    def _services_bridge_excess(self, written, remembered):
        return refuse_above_cap(self.env, written, remembered)
