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
    of the report begin at such times too, else on that of UTC.
    """
    report = page_data.current
    # The range without the steps that its ends cut: 30 days make 30 bars of a day.
    length_s = (report.end - report.start).total_seconds() - 2 * report.step_seconds
    seconds = bar_seconds(report.step_seconds, length_s / most_bars)
    zone = _dividing_zone([point.t for point in report.series], report.step_seconds, page_data.zone)
    bars: dict[datetime, list[int]] = {}
    for point in report.series:
        bar = bars.setdefault(bar_start(point.t, seconds, zone), [0] * len(names))
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


def bar_start(at: datetime, seconds: int, zone: ZoneInfo) -> datetime:
    """The start (UTC) of the bar that an instant lies in, by the wall clock of `zone`."""
    local = at.astimezone(zone)
    wall, length = local.replace(tzinfo=None), timedelta(seconds=seconds)
    start = WALL_ORIGIN + (wall - WALL_ORIGIN) // length * length
    # The hour that a clock change repeats is two bars, unless it lies within a longer one.
    fold = local.fold if seconds <= HOUR else 0
    return start.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _dividing_zone(starts: Sequence[datetime], step_seconds: int, zone: ZoneInfo) -> ZoneInfo:
    """`zone` if whole steps lie between its clock and that of UTC, else UTC."""
    offsets = {start.astimezone(zone).utcoffset() or timedelta() for start in starts}
    if any(offset.total_seconds() % step_seconds for offset in offsets):
        return ZoneInfo("UTC")
    return zone
