"""What changed in the running transaction, kept until its precommit.

What changed lives in ``cr.precommit.data`` and nowhere else: Odoo clears that when a
flushing savepoint is rolled back, together with the callback that would write it.

Whose work it is lives in ``cr.postcommit.data``: that outlives a savepoint, as the rest
of a call does when one of its items is undone, and ends with the transaction.
``cr.cache`` would not do, a savepoint that is rolled back empties it.
"""

from .insert import insert_events
from .owner import by_owner

_COLLECTED = "services_bridge.collected"
_ORIGIN = "services_bridge.origin"


class Collected:
    """Everything one transaction did to one record, since the last flush."""

    __slots__ = (
        "company_id",
        "created",
        "fields",
        "origin",
        "owner_id",
        "unlinked",
        "user_id",
    )

    def __init__(self, user_id, origin):
        self.created = False
        self.unlinked = False
        self.fields = set()
        self.user_id = user_id
        self.company_id = None
        # known beforehand of a record that is deleted
        self.owner_id = None
        self.origin = origin


def collect(env, watched, record_ids):
    """Yield the ``Collected`` of each record, to be filled by the caller.

    :param watched: the ``Watched`` of the records' model
    :param record_ids: ids in the database
    """
    cr = env.cr
    by_model = cr.precommit.data.get(_COLLECTED)
    if by_model is None:
        by_model = cr.precommit.data[_COLLECTED] = {}
        cr.precommit.add(lambda: _write_outbox(env))
    by_id = by_model.setdefault(watched, {})
    for record_id in record_ids:
        collected = by_id.get(record_id)
        if collected is None:
            # At a deferred flush the context is gone: only the cursor can carry
            # the origin, and the facade keeps it there until it has flushed.
            collected = Collected(env.uid, cr.postcommit.data.get(_ORIGIN))
            by_id[record_id] = collected
        yield collected


def _write_outbox(env):
    by_model = env.cr.precommit.data.pop(_COLLECTED, None)
    if by_model:
        insert_events(env, by_owner(env, by_model, Collected))


class origin:
    """Everything that is written inside belongs to ``name``.

    What the caller left unflushed is flushed before, and the block's own work
    after it, so that the mark touches nothing else of the transaction.
    """

    def __init__(self, cr, name):
        self.cr = cr
        self.name = name

    def __enter__(self):
        self.cr.flush()
        self.outer = self.cr.postcommit.data.get(_ORIGIN)
        self.cr.postcommit.data[_ORIGIN] = self.name

    def __exit__(self, exception_type, exception, traceback):
        try:
            if exception_type is None:
                self.cr.flush()
        finally:
            # gone already when the transaction ended: the next one is nobody's
            marked = self.cr.postcommit.data.pop(_ORIGIN, None)
            if marked and self.outer:
                self.cr.postcommit.data[_ORIGIN] = self.outer
