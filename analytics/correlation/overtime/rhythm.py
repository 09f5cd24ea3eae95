"""What is usual for an hour of the week, and how far each hour was from it.

Two series with a daily rhythm go together whatever they are: of independent ones a plain Pearson
calls nine of ten significant. So the usual value of each hour is subtracted: the median of the same
hour of the week, moved by the mean of the deviations, each cut at three spreads (a Huber estimate
in one step, Bickel 1975, Journal of the American Statistical Association 70). A median alone of the
four values that a month has of an hour takes 5 % off every coefficient (measured), as the medians
of both sides fall on different weeks; a mean alone follows every outage.

Durations are compared by their logarithm, rates and shares by their root: there an hour of the
night and one of the day vary alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DAY = 24
WEEK = 168
WEEKEND = 120  # hour of the week at which it begins
OF_NORMAL = 1.4826  # median absolute deviation to standard deviation
CUT = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Unusual:
    """Deviations from what is usual for the hour, [M measures, T]; NaN where an hour has no other
    to compare with. `scaled` on the scale that is compared, `natural` in the unit of the measure.
    `cells` [T] numbers the hours that are compared with each other."""

    scaled: Floats
    natural: Floats
    cells: Ints


def cells_of(hour_of_week: Ints) -> Ints | None:
    """Which hours [T] are compared with each other: from three weeks on the same hour of the week,
    from one week on the same hour of working days or of weekends, from three days on the same
    hour; `None` for less, where no rhythm is to be told from a change."""
    if len(hour_of_week) >= 3 * WEEK:
        return hour_of_week
    hour = hour_of_week % DAY
    if len(hour_of_week) >= WEEK:
        return np.asarray(hour + DAY * (hour_of_week >= WEEKEND))
    return hour if len(hour_of_week) >= 3 * DAY else None


def unusual(values: Floats, is_duration: NDArray[np.bool], cells: Ints) -> Unusual:
    """Deviations of measures [M, T], NaN without data. `is_duration` [M]: compared by logarithm."""
    durations = is_duration[:, np.newaxis]
    floored = np.maximum(values, 0.0)
    scaled = np.where(durations, np.log1p(floored), np.sqrt(floored))
    usual = _usual(scaled, cells)
    back = np.where(durations, np.expm1(usual), np.square(usual))
    deviations = scaled - usual
    return Unusual(deviations, np.where(np.isfinite(deviations), values - back, np.nan), cells)


def _usual(values: Floats, cells: Ints) -> Floats:
    """The usual value of each hour [M, T]; NaN in cells with fewer than two values."""
    table, position = _by_cell(values, cells)
    count = np.isfinite(table).sum(axis=-1, keepdims=True)
    median = _median(table, count)
    deviations = table - median
    flat = deviations.reshape(len(values), 1, -1)
    spread = OF_NORMAL * _median(np.abs(flat), np.isfinite(flat).sum(axis=-1, keepdims=True))
    limit = CUT * spread
    cut = np.clip(np.where(np.isfinite(deviations), deviations, 0.0), -limit, limit)
    centre = median + cut.sum(axis=-1, keepdims=True) / np.maximum(count, 1)
    centre = np.where(count >= 2, centre, np.nan)[..., 0]
    return np.asarray(centre[:, position])


def _by_cell(values: Floats, cells: Ints) -> tuple[Floats, Ints]:
    """Values as [M, cells, most values of a cell], padded with NaN; and the cell of each hour."""
    _, position, counts = np.unique(cells, return_inverse=True, return_counts=True)
    order = np.argsort(position, kind="stable")
    starts = np.cumsum(counts) - counts
    within = np.arange(len(cells)) - np.repeat(starts, counts)
    table = np.full((len(values), len(counts), int(counts.max())), np.nan)
    table[:, position[order], within] = values[:, order]
    return table, position


def _median(table: Floats, count: NDArray[np.int64]) -> Floats:
    """The median of the last axis over its `count` values; NaN where there is none."""
    ordered = np.sort(table, axis=-1)
    last = table.shape[-1] - 1
    lower = np.take_along_axis(ordered, np.clip((count - 1) // 2, 0, last), axis=-1)
    upper = np.take_along_axis(ordered, np.clip(count // 2, 0, last), axis=-1)
    return np.where(count > 0, (lower + upper) / 2.0, np.nan)
