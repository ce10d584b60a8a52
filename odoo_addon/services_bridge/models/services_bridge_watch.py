from typing import NamedTuple

from odoo import api, fields, models, tools
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
    _inherit = "services.bridge.model.choice"
    _description = "Watched Model"

    model_id = fields.Many2one(
        help="The bridge hears of every record of this model that is created, changed "
        "or deleted.",
    )
    field_ids = fields.Many2many(
        domain="[('model_id', '=', model_id), '|', ('store', '=', True), "
        "('ttype', 'in', ('one2many', 'many2many'))]",
        help="A change is announced when one of these fields changes. Creating and "
        "deleting a record is always announced.",
    )

    def _refusal_of_model(self):
        if not self.model_id.model.startswith("services.bridge."):
            return ""
        return self.env._(
            "%s cannot be watched: it belongs to the bridge itself.",
            self.model_id.name,
        )

    def _refusal_of_field(self, field):
        if field.store or field.ttype in ("one2many", "many2many"):
            return ""
        return self.env._(
            "%(field)s of %(model)s cannot be watched: it is computed when it is read, "
            "so nothing tells when it changes. Watch the fields that it is computed "
            "from.",
            field=field.field_description,
            model=self.model_id.name,
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
