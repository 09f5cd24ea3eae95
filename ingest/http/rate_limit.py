"""Rates of requests by the generic cell rate algorithm (ITU-T I.371): a token bucket whose state
is one number, the instant at which the bucket will be full again.
"""

from dataclasses import dataclass
from math import ceil

from .arrivals import Arrivals

BURST_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `per_second` units a second, in bursts of ten times that; 0: no limit."""

    per_second: float

    def take(self, full_at: float, units: int, at: float) -> tuple[float, int]:
        """Take `units` at the monotonic second `at` of a bucket that is full at `full_at`.

        Returns the bucket's new `full_at`, and 0 when granted, else the seconds to wait. More
        units than a whole burst pass when the bucket is full, and empty it.
        """
        if not self.per_second:
            return full_at, 0
        refilled_at = max(full_at, at) + min(units / self.per_second, BURST_SECONDS)
        excess = refilled_at - at - BURST_SECONDS
        return (refilled_at, 0) if excess <= 1e-9 else (full_at, max(1, ceil(excess - 1e-9)))


class Bucket:
    """The bucket of a single sender in a single process."""

    def __init__(self, per_second: float) -> None:
        self._rate = Rate(per_second)
        self._full_at = 0.0

    def take(self, units: int, at: float) -> int:
        """Take `units` at the monotonic second `at`: 0 when granted, else seconds to wait."""
        self._full_at, wait = self._rate.take(self._full_at, units, at)
        return wait


class RateLimiter:
    """A bucket for each key; limiters with one table share them."""

    def __init__(self, per_second: float, arrivals: Arrivals) -> None:
        self._rate = Rate(per_second)
        self._arrivals = arrivals

    def take(self, key: str, units: int, at: float) -> int:
        """Take `units` at the monotonic second `at`: 0 when granted, else seconds to wait."""
        if not self._rate.per_second:
            return 0
        return self._arrivals.update(key, lambda full_at: self._rate.take(full_at, units, at))
