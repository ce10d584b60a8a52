from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..facade.change import Change
from ..facade.errors import ItemError, Refused, item_error
from ..facade.item import check_links, checked_item
from ..facade.values import differing
from ..outbox.collector import origin

ORIGIN = "bridge"


class ServicesBridgeFacade(models.AbstractModel):
    _inherit = "services.bridge.facade"

    @api.model
    def upsert(self, model, items, options=None):
        """Create or update records by reference, all in one transaction.

        :return: one answer per item, in order
        """
        self = self._entered()
        target = self._target(model)
        names = set(
            self.env["services.bridge.writable"]._for(model).field_ids.mapped("name")
        )
        items = self._checked_list(items, self.env._("items"))
        if options and not isinstance(options, dict):
            raise UserError(self.env._("The options must be an object."))
        if options:
            raise UserError(
                self.env._(
                    "There is no option %s.", ", ".join(sorted(map(str, options)))
                )
            )
        answers = {}
        checked = {}
        references = [
            item.get("reference") if isinstance(item, dict) else None for item in items
        ]
        for index, error in enumerate(self._distinct(references)):
            try:
                if error:
                    raise error
                checked[index] = checked_item(target, names, items[index])
            except ItemError as found:
                answers[index] = self._error_answer(references[index], found)
        with origin(self.env.cr, ORIGIN):
            done = self._upsert_checked(target, list(checked.values()))
        for index, item in checked.items():
            answers[index] = done[item.reference]
        return [answers[index] for index in range(len(items))]

    def _upsert_checked(self, target, items):
        """Return ``{reference: answer}``."""
        if not items:
            return {}
        references = self.env["services.bridge.reference"]
        names = [item.reference for item in items]
        known = references._resolve(target, names, lock=True)
        new = set(names) - set(known)
        if new:
            references._reserve(target, new)
        answers = {
            reference: self._error_answer(reference, error)
            for reference, error in check_links(target, items).items()
        }
        answers.update(
            {
                reference: self._error_answer(reference, error)
                for reference, error in self._merged(target, known).items()
            }
        )
        todo = [item for item in items if item.reference not in answers]
        answers.update(self._apply(target, todo, known))
        failed = {name for name in new if answers[name]["result"] == "error"}
        if failed:
            references._drop(target, failed, reserved_only=True)
        return answers

    def _merged(self, target, known):
        """Find the references whose record was merged into one of another reference.

        :param known: ``{reference: record id}``
        :return: ``{reference: ItemError}``
        """
        references = self.env["services.bridge.reference"]
        merged = {
            name: record_id
            for name, record_id in references._merged(target, known).items()
            if known[name]
        }
        owners = references._owners(target, merged.values()) if merged else {}
        return {
            name: ItemError(
                "conflict",
                self.env._(
                    "The record of %(reference)s was merged in Odoo into %(model)s "
                    "%(id)s, which belongs to %(owner)s. A record can carry one "
                    "reference only: merge the two where they come from, too.",
                    reference=name,
                    model=target._description,
                    id=record_id,
                    owner=owners[record_id],
                )
                if record_id in owners
                else self.env._(
                    "The record of %(reference)s was merged in Odoo into %(model)s "
                    "%(id)s.",
                    reference=name,
                    model=target._description,
                    id=record_id,
                ),
            )
            for name, record_id in merged.items()
        }

    def _apply(self, target, items, known):
        """Do the items together; if that fails, in halves, so that one bad item among
        hundreds costs a few repetitions and not hundreds.

        :param known: ``{reference: record id}`` before this call
        :return: ``{reference: answer}``
        """
        if not items:
            return {}
        try:
            # an item that fails is an answer to the bridge, not an error of the server
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self._apply_together(target, items, known)
        except Refused as refused:
            return self._apply_others(target, items, known, refused.errors)
        except Exception as error:
            if len(items) == 1:
                failure = item_error(target, error)
                return {
                    items[0].reference: self._error_answer(items[0].reference, failure)
                }
            # what is not about an item at all is raised here, not tried again
            item_error(target, error)
        middle = len(items) // 2
        return {
            **self._apply(target, items[:middle], known),
            **self._apply(target, items[middle:], known),
        }

    def _apply_others(self, target, items, known, errors):
        others = [item for item in items if item.reference not in errors]
        return {
            **{name: self._error_answer(name, error) for name, error in errors.items()},
            **self._apply(target, others, known),
        }

    def _apply_together(self, target, items, known):
        """
        :raise Refused: with the items that cannot be done, among others that can
        """
        self._check_free(target, items, known)
        changes = self._changes(target, items, known)
        if errors := target._services_bridge_refusals(changes):
            raise Refused(errors)
        # asked later: what state forbids has a better reason than a missing right
        target.browse(
            [change.record.id for change in changes if change.record and change.values]
        ).check_access("write")
        remembered = target._services_bridge_remembered(changes)
        written, results = self._make(target, changes)
        if errors := target._services_bridge_excess(written, remembered):
            raise Refused(errors)
        references = self.env["services.bridge.reference"]
        pointed, adopted = {}, {}
        for name, record in written.items():
            if results[name] == "created":
                pointed[name] = record.id
            elif not known.get(name):
                adopted[name] = record.id
                results[name] = "adopted"
        if pointed:
            references._point(target, pointed, adopted=False)
        if adopted:
            references._point(target, adopted, adopted=True)
        return {
            name: self._answer(name, results[name], record.id)
            for name, record in written.items()
        }

    def _changes(self, target, items, known):
        """Return the ``Change`` of each item, in order.

        :raise Refused: with the items whose record is not there
        """
        ids = {item.reference: self._record_id(item, known) for item in items}
        records = target.browse([record_id for record_id in ids.values() if record_id])
        there = set(records.exists().ids)
        if missing := set(records.ids) - there:
            raise Refused(
                {
                    name: self._missing(target, record_id)
                    for name, record_id in ids.items()
                    if record_id in missing
                }
            )
        records.check_access("read")
        by_id = {record.id: record for record in records}
        changes = []
        for item in items:
            record = by_id.get(ids[item.reference], target)
            values = differing(record, item.values) if record else item.values
            changes.append(Change(item.reference, record, values))
        return changes

    def _make(self, target, changes):
        """Return ``({reference: record}, {reference: result})``, in order."""
        created = [change for change in changes if not change.record]
        # copies: Odoo's own create() completes the values it is given
        records = iter(
            target._services_bridge_create([dict(change.values) for change in created])
        )
        written, results = {}, {}
        for name, record, values in changes:
            written[name] = record or next(records)
            results[name] = "created" if not record else "unchanged"
            if record and values:
                record._services_bridge_write(dict(values))
                results[name] = "updated"
        return written, results

    def _missing(self, target, record_id):
        return ItemError(
            "missing",
            self.env._(
                "There is no %(model)s with the id %(id)s.",
                model=target._description,
                id=record_id,
            ),
        )

    def _check_free(self, target, items, known):
        """
        :raise ItemError: when a record to adopt belongs to another reference
        """
        wanted = {
            item.adopted_id: item.reference
            for item in items
            if item.adopted_id and not known.get(item.reference)
        }
        if not wanted:
            return
        owners = self.env["services.bridge.reference"]._owners(target, wanted)
        for record_id, owner in owners.items():
            if owner != wanted[record_id]:
                raise ItemError(
                    "conflict",
                    self.env._(
                        "%(model)s %(id)s belongs to %(owner)s already. A record can "
                        "carry one reference only.",
                        model=target._description,
                        id=record_id,
                        owner=owner,
                    ),
                )

    def _record_id(self, item, known):
        """Return the id to update, ``None`` to create."""
        record_id = known.get(item.reference)
        if record_id and item.adopted_id and item.adopted_id != record_id:
            raise ItemError(
                "conflict",
                self.env._(
                    "%(reference)s already belongs to the record %(known)s, so it "
                    "cannot adopt %(given)s.",
                    reference=item.reference,
                    known=record_id,
                    given=item.adopted_id,
                ),
            )
        return record_id or item.adopted_id
