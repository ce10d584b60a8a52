from odoo import api, fields, models

from .services_bridge_settings import DEFAULT_BATCH_SIZE, DEFAULT_RETENTION_DAYS

_PREFIX = "services_bridge_"
_STORED = ("address", "enabled", "batch_size", "retention_days")


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    services_bridge_enabled = fields.Boolean(string="Send Changes to the Bridge")
    services_bridge_address = fields.Char(
        string="Address", help="Where Odoo reaches the bridge."
    )
    services_bridge_batch_size = fields.Integer(
        string="Batch Size", default=DEFAULT_BATCH_SIZE
    )
    services_bridge_retention_days = fields.Integer(
        string="Keep Sent Rows", default=DEFAULT_RETENTION_DAYS
    )
    services_bridge_new_secret = fields.Char(
        string="Add a Secret", help="It is stored, and never shown again."
    )
    services_bridge_refusal = fields.Char(compute="_compute_services_bridge_status")
    services_bridge_is_copy = fields.Boolean(compute="_compute_services_bridge_status")
    services_bridge_secrets = fields.Char(
        string="Secrets", compute="_compute_services_bridge_status"
    )
    services_bridge_waiting = fields.Integer(compute="_compute_services_bridge_status")
    services_bridge_given_up = fields.Integer(compute="_compute_services_bridge_status")
    services_bridge_answered_at = fields.Datetime(
        string="Last Answer", compute="_compute_services_bridge_status"
    )
    services_bridge_last_error = fields.Text(compute="_compute_services_bridge_status")

    @api.depends_context("uid")
    def _compute_services_bridge_status(self):
        settings = self.env["services.bridge.settings"]._load()
        events = self.env["services.bridge.event"].sudo()
        circuit = self.env["services.bridge.circuit"].sudo().search([], limit=1)
        secrets = self.env["services.bridge.secret"].sudo().search([])
        for page in self:
            page.services_bridge_refusal = (
                settings.refusal(self.env) if settings.enabled else False
            )
            page.services_bridge_is_copy = settings.enabled and settings.is_copy()
            page.services_bridge_secrets = ", ".join(secrets.mapped("hint"))
            page.services_bridge_waiting = events.search_count(
                [("state", "=", "pending")]
            )
            page.services_bridge_given_up = events.search_count(
                [("state", "=", "dead")]
            )
            page.services_bridge_answered_at = circuit.answered_at
            page.services_bridge_last_error = circuit.last_error

    @api.model
    def get_values(self):
        settings = self.env["services.bridge.settings"]._load()
        return super().get_values() | {
            _PREFIX + name: getattr(settings, name) for name in _STORED
        }

    def set_values(self):
        super().set_values()
        self._services_bridge_store()

    def _services_bridge_store(self):
        """Store what the page changes, and only that.

        Whoever saves other settings must not be kept from it by a value of the bridge
        that cannot be, nor disturb the bridge.
        """
        settings = self.env["services.bridge.settings"]
        stored = settings._load()
        values = {
            name: self[_PREFIX + name]
            for name in _STORED
            # an empty text is False on the page
            if (self[_PREFIX + name] or False) != (getattr(stored, name) or False)
        }
        if self.services_bridge_new_secret:
            values["secret"] = self.services_bridge_new_secret
            # this row stays in the database for a while
            self.services_bridge_new_secret = False
        if values:
            settings.configure(values)

    def action_services_bridge_generate_secret(self):
        """Add a new secret, and show it this once."""
        self._services_bridge_store()
        action = self.env["services.bridge.secret"].action_generate()
        self.env["services.bridge.settings"]._resume()
        return action

    def action_services_bridge_confirm_database(self):
        """Let this copy of a database send from now on."""
        self._services_bridge_store()
        self.env["services.bridge.settings"].confirm_database()
        self.env["services.bridge.settings"]._resume()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_services_bridge_test(self):
        """Store what the page shows, call the bridge with it, and say what happened."""
        self._services_bridge_store()
        self.env["services.bridge.settings"]._resume()
        accepted, message = self.env["services.bridge.delivery"]._test()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if accepted else "danger",
                "title": self.env._("Services Bridge"),
                "message": message,
                "sticky": not accepted,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
