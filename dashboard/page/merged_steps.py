"""Counts of neighbouring steps summed into at most about 60 bars of a natural length."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.ranges import natural_steps
from analytics.ranges.natural_steps import DAY, HOUR, MINUTE, WEEK
from dashboard.core.times import step
from dashboard.page.data import PageData

MOST_BARS = 60
PER = {MINUTE: "per minute", HOUR: "hourly", DAY: "daily", WEEK: "weekly"}


@dataclass(frozen=True, slots=True)
class BarCounts:
    """Counts per bar of `seconds`."""

    seconds: int
    starts: list[datetime]
    counts: dict[str, list[int]]

    @property
    def per_bar(self) -> str:
        """`hourly`, `per 5 min`."""
        return PER.get(self.seconds) or f"per {step(self.seconds)}"


def bar_counts(
    page_data: PageData[Any], names: Sequence[str], most_bars: int = MOST_BARS
) -> BarCounts:
    """The counts `names` of a report in at most about `most_bars` bars.

    Bars begin at whole multiples of their length on the clock of the page's zone, where the steps
    of the report begin at such times too, else on that of the report's.
    """
    report = page_data.current
    # The range without the steps that its ends cut: 30 days make 30 bars of a day.
    length_s = (report.end - report.start).total_seconds() - 2 * report.step_seconds
    seconds = natural_steps.natural_seconds(report.step_seconds, length_s / most_bars)
    steps = tuple(point.t for point in report.series)
    zone = natural_steps.clock_of(steps, report.step_seconds, page_data.zone, report.zone)
    starts = natural_steps.joined_starts(steps, report.step_seconds, seconds, zone)
    bars: dict[datetime, list[int]] = {}
    for start, point in zip(starts, report.series, strict=True):
        bar = bars.setdefault(start, [0] * len(names))
        for index, name in enumerate(names):
            bar[index] += getattr(point, name)
    return BarCounts(
        seconds,
        list(bars),
        {name: [bar[index] for bar in bars.values()] for index, name in enumerate(names)},
    )
