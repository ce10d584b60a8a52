from odoo import api, models


class Base(models.AbstractModel):
    """What the facade asks of a model whose records it writes.

    All of it is asked once for the items of a call together, because a month's end
    brings a hundred thousand of them.
    """

    _inherit = "base"

    @api.model
    def _services_bridge_refusals(self, changes):
        """Say which changes the state of things forbids, before any is made.

        :param changes: ``[Change]``
        :return: ``{reference: ItemError}``
        """
        return {}

    @api.model
    def _services_bridge_remembered(self, changes):
        """Return what ``_services_bridge_excess`` has to know of before the changes."""
        return None

    @api.model
    def _services_bridge_excess(self, written, remembered):
        """Say which changes were too much, after all were made. They are undone then.

        :param written: ``{reference: record}``, in the order of the items
        :param remembered: of ``_services_bridge_remembered``
        :return: ``{reference: ItemError}``
        """
        return {}

    @api.model
    def _services_bridge_create(self, vals_list):
        """Return the new records of checked values, in order."""
        return self.create(vals_list)

    def _services_bridge_write(self, values):
        """Write checked values."""
        self.ensure_one()
        self.write(values)

    def _services_bridge_number(self):
        """Return the number on the document, ``""`` while it has none."""
        self.ensure_one()
        return self.display_name or ""
