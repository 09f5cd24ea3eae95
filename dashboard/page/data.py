"""The data of a page: view, range, time zone, and a report with its steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from analytics.load_tests.windows import LoadTestBand
from analytics.ranges import zoned_steps
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Event
from analytics.stats import percentile_lines
from analytics.stats.duration_steps import DurationSteps
from analytics.stats.percentile_lines import Percentiles
from dashboard.charts import time_axis
from dashboard.charts.time_axis import TimeAxis
from dashboard.core.numbers import with_unit
from dashboard.core.url_state import View
from dashboard.page.usual import NO_PAGE_USUAL, PageUsual
from models.metrics.grid import Grid

STEP_LABELS = {
    "5 seconds": "5 s",
    "15 seconds": "15 s",
    "minute": "1 min",
    "5 minutes": "5 min",
    "15 minutes": "15 min",
    "hour": "1 h",
    "3 hours": "3 h",
    "6 hours": "6 h",
}


RULE_MARK = "Monitor 2.0"


class SeriesReport(Protocol):
    """A report with a time series over [start, end), in steps that divide the days of `zone`."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def resolution(self) -> str: ...
    @property
    def step_seconds(self) -> int: ...
    @property
    def zone(self) -> str: ...
    @property
    def series(self) -> Sequence[Any]: ...


A = TypeVar("A", bound=SeriesReport)


# No slots: a frozen generic with slots cannot be made by its parametrised name.
@dataclass(frozen=True, kw_only=True)
class PageData(Generic[A]):
    """`current` is the report of the range; its steps are those of every chart. `durations` are
    its durations per step, by kind; `load_tests` ran meanwhile; `usual` what was to be expected."""

    view: View
    window: TimeRange
    now: datetime
    zone: ZoneInfo
    current: A
    events: Sequence[Event] = ()
    load_tests: Sequence[LoadTestBand] = ()
    durations: Mapping[str, DurationSteps] = field(default_factory=dict)
    usual: PageUsual = NO_PAGE_USUAL

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return False

    @property
    def resolution(self) -> str:
        """The step of the series: `5 min`."""
        label = STEP_LABELS.get(self.current.resolution, self.current.resolution)
        amount, _, unit = label.partition(" ")
        return with_unit(amount, unit) if amount.isdigit() else label

    @property
    def per_step(self) -> str:
        """`hourly`, `per 5 min`."""
        named = {"minute": "per minute", "hour": "hourly", "day": "daily", "week": "weekly"}
        return named.get(self.current.resolution) or f"per {self.resolution}"

    @cached_property
    def axis(self) -> TimeAxis:
        """The time axis of the charts."""
        return TimeAxis(
            window=self.window,
            ticks=time_axis.ticks(self.window, self.now, self.zone),
            starts=[point.t for point in self.current.series],
            grid=grid_of(self.current),
            step_seconds=self.current.step_seconds,
        )

    def percentile_over_range(self, kind: str, share: float) -> list[float | None]:
        """A percentile in ms for every step of the range, in steps that hold enough values."""
        return _percentile_over_range(self.current, self.durations[kind], share, self.zone)

    @property
    def judged_from(self) -> datetime | None:
        """When reports begin that judge ends by kind, where earlier ones of the range do not."""
        return None

    @property
    def marks(self) -> list[tuple[str, str]]:
        """(time, title) of the events in the range, and of the beginning of another rule."""
        marks = [(event.at, event.title) for event in self.events]
        if self.judged_from is not None:
            marks.append((self.judged_from, RULE_MARK))
        return [(time_axis.chart_time(at), title) for at, title in sorted(marks)]

    @property
    def has_other_rule_before(self) -> bool:
        """Whether drops of this period and of that compared with are counted by different rules."""
        return False

    @property
    def comparison_note(self) -> str:
        """Says so where a comparison is selected and there is nothing to compare with, or what is
        compared was counted by another rule."""
        if self.has_before and self.has_other_rule_before:
            return f"monitors before 2.0 counted drops by another rule in {self.compared_to}"
        if self.has_before or self.view.compare == "off" or self.view.baseline is not None:
            return ""
        return f"nothing to compare with in {self.compared_to}"

    @property
    def compared_to(self) -> str:
        """`the previous period`, `a week earlier`."""
        return "a week earlier" if self.view.compare == "week" else "the previous period"


@dataclass(frozen=True, kw_only=True)
class ComparedPageData(PageData[A]):
    """With the report of the range compared with, if any."""

    before: A | None
    durations_before: Mapping[str, DurationSteps] = field(default_factory=dict)

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return self.before is not None

    def percentile_before(self, kind: str, share: float) -> list[float | None]:
        """The same of the period before; empty without one."""
        if self.before is None:
            return []
        return _percentile_over_range(self.before, self.durations_before[kind], share, self.zone)

    def percentiles(self, kind: str) -> Percentiles:
        """The lines of one kind of durations, beside the p95 of the period before."""
        before = None if self.before is None else self.durations_before[kind]
        shift = timedelta() if self.before is None else self.current.start - self.before.start
        return percentile_lines.compared(self.durations[kind], before, shift, self.zone)


def grid_of(report: SeriesReport) -> Grid:
    """All steps of a report, with data or without."""
    return _grid(report.start, report.end, report.step_seconds, report.zone)


@lru_cache(maxsize=32)  # every card of a page has the same
def _grid(start: datetime, end: datetime, seconds: int, zone: str) -> Grid:
    return zoned_steps.grid_of(TimeRange(start, end), Step("", seconds), zone)


def over_range(
    report: SeriesReport | None, value: Callable[[Any], float | None]
) -> list[float | None]:
    """A value for every step of the range, `None` where there is no point."""
    if report is None or not report.series:
        return []
    grid = grid_of(report)
    values = {zoned_steps.number_of(grid, point.t): value(point) for point in report.series}
    return [values.get(number) for number in range(grid.steps)]


def shifted(
    report: SeriesReport, before: SeriesReport | None, value: Callable[[Any], float | None]
) -> list[float | None] | None:
    """The value of the period before at each point of `report`, `None` where missing; `None` in
    all without a period before."""
    if before is None:
        return None
    grid, shift = grid_of(before), report.start - before.start
    values = {zoned_steps.number_of(grid, point.t): value(point) for point in before.series}
    return [
        values.get(zoned_steps.number_at(grid, at - shift))
        for at in zoned_steps.middles_of(grid_of(report), (point.t for point in report.series))
    ]


def _percentile_over_range(
    report: SeriesReport, durations: DurationSteps, share: float, zone: ZoneInfo
) -> list[float | None]:
    line = percentile_lines.lines_of(durations, zone, [share])[share]
    return [line.value_at(at) for at in zoned_steps.middles(grid_of(report))]
