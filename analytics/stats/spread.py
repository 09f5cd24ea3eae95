"""The distribution of durations over time: neighbouring steps and buckets joined for a heatmap.

Counts are only added, so joining neither loses nor invents any.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.ranges import natural_steps
from analytics.stats.duration_steps import DurationSteps
from models.metrics.histogram import BOUNDS_US, BUCKETS

MOST_COLUMNS = 125
MOST_ROWS = 22
LOWEST_ROW_SHARE = 0.005  # may be joined into the lowest row; slow durations never are
BUCKETS_PER_ROW = (6, 9, 12, 18, 30)  # a bucket is 4 % wide, so rows grow by 1.27 to 3.2


@dataclass(frozen=True, slots=True)
class Spread:
    """`counts` [row][column], `None` where zero; rows from short to long durations.

    Row i holds the `size` buckets from `low + i * size` on, [edges_ms[i], edges_ms[i + 1]); the
    lowest also holds the few shorter ones.
    Column i is [edges[i], edges[i + 1]), nominally `seconds` long.
    """

    edges: list[datetime]
    seconds: int
    low: int
    size: int
    edges_ms: list[float]
    counts: list[list[float | None]]

    @property
    def starts(self) -> list[datetime]:
        """The start of each column."""
        return self.edges[:-1]

    @property
    def largest(self) -> float:
        """The largest count."""
        return max((n for row in self.counts for n in row if n is not None), default=0.0)


def spread_of(durations: DurationSteps, zone: ZoneInfo) -> Spread:
    """Columns of natural length that divide the days of `zone`, from the first to the last with
    durations."""
    seconds = _seconds(durations)
    joined = durations.joined(seconds, durations.clock(zone))
    filled = np.flatnonzero(joined.counts.any(axis=1))
    if not len(filled):
        return Spread([], seconds, 0, BUCKETS_PER_ROW[0], [], [])
    first, end = int(filled[0]), int(filled[-1]) + 1
    columns = joined.counts[first:end]
    low, size, rows = _rows(columns)
    cells = _joined_buckets(columns, low, size, rows)
    return Spread(
        edges=list(joined.edges[first : end + 1]),
        seconds=seconds,
        low=low,
        size=size,
        edges_ms=[BOUNDS_US[min(low + row * size, BUCKETS)] / 1000 for row in range(rows + 1)],
        counts=[[float(n) if n else None for n in row] for row in cells.T],
    )


def _seconds(durations: DurationSteps) -> int:
    """The step measured, or the shortest natural length that makes few enough columns."""
    if len(durations.n) <= MOST_COLUMNS:
        return durations.seconds
    # The ends of the range may cut the first and the last column.
    least = durations.seconds * len(durations.n) / (MOST_COLUMNS - 2)
    return natural_steps.natural_seconds(durations.seconds, least)


def _rows(columns: NDArray[np.float64]) -> tuple[int, int, int]:
    """First bucket, buckets per row, and the number of rows that hold all counts."""
    totals = columns.sum(axis=0)
    last = int(np.flatnonzero(totals)[-1])
    first = min(
        int(np.searchsorted(totals.cumsum(), LOWEST_ROW_SHARE * totals.sum(), side="right")), last
    )
    for size in BUCKETS_PER_ROW:
        low = first // size * size
        rows = (last - low) // size + 1
        if rows <= MOST_ROWS:
            break
    return low, size, rows


def _joined_buckets(
    columns: NDArray[np.float64], low: int, size: int, rows: int
) -> NDArray[np.float64]:
    part = columns[:, low : low + size * rows]
    padded = np.pad(part, ((0, 0), (0, size * rows - part.shape[1])))
    joined: NDArray[np.float64] = padded.reshape(len(columns), rows, size).sum(axis=2)
    joined[:, 0] += columns[:, :low].sum(axis=1)
    return joined
