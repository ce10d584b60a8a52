"""The body of a batch, as docs/protocol.md describes it."""

import hashlib
import json
from datetime import datetime, timezone


def instant(value):
    """Return ``YYYY-MM-DDTHH:MM:SS.mmmZ`` of a naive datetime in UTC."""
    return value.isoformat(timespec="milliseconds") + "Z"


def body_of(database, events):
    """Return the bytes to send.

    :param database: the ``database.uuid``
    :param events: list of events, already in the form of the protocol
    """
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    message = {
        "version": 1,
        "database": database,
        "sent_at": instant(now),
        "events": events,
    }
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def message_id_of(events):
    """Return the same id for the same events, so that a repeated batch keeps its own.

    Nothing has to be stored for it, and a crash between sending and noting it down
    changes nothing.
    """
    ids = " ".join(event["id"] for event in events)
    return "msg_" + hashlib.sha256(ids.encode()).hexdigest()[:32]
