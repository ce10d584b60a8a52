from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

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
    _description = "Writable Model"
    _order = "model"
    _rec_name = "model_id"

    model_id = fields.Many2one(
        "ir.model",
        required=True,
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    model = fields.Char(related="model_id.model", store=True, string="Technical Name")
    field_ids = fields.Many2many(
        "ir.model.fields",
        string="Fields",
        domain="[('model_id', '=', model_id)]",
        help="The bridge may write these fields, if its user has the right to.",
    )
    allow_remove = fields.Boolean(
        help="The bridge may delete records, but only such as carry its reference.",
    )
    active = fields.Boolean(default=True)

    _model_unique = models.Constraint(
        "UNIQUE (model_id)", "This model is in the list already."
    )

    @api.constrains("model_id", "field_ids")
    def _check_model(self):
        for writable in self:
            name = writable.model_id.model
            model = self.env.get(name)
            if model is None or not model._auto or model._transient or model._abstract:
                raise ValidationError(
                    self.env._("%s has no records to write.", writable.model_id.name)
                )
            if _is_never_writable(name):
                raise ValidationError(
                    self.env._(
                        "%s can never be written by the bridge: accounting, access "
                        "rights and the system itself belong to Odoo.",
                        writable.model_id.name,
                    )
                )
            if foreign := writable.field_ids.filtered(
                lambda field, model=writable.model_id: field.model_id != model
            ):
                raise ValidationError(
                    self.env._(
                        "%(field)s is no field of %(model)s.",
                        field=foreign[0].display_name,
                        model=writable.model_id.name,
                    )
                )
            for field in writable.field_ids:
                writable._check_field(field)

    def _check_field(self, field):
        """Refuse fields that write other models than this one."""
        if field.ttype == "one2many":
            raise ValidationError(
                self.env._(
                    "%(field)s of %(model)s cannot be written by the bridge: its "
                    "entries are records of another model. Allow that model instead.",
                    field=field.field_description,
                    model=self.model_id.name,
                )
            )
        known = self.env[self.model_id.model]._fields.get(field.name)
        if known and known.related and not known.inherited and not known.readonly:
            raise ValidationError(
                self.env._(
                    "%(field)s of %(model)s cannot be written by the bridge: it is a "
                    "field of another record (%(path)s). Allow it in that model.",
                    field=field.field_description,
                    model=self.model_id.name,
                    path=known.related,
                )
            )
        if field.ttype == "many2many" and _is_never_writable(field.relation):
            raise ValidationError(
                self.env._(
                    "%(field)s of %(model)s can never be written by the bridge: "
                    "accounting, access rights and the system itself belong to Odoo.",
                    field=field.field_description,
                    model=self.model_id.name,
                )
            )

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
