"""What was read for one drawing of the page, and the steps its charts share."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.answers import Summary
from analytics.timerange import TimeRange
from dashboard import time_axis
from dashboard.numbers import with_unit
from dashboard.view import View

STEP_WORDS = {
    "minute": "1 min",
    "5 minutes": "5 min",
    "15 minutes": "15 min",
    "hour": "1 h",
    "3 hours": "3 h",
    "6 hours": "6 h",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The answer for the range and, when compared, for the range before."""

    view: View
    window: TimeRange
    now: datetime
    zone: ZoneInfo
    summary: Summary
    before: Summary | None

    @property
    def resolution(self) -> str:
        """The step of the series: `5 min`."""
        words = STEP_WORDS.get(self.summary.resolution, self.summary.resolution)
        amount, _, unit = words.partition(" ")
        return with_unit(amount, unit) if amount.isdigit() else words

    @property
    def per_step(self) -> str:
        """`hourly`, `per 5 min`."""
        named = {"minute": "per minute", "hour": "hourly", "day": "daily", "week": "weekly"}
        return named.get(self.summary.resolution) or f"per {self.resolution}"

    @property
    def times(self) -> list[str]:
        """When each point of the series starts, as charts take it."""
        return [time_axis.plain(point.t) for point in self.summary.series]

    @property
    def steps(self) -> list[int]:
        """The number of each point's step: neighbours differ by one."""
        return [
            round(point.t.timestamp() / self.summary.step_seconds) for point in self.summary.series
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
    def compared_to(self) -> str:
        """`the 7 days before`, `a week earlier`."""
        return "a week earlier" if self.view.compare == "week" else "the period before"
