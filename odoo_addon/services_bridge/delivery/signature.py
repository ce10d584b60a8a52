"""Signatures after https://www.standardwebhooks.com/ (scheme v1, symmetric)."""

import base64
import binascii
import hashlib
import hmac
import os

_PREFIX = "whsec_"
_SHORTEST = 24
_LONGEST = 64


def new_secret():
    """Return a new secret of 32 random bytes, as ``whsec_<base64>``."""
    return _PREFIX + base64.b64encode(os.urandom(32)).decode()


def key_of(secret):
    """Return the bytes of a secret.

    :raise ValueError: when it is no ``whsec_`` and base64 of 24 to 64 bytes
    """
    if not secret.startswith(_PREFIX):
        raise ValueError("prefix")
    try:
        key = base64.b64decode(secret[len(_PREFIX) :], validate=True)
    except binascii.Error as error:
        raise ValueError("base64") from error
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError("length")
    return key


def sign(secrets, message_id, timestamp, body):
    """Return the headers that prove where ``body`` comes from.

    :param secrets: all that are valid now, so that one can replace another in flight
    :param timestamp: seconds since 1970, as ``int``
    :param body: the exact bytes that are sent
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [
        base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()
        for secret in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
