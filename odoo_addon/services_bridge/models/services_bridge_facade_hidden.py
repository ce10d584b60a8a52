from odoo import api, models
from odoo.exceptions import AccessError, UserError

# What else these models keep is none of the bridge's business, and its user may not
# read it; see security/rules.xml. It is not hidden: for the bridge it is not there.
_SCOPES = {
    "account.analytic.line": [("project_id", "!=", False)],
    "account.move": [("move_type", "in", ("out_invoice", "out_refund"))],
    "account.payment": [("partner_type", "=", "customer")],
    "project.task": [("project_id", "!=", False)],
}


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def hidden(self, model, record_ids):
        """Tell apart what was deleted and what the caller may not see (any more).

        Nothing else of those records is told, and only of models that the caller may
        read at all.

        :return: those of the ids, sorted, whose records are there but hidden by a rule
        """
        self = self._entered()
        record_ids = self._checked_list(record_ids, self.env._("record_ids"))
        if not all(type(record_id) is int for record_id in record_ids):
            raise UserError(self.env._("The id of a record must be a number."))
        there = self._readable_model(model).browse(dict.fromkeys(record_ids)).exists()
        meant = there.sudo().filtered_domain(_SCOPES.get(model, [])).sudo(False)
        return sorted((meant - meant._filtered_access("read")).ids)

    def _readable_model(self, name):
        """Return the empty recordset of a model of which the caller may read records.

        :raise AccessError: when there is none, or not for the caller
        """
        model = self.env.get(name) if isinstance(name, str) else None
        if model is None or not model._auto:
            raise AccessError(
                self.env._("There is no model %s with records to read.", name)
            )
        model.check_access("read")
        return model
