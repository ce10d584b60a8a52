from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["services.bridge.reference"]._merge(self, opportunities)
        return result
