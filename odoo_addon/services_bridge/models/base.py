from odoo import api, models
from odoo.tools import SQL

from ..outbox.collector import collect


class Base(models.AbstractModel):
    """See creates, deletes and changes of relations.

    Columns are seen when they are flushed, in ``base_flush.py``: only there do stored
    computed fields pass, and only there is a value that did not change left out.
    """

    _inherit = "base"

    @api.model
    def _services_bridge_watched(self):
        """Return the model's ``Watched``, or ``None`` when nobody watches it.

        Called on every write of every model: one cached look-up.
        """
        if not self.pool.ready:
            return None
        return self.env["services.bridge.watch"]._watched_by_model().get(self._name)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        watched = self._services_bridge_watched()
        if watched:
            all_collected = collect(self.env, watched, records.ids)
            for collected, values in zip(all_collected, vals_list, strict=True):
                collected.created = True
                collected.fields.update(watched.fields.intersection(values))
        return records

    def write(self, vals):
        result = super().write(vals)
        watched = self._services_bridge_watched()
        if watched and (names := watched.relations.intersection(vals)):
            for collected in collect(self.env, watched, self.ids):
                collected.fields.update(names)
        return result

    def unlink(self):
        watched = self._services_bridge_watched()
        if not watched or not self:
            return super().unlink()
        record_ids = self.ids
        before = self._services_bridge_before_unlink(watched)
        result = super().unlink()
        all_collected = collect(self.env, watched, record_ids)
        for collected, record_id in zip(all_collected, record_ids, strict=True):
            collected.unlinked = True
            collected.company_id, collected.owner_id = before.get(
                record_id, (None, None)
            )
        return result

    def _services_bridge_before_unlink(self, watched):
        """Return ``{record id: (company id, owner id)}``; nobody can read it later."""
        if not watched.has_company and not watched.owner:
            return {}
        nothing = SQL("NULL::int4")
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s, %s FROM %s WHERE id = ANY(%s)",
                SQL.identifier("company_id") if watched.has_company else nothing,
                SQL.identifier(watched.owner.column) if watched.owner else nothing,
                SQL.identifier(watched.table),
                self.ids,
            )
        )
        return {
            record_id: (company_id, owner_id)
            for record_id, company_id, owner_id in rows
        }
