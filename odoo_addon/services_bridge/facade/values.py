"""Values between the protocol and Odoo."""

import math
import re
from datetime import date, datetime, timezone

from odoo.fields import Command

from .errors import ItemError

# ASCII: other alphabets have digits, too
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
# as Odoo itself writes instants
_ODOOS_INSTANT = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", re.ASCII)

# of a column of whole numbers
_LARGEST_WHOLE = 2**31 - 1


def odoo_value(field, value, env):
    """Return what Odoo takes for a value of the protocol.

    Amounts may come as decimal strings, instants as ``2026-01-31T09:15:02.123Z``.

    :raise ItemError: when the value cannot be one of this field, or would write
        records of another model
    """
    if field.type == "one2many" or (field.type == "many2many" and _writes(value)):
        raise ItemError(
            "denied",
            env._(
                "The field %(field)s may only be linked to records that are there. The "
                "bridge creates, changes and deletes records through their own model.",
                field=field.name,
            ),
        )
    try:
        return _converted(field, False if value is None else value, env)
    except (ValueError, TypeError, OverflowError) as error:
        raise ItemError(
            "invalid",
            env._(
                "%(value)s is no value for the field %(field)s.",
                value=repr(value),
                field=field.name,
            ),
        ) from error


def _converted(field, value, env):
    if field.type == "many2many":
        return _links(value)
    if field.type == "selection" and value and value not in field.get_values(env):
        # create() itself would take it
        raise ValueError("no value of the selection")
    # False is what every field has for nothing
    if field.type in _CHECKS and value is not False:
        value = _CHECKS[field.type](value)
    field.convert_to_cache(value, env[field.model_name])
    return value


# What follows takes one value and returns what Odoo takes for it, which by itself would
# cut, round or guess. They raise ValueError, TypeError or OverflowError.


def _number(value):
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = float(value)
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("a number is wanted")
    return value


def _whole(value):
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or abs(value) > _LARGEST_WHOLE:
        raise ValueError("a whole number is wanted")
    return value


def _flag(value):
    if not isinstance(value, bool):
        raise ValueError("true or false is wanted")
    return value


def _text(value):
    if not isinstance(value, str) or not storable(value):
        raise ValueError("a text is wanted")
    return value


def checked_day(value):
    """Return a day that is written like ``2026-01-31``.

    :raise ValueError: when it is anything else
    """
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a day is wanted")
    date.fromisoformat(value)
    return value


def _instant(value):
    if not isinstance(value, str):
        raise ValueError("an instant is wanted")
    if _INSTANT.fullmatch(value):
        instant = datetime.fromisoformat(value)
        return instant.astimezone(timezone.utc).replace(tzinfo=None)
    if not _ODOOS_INSTANT.fullmatch(value):
        raise ValueError("an instant is wanted")
    return datetime.fromisoformat(value)


def _record_id(value):
    if type(value) is not int:
        raise ValueError("an id is a number")
    return value


_CHECKS = {
    "boolean": _flag,
    "char": _text,
    "date": checked_day,
    "datetime": _instant,
    "float": _number,
    "html": _text,
    "integer": _whole,
    "many2one": _record_id,
    "monetary": _number,
    "text": _text,
}


def storable(text):
    """Whether the database and an answer can carry a text: it has no NUL and no half
    of a surrogate pair."""
    return "\0" not in text and sendable(text) == text


def sendable(text):
    """Return a text with ``?`` for what no answer can carry."""
    return text.encode(errors="replace").decode()


# Codes of commands that create, change or delete the record at the other end.
_WRITING = (Command.CREATE, Command.UPDATE, Command.DELETE)


def _writes(value):
    return isinstance(value, list | tuple) and any(
        isinstance(command, list | tuple)
        and command
        and command[0] in _WRITING
        # a record given as an object would be created, too
        or isinstance(command, dict)
        for command in value
    )


def _links(value):
    """Return the commands of a many2many: those given, or the ids that shall be there.

    :raise ValueError: when it is anything else than ids, or commands that link
    """
    if value is False:
        return [Command.clear()]
    if not isinstance(value, list | tuple):
        raise ValueError("a list is wanted")
    if all(type(entry) is int for entry in value):
        return [Command.set(list(value))]
    return [_link(*command) for command in value]


def _link(code, record_id=0, record_ids=(), /):
    if code == Command.CLEAR:
        return Command.clear()
    if code == Command.SET and all(type(entry) is int for entry in record_ids):
        return Command.set(list(record_ids))
    if (
        type(record_id) is not int
        or record_id <= 0
        or code not in (Command.LINK, Command.UNLINK)
    ):
        raise ValueError("a link is wanted")
    return (
        Command.link(record_id) if code == Command.LINK else Command.unlink(record_id)
    )


def differing(record, values):
    """Return those of ``values`` that the record does not have already."""
    return {
        name: value for name, value in values.items() if not _has(record, name, value)
    }


def _has(record, name, value):
    field = record._fields[name]
    if field.type in ("one2many", "many2many"):
        # a command says what to do, not what shall be there
        return False
    try:
        wanted = field.convert_to_cache(value, record)
    except (ValueError, TypeError):
        # let the write say what is wrong with it
        return False
    return wanted == field.convert_to_cache(record[name], record)
