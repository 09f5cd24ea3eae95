"""Field rules shared by reports and samples: periods, counts, texts, histograms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from models.metrics.histogram import BUCKETS, MIDDLE_US, bucket_counts, bucket_of

from .fault import Fault
from .schema import LARGEST_COUNT

MOST_AHEAD = timedelta(seconds=60)
MOST_BEHIND = timedelta(hours=48)
LONGEST_PERIOD = timedelta(hours=1)
FIRST_YEAR, LAST_YEAR = 2000, 2200
_control = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def instant(field: str, moment: datetime) -> datetime:
    """A moment in UTC. Raises `Fault` naming the field when its year is none that rows can have."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Fault(field, f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}")
    return moment.astimezone(UTC)


def period(start: datetime, end: datetime, now: datetime) -> tuple[datetime, datetime]:
    """(start, end) in UTC. Raises `Fault` when reversed, too long, too old or too far ahead."""
    start, end = instant("period_start", start), instant("period_end", end)
    if end < start:
        raise Fault("period_end", "must not lie before period_start")
    if end - start > LONGEST_PERIOD:
        raise Fault("period_start", "the period must not be longer than 1 h")
    if end - now > MOST_AHEAD:
        raise Fault("period_end", "must not lie more than 60 s ahead of server_time")
    if now - end > MOST_BEHIND:
        raise Fault("period_end", "must not lie more than 48 h behind server_time")
    return start, end


def durations(
    field: str, samples_ms: Sequence[float], histogram: Mapping[str, Any], longest_ms: float
) -> tuple[dict[int, int], int]:
    """(counts by bucket, sum in microseconds) of samples plus histogram.

    Raises `Fault` naming `field.histogram.<index>`.
    """
    if not samples_ms and not histogram:
        return {}, 0
    counts, total = bucket_counts(samples_ms), microseconds(samples_ms)
    if not histogram:
        return counts, total
    last = bucket_of(longest_ms)
    for key, number in histogram.items():
        path = f"{field}.histogram.{key[:8]}"
        if not (key.isascii() and key.isdigit() and len(key) <= 3 and int(key) < BUCKETS):
            raise Fault(path, "the index must be that of a bucket")
        bucket = int(key)
        if bucket > last:
            raise Fault(path, f"must not hold more than {longest_ms} ms")
        counts[bucket] = counts.get(bucket, 0) + count(path, number)
        total += round(number * float(MIDDLE_US[bucket]))
    if sum(counts.values()) > LARGEST_COUNT:
        raise Fault(f"{field}.histogram", f"must not hold more than {LARGEST_COUNT} samples")
    return {bucket: number for bucket, number in counts.items() if number}, total


def count(field: str, value: Any) -> int:
    """A whole number from 0 to 1e9, no boolean. Raises `Fault`."""
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise Fault(field, f"must be a whole number from 0 to {LARGEST_COUNT}")
    return value


def text(field: str, value: str | None) -> str | None:
    """The text, `None` when empty. Raises `Fault` for control characters."""
    if value and not value.isprintable() and _control.search(value):
        raise Fault(field, "must not hold control characters")
    return value or None


def microseconds(values_ms: Iterable[float]) -> int:
    """The sum of durations in ms, in whole microseconds."""
    return round(sum(values_ms) * 1000)
