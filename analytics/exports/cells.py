"""Formats table columns as CSV columns, a batch of rows at a time. Pure."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from analytics.formatting import csv_text, instants
from models.metrics.histogram import MIDDLE_US
from models.metrics.histogram_codec import iter_pairs

ColumnValues = Sequence[Any]
ColumnFormatter = Callable[..., list[ColumnValues]]
_MIDDLE_MS: list[float] = [round(us / 1000, 3) for us in MIDDLE_US.tolist()]
_QUANTILES = (0.5, 0.95, 0.99)
HISTOGRAM_HEADERS = ("n", "sum_ms", "p50_ms", "p95_ms", "p99_ms", "buckets")


def numbers(values: ColumnValues) -> list[ColumnValues]:
    """Numbers; null is an empty cell."""
    return [values]


def client_text(values: ColumnValues) -> list[ColumnValues]:
    """Text sent by clients, guarded against formulas in spreadsheets."""
    return [[value and csv_text.escape_formula(value) for value in values]]


def uuids(values: ColumnValues) -> list[ColumnValues]:
    """UUIDs."""
    return [list(map(str, values))]


def timestamps(values: ColumnValues) -> list[ColumnValues]:
    """Times with their zone."""
    return [[value and instants.iso8601(value) for value in values]]


def wall_times(zone: ZoneInfo, values: ColumnValues) -> list[ColumnValues]:
    """Times as clocks of the zone show them."""
    return [[value and instants.wall_time(value, zone) for value in values]]


def integer_lists(values: ColumnValues) -> list[ColumnValues]:
    """`12 340 7`."""
    return [[" ".join(map(str, value)) for value in values]]


def label_counts(values: ColumnValues) -> list[ColumnValues]:
    """A JSON object of numbers with labels from our own lists: `1000:3 1006:1`."""
    return [["" if value in ("{}", None) else _label_count_text(value) for value in values]]


def json_documents(values: ColumnValues) -> list[ColumnValues]:
    """JSON unchanged, for objects whose labels clients sent; it never starts like a formula."""
    return [["" if value in ("{}", "[]") else value for value in values]]


def key_counts(values: ColumnValues) -> list[ColumnValues]:
    """The number of 8-byte keys."""
    return [[len(value) // 8 for value in values]]


def histogram(packed: ColumnValues, sums_us: ColumnValues) -> list[ColumnValues]:
    """n, sum, p50, p95, p99 in ms, and the buckets as `35:2 36:9`, for each row."""
    rows = [
        _histogram_row(bytes(histogram_bytes or b""), sum_us)
        for histogram_bytes, sum_us in zip(packed, sums_us, strict=True)
    ]
    return list(zip(*rows, strict=True)) if rows else [[] for _ in HISTOGRAM_HEADERS]


def _histogram_row(packed: bytes, sum_us: float) -> tuple[Any, ...]:
    if not packed:
        return 0, 0.0, None, None, None, ""
    counts: Counter[int] = Counter()
    for bucket, count in iter_pairs(packed):
        counts[bucket] += count  # a bucket may occur in several pairs
    pairs, n = sorted(counts.items()), counts.total()
    percentiles = (_percentile(pairs, max(1, ceil(quantile * n))) for quantile in _QUANTILES)
    return n, sum_us / 1000, *percentiles, " ".join(f"{bucket}:{count}" for bucket, count in pairs)


def _percentile(pairs: Sequence[tuple[int, int]], rank: int) -> float | None:
    """The nearest-rank percentile in ms, as in models.metrics.histogram."""
    for bucket, count in pairs:
        rank -= count
        if rank <= 0:
            return _MIDDLE_MS[bucket]
    return None


def _label_count_text(json_documents: str) -> str:
    return " ".join(f"{label}:{number}" for label, number in json.loads(json_documents).items())
