"""`detect`: anomaly scores of one series, by one fixed setting for all."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from .kinds import SeriesKind, Worse
from .replay import replay
from .severity import onsets
from .steps import Floats, History, Ints, Steps


def detect(
    timestamps: Sequence[int] | Sequence[datetime] | Ints, values: Sequence[float] | Floats,
    kind: str = "gauge", *, trials: Sequence[float] | Floats | None = None,
    expected: Sequence[float] | Floats | None = None, zone: str = "UTC", worse: str = "both",
) -> Floats:  # fmt: skip
    """Scores in [0, 1] of a series, rho / (1 + rho): above 0.5 where an incident begins, or comes
    to a higher severity; its further steps score 0, see `onsets`.

    `timestamps`: starts of the steps, Unix seconds or aware datetimes, where one goes back it
    counts as the one before; of a step the first value counts; `values`: NaN
    without data; `kind`: gauge, count, ratio (of 0 to 1, with its `trials`), latency; `expected`:
    values forecast before each step, else the usual hour is expected; `zone`: whose wall-clock time
    its users live by; `worse`: up, down or both. The score of a step depends on it and on earlier
    ones; it is 0 without data and within the first day. ValueError for arrays of other lengths,
    an unknown kind.
    """
    times = _seconds(timestamps)
    numbers = np.asarray(values, dtype=np.float64)
    if len(times) != len(numbers):
        raise ValueError("timestamps and values differ in length")
    if not len(times):
        return np.zeros(0)
    times = np.maximum.accumulate(times)
    step = _step(times)
    grid, index = _grid(times, step)
    optional = [_on_grid(each, index, len(grid)) for each in (trials, expected)]
    steps = Steps(grid, _filled(numbers, index, len(grid)), *optional)
    result = replay(History(steps, SeriesKind(kind), step, ZoneInfo(zone), Worse(worse)))
    scores = np.where(np.isfinite(numbers), result.verdicts.score[0, index], 0.0)
    return onsets(times, scores)


def _seconds(timestamps: Sequence[int] | Sequence[datetime] | Ints) -> Ints:
    return np.array(
        [each.timestamp() if isinstance(each, datetime) else each for each in timestamps],
        dtype=np.float64,
    ).astype(np.int64)


def _step(times: Ints) -> int:
    """The most frequent distance, at least a second; of the first day, so that it stays as it is
    when more of the series arrives."""
    distances = np.diff(times[times <= times[0] + 86_400])
    distances = distances[distances > 0]
    if not len(distances):
        return 3600
    sizes, counts = np.unique(distances, return_counts=True)
    return int(sizes[np.argmax(counts)])


def _grid(times: Ints, step: int) -> tuple[Ints, Ints]:
    """A grid of equal steps and the step of each time in it; steps between have no data."""
    index = (times - times[0]) // step
    return times[0] + np.arange(index[-1] + 1) * step, index


def _filled(numbers: Floats, index: Ints, length: int) -> Floats:
    grid = np.full((1, length), np.nan)
    grid[0, index[::-1]] = numbers[::-1]  # the first of a step stays when another arrives
    return grid


def _on_grid(numbers: Sequence[float] | Floats | None, index: Ints, length: int) -> Floats | None:
    return None if numbers is None else _filled(np.asarray(numbers, np.float64), index, length)
