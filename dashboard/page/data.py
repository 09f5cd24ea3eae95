"""What every drawing of a page needs: view, range, zone, and the steps of its answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Event
from dashboard.charts import time_axis
from dashboard.core.numbers import with_unit
from dashboard.core.url_state import View

STEP_WORDS = {
    "5 seconds": "5 s",
    "15 seconds": "15 s",
    "minute": "1 min",
    "5 minutes": "5 min",
    "15 minutes": "15 min",
    "hour": "1 h",
    "3 hours": "3 h",
    "6 hours": "6 h",
}


class Series(Protocol):
    """An answer with a series over [start, end)."""

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


A = TypeVar("A", bound=Series)


# No slots: a frozen generic with slots cannot be made by its parametrised name.
@dataclass(frozen=True, kw_only=True)
class Reading(Generic[A]):
    """`answer` is what was read for the range; its steps are those of every chart."""

    view: View
    window: TimeRange
    now: datetime
    zone: ZoneInfo
    answer: A
    events: Sequence[Event] = ()

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return False

    @property
    def resolution(self) -> str:
        """The step of the series: `5 min`."""
        words = STEP_WORDS.get(self.answer.resolution, self.answer.resolution)
        amount, _, unit = words.partition(" ")
        return with_unit(amount, unit) if amount.isdigit() else words

    @property
    def per_step(self) -> str:
        """`hourly`, `per 5 min`."""
        named = {"minute": "per minute", "hour": "hourly", "day": "daily", "week": "weekly"}
        return named.get(self.answer.resolution) or f"per {self.resolution}"

    @property
    def times(self) -> list[str]:
        """When each point of the series starts, as charts take it."""
        return [time_axis.plain(point.t) for point in self.answer.series]

    @property
    def steps(self) -> list[int]:
        """The number of each point's step: neighbours differ by one."""
        return [
            round(point.t.timestamp() / self.answer.step_seconds) for point in self.answer.series
        ]

    @property
    def limits(self) -> tuple[str, str]:
        """The ends of the time axis."""
        return time_axis.plain(self.window.start), time_axis.plain(self.window.end)

    @property
    def ticks(self) -> list[tuple[str, str]]:
        """The ticks of the time axis."""
        return time_axis.ticks(self.window, self.zone)

    @property
    def marks(self) -> list[tuple[str, str]]:
        """(time, words) of what happened in the range."""
        return [(time_axis.plain(event.at), event.title) for event in self.events]

    @property
    def compared_to(self) -> str:
        """`the 7 days before`, `a week earlier`."""
        return "a week earlier" if self.view.compare == "week" else "the period before"


@dataclass(frozen=True, kw_only=True)
class Compared(Reading[A]):
    """The answer for the range and, when compared, for the range before."""

    before: A | None

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return self.before is not None


def over_range(answer: Series | None, value: Callable[[Any], float | None]) -> list[float | None]:
    """A value for every step of the range, `None` where there is no point."""
    if answer is None or not answer.series:
        return []
    step = answer.step_seconds
    first = int(answer.start.timestamp() // step)
    last = int(-(-answer.end.timestamp() // step))
    found = {int(point.t.timestamp() // step): value(point) for point in answer.series}
    return [found.get(place) for place in range(first, last)]


def shifted(
    answer: Series, before: Series | None, value: Callable[[Any], float | None]
) -> list[float | None]:
    """The value of the period before at each point of `answer`; `None` where unknown."""
    if before is None:
        return [None] * len(answer.series)
    step = answer.step_seconds
    shift = round((answer.start - before.start).total_seconds() / step)
    found = {round(p.t.timestamp() / step): value(p) for p in before.series}
    return [found.get(round(p.t.timestamp() / step) - shift) for p in answer.series]
