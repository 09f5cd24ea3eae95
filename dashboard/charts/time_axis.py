"""Ticks of a time axis and their labels, in any time zone and across clock changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from analytics.ranges import zoned_steps
from analytics.ranges.timerange import TimeRange
from models.metrics.grid import Grid

MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7200, 14400, 43200, 129600)
MOST_TICKS = 12
DAY_MINUTES = 1440
LEAST_GAP_STEPS = 3
MOST_GAPS = 3
NO_STEPS = Grid(())


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The horizontal axis that all charts of a page share.

    `starts` are those of the steps with data, each `step_seconds` long; `grid` are all steps;
    `ticks` are (time, label).
    """

    window: TimeRange
    ticks: Sequence[tuple[str, str]]
    starts: Sequence[datetime] = ()
    grid: Grid = NO_STEPS
    step_seconds: int = 1

    @classmethod
    def over(cls, window: TimeRange, now: datetime, zone: ZoneInfo) -> "TimeAxis":
        """The axis of a range in a zone, without steps."""
        return cls(window, ticks(window, now, zone))

    @property
    def times(self) -> list[str]:
        """The start of each step with data, as charts take it."""
        return [chart_time(at) for at in self.starts]

    @property
    def steps(self) -> list[int]:
        """The step number of each start: consecutive steps differ by one."""
        return [zoned_steps.number_of(self.grid, at) for at in self.starts]

    @property
    def middles(self) -> list[datetime]:
        """The middle of the step of each start."""
        return zoned_steps.middles_of(self.grid, self.starts)

    @property
    def limits(self) -> tuple[str, str]:
        """The ends of the axis."""
        return chart_time(self.window.start), chart_time(self.window.end)

    def wide_gaps(self) -> list[str]:
        """The middles of the widest gaps between steps with data, widest first."""
        widths = [(later - start, start) for start, later in pairwise(self.starts)]
        least = max(LEAST_GAP_STEPS * timedelta(seconds=self.step_seconds), self.window.length / 25)
        gaps = sorted((gap for gap in widths if gap[0] > least), reverse=True)
        return [chart_time(start + width / 2) for width, start in gaps[:MOST_GAPS]]


def ticks(window: TimeRange, now: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    """(UTC instant, label) of at most 13 ticks at round local times; a new day is named below.

    Where the year is not that of `now`, the first tick of each year has it.
    """
    minutes, year = _step_minutes(window), now.astimezone(zone).year
    tick_labels: list[tuple[str, str]] = []
    previous: datetime | None = None
    for at in _round_times(window, zone, minutes):
        local = at.astimezone(zone)
        tick_labels.append((chart_time(at), _label(local, previous, minutes, year)))
        previous = local
    return tick_labels if minutes >= DAY_MINUTES else _without_overlap(tick_labels)


def _label(local: datetime, previous: datetime | None, minutes: int, this_year: int) -> str:
    is_new_year = local.year != (previous.year if previous else this_year)
    year = f" {local.year}" if is_new_year else ""
    if minutes >= DAY_MINUTES:
        label = f"{local:%a} {local.day}" if minutes == DAY_MINUTES else _date(local)
        return f"{label}<br>{local.year}" if is_new_year else label
    is_new_day = previous is None or local.date() != previous.date()
    return f"{local:%H:%M}" + (f"<br>{local:%a} {_date(local)}{year}" if is_new_day else "")


def _without_overlap(tick_labels: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Drops the day under the first tick where the second has one too: both do not fit."""
    if len(tick_labels) > 1 and "<br>" in tick_labels[0][1] and "<br>" in tick_labels[1][1]:
        (at, label), *later_ticks = tick_labels
        return [(at, label.partition("<br>")[0]), *later_ticks]
    return tick_labels


def chart_time(at: datetime) -> str:
    """An instant in the form Plotly takes: UTC without a zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def instant_of(time: str) -> datetime:
    """The instant of a `chart_time`."""
    return datetime.fromisoformat(time).replace(tzinfo=UTC)


def _date(local: datetime) -> str:
    return f"{local.day} {local:%b}"


def _step_minutes(window: TimeRange) -> int:
    total = window.length.total_seconds() / 60
    return next((m for m in MINUTES if total / m <= MOST_TICKS), MINUTES[-1] * 4)


def _round_times(window: TimeRange, zone: ZoneInfo, minutes: int) -> list[datetime]:
    """Local wall times at whole steps since their midnight (or the epoch for days)."""
    wall = window.start.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0)
    wall = wall.replace(microsecond=0)
    if minutes > DAY_MINUTES:
        wall -= timedelta(days=(wall - datetime(2001, 1, 1)).days % (minutes // DAY_MINUTES))  # noqa: DTZ001 - wall time
    instants: list[datetime] = []
    while True:
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        if at >= window.end:
            return instants
        if at >= window.start and (not instants or at > instants[-1]):
            instants.append(at)
        wall += timedelta(minutes=minutes)
