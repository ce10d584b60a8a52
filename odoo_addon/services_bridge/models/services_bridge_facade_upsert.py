from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..facade.errors import ItemError, item_error
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
        if options:
            raise UserError(
                self.env._("There is no option %s.", ", ".join(sorted(options)))
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
        todo = [item for item in items if item.reference not in answers]
        answers.update(self._apply(target, todo, known))
        failed = {name for name in new if answers[name]["result"] == "error"}
        if failed:
            references._drop(target, failed, reserved_only=True)
        return answers

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

    def _apply_together(self, target, items, known):
        answers = {}
        self._check_free(target, items, known)
        pointed, adopted = {}, {}
        created = [item for item in items if not self._record_id(item, known)]
        # copies: Odoo's own create() completes the values it is given
        records = target.create([dict(item.values) for item in created])
        for item, record in zip(created, records, strict=True):
            answers[item.reference] = self._answer(item.reference, "created", record.id)
            pointed[item.reference] = record.id
        for item in items:
            if not (record_id := self._record_id(item, known)):
                continue
            result = self._update(target.browse(record_id), item)
            if not known.get(item.reference):
                result = "adopted"
                adopted[item.reference] = record_id
            answers[item.reference] = self._answer(item.reference, result, record_id)
        references = self.env["services.bridge.reference"]
        if pointed:
            references._point(target, pointed, adopted=False)
        if adopted:
            references._point(target, adopted, adopted=True)
        return answers

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

    def _update(self, record, item):
        if not record.exists():
            raise ItemError(
                "missing",
                self.env._(
                    "There is no %(model)s with the id %(id)s.",
                    model=record._description,
                    id=record.id,
                ),
            )
        values = differing(record, item.values)
        record.check_access("write")
        if not values:
            return "unchanged"
        self._check_conflict(record, values)
        record.write(values)
        return "updated"

    def _check_conflict(self, record, values):
        """Ask the model whether its state forbids a change; see the analytic line."""
        check = getattr(record, "_services_bridge_conflict", None)
        if check and (reason := check(values)):
            raise ItemError("conflict", reason)

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
            return [
                self._error_answer(reference, error)
                if error
                else self._remove_one(target, reference, known, adopted)
                for reference, error in zip(references, errors, strict=True)
            ]

    def _remove_one(self, target, reference, known, adopted):
        record_id = known.get(reference)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                if record_id and reference not in adopted:
                    record = target.browse(record_id)
                    self._check_conflict(record, None)
                    record.unlink()
                if reference in known:
                    self.env["services.bridge.reference"]._drop(target, [reference])
        except Exception as error:
            return self._error_answer(reference, item_error(target, error))
        return self._answer(reference, "removed" if record_id else "absent")
