from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class Watched(NamedTuple):
    """What the write hooks have to know of a watched model; hashable and plain."""

    model: str
    table: str
    has_company: bool
    # names of the watched fields, and of those among them that have no column
    fields: frozenset
    relations: frozenset


class ServicesBridgeWatch(models.Model):
    _name = "services.bridge.watch"
    _description = "Watched Model"
    _order = "model"
    _rec_name = "model_id"

    model_id = fields.Many2one(
        "ir.model",
        required=True,
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
        help="The bridge hears of every record of this model that is created, changed "
        "or deleted.",
    )
    model = fields.Char(related="model_id.model", store=True, string="Technical Name")
    field_ids = fields.Many2many(
        "ir.model.fields",
        string="Fields",
        domain="[('model_id', '=', model_id), '|', ('store', '=', True), "
        "('ttype', 'in', ('one2many', 'many2many'))]",
        help="A change is announced when one of these fields changes. Creating and "
        "deleting a record is always announced.",
    )
    active = fields.Boolean(default=True)

    _model_unique = models.Constraint(
        "UNIQUE (model_id)", "This model is watched already."
    )

    @api.constrains("model_id")
    def _check_model(self):
        for watch in self:
            model = self.env.get(watch.model_id.model)
            if model is None or not model._auto or model._transient or model._abstract:
                raise ValidationError(
                    self.env._(
                        "%s cannot be watched: its records are not kept in a table of "
                        "the database.",
                        watch.model_id.name,
                    )
                )
            if model._name.startswith("services.bridge."):
                raise ValidationError(
                    self.env._(
                        "%s cannot be watched: it belongs to the bridge itself.",
                        watch.model_id.name,
                    )
                )

    @api.constrains("model_id", "field_ids")
    def _check_fields(self):
        for watch in self:
            for field in watch.field_ids:
                if field.model_id != watch.model_id:
                    raise ValidationError(
                        self.env._(
                            "%(field)s is no field of %(model)s. Choose fields of the "
                            "watched model only.",
                            field=field.display_name,
                            model=watch.model_id.name,
                        )
                    )
                if not field.store and field.ttype not in ("one2many", "many2many"):
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(model)s cannot be watched: it is computed "
                            "when it is read, so nothing tells when it changes. Watch "
                            "the fields that it is computed from.",
                            field=field.field_description,
                            model=watch.model_id.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        watches = super().create(vals_list)
        self._forget_watched()
        return watches

    def write(self, vals):
        result = super().write(vals)
        self._forget_watched()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_watched()
        return result

    def _forget_watched(self):
        # flushed first, because the map is read by SQL: it may be asked for in the
        # middle of a flush, where the ORM must not be entered again
        self.env.flush_all()
        self.env.registry.clear_cache()

    @api.model
    @tools.ormcache()
    def _watched_by_model(self):
        """Return ``{model: Watched}``; empty while nothing may be sent."""
        if not self.env["services.bridge.settings"]._load().collects():
            return {}
        return self._configured()

    @api.model
    def _configured(self):
        """Return ``{model: Watched}`` of the active rows."""
        rows = self.env.execute_query(
            SQL("""
            SELECT watch.model, array_remove(array_agg(field.name), NULL)
              FROM services_bridge_watch watch
              LEFT JOIN ir_model_fields_services_bridge_watch_rel rel
                     ON rel.services_bridge_watch_id = watch.id
              LEFT JOIN ir_model_fields field ON field.id = rel.ir_model_fields_id
             WHERE watch.active
             GROUP BY watch.model
            """)
        )
        return {
            name: self._watched(self.env[name], names)
            for name, names in rows
            if name in self.env
        }

    @api.model
    def _watched(self, model, names):
        """Return the ``Watched`` of a model, without the fields that are gone."""
        known = [model._fields[name] for name in names if name in model._fields]
        company = model._fields.get("company_id")
        return Watched(
            model=model._name,
            table=model._table,
            has_company=bool(
                company
                and company.store
                and company.column_type
                and company.comodel_name == "res.company"
            ),
            fields=frozenset(field.name for field in known),
            relations=frozenset(
                field.name for field in known if not (field.store and field.column_type)
            ),
        )
