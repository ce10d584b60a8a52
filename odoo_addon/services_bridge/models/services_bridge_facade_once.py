from odoo import models
from odoo.tools import mute_logger

from ..facade.errors import ItemError, item_error
from ..outbox.collector import origin
from .services_bridge_facade_upsert import ORIGIN


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    def _make_once(self, target, items, check, make, find=None):
        """Make at most one record for each reference, however often it is asked for.

        :param target: empty recordset of what is made
        :param check: called with an item, returns what ``make`` takes
        :param make: returns the new record; an empty one when there is nothing to make
        :param find: returns a record that does for a new reference, too, which then
            stays without a record of its own; an empty one where there is none
        :return: one answer per item, in order
        """
        items = self._checked_list(items, self.env._("items"))
        names = [
            item.get("reference") if isinstance(item, dict) else None for item in items
        ]
        answers, checked = {}, {}
        for index, error in enumerate(self._distinct(names)):
            try:
                if error:
                    raise error
                checked[names[index]] = check(items[index])
            except ItemError as found:
                answers[index] = self._error_answer(names[index], found)
        with origin(self.env.cr, ORIGIN):
            done = self._make_new(target, checked, make, find)
        return [
            answers[index] if index in answers else done[names[index]]
            for index in range(len(items))
        ]

    def _make_new(self, target, checked, make, find):
        """
        :param checked: ``{reference: what make takes}``
        :return: ``{reference: answer}``
        """
        references = self.env["services.bridge.reference"]
        known = references._resolve(target, list(checked), lock=True)
        if new := set(checked) - set(known):
            references._reserve(target, new)
        answers, made = {}, {}
        for name, item in checked.items():
            if known.get(name):
                answers[name] = self._once_known(target.browse(known[name]), name)
                continue
            if find and (record := find(item)):
                answers[name] = self._once_known(record, name)
                continue
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    record = make(item)
            except Exception as error:
                answers[name] = self._error_answer(name, item_error(target, error))
                continue
            result = "created" if record else "nothing"
            answers[name] = self._made_answer(name, result, record)
            if record:
                made[name] = record.id
        if made:
            references._point(target, made, adopted=False)
        if idle := new - set(made):
            references._drop(target, idle, reserved_only=True)
        return answers

    def _once_known(self, record, name):
        if record._filtered_access("read"):
            return self._made_answer(name, "unchanged", record)
        return self._error_answer(
            name,
            ItemError(
                "denied",
                self.env._(
                    "The bridge's user may not see the %(model)s with the id %(id)s "
                    "that was made for this reference. It may belong to a company that "
                    "the user is not in.",
                    model=record._description,
                    id=record.id,
                ),
            ),
        )

    def _made_answer(self, name, result, record):
        return {
            **self._answer(name, result, record.id),
            "number": record._services_bridge_number() if record else "",
        }
