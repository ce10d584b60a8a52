"""What went wrong with one item, in the words of the protocol and of people."""

import logging

import psycopg2
from psycopg2 import errors

from odoo.exceptions import AccessError, MissingError, RedirectWarning, UserError

_logger = logging.getLogger(__name__)


class ItemError(Exception):
    """One item cannot be done.

    :param kind: ``invalid``, ``missing``, ``conflict`` or ``denied``
    :param message: what a person reads
    """

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
        self.message = message


class Refused(Exception):
    """Some items of a call cannot be done; nothing was done yet, or all is undone.

    :param errors: ``{reference: ItemError}``
    """

    def __init__(self, errors):
        super().__init__(", ".join(errors))
        self.errors = errors


def item_error(model, error):
    """Return the ``ItemError`` for what one item alone raised.

    :param model: empty recordset that the item was for
    :raise: the error itself when it is not about the item: a serialization failure
        or a lost connection is for Odoo to repeat
    """
    if isinstance(error, ItemError):
        return error
    if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        raise error
    kind = next((kind for types, kind in _KINDS if isinstance(error, types)), "invalid")
    return ItemError(kind, _words(model, error))


# in this order: AccessError and MissingError are UserErrors too
_KINDS = (
    (AccessError, "denied"),
    (MissingError, "missing"),
    (errors.UniqueViolation, "conflict"),
    (errors.ForeignKeyViolation, "missing"),
)


def _words(model, error):
    if isinstance(error, UserError | RedirectWarning):
        return str(error.args[0])
    if isinstance(error, psycopg2.IntegrityError):
        return str(model._sql_error_to_message(error))
    if isinstance(error, ValueError | TypeError):
        return model.env._("Odoo does not accept a value: %s", error)
    _logger.error("An item for %s failed", model._name, exc_info=error)
    return model.env._("Odoo failed on this item. Its log has the cause.")
