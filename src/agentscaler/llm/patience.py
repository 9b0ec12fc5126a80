"""How long to wait before asking again: exponential, with jitter, or as the endpoint says."""

import email.utils
import random
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["RETRIED", "Patience", "retry_after"]

RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""HTTP statuses that may pass when the same request is sent again."""


@dataclass(frozen=True)
class Patience:
    """Waits between attempts.

    Attributes:
        first_seconds: the longest wait before the first retry; each later one is twice as long.
        longest_seconds: where that ends.
        longest_asked_seconds: an endpoint that asks for more than so much is asked again sooner.
    """

    first_seconds: float = 1.0
    longest_seconds: float = 60.0
    longest_asked_seconds: float = 600.0

    def delay(self, attempt: int, asked: float | None, rng: random.Random) -> float:
        """Seconds before attempt number `attempt` (the first retry is 1).

        Args:
            asked: what the endpoint asked for; a little is added, so that not all come back at
                once.
        """
        if asked is not None:
            return min(asked, self.longest_asked_seconds) * (1 + 0.1 * rng.random())
        doublings = min(attempt - 1, 32)
        bound: float = min(self.longest_seconds, self.first_seconds * 2**doublings)
        return bound * (0.5 + 0.5 * rng.random())


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the header Retry-After asks for (RFC 9110, section 10.2.3), or its finer kin
    Retry-After-Ms; None without one that can be read.

    Args:
        headers: with names in any case, or in these.
        now: seconds since 1970.
    """
    for name, unit in (("Retry-After-Ms", 1000), ("Retry-After", 1)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            return max(0.0, float(value) / unit)
        except ValueError:
            pass
        try:
            moment = email.utils.parsedate_to_datetime(value)
        except ValueError:
            continue
        return max(0.0, moment.timestamp() - now)
    return None
