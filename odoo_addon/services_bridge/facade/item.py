"""The items of an ``upsert``, checked."""

from typing import NamedTuple

from .errors import ItemError
from .values import odoo_value, storable

MOST_ITEMS = 500
_LONGEST_REFERENCE = 255


class Item(NamedTuple):
    reference: str
    # what create() and write() take
    values: dict
    # of the record to adopt, or None
    adopted_id: int | None


def checked_reference(env, reference):
    """
    :raise ItemError: when it is no text of 1 to 255 characters that can be stored
    """
    if (
        not isinstance(reference, str)
        or not reference.strip()
        or len(reference) > _LONGEST_REFERENCE
    ):
        raise ItemError(
            "invalid", env._("A reference must be a text of 1 to 255 characters.")
        )
    if not storable(reference):
        raise ItemError(
            "invalid",
            env._(
                "A reference must not have a NUL character or half of a surrogate pair."
            ),
        )
    return reference


def checked_item(model, field_names, item):
    """Return the ``Item`` of what the caller sent.

    :param model: empty recordset to write to
    :param field_names: those that the bridge may write
    :raise ItemError: with what is wrong
    """
    env = model.env
    if not isinstance(item, dict) or not isinstance(item.get("values"), dict):
        raise ItemError(
            "invalid", env._("An item must have a reference and an object of values.")
        )
    if unknown := set(item) - {"reference", "values", "id"}:
        raise ItemError(
            "invalid",
            env._("An item must not have %s.", ", ".join(sorted(map(str, unknown)))),
        )
    reference = checked_reference(env, item.get("reference"))
    adopted_id = item.get("id") or None
    if adopted_id is not None and not _is_id(adopted_id):
        raise ItemError("invalid", env._("The id of a record must be a number."))
    for name in item["values"]:
        if name not in model._fields:
            raise ItemError(
                "invalid",
                env._(
                    "%(model)s has no field %(field)s.",
                    model=model._description,
                    field=name,
                ),
            )
        if name not in field_names:
            raise ItemError(
                "denied",
                env._(
                    "The bridge may not write the field %(field)s of %(model)s. An "
                    "administrator can allow it in Services Bridge, Writable Models.",
                    field=name,
                    model=model._description,
                ),
            )
    values = {
        name: odoo_value(model._fields[name], value, env)
        for name, value in item["values"].items()
    }
    return Item(reference, values, adopted_id)


def check_links(model, items):
    """Find the items that point to records that are not there.

    :return: ``{reference: ItemError}``; looked up once for all items
    """
    wanted = {}
    for item in items:
        for name, record_id in _links(model, item):
            wanted.setdefault(model._fields[name].comodel_name, set()).add(record_id)
    present = {
        comodel: set(model.env[comodel].browse(ids).exists().ids)
        for comodel, ids in wanted.items()
    }
    wrong = {}
    for item in items:
        for name, record_id in _links(model, item):
            field = model._fields[name]
            if record_id not in present[field.comodel_name]:
                wrong[item.reference] = ItemError(
                    "missing",
                    model.env._(
                        "There is no %(model)s with the id %(id)s (field %(field)s).",
                        model=model.env[field.comodel_name]._description,
                        id=record_id,
                        field=name,
                    ),
                )
    return wrong


def _links(model, item):
    for name, value in item.values.items():
        if model._fields[name].type == "many2one" and value:
            yield name, value


def _is_id(value):
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
