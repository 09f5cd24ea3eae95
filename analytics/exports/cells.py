"""From the columns of a table to the columns of a CSV: pure, a batch of rows at a time."""

import json
import struct
from collections import Counter
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from analytics.formatting import csv_text, instants
from models.metrics.histogram import MIDDLE_US

Values = Sequence[Any]
Write = Callable[..., list[Values]]
_PAIRS = struct.Struct("<HI")  # as models.raw.client_reports packs them
_MIDDLE_MS: list[float] = [round(us / 1000, 3) for us in MIDDLE_US.tolist()]
_SHARES = (0.5, 0.95, 0.99)
HISTOGRAM_HEADERS = ("n", "sum_ms", "p50_ms", "p95_ms", "p99_ms", "buckets")


def plain(values: Values) -> list[Values]:
    """Numbers; null is an empty cell."""
    return [values]


def text(values: Values) -> list[Values]:
    """What somebody sent, harmless in a spreadsheet."""
    return [[value and csv_text.guarded(value) for value in values]]


def identity(values: Values) -> list[Values]:
    """UUIDs."""
    return [list(map(str, values))]


def instant(values: Values) -> list[Values]:
    """Times with their zone."""
    return [[value and instants.written(value) for value in values]]


def whole_list(values: Values) -> list[Values]:
    """`12 340 7`."""
    return [[" ".join(map(str, value)) for value in values]]


def labelled(values: Values) -> list[Values]:
    """A JSON object of numbers whose labels are words of ours: `1000:3 1006:1`."""
    return [["" if value == "{}" else _labelled(value) for value in values]]


def document(values: Values) -> list[Values]:
    """JSON as it is, for what has labels somebody sent; it never starts like a formula."""
    return [["" if value in ("{}", "[]") else value for value in values]]


def keys(values: Values) -> list[Values]:
    """How many keys of eight bytes."""
    return [[len(value) // 8 for value in values]]


def histogram(packed: Values, sums_us: Values) -> list[Values]:
    """n, sum, p50, p95, p99 in ms, and the buckets as `35:2 36:9`, for each row."""
    rows = [_summed(bytes(one), total) for one, total in zip(packed, sums_us, strict=True)]
    return list(zip(*rows, strict=True)) if rows else [[] for _ in HISTOGRAM_HEADERS]


def _summed(packed: bytes, sum_us: float) -> tuple[Any, ...]:
    if not packed:
        return 0, 0.0, None, None, None, ""
    counts: Counter[int] = Counter()
    for bucket, count in _PAIRS.iter_unpack(packed):
        counts[bucket] += count  # one may stand in several pairs
    pairs, n = sorted(counts.items()), counts.total()
    found = (_percentile(pairs, max(1, ceil(share * n))) for share in _SHARES)
    return n, sum_us / 1000, *found, " ".join(f"{bucket}:{count}" for bucket, count in pairs)


def _percentile(pairs: Sequence[tuple[int, int]], rank: int) -> float | None:
    """By nearest rank, as models.metrics.histogram does it."""
    for bucket, count in pairs:
        rank -= count
        if rank <= 0:
            return _MIDDLE_MS[bucket]
    return None


def _labelled(document: str) -> str:
    return " ".join(f"{label}:{number}" for label, number in json.loads(document).items())
