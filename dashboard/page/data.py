"""The data of a page: view, range, time zone, and a report with its steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Event
from dashboard.charts import time_axis
from dashboard.charts.time_axis import TimeAxis
from dashboard.core.numbers import with_unit
from dashboard.core.url_state import View

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
    """A report with a time series over [start, end)."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def resolution(self) -> str: ...
    @property
    def step_seconds(self) -> int: ...
    @property
    def series(self) -> Sequence[Any]: ...


A = TypeVar("A", bound=SeriesReport)


# No slots: a frozen generic with slots cannot be made by its parametrised name.
@dataclass(frozen=True, kw_only=True)
class PageData(Generic[A]):
    """`current` is the report of the range; its steps are those of every chart."""

    view: View
    window: TimeRange
    now: datetime
    zone: ZoneInfo
    current: A
    events: Sequence[Event] = ()

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
            step_seconds=self.current.step_seconds,
        )

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
        if self.has_before or self.view.compare == "off":
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

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return self.before is not None


def over_range(
    report: SeriesReport | None, value: Callable[[Any], float | None]
) -> list[float | None]:
    """A value for every step of the range, `None` where there is no point."""
    if report is None or not report.series:
        return []
    step = report.step_seconds
    first = int(report.start.timestamp() // step)
    last = int(-(-report.end.timestamp() // step))
    values_by_step = {int(point.t.timestamp() // step): value(point) for point in report.series}
    return [values_by_step.get(step_number) for step_number in range(first, last)]


def shifted(
    report: SeriesReport, before: SeriesReport | None, value: Callable[[Any], float | None]
) -> list[float | None] | None:
    """The value of the period before at each point of `report`, `None` where missing; `None` in
    all without a period before."""
    if before is None:
        return None
    step = report.step_seconds
    shift = round((report.start - before.start).total_seconds() / step)
    values_by_step = {round(p.t.timestamp() / step): value(p) for p in before.series}
    return [values_by_step.get(round(p.t.timestamp() / step) - shift) for p in report.series]
