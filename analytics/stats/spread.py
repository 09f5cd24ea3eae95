"""The distribution of durations over time: adjacent steps and buckets joined for a heatmap.

Counts are only added, so joining neither loses nor invents any.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from models.metrics.histogram import BOUNDS_US, BUCKETS

MOST_COLUMNS = 125
MOST_ROWS = 22
FACTORS = (1, 2, 3, 4, 6, 12, 24)
LOWEST_ROW_SHARE = 0.005  # may be joined into the lowest row; slow durations never are
BUCKETS_PER_ROW = (6, 9, 12, 18, 30)  # a bucket is 4 % wide, so rows grow by 1.27 to 3.2


@dataclass(frozen=True, slots=True)
class Spread:
    """`counts` [row][column], `None` where zero; rows from short to long durations.

    Row i holds the `size` buckets from `low + i * size` on, [edges_ms[i], edges_ms[i + 1]); the
    lowest also holds the few shorter ones.
    A column starts at `starts[i]` and lasts `seconds`.
    """

    starts: list[datetime]
    seconds: int
    low: int
    size: int
    edges_ms: list[float]
    counts: list[list[float | None]]

    @property
    def largest(self) -> float:
        """The largest count."""
        return max((n for row in self.counts for n in row if n is not None), default=0.0)


def spread_of(starts: Sequence[datetime], counts: NDArray[np.float64], step_seconds: int) -> Spread:
    """`counts` (steps, BUCKETS) of steps that begin at `starts`, ascending."""
    if not starts or not counts.any():
        return Spread([], step_seconds, 0, BUCKETS_PER_ROW[0], [], [])
    seconds = step_seconds * _join_factor(starts, step_seconds)
    slots = [int(t.timestamp() // seconds) for t in starts]
    columns = np.zeros((slots[-1] - slots[0] + 1, BUCKETS))
    np.add.at(columns, np.array(slots) - slots[0], counts)
    low, size, rows = _rows(columns)
    joined = _joined_buckets(columns, low, size, rows)
    return Spread(
        starts=[
            datetime.fromtimestamp((slots[0] + column) * seconds, UTC)
            for column in range(len(columns))
        ],
        seconds=seconds,
        low=low,
        size=size,
        edges_ms=[BOUNDS_US[min(low + row * size, BUCKETS)] / 1000 for row in range(rows + 1)],
        counts=[[float(n) if n else None for n in row] for row in joined.T],
    )


def _join_factor(starts: Sequence[datetime], step_seconds: int) -> int:
    steps = (starts[-1] - starts[0]).total_seconds() / step_seconds + 1
    return next((factor for factor in FACTORS if steps / factor <= MOST_COLUMNS), FACTORS[-1])


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
