from odoo import api, models, release
from odoo.modules.module import get_manifest

_NEEDED_BY_CALLS = {
    "confirm_order": [("sale.order", "write")],
    "make_draft_invoice": [
        ("sale.order", "write"),
        ("sale.advance.payment.inv", "create"),
    ],
    "make_draft_invoices": [
        ("sale.order", "write"),
        ("sale.advance.payment.inv", "create"),
    ],
    "make_quotation": [("sale.order", "create"), ("sale.order.line", "create")],
    "submit_expenses": [("hr.expense", "write")],
    "worker_dates": [("hr.employee", "read")],
}


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

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
            "calls": self._open_calls(),
        }

    def _open_calls(self):
        """Return ``{method: whether the caller may use it}`` of those that do things.

        Of one that the addon does not have yet the bridge hears nothing.
        """
        return {
            name: all(
                self.env[model].has_access(operation) for model, operation in needed
            )
            for name, needed in sorted(_NEEDED_BY_CALLS.items())
        }

    def _readable_fields(self):
        """Return ``{model: names}`` of what is watched.

        Without the fields that belong to a feature which is switched off, or to a
        group that the caller is not in: reading them would fail.
        """
        return {
            name: self._accessible(name, watched.fields, "read")
            for name, watched in sorted(self._announced().items())
        }

    def _announced(self):
        """Return ``{model: Watched}`` of those that events are about."""
        configured = self.env["services.bridge.watch"]._configured()
        return {
            name: watched for name, watched in configured.items() if not watched.owner
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
        wanted = [(name, "read") for name in self._announced()]
        for writable in self.env["services.bridge.writable"]._opened():
            wanted += [(writable.model, "create"), (writable.model, "write")]
            if writable.allow_remove:
                wanted.append((writable.model, "unlink"))
        return [
            {"model": name, "operation": operation}
            for name, operation in sorted(wanted)
            if name in self.env and not self.env[name].has_access(operation)
        ]
