"""How long to wait before trying again."""

import email.utils
import random
import time

_FIRST_SECONDS = 2
# A bridge that comes back after days is noticed within this time.
_LONGEST_SECONDS = 600
# A partner that asks for more than this has made a mistake.
_LONGEST_ASKED_SECONDS = 3600


def backoff_seconds(failures, randomness=random.random):
    """Return the seconds to wait after so many failures in a row (1, 2, …).

    Doubled each time up to ten minutes, then cut by up to a half at random, so that
    several processes do not come back at the same moment.
    """
    doubled = _FIRST_SECONDS * 2 ** min(failures - 1, 30)
    return min(_LONGEST_SECONDS, doubled) * (0.5 + randomness() / 2)


def asked_seconds(retry_after, now=time.time):
    """Return what a ``Retry-After`` header asks for, or ``None``.

    :param retry_after: seconds or an HTTP date, or ``None``
    """
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            date = email.utils.parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        seconds = date.timestamp() - now()
    if seconds != seconds:  # "nan"
        return None
    return min(max(seconds, 0), _LONGEST_ASKED_SECONDS)
