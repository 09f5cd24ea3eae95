"""Counts of neighbouring steps summed into at most about 60 bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from dashboard.page.data import SeriesReport

MOST_BARS = 60
NICE_FACTORS = (1, 2, 3, 4, 6, 12, 24)


@dataclass(frozen=True, slots=True)
class BarCounts:
    """Counts per bar of `seconds`."""

    seconds: int
    starts: list[datetime]
    counts: dict[str, list[int]]


def bar_counts(report: SeriesReport, names: Sequence[str], most_bars: int = MOST_BARS) -> BarCounts:
    """The counts `names` of a report in at most about `most_bars` bars."""
    length_s = (report.end - report.start).total_seconds()
    factor = max(1, ceil(length_s / report.step_seconds / most_bars))
    factor = next((nice for nice in NICE_FACTORS if nice >= factor), factor)
    seconds = report.step_seconds * factor
    bars: dict[int, list[int]] = {}
    for point in report.series:
        bar = bars.setdefault(int(point.t.timestamp() // seconds), [0] * len(names))
        for index, name in enumerate(names):
            bar[index] += getattr(point, name)
    return BarCounts(
        seconds,
        [datetime.fromtimestamp(bar * seconds, UTC) for bar in bars],
        {name: [bar[index] for bar in bars.values()] for index, name in enumerate(names)},
    )
