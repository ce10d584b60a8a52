from odoo import api, models

from ..facade.errors import ItemError


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _services_bridge_refusals(self, changes):
        refused = super()._services_bridge_refusals(changes)
        for change in changes:
            if {"stage_id", "won_status"} <= set(change.values or ()):
                refused[change.reference] = ItemError(
                    "invalid",
                    self.env._(
                        "A stage and a status of an opportunity cannot be set together."
                    ),
                )
        return refused

    @api.model
    def _services_bridge_remembered(self, changes):
        """Return in which currency each amount is meant to be."""
        return {
            change.reference: change.values["company_currency"]
            for change in changes
            if (change.values or {}).get("company_currency")
        }

    @api.model
    def _services_bridge_excess(self, written, remembered):
        """An opportunity has no currency of its own: it is that of its company, which
        is only known once the opportunity is written."""
        refused = super()._services_bridge_excess(written, remembered)
        for reference, currency_id in remembered.items():
            lead = written[reference]
            if lead.company_currency.id != currency_id:
                refused[reference] = ItemError(
                    "conflict",
                    self.env._(
                        "The amount is in %(wanted)s, but Odoo keeps the opportunities "
                        "of %(company)s in %(kept)s. Give the amount in that currency, "
                        "or the opportunity a customer of another company.",
                        wanted=self.env["res.currency"].browse(currency_id).name,
                        company=(lead.company_id or self.env.company).sudo().name,
                        kept=lead.company_currency.name,
                    ),
                )
        return refused

    @api.model
    def _services_bridge_create(self, vals_list):
        statuses = [values.pop("won_status", False) for values in vals_list]
        for values in vals_list:
            values.pop("company_currency", None)
        leads = super()._services_bridge_create(vals_list)
        for lead, status in zip(leads, statuses, strict=True):
            lead._services_bridge_set_status(status)
        return leads

    def _services_bridge_write(self, values):
        status = values.pop("won_status", False)
        values.pop("company_currency", None)
        if values:
            super()._services_bridge_write(values)
        self._services_bridge_set_status(status)

    def _services_bridge_set_status(self, status):
        """Do what Odoo's buttons do; one by one, because each team has its stages."""
        if not status or self.won_status == status:
            return
        if status == "won":
            self._services_bridge_stage(is_won=True)
            self.action_set_won()
        elif status == "lost":
            # Odoo refuses to lose what stands in a won stage
            self._services_bridge_leave_won()
            self.action_set_lost()
        else:
            self._services_bridge_leave_won()
            self.action_restore()

    def _services_bridge_leave_won(self):
        if self.stage_id.is_won:
            stage = self._services_bridge_stage(is_won=False)
            self.write({"stage_id": stage.id})

    def _services_bridge_stage(self, is_won):
        """Return the first stage of the lead's team.

        :raise ItemError: when there is none
        """
        wanted = [("is_won", "=", is_won)]
        if not is_won:
            wanted.append(("fold", "=", False))
        if stage := self._stage_find(domain=wanted):
            return stage
        raise ItemError(
            "conflict",
            self.env._(
                "No stage says that an opportunity is won. Mark one of the stages as "
                "Is Won Stage in Odoo."
            )
            if is_won
            else self.env._(
                "All stages are won or folded, so the opportunity cannot be opened "
                "again. Make a stage for open opportunities in Odoo."
            ),
        )
