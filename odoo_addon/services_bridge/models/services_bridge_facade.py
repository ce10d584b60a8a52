from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..facade.errors import ItemError
from ..facade.item import MOST_ITEMS, checked_reference
from ..facade.values import sendable, storable

# What a caller may choose about a call; anything else of a context changes what Odoo
# does: default_* writes fields, other keys skip checks or hide records.
_KEPT_OF_CONTEXT = ("allowed_company_ids", "lang", "tz")

# What calls make. It is looked up by reference, and never written by one.
_MADE_BY_CALLS = ("account.move", "sale.order")


class ServicesBridgeFacade(models.AbstractModel):
    """What the bridge calls; the contract is docs/protocol.md.

    Everything runs with the caller's own rights and answers plain data.
    """

    _name = "services.bridge.facade"
    _description = "Facade for the Bridge"

    @api.model
    def lookup(self, model, references):
        """Return per reference the id of its record, ``False`` when there is none."""
        self = self._entered()
        target = self.env[model] if model in _MADE_BY_CALLS else self._target(model)
        references = self._checked_list(references, self.env._("references"))
        for reference in references:
            if not isinstance(reference, str):
                raise UserError(self.env._("A reference must be a text."))
        found = self.env["services.bridge.reference"]._resolve(
            target, filter(storable, references)
        )
        return [
            {"reference": sendable(reference), "id": found.get(reference) or False}
            for reference in references
        ]

    def _target(self, name):
        """Return the empty recordset that is written to.

        :raise AccessError: when the bridge may not write the model
        """
        if not isinstance(name, str):
            raise UserError(self.env._("The name of a model must be a text."))
        return self.env[self.env["services.bridge.writable"]._for(name).model]

    def _checked_list(self, value, label):
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_ITEMS:
            raise UserError(
                self.env._(
                    "%(what)s must be a list of 1 to %(most)s.",
                    what=label,
                    most=MOST_ITEMS,
                )
            )
        return value

    def _checked_records(self, model, record_ids, label):
        """Return the records of ids that a caller sent, in order, each once.

        They may not be there, and the caller may have no right to read them.
        """
        record_ids = self._checked_list(record_ids, label)
        if not all(type(record_id) is int for record_id in record_ids):
            raise UserError(self.env._("The id of a record must be a number."))
        return self.env[model].browse(dict.fromkeys(record_ids))

    def _entered(self):
        """Check the caller, and return the facade with a context that decides nothing.

        :raise AccessError: when the caller is not the bridge's own user
        """
        if not self.env.user.has_group("services_bridge.group_service"):
            raise AccessError(
                self.env._(
                    "Only the bridge's own user may call this. Give that user the "
                    "group “Services Bridge / Bridge Service”."
                )
            )
        given = self.env.context
        kept = {name: given[name] for name in _KEPT_OF_CONTEXT if name in given}
        return self.with_env(self.env(context=kept))

    def _answer(self, reference, result, record_id=False):
        return {"reference": reference, "id": record_id, "result": result}

    def _error_answer(self, reference, error):
        shown = sendable(reference) if isinstance(reference, str) else ""
        return {
            **self._answer(shown, "error"),
            "error": error.kind,
            "message": sendable(error.message),
        }

    def _distinct(self, references):
        """Check the references of one call.

        :return: ``[ItemError or None]``, in order
        """
        errors, seen = [], set()
        for reference in references:
            error = None
            try:
                checked_reference(self.env, reference)
                if reference in seen:
                    error = ItemError(
                        "invalid",
                        self.env._("The reference occurs twice in this call."),
                    )
                seen.add(reference)
            except ItemError as found:
                error = found
            errors.append(error)
        return errors
