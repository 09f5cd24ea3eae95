"""Counts of neighbouring steps summed into at most about 60 bars of a natural length."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.core.times import step
from dashboard.page.data import PageData

MOST_BARS = 60
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
# Up to a day each divides it; then weeks, which begin on Mondays.
NATURAL_SECONDS = (
    *(5, 15, 30),
    *(minutes * MINUTE for minutes in (1, 5, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 8, 12)),
    DAY,
    *(weeks * WEEK for weeks in (1, 4, 12, 52, 104, 208, 416, 832)),
)
WALL_ORIGIN = datetime(2001, 1, 1)  # noqa: DTZ001 - wall time, a Monday
UTC_ORIGIN = WALL_ORIGIN.replace(tzinfo=UTC)


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
    of the report begin at such times too, else on the grid of those steps.
    """
    report = page_data.current
    # The range without the steps that its ends cut: 30 days make 30 bars of a day.
    length_s = (report.end - report.start).total_seconds() - 2 * report.step_seconds
    seconds = bar_seconds(report.step_seconds, length_s / most_bars)
    steps = [point.t for point in report.series]
    starts = bar_starts(steps, report.step_seconds, seconds, page_data.zone)
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


def bar_seconds(step_seconds: int, least_seconds: float) -> int:
    """The shortest natural length of whole steps that is not below `least_seconds`."""
    lengths = [seconds for seconds in NATURAL_SECONDS if seconds % step_seconds == 0]
    return next((seconds for seconds in lengths if seconds >= least_seconds), lengths[-1])


def bar_starts(
    steps: Sequence[datetime], step_seconds: int, seconds: int, zone: ZoneInfo
) -> list[datetime]:
    """The start (UTC) of the bar that each step, ascending, lies in."""
    step_length = timedelta(seconds=step_seconds)
    if all((_wall(at, zone) - WALL_ORIGIN) % step_length == timedelta() for at in steps):
        return [bar_start(at, seconds, zone) for at in steps]
    length = timedelta(seconds=seconds)
    origin = UTC_ORIGIN + (steps[0] - UTC_ORIGIN) % step_length
    return [origin + (at - origin) // length * length for at in steps]


def bar_start(at: datetime, seconds: int, zone: ZoneInfo) -> datetime:
    """The start (UTC) of the bar that an instant lies in, by the wall clock of `zone`."""
    length = timedelta(seconds=seconds)
    start = WALL_ORIGIN + (_wall(at, zone) - WALL_ORIGIN) // length * length
    # The hour that a clock change repeats is two bars, unless it lies within a longer one.
    fold = at.astimezone(zone).fold if seconds <= HOUR else 0
    return start.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
