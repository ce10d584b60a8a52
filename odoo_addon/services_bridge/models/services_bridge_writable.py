from odoo import api, fields, models
from odoo.exceptions import AccessError

# Accounting outcomes are Odoo's; rights and the machinery are nobody's to sync.
_NEVER_WRITABLE = (
    "account.account",
    "account.bank.statement",
    "account.full.reconcile",
    "account.journal",
    "account.move",
    "account.partial.reconcile",
    "account.payment",
    "account.payment.term",
    "account.tax",
    "base.",
    "ir.",
    "mail.alias",
    "res.company",
    "res.currency",
    "res.groups",
    "res.partner.bank",
    "res.users",
    "services.bridge.",
)


def _is_never_writable(name):
    return any(
        name == never or name.startswith(never.rstrip(".") + ".")
        for never in _NEVER_WRITABLE
    )


class ServicesBridgeWritable(models.Model):
    """What the bridge may write through the facade, besides having the rights."""

    _name = "services.bridge.writable"
    _inherit = "services.bridge.model.choice"
    _description = "Writable Model"

    field_ids = fields.Many2many(
        help="The bridge may write these fields, if its user has the right to.",
    )
    allow_remove = fields.Boolean(
        help="The bridge may delete records, but only such as carry its reference.",
    )

    def _refusal_of_model(self):
        if not _is_never_writable(self.model_id.model):
            return ""
        return self.env._(
            "%s can never be written by the bridge: accounting, access rights and the "
            "system itself belong to Odoo.",
            self.model_id.name,
        )

    def _refusal_of_field(self, field):
        """Fields that write other records than this model's are refused."""
        names = {"field": field.field_description, "model": self.model_id.name}
        if field.ttype == "one2many":
            return self.env._(
                "%(field)s of %(model)s cannot be written by the bridge: its entries "
                "are records of another model. Allow that model instead.",
                **names,
            )
        if field.ttype == "many2many" and _is_never_writable(field.relation):
            return self.env._(
                "%(field)s of %(model)s can never be written by the bridge: "
                "accounting, access rights and the system itself belong to Odoo.",
                **names,
            )
        known = self.env[self.model_id.model]._fields.get(field.name)
        if known and known.related and not known.inherited and not known.readonly:
            return self.env._(
                "%(field)s of %(model)s cannot be written by the bridge: it is a field "
                "of another record (%(path)s). Allow it in that model.",
                **names,
                path=known.related,
            )
        return ""

    @api.model
    def _opened(self, domain=()):
        """Return the active rows, whatever the context says of archived ones."""
        return self.sudo().search([("active", "=", True), *domain])

    @api.model
    def _for(self, name):
        """Return the row for a model.

        :raise AccessError: when the bridge may not write the model
        """
        writable = self._opened([("model", "=", name)]) if name else self
        if not writable:
            raise AccessError(
                self.env._(
                    "The bridge may not write %s. An administrator can allow it in "
                    "Services Bridge, Writable Models.",
                    name,
                )
            )
        return writable
