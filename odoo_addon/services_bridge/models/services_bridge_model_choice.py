from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServicesBridgeModelChoice(models.AbstractModel):
    """A model and some of its fields, chosen by an administrator; each model once."""

    _name = "services.bridge.model.choice"
    _description = "Choice of a Model and Fields"
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
        "ir.model.fields", string="Fields", domain="[('model_id', '=', model_id)]"
    )
    active = fields.Boolean(default=True)

    _model_unique = models.Constraint(
        "UNIQUE (model_id)", "This model is in the list already."
    )

    @api.constrains("model_id")
    def _check_model(self):
        for choice in self:
            model = self.env.get(choice.model_id.model)
            if model is None or not model._auto or model._transient or model._abstract:
                raise ValidationError(
                    self.env._(
                        "%s cannot be chosen: its records are not kept in a table of "
                        "the database.",
                        choice.model_id.name,
                    )
                )
            if refusal := choice._refusal_of_model():
                raise ValidationError(refusal)

    @api.constrains("model_id", "field_ids")
    def _check_fields(self):
        for choice in self:
            for field in choice.field_ids:
                if field.model_id != choice.model_id:
                    raise ValidationError(
                        self.env._(
                            "%(field)s is no field of %(model)s. Choose fields of "
                            "that model only.",
                            field=field.display_name,
                            model=choice.model_id.name,
                        )
                    )
                if refusal := choice._refusal_of_field(field):
                    raise ValidationError(refusal)

    def _refusal_of_model(self):
        """Return why the model cannot be chosen, ``""`` when it can."""
        return ""

    def _refusal_of_field(self, field):
        """Return why one of the model's fields cannot be chosen, ``""`` when it can."""
        return ""
