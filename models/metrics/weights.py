"""Weights of sampled reports (1/sample_rate), rounded so that sums are exact in any order.

A count is weighted by the nearest multiple of 1/1024, a duration by the nearest integer, since
histograms hold integer counts.
"""

PARTS = 1024
LARGEST = 1_000_000  # of a smaller sample rate too


def count_weight(sample_rate: float) -> int:
    """The weight of a count, in units of 1/1024."""
    return round(PARTS * min(1 / sample_rate, LARGEST)) if sample_rate > 0 else PARTS * LARGEST


def duration_weight(sample_rate: float) -> int:
    """The weight of a duration, an integer."""
    return round(min(1 / sample_rate, LARGEST)) if sample_rate > 0 else LARGEST
