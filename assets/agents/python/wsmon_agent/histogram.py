"""Durations as the service stores them: {bucket: count} of fixed logarithmic buckets.

Bucket i covers [0.1 * 1.04**i, 0.1 * 1.04**(i + 1)) ms, its bounds rounded to microseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from functools import cache

LEAST_US, LONGEST_US = 100, 86_400_000_000


@cache
def bounds_us() -> list[int]:
    """The bounds of all buckets in microseconds, made at the first use."""
    bounds, exact = [LEAST_US], Fraction(LEAST_US)
    while bounds[-1] <= LONGEST_US:
        exact *= Fraction(26, 25)
        bounds.append(round(exact))
    return bounds


class Histogram(dict[int, int]):
    """Counts by bucket."""

    __slots__ = ()

    def add(self, seconds: float) -> None:
        """Count one duration; one shorter than 0.1 ms counts in bucket 0."""
        bounds = bounds_us()
        bucket = bisect_right(bounds, int(seconds * 1e6 + 0.5), 1, len(bounds) - 1) - 1
        self[bucket] = self.get(bucket, 0) + 1
