from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _services_bridge_number(self):
        """A draft may show a number that it does not keep."""
        self.ensure_one()
        return self.name or "" if self.state == "posted" else ""
