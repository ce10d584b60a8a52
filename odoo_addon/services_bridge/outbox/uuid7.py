"""UUID version 7 (RFC 9562), which Python's own library has only from 3.14 on."""

import os
import time
import uuid

_VERSION_AND_VARIANT_CLEARED = ~((0xF << 76) | (0x3 << 62))
_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0x2 << 62


def uuid7():
    """Return a new time-ordered UUID as text: 48 bits of milliseconds, then random."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & _VERSION_AND_VARIANT_CLEARED | _VERSION_7 | _VARIANT_RFC
    return str(uuid.UUID(int=value))
