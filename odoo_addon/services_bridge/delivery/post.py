"""One HTTP request to the bridge."""

import json
import time
from typing import NamedTuple

import requests
import urllib3

from .backoff import asked_seconds

# To connect, and then again between two pieces of the answer.
TIMEOUT_SECONDS = 10

_PATH = "/intake/odoo"
_LONGEST_ANSWER_BYTES = 65536


class Answer(NamedTuple):
    # HTTP status; 0 when there was no answer
    status: int
    # name of the error, after the protocol or one of `_failure`'s; "" when accepted
    error: str
    # what the bridge says about it, "" when nothing
    message: str
    # seconds that the bridge asks to wait, or None
    retry_after: float | None
    # how long it took
    seconds: float

    @property
    def accepted(self):
        return not self.error

    @property
    def about_the_batch(self):
        """Whether one row, or the number of rows, may be the cause."""
        return self.error in ("invalid_body", "too_large") or self.status == 413


def post(session, address, headers, body):
    """Send a signed body. Never raises for what the network or the bridge does.

    :param session: ``requests.Session``
    :param address: the bridge's address, without the path
    :param headers: those of the signature
    """
    started = time.monotonic()
    try:
        with session.post(
            address + _PATH,
            data=body,
            headers={**headers, "Content-Type": "application/json; charset=utf-8"},
            timeout=TIMEOUT_SECONDS,
            # a redirect would carry the signed body to somebody else
            allow_redirects=False,
            stream=True,
        ) as response:
            content = response.raw.read(_LONGEST_ANSWER_BYTES, decode_content=True)
            retry_after = asked_seconds(response.headers.get("Retry-After"))
            error, message = _read(response.status_code, content)
            status = response.status_code
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error_:
        status, error, message, retry_after = 0, _failure(error_), "", None
    return Answer(status, error, message, retry_after, time.monotonic() - started)


def _failure(error):
    """Return what kept the request from being answered."""
    text = str(error)
    kinds = requests.exceptions
    if isinstance(error, kinds.SSLError):
        return "certificate"
    if isinstance(error, kinds.ConnectTimeout):
        return "not_reached"
    if isinstance(error, kinds.Timeout | urllib3.exceptions.TimeoutError):
        return "no_answer"
    if isinstance(error, kinds.InvalidURL | kinds.InvalidSchema | kinds.MissingSchema):
        return "bad_address"
    if "Connection refused" in text:
        return "refused"
    if isinstance(error, kinds.ConnectionError) and "resolve" in text.lower():
        return "unknown_host"
    if "Name or service not known" in text or "name resolution" in text:
        return "unknown_host"
    return "broken"


def _read(status, content):
    """Return ``(error, message)`` of an answer; both empty when it was accepted."""
    try:
        answer = json.loads(content)
        if status == 200 and isinstance(answer["accepted"], int):
            return "", ""
        return str(answer["error"] or "unexpected"), str(answer.get("message") or "")
    except (ValueError, TypeError, KeyError, AttributeError):
        return "unexpected", ""
