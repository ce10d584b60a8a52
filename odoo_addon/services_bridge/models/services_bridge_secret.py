from odoo import api, fields, models
from odoo.exceptions import UserError

from ..delivery import signature


class ServicesBridgeSecret(models.Model):
    """The secrets that batches are signed with, all of them at the same time.

    To replace one without losing a message: add the new one here, give it to the
    bridge, then delete the old one here and there.
    """

    _name = "services.bridge.secret"
    _description = "Secret of the Services Bridge"
    _order = "id desc"
    _rec_name = "hint"

    # Nobody reads it through the ORM, administrators included; SQL signs with it.
    value = fields.Char(required=True, groups=fields.NO_ACCESS, copy=False)
    hint = fields.Char(
        string="Secret", required=True, help="How the secret begins and ends."
    )

    _value_unique = models.Constraint("UNIQUE (value)", "This secret is there already.")

    @api.model
    def add(self, secret):
        """Sign with this secret too, from now on.

        :param str secret: ``whsec_`` and base64 of 24 to 64 random bytes
        :return: id of its row
        """
        if not self.env.is_system():
            raise UserError(
                self.env._("Only an administrator may change the bridge's secrets.")
            )
        secret = (secret or "").strip()
        try:
            signature.key_of(secret)
        except ValueError as error:
            # the secret itself must not be part of the message, which is logged
            raise UserError(
                self.env._(
                    "This is no secret of a bridge. It is whsec_ followed by 24 to 64 "
                    "random bytes in base64. Generate one instead of inventing it."
                )
            ) from error
        there = self.sudo().search([("value", "=", secret)])
        hint = f"{secret[:8]}…{secret[-4:]}"
        return (there or self.sudo().create({"value": secret, "hint": hint})).id

    @api.model
    def action_generate(self):
        """Add a new secret and show it, this once."""
        secret = signature.new_secret()
        self.add(secret)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Secret"),
            "res_model": "services.bridge.secret.shown",
            "view_mode": "form",
            "target": "new",
            # never stored: the dialog only shows its default value
            "context": {"default_value": secret},
        }


class ServicesBridgeSecretShown(models.TransientModel):
    """The dialog that shows a new secret. Its rows are never saved."""

    _name = "services.bridge.secret.shown"
    _description = "New Secret of the Services Bridge"

    value = fields.Char(string="Secret", readonly=True, store=False)
