"""How long to wait before asking again: exponential, with jitter, or as the endpoint says."""

import email.utils
import random
import time
from collections.abc import Mapping

__all__ = ["RETRIED", "delay_before", "retry_after"]

RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""HTTP statuses that may pass when the same request is sent again."""

_FIRST_SECONDS = 0.5
_LONGEST_SECONDS = 60.0
_LONGEST_ASKED_SECONDS = 600.0


def delay_before(attempt: int, asked: float | None, rng: random.Random) -> float:
    """Seconds before attempt number `attempt` (the first retry is 1).

    Args:
        asked: what the endpoint asked for; a little is added, so that not all come back at once.
    """
    if asked is not None:
        return min(asked, _LONGEST_ASKED_SECONDS) * (1 + 0.1 * rng.random())
    bound: float = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2**attempt)
    return bound * (0.5 + 0.5 * rng.random())


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the header Retry-After asks for (RFC 9110, section 10.2.3), or its finer kin
    Retry-After-Ms; None without one that can be read."""
    milliseconds = headers.get("Retry-After-Ms")
    value = headers.get("Retry-After")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1000)
        if value is None:
            return None
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())
