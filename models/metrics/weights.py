"""How much a sampled report stands for, in numbers whose sums do not depend on the order.

A count weighs 1/sample_rate to the next 1/1024: a whole number of 1024ths, so sums are exact. A
duration weighs the whole number next to it, since histograms hold whole counts.
"""

PARTS = 1024
LARGEST = 1_000_000  # whoever samples more rarely counts as one in a million


def parts_of(sample_rate: float) -> int:
    """The weight of a count, in 1024ths."""
    return round(PARTS * min(1 / sample_rate, LARGEST)) if sample_rate > 0 else PARTS * LARGEST


def whole_of(sample_rate: float) -> int:
    """The weight of a duration."""
    return round(min(1 / sample_rate, LARGEST)) if sample_rate > 0 else LARGEST
