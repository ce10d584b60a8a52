from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..facade.change import Change
from ..facade.errors import item_error
from ..outbox.collector import origin
from .services_bridge_facade_upsert import ORIGIN


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def remove(self, model, references):
        """Delete the records of references; of adopted records forget the reference.

        :return: one answer per reference, in order
        """
        self = self._entered()
        target = self._target(model)
        if not self.env["services.bridge.writable"]._for(model).allow_remove:
            raise UserError(
                self.env._(
                    "The bridge may not delete %s. An administrator can allow it in "
                    "Services Bridge, Writable Models.",
                    target._description,
                )
            )
        references = self._checked_list(references, self.env._("references"))
        errors = self._distinct(references)
        valid = [
            name for name, error in zip(references, errors, strict=True) if not error
        ]
        with origin(self.env.cr, ORIGIN):
            rows = self.env["services.bridge.reference"]
            known = rows._resolve(target, valid, lock=True)
            adopted = rows._adopted(target, valid)
            refused = self._refused_removals(target, known, adopted)
            return [
                self._error_answer(reference, wrong)
                if (wrong := error or refused.get(reference))
                else self._remove_one(target, reference, known, adopted)
                for reference, error in zip(references, errors, strict=True)
            ]

    def _refused_removals(self, target, known, adopted):
        """Return ``{reference: ItemError}`` of those whose state forbids it."""
        names = {
            record_id: name
            for name, record_id in known.items()
            if record_id and name not in adopted
        }
        # of those that are hidden nothing is told
        records = target.browse(names)._filtered_access("read")
        return target._services_bridge_refusals(
            [Change(names[record.id], record, None) for record in records]
        )

    def _remove_one(self, target, reference, known, adopted):
        record_id = known.get(reference)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                if record_id and reference not in adopted:
                    target.browse(record_id).unlink()
                if reference in known:
                    self.env["services.bridge.reference"]._drop(target, [reference])
        except Exception as error:
            return self._error_answer(reference, item_error(target, error))
        return self._answer(reference, "removed" if record_id else "absent")
