"""What one item of a call would do to a record."""

from typing import NamedTuple

from odoo.models import BaseModel


class Change(NamedTuple):
    reference: str
    # of the one model that the call is for; empty when a record would be created
    record: BaseModel
    # what would be written, without what is so already; None when it would be deleted
    values: dict | None
