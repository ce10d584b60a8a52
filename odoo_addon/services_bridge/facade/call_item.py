"""Items of the calls that do something in Odoo, field by field."""

import re
from datetime import date
from decimal import Decimal

from .errors import ItemError
from .values import checked_day

_DECIMAL = re.compile(r"\d{1,13}(\.\d{1,10})?", re.ASCII)


class CallItem:
    """What a caller sent; each method checks one field and returns its value.

    :raise ItemError: with the field's name and what is wrong with it
    """

    def __init__(self, env, item, names):
        self.env = env
        self.item = item
        if not isinstance(item, dict):
            raise ItemError("invalid", env._("An item must be an object."))
        if unknown := set(item) - {"reference", *names}:
            raise ItemError(
                "invalid",
                env._(
                    "An item must not have %s.", ", ".join(sorted(map(str, unknown)))
                ),
            )

    def record_id(self, name):
        value = self.item.get(name)
        if type(value) is not int or value <= 0:
            raise self._wrong(name, self.env._("the id of a record"))
        return value

    def text(self, name):
        """A text with something in it."""
        value = self.item.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(name, self.env._("a text"))
        return value.strip()

    def optional_text(self, name):
        return self.text(name) if self.item.get(name) else ""

    def positive(self, name):
        """A number above zero, as a decimal string or a number."""
        value = self.item.get(name)
        written = str(value) if type(value) in (int, float, str) else ""
        if not _DECIMAL.fullmatch(written) or not Decimal(written):
            raise self._wrong(name, self.env._("a number above zero, like 1250.50"))
        return float(written)

    def optional_positive(self, name):
        return self.positive(name) if self.item.get(name) else None

    def optional_day(self, name):
        value = self.item.get(name)
        if not value:
            return None
        try:
            return date.fromisoformat(checked_day(value))
        except ValueError as error:
            raise self._wrong(name, self.env._("a day, like 2026-01-31")) from error

    def _wrong(self, name, wanted):
        return ItemError(
            "invalid",
            self.env._(
                "%(field)s must be %(wanted)s.",
                field=name,
                wanted=wanted,
            ),
        )
