from odoo import models

from ..outbox.collector import collect


class Base(models.AbstractModel):
    """The flush hook, the one place that differs between Odoo's versions.

    18 and 19 flush by ``_write_multi(vals_list)``; 17 by ``_write(vals)``.
    """

    _inherit = "base"

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        watched = self._services_bridge_watched()
        if watched:
            changed = {}
            for record_id, values in zip(self._ids, vals_list, strict=True):
                if names := watched.fields.intersection(values):
                    changed[record_id] = names
            all_collected = collect(self.env, watched, changed) if changed else ()
            for collected, names in zip(all_collected, changed.values(), strict=True):
                collected.fields.update(names)
        return result
