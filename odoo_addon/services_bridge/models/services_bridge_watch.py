from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class Owner(NamedTuple):
    """The record that changes of another one are announced for."""

    model: str
    # of the record that changed, leading there
    column: str
    # of the owner, leading back; "" when there is none
    field: str


class Watched(NamedTuple):
    """What the write hooks have to know of a watched model; hashable and plain."""

    model: str
    table: str
    has_company: bool
    # names of the watched fields, and of those among them that have no column
    fields: frozenset
    relations: frozenset
    # None when the record is announced itself
    owner: Owner | None


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

    owner_field_id = fields.Many2one(
        "ir.model.fields",
        string="Announced As",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', '=', 'many2one'), "
        "('store', '=', True)]",
        help="Changes are announced as changes of the record in this field: those of "
        "an order's line as changes of the order. Its model has to be watched, too. "
        "The bridge needs no right to read this one.",
    )

    @api.constrains("model_id", "owner_field_id")
    def _check_owner(self):
        for watch in self:
            field = watch.owner_field_id
            if field and (
                field.model_id != watch.model_id
                or field.ttype != "many2one"
                or not field.store
            ):
                raise ValidationError(
                    self.env._(
                        "%(field)s cannot be what %(model)s is announced as. Choose a "
                        "stored many-to-one field of that model.",
                        field=field.display_name,
                        model=watch.model_id.name,
                    )
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

    @api.model
    def _configured(self):
        """Return ``{model: Watched}`` of the active rows."""
        rows = self.env.execute_query(
            SQL("""
            SELECT watch.model, array_remove(array_agg(field.name), NULL), owner.name
              FROM services_bridge_watch watch
              LEFT JOIN ir_model_fields_services_bridge_watch_rel rel
                     ON rel.services_bridge_watch_id = watch.id
              LEFT JOIN ir_model_fields field ON field.id = rel.ir_model_fields_id
              LEFT JOIN ir_model_fields owner ON owner.id = watch.owner_field_id
             WHERE watch.active
             GROUP BY watch.model, owner.name
            """)
        )
        return {
            name: self._watched(self.env[name], names, owner)
            for name, names, owner in rows
            if name in self.env
        }

    @api.model
    def _watched(self, model, names, owner_name=None):
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
            owner=self._owner(model, owner_name),
        )

    @api.model
    def _owner(self, model, name):
        """Return the ``Owner`` that a field leads to, ``None`` without one."""
        field = model._fields.get(name)
        if not field or field.type != "many2one" or not field.store:
            return None
        back = sorted(inverse.name for inverse in model.pool.field_inverses[field])
        return Owner(
            model=field.comodel_name, column=name, field=back[0] if back else ""
        )
