from odoo import api, models, release
from odoo.exceptions import AccessError, UserError
from odoo.modules.module import get_manifest

from ..facade.errors import ItemError
from ..facade.item import MOST_ITEMS, checked_reference

# What a caller may choose about a call; anything else of a context changes what Odoo
# does: default_* writes fields, other keys skip checks or hide records.
_KEPT_OF_CONTEXT = ("allowed_company_ids", "lang", "tz")


class ServicesBridgeFacade(models.AbstractModel):
    """What the bridge calls; the contract is docs/protocol.md.

    Everything runs with the caller's own rights and answers plain data.
    """

    _name = "services.bridge.facade"
    _description = "Facade for the Bridge"

    @api.model
    def describe(self):
        """Tell the bridge whom it speaks to, and which rights its user lacks."""
        self = self._entered()
        settings = self.env["services.bridge.settings"]._load()
        return {
            "protocol": 1,
            "addon": get_manifest("services_bridge")["version"],
            "odoo": release.major_version,
            "database": settings.database,
            "neutralized": settings.neutralized,
            "user": {"id": self.env.uid, "login": self.env.user.login},
            "enabled": settings.enabled,
            "watched": self._readable_fields(),
            "writable": self._writable_fields(),
            "missing_rights": self._missing_rights(),
        }

    def _readable_fields(self):
        """Return ``{model: names}`` of what is watched.

        Without the fields that belong to a feature which is switched off, or to a
        group that the caller is not in: reading them would fail.
        """
        watched = self.env["services.bridge.watch"]._configured()
        return {
            name: self._accessible(name, watched[name].fields, "read")
            for name in sorted(watched)
        }

    def _writable_fields(self):
        """Return ``{model: names}`` of what ``upsert`` takes from the caller."""
        return {
            writable.model: self._accessible(
                writable.model, writable.field_ids.mapped("name"), "write"
            )
            for writable in self.env["services.bridge.writable"]._opened()
            if writable.model in self.env
        }

    def _accessible(self, model, names, operation):
        """Return those of the names, sorted, that are fields open to the caller."""
        model = self.env[model]
        return sorted(
            name
            for name in names
            if name in model._fields
            and model._has_field_access(model._fields[name], operation)
        )

    def _missing_rights(self):
        wanted = [
            (name, "read") for name in self.env["services.bridge.watch"]._configured()
        ]
        for writable in self.env["services.bridge.writable"]._opened():
            wanted += [(writable.model, "create"), (writable.model, "write")]
            if writable.allow_remove:
                wanted.append((writable.model, "unlink"))
        return [
            {"model": name, "operation": operation}
            for name, operation in sorted(wanted)
            if name in self.env and not self.env[name].has_access(operation)
        ]

    @api.model
    def lookup(self, model, references):
        """Return per reference the id of its record, ``False`` when there is none."""
        self = self._entered()
        target = self._target(model)
        references = self._checked_list(references, self.env._("references"))
        for reference in references:
            if not isinstance(reference, str):
                raise UserError(self.env._("A reference must be a text."))
        found = self.env["services.bridge.reference"]._resolve(target, references)
        return [
            {"reference": reference, "id": found.get(reference) or False}
            for reference in references
        ]

    def _target(self, name):
        """Return the empty recordset that is written to.

        :raise AccessError: when the bridge may not write the model
        """
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
        return {
            **self._answer(reference if isinstance(reference, str) else "", "error"),
            "error": error.kind,
            "message": error.message,
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
