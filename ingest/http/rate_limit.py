"""Token buckets in memory, keyed by sender; addresses are never stored.

A bucket holds ten seconds' worth of units. Beyond `MOST_SENDERS` buckets the least recently used is
evicted, which grants that sender at most one extra burst.
"""

from collections import OrderedDict
from math import ceil

BURST_SECONDS = 10
MOST_SENDERS = 100_000


class RateLimiter:
    """At most `per_second` units a second per key, bursts of ten times that; 0: no limit."""

    def __init__(self, per_second: float, most_senders: int = MOST_SENDERS) -> None:
        self._per_second = per_second
        self._size = per_second * BURST_SECONDS
        self._most = most_senders
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, units: int, at: float) -> int:
        """Take `units` at the monotonic second `at`: 0 when granted, else seconds to wait.

        A request larger than a whole burst passes when the bucket is full and empties it.
        """
        if not self._per_second:
            return 0
        level, since = self._buckets.pop(key, (self._size, at))
        level = min(self._size, level + (at - since) * self._per_second)
        needed = min(units, self._size)
        granted = level >= needed
        self._buckets[key] = (level - needed if granted else level, at)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0 if granted else max(1, ceil((needed - level) / self._per_second))
